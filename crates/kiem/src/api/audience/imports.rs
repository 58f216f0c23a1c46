//! Uploads: send a file, look, decide, begin, follow, stop, download what was wrong.

use axum::Json;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use kiem_adapters::import::{Encoding, Field};
use kiem_domain::consent::Basis;
use kiem_domain::id::ImportId;
use kiem_store::import::{ImportRun, ImportState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::import::FILE_BYTES_MAX;
use crate::engine::audience::undo::UNDO_WITHIN;
use crate::engine::audience::{
    ConflictPolicy, ImportOrder, NewGround, Preview, RowDecision, Trial, UndoReport, Upload,
};
use crate::engine::{Caller, Engine, EngineError, Permission};
use crate::messages::Lang;

/// Room for the form around the file.
const FORM_BYTES: usize = 64 * 1024;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(list, upload))
        // Only what stands above may be so large.
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX + FORM_BYTES))
        .routes(routes!(show, stop))
        .routes(routes!(look))
        .routes(routes!(start))
        .routes(routes!(try_it, trial))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(undo))
        .routes(routes!(errors))
        .routes(routes!(result))
}

/// An upload and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportView {
    /// Id.
    pub id: Uuid,
    /// Name of the file.
    pub file_name: String,
    /// `previewed`, `running`, `paused`, `finished`, `failed`, `stopped` or `undone`.
    pub state: String,
    /// Data rows in the file.
    pub rows_n: i64,
    /// Rows handled.
    pub done_n: i64,
    /// Companies that are new.
    pub companies_created_n: i64,
    /// Companies that were there.
    pub companies_matched_n: i64,
    /// People who are new.
    pub contacts_created_n: i64,
    /// People who were there.
    pub contacts_matched_n: i64,
    /// Errors in rows.
    pub errors_n: i64,
    /// People who must not be mailed.
    pub suppressed_n: i64,
    /// Rows about what an earlier row of the file spoke of.
    pub repeated_n: i64,
    /// Rows that may mean several companies, and were left out.
    pub ambiguous_n: i64,
    /// Until when it can be taken back; missing when it cannot.
    pub undo_until: Option<String>,
    /// What taking it back has done so far.
    pub undo: Option<UndoReport>,
    /// When it was uploaded.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
    /// When it ended.
    pub finished_at: Option<String>,
}

impl From<ImportRun> for ImportView {
    fn from(run: ImportRun) -> ImportView {
        let p = run.progress;
        let ended = [ImportState::Finished, ImportState::Stopped, ImportState::Failed].contains(&run.state);
        ImportView {
            id: run.id.0,
            file_name: run.file_name,
            state: run.state.as_str().to_owned(),
            rows_n: run.n_rows,
            done_n: p.n_done,
            companies_created_n: p.n_companies_created,
            companies_matched_n: p.n_companies_matched,
            contacts_created_n: p.n_contacts_created,
            contacts_matched_n: p.n_contacts_matched,
            errors_n: p.n_errors,
            suppressed_n: p.n_suppressed,
            repeated_n: p.n_repeated,
            ambiguous_n: p.n_ambiguous,
            undo_until: run.finished_at.filter(|_| ended).map(|at| (at + UNDO_WITHIN).to_string()),
            undo: run.undo_report.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            created_at: run.created_at.to_string(),
            finished_at: run.finished_at.map(|at| at.to_string()),
        }
    }
}

/// Uploads, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportList {
    /// The uploads.
    pub items: Vec<ImportView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// What an upload looks like before anything is brought in.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewView {
    /// The upload.
    pub import: ImportView,
    /// `csv`, `xlsx`, `xls` or `ods`.
    pub format: String,
    /// The program that wrote it, when its header is known: `hubspot`, `linkedin_connections`, ...
    pub preset: Option<String>,
    /// `utf-8`, `windows-1252`, ...
    pub encoding: String,
    /// Encodings that can be chosen instead.
    pub encodings: Vec<String>,
    /// What stands between cells.
    pub delimiter: String,
    /// Whether the first row names the columns.
    pub has_header: bool,
    /// Names of the columns.
    pub header: Vec<String>,
    /// What the columns seem to mean.
    pub mapping: Vec<ProposalView>,
    /// Every meaning that a column can have.
    pub fields: Vec<String>,
    /// The first rows.
    pub sample: Vec<SampleRow>,
    /// What a person should look at: `no_header`, `undecodable`, `check_accents`, `rows_cut`, `same_file`, `short_rows`,
    /// `hidden_sheets`, `other_sheets`, `far_cells`, `zero_restored`, `date_ambiguous`, `more_addresses`,
    /// `objection_without_address`, `no_calls_without_phone`,
    /// `sbi_edition_unknown`.
    pub warnings: Vec<String>,
}

