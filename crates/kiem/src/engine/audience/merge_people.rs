//! The people of two companies that became one: who is the same person becomes one too, with everything that we had with
//! both.

use kiem_domain::consent::Basis;
use kiem_domain::dedupe::compare_people;
use kiem_domain::id::{CompanyId, ContactId};
use kiem_domain::merge::joined_state;
use kiem_store::Tx;
use kiem_store::company;
use kiem_store::contact::{self, Contact};
use kiem_store::contact_pair::{self, ContactPair};
use kiem_store::duplicate::PairState;
use kiem_store::ground::{self, DeclaredGround};
use kiem_store::informing::{self, Informing};
use kiem_store::lead::{self, Lead};
use kiem_store::merge::{OF_CONTACT, OF_LEAD, Recorder};
use kiem_store::prospect;
use serde_json::{Map, Value};

use super::conflicts::write_contact;
use super::joined_person::{Preference, joined_facts, profile_of_person};
use super::merge::JoinedPeople;
use super::records::{person_name, read_contact_title};
use crate::engine::{Engine, EngineError, Result};

/// People of one company who are looked at.
const PEOPLE_MAX: i64 = 2_000;

impl Engine {
    /// Joins the people of a company who are one person. Both companies' people are there by now.
    pub(super) async fn join_people(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        company: CompanyId,
    ) -> Result<JoinedPeople> {
        let mut found = JoinedPeople::default();
        let mut people: Vec<Contact> = contact::of_company(tx, company, PEOPLE_MAX).await?;
        people.retain(|person| person.erased_at.is_none());
        people.sort_by_key(|person| person.id);
        let mut settled: Vec<Contact> = Vec::with_capacity(people.len());
        for person in people {
            let profile = profile_of_person(&person);
            let is_one = |known: &Contact| {
                compare_people(&profile_of_person(known), &profile).is_some_and(|likeness| likeness.is_sure)
            };
            let Some(place) = settled.iter().position(is_one) else {
                settled.push(person);
                continue;
            };
            let Some(known) = settled.get(place).cloned() else { continue };
            match self.join_person(tx, recorder, (known, person.clone()), None, &mut found).await? {
                Some(joined) => {
                    found.joined_n += 1;
                    if let Some(known) = settled.get_mut(place) {
                        *known = joined;
                    }
                }
                None => {
                    found.apart_n += 1;
                    settled.push(person);
                }
            }
        }
        Ok(found)
    }

    /// Makes two people one; where they contradict each other, the facts of `chosen` stay. None when both have something of
    /// which one person can have only one.
    pub(super) async fn join_person(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        people: (Contact, Contact),
        chosen: Option<ContactId>,
        found: &mut JoinedPeople,
    ) -> Result<Option<Contact>> {
        let Some(Places { stays, goes, on_list }) = places(tx, people).await? else { return Ok(None) };
        let dead = self.dead_one(tx, &stays, &goes).await?.map(|person| person.id);
        let facts = joined_facts(&stays, &goes, Preference { chosen, dead });
        recorder.about(Some(stays.id.0));
        let place = (goes.id.0, stays.id.0);
        if !recorder.move_all(tx, OF_CONTACT, place, stays.company_id.0).await? {
            return Err(EngineError::refused("merge_too_large"));
        }
        found.gone.push(place);
        self.join_pursuits(tx, recorder, goes.id, stays.id).await?;
        self.let_go_of_pairs(tx, recorder, goes.id, stays.id).await?;
        let ground = ground::of_contact(tx, goes.id).await?;
        let told = informing::of_contact(tx, goes.id).await?;
        // That of a list stays for the others.
        recorder.remove(tx, "ground", &[("id", goes.id.0)]).await?;
        if let Some((ours, Some(theirs))) = on_list {
            found.gone.push((theirs.id.0, ours.id.0));
            join_leads(tx, recorder, ours, &theirs).await?;
        }
        recorder.remove(tx, "contact", &[("id", goes.id.0)]).await?;
        let joined = self.write_person(tx, recorder, (&stays, &goes), &facts, &told).await?;
        self.join_grounds(tx, recorder, (&stays, &goes), &joined, ground).await?;
        self.keep_person_aliases(tx, recorder, [&stays, &goes], &joined).await?;
        self.carry_person_suppression(tx, recorder, [&stays, &goes], &joined).await?;
        Ok(Some(joined))
    }

    /// The pairs of the person who goes. What somebody said about them holds for the one who stays.
    async fn let_go_of_pairs(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        goes: ContactId,
        stays: ContactId,
    ) -> Result<()> {
        for pair in contact_pair::of_contacts(tx, &[goes]).await? {
            recorder.remove(tx, "contact_pair", &[("id", pair.id)]).await?;
            let other = if pair.first == goes { pair.second } else { pair.first };
            if pair.state != PairState::Different || other == stays {
                continue;
            }
            let known = contact_pair::of_contacts(tx, &[stays]).await?;
            let known = known.into_iter().find(|known| known.first == other || known.second == other);
            if let Some(known) = known {
                let watched = Recorder::watch(tx, "contact_pair", known.id).await?;
                let decided = pair.decided_at.map(|at| (at, pair.decided_by));
                contact_pair::decide(tx, known.id, pair.state, decided).await?;
                recorder.changed(tx, watched).await?;
            } else {
                let (first, second) = contact_pair::in_order(stays, other);
                let carried = ContactPair { id: self.new_id(), first, second, ..pair };
                contact_pair::put(tx, &carried).await?;
                recorder.added("contact_pair", vec![("id".to_owned(), carried.id.into())]);
            }
        }
        Ok(())
    }

