//! The funnel page: what the three pictures draw, and who went through a gate and why.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::funnel::{LeakKind, Signal};
use kiem_domain::id::CampaignId;
use kiem_domain::opportunity::OpenedBy;
use kiem_store::funnel::{DealRow, LeakRow, PassageRow, StageCounts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::problem::{ApiResult, Problem};
use crate::engine::planning::funnel::{FunnelQuery, FunnelReport, Gate, GateReport, StepReport};
use crate::engine::{Caller, Engine, EngineError};
use crate::messages::Lang;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(gate))
}

/// Period and campaign.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FunnelParams {
    /// First day, `2026-09-01`; 90 days before the last one when missing.
    pub from: Option<String>,
    /// Last day; today when missing.
    pub to: Option<String>,
    /// Only this campaign.
    pub campaign: Option<Uuid>,
    /// Where the list goes on; only for gates.
    pub cursor: Option<String>,
    /// Length of the list, 1 to 200; only for gates.
    pub limit: Option<i64>,
}

impl FunnelParams {
    fn query(&self) -> Result<FunnelQuery, EngineError> {
        let day = |text: &Option<String>, field: &'static str| {
            text.as_deref()
                .filter(|text| !text.is_empty())
                .map(|text| text.parse::<Date>().map_err(|_| EngineError::field(field, "date")))
                .transpose()
        };
        Ok(FunnelQuery {
            from: day(&self.from, "from")?,
            to: day(&self.to, "to")?,
            campaign: self.campaign.map(CampaignId),
        })
    }
}

/// One who went through a gate.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassageView {
    /// The promotion or opportunity.
    pub id: Uuid,
    /// The prospect.
    pub prospect_id: Uuid,
    /// The person.
    pub name: String,
    /// Their company.
    pub company: String,
    /// Why, in the reader's language.
    pub why: String,
    /// When.
    pub at: String,
}

/// A page of those who went through a gate.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassageList {
    /// Newest first.
    pub items: Vec<PassageView>,
    /// Where the list goes on.
    pub next_cursor: Option<String>,
}

/// How many went through a gate.
#[derive(Debug, Serialize, ToSchema)]
pub struct GateView {
    /// How many in the period.
    pub count: i64,
    /// The latest first, a handful.
    pub latest: Vec<PassageView>,
}

/// Of `n`, `k`.
#[derive(Debug, Serialize, ToSchema)]
pub struct KofNView {
    /// Went on.
    pub k: u64,
    /// Entered.
    pub n: u64,
}

/// Leads now.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadsNow {
    /// Never approached.
    pub never_approached: i64,
    /// Approached, and no prospect.
    pub approached: i64,
}

/// Open prospects now by step.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ProspectsNow {
    /// To qualify.
    pub to_qualify: i64,
    /// First meeting.
    pub first_meeting: i64,
    /// Second meeting: demo or proposal.
    pub second_meeting: i64,
    /// Negotiation.
    pub negotiation: i64,
    /// Closing.
    pub closing: i64,
}

/// The gates between lead and prospect.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignalGates {
    /// Answered.
    pub reply: GateView,
    /// Booked an appointment.
    pub appointment: GateView,
    /// Came to the website several times.
    pub visits: GateView,
    /// Read a case study.
    pub case_study: GateView,
    /// Asked for a quote.
    pub quote_request: GateView,
}

/// The gates between prospect and opportunity.
#[derive(Debug, Serialize, ToSchema)]
pub struct DealGates {
    /// A quote went out.
    pub quote: GateView,
    /// Intent was expressed.
    pub intent: GateView,
}

/// Lead against prospect.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadProspectView {
    /// Leads now.
    pub leads: LeadsNow,
    /// Open prospects now.
    pub prospects: ProspectsNow,
    /// Who became a prospect in the period, by what they did.
    pub gates: SignalGates,
    /// Who came by themselves in the period, without being approached; in none of the gates and ratios.
    pub inbound: GateView,
    /// Of the leads approached in the period, who became a prospect.
    pub became: KofNView,
    /// Median days from approach to first act.
    pub median_days_to_first_act: Option<f64>,
}

/// A pursuit or deal.
#[derive(Debug, Serialize, ToSchema)]
pub struct DealView {
    /// The prospect.
    pub id: Uuid,
    /// The company.
    pub company: String,
    /// Value in cents, when somebody knows.
    pub value_cents: Option<i64>,
    /// Chance 0 to 1; none for a prospect.
    pub chance: Option<f64>,
}

/// Prospect against opportunity.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProspectOpportunityView {
    /// Open pursuits without a deal.
    pub prospects: Vec<DealView>,
    /// Open deals.
    pub opportunities: Vec<DealView>,
    /// What made deals in the period.
    pub gates: DealGates,
    /// Of the prospects of the period, who became an opportunity.
    pub became: KofNView,
}

