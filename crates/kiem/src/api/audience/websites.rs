//! What companies say on their own websites: read one, read many, follow and stop a round, use what was found.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kiem_domain::id::{CompanyId, WebsiteRunId};
use kiem_domain::website::ReadingOutcome;
use kiem_store::website::{WebsiteFact, WebsiteReading};
use kiem_store::website_run::{RefusedSite, WebsiteRun};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::imports::PageQuery;
use crate::api::problem::{ApiResult, Problem};
use crate::engine::website::{CompanyWebsite, RefusedSites, RoundOrder, may_be_designated};
use crate::engine::{Caller, Engine};

/// Days after which a site is read again, unless told.
const NOT_READ_DAYS: i64 = 90;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(of_company, read_company))
        .routes(routes!(rounds, begin))
        .routes(routes!(candidates))
        .routes(routes!(round, stop))
        .routes(routes!(refused))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(add_contact))
}

/// A round in which websites are read.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebsiteRunView {
    /// Id.
    pub id: Uuid,
    /// `running`, `paused`, `finished`, `stopped` or `failed`.
    pub state: String,
    /// Companies in it.
    pub companies_n: i64,
    /// Companies handled.
    pub done_n: i64,
    /// Sites that were read.
    pub read_n: i64,
    /// Sites that were not read, with a reason.
    pub refused_n: i64,
    /// Facts found.
    pub facts_n: i64,
    /// Blanks filled.
    pub filled_n: i64,
    /// Addresses and domains put on the suppression list, because the site asks for it.
    pub suppressed_n: i64,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// When it ended.
    pub finished_at: Option<String>,
}

impl From<WebsiteRun> for WebsiteRunView {
    fn from(run: WebsiteRun) -> WebsiteRunView {
        let c = run.counts;
        WebsiteRunView {
            id: run.id.0,
            state: run.state.as_str().to_owned(),
            companies_n: run.n_companies,
            done_n: c.n_done,
            read_n: c.n_read,
            refused_n: c.n_refused,
            facts_n: c.n_facts,
            filled_n: c.n_filled,
            suppressed_n: c.n_suppressed,
            created_at: run.created_at.to_string(),
            finished_at: run.finished_at.map(|at| at.to_string()),
        }
    }
}

/// Who of a round was not read, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebsiteRefusedView {
    /// Each reason with its companies counted, the most frequent first.
    pub reasons: Vec<RefusedReasonView>,
    /// The companies in the order of the round, at most 500.
    pub items: Vec<RefusedSiteView>,
}

/// A reason why sites were not read.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedReasonView {
    /// `address`, `platform`, `unreachable`, `too_slow`, `robots`, `robots_unreadable`, `elsewhere`, `too_many_redirects`,
    /// `too_large`, `later`, `status`, `not_html`, `stop_sign`, `limit_reached`, `no_site`, `practice` or `broken`.
    pub outcome: String,
    /// Companies.
    pub companies_n: i64,
}

/// A company whose site was not read.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedSiteView {
    /// The company.
    pub company_id: Uuid,
    /// Its name.
    pub company: String,
    /// Host of the site that was tried.
    pub host: String,
    /// As in `reasons`.
    pub outcome: String,
}

impl From<RefusedSites> for WebsiteRefusedView {
    fn from(refused: RefusedSites) -> WebsiteRefusedView {
        let reason = |(outcome, companies_n): (ReadingOutcome, i64)| RefusedReasonView {
            outcome: outcome.as_str().to_owned(),
            companies_n,
        };
        let site = |site: RefusedSite| RefusedSiteView {
            company_id: site.company_id.0,
            company: site.name,
            host: site.host,
            outcome: site.outcome.as_str().to_owned(),
        };
        WebsiteRefusedView {
            reasons: refused.reasons.into_iter().map(reason).collect(),
            items: refused.sites.into_iter().map(site).collect(),
        }
    }
}

/// Rounds, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebsiteRunList {
    /// The rounds.
    pub items: Vec<WebsiteRunView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Whose websites are to be read: chosen companies, or everybody whose turn it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebsiteRunInput {
    /// Company ids, 500 at most; left out, everybody with a website whose turn it is.
    #[schema(nullable = false)]
    pub companies: Option<Vec<Uuid>>,
    /// At least this fit, 0 to 100; left out, also those whose fit is not known.
    pub fit_min: Option<i64>,
    /// Not read within so many days; 90 when left out.
    pub not_read_days: Option<i64>,
}

/// Whose turn it is.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CandidatesQuery {
    /// At least this fit.
    fit_min: Option<i64>,
    /// Not read within so many days; 90 when left out.
    not_read_days: Option<i64>,
}

