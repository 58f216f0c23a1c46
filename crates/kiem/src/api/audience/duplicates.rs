//! The review of duplicates: the queue, one pair side by side, decisions, what was made one, and the check of a company
//! that is being typed in.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kiem_domain::dedupe::{Sign, SignField, Verdict};
use kiem_domain::id::CompanyId;
use kiem_store::duplicate::PairState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::people::CompanyInput;
use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::duplicates::{FactPair, ListedPair, PairSide};
use crate::engine::audience::{MergeUndoReport, NamedMerge, PairView, PossibleDuplicate};
use crate::engine::{Caller, Engine, EngineError};

/// Lines of a page when nobody says how many.
pub(super) const LINES: i64 = 50;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(check))
        .routes(routes!(list, pair))
        .routes(routes!(show))
        .routes(routes!(decide, reopen))
        .routes(routes!(merges))
        .routes(routes!(undo))
}

/// One thing about which both companies say something.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignView {
    /// `register`, `name`, `domain`, `phone`, `address`, `town`, `legal_form` or `activity`.
    pub field: String,
    /// `agrees`, `resembles` or `differs`.
    pub sign: String,
}

fn signs(found: Vec<(SignField, Sign)>) -> Vec<SignView> {
    let view =
        |(field, sign): (SignField, Sign)| SignView { field: field.to_string(), sign: sign.to_string() };
    found.into_iter().map(view).collect()
}

/// A company that may be the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct PossibleDuplicateView {
    /// Id of the company.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Town.
    pub city: Option<String>,
    /// `same`, `review` (a person decides) or `sibling` (another company of the same group).
    pub verdict: String,
    /// Why.
    pub signs: Vec<SignView>,
}

impl From<PossibleDuplicate> for PossibleDuplicateView {
    fn from(found: PossibleDuplicate) -> PossibleDuplicateView {
        let verdict = match found.verdict {
            Verdict::Same => "same",
            Verdict::Review => "review",
            Verdict::Sibling => "sibling",
            Verdict::Different => "different",
        };
        PossibleDuplicateView {
            id: found.company.0,
            name: found.name,
            city: found.city,
            verdict: verdict.to_owned(),
            signs: signs(found.signs),
        }
    }
}

/// What was found about a company that is being typed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyCheck {
    /// Companies that may be the same or are of its group, the likeliest first.
    pub items: Vec<PossibleDuplicateView>,
    /// Companies that came in lately and are not looked at yet.
    pub waiting_n: i64,
}

/// Checks a company against all that are there, without making it.
#[utoipa::path(post, path = "/companies/check", tag = "audience", request_body = CompanyInput,
    responses((status = 200, body = CompanyCheck), (status = 422, body = Problem)))]
async fn check(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<CompanyInput>,
) -> ApiResult<Json<CompanyCheck>> {
    let checked = engine.check_company(&caller, &input.into()).await?;
    Ok(Json(CompanyCheck {
        items: checked.found.into_iter().map(PossibleDuplicateView::from).collect(),
        waiting_n: checked.waiting_n,
    }))
}

/// Which pairs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DuplicateQuery {
    /// `open` (the default), `later` or `different`.
    pub state: Option<String>,
    /// From the page before.
    pub cursor: Option<String>,
    /// Pairs on the page.
    pub limit: Option<i64>,
}

/// One of two companies, in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairName {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Town.
    pub city: Option<String>,
}

/// Two companies that may be one.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairLine {
    /// Id of the pair.
    pub id: Uuid,
    /// The one.
    pub first: PairName,
    /// The other.
    pub second: PairName,
    /// Why they may be one.
    pub signs: Vec<SignView>,
    /// When it was found.
    pub found_at: String,
}

impl From<ListedPair> for PairLine {
    fn from(listed: ListedPair) -> PairLine {
        let [(first, first_city), (second, second_city)] = listed.companies;
        PairLine {
            id: listed.pair.id,
            first: PairName { id: listed.pair.first.0, name: first, city: first_city },
            second: PairName { id: listed.pair.second.0, name: second, city: second_city },
            signs: signs(listed.signs),
            found_at: listed.pair.found_at.to_string(),
        }
    }
}

/// A page of pairs.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairPage {
    /// The pairs, the one with the most at stake first.
    pub items: Vec<PairLine>,
    /// For the next page.
    pub next_cursor: Option<String>,
    /// Pairs that nobody looked at.
    pub open_n: i64,
    /// Pairs that were put off.
    pub later_n: i64,
    /// Pairs that persons decided about: one company or two.
    pub decided_n: i64,
    /// Companies that are not checked yet.
    pub waiting_n: i64,
}

pub(super) fn cursor(place: &str, id: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(format!("{place} {id}"))
}

pub(super) fn read_cursor<T: std::str::FromStr>(text: &str) -> Result<(T, Uuid), EngineError> {
    let unreadable = || EngineError::field("cursor", "cursor");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable())?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable())?;
    let (place, id) = text.split_once(' ').ok_or_else(unreadable)?;
    Ok((place.parse().map_err(|_| unreadable())?, id.parse().map_err(|_| unreadable())?))
}

