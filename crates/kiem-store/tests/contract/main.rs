//! Every store function on both databases, always.

mod account;
mod after_promotion;
mod archive;
mod audience;
mod booking;
mod campaign;
mod deal;
mod dispatch;
mod engagement;
mod erasure;
mod event;
mod fit;
mod funnel;
mod job;
mod loosening;
mod mailbox;
mod message;
mod outreach;
mod outreach_stop;
mod people;
mod practice_inbox;
mod prospect;
mod sales;
mod sandbox;
mod thread;
mod web;
