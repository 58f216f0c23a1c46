//! Campaigns, the steps of their sequence, and the leads that are in them.

use jiff::Timestamp;
use kiem_domain::id::{CampaignId, CompanyId, ContactId, EnrolmentId, LeadId, MailboxId, StepId, UserId};
use kiem_domain::sequence::{StepKind, TaskChannel};
use kiem_domain::website::FactKind;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::gate;
use crate::row::Row;

/// A campaign.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Id.
    pub id: CampaignId,
    /// Name.
    pub name: String,
    /// Language of its mails: `nl` or `en`.
    pub language: String,
    /// `draft`, `running`, `paused` or `finished`.
    pub state: String,
    /// Mailbox that it sends from.
    pub mailbox_id: MailboxId,
    /// Sending window as JSON.
    pub sending_window: String,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// First start.
    pub started_at: Option<Timestamp>,
    /// When it was put away.
    pub archived_at: Option<Timestamp>,
}

/// A step of a sequence.
#[derive(Debug, Clone)]
pub struct Step {
    /// Id; stays when the words change.
    pub id: StepId,
    /// Place in the sequence, from 0.
    pub position: i64,
    /// What it does.
    pub kind: StepKind,
    /// Days to wait.
    pub wait_days: Option<i64>,
    /// Subject template; empty on a follow-up, which keeps its thread's subject.
    pub subject_template: Option<String>,
    /// Text template.
    pub body_template: Option<String>,
    /// What a person is asked to do.
    pub task_text: Option<String>,
    /// How the task reaches somebody; nothing when it reaches nobody.
    pub task_channel: Option<TaskChannel>,
}

/// A lead in a sequence.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// Id.
    pub id: EnrolmentId,
    /// Campaign.
    pub campaign_id: CampaignId,
    /// Lead.
    pub lead_id: LeadId,
    /// Person.
    pub contact_id: ContactId,
    /// Company.
    pub company_id: CompanyId,
    /// `active`, `paused`, `stopped` or `finished`.
    pub state: String,
    /// Why it is not active.
    pub reason: Option<String>,
    /// The step that comes next.
    pub position: i64,
    /// When.
    pub due_at: Option<Timestamp>,
    /// End of a pause with a date.
    pub paused_until: Option<Timestamp>,
}

fn campaign_from(row: &Row) -> Result<Campaign> {
    Ok(Campaign {
        id: row.id("id")?,
        name: row.get("name")?,
        language: row.get("language")?,
        state: row.get("state")?,
        mailbox_id: row.id("mailbox_id")?,
        sending_window: row.get("sending_window")?,
        created_by: row.id("created_by")?,
        created_at: row.instant("created_at")?,
        started_at: row.opt_instant("started_at")?,
        archived_at: row.opt_instant("archived_at")?,
    })
}

fn enrolment_from(row: &Row) -> Result<Enrolment> {
    Ok(Enrolment {
        id: row.id("id")?,
        campaign_id: row.id("campaign_id")?,
        lead_id: row.id("lead_id")?,
        contact_id: row.id("contact_id")?,
        company_id: row.id("company_id")?,
        state: row.get("state")?,
        reason: row.get("reason")?,
        position: row.get("position")?,
        due_at: row.opt_instant("due_at")?,
        paused_until: row.opt_instant("paused_until")?,
    })
}

/// Adds a campaign.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, campaign: &Campaign) -> Result<()> {
    tx.execute(
        "INSERT INTO campaign (workspace_id, id, name, language, state, mailbox_id, sending_window, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            campaign.id,
            campaign.name.as_str(),
            campaign.language.as_str(),
            campaign.state.as_str(),
            campaign.mailbox_id,
            campaign.sending_window.as_str(),
            campaign.created_by,
            campaign.created_at
        ],
    )
    .await?;
    Ok(())
}

/// Changes name, language, mailbox and window.
///
/// # Errors
/// Whatever the database refuses.
pub async fn update(tx: &mut Tx, campaign: &Campaign) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE campaign SET name = $3, language = $4, mailbox_id = $5, sending_window = $6
             WHERE workspace_id = $1 AND id = $2",
            args![
                campaign.id,
                campaign.name.as_str(),
                campaign.language.as_str(),
                campaign.mailbox_id,
                campaign.sending_window.as_str()
            ],
        )
        .await?;
    Ok(n > 0)
}

