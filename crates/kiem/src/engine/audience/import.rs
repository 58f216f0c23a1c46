//! Uploading a list: look at it, say what the columns mean and on what ground the people may be approached, begin,
//! stop, and see what was wrong with which row.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kiem_adapters::import::values::{DateOrder, date_order};
use kiem_adapters::import::{
    Dialect, Encoding, Field, Format, ImportError, Note, Preset, Proposal, Record, Source, detect, detect_in,
    propose_as, read_rows, write_csv,
};
use kiem_domain::id::ImportId;
use kiem_store::Tx;
use kiem_store::import::{self, ImportRun, ImportState, Progress};

use super::facts::Columns;
use super::import_order::{DialectV1, ImportOrder, MappingV1, json, stored_ground};
use super::profile::user_of;
use super::read_row::read_row;
use crate::engine::jobs::JobKind;
use crate::engine::keys::sha256;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::{Lang, say};

/// Bytes that one upload may have.
pub const FILE_BYTES_MAX: usize = 50 * 1024 * 1024;
/// Rows that are shown before anything is brought in.
const SAMPLE_ROWS: usize = 20;
/// Rows by which columns are understood, and that are looked through for what was put right.
pub(super) const JUDGED_ROWS: usize = 1_000;
/// Rows with errors that one download holds.
const ERROR_ROWS_MAX: usize = 100_000;

/// A file as it was uploaded.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What an upload looks like, before anything is brought in.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The upload.
    pub run: ImportRun,
    /// How the file is written.
    pub dialect: Dialect,
    /// Names of the columns.
    pub header: Vec<String>,
    /// The program that wrote it, when its header is known.
    pub preset: Option<Preset>,
    /// What the columns seem to mean.
    pub proposals: Vec<Proposal>,
    /// The first rows.
    pub sample: Vec<Record>,
    /// What a person should look at: catalogue keys below `import.warning`.
    pub warnings: Vec<&'static str>,
}

struct Look {
    preset: Option<Preset>,
    header: Vec<String>,
    proposals: Vec<Proposal>,
    sample: Vec<Record>,
    n_rows: u64,
    warnings: Vec<&'static str>,
}

fn look(source: &Source, dialect: &Dialect) -> std::result::Result<Look, ImportError> {
    let mut sample: Vec<Record> = Vec::new();
    let whole = read_rows(source, dialect, |_, record| {
        if sample.len() < JUDGED_ROWS {
            sample.push(record);
        }
        ControlFlow::Continue(())
    })?;
    let mut warnings: Vec<&'static str> = whole.notes.iter().map(|note| Note::as_str(*note)).collect();
    if !dialect.has_header {
        warnings.push("no_header");
    }
    if has_guessed_accents(dialect) {
        warnings.push("check_accents");
    }
    let preset = if dialect.has_header { Preset::detect(&whole.header) } else { None };
    let proposals = propose_as(preset, &whole.header, &sample, dialect.has_header);
    let columns = Columns {
        fields: proposals.iter().map(|p| (p.field, p.column)).collect(),
        default_country: preset.and_then(Preset::country).map(str::to_owned),
        date_order: Some(
            preset
                .and_then(Preset::date_order)
                .unwrap_or_else(|| order_of_days(&sample, proposals.iter().map(|p| (p.column, p.field)))),
        ),
        values: Vec::new(),
    };
    let codes: BTreeSet<&str> =
        sample.iter().flat_map(|row| read_row(&columns, row).warnings).map(|warning| warning.code).collect();
    warnings.extend(codes);
    let has = |field: Field| columns.fields.iter().any(|(found, _)| *found == field);
    if has(Field::SbiCode) && !has(Field::SbiVersion) {
        warnings.push("sbi_edition_unknown");
    }
    sample.truncate(SAMPLE_ROWS);
    Ok(Look { preset, proposals, header: whole.header, sample, n_rows: whole.n_rows, warnings })
}

/// In which order the column of days writes day and month.
pub(super) fn order_of_days(
    sample: &[Record],
    mut fields: impl Iterator<Item = (usize, Field)>,
) -> DateOrder {
    let column = fields.find(|(_, field)| *field == Field::FoundedOn).map(|(column, _)| column);
    date_order(sample.iter().filter_map(|r| r.cells.get(column?)).map(String::as_str))
}

/// Whether letters with accents should be looked at: bytes above 127 mean something else in each of these encodings.
pub(super) fn has_guessed_accents(dialect: &Dialect) -> bool {
    let guessed = [Encoding::MacRoman, Encoding::Iso885915, Encoding::Windows1252, Encoding::Cp850];
    dialect.format == Format::Text && guessed.contains(&dialect.encoding)
}

