//! Checks in the Dutch company register: one company, many, what it costs, and what a person chooses.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kiem_domain::id::{CompanyId, RegisterRunId};
use kiem_domain::register::RegisterField;
use kiem_store::register::RegisterReading;
use kiem_store::register_run::RegisterRun;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::imports::PageQuery;
use crate::api::problem::{ApiResult, Problem};
use crate::engine::register::{
    Chosen, ChosenEstimate, CompanyRegister, RegisterEstimate, RegisterOrder, StoredHit, StoredProfile,
    StoredTaking,
};
use crate::engine::{Caller, Engine, EngineError, Permission};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(of_company, check_company))
        .routes(routes!(choose))
        .routes(routes!(rounds, begin))
        .routes(routes!(estimate, chosen_estimate))
        .routes(routes!(refuse))
        .routes(routes!(take))
        .routes(routes!(round, stop))
        .routes(routes!(pause))
        .routes(routes!(resume))
}

/// A round in which companies are checked. Amounts are in thousandths of a euro.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterRunView {
    /// Id.
    pub id: Uuid,
    /// `running`, `paused`, `finished`, `stopped` or `failed`.
    pub state: String,
    /// Why it waits: `person`, `ceiling` (the month's amount is used up) or `key` (the register does not accept it).
    pub paused_why: Option<String>,
    /// Companies in it.
    pub companies_n: i64,
    /// Companies handled.
    pub done_n: i64,
    /// Companies whose profile was read.
    pub checked_n: i64,
    /// Facts filled or replaced.
    pub filled_n: i64,
    /// Companies that a person should look at.
    pub look_n: i64,
    /// Companies that are no longer in the register.
    pub ended_n: i64,
    /// What it cost.
    pub paid_mills: i64,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// When it ended.
    pub finished_at: Option<String>,
}

impl From<RegisterRun> for RegisterRunView {
    fn from(run: RegisterRun) -> RegisterRunView {
        let c = run.counts;
        RegisterRunView {
            id: run.id.0,
            state: run.state.as_str().to_owned(),
            paused_why: run.paused_why.map(|why| why.as_str().to_owned()),
            companies_n: run.n_companies,
            done_n: c.n_done,
            checked_n: c.n_checked,
            filled_n: c.n_filled,
            look_n: c.n_look,
            ended_n: c.n_ended,
            paid_mills: c.paid_mills,
            created_at: run.created_at.to_string(),
            finished_at: run.finished_at.map(|at| at.to_string()),
        }
    }
}

/// Rounds, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterRunList {
    /// The rounds.
    pub items: Vec<RegisterRunView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// What a round would come to. Amounts are in thousandths of a euro.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterEstimateView {
    /// Companies; each is one profile at most.
    pub companies_n: i64,
    /// Those whose number is known; for the others it is searched first, which is free.
    pub with_number_n: i64,
    /// Price of one profile.
    pub price_mills: i64,
    /// What it costs at most.
    pub cost_mills: i64,
    /// What was spent this month.
    pub spent_mills: i64,
    /// What may be spent in a month.
    pub ceiling_mills: i64,
}

impl From<RegisterEstimate> for RegisterEstimateView {
    fn from(e: RegisterEstimate) -> RegisterEstimateView {
        RegisterEstimateView {
            companies_n: e.n_companies,
            with_number_n: e.n_with_number,
            price_mills: e.price_mills,
            cost_mills: e.cost_mills,
            spent_mills: e.spent_mills,
            ceiling_mills: e.ceiling_mills,
        }
    }
}

/// Which companies are to be checked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EstimateQuery {
    /// At least this fit.
    fit_min: Option<i64>,
}

/// Companies that somebody chose.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenCompaniesInput {
    /// Company ids, 500 at most.
    pub companies: Vec<Uuid>,
}

/// What a round of companies that somebody chose would come to, and why some are left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChosenEstimateView {
    /// Of those that would be asked about.
    pub estimate: RegisterEstimateView,
    /// Asked about, or paid for, not long ago: not paid for again.
    pub recent_n: i64,
    /// Of which somebody said that it is none of those that the register offered, and nothing changed since.
    pub refused_n: i64,
    /// That wait in a round already.
    pub waiting_n: i64,
    /// No Dutch company.
    pub abroad_n: i64,
}

