//! The plan of a year against what happened: reading it, trying numbers, storing them.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use kiem_domain::funnel::{KofN, Period, median_days};
use kiem_domain::id::UserId;
use kiem_domain::planner::{Break, Capacity, Counts, MonthActual, Plan, breaks_first};
use kiem_store::event::Actor;
use kiem_store::funnel::{self, Passage, Scope};
use kiem_store::plan::{self as store, StoredPlan};
use kiem_store::{Tx, plan};

use super::definition::{OwnHistory, PlanDefinition, calculate, plan_input};
use super::{start_of, zone};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Own history reaches back a year.
const HISTORY_DAYS: i32 = 365;
/// An approached lead that did nothing for so long counts as one that did not go on.
const LEAD_DECIDED_DAYS: i32 = 28;
/// The same for a prospect without an opportunity.
const PROSPECT_DECIDED_DAYS: i32 = 60;
/// Fewer cases than this say nothing about how long something takes, or how many mails it takes.
const CASES_MIN: u64 = 10;

/// The plan of a year and how it stands.
#[derive(Debug, Clone)]
pub struct PlanReport {
    /// What was typed, or the defaults.
    pub definition: PlanDefinition,
    /// When it was stored; none when nobody did yet.
    pub updated_at: Option<Timestamp>,
    /// Own ratios and times.
    pub own: OwnHistory,
    /// The plan.
    pub plan: Plan,
    /// What happened, for each month that has begun.
    pub actuals: Vec<MonthActual>,
    /// What there is to do it with.
    pub capacity: Capacity,
    /// Where it breaks first.
    pub breaks_first: Option<Break>,
}

impl Engine {
    /// The plan of a year, with the default numbers when nobody typed any.
    ///
    /// # Errors
    /// When the caller may not look, or the year is none.
    pub async fn plan_of(&self, caller: &Caller, year: i16) -> Result<PlanReport> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let stored = plan::find(&mut tx, i64::from(year)).await?;
        drop(tx);
        let definition =
            stored.as_ref().map_or_else(|| Ok(PlanDefinition::default()), |s| read(&s.definition))?;
        self.report(caller, year, definition, stored.map(|s| s.updated_at)).await
    }

    /// What a plan would say, without storing it.
    ///
    /// # Errors
    /// When the caller may not plan, or a number makes no plan.
    pub async fn plan_preview(
        &self,
        caller: &Caller,
        year: i16,
        typed: PlanDefinition,
    ) -> Result<PlanReport> {
        caller.may(Permission::EditPlan)?;
        self.report(caller, year, typed, None).await
    }

    /// Stores the plan of a year.
    ///
    /// # Errors
    /// When the caller may not plan, or a number makes no plan; then the old one stays.
    pub async fn set_plan(&self, caller: &Caller, year: i16, typed: PlanDefinition) -> Result<PlanReport> {
        caller.may(Permission::EditPlan)?;
        let Actor::User(person) = caller.actor else { return Err(EngineError::Forbidden) };
        let now = self.now();
        let report = self.report(caller, year, typed.clone(), Some(now)).await?;
        let definition = serde_json::to_string(&typed)
            .map_err(|e| EngineError::Outside(format!("a plan cannot be written: {e}")))?;
        let stored =
            StoredPlan { year: i64::from(year), definition, updated_by: UserId(person), updated_at: now };
        let mut tx = self.store().begin(caller.workspace).await?;
        plan::put(&mut tx, &stored).await?;
        let mut happened = self.event(caller.actor, "plan.changed", "plan", Some(caller.workspace.0));
        happened.data = serde_json::json!({ "year": year, "goal_cents": typed.goal_cents }).to_string();
        self.announce(&mut tx, &happened).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(report)
    }

    /// The calculated plan of a year, when somebody stored one.
    pub(super) async fn stored_plan(&self, caller: &Caller, year: i16) -> Result<Option<Plan>> {
        let mut tx = self.store().read(caller.workspace).await?;
        let Some(stored) = plan::find(&mut tx, i64::from(year)).await? else { return Ok(None) };
        let own = own_history(&mut tx, self.now()).await?;
        calculate(plan_input(year, &read(&stored.definition)?, &own)?).map(Some)
    }

    async fn report(
        &self,
        caller: &Caller,
        year: i16,
        definition: PlanDefinition,
        updated_at: Option<Timestamp>,
    ) -> Result<PlanReport> {
        if !(2000..=2100).contains(&year) {
            return Err(EngineError::field("year", "year"));
        }
        let (workspace, _) = self.workspace(caller.workspace).await?;
        let zone = zone(&workspace.time_zone);
        let today = self.now().to_zoned_datetime(zone.clone()).date();
        let mut tx = self.store().read(caller.workspace).await?;
        let own = own_history(&mut tx, self.now()).await?;
        let plan = calculate(plan_input(year, &definition, &own)?)?;
        let mut actuals = Vec::new();
        for month in 1..=12_i8 {
            let first = Date::new(year, month, 1).map_err(|_| EngineError::field("year", "year"))?;
            if first > today {
                break;
            }
            let next = first.last_of_month().tomorrow().map_err(|_| EngineError::field("year", "year"))?;
            let Some(period) = Period::new(start_of(first, &zone)?, start_of(next, &zone)?) else { continue };
            actuals.push(actual(&mut tx, month, (first, next), period).await?);
        }
        let (never_approached, _) = self.lead_counts(&mut tx).await?.now(&mut tx, None).await?;
        let capacity = Capacity {
            mails_per_day: store::mails_per_day(&mut tx).await?.map(i64::unsigned_abs),
            leads_left: Some(never_approached.unsigned_abs()),
        };
        let breaks_first = breaks_first(&plan, &actuals, today, capacity);
        Ok(PlanReport { definition, updated_at, own, plan, actuals, capacity, breaks_first })
    }
}

