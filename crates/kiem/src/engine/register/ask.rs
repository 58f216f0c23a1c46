//! Asking the register about one company: the search when its number is not known, and the profile.

use std::time::Duration;

use kiem_adapters::kvk::{Kvk, KvkError, KvkQuestion};
use kiem_domain::address::StreetLine;
use kiem_domain::company::KvkNumber;
use kiem_domain::register::{Found, KnownPlace, RegisterHit, RegisterOutcome, find};
use kiem_store::company::Company;

/// What is known of a stored company and its place.
pub(super) fn place_of(firm: &Company) -> KnownPlace<'_> {
    KnownPlace {
        name: &firm.name,
        street: firm.details.street.as_deref(),
        house_number: firm.details.house_number.as_deref(),
        postcode: firm.details.postcode.as_deref(),
        city: firm.city.as_deref(),
        domain: firm.domain.as_deref(),
    }
}

/// Why a question ended without an answer about the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// The key is not accepted: nothing can be asked.
    Key,
    /// Nothing can be asked for a while.
    Wait(Option<Duration>),
    /// About this company, with the register's own code.
    Company(RegisterOutcome, Option<String>),
}

/// What an error means for the company and its round.
pub(super) fn unanswered(error: KvkError) -> Unanswered {
    match error {
        KvkError::Key => Unanswered::Key,
        KvkError::Later { wait, .. } => Unanswered::Wait(wait),
        KvkError::NoAnswer { was_asked: false, .. } => Unanswered::Wait(None),
        KvkError::InProcess { code } => Unanswered::Company(RegisterOutcome::Later, Some(code)),
        KvkError::NotDelivered { code } if code == KvkError::DEREGISTERED => {
            Unanswered::Company(RegisterOutcome::Ended, Some(code))
        }
        KvkError::NotDelivered { code } => Unanswered::Company(RegisterOutcome::NotDelivered, Some(code)),
        KvkError::NoAnswer { was_asked: true, .. } => Unanswered::Company(RegisterOutcome::Uncertain, None),
        KvkError::Unreadable(_) => Unanswered::Company(RegisterOutcome::Unreadable, None),
    }
}

/// Looks for the number of a company: behind its door first, then in its town. A search is free, so one that got no answer
/// is asked again later.
pub(super) async fn search(kvk: &Kvk, key: &str, firm: &Company) -> Result<Found, Unanswered> {
    let known = place_of(firm);
    let line = [known.street, known.house_number].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let house_number = StreetLine::parse(&line).house_number;
    let mut hits: Vec<RegisterHit> = Vec::new();
    if known.postcode.is_some() {
        let question = KvkQuestion {
            name: known.name,
            postcode: known.postcode,
            house_number,
            ..KvkQuestion::default()
        };
        hits = ask(kvk, key, &question).await?;
    }
    if !matches!(find(&known, &hits), Found::One(_)) {
        // Without a town the whole country is searched: a person chooses from what is found.
        let question = KvkQuestion { name: known.name, city: known.city, ..KvkQuestion::default() };
        hits.extend(ask(kvk, key, &question).await?);
    }
    hits.retain(|hit| KvkNumber::parse(&hit.number).is_some());
    Ok(find(&known, &hits))
}

async fn ask(kvk: &Kvk, key: &str, question: &KvkQuestion<'_>) -> Result<Vec<RegisterHit>, Unanswered> {
    kvk.find(key, question).await.map_err(|error| match error {
        KvkError::NoAnswer { .. } => Unanswered::Wait(None),
        other => unanswered(other),
    })
}
