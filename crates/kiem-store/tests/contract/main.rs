//! Every store function on both databases, always.

mod audience;
mod booking;
mod campaign;
mod deal;
mod dispatch;
mod engagement;
mod funnel;
mod job;
mod mailbox;
mod message;
mod outreach;
mod outreach_stop;
mod people;
mod prospect;
mod sales;
mod sandbox;
mod thread;
