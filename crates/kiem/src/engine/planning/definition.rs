//! What a person typed for a plan, and the plan that follows from it. The page, the API and `kiem plan` all go
//! through [`calculate`], so they give the same answer.

use kiem_domain::planner::{History, Lags, Plan, PlanError, PlanInput, Rate, Ratio, plan};
use serde::{Deserialize, Serialize};

use crate::engine::{EngineError, Result};

/// Mails per lead when there is no history: a first mail and one or two follow-ups, fewer for who answers.
pub const MAILS_PER_LEAD_MILLI: u32 = 2_500;
/// Which part of the prospects becomes an opportunity when only prospect-to-customer was given, in millionths.
pub const OPPORTUNITY_SHARE_MILLIONTHS: u32 = 500_000;

/// A plan as it is stored. What is missing is taken from own history, or from the declared default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanDefinition {
    /// Revenue goal of the year in cents.
    pub goal_cents: i64,
    /// What an average deal brings, in cents.
    pub deal_cents: i64,
    /// First month that has to bring revenue, 1 to 12.
    pub first_month: i8,
    /// Typed ratio in millionths: won of the opportunities.
    pub opportunity_customer_millionths: Option<u32>,
    /// Typed ratio in millionths: opportunities of the prospects.
    pub prospect_opportunity_millionths: Option<u32>,
    /// Typed ratio in millionths: prospects of the approached leads.
    pub lead_prospect_millionths: Option<u32>,
    /// Typed mails per lead, in thousandths.
    pub mails_per_lead_milli: Option<u32>,
    /// Typed days from first mail to prospect.
    pub lead_prospect_days: Option<u16>,
    /// Typed days from prospect to opportunity.
    pub prospect_opportunity_days: Option<u16>,
    /// Typed days from opportunity to customer.
    pub opportunity_customer_days: Option<u16>,
}

impl Default for PlanDefinition {
    fn default() -> Self {
        PlanDefinition {
            goal_cents: 30_000_000,
            deal_cents: 1_200_000,
            first_month: 1,
            opportunity_customer_millionths: None,
            prospect_opportunity_millionths: None,
            lead_prospect_millionths: None,
            mails_per_lead_milli: None,
            lead_prospect_days: None,
            prospect_opportunity_days: None,
            opportunity_customer_days: None,
        }
    }
}

/// What happened so far in this workspace: the ratios and times of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnHistory {
    /// Won of the opportunities that were decided.
    pub opportunity_customer: History,
    /// Opportunities of the prospects that had time to become one.
    pub prospect_opportunity: History,
    /// Prospects of the leads that had time to act.
    pub lead_prospect: History,
    /// Mails per approached lead in thousandths, when there are enough leads to say.
    pub mails_per_lead_milli: Option<u32>,
    /// Median days of each step, when there are enough to say.
    pub lead_prospect_days: Option<u16>,
    /// As above.
    pub prospect_opportunity_days: Option<u16>,
    /// As above.
    pub opportunity_customer_days: Option<u16>,
}

impl OwnHistory {
    /// History of counts `(k, n)` in the order opportunity to customer, prospect to opportunity, lead to prospect,
    /// beside the defaults: 25 % and 35 % with the weight of 20 cases, 2 % with the weight of 100.
    pub fn of_counts(counts: [(u64, u64); 3]) -> OwnHistory {
        let [win, open, act] = counts;
        let history = |(k, n): (u64, u64), millionths: u32, weight: u32| {
            History::new(k, n, Ratio::from_millionths(millionths).unwrap_or(Ratio::ONE), weight)
        };
        OwnHistory {
            opportunity_customer: history(win, 250_000, 20),
            prospect_opportunity: history(open, 350_000, 20),
            lead_prospect: history(act, 20_000, 100),
            mails_per_lead_milli: None,
            lead_prospect_days: None,
            prospect_opportunity_days: None,
            opportunity_customer_days: None,
        }
    }
}

/// The input of the plan: what was typed, else what history says, else the default.
///
/// # Errors
/// The fields that make no plan.
pub fn plan_input(year: i16, typed: &PlanDefinition, own: &OwnHistory) -> Result<PlanInput> {
    let rate = |millionths: Option<u32>, history: History, field: &'static str| match millionths {
        None => Ok(Rate::Own(history)),
        Some(m) => {
            Ratio::from_millionths(m).map(Rate::Typed).ok_or_else(|| EngineError::field(field, "ratio"))
        }
    };
    let default = Lags::default();
    let days = |typed: Option<u16>, own: Option<u16>, default: u16| typed.or(own).unwrap_or(default);
    Ok(PlanInput {
        year,
        first_month: typed.first_month,
        goal_cents: typed.goal_cents,
        deal_cents: typed.deal_cents,
        opportunity_customer: rate(
            typed.opportunity_customer_millionths,
            own.opportunity_customer,
            "ratios.opportunity_customer",
        )?,
        prospect_opportunity: rate(
            typed.prospect_opportunity_millionths,
            own.prospect_opportunity,
            "ratios.prospect_opportunity",
        )?,
        lead_prospect: rate(typed.lead_prospect_millionths, own.lead_prospect, "ratios.lead_prospect")?,
        mails_per_lead_milli: typed
            .mails_per_lead_milli
            .or(own.mails_per_lead_milli)
            .unwrap_or(MAILS_PER_LEAD_MILLI),
        lags: Lags {
            lead_prospect_days: days(
                typed.lead_prospect_days,
                own.lead_prospect_days,
                default.lead_prospect_days,
            ),
            prospect_opportunity_days: days(
                typed.prospect_opportunity_days,
                own.prospect_opportunity_days,
                default.prospect_opportunity_days,
            ),
            opportunity_customer_days: days(
                typed.opportunity_customer_days,
                own.opportunity_customer_days,
                default.opportunity_customer_days,
            ),
        },
    })
}

/// Calculates the plan; what makes no plan is told by field.
///
/// # Errors
/// [`EngineError::Invalid`] with the field that is not right.
pub fn calculate(input: PlanInput) -> Result<Plan> {
    plan(input).map_err(|error| match error {
        PlanError::Goal => EngineError::field("goal_cents", "above_nothing"),
        PlanError::Deal => EngineError::field("deal_cents", "above_nothing"),
        PlanError::Month => EngineError::field("first_month", "month"),
        PlanError::Mails => EngineError::field("mails_per_lead", "above_nothing"),
        PlanError::TooLarge => EngineError::field("goal_cents", "plan_too_large"),
    })
}
