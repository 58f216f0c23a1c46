//! Every store function on both databases, always.

mod deal;
mod job;
mod prospect;
mod sales;
