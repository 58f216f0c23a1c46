//! Who has a say when a company of some size buys, and who of them is not known yet.
//!
//! A purchase in a company of ten is one person's decision; from two hundred and fifty on it also passes procurement, IT
//! and legal. What is expected is a rule of thumb: it says whom to look for, never that somebody exists.

use super::role::SMALL_EMPLOYEES_MAX;
use super::{BuyingRole, Department, Seniority, TitleReading};

/// Smallest company that has managers of departments.
const MANAGED_EMPLOYEES_MIN: u32 = 10;
/// Smallest company that has directors of departments.
const LAYERED_EMPLOYEES_MIN: u32 = 50;
/// Smallest company that buys through procurement, IT and legal.
const FORMAL_EMPLOYEES_MIN: u32 = 250;

text_enum! {
    /// A seat at the table where a purchase is decided.
    pub enum Seat {
        /// The owner, or who runs the company.
        Boss = "boss",
        /// The director of the department that will work with it.
        FunctionalDirector = "functional_director",
        /// The manager or head of that department.
        FunctionalManager = "functional_manager",
        /// Finance.
        Finance = "finance",
        /// Procurement.
        Procurement = "procurement",
        /// IT.
        It = "it",
        /// Legal, privacy.
        Legal = "legal",
    }
}

impl Seat {
    /// The part in buying that goes with the seat.
    pub const fn role(self) -> BuyingRole {
        match self {
            Seat::Boss | Seat::FunctionalDirector | Seat::Finance => BuyingRole::EconomicBuyer,
            Seat::FunctionalManager => BuyingRole::Champion,
            Seat::Procurement => BuyingRole::Procurement,
            Seat::It => BuyingRole::TechnicalEvaluator,
            Seat::Legal => BuyingRole::Legal,
        }
    }
}

/// A person as far as the committee asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// How senior.
    pub seniority: Seniority,
    /// Which department.
    pub department: Department,
}

impl From<&TitleReading> for Known {
    fn from(reading: &TitleReading) -> Known {
        Known { seniority: reading.seniority, department: reading.department }
    }
}

/// The committee of one company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committee {
    /// Every seat with the places, in the list of known people, of those who fill it.
    pub seats: Vec<(Seat, Vec<usize>)>,
}

impl Committee {
    /// Seats that nobody known fills, the most important first.
    pub fn missing(&self) -> Vec<Seat> {
        self.seats.iter().filter(|(_, people)| people.is_empty()).map(|(seat, _)| *seat).collect()
    }
}

/// The seats that a company of this size has. Without a size, those of a company with layers: who is looked for in vain
/// costs less than who was never looked for.
pub fn expected(employees_n: Option<u32>) -> &'static [Seat] {
    match employees_n {
        Some(n) if n < MANAGED_EMPLOYEES_MIN => &[Seat::Boss],
        Some(n) if n < LAYERED_EMPLOYEES_MIN => &[Seat::Boss, Seat::FunctionalManager],
        Some(n) if n >= FORMAL_EMPLOYEES_MIN => &[
            Seat::FunctionalDirector,
            Seat::FunctionalManager,
            Seat::Finance,
            Seat::Procurement,
            Seat::It,
            Seat::Legal,
        ],
        _ => &[Seat::FunctionalDirector, Seat::FunctionalManager, Seat::Finance],
    }
}

/// Sets the people who are known on the seats that are expected. `function` is the department that will work with what is
/// sold; `Unknown` lets any department but the supporting ones count.
pub fn committee(employees_n: Option<u32>, function: Department, known: &[Known]) -> Committee {
    seated(expected(employees_n), employees_n, function, known)
}

/// The same for seats that somebody chose instead of those that the size has.
pub fn seated(seats: &[Seat], employees_n: Option<u32>, function: Department, known: &[Known]) -> Committee {
    let seats = seats
        .iter()
        .map(|seat| {
            let fills = |person: &Known| fills(*seat, person, function, employees_n);
            (*seat, known.iter().enumerate().filter(|(_, p)| fills(p)).map(|(place, _)| place).collect())
        })
        .collect();
    Committee { seats }
}

