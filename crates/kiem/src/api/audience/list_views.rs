//! Saved views of the lists, and the columns that a person chose.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::{ConditionV1, SeenView, ViewToKeep, ViewV1};
use crate::engine::{Caller, Engine};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(views))
        .routes(routes!(add))
        .routes(routes!(change))
        .routes(routes!(remove))
        .routes(routes!(columns))
}

/// A condition of a filter.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListCondition {
    /// `town`, `sbi`, `fit`, ...
    pub field: String,
    /// `is`, `is_not`, `starts_with`, `at_least` or `at_most`.
    pub op: String,
    /// One of them is enough.
    pub values: Vec<String>,
}

/// What a view shows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListViewDefinition {
    /// Words.
    #[serde(default)]
    pub search: String,
    /// What must hold.
    #[serde(default)]
    pub conditions: Vec<ListCondition>,
    /// The order; missing is the usual one.
    #[serde(default)]
    pub sort: Option<String>,
    /// The columns; none is the usual ones.
    #[serde(default)]
    pub columns: Vec<String>,
}

impl From<ViewV1> for ListViewDefinition {
    fn from(view: ViewV1) -> ListViewDefinition {
        let conditions = view.conditions.into_iter();
        ListViewDefinition {
            search: view.search,
            conditions: conditions
                .map(|one| ListCondition { field: one.field, op: one.op, values: one.values })
                .collect(),
            sort: view.sort,
            columns: view.columns,
        }
    }
}

impl From<ListViewDefinition> for ViewV1 {
    fn from(view: ListViewDefinition) -> ViewV1 {
        let conditions = view.conditions.into_iter();
        ViewV1 {
            search: view.search,
            conditions: conditions
                .map(|one| ConditionV1 { field: one.field, op: one.op, values: one.values })
                .collect(),
            sort: view.sort,
            columns: view.columns,
        }
    }
}

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListViewView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Whether everybody in the workspace sees it.
    pub is_shared: bool,
    /// Whether you may change it.
    pub may_change: bool,
    /// What it shows.
    pub definition: ListViewDefinition,
}

impl From<SeenView> for ListViewView {
    fn from(seen: SeenView) -> ListViewView {
        ListViewView {
            id: seen.stored.id,
            name: seen.stored.name,
            is_shared: seen.stored.is_shared,
            may_change: seen.may_change,
            definition: seen.view.into(),
        }
    }
}

/// The views of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListViewsView {
    /// Own and shared, by name.
    pub items: Vec<ListViewView>,
    /// The columns that you chose, in their order; none when you never did.
    pub columns: Vec<String>,
}

/// Which list.
#[derive(Debug, Deserialize, IntoParams)]
pub struct OfList {
    /// `companies` or `people`.
    pub list: String,
}

/// A new view.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewListView {
    /// `companies` or `people`.
    pub list: String,
    /// Name.
    pub name: String,
    /// Whether everybody in the workspace sees it.
    pub is_shared: bool,
    /// What it shows.
    pub definition: ListViewDefinition,
}

/// A view as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedListView {
    /// Name.
    pub name: String,
    /// Whether everybody in the workspace sees it.
    pub is_shared: bool,
    /// What it shows.
    pub definition: ListViewDefinition,
}

/// The view that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddedListView {
    /// Id.
    pub id: Uuid,
}

/// Columns of a list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListColumnsBody {
    /// In their order; none is the usual ones again.
    pub columns: Vec<String>,
}

/// Your own views of a list and the shared ones.
#[utoipa::path(get, path = "/list-views", tag = "audience", params(OfList),
    responses((status = 200, body = ListViewsView), (status = 422, body = Problem)))]
async fn views(
    State(engine): State<Engine>,
    caller: Caller,
    Query(of): Query<OfList>,
) -> ApiResult<Json<ListViewsView>> {
    let seen = engine.list_views(&caller, &of.list).await?;
    Ok(Json(ListViewsView {
        items: seen.views.into_iter().map(ListViewView::from).collect(),
        columns: seen.columns,
    }))
}

/// Keeps a view.
#[utoipa::path(post, path = "/list-views", tag = "audience", request_body = NewListView,
    responses((status = 201, body = AddedListView), (status = 422, body = Problem)))]
async fn add(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<NewListView>,
) -> ApiResult<Response> {
    let new = ViewToKeep { name: body.name, is_shared: body.is_shared, view: body.definition.into() };
    let id = engine.add_list_view(&caller, &body.list, &new).await?;
    Ok((StatusCode::CREATED, Json(AddedListView { id })).into_response())
}

/// Renames a view, shares it, or replaces what it shows.
#[utoipa::path(put, path = "/list-views/{id}", tag = "audience", params(("id" = Uuid, Path)), request_body = ChangedListView,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<ChangedListView>,
) -> ApiResult<StatusCode> {
    let new = ViewToKeep { name: body.name, is_shared: body.is_shared, view: body.definition.into() };
    engine.change_list_view(&caller, id, &new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a view.
#[utoipa::path(delete, path = "/list-views/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn remove(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.remove_list_view(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps which columns you want to see in a list.
#[utoipa::path(put, path = "/list-columns/{list}", tag = "audience", params(("list" = String, Path)),
    request_body = ListColumnsBody, responses((status = 204), (status = 422, body = Problem)))]
async fn columns(
    State(engine): State<Engine>,
    caller: Caller,
    Path(list): Path<String>,
    Json(body): Json<ListColumnsBody>,
) -> ApiResult<StatusCode> {
    engine.choose_list_columns(&caller, &list, &body.columns).await?;
    Ok(StatusCode::NO_CONTENT)
}
