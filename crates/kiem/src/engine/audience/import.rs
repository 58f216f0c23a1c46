//! Uploading a list: look at it, say what the columns mean and on what ground the people may be approached, begin,
//! stop, and see what was wrong with which row.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kiem_adapters::import::values::{DateOrder, date_order};
use kiem_adapters::import::{
    Dialect, Encoding, Field, Format, ImportError, Note, Preset, Proposal, Quote, Record, Source, detect,
    detect_in, propose_as, read_rows, write_csv,
};
use kiem_domain::country::country_code;
use kiem_domain::id::ImportId;
use kiem_store::import::{self, ImportRun, ImportState, Progress};
use serde::{Deserialize, Serialize};

use super::bring_in::GroundToRecord;
use super::facts::{Columns, read_row};
use super::gate::NewGround;
use super::profile::user_of;
use crate::engine::jobs::JobKind;
use crate::engine::keys::sha256;
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};
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

/// What a person decided about an upload.
#[derive(Debug, Clone)]
pub struct ImportOrder {
    /// What the columns mean.
    pub mapping: Vec<(usize, Field)>,
    /// On what ground the people may be approached: asked, never read from the file.
    pub ground: NewGround,
    /// Country of rows that name none.
    pub default_country: Option<String>,
    /// The encoding, when the person corrects the guess.
    pub encoding: Option<Encoding>,
}

/// How a file is written, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DialectV1 {
    #[serde(default = "text_format")]
    format: String,
    encoding: String,
    delimiter: char,
    quote: String,
    has_sep_line: bool,
    skip: usize,
    has_header: bool,
    columns_n: usize,
    #[serde(default)]
    header_row: u64,
}

fn text_format() -> String {
    Format::Text.as_str().to_owned()
}

/// What the columns mean, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MappingV1 {
    pub(super) fields: Vec<(String, usize)>,
    pub(super) default_country: Option<String>,
}

/// The declared ground, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct GroundV1 {
    pub(super) basis: String,
    pub(super) source: String,
    pub(super) source_detail: String,
    /// Orders of before have none.
    #[serde(default)]
    pub(super) evidence_url: Option<String>,
    pub(super) obtained_on: String,
    pub(super) recorded_by: uuid::Uuid,
}

impl From<&Dialect> for DialectV1 {
    fn from(d: &Dialect) -> DialectV1 {
        DialectV1 {
            format: d.format.as_str().to_owned(),
            encoding: d.encoding.as_str().to_owned(),
            delimiter: char::from(d.delimiter),
            quote: d.quote.as_str().to_owned(),
            has_sep_line: d.has_sep_line,
            skip: d.skip,
            has_header: d.has_header,
            columns_n: d.columns_n,
            header_row: d.header_row,
        }
    }
}

impl DialectV1 {
    pub(super) fn read(text: &str) -> Result<Dialect> {
        let broken =
            |e: &dyn std::fmt::Display| EngineError::Outside(format!("stored dialect is unreadable: {e}"));
        let v1: DialectV1 = serde_json::from_str(text).map_err(|e| broken(&e))?;
        Ok(Dialect {
            format: v1.format.parse().map_err(|e| broken(&e))?,
            encoding: v1.encoding.parse().map_err(|e| broken(&e))?,
            delimiter: u8::try_from(v1.delimiter).map_err(|e| broken(&e))?,
            quote: v1.quote.parse::<Quote>().map_err(|e| broken(&e))?,
            has_sep_line: v1.has_sep_line,
            skip: v1.skip,
            has_header: v1.has_header,
            columns_n: v1.columns_n,
            header_row: v1.header_row,
        })
    }
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
        date_order: Some(order_of_days(&sample, proposals.iter().map(|p| (p.column, p.field)))),
    };
    let codes: BTreeSet<&str> =
        sample.iter().flat_map(|row| read_row(&columns, row).warnings).map(|warning| warning.code).collect();
    warnings.extend(codes);
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
        let mut dialect = DialectV1::read(&run.dialect)?;
        let country = checked_order(&order.mapping, order.default_country.as_deref(), dialect.columns_n)?;
        let ground = self.checked_ground(caller, order.ground)?;
        if let Some(encoding) = order.encoding.filter(|e| *e != dialect.encoding) {
            let bytes = import::file(&mut tx, id).await?.ok_or(EngineError::refused("import_begun"))?;
            let work = move || detect_in(&Source::bytes(bytes), encoding);
            dialect = tokio::task::spawn_blocking(work)
                .await
                .map_err(|e| EngineError::Outside(e.to_string()))?
                .map_err(refused)?;
        }
        let mapping = MappingV1 {
            fields: order
                .mapping
                .iter()
                .map(|(column, field)| (field.as_str().to_owned(), *column))
                .collect(),
            default_country: country,
        };
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
        self.audit(&mut tx, caller, "import.stopped", "import", Some(id.0), &serde_json::json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
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

pub(super) fn stored_ground(ground: &GroundToRecord) -> GroundV1 {
    GroundV1 {
        basis: ground.basis.as_str().to_owned(),
        source: ground.source.clone(),
        source_detail: ground.source_detail.clone(),
        evidence_url: ground.evidence_url.clone(),
        obtained_on: ground.obtained_on.to_string(),
        recorded_by: ground.recorded_by.0,
    }
}

pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| EngineError::Outside(e.to_string()))
}

/// Every column and every field once, and something that names a company. Returns the default country's code.
pub(super) fn checked_order(
    mapping: &[(usize, Field)],
    default_country: Option<&str>,
    columns_n: usize,
) -> Result<Option<String>> {
    let mut errors = Vec::new();
    for (i, (column, field)) in mapping.iter().enumerate() {
        let before = &mapping[..i];
        if *column >= columns_n || before.iter().any(|(c, f)| c == column || f == field) {
            errors.push(FieldError::new(format!("mapping.{i}"), "mapping_double"));
        }
    }
    let names_company =
        [Field::CompanyName, Field::Website, Field::Email, Field::KvkNumber, Field::RegisterNumber];
    if !mapping.iter().any(|(_, field)| names_company.contains(field)) {
        errors.push(FieldError::new("mapping", "mapping_company"));
    }
    let country = default_country.map(str::trim).filter(|c| !c.is_empty());
    let code = country.and_then(country_code);
    if country.is_some() && code.is_none() {
        errors.push(FieldError::new("default_country", "country"));
    }
    if errors.is_empty() { Ok(code.map(str::to_owned)) } else { Err(EngineError::Invalid(errors)) }
}
