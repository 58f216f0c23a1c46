//! Pursuits: one row per pursuit of a company, with the people in it. Changes go through [`save`], which refuses when
//! somebody else was first.

use jiff::Timestamp;
use kiem_domain::conversation::{ProspectState, Step};
use kiem_domain::id::{CompanyId, ContactId, ProspectId, UserId};

use crate::connection::Tx;
use crate::error::{Result, StoreError};
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::row::Row;
use crate::{args, dialect, value::Value};

/// One pursuit of one company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prospect {
    /// Id.
    pub id: ProspectId,
    /// The company.
    pub company_id: CompanyId,
    /// The person who acted first.
    pub contact_id: ContactId,
    /// Who works on it.
    pub owner_id: UserId,
    /// How it stands.
    pub state: ProspectState,
    /// The column of the board; kept when it rests or is closed.
    pub step: Step,
    /// The company again while the pursuit is open: unique, so a company has at most one.
    pub open_company_id: Option<CompanyId>,
    /// The promotion rule, or `manual`.
    pub rule: String,
    /// Why it is a prospect, in Dutch.
    pub reason_nl: String,
    /// Why it is a prospect, in English.
    pub reason_en: String,
    /// When it became a prospect.
    pub promoted_at: Timestamp,
    /// Since when it stands in its step.
    pub step_since: Timestamp,
    /// When the first answer is due.
    pub response_due_at: Timestamp,
    /// When we first answered.
    pub responded_at: Option<Timestamp>,
    /// When they last did something.
    pub theirs_at: Option<Timestamp>,
    /// When we last did something that they noticed.
    pub ours_at: Option<Timestamp>,
    /// The one next thing to do.
    pub next_action: Option<String>,
    /// `reply`, `call`, `mail`, `meeting`, `quote` or `other`.
    pub next_action_kind: Option<String>,
    /// When it is due.
    pub next_action_at: Option<Timestamp>,
    /// When it wakes up from nurture.
    pub nurture_until: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Why it was closed.
    pub close_reason: Option<String>,
    /// The same in a person's words.
    pub close_note: Option<String>,
    /// What it is worth in cents, once there is an opportunity or an estimate.
    pub value_cents: Option<i64>,
    /// ISO 4217.
    pub currency: String,
    /// Chance of winning in percent: a person's own estimate, else the default of the step.
    pub chance_percent: i64,
    /// Company name in lower case, for sorting.
    pub sort_company: String,
    /// Lower case "company person title", for search.
    pub search_text: String,
    /// Rises with every change.
    pub version: i64,
}

/// A pursuit as a list shows it.
#[derive(Debug, Clone)]
pub struct ProspectCard {
    /// The pursuit.
    pub prospect: Prospect,
    /// Name of the company.
    pub company_name: String,
    /// Name of the person.
    pub contact_name: String,
    /// The person's job title.
    pub contact_title: Option<String>,
    /// How well the company agrees with the profile, 0 to 100.
    pub fit_score: Option<i64>,
    /// Whether there is an open opportunity.
    pub has_opportunity: bool,
}

impl ProspectCard {
    /// When either side last did something that the other noticed.
    pub fn touched_at(&self) -> Option<Timestamp> {
        self.prospect.theirs_at.max(self.prospect.ours_at)
    }

    /// Where the page after this row begins.
    pub fn place(&self, sort: ProspectSort) -> Place {
        let p = &self.prospect;
        let at = |at: Option<Timestamp>| at.map_or(0, crate::value::instant);
        let value = match sort {
            ProspectSort::Due if !p.state.is_open() => i64::MAX.to_string(),
            ProspectSort::Due => at(p.next_action_at.or(p.nurture_until)).to_string(),
            ProspectSort::Company => p.sort_company.clone(),
            ProspectSort::Value => (-p.value_cents.unwrap_or(UNKNOWN)).to_string(),
            ProspectSort::Fit => (-self.fit_score.unwrap_or(UNKNOWN)).to_string(),
            ProspectSort::Touch => (-at(self.touched_at())).to_string(),
        };
        Place { value, id: p.id }
    }
}

/// Count and sums of one column of the board, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSum {
    /// The column.
    pub step: Step,
    /// ISO 4217.
    pub currency: String,
    /// Pursuits.
    pub n: i64,
    /// Sum of their values in cents; unknown counts as nothing.
    pub sum_cents: i64,
    /// Sum of value x chance, in cents.
    pub weighted_cents: i64,
}

