//! Pairs of colleagues who may be one person, waiting for somebody to say so.

use jiff::Timestamp;
use kiem_domain::dedupe::PersonSign;
use kiem_domain::id::{ContactId, UserId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::duplicate::{PairCounts, PairState};
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::row::Row;

/// Two colleagues who may be one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactPair {
    /// Its id.
    pub id: Uuid,
    /// The one with the smaller id.
    pub first: ContactId,
    /// The other.
    pub second: ContactId,
    /// What was said.
    pub state: PairState,
    /// Why they may be one.
    pub sign: PersonSign,
    /// Place in the queue, the highest first.
    pub place: i64,
    /// When it was found.
    pub found_at: Timestamp,
    /// When somebody said something, or put them side by side.
    pub decided_at: Option<Timestamp>,
    /// Who.
    pub decided_by: Option<UserId>,
}

impl ContactPair {
    /// Whether a person put the two side by side: the pair waits for a decision whatever the facts say.
    pub fn is_by_hand(&self) -> bool {
        self.state == PairState::Open && self.decided_at.is_some()
    }
}

const COLUMNS: &str =
    "id, first_contact_id, second_contact_id, state, sign, place, found_at, decided_at, decided_by";

/// The two ids in the order in which a pair is kept.
pub fn in_order(a: ContactId, b: ContactId) -> (ContactId, ContactId) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Keeps a pair; one that is there gets its sign and place, and keeps what was said about it. Returns whether it is new.
///
/// # Errors
/// [`crate::StoreError::MissingReference`] when one of the two is gone.
pub async fn put(tx: &mut Tx, pair: &ContactPair) -> Result<bool> {
    let sql = "UPDATE contact_pair SET sign = $4, place = $5
        WHERE workspace_id = $1 AND first_contact_id = $2 AND second_contact_id = $3";
    let params = args![pair.first, pair.second, pair.sign.as_str(), pair.place];
    if tx.execute(sql, params).await? > 0 {
        return Ok(false);
    }
    let sql = format!(
        "INSERT INTO contact_pair (workspace_id, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (workspace_id, first_contact_id, second_contact_id) DO NOTHING"
    );
    let params = args![
        pair.id,
        pair.first,
        pair.second,
        pair.state.as_str(),
        pair.sign.as_str(),
        pair.place,
        pair.found_at,
        pair.decided_at,
        pair.decided_by
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// A pair by its id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<ContactPair>> {
    let sql = format!("SELECT {COLUMNS} FROM contact_pair WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// All pairs of some people.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_contacts(tx: &mut Tx, contacts: &[ContactId]) -> Result<Vec<ContactPair>> {
    let them = among(tx.conn(), KeyKind::Id, 2);
    let sql = format!(
        "SELECT {COLUMNS} FROM contact_pair
         WHERE workspace_id = $1 AND (first_contact_id IN {them} OR second_contact_id IN {them})"
    );
    let mut found = Vec::new();
    for chunk in contacts.chunks(KEYS_PER_QUERY) {
        for row in tx.fetch_all(sql.clone(), vec![keys::ids(chunk.iter().map(|id| id.0))]).await? {
            found.push(from_row(&row)?);
        }
    }
    found.sort_by_key(|pair: &ContactPair| pair.id);
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
) -> Result<Vec<ContactPair>> {
    let (place, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    let sql = format!(
        "SELECT {COLUMNS} FROM contact_pair
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
    let sql = "SELECT state, COUNT(*) AS n FROM contact_pair WHERE workspace_id = $1 GROUP BY state";
    for row in tx.fetch_all(sql, vec![]).await? {
        let n = row.get("n")?;
        match row.parsed("state")? {
            PairState::Open => counts.open_n = n,
            PairState::Later => counts.later_n = n,
            PairState::Different => counts.different_n = n,
        }
    }
    let sql = "SELECT COUNT(*) AS n FROM company_merge
        WHERE workspace_id = $1 AND kept_contact_id IS NOT NULL AND cause = 'person' AND undone_at IS NULL";
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
    let sql = "UPDATE contact_pair SET state = $3, decided_at = $4, decided_by = $5
        WHERE workspace_id = $1 AND id = $2";
    let params = args![id, state.as_str(), decided.map(|(at, _)| at), decided.and_then(|(_, by)| by)];
    Ok(tx.execute(sql, params).await? > 0)
}

/// Lets go of a pair that nobody has to look at any more: the facts of one of the two have changed.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove_open(tx: &mut Tx, id: Uuid) -> Result<()> {
    let sql = "DELETE FROM contact_pair WHERE workspace_id = $1 AND id = $2 AND state <> 'different'";
    tx.execute(sql, args![id]).await?;
    Ok(())
}

fn from_row(row: &Row) -> Result<ContactPair> {
    Ok(ContactPair {
        id: row.get("id")?,
        first: row.id("first_contact_id")?,
        second: row.id("second_contact_id")?,
        state: row.parsed("state")?,
        sign: row.parsed("sign")?,
        place: row.get("place")?,
        found_at: row.instant("found_at")?,
        decided_at: row.opt_instant("decided_at")?,
        decided_by: row.opt_id("decided_by")?,
    })
}
