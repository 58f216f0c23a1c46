//! `/prospects`: the board, the list, the record and everything that is done with a prospect.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kiem_domain::id::{CompanyId, ContactId, ProspectId, UserId};
use kiem_store::prospect::{Place, ProspectFilter, ProspectSort};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::view::{NextActionBody, ProspectRecordView, ProspectView, TimelineEntryView};
use super::{choice, date, moment};
use crate::api::problem::{ApiResult, Problem};
use crate::engine::sales::actions::NewFinding;
use crate::engine::sales::deal::Intent;
use crate::engine::sales::record::Entry;
use crate::engine::sales::reply::Reply;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(board))
        .routes(routes!(show))
        .routes(routes!(timeline))
        .routes(routes!(company_timeline))
        .routes(routes!(step))
        .routes(routes!(next_action))
        .routes(routes!(owner))
        .routes(routes!(findings))
        .routes(routes!(notes))
        .routes(routes!(nurture))
        .routes(routes!(disqualification))
        .routes(routes!(loss))
        .routes(routes!(reopening))
        .routes(routes!(winning))
        .routes(routes!(intent))
        .routes(routes!(replies))
}

/// Which prospects.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ListQuery {
    /// A state; several separated by commas; those on the board when missing.
    state: Option<String>,
    /// A step of the board.
    step: Option<String>,
    /// Only this person's.
    owner: Option<Uuid>,
    /// Part of company, person or title.
    search: Option<String>,
    /// `due` (the usual), `company`, `value`, `fit` or `touch`.
    sort: Option<String>,
    /// Where to go on; belongs to the order that it came with.
    cursor: Option<String>,
    /// Rows, 200 at most.
    limit: Option<i64>,
}

impl ListQuery {
    fn sort(&self) -> Result<ProspectSort> {
        Ok(match self.sort.as_deref() {
            None | Some("due") => ProspectSort::Due,
            Some("company") => ProspectSort::Company,
            Some("value") => ProspectSort::Value,
            Some("fit") => ProspectSort::Fit,
            Some("touch") => ProspectSort::Touch,
            Some(_) => return Err(EngineError::field("sort", "unknown_choice")),
        })
    }

    /// Reads what [`cursor`] wrote.
    fn place(&self) -> Result<Option<Place>> {
        let wrong = || EngineError::field("cursor", "unknown_choice");
        let Some(text) = self.cursor.as_deref() else { return Ok(None) };
        let (value, id) = text.rsplit_once('.').ok_or_else(wrong)?;
        let id: Uuid = id.parse().map_err(|_| wrong())?;
        Ok(Some(Place { value: value.to_owned(), id: ProspectId(id) }))
    }
}

/// A place in the list, for the next page: opaque to the reader.
fn cursor(place: &Place) -> String {
    format!("{}.{}", place.value, place.id.0.simple())
}

/// A page of prospects.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProspectPage {
    /// The rows.
    items: Vec<ProspectView>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// Sum of a column in one currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct ColumnSumView {
    /// ISO 4217.
    currency: String,
    /// Prospects.
    n: i64,
    /// Sum of values in cents.
    sum_cents: i64,
    /// Sum of value x chance in cents.
    weighted_cents: i64,
}

/// One column of the board.
#[derive(Debug, Serialize, ToSchema)]
pub struct ColumnView {
    /// The step.
    step: String,
    /// What has to be true before the next step, as keys.
    exit_criteria: Vec<String>,
    /// Prospects in all currencies.
    n: i64,
    /// Sums per currency.
    sums: Vec<ColumnSumView>,
    /// The first cards, most urgent first.
    items: Vec<ProspectView>,
    /// Where the rest begins (`GET /prospects?step=...&cursor=...`).
    next_cursor: Option<String>,
}

/// The board.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardView {
    /// Its columns, in order.
    columns: Vec<ColumnView>,
}

/// Whose board.
#[derive(Debug, Deserialize, IntoParams)]
pub struct OwnerQuery {
    /// Only this person's.
    owner: Option<Uuid>,
}

