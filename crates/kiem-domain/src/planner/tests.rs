//! What the planner promises.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn ratio(text: &str) -> Ratio {
    text.parse().unwrap()
}

fn typed(opportunity_customer: &str, prospect_opportunity: &str, lead_prospect: &str) -> PlanInput {
    PlanInput {
        year: 2026,
        first_month: 1,
        goal_cents: 30_000_000,
        deal_cents: 1_200_000,
        opportunity_customer: Rate::Typed(ratio(opportunity_customer)),
        prospect_opportunity: Rate::Typed(ratio(prospect_opportunity)),
        lead_prospect: Rate::Typed(ratio(lead_prospect)),
        mails_per_lead_milli: 2_500,
        lags: Lags::default(),
    }
}

fn own(k: u64, n: u64, default: &str, weight: u32) -> Rate {
    Rate::Own(History::new(k, n, ratio(default), weight))
}

#[test]
fn twenty_percent_is_five_prospects_for_one_customer() {
    // 20 % from prospect to customer, whatever part of the prospects becomes an opportunity on the way.
    for share in ["1", "0.5", "0.3", "0.7", "0.333333"] {
        let share = ratio(share);
        let mut input = typed("1", "1", "0.03");
        input.prospect_opportunity = Rate::Typed(share);
        input.opportunity_customer = Rate::Typed(ratio("0.20").divided_by(share).unwrap());
        let plan = plan(input).unwrap();
        assert_eq!((plan.customers, plan.prospects.p50, plan.leads.p50), (25, 125, 4_167), "{share}");
        assert_eq!(plan.mails.p50, 10_418);
        assert_eq!(plan.prospects.p50, plan.prospects.p80, "what is typed is certain");
    }
}

#[test]
fn no_part_of_a_float_becomes_a_person() {
    for (text, n, entering) in
        [("0.2", 1, 5), ("0.1", 3, 30), ("0.07", 7, 100), ("33%", 33, 100), ("0,03", 125, 4_167), ("1", 9, 9)]
    {
        assert_eq!(ratio(text).entering_for(n), Some(entering), "{text}");
    }
}

#[test]
fn what_is_no_ratio_is_refused() {
    for text in
        ["", "0", "0.0", "1.01", "101%", "-0.2", "abc", "0.1234567", ".5", "1e-3", "0.2.1", "NaN", "%"]
    {
        assert!(text.parse::<Ratio>().is_err(), "{text}");
    }
    assert_eq!(ratio("20%"), ratio("0,2"));
    assert_eq!(ratio(" 2.5 % "), ratio("0.025"));
    assert!(ratio("0.5").divided_by(ratio("0.4")).is_none(), "more than all");
    assert!(Ratio::from_millionths(0).is_none() && Ratio::from_millionths(1_000_001).is_none());
}

#[test]
fn few_cases_lean_on_the_default() {
    // The worked examples: default 25 % with a weight of 20.
    for (k, n, percent) in [(3, 5, 32), (0, 4, 21), (12, 40, 28), (0, 0, 25)] {
        let mean = History::new(k, n, ratio("0.25"), 20).mean();
        assert_eq!((mean * 100.0).round() as u32, percent, "{k} of {n}");
    }
}

#[test]
fn own_ratios_say_how_sure_they_are() {
    let mut input = typed("1", "1", "1");
    input.lead_prospect = own(18, 600, "0.02", 100);
    input.prospect_opportunity = own(6, 18, "0.35", 20);
    input.opportunity_customer = own(3, 10, "0.25", 20);
    let plan = plan(input).unwrap();
    // A simulation gives 10,349 and 15,309.
    assert!(plan.leads.p50.abs_diff(10_349) < 105, "{:?}", plan.leads);
    assert!(plan.leads.p80.abs_diff(15_309) < 155, "{:?}", plan.leads);
    let more = |k, n| {
        let mut input = input;
        input.opportunity_customer = own(k, n, "0.25", 20);
        let plan = super::plan(input).unwrap();
        plan.leads.p80 as f64 / plan.leads.p50 as f64
    };
    assert!(more(300, 1000) < more(3, 10), "more wins recorded narrow the plan");
}

#[test]
fn a_deal_of_march_needs_its_prospect_in_january() {
    let mut input = typed("0.5", "0.4", "0.03");
    input.goal_cents = 1_200_000;
    input.first_month = 12;
    input.lags =
        Lags { lead_prospect_days: 20, prospect_opportunity_days: 30, opportunity_customer_days: 30 };
    let plan = plan(input).unwrap();
    let month = |n: usize| plan.months[n - 1].counts;
    assert_eq!((month(12).customers, month(11).opportunities, month(10).prospects), (1, 2, 5));
    // Twenty days more reach back into September.
    assert_eq!((month(8).leads, month(9).leads, month(10).leads), (0, 105, 62));
    assert_eq!(month(9).mails + month(10).mails, 418);
    assert_eq!(plan.quarters[3].counts.prospects, 5);
    assert_eq!(plan.months[11].revenue_cents, 1_200_000);
}

