//! What happens where a row and a known record say different things, and what exactly changed: the blanks are filled, the
//! row wins, or the record stays as it is.

use kiem_domain::id::CompanyId;
use kiem_store::company::Company;
use kiem_store::contact::Contact;
use serde_json::{Map, Value};

kiem_domain::text_enum! {
    /// What happens with a fact that a record and a row both have.
    pub enum ConflictPolicy {
        /// Blanks are filled; what is known stays.
        Fill = "fill",
        /// The row wins wherever it says something.
        Overwrite = "overwrite",
        /// Records that are there stay exactly as they are.
        Keep = "keep",
    }
}

/// What a person decided about one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowDecision {
    /// Another policy than for the other rows.
    Conflict(ConflictPolicy),
    /// Leave the row out.
    Skip,
    /// It is a company of its own, whatever it looks like.
    New,
    /// It is this company; perhaps with another policy than for the other rows.
    Company(CompanyId, Option<ConflictPolicy>),
}

/// A fact that a row adds to a record that is there, or says differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Place of the row in its arrival.
    pub row: usize,
    /// Which fact: a name of a field.
    pub field: &'static str,
    /// What is known; empty when the record says nothing.
    pub known: String,
    /// What the row says.
    pub new: String,
    /// Whether the record becomes what the row says.
    pub is_written: bool,
}

/// Puts facts of one row into one record.
pub(super) struct Put<'a> {
    /// What wins.
    pub(super) policy: ConflictPolicy,
    /// The row.
    pub(super) row: usize,
    /// Where differences are noted; none when nobody asks.
    pub(super) conflicts: Option<&'a mut Vec<Conflict>>,
}

impl Put<'_> {
    /// Returns whether the record changed.
    pub(super) fn put<T>(&mut self, field: &'static str, known: &mut Option<T>, new: &Option<T>) -> bool
    where
        T: Clone + PartialEq + ToString,
    {
        let Some(value) = new else { return false };
        let Some(old) = known else {
            let is_written = self.policy != ConflictPolicy::Keep;
            self.note(field, String::new(), value.to_string(), is_written);
            if is_written {
                known.clone_from(new);
            }
            return is_written;
        };
        if old == value {
            return false;
        }
        let is_written = self.policy == ConflictPolicy::Overwrite;
        self.note(field, old.to_string(), value.to_string(), is_written);
        if is_written {
            known.clone_from(new);
        }
        is_written
    }

    /// Notes a difference; another way to write capitals is none.
    pub(super) fn note(&mut self, field: &'static str, known: String, new: String, is_written: bool) {
        if let Some(conflicts) = self.conflicts.as_deref_mut()
            && known.to_lowercase() != new.to_lowercase()
        {
            conflicts.push(Conflict { row: self.row, field, known, new, is_written });
        }
    }
}

/// The facts of a company as they are compared and put back. That it wants no mail is none of them: it stays.
pub(super) fn company_map(company: &Company) -> Map<String, Value> {
    let d = &company.details;
    let texts = [
        ("domain", &company.domain),
        ("kvk_number", &company.kvk_number),
        ("country", &company.country),
        ("region", &company.region),
        ("city", &company.city),
        ("industry", &company.industry),
        ("website", &company.website),
        ("company_phone", &company.phone),
        ("street", &d.street),
        ("house_number", &d.house_number),
        ("postcode", &d.postcode),
        ("register_number", &d.register_number),
        ("vat_id", &d.vat_id),
        ("lei", &d.lei),
        ("legal_form", &d.legal_form),
        ("linkedin_url", &d.linkedin_url),
        ("sbi_code", &d.sbi_code),
        ("founded_on", &d.founded_on),
        ("revenue_currency", &d.revenue_currency),
    ];
    let mut map = text_map(&texts);
    map.insert("company_name".to_owned(), Value::from(company.name.as_str()));
    map.insert("employees".to_owned(), company.employees_n.into());
    map.insert("revenue".to_owned(), d.revenue_cents.into());
    map.insert("sbi_version".to_owned(), d.sbi_version.as_str().into());
    map.insert("legal_form_source".to_owned(), d.legal_form_source.as_deref().into());
    map.insert("legal_form_on".to_owned(), d.legal_form_on.map(|day| day.to_string()).into());
    map
}

/// The facts of a person as they are compared and put back.
pub(super) fn contact_map(person: &Contact) -> Map<String, Value> {
    let mut map = text_map(&[
        ("given_name", &person.given_name),
        ("infix", &person.infix),
        ("family_name", &person.family_name),
        ("email", &person.email),
        ("phone", &person.phone),
        ("title", &person.title),
        ("language", &person.language),
        ("person_linkedin_url", &person.linkedin_url),
    ]);
    map.insert("email_origin".to_owned(), Value::from(person.email_origin.as_str()));
    map
}

fn text_map(texts: &[(&str, &Option<String>)]) -> Map<String, Value> {
    texts.iter().map(|(name, text)| ((*name).to_owned(), text.as_deref().into())).collect()
}

/// What differs between two states of a record: per fact what it was and what it became.
pub(super) fn difference(before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
    let changed = after.iter().filter(|(name, value)| before.get(*name) != Some(*value));
    changed
        .map(|(name, value)| {
            let was = before.get(name).cloned().unwrap_or_default();
            (name.clone(), Value::Array(vec![was, value.clone()]))
        })
        .collect()
}

