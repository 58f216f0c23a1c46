//! How long records are kept.

use axum::Json;
use axum::extract::State;
use kiem_domain::retention::{DAYS_MAX, FixedRetention, RetentionKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::privacy::{RetentionChange, RetentionPlan};
use crate::engine::settings::UninformedAction;
use crate::engine::{Caller, Engine, EngineError, Permission};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(read, change))
}

/// How long records of one kind are kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionView {
    /// `lead_unanswered`, `lead_untouched`, `prospect_closed`, `mail_text`, `web_visit`, `import_trace`, `webhook_body`
    /// or `notification`.
    pub kind: String,
    /// Days after which they go.
    pub days: u32,
    /// Days that every workspace starts with.
    pub days_default: u32,
    /// The fewest days that may be chosen.
    pub days_min: u32,
    /// The most days that may be chosen.
    pub days_max: u32,
    /// Why they are kept longer than that; empty when they are not.
    pub reason: String,
    /// Records that the next night would remove.
    pub due_n: i64,
}

/// What has a period, or a reason to stay, that nobody sets.
#[derive(Debug, Serialize, ToSchema)]
pub struct FixedRetentionView {
    /// `import_file`, `website_people`, `customer`, `accepted_quote`, `suppression` or `audit_trail`.
    pub kind: String,
    /// Days; missing when something else ends it, or nothing does.
    pub days: Option<u32>,
}

/// How long records are kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionList {
    /// What happens with people whom nobody told in time that we have their data: `restrict` or `remove`.
    pub uninformed: String,
    /// Kinds whose period a workspace chooses.
    pub items: Vec<RetentionView>,
    /// Kinds with a period of their own.
    pub fixed: Vec<FixedRetentionView>,
}

impl From<RetentionPlan> for RetentionList {
    fn from(plan: RetentionPlan) -> RetentionList {
        RetentionList {
            uninformed: plan.uninformed.as_str().to_owned(),
            items: plan
                .rows
                .into_iter()
                .map(|row| RetentionView {
                    kind: row.kind.as_str().to_owned(),
                    days: row.days,
                    days_default: row.kind.days_default(),
                    days_min: row.kind.days_min(),
                    days_max: DAYS_MAX,
                    reason: row.reason,
                    due_n: row.due_n,
                })
                .collect(),
            fixed: FixedRetention::ALL
                .iter()
                .map(|kind| FixedRetentionView { kind: kind.as_str().to_owned(), days: kind.days() })
                .collect(),
        }
    }
}

/// A period that is chosen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionPeriodInput {
    /// Kind.
    pub kind: String,
    /// Days after which records go.
    pub days: u32,
    /// Why; needed when it is longer than what every workspace starts with.
    #[serde(default)]
    pub reason: String,
}

/// What is chosen; kinds that are missing have the period that every workspace starts with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionInput {
    /// `restrict` or `remove`.
    pub uninformed: String,
    /// Periods, each kind once.
    pub periods: Vec<RetentionPeriodInput>,
}

impl RetentionInput {
    fn read(self) -> Result<RetentionChange, EngineError> {
        let unknown = |field: &str| EngineError::field(field, "unknown_choice");
        let uninformed = [UninformedAction::Restrict, UninformedAction::Remove]
            .into_iter()
            .find(|action| action.as_str() == self.uninformed)
            .ok_or_else(|| unknown("uninformed"))?;
        let periods = self
            .periods
            .into_iter()
            .map(|period| {
                let kind: RetentionKind = period.kind.parse().map_err(|_| unknown("periods"))?;
                Ok((kind, period.days, period.reason))
            })
            .collect::<Result<_, EngineError>>()?;
        Ok(RetentionChange { uninformed, periods })
    }
}

/// How long records are kept, and what the next night would remove.
#[utoipa::path(get, path = "/retention", tag = "privacy", responses((status = 200, body = RetentionList)))]
async fn read(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<RetentionList>> {
    Ok(Json(engine.retention(&caller).await?.into()))
}

/// Chooses how long records are kept. What is over a shorter period goes in the next night.
#[utoipa::path(put, path = "/retention", tag = "privacy", request_body = RetentionInput,
    responses((status = 200, body = RetentionList), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<RetentionInput>,
) -> ApiResult<Json<RetentionList>> {
    caller.may(Permission::Configure)?;
    Ok(Json(engine.change_retention(&caller, &input.read()?).await?.into()))
}
