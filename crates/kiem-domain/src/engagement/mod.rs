//! Evidence and its grade: what the other side did, and how sure we are that a person did it.
//!
//! Every rule here works on facts that others collected (clicks, visits, replies) and decides nothing about a lead;
//! that is [`crate::promotion`]. Opens have no type here on purpose: they never count.

pub mod agent;
pub mod click;
#[cfg(test)]
mod click_tests;
pub mod config;
pub mod network;
pub mod page;
pub mod reply;
pub mod visit;

use jiff::Timestamp;
use uuid::Uuid;

use crate::company::DomainName;
use crate::contact::EmailAddress;
use crate::id::{LinkId, MessageId};

text_enum! {
    /// How sure it is that a person did something. Only the last two count at all; only the last one promotes by
    /// itself. The order is from less to more sure.
    pub enum Grade {
        /// A scanner, a preview, a crawler.
        Machine = "machine",
        /// Nothing speaks against a person and nothing for one.
        Unknown = "unknown",
        /// Behaves like a person; could still be a patient scanner.
        HumanLikely = "human_likely",
        /// Was seen scrolling, typing or pointing, or answered.
        HumanCertain = "human_certain",
    }
}

impl Grade {
    /// Whether an event of this grade may count for anything.
    pub const fn counts(self) -> bool {
        matches!(self, Self::HumanLikely | Self::HumanCertain)
    }
}

text_enum! {
    /// Who did it, seen from the lead.
    pub enum Actor {
        /// The person we approached.
        Lead = "lead",
        /// Somebody else at the same company.
        Colleague = "colleague",
        /// One of ourselves. Never counts.
        Staff = "staff",
        /// Somebody of whom we know no company.
        Stranger = "stranger",
    }
}

impl Actor {
    /// Who an address is. A plus tag is the same person; on a free-mail domain everybody else is a stranger, because
    /// such a domain says nothing about a company.
    pub fn of(
        address: &EmailAddress,
        lead: &EmailAddress,
        company: Option<&DomainName>,
        own: &[DomainName],
    ) -> Self {
        let domain = address.domain().registrable();
        if address.without_tag() == lead.without_tag() {
            Self::Lead
        } else if own.iter().any(|own| own.registrable() == domain) {
            Self::Staff
        } else if company.is_some_and(|c| !c.is_free_mail() && c.registrable() == domain) {
            Self::Colleague
        } else {
            Self::Stranger
        }
    }
}

/// One tracked link in one mail to one person: what a click or a landing carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket {
    /// The mail.
    pub message: MessageId,
    /// The link in it.
    pub link: LinkId,
}

/// A fact with its event: grading works on lists of these, sorted by time.
#[derive(Debug)]
pub struct Seen<'a, T> {
    /// The event that brought the fact.
    pub event: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// The fact.
    pub what: &'a T,
}

// Not derived: the derive would ask that `T` is `Copy`, and only a reference is copied.
impl<T> Clone for Seen<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Seen<'_, T> {}

/// Milliseconds from `from` to `to`; negative when `to` is earlier.
pub(crate) fn millis_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_millisecond().saturating_sub(from.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_lead_a_colleague_one_of_us_or_a_stranger() {
        let lead = EmailAddress::parse("eva@klant.example").unwrap();
        let company = DomainName::parse("klant.example").unwrap();
        let own = [DomainName::parse("bureau.example").unwrap()];
        for (address, actor) in [
            ("eva@klant.example", Actor::Lead),
            ("Eva+crm@klant.example", Actor::Lead),
            ("jan@klant.example", Actor::Colleague),
            ("jan@mail.klant.example", Actor::Colleague),
            ("marieke@bureau.example", Actor::Staff),
            ("iemand@elders.example", Actor::Stranger),
        ] {
            let address = EmailAddress::parse(address).unwrap();
            assert_eq!(Actor::of(&address, &lead, Some(&company), &own), actor, "{address}");
        }
        let free = EmailAddress::parse("eva@gmail.com").unwrap();
        let other = EmailAddress::parse("jan@gmail.com").unwrap();
        assert_eq!(Actor::of(&other, &free, Some(&free.domain()), &[]), Actor::Stranger);
    }

    #[test]
    fn only_human_grades_count() {
        assert!(Grade::HumanLikely.counts() && Grade::HumanCertain.counts());
        assert!(!Grade::Machine.counts() && !Grade::Unknown.counts());
    }
}
