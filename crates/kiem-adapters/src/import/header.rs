//! Where the header of a table stands and what its columns are called. It takes one row, or two: groups above the names, or
//! names that are written over two rows. Two rows are taken for a header only when their words say so, because the second
//! would be lost as a record.

use super::cell::is_site;
use super::dialect::Dialect;
use super::mapping::{Field, field_of, is_bare_name, is_known_name, is_never, is_scope, plain};
use super::reader::{Record, looks_like_data};
use super::{CELL_CHARS_MAX, COLUMNS_MAX};

/// Lines above a header ("Notes:", a title, the date of the export) are searched this far.
const PREAMBLE_MAX: usize = 20;

/// Where a table begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Records above it.
    pub(super) skip: usize,
    /// Rows of its header: none, one or two.
    pub(super) header_rows: usize,
}

/// Where the table begins, by the first records of a file.
pub(super) fn place(sample: &[Record]) -> Place {
    if let Some(skip) = two_rows(sample) {
        return Place { skip, header_rows: 2 };
    }
    let (skip, has_header) = one_row(sample);
    Place { skip, header_rows: usize::from(has_header) }
}

/// The header by its words: two names of columns that make up half of a row are one wherever they stand.
pub(super) fn by_names(sample: &[Record]) -> Option<usize> {
    sample.iter().take(PREAMBLE_MAX).position(|r| is_named(&r.cells))
}

fn is_named(cells: &[String]) -> bool {
    let named = names(cells);
    named >= 2 && named * 2 >= filled(cells)
}

fn filled(cells: &[String]) -> usize {
    cells.iter().filter(|c| !c.is_empty()).count()
}

/// Cells that are names of columns.
pub(super) fn names(cells: &[String]) -> usize {
    cells.iter().filter(|cell| is_known_name(cell)).count()
}

fn has_data(record: &Record) -> bool {
    record.cells.iter().any(|cell| looks_like_data(cell))
}

/// Where the header stands, and whether there is one. It is the first record about as wide as the rest; it is a header
/// when it holds no data itself (addresses, numbers, dates).
fn one_row(sample: &[Record]) -> (usize, bool) {
    let mut counts: Vec<usize> = sample.iter().map(|r| filled(&r.cells)).collect();
    counts.sort_unstable();
    // One row that is wider than all others says nothing about where the table begins.
    let wide = counts.get(counts.len() * 9 / 10).copied().unwrap_or(1).max(1);
    let is_wide = |r: &Record| filled(&r.cells) * 10 >= wide * 6;
    let first = by_names(sample).or_else(|| sample.iter().take(PREAMBLE_MAX).position(is_wide)).unwrap_or(0);
    let Some(row) = sample.get(first) else { return (0, false) };
    let known = names(&row.cells);
    if known * 2 >= filled(&row.cells).max(1) && !row.cells.iter().any(|c| c.contains('@')) {
        return (first, true);
    }
    let rest = sample.get(first + 1..).unwrap_or_default();
    let has_header = if wide == 1 {
        // A list of names without a header begins with a name, and one of websites with a website.
        let is_value = has_data(row) || row.cells.iter().any(|cell| is_site(cell));
        known > 0 || (!is_value && !rest.is_empty() && rest.iter().all(has_data))
    } else {
        !has_data(row)
    };
    (first, has_header)
}

/// Where a header of two rows begins. Nothing below a row that is a header by its own words is one.
fn two_rows(sample: &[Record]) -> Option<usize> {
    let pairs = by_names(sample).unwrap_or(PREAMBLE_MAX) + 1;
    sample
        .windows(2)
        .take(pairs)
        .position(|pair| matches!(pair, [upper, lower] if of_two(upper, lower).is_some()))
}

/// The names of the columns under a header of two rows; none when the two are none.
pub(super) fn of_two(upper: &Record, lower: &Record) -> Option<Vec<String>> {
    if lower.row_number != upper.row_number + 1 || has_data(upper) || has_data(lower) {
        return None;
    }
    let rows = TwoRows::of(upper, lower);
    rows.grouped().or_else(|| rows.split())
}

/// The names of the columns under a header of one row. What is merged there is the name of all its columns.
fn of_one(record: &Record, columns_n: usize) -> Vec<String> {
    let mut names = record.cells.clone();
    names.resize(columns_n.max(names.len()), String::new());
    spread(&mut names, &record.merged);
    names
}

