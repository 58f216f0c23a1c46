//! Tasks: what a person has to do, from a sequence, a reply, or by hand.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, EnrolmentId, InboundId, LeadId, ProspectId, TaskId, UserId};
use kiem_domain::sequence::TaskChannel;

use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;
use crate::{args, value::Value};

kiem_domain::text_enum! {
    /// How a task ended.
    pub enum TaskOutcome {
        /// Somebody did it.
        Done = "done",
        /// Somebody decided to leave it.
        Skipped = "skipped",
        /// Nobody did it in time, and the sequence went on.
        Overdue = "overdue",
        /// What it was for is over: a reply, an opt-out, a promotion, a closed pursuit.
        Withdrawn = "withdrawn",
    }
}

/// Something a person has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Id.
    pub id: TaskId,
    /// `call`, `mail`, `letter`, `meeting`, `wake_up`, `other`, ...
    pub kind: String,
    /// What to do.
    pub text: String,
    /// The pursuit.
    pub prospect_id: Option<ProspectId>,
    /// The lead, for a step of a sequence.
    pub lead_id: Option<LeadId>,
    /// The person.
    pub contact_id: Option<ContactId>,
    /// The company.
    pub company_id: Option<CompanyId>,
    /// The enrolment whose step this is.
    pub enrolment_id: Option<EnrolmentId>,
    /// How it reaches the person; nothing when it reaches nobody. It is what the step said when the task was handed out.
    pub channel: Option<TaskChannel>,
    /// The reply it is about.
    pub inbound_id: Option<InboundId>,
    /// Who does it; nobody means whoever comes first.
    pub assignee_id: Option<UserId>,
    /// When it is due.
    pub due_at: Timestamp,
    /// Not shown before.
    pub snoozed_until: Option<Timestamp>,
    /// When it ended.
    pub done_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<TaskOutcome>,
    /// Who did it.
    pub done_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Task {
    /// A task without any relation, to be filled in.
    pub fn new(id: TaskId, kind: &str, text: &str, due_at: Timestamp, created_at: Timestamp) -> Task {
        Task {
            id,
            kind: kind.to_owned(),
            text: text.to_owned(),
            prospect_id: None,
            lead_id: None,
            contact_id: None,
            company_id: None,
            enrolment_id: None,
            channel: None,
            inbound_id: None,
            assignee_id: None,
            due_at,
            snoozed_until: None,
            done_at: None,
            outcome: None,
            done_by: None,
            created_at,
        }
    }
}

/// A task as a list shows it.
#[derive(Debug, Clone)]
pub struct TaskCard {
    /// The task.
    pub task: Task,
    /// Name of the company, when it has one.
    pub company_name: Option<String>,
    /// Name of the person, when it is about one.
    pub contact_name: Option<String>,
    /// The number to call: the person's, else the company's.
    pub phone: Option<String>,
}

/// Adds a task.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, task: &Task) -> Result<()> {
    tx.execute(
        "INSERT INTO task (workspace_id, id, kind, text, prospect_id, lead_id, contact_id, company_id, enrolment_id,
                           inbound_id, assignee_id, due_at, snoozed_until, done_at, done_by, created_at, outcome,
                           channel)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        args![
            task.id,
            task.kind.as_str(),
            task.text.as_str(),
            task.prospect_id,
            task.lead_id,
            task.contact_id,
            task.company_id,
            task.enrolment_id,
            task.inbound_id,
            task.assignee_id,
            task.due_at,
            task.snoozed_until,
            task.done_at,
            task.done_by,
            task.created_at,
            task.outcome.map(TaskOutcome::as_str),
            task.channel.map(TaskChannel::as_str)
        ],
    )
    .await?;
    Ok(())
}

/// The task with this id.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when there is none.
pub async fn get(tx: &mut Tx, id: TaskId) -> Result<Task> {
    let row = tx.fetch_one("SELECT * FROM task WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    from_row(&row)
}

/// Ends a task. False when it had ended before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn finish(
    tx: &mut Tx,
    id: TaskId,
    outcome: TaskOutcome,
    by: Option<UserId>,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE task SET done_at = $3, done_by = $4, outcome = $5
             WHERE workspace_id = $1 AND id = $2 AND done_at IS NULL",
            args![id, now, by, outcome.as_str()],
        )
        .await?;
    Ok(n > 0)
}

/// Hides an open task until a moment. False when it is done.
///
/// # Errors
/// Whatever the database refuses.
pub async fn snooze(tx: &mut Tx, id: TaskId, until: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE task SET snoozed_until = $3 WHERE workspace_id = $1 AND id = $2 AND done_at IS NULL",
            args![id, until],
        )
        .await?;
    Ok(n > 0)
}

/// Withdraws all open tasks of a pursuit: used when it is closed. Returns how many.
///
/// # Errors
/// Whatever the database refuses.
pub async fn finish_of_prospect(
    tx: &mut Tx,
    prospect: ProspectId,
    by: Option<UserId>,
    now: Timestamp,
) -> Result<u64> {
    tx.execute(
        "UPDATE task SET done_at = $3, done_by = $4, outcome = 'withdrawn'
         WHERE workspace_id = $1 AND prospect_id = $2 AND done_at IS NULL",
        args![prospect, now, by],
    )
    .await
}

