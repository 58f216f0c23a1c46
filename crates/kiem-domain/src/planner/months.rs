//! The plan over the months: the goal evenly, everything before it earlier by the time that the steps take.

use super::PlanInput;
use super::calendar::working_days;

/// How many of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
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

impl Counts {
    fn plus(self, other: Counts) -> Counts {
        Counts {
            customers: self.customers + other.customers,
            opportunities: self.opportunities + other.opportunities,
            prospects: self.prospects + other.prospects,
            leads: self.leads + other.leads,
            mails: self.mails + other.mails,
        }
    }

    /// Without what was needed earlier; needs only rise over the year.
    fn minus(self, other: Counts) -> Counts {
        Counts {
            customers: self.customers - other.customers,
            opportunities: self.opportunities - other.opportunities,
            prospects: self.prospects - other.prospects,
            leads: self.leads - other.leads,
            mails: self.mails - other.mails,
        }
    }
}

/// What one month asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthPlan {
    /// The year.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
    /// Revenue in cents.
    pub revenue_cents: i64,
    /// What has to happen in it.
    pub counts: Counts,
    /// Part of `counts` that should have happened before the year began and is due at once.
    pub overdue: Counts,
    /// Working days in it.
    pub working_days: u32,
}

/// What one quarter asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuarterPlan {
    /// The year.
    pub year: i16,
    /// 1 to 4.
    pub quarter: i8,
    /// Revenue in cents.
    pub revenue_cents: i64,
    /// What has to happen in it.
    pub counts: Counts,
    /// Working days in it.
    pub working_days: u32,
}

/// Spreads the year's counts over its months. The months add up to the year, exactly.
pub(super) fn spread_over_year(input: &PlanInput, year: &Counts) -> Vec<MonthPlan> {
    let to_customer = u32::from(input.lags.opportunity_customer_days);
    let to_opportunity = to_customer + u32::from(input.lags.prospect_opportunity_days);
    let to_prospect = to_opportunity + u32::from(input.lags.lead_prospect_days);
    let counts_by = |month: i8| {
        let by = |total: u64, days_before: u32| needed_by(total, input.first_month, month, days_before);
        Counts {
            customers: by(year.customers, 0),
            opportunities: by(year.opportunities, to_customer),
            prospects: by(year.prospects, to_opportunity),
            leads: by(year.leads, to_prospect),
            mails: by(year.mails, to_prospect),
        }
    };
    let revenue_by = |month: i8| needed_by(input.goal_cents.unsigned_abs(), input.first_month, month, 0);
    let overdue = counts_by(0);
    (1..=12)
        .map(|month| {
            let is_first = month == 1;
            let before = if is_first { Counts::default() } else { counts_by(month - 1) };
            MonthPlan {
                year: input.year,
                month,
                // A part of the goal, which is an i64.
                revenue_cents: i64::try_from(revenue_by(month) - revenue_by(month - 1)).unwrap_or(0),
                counts: counts_by(month).minus(before),
                overdue: if is_first { overdue } else { Counts::default() },
                working_days: working_days(input.year, month),
            }
        })
        .collect()
}

/// A month has 30.4375 days: 487 sixteenths.
const MONTH_SIXTEENTHS: i64 = 487;

/// How many of `total` are needed by the end of `month` (0: before the year), when the goal comes evenly from month
/// `first` to December and they have to be there `days` earlier. Whole ones, rounded up: too early is no harm.
fn needed_by(total: u64, first: i8, month: i8, days: u32) -> u64 {
    let whole = i64::from(13 - first) * MONTH_SIXTEENTHS;
    let passed = i64::from(month - first + 1) * MONTH_SIXTEENTHS + i64::from(days) * 16;
    let passed = passed.clamp(0, whole).unsigned_abs();
    let needed = (u128::from(total) * u128::from(passed)).div_ceil(u128::from(whole.unsigned_abs()));
    // At most the total.
    u64::try_from(needed).unwrap_or(total)
}

/// The months by quarter.
pub(super) fn quarters(months: &[MonthPlan]) -> Vec<QuarterPlan> {
    months
        .chunks(3)
        .zip(1..)
        .map(|(three, quarter)| QuarterPlan {
            year: three.first().map_or(0, |m| m.year),
            quarter,
            revenue_cents: three.iter().map(|m| m.revenue_cents).sum(),
            counts: three.iter().fold(Counts::default(), |sum, m| sum.plus(m.counts)),
            working_days: three.iter().map(|m| m.working_days).sum(),
        })
        .collect()
}
