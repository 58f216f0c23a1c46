//! The public page of a quote: read it, take the PDF, accept or decline. Looking never decides anything.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use kiem_domain::locale::Lang;
use kiem_domain::money::{format_amount, format_bp, format_milli, line_net_cents};
use kiem_domain::opportunity::{QuoteClosed, QuoteState};
use minijinja::{Environment, context};
use serde::Deserialize;

use crate::engine::keys::random_bytes;
use crate::engine::sales::acceptance::PublicQuote;
use crate::engine::{Engine, EngineError};
use crate::messages::{say, say_date};

/// Largest form that is read, in bytes.
const FORM_BYTES_MAX: usize = 16 * 1024;

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    // The names end in .html: everything that is put in is escaped. Both texts are part of the program and a test
    // fills them, so a broken one never leaves the house.
    let added =
        pages.add_template("quote.html", include_str!("../../../templates/quote.html")).and_then(|()| {
            pages.add_template("quote_missing.html", include_str!("../../../templates/quote_missing.html"))
        });
    debug_assert!(added.is_ok(), "{added:?}");
    pages
});

/// The routes of a quote.
pub fn router() -> Router<Engine> {
    Router::new()
        .route("/q/{token}", get(show))
        .route("/q/{token}/pdf", get(pdf))
        .route("/q/{token}/acceptance", post(accept))
        .route("/q/{token}/refusal", post(decline))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

async fn show(
    State(engine): State<Engine>,
    method: Method,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    let shown = engine.quote_view(&token).await;
    // HEAD and prefetching look, but nobody reads.
    let fetched_ahead = ["purpose", "sec-purpose"].iter().any(|name| headers.contains_key(*name));
    if shown.is_ok() && method == Method::GET && !fetched_ahead {
        let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if let Err(error) = engine.quote_seen(&token, agent).await {
            tracing::warn!(error = %error, "a look at a quote was not noted");
        }
    }
    answer(shown, &headers, &token, None)
}

async fn pdf(State(engine): State<Engine>, headers: HeaderMap, Path(token): Path<String>) -> Response {
    match engine.quote_public_pdf(&token).await {
        Ok((number, bytes)) => {
            // Numbers are digits and a dash, so this is always a valid header.
            let name = format!("attachment; filename=\"{number}.pdf\"");
            let disposition = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
            let mut response = bytes.into_response();
            let own = response.headers_mut();
            own.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
            own.insert(header::CONTENT_DISPOSITION, disposition);
            own.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            own.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            response
        }
        Err(error) => failed(&error, &headers),
    }
}

/// What the acceptance form sends.
#[derive(Debug, Deserialize)]
struct Acceptance {
    #[serde(default)]
    name: String,
    #[serde(default)]
    confirm: String,
}

async fn accept(
    State(engine): State<Engine>,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(form): Form<Acceptance>,
) -> Response {
    let done = if form.confirm == "yes" {
        engine.quote_accept(&token, &form.name).await
    } else {
        Err(EngineError::field("confirm", "required"))
    };
    decided(&engine, done, &headers, &token).await
}

/// What the refusal form sends.
#[derive(Debug, Deserialize)]
struct Refusal {
    #[serde(default)]
    reason: String,
}

async fn decline(
    State(engine): State<Engine>,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(form): Form<Refusal>,
) -> Response {
    let done = engine.quote_decline(&token, "", &form.reason).await;
    decided(&engine, done, &headers, &token).await
}

/// After a decision the browser asks for the page anew, so that reloading does not send the form again.
async fn decided(
    engine: &Engine,
    done: Result<(), EngineError>,
    headers: &HeaderMap,
    token: &str,
) -> Response {
    match done {
        Ok(()) => Redirect::to(&format!("/q/{token}")).into_response(),
        Err(EngineError::Invalid(_)) => {
            let shown = engine.quote_view(token).await;
            let mut response = answer(shown, headers, token, Some("quote_page.missing_name"));
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            response
        }
        // The page itself says why it cannot be decided any more.
        Err(EngineError::Refused { .. }) => {
            let mut response = answer(engine.quote_view(token).await, headers, token, None);
            *response.status_mut() = StatusCode::CONFLICT;
            response
        }
        Err(error) => failed(&error, headers),
    }
}

fn reader(headers: &HeaderMap) -> Lang {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .map_or(Lang::En, Lang::from_accept_language)
}

fn failed(error: &EngineError, headers: &HeaderMap) -> Response {
    let lang = reader(headers);
    let (status, title, text) = match error {
        EngineError::NotFound => (
            StatusCode::NOT_FOUND,
            say(lang, "quote_page.not_found", &[]),
            say(lang, "quote_page.not_found_text", &[]),
        ),
        other => {
            let problem = crate::api::problem::describe(other, lang);
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, problem.title, problem.detail)
        }
    };
    page("quote_missing.html", status, |nonce| context! { lang => lang.as_str(), nonce, title, text })
}

