//! Every store function on both databases, always.

mod audience;
mod deal;
mod engagement;
mod job;
mod prospect;
mod sales;
mod thread;
mod funnel;
