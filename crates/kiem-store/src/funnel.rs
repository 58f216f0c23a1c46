//! Counting the funnel. Everything is counted live from the records, by index; nothing is kept twice.
//!
//! A promotion that was taken back never counts. With a campaign, only those whom that campaign approached count: a
//! lead by its enrolment, a prospect by the promotion that the campaign caused.

use jiff::Timestamp;
use kiem_domain::funnel::{KofN, Period, middle_places};
use kiem_domain::id::{CampaignId, ContactId, LeadId, ProspectId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;
use crate::value::Value;

/// Deals on a picture: beyond this many it would show nothing any more.
pub const DEALS_MAX: i64 = 400;
/// Different reasons that one leak lists.
const REASONS_MAX: i64 = 50;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The period.
    pub period: Period,
    /// Only this campaign.
    pub campaign: Option<CampaignId>,
}

/// Which step of the funnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// From approached lead to prospect.
    LeadProspect,
    /// From prospect to opportunity.
    ProspectOpportunity,
    /// From opportunity to customer.
    OpportunityCustomer,
}

/// Entered in each stage during a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StageCounts {
    /// Leads that were there: in the list before the period ended, and no prospect before it began.
    pub leads: i64,
    /// Leads approached for the first time.
    pub approached: i64,
    /// New prospects.
    pub prospects: i64,
    /// New opportunities.
    pub opportunities: i64,
    /// Deals won.
    pub customers: i64,
}

/// Entered in the stages after the lead during a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entered {
    /// Leads approached for the first time.
    pub approached: i64,
    /// New prospects.
    pub prospects: i64,
    /// New opportunities.
    pub opportunities: i64,
    /// Deals won.
    pub customers: i64,
}

/// A word and how often it occurs: a rule, a step, a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The word as stored.
    pub name: String,
    /// How often.
    pub n: i64,
}

/// Those who left a stage otherwise than towards the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakRow {
    /// State in which they are now.
    pub state: String,
    /// Why, as stored; none when nobody said.
    pub reason: Option<String>,
    /// How many.
    pub n: i64,
}

/// One who passed a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassageRow {
    /// The promotion or opportunity.
    pub id: Uuid,
    /// The lead; none for an opportunity.
    pub lead_id: Option<LeadId>,
    /// The prospect.
    pub prospect_id: ProspectId,
    /// The person.
    pub contact_id: ContactId,
    /// First name.
    pub given_name: Option<String>,
    /// Tussenvoegsel.
    pub infix: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// The company's name.
    pub company: String,
    /// Why, in Dutch.
    pub why_nl: String,
    /// Why, in English.
    pub why_en: String,
    /// When.
    pub at: Timestamp,
}

/// An open pursuit or deal on the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealRow {
    /// The prospect.
    pub prospect_id: ProspectId,
    /// The company's name.
    pub company: String,
    /// Value in cents, when somebody knows.
    pub value_cents: Option<i64>,
    /// Chance of winning in percent.
    pub chance_percent: i64,
}

/// Collects parameters behind the workspace, and says their places.
struct Params(Vec<Value>);

impl Params {
    fn of(scope: Scope) -> Params {
        Params(args![scope.period.from, scope.period.to])
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len() + 1)
    }

    /// A condition on the lead `alias` that its campaign is the one of the scope.
    fn lead_in_campaign(&mut self, scope: Scope, lead: &str) -> String {
        let Some(campaign) = scope.campaign else { return String::new() };
        let place = self.bind(campaign);
        format!(
            " AND EXISTS (SELECT 1 FROM enrolment e WHERE e.workspace_id = $1 AND e.lead_id = {lead}
                AND e.campaign_id = {place})"
        )
    }

    /// The same for a prospect, by the promotion that made it.
    fn prospect_in_campaign(&mut self, scope: Scope, prospect: &str) -> String {
        let Some(campaign) = scope.campaign else { return String::new() };
        let place = self.bind(campaign);
        format!(
            " AND EXISTS (SELECT 1 FROM promotion pc WHERE pc.workspace_id = $1 AND pc.prospect_id = {prospect}
                AND pc.campaign_id = {place} AND pc.undone_at IS NULL)"
        )
    }
}

async fn number(tx: &mut Tx, sql: String, params: Params) -> Result<i64> {
    tx.fetch_one(sql, params.0).await?.get("n")
}