/// What a column seems to mean.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalView {
    /// Number of the column, from 0.
    pub column: usize,
    /// Its meaning.
    pub field: String,
    /// How sure, in percent.
    pub confidence_percent: u8,
    /// `own_name`, `vendor_name`, `close_spelling` or `values`.
    pub why: String,
}

/// One of the first rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleRow {
    /// Row number as the spreadsheet shows it.
    pub row_number: u64,
    /// The cells.
    pub cells: Vec<String>,
}

fn preview_view(preview: Preview) -> PreviewView {
    PreviewView {
        import: preview.run.into(),
        format: preview.dialect.format.as_str().to_owned(),
        preset: preview.preset.map(|p| p.as_str().to_owned()),
        encoding: preview.dialect.encoding.as_str().to_owned(),
        encodings: Encoding::ALL.iter().map(|e| e.as_str().to_owned()).collect(),
        delimiter: char::from(preview.dialect.delimiter).to_string(),
        has_header: preview.dialect.has_header,
        header: preview.header,
        mapping: preview
            .proposals
            .into_iter()
            .map(|p| ProposalView {
                column: p.column,
                field: p.field.as_str().to_owned(),
                confidence_percent: p.confidence_percent,
                why: p.why.as_str().to_owned(),
            })
            .collect(),
        fields: Field::ALL.iter().map(|f| f.as_str().to_owned()).collect(),
        sample: preview
            .sample
            .into_iter()
            .map(|r| SampleRow { row_number: r.row_number, cells: r.cells })
            .collect(),
        warnings: preview.warnings.into_iter().map(str::to_owned).collect(),
    }
}

/// On what ground people may be approached, as a person declares it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroundInput {
    /// `consent`, `existing_customer`, `designated_address` or `legitimate_interest`.
    pub basis: String,
    /// Where the data came from, in words that the first mail repeats.
    pub source: String,
    /// Proof in words: the sentence that designates the address, how and when the person agreed. Needed for consent and
    /// for a designated address.
    #[serde(default)]
    pub source_detail: String,
    /// The page on which the proof stands; without it a designated address is not mailed.
    #[serde(default)]
    pub evidence_url: String,
    /// Day on which data or consent was obtained, `2026-11-24`.
    pub obtained_on: String,
}

impl GroundInput {
    /// Reads basis and day.
    pub fn read(self) -> Result<NewGround, EngineError> {
        Ok(NewGround {
            basis: self
                .basis
                .parse::<Basis>()
                .map_err(|_| EngineError::field("ground.basis", "unknown_choice"))?,
            source: self.source,
            source_detail: self.source_detail,
            evidence_url: self.evidence_url,
            obtained_on: self
                .obtained_on
                .parse()
                .map_err(|_| EngineError::field("ground.obtained_on", "date"))?,
        })
    }
}

/// What a person decided about an upload.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartInput {
    /// What the columns mean; columns that are not named are not used.
    pub mapping: Vec<MappingInput>,
    /// On what ground the people may be approached.
    pub ground: GroundInput,
    /// Country of rows that name none.
    pub default_country: Option<String>,
    /// Another encoding than the guessed one.
    pub encoding: Option<String>,
    /// What wins where a row and a record differ: `fill` (blanks only; the default), `overwrite` or `keep`.
    pub policy: Option<String>,
    /// What was decided about single rows.
    #[serde(default)]
    pub rows: Vec<RowInput>,
    /// What words of the file mean.
    #[serde(default)]
    pub values: Vec<ValueInput>,
    /// In which order days are written: `day_first` or `month_first`; looked for when it is not given.
    pub date_order: Option<String>,
}

/// What was decided about one row.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowInput {
    /// Row number as the spreadsheet shows it.
    pub row_number: u64,
    /// `skip`, `new`, `company` with its id, or what wins in this row, with or without the company: `fill`, `overwrite`,
    /// `keep`.
    pub action: String,
    /// The company that the row means.
    pub company_id: Option<Uuid>,
}

/// What a word means.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueInput {
    /// In which field.
    pub field: String,
    /// The word as it stands in the file.
    pub from: String,
    /// What is read in its place; empty for nothing.
    pub to: String,
}

