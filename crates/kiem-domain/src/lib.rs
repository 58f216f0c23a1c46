//! The rules of Kiem: who is a lead, what makes it a prospect, when a mail may go out.
//!
//! Nothing here performs I/O, reads a clock or draws a random number: `now` and randomness come in as
//! arguments. That is what makes every rule testable in milliseconds and replayable on old evidence.

#[macro_use]
mod text_enum;
mod shared_hosts;
pub use text_enum::UnknownName;

pub mod address;
pub mod audience;
pub mod availability;
pub mod company;
pub mod consent;
pub mod contact;
pub mod conversation;
pub mod country;
pub mod dedupe;
pub mod engagement;
pub mod funnel;
pub mod gate;
pub mod id;
pub mod inbound;
pub mod informing;
pub mod intent;
pub mod lead;
pub mod legal_form;
pub mod lifecycle;
pub mod listing;
pub mod locale;
pub mod login_throttle;
pub mod merge;
pub mod message;
pub mod money;
pub mod names;
pub mod opportunity;
pub mod phone;
pub mod planner;
pub mod promotion;
pub mod qualification;
pub mod register;
pub mod retention;
pub mod sequence;
pub mod titles;
pub mod vat;
pub mod website;
pub mod working_time;