/// Leads now, never approached and approached. Those who are prospects or blocked are in neither.
///
/// # Errors
/// Whatever the database refuses.
pub async fn leads_now(tx: &mut Tx, campaign: Option<CampaignId>) -> Result<(i64, i64)> {
    let mut params = Params(Vec::new());
    let of_campaign = campaign.map_or(String::new(), |campaign| {
        let place = params.bind(campaign);
        format!(
            " AND EXISTS (SELECT 1 FROM enrolment e WHERE e.workspace_id = $1 AND e.lead_id = l.id
                AND e.campaign_id = {place})"
        )
    });
    let sql = format!(
        "SELECT state, COUNT(*) AS n FROM lead l
         WHERE l.workspace_id = $1 AND l.state IN ('new', 'approached', 'paused', 'resting'){of_campaign}
         GROUP BY state"
    );
    let (mut never, mut approached) = (0, 0);
    for row in tx.fetch_all(sql, params.0).await? {
        let n: i64 = row.get("n")?;
        if row.get::<String>("state")? == "new" { never += n } else { approached += n }
    }
    Ok((never, approached))
}

/// Open prospects now, by the step of their conversation.
///
/// # Errors
/// Whatever the database refuses.
pub async fn prospects_now(tx: &mut Tx, scope: Scope) -> Result<Vec<Tally>> {
    let mut params = Params(Vec::new());
    let of_campaign = params.prospect_in_campaign(scope, "p.id");
    let sql = format!(
        "SELECT step AS name, COUNT(*) AS n FROM prospect p
         WHERE p.workspace_id = $1 AND p.state IN ('to_qualify', 'in_conversation'){of_campaign}
         GROUP BY step ORDER BY step"
    );
    tallies(tx, sql, params).await
}

async fn tallies(tx: &mut Tx, sql: String, params: Params) -> Result<Vec<Tally>> {
    let rows = tx.fetch_all(sql, params.0).await?;
    rows.iter().map(|row| Ok(Tally { name: row.get("name")?, n: row.get("n")? })).collect()
}

/// How many entered each stage in the period; of the leads who were known before it ended (`known`, see [`leads_known`])
/// those are left out who had become prospects before it began.
///
/// # Errors
/// Whatever the database refuses.
pub async fn stage_counts(tx: &mut Tx, scope: Scope, known: i64) -> Result<StageCounts> {
    let leads = (known - leads_gone(tx, scope).await?).max(0);
    let Entered { approached, prospects, opportunities, customers } = entered(tx, scope).await?;
    Ok(StageCounts { leads, approached, prospects, opportunities, customers })
}

/// How many entered the stages after the lead in the period.
///
/// # Errors
/// Whatever the database refuses.
pub async fn entered(tx: &mut Tx, scope: Scope) -> Result<Entered> {
    let mut params = Params::of(scope);
    let only = params.lead_in_campaign(scope, "l.id");
    let sql = format!(
        "SELECT COUNT(*) AS n FROM lead l
         WHERE l.workspace_id = $1 AND l.approached_at >= $2 AND l.approached_at < $3{only}"
    );
    let approached = number(tx, sql, params).await?;
    let mut params = Params::of(scope);
    let only = params.prospect_in_campaign(scope, "p.id");
    let sql = format!(
        "SELECT COUNT(*) AS n FROM prospect p WHERE p.workspace_id = $1 AND p.promoted_at >= $2
           AND p.promoted_at < $3 AND p.state <> 'undone'{only}"
    );
    let prospects = number(tx, sql, params).await?;
    let mut params = Params::of(scope);
    let only = params.prospect_in_campaign(scope, "o.prospect_id");
    let sql = format!(
        "SELECT COUNT(*) AS n FROM opportunity o
         WHERE o.workspace_id = $1 AND o.opened_at >= $2 AND o.opened_at < $3{only}"
    );
    let opportunities = number(tx, sql, params).await?;
    let mut params = Params::of(scope);
    let only = params.prospect_in_campaign(scope, "o.prospect_id");
    let sql = format!(
        "SELECT COUNT(*) AS n FROM opportunity o
         WHERE o.workspace_id = $1 AND o.closed_at >= $2 AND o.closed_at < $3 AND o.state = 'won'{only}"
    );
    let customers = number(tx, sql, params).await?;
    Ok(Entered { approached, prospects, opportunities, customers })
}

