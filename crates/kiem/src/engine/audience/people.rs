//! Erasing a person on request (GDPR article 17). A keyed hash of the address stays on the suppression list, and one of the
//! name at the company, so that the person is never approached again and never comes back with a list.

use jiff::Timestamp;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::ContactId;
use kiem_store::contact::Contact;
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::{StoreError, Tx, account, company, contact, contact_alias, erasure, lead};

use crate::engine::send::journal::JournalOutcome;
use crate::engine::settings::language_of;
use crate::engine::suppress::StopOrder;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::say;

/// Wipes what stands about a person outside their own record, which was read before it was erased.
///
/// # Errors
/// Whatever the database refuses.
pub(crate) async fn wipe_person(
    tx: &mut Tx,
    person: &Contact,
    now: Timestamp,
) -> std::result::Result<(), StoreError> {
    let full_name = person.full_name();
    let workspace = account::workspace_in(tx).await?;
    let company = company::get(tx, person.company_id).await?.map(|c| c.name).unwrap_or_default();
    // Who was their own company leaves no name behind there either.
    let company = if company == full_name { String::new() } else { company };
    let next_action = say(language_of(&workspace), "next_action.get_in_touch", &[("name", company)]);
    let former = contact_alias::of_contacts(tx, &[person.id]).await?;
    let traces = erasure::Traces {
        contact: person.id,
        email: person.email.as_deref(),
        full_name: Some(full_name.as_str()),
        next_action: &next_action,
    };
    erasure::wipe_traces(tx, traces, now).await?;
    for alias in former {
        if let Some(email) = &alias.email {
            erasure::wipe_address(tx, email, &next_action).await?;
        }
    }
    Ok(())
}

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
        let former = contact_alias::of_contacts(&mut tx, &[id]).await?;
        let addresses = person.email.iter().chain(former.iter().filter_map(|was| was.email.as_ref()));
        for address in addresses.filter_map(|email| EmailAddress::parse(email).ok()) {
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
        let names = std::iter::once(&person.name_key).chain(former.iter().map(|was| &was.name_key));
        for name in names.filter(|name| !name.is_empty()) {
            let hash = self.keys().erased_name_hash(name);
            erasure::keep_name(&mut tx, self.new_id(), person.company_id, &hash, self.now()).await?;
        }
        wipe_person(&mut tx, &person, self.now()).await?;
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
