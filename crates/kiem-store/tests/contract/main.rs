//! Every store function on both databases, always.

mod job;