/// Leads who were known before the period ended, in the list or in the campaign.
///
/// # Errors
/// Whatever the database refuses.
pub async fn leads_known(tx: &mut Tx, scope: Scope) -> Result<i64> {
    let to = scope.period.to;
    let (sql, params) = match scope.campaign {
        None => ("SELECT COUNT(*) AS n FROM lead WHERE workspace_id = $1 AND created_at < $2", args![to]),
        Some(campaign) => (
            "SELECT COUNT(*) AS n FROM enrolment WHERE workspace_id = $1 AND created_at < $2 AND campaign_id = $3",
            args![to, campaign],
        ),
    };
    tx.fetch_one(sql, params).await?.get("n")
}

/// Leads who had become prospects before the period began.
async fn leads_gone(tx: &mut Tx, scope: Scope) -> Result<i64> {
    let mut params = Params(args![scope.period.from]);
    let only = scope.campaign.map_or(String::new(), |c| format!(" AND campaign_id = {}", params.bind(c)));
    let sql = format!(
        "SELECT COUNT(DISTINCT lead_id) AS n FROM promotion
         WHERE workspace_id = $1 AND decided_at < $2 AND undone_at IS NULL{only}"
    );
    number(tx, sql, params).await
}

/// Promotions of the period by rule.
///
/// # Errors
/// Whatever the database refuses.
pub async fn promotions_by_rule(tx: &mut Tx, scope: Scope) -> Result<Vec<Tally>> {
    let mut params = Params::of(scope);
    let only = scope.campaign.map_or(String::new(), |c| format!(" AND campaign_id = {}", params.bind(c)));
    let sql = format!(
        "SELECT rule AS name, COUNT(*) AS n FROM promotion
         WHERE workspace_id = $1 AND decided_at >= $2 AND decided_at < $3 AND undone_at IS NULL{only}
         GROUP BY rule ORDER BY rule"
    );
    tallies(tx, sql, params).await
}

/// Who was promoted by these rules in the period, newest first, from before `before` (time and id) on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn promoted_by(
    tx: &mut Tx,
    scope: Scope,
    rules: &[&str],
    before: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<PassageRow>> {
    let mut params = Params::of(scope);
    let mut only =
        scope.campaign.map_or(String::new(), |c| format!(" AND p.campaign_id = {}", params.bind(c)));
    let places: Vec<String> = rules.iter().map(|rule| params.bind(*rule)).collect();
    if let Some((at, id)) = before {
        let (at, id) = (params.bind(at), params.bind(id));
        only.push_str(&format!(" AND (p.decided_at < {at} OR (p.decided_at = {at} AND p.id < {id}))"));
    }
    let limit = params.bind(limit);
    let sql = format!(
        "SELECT p.id, p.lead_id, p.prospect_id, p.contact_id, p.explanation_nl AS why_nl, p.explanation_en AS why_en,
                p.decided_at AS at, k.given_name, k.infix, k.family_name, c.name AS company
         FROM promotion p
         JOIN contact k ON k.workspace_id = p.workspace_id AND k.id = p.contact_id
         JOIN company c ON c.workspace_id = p.workspace_id AND c.id = p.company_id
         WHERE p.workspace_id = $1 AND p.decided_at >= $2 AND p.decided_at < $3 AND p.undone_at IS NULL
           AND p.rule IN ({}){only}
         ORDER BY p.decided_at DESC, p.id DESC LIMIT {limit}",
        places.join(", ")
    );
    passages(tx, sql, params).await
}

/// Which opportunities were opened in the period by a quote or by intent, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn opened_by(
    tx: &mut Tx,
    scope: Scope,
    opened_by: &str,
    before: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<PassageRow>> {
    let mut params = Params::of(scope);
    let mut only = params.prospect_in_campaign(scope, "o.prospect_id");
    let by = params.bind(opened_by);
    if let Some((at, id)) = before {
        let (at, id) = (params.bind(at), params.bind(id));
        only.push_str(&format!(" AND (o.opened_at < {at} OR (o.opened_at = {at} AND o.id < {id}))"));
    }
    let limit = params.bind(limit);
    let sql = format!(
        "SELECT o.id, CAST(NULL AS UUID) AS lead_id, o.prospect_id, p.contact_id, o.opened_evidence AS why_nl,
                o.opened_evidence AS why_en, o.opened_at AS at, k.given_name, k.infix, k.family_name,
                c.name AS company
         FROM opportunity o
         JOIN prospect p ON p.workspace_id = o.workspace_id AND p.id = o.prospect_id
         JOIN contact k ON k.workspace_id = p.workspace_id AND k.id = p.contact_id
         JOIN company c ON c.workspace_id = o.workspace_id AND c.id = o.company_id
         WHERE o.workspace_id = $1 AND o.opened_at >= $2 AND o.opened_at < $3 AND o.opened_by = {by}{only}
         ORDER BY o.opened_at DESC, o.id DESC LIMIT {limit}"
    );
    passages(tx, sql, params).await
}

