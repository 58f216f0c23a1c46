//! Stop means stop: putting an address on the suppression list and ending everything that was planned for it.

use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{UserId, WorkspaceId};
use kiem_store::event::Actor;
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::suppression::{self, Suppression};
use kiem_store::{Tx, promotion};

use super::send::journal::{Journal, JournalEntry, JournalOutcome};
use super::{Engine, Result};

/// Why somebody is put on the list, and where that came from.
#[derive(Debug, Clone, Copy)]
pub struct StopOrder<'a> {
    /// The address.
    pub address: &'a EmailAddress,
    /// Reason as stored (`unsubscribed`, `replied_stop`, `complaint`, `hard_bounce`, `objection`, `manual`, ...).
    pub reason: &'a str,
    /// Where it came from, in words.
    pub source: &'a str,
    /// The lead whose outreach ends, when known.
    pub lead: Option<kiem_domain::id::LeadId>,
    /// Who did it.
    pub actor: Actor,
}

/// An address as it may be shown: first letter and domain.
pub fn hint(address: &EmailAddress) -> String {
    let first = address.local().chars().next().unwrap_or('…');
    format!("{first}…@{}", address.domain())
}

impl Engine {
    /// Suppresses an address and stops the person's outreach, in the given transaction. Safe to do twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppress(&self, tx: &mut Tx, order: StopOrder<'_>) -> Result<bool> {
        let now = self.now();
        let created_by = match order.actor {
            Actor::User(id) => Some(UserId(id)),
            _ => None,
        };
        let entry = Suppression {
            key_hash: self.keys().address_hash(order.address),
            kind: "email".to_owned(),
            hint: hint(order.address),
            reason: order.reason.to_owned(),
            source: order.source.to_owned(),
            created_by,
            created_at: now,
        };
        self.keep_in_journal(tx.workspace(), JournalOutcome::OptedOut, vec![entry.key_hash.clone()]).await;
        let new = suppression::insert(tx, &entry).await?;
        if let Some(lead) = order.lead {
            outreach_stop::stop(tx, StopScope::Lead(lead), order.reason, now).await?;
        }
        if new {
            self.say_suppressed(tx, &order, &entry).await?;
        }
        Ok(new)
    }

    /// Writes beside the database what a restored backup must not undo. A journal that cannot be written is no reason to
    /// refuse an opt-out: it is logged, and the doctor says it. (Nothing is sent then either.)
    pub(crate) async fn keep_in_journal(
        &self,
        workspace: WorkspaceId,
        outcome: JournalOutcome,
        keys: Vec<Vec<u8>>,
    ) {
        if keys.is_empty() {
            return;
        }
        let (path, at) = (self.config().journal_file(), self.now());
        let entries: Vec<JournalEntry> =
            keys.into_iter().map(|key| JournalEntry { at, workspace, outcome, key }).collect();
        let write = move || Journal::open(&path)?.append(&entries, true);
        match tokio::task::spawn_blocking(write).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(error = %error, "the send journal cannot be written"),
            Err(error) => tracing::error!(error = %error, "writing the send journal broke off"),
        }
    }

    async fn say_suppressed(&self, tx: &mut Tx, order: &StopOrder<'_>, entry: &Suppression) -> Result<()> {
        let facts = match order.lead {
            Some(lead) => promotion::lead_facts(tx, lead).await?,
            None => None,
        };
        let mut happened = match &facts {
            Some(lead) => self.event(order.actor, "lead.suppressed", "lead", Some(lead.lead_id.0)),
            None => self.event(order.actor, "suppression.added", "suppression", None),
        };
        happened.company_id = facts.as_ref().map(|lead| lead.company_id);
        happened.contact_id = facts.as_ref().map(|lead| lead.contact_id);
        happened.data = serde_json::json!({ "reason": order.reason, "hint": entry.hint }).to_string();
        self.announce(tx, &happened).await.map(drop)
    }

    /// Whether an address, or its whole domain, is on the list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_suppressed(&self, tx: &mut Tx, address: &EmailAddress) -> Result<bool> {
        let hashes = self.suppression_hashes(address);
        Ok(!suppression::found(tx, &hashes).await?.is_empty())
    }

    /// The hashes under which an address may be on the list: itself and its domain.
    pub fn suppression_hashes(&self, address: &EmailAddress) -> Vec<Vec<u8>> {
        let keys = self.keys();
        let domain = address.domain();
        vec![
            keys.address_hash(address),
            keys.suppression_hash("domain", domain.as_str()),
            keys.suppression_hash("domain", domain.registrable().as_str()),
        ]
    }
}