/// Open tasks of a pursuit, first due first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn open_of_prospect(tx: &mut Tx, prospect: ProspectId) -> Result<Vec<TaskCard>> {
    let sql = format!(
        "{CARD} WHERE t.workspace_id = $1 AND t.prospect_id = $2 AND t.done_at IS NULL ORDER BY t.due_at, t.id LIMIT 200"
    );
    tx.fetch_all(sql, args![prospect]).await?.iter().map(card_from).collect()
}

const CARD: &str = "SELECT t.*, c.name AS company_name, COALESCE(k.phone, c.phone) AS call_phone, k.given_name, k.infix, \
     k.family_name, k.email AS contact_email FROM task t \
     LEFT JOIN company c ON c.workspace_id = t.workspace_id AND c.id = t.company_id \
     LEFT JOIN contact k ON k.workspace_id = t.workspace_id AND k.id = t.contact_id \
     LEFT JOIN enrolment e ON e.workspace_id = t.workspace_id AND e.id = t.enrolment_id";

fn card_from(row: &Row) -> Result<TaskCard> {
    let name = crate::prospect::person_name(row)?;
    Ok(TaskCard {
        task: from_row(row)?,
        company_name: row.get("company_name")?,
        contact_name: (!name.is_empty()).then_some(name),
        phone: row.get("call_phone")?,
    })
}

/// Tasks of a pursuit that somebody did, last done first; what was left or withdrawn is not among them.
///
/// # Errors
/// Whatever the database refuses.
pub async fn done_of_prospect(tx: &mut Tx, prospect: ProspectId, limit: i64) -> Result<Vec<TaskCard>> {
    let sql = format!(
        "{CARD} WHERE t.workspace_id = $1 AND t.prospect_id = $2 AND t.done_at IS NOT NULL
           AND (t.outcome IS NULL OR t.outcome = 'done')
         ORDER BY t.done_at DESC, t.id DESC LIMIT $3"
    );
    tx.fetch_all(sql, args![prospect, limit]).await?.iter().map(card_from).collect()
}

/// The newest task that a sequence handed out for an enrolment.
///
/// # Errors
/// Whatever the database refuses.
pub async fn last_of_enrolment(tx: &mut Tx, enrolment: EnrolmentId) -> Result<Option<Task>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM task WHERE workspace_id = $1 AND enrolment_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1",
            args![enrolment],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The newest task of a kind about a reply, open or not.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_inbound(tx: &mut Tx, inbound: InboundId, kind: &str) -> Result<Option<Task>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM task WHERE workspace_id = $1 AND inbound_id = $2 AND kind = $3
             ORDER BY created_at DESC, id DESC LIMIT 1",
            args![inbound, kind],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The newest open task of a kind about any mail of a person.
///
/// # Errors
/// Whatever the database refuses.
pub async fn open_about_mail_of(tx: &mut Tx, contact: ContactId, kind: &str) -> Result<Option<Task>> {
    let row = tx
        .fetch_optional(
            "SELECT t.* FROM inbound i JOIN task t ON t.workspace_id = i.workspace_id AND t.inbound_id = i.id
             WHERE i.workspace_id = $1 AND i.contact_id = $2 AND t.kind = $3 AND t.done_at IS NULL
             ORDER BY t.created_at DESC, t.id DESC LIMIT 1",
            args![contact, kind],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Open tasks that are not snoozed past `now`, due before `before`, first due first. One person's with those that
/// belong to nobody, or everybody's. While a sequence is held, its tasks are too.
///
/// # Errors
/// Whatever the database refuses.
pub async fn open(
    tx: &mut Tx,
    assignee: Option<UserId>,
    now: Timestamp,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<TaskCard>> {
    let mut params: Vec<Value> = args![now, before, limit];
    let only = assignee.map_or(String::new(), |user| {
        params.push(user.into());
        " AND (t.assignee_id = $5 OR t.assignee_id IS NULL)".to_owned()
    });
    let sql = format!(
        "{CARD} WHERE t.workspace_id = $1 AND t.done_at IS NULL AND (t.snoozed_until IS NULL OR t.snoozed_until <= $2)
           AND t.due_at < $3 AND (e.id IS NULL OR e.state <> 'paused'){only} ORDER BY t.due_at, t.id LIMIT $4"
    );
    tx.fetch_all(sql, params).await?.iter().map(card_from).collect()
}

fn from_row(row: &Row) -> Result<Task> {
    Ok(Task {
        id: row.id("id")?,
        kind: row.get("kind")?,
        text: row.get("text")?,
        prospect_id: row.opt_id("prospect_id")?,
        lead_id: row.opt_id("lead_id")?,
        contact_id: row.opt_id("contact_id")?,
        company_id: row.opt_id("company_id")?,
        enrolment_id: row.opt_id("enrolment_id")?,
        channel: row.opt_parsed("channel")?,
        inbound_id: row.opt_id("inbound_id")?,
        assignee_id: row.opt_id("assignee_id")?,
        due_at: row.instant("due_at")?,
        snoozed_until: row.opt_instant("snoozed_until")?,
        done_at: row.opt_instant("done_at")?,
        outcome: row.opt_parsed("outcome")?,
        done_by: row.opt_id("done_by")?,
        created_at: row.instant("created_at")?,
    })
}
