//! A list as a file: what the view shows, and next to it whether the people may be approached.

use kiem_adapters::import::write_parted;
use kiem_adapters::table_file::write_workbook;
use kiem_domain::lead::LeadState;
use kiem_domain::listing::{ListColumn, ListKind, ListSort};
use kiem_store::Tx;
use kiem_store::listing::{self, CompanyRow, PersonRow};
use uuid::Uuid;

use super::lists::ListQuery;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::{Lang, say};

/// Rows of one file.
pub const EXPORT_ROWS_MAX: usize = 50_000;
/// Rows of one file that somebody chose one by one.
pub const EXPORT_CHOSEN_MAX: usize = 5_000;
/// Rows that are read at a time.
const ROWS_PER_READ: usize = 1_000;

kiem_domain::text_enum! {
    /// Kinds of files.
    pub enum ExportFormat {
        /// Text that every spreadsheet opens.
        Csv = "csv",
        /// A workbook.
        Xlsx = "xlsx",
    }
}

/// Which rows go into the file.
#[derive(Debug, Clone)]
pub enum ExportRows {
    /// All that match.
    All(ListQuery),
    /// Those that somebody chose, in the order of the list.
    Chosen {
        /// Which list.
        list: ListKind,
        /// In which order.
        sort: ListSort,
        /// Companies, or places of people on the marketing list.
        ids: Vec<Uuid>,
    },
}

impl ExportRows {
    /// Which list.
    pub const fn list(&self) -> ListKind {
        match self {
            ExportRows::All(query) => query.list,
            ExportRows::Chosen { list, .. } => *list,
        }
    }
}

/// A list as a file.
#[derive(Debug, Clone)]
pub struct ExportedList {
    /// The file.
    pub bytes: Vec<u8>,
    /// Rows in it, without the heading.
    pub n_rows: usize,
}

impl Engine {
    /// Writes a list to a file. Who is erased is not in it.
    ///
    /// # Errors
    /// When the caller may not, more than [`EXPORT_ROWS_MAX`] rows match (`export_too_many`), or more than
    /// [`EXPORT_CHOSEN_MAX`] were chosen.
    pub async fn export_list(
        &self,
        caller: &Caller,
        wanted: &ExportRows,
        columns: &[ListColumn],
        format: ExportFormat,
        lang: Lang,
    ) -> Result<ExportedList> {
        caller.may(Permission::WorkAudience)?;
        let list = wanted.list();
        let all: Vec<ListColumn> =
            ListColumn::ALL.iter().copied().filter(|column| column.is_of(list)).collect();
        let columns = if columns.is_empty() { all } else { columns.to_vec() };
        let mut tx = self.store().read(caller.workspace).await?;
        let ids = match wanted {
            ExportRows::All(query) => self.all_ids(&mut tx, query).await?,
            ExportRows::Chosen { ids, .. } if ids.is_empty() => {
                return Err(EngineError::field("ids", "required"));
            }
            ExportRows::Chosen { ids, .. } if ids.len() > EXPORT_CHOSEN_MAX => {
                return Err(EngineError::field("ids", "too_many"));
            }
            ExportRows::Chosen { list, sort, ids } => listing::chosen(&mut tx, *list, *sort, ids).await?,
        };
        let mut rows = vec![heading(list, &columns, lang)];
        for chunk in ids.chunks(ROWS_PER_READ) {
            match list {
                ListKind::Companies => {
                    let page = listing::companies(&mut tx, chunk).await?;
                    rows.extend(page.iter().map(|row| company_line(row, &columns, lang)));
                }
                ListKind::People => {
                    let page = listing::people(&mut tx, chunk).await?;
                    let known = page.iter().filter(|row| !row.is_erased);
                    rows.extend(known.map(|row| person_line(row, &columns, lang)));
                }
            }
        }
        drop(tx);
        let n_rows = rows.len() - 1;
        let mut tx = self.store().begin(caller.workspace).await?;
        let what = serde_json::json!({ "list": list.as_str(), "n_rows": n_rows, "format": format.as_str() });
        self.audit(&mut tx, caller, "list.exported", "list", None, &what).await?;
        tx.commit().await?;
        let bytes = write_file(list, rows, format, lang).await?;
        Ok(ExportedList { bytes, n_rows })
    }

    async fn all_ids(&self, tx: &mut Tx, query: &ListQuery) -> Result<Vec<Uuid>> {
        let filter = query.filter();
        let (mut ids, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.page_of(tx, &filter, query.sort, cursor.as_ref(), ROWS_PER_READ).await?;
            ids.extend(page.ids());
            if ids.len() > EXPORT_ROWS_MAX {
                return Err(EngineError::refused("export_too_many"));
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(ids);
            }
        }
    }
}

