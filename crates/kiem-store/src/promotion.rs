//! Promotions: the record that turned a lead into a prospect, and what deciding about a lead reads and writes.

use jiff::Timestamp;
use kiem_domain::id::{
    CampaignId, CompanyId, ContactId, EnrolmentId, LeadId, MessageId, PromotionId, ProspectId, UserId,
};

use crate::connection::Tx;
use crate::error::{Result, StoreError};
use crate::keys::{self, KeyKind, among};
use crate::row::Row;
use crate::{args, dialect, value::Value};

/// The receipt: why a lead became a prospect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// Id.
    pub id: PromotionId,
    /// The lead.
    pub lead_id: LeadId,
    /// The person.
    pub contact_id: ContactId,
    /// The company.
    pub company_id: CompanyId,
    /// The pursuit that it opened or joined.
    pub prospect_id: ProspectId,
    /// 1 for the first promotion of this lead.
    pub cycle: i64,
    /// `R1` to `R6`, or `manual`.
    pub rule: String,
    /// Version of the thresholds.
    pub config_version: i64,
    /// What the intent model was trained on.
    pub model_digest: String,
    /// Dated evidence, as JSON.
    pub evidence: String,
    /// The sentence in Dutch.
    pub explanation_nl: String,
    /// The sentence in English.
    pub explanation_en: String,
    /// The mail of ours that led to it.
    pub message_id: Option<MessageId>,
    /// The campaign of that mail.
    pub campaign_id: Option<CampaignId>,
    /// When.
    pub decided_at: Timestamp,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// By whom.
    pub undone_by: Option<UserId>,
    /// Why.
    pub undo_reason: Option<String>,
    /// What has to be put back when it is undone, as JSON.
    pub restore: String,
}

fn from_row(row: &Row) -> Result<Promotion> {
    Ok(Promotion {
        id: row.id("id")?,
        lead_id: row.id("lead_id")?,
        contact_id: row.id("contact_id")?,
        company_id: row.id("company_id")?,
        prospect_id: row.id("prospect_id")?,
        cycle: row.get("cycle")?,
        rule: row.get("rule")?,
        config_version: row.get("config_version")?,
        model_digest: row.get("model_digest")?,
        evidence: row.get("evidence")?,
        explanation_nl: row.get("explanation_nl")?,
        explanation_en: row.get("explanation_en")?,
        message_id: row.opt_id("message_id")?,
        campaign_id: row.opt_id("campaign_id")?,
        decided_at: row.instant("decided_at")?,
        undone_at: row.opt_instant("undone_at")?,
        undone_by: row.opt_id("undone_by")?,
        undo_reason: row.get("undo_reason")?,
        restore: row.get("restore")?,
    })
}

/// Writes a promotion down.
///
/// # Errors
/// [`StoreError::Duplicate`] when this cycle of the lead was promoted already.
pub async fn insert(tx: &mut Tx, one: &Promotion) -> Result<()> {
    tx.execute(
        "INSERT INTO promotion (workspace_id, id, lead_id, contact_id, company_id, prospect_id, cycle, rule,
             config_version, model_digest, evidence, explanation_nl, explanation_en, message_id, campaign_id, decided_at,
             restore)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        args![
            one.id,
            one.lead_id,
            one.contact_id,
            one.company_id,
            one.prospect_id,
            one.cycle,
            one.rule.as_str(),
            one.config_version,
            one.model_digest.as_str(),
            one.evidence.as_str(),
            one.explanation_nl.as_str(),
            one.explanation_en.as_str(),
            one.message_id,
            one.campaign_id,
            one.decided_at,
            one.restore.as_str()
        ],
    )
    .await?;
    Ok(())
}

/// A promotion by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, id: PromotionId) -> Result<Option<Promotion>> {
    let row =
        tx.fetch_optional("SELECT * FROM promotion WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    row.as_ref().map(from_row).transpose()
}

/// The newest promotion of a lead, undone or not.
///
/// # Errors
/// Whatever the database refuses.
pub async fn newest_of_lead(tx: &mut Tx, lead: LeadId) -> Result<Option<Promotion>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM promotion WHERE workspace_id = $1 AND lead_id = $2 ORDER BY cycle DESC LIMIT 1",
            args![lead],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The promotions that opened or joined a pursuit, oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_prospect(tx: &mut Tx, prospect: ProspectId) -> Result<Vec<Promotion>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM promotion WHERE workspace_id = $1 AND prospect_id = $2 ORDER BY decided_at, id LIMIT 200",
            args![prospect],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Takes a promotion back. False when it was already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn undo(tx: &mut Tx, id: PromotionId, by: UserId, reason: &str, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE promotion SET undone_at = $5, undone_by = $3, undo_reason = $4
             WHERE workspace_id = $1 AND id = $2 AND undone_at IS NULL",
            args![id, by, reason, now],
        )
        .await?;
    Ok(n > 0)
}

