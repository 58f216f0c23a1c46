//! Reads the schema that migration files add up to: tables, columns, keys and indexes. Not a database: it understands
//! the statements that change a schema and passes over the others.

use std::collections::BTreeMap;

/// Where something was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Migration file.
    pub path: String,
    /// Line, counted from 1.
    pub line: usize,
}

/// What kind of key a table has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyKind {
    /// `PRIMARY KEY`
    Primary,
    /// `UNIQUE`
    Unique,
    /// `FOREIGN KEY … REFERENCES`, with the table it points to and the columns named there.
    Foreign { table: String, columns: Vec<String> },
}

/// A key of a table.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its kind.
    pub kind: KeyKind,
    /// Columns in order; an expression appears as `(expression)`.
    pub columns: Vec<String>,
    /// Where it is declared.
    pub place: Place,
}

/// A table after all migrations.
#[derive(Debug, Clone)]
pub struct Table {
    /// Where it is created.
    pub place: Place,
    /// Columns with the first word of their type.
    pub columns: BTreeMap<String, String>,
    /// Keys in order of declaration.
    pub keys: Vec<Key>,
    /// A virtual table (SQLite full text) or a partition (PostgreSQL): a matter of its database alone.
    pub is_particular: bool,
}

/// An index after all migrations.
#[derive(Debug, Clone)]
pub struct Index {
    /// The table that it serves.
    pub table: String,
    /// `btree` unless `USING` says otherwise.
    pub method: String,
    /// Whether it is unique.
    pub is_unique: bool,
    /// Columns in order; an expression appears as `(expression)`.
    pub columns: Vec<String>,
    /// Where it is created.
    pub place: Place,
}

/// What the migrations of one database add up to.
#[derive(Debug, Default)]
pub struct Schema {
    /// Tables by name.
    pub tables: BTreeMap<String, Table>,
    /// Indexes by name.
    pub indexes: BTreeMap<String, Index>,
    /// Every word of every statement, lower case, with its place: for rules about words.
    pub words: Vec<(String, Place)>,
}

/// A word or mark of SQL: lower case outside quotes.
#[derive(Debug, Clone)]
struct Word {
    text: String,
    line: usize,
}

impl Schema {
    /// Applies migration files, given as path and text, in the order given.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Schema {
        let mut schema = Schema::default();
        for (path, text) in files {
            let words = words(text);
            for word in &words {
                schema.words.push((word.text.clone(), Place { path: path.to_owned(), line: word.line }));
            }
            for statement in words.split(|word| word.text == ";").filter(|words| !words.is_empty()) {
                schema.apply(path, statement);
            }
        }
        schema
    }

    fn apply(&mut self, path: &str, statement: &[Word]) {
        let texts: Vec<&str> = statement.iter().map(|word| word.text.as_str()).collect();
        match texts.as_slice() {
            ["create", rest @ ..] if object(rest) == Some("table") => self.create_table(path, statement),
            ["create", rest @ ..] if object(rest) == Some("index") => self.create_index(path, statement),
            ["alter", "table", ..] => self.alter_table(path, statement),
            ["drop", "table", rest @ ..] => {
                for name in rest.iter().filter(|word| !matches!(**word, "if" | "exists" | "," | "cascade")) {
                    self.tables.remove(*name);
                    self.indexes.retain(|_, index| index.table != *name);
                }
            }
            ["drop", "index", rest @ ..] => {
                for name in rest {
                    self.indexes.remove(*name);
                }
            }
            _ => {}
        }
    }

    fn create_table(&mut self, path: &str, statement: &[Word]) {
        let at = name_position(statement, "table");
        let Some(name) = statement.get(at) else { return };
        let follows = |offset: usize| statement.get(at + offset).map_or("", |word| word.text.as_str());
        let is_virtual = statement.iter().take(at).any(|word| word.text == "virtual");
        let is_partition = follows(1) == "partition" && follows(2) == "of";
        let place = Place { path: path.to_owned(), line: name.line };
        let mut table = Table {
            place,
            columns: BTreeMap::new(),
            keys: Vec::new(),
            is_particular: is_virtual || is_partition,
        };
        if !table.is_particular {
            for item in items(statement, at + 1) {
                table.add(path, item);
            }
        }
        self.tables.insert(name.text.clone(), table);
    }

    fn create_index(&mut self, path: &str, statement: &[Word]) {
        let Some(on) = statement.iter().position(|word| word.text == "on") else { return };
        let at = if statement.get(on + 1).is_some_and(|word| word.text == "only") { on + 2 } else { on + 1 };
        let Some(table) = statement.get(at) else { return };
        let method = match statement.get(at + 1..at + 3) {
            Some([using, method]) if using.text == "using" => method.text.clone(),
            _ => "btree".to_owned(),
        };
        let name = &statement[name_position(statement, "index")];
        let index = Index {
            table: table.text.clone(),
            method,
            is_unique: statement[1].text == "unique",
            columns: columns(statement, at + 1),
            place: Place { path: path.to_owned(), line: name.line },
        };
        self.indexes.insert(name.text.clone(), index);
    }

    fn alter_table(&mut self, path: &str, statement: &[Word]) {
        let at = name_position(statement, "table");
        let Some(name) = statement.get(at).map(|word| word.text.clone()) else { return };
        for action in split_commas(&statement[at + 1..]) {
            let texts: Vec<&str> = action.iter().map(|word| word.text.as_str()).collect();
            match texts.as_slice() {
                ["rename", "to", new] => {
                    if let Some(table) = self.tables.remove(&name) {
                        self.tables.insert((*new).to_owned(), table);
                    }
                    for index in self.indexes.values_mut().filter(|index| index.table == name) {
                        index.table = (*new).to_owned();
                    }
                    return;
                }
                ["rename", rest @ ..] if rest.contains(&"to") => {
                    let (old, new) = (rest[rest.len() - 3], rest[rest.len() - 1]);
                    self.change(&name, |table| table.rename_column(old, new));
                }
                ["drop", "column", rest @ ..] => {
                    let column = rest.iter().find(|word| !matches!(**word, "if" | "exists")).copied();
                    self.change(&name, |table| {
                        table.columns.remove(column.unwrap_or_default());
                    });
                }
                ["add", ..] => {
                    let skipped = texts[1..]
                        .iter()
                        .take_while(|word| matches!(**word, "column" | "if" | "not" | "exists"))
                        .count();
                    self.change(&name, |table| table.add(path, &action[1 + skipped..]));
                }
                _ => {}
            }
        }
    }

    fn change(&mut self, table: &str, change: impl FnOnce(&mut Table)) {
        if let Some(table) = self.tables.get_mut(table) {
            change(table);
        }
    }
}