#[test]
fn what_was_due_before_the_year_is_due_at_once() {
    let plan = plan(typed("0.5", "0.4", "0.03")).unwrap();
    let january = plan.months[0];
    assert!(january.overdue.leads > 0 && january.overdue.leads < january.counts.leads);
    assert_eq!(january.overdue.customers, 0);
    assert_eq!(plan.months[5].overdue, Counts::default());
}

#[test]
fn nonsense_is_refused_by_name() {
    let base = typed("0.5", "0.4", "0.03");
    let cases = [
        (PlanInput { goal_cents: 0, ..base }, PlanError::Goal),
        (PlanInput { deal_cents: -1, ..base }, PlanError::Deal),
        (PlanInput { first_month: 13, ..base }, PlanError::Month),
        (PlanInput { mails_per_lead_milli: 0, ..base }, PlanError::Mails),
        (PlanInput { goal_cents: i64::MAX, deal_cents: 1, ..base }, PlanError::TooLarge),
    ];
    for (input, error) in cases {
        assert_eq!(plan(input), Err(error));
    }
}

fn as_planned(plan: &Plan, until: i8) -> Vec<MonthActual> {
    let actual =
        |m: &MonthPlan| MonthActual { month: m.month, revenue_cents: m.revenue_cents, counts: m.counts };
    plan.months.iter().filter(|m| m.month <= until).map(actual).collect()
}

#[test]
fn a_plan_that_is_kept_does_not_break() {
    let plan = plan(typed("0.5", "0.4", "0.03")).unwrap();
    let room = Capacity { mails_per_day: Some(1_000), leads_left: Some(10_000) };
    assert_eq!(breaks_first(&plan, &as_planned(&plan, 6), date(2026, 7, 3), room), None);
    assert_eq!(breaks_first(&plan, &[], date(2025, 12, 3), room), None, "nothing is over yet");
}

#[test]
fn it_breaks_where_it_first_falls_behind() {
    let plan = plan(typed("0.5", "0.4", "0.03")).unwrap();
    let mut actuals = as_planned(&plan, 6);
    for month in &mut actuals[3..] {
        month.counts.prospects = 0;
    }
    let found = breaks_first(&plan, &actuals, date(2026, 7, 3), Capacity::default()).unwrap();
    assert_eq!((found.step, found.month), (PlanStep::Prospects, date(2026, 4, 1)));
    assert_eq!(found.mend.key, MendKey::MoreProspects);
    let missing: u64 = plan.months[3..6].iter().map(|m| m.counts.prospects).sum();
    assert_eq!(found.mend.missing, missing);
    assert_eq!(found.mend.leads, (missing * 4_167).div_ceil(125));
    actuals[5].counts.prospects = 500;
    assert_eq!(breaks_first(&plan, &actuals, date(2026, 7, 3), Capacity::default()), None, "caught up");
}

#[test]
fn it_breaks_where_mailboxes_or_audience_end() {
    let plan = plan(typed("0.5", "0.4", "0.03")).unwrap();
    let few = Capacity { mails_per_day: Some(20), leads_left: None };
    let found = breaks_first(&plan, &[], date(2025, 11, 3), few).unwrap();
    assert_eq!(
        (found.step, found.mend.key, found.mend.available),
        (PlanStep::MailsPerDay, MendKey::MoreMailboxes, 20)
    );
    assert_eq!(found.mend.per_day, plan.months[0].counts.mails.div_ceil(21));
    let small = Capacity { mails_per_day: None, leads_left: Some(4_000) };
    let found = breaks_first(&plan, &[], date(2025, 11, 3), small).unwrap();
    assert_eq!(
        (found.step, found.mend.key, found.mend.missing),
        (PlanStep::Leads, MendKey::MoreAudience, 167)
    );
}

fn a_rate() -> impl Strategy<Value = Rate> {
    let typed = (1_u32..=1_000_000).prop_map(|m| Rate::Typed(Ratio::from_millionths(m.max(1_000)).unwrap()));
    let history =
        (0_u64..200, 0_u64..2_000, 1_u32..1_000, 1_u32..200).prop_map(|(k, more, default, weight)| {
            Rate::Own(History::new(k, k + more, Ratio::from_millionths(default * 1_000).unwrap(), weight))
        });
    prop_oneof![typed, history]
}

fn an_input() -> impl Strategy<Value = PlanInput> {
    let money = (1_i64..50_000_000_000, 100_000_i64..100_000_000);
    let rates = (a_rate(), a_rate(), a_rate());
    let rest = (1_i8..=12, 100_u32..10_000, 0_u16..400, 0_u16..400, 0_u16..400);
    (money, rates, rest).prop_map(
        |((goal_cents, deal_cents), (oc, po, lp), (first_month, mails, a, b, c))| PlanInput {
            year: 2026,
            first_month,
            goal_cents,
            deal_cents,
            opportunity_customer: oc,
            prospect_opportunity: po,
            lead_prospect: lp,
            mails_per_lead_milli: mails,
            lags: Lags { lead_prospect_days: a, prospect_opportunity_days: b, opportunity_customer_days: c },
        },
    )
}

