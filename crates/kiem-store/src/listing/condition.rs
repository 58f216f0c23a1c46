//! A condition of a filter as SQL. The list stands under the name `r`: companies, or the places of people on the marketing
//! list, which carry what people are sorted by.

use std::str::FromStr as _;

use kiem_domain::address::town_spellings;
use kiem_domain::audience::{FITS_MIN, MISFIT_BELOW, SizeBand};
use kiem_domain::gate::FitGroup;
use kiem_domain::listing::{Condition, FilterField, FilterOp, ListKind};
use uuid::Uuid;

use crate::value::Value;

/// Values of a statement; `$1` is the workspace.
#[derive(Debug, Clone, Default)]
pub(super) struct Params(pub Vec<Value>);

impl Params {
    /// Binds a value; returns its mark.
    pub(super) fn push(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len() + 1)
    }
}

/// Where a company stands, as [`kiem_domain::lifecycle`] derives it, of the company under the name `r`.
pub(super) const STAGE: &str = "CASE
    WHEN EXISTS (SELECT 1 FROM opportunity o WHERE o.workspace_id = r.workspace_id AND o.company_id = r.id AND o.state = 'won')
      OR EXISTS (SELECT 1 FROM prospect p WHERE p.workspace_id = r.workspace_id AND p.company_id = r.id AND p.state = 'won')
      THEN 'customer'
    WHEN NOT EXISTS (SELECT 1 FROM prospect p WHERE p.workspace_id = r.workspace_id AND p.open_company_id = r.id) THEN 'lead'
    WHEN EXISTS (SELECT 1 FROM opportunity o JOIN prospect p ON p.workspace_id = o.workspace_id AND p.id = o.prospect_id
      WHERE o.workspace_id = r.workspace_id AND o.company_id = r.id AND o.state = 'open' AND p.open_company_id = r.id)
      THEN 'opportunity'
    ELSE 'prospect' END";

/// Whether a row passes.
pub(super) fn passes(list: ListKind, condition: &Condition, params: &mut Params) -> String {
    let holds = match condition.field() {
        FilterField::Stage => one_of(&format!("({STAGE})"), condition, params),
        FilterField::Owner => {
            let owner = ids(condition, params);
            format!(
                "EXISTS (SELECT 1 FROM prospect p WHERE p.workspace_id = r.workspace_id AND p.open_company_id = r.id
                   AND p.owner_id IN ({owner}))"
            )
        }
        FilterField::Import if list == ListKind::Companies => {
            let import = ids(condition, params);
            format!(
                "r.import_id IN ({import}) OR EXISTS (SELECT 1 FROM lead l WHERE l.workspace_id = r.workspace_id
                   AND l.company_id = r.id AND l.import_id IN ({import}))"
            )
        }
        FilterField::Import => format!("r.import_id IN ({})", ids(condition, params)),
        FilterField::Campaign => {
            let campaign = ids(condition, params);
            format!(
                "EXISTS (SELECT 1 FROM enrolment e WHERE e.workspace_id = r.workspace_id AND e.lead_id = r.id
                   AND e.campaign_id IN ({campaign}))"
            )
        }
        FilterField::Fit => score(condition, params),
        FilterField::FitGroup => fit_groups(condition),
        // The gate answers these, and whoever reads the list asks it; nobody passes who was not asked about.
        field if field.is_of_gate() => "FALSE".to_owned(),
        // Through a function: SQLite would rather read the index of all states than the few rows that are known.
        FilterField::State => one_of("COALESCE(r.state, '')", condition, params),
        FilterField::NeedsLook => yes_no(condition, "r.needs_look = TRUE"),
        FilterField::Approached => yes_no(condition, "r.approached_at IS NOT NULL"),
        FilterField::Email
        | FilterField::Ground
        | FilterField::Seniority
        | FilterField::Department
        | FilterField::Title => of_person(condition, params),
        FilterField::Phone if list == ListKind::People => of_person(condition, params),
        _ => of_company(list, condition, params),
    };
    if condition.op() == FilterOp::IsNot {
        format!("NOT COALESCE(({holds}), FALSE)")
    } else {
        format!("({holds})")
    }
}

fn of_person(condition: &Condition, params: &mut Params) -> String {
    let holds = match condition.field() {
        FilterField::Email => yes_no(condition, "k.email IS NOT NULL"),
        FilterField::Ground => yes_no(condition, "k.ground_id IS NOT NULL"),
        FilterField::Phone => yes_no(condition, "k.phone IS NOT NULL"),
        FilterField::Seniority => one_of("k.seniority", condition, params),
        FilterField::Department => one_of("k.department", condition, params),
        _ => text("k.title", condition, params),
    };
    format!(
        "EXISTS (SELECT 1 FROM contact k WHERE k.workspace_id = r.workspace_id AND k.id = r.contact_id AND ({holds}))"
    )
}

