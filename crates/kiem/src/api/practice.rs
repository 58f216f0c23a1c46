//! The practice inbox: play the lead.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::outreach::Made;
use super::problem::{ApiResult, Problem};
use crate::engine::practice::PracticeReply;
use crate::engine::{Caller, Engine, EngineError};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(reply))
        .routes(routes!(bounce))
}

/// A practice mail in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticeItem {
    /// Id.
    pub id: Uuid,
    /// The lead's address.
    pub address: String,
    /// Subject.
    pub subject: String,
    /// When it "arrived".
    pub received_at: String,
}

/// A page of practice mails.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticeList {
    /// Newest first.
    pub items: Vec<PracticeItem>,
    /// Where the next page begins; none on the last.
    pub next_cursor: Option<String>,
}

/// A practice mail in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticeView {
    /// Id.
    pub id: Uuid,
    /// The lead's address.
    pub address: String,
    /// Subject.
    pub subject: String,
    /// When it "arrived".
    pub received_at: String,
    /// Text.
    pub text: String,
    /// Addresses in it that can be clicked.
    pub links: Vec<String>,
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
pub struct PracticeQuery {
    /// Before this moment.
    pub cursor: Option<String>,
    /// At most (default 50).
    pub limit: Option<i64>,
}

/// An answer in the lead's place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PracticeReplyBody {
    /// What is written.
    pub text: String,
    /// Whether our mail stands quoted below it.
    #[serde(default = "yes")]
    pub with_quote: bool,
    /// Another address, when a colleague answers.
    pub from: Option<String>,
    /// Whether a machine wrote it (an absence notice).
    #[serde(default)]
    pub is_automatic: bool,
}

fn yes() -> bool {
    true
}

/// What Kiem sent to leads in practice mode.
#[utoipa::path(get, path = "/practice/mails", tag = "practice", params(PracticeQuery),
    responses((status = 200, body = PracticeList), (status = 409, body = Problem)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<PracticeQuery>,
) -> ApiResult<Json<PracticeList>> {
    let before = match query.cursor.as_deref() {
        Some(text) => text.parse().map_err(|_| EngineError::field("cursor", "unknown_choice"))?,
        None => Timestamp::MAX,
    };
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let mails = engine.practice_inbox(&caller, before, limit).await?;
    let next_cursor =
        (mails.len() as i64 == limit).then(|| mails.last().map(|m| m.created_at.to_string())).flatten();
    let items = mails
        .into_iter()
        .map(|m| PracticeItem {
            id: m.id,
            address: m.address,
            subject: m.subject,
            received_at: m.created_at.to_string(),
        })
        .collect();
    Ok(Json(PracticeList { items, next_cursor }))
}

/// One practice mail.
#[utoipa::path(get, path = "/practice/mails/{id}", tag = "practice", params(("id" = Uuid, Path)),
    responses((status = 200, body = PracticeView), (status = 404, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<PracticeView>> {
    let found = engine.practice_mail(&caller, id).await?;
    Ok(Json(PracticeView {
        id: found.mail.id,
        address: found.mail.address,
        subject: found.mail.subject,
        received_at: found.mail.created_at.to_string(),
        text: found.text,
        links: found.links,
    }))
}

/// Answers as the lead.
#[utoipa::path(post, path = "/practice/mails/{id}/replies", tag = "practice", params(("id" = Uuid, Path)),
    request_body = PracticeReplyBody, responses((status = 201, body = Made), (status = 404, body = Problem)))]
async fn reply(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<PracticeReplyBody>,
) -> ApiResult<(StatusCode, Json<Made>)> {
    let reply = PracticeReply {
        text: &body.text,
        with_quote: body.with_quote,
        from: body.from.as_deref(),
        is_automatic: body.is_automatic,
    };
    let id = engine.practice_reply(&caller, id, &reply).await?;
    Ok((StatusCode::CREATED, Json(Made { id })))
}

/// Gives a mail back as undeliverable: the address does not exist.
#[utoipa::path(post, path = "/practice/mails/{id}/bounce", tag = "practice", params(("id" = Uuid, Path)),
    responses((status = 201, body = Made), (status = 404, body = Problem)))]
async fn bounce(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<(StatusCode, Json<Made>)> {
    let id = engine.practice_bounce(&caller, id).await?;
    Ok((StatusCode::CREATED, Json(Made { id })))
}