/// How many websites' turn it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebsiteCandidates {
    /// Companies with a website, not read lately, and in no round that runs; at most as many as one round takes.
    pub companies_n: i64,
}

/// What is known from a company's website.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyWebsiteView {
    /// The last reading; missing when it was never read.
    pub reading: Option<WebsiteReadingView>,
    /// The round in which it waits or is being read.
    pub waits_in: Option<Uuid>,
    /// The facts, in the order in which they were found.
    pub facts: Vec<WebsiteFactView>,
}

/// One reading of a site.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebsiteReadingView {
    /// The address.
    pub site: String,
    /// When.
    pub read_at: String,
    /// `read`, or why nothing was read: `address`, `platform`, `unreachable`, `too_slow`, `robots`, `robots_unreadable`,
    /// `elsewhere`, `too_many_redirects`, `too_large`, `later`, `status`, `not_html`, `stop_sign`, `limit_reached`,
    /// `no_site`, `practice`, `broken`.
    pub outcome: String,
    /// What else is known of that: a status, another site, a sign.
    pub outcome_detail: Option<String>,
    /// Pages that were read.
    pub pages_n: i64,
    /// Pages that were not read, and why.
    pub refused: Vec<RefusedPageView>,
    /// The site asked not to be asked before.
    pub retry_at: Option<String>,
}

/// A page that was not read.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RefusedPageView {
    /// Its address.
    pub url: String,
    /// As `outcome`.
    pub why: String,
    /// What else is known.
    pub detail: Option<String>,
}

/// One thing that a site says.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebsiteFactView {
    /// Id.
    pub id: Uuid,
    /// `description`, `legal_name`, `kvk`, `vat_id`, `address`, `phone`, `email`, `person`, `technology`, `news`,
    /// `vacancy`, `language` or `no_approach`.
    pub kind: String,
    /// Its value.
    pub value: String,
    /// Job title of a person, or category of a technology.
    pub note: Option<String>,
    /// What an address is for: `commercial`, `general`, `administration`, `support`, `recruitment`, `press`, `privacy`,
    /// `unknown`.
    pub purpose: Option<String>,
    /// Whether the words around an address ask not to be approached.
    pub refuses_approach: bool,
    /// Whether a person may say that this address was published for offers.
    pub may_be_designated: bool,
    /// The page.
    pub url: String,
    /// The words that it was read from.
    pub snippet: String,
    /// When the page was read.
    pub read_at: String,
    /// SHA-256 of the page.
    pub content_hash: String,
}

impl From<WebsiteFact> for WebsiteFactView {
    fn from(fact: WebsiteFact) -> WebsiteFactView {
        let details: serde_json::Value = serde_json::from_str(&fact.details).unwrap_or_default();
        let detail = |name: &str| details.get(name).and_then(|v| v.as_str()).map(str::to_owned);
        WebsiteFactView {
            id: fact.id,
            may_be_designated: may_be_designated(&fact),
            kind: fact.kind.as_str().to_owned(),
            value: fact.value,
            note: detail("title").or_else(|| detail("category")).filter(|note| !note.is_empty()),
            purpose: detail("purpose"),
            refuses_approach: detail("refuses_approach").as_deref() == Some("yes"),
            url: fact.url,
            snippet: fact.snippet,
            read_at: fact.read_at.to_string(),
            content_hash: fact.content_hash,
        }
    }
}

impl From<WebsiteReading> for WebsiteReadingView {
    fn from(reading: WebsiteReading) -> WebsiteReadingView {
        WebsiteReadingView {
            site: reading.site,
            read_at: reading.read_at.to_string(),
            outcome: reading.outcome.as_str().to_owned(),
            outcome_detail: reading.outcome_detail,
            pages_n: reading.n_pages,
            refused: serde_json::from_str(&reading.refused).unwrap_or_default(),
            retry_at: reading.retry_at.map(|at| at.to_string()),
        }
    }
}

impl From<CompanyWebsite> for CompanyWebsiteView {
    fn from(site: CompanyWebsite) -> CompanyWebsiteView {
        CompanyWebsiteView {
            reading: site.reading.map(WebsiteReadingView::from),
            waits_in: site.waits_in.map(|id| id.0),
            facts: site.facts.into_iter().map(WebsiteFactView::from).collect(),
        }
    }
}

/// How a fact becomes a contact.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactContactInput {
    /// The caller says that the page publishes the address for offers: the page becomes the proof.
    #[serde(default)]
    pub designated: bool,
}

/// Who was added.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactContactView {
    /// The contact.
    pub contact_id: Uuid,
    /// Their place in the marketing list.
    pub lead_id: Option<Uuid>,
}

