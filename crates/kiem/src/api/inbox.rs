//! The inbox: threads, one thread, and what a person makes of a mail.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::id::{InboundId, LeadId};
use kiem_store::inbound::{Inbound, InboxRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::audience::add_by_hand::CreatedLead;
use super::problem::{ApiResult, Problem};
use crate::engine::inbound::{Folder, StoredFlags, Suggestion, SuggestionEdit, Thread};
use crate::engine::promotion::ReplyJudgement;
use crate::engine::{Caller, Engine, EngineError, Permission};

/// Threads on one page.
const PAGE_MAX: i64 = 100;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(counts))
        .routes(routes!(show))
        .routes(routes!(label))
        .routes(routes!(file))
        .routes(routes!(suggested))
        .routes(routes!(read))
}

/// Which threads.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// `people` (default), `needs_look`, `unmatched` or `automatic`.
    folder: Option<String>,
    /// Only this label.
    label: Option<String>,
    /// Where the last page ended.
    cursor: Option<String>,
    /// At most 100.
    limit: Option<i64>,
}

/// A line of the inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadLine {
    /// Id of the newest mail.
    pub id: Uuid,
    /// When it came.
    pub received_at: String,
    /// Who wrote it.
    pub from_name: String,
    /// Their address.
    pub from_address: String,
    /// The person as we know them.
    pub contact_name: Option<String>,
    /// Their company.
    pub company_name: Option<String>,
    /// Subject.
    pub subject: String,
    /// The first words.
    pub snippet: String,
    /// What it was taken for.
    pub label: Option<String>,
    /// By whom: `lexicon`, `model`, `headers`, `human`.
    pub label_by: Option<String>,
    /// How sure, in percent.
    pub certainty_percent: Option<i64>,
    /// A person has to look.
    pub needs_look: bool,
    /// Whether it was opened.
    pub is_read: bool,
    /// How the handling ended.
    pub outcome: String,
    /// Where the lead stands.
    pub lead_state: Option<String>,
    /// The pursuit.
    pub prospect_id: Option<Uuid>,
    /// The lead.
    pub lead_id: Option<Uuid>,
}

/// A page of the inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadPage {
    /// The threads, newest first.
    pub items: Vec<ThreadLine>,
    /// For the next page.
    pub next_cursor: Option<String>,
}

/// Numbers beside the menu.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxCounts {
    /// Mails that wait for a look.
    pub needs_look: i64,
    /// Replies that nobody opened.
    pub unread: i64,
}

/// What a reply says besides its intent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyFacts {
    /// The day that it speaks of.
    pub date: Option<String>,
    /// Whom it refers to.
    pub person_name: Option<String>,
    /// Their address.
    pub person_email: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
    /// It asks what it costs.
    pub price_asked: bool,
    /// It moves the matter to a later moment.
    pub postponed: bool,
    /// The words that decided.
    pub why: Vec<String>,
}

/// One mail of a thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadMail {
    /// Its id.
    pub id: Uuid,
    /// `theirs` or `ours`.
    pub side: String,
    /// When it came or went.
    pub at: Option<String>,
    /// Who wrote it.
    pub from_name: String,
    /// From, or to.
    pub address: String,
    /// Subject.
    pub subject: String,
    /// What was added; of ours all of it.
    pub text: String,
    /// What was quoted.
    pub quoted: String,
    /// What it was taken for.
    pub label: Option<String>,
    /// By whom.
    pub label_by: Option<String>,
    /// How sure, in percent.
    pub certainty_percent: Option<i64>,
    /// A person has to look.
    pub needs_look: bool,
    /// How the handling ended.
    pub outcome: Option<String>,
    /// How it was matched, `m1` to `m7`, or `person`.
    pub match_level: Option<String>,
    /// What the receiving server thinks of the sender's domain.
    pub auth: Option<String>,
    /// What it says besides its intent.
    pub facts: Option<ReplyFacts>,
    /// State of a mail of ours.
    pub state: Option<String>,
}

/// A thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadView {
    /// The mail that was asked for.
    pub id: Uuid,
    /// The person.
    pub contact_name: Option<String>,
    /// Their job title.
    pub contact_title: Option<String>,
    /// Their address.
    pub contact_email: Option<String>,
    /// Their company.
    pub company_name: Option<String>,
    /// The person's id, to write to.
    pub contact_id: Option<Uuid>,
    /// The lead.
    pub lead_id: Option<Uuid>,
    /// Where it stands.
    pub lead_state: Option<String>,
    /// How warm, 0 to 100.
    pub warmth: Option<i64>,
    /// The promotion, when it stands.
    pub promotion_id: Option<Uuid>,
    /// The pursuit.
    pub prospect_id: Option<Uuid>,
    /// A lead that this mail suggests, while nobody decided about it. `POST /inbox/{id}/suggested-lead` accepts it;
    /// skipping its task declines it.
    pub suggestion: Option<SuggestionView>,
    /// Everything that was said, oldest first.
    pub mails: Vec<ThreadMail>,
}

