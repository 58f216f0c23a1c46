//! What the law on personal data asks of a workspace: people are told that we have their data, nothing is kept longer than
//! it is needed, and who asks gets their data or is forgotten.

pub mod export;
pub mod informing;
pub mod nightly;
mod person_page;
pub mod person_words;
pub mod register;
pub mod requests;
pub mod retention;

pub(crate) use export::table_name;
pub use informing::{UninformedPage, UninformedPerson};
pub use requests::{NewPrivacyRequest, PrivacyCase};
pub use retention::{RetentionChange, RetentionPlan, RetentionRow};