async fn passages(tx: &mut Tx, sql: String, params: Params) -> Result<Vec<PassageRow>> {
    let rows = tx.fetch_all(sql, params.0).await?;
    rows.iter().map(passage).collect()
}

fn passage(row: &Row) -> Result<PassageRow> {
    Ok(PassageRow {
        id: row.get("id")?,
        lead_id: row.opt_id("lead_id")?,
        prospect_id: row.id("prospect_id")?,
        contact_id: row.id("contact_id")?,
        given_name: row.get("given_name")?,
        infix: row.get("infix")?,
        family_name: row.get("family_name")?,
        company: row.get("company")?,
        why_nl: row.get("why_nl")?,
        why_en: row.get("why_en")?,
        at: row.instant("at")?,
    })
}

/// Opportunities of the period by what opened them.
///
/// # Errors
/// Whatever the database refuses.
pub async fn opportunities_by_cause(tx: &mut Tx, scope: Scope) -> Result<Vec<Tally>> {
    let mut params = Params::of(scope);
    let only = params.prospect_in_campaign(scope, "o.prospect_id");
    let sql = format!(
        "SELECT o.opened_by AS name, COUNT(*) AS n FROM opportunity o
         WHERE o.workspace_id = $1 AND o.opened_at >= $2 AND o.opened_at < $3{only}
         GROUP BY o.opened_by ORDER BY o.opened_by"
    );
    tallies(tx, sql, params).await
}

/// The rows that entered a step in the period, as `FROM ... WHERE ...`; when they entered; and the expression that is
/// the moment at which each went on, or null.
fn cohort(passage: Passage, params: &mut Params, scope: Scope) -> (String, &'static str, &'static str) {
    match passage {
        Passage::LeadProspect => {
            let only = params.lead_in_campaign(scope, "l.id");
            (
                format!(
                    "FROM lead l WHERE l.workspace_id = $1 AND l.approached_at >= $2 AND l.approached_at < $3{only}"
                ),
                "l.approached_at",
                "(SELECT MIN(x.decided_at) FROM promotion x WHERE x.workspace_id = $1 AND x.lead_id = l.id
                    AND x.undone_at IS NULL AND x.decided_at >= l.approached_at)",
            )
        }
        Passage::ProspectOpportunity => {
            let only = params.prospect_in_campaign(scope, "p.id");
            (
                format!(
                    "FROM prospect p WHERE p.workspace_id = $1 AND p.promoted_at >= $2 AND p.promoted_at < $3
                       AND p.state <> 'undone'{only}"
                ),
                "p.promoted_at",
                "(SELECT MIN(x.opened_at) FROM opportunity x WHERE x.workspace_id = $1 AND x.prospect_id = p.id)",
            )
        }
        Passage::OpportunityCustomer => {
            let only = params.prospect_in_campaign(scope, "o.prospect_id");
            (
                format!(
                    "FROM opportunity o WHERE o.workspace_id = $1 AND o.opened_at >= $2 AND o.opened_at < $3{only}"
                ),
                "o.opened_at",
                "CASE WHEN o.state = 'won' THEN o.closed_at END",
            )
        }
    }
}

/// Of those who entered a step in the period, how many went on, up to now.
///
/// # Errors
/// Whatever the database refuses.
pub async fn went_on(tx: &mut Tx, scope: Scope, passage: Passage) -> Result<KofN> {
    let mut params = Params::of(scope);
    let (from, _, went_on_at) = cohort(passage, &mut params, scope);
    let sql = format!(
        "SELECT COUNT(*) AS n, COUNT(went_on_at) AS k FROM (SELECT {went_on_at} AS went_on_at {from}) entered"
    );
    let row = tx.fetch_one(sql, params.0).await?;
    let count = |name: &str| row.get::<i64>(name).map(i64::unsigned_abs);
    Ok(KofN { k: count("k")?, n: count("n")? })
}