fn spread(names: &mut [String], merged: &[(usize, usize)]) {
    for (column, n) in merged {
        let Some(name) = names.get(*column).cloned() else { continue };
        let others = names.iter_mut().skip(column + 1).take(n.saturating_sub(1));
        for other in others.filter(|other| other.is_empty()) {
            other.clone_from(&name);
        }
    }
}

/// Two rows that may be a header, equally wide.
struct TwoRows {
    upper: Vec<String>,
    lower: Vec<String>,
    /// The same as they are compared.
    plain_upper: Vec<String>,
    plain_lower: Vec<String>,
    /// Which cell of the upper row stands above each column: its own, or that of a group.
    above: Vec<Option<usize>>,
    /// Whether the upper row says which of its cells are groups.
    has_merged: bool,
}

impl TwoRows {
    fn of(upper: &Record, lower: &Record) -> TwoRows {
        let width = upper.cells.len().max(lower.cells.len());
        let wide = |record: &Record| {
            let mut cells = record.cells.clone();
            cells.resize(width, String::new());
            cells
        };
        let (upper_cells, mut lower_cells) = (wide(upper), wide(lower));
        spread(&mut lower_cells, &lower.merged);
        let plainly = |cells: &[String]| cells.iter().map(|cell| plain(cell)).collect();
        let mut rows = TwoRows {
            plain_upper: plainly(&upper_cells),
            plain_lower: plainly(&lower_cells),
            upper: upper_cells,
            lower: lower_cells,
            above: vec![None; width],
            has_merged: !upper.merged.is_empty(),
        };
        let mut group = None;
        for column in 0..width {
            if !rows.upper[column].is_empty() {
                rows.above[column] = Some(column);
                // A name above nothing is that of its own column; and a workbook says how far a group reaches.
                group = (!rows.has_merged && rows.reaches_on(column)).then_some(column);
            } else if !rows.lower[column].is_empty() {
                rows.above[column] = group;
            }
        }
        for (column, n) in &upper.merged {
            for above in rows.above.iter_mut().skip(*column).take(*n).filter(|above| above.is_none()) {
                *above = Some(*column);
            }
        }
        rows
    }

    /// Whether a cell of the upper row stands above other words: what is merged downwards stands in both rows.
    fn is_group(&self, column: usize) -> bool {
        let (upper, lower) = (&self.upper[column], &self.lower[column]);
        !upper.is_empty() && !lower.is_empty() && self.plain_upper[column] != self.plain_lower[column]
    }

    /// Whether a cell of the upper row stands above the columns behind its own too. "Niet benaderen" does above "E-mail" and
    /// "Telefoon"; above "j/n" it would make objections of whatever comes next.
    fn reaches_on(&self, column: usize) -> bool {
        let refuses = field_of(&self.plain_upper[column]).is_some_and(is_refusal);
        self.is_group(column) && (!refuses || is_channel(field_of(&self.plain_lower[column])))
    }

    fn columns(&self) -> std::ops::Range<usize> {
        0..self.upper.len()
    }

    /// The names, when the upper row holds groups: the lower one is a header by its own words, and the words above it are
    /// such by which columns are parted or part names that it repeats. A title changes no name, and so is none.
    fn grouped(&self) -> Option<Vec<String>> {
        let groups: Vec<usize> = self.columns().filter(|c| self.is_group(*c)).collect();
        let is_under =
            |column: usize, group| self.above[column] == Some(group) && !self.lower[column].is_empty();
        let n_under = |group: usize| self.columns().filter(|column| is_under(*column, group)).count();
        if !is_named(&self.lower) || !groups.iter().any(|group| n_under(*group) >= 2) {
            return None;
        }
        if let [only] = groups[..] {
            // One word above the first column is a title, unless the workbook says how far it reaches.
            let has_end = self.has_merged && n_under(only) < filled(&self.lower);
            if !is_scope(&self.plain_upper[only]) || only == 0 && !has_end {
                return None;
            }
        }
        let words: Vec<&str> = groups.iter().map(|group| self.plain_upper[*group].as_str()).collect();
        let n_scopes = words.iter().filter(|word| is_scope(word)).count();
        let n_said = words.iter().filter(|word| is_scope(word) || field_of(word).is_some()).count();
        let is_told = n_said * 2 > groups.len() || n_scopes > 0 && n_said * 2 == groups.len();
        // Unknown words part nothing but names that stand there twice, and more than one of them.
        let mut repeated = self.columns().filter(|c| self.is_repeated(*c)).map(|c| &self.plain_lower[c]);
        let first = repeated.next();
        if !is_told && repeated.all(|name| Some(name) == first) {
            return None;
        }
        let names: Vec<String> = self.columns().map(|column| self.name_in_group(column, is_told)).collect();
        (names != self.lower).then_some(names)
    }

