//! Every store function on both databases, always.

mod deal;
mod audience;
mod job;
mod prospect;
mod sales;
