//! Promotions: who became a prospect and why, forcing, undoing, how good each rule is, and the rules' thresholds.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{LeadId, PromotionId};
use kiem_store::lead_override::OverrideKind;
use kiem_store::promotion::PromotionFilter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::inbox::{cursor, place};
use super::problem::{ApiResult, Problem};
use crate::engine::promotion::{OverrideInput, ReceiptView, ReplayedLead, Threshold, ThresholdView};
use crate::engine::{Caller, Engine, EngineError, Permission};

const PAGE_MAX: i64 = 100;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(quality))
        .routes(routes!(show))
        .routes(routes!(of_lead, force, undo))
        .routes(routes!(decide_about, lift))
        .routes(routes!(thresholds, change_thresholds))
        .routes(routes!(replay_thresholds))
}

/// Which promotions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PromotionQuery {
    /// `R1` to `R6`, or `manual`.
    rule: Option<String>,
    /// Decided at or after this moment (RFC 3339).
    from: Option<String>,
    /// Decided before this moment.
    to: Option<String>,
    /// Where the last page ended.
    cursor: Option<String>,
    /// At most 100.
    limit: Option<i64>,
}

/// A promotion in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromotionLine {
    /// Id.
    pub id: Uuid,
    /// The lead.
    pub lead_id: Uuid,
    /// The pursuit.
    pub prospect_id: Uuid,
    /// The person.
    pub contact_name: Option<String>,
    /// The company.
    pub company_name: String,
    /// The rule.
    pub rule: String,
    /// When.
    pub decided_at: String,
    /// Why, in Dutch.
    pub explanation_nl: String,
    /// Why, in English.
    pub explanation_en: String,
    /// When it was taken back.
    pub undone_at: Option<String>,
    /// Why it was taken back.
    pub undo_reason: Option<String>,
}

/// A page of promotions.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromotionPage {
    /// Newest first.
    pub items: Vec<PromotionLine>,
    /// For the next page.
    pub next_cursor: Option<String>,
}

/// One piece of evidence.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceView {
    /// When.
    pub at: Option<String>,
    /// The day in the workspace's zone.
    pub on: String,
    /// `reply`, `invitation`, `booking`, `quote_form`, `case_page`, `case_click`, `visit`, `warmth`, `override`.
    pub what: String,
    /// Label, answer, path or kind.
    pub detail: Option<String>,
    /// Who gave the label, or decided.
    pub by: Option<String>,
    /// How sure it is that a person did it.
    pub grade: String,
    /// What was written.
    pub words: Option<String>,
    /// The received mail.
    pub inbound_id: Option<Uuid>,
    /// The pages.
    pub pages: Vec<String>,
}

/// The receipt.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// Id.
    pub id: Uuid,
    /// The lead.
    pub lead_id: Uuid,
    /// The pursuit.
    pub prospect_id: Uuid,
    /// The person.
    pub contact_name: Option<String>,
    /// The company.
    pub company_name: String,
    /// The rule.
    pub rule: String,
    /// When.
    pub decided_at: String,
    /// Why, in Dutch.
    pub explanation_nl: String,
    /// Why, in English.
    pub explanation_en: String,
    /// The evidence, oldest first.
    pub evidence: Vec<EvidenceView>,
    /// Version of the thresholds.
    pub config_version: i64,
    /// What the intent model was trained on.
    pub model_digest: String,
    /// Subject of the mail of ours that led to it.
    pub cause_subject: Option<String>,
    /// The text of that mail.
    pub cause_text: Option<String>,
    /// When that mail went.
    pub cause_at: Option<String>,
    /// Names of the members who were told.
    pub told: Vec<String>,
    /// When it was taken back.
    pub undone_at: Option<String>,
    /// Name of who took it back.
    pub undone_by: Option<String>,
    /// Why.
    pub undo_reason: Option<String>,
}

/// How good a rule is.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleQualityView {
    /// The rule.
    pub rule: String,
    /// Promotions.
    pub n: i64,
    /// Of which taken back.
    pub n_undone: i64,
}

/// A reason.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// Why.
    pub reason: String,
}

/// A person's decision about a lead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideBody {
    /// `keep_lead`, `never` or `force_prospect`.
    pub value: String,
    /// Until when (RFC 3339), for `keep_lead`.
    pub until: Option<String>,
    /// Why.
    pub reason: String,
}

