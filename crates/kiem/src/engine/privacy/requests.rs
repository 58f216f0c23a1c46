//! What people ask about their data: typed in with the address, answered within a month, and done in one action.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{ContactId, UserId};
use kiem_store::contact::{self, Contact};
use kiem_store::event::Actor;
use kiem_store::person_data::{self, Known};
use kiem_store::privacy_request::{self, PrivacyKind, PrivacyOutcome, PrivacyRequest};
use kiem_store::{Tx, account, erasure, lead};
use serde_json::json;
use uuid::Uuid;

use crate::engine::audience::people_at;
use crate::engine::clock::latest_today;
use crate::engine::settings::language_of;
use crate::engine::suppress::StopOrder;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::say;

/// Requests that a page lists.
const LIST_MAX: i64 = 200;
/// Characters of a note.
const NOTE_CHARS_MAX: usize = 1_000;

/// A request as it is typed in.
#[derive(Debug, Clone)]
pub struct NewPrivacyRequest {
    /// What they ask.
    pub kind: PrivacyKind,
    /// The address that they wrote from or named.
    pub address: String,
    /// The day on which it came.
    pub received_on: Date,
    /// In words.
    pub note: String,
}

/// A request with what is held about whoever asks.
#[derive(Debug, Clone)]
pub struct PrivacyCase {
    /// The request.
    pub request: PrivacyRequest,
    /// Who it is, when somebody is known under the address.
    pub person: Option<Contact>,
    /// Tables that hold something, with how many records.
    pub held: Vec<(&'static str, usize)>,
}

impl Engine {
    /// Writes a request down. It must be answered within a month.
    ///
    /// # Errors
    /// When the caller may not, or a field is not right.
    pub async fn add_privacy_request(&self, caller: &Caller, new: NewPrivacyRequest) -> Result<Uuid> {
        caller.may(Permission::WorkAudience)?;
        let address =
            EmailAddress::parse(new.address.trim()).map_err(|_| EngineError::field("address", "email"))?;
        if new.received_on > latest_today(self.now()) {
            return Err(EngineError::field("received_on", "future"));
        }
        if new.note.chars().count() > NOTE_CHARS_MAX {
            return Err(EngineError::field("note", "too_long"));
        }
        let mut tx = self.store().begin(caller.workspace).await?;
        let person = self.person_at(&mut tx, &address).await?;
        let request = PrivacyRequest {
            id: self.new_id(),
            kind: new.kind,
            address: address.to_string(),
            contact_id: person.map(|person| person.id),
            received_on: new.received_on,
            due_on: new.received_on.saturating_add(1.month()),
            note: new.note.trim().to_owned(),
            outcome: None,
            outcome_note: String::new(),
            handled_at: None,
            handled_by: None,
            created_at: self.now(),
        };
        privacy_request::insert(&mut tx, &request).await?;
        let detail = json!({ "kind": request.kind.as_str(), "due_on": request.due_on.to_string() });
        self.audit(&mut tx, caller, "privacy.requested", "privacy_request", Some(request.id), &detail)
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(request.id)
    }

    /// The requests, those that are open first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn privacy_requests(&self, caller: &Caller) -> Result<Vec<PrivacyRequest>> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(privacy_request::list(&mut tx, LIST_MAX).await?)
    }