impl From<ChosenEstimate> for ChosenEstimateView {
    fn from(found: ChosenEstimate) -> ChosenEstimateView {
        ChosenEstimateView {
            estimate: found.estimate.into(),
            recent_n: found.n_recent,
            refused_n: found.n_refused,
            waiting_n: found.n_waiting,
            abroad_n: found.n_abroad,
        }
    }
}

/// Checks every Dutch company that lacks number, form or activity and was not asked about lately; or those that are named.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterRunInput {
    /// At least this fit, 0 to 100; left out, also those whose fit is not known.
    pub fit_min: Option<i64>,
    /// Only these, 500 at most, also when they lack nothing; without a fit.
    pub companies: Option<Vec<Uuid>>,
    /// The cost that was shown and agreed to, in thousandths of a euro: more is never begun.
    pub agreed_mills: i64,
}

/// Checks one company.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterCheckInput {
    /// The cost that was shown and agreed to, in thousandths of a euro.
    pub agreed_mills: i64,
    /// Also when it was paid for not long ago.
    #[serde(default)]
    pub again: bool,
}

/// Which company of the register it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterChoiceInput {
    /// Its number, one of those that were offered.
    pub kvk_number: String,
    /// The cost that was shown and agreed to, in thousandths of a euro; nothing when the profile is there already.
    pub agreed_mills: i64,
}

/// A fact that the register is right about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterTakeInput {
    /// Name of the field, one whose `taken` is `kept`.
    pub field: String,
}

/// What a choice led to.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterChoiceView {
    /// The round in which its profile is being asked for; missing when its facts were there and are taken over.
    pub run: Option<RegisterRunView>,
}

/// What the register said about a company.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyRegisterView {
    /// The last answer; missing when it was never asked.
    pub reading: Option<RegisterReadingView>,
    /// The round in which it waits.
    pub waits_in: Option<Uuid>,
    /// It was paid for, and is not paid for again by itself before.
    pub fresh_until: Option<String>,
}

/// The last answer about a company.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterReadingView {
    /// When it was asked.
    pub asked_at: String,
    /// `checked`, `ended`, `other_company`, `candidates`, `nobody`, `number_taken`, `not_delivered`, `later`, `uncertain`,
    /// `unreadable` or `practice`.
    pub outcome: String,
    /// The register's own code.
    pub outcome_detail: Option<String>,
    /// The number that was asked about or found.
    pub kvk_number: Option<String>,
    /// Whether it is no longer in the register.
    pub is_ended: bool,
    /// Since when.
    pub ended_on: Option<String>,
    /// What the register said.
    pub profile: Option<RegisterProfileView>,
    /// Companies that it may be.
    pub candidates: Vec<RegisterCandidateView>,
    /// When somebody said that it is none of them; it is not asked about again by itself.
    pub refused_at: Option<String>,
    /// Each fact beside what was known.
    pub takings: Vec<RegisterTakingView>,
}

/// A profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterProfileView {
    /// Number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Name in the deed.
    pub statutory_name: Option<String>,
    /// Names that it trades under.
    pub trade_names: Vec<String>,
    /// Legal form.
    pub legal_form: Option<String>,
    /// What it does, the main activity first.
    pub activities: Vec<RegisterActivityView>,
    /// People working there.
    pub employees_n: Option<u32>,
    /// Street and number, postcode, town.
    pub address: Option<String>,
    /// The address is shielded: there is one, and it is not told.
    pub is_shielded: bool,
    /// Websites.
    pub websites: Vec<String>,
    /// Day on which the company began.
    pub founded_on: Option<String>,
    /// Whether it does not want advertising by post or at the door; missing when the register does not say.
    pub is_non_mailing: Option<bool>,
}

/// An activity.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterActivityView {
    /// SBI code.
    pub code: String,
    /// What it stands for, in the register's words.
    pub words: String,
    /// Whether it is the main one.
    pub is_main: bool,
}

/// A company of the register that it may be.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterCandidateView {
    /// Number.
    pub kvk_number: String,
    /// Name.
    pub name: String,
    /// Street and number.
    pub street: Option<String>,
    /// Town.
    pub city: Option<String>,
}

/// A fact beside what was known.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterTakingView {
    /// Name of the field.
    pub field: String,
    /// What was known; empty when nothing was.
    pub known: String,
    /// What the register says.
    pub said: String,
    /// `same`, `filled`, `replaced` (the register outranks lists) or `kept` (a person typed in something else).
    pub taken: String,
}