/// A campaign by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, id: CampaignId) -> Result<Option<Campaign>> {
    let row =
        tx.fetch_optional("SELECT * FROM campaign WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    row.as_ref().map(campaign_from).transpose()
}

/// All campaigns, newest first; those that were put away only when asked for.
///
/// # Errors
/// Whatever the database refuses.
pub async fn all(tx: &mut Tx, with_archived: bool) -> Result<Vec<Campaign>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM campaign WHERE workspace_id = $1 AND ($2 = TRUE OR archived_at IS NULL)
             ORDER BY created_at DESC LIMIT 500",
            args![with_archived],
        )
        .await?;
    rows.iter().map(campaign_from).collect()
}

/// Moves a campaign from one of the given states; false when it was in another.
///
/// # Errors
/// Whatever the database refuses.
pub async fn move_state(
    tx: &mut Tx,
    id: CampaignId,
    from: [&str; 2],
    to: &str,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE campaign SET state = $5,
                 started_at = CASE WHEN $5 = 'running' THEN COALESCE(started_at, $6) ELSE started_at END
             WHERE workspace_id = $1 AND id = $2 AND state IN ($3, $4)",
            args![id, from[0], from[1], to, now],
        )
        .await?;
    Ok(n > 0)
}

/// The steps of a campaign in order.
///
/// # Errors
/// Whatever the database refuses.
pub async fn steps(tx: &mut Tx, campaign: CampaignId) -> Result<Vec<Step>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM sequence_step WHERE workspace_id = $1 AND campaign_id = $2 ORDER BY position LIMIT 100",
            args![campaign],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Step {
                id: row.id("id")?,
                position: row.get("position")?,
                kind: row.parsed("kind")?,
                wait_days: row.get("wait_days")?,
                subject_template: row.get("subject_template")?,
                body_template: row.get("body_template")?,
                task_text: row.get("task_text")?,
                task_channel: row.opt_parsed("task_channel")?,
            })
        })
        .collect()
}

/// Puts the steps of a campaign in the place of those that are there. Messages keep pointing at their step's id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn replace_steps(tx: &mut Tx, campaign: CampaignId, steps: &[Step]) -> Result<()> {
    tx.execute("DELETE FROM sequence_step WHERE workspace_id = $1 AND campaign_id = $2", args![campaign])
        .await?;
    let rows = steps.iter().map(|step| {
        args![
            step.id,
            campaign,
            step.position,
            step.kind.as_str(),
            step.wait_days,
            step.subject_template.as_deref(),
            step.body_template.as_deref(),
            step.task_text.as_deref(),
            step.task_channel.map(TaskChannel::as_str)
        ]
    });
    tx.insert_many(
        "INSERT INTO sequence_step (workspace_id, id, campaign_id, position, kind, wait_days, subject_template,
             body_template, task_text, task_channel)",
        rows,
        "",
    )
    .await?;
    Ok(())
}

/// Adds leads to a campaign; who is in it already stays as they are. Returns how many are new.
///
/// # Errors
/// Whatever the database refuses.
pub async fn enrol(tx: &mut Tx, enrolments: &[Enrolment], now: Timestamp) -> Result<u64> {
    let rows = enrolments.iter().map(|e| {
        args![
            e.id,
            e.campaign_id,
            e.lead_id,
            e.contact_id,
            e.company_id,
            e.state.as_str(),
            e.position,
            e.due_at,
            now
        ]
    });
    tx.insert_many(
        "INSERT INTO enrolment (workspace_id, id, campaign_id, lead_id, contact_id, company_id, state, position, due_at,
             created_at)",
        rows,
        "ON CONFLICT (workspace_id, campaign_id, lead_id) DO NOTHING",
    )
    .await
}

/// An enrolment by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn enrolment(tx: &mut Tx, id: EnrolmentId) -> Result<Option<Enrolment>> {
    let row =
        tx.fetch_optional("SELECT * FROM enrolment WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    row.as_ref().map(enrolment_from).transpose()
}

/// A lead's enrolment in a campaign.
///
/// # Errors
/// Whatever the database refuses.
pub async fn enrolment_of(tx: &mut Tx, campaign: CampaignId, lead: LeadId) -> Result<Option<Enrolment>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM enrolment WHERE workspace_id = $1 AND campaign_id = $2 AND lead_id = $3",
            args![campaign, lead],
        )
        .await?;
    row.as_ref().map(enrolment_from).transpose()
}