fn moment(field: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, EngineError> {
    text.map(|text| text.parse().map_err(|_| EngineError::field(field, "unknown_choice"))).transpose()
}

fn receipt(view: ReceiptView) -> Receipt {
    let found = view.promotion;
    Receipt {
        id: found.id.0,
        lead_id: found.lead_id.0,
        prospect_id: found.prospect_id.0,
        contact_name: view.contact_name,
        company_name: view.company_name,
        rule: found.rule,
        decided_at: found.decided_at.to_string(),
        explanation_nl: found.explanation_nl,
        explanation_en: found.explanation_en,
        evidence: view
            .evidence
            .into_iter()
            .map(|one| EvidenceView {
                at: Timestamp::from_microsecond(one.at_micros).ok().map(|at| at.to_string()),
                on: one.on,
                what: one.what,
                detail: one.detail,
                by: one.by,
                grade: one.grade,
                words: one.words,
                inbound_id: one.inbound,
                pages: one.pages,
            })
            .collect(),
        config_version: found.config_version,
        model_digest: found.model_digest,
        cause_at: view.cause.as_ref().and_then(|cause| cause.at.map(|at| at.to_string())),
        cause_text: view.cause.as_ref().map(|cause| cause.text.clone()),
        cause_subject: view.cause.map(|cause| cause.subject),
        told: view.told,
        undone_by: view.undone_by,
        undone_at: found.undone_at.map(|at| at.to_string()),
        undo_reason: found.undo_reason,
    }
}

/// Promotions, newest first.
#[utoipa::path(get, path = "/promotions", tag = "promotions", params(PromotionQuery),
    responses((status = 200, body = PromotionPage), (status = 422, body = Problem)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<PromotionQuery>,
) -> ApiResult<Json<PromotionPage>> {
    let limit = query.limit.unwrap_or(50).clamp(1, PAGE_MAX);
    let filter = PromotionFilter {
        rule: query.rule.as_deref(),
        from: moment("from", query.from.as_deref())?,
        to: moment("to", query.to.as_deref())?,
        before: place(query.cursor.as_deref())?.map(|(at, id)| (at, PromotionId(id))),
    };
    let rows = engine.promotions(&caller, filter, limit).await?;
    let next_cursor = rows
        .last()
        .filter(|_| rows.len() as i64 == limit)
        .map(|row| cursor(row.promotion.decided_at, row.promotion.id.0));
    let items = rows
        .into_iter()
        .map(|row| PromotionLine {
            id: row.promotion.id.0,
            lead_id: row.promotion.lead_id.0,
            prospect_id: row.promotion.prospect_id.0,
            contact_name: row.contact_name,
            company_name: row.company_name,
            rule: row.promotion.rule,
            decided_at: row.promotion.decided_at.to_string(),
            explanation_nl: row.promotion.explanation_nl,
            explanation_en: row.promotion.explanation_en,
            undone_at: row.promotion.undone_at.map(|at| at.to_string()),
            undo_reason: row.promotion.undo_reason,
        })
        .collect();
    Ok(Json(PromotionPage { items, next_cursor }))
}

/// How often each rule's promotions were taken back, in a period (the last 90 days when none is given).
#[utoipa::path(get, path = "/promotions/quality", tag = "promotions", params(PromotionQuery),
    responses((status = 200, body = [RuleQualityView])))]
async fn quality(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<PromotionQuery>,
) -> ApiResult<Json<Vec<RuleQualityView>>> {
    let to =
        moment("to", query.to.as_deref())?.unwrap_or_else(|| engine.now() + SignedDuration::from_secs(1));
    let from = moment("from", query.from.as_deref())?.unwrap_or(to - SignedDuration::from_hours(24 * 90));
    let rules = engine.rule_quality(&caller, from, to).await?;
    let views = rules.into_iter().map(|q| RuleQualityView { rule: q.rule, n: q.n, n_undone: q.n_undone });
    Ok(Json(views.collect()))
}

/// The receipt of a promotion.
#[utoipa::path(get, path = "/promotions/{id}", tag = "promotions", params(("id" = Uuid, Path)),
    responses((status = 200, body = Receipt), (status = 404, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Receipt>> {
    Ok(Json(receipt(engine.receipt(&caller, PromotionId(id)).await?)))
}

/// The receipt of a lead's newest promotion.
#[utoipa::path(get, path = "/leads/{id}/promotion", tag = "promotions", params(("id" = Uuid, Path)),
    responses((status = 200, body = Receipt), (status = 404, body = Problem)))]
