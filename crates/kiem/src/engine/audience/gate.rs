//! May this person be approached, and why: the facts of one person, the country's pack and the workspace's loosenings
//! together. The one way to an answer, for pages, planning and sending alike.

use std::collections::HashMap;

use jiff::civil::Date;
use kiem_domain::company::DomainName;
use kiem_domain::consent::{Basis, is_web_page};
use kiem_domain::contact::EmailAddress;
use kiem_domain::gate::{
    AddressClass, Channel, FormFact, FormReading, GateFacts, Loosening, Outcome, Reason, RuleVersion, Unlock,
    Verdict, decide, read_form, unlocks,
};
use kiem_domain::id::ContactId;
use kiem_domain::informing::{InformState, clock_after};
use kiem_domain::listing::Condition;
use kiem_store::contact;
use kiem_store::gate::{self, GateRow};
use kiem_store::ground;
use kiem_store::{Tx, informing, loosening};

use super::bring_in::GroundToRecord;
use super::profile::user_of;
use crate::engine::clock::latest_today;
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// A ground as a person declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGround {
    /// Why.
    pub basis: Basis,
    /// Where the data came from, in words that the first mail repeats.
    pub source: String,
    /// Proof in words; needed for consent and for a designated address.
    pub source_detail: String,
    /// The page on which the proof stands; without it a designated address is not mailed. Empty when there is none.
    pub evidence_url: String,
    /// Day on which data or consent was obtained; never in the future.
    pub obtained_on: Date,
}

/// What the gate says about one person and one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelAnswer {
    /// How the person would be approached.
    pub channel: Channel,
    /// Whether that may be, on what ground, or why not.
    pub outcome: Outcome,
    /// Which pack said so.
    pub rule: RuleVersion,
    /// The loosening without which it would have been no.
    pub loosened: Option<Loosening>,
}

impl ChannelAnswer {
    fn of(channel: Channel, facts: &GateFacts<'_>, loosenings: &[Loosening]) -> ChannelAnswer {
        let verdict = decide(channel, facts, loosenings);
        ChannelAnswer {
            channel,
            outcome: verdict.outcome,
            rule: verdict.rule,
            loosened: verdict.loosened.cloned(),
        }
    }

    /// Why not, or not yet.
    pub fn reason(&self) -> Option<Reason> {
        self.outcome.reason()
    }

    /// Whether it may be.
    pub fn is_allowed(&self) -> bool {
        self.reason().is_none()
    }

    /// The sentence of the catalogue that says why or why not.
    pub fn sentence(&self) -> String {
        let mail = self.channel == Channel::Mail;
        match self.outcome {
            Outcome::Allow(basis) if mail => format!("allowed.{basis}"),
            // The sentences about mail speak of addresses and opt-outs.
            Outcome::Allow(basis) => format!("allowed_by_hand.{basis}"),
            Outcome::NeedsEvidence(reason) | Outcome::Blocked(reason) => block_sentence(self.channel, reason),
        }
    }

    /// The answer among the details of an event.
    pub(in crate::engine) fn put_into(&self, details: &mut serde_json::Map<String, serde_json::Value>) {
        let mut put = |name: &str, value: &str| details.insert(name.to_owned(), value.into());
        put("channel", self.channel.as_str());
        put("rule", &self.rule.to_string());
        match self.outcome {
            Outcome::Allow(basis) => put("basis", basis.as_str()),
            Outcome::NeedsEvidence(reason) | Outcome::Blocked(reason) => put("reason", reason.as_str()),
        };
    }
}

/// The sentence of the catalogue that says why a channel is closed.
pub fn block_sentence(channel: Channel, reason: Reason) -> String {
    match (channel, reason) {
        // A published address helps with mail only.
        (Channel::Phone | Channel::Post, Reason::CountryNeedsConsent) => {
            "block_by_hand.country_needs_consent".to_owned()
        }
        _ => format!("block.{reason}"),
    }
}

/// What the gate says about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateAnswer {
    /// Whether a mail may go out, on what ground, or why not.
    pub outcome: Outcome,
    /// Which pack said so.
    pub rule: RuleVersion,
    /// The loosening without which it would have been no.
    pub loosened: Option<Loosening>,
    /// What kind of address it is; missing without one.
    pub address: Option<AddressClass>,
    /// What the company is in law, and from where that is known.
    pub form: FormReading,
    /// What would help.
    pub unlocks: Vec<Unlock>,
}

