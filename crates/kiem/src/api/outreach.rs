//! Campaigns, their messages and the approval queue.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kiem_domain::id::{CampaignId, LeadId, MailboxId, MessageId, StepId};
use kiem_store::message::{Message, MessageFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::archive::ArchivedQuery;
use super::audience::gate::ChannelView;
use super::problem::{ApiResult, Problem};
use crate::engine::outreach::WindowSetting;
use crate::engine::outreach::approval::Seen;
use crate::engine::outreach::campaigns::{CampaignInput, CampaignOverview, StepInput};
use crate::engine::outreach::enrolling::EnrolResult;
use crate::engine::{Caller, Engine, EngineError};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update))
        .routes(routes!(start, pause))
        .routes(routes!(enrol))
        .routes(routes!(reach))
        .routes(routes!(preview))
        .routes(routes!(messages))
        .routes(routes!(approve))
        .routes(routes!(message, edit, stop))
        .routes(routes!(accept_uncertain))
}

/// Days and hours in which mail may go out, where the recipient is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WindowView {
    /// Days of the week, 1 is Monday.
    pub days: Vec<i8>,
    /// First moment of a day, `HH:MM`.
    pub from: String,
    /// End of a day, `HH:MM`.
    pub to: String,
}

/// A step of a sequence.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    /// The step; none for a new one.
    pub id: Option<Uuid>,
    /// `mail`, `wait` or `task`.
    pub kind: String,
    /// Days to wait, for `wait`.
    pub wait_days: Option<i64>,
    /// Subject template; empty on a follow-up, which keeps its thread.
    pub subject: Option<String>,
    /// Text template.
    pub body: Option<String>,
    /// What a person is asked to do, for `task`.
    pub task: Option<String>,
    /// How the task reaches somebody, so that the gate is asked: `phone` or `post`; missing when it reaches nobody.
    pub task_channel: Option<String>,
}

/// A campaign as it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignBody {
    /// Name.
    pub name: String,
    /// `nl` or `en`.
    pub language: String,
    /// Mailbox that it sends from.
    pub mailbox_id: Uuid,
    /// Sending window.
    pub window: WindowView,
    /// Steps in order.
    pub steps: Vec<StepView>,
}

/// A campaign as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// `nl` or `en`.
    pub language: String,
    /// `draft`, `running`, `paused` or `finished`.
    pub state: String,
    /// Mailbox that it sends from.
    pub mailbox_id: Uuid,
    /// Sending window.
    pub window: WindowView,
    /// Steps in order.
    pub steps: Vec<StepView>,
    /// Leads in it, by state of their enrolment.
    pub enrolments: Vec<CountView>,
    /// Its mails, by state.
    pub messages: Vec<CountView>,
    /// When it was made.
    pub created_at: String,
    /// First start.
    pub started_at: Option<String>,
    /// When it was put away.
    pub archived_at: Option<String>,
}

/// How many are in a state.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountView {
    /// The state.
    pub state: String,
    /// How many.
    pub n: i64,
}

/// A list of campaigns; a workspace has few, so it is never paged.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignList {
    /// Newest first.
    pub items: Vec<CampaignView>,
}

/// The id of something that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Made {
    /// Id.
    pub id: Uuid,
}

/// Leads to be put into a campaign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolBody {
    /// Lead ids.
    pub leads: Vec<Uuid>,
}

/// What became of an enrolment, or would become of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolView {
    /// New in the campaign.
    pub added: u64,
    /// Were in it already.
    pub already: u64,
    /// May not be mailed, or are with sales.
    pub blocked: u64,
    /// What the gate says by channel: mail, of all who were given; then each channel that a task of the sequence takes, of
    /// who comes in. Who cannot be reached by a task stays in the sequence without it.
    pub channels: Vec<ChannelView>,
}

impl From<EnrolResult> for EnrolView {
    fn from(result: EnrolResult) -> EnrolView {
        EnrolView {
            added: result.added,
            already: result.already,
            blocked: result.blocked,
            channels: result.channels.into_iter().map(ChannelView::from).collect(),
        }
    }
}

/// A step to be shown for a lead, as it is being written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    /// The step.
    pub step: StepView,
    /// For whom.
    pub lead_id: Uuid,
    /// Whether it is the first mail of the sequence.
    pub is_first: bool,
}

