//! Who must be told that we have their data (GDPR article 14), and telling them.

use axum::Json;
use axum::extract::{Query, State};
use jiff::civil::Date;
use kiem_domain::id::ContactId;
use kiem_domain::informing::{InformState, InformedHow};
use kiem_store::informing::After;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::audience::BatchView;
use crate::api::problem::{ApiResult, Problem};
use crate::engine::privacy::{UninformedPage, UninformedPerson};
use crate::engine::{Caller, Engine, EngineError};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(told)).routes(routes!(mail))
}

/// Somebody whom nobody told yet that we have their data.
#[derive(Debug, Serialize, ToSchema)]
pub struct UninformedView {
    /// The person.
    pub contact_id: Uuid,
    /// Their place in the marketing list.
    pub lead_id: Option<Uuid>,
    /// Name; empty when unknown.
    pub name: String,
    /// Name of the company.
    pub company_name: String,
    /// Address.
    pub email: Option<String>,
    /// Where the data came from, in words.
    pub source: String,
    /// The last day on which they may be told.
    pub inform_by: String,
    /// `on_time`, `due_soon` or `over`.
    pub state: String,
    /// Whether a mail that only tells them may go.
    pub may_be_mailed: bool,
}

impl From<UninformedPerson> for UninformedView {
    fn from(one: UninformedPerson) -> UninformedView {
        let person = one.person;
        UninformedView {
            contact_id: person.contact_id.0,
            lead_id: person.lead_id.map(|id| id.0),
            name: person.name,
            company_name: person.company_name,
            email: person.email,
            source: person.source,
            inform_by: person.inform_by.to_string(),
            state: one.state.as_str().to_owned(),
            may_be_mailed: one.may_be_mailed,
        }
    }
}

/// People whom nobody told yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct UninformedList {
    /// The people, the most urgent first.
    pub items: Vec<UninformedView>,
    /// For the next page.
    pub next_cursor: Option<String>,
    /// People whose time is over: they are not used until somebody tells them.
    pub over_n: i64,
    /// People whose last day is near.
    pub due_soon_n: i64,
    /// People for whom there is time.
    pub on_time_n: i64,
}

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct UninformedQuery {
    /// `due_soon`, `over` or `on_time`; without it both first.
    state: Option<String>,
    /// Where the page begins, from `next_cursor`.
    cursor: Option<String>,
    /// Rows, 200 at most.
    limit: Option<i64>,
}

/// A page begins after a day and a person.
fn read_cursor(text: &str) -> Result<After, EngineError> {
    let wrong = || EngineError::field("cursor", "cursor");
    let (day, id) = text.split_once('_').ok_or_else(wrong)?;
    let day: Date = day.parse().map_err(|_| wrong())?;
    let id: Uuid = id.parse().map_err(|_| wrong())?;
    Ok(Some((day, ContactId(id))))
}

fn list_view(page: UninformedPage) -> UninformedList {
    UninformedList {
        next_cursor: page.next.map(|(day, id)| format!("{day}_{id}")),
        over_n: page.counts.over_n,
        due_soon_n: page.counts.due_soon_n,
        on_time_n: page.counts.on_time_n,
        items: page.people.into_iter().map(UninformedView::from).collect(),
    }
}

/// People whom nobody told yet that we have their data, by the last day on which that may be done.
#[utoipa::path(get, path = "/uninformed", tag = "privacy", params(UninformedQuery),
    responses((status = 200, body = UninformedList), (status = 422, body = Problem)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<UninformedQuery>,
) -> ApiResult<Json<UninformedList>> {
    let unknown = |_| EngineError::field("state", "unknown_choice");
    let state: Option<InformState> = query.state.map(|s| s.parse().map_err(unknown)).transpose()?;
    let after = query.cursor.as_deref().map(read_cursor).transpose()?.flatten();
    let page = engine.uninformed(&caller, state, after, query.limit.unwrap_or(50)).await?;
    Ok(Json(list_view(page)))
}

/// People who were told by hand, or need not be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToldBody {
    /// Ids of people, 500 at most.
    pub contacts: Vec<Uuid>,
    /// `letter`, `phone`, `in_person`, `before` or `exempt`.
    pub how: String,
    /// How it was done, or why it need not be; needed for `before` and `exempt`.
    #[serde(default)]
    pub note: String,
}

/// Writes down that people were told that we have their data, or why they need not be.
#[utoipa::path(post, path = "/uninformed/told", tag = "privacy", request_body = ToldBody,
    responses((status = 200, body = BatchView), (status = 422, body = Problem)))]
async fn told(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<ToldBody>,
) -> ApiResult<Json<BatchView>> {
    let how: InformedHow = body.how.parse().map_err(|_| EngineError::field("how", "unknown_choice"))?;
    let people: Vec<ContactId> = body.contacts.into_iter().map(ContactId).collect();
    Ok(Json(engine.mark_informed(&caller, &people, how, &body.note).await?.into()))
}

/// People who get a mail that tells them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InformationMailBody {
    /// Ids of people, 50 at most.
    pub contacts: Vec<Uuid>,
}

/// Mails people that we have their data, from where and what for, without any offer. Who has no address that somebody gave,
/// or is suppressed, is left out.
#[utoipa::path(post, path = "/uninformed/mails", tag = "privacy", request_body = InformationMailBody,
    responses((status = 200, body = BatchView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn mail(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<InformationMailBody>,
) -> ApiResult<Json<BatchView>> {
    let people: Vec<ContactId> = body.contacts.into_iter().map(ContactId).collect();
    Ok(Json(engine.mail_information(&caller, &people).await?.into()))
}
