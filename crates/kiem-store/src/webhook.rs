//! Webhooks out: who wants to hear of what, and what became of each delivery.

use jiff::Timestamp;
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// An address that hears of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Id.
    pub id: Uuid,
    /// `https://...`
    pub url: String,
    /// The signing secret, sealed.
    pub secret: Vec<u8>,
    /// The secret before it, sealed, and until when it signs too.
    pub old_secret: Option<(Vec<u8>, Timestamp)>,
    /// Event kinds, separated by blanks; empty means all.
    pub kinds: String,
    /// Whether it is used.
    pub active: bool,
    /// Since when every delivery fails.
    pub failing_since: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Endpoint {
    /// Whether it wants to hear of a kind of event.
    pub fn wants(&self, kind: &str) -> bool {
        self.active && (self.kinds.is_empty() || self.kinds.split(' ').any(|wanted| wanted == kind))
    }
}

fn endpoint_from(row: &Row) -> Result<Endpoint> {
    Ok(Endpoint {
        id: row.get("id")?,
        url: row.get("url")?,
        secret: row.get("secret")?,
        old_secret: row.get::<Option<Vec<u8>>>("old_secret")?.zip(row.opt_instant("old_secret_until")?),
        kinds: row.get("kinds")?,
        active: row.get("active")?,
        failing_since: row.opt_instant("failing_since")?,
        created_at: row.instant("created_at")?,
    })
}

/// Adds an endpoint.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, one: &Endpoint) -> Result<()> {
    tx.execute(
        "INSERT INTO webhook_endpoint (workspace_id, id, url, secret, kinds, active, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            one.id,
            one.url.as_str(),
            one.secret.as_slice(),
            one.kinds.as_str(),
            one.active,
            one.created_at
        ],
    )
    .await?;
    Ok(())
}

/// Changes address, kinds and whether it is used. Switching it on forgets earlier failures.
///
/// # Errors
/// Whatever the database refuses.
pub async fn update(tx: &mut Tx, id: Uuid, url: &str, kinds: &str, active: bool) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE webhook_endpoint SET url = $3, kinds = $4, active = $5,
                 failing_since = CASE WHEN $5 = TRUE THEN NULL ELSE failing_since END
             WHERE workspace_id = $1 AND id = $2",
            args![id, url, kinds, active],
        )
        .await?;
    Ok(n > 0)
}

/// Gives an endpoint a new secret; the one before goes on signing until `old_until`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn rotate(tx: &mut Tx, id: Uuid, secret: &[u8], old_until: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE webhook_endpoint SET old_secret = secret, old_secret_until = $4, secret = $3
             WHERE workspace_id = $1 AND id = $2",
            args![id, secret, old_until],
        )
        .await?;
    Ok(n > 0)
}

/// Removes an endpoint with its deliveries.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove(tx: &mut Tx, id: Uuid) -> Result<bool> {
    tx.execute("DELETE FROM webhook_delivery WHERE workspace_id = $1 AND endpoint_id = $2", args![id])
        .await?;
    let n = tx.execute("DELETE FROM webhook_endpoint WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    Ok(n > 0)
}

/// An endpoint by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Endpoint>> {
    let row = tx
        .fetch_optional("SELECT * FROM webhook_endpoint WHERE workspace_id = $1 AND id = $2", args![id])
        .await?;
    row.as_ref().map(endpoint_from).transpose()
}

/// All endpoints, oldest first; a workspace has a handful.
///
/// # Errors
/// Whatever the database refuses.
pub async fn all(tx: &mut Tx) -> Result<Vec<Endpoint>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM webhook_endpoint WHERE workspace_id = $1 ORDER BY created_at, id LIMIT 100",
            vec![],
        )
        .await?;
    rows.iter().map(endpoint_from).collect()
}

/// Notes how a delivery went: none clears the mark, a moment sets it if it is not set.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_failing(tx: &mut Tx, id: Uuid, since: Option<Timestamp>) -> Result<()> {
    tx.execute(
        "UPDATE webhook_endpoint SET failing_since = CASE WHEN $3 IS NULL THEN NULL ELSE COALESCE(failing_since, $3) END
         WHERE workspace_id = $1 AND id = $2",
        args![id, since],
    )
    .await?;
    Ok(())
}

