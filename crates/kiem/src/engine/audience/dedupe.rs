//! Duplicates in a file: reads it, compares, joins, writes the pairs. No database; the same matcher that checks new
//! companies.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kiem_adapters::company_file::{CompanyFile, CompanyFileError, CompanyFileNote, read_companies};
use kiem_domain::dedupe::{Block, Frequencies, N_BLOCKS, Pair, Profile, join};

/// Why the duplicates of a file were not found.
#[derive(Debug, thiserror::Error)]
pub enum DedupeError {
    /// The file cannot be opened or read.
    #[error("{path}: {problem}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
    /// The file is not what is expected.
    #[error("{path}: {problem}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        problem: CompanyFileError,
    },
    /// The pairs cannot be written.
    #[error("{path}: {problem}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
}

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DedupeReport {
    /// Records of the file.
    pub n_rows: usize,
    /// Companies that they are.
    pub n_companies: usize,
    /// Companies with more than one record.
    pub n_groups: usize,
    /// Pairs of records that are one company, by cluster.
    pub n_pairs: u64,
    /// Pairs that a person should look at.
    pub n_review: usize,
    /// Pairs that were compared.
    pub n_compared: u64,
    /// What is strange about the file.
    pub notes: Vec<CompanyFileNote>,
    /// How long each phase took, in order.
    pub phases: Vec<(&'static str, Duration)>,
}

/// Finds the records of `input` that are one company and writes them as pairs of ids (`id_a,id_b`) to `pairs_out`.
///
/// # Errors
/// [`DedupeError`]; then no file of pairs is left that looks complete.
pub fn dedupe_file(
    input: &Path,
    pairs_out: Option<&Path>,
    n_threads: usize,
) -> Result<DedupeReport, DedupeError> {
    let mut phases = Vec::with_capacity(5);
    let mut started = Instant::now();
    let mut ended = |name: &'static str| {
        phases.push((name, started.elapsed()));
        started = Instant::now();
    };
    let file = File::open(input).map_err(|problem| DedupeError::Open { path: input.to_owned(), problem })?;
    let records = read_companies(file, n_threads)
        .map_err(|problem| DedupeError::Content { path: input.to_owned(), problem })?;
    ended("read");
    let frequencies = Frequencies::of(&records.profiles);
    ended("count");
    let (mut pairs, n_compared) = compare_all(&records.profiles, &frequencies, n_threads);
    ended("compare");
    let clusters = join(&records.profiles, &mut pairs, &frequencies);
    let groups = clusters.groups();
    let joined = |a: u32, b: u32| clusters.root(a) == clusters.root(b);
    let n_review = pairs.iter().filter(|pair| !joined(pair.a, pair.b)).count();
    ended("cluster");
    if let Some(path) = pairs_out {
        write_pairs(path, &records, &groups)
            .map_err(|problem| DedupeError::Write { path: path.to_owned(), problem })?;
        ended("write");
    }
    let n_rows = records.profiles.len();
    let merged: usize = groups.iter().map(|group| group.len() - 1).sum();
    Ok(DedupeReport {
        n_rows,
        n_companies: n_rows - merged,
        n_groups: groups.len(),
        n_pairs: groups.iter().map(|group| pairs_of(group.len())).sum(),
        n_review,
        n_compared,
        notes: records.notes,
        phases,
    })
}

/// Compares all candidates; the threads share each block, and the result does not depend on their number.
fn compare_all(profiles: &[Profile], f: &Frequencies, n_threads: usize) -> (Vec<Pair>, u64) {
    let (mut found, mut n_compared) = (Vec::new(), 0);
    for number in 0..N_BLOCKS {
        let block = Block::of(profiles, number);
        let n_groups = block.n_groups();
        let per_thread = n_groups.div_ceil(n_threads.max(1)).max(1);
        std::thread::scope(|scope| {
            let parts: Vec<_> = (0..n_groups)
                .step_by(per_thread)
                .map(|start| start..(start + per_thread).min(n_groups))
                .map(|groups| {
                    let block = &block;
                    scope.spawn(move || block.compare(profiles, f, groups))
                })
                .collect();
            for part in parts {
                // A thread that panicked has met a mistake of ours; it must not pass for "no duplicates".
                let (pairs, n) = part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                found.extend(pairs);
                n_compared += n;
            }
        });
    }
    (found, n_compared)
}

fn pairs_of(n: usize) -> u64 {
    let n = n as u64;
    n * n.saturating_sub(1) / 2
}

/// All pairs of each company, the smaller id first. Written beside the target and put in place when complete.
fn write_pairs(path: &Path, records: &CompanyFile, groups: &[Vec<u32>]) -> std::io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut out = BufWriter::new(File::create(&unfinished)?);
    out.write_all(b"id_a,id_b\n")?;
    for group in groups {
        for (i, one) in group.iter().enumerate() {
            for other in group.iter().skip(i + 1) {
                let (a, b) = in_order(records.id(*one), records.id(*other));
                writeln!(out, "{},{}", quoted(a), quoted(b))?;
            }
        }
    }
    out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    std::fs::rename(unfinished, path)
}

/// Numbers by their value, other ids in the order of the file.
fn in_order<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(x), Ok(y)) if x > y => (b, a),
        _ => (a, b),
    }
}

fn quoted(id: &str) -> std::borrow::Cow<'_, str> {
    if id.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", id.replace('"', "\"\"")).into()
    } else {
        id.into()
    }
}
