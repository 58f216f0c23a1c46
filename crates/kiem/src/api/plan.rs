//! The planner page: the plan of a year, backwards from the goal, beside what happened.

use axum::Json;
use axum::extract::{Path, State};
use kiem_domain::planner::{Counts, MonthActual, Rate, Spread};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::{ApiResult, Problem};
use crate::engine::planning::definition::PlanDefinition;
use crate::engine::planning::plan::PlanReport;
use crate::engine::{Caller, Engine, EngineError, Permission};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(show, store)).routes(routes!(preview))
}

/// Typed ratios, 0 to 1; null takes own history.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RatiosInput {
    /// Won of the opportunities.
    pub opportunity_customer: Option<f64>,
    /// Opportunities of the prospects.
    pub prospect_opportunity: Option<f64>,
    /// Prospects of the approached leads.
    pub lead_prospect: Option<f64>,
}

/// Typed days of each step; null takes own history.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LagDaysInput {
    /// From first mail to prospect.
    pub lead_prospect: Option<u16>,
    /// From prospect to opportunity.
    pub prospect_opportunity: Option<u16>,
    /// From opportunity to customer.
    pub opportunity_customer: Option<u16>,
}

/// What a person types for a plan.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanDefinitionBody {
    /// Revenue goal of the year in cents.
    pub goal_cents: i64,
    /// What an average deal brings, in cents.
    pub deal_cents: i64,
    /// First month that has to bring revenue, 1 to 12.
    #[serde(default = "january")]
    pub first_month: i8,
    /// Typed ratios.
    #[serde(default)]
    pub ratios: RatiosInput,
    /// Typed mails per lead; null takes own history.
    #[serde(default)]
    pub mails_per_lead: Option<f64>,
    /// Typed days.
    #[serde(default)]
    pub lag_days: LagDaysInput,
}

fn january() -> i8 {
    1
}

/// A plan to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanPreview {
    /// The year.
    pub year: i16,
    /// What was typed.
    pub definition: PlanDefinitionBody,
}

/// Enough in half of the runs, and in four of five.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpreadView {
    /// In half.
    pub p50: f64,
    /// In four of five.
    pub p80: f64,
}

/// A ratio that the plan counts with.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanRatioView {
    /// 0 to 1.
    pub value: f64,
    /// Own history: went on.
    pub k: u64,
    /// Own history: entered.
    pub n: u64,
    /// `own`, `typed` or `default`.
    pub source: String,
}

/// The three ratios.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanRatiosView {
    /// Won of the opportunities.
    pub opportunity_customer: PlanRatioView,
    /// Opportunities of the prospects.
    pub prospect_opportunity: PlanRatioView,
    /// Prospects of the approached leads.
    pub lead_prospect: PlanRatioView,
}

/// A month of the columns.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthView {
    /// `2026-11`.
    pub month: String,
    /// Planned.
    pub plan: i64,
    /// What happened; null for a month that has not begun.
    pub actual: Option<i64>,
}

/// The columns.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthsView {
    /// `revenue`.
    pub measure: String,
    /// January to December.
    pub months: Vec<MonthView>,
}

/// Where the plan breaks first.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakView {
    /// `customers`, `opportunities`, `prospects`, `leads` or `mails_per_day`.
    pub step: String,
    /// `2026-11`.
    pub month: Option<String>,
}

/// What the picture draws.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanPictureView {
    /// Goal in cents.
    pub goal_cents: i64,
    /// Deal value in cents.
    pub deal_cents: i64,
    /// Deals to win.
    pub customers: SpreadView,
    /// Opportunities to open.
    pub opportunities: SpreadView,
    /// Prospects to find.
    pub prospects: SpreadView,
    /// Leads to approach.
    pub leads: SpreadView,
    /// Mails on a working day, rounded up.
    pub mails_per_day: SpreadView,
    /// Mails that one lead gets.
    pub mails_per_lead: f64,
    /// The ratios.
    pub ratios: PlanRatiosView,
    /// The months.
    pub months: MonthsView,
    /// Where it breaks first.
    pub breaks_first: Option<BreakView>,
}

