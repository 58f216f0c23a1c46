//! What became of each row of an upload, packed for the database: a million rows take 35 MB, and by them the result is
//! written and the upload taken back.

use std::collections::HashSet;

use kiem_domain::id::{CompanyId, ContactId};
use uuid::Uuid;

use super::bring_in::RowOutcome;

kiem_domain::text_enum! {
    /// What became of a row.
    pub enum RowKind {
        /// Nothing stood there.
        Blank = "blank",
        /// Made a company or a person.
        Created = "created",
        /// Spoke of what was there before the file.
        Matched = "matched",
        /// Spoke of what an earlier row of the file spoke of.
        Repeated = "repeated",
        /// May mean several companies; left out.
        Ambiguous = "ambiguous",
        /// Left out for another reason.
        Rejected = "rejected",
    }
}

kiem_domain::text_enum! {
    /// By what a company that was there was recognised.
    pub enum MatchedBy {
        /// Number in the Dutch register.
        KvkNumber = "kvk_number",
        /// Number in the register of another country.
        RegisterNumber = "register_number",
        /// Domain of website or address.
        Domain = "domain",
        /// A person whose address is known.
        Person = "person",
        /// Name, with nothing against it.
        Name = "name",
        /// A person said so.
        Chosen = "chosen",
    }
}

/// The outcome of one row as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowTrace {
    /// What became of it.
    pub kind: RowKind,
    /// The company; missing when the row was left out.
    pub company: Option<CompanyId>,
    /// The person, when the row has one.
    pub contact: Option<ContactId>,
    /// Whether the company is new.
    pub company_is_new: bool,
    /// Whether the person is new.
    pub contact_is_new: bool,
    /// Whether the person must not be mailed.
    pub is_suppressed: bool,
    /// By what the company was recognised.
    pub matched_by: Option<MatchedBy>,
}

/// Bytes of one row.
const ROW_BYTES: usize = 35;
const COMPANY_IS_NEW: u8 = 1;
const CONTACT_IS_NEW: u8 = 2;
const IS_SUPPRESSED: u8 = 4;

impl RowTrace {
    /// A row that says nothing, or was left out before anybody was looked for.
    pub(super) fn without_record(kind: RowKind) -> RowTrace {
        RowTrace {
            kind,
            company: None,
            contact: None,
            company_is_new: false,
            contact_is_new: false,
            is_suppressed: false,
            matched_by: None,
        }
    }

    fn pack(&self, into: &mut Vec<u8>) {
        let place = |at: Option<usize>| at.and_then(|at| u8::try_from(at + 1).ok()).unwrap_or(0);
        into.push(place(RowKind::ALL.iter().position(|k| *k == self.kind)));
        into.push(
            u8::from(self.company_is_new) * COMPANY_IS_NEW
                + u8::from(self.contact_is_new) * CONTACT_IS_NEW
                + u8::from(self.is_suppressed) * IS_SUPPRESSED,
        );
        into.push(place(self.matched_by.and_then(|by| MatchedBy::ALL.iter().position(|m| *m == by))));
        into.extend(self.company.map_or(Uuid::nil(), |c| c.0).as_bytes());
        into.extend(self.contact.map_or(Uuid::nil(), |c| c.0).as_bytes());
    }

    fn unpack(bytes: &[u8]) -> Option<RowTrace> {
        let [kind, flags, by, ids @ ..] = bytes else { return None };
        let (company, contact) = ids.split_at_checked(16)?;
        let id = |bytes: &[u8]| Uuid::from_slice(bytes).ok().filter(|id| !id.is_nil());
        Some(RowTrace {
            kind: *RowKind::ALL.get(usize::from(kind.checked_sub(1)?))?,
            company: id(company).map(CompanyId),
            contact: id(contact).map(ContactId),
            company_is_new: flags & COMPANY_IS_NEW != 0,
            contact_is_new: flags & CONTACT_IS_NEW != 0,
            is_suppressed: flags & IS_SUPPRESSED != 0,
            matched_by: by.checked_sub(1).and_then(|at| MatchedBy::ALL.get(usize::from(at))).copied(),
        })
    }
}

/// Packs rows that follow each other.
pub(super) fn pack(rows: &[RowTrace]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(rows.len() * ROW_BYTES);
    for row in rows {
        row.pack(&mut packed);
    }
    packed
}

/// Unpacks what [`pack`] packed; rows that cannot be read are left out at the end.
pub(super) fn unpack(packed: &[u8]) -> Vec<RowTrace> {
    packed.chunks_exact(ROW_BYTES).map_while(RowTrace::unpack).collect()
}

/// Companies and people that rows of the file spoke of so far, by the random half of their ids.
#[derive(Debug, Default)]
pub(super) struct Seen(HashSet<u64>);

impl Seen {
    fn is_new(&mut self, id: Option<Uuid>) -> bool {
        id.is_some_and(|id| self.0.insert(id.as_u64_pair().1))
    }

    /// Goes on after rows that were brought in before.
    pub(super) fn remember(&mut self, rows: &[RowTrace]) {
        for row in rows {
            self.is_new(row.company.map(|c| c.0));
            self.is_new(row.contact.map(|c| c.0));
        }
    }

    /// What a row means beside those before it.
    pub(super) fn look(&mut self, outcome: &RowOutcome) -> RowLook {
        if outcome.refusal().is_some() {
            let kind = if outcome.is_ambiguous { RowKind::Ambiguous } else { RowKind::Rejected };
            return RowLook {
                trace: RowTrace::without_record(kind),
                company_is_first: false,
                contact_is_first: false,
            };
        }
        let company_is_first = self.is_new(outcome.company.map(|c| c.0));
        let contact_is_first = self.is_new(outcome.contact.map(|c| c.0));
        let contact_is_new = outcome.contact.is_some() && !outcome.contact_matched;
        let kind = if outcome.company_is_new || contact_is_new {
            RowKind::Created
        } else if company_is_first || contact_is_first {
            RowKind::Matched
        } else {
            RowKind::Repeated
        };
        let trace = RowTrace {
            kind,
            company: outcome.company,
            contact: outcome.contact,
            company_is_new: outcome.company_is_new,
            contact_is_new,
            is_suppressed: outcome.is_suppressed,
            matched_by: outcome.matched_by,
        };
        RowLook { trace, company_is_first, contact_is_first }
    }
}

/// A row beside those before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowLook {
    /// Its outcome.
    pub(super) trace: RowTrace,
    /// Whether no row before spoke of the company.
    pub(super) company_is_first: bool,
    /// Whether no row before spoke of the person.
    pub(super) contact_is_first: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_survives_packing() {
        let mut rows = Vec::new();
        for kind in RowKind::ALL {
            for by in MatchedBy::ALL.iter().copied().map(Some).chain([None]) {
                for bits in 0..16_u8 {
                    rows.push(RowTrace {
                        kind: *kind,
                        company: (bits & 8 != 0).then(|| CompanyId(Uuid::from_u128(7 + u128::from(bits)))),
                        contact: (bits & 4 != 0).then(|| ContactId(Uuid::from_u128(9 + u128::from(bits)))),
                        company_is_new: bits & 1 != 0,
                        contact_is_new: bits & 2 != 0,
                        is_suppressed: bits & 4 != 0,
                        matched_by: by,
                    });
                }
            }
        }
        assert_eq!(unpack(&pack(&rows)), rows);
    }

    #[test]
    fn damaged_bytes_are_no_rows() {
        assert_eq!(unpack(&[0; 35]), []);
        assert_eq!(unpack(&[1; 34]), []);
    }
}