pub(super) fn refused(error: ImportError) -> EngineError {
    EngineError::refused(match error {
        ImportError::Empty => "import_empty",
        ImportError::NotText => "import_not_text",
        ImportError::TooManyColumns => "import_too_wide",
        ImportError::Encrypted => "import_encrypted",
        ImportError::TooMuch => "import_too_much",
        ImportError::Damaged | ImportError::DocType => "import_damaged",
        ImportError::OtherForm => "import_other_form",
        ImportError::Disk(kind) => {
            return EngineError::Refused { code: "import_disk", params: vec![("problem", kind.to_string())] };
        }
    })
}

impl Engine {
    /// Takes a file in and says what it seems to hold. Nothing is brought in yet.
    ///
    /// # Errors
    /// When the caller may not, or the file is too large, empty, no text or too wide.
    pub async fn import_preview(&self, caller: &Caller, upload: Upload) -> Result<Preview> {
        caller.may(Permission::WorkAudience)?;
        let by = user_of(caller)?;
        if upload.bytes.len() > FILE_BYTES_MAX {
            return Err(EngineError::refused("import_too_large"));
        }
        let Upload { file_name, bytes } = upload;
        let work = move || -> std::result::Result<_, ImportError> {
            let bytes = Arc::new(bytes);
            let source = Source::Bytes(bytes.clone());
            let dialect = detect(&source)?;
            Ok((look(&source, &dialect)?, dialect, sha256(&bytes), bytes))
        };
        // Reading 50 MB takes a moment of pure computing.
        let (mut look, dialect, file_hash, bytes) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| EngineError::Outside(e.to_string()))?
            .map_err(refused)?;
        let run = ImportRun {
            id: self.new_id(),
            file_name: file_name.chars().filter(|c| !c.is_control()).take(200).collect(),
            file_hash,
            state: ImportState::Previewed,
            dialect: json(&DialectV1::from(&dialect))?,
            mapping: "null".to_owned(),
            ground: "null".to_owned(),
            n_rows: i64::try_from(look.n_rows).unwrap_or(i64::MAX),
            progress: Progress::default(),
            failure: None,
            created_by: by,
            created_at: self.now(),
            finished_at: None,
            undone_at: None,
            trial: None,
            undo_report: None,
        };
        let mut tx = self.store().begin(caller.workspace).await?;
        let earlier = import::list(&mut tx, self.now() + SignedDuration::from_secs(1), 100).await?;
        if earlier.iter().any(|r| r.file_hash == run.file_hash && r.state == ImportState::Finished) {
            look.warnings.push("same_file");
        }
        import::insert(&mut tx, &run, &bytes).await?;
        let detail = serde_json::json!({ "file": run.file_name });
        self.audit(&mut tx, caller, "import.uploaded", "import", Some(run.id.0), &detail).await?;
        tx.commit().await?;
        Ok(preview(run, dialect, look))
    }

    /// Looks at an upload again that was not begun, with another encoding if wished.
    ///
    /// # Errors
    /// When it is not there, or was begun already.
    pub async fn import_look(
        &self,
        caller: &Caller,
        id: ImportId,
        encoding: Option<Encoding>,
    ) -> Result<Preview> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let run = import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let (ImportState::Previewed, Some(bytes)) = (run.state, import::file(&mut tx, id).await?) else {
            return Err(EngineError::refused("import_begun"));
        };
        drop(tx);
        let dialect = DialectV1::read(&run.dialect)?;
        let work = move || -> std::result::Result<_, ImportError> {
            let source = Source::bytes(bytes);
            let dialect = match encoding {
                Some(encoding) => detect_in(&source, encoding)?,
                None => dialect,
            };
            Ok((look(&source, &dialect)?, dialect))
        };
        let (look, dialect) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| EngineError::Outside(e.to_string()))?
            .map_err(refused)?;
        Ok(preview(run, dialect, look))
    }

    /// Begins to bring an upload in, in the background.
    ///
    /// # Errors
    /// When the caller may not, the upload was begun already, or the decisions are not complete.
    pub async fn import_start(&self, caller: &Caller, id: ImportId, order: ImportOrder) -> Result<ImportRun> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let run = import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let dialect = self.dialect_of(&mut tx, &run, order.encoding).await?;
        let mapping = MappingV1::of(&order, dialect.columns_n)?;
        let ground = self.checked_ground(caller, order.ground)?;
        let (dialect, mapping) = (json(&DialectV1::from(&dialect))?, json(&mapping)?);
        if !import::start(&mut tx, id, &dialect, &mapping, &json(&stored_ground(&ground))?).await? {
            return Err(EngineError::refused("import_begun"));
        }
        self.enqueue(&mut tx, JobKind::Import, &id.to_string(), "{}", self.now()).await?;
        let run = import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        self.audit(&mut tx, caller, "import.started", "import", Some(id.0), &serde_json::json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(run)
    }

    /// How an upload is written, in the encoding that a person chose.
    pub(super) async fn dialect_of(
        &self,
        tx: &mut Tx,
        run: &ImportRun,
        encoding: Option<Encoding>,
    ) -> Result<Dialect> {
        let dialect = DialectV1::read(&run.dialect)?;
        let Some(encoding) = encoding.filter(|e| *e != dialect.encoding) else { return Ok(dialect) };
        let bytes = import::file(tx, run.id).await?.ok_or(EngineError::refused("import_begun"))?;
        let work = move || detect_in(&Source::bytes(bytes), encoding);
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| EngineError::Outside(e.to_string()))?
            .map_err(refused)
    }

    /// Stops an upload that runs, or lets one go that was only looked at. What was brought in stays.
    ///
    /// # Errors
    /// When the caller may not, or it is over already.
    pub async fn import_stop(&self, caller: &Caller, id: ImportId) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        if !import::end(&mut tx, id, ImportState::Stopped, None, self.now()).await? {
            return Err(EngineError::refused("import_over"));
        }
        self.ask_matching_if_any(&mut tx).await?;
        self.audit(&mut tx, caller, "import.stopped", "import", Some(id.0), &serde_json::json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Lets an upload that runs wait, or one that waits go on; what was brought in is there either way.
    ///
    /// # Errors
    /// When the caller may not, or it neither runs nor waits.
    pub async fn import_pause(&self, caller: &Caller, id: ImportId, is_paused: bool) -> Result<ImportRun> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let run = import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let goes_on = [ImportState::Running, ImportState::Paused].contains(&run.state);
        let (changed, said) = if is_paused {
            (import::pause(&mut tx, id, self.now()).await?, "import.paused")
        } else {
            (import::resume(&mut tx, id).await?, "import.resumed")
        };
        if !goes_on {
            return Err(EngineError::refused("import_over"));
        }
        if changed {
            if !is_paused {
                self.enqueue(&mut tx, JobKind::Import, &id.to_string(), "{}", self.now()).await?;
            }
            self.audit(&mut tx, caller, said, "import", Some(id.0), &serde_json::json!({})).await?;
        }
        let run = import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(run)
    }

    /// One upload with its counts.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn import_run(&self, caller: &Caller, id: ImportId) -> Result<ImportRun> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)
    }

    /// Uploads, newest first, from before `before` on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn imports(
        &self,
        caller: &Caller,
        before: Option<Timestamp>,
        limit: i64,
    ) -> Result<Vec<ImportRun>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let before = before.unwrap_or(self.now() + SignedDuration::from_secs(1));
        Ok(import::list(&mut tx, before, limit).await?)
    }

    /// What was wrong with which row, as a file for a spreadsheet: row, what, column, value, then the row itself.
    ///
    /// # Errors
    /// When the upload is not there.
    pub async fn import_errors_csv(&self, caller: &Caller, id: ImportId, lang: Lang) -> Result<Vec<u8>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        import::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let heading =
            ["row", "error", "column", "value"].map(|k| say(lang, &format!("import.heading.{k}"), &[]));
        let mut rows = vec![heading.to_vec()];
        let mut after = 0;
        while rows.len() <= ERROR_ROWS_MAX {
            let page = import::errors(&mut tx, id, after, 1_000).await?;
            let Some(last) = page.last() else { break };
            after = last.row_number;
            for error in page {
                let sentence = say(lang, &format!("import.error.{}", error.code), &[]);
                let mut row = vec![error.row_number.to_string(), sentence, error.column_name, error.value];
                row.extend(serde_json::from_str::<Vec<String>>(&error.row_text).unwrap_or_default());
                rows.push(row);
            }
        }
        Ok(write_csv(rows))
    }
}

fn preview(run: ImportRun, dialect: Dialect, look: Look) -> Preview {
    Preview {
        run,
        dialect,
        header: look.header,
        preset: look.preset,
        proposals: look.proposals,
        sample: look.sample,
        warnings: look.warnings,
    }
}
