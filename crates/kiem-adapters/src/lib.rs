//! The outside world: import files, mail servers, calendars. What comes from strangers is bounded here.

pub mod import;
pub mod pdf;
