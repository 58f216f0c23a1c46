//! Booking pages, appointments, and the cells that make a double booking impossible.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{CompanyId, ContactId, LeadId, MailboxId, UserId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// A page on which people choose a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingPage {
    /// Id.
    pub id: Uuid,
    /// Last part of its address.
    pub slug: String,
    /// With whom the appointment is.
    pub host_user_id: UserId,
    /// Mailbox that confirms.
    pub mailbox_id: MailboxId,
    /// What the appointment is called.
    pub title: String,
    /// Weekly hours and rules as JSON.
    pub availability: String,
    /// The host's IANA zone.
    pub time_zone: String,
    /// Whether it can be used.
    pub active: bool,
    /// When it was put away.
    pub archived_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Id.
    pub id: Uuid,
    /// `own`, `cal_com` or `calendly`.
    pub provider: String,
    /// Identity at the provider; also the UID of the invitation.
    pub uid: String,
    /// The appointment that it took the place of.
    pub replaces_uid: Option<String>,
    /// Own page.
    pub page_id: Option<Uuid>,
    /// With whom.
    pub host_user_id: Option<UserId>,
    /// `confirmed`, `rescheduled` (moved; still stands) or `cancelled`.
    pub state: String,
    /// Start.
    pub starts_at: Timestamp,
    /// End.
    pub ends_at: Timestamp,
    /// The guest.
    pub guest_name: String,
    /// The guest's address.
    pub guest_email: String,
    /// What the guest wrote.
    pub note: String,
    /// `nl` or `en`.
    pub language: String,
    /// Grows with every version of the invitation.
    pub ics_sequence: i64,
    /// The lead that it counts for.
    pub lead_id: Option<LeadId>,
    /// The person.
    pub contact_id: Option<ContactId>,
    /// The company.
    pub company_id: Option<CompanyId>,
    /// When it was made.
    pub created_at: Timestamp,
}

fn page_from_row(row: &Row) -> Result<BookingPage> {
    Ok(BookingPage {
        id: row.get("id")?,
        slug: row.get("slug")?,
        host_user_id: row.id("host_user_id")?,
        mailbox_id: row.id("mailbox_id")?,
        title: row.get("title")?,
        availability: row.get("availability")?,
        time_zone: row.get("time_zone")?,
        active: row.get("active")?,
        archived_at: row.opt_instant("archived_at")?,
        created_at: row.instant("created_at")?,
    })
}

fn from_row(row: &Row) -> Result<Booking> {
    Ok(Booking {
        id: row.get("id")?,
        provider: row.get("provider")?,
        uid: row.get("uid")?,
        replaces_uid: row.get("replaces_uid")?,
        page_id: row.get("page_id")?,
        host_user_id: row.opt_id("host_user_id")?,
        state: row.get("state")?,
        starts_at: row.instant("starts_at")?,
        ends_at: row.instant("ends_at")?,
        guest_name: row.get("guest_name")?,
        guest_email: row.get("guest_email")?,
        note: row.get("note")?,
        language: row.get("language")?,
        ics_sequence: row.get("ics_sequence")?,
        lead_id: row.opt_id("lead_id")?,
        contact_id: row.opt_id("contact_id")?,
        company_id: row.opt_id("company_id")?,
        created_at: row.instant("created_at")?,
    })
}

/// An invitation of ours, as an answer to it names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The lead that the appointment counts for.
    pub lead_id: Option<LeadId>,
    /// The guest's address.
    pub guest_email: String,
    /// When the guest was last told of it; when the appointment was made, where another service tells.
    pub told_at: Timestamp,
}

/// The appointment behind the uid of an invitation, whoever made it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn invited(tx: &mut Tx, uid: &str) -> Result<Option<Invited>> {
    let row = tx
        .fetch_optional(
            "SELECT b.lead_id, b.guest_email, COALESCE(
                 (SELECT MAX(m.finished_at) FROM message m
                  WHERE m.workspace_id = $1 AND m.kind = 'booking' AND m.recipient = b.guest_email), b.created_at) AS told_at
             FROM booking b WHERE b.workspace_id = $1 AND b.uid = $2
             ORDER BY b.created_at DESC, b.id LIMIT 1",
            args![uid],
        )
        .await?;
    row.map(|row| {
        Ok(Invited {
            lead_id: row.opt_id("lead_id")?,
            guest_email: row.get("guest_email")?,
            told_at: row.instant("told_at")?,
        })
    })
    .transpose()
}

