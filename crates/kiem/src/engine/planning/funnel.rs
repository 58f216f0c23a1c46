//! The funnel of a period: what is there now, who went through which gate, what went on, what leaked away.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use kiem_domain::funnel::{KofN, Period, Signal, median_days};
use kiem_domain::id::CampaignId;
use kiem_domain::opportunity::OpenedBy;
use kiem_store::funnel::{self as store, DealRow, LeakRow, Passage, PassageRow, Scope, StageCounts, Tally};
use kiem_store::{Tx, campaign};
use uuid::Uuid;

use super::{start_of, zone};
use crate::engine::audience::counted::LeadCounts;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Days of the period when none was asked for.
const DAYS_DEFAULT: i32 = 90;
/// Longest period, in days.
const DAYS_MAX: i32 = 3_660;
/// How many passages a gate of the picture shows.
const LATEST: i64 = 5;

/// Which part of the funnel to look at. Days are those of the workspace.
#[derive(Debug, Clone, Copy, Default)]
pub struct FunnelQuery {
    /// First day; 90 days before the last one when missing.
    pub from: Option<Date>,
    /// Last day; today when missing.
    pub to: Option<Date>,
    /// Only this campaign.
    pub campaign: Option<CampaignId>,
}

/// A place where one stage lets through to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// From lead to prospect.
    Signal(Signal),
    /// From prospect to opportunity.
    Deal(OpenedBy),
}

impl std::str::FromStr for Gate {
    type Err = EngineError;
    fn from_str(text: &str) -> Result<Gate> {
        let signal = text.parse().map(Gate::Signal);
        signal.or_else(|_| text.parse().map(Gate::Deal)).map_err(|_| EngineError::NotFound)
    }
}

/// How many went through a gate, and the latest of them.
#[derive(Debug, Clone)]
pub struct GateReport {
    /// How many.
    pub n: i64,
    /// The latest first.
    pub latest: Vec<PassageRow>,
}

/// What went on from one stage to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepReport {
    /// Of those who entered in the period, how many went on up to now.
    pub went_on: KofN,
    /// Their median time in days.
    pub median_days: Option<f64>,
}

/// The funnel of a period.
#[derive(Debug, Clone)]
pub struct FunnelReport {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Leads now: never approached, and approached.
    pub leads_now: (i64, i64),
    /// Open prospects now by step.
    pub prospects_now: Vec<Tally>,
    /// Lead to prospect, by signal.
    pub signals: Vec<(Signal, GateReport)>,
    /// Who became a prospect without being approached: they came by themselves.
    pub inbound: GateReport,
    /// Prospect to opportunity, by what opened it.
    pub deals: Vec<(OpenedBy, GateReport)>,
    /// Entered in the period.
    pub counts: StageCounts,
    /// Entered in the period before, of the same length.
    pub before: Option<StageCounts>,
    /// What the plans of the years ask for in the period; none without a plan, and for a single campaign.
    pub plan: Option<StageCounts>,
    /// Lead to prospect, prospect to opportunity, opportunity to customer.
    pub steps: [StepReport; 3],
    /// Median days from first approach to first act.
    pub first_act_days: Option<f64>,
    /// Leaks of leads, prospects and opportunities.
    pub leaks: [Vec<LeakRow>; 3],
    /// Open pursuits without an opportunity.
    pub open_prospects: Vec<DealRow>,
    /// Open opportunities.
    pub open_opportunities: Vec<DealRow>,
}

