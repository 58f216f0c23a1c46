//! Changing facts of companies and people, grounds, and erasing a person.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kiem_domain::id::{CompanyId, ContactId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::imports::GroundInput;
use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::{CompanyEdit, ContactEdit};
use crate::engine::{Caller, Engine};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(edit_company))
        .routes(routes!(edit_contact, erase))
        .routes(routes!(put_ground, remove_ground))
}

/// Facts of a company as typed; empty means unknown.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CompanyInput {
    /// Name; needed.
    pub name: String,
    /// KvK number.
    pub kvk_number: String,
    /// Website; its domain identifies the company.
    pub website: String,
    /// Name or code.
    pub country: String,
    /// Province or region.
    pub region: String,
    /// Town.
    pub city: String,
    /// Street with house number. What is missing stays as it is.
    pub street: Option<String>,
    /// Postcode as its country writes it. What is missing stays as it is.
    pub postcode: Option<String>,
    /// Industry.
    pub industry: String,
    /// People working there.
    pub employees_n: Option<i64>,
    /// Switchboard.
    pub phone: String,
    /// Code of the activity: two to five digits, or empty for unknown. What is missing stays as it is.
    pub sbi_code: Option<String>,
    /// Of which edition the code is: `2008`, `2025` or `unknown`.
    pub sbi_version: Option<String>,
}

impl From<CompanyInput> for CompanyEdit {
    fn from(c: CompanyInput) -> CompanyEdit {
        CompanyEdit {
            name: c.name,
            kvk_number: c.kvk_number,
            website: c.website,
            country: c.country,
            region: c.region,
            city: c.city,
            street: c.street,
            postcode: c.postcode,
            industry: c.industry,
            employees_n: c.employees_n,
            phone: c.phone,
            sbi_code: c.sbi_code,
            sbi_version: c.sbi_version,
        }
    }
}

/// Facts of a person as typed; empty means unknown.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ContactInput {
    /// First name.
    pub given_name: String,
    /// Tussenvoegsel.
    pub infix: String,
    /// Family name.
    pub family_name: String,
    /// Address.
    pub email: String,
    /// Telephone.
    pub phone: String,
    /// Job title.
    pub title: String,
    /// `nl`, `en`, `de` or `fr`.
    pub language: String,
    /// IANA zone.
    pub time_zone: String,
}

impl From<ContactInput> for ContactEdit {
    fn from(c: ContactInput) -> ContactEdit {
        ContactEdit {
            given_name: c.given_name,
            infix: c.infix,
            family_name: c.family_name,
            email: c.email,
            phone: c.phone,
            title: c.title,
            language: c.language,
            time_zone: c.time_zone,
        }
    }
}

/// Replaces the facts of a company.
#[utoipa::path(put, path = "/companies/{id}", tag = "audience", params(("id" = Uuid, Path)), request_body = CompanyInput,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn edit_company(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(input): Json<CompanyInput>,
) -> ApiResult<StatusCode> {
    engine.edit_company(&caller, CompanyId(id), input.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replaces the facts of a person.
#[utoipa::path(put, path = "/contacts/{id}", tag = "audience", params(("id" = Uuid, Path)), request_body = ContactInput,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn edit_contact(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(input): Json<ContactInput>,
) -> ApiResult<StatusCode> {
    engine.edit_contact(&caller, ContactId(id), input.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Erases a person: every field and text goes, a keyed hash keeps them from ever being approached again.
#[utoipa::path(delete, path = "/contacts/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn erase(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.erase_contact(&caller, ContactId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Records or replaces on what ground a person may be approached.
#[utoipa::path(put, path = "/contacts/{id}/ground", tag = "audience", params(("id" = Uuid, Path)), request_body = GroundInput,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put_ground(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(input): Json<GroundInput>,
) -> ApiResult<StatusCode> {
    engine.put_ground(&caller, ContactId(id), input.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraws the ground: from then on no mail goes out.
#[utoipa::path(delete, path = "/contacts/{id}/ground", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn remove_ground(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.remove_ground(&caller, ContactId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
