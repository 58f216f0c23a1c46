//! The lists of companies and of people, as pages and as files.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId};
use kiem_domain::listing::ListKind;
use kiem_store::listing::{CompanyRow, PersonRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::imports::language;
use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::list_form::{read_columns, read_conditions, read_sort};
use crate::engine::audience::{Cell, CellEdit, ExportFormat, ExportRows, ListAnswer, ListQuery};
use crate::engine::{Caller, Engine, EngineError, Permission};
use crate::messages::Lang;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(companies))
        .routes(routes!(people))
        .routes(routes!(export))
        .routes(routes!(company_cell))
        .routes(routes!(person_cell))
}

/// What of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct ListParams {
    /// Words; of each a word of the row begins with it.
    pub search: String,
    /// Conditions that must all hold, as JSON: `[{"field":"town","op":"is","values":["Utrecht"]}]`.
    pub filter: String,
    /// Companies: `company`, `fit`, `size` or `newest`. People: `company`, `name`, `fit`, `warmth` or `newest`.
    pub sort: Option<String>,
    /// From the page before.
    pub cursor: Option<String>,
    /// Rows, at most 200.
    pub limit: Option<i64>,
}

impl ListParams {
    fn read(self, list: ListKind) -> Result<ListQuery, EngineError> {
        Ok(ListQuery {
            list,
            conditions: read_conditions(list, &self.filter)?,
            sort: read_sort(list, self.sort.as_deref())?,
            search: self.search,
            cursor: self.cursor,
            limit: self.limit.unwrap_or(50),
        })
    }
}

/// A company of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyRowView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Website, or else the domain.
    pub website: Option<String>,
    /// Switchboard.
    pub phone: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// ISO 3166 alpha-2 code.
    pub country: Option<String>,
    /// Industry.
    pub industry: Option<String>,
    /// Code of the activity.
    pub sbi_code: Option<String>,
    /// People working there.
    pub employees_n: Option<i64>,
    /// KvK number.
    pub kvk_number: Option<String>,
    /// Whether the company does not want mail, by its register.
    pub is_non_mailing: bool,
    /// 0 to 100; missing when nothing that the profile asks is known.
    pub fit_score: Option<i64>,
    /// How much of the profile could be judged, in percent.
    pub fit_known_percent: i64,
    /// `lead`, `prospect`, `opportunity` or `customer`.
    pub stage: String,
    /// Where the record came from.
    pub source: String,
    /// When a fact last changed.
    pub updated_at: String,
}

impl From<CompanyRow> for CompanyRowView {
    fn from(row: CompanyRow) -> CompanyRowView {
        CompanyRowView {
            id: row.id.0,
            name: row.name,
            website: row.website,
            phone: row.phone,
            city: row.city,
            postcode: row.postcode,
            country: row.country,
            industry: row.industry,
            sbi_code: row.sbi_code,
            employees_n: row.employees_n,
            kvk_number: row.kvk_number,
            is_non_mailing: row.is_non_mailing,
            fit_score: row.fit_score,
            fit_known_percent: row.fit_known_percent,
            stage: row.stage.to_string(),
            source: row.source,
            updated_at: row.updated_at.to_string(),
        }
    }
}

/// A person of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonRowView {
    /// Id of their place on the marketing list.
    pub id: Uuid,
    /// Id of the person.
    pub contact_id: Uuid,
    /// Id of the company.
    pub company_id: Uuid,
    /// Whole name; empty when unknown or erased.
    pub name: String,
    /// Job title.
    pub title: Option<String>,
    /// What the title says.
    pub seniority: Option<String>,
    /// What the title says.
    pub department: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Name of the company.
    pub company: String,
    /// Town of the company.
    pub city: Option<String>,
    /// Country of the company.
    pub country: Option<String>,
    /// Where they stand; `blocked` is suppressed.
    pub state: String,
    /// 0 to 100; missing when nothing that the profile asks is known.
    pub fit_score: Option<i64>,
    /// How much of the profile could be judged, in percent.
    pub fit_known_percent: i64,
    /// What the other side did, 0 to 100.
    pub warmth: i64,
    /// Whether a ground is recorded on which they may be approached.
    pub has_ground: bool,
    /// Whether the person was erased.
    pub is_erased: bool,
    /// Where the record came from.
    pub source: String,
    /// When a fact last changed.
    pub updated_at: String,
}

