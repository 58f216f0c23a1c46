//! Webhooks of booking services: the signature first, then what happened. A service tells the same more than once.

use aws_lc_rs::hmac;
use jiff::{SignedDuration, Timestamp};
use kiem_domain::contact::EmailAddress;
use kiem_domain::promotion::BookingStatus;
use kiem_store::booking::{self, Booking};
use kiem_store::inlet::{self, Inlet, InletKind};
use serde_json::Value;

use super::who::{Introduction, Who};
use crate::engine::keys::TokenKind;
use crate::engine::settings::language_of;
use crate::engine::{Engine, EngineError, Result};

/// A signed moment that is older is a replay.
const SIGNATURE_AGE_MAX: SignedDuration = SignedDuration::from_mins(3);

/// The signature headers of the services.
#[derive(Debug, Clone, Default)]
pub struct HookSignatures {
    /// `X-Cal-Signature-256`.
    pub cal_com: Option<String>,
    /// `Calendly-Webhook-Signature`.
    pub calendly: Option<String>,
}

/// What a webhook was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookOutcome {
    /// Understood, or nothing that concerns us.
    Taken,
    /// No such entrance.
    Unknown,
    /// The signature is not the service's.
    Forged,
    /// Signed, and not what the service documents.
    Unreadable,
}

/// What a service says about one appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    status: BookingStatus,
    uid: String,
    replaces: Option<String>,
    starts_at: Timestamp,
    ends_at: Timestamp,
    name: String,
    email: String,
    note: String,
    visit_token: Option<String>,
}

impl Engine {
    /// Takes a webhook of a booking service.
    ///
    /// # Errors
    /// When the database fails; the service then tries again.
    pub async fn take_hook(
        &self,
        token: &str,
        signatures: &HookSignatures,
        body: &[u8],
    ) -> Result<HookOutcome> {
        let Some((workspace, claim)) = self.public_claim(TokenKind::Inlet, token).await? else {
            return Ok(HookOutcome::Unknown);
        };
        let mut tx = self.store().read(workspace).await?;
        let found = inlet::find(&mut tx, claim.id).await?;
        drop(tx);
        let Some(inlet) = found.filter(|i| i.active && i.kind != InletKind::QuoteForm) else {
            return Ok(HookOutcome::Unknown);
        };
        if !self.is_signed(&inlet, signatures, body) {
            return Ok(HookOutcome::Forged);
        }
        let Ok(document) = serde_json::from_slice::<Value>(body) else { return Ok(HookOutcome::Unreadable) };
        let told = match inlet.kind {
            InletKind::CalCom => cal_com(&document),
            _ => calendly(&document),
        };
        let told = match told {
            Read::Told(told) => told,
            Read::Other => return Ok(HookOutcome::Taken),
            Read::Broken => return Ok(HookOutcome::Unreadable),
        };
        let (row, _) = self.workspace(workspace).await?;
        let language = language_of(&row).as_str().to_owned();
        let mut tx = self.store().begin(workspace).await?;
        self.take_told(&mut tx, inlet.kind, language, *told).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(HookOutcome::Taken)
    }

    fn is_signed(&self, inlet: &Inlet, signatures: &HookSignatures, body: &[u8]) -> bool {
        let Some(secret) = self.inlet_secret(inlet) else { return false };
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let verify = |signed: &[u8], hex: &str| {
            from_hex(hex).is_some_and(|mac| hmac::verify(&key, signed, &mac).is_ok())
        };
        if inlet.kind == InletKind::CalCom {
            return signatures.cal_com.as_deref().is_some_and(|mac| verify(body, mac));
        }
        let Some(header) = signatures.calendly.as_deref() else { return false };
        let part = |name: &str| header.split(',').find_map(|p| p.trim().strip_prefix(name));
        let (Some(t), Some(v1)) = (part("t="), part("v1=")) else { return false };
        let at = t.parse::<i64>().ok().and_then(|s| Timestamp::from_second(s).ok());
        let is_fresh = at.is_some_and(|at| self.now().duration_since(at).abs() <= SIGNATURE_AGE_MAX);
        is_fresh && verify(&[t.as_bytes(), b".", body].concat(), v1)
    }

