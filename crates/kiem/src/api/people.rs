//! Members, API tokens, the workspace's settings, the audit trail.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use kiem_domain::id::UserId;
use kiem_store::account::Workspace;
use kiem_store::audit::AuditEntry;
use kiem_store::member::ApiToken;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::problem::{ApiResult, Problem};
use crate::engine::people::members::role_from;
use crate::engine::people::workspaces::WorkspaceChange;
use crate::engine::settings::Settings;
use crate::engine::{Caller, Engine};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(members, add_member))
        .routes(routes!(change_role, remove_member))
        .routes(routes!(tokens, create_token))
        .routes(routes!(revoke_token))
        .routes(routes!(workspace, change_workspace))
        .routes(routes!(release_sending))
        .routes(routes!(audit))
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberView {
    /// The person.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Log-in address.
    pub email: String,
    /// `owner`, `manager`, `marketing`, `sales` or `read_only`.
    pub role: String,
    /// Since when.
    pub since: String,
}

/// All members.
#[derive(Debug, Serialize, ToSchema)]
pub struct Members {
    /// By name.
    pub items: Vec<MemberView>,
}

/// Who joins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMember {
    /// Log-in address.
    pub email: String,
    /// Name, for a new account.
    pub name: String,
    /// What they may do.
    pub role: String,
}

/// Who joined.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddedMember {
    /// The person.
    pub id: Uuid,
    /// Password of a new account, shown only now; none when they had an account already.
    pub first_password: Option<String>,
}

/// Another role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// What they may do from now on.
    pub role: String,
}

/// An API token, without its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenView {
    /// Id.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: String,
    /// Who made it.
    pub created_by: Uuid,
    /// When.
    pub created_at: String,
    /// When it ends.
    pub expires_at: Option<String>,
    /// Last use.
    pub used_at: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<String>,
}

impl From<ApiToken> for TokenView {
    fn from(t: ApiToken) -> TokenView {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        TokenView {
            id: t.id,
            name: t.name,
            role: t.role,
            created_by: t.created_by.0,
            created_at: t.created_at.to_string(),
            expires_at: text(t.expires_at),
            used_at: text(t.used_at),
            revoked_at: text(t.revoked_at),
        }
    }
}

/// All tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// Newest first.
    pub items: Vec<TokenView>,
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// `manager`, `marketing`, `sales` or `read_only`.
    pub role: String,
    /// Days until it ends; none for no end.
    #[schema(nullable = false)]
    pub days: Option<i64>,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedToken {
    /// Id.
    pub id: Uuid,
    /// The token itself, shown only now.
    pub token: String,
}

/// The workspace and its settings.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkspaceSettings {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// `live` or `practice`.
    pub mode: String,
    /// IANA zone.
    pub time_zone: String,
    /// `nl` or `en`.
    pub language: String,
    /// Why nothing is sent now, `restored`; none when sending goes on.
    pub sending_paused_reason: Option<String>,
    /// Company under every mail.
    pub sender_company: String,
    /// Postal address under every mail.
    pub postal_address: String,
    /// Page that explains what we do with data.
    pub privacy_url: String,
    /// Whether a promotion also stops the outreach to colleagues.
    pub promotion_stops_company: bool,
    /// Working hours within which a prospect gets its first answer.
    pub response_hours: u32,
    /// Networks of our own people: addresses or ranges such as `192.0.2.0/24`.
    pub own_networks: Vec<String>,
    /// Whether people are kept from companies' websites.
    pub website_people: bool,
}

impl From<(Workspace, Settings)> for WorkspaceSettings {
    fn from((w, s): (Workspace, Settings)) -> WorkspaceSettings {
        WorkspaceSettings {
            id: w.id.0,
            name: w.name,
            mode: w.mode,
            time_zone: w.time_zone,
            language: w.language,
            sending_paused_reason: w.sending_paused_reason,
            sender_company: s.sender_company,
            postal_address: s.postal_address,
            privacy_url: s.privacy_url,
            promotion_stops_company: s.promotion_stops_company,
            response_hours: s.response_hours,
            own_networks: s.own_networks,
            website_people: s.website_people,
        }
    }
}

/// A change of the workspace; what is missing stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceSettingsChange {
    /// Name (owner).
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// IANA zone (owner).
    #[schema(nullable = false)]
    pub time_zone: Option<String>,
    /// `nl` or `en` (owner).
    #[schema(nullable = false)]
    pub language: Option<String>,
    /// Company under every mail.
    #[schema(nullable = false)]
    pub sender_company: Option<String>,
    /// Postal address under every mail.
    #[schema(nullable = false)]
    pub postal_address: Option<String>,
    /// Page that explains what we do with data.
    #[schema(nullable = false)]
    pub privacy_url: Option<String>,
    /// Whether a promotion also stops the outreach to colleagues.
    #[schema(nullable = false)]
    pub promotion_stops_company: Option<bool>,
    /// Working hours within which a prospect gets its first answer.
    #[schema(nullable = false)]
    pub response_hours: Option<u32>,
    /// Networks of our own people: addresses or ranges such as `192.0.2.0/24`. Clicks and visits from there never count.
    #[schema(nullable = false)]
    pub own_networks: Option<Vec<String>>,
    /// Whether names, and addresses that belong to somebody by name, are kept from companies' websites. Switched off, those
    /// that were kept are forgotten.
    #[schema(nullable = false)]
    pub website_people: Option<bool>,
}

