//! The plan, calculated backwards: revenue goal → customers → opportunities → prospects → leads → mails, per month
//! and quarter. Typed ratios are counted exactly (20 % is five prospects for one customer, never six); ratios from
//! own history carry their uncertainty (see `spread`).

pub mod calendar;
pub mod check;
mod months;
mod ratio;
mod spread;

#[cfg(test)]
mod tests;

pub use check::{Break, Capacity, Mend, MendKey, MonthActual, breaks_first};
pub use months::{Counts, MonthPlan, QuarterPlan};
pub use ratio::{History, NotARatio, Ratio};
pub use spread::{FOUR_IN_FIVE, HALF};

/// Largest number of anything that a plan counts with; beyond it the answer would be noise.
const COUNT_MAX: u64 = 1_000_000_000_000;

text_enum! {
    /// The steps of the plan, in the order in which they follow from each other.
    pub enum PlanStep {
        /// The revenue goal.
        Goal = "goal",
        /// Won deals.
        Customers = "customers",
        /// Concrete deals.
        Opportunities = "opportunities",
        /// Leads that acted.
        Prospects = "prospects",
        /// Cold contacts to approach.
        Leads = "leads",
        /// Outreach mails on a working day.
        MailsPerDay = "mails_per_day",
    }
}

/// A ratio between two steps: certain because somebody typed it, or judged from what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Typed by a person; the plan takes it as certain.
    Typed(Ratio),
    /// Own history beside a declared default, with the uncertainty of its sample.
    Own(History),
}

impl Rate {
    /// The value that is shown: what was typed, or the mean of history and default.
    pub fn mean(&self) -> f64 {
        match self {
            Rate::Typed(ratio) => ratio.value(),
            Rate::Own(history) => history.mean(),
        }
    }
}

/// Days from one step to the next, usually (a median).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lags {
    /// From the first mail to the lead's own act.
    pub lead_prospect_days: u16,
    /// From prospect to opportunity.
    pub prospect_opportunity_days: u16,
    /// From opportunity to customer.
    pub opportunity_customer_days: u16,
}

impl Default for Lags {
    /// What the plan counts with until there is own history: about three months from first mail to signature.
    fn default() -> Self {
        Lags { lead_prospect_days: 14, prospect_opportunity_days: 30, opportunity_customer_days: 45 }
    }
}

/// What a plan is calculated from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanInput {
    /// The year.
    pub year: i16,
    /// First month that has to bring revenue, 1 to 12.
    pub first_month: i8,
    /// Revenue goal of the year in cents.
    pub goal_cents: i64,
    /// What an average deal brings, in cents.
    pub deal_cents: i64,
    /// Of the opportunities, which part is won.
    pub opportunity_customer: Rate,
    /// Of the prospects, which part becomes an opportunity.
    pub prospect_opportunity: Rate,
    /// Of the approached leads, which part becomes a prospect.
    pub lead_prospect: Rate,
    /// Mails that one lead gets on average, in thousandths.
    pub mails_per_lead_milli: u32,
    /// How long each step takes.
    pub lags: Lags,
}

/// Why there is no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The goal is not above nothing.
    #[error("the goal must be more than nothing")]
    Goal,
    /// The deal value is not above nothing.
    #[error("the deal value must be more than nothing")]
    Deal,
    /// The first month is not 1 to 12, or the year is not one that a calendar knows.
    #[error("this is no month of a year")]
    Month,
    /// The mails per lead are not above nothing.
    #[error("each lead gets at least some mail")]
    Mails,
    /// The counts are beyond everything that can be done.
    #[error("these numbers lead to more than a million million")]
    TooLarge,
}

/// A count that half of the runs stay below, and one that four in five do. Equal when every ratio is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Enough in one of two runs.
    pub p50: u64,
    /// Enough in four of five runs.
    pub p80: u64,
}

impl Spread {
    const fn certain(n: u64) -> Spread {
        Spread { p50: n, p80: n }
    }
}

/// The plan of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it was calculated from.
    pub input: PlanInput,
    /// Deals to win.
    pub customers: u64,
    /// Opportunities to open.
    pub opportunities: Spread,
    /// Prospects to find.
    pub prospects: Spread,
    /// Leads to approach.
    pub leads: Spread,
    /// Mails to send.
    pub mails: Spread,
    /// Working days from the first month to the end of the year.
    pub working_days: u32,
    /// January to December.
    pub months: Vec<MonthPlan>,
    /// The four quarters.
    pub quarters: Vec<QuarterPlan>,
}

