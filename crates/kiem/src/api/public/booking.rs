//! `/b/{workspace}/{slug}`: choosing a moment, and `/b/m/{token}`: moving it or calling it off. Works without script.

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::{Value, context};
use serde::Deserialize;

use super::form::problem_of;
use super::page::{failed, message, not_found, page, reader_lang, too_fast};
use super::{BODY_BYTES_MAX, Public, client_ip, query_of, read_form};
use crate::engine::EngineError;
use crate::engine::public::booking::{Appointment, BookingInput, Offer, spoken};
use crate::messages::{Lang, say};

/// Days with free moments that one page shows.
const DAYS_PER_PAGE: usize = 7;
/// Zones that are proposed; any other can be typed.
const ZONES: [&str; 12] = [
    "Europe/Amsterdam",
    "Europe/Brussels",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Warsaw",
    "Europe/Athens",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Singapore",
    "UTC",
];

/// What the visitor chose so far.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    zone: Option<String>,
    lang: Option<String>,
    start: Option<String>,
    skip: usize,
    k: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Filled {
    start: String,
    zone: String,
    lang: String,
    name: String,
    email: String,
    note: String,
    k: Option<String>,
}

/// The page with free moments, or the form for one that was chosen.
pub async fn show(
    State(public): State<Public>,
    Path((number, slug)): Path<(u32, String)>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let lang = reader_lang(&headers);
    match public.engine.booking_offer(number, &slug).await {
        Ok(Some(offer)) => {
            let filled = Filled { start: choice.start.clone().unwrap_or_default(), ..Filled::default() };
            offer_page(StatusCode::OK, &offer, &choice, &filled, None, &headers)
        }
        Ok(None) => not_found(lang),
        Err(error) => failed(lang, &error),
    }
}