/// Two differences, one after the other, as one: what it was at first, and what it became at last.
pub(super) fn joined(first: &Map<String, Value>, then: Map<String, Value>) -> Map<String, Value> {
    let mut joined = first.clone();
    for (name, mut change) in then {
        if let (Some(was), Some(now)) = (first.get(&name).and_then(|c| c.get(0)), change.get_mut(0)) {
            *now = was.clone();
        }
        joined.insert(name, change);
    }
    joined
}

/// Facts as they were before a difference; what somebody changed since stays. Returns what goes back and how many stay.
pub(super) fn put_back(
    now: &Map<String, Value>,
    difference: &Map<String, Value>,
) -> (Map<String, Value>, usize) {
    let mut back = now.clone();
    let mut n_kept = 0;
    for (name, change) in difference {
        let (was, became) = (change.get(0), change.get(1));
        if now.get(name) == became {
            back.insert(name.clone(), was.cloned().unwrap_or_default());
        } else if now.get(name) != was {
            n_kept += 1;
        }
    }
    (back, n_kept)
}

/// Writes facts into a company; keys and fit are the caller's.
pub(super) fn write_company(company: &mut Company, facts: &Map<String, Value>) {
    let text = |name: &str| facts.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(name) = text("company_name") {
        company.name = name;
    }
    company.employees_n = facts.get("employees").and_then(Value::as_i64);
    company.domain = text("domain");
    company.kvk_number = text("kvk_number");
    company.country = text("country");
    company.region = text("region");
    company.city = text("city");
    company.industry = text("industry");
    company.website = text("website");
    company.phone = text("company_phone");
    let d = &mut company.details;
    d.street = text("street");
    d.house_number = text("house_number");
    d.postcode = text("postcode");
    d.register_number = text("register_number");
    d.vat_id = text("vat_id");
    d.lei = text("lei");
    d.legal_form = text("legal_form");
    d.legal_form_source = text("legal_form_source");
    d.legal_form_on = text("legal_form_on").and_then(|day| day.parse().ok());
    d.linkedin_url = text("linkedin_url");
    d.sbi_code = text("sbi_code");
    d.sbi_version = text("sbi_version").and_then(|version| version.parse().ok()).unwrap_or_default();
    d.founded_on = text("founded_on");
    d.revenue_cents = facts.get("revenue").and_then(Value::as_i64);
    d.revenue_currency = text("revenue_currency");
}

/// Writes facts into a person; keys and what the title says are the caller's.
pub(super) fn write_contact(person: &mut Contact, facts: &Map<String, Value>) {
    let text = |name: &str| facts.get(name).and_then(Value::as_str).map(str::to_owned);
    person.given_name = text("given_name");
    person.infix = text("infix");
    person.family_name = text("family_name");
    person.email = text("email");
    if let Some(origin) = text("email_origin").and_then(|origin| origin.parse().ok()) {
        person.email_origin = origin;
    }
    person.phone = text("phone");
    person.title = text("title");
    person.language = text("language");
    person.linkedin_url = text("person_linkedin_url");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(facts: &[(&str, &str)]) -> Map<String, Value> {
        facts
            .iter()
            .map(|(k, v)| ((*k).to_owned(), if v.is_empty() { Value::Null } else { Value::from(*v) }))
            .collect()
    }

    #[test]
    fn who_wins_is_what_was_chosen() {
        for (policy, known, new, expected) in [
            (ConflictPolicy::Fill, None, Some("Goes"), Some("Goes")),
            (ConflictPolicy::Fill, Some("Delft"), Some("Goes"), Some("Delft")),
            (ConflictPolicy::Overwrite, Some("Delft"), Some("Goes"), Some("Goes")),
            (ConflictPolicy::Overwrite, Some("Delft"), None, Some("Delft")),
            (ConflictPolicy::Keep, None, Some("Goes"), None),
            (ConflictPolicy::Keep, Some("Delft"), Some("Goes"), Some("Delft")),
        ] {
            let mut known = known.map(str::to_owned);
            let before = known.clone();
            let changed =
                Put { policy, row: 0, conflicts: None }.put("city", &mut known, &new.map(str::to_owned));
            assert_eq!(known.as_deref(), expected, "{policy}");
            assert_eq!(changed, known != before);
        }
    }

    #[test]
    fn a_difference_is_noted_but_capitals_are_none() {
        let mut conflicts = Vec::new();
        let mut put = Put { policy: ConflictPolicy::Fill, row: 3, conflicts: Some(&mut conflicts) };
        put.put("city", &mut Some("GOES".to_owned()), &Some("Goes".to_owned()));
        put.put("city", &mut Some("Delft".to_owned()), &Some("Goes".to_owned()));
        assert_eq!(conflicts.len(), 1);
        assert_eq!((conflicts[0].row, conflicts[0].known.as_str()), (3, "Delft"));
    }

    #[test]
    fn what_is_put_back_is_what_was_there_unless_somebody_changed_it_since() {
        let before = map(&[("city", ""), ("phone", "1"), ("title", "x")]);
        let after = map(&[("city", "Goes"), ("phone", "2"), ("title", "x")]);
        let first = difference(&before, &after);
        assert_eq!(first.len(), 2);
        let later = map(&[("city", "Delft"), ("phone", "2"), ("title", "x")]);
        let both = joined(&first, difference(&after, &later));
        assert_eq!(put_back(&later, &both), (before.clone(), 0));
        let edited = map(&[("city", "Breda"), ("phone", "2"), ("title", "y")]);
        let (back, n_kept) = put_back(&edited, &both);
        assert_eq!((back, n_kept), (map(&[("city", "Breda"), ("phone", "1"), ("title", "y")]), 1));
    }
}