impl Table {
    /// Adds a column definition or a table constraint.
    fn add(&mut self, path: &str, item: &[Word]) {
        let item = match item {
            [first, _, rest @ ..] if first.text == "constraint" => rest,
            _ => item,
        };
        let Some(first) = item.first() else { return };
        let place = Place { path: path.to_owned(), line: first.line };
        let kind = match first.text.as_str() {
            "primary" => KeyKind::Primary,
            "unique" => KeyKind::Unique,
            "foreign" => foreign(item),
            "check" | "exclude" | "like" => return,
            name => {
                let type_name = item.get(1).map_or(String::new(), |word| word.text.clone());
                self.columns.insert(name.to_owned(), type_name);
                self.add_column_keys(name, item, &place);
                return;
            }
        };
        let open = item.iter().position(|word| word.text == "(").unwrap_or(item.len());
        self.keys.push(Key { kind, columns: columns(item, open), place });
    }

    /// Keys declared together with a column.
    fn add_column_keys(&mut self, name: &str, item: &[Word], place: &Place) {
        let mut depth = 0_usize;
        for (index, word) in item.iter().enumerate().skip(1) {
            let kind = match word.text.as_str() {
                "(" => {
                    depth += 1;
                    continue;
                }
                ")" => {
                    depth = depth.saturating_sub(1);
                    continue;
                }
                _ if depth > 0 => continue,
                "primary" => KeyKind::Primary,
                "unique" => KeyKind::Unique,
                "references" => foreign(&item[index..]),
                _ => continue,
            };
            self.keys.push(Key { kind, columns: vec![name.to_owned()], place: place.clone() });
        }
    }

    fn rename_column(&mut self, old: &str, new: &str) {
        if let Some(type_name) = self.columns.remove(old) {
            self.columns.insert(new.to_owned(), type_name);
        }
        for column in self.keys.iter_mut().flat_map(|key| &mut key.columns).filter(|column| *column == old) {
            *column = new.to_owned();
        }
    }
}

/// `table` or `index`, whichever is created first in the words after `create`.
fn object<'a>(words: &[&'a str]) -> Option<&'a str> {
    words
        .iter()
        .take(3)
        .find(|word| matches!(**word, "table" | "index" | "view" | "trigger" | "policy"))
        .copied()
}

/// Position of the name after `table` or `index`, past `if not exists`, `only` and `concurrently`.
fn name_position(statement: &[Word], object: &str) -> usize {
    let start = statement.iter().position(|word| word.text == object).map_or(0, |at| at + 1);
    let skipped = statement[start..]
        .iter()
        .take_while(|word| matches!(word.text.as_str(), "if" | "not" | "exists" | "only" | "concurrently"))
        .count();
    (start + skipped).min(statement.len().saturating_sub(1))
}

fn foreign(item: &[Word]) -> KeyKind {
    let at = item.iter().position(|word| word.text == "references").map_or(item.len(), |at| at + 1);
    let table = item.get(at).map_or(String::new(), |word| word.text.clone());
    KeyKind::Foreign { table, columns: columns(item, at + 1) }
}

