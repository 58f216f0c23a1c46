//! The people of two companies that became one: who is the same person becomes one too, with everything that we had with
//! both.

use kiem_domain::consent::Basis;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::id::{CompanyId, ContactId};
use kiem_domain::merge::{Claim, Kept, PersonFacts, Trust, joined_state, same_person, survivors};
use kiem_store::Tx;
use kiem_store::company;
use kiem_store::contact::{self, Contact};
use kiem_store::ground::{self, DeclaredGround};
use kiem_store::informing::{self, Informing};
use kiem_store::lead::{self, Lead};
use kiem_store::merge::{OF_CONTACT, OF_LEAD, Recorder};
use kiem_store::prospect;
use serde_json::Value;

use super::conflicts::{contact_map, write_contact};
use super::merge::JoinedPeople;
use super::records::{person_name, read_contact_title};
use crate::engine::{Engine, EngineError, Result};

/// People of one company who are looked at.
const PEOPLE_MAX: i64 = 2_000;

/// Facts of a person that belong together; names are those of `contact_map`.
const GROUPS: &[&[&str]] = &[
    &["given_name", "infix", "family_name"],
    &["email", "email_origin"],
    &["phone"],
    &["title"],
    &["language"],
    &["person_linkedin_url"],
];

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
            let Some(place) = settled.iter().position(|known| same_person(&facts(known), &facts(&person)))
            else {
                settled.push(person);
                continue;
            };
            let Some(known) = settled.get(place).cloned() else { continue };
            match self.join_person(tx, recorder, known, person.clone(), &mut found).await? {
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

    /// Makes two people one. None when both have something of which one person can have only one.
    async fn join_person(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        one: Contact,
        other: Contact,
        found: &mut JoinedPeople,
    ) -> Result<Option<Contact>> {
        let leads = (lead::of_contact(tx, one.id).await?, lead::of_contact(tx, other.id).await?);
        let (stays, goes, on_list) = match leads {
            (Some(a), Some(b)) => {
                if lead::cannot_join(tx, a.id, b.id).await? {
                    return Ok(None);
                }
                // The one with whom more happened keeps its place.
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
        recorder.about(Some(stays.id.0));
        let place = (goes.id.0, stays.id.0);
        if !recorder.move_all(tx, OF_CONTACT, place, stays.company_id.0).await? {
            return Err(EngineError::refused("merge_too_large"));
        }
        found.gone.push(place);
        self.join_pursuits(tx, recorder, goes.id, stays.id).await?;
        let ground = ground::of_contact(tx, goes.id).await?;
        let told = informing::of_contact(tx, goes.id).await?;
        // That of a list stays for the others.
        recorder.remove(tx, "ground", &[("id", goes.id.0)]).await?;
        if let Some((ours, Some(theirs))) = on_list {
            found.gone.push((theirs.id.0, ours.id.0));
            join_leads(tx, recorder, ours, &theirs).await?;
        }
        recorder.remove(tx, "contact", &[("id", goes.id.0)]).await?;
        let joined = self.write_person(tx, recorder, &stays, &goes, &told).await?;
        self.join_grounds(tx, recorder, &stays, &goes, ground).await?;
        Ok(Some(joined))
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
        stays: &Contact,
        goes: &Contact,
        told: &Informing,
    ) -> Result<Contact> {
        let watched = Recorder::watch(tx, "contact", stays.id.0).await?;
        let (ours, theirs) = (contact_map(stays), contact_map(goes));
        let mut map = ours.clone();
        for facts in GROUPS {
            let text = |map: &serde_json::Map<String, Value>| -> Vec<Option<String>> {
                // Where an address came from means nothing without one.
                let has_address = map.get("email").is_some_and(|email| !email.is_null());
                let known = |fact: &&str| *fact != "email_origin" || has_address;
                facts
                    .iter()
                    .map(|fact| {
                        map.get(*fact).filter(|_| known(fact)).and_then(Value::as_str).map(str::to_owned)
                    })
                    .collect()
            };
            let (left, right) = (text(&ours), text(&theirs));
            let left: Vec<Option<&str>> = left.iter().map(Option::as_deref).collect();
            let right: Vec<Option<&str>> = right.iter().map(Option::as_deref).collect();
            let picks = survivors(&claim(stays, &left), &claim(goes, &right));
            for (fact, _) in facts.iter().zip(picks).filter(|(_, pick)| *pick == Kept::Second) {
                map.insert((*fact).to_owned(), theirs.get(*fact).cloned().unwrap_or_default());
            }
        }
        let mut joined = stays.clone();
        write_contact(&mut joined, &map);
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

    /// A ground goes with the address about which it was recorded.
    async fn join_grounds(
        &self,
        tx: &mut Tx,
        recorder: &mut Recorder,
        stays: &Contact,
        goes: &Contact,
        ground: Option<DeclaredGround>,
    ) -> Result<()> {
        let takes_address = stays.email.is_none() && goes.email.is_some();
        let own = ground::of_contact(tx, stays.id).await?;
        let Some(ground) = ground
            .filter(|ground| takes_address || (own.is_none() && ground.basis != Basis::DesignatedAddress))
        else {
            return Ok(());
        };
        let person = Recorder::watch(tx, "contact", stays.id.0).await?;
        let declared = Recorder::watch(tx, "ground", stays.id.0).await?;
        ground::put(tx, stays.id, &ground).await?;
        if declared.is_new() {
            recorder.added("ground", vec![("id".to_owned(), stays.id.0.into())]);
        } else {
            recorder.changed(tx, declared).await?;
        }
        recorder.changed(tx, person).await?;
        Ok(())
    }
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

fn facts(person: &Contact) -> PersonFacts<'_> {
    PersonFacts {
        given_name: person.given_name.as_deref().unwrap_or_default(),
        name_key: &person.name_key,
        email: person.email.as_deref(),
    }
}

fn claim<'a>(person: &Contact, facts: &'a [Option<&'a str>]) -> Claim<'a> {
    let is_by_hand = person.source == "manual" && person.email_origin == AddressOrigin::Stated;
    Claim { facts, trust: if is_by_hand { Trust::ByHand } else { Trust::List }, at: person.updated_at }
}
