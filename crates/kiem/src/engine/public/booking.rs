//! Appointments on an own page: one transaction takes the host's cells, writes the appointment, its confirmation and
//! what it means for the lead.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiem_domain::contact::EmailAddress;
use kiem_domain::engagement::Actor as WhoActor;
use kiem_domain::id::WorkspaceId;
use kiem_domain::message::HeaderText;
use kiem_domain::promotion::{BookingStatus, EventKind, InboundRequest};
use kiem_store::account::Workspace;
use kiem_store::booking::{self, Booking};
use kiem_store::event::Actor;
use kiem_store::{StoreError, Tx, account, mailbox};

use super::booking_page::OpenPage;
use super::who::{Introduction, Who};
use crate::engine::keys::{TokenClaim, TokenKind};
use crate::engine::promotion::NewEngagement;
use crate::engine::sales::their_turn::Sign;
use crate::engine::settings::{Settings, language_of};
use crate::engine::{Engine, EngineError, FieldError, Result};
use crate::messages::{Lang, say};

/// What a booking page shows.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Page, rules and zone.
    pub open: OpenPage,
    /// With whom.
    pub host_name: String,
    /// Whose page it is.
    pub sender: String,
    /// The workspace's language.
    pub lang: Lang,
    /// Moments that are free.
    pub slots: Vec<Timestamp>,
}

/// What the guest fills in.
#[derive(Debug, Clone)]
pub struct BookingInput {
    /// Chosen moment.
    pub start: Timestamp,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// What they want to say.
    pub note: String,
    /// Language of page and confirmation.
    pub lang: Lang,
    /// The guest's zone, for the words in the confirmation.
    pub zone: TimeZone,
    /// Token of the visit that they came with.
    pub visit_token: Option<String>,
}

/// An appointment on its own page.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// The page that it was made on.
    pub offer: Offer,
    /// The appointment.
    pub booking: Booking,
}

/// A moment in words: "dinsdag 24 november 2026, 10:30 (Europe/Amsterdam)".
pub fn spoken(at: Timestamp, zone: &TimeZone, lang: Lang) -> String {
    let local = at.to_zoned_datetime(zone.clone());
    let weekday = say(lang, &format!("public.weekday_{}", local.weekday().to_monday_zero_offset()), &[]);
    let month = say(lang, &format!("public.month_{}", local.month()), &[]);
    let zone = zone.iana_name().unwrap_or("UTC").to_owned();
    format!("{weekday} {} {month} {}, {} ({zone})", local.day(), local.year(), local.strftime("%H:%M"))
}

