//! `/today` and `/tasks`.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kiem_domain::id::{ProspectId, TaskId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::moment;
use super::prospects::Created;
use super::view::{ProspectView, TaskView};
use crate::api::problem::{ApiResult, Problem};
use crate::engine::sales::tasks::{NewTask, may_work_tasks};
use crate::engine::sales::today::{Item, why};
use crate::engine::{Caller, Engine};

pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(today))
        .routes(routes!(tasks, create_task))
        .routes(routes!(finish_task))
        .routes(routes!(skip_task))
        .routes(routes!(snooze_task))
}

/// Whose work.
#[derive(Debug, Deserialize, IntoParams)]
pub struct WorkQuery {
    /// Only this person's; everybody's when missing.
    owner: Option<Uuid>,
    /// Rows, 200 at most.
    limit: Option<i64>,
}

/// A reply that waits for a person's look.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingReplyView {
    /// Id of the received mail.
    id: Uuid,
    /// Who wrote it.
    from_name: String,
    /// Subject.
    subject: String,
    /// When it came.
    received_at: String,
    /// Name of the company, when it was matched.
    company_name: Option<String>,
}

/// One line of Today; exactly one of `prospect`, `task` and `reply` is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayItem {
    /// `now`, `today`, `this_week` or `waiting`.
    section: String,
    /// Why it stands here.
    why: String,
    /// Money at stake in waiting, in whole units.
    score: i64,
    /// A prospect.
    prospect: Option<ProspectView>,
    /// A task.
    task: Option<TaskView>,
    /// A reply.
    reply: Option<WaitingReplyView>,
}

/// Today.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayView {
    /// In order: what suffers most from waiting first.
    items: Vec<TodayItem>,
}

/// What needs me now, most valuable first, each with its reason.
#[utoipa::path(get, path = "/today", tag = "work", params(WorkQuery), responses((status = 200, body = TodayView)))]
async fn today(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<WorkQuery>,
) -> ApiResult<Json<TodayView>> {
    let now = engine.now();
    let list = engine.today(&caller, query.owner.map(UserId)).await?;
    let items = list
        .into_iter()
        .map(|ranked| {
            let mut line = TodayItem {
                section: ranked.section.to_string(),
                why: why(&ranked.item, now).to_owned(),
                score: ranked.score,
                prospect: None,
                task: None,
                reply: None,
            };
            match ranked.item {
                Item::Prospect(card) => line.prospect = Some(ProspectView::from(&*card)),
                Item::Task(open) => line.task = Some(TaskView::from(*open)),
                Item::Look(reply) => {
                    line.reply = Some(WaitingReplyView {
                        id: reply.id.0,
                        from_name: reply.from_name,
                        subject: reply.subject,
                        received_at: reply.received_at.to_string(),
                        company_name: reply.company_name,
                    });
                }
            }
            line
        })
        .collect();
    Ok(Json(TodayView { items }))
}

/// Open tasks.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskPage {
    /// First due first.
    items: Vec<TaskView>,
    /// Always missing: the list ends at its limit.
    next_cursor: Option<String>,
}

/// Open tasks that are not put off, first due first.
#[utoipa::path(get, path = "/tasks", tag = "work", params(WorkQuery), responses((status = 200, body = TaskPage)))]
async fn tasks(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<WorkQuery>,
) -> ApiResult<Json<TaskPage>> {
    let open = engine.open_tasks(&caller, query.owner.map(UserId), query.limit.unwrap_or(100)).await?;
    let items = open.into_iter().map(TaskView::from).collect();
    Ok(Json(TaskPage { items, next_cursor: None }))
}

/// A task to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskBody {
    /// `call`, `mail`, `letter`, `meeting` or `other`.
    kind: String,
    /// What to do.
    text: String,
    /// When, RFC 3339.
    due_at: String,
    /// For which prospect.
    prospect_id: Option<Uuid>,
    /// Who does it; the caller when missing.
    assignee_id: Option<Uuid>,
}

/// Makes a task.
#[utoipa::path(post, path = "/tasks", tag = "work", request_body = TaskBody,
    responses((status = 201, body = Created), (status = 422, body = Problem)))]
async fn create_task(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<TaskBody>,
) -> ApiResult<(StatusCode, Json<Created>)> {
    let new = NewTask {
        kind: body.kind,
        text: body.text,
        due_at: moment("due_at", &body.due_at)?,
        prospect: body.prospect_id.map(ProspectId),
        assignee: body.assignee_id.map(UserId),
    };
    let id = engine.create_task(&caller, new).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.0 })))
}

/// Marks a task as done. Refused with `task_closed` when the gate does not let the person be approached by the task's channel.
#[utoipa::path(put, path = "/tasks/{id}/completion", tag = "work", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn finish_task(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.finish_task(&caller, TaskId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves a task: it is not done, and the sequence that it belongs to goes on.
#[utoipa::path(put, path = "/tasks/{id}/skip", tag = "work", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn skip_task(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.skip_task(&caller, TaskId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Until when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SnoozeBody {
    /// A moment in the future, RFC 3339.
    until: String,
}

/// Hides a task until a moment.
#[utoipa::path(put, path = "/tasks/{id}/snooze", tag = "work", params(("id" = Uuid, Path)), request_body = SnoozeBody,
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn snooze_task(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<SnoozeBody>,
) -> ApiResult<StatusCode> {
    may_work_tasks(&caller)?;
    engine.snooze_task(&caller, TaskId(id), moment("until", &body.until)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