/// A mail as it would read.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailPreviewView {
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Why it could not be sent.
    pub problem: Option<String>,
}

/// An outreach mail.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// Id.
    pub id: Uuid,
    /// Its campaign.
    pub campaign_id: Option<Uuid>,
    /// Its lead.
    pub lead_id: Option<Uuid>,
    /// Its company.
    pub company_id: Option<Uuid>,
    /// Address.
    pub recipient: String,
    /// Name beside it.
    pub recipient_name: String,
    /// `draft`, `queued`, `claimed`, `committing`, `sent`, `deferred`, `failed`, `uncertain` or `stopped`.
    pub state: String,
    /// Why it is where it is.
    pub reason: Option<String>,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Why it cannot be approved.
    pub problem: Option<String>,
    /// Not before.
    pub due_at: Option<String>,
    /// When it reached its end.
    pub finished_at: Option<String>,
    /// The server's words.
    pub server_reply: Option<String>,
    /// What settled an uncertain one.
    pub resolved_by: Option<String>,
}

/// A page of mails.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageList {
    /// In the order in which they were made.
    pub items: Vec<MessageView>,
    /// Where the next page begins; none on the last.
    pub next_cursor: Option<String>,
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
pub struct MessageQuery {
    /// Only this campaign.
    pub campaign_id: Option<Uuid>,
    /// Only this state.
    pub state: Option<String>,
    /// From here on.
    pub cursor: Option<String>,
    /// At most (default 100, at most 500).
    pub limit: Option<i64>,
}

/// Drafts exactly as the approver saw them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalBody {
    /// The drafts.
    pub messages: Vec<SeenBody>,
}

/// A draft as it stood on the screen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenBody {
    /// Which.
    pub id: Uuid,
    /// Subject as seen.
    pub subject: String,
    /// Text as seen.
    pub body: String,
}

/// What was approved.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalView {
    /// Approved; the rest changed meanwhile or has a problem.
    pub approved: Vec<Uuid>,
}

/// New words for a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditBody {
    /// Subject.
    pub subject: String,
    /// Text, with the opt-out line.
    pub body: String,
}

fn step_input(step: &StepView, field: &str) -> Result<StepInput, EngineError> {
    Ok(StepInput {
        id: step.id.map(StepId),
        kind: step.kind.parse().map_err(|_| EngineError::field(format!("{field}.kind"), "unknown_choice"))?,
        wait_days: step.wait_days,
        subject: step.subject.clone(),
        body: step.body.clone(),
        task: step.task.clone(),
        task_channel: step
            .task_channel
            .as_deref()
            .map(|channel| {
                channel
                    .parse()
                    .map_err(|_| EngineError::field(format!("{field}.task_channel"), "unknown_choice"))
            })
            .transpose()?,
    })
}

fn input(body: &CampaignBody) -> Result<(CampaignInput, Vec<StepInput>), EngineError> {
    let steps = body
        .steps
        .iter()
        .enumerate()
        .map(|(i, step)| step_input(step, &format!("steps.{i}")))
        .collect::<Result<Vec<_>, _>>()?;
    let window = WindowSetting {
        days: body.window.days.clone(),
        from: body.window.from.clone(),
        to: body.window.to.clone(),
    };
    let campaign = CampaignInput {
        name: body.name.clone(),
        language: body.language.clone(),
        mailbox_id: MailboxId(body.mailbox_id),
        window,
    };
    Ok((campaign, steps))
}

fn view(overview: CampaignOverview) -> CampaignView {
    let campaign = overview.campaign;
    let window: WindowSetting = serde_json::from_str(&campaign.sending_window).unwrap_or_default();
    let count = |(state, n): (String, i64)| CountView { state, n };
    CampaignView {
        id: campaign.id.0,
        name: campaign.name,
        language: campaign.language,
        state: campaign.state,
        mailbox_id: campaign.mailbox_id.0,
        window: WindowView { days: window.days, from: window.from, to: window.to },
        steps: overview
            .steps
            .into_iter()
            .map(|step| StepView {
                id: Some(step.id.0),
                kind: step.kind.to_string(),
                wait_days: step.wait_days,
                subject: step.subject_template,
                body: step.body_template,
                task: step.task_text,
                task_channel: step.task_channel.map(|channel| channel.as_str().to_owned()),
            })
            .collect(),
        enrolments: overview.enrolments.into_iter().map(count).collect(),
        messages: overview.messages.into_iter().map(|(state, n)| count((state.to_string(), n))).collect(),
        created_at: campaign.created_at.to_string(),
        started_at: campaign.started_at.map(|at| at.to_string()),
        archived_at: campaign.archived_at.map(|at| at.to_string()),
    }
}

