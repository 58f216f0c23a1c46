//! May this person be mailed, and why: the recorded ground, the country's rule and the suppression list together.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiem_domain::consent::{self, Basis, Block, GateFacts, Ground};
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::ContactId;
use kiem_store::contact::{self, Contact, ContactGround};
use kiem_store::{Tx, company};

use super::bring_in::GroundToRecord;
use super::profile::user_of;
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// A ground as a person declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGround {
    /// Why.
    pub basis: Basis,
    /// Where the data came from, in words that the first mail repeats.
    pub source: String,
    /// Proof; needed for consent and for a designated address.
    pub source_detail: String,
    /// Day on which data or consent was obtained; never in the future.
    pub obtained_on: Date,
}

/// Characters of the words about a source.
const SOURCE_CHARS_MAX: usize = 300;

impl Engine {
    /// Asks the gate about one person: the ground on which a mail may go out, or the first reason against it. A person
    /// who is not there may not be mailed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gate_for(
        &self,
        tx: &mut Tx,
        contact: ContactId,
    ) -> Result<std::result::Result<Basis, Block>> {
        let Some(person) = contact::get(tx, contact).await? else { return Ok(Err(Block::Erased)) };
        let country = company::get(tx, person.company_id).await?.and_then(|c| c.country);
        let ground = contact::ground(tx, contact).await?;
        self.gate_with(tx, &person, country.as_deref(), ground.as_ref()).await
    }

    pub(super) async fn gate_with(
        &self,
        tx: &mut Tx,
        person: &Contact,
        country: Option<&str>,
        ground: Option<&ContactGround>,
    ) -> Result<std::result::Result<Basis, Block>> {
        // An address that cannot be parsed cannot be mailed; it counts as none.
        let address = person.email.as_deref().and_then(|e| EmailAddress::parse(e).ok());
        let is_suppressed = match &address {
            Some(address) => self.is_suppressed(tx, address).await?,
            None => false,
        };
        let ground =
            ground.map(|g| Ground { basis: g.basis, source: g.source.clone(), obtained_on: g.obtained_on });
        Ok(consent::gate(&GateFacts {
            ground: ground.as_ref(),
            country,
            is_suppressed,
            has_address: address.is_some(),
            is_erased: person.erased_at.is_some(),
        }))
    }

    /// Records or replaces the ground of one person.
    ///
    /// # Errors
    /// When the caller may not, the person is not there, or the declaration is not complete.
    pub async fn put_ground(&self, caller: &Caller, contact: ContactId, new: NewGround) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let ground = self.checked_ground(caller, new)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let person = contact::get(&mut tx, contact).await?.ok_or(EngineError::NotFound)?;
        if person.erased_at.is_some() {
            return Err(EngineError::refused("person_erased"));
        }
        let stored = ContactGround {
            contact_id: contact,
            basis: ground.basis,
            source: ground.source,
            source_detail: ground.source_detail,
            obtained_on: ground.obtained_on,
            recorded_by: ground.recorded_by,
            recorded_at: self.now(),
        };
        contact::put_ground(&mut tx, &stored).await?;
        let detail = serde_json::json!({ "basis": stored.basis.as_str(), "source": stored.source });
        self.audit(&mut tx, caller, "ground.recorded", "contact", Some(contact.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Withdraws the ground of one person: from then on the gate is closed.
    ///
    /// # Errors
    /// When the caller may not, or there is none.
    pub async fn remove_ground(&self, caller: &Caller, contact: ContactId) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !contact::remove_ground(&mut tx, contact).await? {
            return Err(EngineError::NotFound);
        }
        self.audit(&mut tx, caller, "ground.removed", "contact", Some(contact.0), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Checks a declaration: words about the source, a day that is not in the future, proof where the law wants it.
    pub(super) fn checked_ground(&self, caller: &Caller, new: NewGround) -> Result<GroundToRecord> {
        let recorded_by = user_of(caller)?;
        let (source, detail) = (new.source.trim(), new.source_detail.trim());
        let mut errors = Vec::new();
        if source.is_empty() {
            errors.push(FieldError::new("ground.source", "required"));
        }
        for (field, text) in [("ground.source", source), ("ground.source_detail", detail)] {
            if text.chars().count() > SOURCE_CHARS_MAX {
                errors.push(FieldError::new(field, "too_long"));
            }
        }
        if matches!(new.basis, Basis::Consent | Basis::DesignatedAddress) && detail.is_empty() {
            errors.push(FieldError::new("ground.source_detail", "proof"));
        }
        if new.obtained_on > self.now().to_zoned_datetime(TimeZone::UTC).date() {
            errors.push(FieldError::new("ground.obtained_on", "future"));
        }
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        Ok(GroundToRecord {
            basis: new.basis,
            source: source.to_owned(),
            source_detail: detail.to_owned(),
            obtained_on: new.obtained_on,
            recorded_by,
        })
    }
}
