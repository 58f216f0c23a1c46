//! Counting the funnel and storing plans, on both databases.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use kiem_domain::funnel::{KofN, Period};
use kiem_domain::id::{CampaignId, UserId};
use kiem_store::funnel::{self, Passage, Scope};
use kiem_store::plan::{self, StoredPlan};
use kiem_store::{Tx, args, audience_count, prospect, testing};
use uuid::Uuid;

use crate::sales::{company, now, pursuit};

fn day(n: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * n)
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// Person `n`: approached on day `approached`, promoted by `rule` on day `promoted` when given.
async fn lead(tx: &mut Tx, n: u128, state: &str, approached: Option<i64>, promoted: Option<(i64, &str)>) {
    let (company, contact) = company(tx, n).await;
    let approached_at = approached.map(day);
    tx.execute(
        "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, approached_at, engaged_at, warmth, cycle,
             needs_look, sort_name, sort_company, fit_score, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, FALSE, '', '', -1, $8)",
        args![id(n), contact, company, state, approached_at, promoted.map(|(at, _)| day(at)), day(-100)],
    )
    .await
    .unwrap();
    let Some((at, rule)) = promoted else { return };
    let one = prospect::Prospect { promoted_at: day(at), ..pursuit(n, company, contact) };
    prospect::insert(tx, &one).await.unwrap();
    tx.execute(
        "INSERT INTO promotion (workspace_id, id, lead_id, contact_id, company_id, prospect_id, cycle, rule,
             config_version, model_digest, evidence, explanation_nl, explanation_en, campaign_id, decided_at, restore)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7, 1, '', '[]', 'antwoordde', 'replied', $8, $9, '{}')",
        args![id(0x9000 + n), id(n), contact, company, one.id, rule, Some(campaign()), day(at)],
    )
    .await
    .unwrap();
}

fn campaign() -> CampaignId {
    CampaignId(id(0xCA))
}

/// An opportunity of person `n`.
async fn deal(tx: &mut Tx, n: u128, opened: i64, state: &str, closed: Option<i64>, reason: Option<&str>) {
    tx.execute(
        "INSERT INTO opportunity (workspace_id, id, prospect_id, company_id, name, state, opened_by, opened_evidence,
             value_cents, currency, opened_at, closed_at, lost_reason)
         VALUES ($1, $2, $3, $4, 'Website', $5, 'quote', 'offerte 2026-0001', 1200000, 'EUR', $6, $7, $8)",
        args![id(0x8000 + n), id(0x1000 + n), id(n), state, day(opened), closed.map(day), reason],
    )
    .await
    .unwrap();
}

fn scope(from: i64, to: i64) -> Scope {
    Scope { period: Period::new(day(from), day(to)).unwrap(), campaign: None }
}

async fn counted(tx: &mut Tx, scope: Scope) -> funnel::StageCounts {
    let known = funnel::leads_known(tx, scope).await.unwrap();
    funnel::stage_counts(tx, scope, known).await.unwrap()
}

/// Six people: 1 won, 2 lost, 3 a prospect in nurture, 4 rests, 5 never approached, 6 a promotion taken back.
async fn story(tx: &mut Tx) {
    lead(tx, 1, "promoted", Some(0), Some((2, "R1"))).await;
    lead(tx, 2, "promoted", Some(1), Some((5, "R5"))).await;
    lead(tx, 3, "promoted", Some(2), Some((12, "R1"))).await;
    lead(tx, 4, "resting", Some(3), None).await;
    lead(tx, 5, "new", None, None).await;
    lead(tx, 6, "approached", Some(4), Some((6, "R3"))).await;
    for sql in [
        "UPDATE promotion SET undone_at = decided_at WHERE workspace_id = $1 AND lead_id = $2",
        "UPDATE prospect SET state = 'undone', open_company_id = NULL WHERE workspace_id = $1 AND contact_id = $2",
    ] {
        tx.execute(sql, args![id(6)]).await.unwrap();
    }
    tx.execute(
        "UPDATE prospect SET state = 'nurture', close_reason = 'timing' WHERE workspace_id = $1 AND contact_id = $2",
        args![id(3)],
    )
    .await
    .unwrap();
    deal(tx, 1, 4, "won", Some(20), None).await;
    deal(tx, 2, 8, "lost", Some(30), Some("price")).await;
}

