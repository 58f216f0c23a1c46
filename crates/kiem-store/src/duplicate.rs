//! Pairs of companies that may be one, waiting for a person; and companies that are of one group.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, UserId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::row::Row;

kiem_domain::text_enum! {
    /// What a person said about a pair. That two are one company is not kept here: then there is one.
    pub enum PairState {
        /// Nobody looked yet.
        Open = "open",
        /// Somebody looked and could not say.
        Later = "later",
        /// They are two companies; never asked again.
        Different = "different",
    }
}

/// Two companies that may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicatePair {
    /// Its id.
    pub id: Uuid,
    /// The one with the smaller id.
    pub first: CompanyId,
    /// The other.
    pub second: CompanyId,
    /// What was said.
    pub state: PairState,
    /// The evidence, in hundredths of a bit.
    pub centibits: i64,
    /// Place in the queue, the highest first.
    pub place: i64,
    /// When it was found.
    pub found_at: Timestamp,
    /// When somebody said something, or put them side by side.
    pub decided_at: Option<Timestamp>,
    /// Who.
    pub decided_by: Option<UserId>,
}

/// How many pairs wait and how many were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PairCounts {
    /// Nobody looked yet.
    pub open_n: i64,
    /// Put off.
    pub later_n: i64,
    /// Said to be two companies.
    pub different_n: i64,
    /// Made one by a person.
    pub same_n: i64,
}

impl DuplicatePair {
    /// Whether a person put the two side by side: the pair waits for a decision whatever the facts say.
    pub fn is_by_hand(&self) -> bool {
        self.state == PairState::Open && self.decided_at.is_some()
    }
}

const COLUMNS: &str =
    "id, first_company_id, second_company_id, state, centibits, place, found_at, decided_at, decided_by";
/// Members of one group that are shown.
const GROUP_MEMBERS_MAX: i64 = 50;

/// The two ids in the order in which a pair is kept.
pub fn in_order(a: CompanyId, b: CompanyId) -> (CompanyId, CompanyId) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Keeps a pair; one that is there gets its evidence and place, and keeps what was said about it. Returns whether it is
/// new.
///
/// # Errors
/// [`crate::StoreError::MissingReference`] when one of the companies is gone.
pub async fn put(tx: &mut Tx, pair: &DuplicatePair) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE duplicate_pair SET centibits = $4, place = $5
             WHERE workspace_id = $1 AND first_company_id = $2 AND second_company_id = $3",
            args![pair.first, pair.second, pair.centibits, pair.place],
        )
        .await?;
    if n > 0 {
        return Ok(false);
    }
    let n = tx
        .execute(
            format!(
                "INSERT INTO duplicate_pair (workspace_id, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 ON CONFLICT (workspace_id, first_company_id, second_company_id) DO NOTHING"
            ),
            args![
                pair.id,
                pair.first,
                pair.second,
                pair.state.as_str(),
                pair.centibits,
                pair.place,
                pair.found_at,
                pair.decided_at,
                pair.decided_by
            ],
        )
        .await?;
    Ok(n > 0)
}

/// A pair by its id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<DuplicatePair>> {
    let sql = format!("SELECT {COLUMNS} FROM duplicate_pair WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// The pair of two companies.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of(tx: &mut Tx, a: CompanyId, b: CompanyId) -> Result<Option<DuplicatePair>> {
    let (first, second) = in_order(a, b);
    let sql = format!(
        "SELECT {COLUMNS} FROM duplicate_pair
         WHERE workspace_id = $1 AND first_company_id = $2 AND second_company_id = $3"
    );
    tx.fetch_optional(sql, args![first, second]).await?.as_ref().map(from_row).transpose()
}

/// All pairs of some companies.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_companies(tx: &mut Tx, companies: &[CompanyId]) -> Result<Vec<DuplicatePair>> {
    let mut found = Vec::new();
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let them = among(tx.conn(), KeyKind::Id, 2);
        let sql = format!(
            "SELECT {COLUMNS} FROM duplicate_pair
             WHERE workspace_id = $1 AND (first_company_id IN {them} OR second_company_id IN {them})"
        );
        for row in tx.fetch_all(sql, vec![keys::ids(chunk.iter().map(|id| id.0))]).await? {
            found.push(from_row(&row)?);
        }
    }
    found.sort_by_key(|pair| pair.id);
    found.dedup_by_key(|pair| pair.id);
    Ok(found)
}