    async fn take_told(
        &self,
        tx: &mut kiem_store::Tx,
        kind: InletKind,
        language: String,
        told: Told,
    ) -> Result<()> {
        let provider = kind.as_str();
        let Ok(email) = EmailAddress::parse(&told.email) else { return Ok(()) };
        let known = match booking::by_uid(tx, provider, &told.uid).await? {
            Some(known) => Some(known),
            None => match &told.replaces {
                Some(old) => booking::by_uid(tx, provider, old).await?,
                None => None,
            },
        };
        // About an appointment that has moved on: its present uid is another one.
        if known.is_none() && booking::by_replaced_uid(tx, provider, &told.uid).await?.is_some() {
            return Ok(());
        }
        if let Some(mut known) = known {
            let is_same = known.uid == told.uid && known.starts_at == told.starts_at;
            let is_off = told.status == BookingStatus::Cancelled;
            if known.state == "cancelled" || (is_same && !is_off) {
                return Ok(());
            }
            let sequence = known.ics_sequence;
            known.ics_sequence += 1;
            if is_off {
                known.state = "cancelled".to_owned();
            } else {
                if known.uid != told.uid {
                    known.replaces_uid = Some(std::mem::replace(&mut known.uid, told.uid));
                }
                known.state = "rescheduled".to_owned();
                known.starts_at = told.starts_at;
                known.ends_at = told.ends_at;
            }
            if !booking::change(tx, &known, sequence).await? {
                return Err(EngineError::Conflict);
            }
            let who = Who {
                actor: if known.lead_id.is_some() {
                    kiem_domain::engagement::Actor::Lead
                } else {
                    kiem_domain::engagement::Actor::Staff
                },
                lead: known.lead_id,
                contact: known.contact_id,
                company: known.company_id,
            };
            let status = if is_off { BookingStatus::Cancelled } else { BookingStatus::Rescheduled };
            return self.booking_happened(tx, &known, who, status).await;
        }
        if told.status == BookingStatus::Cancelled {
            return Ok(());
        }
        let person = Introduction {
            email: &email,
            name: &told.name,
            company: "",
            phone: "",
            visit_token: told.visit_token.as_deref(),
            source: provider,
        };
        let who = self.who_is(tx, &person).await?;
        let new = Booking {
            id: self.new_id(),
            provider: provider.to_owned(),
            uid: told.uid,
            replaces_uid: told.replaces,
            page_id: None,
            host_user_id: None,
            state: "confirmed".to_owned(),
            starts_at: told.starts_at,
            ends_at: told.ends_at,
            guest_name: told.name,
            guest_email: email.to_string(),
            note: told.note,
            language,
            ics_sequence: 0,
            lead_id: who.lead,
            contact_id: who.contact,
            company_id: who.company,
            created_at: self.now(),
        };
        if booking::insert(tx, &new).await? {
            self.booking_happened(tx, &new, who, BookingStatus::Confirmed).await?;
        }
        Ok(())
    }
}

enum Read {
    Told(Box<Told>),
    /// Not about an appointment, or the half of a move that says nothing by itself.
    Other,
    Broken,
}

fn text(value: &Value, path: &str) -> Option<String> {
    value.pointer(path).and_then(Value::as_str).map(|t| t.chars().take(4_000).collect())
}

fn moment(value: &Value, path: &str) -> Option<Timestamp> {
    text(value, path)?.parse().ok()
}

/// Cal.com: `triggerEvent` and `payload` with `uid`, `rescheduleUid`, `startTime`, `attendees`.
fn cal_com(document: &Value) -> Read {
    let status = match document.pointer("/triggerEvent").and_then(Value::as_str) {
        Some("BOOKING_CREATED") => BookingStatus::Confirmed,
        Some("BOOKING_RESCHEDULED") => BookingStatus::Rescheduled,
        Some("BOOKING_CANCELLED") => BookingStatus::Cancelled,
        Some(_) => return Read::Other,
        None => return Read::Broken,
    };
    let told = || {
        Some(Told {
            status,
            uid: text(document, "/payload/uid")?,
            replaces: text(document, "/payload/rescheduleUid"),
            starts_at: moment(document, "/payload/startTime")?,
            ends_at: moment(document, "/payload/endTime")?,
            name: text(document, "/payload/attendees/0/name").unwrap_or_default(),
            email: text(document, "/payload/attendees/0/email")?,
            note: text(document, "/payload/additionalNotes").unwrap_or_default(),
            visit_token: text(document, "/payload/metadata/kiem"),
        })
    };
    told().map_or(Read::Broken, |told| Read::Told(Box::new(told)))
}

/// Calendly: `event` and `payload` with the invitee; a move is a cancellation with `rescheduled` and a creation with
/// `old_invitee`.
fn calendly(document: &Value) -> Read {
    let created = match document.pointer("/event").and_then(Value::as_str) {
        Some("invitee.created") => true,
        Some("invitee.canceled") => false,
        Some(_) => return Read::Other,
        None => return Read::Broken,
    };
    if !created && document.pointer("/payload/rescheduled").and_then(Value::as_bool) == Some(true) {
        return Read::Other;
    }
    let replaces = text(document, "/payload/old_invitee");
    let status = match (created, &replaces) {
        (true, None) => BookingStatus::Confirmed,
        (true, Some(_)) => BookingStatus::Rescheduled,
        (false, _) => BookingStatus::Cancelled,
    };
    let told = || {
        Some(Told {
            status,
            uid: text(document, "/payload/uri")?,
            replaces,
            starts_at: moment(document, "/payload/scheduled_event/start_time")?,
            ends_at: moment(document, "/payload/scheduled_event/end_time")?,
            name: text(document, "/payload/name").unwrap_or_default(),
            email: text(document, "/payload/email")?,
            note: text(document, "/payload/questions_and_answers/0/answer").unwrap_or_default(),
            visit_token: text(document, "/payload/tracking/utm_content"),
        })
    };
    told().map_or(Read::Broken, |told| Read::Told(Box::new(told)))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    if !text.is_ascii() || text.len() % 2 != 0 {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect()
}