/// Counts of a stretch of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsView {
    /// Revenue in cents.
    pub revenue_cents: i64,
    /// Deals won.
    pub customers: u64,
    /// Opportunities opened.
    pub opportunities: u64,
    /// Prospects found.
    pub prospects: u64,
    /// Leads approached.
    pub leads: u64,
    /// Mails sent.
    pub mails: u64,
}

/// A month or quarter: planned beside what happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanPeriodView {
    /// `2026-11` or `2026-Q4`.
    pub period: String,
    /// Working days in it.
    pub working_days: u32,
    /// Planned.
    pub plan: CountsView,
    /// What happened; null when it has not begun.
    pub actual: Option<CountsView>,
    /// Leads of the plan that should have been approached before the year began.
    pub overdue_leads: u64,
}

/// What would mend the plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct MendView {
    /// Which sentence.
    pub key: String,
    /// How many are missing.
    pub missing: u64,
    /// Leads to approach for that.
    pub leads: u64,
    /// Per working day.
    pub per_day: u64,
    /// What there is.
    pub available: u64,
}

/// The plan of a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanView {
    /// The year.
    pub year: i16,
    /// What was typed.
    pub definition: PlanDefinitionBody,
    /// When it was stored; null when nobody did yet.
    pub updated_at: Option<String>,
    /// What the picture draws.
    pub picture: PlanPictureView,
    /// Mails to send in the year.
    pub mails: SpreadView,
    /// Days of each step that the plan counts with.
    pub lag_days: LagDaysInput,
    /// Mails that the mailboxes may send on a day; null without a mailbox.
    pub mails_per_day_possible: Option<u64>,
    /// What would mend it.
    pub mending: Option<MendView>,
    /// January to December.
    pub months: Vec<PlanPeriodView>,
    /// The quarters.
    pub quarters: Vec<PlanPeriodView>,
}

/// The plan of a year; with default numbers when nobody typed any.
#[utoipa::path(get, path = "/plan/{year}", tag = "plan", operation_id = "plan_show", params(("year" = i16, Path)),
    responses((status = 200, body = PlanView), (status = 422, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Path(year): Path<String>,
) -> ApiResult<Json<PlanView>> {
    Ok(Json(view(engine.plan_of(&caller, read_year(&year)?).await?)))
}

/// The year of an address, refused in our own words when it is none.
fn read_year(text: &str) -> Result<i16, EngineError> {
    text.parse().map_err(|_| EngineError::field("year", "year"))
}

/// Stores the plan of a year.
#[utoipa::path(put, path = "/plan/{year}", tag = "plan", operation_id = "plan_store", params(("year" = i16, Path)),
    request_body = PlanDefinitionBody,
    responses((status = 200, body = PlanView), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn store(
    State(engine): State<Engine>,
    caller: Caller,
    Path(year): Path<String>,
    Json(body): Json<PlanDefinitionBody>,
) -> ApiResult<Json<PlanView>> {
    // Who may not plan hears that first, before anything about the numbers.
    caller.may(Permission::EditPlan)?;
    Ok(Json(view(engine.set_plan(&caller, read_year(&year)?, definition(&body)?).await?)))
}

/// What a plan would say; nothing is stored.
#[utoipa::path(post, path = "/plan/preview", tag = "plan", operation_id = "plan_preview", request_body = PlanPreview,
    responses((status = 200, body = PlanView), (status = 422, body = Problem)))]
async fn preview(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<PlanPreview>,
) -> ApiResult<Json<PlanView>> {
    caller.may(Permission::EditPlan)?;
    let typed = definition(&body.definition)?;
    Ok(Json(view(engine.plan_preview(&caller, body.year, typed).await?)))
}