impl StartInput {
    fn read(self) -> Result<ImportOrder, EngineError> {
        let choice = |field: String| move |_| EngineError::field(field, "unknown_choice");
        let mut mapping = Vec::with_capacity(self.mapping.len());
        for (i, one) in self.mapping.into_iter().enumerate() {
            let field = one
                .field
                .parse()
                .map_err(|_| EngineError::field(format!("mapping.{i}.field"), "unknown_choice"))?;
            mapping.push((one.column, field));
        }
        let mut rows = Vec::with_capacity(self.rows.len());
        for (i, row) in self.rows.into_iter().enumerate() {
            let decision = RowDecision::read(&row.action, row.company_id)
                .ok_or_else(|| EngineError::field(format!("rows.{i}.action"), "unknown_choice"))?;
            rows.push((row.row_number, decision));
        }
        let mut values = Vec::with_capacity(self.values.len());
        for (i, value) in self.values.into_iter().enumerate() {
            let field = value
                .field
                .parse()
                .map_err(|_| EngineError::field(format!("values.{i}.field"), "unknown_choice"))?;
            values.push((field, value.from, value.to));
        }
        let policy = self.policy.as_deref().map(str::parse).transpose();
        let date_order = self.date_order.as_deref().map(str::parse).transpose();
        Ok(ImportOrder {
            mapping,
            ground: self.ground.read()?,
            default_country: self.default_country,
            encoding: encoding(self.encoding.as_deref())?,
            policy: policy.map_err(choice("policy".to_owned()))?.unwrap_or(ConflictPolicy::Fill),
            rows,
            values,
            date_order: date_order.map_err(|_| EngineError::field("date_order", "unknown_choice"))?,
        })
    }
}

/// One column.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingInput {
    /// Number of the column, from 0.
    pub column: usize,
    /// Its meaning.
    pub field: String,
}

/// Where a list begins and how long it is.
#[derive(Debug, Deserialize, IntoParams)]
pub struct PageQuery {
    /// From the page before.
    pub cursor: Option<String>,
    /// Rows, at most 200.
    pub limit: Option<i64>,
}

impl PageQuery {
    /// The cursor as a moment, and the limit within bounds.
    pub fn moment(&self) -> Result<(Option<Timestamp>, i64), EngineError> {
        let before = self.cursor.as_deref().map(str::parse::<Timestamp>).transpose();
        Ok((
            before.map_err(|_| EngineError::field("cursor", "cursor"))?,
            self.limit.unwrap_or(50).clamp(1, 200),
        ))
    }
}

/// Another encoding to look with.
#[derive(Debug, Deserialize, IntoParams)]
struct LookQuery {
    encoding: Option<String>,
}

fn encoding(text: Option<&str>) -> Result<Option<Encoding>, EngineError> {
    text.map(|t| t.parse().map_err(|_| EngineError::field("encoding", "unknown_choice"))).transpose()
}

/// A form with one file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the fields are read from the stream")]
struct UploadForm {
    /// The list: CSV, XLSX, XLS or ODS, at most 50 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Uploads, newest first.
#[utoipa::path(get, path = "/imports", tag = "audience", params(PageQuery), responses((status = 200, body = ImportList)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<ImportList>> {
    let (before, limit) = page.moment()?;
    let mut runs = engine.imports(&caller, before, limit + 1).await?;
    let more = i64::try_from(runs.len()).unwrap_or(0) > limit;
    runs.truncate(usize::try_from(limit).unwrap_or(0));
    let next_cursor = runs.last().filter(|_| more).map(|run| run.created_at.to_string());
    Ok(Json(ImportList { items: runs.into_iter().map(ImportView::from).collect(), next_cursor }))
}

/// Sends a file and says what it seems to hold. Nothing is brought in yet.
#[utoipa::path(post, path = "/imports", tag = "audience",
    request_body(content = inline(UploadForm), content_type = "multipart/form-data"),
    responses((status = 201, body = PreviewView), (status = 409, body = Problem)))]
async fn upload(State(engine): State<Engine>, caller: Caller, mut form: Multipart) -> ApiResult<Response> {
    caller.may(Permission::WorkAudience)?;
    let unreadable = |e: axum::extract::multipart::MultipartError| {
        if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
            EngineError::refused("import_too_large")
        } else {
            EngineError::Refused { code: "unreadable", params: vec![("problem", e.body_text())] }
        }
    };
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        if part.name() != Some("file") {
            continue;
        }
        let file_name = part.file_name().unwrap_or("upload.csv").to_owned();
        let bytes = part.bytes().await.map_err(unreadable)?.to_vec();
        let preview = engine.import_preview(&caller, Upload { file_name, bytes }).await?;
        return Ok((StatusCode::CREATED, Json(preview_view(preview))).into_response());
    }
    Err(EngineError::refused("no_file").into())
}