/// One band of the funnel.
#[derive(Debug, Serialize, ToSchema)]
pub struct BandView {
    /// In the period.
    pub count: i64,
    /// What the plan asks for.
    pub plan: Option<i64>,
    /// In the period before.
    pub before: Option<i64>,
}

/// The four bands.
#[derive(Debug, Serialize, ToSchema)]
pub struct BandsView {
    /// Leads that were there.
    pub lead: BandView,
    /// New prospects.
    pub prospect: BandView,
    /// New opportunities.
    pub opportunity: BandView,
    /// Deals won.
    pub customer: BandView,
}

/// What went on to a stage.
#[derive(Debug, Serialize, ToSchema)]
pub struct FunnelStepView {
    /// Went on.
    pub k: u64,
    /// Entered in the period.
    pub n: u64,
    /// Median days that it took.
    pub median_days: Option<f64>,
}

/// By the stage that a step leads to.
#[derive(Debug, Serialize, ToSchema)]
pub struct FunnelStepsView {
    /// From lead.
    pub prospect: FunnelStepView,
    /// From prospect.
    pub opportunity: FunnelStepView,
    /// From opportunity.
    pub customer: FunnelStepView,
}

/// A reason and how often it was given.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeakReasonView {
    /// Stable code of the reason; `unknown` when nobody said.
    pub label: String,
    /// How many.
    pub count: i64,
}

/// Those who left a stage in one way.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeakView {
    /// `resting`, `nurture`, `disqualified` or `lost`.
    pub kind: String,
    /// How many.
    pub count: i64,
    /// Why.
    pub reasons: Vec<LeakReasonView>,
}

/// By the stage that they leave.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeaksView {
    /// Leads.
    pub lead: Vec<LeakView>,
    /// Prospects.
    pub prospect: Vec<LeakView>,
    /// Opportunities.
    pub opportunity: Vec<LeakView>,
}

/// From lead to customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct BandsAndSteps {
    /// The bands.
    pub stages: BandsView,
    /// Between the bands.
    pub steps: FunnelStepsView,
    /// Beside the bands.
    pub leaks: LeaksView,
}

/// The funnel of a period: what the three pictures draw.
#[derive(Debug, Serialize, ToSchema)]
pub struct FunnelView {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Lead against prospect.
    pub lead_prospect: LeadProspectView,
    /// Prospect against opportunity.
    pub prospect_opportunity: ProspectOpportunityView,
    /// From lead to customer.
    pub funnel: BandsAndSteps,
}

/// The funnel of a period and campaign.
#[utoipa::path(get, path = "/funnel", tag = "funnel", params(FunnelParams),
    responses((status = 200, body = FunnelView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    headers: HeaderMap,
    Query(params): Query<FunnelParams>,
) -> ApiResult<Json<FunnelView>> {
    let report = engine.funnel(&caller, params.query()?).await?;
    Ok(Json(view(report, language(&headers))))
}

/// Who went through a gate in the period, and why: a signal (`reply`, `appointment`, `visits`, `case_study`,
/// `quote_request`), or what opened an opportunity (`quote`, `intent`).
#[utoipa::path(get, path = "/funnel/gates/{gate}", tag = "funnel", operation_id = "funnel_gate",
    params(("gate" = String, Path), FunnelParams),
    responses((status = 200, body = PassageList), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn gate(
    State(engine): State<Engine>,
    caller: Caller,
    headers: HeaderMap,
    Path(gate): Path<String>,
    Query(params): Query<FunnelParams>,
) -> ApiResult<Json<PassageList>> {
    let lang = language(&headers);
    let before = params.cursor.as_deref().map(read_cursor).transpose()?;
    let limit = params.limit.unwrap_or(50).clamp(1, 200);
    let found = engine.gate_passages(&caller, params.query()?, gate.parse::<Gate>()?, before, limit).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|n| n == limit);
    let next_cursor =
        found.last().filter(|_| is_full).map(|last| format!("{}.{}", last.at.as_microsecond(), last.id));
    Ok(Json(PassageList { items: found.into_iter().map(|row| passage(row, lang)).collect(), next_cursor }))
}

fn read_cursor(text: &str) -> Result<(Timestamp, Uuid), EngineError> {
    let read = || {
        let (at, id) = text.split_once('.')?;
        Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.parse().ok()?))
    };
    read().ok_or_else(|| EngineError::field("cursor", "unknown_choice"))
}

fn language(headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    wanted.map_or(Lang::En, Lang::from_accept_language)
}

fn passage(row: PassageRow, lang: Lang) -> PassageView {
    let parts = [row.given_name, row.infix, row.family_name];
    let name = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    PassageView {
        id: row.id,
        prospect_id: row.prospect_id.0,
        name,
        company: row.company,
        why: if lang == Lang::Nl { row.why_nl } else { row.why_en },
        at: row.at.to_string(),
    }
}