fn definition(body: &PlanDefinitionBody) -> Result<PlanDefinition, EngineError> {
    let millionths = |value: Option<f64>, field: &'static str| {
        scaled(value, 1e6, 1_000_000).map_err(|()| EngineError::field(field, "ratio"))
    };
    let days = |value: Option<u16>, field: &'static str| match value {
        Some(days) if days > 730 => Err(EngineError::field(field, "days")),
        other => Ok(other),
    };
    let lags = &body.lag_days;
    Ok(PlanDefinition {
        goal_cents: body.goal_cents,
        deal_cents: body.deal_cents,
        first_month: body.first_month,
        opportunity_customer_millionths: millionths(
            body.ratios.opportunity_customer,
            "ratios.opportunity_customer",
        )?,
        prospect_opportunity_millionths: millionths(
            body.ratios.prospect_opportunity,
            "ratios.prospect_opportunity",
        )?,
        lead_prospect_millionths: millionths(body.ratios.lead_prospect, "ratios.lead_prospect")?,
        mails_per_lead_milli: scaled(body.mails_per_lead, 1e3, 100_000)
            .map_err(|()| EngineError::field("mails_per_lead", "mails_per_lead"))?,
        lead_prospect_days: days(lags.lead_prospect, "lag_days.lead_prospect")?,
        prospect_opportunity_days: days(lags.prospect_opportunity, "lag_days.prospect_opportunity")?,
        opportunity_customer_days: days(lags.opportunity_customer, "lag_days.opportunity_customer")?,
    })
}

/// A typed number as a whole one of `scale` parts: 0.2 is exactly 200,000 millionths, whatever the float holds.
fn scaled(value: Option<f64>, scale: f64, most: u32) -> Result<Option<u32>, ()> {
    let Some(value) = value else { return Ok(None) };
    let parts = (value * scale).round();
    if parts >= 1.0 && parts <= f64::from(most) { Ok(Some(parts as u32)) } else { Err(()) }
}

fn typed_view(typed: &PlanDefinition) -> PlanDefinitionBody {
    let ratio = |millionths: Option<u32>| millionths.map(|m| f64::from(m) / 1e6);
    PlanDefinitionBody {
        goal_cents: typed.goal_cents,
        deal_cents: typed.deal_cents,
        first_month: typed.first_month,
        ratios: RatiosInput {
            opportunity_customer: ratio(typed.opportunity_customer_millionths),
            prospect_opportunity: ratio(typed.prospect_opportunity_millionths),
            lead_prospect: ratio(typed.lead_prospect_millionths),
        },
        mails_per_lead: typed.mails_per_lead_milli.map(|m| f64::from(m) / 1e3),
        lag_days: LagDaysInput {
            lead_prospect: typed.lead_prospect_days,
            prospect_opportunity: typed.prospect_opportunity_days,
            opportunity_customer: typed.opportunity_customer_days,
        },
    }
}

fn spread(one: Spread) -> SpreadView {
    // Counts are at most a million million, so the conversion is exact.
    SpreadView { p50: one.p50 as f64, p80: one.p80 as f64 }
}

fn ratio_view(rate: &Rate, own: &kiem_domain::planner::History) -> PlanRatioView {
    let source = match rate {
        Rate::Typed(_) => "typed",
        Rate::Own(history) if history.n == 0 => "default",
        Rate::Own(_) => "own",
    };
    PlanRatioView { value: rate.mean(), k: own.k, n: own.n, source: source.to_owned() }
}

fn counts_view(revenue_cents: i64, c: &Counts) -> CountsView {
    CountsView {
        revenue_cents,
        customers: c.customers,
        opportunities: c.opportunities,
        prospects: c.prospects,
        leads: c.leads,
        mails: c.mails,
    }
}

fn sum(actuals: &[&MonthActual]) -> Option<CountsView> {
    if actuals.is_empty() {
        return None;
    }
    let total = |pick: fn(&Counts) -> u64| actuals.iter().map(|a| pick(&a.counts)).sum();
    Some(CountsView {
        revenue_cents: actuals.iter().map(|a| a.revenue_cents).sum(),
        customers: total(|c| c.customers),
        opportunities: total(|c| c.opportunities),
        prospects: total(|c| c.prospects),
        leads: total(|c| c.leads),
        mails: total(|c| c.mails),
    })
}

