//! How complete the audience is, over HTTP.

use std::io::Cursor;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Multipart, Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use kiem_domain::audience::{ActivityVersion, Completeness, PostcodeArea};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::completeness::{
    CompletenessQuery, CompletenessView, RegisterToLoad, Share, count_register,
};
use crate::engine::{Caller, Engine, EngineError, Permission};

/// Bytes of a file of the register that the page takes: the packed file of everybody has 13 MB. What is larger goes by
/// `kiem completeness load`.
const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Room for the form around the file.
const FORM_BYTES: usize = 64 * 1024;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(load))
        // Only what stands above may be so large.
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX + FORM_BYTES))
        .routes(routes!(show))
        .routes(routes!(count))
}

/// What is looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CompletenessParams {
    /// Activities (SBI) that begin with these digits; all without it.
    pub activity: Option<String>,
    /// First two digits of a postcode: activities are counted there only.
    pub area: Option<String>,
}

/// The file of the register that was counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterView {
    /// Its name.
    pub file_name: String,
    /// Edition of its codes: `2008` or `2025`.
    pub edition: String,
    /// Day on which the register gave it out.
    #[schema(value_type = String, format = Date)]
    pub as_of: String,
    /// Companies in it.
    pub companies_n: i64,
    /// Whether it is made up, for trying.
    pub is_sample: bool,
    /// When it was loaded.
    #[schema(value_type = String, format = DateTime)]
    pub loaded_at: String,
    /// When the audience was counted beside it; missing when it was not yet.
    pub counted_at: Option<String>,
}

/// How many companies are known of those that the register counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareView {
    /// Two digits of a postcode, or the digits of an activity; empty for all together.
    pub key: String,
    /// Companies that are known.
    pub known_n: i64,
    /// Companies that the register counts.
    pub register_n: i64,
    /// Whole percent, rounded down; missing when the register counts none.
    pub percent: Option<u8>,
}

impl From<Share> for ShareView {
    fn from((key, known_n, register_n): Share) -> ShareView {
        ShareView { key, known_n, register_n, percent: Completeness { known_n, register_n }.percent() }
    }
}

/// Known companies that are counted nowhere, for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct UncountedView {
    /// `abroad`, `other_form`, `form_unknown`, `no_activity`, `other_edition` or `no_area`.
    pub why: String,
    /// How many.
    pub companies_n: i64,
}

/// How complete the audience is.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompletenessAnswer {
    /// The file of the register; missing when none was loaded, and then everything else is empty.
    pub register: Option<RegisterView>,
    /// Whether the audience is being counted.
    pub is_counting: bool,
    /// All that is looked at.
    pub total: ShareView,
    /// By first two digits of the postcode.
    pub areas: Vec<ShareView>,
    /// By activity: divisions, or the codes below the wanted digits.
    pub activities: Vec<ShareView>,
    /// Known companies that are counted nowhere.
    pub uncounted: Vec<UncountedView>,
}

impl From<CompletenessView> for CompletenessAnswer {
    fn from(view: CompletenessView) -> CompletenessAnswer {
        let sum = |of: fn(&Share) -> i64| view.areas.iter().map(of).sum();
        let total: Share = (String::new(), sum(|share| share.1), sum(|share| share.2));
        CompletenessAnswer {
            register: view.loaded.map(|load| RegisterView {
                file_name: load.file_name,
                edition: load.edition.as_str().to_owned(),
                as_of: load.as_of.to_string(),
                companies_n: load.register_n,
                is_sample: load.is_sample,
                loaded_at: load.loaded_at.to_string(),
                counted_at: load.counted_at.map(|at| at.to_string()),
            }),
            is_counting: view.is_counting,
            total: total.into(),
            areas: view.areas.into_iter().map(ShareView::from).collect(),
            activities: view.activities.into_iter().map(ShareView::from).collect(),
            uncounted: view
                .uncounted
                .into_iter()
                .map(|(why, companies_n)| UncountedView { why: why.as_str().to_owned(), companies_n })
                .collect(),
        }
    }
}

/// How many companies are known of those that the open data of the register count, by area and by activity.
#[utoipa::path(get, path = "/audience/completeness", tag = "audience", params(CompletenessParams),
    responses((status = 200, body = CompletenessAnswer), (status = 422, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<CompletenessParams>,
) -> ApiResult<Json<CompletenessAnswer>> {
    let area = query
        .area
        .as_deref()
        .map(|text| PostcodeArea::parse(text).ok_or_else(|| EngineError::field("area", "postcode_area")));
    let query = CompletenessQuery { activity: query.activity.unwrap_or_default(), area: area.transpose()? };
    Ok(Json(engine.completeness(&caller, &query).await?.into()))
}

/// Counts the audience again.
#[utoipa::path(post, path = "/audience/completeness/count", tag = "audience",
    responses((status = 202), (status = 409, body = Problem)))]
async fn count(State(engine): State<Engine>, caller: Caller) -> ApiResult<StatusCode> {
    engine.count_audience(&caller).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A file of the register.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it describes a form to the OpenAPI document")]
pub struct RegisterForm {
    /// The file, which may be packed (ZIP).
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// What is said about a file of the register.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RegisterParams {
    /// Edition of its codes: `2008` or `2025`.
    pub edition: String,
    /// Day on which the register gave it out.
    pub as_of: String,
}

/// Loads the open data of the register (KVK, Basis Bedrijfsgegevens) in the place of what was loaded before.
#[utoipa::path(post, path = "/audience/completeness/register", tag = "audience", params(RegisterParams),
    request_body(content = inline(RegisterForm), content_type = "multipart/form-data"),
    responses((status = 202, body = CompletenessAnswer), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn load(
    State(engine): State<Engine>,
    caller: Caller,
    Query(params): Query<RegisterParams>,
    mut form: Multipart,
) -> ApiResult<(StatusCode, Json<CompletenessAnswer>)> {
    caller.may(Permission::WorkAudience)?;
    let edition = ActivityVersion::named(&params.edition)
        .ok_or_else(|| EngineError::field("edition", "unknown_choice"))?;
    let as_of = params.as_of.parse::<Date>().map_err(|_| EngineError::field("as_of", "date"))?;
    let unreadable = |e: axum::extract::multipart::MultipartError| {
        if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
            EngineError::refused("register_too_large")
        } else {
            EngineError::Refused { code: "unreadable", params: vec![("problem", e.body_text())] }
        }
    };
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        if part.name() != Some("file") {
            continue;
        }
        let file_name = part.file_name().unwrap_or("register.csv").to_owned();
        let bytes = part.bytes().await.map_err(unreadable)?;
        let counted = tokio::task::spawn_blocking(move || count_register(Cursor::new(bytes), edition))
            .await
            .map_err(|e| EngineError::Outside(e.to_string()))??;
        let register = RegisterToLoad { file_name, edition, as_of, is_sample: false, counted };
        engine.load_register(&caller, register).await?;
        let view = engine.completeness(&caller, &CompletenessQuery::default()).await?;
        return Ok((StatusCode::ACCEPTED, Json(view.into())));
    }
    Err(EngineError::refused("no_file").into())
}