fn of_company(list: ListKind, condition: &Condition, params: &mut Params) -> String {
    // What the list copies needs no look at the company.
    let copied = list == ListKind::Companies
        || matches!(condition.field(), FilterField::Country | FilterField::Industry);
    let o = if copied { "r" } else { "o" };
    let holds = match condition.field() {
        FilterField::Town => town(&format!("{o}.city"), condition, params),
        FilterField::Postcode => joined_text(&format!("{o}.postcode"), condition, params),
        FilterField::Sbi => joined_text(&format!("{o}.sbi_code"), condition, params),
        FilterField::Country => text(&format!("{o}.country"), condition, params),
        FilterField::Region => text(&format!("{o}.region"), condition, params),
        FilterField::Industry => text(&format!("{o}.industry"), condition, params),
        FilterField::Size => size(&format!("{o}.employees_n"), condition, params),
        FilterField::Website => yes_no(condition, &format!("COALESCE({o}.website, {o}.domain) IS NOT NULL")),
        FilterField::Phone => yes_no(condition, &format!("{o}.phone IS NOT NULL")),
        FilterField::Address => yes_no(condition, &format!("COALESCE({o}.street, {o}.postcode) IS NOT NULL")),
        _ => yes_no(condition, &format!("{o}.is_non_mailing = TRUE")),
    };
    if copied {
        return holds;
    }
    format!(
        "EXISTS (SELECT 1 FROM company o WHERE o.workspace_id = r.workspace_id AND o.id = r.company_id AND ({holds}))"
    )
}

fn yes_no(condition: &Condition, holds: &str) -> String {
    if condition.is_yes() { holds.to_owned() } else { format!("NOT ({holds})") }
}

fn one_of(column: &str, condition: &Condition, params: &mut Params) -> String {
    let marks: Vec<String> = condition.values().iter().map(|value| params.push(value.as_str())).collect();
    format!("{column} IN ({})", marks.join(", "))
}

fn ids(condition: &Condition, params: &mut Params) -> String {
    // Every value was read as an id before; what is none matches nothing.
    let id = |value: &String| Uuid::parse_str(value).unwrap_or_default();
    condition.values().iter().map(|value| params.push(id(value))).collect::<Vec<_>>().join(", ")
}

fn score(condition: &Condition, params: &mut Params) -> String {
    let n: i64 = condition.values().iter().find_map(|value| value.parse().ok()).unwrap_or_default();
    match condition.op() {
        FilterOp::AtMost => format!("r.fit_score BETWEEN 0 AND {}", params.push(n)),
        _ => format!("r.fit_score >= {} AND r.fit_score >= 0", params.push(n)),
    }
}

/// As [`kiem_domain::gate::fit_group`] reads a score; what is not known is missing or below zero.
fn fit_groups(condition: &Condition) -> String {
    let score = "COALESCE(r.fit_score, -1)";
    let groups = condition.values().iter().filter_map(|value| FitGroup::from_str(value).ok());
    let each: Vec<String> = groups
        .map(|group| match group {
            FitGroup::Fits => format!("{score} >= {FITS_MIN}"),
            FitGroup::Misfit => format!("{score} BETWEEN 0 AND {}", MISFIT_BELOW - 1),
            FitGroup::Unknown => {
                format!("{score} < 0 OR {score} BETWEEN {MISFIT_BELOW} AND {}", FITS_MIN - 1)
            }
        })
        .collect();
    each.join(" OR ")
}

fn size(column: &str, condition: &Condition, params: &mut Params) -> String {
    let bands = condition.values().iter().filter_map(|value| SizeBand::from_str(value).ok());
    let each: Vec<String> = bands
        .map(|band| match band.bounds() {
            (from, Some(to)) => format!("{column} BETWEEN {} AND {}", params.push(from), params.push(to)),
            (from, None) => format!("{column} >= {}", params.push(from)),
        })
        .collect();
    each.join(" OR ")
}

/// Large and small letters are alike; those with accents only where the database knows them.
fn text(column: &str, condition: &Condition, params: &mut Params) -> String {
    let begins = condition.op() == FilterOp::StartsWith;
    let each = condition.values().iter().map(|value| {
        let small = value.to_lowercase();
        if begins {
            format!("LOWER({column}) LIKE {} ESCAPE '\\'", params.push(format!("{}%", escaped(&small))))
        } else {
            format!("{column} = {} OR LOWER({column}) = {}", params.push(value.as_str()), params.push(small))
        }
    });
    each.collect::<Vec<_>>().join(" OR ")
}

