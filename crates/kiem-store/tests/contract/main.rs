//! Every store function on both databases, always.

mod audience;
mod deal;
mod engagement;
mod funnel;
mod job;
mod people;
mod prospect;
mod sales;
mod sandbox;
mod thread;