/// One line of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditLine {
    /// Place in the trail.
    pub seq: i64,
    /// When.
    pub at: String,
    /// `user`, `token`, `system` or `public`.
    pub actor_kind: String,
    /// The person or token.
    pub actor_id: Option<Uuid>,
    /// What was done.
    pub action: String,
    /// What it was done to.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: Option<Uuid>,
    /// What it is called now; none when it is gone or has no name.
    pub subject_name: Option<String>,
    /// Before and after, as JSON text.
    pub detail: String,
}

impl From<(AuditEntry, Option<String>)> for AuditLine {
    fn from((e, subject_name): (AuditEntry, Option<String>)) -> AuditLine {
        AuditLine {
            seq: e.seq,
            at: e.at.to_string(),
            actor_kind: e.actor_kind,
            actor_id: e.actor_id,
            action: e.action,
            subject_kind: e.subject_kind,
            subject_id: e.subject_id,
            subject_name,
            detail: e.detail,
        }
    }
}

/// A page of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// Newest first.
    pub items: Vec<AuditLine>,
    /// For the next page; none at the end.
    pub next_cursor: Option<String>,
}

/// Where a page begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Lines on a page, 50 unless told, at most 200.
    pub limit: Option<i64>,
}

/// All members.
#[utoipa::path(get, path = "/members", tag = "people", responses((status = 200, body = Members)))]
async fn members(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<Members>> {
    let items = engine.members(&caller).await?;
    let items = items
        .into_iter()
        .map(|m| MemberView {
            id: m.user.0,
            name: m.name,
            email: m.email,
            role: m.role,
            since: m.since.to_string(),
        })
        .collect();
    Ok(Json(Members { items }))
}

/// Adds a member; a new account's password is in the answer, once.
#[utoipa::path(post, path = "/members", tag = "people", request_body = AddMember,
    responses((status = 201, body = AddedMember), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add_member(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<AddMember>,
) -> ApiResult<(StatusCode, Json<AddedMember>)> {
    let role = role_from("role", &body.role)?;
    let new = engine.add_member(&caller, &body.email, &body.name, role).await?;
    Ok((StatusCode::CREATED, Json(AddedMember { id: new.user.0, first_password: new.first_password })))
}

/// Gives a member another role. The last owner stays.
#[utoipa::path(put, path = "/members/{id}", tag = "people", params(("id" = Uuid, Path)), request_body = RoleChange,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn change_role(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<RoleChange>,
) -> ApiResult<StatusCode> {
    engine.change_role(&caller, UserId(id), role_from("role", &body.role)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a member from the workspace. The last owner stays.
#[utoipa::path(delete, path = "/members/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn remove_member(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.remove_member(&caller, UserId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All API tokens.
#[utoipa::path(get, path = "/tokens", tag = "people", responses((status = 200, body = Tokens)))]
async fn tokens(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<Tokens>> {
    let items = engine.api_tokens(&caller).await?;
    Ok(Json(Tokens { items: items.into_iter().map(TokenView::from).collect() }))
}

/// Makes an API token; its text is in the answer, once.
#[utoipa::path(post, path = "/tokens", tag = "people", request_body = NewToken,
    responses((status = 201, body = CreatedToken), (status = 422, body = Problem)))]
async fn create_token(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<NewToken>,
) -> ApiResult<(StatusCode, Json<CreatedToken>)> {
    let role = role_from("role", &body.role)?;
    let (token, text) = engine.create_api_token(&caller, &body.name, role, body.days).await?;
    Ok((StatusCode::CREATED, Json(CreatedToken { id: token.id, token: text })))
}

/// Revokes an API token at once.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn revoke_token(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.revoke_api_token(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The workspace and its settings.
#[utoipa::path(get, path = "/workspace", tag = "workspace", responses((status = 200, body = WorkspaceSettings)))]
async fn workspace(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<WorkspaceSettings>> {
    Ok(Json(engine.workspace_settings(&caller).await?.into()))
}

/// Changes the workspace's settings.
#[utoipa::path(patch, path = "/workspace", tag = "workspace", request_body = WorkspaceSettingsChange,
    responses((status = 200, body = WorkspaceSettings), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn change_workspace(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<WorkspaceSettingsChange>,
) -> ApiResult<Json<WorkspaceSettings>> {
    let change = WorkspaceChange {
        name: body.name,
        time_zone: body.time_zone,
        language: body.language,
        sender_company: body.sender_company,
        postal_address: body.postal_address,
        privacy_url: body.privacy_url,
        promotion_stops_company: body.promotion_stops_company,
        response_hours: body.response_hours,
        own_networks: body.own_networks,
        website_people: body.website_people,
    };
    Ok(Json(engine.change_workspace(&caller, &change).await?.into()))
}

/// Lets sending go on after a restore (owner).
#[utoipa::path(post, path = "/workspace/sending-release", tag = "workspace",
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn release_sending(State(engine): State<Engine>, caller: Caller) -> ApiResult<StatusCode> {
    engine.release_sending(&caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who did what.
#[utoipa::path(get, path = "/audit", tag = "people", params(PageQuery),
    responses((status = 200, body = AuditPage), (status = 403, body = Problem)))]
async fn audit(
    State(engine): State<Engine>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<AuditPage>> {
    let limit = page.limit.unwrap_or(50).clamp(1, 200);
    // A cursor that is none of ours begins at the top, as a missing one does.
    let before = page.cursor.as_deref().and_then(|c| c.parse().ok());
    let items = engine.audit_trail(&caller, before, limit).await?;
    let is_full = i64::try_from(items.len()).is_ok_and(|n| n == limit);
    let next_cursor = items.last().filter(|_| is_full).map(|(e, _)| e.seq.to_string());
    Ok(Json(AuditPage { items: items.into_iter().map(AuditLine::from).collect(), next_cursor }))
}