impl From<StoredProfile> for RegisterProfileView {
    fn from(p: StoredProfile) -> RegisterProfileView {
        let line = [p.street, p.house_number].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let parts = [Some(line).filter(|line| !line.is_empty()), p.postcode, p.city];
        let address = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let activity = |a: crate::engine::register::StoredActivity| RegisterActivityView {
            code: a.code,
            words: a.words,
            is_main: a.is_main,
        };
        RegisterProfileView {
            number: p.number,
            name: p.name,
            statutory_name: p.statutory_name,
            trade_names: p.trade_names,
            legal_form: p.legal_form,
            activities: p.activities.into_iter().map(activity).collect(),
            employees_n: p.employees_n,
            address: (!address.is_empty()).then_some(address),
            is_shielded: p.is_shielded,
            websites: p.websites,
            founded_on: p.founded_on,
            is_non_mailing: p.is_non_mailing,
        }
    }
}

impl From<RegisterReading> for RegisterReadingView {
    fn from(reading: RegisterReading) -> RegisterReadingView {
        let profile = reading.profile.as_deref().and_then(|p| serde_json::from_str::<StoredProfile>(p).ok());
        let candidates: Vec<StoredHit> = serde_json::from_str(&reading.candidates).unwrap_or_default();
        let takings: Vec<StoredTaking> = serde_json::from_str(&reading.takings).unwrap_or_default();
        RegisterReadingView {
            asked_at: reading.asked_at.to_string(),
            outcome: reading.outcome.as_str().to_owned(),
            outcome_detail: reading.outcome_detail,
            kvk_number: reading.kvk_number,
            is_ended: reading.is_ended,
            ended_on: reading.ended_on.map(|day| day.to_string()),
            profile: profile.map(RegisterProfileView::from),
            candidates: candidates
                .into_iter()
                .map(|hit| RegisterCandidateView {
                    kvk_number: hit.number,
                    name: hit.name,
                    street: hit.street,
                    city: hit.city,
                })
                .collect(),
            refused_at: reading.refused.map(|(at, _)| at.to_string()),
            takings: takings
                .into_iter()
                .map(|t| RegisterTakingView { field: t.field, known: t.known, said: t.said, taken: t.taken })
                .collect(),
        }
    }
}

impl From<CompanyRegister> for CompanyRegisterView {
    fn from(found: CompanyRegister) -> CompanyRegisterView {
        CompanyRegisterView {
            reading: found.reading.map(RegisterReadingView::from),
            waits_in: found.waits_in.map(|id| id.0),
            fresh_until: found.fresh_until.map(|at| at.to_string()),
        }
    }
}