async fn of_lead(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Receipt>> {
    let newest = engine.newest_promotion(&caller, LeadId(id)).await?;
    Ok(Json(receipt(engine.receipt(&caller, newest.id).await?)))
}

/// Makes a lead a prospect whatever the rules say, with a reason.
#[utoipa::path(post, path = "/leads/{id}/promotion", tag = "promotions", params(("id" = Uuid, Path)),
    request_body = ReasonBody, responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn force(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<ReasonBody>,
) -> ApiResult<StatusCode> {
    let input = OverrideInput { value: OverrideKind::ForceProspect, until: None, reason: &body.reason };
    engine.override_lead(&caller, LeadId(id), input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a promotion back, with a reason: the lead is a lead again and its outreach goes on where it stood.
#[utoipa::path(delete, path = "/leads/{id}/promotion", tag = "promotions", params(("id" = Uuid, Path)),
    request_body = ReasonBody, responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn undo(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<ReasonBody>,
) -> ApiResult<StatusCode> {
    engine.undo_promotion(&caller, LeadId(id), &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decides about a lead in the caller's name.
#[utoipa::path(post, path = "/leads/{id}/override", tag = "promotions", params(("id" = Uuid, Path)),
    request_body = OverrideBody, responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn decide_about(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<OverrideBody>,
) -> ApiResult<StatusCode> {
    caller.may(Permission::JudgeEngagement)?;
    let value = body.value.parse().map_err(|_| EngineError::field("value", "unknown_choice"))?;
    let until = moment("until", body.until.as_deref())?;
    engine.override_lead(&caller, LeadId(id), OverrideInput { value, until, reason: &body.reason }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lifts what persons decided about a lead: the rules decide again.
#[utoipa::path(delete, path = "/leads/{id}/override", tag = "promotions", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn lift(State(engine): State<Engine>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    engine.lift_override(&caller, LeadId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One threshold of grading and promotion.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThresholdItem {
    /// Its name; the unit stands last.
    pub name: String,
    /// What holds here: a whole number or a switch.
    pub value: Threshold,
    /// What Kiem came with.
    pub standard: Threshold,
    /// Smallest value of a number.
    pub min: Option<u32>,
    /// Largest value of a number.
    pub max: Option<u32>,
}

/// All thresholds.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThresholdList {
    /// The number of this set; every receipt names the one that it was decided with.
    pub version: u32,
    /// In the order in which they are read.
    pub items: Vec<ThresholdItem>,
}

/// Thresholds to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdChange {
    /// The thresholds.
    pub values: Vec<ThresholdValue>,
}

/// A threshold to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdValue {
    /// Its name.
    pub name: String,
    /// The new value; null puts it back to what Kiem came with.
    pub value: Option<Threshold>,
}

fn threshold_list((version, views): (u32, Vec<ThresholdView>)) -> Json<ThresholdList> {
    let items = views.into_iter().map(|one| ThresholdItem {
        name: one.name.to_owned(),
        value: one.value,
        standard: one.standard,
        min: one.range.map(|(min, _)| min),
        max: one.range.map(|(_, max)| max),
    });
    Json(ThresholdList { version, items: items.collect() })
}

/// The thresholds of grading and promotion.
#[utoipa::path(get, path = "/rule-thresholds", tag = "promotions", responses((status = 200, body = ThresholdList)))]
async fn thresholds(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<ThresholdList>> {
    Ok(threshold_list(engine.thresholds(&caller).await?))
}

/// Changes thresholds; what was decided stays decided.
#[utoipa::path(patch, path = "/rule-thresholds", tag = "promotions", request_body = ThresholdChange,
    responses((status = 200, body = ThresholdList), (status = 422, body = Problem)))]
async fn change_thresholds(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<ThresholdChange>,
) -> ApiResult<Json<ThresholdList>> {
    let changes: BTreeMap<_, _> = body.values.into_iter().map(|one| (one.name, one.value)).collect();
    Ok(threshold_list(engine.change_thresholds(&caller, &changes).await?))
}

/// What other thresholds would have meant in the last 90 days.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThresholdReplay {
    /// Since when (RFC 3339).
    pub from: String,
    /// Leads that did something since.
    pub n_leads: usize,
    /// Whether more leads did something than were decided again; those that acted last were.
    pub is_cut: bool,
    /// Leads that would have become a prospect, and did not.
    pub more: Vec<ReplayedLine>,
    /// Prospects that would have stayed a lead.
    pub fewer: Vec<ReplayedLine>,
}

/// A lead for whom other thresholds would have decided otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayedLine {
    /// The lead.
    pub lead_id: Uuid,
    /// Name of the person.
    pub name: Option<String>,
    /// Name of the company.
    pub company: String,
    /// `R1` to `R6`; none when a person decided.
    pub rule: Option<String>,
    /// The day of the promotion, `YYYY-MM-DD` in the workspace's zone.
    pub on: Option<String>,
}

impl From<ReplayedLead> for ReplayedLine {
    fn from(one: ReplayedLead) -> ReplayedLine {
        ReplayedLine {
            lead_id: one.lead.0,
            name: one.name,
            company: one.company,
            rule: one.rule.map(str::to_owned),
            on: one.on.map(|on| on.to_string()),
        }
    }
}

/// Shows what other thresholds would have changed in the last 90 days; nothing is saved.
#[utoipa::path(post, path = "/rule-thresholds/preview", tag = "promotions", request_body = ThresholdChange,
    responses((status = 200, body = ThresholdReplay), (status = 422, body = Problem)))]
async fn replay_thresholds(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<ThresholdChange>,
) -> ApiResult<Json<ThresholdReplay>> {
    let changes: BTreeMap<_, _> = body.values.into_iter().map(|one| (one.name, one.value)).collect();
    let replay = engine.replay_thresholds(&caller, &changes).await?;
    Ok(Json(ThresholdReplay {
        from: replay.from.to_string(),
        n_leads: replay.n_leads,
        is_cut: replay.is_cut,
        more: replay.more.into_iter().map(ReplayedLine::from).collect(),
        fewer: replay.fewer.into_iter().map(ReplayedLine::from).collect(),
    }))
}