/// Active enrolments of running campaigns whose next step is due.
///
/// # Errors
/// Whatever the database refuses.
pub async fn due_enrolments(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Enrolment>> {
    let rows = tx
        .fetch_all(
            "SELECT e.* FROM enrolment e JOIN campaign c ON c.workspace_id = $1 AND c.id = e.campaign_id
             WHERE e.workspace_id = $1 AND e.state = 'active' AND e.due_at <= $2 AND c.state = 'running'
             ORDER BY e.due_at, e.id LIMIT $3",
            args![now, limit],
        )
        .await?;
    rows.iter().map(enrolment_from).collect()
}

/// Ends pauses whose date has come. Returns how many go on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end_pauses(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute(
        "UPDATE enrolment SET state = 'active', reason = NULL, paused_until = NULL,
             due_at = CASE WHEN due_at < $2 THEN $2 ELSE due_at END
         WHERE workspace_id = $1 AND state = 'paused' AND paused_until <= $2",
        args![now],
    )
    .await
}

/// Moves a running enrolment on: to a position with a due moment (none while a mail or a task of it is on its way), or
/// to its end. A paused one stays paused. False when it no longer runs at `from`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn advance(
    tx: &mut Tx,
    id: EnrolmentId,
    from: i64,
    to: i64,
    due_at: Option<Timestamp>,
    finished: bool,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE enrolment SET position = $4, due_at = $5, state = CASE WHEN $6 = TRUE THEN 'finished' ELSE state END
             WHERE workspace_id = $1 AND id = $2 AND position = $3 AND state IN ('active', 'paused')",
            args![id, from, to, due_at, finished],
        )
        .await?;
    Ok(n > 0)
}

/// When the next enrolment of a running campaign is due, or the next pause ends.
///
/// # Errors
/// Whatever the database refuses.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let row = tx
        .fetch_one(
            "SELECT MIN(CASE WHEN e.state = 'paused' THEN e.paused_until ELSE e.due_at END) AS at
             FROM enrolment e JOIN campaign c ON c.workspace_id = $1 AND c.id = e.campaign_id
             WHERE e.workspace_id = $1 AND e.state IN ('active', 'paused') AND c.state = 'running'",
            vec![],
        )
        .await?;
    row.opt_instant("at")
}

/// How many enrolments are in each state.
///
/// # Errors
/// Whatever the database refuses.
pub async fn enrolment_counts(tx: &mut Tx, campaign: CampaignId) -> Result<Vec<(String, i64)>> {
    let rows = tx
        .fetch_all(
            "SELECT state, COUNT(*) AS n FROM enrolment WHERE workspace_id = $1 AND campaign_id = $2
             GROUP BY state ORDER BY state",
            args![campaign],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("state")?, row.get("n")?))).collect()
}

/// Everything that a template may speak of, and what the gate looks at, for one enrolled person.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Lead.
    pub lead_id: LeadId,
    /// Person.
    pub contact_id: ContactId,
    /// Company.
    pub company_id: CompanyId,
    /// First name.
    pub given_name: Option<String>,
    /// Tussenvoegsel.
    pub infix: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Address, if any.
    pub email: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Their own time zone.
    pub time_zone: Option<String>,
    /// Company name.
    pub company_name: String,
    /// Its domain.
    pub company_domain: Option<String>,
    /// Its industry.
    pub industry: Option<String>,
    /// Its city.
    pub city: Option<String>,
    /// Its country (ISO code).
    pub country: Option<String>,
    /// Its size.
    pub employees_n: Option<i64>,
    /// Recorded ground.
    pub ground: Option<kiem_domain::consent::Ground>,
    /// What the company's own website said when it was last read.
    pub site: SiteLines,
}

/// What a mail may speak of from a company's own website.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteLines {
    /// The first headline of its news.
    pub news: Option<SiteLine>,
    /// The first of its vacancies.
    pub vacancy: Option<SiteLine>,
    /// What the site is made with, in the order in which it was found.
    pub technologies: Vec<String>,
}

/// A line of a website with its page and when that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteLine {
    /// The line.
    pub text: String,
    /// The page.
    pub url: String,
    /// When it was read.
    pub read_at: Timestamp,
}

/// Facts of one website that are looked through.
const SITE_FACTS_MAX: i64 = 200;