    /// One request with what is held now about whoever asks.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn privacy_case(&self, caller: &Caller, id: Uuid) -> Result<PrivacyCase> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let request = privacy_request::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let person = self.person_of(&mut tx, &request).await?;
        let held = person_data::of(&mut tx, known(&request.address, person.as_ref()).as_known()).await?;
        let held = held
            .into_iter()
            // What was asked is no answer to what is held.
            .filter(|one| one.table != "privacy_request")
            .map(|one| (one.table, one.rows.len()))
            .collect();
        Ok(PrivacyCase { request, person, held })
    }

    /// Who has an address or had it, also without its tag.
    async fn person_at(&self, tx: &mut Tx, address: &EmailAddress) -> Result<Option<Contact>> {
        let addresses = [address.to_string(), address.without_tag().to_string()];
        let found = people_at(tx, &addresses).await?.into_iter().next();
        Ok(found.filter(|person| person.erased_at.is_none()))
    }

    async fn person_of(&self, tx: &mut Tx, request: &PrivacyRequest) -> Result<Option<Contact>> {
        let person = match (request.contact_id, EmailAddress::parse(&request.address)) {
            (Some(id), _) => contact::get(tx, id).await?,
            // Somebody may have come in since.
            (None, Ok(address)) => self.person_at(tx, &address).await?,
            (None, Err(_)) => None,
        };
        Ok(person.filter(|person| person.erased_at.is_none()))
    }

    /// Does what was asked and closes the request, in that order: erased, suppressed, or only written down as answered.
    ///
    /// # Errors
    /// When the caller may not, it is not there, it was closed before, or a refusal has no reason.
    pub async fn handle_privacy_request(
        &self,
        caller: &Caller,
        id: Uuid,
        outcome: PrivacyOutcome,
        note: &str,
    ) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let note = note.trim();
        if note.is_empty() && outcome == PrivacyOutcome::Refused {
            return Err(EngineError::field("note", "required"));
        }
        if note.chars().count() > NOTE_CHARS_MAX {
            return Err(EngineError::field("note", "too_long"));
        }
        let mut tx = self.store().read(caller.workspace).await?;
        let request = privacy_request::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let person = self.person_of(&mut tx, &request).await?;
        drop(tx);
        if request.handled_at.is_some() {
            return Err(EngineError::refused("privacy_request_closed"));
        }
        match (outcome, person) {
            (PrivacyOutcome::Erased, Some(person)) => self.erase_contact(caller, person.id).await?,
            (PrivacyOutcome::Erased, None) => self.erase_address(caller, &request.address).await?,
            (PrivacyOutcome::Suppressed, person) => {
                self.object(caller, &request.address, person.map(|person| person.id)).await?;
            }
            _ => {}
        }
        let by = match caller.actor {
            Actor::User(user) => Some(UserId(user)),
            _ => None,
        };
        let mut tx = self.store().begin(caller.workspace).await?;
        if !privacy_request::close(&mut tx, id, outcome, note, by, self.now()).await? {
            return Err(EngineError::refused("privacy_request_closed"));
        }
        let detail = json!({ "kind": request.kind.as_str(), "outcome": outcome.as_str() });
        self.audit(&mut tx, caller, "privacy.handled", "privacy_request", Some(id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Wipes what stands under an address of nobody we know, and keeps the address from coming in.
    async fn erase_address(&self, caller: &Caller, address: &str) -> Result<()> {
        let address = EmailAddress::parse(address).map_err(|_| EngineError::field("address", "email"))?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let order =
            StopOrder { address: &address, reason: "erased", source: "", lead: None, actor: caller.actor };
        self.suppress(&mut tx, order).await?;
        let lang = language_of(&account::workspace_in(&mut tx).await?);
        let next_action = say(lang, "next_action.get_in_touch", &[("name", String::new())]);
        erasure::wipe_address(&mut tx, address.as_str(), &next_action).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Puts an address on the suppression list because its holder objects, and stops what runs for them.
    async fn object(&self, caller: &Caller, address: &str, person: Option<ContactId>) -> Result<()> {
        let address = EmailAddress::parse(address).map_err(|_| EngineError::field("address", "email"))?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let on_list = match person {
            Some(person) => lead::of_contact(&mut tx, person).await?.map(|lead| lead.id),
            None => None,
        };
        let order = StopOrder {
            address: &address,
            reason: "objection",
            source: "manual",
            lead: on_list,
            actor: caller.actor,
        };
        self.suppress(&mut tx, order).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}

/// Under what somebody is known, in texts of its own.
pub(super) struct KnownAs {
    contact: Option<ContactId>,
    email: Option<String>,
    full_name: Option<String>,
}

impl KnownAs {
    pub(super) fn as_known(&self) -> Known<'_> {
        Known {
            contact: self.contact,
            email: self.email.as_deref().filter(|email| !email.is_empty()),
            full_name: self.full_name.as_deref(),
        }
    }
}

/// Under what somebody is known: their record, or else the address alone.
pub(super) fn known(address: &str, person: Option<&Contact>) -> KnownAs {
    match person {
        Some(person) => KnownAs {
            contact: Some(person.id),
            email: person.email.clone(),
            full_name: Some(person.full_name()),
        },
        None => KnownAs { contact: None, email: Some(address.to_owned()), full_name: None },
    }
}
