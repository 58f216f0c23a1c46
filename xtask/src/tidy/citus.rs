//! The schema can be distributed on `workspace_id` (Citus) without a change: the rules that this needs hold from the
//! first migration on.

use std::collections::BTreeSet;

use super::migrations::{POSTGRES, SQLITE, schema};
use super::sql::{Index, KeyKind, Schema, Table};
use super::tree::Tree;
use super::{Finding, allow_list};

const FIRST_WHY: &str = "tables are distributed on workspace_id, which must lead every key and index";
const WORDS_WHY: &str = "ids are made by the program, and nothing happens behind its back";

/// What no migration may create, and words that it may not use, on either database.
const FORBIDDEN_OBJECTS: &[&str] = &["trigger", "sequence", "function", "procedure"];
const FORBIDDEN_WORDS: &[&str] = &[
    "serial",
    "bigserial",
    "smallserial",
    "autoincrement",
    "gen_random_uuid",
    "uuid_generate_v4",
    "uuidv7",
    "nextval",
];

/// Checks the PostgreSQL schema, and the words of both.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let global: BTreeSet<&str> = allow_list(include_str!("global_tables.txt")).into_iter().collect();
    let postgres = schema(tree, POSTGRES);
    let mut findings = Vec::new();
    for (name, table) in &postgres.tables {
        if !global.contains(name.as_str()) && !table.is_particular {
            keys(name, table, &global, &mut findings);
        }
    }
    for (name, index) in &postgres.indexes {
        if !global.contains(name.as_str()) && !global.contains(index.table.as_str()) {
            index_columns(name, index, &mut findings);
        }
    }
    words(&postgres, &mut findings);
    words(&schema(tree, SQLITE), &mut findings);
    findings
}

fn leads(columns: &[String]) -> bool {
    columns.first().is_some_and(|column| column == "workspace_id")
}

fn keys(name: &str, table: &Table, global: &BTreeSet<&str>, findings: &mut Vec<Finding>) {
    if !table.keys.iter().any(|key| key.kind == KeyKind::Primary) {
        let what = format!("table {name} has no primary key");
        findings.push(Finding::at(&table.place.path, table.place.line, what, FIRST_WHY));
    }
    for key in &table.keys {
        let kind = match &key.kind {
            KeyKind::Primary => "primary key",
            KeyKind::Unique => "unique key",
            KeyKind::Foreign { .. } => "foreign key",
        };
        let columns = key.columns.join(", ");
        let mut add =
            |what: String| findings.push(Finding::at(&key.place.path, key.place.line, what, FIRST_WHY));
        if !leads(&key.columns) {
            add(format!("{kind} ({columns}) of {name} does not begin with workspace_id"));
        } else if let KeyKind::Foreign { table: target, columns: named } = &key.kind {
            let stays_inside = leads(named) || (named.is_empty() && key.columns.len() > 1);
            if !stays_inside && !global.contains(target.as_str()) {
                add(format!("foreign key ({columns}) of {name} may leave the workspace through {target}"));
            }
        }
    }
}

/// Inverted indexes cannot lead with a plain column; they find candidates within the rows of a shard.
fn index_columns(name: &str, index: &Index, findings: &mut Vec<Finding>) {
    let is_inverted = !index.is_unique && matches!(index.method.as_str(), "gin" | "gist" | "brin");
    if !is_inverted && !leads(&index.columns) {
        let what = format!("index {name} ({}) does not begin with workspace_id", index.columns.join(", "));
        findings.push(Finding::at(&index.place.path, index.place.line, what, FIRST_WHY));
    }
}

