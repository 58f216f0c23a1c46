//! What a job title says: how senior somebody is, in which department, and what part they play in buying.
//!
//! Dutch, English, German and French words. A title that is not understood stays unknown; a wrong "director" costs
//! more than an open question. A title that names somebody else's job ("assistent van de directeur") is not that job.

pub mod committee;
mod department;
mod lexicon;
mod normal;
mod now;
mod own;
mod rank;
mod role;

use department::DepartmentHit;
use normal::{Joint, Part};
use rank::{PartRank, Reach, Sureness};

pub use normal::TITLE_CHARS_MAX;
pub use role::buying_role;

/// Number of how titles are read, from 1. It goes up with every change of words or rules, so that titles that were read before
/// are read again.
pub const EDITION: i64 = 3;

text_enum! {
    /// How senior a person is, the most senior first.
    pub enum Seniority {
        /// Owns the company, alone or with partners, or is its managing shareholder.
        Owner = "owner",
        /// Board or C-level.
        CLevel = "c_level",
        /// Director of a part of the company, or a member of a board that does not run it.
        Director = "director",
        /// Head of a department.
        Head = "head",
        /// Leads a team.
        Manager = "manager",
        /// Leads nobody: an individual contributor, whatever the title sounds like.
        Ic = "ic",
        /// Assists somebody.
        Assistant = "assistant",
        /// Learns the job.
        Intern = "intern",
        /// No longer in the job, or a candidate for it.
        Past = "past",
        /// The title does not say.
        Unknown = "unknown",
    }
}

text_enum! {
    /// The part of a company somebody works in.
    pub enum Department {
        /// The company or a branch as a whole, and the office around those who lead it.
        General = "general",
        /// Sales.
        Sales = "sales",
        /// Marketing and communication.
        Marketing = "marketing",
        /// Finance and administration.
        Finance = "finance",
        /// Information technology, software and data.
        It = "it",
        /// Operations: production, building, logistics, quality, safety, facilities, projects.
        Operations = "operations",
        /// People.
        Hr = "hr",
        /// Buying.
        Procurement = "procurement",
        /// Legal, privacy and compliance.
        Legal = "legal",
        /// Technology, engineering, maintenance, research.
        Engineering = "engineering",
        /// What is made or sold, seen from its user: product management and its design.
        Product = "product",
        /// Customer service.
        Service = "service",
        /// Care of patients and clients.
        Healthcare = "healthcare",
        /// Teaching and child care.
        Education = "education",
        /// The title does not say.
        Unknown = "unknown",
    }
}

text_enum! {
    /// What part somebody plays when a company buys.
    pub enum BuyingRole {
        /// Decides about the money.
        EconomicBuyer = "economic_buyer",
        /// Judges whether it works and fits what is there.
        TechnicalEvaluator = "technical_evaluator",
        /// Leads those who will work with it: wants it, and fights for it inside.
        Champion = "champion",
        /// Works with it.
        User = "user",
        /// Negotiates terms.
        Procurement = "procurement",
        /// Checks contracts and privacy.
        Legal = "legal",
        /// Guards the door of somebody who decides.
        Gatekeeper = "gatekeeper",
        /// Nothing that a title says.
        Unknown = "unknown",
    }
}

impl Seniority {
    /// Missing when unknown, for places that store only what is known.
    pub fn known(self) -> Option<Seniority> {
        (self != Seniority::Unknown).then_some(self)
    }

    /// Which of two titles of one person counts. Who assists a director and does the administration guards the
    /// director's door: that is what matters to who calls.
    fn order(self) -> usize {
        match self {
            Seniority::Owner => 0,
            Seniority::CLevel => 1,
            Seniority::Director => 2,
            Seniority::Head => 3,
            Seniority::Manager => 4,
            Seniority::Assistant => 5,
            Seniority::Ic => 6,
            Seniority::Intern => 7,
            Seniority::Past => 8,
            Seniority::Unknown => 9,
        }
    }
}