fn gate_view<G: PartialEq>(gates: &mut Vec<(G, GateReport)>, wanted: &G, lang: Lang) -> GateView {
    let place = gates.iter().position(|(gate, _)| gate == wanted);
    let report = place.map(|i| gates.swap_remove(i).1).unwrap_or(GateReport { n: 0, latest: Vec::new() });
    report_view(report, lang)
}

fn report_view(report: GateReport, lang: Lang) -> GateView {
    GateView { count: report.n, latest: report.latest.into_iter().map(|row| passage(row, lang)).collect() }
}

fn deal(row: DealRow, has_chance: bool) -> DealView {
    // A percentage, so the conversion is exact.
    let chance = has_chance.then(|| row.chance_percent as f64 / 100.0);
    DealView { id: row.prospect_id.0, company: row.company, value_cents: row.value_cents, chance }
}

fn leak_kind(state: &str) -> LeakKind {
    match state {
        "resting" => LeakKind::Resting,
        "paused" | "nurture" => LeakKind::Nurture,
        "lost" => LeakKind::Lost,
        _ => LeakKind::Disqualified,
    }
}

fn leaks(rows: &[LeakRow]) -> Vec<LeakView> {
    let of = |kind: LeakKind| {
        let rows: Vec<&LeakRow> = rows.iter().filter(|row| leak_kind(&row.state) == kind).collect();
        let reason = |row: &&LeakRow| LeakReasonView {
            label: row.reason.clone().unwrap_or_else(|| "unknown".to_owned()),
            count: row.n,
        };
        LeakView {
            kind: kind.to_string(),
            count: rows.iter().map(|row| row.n).sum(),
            reasons: rows.iter().map(reason).collect(),
        }
    };
    LeakKind::ALL.iter().map(|kind| of(*kind)).filter(|leak| leak.count > 0).collect()
}

fn step(report: StepReport) -> FunnelStepView {
    FunnelStepView { k: report.went_on.k, n: report.went_on.n, median_days: report.median_days }
}

fn view(report: FunnelReport, lang: Lang) -> FunnelView {
    let now = |step: &str| report.prospects_now.iter().filter(|t| t.name == step).map(|t| t.n).sum();
    let band = |pick: fn(&StageCounts) -> i64| BandView {
        count: pick(&report.counts),
        plan: report.plan.as_ref().map(pick),
        before: report.before.as_ref().map(pick),
    };
    let [to_prospect, to_opportunity, to_customer] = report.steps;
    let became = |one: StepReport| KofNView { k: one.went_on.k, n: one.went_on.n };
    let funnel = BandsAndSteps {
        stages: BandsView {
            lead: band(|c| c.leads),
            prospect: band(|c| c.prospects),
            opportunity: band(|c| c.opportunities),
            customer: band(|c| c.customers),
        },
        steps: FunnelStepsView {
            prospect: step(to_prospect),
            opportunity: step(to_opportunity),
            customer: step(to_customer),
        },
        leaks: LeaksView {
            lead: leaks(&report.leaks[0]),
            prospect: leaks(&report.leaks[1]),
            opportunity: leaks(&report.leaks[2]),
        },
    };
    let prospects = ProspectsNow {
        to_qualify: now("to_qualify"),
        first_meeting: now("first_meeting"),
        second_meeting: now("demo_proposal"),
        negotiation: now("negotiation"),
        closing: now("closing"),
    };
    let (mut signals, mut deals) = (report.signals, report.deals);
    let mut signal = |one: Signal| gate_view(&mut signals, &one, lang);
    let mut cause = |one: OpenedBy| gate_view(&mut deals, &one, lang);
    FunnelView {
        from: report.from.to_string(),
        to: report.to.to_string(),
        lead_prospect: LeadProspectView {
            leads: LeadsNow { never_approached: report.leads_now.0, approached: report.leads_now.1 },
            prospects,
            gates: SignalGates {
                reply: signal(Signal::Reply),
                appointment: signal(Signal::Appointment),
                visits: signal(Signal::Visits),
                case_study: signal(Signal::CaseStudy),
                quote_request: signal(Signal::QuoteRequest),
            },
            inbound: report_view(report.inbound, lang),
            became: became(to_prospect),
            median_days_to_first_act: report.first_act_days,
        },
        prospect_opportunity: ProspectOpportunityView {
            prospects: report.open_prospects.into_iter().map(|row| deal(row, false)).collect(),
            opportunities: report.open_opportunities.into_iter().map(|row| deal(row, true)).collect(),
            gates: DealGates { quote: cause(OpenedBy::Quote), intent: cause(OpenedBy::Intent) },
            became: became(to_opportunity),
        },
        funnel,
    }
}