impl GateAnswer {
    fn of(facts: &GateFacts<'_>, loosenings: &[Loosening]) -> GateAnswer {
        let verdict = decide(Channel::Mail, facts, loosenings);
        GateAnswer {
            outcome: verdict.outcome,
            rule: verdict.rule,
            loosened: verdict.loosened.cloned(),
            address: facts.address,
            form: facts.form,
            unlocks: unlocks(facts, loosenings),
        }
    }

    /// The ground on which a mail may go out.
    pub fn basis(&self) -> Option<Basis> {
        match self.outcome {
            Outcome::Allow(basis) => Some(basis),
            _ => None,
        }
    }

    /// Why no mail may go out, or not yet.
    pub fn reason(&self) -> Option<Reason> {
        self.outcome.reason()
    }
}

/// What of somebody is on the suppression list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct OnList {
    /// The address, its domain or the company's: closes every channel.
    pub person: bool,
    /// A number of the person or the company: closes the telephone.
    pub phone: bool,
}

/// The facts of a row. An address that cannot be parsed cannot be mailed; it counts as none.
pub(super) fn facts_of<'a>(
    row: &'a GateRow,
    address: Option<&EmailAddress>,
    on_list: OnList,
    today: Date,
) -> GateFacts<'a> {
    let stated = row.legal_form.as_deref().map(|text| FormFact {
        text,
        source: row.legal_form_source.as_deref().unwrap_or_default(),
        on: row.legal_form_on,
    });
    GateFacts {
        country: row.country.as_deref(),
        form: read_form(row.country.as_deref(), stated, &row.company_name, row.vat_id.as_deref()),
        address: address.map(|address| AddressClass::of(address, row.email_origin)),
        has_phone: row.phone.is_some() || row.company_phone.is_some(),
        has_postal_address: row.has_postal_address,
        ground: row.ground.as_ref(),
        is_non_mailing: row.is_non_mailing,
        is_ended: row.is_ended,
        is_suppressed: on_list.person,
        is_phone_suppressed: on_list.phone,
        is_uninformed: row.informing.state(today) == InformState::Over,
        is_erased: row.is_erased,
    }
}

/// The address of a row, when it can be mailed.
pub(super) fn address_of(row: &GateRow) -> Option<EmailAddress> {
    row.email.as_deref().and_then(|e| EmailAddress::parse(e).ok())
}

/// Nobody is there any more.
const NOBODY: GateFacts<'_> = GateFacts {
    country: None,
    form: FormReading::UNKNOWN,
    address: None,
    has_phone: false,
    has_postal_address: false,
    ground: None,
    is_non_mailing: false,
    is_ended: false,
    is_suppressed: false,
    is_phone_suppressed: false,
    is_uninformed: false,
    is_erased: true,
};

/// People of whom the gate knows everything that it looks at.
#[derive(Debug)]
pub(in crate::engine) struct AtGate {
    people: HashMap<ContactId, (GateRow, Option<EmailAddress>, OnList)>,
    loosenings: Vec<Loosening>,
    today: Date,
}

impl AtGate {
    /// A person who is not there may not be approached.
    fn facts(&self, contact: ContactId) -> GateFacts<'_> {
        self.people
            .get(&contact)
            .map_or(NOBODY, |(row, address, on_list)| facts_of(row, address.as_ref(), *on_list, self.today))
    }

    /// Whether the person may be approached by a channel.
    pub(in crate::engine) fn verdict(&self, contact: ContactId, channel: Channel) -> Verdict<'_> {
        decide(channel, &self.facts(contact), &self.loosenings)
    }

    /// Whether a person passes all these conditions of a list.
    pub(super) fn passes(&self, contact: ContactId, conditions: &[Condition]) -> bool {
        let facts = self.facts(contact);
        conditions.iter().all(|condition| condition.holds_at_gate(&facts, &self.loosenings))
    }

    /// The verdict as an answer that can be kept.
    pub(in crate::engine) fn answer(&self, contact: ContactId, channel: Channel) -> ChannelAnswer {
        ChannelAnswer::of(channel, &self.facts(contact), &self.loosenings)
    }
}

impl Engine {
    /// Loads what the gate looks at for some people at once.
    pub(in crate::engine) async fn at_gate(&self, tx: &mut Tx, contacts: &[ContactId]) -> Result<AtGate> {
        let rows = gate::of_contacts(tx, contacts).await?;
        self.at_gate_with(tx, rows).await
    }

    /// The same for people of whom everything else is read already.
    pub(super) async fn at_gate_with(&self, tx: &mut Tx, rows: Vec<GateRow>) -> Result<AtGate> {
        let addresses: Vec<Option<EmailAddress>> = rows.iter().map(address_of).collect();
        let suppressed = self.suppressed_people(tx, &rows, &addresses).await?;
        let people = rows
            .into_iter()
            .zip(addresses)
            .zip(suppressed)
            .map(|((row, address), on_list)| (row.contact_id, (row, address, on_list)));
        Ok(AtGate {
            people: people.collect(),
            loosenings: loosening::in_force(tx).await?,
            today: self.utc_day(),
        })
    }

