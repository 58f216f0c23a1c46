//! What a company is in law and whether an address is a guess: facts on which the gate rests, recorded with their source.

use jiff::civil::Date;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::id::{CompanyId, ContactId};
use kiem_store::{company, contact};

use crate::engine::clock::latest_today;
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// What a company is in law, as a person looked it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalStanding {
    /// Legal form as written; empty when it is not known.
    pub legal_form: String,
    /// Where it was looked up, in words.
    pub source: String,
    /// On which day.
    pub known_on: Date,
    /// Whether the company set the non-mailing indicator.
    pub is_non_mailing: bool,
}

/// Characters of a form or a source.
const TEXT_CHARS_MAX: usize = 200;

impl Engine {
    /// Records what a company is in law.
    ///
    /// # Errors
    /// When the caller may not, the company is not there, or a field is not right.
    pub async fn put_legal_standing(&self, caller: &Caller, id: CompanyId, new: LegalStanding) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let (form, source) = (new.legal_form.trim(), new.source.trim());
        let mut errors = Vec::new();
        for (field, text) in [("legal_form", form), ("source", source)] {
            if text.chars().count() > TEXT_CHARS_MAX {
                errors.push(FieldError::new(field, "too_long"));
            }
        }
        if !form.is_empty() && source.is_empty() {
            errors.push(FieldError::new("source", "required"));
        }
        if new.known_on > latest_today(self.now()) {
            errors.push(FieldError::new("known_on", "future"));
        }
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut stored = company::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let known = stored.clone();
        let before = known.details.clone();
        let is_known = !form.is_empty();
        stored.details.legal_form = is_known.then(|| form.to_owned());
        stored.details.legal_form_source = is_known.then(|| source.to_owned());
        stored.details.legal_form_on = is_known.then_some(new.known_on);
        stored.details.is_non_mailing = new.is_non_mailing;
        stored.updated_at = self.now();
        company::update(&mut tx, &stored).await?;
        let detail = serde_json::json!({
            "legal_form": [before.legal_form, stored.details.legal_form],
            "source": stored.details.legal_form_source,
            "non_mailing": [before.is_non_mailing, new.is_non_mailing],
        });
        self.note_company_change(&mut tx, caller, &known, &stored).await?;
        self.audit(&mut tx, caller, "company.standing_recorded", "company", Some(id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Records whether a person's address was stated by somebody or is a guess.
    ///
    /// # Errors
    /// When the caller may not, or the person is not there, was erased or has no address.
    pub async fn put_address_origin(
        &self,
        caller: &Caller,
        id: ContactId,
        origin: AddressOrigin,
    ) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut stored = contact::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if stored.email.is_none() {
            return Err(EngineError::field("origin", "no_address"));
        }
        let before = stored.email_origin;
        stored.email_origin = origin;
        stored.updated_at = self.now();
        if !contact::update(&mut tx, &stored).await? {
            return Err(EngineError::refused("person_erased"));
        }
        let detail = serde_json::json!({ "origin": [before.as_str(), origin.as_str()] });
        self.audit(&mut tx, caller, "contact.address_origin", "contact", Some(id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}