impl Department {
    /// Missing when unknown, for places that store only what is known.
    pub fn known(self) -> Option<Department> {
        (self != Department::Unknown).then_some(self)
    }
}

impl BuyingRole {
    /// Missing when unknown.
    pub fn known(self) -> Option<BuyingRole> {
        (self != BuyingRole::Unknown).then_some(self)
    }
}

/// What a title says; what it does not say is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleReading {
    /// How senior.
    pub seniority: Seniority,
    /// Which department.
    pub department: Department,
    /// Which part in buying.
    pub buying_role: BuyingRole,
    /// How sure the reading is, 0 to 100 percent; 0 when nothing was understood.
    pub confidence_percent: u8,
    /// The words that it rests on, folded, in the order in which they counted.
    pub matched: Vec<String>,
}

impl TitleReading {
    /// Nothing was understood.
    pub fn unknown() -> TitleReading {
        TitleReading {
            seniority: Seniority::Unknown,
            department: Department::Unknown,
            buying_role: BuyingRole::Unknown,
            confidence_percent: 0,
            matched: Vec::new(),
        }
    }
}

/// One part of a title with what it says.
struct PartReading<'a> {
    part: &'a Part,
    rank: Option<PartRank<'a>>,
    department: Option<DepartmentHit<'a>>,
}

/// Reads a title. `employees_n` sharpens the buying role: in a small company the boss decides nearly everything.
pub fn read_title(title: &str, employees_n: Option<u32>) -> TitleReading {
    let normal = normal::normal(title);
    let mut readings = read_parts(&normal, false);
    if readings.iter().all(|r| r.rank.is_none()) {
        readings = read_parts(&normal, true);
    }
    carry_past(&mut readings);
    leave_out_the_coming(&mut readings);
    leave_out_the_served(&mut readings);
    // "Directeur / eigenaar", "Accountmanager en vennoot": the most senior part counts, and of equals the first.
    let best = readings
        .iter()
        .enumerate()
        .filter_map(|(place, r)| r.rank.as_ref().map(|rank| (place, rank)))
        .min_by_key(|(_, rank)| rank.seniority.order());
    match best {
        Some((place, rank)) => of_best(&readings, place, rank, employees_n),
        None => without_rank(&readings),
    }
}

fn read_parts(normal: &normal::Normal, may_guess: bool) -> Vec<PartReading<'_>> {
    let reading = rank::Reading { is_dutch_coordinator: normal.is_dutch_coordinator, may_guess };
    let read = |part| {
        let department = department::department(part);
        let hits = rank::hits(part, reading);
        let is_functional = department.is_some_and(|d| d.department != Department::General);
        PartReading { part, rank: rank::part_rank(part, hits, is_functional), department }
    };
    normal.parts.iter().map(read).collect()
}

