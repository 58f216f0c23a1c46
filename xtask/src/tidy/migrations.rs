//! The migrations of both databases tell the same story: equal numbers and names, equal tables, equal columns.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::sql::{Schema, Table};
use super::tree::Tree;

/// Folder of the SQLite migrations.
pub const SQLITE: &str = "crates/kiem-store/migrations/sqlite/";
/// Folder of the PostgreSQL migrations.
pub const POSTGRES: &str = "crates/kiem-store/migrations/postgres/";

const WHY: &str = "both databases have the same schema, so one contract suite can prove both";

/// The schema that the migrations in `folder` add up to.
pub fn schema(tree: &Tree, folder: &str) -> Schema {
    let files = tree.under(folder).filter(|file| file.is(&[".sql"]));
    Schema::read(files.map(|file| (file.path.as_str(), file.text.as_str())))
}

/// Compares the migrations of both databases.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = numbers(tree);
    let (sqlite, postgres) = (schema(tree, SQLITE), schema(tree, POSTGRES));
    compare(&sqlite.tables, &postgres.tables, POSTGRES, &mut findings);
    compare(&postgres.tables, &sqlite.tables, SQLITE, &mut findings);
    findings
}

fn numbers(tree: &Tree) -> Vec<Finding> {
    let names = |folder: &'static str| -> BTreeSet<&str> {
        tree.under(folder).filter_map(|file| file.path.strip_prefix(folder)).collect()
    };
    let (sqlite, postgres) = (names(SQLITE), names(POSTGRES));
    let mut findings = Vec::new();
    for (here, folder, there) in [(&sqlite, SQLITE, &postgres), (&postgres, POSTGRES, &sqlite)] {
        let mut expected = 1;
        for name in here {
            let path = format!("{folder}{name}");
            if !there.contains(name) {
                findings.push(Finding::at(&path, 1, "the other database has no migration of this name", WHY));
            }
            let number = name.split_once('_').and_then(|(digits, _)| digits.parse::<u32>().ok());
            if number != Some(expected) {
                let what = format!("is not migration number {expected}");
                findings.push(Finding::at(
                    &path,
                    1,
                    what,
                    "numbers are consecutive and used once: 0001_name.sql",
                ));
            }
            expected = number.unwrap_or(expected) + 1;
        }
    }
    findings
}

/// Finds what `here` has and `there` lacks. Full text is built differently: virtual tables, partitions and `tsvector`
/// columns are left out.
fn compare(
    here: &BTreeMap<String, Table>,
    there: &BTreeMap<String, Table>,
    other: &str,
    findings: &mut Vec<Finding>,
) {
    for (name, table) in here.iter().filter(|(_, table)| !table.is_particular) {
        let place = &table.place;
        let Some(twin) = there.get(name) else {
            let what = format!("table {name} is not in {other}");
            findings.push(Finding::at(&place.path, place.line, what, WHY));
            continue;
        };
        for (column, type_name) in &table.columns {
            if type_name != "tsvector" && !twin.columns.contains_key(column) {
                let what = format!("column {name}.{column} is not in {other}");
                findings.push(Finding::at(&place.path, place.line, what, WHY));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn equal_migrations_have_no_findings() {
        let files = [
            ("crates/kiem-store/migrations/sqlite/0001_start.sql", "CREATE TABLE a (x TEXT, y BLOB);"),
            (
                "crates/kiem-store/migrations/sqlite/0002_text.sql",
                "CREATE VIRTUAL TABLE a_text USING fts5 (x);",
            ),
            ("crates/kiem-store/migrations/postgres/0001_start.sql", "CREATE TABLE a (y UUID, x TEXT);"),
            ("crates/kiem-store/migrations/postgres/0002_text.sql", "ALTER TABLE a ADD document tsvector;"),
        ];
        assert_eq!(whats(&files), Vec::<String>::new());
    }

    #[test]
    fn a_table_or_a_column_on_one_side_only_is_seen() {
        let files = [
            (
                "crates/kiem-store/migrations/sqlite/0001_start.sql",
                "CREATE TABLE a (x TEXT); CREATE TABLE b (x TEXT);",
            ),
            ("crates/kiem-store/migrations/postgres/0001_start.sql", "CREATE TABLE a (x TEXT, y TEXT);"),
        ];
        let expected = [
            "table b is not in crates/kiem-store/migrations/postgres/",
            "column a.y is not in crates/kiem-store/migrations/sqlite/",
        ];
        assert_eq!(whats(&files), expected);
    }

    #[test]
    fn numbers_and_names_are_equal_and_consecutive() {
        for (sqlite, postgres, n_findings) in [
            ("0001_start.sql", "0001_start.sql", 0),
            ("0001_start.sql", "0001_begin.sql", 2),
            ("0002_start.sql", "0002_start.sql", 2),
            ("start.sql", "start.sql", 2),
        ] {
            let (sqlite, postgres) = (format!("{SQLITE}{sqlite}"), format!("{POSTGRES}{postgres}"));
            assert_eq!(whats(&[(&sqlite, ""), (&postgres, "")]).len(), n_findings, "{sqlite} {postgres}");
        }
    }
}
