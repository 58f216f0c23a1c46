//! What became of a file that was brought in from a shell, row by row, or would.

use std::collections::BTreeMap;

use kiem_adapters::import::{Dialect, Note, Preset, Proposal, Whole};
use kiem_domain::id::ImportId;

use super::bring_in::RowOutcome;
use super::facts::RowProblem;
use super::import::has_guessed_accents;
use super::import_job::Chunk;
use super::trace::{RowKind, RowLook};

/// The warning that the same order was cut short before: how many rows were there already.
pub const WENT_ON: &str = "went_on";
/// Rejected rows and values that a report lists one by one; the rest is counted.
const REJECTIONS_MAX: usize = 10_000;
/// Lines that a warning names.
const LINES_PER_WARNING: usize = 5;

/// What was made of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileColumn {
    /// Its name.
    pub header: String,
    /// What it means; none when it is not used.
    pub proposal: Option<Proposal>,
    /// Whether the order said so.
    pub is_chosen: bool,
}

/// How many rows became what. Every row that is not blank counts once among the first five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileCounts {
    /// Rows that are not blank.
    pub rows_n: u64,
    /// Made a company or a person.
    pub created_n: u64,
    /// Spoke of what was there before the file.
    pub matched_n: u64,
    /// Spoke of what an earlier row of the file spoke of.
    pub repeated_n: u64,
    /// May mean several companies; left out.
    pub ambiguous_n: u64,
    /// Left out for another reason.
    pub rejected_n: u64,
    /// Companies that are new, and that were there.
    pub companies_created_n: u64,
    /// Companies that were there before the file.
    pub companies_matched_n: u64,
    /// People who are new.
    pub people_created_n: u64,
    /// People who were there before the file.
    pub people_matched_n: u64,
    /// Rows about somebody who must not be mailed.
    pub suppressed_n: u64,
}

impl FileCounts {
    /// Counts one row that was read.
    pub(super) fn add(&mut self, look: &RowLook) {
        let trace = &look.trace;
        match trace.kind {
            RowKind::Created => self.created_n += 1,
            RowKind::Matched => self.matched_n += 1,
            RowKind::Repeated => self.repeated_n += 1,
            RowKind::Ambiguous => self.ambiguous_n += 1,
            RowKind::Rejected => self.rejected_n += 1,
            RowKind::Blank => {}
        }
        self.companies_created_n += u64::from(trace.company_is_new);
        self.companies_matched_n += u64::from(!trace.company_is_new && look.company_is_first);
        self.people_created_n += u64::from(trace.contact_is_new);
        self.people_matched_n += u64::from(!trace.contact_is_new && look.contact_is_first);
        self.suppressed_n += u64::from(trace.is_suppressed);
    }
}

/// A row, or a value in one, that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Line in the file; row in a workbook.
    pub line: u64,
    /// What, and in which column.
    pub problem: RowProblem,
    /// Whether the whole row was left out.
    pub is_row: bool,
}

/// Something that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileWarning {
    /// What: a catalogue key below `import.warning`.
    pub code: String,
    /// In which column.
    pub column: Option<usize>,
    /// How often.
    pub n: u64,
    /// The first lines.
    pub lines: Vec<u64>,
}

/// What became of a file, or would.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// The upload; none of a trial.
    pub id: Option<ImportId>,
    /// How it is written.
    pub dialect: Dialect,
    /// The program that wrote it, when it is known.
    pub preset: Option<Preset>,
    /// Its columns.
    pub columns: Vec<FileColumn>,
    /// Country of rows that name none.
    pub default_country: Option<String>,
    /// How many rows became what.
    pub counts: FileCounts,
    /// What was not used, the first of it.
    pub rejections: Vec<Rejection>,
    /// How much was not used in all.
    pub rejections_n: u64,
    /// What a person should know.
    pub warnings: Vec<FileWarning>,
}

/// What became of the rows so far.
#[derive(Clone, Default)]
pub(super) struct Tally {
    /// Rows that the same order brought in before it was cut short; the counts begin after them.
    pub(super) earlier_n: u64,
    counts: FileCounts,
    rejections: Vec<Rejection>,
    rejections_n: u64,
    warnings: BTreeMap<(String, Option<usize>), (u64, Vec<u64>)>,
    whole: Option<Whole>,
}

impl Tally {
    pub(super) fn add(&mut self, chunk: &Chunk, outcomes: &[RowOutcome], looks: &[RowLook]) {
        self.counts.rows_n += (chunk.n_rows - chunk.n_blank) as u64;
        self.counts.rejected_n += (chunk.n_rows - chunk.n_blank - chunk.facts.len()) as u64;
        for ((outcome, look), record) in outcomes.iter().zip(looks).zip(&chunk.sources) {
            self.outcome(outcome, look, record.line_number);
        }
        for (line, problem, is_row) in &chunk.problems {
            self.reject(*line, problem.clone(), *is_row);
        }
        for (line, warning) in &chunk.warnings {
            self.warn(warning.code, Some(warning.column), *line);
        }
        if chunk.whole.is_some() {
            self.whole.clone_from(&chunk.whole);
        }
    }

    fn outcome(&mut self, outcome: &RowOutcome, look: &RowLook, line: u64) {
        self.counts.add(look);
        if outcome.address_is_anothers {
            self.warn("address_of_another", None, line);
        }
        if let Some(code) = outcome.refusal() {
            self.reject(line, RowProblem { code, column: None, value: String::new() }, true);
        }
    }

    fn reject(&mut self, line: u64, problem: RowProblem, is_row: bool) {
        self.rejections_n += 1;
        if self.rejections.len() < REJECTIONS_MAX {
            self.rejections.push(Rejection { line, problem, is_row });
        }
    }

    fn warn(&mut self, code: &str, column: Option<usize>, line: u64) {
        let (n, lines) = self.warnings.entry((code.to_owned(), column)).or_default();
        *n += 1;
        if lines.len() < LINES_PER_WARNING {
            lines.push(line);
        }
    }

    pub(super) fn report(
        self,
        dialect: Dialect,
        preset: Option<Preset>,
        columns: Vec<FileColumn>,
        default_country: Option<String>,
    ) -> FileReport {
        let whole = self.whole.unwrap_or_default();
        let about_file = whole.notes.iter().map(|note| {
            let is_short = *note == Note::ShortRows;
            let (n, lines) =
                if is_short { (whole.n_short, whole.short_lines.clone()) } else { (1, Vec::new()) };
            FileWarning { code: note.as_str().to_owned(), column: None, n, lines }
        });
        let mut warnings: Vec<FileWarning> = about_file.collect();
        let said = |code: &str| FileWarning { code: code.to_owned(), column: None, n: 1, lines: Vec::new() };
        if self.earlier_n > 0 {
            warnings.push(FileWarning { n: self.earlier_n, ..said(WENT_ON) });
        }
        if !dialect.has_header {
            warnings.push(said("no_header"));
        }
        if has_guessed_accents(&dialect) {
            warnings.push(said("check_accents"));
        }
        warnings.extend(self.warnings.into_iter().map(|((code, column), (n, lines))| FileWarning {
            code,
            column,
            n,
            lines,
        }));
        let mut rejections = self.rejections;
        rejections.sort_by_key(|r| r.line);
        FileReport {
            id: None,
            dialect,
            preset,
            columns,
            default_country,
            counts: self.counts,
            rejections,
            rejections_n: self.rejections_n,
            warnings,
        }
    }
}