/// What stands between the bracket at or after `from` and its end, cut at commas. Empty when no bracket opens before
/// the words end.
fn items(words: &[Word], from: usize) -> Vec<&[Word]> {
    let Some(open) = words.iter().skip(from).position(|word| word.text == "(").map(|offset| from + offset)
    else {
        return Vec::new();
    };
    let mut depth = 0_usize;
    let close = words[open..].iter().position(|word| {
        match word.text.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    split_commas(&words[open + 1..close.map_or(words.len(), |offset| open + offset)])
}

fn split_commas(words: &[Word]) -> Vec<&[Word]> {
    let mut depth = 0_usize;
    words
        .split(|word| {
            match word.text.as_str() {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && word.text == ","
        })
        .filter(|item| !item.is_empty())
        .collect()
}

/// Column names of the list in the bracket at or after `from`. `REFERENCES t` without a list gives none.
fn columns(words: &[Word], from: usize) -> Vec<String> {
    items(words, from)
        .into_iter()
        .map(|item| match item {
            [name] => name.text.clone(),
            [first, second, ..] if first.text == "(" || second.text == "(" => "(expression)".to_owned(),
            [name, ..] => name.text.clone(),
            [] => String::new(),
        })
        .collect()
}

/// Cuts SQL into words and marks; comments and the content of string literals are left out.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first == '\'' {
            let end = rest[1..].find('\'').map_or(rest.len(), |end| end + 2);
            words.push(Word { text: "''".to_owned(), line });
            end
        } else if first == '"' {
            let end = rest[1..].find('"').map_or(rest.len(), |end| end + 2);
            words.push(Word { text: rest[..end].trim_matches('"').to_owned(), line });
            end
        } else if is_word(first) {
            let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            words.push(Word { text: rest[..end].to_lowercase(), line });
            end
        } else {
            if !first.is_whitespace() {
                words.push(Word { text: first.to_string(), line });
            }
            first.len_utf8()
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    words
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(text: &str) -> Schema {
        Schema::read([("0001_start.sql", text)])
    }

    #[test]
    fn a_table_has_its_columns_and_keys() {
        let schema = schema(
            "-- create table ghost (id int);\n\
             CREATE TABLE IF NOT EXISTS lead (\n\
               workspace_id UUID NOT NULL REFERENCES workspace (id),\n\
               id UUID NOT NULL,\n\
               state TEXT NOT NULL DEFAULT 'new; x' CHECK (state IN ('new', 'resting')),\n\
               PRIMARY KEY (workspace_id, id),\n\
               CONSTRAINT lead_contact UNIQUE NULLS NOT DISTINCT (workspace_id, contact_id),\n\
               FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE\n\
             ) WITHOUT ROWID;",
        );
        let lead = &schema.tables["lead"];
        assert_eq!(
            lead.columns.keys().map(String::as_str).collect::<Vec<_>>(),
            ["id", "state", "workspace_id"]
        );
        let keys: Vec<_> = lead.keys.iter().map(|key| (key.place.line, key.columns.join(","))).collect();
        let expected = [(3, "workspace_id"), (6, "workspace_id,id"), (7, "workspace_id,contact_id")];
        assert_eq!(keys[..3], expected.map(|(line, names)| (line, names.to_owned())));
        let target =
            KeyKind::Foreign { table: "contact".into(), columns: vec!["workspace_id".into(), "id".into()] };
        assert_eq!(lead.keys[3].kind, target);
        assert!(!schema.tables.contains_key("ghost"));
    }

    #[test]
    fn later_migrations_change_what_earlier_ones_made() {
        let schema = Schema::read([
            (
                "0001.sql",
                "CREATE TABLE a (x int, y int); CREATE INDEX a_x ON a (x); CREATE TABLE old (z int);",
            ),
            (
                "0002.sql",
                "ALTER TABLE a ADD COLUMN z text UNIQUE, DROP COLUMN y; ALTER TABLE a RENAME x TO w;",
            ),
            ("0003.sql", "ALTER TABLE a RENAME TO b; DROP TABLE IF EXISTS old; DROP INDEX gone;"),
        ]);
        assert_eq!(schema.tables.keys().collect::<Vec<_>>(), ["b"]);
        assert_eq!(schema.tables["b"].columns.keys().collect::<Vec<_>>(), ["w", "z"]);
        assert_eq!(schema.tables["b"].keys.len(), 1);
        assert_eq!(schema.indexes["a_x"].table, "b");
    }

    #[test]
    fn indexes_know_their_method_and_columns() {
        let schema = schema(
            "CREATE UNIQUE INDEX a ON lead (workspace_id, lower(email), id DESC) WHERE state = 'new';\n\
             CREATE INDEX b ON event USING gin (document);",
        );
        let (a, b) = (&schema.indexes["a"], &schema.indexes["b"]);
        assert_eq!((a.is_unique, a.method.as_str()), (true, "btree"));
        assert_eq!(a.columns, ["workspace_id", "(expression)", "id"]);
        assert_eq!((b.is_unique, b.method.as_str(), b.place.line), (false, "gin", 2));
    }

    #[test]
    fn virtual_tables_and_partitions_are_a_matter_of_one_database() {
        let schema = schema(
            "CREATE VIRTUAL TABLE contact_text USING fts5 (name);\n\
             CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('a') TO ('b');\n\
             CREATE TABLE event (id int) PARTITION BY RANGE (at);",
        );
        let particular = |name: &str| schema.tables[name].is_particular;
        assert_eq!(
            [particular("contact_text"), particular("event_2026"), particular("event")],
            [true, true, false]
        );
    }
}