/// The list of prospects.
#[utoipa::path(get, path = "/prospects", tag = "prospects", params(ListQuery),
    responses((status = 200, body = ProspectPage), (status = 422, body = Problem)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> ApiResult<Json<ProspectPage>> {
    let (sort, after) = (query.sort()?, query.place()?);
    let states = query.state.iter().flat_map(|text| text.split(',')).filter(|text| !text.is_empty());
    let filter = ProspectFilter {
        states: states.map(|text| choice("state", text)).collect::<Result<_>>()?,
        step: query.step.as_deref().map(|text| choice("step", text)).transpose()?,
        owner: query.owner.map(UserId),
        search: query.search.filter(|text| !text.trim().is_empty()),
    };
    let limit = query.limit.unwrap_or(50);
    let (cards, next) = engine.prospects(&caller, &filter, sort, after.as_ref(), limit).await?;
    Ok(Json(ProspectPage {
        items: cards.iter().map(ProspectView::from).collect(),
        next_cursor: next.as_ref().map(cursor),
    }))
}

/// The board: five columns with count, sum, weighted sum and the first 50 cards each.
#[utoipa::path(get, path = "/prospects/board", tag = "prospects", params(OwnerQuery),
    responses((status = 200, body = BoardView)))]
async fn board(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<OwnerQuery>,
) -> ApiResult<Json<BoardView>> {
    let columns = engine.board(&caller, query.owner.map(UserId)).await?;
    let columns = columns
        .into_iter()
        .map(|column| ColumnView {
            exit_criteria: column.step.exit_criteria().iter().map(|key| (*key).to_owned()).collect(),
            step: column.step.to_string(),
            n: column.sums.iter().map(|sum| sum.n).sum(),
            sums: column
                .sums
                .into_iter()
                .map(|sum| ColumnSumView {
                    currency: sum.currency,
                    n: sum.n,
                    sum_cents: sum.sum_cents,
                    weighted_cents: sum.weighted_cents,
                })
                .collect(),
            items: column.cards.iter().map(ProspectView::from).collect(),
            next_cursor: column.next.as_ref().map(cursor),
        })
        .collect();
    Ok(Json(BoardView { columns }))
}

/// The record of a prospect.
#[utoipa::path(get, path = "/prospects/{id}", tag = "prospects", params(("id" = Uuid, Path)),
    responses((status = 200, body = ProspectRecordView), (status = 404, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<ProspectRecordView>> {
    Ok(Json(engine.prospect(&caller, ProspectId(id)).await?.into()))
}

/// Where a timeline goes on.
#[derive(Debug, Deserialize, IntoParams)]
pub struct TimelineQuery {
    /// The moment of the last entry.
    cursor: Option<String>,
    /// Entries, 200 at most.
    limit: Option<i64>,
}

/// A page of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelinePage {
    /// Newest first.
    items: Vec<TimelineEntryView>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// The timeline of a prospect's company, from the first cold mail on, newest first.
#[utoipa::path(get, path = "/prospects/{id}/timeline", tag = "prospects",
    params(("id" = Uuid, Path), TimelineQuery), responses((status = 200, body = TimelinePage)))]
async fn timeline(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<TimelineQuery>,
) -> ApiResult<Json<TimelinePage>> {
    let before = query.cursor.as_deref().map(|text| moment("cursor", text)).transpose()?;
    let limit = query.limit.unwrap_or(100).clamp(1, 200);
    let entries = engine.timeline(&caller, ProspectId(id), before, limit).await?;
    Ok(Json(timeline_page(entries, limit)))
}

fn timeline_page(entries: Vec<Entry>, limit: i64) -> TimelinePage {
    let full = i64::try_from(entries.len()).is_ok_and(|n| n >= limit);
    let next_cursor = entries.last().filter(|_| full).map(|entry| entry.event.occurred_at.to_string());
    TimelinePage { items: entries.into_iter().map(Into::into).collect(), next_cursor }
}

/// The timeline of a company, from the first cold mail on, newest first.
#[utoipa::path(get, path = "/companies/{id}/timeline", tag = "audience",
    params(("id" = Uuid, Path), TimelineQuery), responses((status = 200, body = TimelinePage), (status = 404, body = Problem)))]
async fn company_timeline(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<TimelineQuery>,
) -> ApiResult<Json<TimelinePage>> {
    let before = query.cursor.as_deref().map(|text| moment("cursor", text)).transpose()?;
    let limit = query.limit.unwrap_or(100).clamp(1, 200);
    let entries = engine.company_timeline(&caller, CompanyId(id), before, limit).await?;
    Ok(Json(timeline_page(entries, limit)))
}

/// A move on the board.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepBody {
    /// The step.
    step: String,
    /// The version that the mover saw.
    version: Option<i64>,
    /// What comes next.
    next_action: Option<NextActionBody>,
}