impl Engine {
    /// The funnel of a period, counted live.
    ///
    /// # Errors
    /// When the caller may not look, the period is none, or the campaign does not exist.
    pub async fn funnel(&self, caller: &Caller, query: FunnelQuery) -> Result<FunnelReport> {
        caller.may(Permission::View)?;
        let (scope, from, to) = self.scope(caller, query).await?;
        let plan = if query.campaign.is_none() { self.planned(caller, from, to).await? } else { None };
        let mut tx = self.store().read(caller.workspace).await?;
        check_campaign(&mut tx, query.campaign).await?;
        let before = scope.period.before().map(|period| Scope { period, ..scope });
        let leads = self.lead_counts(&mut tx).await?;
        Ok(FunnelReport {
            from,
            to,
            leads_now: leads.now(&mut tx, scope.campaign).await?,
            prospects_now: store::prospects_now(&mut tx, scope).await?,
            signals: signals(&mut tx, scope).await?,
            inbound: inbound(&mut tx, scope).await?,
            deals: deals(&mut tx, scope).await?,
            counts: stage_counts(&mut tx, scope, &leads).await?,
            before: match before {
                Some(before) => Some(stage_counts(&mut tx, before, &leads).await?),
                None => None,
            },
            plan,
            steps: [
                step(&mut tx, scope, Passage::LeadProspect).await?,
                step(&mut tx, scope, Passage::ProspectOpportunity).await?,
                step(&mut tx, scope, Passage::OpportunityCustomer).await?,
            ],
            first_act_days: store::middle_first_acts(&mut tx, scope)
                .await?
                .map(|(low, high)| median_days(low, high)),
            leaks: [
                store::lead_leaks(&mut tx, scope).await?,
                store::prospect_leaks(&mut tx, scope).await?,
                store::opportunity_leaks(&mut tx, scope).await?,
            ],
            open_prospects: store::open_prospects(&mut tx, scope).await?,
            open_opportunities: store::open_opportunities(&mut tx, scope).await?,
        })
    }

    /// Who went through a gate in the period and why, newest first, from before `before` (time and id) on.
    ///
    /// # Errors
    /// As [`Engine::funnel`].
    pub async fn gate_passages(
        &self,
        caller: &Caller,
        query: FunnelQuery,
        gate: Gate,
        before: Option<(Timestamp, Uuid)>,
        limit: i64,
    ) -> Result<Vec<PassageRow>> {
        caller.may(Permission::View)?;
        let (scope, ..) = self.scope(caller, query).await?;
        let mut tx = self.store().read(caller.workspace).await?;
        check_campaign(&mut tx, query.campaign).await?;
        passages(&mut tx, scope, gate, before, limit).await
    }

    async fn scope(&self, caller: &Caller, query: FunnelQuery) -> Result<(Scope, Date, Date)> {
        let (workspace, _) = self.workspace(caller.workspace).await?;
        let zone = zone(&workspace.time_zone);
        let wrong = || EngineError::field("to", "period");
        let to = query.to.unwrap_or_else(|| self.now().to_zoned_datetime(zone.clone()).date());
        let days_before = |days: i32| to.checked_sub(days.days()).map_err(|_| wrong());
        let from = match query.from {
            Some(from) => from,
            None => days_before(DAYS_DEFAULT)?,
        };
        if from < days_before(DAYS_MAX)? {
            return Err(wrong());
        }
        let end = to.tomorrow().map_err(|_| wrong())?;
        let period = Period::new(start_of(from, &zone)?, start_of(end, &zone)?).ok_or_else(wrong)?;
        Ok((Scope { period, campaign: query.campaign }, from, to))
    }

    /// What the stored plans ask for from day `from` to day `to`: whole months, and parts of months by their days.
    async fn planned(&self, caller: &Caller, from: Date, to: Date) -> Result<Option<StageCounts>> {
        let mut sums = [0.0_f64; 4];
        let mut is_planned = false;
        for year in from.year()..=to.year() {
            let Some(plan) = self.stored_plan(caller, year).await? else { continue };
            is_planned = true;
            for month in &plan.months {
                let Ok(first) = Date::new(month.year, month.month, 1) else { continue };
                let days = f64::from(overlap_days(first, first.last_of_month(), from, to));
                let part = days / f64::from(first.days_in_month());
                let c = month.counts;
                for (sum, n) in sums.iter_mut().zip([c.leads, c.prospects, c.opportunities, c.customers]) {
                    *sum += n as f64 * part;
                }
            }
        }
        let [leads, prospects, opportunities, customers] = sums.map(|sum| sum.round() as i64);
        let planned = StageCounts { leads, approached: leads, prospects, opportunities, customers };
        Ok(is_planned.then_some(planned))
    }
}

