//! The review of people who may be one: the queue, one pair side by side, and decisions.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kiem_domain::id::ContactId;
use kiem_store::contact::Contact;
use kiem_store::duplicate::PairState;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::duplicates::{
    DecisionBody, DecisionResult, DuplicateQuery, FactPairView, LINES, PairBody, PairQuery, PairRef, cursor,
    read_cursor,
};
use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::person_duplicates::{ListedPeople, PeopleView, PersonSide};
use crate::engine::{Caller, Engine, EngineError};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(list, pair)).routes(routes!(show)).routes(routes!(decide, reopen))
}

/// One of two people, in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonName {
    /// Id of the person.
    pub id: Uuid,
    /// Whole name; empty when it is not known.
    pub name: String,
    /// Address.
    pub email: Option<String>,
    /// Job title.
    pub title: Option<String>,
}

impl From<Contact> for PersonName {
    fn from(person: Contact) -> PersonName {
        PersonName { id: person.id.0, name: person.full_name(), email: person.email, title: person.title }
    }
}

/// Two people of one company who may be one.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonPairLine {
    /// Id of the pair.
    pub id: Uuid,
    /// The one.
    pub first: PersonName,
    /// The other.
    pub second: PersonName,
    /// Where they work.
    pub company_id: Uuid,
    /// Its name.
    pub company_name: String,
    /// Why: `linkedin`, `name`, `initials`, `spelling`, `address` or `family_name`.
    pub sign: String,
    /// When it was found.
    pub found_at: String,
}

impl From<ListedPeople> for PersonPairLine {
    fn from(listed: ListedPeople) -> PersonPairLine {
        let [first, second] = listed.people;
        PersonPairLine {
            id: listed.pair.id,
            first: first.into(),
            second: second.into(),
            company_id: listed.company.0.0,
            company_name: listed.company.1,
            sign: listed.pair.sign.to_string(),
            found_at: listed.pair.found_at.to_string(),
        }
    }
}

/// A page of people who may be one.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonPairPage {
    /// The pairs, the one with the most at stake first.
    pub items: Vec<PersonPairLine>,
    /// For the next page.
    pub next_cursor: Option<String>,
    /// Pairs that nobody looked at.
    pub open_n: i64,
    /// Pairs that were put off.
    pub later_n: i64,
    /// Pairs that persons decided about: one or two.
    pub decided_n: i64,
    /// Companies whose people are not compared yet.
    pub waiting_n: i64,
}

/// The people who may be one: two records of one company that look alike.
#[utoipa::path(get, path = "/duplicates/people", tag = "audience", params(DuplicateQuery),
    responses((status = 200, body = PersonPairPage), (status = 422, body = Problem)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<DuplicateQuery>,
) -> ApiResult<Json<PersonPairPage>> {
    let state = query.state.as_deref().map_or(Ok(PairState::Open), str::parse);
    let state = state.map_err(|_| EngineError::field("state", "unknown_choice"))?;
    let after = query.cursor.as_deref().map(read_cursor::<i64>).transpose()?;
    let page = engine.person_duplicates(&caller, state, after, query.limit.unwrap_or(LINES)).await?;
    Ok(Json(PersonPairPage {
        items: page.pairs.into_iter().map(PersonPairLine::from).collect(),
        next_cursor: page.next.map(|(place, id)| cursor(&place.to_string(), id)),
        open_n: page.counts.open_n,
        later_n: page.counts.later_n,
        decided_n: page.counts.different_n + page.counts.same_n,
        waiting_n: page.waiting_n,
    }))
}

/// One of the two people.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonSideView {
    /// Id of the person.
    pub id: Uuid,
    /// Whole name; empty when it is not known.
    pub name: String,
    /// Where the record came from, in words.
    pub source: String,
    /// When it was made.
    pub created_at: String,
    /// When a fact last changed.
    pub updated_at: String,
    /// Their place in the marketing list.
    pub lead_id: Option<Uuid>,
    /// State of the lead.
    pub lead_state: Option<String>,
    /// They were approached.
    pub is_approached: bool,
    /// They have part in a pursuit.
    pub is_pursued: bool,
}

