//! Booking pages: their rules, and which moments are free.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kiem_domain::availability::{Availability, Busy, Hours};
use kiem_domain::id::{MailboxId, UserId};
use kiem_store::booking::{self, BookingPage};
use kiem_store::{Tx, account, mailbox};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// The rules of a page as they are stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AvailabilityDoc {
    /// Weekly hours.
    pub weekly: Vec<HoursDoc>,
    /// Length of the appointment.
    pub length_minutes: u32,
    /// Kept free before it.
    #[serde(default)]
    pub buffer_before_minutes: u32,
    /// Kept free after it.
    #[serde(default)]
    pub buffer_after_minutes: u32,
    /// How long beforehand it must be booked.
    #[serde(default)]
    pub notice_minutes: u32,
    /// How many days ahead it can be booked.
    pub horizon_days: u32,
    /// Most appointments on one day; 0 means no limit.
    #[serde(default)]
    pub per_day_max: u32,
}

/// A stretch of a weekday, in the host's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HoursDoc {
    /// 0 is Monday.
    pub weekday: u8,
    /// From, `09:00`.
    pub from: String,
    /// Until, `12:30`.
    pub until: String,
}

/// A booking page as a person fills it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingPageInput {
    /// Last part of its address.
    pub slug: String,
    /// With whom.
    pub host: UserId,
    /// Mailbox that confirms.
    pub mailbox: MailboxId,
    /// What the appointment is called.
    pub title: String,
    /// Rules.
    pub availability: AvailabilityDoc,
    /// The host's IANA zone.
    pub time_zone: String,
    /// Whether it can be used.
    pub active: bool,
}

impl AvailabilityDoc {
    /// The rules as the domain knows them; `None` when an hour cannot be read or they make no sense.
    pub fn rules(&self) -> Option<Availability> {
        let weekly = self
            .weekly
            .iter()
            .map(|h| Some(Hours { weekday: h.weekday, from: time(&h.from)?, until: time(&h.until)? }))
            .collect::<Option<Vec<_>>>()?;
        let rules = Availability {
            weekly,
            length_minutes: self.length_minutes,
            buffer_before_minutes: self.buffer_before_minutes,
            buffer_after_minutes: self.buffer_after_minutes,
            notice_minutes: self.notice_minutes,
            horizon_days: self.horizon_days,
            per_day_max: self.per_day_max,
        };
        rules.check().is_ok().then_some(rules)
    }
}

fn time(text: &str) -> Option<Time> {
    Time::strptime("%H:%M", text.trim()).ok()
}

/// A page with its rules and zone, read.
#[derive(Debug, Clone)]
pub struct OpenPage {
    /// The page.
    pub page: BookingPage,
    /// Its rules.
    pub rules: Availability,
    /// The host's zone.
    pub zone: TimeZone,
}

impl OpenPage {
    /// Reads what is stored.
    ///
    /// # Errors
    /// When the stored rules were damaged.
    pub fn of(page: BookingPage) -> Result<OpenPage> {
        let unreadable = || EngineError::Outside("the rules of a booking page cannot be read".to_owned());
        let doc: AvailabilityDoc = serde_json::from_str(&page.availability).map_err(|_| unreadable())?;
        let rules = doc.rules().ok_or_else(unreadable)?;
        let zone = TimeZone::get(&page.time_zone).map_err(|_| unreadable())?;
        Ok(OpenPage { page, rules, zone })
    }
}