impl From<PersonRow> for PersonRowView {
    fn from(row: PersonRow) -> PersonRowView {
        PersonRowView {
            id: row.lead_id.0,
            contact_id: row.contact_id.0,
            company_id: row.company_id.0,
            name: row.name,
            title: row.title,
            seniority: row.seniority.map(|s| s.to_string()),
            department: row.department.map(|d| d.to_string()),
            email: row.email,
            phone: row.phone,
            company: row.company,
            city: row.city,
            country: row.country,
            state: row.state.to_string(),
            fit_score: row.fit_score,
            fit_known_percent: row.fit_known_percent,
            warmth: row.warmth,
            has_ground: row.has_ground,
            is_erased: row.is_erased,
            source: row.source,
            updated_at: row.updated_at.to_string(),
        }
    }
}

/// A page of companies.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyListView {
    /// The rows. There may be none and still a next page: many were looked at and did not match.
    pub items: Vec<CompanyRowView>,
    /// Where the next page begins; missing at the end.
    pub next_cursor: Option<String>,
    /// How many match; only with the first page.
    pub total: Option<i64>,
    /// Whether there may be more than `total`.
    pub total_is_capped: bool,
    /// Whether what came in lately can be found by its words already.
    pub is_searchable: bool,
}

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonListView {
    /// The rows. There may be none and still a next page: many were looked at and did not match.
    pub items: Vec<PersonRowView>,
    /// Where the next page begins; missing at the end.
    pub next_cursor: Option<String>,
    /// How many match; only with the first page.
    pub total: Option<i64>,
    /// Whether there may be more than `total`.
    pub total_is_capped: bool,
    /// Whether what came in lately can be found by its words already.
    pub is_searchable: bool,
}

fn is_capped<Row>(answer: &ListAnswer<Row>) -> bool {
    answer.count.is_some_and(|count| !count.is_exact)
}

/// A page of the list of companies.
#[utoipa::path(get, path = "/companies", tag = "audience", params(ListParams),
    responses((status = 200, body = CompanyListView), (status = 422, body = Problem)))]
async fn companies(
    State(engine): State<Engine>,
    caller: Caller,
    Query(params): Query<ListParams>,
) -> ApiResult<Json<CompanyListView>> {
    let answer = engine.companies_list(&caller, &params.read(ListKind::Companies)?).await?;
    Ok(Json(CompanyListView {
        total: answer.count.map(|count| count.n),
        total_is_capped: is_capped(&answer),
        is_searchable: answer.is_searchable,
        next_cursor: answer.next_cursor,
        items: answer.rows.into_iter().map(CompanyRowView::from).collect(),
    }))
}

/// A page of the list of people.
#[utoipa::path(get, path = "/contacts", tag = "audience", params(ListParams),
    responses((status = 200, body = PersonListView), (status = 422, body = Problem)))]
async fn people(
    State(engine): State<Engine>,
    caller: Caller,
    Query(params): Query<ListParams>,
) -> ApiResult<Json<PersonListView>> {
    let answer = engine.people_list(&caller, &params.read(ListKind::People)?).await?;
    Ok(Json(PersonListView {
        total: answer.count.map(|count| count.n),
        total_is_capped: is_capped(&answer),
        is_searchable: answer.is_searchable,
        next_cursor: answer.next_cursor,
        items: answer.rows.into_iter().map(PersonRowView::from).collect(),
    }))
}