/// Which pursuits a list holds.
#[derive(Debug, Clone, Default)]
pub struct ProspectFilter {
    /// Only these states; empty means all that are active.
    pub states: Vec<ProspectState>,
    /// Only this column.
    pub step: Option<Step>,
    /// Only this person's.
    pub owner: Option<UserId>,
    /// Part of the search text, in lower case.
    pub search: Option<String>,
}

/// Orders of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProspectSort {
    /// Without a next action first, then by when it is due; who rests by when that ends. What is over comes last.
    #[default]
    Due,
    /// Company, A to Z.
    Company,
    /// Most valuable first, unknown last.
    Value,
    /// Best fit first, unknown last.
    Fit,
    /// Touched last first, by them or by us.
    Touch,
}

impl ProspectSort {
    /// What is sorted on, lowest first.
    const fn key(self) -> &'static str {
        match self {
            ProspectSort::Due => {
                "CASE WHEN p.open_company_id IS NULL THEN 9223372036854775807 \
                 ELSE COALESCE(p.next_action_at, p.nurture_until, 0) END"
            }
            ProspectSort::Company => "p.sort_company",
            ProspectSort::Value => "-COALESCE(p.value_cents, -1)",
            ProspectSort::Fit => "-COALESCE(c.fit_score, -1)",
            ProspectSort::Touch => {
                "-(CASE WHEN COALESCE(p.theirs_at, 0) > COALESCE(p.ours_at, 0) THEN COALESCE(p.theirs_at, 0) \
                 ELSE COALESCE(p.ours_at, 0) END)"
            }
        }
    }

    fn bound(self, value: &str) -> Value {
        match self {
            ProspectSort::Company => Value::from(value),
            // A cursor that was changed by hand begins at the end; it cannot do harm.
            _ => Value::from(value.parse::<i64>().unwrap_or(i64::MAX)),
        }
    }
}

/// How an unknown value or fit sorts: after everything that is known.
const UNKNOWN: i64 = -1;

/// The place after which a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What the last row was sorted on, as text; numbers in decimal.
    pub value: String,
    /// Id of the last row.
    pub id: ProspectId,
}

const COLUMNS: &str = "company_id, contact_id, owner_id, state, step, open_company_id, rule, reason_nl, reason_en, \
     promoted_at, step_since, response_due_at, responded_at, theirs_at, ours_at, next_action, next_action_kind, \
     next_action_at, nurture_until, closed_at, close_reason, close_note, value_cents, currency, chance_percent, \
     sort_company, search_text";

fn values(p: &Prospect) -> Vec<Value> {
    args![
        p.company_id,
        p.contact_id,
        p.owner_id,
        p.state.as_str(),
        p.step.as_str(),
        p.open_company_id,
        p.rule.as_str(),
        p.reason_nl.as_str(),
        p.reason_en.as_str(),
        p.promoted_at,
        p.step_since,
        p.response_due_at,
        p.responded_at,
        p.theirs_at,
        p.ours_at,
        p.next_action.as_deref(),
        p.next_action_kind.as_deref(),
        p.next_action_at,
        p.nurture_until,
        p.closed_at,
        p.close_reason.as_deref(),
        p.close_note.as_deref(),
        p.value_cents,
        p.currency.as_str(),
        p.chance_percent,
        p.sort_company.as_str(),
        p.search_text.as_str(),
    ]
}

/// Adds a pursuit and its first person.
///
/// # Errors
/// [`StoreError::Duplicate`] when the company already has an open one.
pub async fn insert(tx: &mut Tx, prospect: &Prospect) -> Result<()> {
    let mut row = values(prospect);
    row.insert(0, prospect.id.into());
    row.push(prospect.version.into());
    tx.insert_many(&format!("INSERT INTO prospect (workspace_id, id, {COLUMNS}, version)"), vec![row], "")
        .await?;
    add_contact(tx, prospect.id, prospect.contact_id, "").await?;
    Ok(())
}

/// Adds a person to a pursuit with their role in the decision. Returns whether they were new.
///
/// # Errors
/// Whatever the database refuses.
pub async fn add_contact(tx: &mut Tx, prospect: ProspectId, contact: ContactId, role: &str) -> Result<bool> {
    let n = tx
        .execute(
            "INSERT INTO prospect_contact (workspace_id, prospect_id, contact_id, role) VALUES ($1, $2, $3, $4)
             ON CONFLICT (workspace_id, prospect_id, contact_id) DO NOTHING",
            args![prospect, contact, role],
        )
        .await?;
    Ok(n > 0)
}