/// A promotion as a list shows it.
#[derive(Debug, Clone)]
pub struct PromotionRow {
    /// The promotion.
    pub promotion: Promotion,
    /// Name of the person.
    pub contact_name: Option<String>,
    /// Name of the company.
    pub company_name: String,
}

/// Which promotions a list holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct PromotionFilter<'a> {
    /// Only this rule.
    pub rule: Option<&'a str>,
    /// Only decided at or after this moment.
    pub from: Option<Timestamp>,
    /// Only decided before this moment.
    pub to: Option<Timestamp>,
    /// Only before this promotion (its time and id), for paging.
    pub before: Option<(Timestamp, PromotionId)>,
}

/// Promotions, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(tx: &mut Tx, filter: PromotionFilter<'_>, limit: i64) -> Result<Vec<PromotionRow>> {
    let mut params: Vec<Value> = Vec::new();
    let mut bind = |value: Value| {
        params.push(value);
        format!("${}", params.len() + 1)
    };
    let mut only = String::new();
    if let Some(rule) = filter.rule {
        only.push_str(&format!(" AND p.rule = {}", bind(rule.into())));
    }
    if let Some(from) = filter.from {
        only.push_str(&format!(" AND p.decided_at >= {}", bind(from.into())));
    }
    if let Some(to) = filter.to {
        only.push_str(&format!(" AND p.decided_at < {}", bind(to.into())));
    }
    if let Some((at, id)) = filter.before {
        let (at, id) = (bind(at.into()), bind(id.into()));
        only.push_str(&format!(" AND (p.decided_at < {at} OR (p.decided_at = {at} AND p.id < {id}))"));
    }
    let limit = bind(limit.into());
    let sql = format!(
        "SELECT p.*, k.given_name, k.infix, k.family_name, c.name AS company_name
         FROM promotion p
         JOIN contact k ON k.workspace_id = p.workspace_id AND k.id = p.contact_id
         JOIN company c ON c.workspace_id = p.workspace_id AND c.id = p.company_id
         WHERE p.workspace_id = $1{only} ORDER BY p.decided_at DESC, p.id DESC LIMIT {limit}"
    );
    let rows = tx.fetch_all(sql, params).await?;
    rows.iter()
        .map(|row| {
            Ok(PromotionRow {
                promotion: from_row(row)?,
                contact_name: person_name(row)?,
                company_name: row.get("company_name")?,
            })
        })
        .collect()
}

/// How many promotions a rule made, and how many of them were taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleQuality {
    /// The rule.
    pub rule: String,
    /// Promotions.
    pub n: i64,
    /// Of which taken back.
    pub n_undone: i64,
}