    /// Whether the name of a column stands under another group too.
    fn is_repeated(&self, column: usize) -> bool {
        let name = &self.plain_lower[column];
        let is_elsewhere =
            |other: usize| self.above[other] != self.above[column] && self.plain_lower[other] == *name;
        !name.is_empty() && self.columns().any(is_elsewhere)
    }

    fn name_in_group(&self, column: usize, is_told: bool) -> String {
        let own = &self.lower[column];
        match self.above[column] {
            None => own.clone(),
            Some(group) if own.is_empty() => {
                if group == column {
                    self.upper[column].clone()
                } else {
                    String::new()
                }
            }
            Some(group) => {
                let both = joined(&self.upper[group], own);
                if self.takes_group(column, group, &both, is_told) { both } else { own.clone() }
            }
        }
    }

    /// Whether the word of its group belongs to the name of a column.
    fn takes_group(&self, column: usize, group: usize, both: &str, is_told: bool) -> bool {
        let (above, own, both) = (&self.plain_upper[group], &self.plain_lower[column], plain(both));
        if above == own {
            return false;
        }
        let is_repeated = self.is_repeated(column);
        let (own_field, field) = (field_of(own), field_of(&both));
        if own_field.is_some_and(is_refusal) {
            return is_repeated && field == own_field;
        }
        if is_never(own) {
            return is_repeated && is_never(&both);
        }
        let is_channel = own_field.is_none() || is_channel(own_field);
        if is_never(&both) {
            // "Toestemming" above "E-mail": no column of addresses.
            return is_repeated || is_told && is_channel;
        }
        if field.is_some_and(is_refusal) {
            return is_channel || column == group || self.has_merged;
        }
        match (own_field, field) {
            (Some(own_field), Some(field)) => {
                is_repeated || field != own_field || is_bare_name(own) && is_scope(above)
            }
            (None, Some(_)) => true,
            (Some(_), None) => is_repeated,
            // "Omzet" above "2024". "Bedrijf" above an unknown word would make it the name of the company.
            (None, None) => !is_scope(above) && (is_repeated || is_told && field_of(above).is_some()),
        }
    }

    /// The names, when they are written over two rows: most cells that stand one above the other are the name of a field
    /// only together.
    fn split(&self) -> Option<Vec<String>> {
        let pairs: Vec<usize> = self.columns().filter(|c| self.is_group(*c)).collect();
        let is_title = filled(&self.upper) == 1 && self.upper.first().is_some_and(|c| !c.is_empty());
        let together = |column: usize| joined(&self.upper[column], &self.lower[column]);
        let is_name = |name: &str| field_of(&plain(name)).is_some() || is_known_name(name);
        let n_names = pairs.iter().filter(|column| is_name(&together(**column))).count();
        if is_title || n_names * 2 <= pairs.len() {
            return None;
        }
        // Below a name that is known stands its rest, or a value.
        let is_rest = |column: usize| {
            is_name(&together(column))
                || !is_name(&self.upper[column]) && !self.lower[column].contains(|c: char| c.is_ascii_digit())
        };
        if !pairs.iter().all(|column| is_rest(*column)) {
            return None;
        }
        let names: Vec<String> = self.columns().map(|column| self.name_over_two(column)).collect();
        let known = names.iter().filter(|name| is_name(name)).count();
        (known >= 2 && known * 2 >= filled(&names)).then_some(names)
    }

    fn name_over_two(&self, column: usize) -> String {
        let (upper, lower) = (&self.upper[column], &self.lower[column]);
        if !self.is_group(column) {
            return if lower.is_empty() { upper.clone() } else { lower.clone() };
        }
        let both = joined(upper, lower);
        let refuses = |name: &str| field_of(&plain(name)).is_some_and(is_refusal);
        // Who objects is heard, whatever stands above or below.
        let heard = [&both, lower, upper].into_iter().find(|name| refuses(name));
        heard.unwrap_or(&both).clone()
    }
}

