//! Which rows of a chunk belong together: one may give a company the key by which the next finds it, so that what the database
//! knows about the company of the one must be there for the other.

use std::collections::HashMap;

use kiem_domain::contact::EmailAddress;

use super::facts::RowFacts;

/// The places of rows that share a number, a domain, an address or a name, directly or through others.
pub(super) fn related(rows: &[RowFacts]) -> Vec<Vec<usize>> {
    let mut group_of: Vec<usize> = (0..rows.len()).collect();
    let mut groups: Vec<Vec<usize>> = (0..rows.len()).map(|place| vec![place]).collect();
    let mut first_with: HashMap<(u8, &str), usize> = HashMap::new();
    for (place, row) in rows.iter().enumerate() {
        let facts = &row.company;
        let keys = [
            facts.kvk_number.as_deref(),
            facts.domain.as_deref(),
            facts.details.register_number.as_deref(),
            row.person.email.as_ref().map(EmailAddress::as_str),
            Some(row.company_key.as_str()).filter(|name| !name.is_empty()),
        ];
        for (kind, key) in (0..).zip(keys).filter_map(|(kind, key)| Some((kind, key?))) {
            let other = *first_with.entry((kind, key)).or_insert(place);
            let (a, b) = (group_of[other], group_of[place]);
            if a == b {
                continue;
            }
            // The smaller group moves, so that no row moves often.
            let (kept, gone) = if groups[a].len() < groups[b].len() { (b, a) } else { (a, b) };
            let moved = std::mem::take(&mut groups[gone]);
            for row in &moved {
                group_of[*row] = kept;
            }
            groups[kept].extend(moved);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audience::facts::{CompanyFacts, PersonFacts};

    #[test]
    fn rows_belong_together_by_a_key_that_they_share_also_through_others() {
        let row = |name: &str, kvk: Option<&str>, domain: Option<&str>| {
            let company = CompanyFacts {
                name: name.to_owned(),
                kvk_number: kvk.map(str::to_owned),
                domain: domain.map(str::to_owned),
                ..CompanyFacts::default()
            };
            RowFacts::new(company, PersonFacts::default())
        };
        let rows = [
            row("Noord", Some("12345678"), None),
            row("Zuid", None, None),
            row("West", None, Some("west.example")),
            row("Anders", Some("12345678"), Some("west.example")),
            // A number is no domain.
            row("Oost", None, Some("12345678")),
        ];
        let mut groups = related(&rows);
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups.sort();
        assert_eq!(groups, [vec![0, 2, 3], vec![1], vec![4]]);
        assert!(related(&[]).is_empty());
    }
}