/// What the register said about a company, and what became of each fact.
#[utoipa::path(get, path = "/companies/{id}/register", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = CompanyRegisterView), (status = 404, body = Problem)))]
async fn of_company(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<CompanyRegisterView>> {
    Ok(Json(engine.company_register(&caller, CompanyId(id)).await?.into()))
}

/// Checks one company in the register.
#[utoipa::path(post, path = "/companies/{id}/register", tag = "audience", params(("id" = Uuid, Path)),
    request_body = RegisterCheckInput,
    responses((status = 202, body = RegisterRunView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn check_company(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(input): Json<RegisterCheckInput>,
) -> ApiResult<(StatusCode, Json<RegisterRunView>)> {
    let order = RegisterOrder::Company { id: CompanyId(id), is_again: input.again };
    let run = engine.begin_register_round(&caller, order, input.agreed_mills).await?;
    Ok((StatusCode::ACCEPTED, Json(run.into())))
}

/// Says which company of the register it is: one that was offered.
#[utoipa::path(post, path = "/companies/{id}/register/choice", tag = "audience", params(("id" = Uuid, Path)),
    request_body = RegisterChoiceInput,
    responses((status = 200, body = RegisterChoiceView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn choose(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(input): Json<RegisterChoiceInput>,
) -> ApiResult<Json<RegisterChoiceView>> {
    let chosen =
        engine.choose_in_register(&caller, CompanyId(id), &input.kvk_number, input.agreed_mills).await?;
    let run = match chosen {
        Chosen::Asked(run) => Some(run.into()),
        Chosen::Taken => None,
    };
    Ok(Json(RegisterChoiceView { run }))
}

/// Says that the company is none of those that the register offered.
#[utoipa::path(post, path = "/companies/{id}/register/refusal", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn refuse(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.refuse_in_register(&caller, CompanyId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the register's value of a fact over that a person typed in otherwise.
#[utoipa::path(post, path = "/companies/{id}/register/taking", tag = "audience", params(("id" = Uuid, Path)),
    request_body = RegisterTakeInput,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn take(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(input): Json<RegisterTakeInput>,
) -> ApiResult<StatusCode> {
    caller.may(Permission::WorkAudience)?;
    let field: RegisterField =
        input.field.parse().map_err(|_| EngineError::field("field", "unknown_choice"))?;
    engine.take_from_register(&caller, CompanyId(id), field).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The rounds, newest first.
#[utoipa::path(get, path = "/register-runs", tag = "audience", params(PageQuery),
    responses((status = 200, body = RegisterRunList)))]
async fn rounds(
    State(engine): State<Engine>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<RegisterRunList>> {
    let (before, limit) = page.moment()?;
    let found = engine.register_rounds(&caller, before, limit).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|n| n == limit);
    let next_cursor = found.last().filter(|_| is_full).map(|run| run.created_at.to_string());
    Ok(Json(RegisterRunList { items: found.into_iter().map(RegisterRunView::from).collect(), next_cursor }))
}

/// Begins to check companies, one after the other.
#[utoipa::path(post, path = "/register-runs", tag = "audience", request_body = RegisterRunInput,
    responses((status = 202, body = RegisterRunView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn begin(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<RegisterRunInput>,
) -> ApiResult<(StatusCode, Json<RegisterRunView>)> {
    caller.may(Permission::WorkAudience)?;
    let companies: Option<Vec<CompanyId>> =
        input.companies.map(|all| all.into_iter().map(CompanyId).collect());
    let order = match &companies {
        Some(_) if input.fit_min.is_some() => return Err(EngineError::field("fit_min", "range").into()),
        Some(companies) => RegisterOrder::Chosen(companies),
        None => RegisterOrder::Lacking { fit_min: input.fit_min },
    };
    let run = engine.begin_register_round(&caller, order, input.agreed_mills).await?;
    Ok((StatusCode::ACCEPTED, Json(run.into())))
}

/// What a round would come to now: companies and cost.
#[utoipa::path(get, path = "/register-runs/estimate", tag = "audience", params(EstimateQuery),
    responses((status = 200, body = RegisterEstimateView), (status = 422, body = Problem)))]
async fn estimate(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<EstimateQuery>,
) -> ApiResult<Json<RegisterEstimateView>> {
    Ok(Json(engine.register_estimate(&caller, query.fit_min).await?.into()))
}

/// What a round of companies that somebody chose would come to now.
#[utoipa::path(post, path = "/register-runs/estimate", tag = "audience", request_body = ChosenCompaniesInput,
    responses((status = 200, body = ChosenEstimateView), (status = 422, body = Problem)))]
async fn chosen_estimate(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<ChosenCompaniesInput>,
) -> ApiResult<Json<ChosenEstimateView>> {
    let companies: Vec<CompanyId> = input.companies.into_iter().map(CompanyId).collect();
    Ok(Json(engine.chosen_register_estimate(&caller, &companies).await?.into()))
}

/// One round and how far it is.
#[utoipa::path(get, path = "/register-runs/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = RegisterRunView), (status = 404, body = Problem)))]
async fn round(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<RegisterRunView>> {
    Ok(Json(engine.register_round(&caller, RegisterRunId(id)).await?.into()))
}

/// Stops a round; what was answered stays.
#[utoipa::path(delete, path = "/register-runs/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn stop(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.stop_register_round(&caller, RegisterRunId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a round wait; what was answered is there.
#[utoipa::path(post, path = "/register-runs/{id}/pause", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = RegisterRunView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn pause(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<RegisterRunView>> {
    Ok(Json(engine.pause_register_round(&caller, RegisterRunId(id), true).await?.into()))
}

/// Lets a round that waits go on.
#[utoipa::path(post, path = "/register-runs/{id}/resume", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = RegisterRunView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn resume(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<RegisterRunView>> {
    Ok(Json(engine.pause_register_round(&caller, RegisterRunId(id), false).await?.into()))
}
