//! Every store function on both databases, always.

mod audience;
mod deal;
mod engagement;
mod erasure;
mod funnel;
mod job;
mod outreach;
mod people;
mod prospect;
mod sales;
mod thread;