fn months_view(report: &PlanReport) -> Vec<PlanPeriodView> {
    let of = |m: &kiem_domain::planner::MonthPlan| PlanPeriodView {
        period: format!("{:04}-{:02}", m.year, m.month),
        working_days: m.working_days,
        plan: counts_view(m.revenue_cents, &m.counts),
        actual: sum(&report.actuals.iter().filter(|a| a.month == m.month).collect::<Vec<_>>()),
        overdue_leads: m.overdue.leads,
    };
    report.plan.months.iter().map(of).collect()
}

fn quarters_view(report: &PlanReport) -> Vec<PlanPeriodView> {
    let of = |q: &kiem_domain::planner::QuarterPlan| PlanPeriodView {
        period: format!("{:04}-Q{}", q.year, q.quarter),
        working_days: q.working_days,
        plan: counts_view(q.revenue_cents, &q.counts),
        actual: sum(&report
            .actuals
            .iter()
            .filter(|a| (a.month - 1) / 3 + 1 == q.quarter)
            .collect::<Vec<_>>()),
        overdue_leads: 0,
    };
    report.plan.quarters.iter().map(of).collect()
}

fn picture(report: &PlanReport) -> PlanPictureView {
    let (plan, input, own) = (&report.plan, &report.plan.input, &report.own);
    let per_day = |mails: u64| mails.div_ceil(u64::from(plan.working_days.max(1)));
    let months = months_view(report);
    let month = |m: &PlanPeriodView| MonthView {
        month: m.period.clone(),
        plan: m.plan.revenue_cents,
        actual: m.actual.as_ref().map(|a| a.revenue_cents),
    };
    PlanPictureView {
        goal_cents: input.goal_cents,
        deal_cents: input.deal_cents,
        customers: spread(Spread { p50: plan.customers, p80: plan.customers }),
        opportunities: spread(plan.opportunities),
        prospects: spread(plan.prospects),
        leads: spread(plan.leads),
        mails_per_day: spread(Spread { p50: per_day(plan.mails.p50), p80: per_day(plan.mails.p80) }),
        mails_per_lead: f64::from(input.mails_per_lead_milli) / 1e3,
        ratios: PlanRatiosView {
            opportunity_customer: ratio_view(&input.opportunity_customer, &own.opportunity_customer),
            prospect_opportunity: ratio_view(&input.prospect_opportunity, &own.prospect_opportunity),
            lead_prospect: ratio_view(&input.lead_prospect, &own.lead_prospect),
        },
        months: MonthsView { measure: "revenue".to_owned(), months: months.iter().map(month).collect() },
        breaks_first: report.breaks_first.map(|broken| BreakView {
            step: broken.step.to_string(),
            month: Some(format!("{:04}-{:02}", broken.month.year(), broken.month.month())),
        }),
    }
}

fn view(report: PlanReport) -> PlanView {
    let lags = report.plan.input.lags;
    PlanView {
        year: report.plan.input.year,
        definition: typed_view(&report.definition),
        updated_at: report.updated_at.map(|at| at.to_string()),
        picture: picture(&report),
        mails: spread(report.plan.mails),
        lag_days: LagDaysInput {
            lead_prospect: Some(lags.lead_prospect_days),
            prospect_opportunity: Some(lags.prospect_opportunity_days),
            opportunity_customer: Some(lags.opportunity_customer_days),
        },
        mails_per_day_possible: report.capacity.mails_per_day,
        mending: report.breaks_first.map(|broken| MendView {
            key: broken.mend.key.to_string(),
            missing: broken.mend.missing,
            leads: broken.mend.leads,
            per_day: broken.mend.per_day,
            available: broken.mend.available,
        }),
        months: months_view(&report),
        quarters: quarters_view(&report),
    }
}
