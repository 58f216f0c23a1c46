//! Mailboxes: adding, changing, checking, pausing. A password goes in and never comes out.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kiem_domain::id::MailboxId;
use kiem_store::mailbox::Mailbox;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::outreach::Made;
use super::problem::{ApiResult, Problem};
use crate::engine::outreach::mailboxes::MailboxInput;
use crate::engine::send::{MailServer, MailServers};
use crate::engine::{Caller, Engine};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(update))
        .routes(routes!(check))
        .routes(routes!(pause, resume))
}

/// One server of a mailbox.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ServerView {
    /// Host name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// `tls`, `start_tls` or `plain_loopback`.
    pub security: String,
    /// Account; empty for none.
    pub username: String,
    /// PEM file with a company's own root certificate.
    pub extra_root: Option<String>,
}

/// A mailbox as it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxBody {
    /// `smtp_imap`, or `sandbox` in a practice workspace.
    pub kind: String,
    /// Address.
    pub address: String,
    /// Name beside it.
    pub display_name: String,
    /// Submission server.
    pub smtp: Option<ServerView>,
    /// Reading server.
    pub imap: Option<ServerView>,
    /// Folder with sent mail; found by itself when empty.
    #[serde(default)]
    pub sent_folder: String,
    /// Password of both; none keeps what is stored.
    pub password: Option<String>,
    /// Text under every mail.
    #[serde(default)]
    pub signature: String,
    /// Outreach mails a day at most.
    pub daily_cap: i64,
    /// Seconds between two outreach mails at least.
    pub gap_seconds_min: i64,
}

/// A mailbox as it stands; without its password.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailboxView {
    /// Id.
    pub id: Uuid,
    /// `smtp_imap` or `sandbox`.
    pub kind: String,
    /// Address.
    pub address: String,
    /// Name beside it.
    pub display_name: String,
    /// Submission server.
    pub smtp: Option<ServerView>,
    /// Reading server.
    pub imap: Option<ServerView>,
    /// Folder with sent mail.
    pub sent_folder: String,
    /// Whether a password is stored.
    pub has_password: bool,
    /// Text under every mail.
    pub signature: String,
    /// Outreach mails a day at most.
    pub daily_cap: i64,
    /// Seconds between two outreach mails at least.
    pub gap_seconds_min: i64,
    /// `active`, `paused` or `failing`.
    pub state: String,
    /// Why it is not active.
    pub state_reason: Option<String>,
    /// Mails that the server counts.
    pub n_on_server: Option<i64>,
    /// Mails that Kiem took in; equal when the mailbox is complete.
    pub n_taken_in: Option<i64>,
    /// Last successful look.
    pub checked_at: Option<String>,
    /// Why it cannot be read at the moment, in the server's words.
    pub read_problem: Option<String>,
}

/// All mailboxes.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailboxList {
    /// Oldest first.
    pub items: Vec<MailboxView>,
}

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckView {
    /// What is wrong with sending; none when it works.
    pub smtp_problem: Option<String>,
    /// What is wrong with reading; none when it works.
    pub imap_problem: Option<String>,
}

fn stored(server: ServerView) -> MailServer {
    MailServer {
        host: server.host.trim().to_owned(),
        port: server.port,
        security: server.security,
        username: server.username,
        extra_root: server.extra_root,
    }
}

fn shown(server: MailServer) -> ServerView {
    ServerView {
        host: server.host,
        port: server.port,
        security: server.security,
        username: server.username,
        extra_root: server.extra_root,
    }
}

fn input(body: MailboxBody) -> MailboxInput {
    MailboxInput {
        kind: body.kind,
        address: body.address,
        display_name: body.display_name,
        servers: MailServers {
            smtp: body.smtp.map(stored),
            imap: body.imap.map(stored),
            sent_folder: body.sent_folder,
        },
        password: body.password,
        signature: body.signature,
        daily_cap: body.daily_cap,
        gap_seconds_min: body.gap_seconds_min,
    }
}

fn view(mailbox: Mailbox) -> MailboxView {
    let servers: MailServers = serde_json::from_str(&mailbox.servers).unwrap_or_default();
    MailboxView {
        id: mailbox.id.0,
        kind: mailbox.kind,
        address: mailbox.address,
        display_name: mailbox.display_name,
        smtp: servers.smtp.map(shown),
        imap: servers.imap.map(shown),
        sent_folder: servers.sent_folder,
        has_password: mailbox.secret.is_some(),
        signature: mailbox.signature,
        daily_cap: mailbox.daily_cap,
        gap_seconds_min: mailbox.gap_seconds_min,
        state: mailbox.state,
        state_reason: mailbox.state_reason,
        n_on_server: mailbox.imap_n_server,
        n_taken_in: mailbox.imap_n_seen,
        checked_at: mailbox.imap_checked_at.map(|at| at.to_string()),
        read_problem: mailbox.imap_problem,
    }
}

/// All mailboxes of the workspace.
#[utoipa::path(get, path = "/mailboxes", tag = "mailboxes", responses((status = 200, body = MailboxList)))]
async fn list(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<MailboxList>> {
    let all = engine.mailboxes(&caller).await?;
    Ok(Json(MailboxList { items: all.into_iter().map(view).collect() }))
}

/// Adds a mailbox.
#[utoipa::path(post, path = "/mailboxes", tag = "mailboxes", request_body = MailboxBody,
    responses((status = 201, body = Made), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<MailboxBody>,
) -> ApiResult<(StatusCode, Json<Made>)> {
    let id = engine.create_mailbox(&caller, &input(body)).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.0 })))
}

/// Changes a mailbox; address and kind stay.
#[utoipa::path(put, path = "/mailboxes/{id}", tag = "mailboxes", params(("id" = Uuid, Path)), request_body = MailboxBody,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn update(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<MailboxBody>,
) -> ApiResult<StatusCode> {
    engine.update_mailbox(&caller, MailboxId(id), &input(body)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Logs in to both servers and says what is wrong.
#[utoipa::path(post, path = "/mailboxes/{id}/check", tag = "mailboxes", params(("id" = Uuid, Path)),
    responses((status = 200, body = CheckView), (status = 404, body = Problem)))]
async fn check(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<CheckView>> {
    let found = engine.check_mailbox(&caller, MailboxId(id)).await?;
    Ok(Json(CheckView { smtp_problem: found.smtp_problem, imap_problem: found.imap_problem }))
}

/// Pauses a mailbox.
#[utoipa::path(post, path = "/mailboxes/{id}/pause", tag = "mailboxes", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn pause(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.pause_mailbox(&caller, MailboxId(id), true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a paused mailbox go on.
#[utoipa::path(delete, path = "/mailboxes/{id}/pause", tag = "mailboxes", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn resume(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.pause_mailbox(&caller, MailboxId(id), false).await?;
    Ok(StatusCode::NO_CONTENT)
}
