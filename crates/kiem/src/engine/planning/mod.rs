//! The planner and the funnel: what should happen, and what did.

pub mod definition;