/// The quality of every rule in a period: a rule whose promotions are often taken back is wrong.
///
/// # Errors
/// Whatever the database refuses.
pub async fn quality(tx: &mut Tx, from: Timestamp, to: Timestamp) -> Result<Vec<RuleQuality>> {
    let rows = tx
        .fetch_all(
            "SELECT rule, COUNT(*) AS n,
                    CAST(SUM(CASE WHEN undone_at IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS n_undone
             FROM promotion WHERE workspace_id = $1 AND decided_at >= $2 AND decided_at < $3
             GROUP BY rule ORDER BY rule",
            args![from, to],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(RuleQuality { rule: row.get("rule")?, n: row.get("n")?, n_undone: row.get("n_undone")? })
        })
        .collect()
}

/// A lead with the person and company behind it, as deciding needs them.
#[derive(Debug, Clone)]
pub struct LeadFacts {
    /// The lead.
    pub lead_id: LeadId,
    /// The person.
    pub contact_id: ContactId,
    /// The company.
    pub company_id: CompanyId,
    /// Where it stands in the marketing list.
    pub state: String,
    /// Times promoted.
    pub cycle: i64,
    /// How warm, 0 to 100.
    pub warmth: i64,
    /// A person has to look.
    pub needs_look: bool,
    /// Whether it was ever approached.
    pub approached_at: Option<Timestamp>,
    /// The person's address.
    pub email: Option<String>,
    /// "Eva van der Berg".
    pub name: Option<String>,
    /// First name.
    pub given_name: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Whether the person's data were erased.
    pub is_erased: bool,
    /// Company name.
    pub company_name: String,
    /// Company domain.
    pub company_domain: Option<String>,
}

const FACTS: &str =
    "SELECT l.id, l.contact_id, l.company_id, l.state, l.cycle, l.warmth, l.needs_look, l.approached_at,
    k.email, k.given_name, k.infix, k.family_name, k.title, k.erased_at, c.name AS company_name, c.domain
    FROM lead l
    JOIN contact k ON k.workspace_id = l.workspace_id AND k.id = l.contact_id
    JOIN company c ON c.workspace_id = l.workspace_id AND c.id = l.company_id
    WHERE l.workspace_id = $1";

fn facts_from(row: &Row) -> Result<LeadFacts> {
    Ok(LeadFacts {
        lead_id: row.id("id")?,
        contact_id: row.id("contact_id")?,
        company_id: row.id("company_id")?,
        state: row.get("state")?,
        cycle: row.get("cycle")?,
        warmth: row.get("warmth")?,
        needs_look: row.get("needs_look")?,
        approached_at: row.opt_instant("approached_at")?,
        email: row.get("email")?,
        name: person_name(row)?,
        given_name: row.get("given_name")?,
        title: row.get("title")?,
        is_erased: row.opt_instant("erased_at")?.is_some(),
        company_name: row.get("company_name")?,
        company_domain: row.get("domain")?,
    })
}

/// "Eva van der Berg" from its three columns.
pub(crate) fn person_name(row: &Row) -> Result<Option<String>> {
    let parts: [Option<String>; 3] = [row.get("given_name")?, row.get("infix")?, row.get("family_name")?];
    let name = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Ok(Some(name).filter(|name| !name.is_empty()))
}

/// The facts of a lead.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lead_facts(tx: &mut Tx, lead: LeadId) -> Result<Option<LeadFacts>> {
    let row = tx.fetch_optional(format!("{FACTS} AND l.id = $2"), args![lead]).await?;
    row.as_ref().map(facts_from).transpose()
}

/// The facts of a person's lead.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lead_of_contact(tx: &mut Tx, contact: ContactId) -> Result<Option<LeadFacts>> {
    let row = tx.fetch_optional(format!("{FACTS} AND l.contact_id = $2"), args![contact]).await?;
    row.as_ref().map(facts_from).transpose()
}

/// The lead behind an address (in lower case, without plus tag).
///
/// # Errors
/// Whatever the database refuses.
pub async fn lead_of_address(tx: &mut Tx, address: &str) -> Result<Option<LeadFacts>> {
    let row = tx.fetch_optional(format!("{FACTS} AND k.email = $2"), args![address]).await?;
    row.as_ref().map(facts_from).transpose()
}

/// Companies with this domain.
///
/// # Errors
/// Whatever the database refuses.
pub async fn company_of_domain(tx: &mut Tx, domain: &str) -> Result<Option<CompanyId>> {
    let row = tx
        .fetch_optional("SELECT id FROM company WHERE workspace_id = $1 AND domain = $2", args![domain])
        .await?;
    row.map(|row| row.id("id")).transpose()
}

/// Keeps other workers from deciding about leads of the same company until the end of the transaction. The company is
/// the unit, because two of its leads may open one pursuit.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such lead.
pub async fn lock_for_decision(tx: &mut Tx, lead: LeadId) -> Result<LeadFacts> {
    let company = lead_facts(tx, lead).await?.ok_or(StoreError::NotFound)?.company_id;
    let lock = dialect::for_update(tx.conn());
    tx.fetch_all(format!("SELECT id FROM company WHERE workspace_id = $1 AND id = $2{lock}"), args![company])
        .await?;
    tx.fetch_all(format!("SELECT id FROM lead WHERE workspace_id = $1 AND id = $2{lock}"), args![lead])
        .await?;
    lead_facts(tx, lead).await?.ok_or(StoreError::NotFound)
}

/// Where a lead stands after a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadStanding<'a> {
    /// State in the marketing list.
    pub state: &'a str,
    /// Until when it waits.
    pub paused_until: Option<Timestamp>,
    /// How warm.
    pub warmth: i64,
    /// A person has to look.
    pub needs_look: bool,
    /// When it last acted, if that is known.
    pub engaged_at: Option<Timestamp>,
    /// Times promoted.
    pub cycle: i64,
}