    /// Asks the gate about one person. A person who is not there may not be mailed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gate_for(&self, tx: &mut Tx, contact: ContactId) -> Result<GateAnswer> {
        let at_gate = self.at_gate(tx, &[contact]).await?;
        Ok(GateAnswer::of(&at_gate.facts(contact), &at_gate.loosenings))
    }

    /// Asks the gate about one person and one channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channel_gate(
        &self,
        tx: &mut Tx,
        contact: ContactId,
        channel: Channel,
    ) -> Result<ChannelAnswer> {
        Ok(self.at_gate(tx, &[contact]).await?.answer(contact, channel))
    }

    /// The hashes under which a person may be on the suppression list: the address, its domain, and the company's domain.
    /// Without the last, who has no address would be called although the company said no.
    pub(super) fn gate_keys(&self, row: &GateRow, address: Option<&EmailAddress>) -> Vec<Vec<u8>> {
        let mut keys = address.map_or_else(Vec::new, |address| self.suppression_hashes(address));
        if let Some(Ok(domain)) = row.company_domain.as_deref().map(DomainName::parse) {
            keys.extend(self.domain_hashes(&domain));
        }
        keys
    }

    /// The hashes under which the numbers may be on the list on which a person would be called.
    pub(super) fn phone_keys(&self, row: &GateRow) -> Vec<Vec<u8>> {
        let numbers = [&row.phone, &row.company_phone];
        numbers.into_iter().flatten().map(|number| self.keys().suppression_hash("phone", number)).collect()
    }

    /// What the gate says about one person: about mail, and about what is done by hand.
    pub(super) async fn gates_of(
        &self,
        tx: &mut Tx,
        contact: ContactId,
    ) -> Result<(GateAnswer, [ChannelAnswer; 2])> {
        let at_gate = self.at_gate(tx, &[contact]).await?;
        let by_hand = [Channel::Phone, Channel::Post].map(|channel| at_gate.answer(contact, channel));
        Ok((GateAnswer::of(&at_gate.facts(contact), &at_gate.loosenings), by_hand))
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
        let stored = ground.declared(self.now());
        let before = ground::of_contact(&mut tx, contact).await?.map(|ground| ground.basis);
        ground::put(&mut tx, contact, &stored).await?;
        let now_on = (stored.basis, stored.obtained_on);
        let clock = clock_after(before, person.inform_by, now_on, self.utc_day());
        if clock != person.inform_by {
            informing::set_clock(&mut tx, contact, clock).await?;
        }
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
        if !ground::remove(&mut tx, contact).await? {
            return Err(EngineError::NotFound);
        }
        self.audit(&mut tx, caller, "ground.removed", "contact", Some(contact.0), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Checks a declaration: words about the source, a day that is not in the future, proof where the law wants it.
    pub(in crate::engine) fn checked_ground(
        &self,
        caller: &Caller,
        new: NewGround,
    ) -> Result<GroundToRecord> {
        let recorded_by = user_of(caller)?;
        let (source, detail, page) = (new.source.trim(), new.source_detail.trim(), new.evidence_url.trim());
        let mut errors = Vec::new();
        if source.is_empty() {
            errors.push(FieldError::new("ground.source", "required"));
        }
        for (field, text) in
            [("ground.source", source), ("ground.source_detail", detail), ("ground.evidence_url", page)]
        {
            if text.chars().count() > SOURCE_CHARS_MAX {
                errors.push(FieldError::new(field, "too_long"));
            }
        }
        if matches!(new.basis, Basis::Consent | Basis::DesignatedAddress) && detail.is_empty() {
            errors.push(FieldError::new("ground.source_detail", "proof"));
        }
        if !page.is_empty() && !is_web_page(page) {
            errors.push(FieldError::new("ground.evidence_url", "web_page"));
        }
        if new.obtained_on > latest_today(self.now()) {
            errors.push(FieldError::new("ground.obtained_on", "future"));
        }
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        Ok(GroundToRecord {
            basis: new.basis,
            source: source.to_owned(),
            source_detail: detail.to_owned(),
            evidence_url: (!page.is_empty()).then(|| page.to_owned()),
            obtained_on: new.obtained_on,
            recorded_by,
        })
    }
}

/// Characters of the words about a source.
const SOURCE_CHARS_MAX: usize = 300;
