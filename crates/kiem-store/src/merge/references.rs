//! Which columns point to a company, a person or a lead. A test compares these lists with the database itself, so that a
//! new table cannot be forgotten.

/// Rows of one table that one merge moves at most.
pub const ROWS_MAX: usize = 50_000;

/// A column that points to a record. The table's own key is `id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    narrow: Narrow,
}

/// By what the rows of a person are found without reading the whole table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Narrow {
    /// The column has an index of its own.
    No,
    /// They stand at the person's company.
    Company,
    /// They belong to a pursuit of the company.
    Pursuit,
}

impl Reference {
    /// A condition that keeps to the company whose id is the parameter `mark`; empty when none is needed.
    pub(super) fn narrowed_to(&self, mark: &str) -> String {
        match self.narrow {
            Narrow::No => String::new(),
            Narrow::Company => format!(" AND (company_id = {mark} OR company_id IS NULL)"),
            Narrow::Pursuit => format!(
                " AND prospect_id IN (SELECT p.id FROM prospect p WHERE p.workspace_id = $1 AND p.company_id = {mark})"
            ),
        }
    }
}

const fn of(table: &'static str, column: &'static str, narrow: Narrow) -> Reference {
    Reference { table, column, narrow }
}

/// Columns that point to a company.
pub const OF_COMPANY: &[Reference] = &[
    of("contact", "company_id", Narrow::No),
    of("lead", "company_id", Narrow::No),
    of("enrolment", "company_id", Narrow::No),
    of("message", "company_id", Narrow::No),
    of("link", "company_id", Narrow::No),
    of("inbound", "company_id", Narrow::No),
    of("engagement", "company_id", Narrow::No),
    of("web_session", "company_id", Narrow::No),
    of("promotion", "company_id", Narrow::No),
    of("booking", "company_id", Narrow::No),
    of("quote_request", "company_id", Narrow::No),
    of("prospect", "company_id", Narrow::No),
    of("prospect", "open_company_id", Narrow::No),
    of("opportunity", "company_id", Narrow::No),
    of("task", "company_id", Narrow::No),
    of("note", "company_id", Narrow::No),
    of("event", "company_id", Narrow::No),
    of("website_fact", "company_id", Narrow::No),
    of("register_payment", "company_id", Narrow::No),
    of("erased_name", "company_id", Narrow::No),
    of("company_alias", "company_id", Narrow::No),
];

/// Columns that point to a person.
pub const OF_CONTACT: &[Reference] = &[
    of("enrolment", "contact_id", Narrow::Company),
    of("message", "contact_id", Narrow::No),
    of("link", "contact_id", Narrow::Company),
    of("inbound", "contact_id", Narrow::No),
    of("engagement", "contact_id", Narrow::Company),
    of("web_session", "contact_id", Narrow::Company),
    of("promotion", "contact_id", Narrow::Company),
    of("booking", "contact_id", Narrow::Company),
    of("quote_request", "contact_id", Narrow::Company),
    of("prospect", "contact_id", Narrow::Company),
    of("quote", "contact_id", Narrow::Pursuit),
    of("task", "contact_id", Narrow::Company),
    of("event", "contact_id", Narrow::Company),
    of("privacy_request", "contact_id", Narrow::No),
    of("contact_alias", "contact_id", Narrow::No),
];

/// Columns that point to a lead.
pub const OF_LEAD: &[Reference] = &[
    of("enrolment", "lead_id", Narrow::No),
    of("message", "lead_id", Narrow::Company),
    of("inbound", "lead_id", Narrow::Company),
    of("engagement", "lead_id", Narrow::No),
    of("web_session", "lead_id", Narrow::No),
    of("promotion", "lead_id", Narrow::No),
    of("lead_override", "lead_id", Narrow::No),
    of("booking", "lead_id", Narrow::Company),
    of("quote_request", "lead_id", Narrow::Company),
    of("task", "lead_id", Narrow::Company),
];

/// Columns that a merge treats in its own way, or that go with their row.
pub const OTHERWISE: &[(&str, &str)] = &[
    // The person's own rows: removed, or taken over.
    ("lead", "contact_id"),
    ("prospect_contact", "contact_id"),
    // One reading for each company; rounds wait for companies that are there.
    ("website_reading", "company_id"),
    ("website_run_company", "company_id"),
    // One answer of the register for each company, and the same of its rounds.
    ("register_reading", "company_id"),
    ("register_run_company", "company_id"),
    // Who waits to be put on the suppression list is put there under the company that stays.
    ("suppression_run_company", "company_id"),
    // Found again after a merge.
    ("company_block", "company_id"),
    ("company_to_match", "company_id"),
    ("company_term", "company_id"),
    ("contact_term", "contact_id"),
    ("terms_to_write", "company_id"),
    ("company_group_member", "company_id"),
    ("duplicate_pair", "first_company_id"),
    ("duplicate_pair", "second_company_id"),
    ("contact_pair", "first_contact_id"),
    ("contact_pair", "second_contact_id"),
    // What merges did.
    ("company_merge", "kept_company_id"),
    ("company_merge", "lost_company_id"),
    ("company_merge", "kept_contact_id"),
    ("company_merge", "lost_contact_id"),
    ("merge_piece", "contact_id"),
];
