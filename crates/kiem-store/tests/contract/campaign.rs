//! Campaigns, their steps, and who is in them.

use kiem_domain::id::{CompanyId, ContactId, LeadId};
use kiem_domain::lead::LeadState;
use kiem_domain::sequence::{StepKind, TaskChannel};
use kiem_store::campaign::{self, Campaign, Enrolment, SiteLines, Step};
use kiem_store::{StoreError, Tx, args, lead, mailbox, testing};
use uuid::Uuid;

use crate::outreach::{
    a_campaign, a_mailbox, after, an_enrolment, campaign_id, enrolment_id, lead_id, mailbox_id, step_id,
    steps, twins,
};
use crate::sales::{now, owner};

async fn due(tx: &mut Tx, at: i64, limit: i64) -> Vec<u128> {
    let found = campaign::due_enrolments(tx, after(at), limit).await.unwrap();
    found.iter().map(|e| e.id.0.as_u128() - 0x6000).collect()
}

async fn set_enrolment(tx: &mut Tx, n: u128, state: &str, due_at: Option<i64>, paused_until: Option<i64>) {
    let (due_at, until) = (due_at.map(after), paused_until.map(after));
    let sql =
        "UPDATE enrolment SET state = $3, due_at = $4, paused_until = $5 WHERE workspace_id = $1 AND id = $2";
    tx.execute(sql, args![enrolment_id(n), state, due_at, until]).await.unwrap();
}

async fn lead_state(tx: &mut Tx, n: u128, state: &str) {
    let sql = "UPDATE lead SET state = $3 WHERE workspace_id = $1 AND id = $2";
    tx.execute(sql, args![lead_id(n), state]).await.unwrap();
}