/// Makes the appointment.
pub async fn confirm(
    State(public): State<Public>,
    Path((number, slug)): Path<(u32, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let lang = reader_lang(&parts.headers);
    if let Err(seconds) = public.buckets.may_post(&public.engine, client_ip(&public.engine, &parts)) {
        return too_fast(lang, "", seconds);
    }
    let Ok(bytes) = axum::body::to_bytes(body, BODY_BYTES_MAX).await else {
        return message(StatusCode::PAYLOAD_TOO_LARGE, lang, "too_large", "");
    };
    let Some(filled) = read_form::<Filled>(bytes).await else {
        return message(StatusCode::BAD_REQUEST, lang, "unreadable", "");
    };
    let Ok(start) = filled.start.parse::<Timestamp>() else {
        return message(StatusCode::BAD_REQUEST, lang, "unreadable", "");
    };
    let input = BookingInput {
        start,
        name: filled.name.clone(),
        email: filled.email.clone(),
        note: filled.note.clone(),
        lang: filled.lang.parse().unwrap_or(lang),
        zone: TimeZone::get(&filled.zone).unwrap_or(TimeZone::UTC),
        visit_token: filled.k.clone(),
    };
    let outcome = public.engine.confirm_booking(number, &slug, &input).await;
    let problem = match outcome {
        Ok(Some(made)) => return booked(&public, number, &made, &input),
        Ok(None) => return not_found(lang),
        Err(EngineError::Invalid(errors)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            errors.first().map(|e| problem_of(input.lang, e)).unwrap_or_default(),
        ),
        Err(EngineError::Refused { .. }) => (StatusCode::CONFLICT, say(input.lang, "public.slot_taken", &[])),
        Err(error) => return failed(lang, &error),
    };
    let offer = match public.engine.booking_offer(number, &slug).await {
        Ok(Some(offer)) => offer,
        Ok(None) => return not_found(lang),
        Err(error) => return failed(lang, &error),
    };
    let choice = Choice {
        zone: Some(filled.zone.clone()),
        lang: Some(filled.lang.clone()),
        start: Some(filled.start.clone()),
        skip: 0,
        k: filled.k.clone(),
    };
    offer_page(problem.0, &offer, &choice, &filled, Some(problem.1), &parts.headers)
}

fn booked(public: &Public, number: u32, made: &Appointment, input: &BookingInput) -> Response {
    let lang = input.lang;
    let title = say(lang, "public.booked_title", &[]);
    let params = [
        ("when", spoken(made.booking.starts_at, &input.zone, lang)),
        ("email", made.booking.guest_email.clone()),
        ("url", public.engine.booking_url(number, made.booking.id)),
    ];
    let text = say(lang, "public.booked", &params);
    page(StatusCode::OK, "message", lang, &title, &made.offer.sender, context! { text => text })
}

fn offer_page(
    status: StatusCode,
    offer: &Offer,
    choice: &Choice,
    filled: &Filled,
    problem: Option<String>,
    headers: &HeaderMap,
) -> Response {
    let lang = choice.lang.as_deref().and_then(|l| l.parse().ok()).unwrap_or_else(|| {
        if headers.contains_key(axum::http::header::ACCEPT_LANGUAGE) {
            reader_lang(headers)
        } else {
            offer.lang
        }
    });
    let zone_name =
        choice.zone.as_deref().filter(|z| TimeZone::get(z).is_ok()).unwrap_or(&offer.open.page.time_zone);
    let zone = TimeZone::get(zone_name).unwrap_or(TimeZone::UTC);
    let chosen = filled.start.parse::<Timestamp>().ok().filter(|at| offer.slots.contains(at));
    let query = |lang: Lang, extra: &[(&str, String)]| {
        let mut pairs = vec![("zone", zone_name.to_owned()), ("lang", lang.to_string())];
        pairs.extend(choice.k.iter().map(|k| ("k", k.clone())));
        pairs.extend(extra.iter().cloned());
        query_of(&pairs)
    };
    let (days, has_later) =
        days_of(offer, &zone, lang, choice.skip, &|at| query(lang, &[("start", at.to_string())]));
    let other = if lang == Lang::Nl { Lang::En } else { Lang::Nl };
    let values = context! {
        with => offer.host_name.clone(),
        length_minutes => offer.open.rules.length_minutes,
        zone => zone_name,
        zones => ZONES.to_vec(),
        problem => problem,
        chosen => chosen.map(|at| at.to_string()),
        chosen_text => chosen.map(|at| spoken(at, &zone, lang)),
        back_query => query(lang, &[]),
        days => days,
        later_query => has_later.then(|| query(lang, &[("skip", (choice.skip + DAYS_PER_PAGE).to_string())])),
        language_query => query(other, &[]),
        name => filled.name.clone(),
        email => filled.email.clone(),
        note => filled.note.clone(),
        k => choice.k.clone(),
    };
    page(status, "booking", lang, &offer.open.page.title, &offer.sender, values)
}

/// The free moments by day of the visitor; whether there are more days.
fn days_of(
    offer: &Offer,
    zone: &TimeZone,
    lang: Lang,
    skip: usize,
    query: &dyn Fn(Timestamp) -> String,
) -> (Vec<Value>, bool) {
    let mut dates = Vec::new();
    for slot in &offer.slots {
        let date = slot.to_zoned_datetime(zone.clone()).date();
        if dates.last() != Some(&date) {
            dates.push(date);
        }
    }
    let has_later = dates.len() > skip.saturating_add(DAYS_PER_PAGE);
    let days = dates
        .into_iter()
        .skip(skip)
        .take(DAYS_PER_PAGE)
        .map(|date| {
            let weekday = say(lang, &format!("public.weekday_{}", date.weekday().to_monday_zero_offset()), &[]);
            let month = say(lang, &format!("public.month_{}", date.month()), &[]);
            let slots = offer
                .slots
                .iter()
                .map(|slot| (slot, slot.to_zoned_datetime(zone.clone())))
                .filter(|(_, local)| local.date() == date)
                .map(|(slot, local)| context! { time => local.strftime("%H:%M").to_string(), query => query(*slot) })
                .collect::<Vec<Value>>();
            context! { name => format!("{weekday} {} {month}", date.day()), slots => slots }
        })
        .collect();
    (days, has_later)
}

/// The page of an appointment. Looking changes nothing.
pub async fn manage(State(public): State<Public>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let lang = reader_lang(&headers);
    match public.engine.appointment(&token).await {
        Ok(Some(found)) => manage_page(&public, StatusCode::OK, &found, None),
        Ok(None) => not_found(lang),
        Err(error) => failed(lang, &error),
    }
}

/// Moves it or calls it off.
pub async fn change(State(public): State<Public>, Path(token): Path<String>, request: Request) -> Response {
    #[derive(Deserialize)]
    struct Change {
        action: String,
        start: Option<String>,
    }
    let (parts, body) = request.into_parts();
    let lang = reader_lang(&parts.headers);
    let bytes = axum::body::to_bytes(body, BODY_BYTES_MAX).await.unwrap_or_default();
    let Some(change) = read_form::<Change>(bytes).await else {
        return message(StatusCode::BAD_REQUEST, lang, "unreadable", "");
    };
    let start = change.start.as_deref().and_then(|s| s.parse::<Timestamp>().ok());
    let outcome = match (change.action.as_str(), start) {
        ("cancel", _) => public.engine.cancel_booking(&token).await,
        ("move", Some(start)) => public.engine.move_booking(&token, start).await,
        _ => return message(StatusCode::BAD_REQUEST, lang, "unreadable", ""),
    };
    let (status, problem) = match outcome {
        Ok(_) => (StatusCode::OK, None),
        Err(EngineError::Refused { code, .. }) => (StatusCode::CONFLICT, Some(code)),
        Err(EngineError::Conflict) => (StatusCode::CONFLICT, Some("slot_taken")),
        Err(error) => return failed(lang, &error),
    };
    match public.engine.appointment(&token).await {
        Ok(Some(found)) => manage_page(&public, status, &found, problem),
        Ok(None) => not_found(lang),
        Err(error) => failed(lang, &error),
    }
}

fn manage_page(public: &Public, status: StatusCode, found: &Appointment, problem: Option<&str>) -> Response {
    let lang: Lang = found.booking.language.parse().unwrap_or(found.offer.lang);
    let zone = &found.offer.open.zone;
    let slots: Vec<Value> = found
        .offer
        .slots
        .iter()
        .filter(|at| **at != found.booking.starts_at)
        .take(200)
        .map(|at| context! { value => at.to_string(), text => spoken(*at, zone, lang) })
        .collect();
    let values = context! {
        when => spoken(found.booking.starts_at, zone, lang),
        with => found.offer.host_name.clone(),
        is_cancelled => found.booking.state == "cancelled",
        is_past => found.booking.starts_at <= public.engine.now(),
        problem => problem.map(|code| say(lang, &format!("public.{code}"), &[])),
        slots => slots,
    };
    page(status, "manage", lang, &found.offer.open.page.title, &found.offer.sender, values)
}
