//! What part a person plays in buying, by rank, department and the size of the company.

use super::rank::PartRank;
use super::{BuyingRole, Department, Seniority};

/// Up to so many people the owner is nearly always who decides, and directors of parts advise.
pub const SMALL_EMPLOYEES_MAX: u32 = 20;
/// From so many people on, heads of departments have a budget of their own.
pub const LARGE_EMPLOYEES_MIN: u32 = 250;

/// Words of jobs at the door of the company that assist nobody in particular.
const DOOR_WORDS: &[&str] = &[
    "receptionist",
    "receptioniste",
    "telefoniste",
    "telefonist",
    "office manager",
    "officemanager",
    "rezeptionist",
];

/// Who prepares what a board decides and keeps its agenda: a function of the staff, and so neither the board nor somebody
/// who works with what is bought. "Secretaris" of a board whose words are named beside it is the same.
const BOARD_SECRETARIES: &[&str] = &["bestuurssecretaris", "bestuurs secretaris"];

/// The buying role of a title as read.
pub(super) fn of_title(
    rank: &PartRank<'_>,
    department: Department,
    serves_boss: bool,
    employees_n: Option<u32>,
) -> BuyingRole {
    let is_of_board = |word: &str| BOARD_SECRETARIES.contains(&word) || (rank.serves && word == "secretaris");
    let is_at_door = rank.words.iter().any(|word| DOOR_WORDS.contains(word) || is_of_board(word));
    match rank.seniority {
        Seniority::Assistant if serves_boss => BuyingRole::Gatekeeper,
        Seniority::Ic if is_at_door => BuyingRole::Gatekeeper,
        seniority => buying_role(seniority, department, employees_n),
    }
}

/// The buying role that goes with a rank in a department. `employees_n` is the size of the company, if known.
pub fn buying_role(seniority: Seniority, department: Department, employees_n: Option<u32>) -> BuyingRole {
    let is_small = employees_n.is_some_and(|n| n <= SMALL_EMPLOYEES_MAX);
    let is_large = employees_n.is_some_and(|n| n >= LARGE_EMPLOYEES_MIN);
    match (seniority, department) {
        (Seniority::Past | Seniority::Unknown | Seniority::Intern, _) => BuyingRole::Unknown,
        (Seniority::Owner, _) => BuyingRole::EconomicBuyer,
        (_, Department::Procurement) => BuyingRole::Procurement,
        (_, Department::Legal) => BuyingRole::Legal,
        (Seniority::CLevel, _) => BuyingRole::EconomicBuyer,
        (Seniority::Assistant, _) => BuyingRole::User,
        // A plain "directeur" of a small company is its boss; a director of a part advises there.
        (Seniority::Director, Department::General) => BuyingRole::EconomicBuyer,
        (Seniority::Director, _) if !is_small => BuyingRole::EconomicBuyer,
        (Seniority::Head, _) if is_large => BuyingRole::EconomicBuyer,
        (_, Department::It | Department::Engineering) => BuyingRole::TechnicalEvaluator,
        (Seniority::Director | Seniority::Head | Seniority::Manager, _) => BuyingRole::Champion,
        (Seniority::Ic, _) => BuyingRole::User,
    }
}