/// Switches an endpoint off: it said that it is gone (410), or never answers.
///
/// # Errors
/// Whatever the database refuses.
pub async fn disable(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE webhook_endpoint SET active = FALSE, failing_since = COALESCE(failing_since, $3)
             WHERE workspace_id = $1 AND id = $2 AND active = TRUE",
            args![id, now],
        )
        .await?;
    Ok(n > 0)
}

kiem_domain::text_enum! {
    /// Where a delivery is.
    pub enum DeliveryState {
        /// Will be tried (again).
        Waiting = "waiting",
        /// Taken.
        Delivered = "delivered",
        /// Given up.
        Failed = "failed",
    }
}

/// One event on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Id; stays the same over all tries.
    pub id: Uuid,
    /// To whom.
    pub endpoint_id: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// Its kind.
    pub kind: String,
    /// What is sent, byte for byte the same at every try.
    pub body: String,
    /// Where it is.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempt: i64,
    /// HTTP status of the last answer.
    pub last_status: Option<i64>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it reached its end.
    pub finished_at: Option<Timestamp>,
}

fn delivery_from(row: &Row) -> Result<Delivery> {
    Ok(Delivery {
        id: row.get("id")?,
        endpoint_id: row.get("endpoint_id")?,
        event_id: row.get("event_id")?,
        kind: row.get("kind")?,
        body: row.get("body")?,
        state: row.parsed("state")?,
        attempt: row.get("attempt")?,
        last_status: row.get("last_status")?,
        last_error: row.get("last_error")?,
        created_at: row.instant("created_at")?,
        finished_at: row.opt_instant("finished_at")?,
    })
}

/// Plans a delivery. False when this endpoint has this event already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert_delivery(tx: &mut Tx, one: &Delivery) -> Result<bool> {
    let n = tx
        .execute(
            "INSERT INTO webhook_delivery (workspace_id, id, endpoint_id, event_id, kind, body, state, attempt, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (workspace_id, endpoint_id, event_id) DO NOTHING",
            args![
                one.id,
                one.endpoint_id,
                one.event_id,
                one.kind.as_str(),
                one.body.as_str(),
                one.state.as_str(),
                one.attempt,
                one.created_at
            ],
        )
        .await?;
    Ok(n > 0)
}

/// A delivery by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find_delivery(tx: &mut Tx, id: Uuid) -> Result<Option<Delivery>> {
    let row = tx
        .fetch_optional("SELECT * FROM webhook_delivery WHERE workspace_id = $1 AND id = $2", args![id])
        .await?;
    row.as_ref().map(delivery_from).transpose()
}

/// How one try went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try<'a> {
    /// Where the delivery is now.
    pub state: DeliveryState,
    /// HTTP status, when there was an answer.
    pub status: Option<i64>,
    /// What went wrong.
    pub error: Option<&'a str>,
}

/// Writes down how a try went; only while the delivery waits.
///
/// # Errors
/// Whatever the database refuses.
pub async fn note_try(tx: &mut Tx, id: Uuid, tried: &Try<'_>, now: Timestamp) -> Result<bool> {
    let finished_at = (tried.state != DeliveryState::Waiting).then_some(now);
    let n = tx
        .execute(
            "UPDATE webhook_delivery SET state = $3, attempt = attempt + 1, last_status = $4, last_error = $5,
                 finished_at = $6
             WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'",
            args![id, tried.state.as_str(), tried.status, tried.error, finished_at],
        )
        .await?;
    Ok(n > 0)
}

/// The newest deliveries of an endpoint.
///
/// # Errors
/// Whatever the database refuses.
pub async fn deliveries(tx: &mut Tx, endpoint: Uuid, limit: i64) -> Result<Vec<Delivery>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM webhook_delivery WHERE workspace_id = $1 AND endpoint_id = $2
             ORDER BY created_at DESC, id DESC LIMIT $3",
            args![endpoint, limit],
        )
        .await?;
    rows.iter().map(delivery_from).collect()
}
