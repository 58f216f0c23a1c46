//! Lists as tests bring them in, and everything that a workspace holds, to compare it.

use std::path::Path;

use kiem::engine::audience::{ConflictPolicy, FileOrder, ImportOrder, NewGround};
use kiem_adapters::import::Field;
use kiem_domain::consent::Basis;

use super::House;

/// The ground of a list of customers.
pub fn existing_customer() -> NewGround {
    NewGround {
        basis: Basis::ExistingCustomer,
        source: "uw bestelling".to_owned(),
        source_detail: String::new(),
        evidence_url: String::new(),
        obtained_on: jiff::civil::date(2026, 11, 1),
    }
}

/// What somebody decides about an upload of customers at the page.
pub fn upload_order(mapping: Vec<(usize, Field)>, policy: ConflictPolicy) -> ImportOrder {
    ImportOrder {
        mapping,
        ground: existing_customer(),
        default_country: None,
        encoding: None,
        policy,
        rows: Vec::new(),
        values: Vec::new(),
        date_order: None,
    }
}

/// A file of customers from a shell.
pub fn file_order(path: &Path) -> FileOrder {
    FileOrder {
        path: path.to_owned(),
        preset: None,
        map: Vec::new(),
        encoding: None,
        ground: existing_customer(),
        default_country: None,
        own_country: None,
        policy: ConflictPolicy::Fill,
        is_trial: false,
    }
}

/// Tables that a merge and its undo leave their own traces in, or that follow from the facts.
const TRACES: &[&str] = &[
    "audit_entry",
    "company_merge",
    "merge_piece",
    "company_to_match",
    "company_block",
    "company_term",
    "contact_term",
    "terms_to_write",
    "match_terms",
    "job",
    "job_wakeup",
    "send_journal",
];

/// Every row of every table of the workspace, as text.
pub async fn everything(house: &House) -> Vec<String> {
    let mut global = house.db.store.global_read().await.unwrap();
    let sql = if house.db.name == "sqlite" {
        "SELECT m.name AS t FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND c.name = 'workspace_id' ORDER BY m.name"
    } else {
        "SELECT CAST(table_name AS TEXT) AS t FROM information_schema.columns
         WHERE table_schema = 'public' AND column_name = 'workspace_id' ORDER BY table_name"
    };
    let tables: Vec<String> =
        global.fetch_all(sql, vec![]).await.unwrap().iter().map(|row| row.get("t").unwrap()).collect();
    drop(global);
    assert!(tables.len() > 50, "{}", tables.len());
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let mut found = Vec::new();
    for table in tables.iter().filter(|table| !TRACES.contains(&table.as_str())) {
        let sql = format!("SELECT * FROM {table} WHERE workspace_id = $1");
        for row in tx.fetch_all(sql, vec![]).await.unwrap() {
            let values = row.values().unwrap();
            let text = format!("{table}: {values:?}");
            if !["company.merge", "contact.merge"].iter().any(|told| text.contains(told)) {
                found.push(text);
            }
        }
    }
    found.sort();
    found
}
