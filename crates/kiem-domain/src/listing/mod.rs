//! The lists of companies and of people: what they can be filtered and sorted by, which columns they have, and under which
//! terms a record is found.

mod at_gate;
mod filter;
mod term;
mod view;

pub use filter::{
    CONDITIONS_MAX, Condition, ConditionError, FilterField, FilterOp, VALUES_MAX, on_marketing_list,
};
pub use term::{Person, company_terms, person_terms, search_terms};
pub use view::{ListColumn, ListKind, ListSort, ViewError, ViewName};
