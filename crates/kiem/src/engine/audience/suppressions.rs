//! The suppression list as people work with it: look, add, and take off with a reason.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::lead::LeadState;
use kiem_domain::phone::PhoneNumber;
use kiem_store::lead;
use kiem_store::suppression::{self, Suppression};

use super::person_aliases::people_at;
use crate::engine::send::journal::JournalOutcome;
use crate::engine::suppress::{DomainStop, PhoneStop, StopOrder};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Characters of a reason.
const REASON_CHARS_MAX: usize = 300;

impl Engine {
    /// The list, newest first, from before `before` on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppressions(
        &self,
        caller: &Caller,
        before: Option<Timestamp>,
        limit: i64,
    ) -> Result<(Vec<Suppression>, i64)> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let before = before.unwrap_or(self.now() + SignedDuration::from_secs(1));
        Ok((suppression::list(&mut tx, before, limit).await?, suppression::count(&mut tx).await?))
    }

    /// Puts an address, a whole domain or a telephone number on the list and stops what runs for that person; at a number
    /// nobody is called, mail is not touched. Returns whether it was new.
    ///
    /// # Errors
    /// When the caller may not, or the text is none of these.
    pub async fn suppress_by_hand(&self, caller: &Caller, what: &str, why: &str) -> Result<bool> {
        caller.may(Permission::Suppress)?;
        let why = checked_reason(why)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let new = if what.contains('@') {
            let address =
                EmailAddress::parse(what).map_err(|_| EngineError::field("address", "blockable"))?;
            let person = people_at(&mut tx, &[address.as_str().to_owned()]).await?.into_iter().next();
            let on_list = match &person {
                Some(person) => lead::of_contact(&mut tx, person.id).await?,
                None => None,
            };
            let order = StopOrder {
                address: &address,
                reason: "manual",
                source: &why,
                lead: on_list.as_ref().map(|l| l.id),
                actor: caller.actor,
            };
            let new = self.suppress(&mut tx, order).await?;
            if let Some(on_list) = on_list {
                let from = [LeadState::New, LeadState::Approached, LeadState::Paused, LeadState::Resting];
                lead::set_state(&mut tx, on_list.id, &from, LeadState::Blocked, None).await?;
            }
            new
        } else if is_number(what) {
            let number =
                PhoneNumber::parse(what, None).ok_or_else(|| EngineError::field("address", "blockable"))?;
            let stop = PhoneStop { number: &number, reason: "manual", source: &why, actor: caller.actor };
            self.suppress_phone(&mut tx, stop).await?
        } else {
            let domain = DomainName::parse(what).map_err(|_| EngineError::field("address", "blockable"))?;
            if domain.is_free_mail() {
                return Err(EngineError::refused("suppress_free_mail"));
            }
            let key = vec![self.domain_key(&domain)];
            self.keep_in_journal(caller.workspace, JournalOutcome::OptedOut, key).await;
            let stop = DomainStop { domain: &domain, source: &why, company: None, actor: caller.actor };
            self.suppress_domain_noted(&mut tx, stop).await?
        };
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(new)
    }

    /// Takes an entry off the list; only with a reason, and never one of a person who asked to be erased.
    ///
    /// # Errors
    /// When the caller may not, the entry is not there, or it stands for an erased person.
    pub async fn unsuppress(&self, caller: &Caller, key_hash: &[u8], why: &str) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let why = checked_reason(why)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let found = suppression::reasons(&mut tx, &[key_hash.to_vec()]).await?;
        let (_, reason) = found.into_iter().next().ok_or(EngineError::NotFound)?;
        if reason == "erased" {
            return Err(EngineError::refused("person_erased"));
        }
        suppression::remove(&mut tx, key_hash).await?;
        let mut happened = self.event(caller.actor, "suppression.removed", "suppression", None);
        happened.data = serde_json::json!({ "was": reason, "why": why }).to_string();
        self.announce(&mut tx, &happened).await?;
        tx.commit().await?;
        // After the commit: a removal that failed must not be undone by a restore.
        self.keep_in_journal(caller.workspace, JournalOutcome::OptedIn, vec![key_hash.to_vec()]).await;
        self.committed(caller.workspace);
        Ok(())
    }
}

/// Whether a text can only be meant as a telephone number: domains have letters.
fn is_number(what: &str) -> bool {
    what.chars().any(|c| c.is_ascii_digit()) && !what.chars().any(char::is_alphabetic)
}

pub(super) fn checked_reason(why: &str) -> Result<String> {
    let why = why.trim();
    if why.is_empty() {
        return Err(EngineError::field("reason", "required"));
    }
    if why.chars().count() > REASON_CHARS_MAX {
        return Err(EngineError::field("reason", "too_long"));
    }
    Ok(why.to_owned())
}
