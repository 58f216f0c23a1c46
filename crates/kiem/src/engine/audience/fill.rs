//! What a row adds to a record that is there: by the chosen policy, and never a key that another record has.

use std::borrow::Cow;

use kiem_domain::audience::ActivityVersion;
use kiem_domain::contact::EmailAddress;
use kiem_domain::names::{PersonName, company_key, fold};
use kiem_store::company::CompanyDetails;

use super::conflicts::{ConflictPolicy, Put, RowDecision};
use super::desk::{Change, Desk};
use super::facts::{PersonFacts, RowFacts};
use super::records::{read_contact_title, sourced};

impl Desk {
    fn policy_of(&self, row: &RowFacts) -> ConflictPolicy {
        match row.decision {
            Some(RowDecision::Conflict(policy) | RowDecision::Company(_, Some(policy))) => policy,
            _ => self.policy,
        }
    }

    pub(super) fn fill_company(&mut self, index: usize, place: usize, row: &RowFacts) {
        let policy = self.policy_of(row);
        let facts = match policy {
            // What was weighed when two companies became one is not weighed again.
            ConflictPolicy::Fill => self.aliases.unsaid(index, &row.company),
            ConflictPolicy::Overwrite | ConflictPolicy::Keep => Cow::Borrowed(&row.company),
        };
        let is_free = |holder: Option<&usize>| holder.is_none_or(|holder| *holder == index);
        let kvk = facts.kvk_number.clone().filter(|k| is_free(self.by_kvk.get(k)));
        let domain = facts.domain.clone().filter(|d| is_free(self.by_domain.get(d)));
        let (company, change) = &mut self.companies[index];
        let before = (*change == Change::Same).then(|| company.clone());
        let mut put = Put { policy, row: place, conflicts: self.conflicts.as_mut() };
        let mut changed =
            put_details(&mut put, &mut company.details, &sourced(&facts.details, &self.source, self.now));
        changed |= put_name(&mut put, &mut company.name, company.domain.as_deref(), &facts.name);
        changed |= put.put("kvk_number", &mut company.kvk_number, &kvk);
        changed |= put.put("domain", &mut company.domain, &domain);
        for (field, known, new) in [
            ("country", &mut company.country, &facts.country),
            ("region", &mut company.region, &facts.region),
            ("city", &mut company.city, &facts.city),
            ("industry", &mut company.industry, &facts.industry),
            ("website", &mut company.website, &facts.website),
            ("company_phone", &mut company.phone, &facts.phone),
        ] {
            changed |= put.put(field, known, new);
        }
        changed |= put.put("employees", &mut company.employees_n, &facts.employees_n);
        if !changed {
            return;
        }
        company.name_key = company_key(&company.name);
        company.updated_at = self.now;
        if let Some(before) = before {
            *change = Change::Changed;
            self.companies_before.push(before);
        }
        let company = &self.companies[index].0;
        self.by_kvk.extend(company.kvk_number.clone().map(|k| (k, index)));
        self.by_domain.extend(company.domain.clone().map(|d| (d, index)));
        if let Some(number) = company.details.register_number.clone() {
            self.by_register.entry(number).or_insert(index);
        }
        let namesakes = self.by_name.entry(company.name_key.clone()).or_default();
        if !namesakes.contains(&index) {
            namesakes.push(index);
        }
    }

    pub(super) fn fill_contact(&mut self, index: usize, company: usize, place: usize, row: &RowFacts) {
        let policy = self.policy_of(row);
        let facts = &self.former_people.unsaid(index, &row.person, policy == ConflictPolicy::Fill);
        let email = facts.email.as_ref().map(EmailAddress::as_str);
        // The address of somebody else stays theirs.
        let email = email.filter(|e| self.by_email.get(*e).is_none_or(|holder| *holder == index));
        let email = email.map(str::to_owned);
        let firm = &self.companies[company].0;
        let (person, change) = &mut self.contacts[index];
        let before = (*change == Change::Same).then(|| person.clone());
        let mut put = Put { policy, row: place, conflicts: self.conflicts.as_mut() };
        let mut changed = put_person_name(&mut put, person, facts);
        if put.put("email", &mut person.email, &email) {
            changed = true;
            person.email_origin = facts.email_origin;
        }
        changed |= put.put("phone", &mut person.phone, &facts.phone);
        changed |= put.put("language", &mut person.language, &facts.language);
        changed |= put.put("person_linkedin_url", &mut person.linkedin_url, &facts.linkedin_url);
        if put.put("title", &mut person.title, &facts.title) {
            changed = true;
            read_contact_title(person, firm);
        }
        if !changed {
            return;
        }
        person.updated_at = self.now;
        if let Some(before) = before {
            *change = Change::Changed;
            self.contacts_before.push(before);
        }
        self.by_email.extend(self.contacts[index].0.email.clone().map(|e| (e, index)));
    }
}

/// A company that was named after its domain, because a list of addresses had no name, gets the first real name.
fn put_name(put: &mut Put<'_>, known: &mut String, domain: Option<&str>, new: &str) -> bool {
    if new.is_empty() || known == new {
        return false;
    }
    let is_stand_in = domain == Some(known.as_str());
    let wins = match put.policy {
        ConflictPolicy::Fill => is_stand_in,
        ConflictPolicy::Overwrite => Some(new) != domain,
        ConflictPolicy::Keep => false,
    };
    if !is_stand_in || wins {
        put.note("company_name", known.clone(), new.to_owned(), wins);
    }
    if wins {
        new.clone_into(known);
    }
    wins
}