/// What is known from a company's website, with page, words and time.
#[utoipa::path(get, path = "/companies/{id}/website", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = CompanyWebsiteView), (status = 404, body = Problem)))]
async fn of_company(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<CompanyWebsiteView>> {
    Ok(Json(engine.company_website(&caller, CompanyId(id)).await?.into()))
}

/// Reads the website of one company now.
#[utoipa::path(post, path = "/companies/{id}/website", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 202, body = WebsiteRunView), (status = 404, body = Problem)))]
async fn read_company(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<(StatusCode, Json<WebsiteRunView>)> {
    let order = RoundOrder::Companies(vec![CompanyId(id)]);
    let run = engine.begin_website_round(&caller, &order).await?;
    Ok((StatusCode::ACCEPTED, Json(run.into())))
}

/// The rounds, newest first.
#[utoipa::path(get, path = "/website-runs", tag = "audience", params(PageQuery),
    responses((status = 200, body = WebsiteRunList)))]
async fn rounds(
    State(engine): State<Engine>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<WebsiteRunList>> {
    let (before, limit) = page.moment()?;
    let found = engine.website_rounds(&caller, before, limit).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|n| n == limit);
    let next_cursor = found.last().filter(|_| is_full).map(|run| run.created_at.to_string());
    Ok(Json(WebsiteRunList { items: found.into_iter().map(WebsiteRunView::from).collect(), next_cursor }))
}

/// Begins to read websites, a few at a time.
#[utoipa::path(post, path = "/website-runs", tag = "audience", request_body = WebsiteRunInput,
    responses((status = 202, body = WebsiteRunView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn begin(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<WebsiteRunInput>,
) -> ApiResult<(StatusCode, Json<WebsiteRunView>)> {
    let order = match input.companies {
        Some(ids) => RoundOrder::Companies(ids.into_iter().map(CompanyId).collect()),
        None => RoundOrder::Due {
            fit_min: input.fit_min,
            not_read_days: input.not_read_days.unwrap_or(NOT_READ_DAYS),
        },
    };
    let run = engine.begin_website_round(&caller, &order).await?;
    Ok((StatusCode::ACCEPTED, Json(run.into())))
}

/// How many websites a round would read now.
#[utoipa::path(get, path = "/website-runs/candidates", tag = "audience", params(CandidatesQuery),
    responses((status = 200, body = WebsiteCandidates), (status = 422, body = Problem)))]
async fn candidates(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<CandidatesQuery>,
) -> ApiResult<Json<WebsiteCandidates>> {
    let days = query.not_read_days.unwrap_or(NOT_READ_DAYS);
    Ok(Json(WebsiteCandidates {
        companies_n: engine.website_candidates(&caller, query.fit_min, days).await?,
    }))
}

/// Who of a round was not read so far, and why.
#[utoipa::path(get, path = "/website-runs/{id}/refused", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = WebsiteRefusedView), (status = 404, body = Problem)))]
async fn refused(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<WebsiteRefusedView>> {
    Ok(Json(engine.website_refused(&caller, WebsiteRunId(id)).await?.into()))
}

/// One round and how far it is.
#[utoipa::path(get, path = "/website-runs/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = WebsiteRunView), (status = 404, body = Problem)))]
async fn round(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<WebsiteRunView>> {
    Ok(Json(engine.website_round(&caller, WebsiteRunId(id)).await?.into()))
}

/// Stops a round; what was read stays.
#[utoipa::path(delete, path = "/website-runs/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn stop(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.stop_website_round(&caller, WebsiteRunId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a round wait; what was read is there.
#[utoipa::path(post, path = "/website-runs/{id}/pause", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = WebsiteRunView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn pause(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<WebsiteRunView>> {
    Ok(Json(engine.pause_website_round(&caller, WebsiteRunId(id), true).await?.into()))
}

/// Lets a round that waits go on.
#[utoipa::path(post, path = "/website-runs/{id}/resume", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = WebsiteRunView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn resume(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<WebsiteRunView>> {
    Ok(Json(engine.pause_website_round(&caller, WebsiteRunId(id), false).await?.into()))
}

/// Makes the person or address of a fact a contact of its company, with the page as source.
#[utoipa::path(post, path = "/website-facts/{id}/contact", tag = "audience", params(("id" = Uuid, Path)),
    request_body = FactContactInput,
    responses((status = 201, body = FactContactView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn add_contact(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(input): Json<FactContactInput>,
) -> ApiResult<(StatusCode, Json<FactContactView>)> {
    let added = engine.add_from_website(&caller, id, input.designated).await?;
    let view = FactContactView { contact_id: added.contact.0, lead_id: added.lead.map(|l| l.0) };
    Ok((StatusCode::CREATED, Json(view)))
}