fn read(definition: &str) -> Result<PlanDefinition> {
    serde_json::from_str(definition)
        .map_err(|e| EngineError::Outside(format!("a stored plan cannot be read: {e}")))
}

async fn actual(tx: &mut Tx, month: i8, days: (Date, Date), period: Period) -> Result<MonthActual> {
    let counts = funnel::entered(tx, Scope { period, campaign: None }).await?;
    let mails = store::mails_sent(tx, days.0, days.1).await?;
    Ok(MonthActual {
        month,
        revenue_cents: store::revenue_cents(tx, period.from, period.to).await?,
        counts: Counts {
            customers: counts.customers.unsigned_abs(),
            opportunities: counts.opportunities.unsigned_abs(),
            prospects: counts.prospects.unsigned_abs(),
            leads: counts.approached.unsigned_abs(),
            mails: mails.unsigned_abs(),
        },
    })
}

/// A year that ended `days` ago, so that everybody in it had that long to go on.
fn year_until(now: Timestamp, days: i32) -> Option<Period> {
    let hours = |days: i32| (i64::from(days) * 24).hours();
    let to = now.checked_sub(hours(days)).ok()?;
    Period::new(to.checked_sub(hours(HISTORY_DAYS)).ok()?, to)
}

async fn own_history(tx: &mut Tx, now: Timestamp) -> Result<OwnHistory> {
    let none = OwnHistory::of_counts([(0, 0); 3]);
    let (Some(leads), Some(prospects), Some(year)) =
        (year_until(now, LEAD_DECIDED_DAYS), year_until(now, PROSPECT_DECIDED_DAYS), year_until(now, 0))
    else {
        return Ok(none);
    };
    let scope = |period| Scope { period, campaign: None };
    let acted = funnel::went_on(tx, scope(leads), Passage::LeadProspect).await?;
    let opened = funnel::went_on(tx, scope(prospects), Passage::ProspectOpportunity).await?;
    let won = funnel::won_of_decided(tx, year).await?;
    let pair = |one: KofN| (one.k, one.n);
    let mut own = OwnHistory::of_counts([pair(won), pair(opened), pair(acted)]);
    own.lead_prospect_days = usual_days(tx, scope(year), Passage::LeadProspect).await?;
    own.prospect_opportunity_days = usual_days(tx, scope(year), Passage::ProspectOpportunity).await?;
    own.opportunity_customer_days = usual_days(tx, scope(year), Passage::OpportunityCustomer).await?;
    own.mails_per_lead_milli = mails_per_lead(tx, leads).await?;
    Ok(own)
}

async fn usual_days(tx: &mut Tx, scope: Scope, passage: Passage) -> Result<Option<u16>> {
    let went_on = funnel::went_on(tx, scope, passage).await?;
    if went_on.k < CASES_MIN {
        return Ok(None);
    }
    let middle = funnel::middle_times(tx, scope, passage, went_on.k).await?;
    // Between 0 and 730, so it fits.
    Ok(middle.map(|(low, high)| median_days(low, high).ceil().clamp(0.0, 730.0) as u16))
}

/// Mails that the leads of the period got so far, per lead, in thousandths.
async fn mails_per_lead(tx: &mut Tx, leads: Period) -> Result<Option<u32>> {
    let approached = funnel::entered(tx, Scope { period: leads, campaign: None }).await?.approached;
    if approached.unsigned_abs() < CASES_MIN {
        return Ok(None);
    }
    let mails = store::mails_to_leads_approached(tx, leads).await?;
    let milli = mails.saturating_mul(1000) / approached;
    Ok(u32::try_from(milli).ok().filter(|milli| *milli > 0))
}
