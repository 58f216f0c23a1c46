//! The audience: bringing in lists, the marketing list, who may be approached, the ideal customer profile.

pub mod batch;
pub mod bring_in;
pub mod dedupe;
mod desk;
pub mod edit;
pub mod facts;
pub mod gate;
pub mod import;
pub mod import_file;
pub mod import_job;
pub mod leads;
mod memory;
mod numbers;
pub mod people;
pub mod profile;
pub mod reach;
pub mod records;
pub mod suppressions;
pub mod typed;
pub mod website;

pub use batch::{BatchOutcome, LeadsAction};
pub use bring_in::{Arrival, GroundToRecord};
pub use edit::{CompanyEdit, ContactEdit, NewLead};
pub use facts::{Columns, CompanyFacts, PersonFacts, RowFacts, RowProblem, RowReading, RowWarning};
pub use gate::NewGround;
pub use import::{ImportOrder, Preview, Upload};
pub use import_file::{FileOrder, FileReport};
pub use leads::{LeadDetail, LeadPage, LeadQuery};
pub use reach::Reach;
pub use typed::TypedFact;
