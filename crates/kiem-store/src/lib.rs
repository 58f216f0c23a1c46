//! The only place with SQL. One text serves SQLite and PostgreSQL; what really differs is in [`dialect`].
//!
//! Every function takes a [`Tx`] (one workspace's transaction) or a [`Global`] (the few tables that belong to no
//! workspace). There is no way to a row of another workspace: the scope is bound into every statement, and on
//! PostgreSQL row-level security checks it again.

pub mod account;
pub mod archive;
pub mod audience_count;
pub mod audit;
pub mod backup;
pub mod batch;
pub mod booking;
pub mod bulk;
pub mod campaign;
pub mod company;
pub mod company_alias;
mod connection;
pub mod contact;
pub mod contact_alias;
pub mod contact_pair;
pub mod dialect;
pub mod dispatch;
pub mod duplicate;
pub mod engagement;
pub mod erasure;
pub mod error;
pub mod event;
pub mod find;
pub mod finding;
pub mod fit;
pub mod funnel;
pub mod gate;
pub mod ground;
pub mod host_turn;
pub mod ideal_profile;
pub mod idempotency;
pub mod import;
pub mod import_trace;
pub mod inbound;
pub mod informing;
pub mod inlet;
pub mod job;
mod keys;
pub mod lead;
pub mod lead_override;
pub mod link;
pub mod list_view;
pub mod listing;
pub mod login_attempt;
pub mod loosening;
pub mod mailbox;
pub mod market;
pub mod matching;
pub mod member;
pub mod merge;
pub mod message;
pub mod migrate;
pub mod note;
pub mod notification;
pub mod occupancy;
pub mod opportunity;
pub mod outreach_stop;
pub mod person;
pub mod person_data;
pub mod plan;
pub mod privacy_request;
pub mod promotion;
pub mod prospect;
pub mod purge;
pub mod quote;
pub mod quote_request;
pub mod register;
pub mod register_run;
mod row;
pub mod sandbox;
pub mod site;
pub mod suppression;
pub mod suppression_run;
pub mod task;
pub mod thread;
mod value;
pub mod web_session;
pub mod webhook;
pub mod website;
pub mod website_run;

pub use connection::{Conn, Global, Store, Tx};
pub use error::{Result, StoreError};
pub use row::{Column, Row};
pub use value::{Value, instant, opt_instant};

#[cfg(feature = "testing")]
pub mod testing;
