//! The Dutch company register: access and its price, checks of one company or many, and what an answer does.
//!
//! A profile costs money. So it is written down before it is asked for, nothing is paid twice by itself, and no more is
//! spent in a month than somebody set.

mod access;
mod ask;
mod choose;
mod decide;
mod job;
mod keep;
mod rounds;
mod stored;
mod take;

pub use access::{AccessChange, AccessView, KeyTest};
pub use choose::Chosen;
pub use rounds::{ChosenEstimate, CompanyRegister, RegisterEstimate, RegisterOrder};
pub use stored::{StoredActivity, StoredHit, StoredProfile, StoredTaking};