fn sum(plan: &Plan, pick: fn(&Counts) -> u64) -> (u64, u64) {
    let months = plan.months.iter().map(|m| pick(&m.counts)).sum();
    (months, plan.quarters.iter().map(|q| pick(&q.counts)).sum())
}

proptest! {
    #[test]
    fn months_and_quarters_add_up(input in an_input()) {
        let Ok(plan) = plan(input) else { return Ok(()) };
        prop_assert_eq!(sum(&plan, |c| c.customers), (plan.customers, plan.customers));
        prop_assert_eq!(sum(&plan, |c| c.opportunities), (plan.opportunities.p50, plan.opportunities.p50));
        prop_assert_eq!(sum(&plan, |c| c.prospects), (plan.prospects.p50, plan.prospects.p50));
        prop_assert_eq!(sum(&plan, |c| c.leads), (plan.leads.p50, plan.leads.p50));
        prop_assert_eq!(sum(&plan, |c| c.mails), (plan.mails.p50, plan.mails.p50));
        prop_assert_eq!(plan.months.iter().map(|m| m.revenue_cents).sum::<i64>(), input.goal_cents);
    }

    #[test]
    fn further_up_there_are_never_fewer(input in an_input()) {
        let Ok(plan) = plan(input) else { return Ok(()) };
        prop_assert!(plan.customers <= plan.opportunities.p50 && plan.opportunities.p50 <= plan.prospects.p50);
        prop_assert!(plan.prospects.p50 <= plan.leads.p50 && plan.leads.p50 <= plan.leads.p80);
        prop_assert!(plan.opportunities.p50 <= plan.opportunities.p80 && plan.prospects.p50 <= plan.prospects.p80);
    }

    #[test]
    fn a_higher_goal_never_needs_less(input in an_input(), more in 1_i64..1_000_000_000) {
        let higher = PlanInput { goal_cents: input.goal_cents + more, ..input };
        let (Ok(low), Ok(high)) = (plan(input), plan(higher)) else { return Ok(()) };
        prop_assert!(low.customers <= high.customers && low.prospects.p50 <= high.prospects.p50);
        prop_assert!(low.leads.p50 <= high.leads.p50 && low.mails.p80 <= high.mails.p80);
    }

    #[test]
    fn forward_again_the_plan_reaches_the_goal_and_one_less_does_not(
        rates in (1_000_u32..=1_000_000, 1_000_u32..=1_000_000, 1_000_u32..=1_000_000), goal in 1_i64..5_000_000_000,
    ) {
        let [oc, po, lp] = [rates.0, rates.1, rates.2].map(|m| Ratio::from_millionths(m).unwrap());
        let input = PlanInput {
            goal_cents: goal,
            opportunity_customer: Rate::Typed(oc),
            prospect_opportunity: Rate::Typed(po),
            lead_prospect: Rate::Typed(lp),
            ..typed("1", "1", "1")
        };
        let Ok(plan) = plan(input) else { return Ok(()) };
        prop_assert!(lp.leaving(plan.leads.p50) >= plan.prospects.p50);
        prop_assert!(oc.times(po).leaving(plan.prospects.p50) >= plan.customers);
        prop_assert!(oc.leaving(plan.opportunities.p50) >= plan.customers);
        prop_assert!(i128::from(plan.customers) * i128::from(input.deal_cents) >= i128::from(goal));
        prop_assert!(oc.times(po).leaving(plan.prospects.p50 - 1) < plan.customers);
        prop_assert!(lp.leaving(plan.leads.p50 - 1) < plan.prospects.p50);
    }

    #[test]
    fn the_order_of_typed_ratios_changes_no_count_behind_them(a in 1_000_u32..=1_000_000, b in 1_000_u32..=1_000_000) {
        let [a, b] = [a, b].map(|m| Rate::Typed(Ratio::from_millionths(m).unwrap()));
        let one = PlanInput { opportunity_customer: a, prospect_opportunity: b, ..typed("1", "1", "0.1") };
        let other = PlanInput { opportunity_customer: b, prospect_opportunity: a, ..one };
        let (Ok(one), Ok(other)) = (plan(one), plan(other)) else { return Ok(()) };
        prop_assert_eq!((one.prospects, one.leads), (other.prospects, other.leads));
    }

    #[test]
    fn the_order_of_months_that_happened_changes_nothing(kept in proptest::collection::vec(0_u64..200, 6)) {
        let plan = plan(typed("0.5", "0.4", "0.03")).unwrap();
        let mut actuals = as_planned(&plan, 6);
        for (actual, percent) in actuals.iter_mut().zip(&kept) {
            actual.counts.leads = actual.counts.leads * percent / 100;
        }
        let forward = breaks_first(&plan, &actuals, date(2026, 7, 1), Capacity::default());
        actuals.reverse();
        prop_assert_eq!(forward, breaks_first(&plan, &actuals, date(2026, 7, 1), Capacity::default()));
    }
}