fn words(schema: &Schema, findings: &mut Vec<Finding>) {
    let mut statement: Vec<&str> = Vec::new();
    for (word, place) in &schema.words {
        if word == ";" {
            statement.clear();
            continue;
        }
        // `CREATE OR REPLACE CONSTRAINT TRIGGER` is the longest way to begin; a table may be called `sequence`.
        let creates =
            statement.first() == Some(&"create") && statement.len() <= 4 && !statement.contains(&"table");
        let is_object = creates && FORBIDDEN_OBJECTS.contains(&word.as_str());
        let is_identity = word == "identity" && statement.last() == Some(&"as");
        if is_object || is_identity || FORBIDDEN_WORDS.contains(&word.as_str()) {
            findings.push(Finding::at(&place.path, place.line, format!("uses {word}"), WORDS_WHY));
        }
        statement.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(sql: &str) -> Vec<String> {
        let files = [("crates/kiem-store/migrations/postgres/0001_start.sql", sql)];
        check(&Tree::of(&files)).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_table_that_can_be_distributed_has_no_findings() {
        let sql = "CREATE TABLE lead (workspace_id uuid REFERENCES workspace (id), id uuid, owner uuid,\n\
                   PRIMARY KEY (workspace_id, id), UNIQUE (workspace_id, owner),\n\
                   FOREIGN KEY (workspace_id, owner) REFERENCES contact (workspace_id, id));\n\
                   CREATE INDEX lead_owner ON lead (workspace_id, owner);\n\
                   CREATE INDEX lead_text ON lead USING gin (document);\n\
                   CREATE TABLE app_user (id uuid PRIMARY KEY, email text UNIQUE);\n\
                   CREATE INDEX app_user_name ON app_user (name);";
        assert_eq!(whats(sql), Vec::<String>::new());
    }

    #[test]
    fn each_key_and_index_without_the_workspace_is_seen() {
        let good = "workspace_id uuid, id uuid, PRIMARY KEY (workspace_id, id)";
        for (sql, expected) in [
            ("CREATE TABLE a (workspace_id uuid, id uuid PRIMARY KEY);".to_owned(), "primary key (id) of a"),
            ("CREATE TABLE a (workspace_id uuid, id uuid);".to_owned(), "table a has no primary key"),
            (
                "CREATE TABLE a (id uuid, workspace_id uuid, PRIMARY KEY (id, workspace_id));".to_owned(),
                "primary key",
            ),
            (format!("CREATE TABLE a ({good}, email text UNIQUE);"), "unique key (email) of a"),
            (format!("CREATE TABLE a ({good}, b uuid REFERENCES b (id));"), "foreign key (b) of a"),
            (
                format!("CREATE TABLE a ({good}, FOREIGN KEY (workspace_id, b) REFERENCES b (id, x));"),
                "foreign key (workspace_id, b) of a may leave",
            ),
            (format!("CREATE TABLE a ({good}); CREATE INDEX a_id ON a (id);"), "index a_id (id)"),
            (
                format!("CREATE TABLE a ({good}); CREATE UNIQUE INDEX a_low ON a (lower(id), workspace_id);"),
                "index a_low ((expression), workspace_id)",
            ),
            (format!("CREATE TABLE a ({good}); ALTER TABLE a ADD UNIQUE (id);"), "unique key (id) of a"),
        ] {
            let found = whats(&sql);
            assert_eq!(found.len(), 1, "{sql}: {found:?}");
            assert!(found[0].starts_with(expected), "{sql}: {found:?}");
        }
    }

    #[test]
    fn nothing_happens_behind_the_program() {
        for sql in [
            "CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f();",
            "CREATE TABLE session (id uuid DEFAULT gen_random_uuid() PRIMARY KEY);",
            "CREATE TABLE session (id bigserial PRIMARY KEY);",
            "CREATE TABLE session (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
        ] {
            assert_eq!(whats(sql).len(), 1, "{sql}");
        }
        let sqlite =
            [("crates/kiem-store/migrations/sqlite/0001_start.sql", "CREATE TRIGGER t AFTER INSERT ON a;")];
        assert_eq!(check(&Tree::of(&sqlite)).len(), 1);
        for sql in ["-- no trigger, no serial\n", "CREATE POLICY p ON lead USING (sequence = identity);"] {
            assert_eq!(whats(sql), Vec::<String>::new(), "{sql}");
        }
    }
}