/// The queue in one state, the highest place first, from after `after` (place and id) on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(
    tx: &mut Tx,
    state: PairState,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<DuplicatePair>> {
    let (place, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    let sql = format!(
        "SELECT {COLUMNS} FROM duplicate_pair
         WHERE workspace_id = $1 AND state = $2 AND (place < $3 OR (place = $3 AND id < $4))
         ORDER BY place DESC, id DESC LIMIT $5"
    );
    tx.fetch_all(sql, args![state.as_str(), place, id, limit]).await?.iter().map(from_row).collect()
}

/// How many there are of each kind.
///
/// # Errors
/// Whatever the database refuses.
pub async fn counts(tx: &mut Tx) -> Result<PairCounts> {
    let mut counts = PairCounts::default();
    let sql = "SELECT state, COUNT(*) AS n FROM duplicate_pair WHERE workspace_id = $1 GROUP BY state";
    for row in tx.fetch_all(sql, vec![]).await? {
        let n = row.get("n")?;
        match row.parsed("state")? {
            PairState::Open => counts.open_n = n,
            PairState::Later => counts.later_n = n,
            PairState::Different => counts.different_n = n,
        }
    }
    let sql = "SELECT COUNT(*) AS n FROM company_merge
               WHERE workspace_id = $1 AND kept_contact_id IS NULL AND cause = 'person' AND undone_at IS NULL";
    counts.same_n = tx.fetch_one(sql, vec![]).await?.get("n")?;
    Ok(counts)
}

/// Writes down what was said about a pair; none takes it back. False when the pair is gone.
///
/// # Errors
/// Whatever the database refuses.
pub async fn decide(
    tx: &mut Tx,
    id: Uuid,
    state: PairState,
    decided: Option<(Timestamp, Option<UserId>)>,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE duplicate_pair SET state = $3, decided_at = $4, decided_by = $5
             WHERE workspace_id = $1 AND id = $2",
            args![id, state.as_str(), decided.map(|(at, _)| at), decided.and_then(|(_, by)| by)],
        )
        .await?;
    Ok(n > 0)
}

/// Lets go of a pair that nobody has to look at any more: the facts of one company have changed.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove_open(tx: &mut Tx, id: Uuid) -> Result<()> {
    tx.execute(
        "DELETE FROM duplicate_pair WHERE workspace_id = $1 AND id = $2 AND state <> 'different'",
        args![id],
    )
    .await?;
    Ok(())
}

fn from_row(row: &Row) -> Result<DuplicatePair> {
    Ok(DuplicatePair {
        id: row.get("id")?,
        first: row.id("first_company_id")?,
        second: row.id("second_company_id")?,
        state: row.parsed("state")?,
        centibits: row.get("centibits")?,
        place: row.get("place")?,
        found_at: row.instant("found_at")?,
        decided_at: row.opt_instant("decided_at")?,
        decided_by: row.opt_id("decided_by")?,
    })
}

/// The group of a company.
///
/// # Errors
/// Whatever the database refuses.
pub async fn group_of(tx: &mut Tx, company: CompanyId) -> Result<Option<Uuid>> {
    let sql = "SELECT group_id FROM company_group_member WHERE workspace_id = $1 AND company_id = $2";
    tx.fetch_optional(sql, args![company]).await?.map(|row| row.get("group_id")).transpose()
}

/// Says that two companies are of one group. Two groups become one.
///
/// # Errors
/// [`crate::StoreError::MissingReference`] when one of the companies is gone.
pub async fn link(tx: &mut Tx, a: CompanyId, b: CompanyId, now: Timestamp) -> Result<()> {
    let group = match (group_of(tx, a).await?, group_of(tx, b).await?) {
        (Some(one), Some(other)) if one != other => {
            tx.execute(
                "UPDATE company_group_member SET group_id = $2 WHERE workspace_id = $1 AND group_id = $3",
                args![one, other],
            )
            .await?;
            one
        }
        (Some(group), _) | (None, Some(group)) => group,
        (None, None) => in_order(a, b).0.0,
    };
    for company in [a, b] {
        join_group(tx, company, group, now).await?;
    }
    Ok(())
}

/// Puts a company into a group, when it is in none.
///
/// # Errors
/// [`crate::StoreError::MissingReference`] when the company is gone.
pub async fn join_group(tx: &mut Tx, company: CompanyId, group: Uuid, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "INSERT INTO company_group_member (workspace_id, company_id, group_id, linked_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (workspace_id, company_id) DO NOTHING",
            args![company, group, now],
        )
        .await?;
    Ok(n > 0)
}

/// The other companies of the group of a company, with their names.
///
/// # Errors
/// Whatever the database refuses.
pub async fn siblings(tx: &mut Tx, company: CompanyId) -> Result<Vec<(CompanyId, String)>> {
    let rows = tx
        .fetch_all(
            "SELECT c.id, c.name FROM company_group_member m
             JOIN company_group_member o ON o.workspace_id = m.workspace_id AND o.group_id = m.group_id
             JOIN company c ON c.workspace_id = o.workspace_id AND c.id = o.company_id
             WHERE m.workspace_id = $1 AND m.company_id = $2 AND o.company_id <> $2
             ORDER BY c.name_key, c.id LIMIT $3",
            args![company, GROUP_MEMBERS_MAX],
        )
        .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.get("name")?))).collect()
}