fn message_view(message: Message) -> MessageView {
    MessageView {
        id: message.new.id.0,
        campaign_id: message.new.campaign_id.map(|id| id.0),
        lead_id: message.new.lead_id.map(|id| id.0),
        company_id: message.new.company_id.map(|id| id.0),
        recipient: message.new.recipient,
        recipient_name: message.new.recipient_name,
        state: message.new.state.to_string(),
        reason: message.reason,
        subject: message.new.subject,
        body: message.new.body,
        problem: message.new.problem,
        due_at: message.new.due_at.map(|at| at.to_string()),
        finished_at: message.finished_at.map(|at| at.to_string()),
        server_reply: message.server_reply,
        resolved_by: message.resolved_by,
    }
}

/// All campaigns; those that were put away with `archived=true`.
#[utoipa::path(get, path = "/campaigns", tag = "campaigns", params(ArchivedQuery),
    responses((status = 200, body = CampaignList)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<ArchivedQuery>,
) -> ApiResult<Json<CampaignList>> {
    let all = engine.campaigns(&caller, query.archived).await?;
    Ok(Json(CampaignList { items: all.into_iter().map(view).collect() }))
}

/// Makes a campaign.
#[utoipa::path(post, path = "/campaigns", tag = "campaigns", request_body = CampaignBody,
    responses((status = 201, body = Made), (status = 422, body = Problem)))]
async fn create(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<CampaignBody>,
) -> ApiResult<(StatusCode, Json<Made>)> {
    let (campaign, steps) = input(&body)?;
    let id = engine.create_campaign(&caller, &campaign, &steps).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.0 })))
}

/// One campaign.
#[utoipa::path(get, path = "/campaigns/{id}", tag = "campaigns", params(("id" = Uuid, Path)),
    responses((status = 200, body = CampaignView), (status = 404, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<CampaignView>> {
    Ok(Json(view(engine.campaign(&caller, CampaignId(id)).await?)))
}

/// Changes a campaign; mails that were made stay as they are.
#[utoipa::path(put, path = "/campaigns/{id}", tag = "campaigns", params(("id" = Uuid, Path)), request_body = CampaignBody,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn update(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<CampaignBody>,
) -> ApiResult<StatusCode> {
    let (campaign, steps) = input(&body)?;
    engine.update_campaign(&caller, CampaignId(id), &campaign, &steps).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts a campaign, or lets it go on.
#[utoipa::path(post, path = "/campaigns/{id}/run", tag = "campaigns", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn start(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.start_campaign(&caller, CampaignId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Holds a campaign.
#[utoipa::path(delete, path = "/campaigns/{id}/run", tag = "campaigns", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn pause(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.pause_campaign(&caller, CampaignId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts leads into a campaign.
#[utoipa::path(post, path = "/campaigns/{id}/enrolments", tag = "campaigns", params(("id" = Uuid, Path)),
    request_body = EnrolBody, responses((status = 200, body = EnrolView), (status = 404, body = Problem)))]
async fn enrol(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<EnrolBody>,
) -> ApiResult<Json<EnrolView>> {
    let leads: Vec<LeadId> = body.leads.into_iter().map(LeadId).collect();
    Ok(Json(engine.enrol(&caller, CampaignId(id), &leads).await?.into()))
}

/// Says what would become of leads in a campaign, and whom its mails and tasks could not reach; nobody is put in.
#[utoipa::path(post, path = "/campaigns/{id}/reach", tag = "campaigns", params(("id" = Uuid, Path)),
    request_body = EnrolBody, responses((status = 200, body = EnrolView), (status = 404, body = Problem)))]