/// The pairs of companies that may be one.
#[utoipa::path(get, path = "/duplicates", tag = "audience", params(DuplicateQuery),
    responses((status = 200, body = PairPage), (status = 422, body = Problem)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<DuplicateQuery>,
) -> ApiResult<Json<PairPage>> {
    let state = query.state.as_deref().map_or(Ok(PairState::Open), str::parse);
    let state = state.map_err(|_| EngineError::field("state", "unknown_choice"))?;
    let after = query.cursor.as_deref().map(read_cursor::<i64>).transpose()?;
    let page = engine.duplicates(&caller, state, after, query.limit.unwrap_or(LINES)).await?;
    Ok(Json(PairPage {
        items: page.pairs.into_iter().map(PairLine::from).collect(),
        next_cursor: page.next.map(|(place, id)| cursor(&place.to_string(), id)),
        open_n: page.counts.open_n,
        later_n: page.counts.later_n,
        decided_n: page.counts.different_n + page.counts.same_n,
        waiting_n: page.waiting_n,
    }))
}

/// One of the two companies.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairSideView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Where the record came from, in words.
    pub source: String,
    /// When it was made.
    pub created_at: String,
    /// When a fact last changed.
    pub updated_at: String,
    /// People there.
    pub people_n: i64,
    /// How well it fits, 0 to 100.
    pub fit_score: Option<i64>,
    /// Somebody there was approached.
    pub is_approached: bool,
    /// A pursuit is open.
    pub has_open_pursuit: bool,
    /// A concrete deal is open.
    pub has_opportunity: bool,
    /// It was won, once.
    pub is_customer: bool,
}

impl From<PairSide> for PairSideView {
    fn from(side: PairSide) -> PairSideView {
        PairSideView {
            id: side.company.id.0,
            name: side.company.name,
            source: side.company.source,
            created_at: side.company.created_at.to_string(),
            updated_at: side.company.updated_at.to_string(),
            people_n: side.people_n,
            fit_score: side.company.fit_score,
            is_approached: side.stake.is_approached,
            has_open_pursuit: side.stake.has_open_pursuit,
            has_opportunity: side.stake.has_opportunity,
            is_customer: side.stake.is_customer,
        }
    }
}

/// One fact of both companies.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactPairView {
    /// Which: a name of a field of the import.
    pub field: String,
    /// What the first says.
    pub first: Option<String>,
    /// What the second says.
    pub second: Option<String>,
    /// What would stay.
    pub survives: Option<String>,
}

impl From<FactPair> for FactPairView {
    fn from(fact: FactPair) -> FactPairView {
        FactPairView { field: fact.field, first: fact.first, second: fact.second, survives: fact.survives }
    }
}

/// Two companies side by side.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairDetail {
    /// Id of the pair.
    pub id: Uuid,
    /// `open`, `later` or `different`.
    pub state: String,
    /// The one.
    pub first: PairSideView,
    /// The other.
    pub second: PairSideView,
    /// What they say, where one of them says something.
    pub facts: Vec<FactPairView>,
    /// Why they may be one.
    pub signs: Vec<SignView>,
    /// The company that would stay.
    pub stays: Uuid,
    /// Why they cannot be made one now: `merge_two_numbers` or `merge_two_pursuits`.
    pub obstacle: Option<String>,
}

impl From<PairView> for PairDetail {
    fn from(view: PairView) -> PairDetail {
        let [first, second] = view.sides;
        PairDetail {
            id: view.pair.id,
            state: view.pair.state.to_string(),
            first: first.into(),
            second: second.into(),
            facts: view.facts.into_iter().map(FactPairView::from).collect(),
            signs: signs(view.signs),
            stays: view.stays.0,
            obstacle: view.obstacle.map(str::to_owned),
        }
    }
}

/// How a pair is looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PairQuery {
    /// The company that is to stay; without it the one where more happened. Of people: whose facts are to stay.
    pub keep: Option<Uuid>,
}

/// Two companies that may be one, side by side, and what would stay.
#[utoipa::path(get, path = "/duplicates/{id}", tag = "audience", params(("id" = Uuid, Path), PairQuery),
    responses((status = 200, body = PairDetail), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<PairQuery>,
) -> ApiResult<Json<PairDetail>> {
    Ok(Json(engine.duplicate(&caller, id, query.keep.map(CompanyId)).await?.into()))
}

/// What a person says about a pair.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    /// `same`, `different` or `later`.
    pub decision: String,
    /// The company that is to stay, of `same`; without it the one where more happened. Of people: whose facts are to stay.
    pub keep: Option<Uuid>,
}

/// What became of a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionResult {
    /// The merge, of `same`; by it the decision can be taken back.
    pub merge: Option<MergeView>,
}