/// Adds a booking page.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the slug is taken.
pub async fn insert_page(tx: &mut Tx, p: &BookingPage) -> Result<()> {
    tx.execute(
        "INSERT INTO booking_page (workspace_id, id, slug, host_user_id, mailbox_id, title, availability, time_zone, active,
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            p.id,
            p.slug.as_str(),
            p.host_user_id,
            p.mailbox_id,
            p.title.as_str(),
            p.availability.as_str(),
            p.time_zone.as_str(),
            p.active,
            p.created_at
        ],
    )
    .await?;
    Ok(())
}

/// Changes a booking page. False when it is not there.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the slug is taken.
pub async fn update_page(tx: &mut Tx, p: &BookingPage) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE booking_page SET slug = $3, host_user_id = $4, mailbox_id = $5, title = $6, availability = $7,
                 time_zone = $8, active = $9 WHERE workspace_id = $1 AND id = $2",
            args![
                p.id,
                p.slug.as_str(),
                p.host_user_id,
                p.mailbox_id,
                p.title.as_str(),
                p.availability.as_str(),
                p.time_zone.as_str(),
                p.active
            ],
        )
        .await?;
    Ok(n > 0)
}

/// The booking pages, oldest first; at most 100. Those that were put away only when asked for.
///
/// # Errors
/// Whatever the database refuses.
pub async fn pages(tx: &mut Tx, with_archived: bool) -> Result<Vec<BookingPage>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM booking_page WHERE workspace_id = $1 AND ($2 = TRUE OR archived_at IS NULL)
             ORDER BY created_at, id LIMIT 100",
            args![with_archived],
        )
        .await?;
    rows.iter().map(page_from_row).collect()
}

/// A booking page by the last part of its address.
///
/// # Errors
/// Whatever the database refuses.
pub async fn page_by_slug(tx: &mut Tx, slug: &str) -> Result<Option<BookingPage>> {
    let row = tx
        .fetch_optional("SELECT * FROM booking_page WHERE workspace_id = $1 AND slug = $2", args![slug])
        .await?;
    row.as_ref().map(page_from_row).transpose()
}

/// A booking page by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn page(tx: &mut Tx, id: Uuid) -> Result<Option<BookingPage>> {
    let row = tx
        .fetch_optional("SELECT * FROM booking_page WHERE workspace_id = $1 AND id = $2", args![id])
        .await?;
    row.as_ref().map(page_from_row).transpose()
}

/// Lets confirmations on one page wait for each other, so that the limit per day holds too.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lock_page(tx: &mut Tx, id: Uuid) -> Result<()> {
    tx.execute("UPDATE booking_page SET active = active WHERE workspace_id = $1 AND id = $2", args![id])
        .await?;
    Ok(())
}

/// Writes an appointment down. False when the provider's uid is there already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, b: &Booking) -> Result<bool> {
    let n = tx
        .execute(
            "INSERT INTO booking (workspace_id, id, provider, uid, replaces_uid, page_id, host_user_id, state, starts_at,
                 ends_at, guest_name, guest_email, note, language, ics_sequence, lead_id, contact_id, company_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
             ON CONFLICT (workspace_id, provider, uid) DO NOTHING",
            args![
                b.id,
                b.provider.as_str(),
                b.uid.as_str(),
                b.replaces_uid.as_deref(),
                b.page_id,
                b.host_user_id,
                b.state.as_str(),
                b.starts_at,
                b.ends_at,
                b.guest_name.as_str(),
                b.guest_email.as_str(),
                b.note.as_str(),
                b.language.as_str(),
                b.ics_sequence,
                b.lead_id,
                b.contact_id,
                b.company_id,
                b.created_at
            ],
        )
        .await?;
    Ok(n > 0)
}

