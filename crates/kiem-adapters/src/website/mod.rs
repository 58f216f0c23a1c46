//! A polite reader of one company's own website: what robots.txt allows, one request at a time per host with a gap, in
//! bounds, under its own name, and never where a page asks to be left alone. Rules about pages and facts are the domain's.

mod fetch;
mod html;
mod reader;
mod refusal;
mod robots;
mod things;

#[cfg(any(test, feature = "testing"))]
pub mod forest;
#[cfg(test)]
mod tests;

pub use fetch::Limits;
pub use reader::{Errand, PageRead, ReadFact, Reader, ReaderError, Refused, SiteReading};
pub use refusal::Refusal;