#[tokio::test]
async fn cohorts_follow_those_who_entered() {
    for db in testing::both().await {
        let workspace = db.workspace(1, now()).await;
        let mut tx = db.store.begin(workspace).await.unwrap();
        story(&mut tx).await;
        let counts = counted(&mut tx, scope(0, 10)).await;
        let shown =
            (counts.leads, counts.approached, counts.prospects, counts.opportunities, counts.customers);
        assert_eq!(shown, (6, 5, 2, 2, 0), "{}", db.name);
        let later = counted(&mut tx, scope(10, 40)).await;
        assert_eq!((later.leads, later.prospects, later.customers), (4, 1, 1), "{}", db.name);
        let step = async |tx: &mut Tx, passage| funnel::went_on(tx, scope(0, 10), passage).await.unwrap();
        // Lead 3 was approached in the period and became a prospect after it: it went on. Lead 6 was taken back.
        assert_eq!(step(&mut tx, Passage::LeadProspect).await, KofN { k: 3, n: 5 }, "{}", db.name);
        assert_eq!(step(&mut tx, Passage::ProspectOpportunity).await, KofN { k: 2, n: 2 });
        assert_eq!(step(&mut tx, Passage::OpportunityCustomer).await, KofN { k: 1, n: 2 });
        let times = funnel::middle_times(&mut tx, scope(0, 10), Passage::LeadProspect, 3).await.unwrap();
        let days = |n: i64| n * 86_400_000_000;
        assert_eq!(times, Some((days(4), days(4))), "the middle of 2, 4 and 10 days");
        let times =
            funnel::middle_times(&mut tx, scope(0, 10), Passage::ProspectOpportunity, 2).await.unwrap();
        assert_eq!(times, Some((days(2), days(3))));
        assert_eq!(
            funnel::middle_times(&mut tx, scope(90, 99), Passage::LeadProspect, 0).await.unwrap(),
            None
        );
        assert_eq!(funnel::middle_first_acts(&mut tx, scope(0, 10)).await.unwrap(), Some((days(2), days(4))));
        let decided = Period::new(day(0), day(40)).unwrap();
        assert_eq!(funnel::won_of_decided(&mut tx, decided).await.unwrap(), KofN { k: 1, n: 2 });
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn gates_and_leaks_say_who_and_why() {
    for db in testing::both().await {
        let workspace = db.workspace(1, now()).await;
        let mut tx = db.store.begin(workspace).await.unwrap();
        story(&mut tx).await;
        let rules = funnel::promotions_by_rule(&mut tx, scope(0, 40)).await.unwrap();
        let rules: Vec<_> = rules.iter().map(|t| (t.name.as_str(), t.n)).collect();
        assert_eq!(rules, [("R1", 2), ("R5", 1)], "{}", db.name);
        let all = funnel::promoted_by(&mut tx, scope(0, 40), &["R1"], None, 10).await.unwrap();
        assert_eq!(all.iter().map(|p| p.company.as_str()).collect::<Vec<_>>(), ["Bedrijf 3", "Bedrijf 1"]);
        let (newest, person) = (&all[0], (all[0].infix.as_deref(), all[0].why_nl.as_str()));
        assert_eq!(person, (Some("van den"), "antwoordde"));
        let place = Some((newest.at, newest.id));
        let rest = funnel::promoted_by(&mut tx, scope(0, 40), &["R1"], place, 10).await.unwrap();
        assert_eq!(rest, all[1..]);
        let opened = funnel::opened_by(&mut tx, scope(0, 40), "quote", None, 10).await.unwrap();
        assert_eq!(opened.len(), 2);
        assert_eq!((opened[0].lead_id, opened[0].why_en.as_str()), (None, "offerte 2026-0001"));
        let rest = funnel::opened_by(&mut tx, scope(0, 40), "quote", Some((opened[0].at, opened[0].id)), 10);
        assert_eq!(rest.await.unwrap().len(), 1);
        let causes = funnel::opportunities_by_cause(&mut tx, scope(0, 40)).await.unwrap();
        assert_eq!(causes.iter().map(|t| (t.name.as_str(), t.n)).collect::<Vec<_>>(), [("quote", 2)]);
        let leaks = |rows: Vec<funnel::LeakRow>| {
            rows.into_iter().map(|r| (r.state, r.reason, r.n)).collect::<Vec<_>>()
        };
        let of_leads = leaks(funnel::lead_leaks(&mut tx, scope(0, 40)).await.unwrap());
        assert_eq!(of_leads, [("resting".to_owned(), None, 1)]);
        let of_prospects = leaks(funnel::prospect_leaks(&mut tx, scope(0, 40)).await.unwrap());
        assert_eq!(of_prospects, [("nurture".to_owned(), Some("timing".to_owned()), 1)]);
        let of_deals = leaks(funnel::opportunity_leaks(&mut tx, scope(0, 40)).await.unwrap());
        assert_eq!(of_deals, [("lost".to_owned(), Some("price".to_owned()), 1)]);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_is_there_now_and_one_campaign() {
    for db in testing::both().await {
        let workspace = db.workspace(1, now()).await;
        let other = db.workspace(2, now()).await;
        let mut tx = db.store.begin(workspace).await.unwrap();
        story(&mut tx).await;
        assert_eq!(funnel::leads_now(&mut tx, None).await.unwrap(), (1, 2), "{}", db.name);
        let steps = funnel::prospects_now(&mut tx, scope(0, 40)).await.unwrap();
        assert_eq!(steps.iter().map(|t| (t.name.as_str(), t.n)).collect::<Vec<_>>(), [("to_qualify", 2)]);
        let open = funnel::open_prospects(&mut tx, scope(0, 40)).await.unwrap();
        assert_eq!(open.len(), 2, "neither pursuit has an open deal");
        assert!(funnel::open_opportunities(&mut tx, scope(0, 40)).await.unwrap().is_empty());
        tx.execute(
            "UPDATE opportunity SET state = 'open' WHERE workspace_id = $1 AND id = $2",
            args![id(0x8001)],
        )
        .await
        .unwrap();
        let deals = funnel::open_opportunities(&mut tx, scope(0, 40)).await.unwrap();
        assert_eq!((deals.len(), deals[0].value_cents, deals[0].chance_percent), (1, Some(1_200_000), 5));
        assert_eq!(funnel::open_prospects(&mut tx, scope(0, 40)).await.unwrap().len(), 1);
        for (campaign, prospects, opportunities) in [(campaign(), 3, 2), (CampaignId(id(0xCB)), 0, 0)] {
            let scope = Scope { campaign: Some(campaign), ..scope(0, 40) };
            let counts = counted(&mut tx, scope).await;
            // Nobody is enrolled: the leads of a campaign are those who are.
            let shown = (counts.leads, counts.approached, counts.prospects, counts.opportunities);
            assert_eq!(shown, (0, 0, prospects, opportunities), "{}", db.name);
            assert_eq!(funnel::leads_now(&mut tx, Some(campaign)).await.unwrap(), (0, 0));
            for passage in [Passage::LeadProspect, Passage::ProspectOpportunity, Passage::OpportunityCustomer]
            {
                let went_on = funnel::went_on(&mut tx, scope, passage).await.unwrap();
                funnel::middle_times(&mut tx, scope, passage, went_on.k).await.unwrap();
            }
            let rules = funnel::promotions_by_rule(&mut tx, scope).await.unwrap();
            assert_eq!(rules.iter().map(|t| t.n).sum::<i64>(), prospects);
            let who = funnel::promoted_by(&mut tx, scope, &["R1", "R5"], None, 9).await.unwrap();
            assert_eq!(i64::try_from(who.len()).unwrap(), prospects);
            let opened = funnel::opened_by(&mut tx, scope, "quote", None, 9).await.unwrap();
            assert_eq!(i64::try_from(opened.len()).unwrap(), opportunities);
            assert!(funnel::lead_leaks(&mut tx, scope).await.unwrap().is_empty());
            funnel::prospect_leaks(&mut tx, scope).await.unwrap();
            funnel::opportunity_leaks(&mut tx, scope).await.unwrap();
            funnel::opportunities_by_cause(&mut tx, scope).await.unwrap();
            funnel::middle_first_acts(&mut tx, scope).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = db.store.read(other).await.unwrap();
        assert_eq!(counted(&mut tx, scope(0, 40)).await, funnel::StageCounts::default());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_plan_is_stored_per_year_and_compared() {
    for db in testing::both().await {
        let workspace = db.workspace(1, now()).await;
        let mut tx = db.store.begin(workspace).await.unwrap();
        assert_eq!(plan::find(&mut tx, 2026).await.unwrap(), None);
        let mut stored = StoredPlan {
            year: 2026,
            definition: r#"{"goal_cents":1}"#.to_owned(),
            updated_by: UserId(id(7)),
            updated_at: now(),
        };
        plan::put(&mut tx, &stored).await.unwrap();
        stored.definition = r#"{"goal_cents":2}"#.to_owned();
        plan::put(&mut tx, &stored).await.unwrap();
        assert_eq!(plan::find(&mut tx, 2026).await.unwrap().as_ref(), Some(&stored), "{}", db.name);
        assert_eq!(plan::find(&mut tx, 2027).await.unwrap(), None);
        assert_eq!(plan::mails_per_day(&mut tx).await.unwrap(), None, "no mailbox is unknown, not nothing");
        assert_eq!(plan::mails_sent(&mut tx, date(2026, 1, 1), date(2027, 1, 1)).await.unwrap(), 0);
        story(&mut tx).await;
        assert_eq!(
            plan::revenue_cents(&mut tx, day(0), day(25)).await.unwrap(),
            1_200_000,
            "lost brings nothing"
        );
        assert_eq!(plan::revenue_cents(&mut tx, day(25), day(40)).await.unwrap(), 0);
        let period = Period::new(day(0), day(40)).unwrap();
        assert_eq!(plan::mails_to_leads_approached(&mut tx, period).await.unwrap(), 0);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_is_counted_aside_is_the_same_as_what_is_counted_by_looking() {
    for db in testing::both().await {
        let (workspace, other) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(workspace).await.unwrap();
        story(&mut tx).await;
        let states = audience_count::leads_by_state(&mut tx).await.unwrap();
        let names: Vec<(&str, i64)> = states.iter().map(|(state, n)| (state.as_str(), *n)).collect();
        assert_eq!(names, [("approached", 1), ("new", 1), ("promoted", 3), ("resting", 1)], "{}", db.name);
        let times = audience_count::leads_by_time(&mut tx).await.unwrap();
        for scope in [scope(-101, -100), scope(-101, -99), scope(0, 40)] {
            let known = funnel::leads_known(&mut tx, scope).await.unwrap();
            let aside: i64 = times.iter().filter(|(end, _)| *end <= scope.period.to).map(|(_, n)| n).sum();
            assert_eq!(aside, known, "{} {scope:?}", db.name);
        }
        let entered = funnel::entered(&mut tx, scope(0, 10)).await.unwrap();
        assert_eq!((entered.approached, entered.prospects, entered.opportunities), (5, 2, 2));
        for (most, is_larger) in [(5, true), (6, false)] {
            assert_eq!(audience_count::is_larger(&mut tx, most).await.unwrap(), is_larger, "{most}");
        }
        assert_eq!(audience_count::get(&mut tx).await.unwrap(), None);
        for counts in ["{}", "{\"a\":1}"] {
            audience_count::put(&mut tx, now(), counts).await.unwrap();
            assert_eq!(audience_count::get(&mut tx).await.unwrap(), Some((now(), counts.to_owned())));
        }
        tx.commit().await.unwrap();
        let mut tx = db.store.read(other).await.unwrap();
        assert_eq!(audience_count::get(&mut tx).await.unwrap(), None, "another workspace sees nothing");
        drop(tx);
        db.remove().await;
    }
}
