//! Received mail: who wrote it, to which of our messages, and what did a person really add?
//!
//! The order is fixed, because every later step trusts the earlier ones: the adapter turns bytes into a
//! [`ParsedMail`]; [`matching`] finds our message; [`machine`] says whether a person wrote it at all;
//! [`strip`] leaves only the words the other side added. Every way out has a name in [`Outcome`].

pub mod forward;
pub mod machine;
mod mail;
pub mod matching;
mod outcome;
mod phrases;
pub mod strip;
pub mod subject;
mod tokens;

pub use mail::{
    Attachment, CalendarAnswer, CalendarMethod, DeliveryAction, DeliveryRecipient, Dmarc, Forwarded,
    ParsedMail, Participation, Party, Report, Returned, TextSource, Unreadable,
};
pub use outcome::Outcome;
