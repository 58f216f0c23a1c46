//! `/opportunities` and `/quotes`.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kiem_domain::id::{ContactId, OpportunityId, ProspectId, QuoteId};
use kiem_domain::money::Line;
use kiem_domain::opportunity::{OpportunityState, chance};
use kiem_store::quote::QuoteLine;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::view::{OpportunityView, QuoteRecordView, QuoteView};
use super::{choice, cursor, date, place_at};
use crate::api::problem::{ApiResult, Problem};
use crate::engine::sales::deal::OpportunityChange;
use crate::engine::sales::quotes::QuoteDraft;
use crate::engine::{Caller, Engine, Permission};

pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(opportunities))
        .routes(routes!(change_opportunity))
        .routes(routes!(quotes, create_quote))
        .routes(routes!(show_quote, change_quote, delete_quote))
        .routes(routes!(send_quote))
        .routes(routes!(quote_pdf))
}

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
pub struct StateQuery {
    /// A state.
    state: Option<String>,
    /// Where to go on.
    cursor: Option<String>,
    /// Rows, 200 at most.
    limit: Option<i64>,
}

impl StateQuery {
    fn limit(&self) -> i64 {
        self.limit.unwrap_or(50).clamp(1, 200)
    }
}

/// Drops the row that says that there is more.
fn cut<T>(rows: &mut Vec<T>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}

/// A page of opportunities.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpportunityPage {
    /// The rows.
    items: Vec<OpportunityView>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// Opportunities, most recently opened first; the open ones when no state is given.
#[utoipa::path(get, path = "/opportunities", tag = "opportunities", params(StateQuery),
    responses((status = 200, body = OpportunityPage)))]
async fn opportunities(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<StateQuery>,
) -> ApiResult<Json<OpportunityPage>> {
    let state: OpportunityState = choice("state", query.state.as_deref().unwrap_or("open"))?;
    let before = place_at(query.cursor.as_deref())?.map(|(at, id)| (at, OpportunityId(id)));
    let mut rows = engine.opportunities(&caller, state, before, query.limit() + 1).await?;
    let more = cut(&mut rows, query.limit());
    let next_cursor = rows.last().filter(|_| more).map(|card| {
        let o = &card.opportunity;
        cursor(o.opened_at.as_microsecond(), o.id.0)
    });
    let items = rows
        .into_iter()
        .map(|card| OpportunityView {
            chance_percent: (state == OpportunityState::Open)
                .then(|| chance(card.step, card.opportunity.chance_own_percent)),
            step: Some(card.step.to_string()),
            company_name: Some(card.company_name),
            ..OpportunityView::from(&card.opportunity)
        })
        .collect();
    Ok(Json(OpportunityPage { items, next_cursor }))
}

/// Tells a missing field (stays) from null (taken away).
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// A change; what is missing stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpportunityBody {
    /// What it is about.
    name: Option<String>,
    /// Value in cents.
    value_cents: Option<i64>,
    /// Expected close; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    expected_close_on: Option<Option<String>>,
    /// A person's own estimate, 1 to 99; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    chance_own_percent: Option<Option<i64>>,
}

/// Changes an open opportunity.
#[utoipa::path(patch, path = "/opportunities/{id}", tag = "opportunities", params(("id" = Uuid, Path)),
    request_body = OpportunityBody, responses((status = 200, body = OpportunityView), (status = 409, body = Problem)))]
async fn change_opportunity(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<OpportunityBody>,
) -> ApiResult<Json<OpportunityView>> {
    let expected_close_on = match body.expected_close_on {
        Some(Some(text)) => Some(Some(date("expected_close_on", &text)?)),
        Some(None) => Some(None),
        None => None,
    };
    let change = OpportunityChange {
        name: body.name,
        value_cents: body.value_cents,
        expected_close_on,
        chance_own_percent: body.chance_own_percent,
    };
    let deal = engine.change_opportunity(&caller, OpportunityId(id), change).await?;
    Ok(Json(OpportunityView::from(&deal)))
}

/// A page of quotes.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotePage {
    /// The rows.
    items: Vec<QuoteView>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// Quotes, newest first.
#[utoipa::path(get, path = "/quotes", tag = "quotes", params(StateQuery), responses((status = 200, body = QuotePage)))]
async fn quotes(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<StateQuery>,
) -> ApiResult<Json<QuotePage>> {
    let state = query.state.as_deref().map(|text| choice("state", text)).transpose()?;
    let before = place_at(query.cursor.as_deref())?.map(|(at, id)| (at, QuoteId(id)));
    let mut rows = engine.quotes(&caller, state, before, query.limit() + 1).await?;
    let more = cut(&mut rows, query.limit());
    let next_cursor =
        rows.last().filter(|_| more).map(|(q, _)| cursor(q.created_at.as_microsecond(), q.id.0));
    let items = rows
        .into_iter()
        .map(|(quote, company)| QuoteView { company_name: Some(company), ..QuoteView::from(&quote) })
        .collect();
    Ok(Json(QuotePage { items, next_cursor }))
}