impl From<PersonSide> for PersonSideView {
    fn from(side: PersonSide) -> PersonSideView {
        PersonSideView {
            id: side.person.id.0,
            name: side.person.full_name(),
            source: side.person.source,
            created_at: side.person.created_at.to_string(),
            updated_at: side.person.updated_at.to_string(),
            lead_id: side.on_list.as_ref().map(|lead| lead.id.0),
            lead_state: side.on_list.as_ref().map(|lead| lead.state.to_string()),
            is_approached: side.on_list.is_some_and(|lead| lead.approached_at.is_some()),
            is_pursued: side.is_pursued,
        }
    }
}

/// Two people side by side.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonPairDetail {
    /// Id of the pair.
    pub id: Uuid,
    /// `open`, `later` or `different`.
    pub state: String,
    /// The one.
    pub first: PersonSideView,
    /// The other.
    pub second: PersonSideView,
    /// Where they work.
    pub company_id: Uuid,
    /// Its name.
    pub company_name: String,
    /// What they say, where one of them says something.
    pub facts: Vec<FactPairView>,
    /// Why: `linkedin`, `name`, `initials`, `spelling`, `address` or `family_name`.
    pub sign: String,
    /// Why they cannot be made one now: `merge_two_campaigns`.
    pub obstacle: Option<String>,
}

impl From<PeopleView> for PersonPairDetail {
    fn from(view: PeopleView) -> PersonPairDetail {
        let [first, second] = view.sides;
        PersonPairDetail {
            id: view.pair.id,
            state: view.pair.state.to_string(),
            first: first.into(),
            second: second.into(),
            company_id: view.company.0.0,
            company_name: view.company.1,
            facts: view.facts.into_iter().map(FactPairView::from).collect(),
            sign: view.sign.to_string(),
            obstacle: view.obstacle.map(str::to_owned),
        }
    }
}

/// Two people who may be one, side by side, and what would stay. `keep` is the person whose facts are to stay where the two
/// contradict each other.
#[utoipa::path(get, path = "/duplicates/people/{id}", tag = "audience",
    params(("id" = Uuid, Path), PairQuery),
    responses((status = 200, body = PersonPairDetail), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<PairQuery>,
) -> ApiResult<Json<PersonPairDetail>> {
    Ok(Json(engine.person_duplicate(&caller, id, query.keep.map(ContactId)).await?.into()))
}

/// Decides about two people. Who are called different are never asked about again.
#[utoipa::path(put, path = "/duplicates/people/{id}/decision", tag = "audience",
    params(("id" = Uuid, Path)), request_body = DecisionBody, responses((status = 200, body = DecisionResult),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn decide(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<DecisionBody>,
) -> ApiResult<Json<DecisionResult>> {
    let decision = body.decision.parse().map_err(|_| EngineError::field("decision", "unknown_choice"))?;
    let merge = engine.decide_person_duplicate(&caller, id, decision, body.keep.map(ContactId)).await?;
    let merge = match merge {
        Some(merge) => Some(engine.merge(&caller, merge.id).await?.into()),
        None => None,
    };
    Ok(Json(DecisionResult { merge }))
}

/// Puts two people of one company side by side, first in the queue; also such as were called different or put off.
#[utoipa::path(post, path = "/duplicates/people", tag = "audience", request_body = PairBody,
    responses((status = 201, body = PairRef), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem)))]
async fn pair(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<PairBody>,
) -> ApiResult<(StatusCode, Json<PairRef>)> {
    let id = engine.pair_people(&caller, ContactId(body.first), ContactId(body.second)).await?;
    Ok((StatusCode::CREATED, Json(PairRef { id })))
}

/// Opens a pair of people again that was called different or put off.
#[utoipa::path(delete, path = "/duplicates/people/{id}/decision", tag = "audience",
    params(("id" = Uuid, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn reopen(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.reopen_person_duplicate(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