/// One upload and how far it is.
#[utoipa::path(get, path = "/imports/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = ImportView), (status = 404, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<ImportView>> {
    Ok(Json(engine.import_run(&caller, ImportId(id)).await?.into()))
}

/// Stops an upload; what was brought in stays.
#[utoipa::path(delete, path = "/imports/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn stop(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.import_stop(&caller, ImportId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Looks at an upload again, with another encoding if wished.
#[utoipa::path(get, path = "/imports/{id}/preview", tag = "audience",
    params(("id" = Uuid, Path), ("encoding" = Option<String>, Query)),
    responses((status = 200, body = PreviewView), (status = 409, body = Problem)))]
async fn look(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<LookQuery>,
) -> ApiResult<Json<PreviewView>> {
    let encoding = encoding(query.encoding.as_deref())?;
    Ok(Json(preview_view(engine.import_look(&caller, ImportId(id), encoding).await?)))
}

/// Begins to bring an upload in, in the background.
#[utoipa::path(post, path = "/imports/{id}/start", tag = "audience", params(("id" = Uuid, Path)), request_body = StartInput,
    responses((status = 202, body = ImportView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn start(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(input): Json<StartInput>,
) -> ApiResult<Response> {
    caller.may(Permission::WorkAudience)?;
    let order = input.read()?;
    let run = engine.import_start(&caller, ImportId(id), order).await?;
    Ok((StatusCode::ACCEPTED, Json(ImportView::from(run))).into_response())
}

/// Says in the background what would become of an upload; nothing is brought in.
#[utoipa::path(post, path = "/imports/{id}/trial", tag = "audience", params(("id" = Uuid, Path)), request_body = StartInput,
    responses((status = 202), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn try_it(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(input): Json<StartInput>,
) -> ApiResult<StatusCode> {
    caller.may(Permission::WorkAudience)?;
    engine.import_try(&caller, ImportId(id), input.read()?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// What a trial has found so far; null when nobody asked for one.
#[utoipa::path(get, path = "/imports/{id}/trial", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = Option<Trial>), (status = 404, body = Problem)))]
async fn trial(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Option<Trial>>> {
    Ok(Json(engine.import_trial(&caller, ImportId(id)).await?))
}

/// Lets an upload that runs wait; what was brought in is there.
#[utoipa::path(post, path = "/imports/{id}/pause", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = ImportView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn pause(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<ImportView>> {
    Ok(Json(engine.import_pause(&caller, ImportId(id), true).await?.into()))
}

/// Lets an upload that waits go on.
#[utoipa::path(post, path = "/imports/{id}/resume", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = ImportView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn resume(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<ImportView>> {
    Ok(Json(engine.import_pause(&caller, ImportId(id), false).await?.into()))
}

/// Takes an upload back, within seven days of its end: who came in and with whom nothing happened since goes, what was
/// changed is as before.
#[utoipa::path(post, path = "/imports/{id}/undo", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 202, body = ImportView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn undo(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<Response> {
    let run = engine.import_undo(&caller, ImportId(id)).await?;
    Ok((StatusCode::ACCEPTED, Json(ImportView::from(run))).into_response())
}

/// The rows as they stood, each with what became of it, why, and where the record is.
#[utoipa::path(get, path = "/imports/{id}/result.csv", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "text/csv", body = String), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn result(
    State(engine): State<Engine>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> ApiResult<Response> {
    let lang = language(&headers);
    let csv = engine.import_result_csv(&caller, ImportId(id), lang).await?;
    Ok(download(csv, if lang == Lang::Nl { "kiem-resultaat.csv" } else { "kiem-result.csv" }))
}

/// What was wrong with which row, as a file for a spreadsheet.
#[utoipa::path(get, path = "/imports/{id}/errors.csv", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "text/csv", body = String), (status = 404, body = Problem)))]
async fn errors(
    State(engine): State<Engine>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> ApiResult<Response> {
    let lang = language(&headers);
    let csv = engine.import_errors_csv(&caller, ImportId(id), lang).await?;
    Ok(download(csv, if lang == Lang::Nl { "kiem-fouten.csv" } else { "kiem-errors.csv" }))
}

pub(super) fn language(headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    wanted.map_or(Lang::En, Lang::from_accept_language)
}

fn download(csv: Vec<u8>, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, csv).into_response()
}