/// The pursuit with this id.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none.
pub async fn get(tx: &mut Tx, id: ProspectId) -> Result<Prospect> {
    let row = tx.fetch_one("SELECT * FROM prospect WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    from_row(&row)
}

/// Whether a company is with sales: a pursuit is open there, or it is a customer.
///
/// # Errors
/// Whatever the database refuses.
pub async fn is_with_sales(tx: &mut Tx, company: CompanyId) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT 1 AS one FROM prospect WHERE workspace_id = $1 AND company_id = $2
               AND (open_company_id IS NOT NULL OR state = 'won') LIMIT 1",
            args![company],
        )
        .await?;
    Ok(row.is_some())
}

/// The open pursuit of a company.
///
/// # Errors
/// Whatever the database refuses.
pub async fn open_for_company(tx: &mut Tx, company: CompanyId) -> Result<Option<Prospect>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM prospect WHERE workspace_id = $1 AND open_company_id = $2",
            args![company],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Writes a changed pursuit. `prospect.version` is the version that was read; it rises by one.
///
/// # Errors
/// [`StoreError::Duplicate`] when somebody else was first, or when it would be the company's second open one.
pub async fn save(tx: &mut Tx, prospect: &Prospect) -> Result<()> {
    let mut params = values(prospect);
    params.push(prospect.id.into());
    params.push(prospect.version.into());
    let set: Vec<String> =
        COLUMNS.split(", ").enumerate().map(|(i, name)| format!("{} = ${}", name.trim(), i + 2)).collect();
    let (id, version) = (set.len() + 2, set.len() + 3);
    let n = tx
        .execute(
            format!(
                "UPDATE prospect SET {}, version = version + 1 \
                 WHERE workspace_id = $1 AND id = ${id} AND version = ${version}",
                set.join(", ")
            ),
            params,
        )
        .await?;
    if n == 0 {
        return Err(StoreError::Duplicate("prospect.version".to_owned()));
    }
    Ok(())
}

/// The pursuit with this id, locked against other changes until the transaction ends.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none.
pub async fn lock(tx: &mut Tx, id: ProspectId) -> Result<Prospect> {
    let lock = dialect::for_no_key_update(tx.conn());
    let sql = format!("SELECT * FROM prospect WHERE workspace_id = $1 AND id = $2{lock}");
    from_row(&tx.fetch_one(sql, args![id]).await?)
}

/// Notes that the other side did something: it is our turn again.
///
/// # Errors
/// Whatever the database refuses.
pub async fn touch_theirs(tx: &mut Tx, id: ProspectId, at: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE prospect SET theirs_at = $3, version = version + 1
         WHERE workspace_id = $1 AND id = $2 AND (theirs_at IS NULL OR theirs_at < $3)",
        args![id, at],
    )
    .await?;
    Ok(())
}