/// "Directeur (voormalig)", "former CEO and founder", "eigenaar tot 2019", "CFO (2015 - 2019)": the whole of it is over.
fn carry_past(readings: &mut [PartReading<'_>]) {
    let is_past = |r: &PartReading<'_>| r.rank.as_ref().is_some_and(|rank| rank.seniority == Seniority::Past);
    for place in 0..readings.len() {
        let part = readings[place].part;
        let told = match readings[place].rank.as_mut() {
            Some(rank) if now::has_ended(part, rank.words.last().copied()) => {
                rank.seniority = Seniority::Past;
                continue;
            }
            Some(rank) => rank.seniority == Seniority::Past && now::says_only_when(part, &rank.words),
            None => part.joint != Joint::Bar && now::has_ended(part, None),
        };
        if !told && !is_past(&readings[place]) {
            continue;
        }
        let next_is_soft = readings.get(place + 1).is_some_and(|next| next.part.joint == Joint::Soft);
        let neighbour = match place.checked_sub(1) {
            Some(before) if told && part.joint != Joint::Bar => before,
            None if told => place + 1,
            _ if next_is_soft => place + 1,
            _ => continue,
        };
        if let Some(rank) = readings.get_mut(neighbour).and_then(|r| r.rank.as_mut()) {
            rank.seniority = Seniority::Past;
        }
    }
}

/// "Directeur (in opleiding)": not yet.
fn leave_out_the_coming(readings: &mut [PartReading<'_>]) {
    for place in 1..readings.len() {
        let is_chief = readings[place - 1].rank.as_ref().is_some_and(|r| r.seniority <= Seniority::Director);
        if is_chief && now::is_to_come(readings[place].part) {
            readings[place - 1].rank = None;
        }
    }
}

/// "Executive assistant to the CEO, CFO and board": the parts behind an assistant are whom they assist, up to a bar.
/// "Directie- en managementassistent": a body alone is nobody's rank when somebody serves it.
fn leave_out_the_served(readings: &mut [PartReading<'_>]) {
    leave_out_the_assisted(readings);
    let serves = |rank: &PartRank<'_>| {
        rank.seniority == Seniority::Assistant || (rank.seniority == Seniority::Ic && rank.serves)
    };
    let anybody_serves = readings.iter().any(|r| {
        r.rank.as_ref().is_some_and(|rank| matches!(rank.seniority, Seniority::Assistant | Seniority::Ic))
    });
    let mut is_serving = false;
    for reading in readings.iter_mut() {
        if matches!(reading.part.joint, Joint::Bar | Joint::Start) {
            is_serving = false;
        }
        let Some(rank) = &reading.rank else { continue };
        if (is_serving && rank.seniority <= Seniority::Director) || (anybody_serves && rank.is_body) {
            reading.rank = None;
        } else if serves(rank) {
            is_serving = true;
        }
    }
}

/// "CEO & CFO assistant", "CEO (assistant)", "PA | CEO": who says to assist leads nothing, wherever the chief stands. An owner
/// who is called a secretary costs a glance; a secretary who is called owner is sold to.
fn leave_out_the_assisted(readings: &mut [PartReading<'_>]) {
    for place in 0..readings.len() {
        // "Director and secretary" is an officer of an English company.
        let is_officer =
            readings[place].part.text == "secretary" && readings[place].part.joint == Joint::Soft;
        let reach = match &readings[place].rank {
            Some(rank) if matches!(rank.seniority, Seniority::Ic | Seniority::Assistant) && !is_officer => {
                rank.reach
            }
            _ => Reach::Part,
        };
        let is_cut = |r: &PartReading<'_>| r.part.joint == Joint::Bar;
        let (from, to) = match reach {
            Reach::Part => continue,
            Reach::Title => (0, readings.len()),
            Reach::Bars => (
                readings[..=place].iter().rposition(is_cut).unwrap_or(0),
                readings[place + 1..].iter().position(is_cut).map_or(readings.len(), |n| place + 1 + n),
            ),
        };
        let mut has_served = false;
        for reading in &mut readings[from..to] {
            if reading.rank.as_ref().is_some_and(|r| r.seniority <= Seniority::Director) {
                reading.rank = None;
                has_served = true;
            }
        }
        if let Some(rank) = readings[place].rank.as_mut() {
            rank.serves = rank.serves || has_served;
        }
    }
}

fn of_best(
    readings: &[PartReading<'_>],
    place: usize,
    rank: &PartRank<'_>,
    employees_n: Option<u32>,
) -> TitleReading {
    let named = department_of(readings, place, rank);
    let department = named.map_or_else(|| unnamed_department(rank.seniority), |hit| hit.department);
    let mut matched: Vec<String> = rank.words.iter().map(|w| (*w).to_owned()).collect();
    if let Some(hit) = named
        && !matched.iter().any(|word| word == hit.text)
    {
        matched.push(hit.text.to_owned());
    }
    let serves_boss = rank.serves || department == Department::General;
    TitleReading {
        seniority: rank.seniority,
        department,
        buying_role: role::of_title(rank, department, serves_boss, employees_n),
        confidence_percent: confidence(readings, rank, named.is_some()),
        matched,
    }
}

/// Only a department, or nothing at all.
fn without_rank(readings: &[PartReading<'_>]) -> TitleReading {
    let strong = readings.iter().filter_map(|r| r.department).find(|hit| hit.weight > 1);
    match strong {
        Some(hit) => TitleReading {
            department: hit.department,
            confidence_percent: 30,
            matched: vec![hit.text.to_owned()],
            ..TitleReading::unknown()
        },
        None => TitleReading::unknown(),
    }
}

/// Which words name the department of the part that counts.
fn department_of<'a>(
    readings: &[PartReading<'a>],
    place: usize,
    rank: &PartRank<'_>,
) -> Option<DepartmentHit<'a>> {
    let serves_a_person = rank.serves && matches!(rank.seniority, Seniority::Assistant | Seniority::Ic);
    match rank.seniority {
        Seniority::Past => return None,
        // "Assistent van de financieel directeur" works for the director, not in finance.
        Seniority::Assistant if serves_a_person => return None,
        // What stands beside "eigenaar" is what the company does; only another rank says what the owner does.
        Seniority::Owner if !rank.is_partner => {
            return readings
                .iter()
                .filter(|r| r.rank.as_ref().is_some_and(|other| matches!(other.seniority.order(), 1..=3)))
                .find_map(|r| r.department);
        }
        _ => {}
    }
    // "Sales & Marketing Director": the words before a soft joint belong to the director as well, and come first.
    let shared =
        readings[..place].last().filter(|r| r.rank.is_none() && readings[place].part.joint == Joint::Soft);
    let own = shared.and_then(|r| r.department).or(readings[place].department);
    let strong = |hit: &DepartmentHit<'_>| hit.weight > 1;
    let others = || readings.iter().filter(|r| r.rank.is_none()).filter_map(|r| r.department).find(strong);
    let ranked = || {
        let same =
            |r: &&PartReading<'a>| r.rank.as_ref().is_some_and(|other| other.seniority <= Seniority::Ic);
        readings.iter().filter(same).filter_map(|r| r.department).find(strong)
    };
    match own {
        Some(hit) if strong(&hit) => Some(hit),
        weak => others().or_else(ranked).or(weak),
    }
}

/// What is meant when a title names no department.
fn unnamed_department(seniority: Seniority) -> Department {
    match seniority {
        Seniority::Owner | Seniority::CLevel | Seniority::Director | Seniority::Assistant => {
            Department::General
        }
        _ => Department::Unknown,
    }
}

/// Words that mean different ranks in different companies.
const WIDE_WORDS: &[&str] = &[
    "directeur",
    "director",
    "general manager",
    "lead",
    "responsable",
    "coordinator",
    "partner",
    "geschaftsfuhrer",
    "voorzitter",
    "chief",
    "prokurist",
    "country manager",
    "verantwoordelijke",
    "coordinateur",
];

fn confidence(readings: &[PartReading<'_>], rank: &PartRank<'_>, has_department: bool) -> u8 {
    let base: u8 = match rank.sureness {
        Sureness::Exact => 92,
        Sureness::Compound => 85,
        Sureness::Guess => 60,
    };
    let wide = if rank.words.iter().any(|w| WIDE_WORDS.contains(w)) { 12 } else { 0 };
    let ranks = readings.iter().filter_map(|r| r.rank.as_ref()).map(|r| r.seniority);
    let is_mixed = ranks.into_iter().any(|other| other != rank.seniority);
    let mixed = if is_mixed { 6 } else { 0 };
    let named = if has_department { 5 } else { 0 };
    base.saturating_sub(wide).saturating_sub(mixed) + named
}

#[cfg(test)]
mod tests;