fn answer(
    shown: Result<PublicQuote, EngineError>,
    headers: &HeaderMap,
    token: &str,
    problem: Option<&str>,
) -> Response {
    match shown {
        Ok(quote) => page("quote.html", StatusCode::OK, |nonce| fill(&quote, token, problem, nonce)),
        Err(error) => failed(&error, headers),
    }
}

/// Fills a page and puts a strict content security policy on it: no script at all, only its own style.
fn page(name: &str, status: StatusCode, values: impl FnOnce(&str) -> minijinja::Value) -> Response {
    let nonce = STANDARD_NO_PAD.encode(random_bytes::<16>());
    let filled = PAGES.get_template(name).and_then(|page| page.render(values(&nonce)));
    let html = match filled {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(error = %error, page = name, "a public page cannot be filled");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = (status, Html(html)).into_response();
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let own = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        own.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    own.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    own.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn moment(at: Option<Timestamp>, lang: Lang) -> String {
    at.map_or(String::new(), |at| say_date(lang, at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()))
}

fn state_of(quote: &PublicQuote, params: &[(&str, String)]) -> Option<String> {
    let key = match quote.closed? {
        QuoteClosed::Accepted => "accepted",
        QuoteClosed::Declined => "declined",
        QuoteClosed::Expired => "expired",
        QuoteClosed::Replaced | QuoteClosed::NotSent => "replaced",
    };
    Some(say(quote.quote.language, &format!("quote_page.{key}"), params))
}

/// The lines of the quote as the page shows them.
fn shown_lines(
    shown: &PublicQuote,
    amount: &dyn Fn(i64) -> String,
    column: &dyn Fn(&str) -> String,
) -> Vec<minijinja::Value> {
    let lang = shown.quote.language;
    shown
        .lines
        .iter()
        .map(|one| {
            let discount = (one.line.discount_bp > 0)
                .then(|| column("discount").replace("{percent}", &format_bp(one.line.discount_bp, lang)));
            context! {
                description => one.description.clone(),
                discount,
                quantity => format_milli(one.line.quantity_milli, lang),
                price => amount(one.line.unit_price_cents),
                vat => format_bp(one.line.vat_bp, lang),
                // What went out was calculated from these lines, so each can be.
                amount => amount(line_net_cents(&one.line).unwrap_or(0)),
            }
        })
        .collect()
}

fn fill(shown: &PublicQuote, token: &str, problem: Option<&str>, nonce: &str) -> minijinja::Value {
    let quote = &shown.quote;
    let lang = quote.language;
    let amount = |cents: i64| format_amount(cents, quote.currency, lang);
    let decision_date = match quote.state {
        QuoteState::Accepted | QuoteState::Declined => moment(quote.decided_at, lang),
        _ => say_date(lang, quote.valid_until),
    };
    let params = [
        ("sender", shown.sender.clone()),
        ("number", quote.number.clone().unwrap_or_default()),
        ("company", shown.company_name.clone()),
        ("contact", shown.contact_name.clone()),
        ("date", decision_date),
        ("name", quote.decided_name.clone().unwrap_or_default()),
        ("amount", amount(quote.gross_cents)),
    ];
    let word = |key: &str| say(lang, key, &params);
    let own = |name: &str| word(&format!("quote_page.{name}"));
    let column = |name: &str| word(&format!("quote_document.{name}"));
    let until = say(lang, "quote_page.until", &[("date", say_date(lang, quote.valid_until))]);
    let lines = shown_lines(shown, &amount, &column);
    let sum = |name: String, cents: i64, is_total: bool| context! { name, amount => amount(cents), is_total };
    let mut sums = vec![sum(column("net"), shown.totals.net_cents, false)];
    sums.extend(shown.totals.vat.iter().map(|group| {
        let name = say(
            lang,
            "quote_document.vat_on",
            &[("percent", format_bp(group.rate_bp, lang)), ("amount", amount(group.net_cents))],
        );
        sum(name, group.vat_cents, false)
    }));
    sums.push(sum(column("gross"), shown.totals.gross_cents, true));
    context! {
        lang => lang.as_str(),
        nonce,
        token,
        heading => own("title"),
        title => quote.title.clone(),
        address => shown.sender_address.clone(),
        intro => quote.intro.clone(),
        terms => quote.terms.clone(),
        lines,
        sums,
        state => state_of(shown, &params),
        open => shown.closed.is_none(),
        problem => problem.map(word),
        words => context! {
            sender => own("from"),
            recipient => own("for"),
            until,
            download => own("download"),
            accept_title => own("accept_title"),
            name => own("name"),
            confirm => own("confirm"),
            accept => own("accept"),
            decline_title => own("decline_title"),
            reason => own("reason"),
            decline => own("decline"),
            description => column("description"),
            quantity => column("quantity"),
            price => column("price"),
            vat => column("vat"),
            amount => column("amount"),
        },
    }
}