async fn stage_counts(tx: &mut Tx, scope: Scope, leads: &LeadCounts) -> Result<StageCounts> {
    let known = leads.known(tx, scope).await?;
    Ok(store::stage_counts(tx, scope, known).await?)
}

/// Days that both stretches (first to last day, both counted) have in common.
fn overlap_days(one_from: Date, one_to: Date, other_from: Date, other_to: Date) -> i32 {
    let (from, to) = (one_from.max(other_from), one_to.min(other_to));
    if from > to { 0 } else { i32::try_from(to.duration_since(from).as_hours() / 24).unwrap_or(0) + 1 }
}

/// The stored rule of a promotion that no outreach led to.
const INBOUND: &str = "inbound";

async fn check_campaign(tx: &mut Tx, id: Option<CampaignId>) -> Result<()> {
    match id {
        Some(id) if campaign::find(tx, id).await?.is_none() => Err(EngineError::NotFound),
        _ => Ok(()),
    }
}

async fn signals(tx: &mut Tx, scope: Scope) -> Result<Vec<(Signal, GateReport)>> {
    let by_rule = store::promotions_by_rule(tx, scope).await?;
    let mut gates = Vec::new();
    for signal in Signal::ALL.iter().copied() {
        let n = by_rule.iter().filter(|t| Signal::of_rule(&t.name) == Some(signal)).map(|t| t.n).sum();
        let latest = match n {
            0 => Vec::new(),
            _ => passages(tx, scope, Gate::Signal(signal), None, LATEST).await?,
        };
        gates.push((signal, GateReport { n, latest }));
    }
    Ok(gates)
}

/// They passed no gate of our outreach and count in no ratio of approached leads.
async fn inbound(tx: &mut Tx, scope: Scope) -> Result<GateReport> {
    let by_rule = store::promotions_by_rule(tx, scope).await?;
    let n = by_rule.iter().filter(|t| t.name == INBOUND).map(|t| t.n).sum();
    let latest = match n {
        0 => Vec::new(),
        _ => store::promoted_by(tx, scope, &[INBOUND], None, LATEST).await?,
    };
    Ok(GateReport { n, latest })
}

async fn deals(tx: &mut Tx, scope: Scope) -> Result<Vec<(OpenedBy, GateReport)>> {
    let by_cause = store::opportunities_by_cause(tx, scope).await?;
    let mut gates = Vec::new();
    for cause in OpenedBy::ALL.iter().copied() {
        let n = by_cause.iter().filter(|t| t.name == cause.as_str()).map(|t| t.n).sum();
        let latest = match n {
            0 => Vec::new(),
            _ => passages(tx, scope, Gate::Deal(cause), None, LATEST).await?,
        };
        gates.push((cause, GateReport { n, latest }));
    }
    Ok(gates)
}

async fn passages(
    tx: &mut Tx,
    scope: Scope,
    gate: Gate,
    before: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<PassageRow>> {
    Ok(match gate {
        Gate::Signal(signal) => {
            let rules: Vec<&str> = signal.rules().iter().map(|rule| rule.as_str()).collect();
            store::promoted_by(tx, scope, &rules, before, limit).await?
        }
        Gate::Deal(cause) => store::opened_by(tx, scope, cause.as_str(), before, limit).await?,
    })
}

async fn step(tx: &mut Tx, scope: Scope, passage: Passage) -> Result<StepReport> {
    let went_on = store::went_on(tx, scope, passage).await?;
    let times = store::middle_times(tx, scope, passage, went_on.k).await?;
    Ok(StepReport { went_on, median_days: times.map(|(low, high)| median_days(low, high)) })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::overlap_days;

    #[test]
    fn days_in_common() {
        let november = (date(2026, 11, 1), date(2026, 11, 30));
        let days = |from, to| overlap_days(november.0, november.1, from, to);
        assert_eq!(days(date(2026, 1, 1), date(2026, 12, 31)), 30);
        assert_eq!(days(date(2026, 11, 24), date(2026, 11, 24)), 1);
        assert_eq!(days(date(2026, 11, 24), date(2027, 1, 3)), 7);
        assert_eq!(days(date(2026, 12, 1), date(2026, 12, 31)), 0);
    }
}