/// A quote to be begun.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuote {
    /// For which prospect.
    prospect_id: Uuid,
    /// What it is about; the company's name when empty.
    #[serde(default)]
    title: String,
}

/// Begins a quote.
#[utoipa::path(post, path = "/quotes", tag = "quotes", request_body = NewQuote,
    responses((status = 201, body = QuoteRecordView), (status = 409, body = Problem)))]
async fn create_quote(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<NewQuote>,
) -> ApiResult<(StatusCode, Json<QuoteRecordView>)> {
    let made = engine.create_quote(&caller, ProspectId(body.prospect_id), &body.title).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// A quote with lines and sums.
#[utoipa::path(get, path = "/quotes/{id}", tag = "quotes", params(("id" = Uuid, Path)),
    responses((status = 200, body = QuoteRecordView), (status = 404, body = Problem)))]
async fn show_quote(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<QuoteRecordView>> {
    Ok(Json(engine.quote(&caller, QuoteId(id)).await?.into()))
}

/// One line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineBody {
    /// What it is.
    description: String,
    /// Thousandths.
    quantity_milli: i64,
    /// Price of one in cents.
    unit_price_cents: i64,
    /// Discount in basis points.
    #[serde(default)]
    discount_bp: i64,
    /// VAT in basis points.
    vat_bp: i64,
}

/// All of a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteBody {
    /// For whom.
    contact_id: Uuid,
    /// `nl` or `en`.
    language: String,
    /// What it is about.
    title: String,
    /// Text above the lines.
    intro: String,
    /// Text below the sums.
    terms: String,
    /// ISO 4217.
    currency: String,
    /// Last day on which it can be accepted.
    valid_until: String,
    /// Its lines.
    lines: Vec<LineBody>,
}

/// Changes a draft.
#[utoipa::path(put, path = "/quotes/{id}", tag = "quotes", params(("id" = Uuid, Path)), request_body = QuoteBody,
    responses((status = 200, body = QuoteRecordView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn change_quote(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<QuoteBody>,
) -> ApiResult<Json<QuoteRecordView>> {
    caller.may(Permission::WorkProspects)?;
    let draft = QuoteDraft {
        contact_id: ContactId(body.contact_id),
        language: choice("language", &body.language)?,
        title: body.title,
        intro: body.intro,
        terms: body.terms,
        currency: choice("currency", &body.currency)?,
        valid_until: date("valid_until", &body.valid_until)?,
        lines: body
            .lines
            .into_iter()
            .map(|line| QuoteLine {
                description: line.description,
                line: Line {
                    quantity_milli: line.quantity_milli,
                    unit_price_cents: line.unit_price_cents,
                    discount_bp: line.discount_bp,
                    vat_bp: line.vat_bp,
                },
            })
            .collect(),
    };
    Ok(Json(engine.change_quote(&caller, QuoteId(id), draft).await?.into()))
}

/// Throws a draft away.
#[utoipa::path(delete, path = "/quotes/{id}", tag = "quotes", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, body = Problem)))]
async fn delete_quote(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.delete_quote(&caller, QuoteId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What stands above the link in the mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendBody {
    /// The words; the usual sentence when empty.
    #[serde(default)]
    message: String,
    /// Why it goes out although the person is on the suppression list; kept in the audit trail. Without one such a
    /// quote is refused (`recipient_suppressed`).
    despite_reason: Option<String>,
}

/// Sends a quote: it gets its number, its PDF is frozen, the mail goes out.
#[utoipa::path(post, path = "/quotes/{id}/sending", tag = "quotes", params(("id" = Uuid, Path)),
    request_body = SendBody, responses((status = 200, body = QuoteRecordView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn send_quote(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<SendBody>,
) -> ApiResult<Json<QuoteRecordView>> {
    Ok(Json(
        engine.send_quote(&caller, QuoteId(id), &body.message, body.despite_reason.as_deref()).await?.into(),
    ))
}

/// The PDF of a quote.
#[utoipa::path(get, path = "/quotes/{id}/pdf", tag = "quotes", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = 404, body = Problem)))]
async fn quote_pdf(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Response> {
    let pdf = engine.quote_pdf(&caller, QuoteId(id)).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, "inline")], pdf)
        .into_response())
}