async fn site_lines(tx: &mut Tx, company: CompanyId) -> Result<SiteLines> {
    let rows = tx
        .fetch_all(
            "SELECT kind, value, url, read_at FROM website_fact WHERE workspace_id = $1 AND company_id = $2
                 AND kind IN ('news', 'vacancy', 'technology') ORDER BY id LIMIT $3",
            args![company, SITE_FACTS_MAX],
        )
        .await?;
    let mut lines = SiteLines::default();
    for row in rows {
        let line =
            SiteLine { text: row.get("value")?, url: row.get("url")?, read_at: row.instant("read_at")? };
        match row.parsed("kind")? {
            FactKind::News => lines.news = lines.news.or(Some(line)),
            FactKind::Vacancy => lines.vacancy = lines.vacancy.or(Some(line)),
            _ => lines.technologies.push(line.text),
        }
    }
    Ok(lines)
}

/// The person behind a lead.
///
/// # Errors
/// Whatever the database refuses.
pub async fn recipient(tx: &mut Tx, lead: LeadId) -> Result<Option<Recipient>> {
    let row = tx
        .fetch_optional(
            "SELECT l.id AS lead_id, c.id AS contact_id, o.id AS company_id, c.given_name, c.infix, c.family_name, c.email,
                    c.title, c.time_zone, o.name AS company_name, o.domain AS company_domain, o.industry,
                    o.city, o.country, o.employees_n, g.basis, g.source AS ground_source, g.obtained_on, g.source_detail,
                    g.evidence_url
             FROM lead l
             JOIN contact c ON c.workspace_id = $1 AND c.id = l.contact_id
             JOIN company o ON o.workspace_id = $1 AND o.id = l.company_id
             LEFT JOIN ground g ON g.workspace_id = $1 AND g.id = c.ground_id
             WHERE l.workspace_id = $1 AND l.id = $2",
            args![lead],
        )
        .await?;
    let Some(mut person) = row.as_ref().map(recipient_from).transpose()? else { return Ok(None) };
    person.site = site_lines(tx, person.company_id).await?;
    Ok(Some(person))
}

fn recipient_from(row: &Row) -> Result<Recipient> {
    Ok(Recipient {
        lead_id: row.id("lead_id")?,
        contact_id: row.id("contact_id")?,
        company_id: row.id("company_id")?,
        given_name: row.get("given_name")?,
        infix: row.get("infix")?,
        family_name: row.get("family_name")?,
        email: row.get("email")?,
        title: row.get("title")?,
        time_zone: row.get("time_zone")?,
        company_name: row.get("company_name")?,
        company_domain: row.get("company_domain")?,
        industry: row.get("industry")?,
        city: row.get("city")?,
        country: row.get("country")?,
        employees_n: row.get("employees_n")?,
        ground: gate::ground_from(row)?,
        site: SiteLines::default(),
    })
}

/// Marks a lead as approached: its first mail left.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mark_approached(tx: &mut Tx, lead: LeadId, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE lead SET touched_at = $3, approached_at = COALESCE(approached_at, $3),
                 state = CASE WHEN state IN ('new', 'resting') THEN 'approached' ELSE state END
             WHERE workspace_id = $1 AND id = $2",
            args![lead, now],
        )
        .await?;
    Ok(n > 0)
}

/// Marks a lead as resting: its sequence ended without a sign of life.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mark_resting(tx: &mut Tx, lead: LeadId) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE lead SET state = 'resting' WHERE workspace_id = $1 AND id = $2 AND state IN ('approached', 'paused')
               AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.workspace_id = $1 AND e.lead_id = $2
                               AND e.state IN ('active', 'paused'))",
            args![lead],
        )
        .await?;
    Ok(n > 0)
}

/// Whether a lead may be put into a campaign: not with sales, not blocked, and not in another running sequence.
///
/// # Errors
/// Whatever the database refuses.
pub async fn may_enrol(tx: &mut Tx, lead: LeadId) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT 1 AS one FROM lead l WHERE l.workspace_id = $1 AND l.id = $2 AND l.state NOT IN ('promoted', 'blocked')
               AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.workspace_id = $1 AND e.lead_id = $2
                               AND e.state IN ('active', 'paused'))",
            args![lead],
        )
        .await?;
    Ok(row.is_some())
}

/// Address part of the first active booking page, for `{{ sender.booking_url }}`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn booking_slug(tx: &mut Tx) -> Result<Option<String>> {
    let row = tx
        .fetch_optional(
            "SELECT slug FROM booking_page WHERE workspace_id = $1 AND active = TRUE ORDER BY created_at LIMIT 1",
            vec![],
        )
        .await?;
    row.map(|row| row.get("slug")).transpose()
}