impl Engine {
    /// The moments that are free on a page; `but_for` is an appointment that is being moved.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn free_slots(
        &self,
        tx: &mut Tx,
        open: &OpenPage,
        but_for: Option<Uuid>,
    ) -> Result<Vec<Timestamp>> {
        let now = self.now();
        let until = now + SignedDuration::from_hours(24 * (i64::from(open.rules.horizon_days) + 3));
        let mut busy = Busy::default();
        for (at, by) in booking::busy_cells(tx, open.page.host_user_id, now, until).await? {
            if Some(by) != but_for {
                busy.cells.insert(at);
            }
        }
        let day_before = now - SignedDuration::from_hours(48);
        for (id, at) in booking::starts_on_page(tx, open.page.id, day_before, until).await? {
            if Some(id) != but_for {
                *busy.n_by_day.entry(at.to_zoned_datetime(open.zone.clone()).date()).or_default() += 1;
            }
        }
        Ok(open.rules.slots(&open.zone, now, &busy))
    }

    /// The booking pages.
    ///
    /// # Errors
    /// When the caller may not look or the database fails.
    pub async fn booking_pages(&self, caller: &Caller) -> Result<Vec<BookingPage>> {
        caller.may(Permission::View)?;
        Ok(booking::pages(&mut self.store().read(caller.workspace).await?).await?)
    }

    /// Adds a booking page.
    ///
    /// # Errors
    /// When a field is not right, the slug is taken, or the caller may not.
    pub async fn add_booking_page(&self, caller: &Caller, input: &BookingPageInput) -> Result<BookingPage> {
        caller.may(Permission::Configure)?;
        self.check_host(caller, input.host).await?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let page = self.booking_page_from(&mut tx, self.new_id(), input).await?;
        booking::insert_page(&mut tx, &page).await?;
        let detail = serde_json::json!({ "slug": page.slug });
        self.audit(&mut tx, caller, "booking_page.created", "booking_page", Some(page.id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(page)
    }

    /// Changes a booking page; appointments that stand stay.
    ///
    /// # Errors
    /// When it is not there, a field is not right, the slug is taken, or the caller may not.
    pub async fn change_booking_page(
        &self,
        caller: &Caller,
        id: Uuid,
        input: &BookingPageInput,
    ) -> Result<BookingPage> {
        caller.may(Permission::Configure)?;
        self.check_host(caller, input.host).await?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let page = self.booking_page_from(&mut tx, id, input).await?;
        if !booking::update_page(&mut tx, &page).await? {
            return Err(EngineError::NotFound);
        }
        let detail = serde_json::json!({ "slug": page.slug, "active": page.active });
        self.audit(&mut tx, caller, "booking_page.changed", "booking_page", Some(id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(page)
    }

    async fn check_host(&self, caller: &Caller, host: UserId) -> Result<()> {
        let mut global = self.store().global_read().await?;
        let is_member =
            account::workspaces_of(&mut global, host).await?.iter().any(|w| w.id == caller.workspace);
        if is_member { Ok(()) } else { Err(EngineError::field("host_user_id", "unknown_choice")) }
    }

    async fn booking_page_from(
        &self,
        tx: &mut Tx,
        id: Uuid,
        input: &BookingPageInput,
    ) -> Result<BookingPage> {
        let mut errors = Vec::new();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if input.slug.is_empty() || input.slug.len() > 60 || !input.slug.chars().all(plain) {
            errors.push(FieldError::new("slug", "slug"));
        }
        if input.title.trim().is_empty() || kiem_domain::message::HeaderText::new(&input.title).is_err() {
            errors.push(FieldError::new("title", "required"));
        }
        if input.availability.rules().is_none() {
            errors.push(FieldError::new("availability", "availability"));
        }
        if TimeZone::get(&input.time_zone).is_err() {
            errors.push(FieldError::new("time_zone", "unknown_choice"));
        }
        if mailbox::find(tx, input.mailbox).await?.is_none() {
            errors.push(FieldError::new("mailbox_id", "unknown_choice"));
        }
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        let availability =
            serde_json::to_string(&input.availability).map_err(|e| EngineError::Outside(e.to_string()))?;
        Ok(BookingPage {
            id,
            slug: input.slug.clone(),
            host_user_id: input.host,
            mailbox_id: input.mailbox,
            title: input.title.trim().to_owned(),
            availability,
            time_zone: input.time_zone.clone(),
            active: input.active,
            created_at: self.now(),
        })
    }
}
