//! Settings of the public surfaces: websites, booking pages, entrances; and what came in through them.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kiem_domain::id::{MailboxId, UserId};
use kiem_store::booking::BookingPage;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::problem::{ApiResult, Problem};
use crate::engine::public::booking_page::{AvailabilityDoc, BookingPageInput};
use crate::engine::public::inlet::{InletInput, InletView};
use crate::engine::public::site::{SiteInput, SiteView, recognised_kind};
use crate::engine::{Caller, Engine, EngineError};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(sites, add_site))
        .routes(routes!(change_site, remove_site))
        .routes(routes!(recognise))
        .routes(routes!(booking_pages, add_booking_page))
        .routes(routes!(change_booking_page))
        .routes(routes!(inlets, add_inlet))
        .routes(routes!(change_inlet, remove_inlet))
        .routes(routes!(quote_requests))
}

/// A page that the workspace named.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NamedPage {
    /// `case_study_detail`, `pricing`, ...
    pub kind: String,
    /// Path, or everything below it when it ends with `/*`.
    pub path: String,
}

/// A website as it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteBody {
    /// Host name.
    pub host: String,
    /// `off`, `click_session` or `consented`.
    pub visit_mode: String,
    /// Pages that the workspace named.
    #[serde(default)]
    pub pages: Vec<NamedPage>,
}

/// A website.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteItem {
    /// Id.
    pub id: Uuid,
    /// Host name.
    pub host: String,
    /// `off`, `click_session` or `consented`.
    pub visit_mode: String,
    /// Pages that the workspace named.
    pub pages: Vec<NamedPage>,
    /// The line for the site's pages.
    pub snippet: String,
    /// Where practice mode plays it; none in a live workspace.
    pub practice_url: Option<String>,
}

/// The websites.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteList {
    /// All of them.
    pub items: Vec<SiteItem>,
    /// There is never another page.
    pub next_cursor: Option<String>,
}

fn site_item(view: SiteView) -> SiteItem {
    SiteItem {
        id: view.site.id,
        host: view.site.host,
        visit_mode: view.site.visit_mode.to_string(),
        pages: view.pages.into_iter().map(|p| NamedPage { kind: p.kind.to_string(), path: p.path }).collect(),
        snippet: view.snippet,
        practice_url: view.practice_url,
    }
}

impl SiteBody {
    fn input(self) -> SiteInput {
        let pages = self.pages.into_iter().map(|p| (p.kind, p.path)).collect();
        SiteInput { host: self.host, visit_mode: self.visit_mode, pages }
    }
}

/// The websites on which visits may be measured.
#[utoipa::path(get, path = "/sites", tag = "surfaces", responses((status = 200, body = SiteList)))]
async fn sites(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<SiteList>> {
    let items = engine.sites(&caller).await?.into_iter().map(site_item).collect();
    Ok(Json(SiteList { items, next_cursor: None }))
}

/// Adds a website.
#[utoipa::path(post, path = "/sites", tag = "surfaces", request_body = SiteBody,
    responses((status = 201, body = SiteItem), (status = 422, body = Problem)))]
async fn add_site(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<SiteBody>,
) -> ApiResult<(StatusCode, Json<SiteItem>)> {
    Ok((StatusCode::CREATED, Json(site_item(engine.add_site(&caller, &body.input()).await?))))
}

/// Changes a website.
#[utoipa::path(put, path = "/sites/{id}", tag = "surfaces", request_body = SiteBody, params(("id" = Uuid, Path)),
    responses((status = 200, body = SiteItem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change_site(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<SiteBody>,
) -> ApiResult<Json<SiteItem>> {
    Ok(Json(site_item(engine.change_site(&caller, id, &body.input()).await?)))
}

/// Removes a website.
#[utoipa::path(delete, path = "/sites/{id}", tag = "surfaces", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn remove_site(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.remove_site(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Paths to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecogniseBody {
    /// Paths of pages; at most 500.
    pub paths: Vec<String>,
}

/// What Kiem takes paths of a site for, with the pages that the workspace named.
#[utoipa::path(post, path = "/sites/{id}/recognition", tag = "surfaces", request_body = RecogniseBody,
    params(("id" = Uuid, Path)), responses((status = 200, body = Vec<NamedPage>), (status = 404, body = Problem)))]