/// Decides about a pair. Two companies that are called different are never asked about again.
#[utoipa::path(put, path = "/duplicates/{id}/decision", tag = "audience", params(("id" = Uuid, Path)),
    request_body = DecisionBody, responses((status = 200, body = DecisionResult), (status = 404, body = Problem),
    (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn decide(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<DecisionBody>,
) -> ApiResult<Json<DecisionResult>> {
    let decision = body.decision.parse().map_err(|_| EngineError::field("decision", "unknown_choice"))?;
    let merge = engine.decide_duplicate(&caller, id, decision, body.keep.map(CompanyId)).await?;
    let merge = match merge {
        Some(merge) => Some(engine.merge(&caller, merge.id).await?.into()),
        None => None,
    };
    Ok(Json(DecisionResult { merge }))
}

/// Two records that somebody wants side by side.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PairBody {
    /// The one.
    pub first: Uuid,
    /// The other.
    pub second: Uuid,
}

/// A pair that waits to be decided about.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairRef {
    /// Its id.
    pub id: Uuid,
}

/// Puts two companies side by side, first in the queue; also such as were called different or put off.
#[utoipa::path(post, path = "/duplicates", tag = "audience", request_body = PairBody,
    responses((status = 201, body = PairRef), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn pair(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<PairBody>,
) -> ApiResult<(StatusCode, Json<PairRef>)> {
    let id = engine.pair_companies(&caller, CompanyId(body.first), CompanyId(body.second)).await?;
    Ok((StatusCode::CREATED, Json(PairRef { id })))
}

/// Opens a pair again that was called different or put off.
#[utoipa::path(delete, path = "/duplicates/{id}/decision", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn reopen(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.reopen_duplicate(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Two companies that were made one, or two people of one company.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergeView {
    /// Id of the merge.
    pub id: Uuid,
    /// The company that stayed, or in which that went up since.
    pub company_id: Uuid,
    /// Its name; missing when it is gone.
    pub company_name: Option<String>,
    /// What the one was called that went up in it; empty of people.
    pub lost_name: String,
    /// Whether people were made one, not companies.
    pub is_of_people: bool,
    /// Of people: what the one is called who stayed; missing when they are gone.
    pub person_name: Option<String>,
    /// `evidence` (Kiem did, the evidence was beyond doubt) or `person`.
    pub cause: String,
    /// Who did.
    pub by: Option<String>,
    /// People who became one.
    pub people_joined_n: i64,
    /// People of one name who could not: both were in the same campaign, say.
    pub people_apart_n: i64,
    /// When.
    pub merged_at: String,
    /// When it was taken back.
    pub undone_at: Option<String>,
    /// What taking it back found.
    pub undo: Option<MergeUndoReport>,
}

impl From<NamedMerge> for MergeView {
    fn from(named: NamedMerge) -> MergeView {
        let merge = named.merge;
        MergeView {
            id: merge.id,
            company_id: named.kept_now.0,
            company_name: named.kept_name,
            lost_name: merge.lost_name,
            is_of_people: merge.people.is_some(),
            person_name: named.person_name,
            cause: merge.cause.to_string(),
            by: named.by,
            people_joined_n: merge.people_joined_n,
            people_apart_n: merge.people_apart_n,
            merged_at: merge.merged_at.to_string(),
            undone_at: merge.undone_at.map(|at| at.to_string()),
            undo: merge.undo_report.as_deref().and_then(|report| serde_json::from_str(report).ok()),
        }
    }
}

/// Which merges.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MergeQuery {
    /// From the page before.
    pub cursor: Option<String>,
    /// Merges on the page.
    pub limit: Option<i64>,
}

/// A page of merges.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergePage {
    /// The merges, newest first.
    pub items: Vec<MergeView>,
    /// For the next page.
    pub next_cursor: Option<String>,
}

/// What was made one, newest first.
#[utoipa::path(get, path = "/merges", tag = "audience", params(MergeQuery),
    responses((status = 200, body = MergePage), (status = 422, body = Problem)))]
async fn merges(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<MergeQuery>,
) -> ApiResult<Json<MergePage>> {
    let before = query.cursor.as_deref().map(read_cursor::<jiff::Timestamp>).transpose()?;
    let limit = query.limit.unwrap_or(LINES).clamp(1, LINES);
    let found = engine.merges(&caller, before, limit).await?;
    let is_full = i64::try_from(found.len()).unwrap_or(0) == limit;
    let last = found.last().filter(|_| is_full).map(|last| &last.merge);
    Ok(Json(MergePage {
        next_cursor: last.map(|last| cursor(&last.merged_at.to_string(), last.id)),
        items: found.into_iter().map(MergeView::from).collect(),
    }))
}

/// Takes a merge back: what was moved, removed and changed is as before; what changed since stays, and is said.
#[utoipa::path(post, path = "/merges/{id}/undo", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = MergeView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn undo(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<MergeView>> {
    engine.undo_merge(&caller, id).await?;
    Ok(Json(engine.merge(&caller, id).await?.into()))
}