    /// Part in pursuits: once in each.
    async fn join_pursuits(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        goes: ContactId,
        stays: ContactId,
    ) -> Result<()> {
        for (pursuit, role) in prospect::parts_of(tx, goes).await? {
            let key = |contact: ContactId| [("prospect_id", pursuit.0), ("contact_id", contact.0)];
            recorder.remove(tx, "prospect_contact", &key(goes)).await?;
            if prospect::add_contact(tx, pursuit, stays, &role).await? {
                let key = key(stays).map(|(name, id)| (name.to_owned(), id.into()));
                recorder.added("prospect_contact", key.to_vec());
            }
        }
        Ok(())
    }

    async fn write_person(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        (stays, goes): (&Contact, &Contact),
        facts: &Map<String, Value>,
        told: &Informing,
    ) -> Result<Contact> {
        let watched = Recorder::watch(tx, "contact", stays.id.0).await?;
        let mut joined = stays.clone();
        write_contact(&mut joined, facts);
        joined.time_zone = joined.time_zone.or_else(|| goes.time_zone.clone());
        joined.name_key = person_name(&joined).key();
        joined.updated_at = self.now();
        let firm = company::get(tx, joined.company_id).await?.ok_or(EngineError::NotFound)?;
        read_contact_title(&mut joined, &firm);
        contact::update(tx, &joined).await?;
        informing::take_over(tx, stays.id, told).await?;
        recorder.changed(tx, watched).await?;
        Ok(joined)
    }

    /// A ground goes with the address about which it was recorded: with an address that is given up goes that it was published
    /// for this.
    async fn join_grounds(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        (stays, goes): (&Contact, &Contact),
        joined: &Contact,
        theirs: Option<DeclaredGround>,
    ) -> Result<()> {
        let takes_address = joined.email == goes.email && joined.email != stays.email;
        let own = ground::of_contact(tx, stays.id).await?;
        let loses_own = takes_address && own.as_ref().is_some_and(|g| g.basis == Basis::DesignatedAddress);
        let taken = theirs
            .filter(|ground| takes_address || (own.is_none() && ground.basis != Basis::DesignatedAddress));
        if taken.is_none() && !loses_own {
            return Ok(());
        }
        let person = Recorder::watch(tx, "contact", stays.id.0).await?;
        let declared = Recorder::watch(tx, "ground", stays.id.0).await?;
        match taken {
            Some(ground) => {
                ground::put(tx, stays.id, &ground).await?;
                if declared.is_new() {
                    recorder.added("ground", vec![("id".to_owned(), stays.id.0.into())]);
                } else {
                    recorder.changed(tx, declared).await?;
                }
            }
            None => {
                recorder.remove(tx, "ground", &[("id", stays.id.0)]).await?;
                ground::remove(tx, stays.id).await?;
            }
        }
        recorder.changed(tx, person).await?;
        Ok(())
    }
}

/// Which of two records stays, and the places in the list that they have.
struct Places {
    stays: Contact,
    goes: Contact,
    /// The place that stays, with the one that goes up in it.
    on_list: Option<(Lead, Option<Lead>)>,
}

/// The one with whom more happened stays. None when both have something of which one person can have only one.
async fn places(tx: &mut Tx, (one, other): (Contact, Contact)) -> Result<Option<Places>> {
    let leads = (lead::of_contact(tx, one.id).await?, lead::of_contact(tx, other.id).await?);
    let (stays, goes, on_list) = match leads {
        (Some(a), Some(b)) => {
            if lead::cannot_join(tx, a.id, b.id).await? {
                return Ok(None);
            }
            if (b.cycle, b.approached_at.is_some()) > (a.cycle, a.approached_at.is_some()) {
                (other, one, Some((b, Some(a))))
            } else {
                (one, other, Some((a, Some(b))))
            }
        }
        (None, Some(b)) => (other, one, Some((b, None))),
        (Some(a), None) => (one, other, Some((a, None))),
        (None, None) => (one, other, None),
    };
    Ok(Some(Places { stays, goes, on_list }))
}

/// The facts that two people would have as one; none when they cannot be.
pub(super) async fn people_preview(
    engine: &Engine,
    tx: &mut Tx,
    people: (Contact, Contact),
    chosen: Option<ContactId>,
) -> Result<Option<Map<String, Value>>> {
    let Some(Places { stays, goes, .. }) = places(tx, people).await? else { return Ok(None) };
    let dead = engine.dead_one(tx, &stays, &goes).await?.map(|person| person.id);
    Ok(Some(joined_facts(&stays, &goes, Preference { chosen, dead })))
}

/// One place in the list instead of two: nothing that happened is lost, nobody goes back, who is blocked stays so.
async fn join_leads(tx: &mut Tx, recorder: &mut Recorder, mut ours: Lead, theirs: &Lead) -> Result<()> {
    let place = (theirs.id.0, ours.id.0);
    if !recorder.move_all(tx, OF_LEAD, place, ours.company_id.0).await? {
        return Err(EngineError::refused("merge_too_large"));
    }
    recorder.remove(tx, "lead", &[("id", theirs.id.0)]).await?;
    let watched = Recorder::watch(tx, "lead", ours.id.0).await?;
    ours.state = joined_state(ours.state, theirs.state);
    ours.paused_until = ours.paused_until.max(theirs.paused_until);
    ours.approached_at = [ours.approached_at, theirs.approached_at].into_iter().flatten().min();
    ours.touched_at = ours.touched_at.max(theirs.touched_at);
    ours.engaged_at = ours.engaged_at.max(theirs.engaged_at);
    ours.warmth = ours.warmth.max(theirs.warmth);
    ours.cycle = ours.cycle.max(theirs.cycle);
    ours.needs_look |= theirs.needs_look;
    lead::put_joined(tx, &ours).await?;
    Ok(recorder.changed(tx, watched).await?)
}
