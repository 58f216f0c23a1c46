//! Putting campaigns, mailboxes and booking pages away, and taking a lead out of a campaign.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use kiem_domain::id::{CampaignId, LeadId, MailboxId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::problem::{ApiResult, Problem};
use crate::engine::{Caller, Engine};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(archive_campaign, unarchive_campaign))
        .routes(routes!(archive_mailbox, unarchive_mailbox))
        .routes(routes!(archive_booking_page, unarchive_booking_page))
        .routes(routes!(take_out))
}

/// Which of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ArchivedQuery {
    /// Also what was put away.
    #[param(required = false)]
    pub archived: bool,
}

/// Puts a campaign away. Who is still in it gets nothing more; its mails and figures stay.
#[utoipa::path(post, path = "/campaigns/{id}/archive", tag = "campaigns", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn archive_campaign(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.archive_campaign(&caller, CampaignId(id), true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a campaign out again.
#[utoipa::path(delete, path = "/campaigns/{id}/archive", tag = "campaigns", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn unarchive_campaign(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.archive_campaign(&caller, CampaignId(id), false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a mailbox away. It neither sends nor receives; its mails stay.
#[utoipa::path(post, path = "/mailboxes/{id}/archive", tag = "mailboxes", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn archive_mailbox(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.archive_mailbox(&caller, MailboxId(id), true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a mailbox out again; it stays paused until somebody lets it go on.
#[utoipa::path(delete, path = "/mailboxes/{id}/archive", tag = "mailboxes", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn unarchive_mailbox(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.archive_mailbox(&caller, MailboxId(id), false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a booking page away. Appointments stand.
#[utoipa::path(post, path = "/booking-pages/{id}/archive", tag = "surfaces", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn archive_booking_page(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.archive_booking_page(&caller, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a booking page out again; it stays closed until somebody opens it.
#[utoipa::path(delete, path = "/booking-pages/{id}/archive", tag = "surfaces", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn unarchive_booking_page(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.archive_booking_page(&caller, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a lead out of a campaign: nothing more of it goes to them.
#[utoipa::path(delete, path = "/campaigns/{id}/enrolments/{lead_id}", tag = "campaigns",
    params(("id" = Uuid, Path), ("lead_id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn take_out(
    State(engine): State<Engine>,
    caller: Caller,
    Path((id, lead)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    engine.take_out(&caller, CampaignId(id), LeadId(lead)).await?;
    Ok(StatusCode::NO_CONTENT)
}