/// Open pursuits in which a person takes part.
///
/// # Errors
/// Whatever the database refuses.
pub async fn open_with_contact(tx: &mut Tx, contact: ContactId) -> Result<Vec<Prospect>> {
    let rows = tx
        .fetch_all(
            "SELECT p.* FROM prospect p
             JOIN prospect_contact pc ON pc.workspace_id = p.workspace_id AND pc.prospect_id = p.id
             WHERE p.workspace_id = $1 AND pc.contact_id = $2
               AND p.state IN ('to_qualify', 'in_conversation', 'nurture') ORDER BY p.id LIMIT 50",
            args![contact],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Writes what a pursuit is found by: nothing that anybody decided, so its version stays.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_search(tx: &mut Tx, id: ProspectId, sort_company: &str, search_text: &str) -> Result<()> {
    tx.execute(
        "UPDATE prospect SET sort_company = $3, search_text = $4 WHERE workspace_id = $1 AND id = $2",
        args![id, sort_company, search_text],
    )
    .await?;
    Ok(())
}

/// The pursuits in which a person has a part, and which.
///
/// # Errors
/// Whatever the database refuses.
pub async fn parts_of(tx: &mut Tx, contact: ContactId) -> Result<Vec<(ProspectId, String)>> {
    let sql = "SELECT prospect_id, role FROM prospect_contact
               WHERE workspace_id = $1 AND contact_id = $2 ORDER BY prospect_id LIMIT 1000";
    let rows = tx.fetch_all(sql, args![contact]).await?;
    rows.iter().map(|row| Ok((row.id("prospect_id")?, row.get("role")?))).collect()
}

/// The people of a pursuit, with their role in the decision.
///
/// # Errors
/// Whatever the database refuses.
pub async fn contacts(tx: &mut Tx, id: ProspectId) -> Result<Vec<(ContactId, String)>> {
    let rows = tx
        .fetch_all(
            "SELECT contact_id, role FROM prospect_contact WHERE workspace_id = $1 AND prospect_id = $2
             ORDER BY contact_id LIMIT 200",
            args![id],
        )
        .await?;
    rows.iter().map(|row| Ok((row.id("contact_id")?, row.get("role")?))).collect()
}

/// Count, sum and weighted sum of every column with the active pursuits, by currency.
///
/// # Errors
/// Whatever the database refuses.
pub async fn column_sums(tx: &mut Tx, owner: Option<UserId>) -> Result<Vec<ColumnSum>> {
    let mut params: Vec<Value> = vec![];
    let only = owner.map_or(String::new(), |owner| {
        params.push(owner.into());
        " AND owner_id = $2".to_owned()
    });
    let rows = tx
        .fetch_all(
            format!(
                "SELECT step, currency, COUNT(*) AS n, CAST(SUM(COALESCE(value_cents, 0)) AS BIGINT) AS sum_cents,
                        CAST(SUM(COALESCE(value_cents, 0) * chance_percent / 100) AS BIGINT) AS weighted_cents
                 FROM prospect WHERE workspace_id = $1 AND state IN ('to_qualify', 'in_conversation'){only}
                 GROUP BY step, currency ORDER BY step, currency LIMIT 100"
            ),
            params,
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(ColumnSum {
                step: row.parsed("step")?,
                currency: row.get("currency")?,
                n: row.get("n")?,
                sum_cents: row.get("sum_cents")?,
                weighted_cents: row.get("weighted_cents")?,
            })
        })
        .collect()
}

/// A list of pursuits in an order, from after `after` on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(
    tx: &mut Tx,
    filter: &ProspectFilter,
    sort: ProspectSort,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<ProspectCard>> {
    let mut params: Vec<Value> = vec![];
    let mut conditions = String::new();
    let bind = |params: &mut Vec<Value>, value: Value| {
        params.push(value);
        format!("${}", params.len() + 1)
    };
    let active = [ProspectState::ToQualify, ProspectState::InConversation];
    let states = if filter.states.is_empty() { &active[..] } else { &filter.states[..] };
    let marks: Vec<String> = states.iter().map(|s| bind(&mut params, s.as_str().into())).collect();
    conditions.push_str(&format!(" AND p.state IN ({})", marks.join(", ")));
    if let Some(step) = filter.step {
        conditions.push_str(&format!(" AND p.step = {}", bind(&mut params, step.as_str().into())));
    }
    if let Some(owner) = filter.owner {
        conditions.push_str(&format!(" AND p.owner_id = {}", bind(&mut params, owner.into())));
    }
    if let Some(search) = &filter.search {
        let like = format!("%{}%", escape_like(&search.to_lowercase()));
        conditions
            .push_str(&format!(" AND p.search_text LIKE {} ESCAPE '\\'", bind(&mut params, like.into())));
    }
    let key = sort.key();
    if let Some(after) = after {
        let (a, b) = (bind(&mut params, sort.bound(&after.value)), bind(&mut params, after.id.into()));
        conditions.push_str(&format!(" AND ({key}, p.id) > ({a}, {b})"));
    }
    let limit = bind(&mut params, limit.into());
    let sql = format!("{CARD} WHERE p.workspace_id = $1{conditions} ORDER BY {key}, p.id LIMIT {limit}");
    tx.fetch_all(sql, params).await?.iter().map(card_from).collect()
}

/// Which of some companies are or were pursued.
///
/// # Errors
/// Whatever the database refuses.
pub async fn companies_pursued(tx: &mut Tx, companies: &[CompanyId]) -> Result<Vec<CompanyId>> {
    let mut found = Vec::new();
    let sql = format!(
        "SELECT DISTINCT company_id FROM prospect WHERE workspace_id = $1 AND company_id IN {} LIMIT {KEYS_PER_QUERY}",
        among(tx.conn(), KeyKind::Id, 2)
    );
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::ids(chunk.iter().map(|id| id.0))]).await? {
            found.push(row.id("company_id")?);
        }
    }
    Ok(found)
}

/// All pursuits of a company, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_company(tx: &mut Tx, company: CompanyId, limit: i64) -> Result<Vec<ProspectCard>> {
    let sql = format!(
        "{CARD} WHERE p.workspace_id = $1 AND p.company_id = $2 ORDER BY p.promoted_at DESC, p.id DESC LIMIT $3"
    );
    tx.fetch_all(sql, args![company, limit]).await?.iter().map(card_from).collect()
}