impl Engine {
    /// What a booking page offers; `None` when there is no such page or it is closed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn booking_offer(&self, number: u32, slug: &str) -> Result<Option<Offer>> {
        let Some(workspace) = self.workspace_of_number(number).await? else { return Ok(None) };
        let mut tx = self.store().read(workspace).await?;
        let Some(page) = booking::page_by_slug(&mut tx, slug).await?.filter(|p| p.active) else {
            return Ok(None);
        };
        let open = OpenPage::of(page)?;
        let slots = self.free_slots(&mut tx, &open, None).await?;
        drop(tx);
        self.offer(workspace, open, slots).await.map(Some)
    }

    async fn offer(&self, id: WorkspaceId, open: OpenPage, slots: Vec<Timestamp>) -> Result<Offer> {
        let mut global = self.store().global_read().await?;
        let host =
            account::user(&mut global, open.page.host_user_id).await?.map(|u| u.name).unwrap_or_default();
        drop(global);
        let (workspace, settings) = self.workspace(id).await?;
        let lang = language_of(&workspace);
        Ok(Offer {
            workspace: id,
            open,
            host_name: host,
            sender: sender_of(workspace, settings),
            lang,
            slots,
        })
    }

    /// Makes an appointment. `None` when there is no such page.
    ///
    /// # Errors
    /// `slot_taken` when the moment is no longer free; fields that are not right; the database.
    pub async fn confirm_booking(
        &self,
        number: u32,
        slug: &str,
        input: &BookingInput,
    ) -> Result<Option<Appointment>> {
        let email = checked(input)?;
        let Some(offer) = self.booking_offer(number, slug).await? else { return Ok(None) };
        if !offer.slots.contains(&input.start) {
            return Err(EngineError::refused("slot_taken"));
        }
        let mut tx = self.store().begin(offer.workspace).await?;
        booking::lock_page(&mut tx, offer.open.page.id).await?;
        if !self.free_slots(&mut tx, &offer.open, None).await?.contains(&input.start) {
            return Err(EngineError::refused("slot_taken"));
        }
        let person = Introduction {
            email: &email,
            name: &input.name,
            company: "",
            phone: "",
            visit_token: input.visit_token.as_deref(),
            source: "booking page",
        };
        let who = self.who_is(&mut tx, &person).await?;
        let id = self.new_id();
        let made = Booking {
            id,
            provider: "own".to_owned(),
            uid: format!("{id}@{}", mail_domain(&mut tx, &offer).await?),
            replaces_uid: None,
            page_id: Some(offer.open.page.id),
            host_user_id: Some(offer.open.page.host_user_id),
            state: "confirmed".to_owned(),
            starts_at: input.start,
            ends_at: input.start + offer.open.rules.length(),
            guest_name: input.name.trim().to_owned(),
            guest_email: email.to_string(),
            note: input.note.trim().to_owned(),
            language: input.lang.as_str().to_owned(),
            ics_sequence: 0,
            lead_id: who.lead,
            contact_id: who.contact,
            company_id: who.company,
            created_at: self.now(),
        };
        self.take_cells(&mut tx, &offer, &made).await?;
        booking::insert(&mut tx, &made).await?;
        self.booking_happened(&mut tx, &made, who, BookingStatus::Confirmed).await?;
        self.tell_booking(&mut tx, number, &offer, &made, &input.zone).await?;
        tx.commit().await?;
        self.committed(offer.workspace);
        Ok(Some(Appointment { offer, booking: made }))
    }

    /// The appointment behind a token; `None` when the token is not ours.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn appointment(&self, token: &str) -> Result<Option<Appointment>> {
        let Some((workspace, claim)) = self.public_claim(TokenKind::Booking, token).await? else {
            return Ok(None);
        };
        let mut tx = self.store().read(workspace).await?;
        let Some(found) = booking::find(&mut tx, claim.id).await? else { return Ok(None) };
        let Some(page) = found.page_id else { return Ok(None) };
        let Some(page) = booking::page(&mut tx, page).await? else { return Ok(None) };
        let open = OpenPage::of(page)?;
        let slots = self.free_slots(&mut tx, &open, Some(found.id)).await?;
        drop(tx);
        let offer = self.offer(workspace, open, slots).await?;
        Ok(Some(Appointment { offer, booking: found }))
    }

    /// Moves an appointment: still one appointment, with a newer invitation. `None` when the token is not ours.
    ///
    /// # Errors
    /// `slot_taken` when the moment is not free, `booking_over` when it is past or off; the database.
    pub async fn move_booking(&self, token: &str, start: Timestamp) -> Result<Option<Appointment>> {
        let Some(now) = self.appointment(token).await? else { return Ok(None) };
        let length = now.offer.open.rules.length();
        self.change_booking(token, now, |b| {
            b.state = "rescheduled".to_owned();
            b.starts_at = start;
            b.ends_at = start + length;
        })
        .await
        .map(Some)
    }

    /// Calls an appointment off. `None` when the token is not ours.
    ///
    /// # Errors
    /// `booking_over` when it is past or off already; the database.
    pub async fn cancel_booking(&self, token: &str) -> Result<Option<Appointment>> {
        let Some(now) = self.appointment(token).await? else { return Ok(None) };
        self.change_booking(token, now, |b| b.state = "cancelled".to_owned()).await.map(Some)
    }

    async fn change_booking(
        &self,
        token: &str,
        before: Appointment,
        change: impl Fn(&mut Booking),
    ) -> Result<Appointment> {
        let claim = self.keys().read_public_token(TokenKind::Booking, token).ok_or(EngineError::NotFound)?;
        let Appointment { offer, booking: read } = before;
        let mut tx = self.store().begin(offer.workspace).await?;
        booking::lock_page(&mut tx, offer.open.page.id).await?;
        let mut made = booking::find(&mut tx, read.id).await?.ok_or(EngineError::NotFound)?;
        if made.state == "cancelled" || made.starts_at <= self.now() {
            return Err(EngineError::refused("booking_over"));
        }
        let sequence = made.ics_sequence;
        change(&mut made);
        made.ics_sequence += 1;
        booking::free_cells(&mut tx, made.id).await?;
        let is_off = made.state == "cancelled";
        if !is_off {
            if !self.free_slots(&mut tx, &offer.open, Some(made.id)).await?.contains(&made.starts_at) {
                return Err(EngineError::refused("slot_taken"));
            }
            self.take_cells(&mut tx, &offer, &made).await?;
        }
        if !booking::change(&mut tx, &made, sequence).await? {
            return Err(EngineError::Conflict);
        }
        let who = Who {
            actor: if made.lead_id.is_some() { WhoActor::Lead } else { WhoActor::Staff },
            lead: made.lead_id,
            contact: made.contact_id,
            company: made.company_id,
        };
        let status = if is_off { BookingStatus::Cancelled } else { BookingStatus::Rescheduled };
        self.booking_happened(&mut tx, &made, who, status).await?;
        let zone = offer.open.zone.clone();
        self.tell_booking(&mut tx, claim.workspace_number, &offer, &made, &zone).await?;
        tx.commit().await?;
        self.committed(offer.workspace);
        Ok(Appointment { offer, booking: made })
    }

    async fn take_cells(&self, tx: &mut Tx, offer: &Offer, made: &Booking) -> Result<()> {
        let cells = offer.open.rules.cells(made.starts_at);
        match booking::take_cells(tx, offer.open.page.host_user_id, made.id, &cells).await {
            Err(StoreError::Duplicate(_)) => Err(EngineError::refused("slot_taken")),
            other => Ok(other?),
        }
    }

    /// Records what happened to an appointment, from any provider: evidence for the lead and a line on the timeline.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn booking_happened(
        &self,
        tx: &mut Tx,
        made: &Booking,
        who: Who,
        status: BookingStatus,
    ) -> Result<()> {
        let source = match made.provider.as_str() {
            "cal_com" => "cal_com",
            "calendly" => "calendly",
            _ => "booking",
        };
        let new = NewEngagement {
            occurred_at: self.now(),
            what: EventKind::Booking {
                status,
                uid: made.uid.clone(),
                replaces: made.replaces_uid.clone(),
                actor: who.actor,
                is_verified: true,
            },
            lead: who.lead,
            contact: who.contact,
            company: who.company,
            message: None,
            link: None,
            inbound: None,
            web_session: None,
            source,
            external_id: format!("{}:{}:{}", made.uid, status, made.ics_sequence),
        };
        if !self.record_engagement(tx, &new).await? {
            return Ok(());
        }
        if let (Some(lead), WhoActor::Lead, BookingStatus::Confirmed) = (who.lead, who.actor, status) {
            self.welcome_inbound(tx, lead, InboundRequest::Booking).await?;
        }
        let kind = match status {
            BookingStatus::Confirmed => "booking.confirmed",
            BookingStatus::Rescheduled => "booking.moved",
            BookingStatus::Cancelled => "booking.cancelled",
        };
        let mut happened = self.event(Actor::Lead, kind, "booking", Some(made.id));
        happened.company_id = who.company;
        happened.contact_id = who.contact;
        happened.data = serde_json::json!({
            "lead_id": who.lead.map(|l| l.0),
            "starts_at": made.starts_at.to_string(),
            "guest_name": made.guest_name,
            "provider": made.provider,
        })
        .to_string();
        self.announce(tx, &happened).await?;
        let (Some(company), WhoActor::Lead | WhoActor::Colleague) = (who.company, who.actor) else {
            return Ok(());
        };
        let sign = sign_of(made, who, status, kind, self.now());
        self.came_in(tx, company, who.lead, sign).await
    }

    /// The address of the page on which a guest moves or cancels.
    pub fn booking_url(&self, workspace_number: u32, id: uuid::Uuid) -> String {
        let token = self.keys().public_token(TokenKind::Booking, TokenClaim { workspace_number, id });
        format!("{}/b/m/{token}", self.config().link_url)
    }
}