fn put_person_name(
    put: &mut Put<'_>,
    person: &mut kiem_store::contact::Contact,
    facts: &PersonFacts,
) -> bool {
    let Some(said) = &facts.name else { return false };
    let name = with_unsaid(said, person);
    if name.key() == person.name_key {
        return false;
    }
    let is_blank = person.name_key.is_empty();
    let wins = match put.policy {
        ConflictPolicy::Fill => is_blank,
        ConflictPolicy::Overwrite => true,
        ConflictPolicy::Keep => false,
    };
    put.note("full_name", person.full_name(), name.full(), wins);
    if wins {
        person.name_key = name.key();
        (person.given_name, person.infix, person.family_name) = (name.given, name.infix, name.family);
    }
    wins
}

/// A name with the parts about which the row says nothing, from the record. An infix belongs to its family name.
fn with_unsaid(said: &PersonName, person: &kiem_store::contact::Contact) -> PersonName {
    let is_same_family = said.family.as_deref().map(fold) == person.family_name.as_deref().map(fold);
    let (infix, family) = match &said.family {
        None => (person.infix.clone(), person.family_name.clone()),
        Some(family) if is_same_family => {
            (said.infix.clone().or_else(|| person.infix.clone()), Some(family.clone()))
        }
        Some(family) => (said.infix.clone(), Some(family.clone())),
    };
    PersonName { given: said.given.clone().or_else(|| person.given_name.clone()), infix, family }
}

fn put_details(put: &mut Put<'_>, known: &mut CompanyDetails, new: &CompanyDetails) -> bool {
    let mut changed = put_address(put, known, new);
    if known.revenue_cents.is_none() || put.policy == ConflictPolicy::Overwrite {
        // An amount without its currency is no amount.
        let is_put = put.put("revenue", &mut known.revenue_cents, &new.revenue_cents);
        if is_put {
            known.revenue_currency.clone_from(&new.revenue_currency);
        }
        changed |= is_put;
    }
    if put.put("legal_form", &mut known.legal_form, &new.legal_form) {
        known.legal_form_source.clone_from(&new.legal_form_source);
        known.legal_form_on = new.legal_form_on;
        changed = true;
    }
    // An indicator that one list shows stands, whatever the next one leaves out and whoever wins.
    if new.is_non_mailing && !known.is_non_mailing {
        known.is_non_mailing = true;
        changed = true;
    }
    if put.put("sbi_code", &mut known.sbi_code, &new.sbi_code) {
        known.sbi_version = new.sbi_version;
        changed = true;
    } else if known.sbi_code == new.sbi_code && known.sbi_version == ActivityVersion::Unknown {
        // The same code from a list that says of which edition it is.
        changed |= new.sbi_version != known.sbi_version;
        known.sbi_version = new.sbi_version;
    }
    for (field, known, new) in [
        ("register_number", &mut known.register_number, &new.register_number),
        ("vat_id", &mut known.vat_id, &new.vat_id),
        ("lei", &mut known.lei, &new.lei),
        ("linkedin_url", &mut known.linkedin_url, &new.linkedin_url),
        ("founded_on", &mut known.founded_on, &new.founded_on),
    ] {
        changed |= put.put(field, known, new);
    }
    changed
}

/// Street, house number and postcode.
type Address = [Option<String>; 3];

/// An address is one fact: a street of one list beside the postcode of another is nowhere. Where what a row says of it agrees
/// with what is known, it adds the rest; where it contradicts, the whole address is one or the other.
fn put_address(put: &mut Put<'_>, known: &mut CompanyDetails, new: &CompanyDetails) -> bool {
    let of =
        |d: &CompanyDetails| -> Address { [d.street.clone(), d.house_number.clone(), d.postcode.clone()] };
    let text = |address: &Address| address.iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let (old, said) = (of(known), of(new));
    let next = joined_address(&old, said, put.policy == ConflictPolicy::Overwrite);
    if next == old {
        return false;
    }
    let is_addition = old.iter().zip(&next).all(|(x, y)| x.is_none() || x == y);
    let wins = match put.policy {
        ConflictPolicy::Fill => is_addition,
        ConflictPolicy::Overwrite => true,
        ConflictPolicy::Keep => false,
    };
    put.note("street", text(&old), text(&next), wins);
    if wins {
        [known.street, known.house_number, known.postcode] = next;
    }
    wins
}

/// The address that is known with what a row says, when both may be one place: nothing contradicts and something agrees, or
/// the row wins in what it says. Else what the row says, whole.
fn joined_address(old: &Address, said: Address, rows_win: bool) -> Address {
    let is_said = |address: &Address| address[0].is_some() || address[2].is_some();
    if !is_said(&said) {
        return old.clone();
    }
    let plain = |text: &String| fold(text).replace(' ', "");
    let agreements: Vec<bool> =
        (old.iter().zip(&said)).filter_map(|(x, y)| Some(plain(x.as_ref()?) == plain(y.as_ref()?))).collect();
    let is_one_place = agreements.iter().all(|agrees| *agrees) && (rows_win || !agreements.is_empty());
    if !is_one_place || !is_said(old) {
        return said;
    }
    let mut parts = old.iter().cloned().zip(said).map(|(x, y)| if rows_win { y.or(x) } else { x.or(y) });
    std::array::from_fn(|_| parts.next().flatten())
}
