//! Erasing a person on request (GDPR article 17). A keyed hash of the address stays on the suppression list, so that
//! the person is never approached again and never comes back with a list.

use kiem_domain::contact::EmailAddress;
use kiem_domain::id::ContactId;
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::{contact, erasure, lead};

use crate::engine::send::journal::JournalOutcome;
use crate::engine::suppress::StopOrder;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

impl Engine {
    /// Erases a person: stops their outreach, wipes every field and text about them, keeps only the hash.
    ///
    /// # Errors
    /// When the caller may not, the person is not there, or was erased before.
    pub async fn erase_contact(&self, caller: &Caller, id: ContactId) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let person = contact::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let on_list = lead::of_contact(&mut tx, id).await?;
        if let Some(address) = person.email.as_deref().and_then(|e| EmailAddress::parse(e).ok()) {
            let order = StopOrder {
                address: &address,
                reason: "erased",
                source: "",
                lead: None,
                actor: caller.actor,
            };
            self.suppress(&mut tx, order).await?;
        }
        if let Some(on_list) = &on_list {
            outreach_stop::stop(&mut tx, StopScope::Lead(on_list.id), "erased", self.now()).await?;
        }
        if !contact::erase(&mut tx, id, self.now()).await? {
            return Err(EngineError::refused("person_erased"));
        }
        erasure::wipe_traces(&mut tx, id, person.email.as_deref()).await?;
        self.keep_in_journal(caller.workspace, JournalOutcome::Erased, vec![id.0.as_bytes().to_vec()]).await;
        let mut happened = self.event(caller.actor, "lead.suppressed", "lead", on_list.map(|l| l.id.0));
        happened.company_id = Some(person.company_id);
        happened.contact_id = Some(id);
        happened.data = serde_json::json!({ "reason": "erased" }).to_string();
        self.announce(&mut tx, &happened).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}
