//! The outside world: mail, calendars, files, language models.
//!
//! Everything that comes in here was made by strangers: bounded, typed, never trusted.

pub mod calendar;
pub mod mime;
