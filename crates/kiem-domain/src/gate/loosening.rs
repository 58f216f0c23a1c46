//! A workspace that takes a risk: a ground that the pack does not accept suffices there, because a named person decided so
//! and said why.

use jiff::Timestamp;
use uuid::Uuid;

use super::pack::{ELSEWHERE, pack_for};
use super::{AddressClass, Channel, PersonKind};
use crate::consent::Basis;

/// One case of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cell {
    /// How.
    pub channel: Channel,
    /// Whom.
    pub person: PersonKind,
    /// At what kind of address; for mail, and only there.
    pub class: Option<AddressClass>,
}

/// A ground that suffices in one case of one country because somebody decided so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loosening {
    /// Id.
    pub id: Uuid,
    /// ISO 3166 alpha-2 code.
    pub country: String,
    /// The case.
    pub cell: Cell,
    /// The ground.
    pub basis: Basis,
    /// Why the risk is taken.
    pub reason: String,
    /// Name of who decided.
    pub decided_by: String,
    /// When.
    pub decided_at: Timestamp,
}

/// A loosening that does not hold any more; what rested on it can still be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedLoosening {
    /// What was decided.
    pub loosening: Loosening,
    /// Name of who ended it.
    pub ended_by: String,
    /// When.
    pub ended_at: Timestamp,
}

text_enum! {
    /// Why something cannot be loosened.
    pub enum NotLoosenable {
        /// There is no pack for the country, so nobody knows what would be loosened.
        NoPack = "loosening_no_pack",
        /// A guess is nobody's address.
        Guessed = "loosening_guessed",
        /// Mail has classes of address, telephone and post have none.
        NoSuchCase = "loosening_no_such_case",
        /// It is allowed already.
        AllowedAlready = "loosening_allowed_already",
    }
}

/// Whether something may be loosened at all. Suppression and erasure are no case of a pack, so nothing here reaches them.
///
/// # Errors
/// Says why not.
pub fn may_loosen(loosening: &Loosening) -> Result<(), NotLoosenable> {
    let pack = pack_for(Some(&loosening.country));
    if pack.country() != loosening.country || pack.country() == ELSEWHERE {
        return Err(NotLoosenable::NoPack);
    }
    let cell = loosening.cell;
    match (cell.channel, cell.class) {
        (Channel::Mail, Some(AddressClass::Guessed)) => return Err(NotLoosenable::Guessed),
        (Channel::Mail, Some(_)) | (Channel::Phone | Channel::Post, None) => {}
        _ => return Err(NotLoosenable::NoSuchCase),
    }
    if pack.suffices(cell).contains(&loosening.basis) {
        return Err(NotLoosenable::AllowedAlready);
    }
    Ok(())
}