/// Writes down where a lead stands.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_standing(tx: &mut Tx, lead: LeadId, standing: &LeadStanding<'_>) -> Result<()> {
    tx.execute(
        "UPDATE lead SET state = $3, paused_until = $4, warmth = $5, needs_look = $6,
             engaged_at = COALESCE($7, engaged_at), cycle = $8
         WHERE workspace_id = $1 AND id = $2",
        args![
            lead,
            standing.state,
            standing.paused_until,
            standing.warmth,
            standing.needs_look,
            standing.engaged_at,
            standing.cycle
        ],
    )
    .await?;
    Ok(())
}

/// An enrolment that still runs or waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenEnrolment {
    /// Id.
    pub id: EnrolmentId,
    /// `active` or `paused`.
    pub state: String,
    /// Why it waits.
    pub reason: Option<String>,
    /// Until when.
    pub paused_until: Option<Timestamp>,
    /// When the person was enrolled.
    pub created_at: Timestamp,
}

/// The enrolments of a lead that still run or wait.
///
/// # Errors
/// Whatever the database refuses.
pub async fn open_enrolments(tx: &mut Tx, lead: LeadId) -> Result<Vec<OpenEnrolment>> {
    let rows = tx
        .fetch_all(
            "SELECT id, state, reason, paused_until, created_at FROM enrolment
             WHERE workspace_id = $1 AND lead_id = $2 AND state IN ('active', 'paused') LIMIT 200",
            args![lead],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(OpenEnrolment {
                id: row.id("id")?,
                state: row.get("state")?,
                reason: row.get("reason")?,
                paused_until: row.opt_instant("paused_until")?,
                created_at: row.instant("created_at")?,
            })
        })
        .collect()
}

/// Whose turn it is to get a prospect: members who sell (else managers, else owners), the one who waits longest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn next_owner(tx: &mut Tx) -> Result<Option<UserId>> {
    let row = tx
        .fetch_optional(
            "SELECT m.user_id FROM membership m JOIN app_user u ON u.id = m.user_id
             WHERE m.workspace_id = $1 AND m.role IN ('sales', 'manager', 'owner') AND u.disabled_at IS NULL
             ORDER BY CASE m.role WHEN 'sales' THEN 0 WHEN 'manager' THEN 1 ELSE 2 END,
                      COALESCE((SELECT MAX(p.promoted_at) FROM prospect p
                                WHERE p.workspace_id = m.workspace_id AND p.owner_id = m.user_id), 0),
                      m.created_at, m.user_id
             LIMIT 1",
            vec![],
        )
        .await?;
    row.map(|row| row.id("user_id")).transpose()
}

/// A member's name, language and address, for what is said to them.
///
/// # Errors
/// Whatever the database refuses.
pub async fn member(tx: &mut Tx, user: UserId) -> Result<Option<(String, String, String)>> {
    let row = tx
        .fetch_optional(
            "SELECT u.name, u.language, u.email FROM app_user u JOIN membership m ON m.user_id = u.id
             WHERE m.workspace_id = $1 AND u.id = $2",
            args![user],
        )
        .await?;
    row.map(|row| Ok((row.get("name")?, row.get("language")?, row.get("email")?))).transpose()
}

/// Zone, language and settings (JSON) of the workspace.
///
/// # Errors
/// [`StoreError::NotFound`] when the workspace is gone.
pub async fn workspace_settings(tx: &mut Tx) -> Result<(String, String, String)> {
    let row = tx
        .fetch_one(
            "SELECT time_zone, language, settings, id AS workspace_id FROM workspace WHERE id = $1",
            vec![],
        )
        .await?;
    Ok((row.get("time_zone")?, row.get("language")?, row.get("settings")?))
}

/// When an address was put on the suppression list, and why (by its hashes).
///
/// # Errors
/// Whatever the database refuses.
pub async fn suppressed_since(tx: &mut Tx, hashes: &[Vec<u8>]) -> Result<Option<(Timestamp, String)>> {
    let sql = format!(
        "SELECT created_at, reason FROM suppression WHERE workspace_id = $1 AND key_hash IN {}
         ORDER BY created_at LIMIT 1",
        among(tx.conn(), KeyKind::Bytes, 2)
    );
    let row = tx.fetch_optional(sql, vec![keys::bytes(hashes)]).await?;
    row.map(|row| Ok((row.instant("created_at")?, row.get("reason")?))).transpose()
}