/// Calculates a plan.
///
/// # Errors
/// When a number makes no plan; see [`PlanError`].
pub fn plan(input: PlanInput) -> Result<Plan, PlanError> {
    check_input(&input)?;
    let customers = ceil_div(positive(input.goal_cents), positive(input.deal_cents));
    let steps = [input.opportunity_customer, input.prospect_opportunity, input.lead_prospect];
    let opportunities = need(customers, &steps[..1])?;
    let prospects = at_least(need(customers, &steps[..2])?, opportunities);
    let leads = match (exact(&steps[..2]), input.lead_prospect) {
        // Whole prospects first: whoever needs 25.7 prospects needs 26, and leads for 26.
        (Some(_), Rate::Typed(_)) => need(prospects.p50, &steps[2..])?,
        _ => need(customers, &steps)?,
    };
    let leads = at_least(leads, prospects);
    let mails = Spread { p50: mails_for(&input, leads.p50)?, p80: mails_for(&input, leads.p80)? };
    let per_year = Counts {
        customers,
        opportunities: opportunities.p50,
        prospects: prospects.p50,
        leads: leads.p50,
        mails: mails.p50,
    };
    let months = months::spread_over_year(&input, &per_year);
    let quarters = months::quarters(&months);
    let working_days = months.iter().filter(|m| m.month >= input.first_month).map(|m| m.working_days).sum();
    Ok(Plan { input, customers, opportunities, prospects, leads, mails, working_days, months, quarters })
}

fn check_input(input: &PlanInput) -> Result<(), PlanError> {
    if input.goal_cents <= 0 {
        return Err(PlanError::Goal);
    }
    if input.deal_cents <= 0 {
        return Err(PlanError::Deal);
    }
    if !(1..=12).contains(&input.first_month) || !(1900..=9990).contains(&input.year) {
        return Err(PlanError::Month);
    }
    if input.mails_per_lead_milli == 0 {
        return Err(PlanError::Mails);
    }
    Ok(())
}

fn positive(cents: i64) -> u64 {
    cents.unsigned_abs()
}

const fn ceil_div(n: u64, by: u64) -> u64 {
    n.div_ceil(by)
}

/// The product of the rates when all of them are typed.
fn exact(rates: &[Rate]) -> Option<Ratio> {
    rates.iter().try_fold(Ratio::ONE, |product, rate| match rate {
        Rate::Typed(ratio) => Some(product.times(*ratio)),
        Rate::Own(_) => None,
    })
}

/// How many have to enter so that `n` come out behind all `rates`.
fn need(n: u64, rates: &[Rate]) -> Result<Spread, PlanError> {
    if let Some(product) = exact(rates) {
        return product
            .entering_for(n)
            .filter(|n| *n <= COUNT_MAX)
            .map(Spread::certain)
            .ok_or(PlanError::TooLarge);
    }
    let histories: Vec<History> = rates
        .iter()
        .filter_map(|rate| match rate {
            Rate::Own(history) => Some(*history),
            Rate::Typed(_) => None,
        })
        .collect();
    let typed: f64 = rates
        .iter()
        .map(|rate| match rate {
            Rate::Typed(ratio) => ratio.value(),
            Rate::Own(_) => 1.0,
        })
        .product();
    // Counts are far below 2^53, so the conversion is exact.
    let certain = n as f64 / typed;
    let at = |z: f64| whole(certain * spread::one_over_product(&histories, z));
    Ok(Spread { p50: at(HALF)?, p80: at(FOUR_IN_FIVE)? })
}

fn whole(n: f64) -> Result<u64, PlanError> {
    // The last digits of a float are no person: 84.0000000001 is 84.
    let up = (n - n * 1e-9).ceil();
    if up.is_finite() && up <= COUNT_MAX as f64 { Ok(up.max(0.0) as u64) } else { Err(PlanError::TooLarge) }
}

fn at_least(one: Spread, other: Spread) -> Spread {
    Spread { p50: one.p50.max(other.p50), p80: one.p80.max(other.p80) }
}

fn mails_for(input: &PlanInput, leads: u64) -> Result<u64, PlanError> {
    let milli = u128::from(leads) * u128::from(input.mails_per_lead_milli);
    u64::try_from(milli.div_ceil(1000)).ok().filter(|n| *n <= COUNT_MAX).ok_or(PlanError::TooLarge)
}