/// What an appointment means to whoever sells to the guest.
fn sign_of<'a>(
    made: &'a Booking,
    who: Who,
    status: BookingStatus,
    kind: &'a str,
    now: Timestamp,
) -> Sign<'a> {
    let is_off = status == BookingStatus::Cancelled;
    let action = if is_off {
        ("call", "next_action.meeting_cancelled")
    } else {
        ("meeting", "next_action.prepare_meeting")
    };
    Sign {
        kind,
        action: Some(action),
        contact: who.contact,
        name: &made.guest_name,
        at: now,
        before: (!is_off).then_some(made.starts_at),
        data: serde_json::json!({ "at": made.starts_at.to_string() }),
    }
}

/// The name under which a workspace shows itself to strangers.
pub fn sender_of(workspace: Workspace, settings: Settings) -> String {
    if settings.sender_company.is_empty() { workspace.name } else { settings.sender_company }
}

async fn mail_domain(tx: &mut Tx, offer: &Offer) -> Result<String> {
    let mailbox = mailbox::find(tx, offer.open.page.mailbox_id).await?.ok_or(EngineError::NotFound)?;
    let address = EmailAddress::parse(&mailbox.address).map_err(|e| EngineError::Outside(e.to_string()))?;
    Ok(address.domain().as_str().to_owned())
}

fn checked(input: &BookingInput) -> Result<EmailAddress> {
    let mut errors = Vec::new();
    let name = input.name.trim();
    if name.is_empty() || name.chars().count() > 200 || HeaderText::new(name).is_err() {
        errors.push(FieldError::new("name", "required"));
    }
    if input.note.chars().count() > 4_000 {
        errors.push(FieldError::new("note", "too_many"));
    }
    match EmailAddress::parse(&input.email) {
        Ok(address) if errors.is_empty() => Ok(address),
        Ok(_) => Err(EngineError::Invalid(errors)),
        Err(_) => {
            errors.push(FieldError::new("email", "email"));
            Err(EngineError::Invalid(errors))
        }
    }
}