/// The two middle times (microseconds) that those of the period took who went on; none when nobody did.
///
/// # Errors
/// Whatever the database refuses.
pub async fn middle_times(tx: &mut Tx, scope: Scope, passage: Passage, k: u64) -> Result<Option<(i64, i64)>> {
    let mut params = Params::of(scope);
    let (from, entered_at, went_on_at) = cohort(passage, &mut params, scope);
    let times = format!(
        "SELECT went_on_at - entered_at AS us
         FROM (SELECT {entered_at} AS entered_at, {went_on_at} AS went_on_at {from}) entered
         WHERE went_on_at IS NOT NULL"
    );
    middle(tx, times, params, k).await
}

/// The two middle times (microseconds) from our first approach to the lead's first act; none when nobody acted.
///
/// # Errors
/// Whatever the database refuses.
pub async fn middle_first_acts(tx: &mut Tx, scope: Scope) -> Result<Option<(i64, i64)>> {
    let mut params = Params::of(scope);
    let only = params.lead_in_campaign(scope, "l.id");
    let acts = format!(
        "FROM lead l WHERE l.workspace_id = $1 AND l.approached_at >= $2 AND l.approached_at < $3
           AND l.engaged_at >= l.approached_at{only}"
    );
    let n = number(tx, format!("SELECT COUNT(*) AS n {acts}"), Params(params.0.clone())).await?;
    middle(tx, format!("SELECT l.engaged_at - l.approached_at AS us {acts}"), params, n.unsigned_abs()).await
}

async fn middle(tx: &mut Tx, times: String, mut params: Params, n: u64) -> Result<Option<(i64, i64)>> {
    let Some((low, high)) = middle_places(n) else { return Ok(None) };
    let place = params.bind(i64::try_from(low).unwrap_or(i64::MAX));
    let sql = format!("{times} ORDER BY us LIMIT 2 OFFSET {place}");
    let rows = tx.fetch_all(sql, params.0).await?;
    let at = |i: usize| rows.get(i).map(|row| row.get::<i64>("us")).transpose();
    let Some(first) = at(0)? else { return Ok(None) };
    let second = if high > low { at(1)?.unwrap_or(first) } else { first };
    Ok(Some((first, second)))
}

/// Leads that were approached in the period and rest, wait or are blocked now, by the reason of their enrolment.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lead_leaks(tx: &mut Tx, scope: Scope) -> Result<Vec<LeakRow>> {
    let mut params = Params::of(scope);
    let only = params.lead_in_campaign(scope, "l.id");
    let limit = params.bind(REASONS_MAX);
    let sql = format!(
        "SELECT state, reason, COUNT(*) AS n FROM (
             SELECT l.state, (SELECT MAX(x.reason) FROM enrolment x WHERE x.workspace_id = $1 AND x.lead_id = l.id)
                 AS reason
             FROM lead l WHERE l.workspace_id = $1 AND l.approached_at >= $2 AND l.approached_at < $3
               AND l.state IN ('resting', 'paused', 'blocked'){only}) gone
         GROUP BY state, reason ORDER BY n DESC, state, reason LIMIT {limit}"
    );
    leaks(tx, sql, params).await
}

/// Prospects of the period that left without ever becoming an opportunity, by reason.
///
/// # Errors
/// Whatever the database refuses.
pub async fn prospect_leaks(tx: &mut Tx, scope: Scope) -> Result<Vec<LeakRow>> {
    let mut params = Params::of(scope);
    let only = params.prospect_in_campaign(scope, "p.id");
    let limit = params.bind(REASONS_MAX);
    let sql = format!(
        "SELECT p.state, p.close_reason AS reason, COUNT(*) AS n FROM prospect p
         WHERE p.workspace_id = $1 AND p.promoted_at >= $2 AND p.promoted_at < $3
           AND p.state IN ('nurture', 'disqualified', 'lost'){only}
           AND NOT EXISTS (SELECT 1 FROM opportunity o WHERE o.workspace_id = $1 AND o.prospect_id = p.id)
         GROUP BY p.state, p.close_reason ORDER BY n DESC, p.state, p.close_reason LIMIT {limit}"
    );
    leaks(tx, sql, params).await
}