/// A list that is to be written to a file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportBody {
    /// `companies` or `people`.
    pub list: String,
    /// `csv` or `xlsx`.
    pub format: String,
    /// Words, as of the list.
    #[serde(default)]
    pub search: String,
    /// Conditions as JSON, as of the list.
    #[serde(default)]
    pub filter: String,
    /// The order, as of the list.
    #[serde(default)]
    pub sort: Option<String>,
    /// Only these rows, 5,000 at most: companies, or places of people on the marketing list. Words and conditions play no part
    /// then.
    #[serde(default)]
    pub ids: Option<Vec<Uuid>>,
    /// The columns in their order; none is all of them. Whether people may be approached is always in the file.
    #[serde(default)]
    pub columns: Vec<String>,
}

/// Writes a list to a file, 50,000 rows at most.
#[utoipa::path(post, path = "/list-exports", tag = "audience", request_body = ExportBody,
    responses((status = 200, content_type = "application/octet-stream", body = String), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn export(
    State(engine): State<Engine>,
    caller: Caller,
    headers: HeaderMap,
    Json(body): Json<ExportBody>,
) -> ApiResult<Response> {
    caller.may(Permission::WorkAudience)?;
    let choice = |field| move |_| EngineError::field(field, "unknown_choice");
    let list: ListKind = body.list.parse().map_err(choice("list"))?;
    let format: ExportFormat = body.format.parse().map_err(choice("format"))?;
    let columns = read_columns(list, &body.columns)?;
    let params =
        ListParams { search: body.search, filter: body.filter, sort: body.sort, cursor: None, limit: None };
    let lang = language(&headers);
    let query = params.read(list)?;
    let rows = match body.ids {
        Some(ids) => ExportRows::Chosen { list, sort: query.sort, ids },
        None => ExportRows::All(query),
    };
    let file = engine.export_list(&caller, &rows, &columns, format, lang).await?;
    let name = match (list, lang) {
        (ListKind::Companies, Lang::Nl) => "kiem-bedrijven",
        (ListKind::Companies, Lang::En) => "kiem-companies",
        (ListKind::People, Lang::Nl) => "kiem-mensen",
        (ListKind::People, Lang::En) => "kiem-people",
    };
    let kind = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{format}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, file.bytes).into_response())
}

/// One fact as somebody typed it in a list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CellBody {
    /// Of a company `name`, `website`, `phone` or `town`; of a person `name`, `phone` or `title`.
    pub field: String,
    /// What it is to be; empty means unknown.
    pub value: String,
    /// `updated_at` of the row that was seen; when the record has changed since, nothing is written.
    pub seen_at: String,
}

impl CellBody {
    fn read(self) -> Result<CellEdit, EngineError> {
        let cell: Cell = self.field.parse().map_err(|_| EngineError::field("field", "unknown_choice"))?;
        let seen_at: Timestamp =
            self.seen_at.parse().map_err(|_| EngineError::field("seen_at", "not_a_moment"))?;
        Ok(CellEdit { cell, value: self.value, seen_at })
    }
}

/// A fact that was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct CellChanged {
    /// When; what the next change has seen.
    pub updated_at: String,
}

/// Changes one fact of a company.
#[utoipa::path(patch, path = "/companies/{id}", tag = "audience", params(("id" = Uuid, Path)), request_body = CellBody,
    responses((status = 200, body = CellChanged), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn company_cell(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<CellBody>,
) -> ApiResult<Json<CellChanged>> {
    caller.may(Permission::WorkAudience)?;
    let at = engine.edit_company_cell(&caller, CompanyId(id), &body.read()?).await?;
    Ok(Json(CellChanged { updated_at: at.to_string() }))
}

/// Changes one fact of a person.
#[utoipa::path(patch, path = "/contacts/{id}", tag = "audience", params(("id" = Uuid, Path)), request_body = CellBody,
    responses((status = 200, body = CellChanged), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn person_cell(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<CellBody>,
) -> ApiResult<Json<CellChanged>> {
    caller.may(Permission::WorkAudience)?;
    let at = engine.edit_contact_cell(&caller, ContactId(id), &body.read()?).await?;
    Ok(Json(CellChanged { updated_at: at.to_string() }))
}