/// An appointment by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Booking>> {
    let row =
        tx.fetch_optional("SELECT * FROM booking WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    row.as_ref().map(from_row).transpose()
}

/// The newest appointment of a person that is not called off.
///
/// # Errors
/// Whatever the database refuses.
pub async fn newest_of_contact(tx: &mut Tx, contact: ContactId) -> Result<Option<Booking>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM booking WHERE workspace_id = $1 AND contact_id = $2 AND state <> 'cancelled'
             ORDER BY created_at DESC, id DESC LIMIT 1",
            args![contact],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// An appointment by the provider's uid.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_uid(tx: &mut Tx, provider: &str, uid: &str) -> Result<Option<Booking>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM booking WHERE workspace_id = $1 AND provider = $2 AND uid = $3",
            args![provider, uid],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The appointment at a provider that took the place of another one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_replaced_uid(tx: &mut Tx, provider: &str, uid: &str) -> Result<Option<Booking>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM booking WHERE workspace_id = $1 AND provider = $2 AND replaces_uid = $3
             ORDER BY created_at DESC LIMIT 1",
            args![provider, uid],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Moves or calls off an appointment of which `sequence` is the version that was read. False when somebody was first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn change(tx: &mut Tx, b: &Booking, sequence: i64) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE booking SET uid = $3, replaces_uid = $4, state = $5, starts_at = $6, ends_at = $7, ics_sequence = $8
             WHERE workspace_id = $1 AND id = $2 AND ics_sequence = $9",
            args![
                b.id,
                b.uid.as_str(),
                b.replaces_uid.as_deref(),
                b.state.as_str(),
                b.starts_at,
                b.ends_at,
                b.ics_sequence,
                sequence
            ],
        )
        .await?;
    Ok(n > 0)
}

/// Appointments that stand on a page and begin in a period.
///
/// # Errors
/// Whatever the database refuses.
pub async fn starts_on_page(
    tx: &mut Tx,
    page: Uuid,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(Uuid, Timestamp)>> {
    let rows = tx
        .fetch_all(
            "SELECT id, starts_at FROM booking WHERE workspace_id = $1 AND page_id = $2 AND state <> 'cancelled'
               AND starts_at >= $3 AND starts_at < $4 ORDER BY starts_at LIMIT 2000",
            args![page, from, until],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.instant("starts_at")?))).collect()
}

/// Takes the cells of an appointment.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the host is busy in one of them; then nothing of the transaction may be kept.
pub async fn take_cells(tx: &mut Tx, host: UserId, booking: Uuid, cells: &[Timestamp]) -> Result<()> {
    let rows = cells.iter().map(|at| args![host, *at, booking]);
    tx.insert_many("INSERT INTO booking_cell (workspace_id, host_user_id, cell_at, booking_id)", rows, "")
        .await?;
    Ok(())
}

/// Gives the cells of an appointment back.
///
/// # Errors
/// Whatever the database refuses.
pub async fn free_cells(tx: &mut Tx, booking: Uuid) -> Result<()> {
    tx.execute("DELETE FROM booking_cell WHERE workspace_id = $1 AND booking_id = $2", args![booking])
        .await?;
    Ok(())
}

/// The cells in which a host is busy from the day before `from` on (an appointment may last), and with what.
///
/// # Errors
/// Whatever the database refuses.
pub async fn busy_cells(
    tx: &mut Tx,
    host: UserId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(Timestamp, Uuid)>> {
    // A period of 90 days holds 25,920 cells of five minutes.
    let rows = tx
        .fetch_all(
            "SELECT cell_at, booking_id FROM booking_cell
             WHERE workspace_id = $1 AND host_user_id = $2 AND cell_at >= $3 AND cell_at < $4 ORDER BY cell_at LIMIT 30000",
            args![host, from - SignedDuration::from_hours(24), until],
        )
        .await?;
    rows.iter().map(|row| Ok((row.instant("cell_at")?, row.get("booking_id")?))).collect()
}
