//! The audience over HTTP: uploads, the marketing list, companies and people, suppression, profile, reach.

pub(super) mod add_by_hand;
mod batch;
mod completeness;
mod duplicates;
pub(in crate::api) mod gate;
mod imports;
pub(super) mod leads;
mod list;
mod list_views;
mod lists;
mod people;
mod person_duplicates;
mod policy;
pub(super) mod profile;
mod register;
mod register_access;
mod suppression_runs;
mod websites;

pub(super) use batch::BatchView;
use utoipa_axum::router::OpenApiRouter;

use crate::engine::Engine;

/// The operations of this folder.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .merge(imports::router())
        .merge(list::router())
        .merge(lists::router())
        .merge(list_views::router())
        .merge(batch::router())
        .merge(leads::router())
        .merge(people::router())
        .merge(policy::router())
        .merge(profile::router())
        .merge(gate::router())
        .merge(websites::router())
        .merge(register::router())
        .merge(register_access::router())
        .merge(suppression_runs::router())
        .merge(add_by_hand::router())
        .merge(duplicates::router())
        .merge(person_duplicates::router())
        .merge(completeness::router())
}
