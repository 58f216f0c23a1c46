//! Where a plan breaks first, and what would mend it.

use jiff::civil::Date;

use super::months::Counts;
use super::{Plan, PlanStep};

/// Falling short of less than a tenth is the noise of a month, not a break.
const BEHIND_PERCENT: u128 = 90;

/// What really happened in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthActual {
    /// 1 to 12.
    pub month: i8,
    /// Revenue of the deals won, in cents.
    pub revenue_cents: i64,
    /// What happened.
    pub counts: Counts,
}

/// What there is to do it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capacity {
    /// Mails that the mailboxes may send on a working day; none when there is no mailbox yet.
    pub mails_per_day: Option<u64>,
    /// Leads that nobody approached yet; none when unknown.
    pub leads_left: Option<u64>,
}

text_enum! {
    /// The sentence that says what would mend the plan.
    pub enum MendKey {
        /// Approach more leads on each working day that is left.
        MoreLeads = "more_leads",
        /// Find more prospects: more leads, or a better ratio.
        MoreProspects = "more_prospects",
        /// Turn more prospects into opportunities.
        MoreOpportunities = "more_opportunities",
        /// Win more of what is open, or open more.
        MoreCustomers = "more_customers",
        /// More mailboxes, or a higher limit: the month asks for more mails a day than may be sent.
        MoreMailboxes = "more_mailboxes",
        /// More audience: there are fewer leads left than the rest of the year needs.
        MoreAudience = "more_audience",
    }
}

/// What would mend it, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mend {
    /// Which sentence.
    pub key: MendKey,
    /// How many of the step are missing.
    pub missing: u64,
    /// Leads to approach for that, above what is planned.
    pub leads: u64,
    /// What is needed per working day (mails, or leads for [`MendKey::MoreLeads`]), rounded up.
    pub per_day: u64,
    /// What there is: mails per day that may be sent, or leads that are left.
    pub available: u64,
}

/// Where the plan breaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// The step that cannot be kept.
    pub step: PlanStep,
    /// The first day of the month since which.
    pub month: Date,
    /// What would mend it.
    pub mend: Mend,
}

/// Looks for the first month that the plan cannot keep: first what is over (behind the plan), then what is to come
/// (more than the mailboxes or the audience can give). None when it holds.
pub fn breaks_first(plan: &Plan, actuals: &[MonthActual], today: Date, capacity: Capacity) -> Option<Break> {
    behind(plan, actuals, today)
        .or_else(|| over_mail_capacity(plan, today, capacity))
        .or_else(|| over_audience(plan, actuals, today, capacity))
}

fn first_day(plan: &Plan, month: i8) -> Date {
    // Months of a plan are 1 to 12 of a year that was checked.
    Date::new(plan.input.year, month, 1).unwrap_or_default()
}

/// Whether the month is over on the day `today`.
fn is_over(plan: &Plan, month: i8, today: Date) -> bool {
    (plan.input.year, month) < (today.year(), today.month())
}

type Pick = fn(&Counts) -> u64;

/// Upstream first: whoever is short of leads is short of everything after them.
const STEPS: [(PlanStep, MendKey, Pick); 4] = [
    (PlanStep::Leads, MendKey::MoreLeads, |c| c.leads),
    (PlanStep::Prospects, MendKey::MoreProspects, |c| c.prospects),
    (PlanStep::Opportunities, MendKey::MoreOpportunities, |c| c.opportunities),
    (PlanStep::Customers, MendKey::MoreCustomers, |c| c.customers),
];

fn behind(plan: &Plan, actuals: &[MonthActual], today: Date) -> Option<Break> {
    let until = |month: i8, pick: Pick| {
        let planned: u64 = plan.months.iter().filter(|m| m.month <= month).map(|m| pick(&m.counts)).sum();
        let done: u64 = actuals.iter().filter(|m| m.month <= month).map(|m| pick(&m.counts)).sum();
        (planned, done)
    };
    let over: Vec<i8> = plan.months.iter().map(|m| m.month).filter(|m| is_over(plan, *m, today)).collect();
    let last = *over.last()?;
    for month in over {
        for (step, key, pick) in STEPS {
            let (planned, done) = until(month, pick);
            // Whoever caught up since then is not behind.
            let (planned_now, done_now) = until(last, pick);
            if is_short(planned, done) && is_short(planned_now, done_now) {
                let mend = mend_behind(plan, today, key, planned_now - done_now);
                return Some(Break { step, month: first_day(plan, month), mend });
            }
        }
    }
    None
}

fn is_short(planned: u64, done: u64) -> bool {
    u128::from(done) * 100 < u128::from(planned) * BEHIND_PERCENT
}

fn mend_behind(plan: &Plan, today: Date, key: MendKey, missing: u64) -> Mend {
    // In the proportion of the plan itself, so that the sentence agrees with the cards.
    let leads_for =
        |of: u64| (u128::from(missing) * u128::from(plan.leads.p50)).div_ceil(u128::from(of.max(1)));
    let leads = match key {
        MendKey::MoreProspects => leads_for(plan.prospects.p50),
        MendKey::MoreOpportunities => leads_for(plan.opportunities.p50),
        MendKey::MoreCustomers => leads_for(plan.customers),
        _ => u128::from(missing),
    };
    let leads = u64::try_from(leads).unwrap_or(u64::MAX);
    let days_left: u32 =
        plan.months.iter().filter(|m| !is_over(plan, m.month, today)).map(|m| m.working_days).sum();
    Mend { key, missing, leads, per_day: leads.div_ceil(u64::from(days_left.max(1))), available: 0 }
}

fn over_mail_capacity(plan: &Plan, today: Date, capacity: Capacity) -> Option<Break> {
    let possible = capacity.mails_per_day?;
    plan.months.iter().filter(|m| !is_over(plan, m.month, today)).find_map(|month| {
        let per_day = month.counts.mails.div_ceil(u64::from(month.working_days.max(1)));
        (per_day > possible).then(|| Break {
            step: PlanStep::MailsPerDay,
            month: first_day(plan, month.month),
            mend: Mend {
                key: MendKey::MoreMailboxes,
                missing: per_day - possible,
                leads: 0,
                per_day,
                available: possible,
            },
        })
    })
}

fn over_audience(plan: &Plan, actuals: &[MonthActual], today: Date, capacity: Capacity) -> Option<Break> {
    let left = capacity.leads_left?;
    let mut needed = 0;
    for month in plan.months.iter().filter(|m| !is_over(plan, m.month, today)) {
        let done = actuals.iter().find(|a| a.month == month.month).map_or(0, |a| a.counts.leads);
        needed += month.counts.leads.saturating_sub(done);
        if needed > left {
            let rest: u64 =
                plan.months.iter().filter(|m| m.month > month.month).map(|m| m.counts.leads).sum();
            let missing = needed + rest - left;
            let mend =
                Mend { key: MendKey::MoreAudience, missing, leads: missing, per_day: 0, available: left };
            return Some(Break { step: PlanStep::Leads, month: first_day(plan, month.month), mend });
        }
    }
    None
}