/// Opportunities of the period that were lost, or whose pursuit waits, by reason.
///
/// # Errors
/// Whatever the database refuses.
pub async fn opportunity_leaks(tx: &mut Tx, scope: Scope) -> Result<Vec<LeakRow>> {
    let mut params = Params::of(scope);
    let only = params.prospect_in_campaign(scope, "o.prospect_id");
    let limit = params.bind(REASONS_MAX);
    let sql = format!(
        "SELECT state, reason, COUNT(*) AS n FROM (
             SELECT CASE WHEN o.state = 'lost' THEN 'lost' ELSE 'nurture' END AS state,
                    CASE WHEN o.state = 'lost' THEN o.lost_reason ELSE p.close_reason END AS reason
             FROM opportunity o
             JOIN prospect p ON p.workspace_id = o.workspace_id AND p.id = o.prospect_id
             WHERE o.workspace_id = $1 AND o.opened_at >= $2 AND o.opened_at < $3
               AND (o.state = 'lost' OR (o.state = 'open' AND p.state = 'nurture')){only}) gone
         GROUP BY state, reason ORDER BY n DESC, state, reason LIMIT {limit}"
    );
    leaks(tx, sql, params).await
}

async fn leaks(tx: &mut Tx, sql: String, params: Params) -> Result<Vec<LeakRow>> {
    let rows = tx.fetch_all(sql, params.0).await?;
    rows.iter()
        .map(|row| Ok(LeakRow { state: row.get("state")?, reason: row.get("reason")?, n: row.get("n")? }))
        .collect()
}

/// Open pursuits without an open opportunity, the most valuable first; at most [`DEALS_MAX`].
///
/// # Errors
/// Whatever the database refuses.
pub async fn open_prospects(tx: &mut Tx, scope: Scope) -> Result<Vec<DealRow>> {
    let mut params = Params(Vec::new());
    let only = params.prospect_in_campaign(scope, "p.id");
    let limit = params.bind(DEALS_MAX);
    let sql = format!(
        "SELECT p.id AS prospect_id, c.name AS company, p.value_cents, p.chance_percent FROM prospect p
         JOIN company c ON c.workspace_id = p.workspace_id AND c.id = p.company_id
         WHERE p.workspace_id = $1 AND p.state IN ('to_qualify', 'in_conversation'){only}
           AND NOT EXISTS (SELECT 1 FROM opportunity o WHERE o.workspace_id = $1 AND o.prospect_id = p.id
                             AND o.state = 'open')
         ORDER BY COALESCE(p.value_cents, -1) DESC, p.id LIMIT {limit}"
    );
    deals(tx, sql, params).await
}

/// Open opportunities, the most valuable first; at most [`DEALS_MAX`]. A person's own estimate beats the calculated
/// chance.
///
/// # Errors
/// Whatever the database refuses.
pub async fn open_opportunities(tx: &mut Tx, scope: Scope) -> Result<Vec<DealRow>> {
    let mut params = Params(Vec::new());
    let only = params.prospect_in_campaign(scope, "o.prospect_id");
    let limit = params.bind(DEALS_MAX);
    let sql = format!(
        "SELECT o.prospect_id, c.name AS company, o.value_cents,
                COALESCE(o.chance_own_percent, p.chance_percent) AS chance_percent
         FROM opportunity o
         JOIN prospect p ON p.workspace_id = o.workspace_id AND p.id = o.prospect_id
         JOIN company c ON c.workspace_id = o.workspace_id AND c.id = o.company_id
         WHERE o.workspace_id = $1 AND o.state = 'open'{only}
         ORDER BY o.value_cents DESC, o.id LIMIT {limit}"
    );
    deals(tx, sql, params).await
}

async fn deals(tx: &mut Tx, sql: String, params: Params) -> Result<Vec<DealRow>> {
    let rows = tx.fetch_all(sql, params.0).await?;
    rows.iter()
        .map(|row| {
            Ok(DealRow {
                prospect_id: row.id("prospect_id")?,
                company: row.get("company")?,
                value_cents: row.get("value_cents")?,
                chance_percent: row.get("chance_percent")?,
            })
        })
        .collect()
}

/// Won and decided opportunities that were closed in the period: the win rate of what is over.
///
/// # Errors
/// Whatever the database refuses.
pub async fn won_of_decided(tx: &mut Tx, period: Period) -> Result<KofN> {
    let row = tx
        .fetch_one(
            "SELECT COUNT(*) AS n, COUNT(CASE WHEN state = 'won' THEN 1 END) AS k FROM opportunity
             WHERE workspace_id = $1 AND closed_at >= $2 AND closed_at < $3 AND state IN ('won', 'lost')",
            args![period.from, period.to],
        )
        .await?;
    let count = |name: &str| row.get::<i64>(name).map(i64::unsigned_abs);
    Ok(KofN { k: count("k")?, n: count("n")? })
}