async fn state(tx: &mut Tx, n: u128) -> LeadState {
    lead::get(tx, lead_id(n)).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_campaign_moves_only_from_the_states_it_was_seen_in() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 0).await;
        let draft = Campaign { state: "draft".to_owned(), ..a_campaign(2) };
        campaign::insert(&mut tx, &draft).await.unwrap();
        let names: Vec<_> =
            campaign::all(&mut tx, false).await.unwrap().into_iter().map(|c| c.name).collect();
        assert_eq!(names, ["Campagne 2", "Campagne 1"], "newest first ({})", db.name);
        let id = campaign_id(2);
        assert!(!campaign::move_state(&mut tx, id, ["running", "paused"], "finished", now()).await.unwrap());
        assert!(campaign::move_state(&mut tx, id, ["draft", "paused"], "running", after(1)).await.unwrap());
        assert!(
            !campaign::move_state(&mut tx, id, ["draft", "paused"], "running", after(2)).await.unwrap(),
            "once"
        );
        assert!(campaign::move_state(&mut tx, id, ["running", "running"], "paused", after(3)).await.unwrap());
        assert!(campaign::move_state(&mut tx, id, ["draft", "paused"], "running", after(4)).await.unwrap());
        let found = campaign::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((found.state.as_str(), found.started_at), ("running", Some(after(1))), "{}", db.name);

        mailbox::insert(&mut tx, &a_mailbox(2), now()).await.unwrap();
        let changed = Campaign { name: "Anders".to_owned(), mailbox_id: mailbox_id(2), ..draft };
        assert!(campaign::update(&mut tx, &changed).await.unwrap());
        let found = campaign::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!(
            (found.name.as_str(), found.mailbox_id, found.created_by),
            ("Anders", mailbox_id(2), owner())
        );
        assert_eq!(found.state, "running", "a change is no move ({})", db.name);
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(two).await.unwrap();
        assert!(campaign::find(&mut tx, id).await.unwrap().is_none());
        assert!(!campaign::update(&mut tx, &changed).await.unwrap(), "{}", db.name);
        assert!(!campaign::move_state(&mut tx, id, ["running", "paused"], "finished", now()).await.unwrap());
        let lost = Campaign { mailbox_id: mailbox_id(2), ..a_campaign(1) };
        let refused = campaign::update(&mut tx, &lost).await;
        assert!(
            matches!(refused, Err(StoreError::MissingReference(_))),
            "no such mailbox here ({})",
            db.name
        );
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn steps_are_replaced_as_a_whole_and_come_in_order() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 0).await;
        let written = |steps: &[Step]| format!("{steps:?}");
        let found = campaign::steps(&mut tx, campaign_id(1)).await.unwrap();
        assert_eq!(written(&found), written(&steps()), "{}", db.name);
        let call = Step {
            id: step_id(7),
            position: 1,
            kind: StepKind::Task,
            wait_days: None,
            subject_template: None,
            body_template: None,
            task_text: Some("Bel Eva".to_owned()),
            task_channel: Some(TaskChannel::Phone),
        };
        let new = [call.clone(), steps()[0].clone()];
        campaign::replace_steps(&mut tx, campaign_id(1), &new).await.unwrap();
        let found = campaign::steps(&mut tx, campaign_id(1)).await.unwrap();
        assert_eq!(written(&found), written(&[steps()[0].clone(), call]), "{}", db.name);
        assert!(campaign::steps(&mut tx, campaign_id(9)).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(campaign::steps(&mut tx, campaign_id(1)).await.unwrap().len(), 3, "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn who_is_in_a_campaign_stays_as_they_are() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 2).await;
        let again = Enrolment { id: enrolment_id(9), position: 2, ..an_enrolment(1) };
        assert_eq!(
            campaign::enrol(&mut tx, &[again], now()).await.unwrap(),
            0,
            "once per lead ({})",
            db.name
        );
        let found = campaign::enrolment(&mut tx, enrolment_id(1)).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", an_enrolment(1)), "{}", db.name);
        assert!(campaign::enrolment(&mut tx, enrolment_id(9)).await.unwrap().is_none());

        let id = enrolment_id(1);
        assert!(!campaign::advance(&mut tx, id, 1, 2, None, false).await.unwrap(), "it is not there");
        assert!(campaign::advance(&mut tx, id, 0, 2, Some(after(60)), false).await.unwrap());
        assert!(!campaign::advance(&mut tx, id, 0, 2, None, false).await.unwrap(), "somebody was first");
        let moved = campaign::enrolment(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((moved.position, moved.due_at, moved.state.as_str()), (2, Some(after(60)), "active"));
        set_enrolment(&mut tx, 2, "paused", None, None).await;
        assert!(campaign::advance(&mut tx, enrolment_id(2), 0, 1, Some(after(60)), false).await.unwrap());
        let held = campaign::enrolment(&mut tx, enrolment_id(2)).await.unwrap().unwrap();
        assert_eq!(
            (held.position, held.state.as_str()),
            (1, "paused"),
            "{}: what is held stays held",
            db.name
        );
        assert!(campaign::advance(&mut tx, id, 2, 2, None, true).await.unwrap());
        let counts = campaign::enrolment_counts(&mut tx, campaign_id(1)).await.unwrap();
        assert_eq!(counts, [("finished".to_owned(), 1), ("paused".to_owned(), 1)], "{}", db.name);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        let counts = campaign::enrolment_counts(&mut tx, campaign_id(1)).await.unwrap();
        assert_eq!(counts, [("active".to_owned(), 2)], "the twin is untouched ({})", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_step_is_due_in_a_running_campaign_longest_waiting_first() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 5).await;
        assert_eq!(campaign::next_due(&mut tx).await.unwrap(), Some(now()));
        set_enrolment(&mut tx, 1, "active", Some(10), None).await;
        set_enrolment(&mut tx, 2, "active", Some(5), None).await;
        set_enrolment(&mut tx, 3, "active", None, None).await;
        set_enrolment(&mut tx, 4, "paused", Some(1), Some(20)).await;
        set_enrolment(&mut tx, 5, "stopped", Some(1), None).await;
        for (at, limit, expected) in [(4, 9, vec![]), (5, 9, vec![2]), (10, 9, vec![2, 1]), (10, 1, vec![2])]
        {
            assert_eq!(due(&mut tx, at, limit).await, expected, "at {at}, at most {limit}, on {}", db.name);
        }
        assert_eq!(campaign::next_due(&mut tx).await.unwrap(), Some(after(5)), "{}", db.name);
        set_enrolment(&mut tx, 1, "stopped", Some(10), None).await;
        set_enrolment(&mut tx, 2, "finished", None, None).await;
        assert_eq!(
            campaign::next_due(&mut tx).await.unwrap(),
            Some(after(20)),
            "a pause that ends ({})",
            db.name
        );
        assert_eq!(campaign::end_pauses(&mut tx, after(19)).await.unwrap(), 0);
        set_enrolment(&mut tx, 3, "paused", Some(90), None).await;
        assert_eq!(
            campaign::end_pauses(&mut tx, after(20)).await.unwrap(),
            1,
            "a pause without a date goes on"
        );
        let woken = campaign::enrolment(&mut tx, enrolment_id(4)).await.unwrap().unwrap();
        assert_eq!(
            (woken.state.as_str(), woken.due_at, woken.paused_until),
            ("active", Some(after(20)), None)
        );
        assert_eq!(due(&mut tx, 20, 9).await, [4]);
        campaign::move_state(&mut tx, campaign_id(1), ["running", "running"], "paused", now()).await.unwrap();
        assert!(due(&mut tx, 99, 9).await.is_empty(), "the campaign stands still ({})", db.name);
        assert_eq!(campaign::next_due(&mut tx).await.unwrap(), None);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(due(&mut tx, 0, 9).await, [1, 2, 3, 4, 5], "the twin is untouched ({})", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_recipient_is_known_with_company_and_ground() {
    for db in testing::both().await {
        let (mut tx, _) = twins(&db, 1).await;
        let found = campaign::recipient(&mut tx, lead_id(1)).await.unwrap().unwrap();
        assert_eq!(
            (found.contact_id, found.company_id),
            (ContactId(Uuid::from_u128(1)), CompanyId(Uuid::from_u128(1)))
        );
        let names = [found.given_name.as_deref(), found.infix.as_deref(), found.family_name.as_deref()];
        assert_eq!(names, [Some("Eva"), Some("van den"), Some("Berg")], "{}", db.name);
        assert_eq!((found.company_name.as_str(), found.email, found.employees_n), ("Bedrijf 1", None, None));
        assert!(found.ground.is_none(), "no ground is no ground");
        assert_eq!(found.site, SiteLines::default(), "no site was read");
        for (n, kind, value) in [
            (1_u128, "news", "Nieuwe loods"),
            (2, "news", "Ouder nieuws"),
            (3, "technology", "Shopify"),
            (4, "kvk", "1"),
        ] {
            tx.execute(
                "INSERT INTO website_fact (workspace_id, id, company_id, kind, value, details, url, snippet, read_at,
                     content_hash, is_personal)
                 VALUES ($1, $2, $3, $4, $5, '{}', 'https://klant.example/', '', $6, '', FALSE)",
                args![Uuid::from_u128(0xf00 + n), found.company_id, kind, value, now()],
            )
            .await
            .unwrap();
        }
        let site = campaign::recipient(&mut tx, lead_id(1)).await.unwrap().unwrap().site;
        let news = site.news.unwrap();
        assert_eq!(
            (news.text.as_str(), news.url.as_str(), news.read_at),
            ("Nieuwe loods", "https://klant.example/", now())
        );
        assert_eq!((site.vacancy, site.technologies), (None, vec!["Shopify".to_owned()]), "{}", db.name);
        tx.execute(
            "INSERT INTO ground (workspace_id, id, basis, source, source_detail, obtained_on, recorded_by, recorded_at)
             VALUES ($1, $2, 'consent', 'beurs', '', '2026-11-01', $3, $4)",
            args![found.contact_id, owner(), now()],
        )
        .await
        .unwrap();
        tx.execute(
            "UPDATE contact SET ground_id = id WHERE workspace_id = $1 AND id = $2",
            args![found.contact_id],
        )
        .await
        .unwrap();
        let found = campaign::recipient(&mut tx, lead_id(1)).await.unwrap().unwrap();
        let ground = found.ground.unwrap();
        assert_eq!((ground.source.as_str(), ground.basis.as_str()), ("beurs", "consent"), "{}", db.name);
        assert!(campaign::recipient(&mut tx, LeadId(Uuid::from_u128(1))).await.unwrap().is_none());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_lead_is_approached_rests_and_may_be_enrolled() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 2).await;
        assert!(!campaign::may_enrol(&mut tx, lead_id(1)).await.unwrap(), "it is in a running sequence");
        assert!(campaign::mark_approached(&mut tx, lead_id(1), after(1)).await.unwrap());
        assert!(campaign::mark_approached(&mut tx, lead_id(1), after(2)).await.unwrap());
        let found = lead::get(&mut tx, lead_id(1)).await.unwrap().unwrap();
        assert_eq!((found.approached_at, found.touched_at), (Some(after(1)), Some(after(2))), "{}", db.name);
        assert_eq!(found.state, LeadState::Approached);
        assert!(!campaign::mark_resting(&mut tx, lead_id(1)).await.unwrap(), "its sequence is running");
        set_enrolment(&mut tx, 1, "paused", None, None).await;
        assert!(!campaign::mark_resting(&mut tx, lead_id(1)).await.unwrap(), "or only paused ({})", db.name);
        set_enrolment(&mut tx, 1, "finished", None, None).await;
        assert!(campaign::mark_resting(&mut tx, lead_id(1)).await.unwrap());
        assert!(!campaign::mark_resting(&mut tx, lead_id(1)).await.unwrap(), "it rests");
        assert!(campaign::may_enrol(&mut tx, lead_id(1)).await.unwrap(), "{}", db.name);
        campaign::mark_approached(&mut tx, lead_id(1), after(3)).await.unwrap();
        assert_eq!(state(&mut tx, 1).await, LeadState::Approached, "a new campaign wakes it");
        for blocked in ["promoted", "blocked"] {
            lead_state(&mut tx, 1, blocked).await;
            assert!(!campaign::may_enrol(&mut tx, lead_id(1)).await.unwrap(), "{blocked} on {}", db.name);
            campaign::mark_approached(&mut tx, lead_id(1), after(4)).await.unwrap();
            assert!(!campaign::mark_resting(&mut tx, lead_id(1)).await.unwrap());
            assert_eq!(state(&mut tx, 1).await.as_str(), blocked, "a mail changes nothing ({})", db.name);
        }
        assert!(!campaign::may_enrol(&mut tx, lead_id(9)).await.unwrap(), "nobody");
        assert!(!campaign::mark_approached(&mut tx, lead_id(9), now()).await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(state(&mut tx, 1).await, LeadState::New, "the twin is untouched ({})", db.name);
        drop(tx);
        db.remove().await;
    }
}
