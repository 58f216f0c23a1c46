//! Received mail: taken in once, matched, and understood. Every mail ends in a named [`Outcome`], which is stored.
//!
//! Two transactions: the first writes the mail down and holds the person's outreach; the second, after the words were
//! read, writes what they mean and what follows from it.

mod act;
mod calendar;
mod candidates;
mod classify;
mod effects;
mod file;
mod flags;
mod machine;
mod receive;
mod take_in;
mod thread;

pub use act::unread_act;
pub(crate) use effects::said_as;
pub use effects::{PRIVACY, Suggestion, SuggestionEdit};
pub use flags::StoredFlags;
pub use kiem_domain::inbound::Outcome;
pub use receive::{OpenInbox, Received, ReceivingMailbox, Trouble};
pub use take_in::RawMail;
pub use thread::{Folder, OurMail, Thread};
