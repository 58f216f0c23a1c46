//! What a company says about itself on its own website: which pages are read, and which facts they hold.
//!
//! A page comes in as a plain model ([`Page`]); fetching and parsing HTML belong to the adapters. Each fact carries the
//! sentence that it was read from, so that a person can judge it.

mod address;
mod chosen;
mod email;
mod extract;
mod facts;
mod fill;
mod headlines;
mod language;
mod numbers;
mod outcome;
mod page;
mod people;
mod phone;
mod stop;
mod technology;
mod text;
mod things;

pub use chosen::{Candidate, PageKind, choose, is_same_site, kind_of};
pub use extract::{Wanted, extract, merge};
pub use facts::{EmailAudience, EmailPurpose, Fact, FactKind, Finding, SiteAddress};
pub use fill::{Fill, FillField, KnownCompany, fills};
pub use outcome::ReadingOutcome;
pub use page::{Block, BlockKind, Link, Meta, Page, Thing};
pub use stop::{StopSign, header_stop_sign, refuses_approach, stop_sign};
