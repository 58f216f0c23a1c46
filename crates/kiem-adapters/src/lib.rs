//! The outside world: mail servers, files, calendars, documents. Closed enums with a test variant, bounded reads,
//! typed errors. Knows the domain, not the store.

pub mod archive;
pub mod calendar;
pub mod company_file;
pub mod http;
pub mod imap;
pub mod import;
pub mod kvk;
pub mod mime;
pub mod net;
pub mod pdf;
pub mod register_file;
pub mod smtp;
pub mod table_file;
pub mod webhook;
pub mod website;