async fn recognise(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<RecogniseBody>,
) -> ApiResult<Json<Vec<NamedPage>>> {
    let found =
        engine.sites(&caller).await?.into_iter().find(|s| s.site.id == id).ok_or(EngineError::NotFound)?;
    let named = body
        .paths
        .into_iter()
        .take(500)
        .map(|path| NamedPage { kind: recognised_kind(&path, &found.pages).to_string(), path })
        .collect();
    Ok(Json(named))
}

/// A booking page as it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingPageBody {
    /// Last part of its address.
    pub slug: String,
    /// With whom.
    pub host_user_id: Uuid,
    /// Mailbox that confirms.
    pub mailbox_id: Uuid,
    /// What the appointment is called.
    pub title: String,
    /// Rules.
    pub availability: AvailabilityDoc,
    /// The host's IANA zone.
    pub time_zone: String,
    /// Whether it can be used.
    pub active: bool,
}

/// A booking page.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingPageItem {
    /// Id.
    pub id: Uuid,
    /// Last part of its address.
    pub slug: String,
    /// With whom.
    pub host_user_id: Uuid,
    /// Mailbox that confirms.
    pub mailbox_id: Uuid,
    /// What the appointment is called.
    pub title: String,
    /// Rules.
    pub availability: AvailabilityDoc,
    /// The host's IANA zone.
    pub time_zone: String,
    /// Whether it can be used.
    pub active: bool,
    /// Its whole address.
    pub url: String,
}

/// The booking pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingPageList {
    /// All of them.
    pub items: Vec<BookingPageItem>,
    /// There is never another page.
    pub next_cursor: Option<String>,
}

impl BookingPageBody {
    fn input(self) -> BookingPageInput {
        BookingPageInput {
            slug: self.slug,
            host: UserId(self.host_user_id),
            mailbox: MailboxId(self.mailbox_id),
            title: self.title,
            availability: self.availability,
            time_zone: self.time_zone,
            active: self.active,
        }
    }
}

async fn booking_page_item(
    engine: &Engine,
    caller: &Caller,
    page: BookingPage,
) -> ApiResult<BookingPageItem> {
    let (workspace, _) = engine.workspace(caller.workspace).await?;
    let availability = serde_json::from_str(&page.availability)
        .map_err(|e| EngineError::Outside(format!("the rules of a booking page cannot be read: {e}")))?;
    Ok(BookingPageItem {
        id: page.id,
        url: format!("{}/b/{}/{}", engine.config().link_url, workspace.number, page.slug),
        slug: page.slug,
        host_user_id: page.host_user_id.0,
        mailbox_id: page.mailbox_id.0,
        title: page.title,
        availability,
        time_zone: page.time_zone,
        active: page.active,
    })
}

/// The booking pages.
#[utoipa::path(get, path = "/booking-pages", tag = "surfaces", responses((status = 200, body = BookingPageList)))]
async fn booking_pages(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<BookingPageList>> {
    let mut items = Vec::new();
    for page in engine.booking_pages(&caller).await? {
        items.push(booking_page_item(&engine, &caller, page).await?);
    }
    Ok(Json(BookingPageList { items, next_cursor: None }))
}

/// Adds a booking page.
#[utoipa::path(post, path = "/booking-pages", tag = "surfaces", request_body = BookingPageBody,
    responses((status = 201, body = BookingPageItem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add_booking_page(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<BookingPageBody>,
) -> ApiResult<(StatusCode, Json<BookingPageItem>)> {
    let page = engine.add_booking_page(&caller, &body.input()).await?;
    Ok((StatusCode::CREATED, Json(booking_page_item(&engine, &caller, page).await?)))
}

/// Changes a booking page.
#[utoipa::path(put, path = "/booking-pages/{id}", tag = "surfaces", request_body = BookingPageBody,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = BookingPageItem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change_booking_page(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<BookingPageBody>,
) -> ApiResult<Json<BookingPageItem>> {
    let page = engine.change_booking_page(&caller, id, &body.input()).await?;
    Ok(Json(booking_page_item(&engine, &caller, page).await?))
}

/// An entrance as it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InletBody {
    /// `quote_form`, `cal_com` or `calendly`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Signing secret of the service; none keeps what is stored.
    pub secret: Option<String>,
    /// Origins whose pages may post the form.
    #[serde(default)]
    pub allowed_origins: Vec<String>,
    /// Whether it is open.
    pub active: bool,
}

/// An entrance; without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct InletItem {
    /// Id.
    pub id: Uuid,
    /// `quote_form`, `cal_com` or `calendly`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Whether a secret is stored.
    pub has_secret: bool,
    /// Origins whose pages may post the form.
    pub allowed_origins: Vec<String>,
    /// Whether it is open.
    pub active: bool,
    /// Its public address.
    pub url: String,
}

