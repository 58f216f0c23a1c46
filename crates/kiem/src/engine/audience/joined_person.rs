//! The facts of two people who become one: nothing known is lost to a blank, the fuller name stays, and the address that can
//! be written to.

use kiem_domain::dedupe::{PersonProfile, RawPerson, is_fuller_name};
use kiem_domain::gate::AddressOrigin;
use kiem_domain::id::ContactId;
use kiem_domain::merge::{Claim, Kept, Trust, survivors};
use kiem_store::contact::Contact;
use serde_json::{Map, Value};

use super::conflicts::contact_map;

/// Facts of a person that belong together; names are those of `contact_map`.
const GROUPS: &[&[&str]] = &[
    &["given_name", "infix", "family_name"],
    &["email", "email_origin"],
    &["phone"],
    &["title"],
    &["language"],
    &["person_linkedin_url"],
];

/// A person, ready to be compared.
pub(super) fn profile_of_person(person: &Contact) -> PersonProfile {
    PersonProfile::new(&RawPerson {
        given_name: person.given_name.as_deref(),
        infix: person.infix.as_deref(),
        family_name: person.family_name.as_deref(),
        email: person.email.as_deref(),
        linkedin_url: person.linkedin_url.as_deref(),
    })
}

/// What decides where two people contradict each other, before source and date do.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Preference {
    /// Whose facts somebody wants to stay.
    pub(super) chosen: Option<ContactId>,
    /// To whose address no mail can be delivered.
    pub(super) dead: Option<ContactId>,
}

/// The facts of both, each from the record that is believed.
pub(super) fn joined_facts(stays: &Contact, goes: &Contact, preference: Preference) -> Map<String, Value> {
    let (ours, theirs) = (contact_map(stays), contact_map(goes));
    let mut joined = ours.clone();
    for facts in GROUPS {
        let (left, right) = (texts(&ours, facts), texts(&theirs, facts));
        let left: Vec<Option<&str>> = left.iter().map(Option::as_deref).collect();
        let right: Vec<Option<&str>> = right.iter().map(Option::as_deref).collect();
        let forced = match facts.first() {
            Some(&"given_name") => fuller(stays, goes),
            Some(&"email") => better_address(stays, goes, preference.dead),
            _ => None,
        };
        let picks = match forced {
            Some(pick) => vec![pick; facts.len()],
            None => {
                survivors(&claim(stays, &left, preference.chosen), &claim(goes, &right, preference.chosen))
            }
        };
        for (fact, _) in facts.iter().zip(picks).filter(|(_, pick)| *pick == Kept::Second) {
            joined.insert((*fact).to_owned(), theirs.get(*fact).cloned().unwrap_or_default());
        }
    }
    joined
}

fn texts(map: &Map<String, Value>, facts: &[&str]) -> Vec<Option<String>> {
    // Where an address came from means nothing without one.
    let has_address = map.get("email").is_some_and(|email| !email.is_null());
    let known = |fact: &&str| *fact != "email_origin" || has_address;
    let text =
        |fact: &&str| map.get(*fact).filter(|_| known(fact)).and_then(Value::as_str).map(str::to_owned);
    facts.iter().map(text).collect()
}

/// Jan says more than J., whoever is believed.
fn fuller(stays: &Contact, goes: &Contact) -> Option<Kept> {
    let (ours, theirs) = (profile_of_person(stays), profile_of_person(goes));
    if is_fuller_name(&ours, &theirs) {
        Some(Kept::First)
    } else {
        is_fuller_name(&theirs, &ours).then_some(Kept::Second)
    }
}

/// Of two addresses the one that works, then the one that somebody has seen.
fn better_address(stays: &Contact, goes: &Contact, dead: Option<ContactId>) -> Option<Kept> {
    if stays.email.is_none() || goes.email.is_none() || stays.email == goes.email {
        return None;
    }
    let is_worse =
        |person: &Contact| (dead == Some(person.id), person.email_origin == AddressOrigin::Guessed);
    match is_worse(stays).cmp(&is_worse(goes)) {
        std::cmp::Ordering::Less => Some(Kept::First),
        std::cmp::Ordering::Greater => Some(Kept::Second),
        std::cmp::Ordering::Equal => None,
    }
}

fn claim<'a>(person: &Contact, facts: &'a [Option<&'a str>], chosen: Option<ContactId>) -> Claim<'a> {
    let is_by_hand = person.source == "manual" && person.email_origin == AddressOrigin::Stated;
    let trust = match chosen {
        Some(id) if id == person.id => Trust::Typed,
        _ if is_by_hand => Trust::ByHand,
        _ => Trust::List,
    };
    Claim { facts, trust, at: person.updated_at }
}