/// Puts a prospect into another step of the board.
#[utoipa::path(put, path = "/prospects/{id}/step", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = StepBody, responses((status = 204), (status = 409, body = Problem)))]
async fn step(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<StepBody>,
) -> ApiResult<StatusCode> {
    caller.may(Permission::WorkProspects)?;
    let to = choice("step", &body.step)?;
    let next = body.next_action.map(NextActionBody::read).transpose()?;
    engine.move_prospect(&caller, ProspectId(id), to, body.version, next).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The next action, and whether the one before was done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetNextAction {
    /// What comes next: every open prospect has one.
    next_action: NextActionBody,
    /// Whether the one before was done.
    #[serde(default)]
    finished: bool,
    /// The version that the caller saw.
    version: Option<i64>,
}

/// Sets the one next action.
#[utoipa::path(put, path = "/prospects/{id}/next-action", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = SetNextAction, responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn next_action(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<SetNextAction>,
) -> ApiResult<StatusCode> {
    caller.may(Permission::WorkProspects)?;
    let next = body.next_action.read()?;
    engine.set_next_action(&caller, ProspectId(id), next, body.finished, body.version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new owner.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerBody {
    /// A member.
    owner_id: Uuid,
}

/// Gives a prospect to another member.
#[utoipa::path(put, path = "/prospects/{id}/owner", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = OwnerBody, responses((status = 204), (status = 422, body = Problem)))]
async fn owner(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<OwnerBody>,
) -> ApiResult<StatusCode> {
    engine.assign_prospect(&caller, ProspectId(id), UserId(body.owner_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A finding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingBody {
    /// `fit`, `need`, `authority`, `budget` or `timing`.
    aspect: String,
    /// `unknown`, `indicated`, `confirmed` or `contradicted`.
    level: String,
    /// What was said or seen.
    note: String,
    /// `reply`, `person`, `profile`, `booking` or `form`; a person when missing.
    source: Option<String>,
    /// The reply, booking or form.
    source_id: Option<Uuid>,
}

/// Records a finding about one of the five aspects.
#[utoipa::path(post, path = "/prospects/{id}/findings", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = FindingBody, responses((status = 201), (status = 422, body = Problem)))]
async fn findings(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<FindingBody>,
) -> ApiResult<StatusCode> {
    let new = NewFinding {
        aspect: choice("aspect", &body.aspect)?,
        level: choice("level", &body.level)?,
        note: body.note,
        source: choice("source", body.source.as_deref().unwrap_or("person"))?,
        source_id: body.source_id,
    };
    engine.add_finding(&caller, ProspectId(id), new).await?;
    Ok(StatusCode::CREATED)
}

/// A note, call or meeting.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    /// `note`, `call` or `meeting`.
    kind: String,
    /// The words.
    text: String,
}

/// Writes down a note, a call or a meeting.
#[utoipa::path(post, path = "/prospects/{id}/notes", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = NoteBody, responses((status = 201), (status = 422, body = Problem)))]
async fn notes(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<NoteBody>,
) -> ApiResult<StatusCode> {
    engine.add_note(&caller, ProspectId(id), choice("kind", &body.kind)?, &body.text).await?;
    Ok(StatusCode::CREATED)
}

/// Until when a prospect rests.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NurtureBody {
    /// A date in the future.
    until: String,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// Lets a prospect rest until a date; it comes back by itself with a task.
#[utoipa::path(put, path = "/prospects/{id}/nurture", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = NurtureBody, responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn nurture(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<NurtureBody>,
) -> ApiResult<StatusCode> {
    engine.nurture_prospect(&caller, ProspectId(id), date("until", &body.until)?, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a prospect is closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {
    /// A reason; `other` needs words.
    reason: String,
    /// The same in words.
    #[serde(default)]
    note: String,
}

/// Says that it is no good prospect.
#[utoipa::path(put, path = "/prospects/{id}/disqualification", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = CloseBody, responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn disqualification(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<CloseBody>,
) -> ApiResult<StatusCode> {
    let reason = choice("reason", &body.reason)?;
    engine.disqualify_prospect(&caller, ProspectId(id), reason, &body.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that they will not buy.
#[utoipa::path(put, path = "/prospects/{id}/loss", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = CloseBody, responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn loss(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<CloseBody>,
) -> ApiResult<StatusCode> {
    let reason = choice("reason", &body.reason)?;
    engine.lose_prospect(&caller, ProspectId(id), reason, &body.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is done first after reopening.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenBody {
    /// What comes next.
    next_action: NextActionBody,
}

/// Takes a lost or disqualified prospect up again.
#[utoipa::path(post, path = "/prospects/{id}/reopening", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = ReopenBody, responses((status = 204), (status = 409, body = Problem)))]
async fn reopening(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<ReopenBody>,
) -> ApiResult<StatusCode> {
    caller.may(Permission::WorkProspects)?;
    engine.reopen_prospect(&caller, ProspectId(id), body.next_action.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The fact that makes it won.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WinBody {
    /// "Signed order of 24 November".
    fact: String,
    /// Value in cents, without VAT.
    value_cents: i64,
    /// ISO 4217.
    currency: String,
}

/// Wins a prospect by a fact, when there was no quote to accept.
#[utoipa::path(put, path = "/prospects/{id}/winning", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = WinBody, responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn winning(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<WinBody>,
) -> ApiResult<StatusCode> {
    caller.may(Permission::WorkProspects)?;
    let currency = choice("currency", &body.currency)?;
    engine.win_by_fact(&caller, ProspectId(id), &body.fact, body.value_cents, currency).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Purchase intent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntentBody {
    /// What was said or done.
    evidence: String,
    /// What the deal is about.
    #[serde(default)]
    name: String,
    /// Value in cents, without VAT.
    value_cents: i64,
    /// ISO 4217.
    currency: String,
    /// Expected close, a date.
    expected_close_on: Option<String>,
}

/// What was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Created {
    /// Its id.
    pub id: Uuid,
}

/// Records purchase intent: the prospect becomes an opportunity.
#[utoipa::path(post, path = "/prospects/{id}/intent", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = IntentBody, responses((status = 201, body = Created), (status = 409, body = Problem)))]
async fn intent(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<IntentBody>,
) -> ApiResult<(StatusCode, Json<Created>)> {
    caller.may(Permission::WorkProspects)?;
    let expected = body.expected_close_on.as_deref().filter(|text| !text.is_empty());
    let intent = Intent {
        evidence: body.evidence,
        name: body.name,
        value_cents: body.value_cents,
        currency: choice("currency", &body.currency)?,
        expected_close_on: expected.map(|text| date("expected_close_on", text)).transpose()?,
    };
    let id = engine.record_intent(&caller, ProspectId(id), intent).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.0 })))
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyBody {
    /// To whom of the prospect's people; who wrote last when missing.
    contact_id: Option<Uuid>,
    /// Subject, when there is no conversation yet.
    #[serde(default)]
    subject: String,
    /// The words.
    text: String,
    /// What comes next.
    next_action: Option<NextActionBody>,
    /// Why it goes out although the person is on the suppression list; kept in the audit trail. Without one such an
    /// answer is refused (`recipient_suppressed`).
    despite_reason: Option<String>,
}

/// Sends an answer in the same thread.
#[utoipa::path(post, path = "/prospects/{id}/replies", tag = "prospects", params(("id" = Uuid, Path)),
    request_body = ReplyBody, responses((status = 201, body = Created), (status = 409, body = Problem)))]
async fn replies(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<ReplyBody>,
) -> ApiResult<(StatusCode, Json<Created>)> {
    caller.may(Permission::WorkProspects)?;
    let reply = Reply {
        contact: body.contact_id.map(ContactId),
        subject: body.subject,
        text: body.text,
        next: body.next_action.map(NextActionBody::read).transpose()?,
        despite: body.despite_reason,
    };
    let id = engine.reply_to_prospect(&caller, ProspectId(id), reply).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.0 })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(sort: Option<&str>, cursor: Option<String>) -> ListQuery {
        let sort = sort.map(str::to_owned);
        ListQuery { state: None, step: None, owner: None, search: None, sort, cursor, limit: None }
    }

    #[test]
    fn a_page_goes_on_where_the_last_one_ended_whatever_it_is_sorted_on() {
        for value in ["-125000", "bakkerij van de berg b.v.", ""] {
            let place = Place { value: value.to_owned(), id: ProspectId(Uuid::from_u128(7)) };
            assert_eq!(query(None, Some(cursor(&place))).place().unwrap(), Some(place), "{value}");
        }
    }

    #[test]
    fn an_order_or_a_place_that_is_not_ours_is_refused() {
        assert!(query(Some("urgency"), None).sort().is_err());
        assert!(query(None, Some("7".to_owned())).place().is_err());
        assert!(query(None, Some("7.x".to_owned())).place().is_err());
    }
}
