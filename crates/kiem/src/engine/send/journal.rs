//! The send journal: an append-only file outside the database that knows what a restored backup must not undo: which
//! steps left, who opted out, who was erased. It holds keyed hashes and ids only, no addresses and no text.
//!
//! One line per fact: `1 <microseconds> <workspace> <outcome> <key in hex>`. The `committing` line is on the disk before
//! the dot is sent.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use kiem_domain::id::WorkspaceId;

kiem_domain::text_enum! {
    /// What the journal says about a step or a person.
    pub enum JournalOutcome {
        /// The dot was about to be sent.
        Committing = "committing",
        /// The server took it.
        Sent = "sent",
        /// The server explicitly did not take it.
        Refused = "refused",
        /// An address or domain went onto the suppression list.
        OptedOut = "opted_out",
        /// A person took it off again.
        OptedIn = "opted_in",
        /// A person was erased.
        Erased = "erased",
    }
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// When.
    pub at: Timestamp,
    /// Which workspace.
    pub workspace: WorkspaceId,
    /// What.
    pub outcome: JournalOutcome,
    /// Keyed hash of enrolment, step and recipient, or of who opted out; the id of who was erased.
    pub key: Vec<u8>,
}

/// The open journal.
#[derive(Debug)]
pub struct Journal {
    file: Mutex<File>,
}

impl Journal {
    /// Opens the journal for appending, making it when missing.
    ///
    /// # Errors
    /// When the file cannot be opened or written.
    pub fn open(path: &Path) -> std::io::Result<Journal> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Journal { file: Mutex::new(options.open(path)?) })
    }

    /// Appends lines, and waits until they are on the disk when `durable`. An error here must stop the dot: a step that
    /// left without a journal line could be sent again after a restore.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub fn append(&self, entries: &[JournalEntry], durable: bool) -> std::io::Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut text = String::with_capacity(entries.len() * 140);
        for entry in entries {
            text.push_str(&line(entry));
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // One write call: with O_APPEND lines of several processes do not mix.
        file.write_all(text.as_bytes())?;
        if durable { file.sync_data() } else { Ok(()) }
    }
}

fn line(entry: &JournalEntry) -> String {
    let key: String = entry.key.iter().map(|b| format!("{b:02x}")).collect();
    format!("1 {} {} {} {key}\n", entry.at.as_microsecond(), entry.workspace, entry.outcome)
}

fn parse(line: &str) -> Option<JournalEntry> {
    let mut parts = line.split(' ');
    if parts.next()? != "1" {
        return None;
    }
    let at = Timestamp::from_microsecond(parts.next()?.parse().ok()?).ok()?;
    let workspace = parts.next()?.parse().ok()?;
    let outcome = parts.next()?.parse().ok()?;
    let hex = parts.next()?;
    let key = (0..hex.len())
        .step_by(2)
        .map(|i| hex.get(i..i + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect::<Option<Vec<u8>>>()?;
    (!key.is_empty() && parts.next().is_none()).then_some(JournalEntry { at, workspace, outcome, key })
}

/// What the journal knows in the end about each step and person: a later refusal takes a `committing` back. A torn last line (the
/// machine died while writing) is skipped: its dot was never sent.
///
/// # Errors
/// When the file cannot be read.
pub fn replay(path: &Path) -> std::io::Result<Vec<JournalEntry>> {
    let mut latest: std::collections::BTreeMap<Vec<u8>, JournalEntry> = std::collections::BTreeMap::new();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    for text in BufReader::new(file).lines() {
        if let Some(entry) = parse(&text?) {
            latest.insert(entry.key.clone(), entry);
        }
    }
    let is_void = |e: &JournalEntry| matches!(e.outcome, JournalOutcome::Refused | JournalOutcome::OptedIn);
    Ok(latest.into_values().filter(|e| !is_void(e)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: u8, outcome: JournalOutcome) -> JournalEntry {
        JournalEntry {
            at: "2026-11-24T09:00:00Z".parse().unwrap(),
            workspace: WorkspaceId(uuid::Uuid::from_u128(7)),
            outcome,
            key: vec![key; 32],
        }
    }

    #[test]
    fn the_journal_remembers_what_left_and_forgets_what_was_refused() {
        let path = std::env::temp_dir().join(format!("kiem-journal-{}", std::process::id()));
        let journal = Journal::open(&path).unwrap();
        journal
            .append(&[entry(1, JournalOutcome::Committing), entry(2, JournalOutcome::Committing)], true)
            .unwrap();
        journal.append(&[entry(1, JournalOutcome::Sent), entry(2, JournalOutcome::Refused)], false).unwrap();
        journal.append(&[entry(3, JournalOutcome::Committing)], true).unwrap();
        journal
            .append(&[entry(4, JournalOutcome::OptedOut), entry(5, JournalOutcome::OptedOut)], true)
            .unwrap();
        journal.append(&[entry(5, JournalOutcome::OptedIn)], true).unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"1 17000000 torn").unwrap();
        let known = replay(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let left = [
            entry(1, JournalOutcome::Sent),
            entry(3, JournalOutcome::Committing),
            entry(4, JournalOutcome::OptedOut),
        ];
        assert_eq!(known, left);
    }
}