fn fills(seat: Seat, person: &Known, function: Department, employees_n: Option<u32>) -> bool {
    let is_small = employees_n.is_some_and(|n| n <= SMALL_EMPLOYEES_MAX);
    let is_boss = person.seniority <= Seniority::CLevel
        || (person.seniority == Seniority::Director && person.department == Department::General);
    let leads = person.seniority <= Seniority::Manager;
    let works = person.seniority <= Seniority::Ic;
    match seat {
        // In a small company only the owner, or who runs all of it, decides.
        Seat::Boss if is_small => {
            person.seniority == Seniority::Owner || (is_boss && person.department == Department::General)
        }
        Seat::Boss => is_boss,
        Seat::FunctionalDirector => {
            person.seniority <= Seniority::Director && is_function(person.department, function)
        }
        Seat::FunctionalManager => {
            matches!(person.seniority, Seniority::Head | Seniority::Manager)
                && person.department != Department::General
                && is_function(person.department, function)
        }
        Seat::Finance => leads && person.department == Department::Finance,
        Seat::Procurement => works && person.department == Department::Procurement,
        Seat::It => leads && person.department == Department::It,
        Seat::Legal => works && person.department == Department::Legal,
    }
}

fn is_function(department: Department, function: Department) -> bool {
    match function {
        Department::Unknown => {
            !matches!(department, Department::Unknown | Department::Procurement | Department::Legal)
        }
        function => department == function,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(seniority: Seniority, department: Department) -> Known {
        Known { seniority, department }
    }

    #[test]
    fn the_size_of_a_company_says_who_is_missing() {
        use Department as D;
        use Seat as S;
        use Seniority as R;
        let owner = person(R::Owner, D::General);
        let sales_director = person(R::Director, D::Sales);
        let sales_manager = person(R::Manager, D::Sales);
        let cfo = person(R::CLevel, D::Finance);
        let buyer = person(R::Ic, D::Procurement);
        let it_head = person(R::Head, D::It);
        let jurist = person(R::Ic, D::Legal);
        type Row = (Option<u32>, Vec<Known>, Vec<Seat>);
        let table: Vec<Row> = vec![
            (Some(1), vec![], vec![S::Boss]),
            (Some(9), vec![owner], vec![]),
            (Some(9), vec![sales_manager], vec![S::Boss]),
            (Some(10), vec![owner], vec![S::FunctionalManager]),
            (Some(20), vec![cfo, sales_manager], vec![S::Boss]),
            (Some(21), vec![cfo, sales_manager], vec![]),
            (Some(49), vec![owner, sales_manager], vec![]),
            (Some(50), vec![owner, sales_manager], vec![S::FunctionalDirector, S::Finance]),
            (Some(249), vec![sales_director, sales_manager, cfo], vec![]),
            (Some(250), vec![sales_director, sales_manager, cfo], vec![S::Procurement, S::It, S::Legal]),
            (Some(5000), vec![sales_director, sales_manager, cfo, buyer, it_head, jurist], vec![]),
            (None, vec![], vec![S::FunctionalDirector, S::FunctionalManager, S::Finance]),
        ];
        for (employees_n, known, missing) in table {
            let got = committee(employees_n, D::Sales, &known);
            assert_eq!(got.missing(), missing, "{employees_n:?} {known:?}");
        }
    }

    #[test]
    fn who_is_gone_or_assists_fills_no_seat() {
        for seniority in [Seniority::Assistant, Seniority::Intern, Seniority::Past, Seniority::Unknown] {
            for employees_n in [Some(5), Some(30), Some(100), Some(1000), None] {
                for department in Department::ALL {
                    let got = committee(employees_n, *department, &[person(seniority, *department)]);
                    assert_eq!(
                        got.missing(),
                        expected(employees_n),
                        "{seniority} {department} {employees_n:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn without_a_function_any_department_that_works_with_it_counts() {
        let known = [person(Seniority::Head, Department::Operations)];
        let got = committee(Some(30), Department::Unknown, &known);
        assert_eq!(got.seats, [(Seat::Boss, vec![]), (Seat::FunctionalManager, vec![0])]);
        assert_eq!(got.missing(), [Seat::Boss]);
    }
}