/// The active pursuits that may need somebody now, for Today: most recently changed by the other side first, then
/// those without a plan, then by date. One person's, or everybody's.
///
/// # Errors
/// Whatever the database refuses.
pub async fn for_today(tx: &mut Tx, owner: Option<UserId>, limit: i64) -> Result<Vec<ProspectCard>> {
    let mut params: Vec<Value> = args![limit];
    let only = owner.map_or(String::new(), |owner| {
        params.push(owner.into());
        " AND p.owner_id = $3".to_owned()
    });
    let sql = format!(
        "{CARD} WHERE p.workspace_id = $1 AND p.state IN ('to_qualify', 'in_conversation'){only}
         ORDER BY CASE WHEN p.responded_at IS NULL THEN 0 WHEN p.next_action_at IS NULL THEN 1 ELSE 2 END,
                  COALESCE(p.next_action_at, 0), p.id LIMIT $2"
    );
    tx.fetch_all(sql, params).await?.iter().map(card_from).collect()
}

/// One pursuit as a list shows it.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none.
pub async fn card(tx: &mut Tx, id: ProspectId) -> Result<ProspectCard> {
    let row = tx.fetch_one(format!("{CARD} WHERE p.workspace_id = $1 AND p.id = $2"), args![id]).await?;
    card_from(&row)
}

/// Pursuits whose nurture date has come.
///
/// # Errors
/// Whatever the database refuses.
pub async fn nurture_due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Prospect>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM prospect WHERE workspace_id = $1 AND state = 'nurture' AND nurture_until <= $2
             ORDER BY nurture_until, id LIMIT $3",
            args![now, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

const CARD: &str = "SELECT p.*, c.name AS company_name, c.fit_score, k.given_name, k.infix, k.family_name, k.email AS contact_email, \
     k.title AS contact_title, EXISTS (SELECT 1 FROM opportunity o WHERE o.workspace_id = p.workspace_id \
       AND o.prospect_id = p.id AND o.state = 'open') AS has_opportunity \
     FROM prospect p JOIN company c ON c.workspace_id = p.workspace_id AND c.id = p.company_id \
     JOIN contact k ON k.workspace_id = p.workspace_id AND k.id = p.contact_id";

/// Makes a text match itself in a `LIKE` with `ESCAPE '\'`.
pub(crate) fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn card_from(row: &Row) -> Result<ProspectCard> {
    Ok(ProspectCard {
        prospect: from_row(row)?,
        company_name: row.get("company_name")?,
        contact_name: person_name(row)?,
        contact_title: row.get("contact_title")?,
        fit_score: row.get("fit_score")?,
        has_opportunity: row.get("has_opportunity")?,
    })
}

/// "Eva van der Berg" from its parts; the address when there is no name (`contact_email`).
pub(crate) fn person_name(row: &Row) -> Result<String> {
    let parts: [Option<String>; 3] = [row.get("given_name")?, row.get("infix")?, row.get("family_name")?];
    let name = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        Ok(row.get::<Option<String>>("contact_email")?.unwrap_or_default())
    } else {
        Ok(name)
    }
}

fn from_row(row: &Row) -> Result<Prospect> {
    Ok(Prospect {
        id: row.id("id")?,
        company_id: row.id("company_id")?,
        contact_id: row.id("contact_id")?,
        owner_id: row.id("owner_id")?,
        state: row.parsed("state")?,
        step: row.parsed("step")?,
        open_company_id: row.opt_id("open_company_id")?,
        rule: row.get("rule")?,
        reason_nl: row.get("reason_nl")?,
        reason_en: row.get("reason_en")?,
        promoted_at: row.instant("promoted_at")?,
        step_since: row.instant("step_since")?,
        response_due_at: row.instant("response_due_at")?,
        responded_at: row.opt_instant("responded_at")?,
        theirs_at: row.opt_instant("theirs_at")?,
        ours_at: row.opt_instant("ours_at")?,
        next_action: row.get("next_action")?,
        next_action_kind: row.get("next_action_kind")?,
        next_action_at: row.opt_instant("next_action_at")?,
        nurture_until: row.opt_instant("nurture_until")?,
        closed_at: row.opt_instant("closed_at")?,
        close_reason: row.get("close_reason")?,
        close_note: row.get("close_note")?,
        value_cents: row.get("value_cents")?,
        currency: row.get("currency")?,
        chance_percent: row.get("chance_percent")?,
        sort_company: row.get("sort_company")?,
        search_text: row.get("search_text")?,
        version: row.get("version")?,
    })
}