/// A lead that a mail suggests.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionView {
    /// The mail that names the person.
    pub inbound_id: Uuid,
    /// The open task that asks about it.
    pub task_id: Uuid,
    /// Name in the mail.
    pub name: Option<String>,
    /// Address in the mail.
    pub email: Option<String>,
    /// Phone number in the mail.
    pub phone: Option<String>,
}

impl From<Suggestion> for SuggestionView {
    fn from(one: Suggestion) -> SuggestionView {
        SuggestionView {
            inbound_id: one.mail.0,
            task_id: one.task.0,
            name: one.name,
            email: one.email,
            phone: one.phone,
        }
    }
}

/// What is changed in a suggested lead; what is missing stands in the mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestionBody {
    /// Name.
    pub name: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

/// What a person makes of a mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelBody {
    /// The meaning.
    pub label: String,
    /// The day that it speaks of (`YYYY-MM-DD`).
    pub until: Option<String>,
    /// The lead that it is about, for a mail that matched nobody.
    pub lead_id: Option<Uuid>,
}

pub(super) fn percent(permille: Option<i64>) -> Option<i64> {
    permille.map(|n| (n + 5) / 10)
}

fn line(row: InboxRow) -> ThreadLine {
    let mail = row.mail;
    ThreadLine {
        id: mail.id.0,
        received_at: mail.received_at.to_string(),
        snippet: mail.text.chars().take(160).collect(),
        from_name: mail.from_name,
        from_address: mail.from_address,
        contact_name: row.contact_name,
        company_name: row.company_name,
        subject: mail.subject,
        label: mail.label,
        label_by: mail.label_by,
        certainty_percent: percent(mail.probability_permille),
        needs_look: mail.needs_look,
        is_read: mail.read_at.is_some(),
        outcome: mail.outcome,
        lead_state: row.lead_state,
        prospect_id: mail.prospect_id.map(|id| id.0),
        lead_id: mail.lead_id.map(|id| id.0),
    }
}

fn facts(mail: &Inbound) -> ApiResult<ReplyFacts> {
    let flags = StoredFlags::read(&mail.flags)?;
    Ok(ReplyFacts {
        date: flags.date,
        person_name: flags.person_name,
        person_email: flags.person_email,
        phone: flags.phone,
        price_asked: flags.price_asked,
        postponed: flags.postponed,
        why: flags.why,
    })
}

fn thread_view(thread: Thread) -> ApiResult<ThreadView> {
    let mut mails: Vec<(Timestamp, ThreadMail)> = Vec::new();
    for mail in thread.theirs {
        let facts = facts(&mail)?;
        let at = mail.received_at;
        let view = ThreadMail {
            id: mail.id.0,
            side: "theirs".to_owned(),
            at: Some(at.to_string()),
            from_name: mail.from_name,
            address: mail.from_address,
            subject: mail.subject,
            text: mail.text,
            quoted: mail.quoted,
            label: mail.label,
            label_by: mail.label_by,
            certainty_percent: percent(mail.probability_permille),
            needs_look: mail.needs_look,
            outcome: Some(mail.outcome),
            match_level: Some(mail.match_level),
            auth: Some(mail.auth),
            facts: Some(facts),
            state: None,
        };
        mails.push((at, view));
    }
    for ours in thread.ours {
        let message = ours.message;
        let at = message.finished_at.or(message.committed_at).unwrap_or(message.created_at);
        let view = ThreadMail {
            id: message.new.id.0,
            side: "ours".to_owned(),
            at: Some(at.to_string()),
            from_name: String::new(),
            address: message.new.recipient,
            subject: message.new.subject,
            text: message.new.body,
            quoted: String::new(),
            label: None,
            label_by: None,
            certainty_percent: None,
            needs_look: false,
            outcome: None,
            match_level: None,
            auth: None,
            facts: None,
            state: Some(message.new.state.to_string()),
        };
        mails.push((at, view));
    }
    mails.sort_by_key(|(at, view)| (*at, view.id));
    let lead = thread.lead;
    Ok(ThreadView {
        suggestion: thread.suggestion.map(SuggestionView::from),
        id: thread.mail.id.0,
        contact_name: lead.as_ref().and_then(|l| l.name.clone()),
        contact_title: lead.as_ref().and_then(|l| l.title.clone()),
        contact_email: lead.as_ref().and_then(|l| l.email.clone()),
        company_name: lead.as_ref().map(|l| l.company_name.clone()),
        contact_id: lead.as_ref().map(|l| l.contact_id.0),
        lead_id: lead.as_ref().map(|l| l.lead_id.0),
        lead_state: lead.as_ref().map(|l| l.state.clone()),
        warmth: lead.as_ref().map(|l| l.warmth),
        promotion_id: thread.promotion.map(|id| id.0),
        prospect_id: thread.prospect.map(|id| id.0),
        mails: mails.into_iter().map(|(_, view)| view).collect(),
    })
}

