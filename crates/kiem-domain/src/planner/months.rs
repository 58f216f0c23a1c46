//! The plan over the months: the goal evenly, everything before it earlier by the time that the steps take.

use jiff::civil::Date;

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
    let mut months: Vec<MonthPlan> = (1..=12)
        .map(|month| MonthPlan {
            year: input.year,
            month,
            revenue_cents: 0,
            counts: Counts::default(),
            overdue: Counts::default(),
            working_days: working_days(input.year, month),
        })
        .collect();
    let to_customer = i32::from(input.lags.opportunity_customer_days);
    let to_opportunity = to_customer + i32::from(input.lags.prospect_opportunity_days);
    let to_prospect = to_opportunity + i32::from(input.lags.lead_prospect_days);
    for due in input.first_month..=12 {
        let part = |total: u64| part_of(total, input.first_month, due);
        let revenue_cents = i64::try_from(part(input.goal_cents.unsigned_abs())).unwrap_or(0);
        let stages: [(i32, Counts); 4] = [
            (0, Counts { customers: part(year.customers), ..Counts::default() }),
            (to_customer, Counts { opportunities: part(year.opportunities), ..Counts::default() }),
            (to_opportunity, Counts { prospects: part(year.prospects), ..Counts::default() }),
            (to_prospect, Counts { leads: part(year.leads), mails: part(year.mails), ..Counts::default() }),
        ];
        for (days_before, counts) in stages {
            let (month, is_overdue) = month_before(input.year, due, days_before);
            if let Some(at) = months.iter_mut().find(|m| m.month == month) {
                at.counts = at.counts.plus(counts);
                if is_overdue {
                    at.overdue = at.overdue.plus(counts);
                }
            }
        }
        if let Some(at) = months.iter_mut().find(|m| m.month == due) {
            at.revenue_cents = revenue_cents;
        }
    }
    months
}

/// The part of `total` that falls in month `due` of the months from `first` to December: even, in whole ones.
fn part_of(total: u64, first: i8, due: i8) -> u64 {
    let months = u128::from((13 - first).unsigned_abs());
    let until = |n: u128| (u128::from(total) * n).div_ceil(months);
    let place = u128::from((due - first + 1).unsigned_abs());
    // Never more than the total, so it fits.
    u64::try_from(until(place) - until(place - 1)).unwrap_or(0)
}

/// The month that lies so many days before the middle of month `due`; January, and that it is late, when that was in
/// an earlier year.
fn month_before(year: i16, due: i8, days: i32) -> (i8, bool) {
    let middle = Date::new(year, due, 15);
    match middle.and_then(|date| date.checked_sub(jiff::Span::new().days(days))) {
        Ok(date) if date.year() == year => (date.month(), false),
        _ => (1, true),
    }
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