async fn reach(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<EnrolBody>,
) -> ApiResult<Json<EnrolView>> {
    let leads: Vec<LeadId> = body.leads.into_iter().map(LeadId).collect();
    Ok(Json(engine.enrolment_reach(&caller, CampaignId(id), &leads).await?.into()))
}

/// Shows how a step would read for a lead; nothing is kept.
#[utoipa::path(post, path = "/campaigns/{id}/preview", tag = "campaigns", params(("id" = Uuid, Path)),
    request_body = PreviewBody, responses((status = 200, body = MailPreviewView), (status = 404, body = Problem)))]
async fn preview(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<PreviewBody>,
) -> ApiResult<Json<MailPreviewView>> {
    let step = step_input(&body.step, "step")?;
    let text = engine.preview(&caller, CampaignId(id), &step, LeadId(body.lead_id), body.is_first).await?;
    Ok(Json(MailPreviewView { subject: text.subject, body: text.body, problem: text.problem }))
}

/// Outreach mails, oldest first; with `state=draft` this is the approval queue.
#[utoipa::path(get, path = "/messages", tag = "messages", params(MessageQuery),
    responses((status = 200, body = MessageList)))]
async fn messages(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<MessageQuery>,
) -> ApiResult<Json<MessageList>> {
    let limit = query.limit.unwrap_or(100).clamp(1, 500);
    let after = query.cursor.as_deref().map(read_cursor).transpose()?;
    let state = query
        .state
        .as_deref()
        .map(|s| s.parse().map_err(|_| EngineError::field("state", "unknown_choice")))
        .transpose()?;
    let filter = MessageFilter { campaign: query.campaign_id.map(CampaignId), state, after, limit };
    let found = engine.messages(&caller, filter).await?;
    let next_cursor = (found.len() as i64 == limit)
        .then(|| found.last().map(|m| format!("{}_{}", m.created_at.as_microsecond(), m.new.id)))
        .flatten();
    Ok(Json(MessageList { items: found.into_iter().map(message_view).collect(), next_cursor }))
}

fn read_cursor(text: &str) -> Result<(jiff::Timestamp, MessageId), EngineError> {
    let wrong = || EngineError::field("cursor", "unknown_choice");
    let (at, id) = text.split_once('_').ok_or_else(wrong)?;
    let at = at.parse().ok().and_then(|us| jiff::Timestamp::from_microsecond(us).ok()).ok_or_else(wrong)?;
    Ok((at, id.parse().map_err(|_| wrong())?))
}

/// Approves drafts exactly as they were seen.
#[utoipa::path(post, path = "/messages/approval", tag = "messages", request_body = ApprovalBody,
    responses((status = 200, body = ApprovalView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn approve(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<ApprovalBody>,
) -> ApiResult<Json<ApprovalView>> {
    let seen: Vec<Seen> = body
        .messages
        .into_iter()
        .map(|m| Seen { id: MessageId(m.id), subject: m.subject, body: m.body })
        .collect();
    let approved = engine.approve(&caller, &seen).await?;
    Ok(Json(ApprovalView { approved: approved.into_iter().map(|id| id.0).collect() }))
}

/// One outreach mail.
#[utoipa::path(get, path = "/messages/{id}", tag = "messages", params(("id" = Uuid, Path)),
    responses((status = 200, body = MessageView), (status = 404, body = Problem)))]
async fn message(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<MessageView>> {
    Ok(Json(message_view(engine.message(&caller, MessageId(id)).await?)))
}

/// Changes the words of a draft.
#[utoipa::path(patch, path = "/messages/{id}", tag = "messages", params(("id" = Uuid, Path)), request_body = EditBody,
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn edit(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<EditBody>,
) -> ApiResult<StatusCode> {
    engine.edit_draft(&caller, MessageId(id), &body.subject, &body.body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a mail out that was not handed over yet.
#[utoipa::path(delete, path = "/messages/{id}", tag = "messages", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn stop(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.stop_message(&caller, MessageId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Treats an uncertain mail as sent. It is never sent again by the machine.
#[utoipa::path(post, path = "/messages/{id}/acceptance", tag = "messages", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn accept_uncertain(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.accept_uncertain(&caller, MessageId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