/// `<microseconds>.<id>`: where a page ended.
pub(super) fn cursor(at: Timestamp, id: Uuid) -> String {
    format!("{}.{}", at.as_microsecond(), id.simple())
}

/// Reads a cursor.
pub(super) fn place(cursor: Option<&str>) -> Result<Option<(Timestamp, Uuid)>, EngineError> {
    let wrong = || EngineError::field("cursor", "unknown_choice");
    cursor
        .map(|text| {
            let (at, id) = text.split_once('.').ok_or_else(wrong)?;
            let at = at.parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok()).ok_or_else(wrong)?;
            Ok((at, Uuid::parse_str(id).map_err(|_| wrong())?))
        })
        .transpose()
}

/// The inbox, newest first.
#[utoipa::path(get, path = "/inbox", tag = "inbox", params(InboxQuery),
    responses((status = 200, body = ThreadPage), (status = 422, body = Problem)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<InboxQuery>,
) -> ApiResult<Json<ThreadPage>> {
    let folder: Folder = query
        .folder
        .as_deref()
        .unwrap_or("people")
        .parse()
        .map_err(|_| EngineError::field("folder", "unknown_choice"))?;
    let limit = query.limit.unwrap_or(50).clamp(1, PAGE_MAX);
    let before = place(query.cursor.as_deref())?.map(|(at, id)| (at, InboundId(id)));
    let rows = engine.inbox(&caller, folder, query.label.as_deref(), before, limit).await?;
    let next_cursor = rows
        .last()
        .filter(|_| rows.len() as i64 == limit)
        .map(|row| cursor(row.mail.received_at, row.mail.id.0));
    Ok(Json(ThreadPage { items: rows.into_iter().map(line).collect(), next_cursor }))
}

/// How many wait for a look, and how many are unread.
#[utoipa::path(get, path = "/inbox/counts", tag = "inbox", responses((status = 200, body = InboxCounts)))]
async fn counts(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<InboxCounts>> {
    let (needs_look, unread) = engine.inbox_counts(&caller).await?;
    Ok(Json(InboxCounts { needs_look, unread }))
}

/// One thread, by a mail in it.
#[utoipa::path(get, path = "/inbox/{id}", tag = "inbox", params(("id" = Uuid, Path)),
    responses((status = 200, body = ThreadView), (status = 404, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<ThreadView>> {
    Ok(Json(thread_view(engine.thread(&caller, InboundId(id)).await?)?))
}

/// Says what a mail means.
#[utoipa::path(post, path = "/inbox/{id}/label", tag = "inbox", params(("id" = Uuid, Path)), request_body = LabelBody,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn label(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<LabelBody>,
) -> ApiResult<StatusCode> {
    caller.may(Permission::JudgeEngagement)?;
    let label = body.label.parse().map_err(|_| EngineError::field("label", "unknown_choice"))?;
    let until = body
        .until
        .map(|day| day.parse::<Date>().map_err(|_| EngineError::field("until", "unknown_choice")))
        .transpose()?;
    let judgement = ReplyJudgement { label, until, lead: body.lead_id.map(LeadId) };
    engine.label_reply(&caller, InboundId(id), judgement).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose a mail is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileBody {
    /// The lead.
    pub lead_id: Uuid,
}

/// Files a mail that matched nobody under a lead. It is then read and decided about like any other reply.
#[utoipa::path(put, path = "/inbox/{id}/lead", tag = "inbox", params(("id" = Uuid, Path)), request_body = FileBody,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn file(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<FileBody>,
) -> ApiResult<StatusCode> {
    engine.file_reply(&caller, InboundId(id), LeadId(body.lead_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the person whom a mail names a lead.
#[utoipa::path(post, path = "/inbox/{id}/suggested-lead", tag = "inbox", params(("id" = Uuid, Path)),
    request_body = SuggestionBody,
    responses((status = 201, body = CreatedLead), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn suggested(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<SuggestionBody>,
) -> ApiResult<(StatusCode, Json<CreatedLead>)> {
    let edit = SuggestionEdit { name: body.name, email: body.email, phone: body.phone };
    let lead = engine.accept_suggestion(&caller, InboundId(id), edit).await?;
    Ok((StatusCode::CREATED, Json(CreatedLead { id: lead.0, possible_duplicates: Vec::new() })))
}

/// Notes that a mail was opened.
#[utoipa::path(post, path = "/inbox/{id}/read", tag = "inbox", params(("id" = Uuid, Path)),
    responses((status = 204)))]
async fn read(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.mark_reply_read(&caller, InboundId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