/// A town under each of its names.
fn town(column: &str, condition: &Condition, params: &mut Params) -> String {
    if condition.op() == FilterOp::StartsWith {
        return text(column, condition, params);
    }
    let as_typed = one_of(column, condition, params);
    let names = condition.values().iter().flat_map(|value| town_spellings(value));
    let marks: Vec<String> = names.map(|name| params.push(name)).collect();
    format!("{as_typed} OR LOWER({column}) IN ({})", marks.join(", "))
}

/// The same for codes that are written with and without blanks and dots.
fn joined_text(column: &str, condition: &Condition, params: &mut Params) -> String {
    let begins = condition.op() == FilterOp::StartsWith;
    let code = format!("REPLACE(REPLACE(LOWER({column}), ' ', ''), '.', '')");
    let each = condition.values().iter().map(|value| {
        let plain: String = value.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        if begins {
            format!("{code} LIKE {}", params.push(format!("{plain}%")))
        } else {
            format!("{code} = {}", params.push(plain))
        }
    });
    each.collect::<Vec<_>>().join(" OR ")
}

/// A word for LIKE, taken as it is.
fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The upper end of all that begins with a term.
fn beyond(term: &str) -> String {
    format!("{term}\u{10ffff}")
}

/// Whether a row has a term that begins with the word; of a person also when the company has it.
pub(super) fn has_term(list: ListKind, word: &str, params: &mut Params) -> String {
    let (from, to) = (params.push(word), params.push(beyond(word)));
    let of = |table: &str, key: &str, id: &str| {
        format!(
            "EXISTS (SELECT 1 FROM {table} t WHERE t.workspace_id = r.workspace_id AND t.{key} = r.{id}
               AND t.term >= {from} AND t.term < {to})"
        )
    };
    match list {
        ListKind::Companies => of("company_term", "company_id", "id"),
        ListKind::People => format!(
            "({} OR {})",
            of("contact_term", "contact_id", "contact_id"),
            of("company_term", "company_id", "company_id")
        ),
    }
}

/// Queries that each give ids of rows (of people: of contacts) which have a term that begins so; together they give all.
pub(super) fn with_term(list: ListKind, word: &str, of_people: bool, most: i64) -> Vec<(String, Params)> {
    let mut companies = Params::default();
    let range = |params: &mut Params| {
        format!(
            "t.workspace_id = $1 AND t.term >= {} AND t.term < {}",
            params.push(word),
            params.push(beyond(word))
        )
    };
    let of_company = range(&mut companies);
    if list == ListKind::Companies {
        return vec![(
            format!("SELECT t.company_id AS id FROM company_term t WHERE {of_company} LIMIT {most}"),
            companies,
        )];
    }
    let mut queries = vec![(
        format!(
            // CROSS: the companies first. SQLite would go through all leads for each of them.
            "SELECT l.contact_id AS id FROM (SELECT t.company_id FROM company_term t WHERE {of_company} LIMIT {most}) c
             CROSS JOIN lead l WHERE l.workspace_id = $1 AND l.company_id = c.company_id LIMIT {most}"
        ),
        companies,
    )];
    if of_people {
        let mut people = Params::default();
        let of_person = range(&mut people);
        queries.push((
            format!("SELECT t.contact_id AS id FROM contact_term t WHERE {of_person} LIMIT {most}"),
            people,
        ));
    }
    queries
}

/// Queries that together give the ids of all rows (of people: of contacts) which pass a condition, out of indexes that know
/// them; none when no index does.
pub(super) fn by_index(list: ListKind, condition: &Condition, most: i64) -> Vec<(String, Params)> {
    if condition.op() != FilterOp::Is {
        return Vec::new();
    }
    let query = |from: &str, of: &dyn Fn(&mut Params) -> String| {
        let mut params = Params::default();
        let holds = of(&mut params);
        (format!("SELECT {from} WHERE l.workspace_id = $1 AND {holds} LIMIT {most}"), params)
    };
    let in_ids = |column: &'static str| {
        move |params: &mut Params| format!("l.{column} IN ({})", ids(condition, params))
    };
    match condition.field() {
        FilterField::Import if list == ListKind::Companies => vec![
            query("l.id FROM company l", &in_ids("import_id")),
            query("l.company_id AS id FROM lead l", &in_ids("import_id")),
        ],
        FilterField::Import => vec![query("l.contact_id AS id FROM lead l", &in_ids("import_id"))],
        FilterField::State => {
            vec![query("l.contact_id AS id FROM lead l", &|params| one_of("l.state", condition, params))]
        }
        FilterField::NeedsLook if condition.is_yes() => {
            vec![query("l.contact_id AS id FROM lead l", &|_| "l.needs_look = TRUE".to_owned())]
        }
        FilterField::Campaign => vec![query("l.contact_id AS id FROM enrolment l", &in_ids("campaign_id"))],
        FilterField::Owner => vec![query("l.company_id AS id FROM prospect l", &in_ids("owner_id"))],
        _ => Vec::new(),
    }
}