async fn write_file(
    list: ListKind,
    rows: Vec<Vec<String>>,
    format: ExportFormat,
    lang: Lang,
) -> Result<Vec<u8>> {
    let write = move || match format {
        ExportFormat::Csv => Ok(write_parted(rows, if lang == Lang::Nl { ";" } else { "," })),
        ExportFormat::Xlsx => {
            let sheet = say(lang, &format!("list.sheet.{list}"), &[]);
            write_workbook(&sheet, &rows).map_err(|e| EngineError::Outside(e.to_string()))
        }
    };
    tokio::task::spawn_blocking(write).await.map_err(|e| EngineError::Outside(e.to_string()))?
}

/// What stands in every file, whatever columns the view has.
fn lawful(list: ListKind) -> &'static [&'static str] {
    match list {
        ListKind::Companies => &["non_mailing", "legal_form"],
        ListKind::People => &["suppressed", "ground", "non_mailing"],
    }
}

fn heading(list: ListKind, columns: &[ListColumn], lang: Lang) -> Vec<String> {
    let names = columns.iter().map(|column| column.as_str()).chain(lawful(list).iter().copied());
    names.map(|name| say(lang, &format!("list.heading.{name}"), &[])).collect()
}

fn yes_no(is: bool, lang: Lang) -> String {
    say(lang, if is { "list.yes" } else { "list.no" }, &[])
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

fn number(value: Option<i64>) -> String {
    value.map(|n| n.to_string()).unwrap_or_default()
}

fn company_line(row: &CompanyRow, columns: &[ListColumn], lang: Lang) -> Vec<String> {
    let cell = |column: &ListColumn| match column {
        ListColumn::Company => row.name.clone(),
        ListColumn::Website => text(row.website.as_ref()),
        ListColumn::Phone => text(row.phone.as_ref()),
        ListColumn::Town => text(row.city.as_ref()),
        ListColumn::Postcode => text(row.postcode.as_ref()),
        ListColumn::Country => text(row.country.as_ref()),
        ListColumn::Industry => text(row.industry.as_ref()),
        ListColumn::Sbi => text(row.sbi_code.as_ref()),
        ListColumn::Size => number(row.employees_n),
        ListColumn::KvkNumber => text(row.kvk_number.as_ref()),
        ListColumn::Fit => number(row.fit_score),
        ListColumn::Stage => say(lang, &format!("list.stage.{}", row.stage), &[]),
        ListColumn::Source => row.source.clone(),
        ListColumn::Changed => row.updated_at.to_string(),
        // Of people only; the list of companies has no such column.
        ListColumn::Name | ListColumn::Title | ListColumn::Email | ListColumn::State | ListColumn::Warmth => {
            String::new()
        }
    };
    let mut line: Vec<String> = columns.iter().map(cell).collect();
    line.extend([yes_no(row.is_non_mailing, lang), text(row.legal_form.as_ref())]);
    line
}

fn person_line(row: &PersonRow, columns: &[ListColumn], lang: Lang) -> Vec<String> {
    let cell = |column: &ListColumn| match column {
        ListColumn::Name => row.name.clone(),
        ListColumn::Company => row.company.clone(),
        ListColumn::Title => text(row.title.as_ref()),
        ListColumn::Email => text(row.email.as_ref()),
        ListColumn::Phone => text(row.phone.as_ref()),
        ListColumn::Town => text(row.city.as_ref()),
        ListColumn::Country => text(row.country.as_ref()),
        ListColumn::Fit => number(row.fit_score),
        ListColumn::State => say(lang, &format!("list.state.{}", row.state), &[]),
        ListColumn::Warmth => row.warmth.to_string(),
        ListColumn::Source => row.source.clone(),
        ListColumn::Changed => row.updated_at.to_string(),
        // Of companies only; the list of people has no such column.
        ListColumn::Website
        | ListColumn::Postcode
        | ListColumn::Industry
        | ListColumn::Sbi
        | ListColumn::Size
        | ListColumn::KvkNumber
        | ListColumn::Stage => String::new(),
    };
    let mut line: Vec<String> = columns.iter().map(cell).collect();
    line.extend([
        yes_no(row.state == LeadState::Blocked, lang),
        yes_no(row.has_ground, lang),
        yes_no(row.is_non_mailing, lang),
    ]);
    line
}