/// The entrances.
#[derive(Debug, Serialize, ToSchema)]
pub struct InletList {
    /// All of them.
    pub items: Vec<InletItem>,
    /// There is never another page.
    pub next_cursor: Option<String>,
}

fn inlet_item(view: InletView) -> InletItem {
    InletItem {
        id: view.inlet.id,
        kind: view.inlet.kind.to_string(),
        name: view.inlet.name,
        has_secret: view.inlet.secret.is_some(),
        allowed_origins: view.inlet.allowed_origins.lines().map(str::to_owned).collect(),
        active: view.inlet.active,
        url: view.url,
    }
}

impl InletBody {
    fn input(self) -> InletInput {
        InletInput {
            kind: self.kind,
            name: self.name,
            secret: self.secret,
            allowed_origins: self.allowed_origins,
            active: self.active,
        }
    }
}

/// The entrances: quote forms and webhooks of booking services.
#[utoipa::path(get, path = "/inlets", tag = "surfaces", responses((status = 200, body = InletList)))]
async fn inlets(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<InletList>> {
    let items = engine.inlets(&caller).await?.into_iter().map(inlet_item).collect();
    Ok(Json(InletList { items, next_cursor: None }))
}

/// Adds an entrance.
#[utoipa::path(post, path = "/inlets", tag = "surfaces", request_body = InletBody,
    responses((status = 201, body = InletItem), (status = 422, body = Problem)))]
async fn add_inlet(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<InletBody>,
) -> ApiResult<(StatusCode, Json<InletItem>)> {
    Ok((StatusCode::CREATED, Json(inlet_item(engine.add_inlet(&caller, &body.input()).await?))))
}

/// Changes an entrance.
#[utoipa::path(put, path = "/inlets/{id}", tag = "surfaces", request_body = InletBody, params(("id" = Uuid, Path)),
    responses((status = 200, body = InletItem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change_inlet(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<InletBody>,
) -> ApiResult<Json<InletItem>> {
    Ok(Json(inlet_item(engine.change_inlet(&caller, id, &body.input()).await?)))
}

/// Removes an entrance: its address opens nothing any more.
#[utoipa::path(delete, path = "/inlets/{id}", tag = "surfaces", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn remove_inlet(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.remove_inlet(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RequestQuery {
    /// Those taken for spam instead.
    #[serde(default)]
    pub spam: bool,
    /// From here on.
    pub cursor: Option<String>,
    /// How many, 1 to 200.
    pub limit: Option<i64>,
}

/// A request from the form.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteRequestItem {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Company.
    pub company_name: String,
    /// Telephone.
    pub phone: String,
    /// The question.
    pub text: String,
    /// Why it was taken for spam.
    pub spam_reason: Option<String>,
    /// The lead.
    pub lead_id: Option<Uuid>,
    /// When it came in.
    pub created_at: String,
}

/// Requests, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteRequestList {
    /// A page of them.
    pub items: Vec<QuoteRequestItem>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// What came in through the quote form, newest first.
#[utoipa::path(get, path = "/quote-requests", tag = "surfaces", params(RequestQuery),
    responses((status = 200, body = QuoteRequestList)))]
async fn quote_requests(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<RequestQuery>,
) -> ApiResult<Json<QuoteRequestList>> {
    let before = match query.cursor.as_deref() {
        Some(text) => text.parse().map_err(|_| EngineError::field("cursor", "unknown_choice"))?,
        None => jiff::Timestamp::MAX,
    };
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let found = engine.quote_requests(&caller, query.spam, before, limit).await?;
    let is_full = i64::try_from(found.len()) == Ok(limit);
    let next_cursor = found.last().filter(|_| is_full).map(|r| r.created_at.to_string());
    let items = found
        .into_iter()
        .map(|r| QuoteRequestItem {
            id: r.id,
            name: r.name,
            email: r.email,
            company_name: r.company_name,
            phone: r.phone,
            text: r.text,
            spam_reason: r.spam_reason,
            lead_id: r.lead_id.map(|l| l.0),
            created_at: r.created_at.to_string(),
        })
        .collect();
    Ok(Json(QuoteRequestList { items, next_cursor }))
}
