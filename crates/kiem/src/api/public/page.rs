//! The one template of all public pages: own HTML, everything escaped, no script, readable without styles.

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use minijinja::{AutoEscape, Environment, Value, context};

use crate::messages::{Lang, say};

/// Nothing may be loaded; only the page's own style and its own forms work.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// As [`POLICY`], with the site's own script and its reports.
const PRACTICE_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page's own part between the shared head and foot.
macro_rules! whole {
    ($name:literal) => {
        concat!(
            include_str!("../../../templates/public/head.html"),
            include_str!(concat!("../../../templates/public/", $name, ".html")),
            include_str!("../../../templates/public/foot.html")
        )
    };
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    for (name, text) in [
        (
            "practice_site",
            concat!(
                include_str!("../../../templates/practice/site.html"),
                include_str!("../../../templates/public/form_fields.html"),
                include_str!("../../../templates/practice/site_end.html")
            ),
        ),
        ("message", whole!("message")),
        ("opt_out", whole!("opt_out")),
        (
            "form",
            concat!(
                include_str!("../../../templates/public/head.html"),
                include_str!("../../../templates/public/form.html"),
                include_str!("../../../templates/public/form_fields.html"),
                "</form>\n",
                include_str!("../../../templates/public/foot.html")
            ),
        ),
        ("booking", whole!("booking")),
        ("manage", whole!("manage")),
    ] {
        // The files are part of the program, and a test fills every one. Templates cannot include each other: those
        // that people write could then nest without end.
        environment.add_template(name, text).expect("the public templates can be read");
    }
    environment
});

/// Fills a template and answers it. `values` is what the template shows beside `lang`, `title` and `sender`.
pub fn page(
    status: StatusCode,
    template: &str,
    lang: Lang,
    title: &str,
    sender: &str,
    values: Value,
) -> Response {
    page_with(POLICY, status, template, lang, title, sender, values)
}

/// A page of the practice website: the one public page with scripts, which are our own.
pub fn practice_page(lang: Lang, title: &str, sender: &str, values: Value) -> Response {
    page_with(PRACTICE_POLICY, StatusCode::OK, "practice_site", lang, title, sender, values)
}

fn page_with(
    policy: &'static str,
    status: StatusCode,
    template: &str,
    lang: Lang,
    title: &str,
    sender: &str,
    values: Value,
) -> Response {
    let filled = TEMPLATES.get_template(template).and_then(|t| {
        t.render(context! {
            lang => lang.as_str(),
            title => title,
            sender => sender,
            v => values,
            t => Value::from_function(move |key: String| say(lang, &format!("public.{key}"), &[])),
        })
    });
    match filled {
        Ok(html) => with_headers((status, html).into_response(), lang, policy),
        Err(error) => {
            tracing::error!(template, error = %error, "a public page cannot be filled");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A page with only a title and a sentence.
pub fn message(status: StatusCode, lang: Lang, key: &str, sender: &str) -> Response {
    let title = say(lang, &format!("public.{key}_title"), &[]);
    let text = say(lang, &format!("public.{key}"), &[]);
    page(status, "message", lang, &title, sender, context! { text => text })
}

/// "One moment, please": so many posts came from this network that it has to wait.
pub fn too_fast(lang: Lang, sender: &str, retry_after_seconds: u64) -> Response {
    let mut response = message(StatusCode::TOO_MANY_REQUESTS, lang, "too_fast", sender);
    response.headers_mut().insert(header::RETRY_AFTER, retry_after_seconds.into());
    response
}

/// "This address does not exist", the same for everything that is not right.
pub fn not_found(lang: Lang) -> Response {
    message(StatusCode::NOT_FOUND, lang, "not_found", "")
}

/// "Try again in a moment": the database failed, nothing was done.
pub fn failed(lang: Lang, error: &crate::engine::EngineError) -> Response {
    tracing::error!(error = %error, "a public request failed");
    message(StatusCode::SERVICE_UNAVAILABLE, lang, "failed", "")
}

fn with_headers(mut response: Response, lang: Lang, policy: &'static str) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        // Not "no-referrer": browsers would then hide the origin of our own forms from us.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_LANGUAGE, lang.as_str()),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    response
}

/// The reader's language, when the page has none of its own.
pub fn reader_lang(headers: &axum::http::HeaderMap) -> Lang {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .map_or(Lang::En, Lang::from_accept_language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_read_and_every_word_it_uses_exists_in_both_languages() {
        for (name, _) in TEMPLATES.templates() {
            let text = TEMPLATES.get_template(name).unwrap().source().to_owned();
            for part in text.split("t(\"").skip(1) {
                let key = format!("public.{}", part.split('"').next().unwrap_or_default());
                for lang in [Lang::Nl, Lang::En] {
                    assert!(crate::messages::has(lang, &key), "{name}: {key} in {lang}");
                }
            }
        }
    }

    #[tokio::test]
    async fn what_strangers_typed_is_escaped() {
        let evil = "<script>alert(1)</script>";
        let response = page(StatusCode::OK, "message", Lang::En, evil, evil, context! { text => evil });
        assert_eq!(response.headers()["content-security-policy"], POLICY);
        let body = axum::body::to_bytes(response.into_body(), 40_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(!body.contains("<script"), "{body}");
        assert!(body.len() < 30_000);
    }
}