const fn is_refusal(field: Field) -> bool {
    matches!(field, Field::DoNotMail | Field::DoNotCall | Field::MayMail | Field::NonMailing)
}

const fn is_channel(field: Option<Field>) -> bool {
    matches!(field, Some(Field::Email | Field::Phone | Field::CompanyPhone))
}

/// "Bedrijfs-" and "naam" as one name, "Datum" and "oprichting".
fn joined(upper: &str, lower: &str) -> String {
    let between = if upper.ends_with('-') { "" } else { " " };
    [upper, between, lower].concat().chars().take(CELL_CHARS_MAX).collect()
}

/// The header of a file that is being read.
pub(super) struct Heading {
    /// Names of the columns; "1", "2", ... when the file has no header.
    pub(super) names: Vec<String>,
    columns_n: usize,
    /// Number of the row in which the header ends, as long as it has not come by.
    awaited: Option<u64>,
    /// Its upper row, when it has two.
    upper: Option<Record>,
    /// Its rows as they stand in the file.
    rows: Vec<Vec<String>>,
}

impl Heading {
    pub(super) fn of(dialect: &Dialect) -> Heading {
        Heading {
            names: (1..=dialect.columns_n).map(|n| n.to_string()).collect(),
            columns_n: dialect.columns_n,
            awaited: dialect.has_header.then_some(dialect.header_row),
            upper: None,
            rows: Vec::new(),
        }
    }

    /// Whether rows of the header are still to come.
    pub(super) const fn is_awaited(&self) -> bool {
        self.awaited.is_some()
    }

    /// Takes a row of the header.
    pub(super) fn take(&mut self, record: &mut Record) {
        let record = std::mem::take(record);
        self.rows.push(record.cells.clone());
        if self.upper.is_none() && self.awaited.is_some_and(|last| record.row_number < last) {
            self.upper = Some(record);
            return;
        }
        self.awaited = None;
        let two = self.upper.take().and_then(|upper| of_two(&upper, &record));
        self.names = two.unwrap_or_else(|| of_one(&record, self.columns_n));
        self.names.truncate(COLUMNS_MAX);
        self.names.resize(self.columns_n.max(self.names.len()), String::new());
    }

    /// Whether a row is one of the header once more, where pages or lists were put one below the other.
    pub(super) fn is_again(&self, cells: &[String]) -> bool {
        let row = ended(cells);
        let is_same = |header: &Vec<String>| {
            let header = ended(header);
            header.len() == row.len()
                && header.iter().zip(row).all(|(name, cell)| name.eq_ignore_ascii_case(cell))
        };
        !row.is_empty() && self.rows.iter().any(is_same)
    }
}

/// A row without the blank cells at its end.
fn ended(cells: &[String]) -> &[String] {
    let end = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
    cells.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_above_or_below_who_objects_is_heard() {
        const WORDS: &[&str] = &["", "Naam", "Bedrijf", "Niet mailen"];
        const N: usize = WORDS.len();
        let field = |name: &str| field_of(&plain(name));
        let mut n_found = 0;
        for n in 0..N.pow(6) {
            let cells: Vec<String> = (0..6).map(|at| WORDS[n / N.pow(at) % N].to_owned()).collect();
            let row = |row_number: u64, cells: &[String]| Record {
                row_number,
                cells: cells.to_vec(),
                ..Record::default()
            };
            let (upper, lower) = cells.split_at(3);
            let Some(names) = of_two(&row(1, upper), &row(2, lower)) else { continue };
            n_found += 1;
            assert_eq!(names.len(), 3);
            for (column, name) in names.iter().enumerate() {
                let was = [&upper[column], &lower[column]].map(|cell| field(cell));
                // A group may stand above names of which it is none; what is below it counts then.
                let objects = was[1] == Some(Field::DoNotMail)
                    || was[0] == Some(Field::DoNotMail) && lower[column].is_empty();
                assert!(!objects || field(name) == Some(Field::DoNotMail), "{upper:?} {lower:?} {names:?}");
            }
        }
        assert!(n_found > 20, "{n_found}");
    }
}
