//! Received mail, engagements, promotions, overrides, notifications and webhooks.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::engagement::Grade;
use kiem_domain::id::{
    CompanyId, ContactId, EngagementId, InboundId, LeadId, MailboxId, MessageId, PromotionId, TaskId, UserId,
    WorkspaceId,
};
use kiem_store::account::User;
use kiem_store::engagement::{self, Engagement};
use kiem_store::inbound::{self, Inbound, InboxFilter, Labelling};
use kiem_store::lead_override::{self, LeadOverride, OverrideKind};
use kiem_store::notification::{self, Notification};
use kiem_store::promotion::{self, LeadStanding, Promotion, PromotionFilter};
use kiem_store::task::{self, Task, TaskOutcome};
use kiem_store::webhook::{self, Delivery, DeliveryState, Endpoint, Try};
use kiem_store::{StoreError, Tx, account, args, member, message, prospect, suppression, testing};
use uuid::Uuid;

use crate::sales::{self, now};

fn lead_id(n: u128) -> LeadId {
    LeadId(Uuid::from_u128(0x2000 + n))
}

fn mailbox_id() -> MailboxId {
    MailboxId(Uuid::from_u128(0x3000))
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

/// Company `n` with a person and their lead.
async fn lead(tx: &mut Tx, n: u128) -> (CompanyId, ContactId, LeadId) {
    let (company, contact) = sales::company(tx, n).await;
    tx.execute(
        "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look, sort_name,
             sort_company, fit_score, created_at)
         VALUES ($1, $2, $3, $4, 'approached', 0, 0, FALSE, '', '', 0, $5)",
        args![lead_id(n), contact, company, now()],
    )
    .await
    .unwrap();
    (company, contact, lead_id(n))
}

async fn mailbox(tx: &mut Tx) {
    tx.execute(
        "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap,
             gap_seconds_min, state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
         VALUES ($1, $2, 'sandbox', 'jan@agency.example', 'Jan', '{}', '', 10, 0, 'active', 0, 0, 0, $3)",
        args![mailbox_id(), now()],
    )
    .await
    .unwrap();
}

fn mail(n: u128) -> Inbound {
    Inbound {
        id: InboundId(Uuid::from_u128(0x4000 + n)),
        mailbox_id: mailbox_id(),
        external_key: format!("key-{n}@klant.example"),
        received_at: later(n as i64),
        sent_at: None,
        from_address: "eva@klant.example".to_owned(),
        from_name: "Eva".to_owned(),
        subject: "Re: Offertes".to_owned(),
        message_header_id: Some(format!("key-{n}@klant.example")),
        reference_ids: None,
        text: "Wat kost dat?".to_owned(),
        quoted: String::new(),
        outcome: "reply".to_owned(),
        outcome_reason: String::new(),
        match_level: "m2".to_owned(),
        message_id: None,
        lead_id: None,
        contact_id: None,
        company_id: None,
        prospect_id: None,
        label: None,
        label_by: None,
        probability_permille: None,
        margin_permille: None,
        flags: "{}".to_owned(),
        needs_look: false,
        auth: "none".to_owned(),
        handled_at: None,
        read_at: None,
    }
}

fn act(n: u128, lead: LeadId, company: CompanyId) -> Engagement {
    Engagement {
        id: EngagementId(Uuid::from_u128(0x5000 + n)),
        kind: "click".to_owned(),
        occurred_at: later(n as i64),
        recorded_at: later(n as i64),
        lead_id: Some(lead),
        contact_id: None,
        company_id: Some(company),
        message_id: None,
        link_id: None,
        inbound_id: None,
        web_session_id: None,
        grade: Grade::Unknown,
        rule: "C13".to_owned(),
        data: "{}".to_owned(),
        source: "click".to_owned(),
        external_id: format!("{n}"),
    }
}

async fn begin(db: &testing::TestStore) -> (WorkspaceId, Tx) {
    let ws = db.workspace(1, now()).await;
    let tx = db.store.begin(ws).await.unwrap();
    (ws, tx)
}

#[tokio::test]
async fn an_open_task_about_any_mail_of_a_person_is_found() {
    for db in testing::both().await {
        let (_, mut tx) = begin(&db).await;
        mailbox(&mut tx).await;
        let (_, contact, _) = lead(&mut tx, 1).await;
        for n in [1, 2] {
            let one = Inbound { contact_id: Some(contact), ..mail(n) };
            assert!(inbound::insert(&mut tx, &one, None).await.unwrap());
        }
        let mut asks = Task::new(TaskId(Uuid::from_u128(1)), "suggested_lead", "wie?", now(), now());
        asks.inbound_id = Some(mail(1).id);
        task::insert(&mut tx, &asks).await.unwrap();
        let found = task::open_about_mail_of(&mut tx, contact, "suggested_lead").await.unwrap();
        assert_eq!(found.as_ref(), Some(&asks), "{}", db.name);
        assert_eq!(task::open_about_mail_of(&mut tx, contact, "privacy").await.unwrap(), None);
        let nobody = ContactId(Uuid::from_u128(9));
        assert_eq!(task::open_about_mail_of(&mut tx, nobody, "suggested_lead").await.unwrap(), None);
        task::finish(&mut tx, asks.id, TaskOutcome::Skipped, None, now()).await.unwrap();
        let left = task::open_about_mail_of(&mut tx, contact, "suggested_lead").await.unwrap();
        assert_eq!(left, None, "decided ({})", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_mail_is_taken_in_once_and_keeps_its_bytes() {
    for db in testing::both().await {
        let (_, mut tx) = begin(&db).await;
        mailbox(&mut tx).await;
        let (_, contact, lead) = lead(&mut tx, 1).await;
        let one = Inbound { contact_id: Some(contact), lead_id: Some(lead), ..mail(1) };
        assert!(!inbound::is_known(&mut tx, mailbox_id(), &one.external_key).await.unwrap());
        assert!(inbound::insert(&mut tx, &one, Some(b"raw")).await.unwrap());
        assert!(!inbound::insert(&mut tx, &one, Some(b"raw")).await.unwrap(), "{}", db.name);
        assert!(inbound::is_known(&mut tx, mailbox_id(), &one.external_key).await.unwrap());
        assert_eq!(inbound::raw(&mut tx, one.id).await.unwrap().as_deref(), Some(&b"raw"[..]));
        assert!(inbound::has_unclassified(&mut tx, lead).await.unwrap());
        let made = Labelling {
            label: "question",
            by: "model",
            probability_permille: 910,
            margin_permille: 850,
            flags: "{\"price\":true}",
            outcome: "reply",
            outcome_reason: "",
            needs_look: true,
        };
        assert!(inbound::set_label(&mut tx, one.id, &made, false).await.unwrap());
        assert!(!inbound::set_label(&mut tx, one.id, &made, false).await.unwrap(), "a program labels once");
        assert!(!inbound::has_unclassified(&mut tx, lead).await.unwrap());
        assert_eq!(inbound::open_counts(&mut tx).await.unwrap(), (1, 1));
        assert!(
            inbound::set_label(&mut tx, one.id, &Labelling { needs_look: false, ..made }, true)
                .await
                .unwrap()
        );
        assert!(inbound::mark_handled(&mut tx, one.id, later(9)).await.unwrap());
        assert_eq!(inbound::open_counts(&mut tx).await.unwrap(), (0, 0));
        inbound::mark_read(&mut tx, one.id, later(10)).await.unwrap();
        let found = inbound::find(&mut tx, one.id).await.unwrap().unwrap();
        assert_eq!((found.label.as_deref(), found.probability_permille), (Some("question"), Some(910)));
        assert_eq!((found.needs_look, found.read_at), (false, Some(later(9))), "first reading counts");
        inbound::set_prospect(&mut tx, contact, Some(Uuid::from_u128(9).into())).await.unwrap();
        assert_eq!(
            inbound::of_contact(&mut tx, contact, 10).await.unwrap()[0].prospect_id.unwrap().0.as_u128(),
            9
        );
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn numbers_in_the_mailbox_are_noted_once_and_can_be_forgotten() {
    for db in testing::both().await {
        let (_, mut tx) = begin(&db).await;
        mailbox(&mut tx).await;
        for uid in [30, 10, 20, 10] {
            inbound::note_uid(&mut tx, mailbox_id(), uid).await.unwrap();
        }
        assert_eq!(inbound::uids(&mut tx, mailbox_id()).await.unwrap(), [10, 20, 30], "{}", db.name);
        inbound::forget_uids(&mut tx, mailbox_id()).await.unwrap();
        assert!(inbound::uids(&mut tx, mailbox_id()).await.unwrap().is_empty(), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn the_inbox_shows_one_line_per_person_and_pages() {
    for db in testing::both().await {
        let (_, mut tx) = begin(&db).await;
        mailbox(&mut tx).await;
        let (company, contact, lead) = lead(&mut tx, 1).await;
        let known = |n, look| Inbound {
            contact_id: Some(contact),
            company_id: Some(company),
            lead_id: Some(lead),
            needs_look: look,
            ..mail(n)
        };
        for one in [known(1, true), known(2, false), mail(3), mail(4)] {
            inbound::insert(&mut tx, &one, None).await.unwrap();
        }
        inbound::insert(&mut tx, &Inbound { outcome: "bounce".to_owned(), ..known(5, false) }, None)
            .await
            .unwrap();
        let ends = ["reply", "no_match"];
        let all = InboxFilter { outcomes: &ends, ..InboxFilter::default() };
        let first = inbound::inbox(&mut tx, all, 2).await.unwrap();
        let ids: Vec<u128> = first.iter().map(|r| r.mail.id.0.as_u128() - 0x4000).collect();
        assert_eq!(ids, [4, 3], "{}", db.name);
        let place = first.last().map(|r| (r.mail.received_at, r.mail.id));
        let rest = inbound::inbox(&mut tx, InboxFilter { before: place, ..all }, 10).await.unwrap();
        assert_eq!(rest.len(), 1, "the older mail of the same person is behind the newer one");
        assert_eq!(rest[0].contact_name.as_deref(), Some("Eva van den Berg"));
        assert_eq!(
            (rest[0].company_name.as_deref(), rest[0].lead_state.as_deref()),
            (Some("Bedrijf 1"), Some("approached"))
        );
        let look = InboxFilter { needs_look: true, ..InboxFilter::default() };
        assert_eq!(inbound::inbox(&mut tx, look, 10).await.unwrap()[0].mail.id.0.as_u128(), 0x4001);
        let stranger = InboundId(Uuid::from_u128(0x4003));
        assert!(inbound::attach(&mut tx, stranger, lead, contact, company).await.unwrap());
        let filed = inbound::find(&mut tx, stranger).await.unwrap().unwrap();
        assert_eq!(
            (filed.match_level.as_str(), filed.outcome.as_str(), filed.lead_id),
            ("person", "reply", Some(lead)),
            "{}",
            db.name
        );
        assert!(
            !inbound::attach(&mut tx, stranger, lead, contact, company).await.unwrap(),
            "it is filed already"
        );
        let labelled = InboxFilter { label: Some("question"), ..all };
        assert!(inbound::inbox(&mut tx, labelled, 10).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn an_act_is_recorded_once_and_a_visit_that_goes_on_is_replaced() {
    for db in testing::both().await {
        let (_, mut tx) = begin(&db).await;
        let (company, _, first) = lead(&mut tx, 1).await;
        let one = act(1, first, company);
        assert!(engagement::insert(&mut tx, &one, false).await.unwrap());
        assert!(!engagement::insert(&mut tx, &one, false).await.unwrap(), "{}", db.name);
        let visit =
            Engagement { kind: "session".to_owned(), source: "site".to_owned(), ..act(2, first, company) };
        assert!(engagement::insert(&mut tx, &visit, true).await.unwrap());
        assert!(!engagement::insert(&mut tx, &visit, true).await.unwrap(), "nothing new");
        let longer = Engagement { data: "{\"pages\":2}".to_owned(), ..visit.clone() };
        assert!(engagement::insert(&mut tx, &longer, true).await.unwrap());
        let found = engagement::of_lead(&mut tx, first, 10).await.unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].data, "{\"pages\":2}");
        assert!(engagement::set_grade(&mut tx, one.id, Grade::Machine, "C4").await.unwrap());
        assert!(!engagement::set_grade(&mut tx, one.id, Grade::Machine, "C4").await.unwrap());
        let other = LeadId(Uuid::from_u128(0x2fff));
        assert_eq!(engagement::of_colleagues(&mut tx, company, other, now(), 10).await.unwrap().len(), 2);
        assert!(engagement::of_colleagues(&mut tx, company, first, now(), 10).await.unwrap().is_empty());
        assert_eq!(
            engagement::opens_at_domain(&mut tx, company, now(), 10).await.unwrap()[0].grade,
            Grade::Machine
        );
        assert!(engagement::of_inbound(&mut tx, InboundId(Uuid::from_u128(1))).await.unwrap().is_none());
        assert_eq!(engagement::leads_since(&mut tx, now(), 10).await.unwrap(), [first], "{}", db.name);
        assert!(engagement::leads_since(&mut tx, later(1_000), 10).await.unwrap().is_empty(), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_reached_the_lead_or_a_colleague_is_a_delivery() {
    for db in testing::both().await {
        let (_, mut tx) = begin(&db).await;
        mailbox(&mut tx).await;
        let (company, _, lead) = lead(&mut tx, 1).await;
        for (n, state, kind) in
            [(1_u128, "sent", "outreach"), (2, "uncertain", "outreach"), (3, "sent", "reply")]
        {
            tx.execute(
                "INSERT INTO message (workspace_id, id, kind, mailbox_id, lead_id, company_id, recipient, recipient_name, state,
                     subject, body, message_id, epoch, attempt, created_at, finished_at)
                 VALUES ($1, $2, $3, $4, $5, $6, 'eva@klant.example', 'Eva', $7, 's', 'b', $8, 0, 0, $9, $9)",
                args![MessageId(Uuid::from_u128(n)), kind, mailbox_id(), lead, company, state, format!("m{n}"), now()],
            )
            .await
            .unwrap();
        }
        let found = engagement::deliveries(&mut tx, lead, company, 10).await.unwrap();
        assert_eq!(found.len(), 1, "{}", db.name);
        assert_eq!((found[0].message_id.0.as_u128(), found[0].at, found[0].n_links), (1, now(), 0));
        tx.execute(
            "UPDATE message SET contact_id = $2 WHERE workspace_id = $1",
            args![ContactId(Uuid::from_u128(1))],
        )
        .await
        .unwrap();
        let ours = message::to_contact(&mut tx, ContactId(Uuid::from_u128(1)), 10).await.unwrap();
        assert_eq!(ours.len(), 3, "what may have left is part of the conversation");
        drop(tx);
        db.remove().await;
    }
}

fn receipt(cycle: i64, lead: LeadId, company: CompanyId, contact: ContactId, rule: &str) -> Promotion {
    Promotion {
        id: PromotionId(Uuid::from_u128(0x6000 + cycle as u128)),
        lead_id: lead,
        contact_id: contact,
        company_id: company,
        prospect_id: Uuid::from_u128(0x1001).into(),
        cycle,
        rule: rule.to_owned(),
        config_version: 1,
        model_digest: "d".to_owned(),
        evidence: "[]".to_owned(),
        explanation_nl: "Prospect".to_owned(),
        explanation_en: "Prospect".to_owned(),
        message_id: None,
        campaign_id: None,
        decided_at: later(cycle),
        undone_at: None,
        undone_by: None,
        undo_reason: None,
        restore: "{}".to_owned(),
    }
}

#[tokio::test]
async fn a_lead_is_promoted_once_per_cycle_and_an_undo_counts_against_its_rule() {
    for db in testing::both().await {
        let (_, mut tx) = begin(&db).await;
        let (company, contact, lead) = lead(&mut tx, 1).await;
        let one = receipt(1, lead, company, contact, "R3");
        promotion::insert(&mut tx, &one).await.unwrap();
        assert_eq!(promotion::find(&mut tx, one.id).await.unwrap().as_ref(), Some(&one), "{}", db.name);
        let by = UserId(Uuid::from_u128(5));
        assert!(promotion::undo(&mut tx, one.id, by, "vergissing", later(5)).await.unwrap());
        assert!(!promotion::undo(&mut tx, one.id, by, "nog eens", later(6)).await.unwrap());
        promotion::insert(&mut tx, &receipt(2, lead, company, contact, "R1")).await.unwrap();
        let newest = promotion::newest_of_lead(&mut tx, lead).await.unwrap().unwrap();
        assert_eq!((newest.cycle, newest.undone_at), (2, None));
        assert_eq!(promotion::of_prospect(&mut tx, one.prospect_id).await.unwrap().len(), 2);
        let quality = promotion::quality(&mut tx, now(), later(100)).await.unwrap();
        let seen: Vec<(&str, i64, i64)> =
            quality.iter().map(|q| (q.rule.as_str(), q.n, q.n_undone)).collect();
        assert_eq!(seen, [("R1", 1, 0), ("R3", 1, 1)]);
        let only = PromotionFilter { rule: Some("R1"), from: Some(now()), to: Some(later(9)), before: None };
        let rows = promotion::list(&mut tx, only, 10).await.unwrap();
        assert_eq!(rows[0].contact_name.as_deref(), Some("Eva van den Berg"));
        let older =
            PromotionFilter { before: Some((newest.decided_at, newest.id)), ..PromotionFilter::default() };
        assert_eq!(promotion::list(&mut tx, older, 10).await.unwrap()[0].promotion.rule, "R3");
        let twice =
            promotion::insert(&mut tx, &Promotion { id: PromotionId(Uuid::from_u128(1)), ..one }).await;
        assert!(matches!(twice, Err(StoreError::Duplicate(_))), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn the_facts_and_the_standing_of_a_lead() {
    for db in testing::both().await {
        let (_, mut tx) = begin(&db).await;
        let (company, contact, lead) = lead(&mut tx, 1).await;
        tx.execute("UPDATE contact SET email = 'eva@klant.example' WHERE workspace_id = $1", vec![])
            .await
            .unwrap();
        tx.execute("UPDATE company SET domain = 'klant.example' WHERE workspace_id = $1", vec![])
            .await
            .unwrap();
        let standing = LeadStanding {
            state: "paused",
            paused_until: Some(later(60)),
            warmth: 35,
            needs_look: true,
            engaged_at: Some(now()),
            cycle: 1,
        };
        promotion::set_standing(&mut tx, lead, &standing).await.unwrap();
        let facts = promotion::lock_for_decision(&mut tx, lead).await.unwrap();
        assert_eq!(
            (facts.state.as_str(), facts.warmth, facts.needs_look, facts.cycle),
            ("paused", 35, true, 1)
        );
        assert_eq!(promotion::lead_of_contact(&mut tx, contact).await.unwrap().unwrap().lead_id, lead);
        assert_eq!(
            promotion::lead_of_address(&mut tx, "eva@klant.example").await.unwrap().unwrap().lead_id,
            lead
        );
        assert_eq!(promotion::company_of_domain(&mut tx, "klant.example").await.unwrap(), Some(company));
        assert!(promotion::lead_facts(&mut tx, LeadId(Uuid::from_u128(1))).await.unwrap().is_none());
        let nobody = promotion::lock_for_decision(&mut tx, LeadId(Uuid::from_u128(1))).await;
        assert!(matches!(nobody, Err(StoreError::NotFound)));
        assert!(promotion::open_enrolments(&mut tx, lead).await.unwrap().is_empty());
        let (zone, language, settings) = promotion::workspace_settings(&mut tx).await.unwrap();
        assert_eq!((zone.as_str(), language.as_str(), settings.as_str()), ("Europe/Amsterdam", "nl", "{}"));
        assert_eq!(promotion::suppressed_since(&mut tx, &[vec![1]]).await.unwrap(), None);
        let entry = suppression::Suppression {
            key_hash: vec![1],
            kind: "email".to_owned(),
            hint: "e…@klant.example".to_owned(),
            reason: "unsubscribed".to_owned(),
            source: "link".to_owned(),
            created_by: None,
            created_at: later(3),
        };
        suppression::insert(&mut tx, &entry).await.unwrap();
        let found = promotion::suppressed_since(&mut tx, &[vec![2], vec![1]]).await.unwrap();
        assert_eq!(found, Some((later(3), "unsubscribed".to_owned())), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn prospects_go_round_among_those_who_sell() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut global = db.store.global().await.unwrap();
        for (n, role) in [(1_u128, "owner"), (2, "sales"), (3, "sales"), (4, "marketing")] {
            let id = UserId(Uuid::from_u128(n));
            global
                .execute(
                    "INSERT INTO app_user (id, email, name, password_hash, language, theme, created_at)
                     VALUES ($1, $2, $3, '', 'nl', 'auto', $4)",
                    args![id, format!("u{n}@agency.example"), format!("U{n}"), now()],
                )
                .await
                .unwrap();
            kiem_store::account::set_member(&mut global, ws, id, role, later(n as i64)).await.unwrap();
        }
        assert_eq!(account::all_workspaces(&mut global).await.unwrap(), [ws]);
        global.commit().await.unwrap();
        let mut tx = db.store.begin(ws).await.unwrap();
        let first = promotion::next_owner(&mut tx).await.unwrap();
        assert_eq!(first, Some(UserId(Uuid::from_u128(2))), "{}", db.name);
        let (company, contact) = sales::company(&mut tx, 1).await;
        let mine = prospect::Prospect { owner_id: first.unwrap(), ..sales::pursuit(1, company, contact) };
        prospect::insert(&mut tx, &mine).await.unwrap();
        assert_eq!(promotion::next_owner(&mut tx).await.unwrap(), Some(UserId(Uuid::from_u128(3))));
        let (name, language, _) =
            promotion::member(&mut tx, UserId(Uuid::from_u128(3))).await.unwrap().unwrap();
        assert_eq!((name.as_str(), language.as_str()), ("U3", "nl"));
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn decisions_of_persons_are_kept_in_order() {
    for db in testing::both().await {
        let (_, mut tx) = begin(&db).await;
        let (_, _, lead) = lead(&mut tx, 1).await;
        let one = |n: u128, kind| LeadOverride {
            id: Uuid::from_u128(n),
            lead_id: lead,
            kind,
            until_at: None,
            inbound_id: None,
            label: None,
            reason: "omdat".to_owned(),
            created_by: UserId(Uuid::from_u128(5)),
            created_by_name: None,
            created_at: later(n as i64),
        };
        lead_override::insert(&mut tx, &one(2, OverrideKind::Undo)).await.unwrap();
        lead_override::insert(&mut tx, &one(1, OverrideKind::Never)).await.unwrap();
        let found = lead_override::of_lead(&mut tx, lead).await.unwrap();
        assert_eq!(found, vec![one(1, OverrideKind::Never), one(2, OverrideKind::Undo)], "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_member_is_told_once_and_reads_up_to_a_place() {
    for db in testing::both().await {
        let (_, mut tx) = begin(&db).await;
        let user = UserId(Uuid::from_u128(5));
        for n in 1..=3 {
            let one = Notification {
                id: Uuid::from_u128(n),
                user_id: user,
                kind: "lead.promoted".to_owned(),
                subject_kind: "prospect".to_owned(),
                subject_id: None,
                data: "{}".to_owned(),
                created_at: now(),
                read_at: None,
                mailed_at: None,
            };
            notification::insert(&mut tx, &one).await.unwrap();
        }
        let second = Uuid::from_u128(2);
        assert_eq!(notification::mark_read(&mut tx, user, second, true, later(1)).await.unwrap(), 1);
        assert_eq!(
            notification::count_unread(&mut tx, user).await.unwrap(),
            2,
            "only that one ({})",
            db.name
        );
        assert_eq!(notification::mark_read(&mut tx, user, second, false, later(1)).await.unwrap(), 1);
        assert_eq!(notification::count_unread(&mut tx, user).await.unwrap(), 1);
        assert!(notification::mark_mailed(&mut tx, Uuid::from_u128(3), now()).await.unwrap());
        assert!(!notification::mark_mailed(&mut tx, Uuid::from_u128(3), now()).await.unwrap(), "{}", db.name);
        let rest = notification::list(&mut tx, user, Some(Uuid::from_u128(3)), 10).await.unwrap();
        assert_eq!(rest.iter().map(|n| n.id.as_u128()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(notification::list(&mut tx, user, None, 1).await.unwrap()[0].mailed_at, Some(now()));
        let first = notification::find(&mut tx, Uuid::from_u128(1)).await.unwrap().unwrap();
        assert!(first.read_at.is_some());
        let subject = Uuid::from_u128(9);
        let anna = User {
            id: user,
            email: "anna@agency.example".to_owned(),
            name: "Anna".to_owned(),
            password_hash: "x".to_owned(),
            language: "nl".to_owned(),
            theme: "auto".to_owned(),
        };
        member::insert_user(&mut tx, &anna, now()).await.unwrap();
        let about = Notification { id: Uuid::from_u128(4), subject_id: Some(subject), ..first.clone() };
        notification::insert(&mut tx, &about).await.unwrap();
        let told = notification::told(&mut tx, &first.kind, subject).await.unwrap();
        assert_eq!(told.iter().map(|t| (t.data.as_str(), t.created_at)).collect::<Vec<_>>(), [("{}", now())]);
        assert_eq!(told[0].name, "Anna");
        assert!(
            notification::told(&mut tx, "another.kind", subject).await.unwrap().is_empty(),
            "{}",
            db.name
        );
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn an_endpoint_hears_of_an_event_once_and_is_switched_off_when_it_is_gone() {
    for db in testing::both().await {
        let (_, mut tx) = begin(&db).await;
        let endpoint = Endpoint {
            id: Uuid::from_u128(1),
            url: "https://crm.example/hook".to_owned(),
            secret: vec![1, 2],
            old_secret: None,
            kinds: "lead.promoted reply.received".to_owned(),
            active: true,
            failing_since: None,
            created_at: now(),
        };
        webhook::insert(&mut tx, &endpoint).await.unwrap();
        assert_eq!(webhook::all(&mut tx).await.unwrap(), vec![endpoint.clone()], "{}", db.name);
        assert!(endpoint.wants("lead.promoted") && !endpoint.wants("lead"));
        let delivery = Delivery {
            id: Uuid::from_u128(2),
            endpoint_id: endpoint.id,
            event_id: Uuid::from_u128(3),
            kind: "lead.promoted".to_owned(),
            body: "{}".to_owned(),
            state: DeliveryState::Waiting,
            attempt: 0,
            last_status: None,
            last_error: None,
            created_at: now(),
            finished_at: None,
        };
        assert!(webhook::insert_delivery(&mut tx, &delivery).await.unwrap());
        let again = Delivery { id: Uuid::from_u128(4), ..delivery.clone() };
        assert!(!webhook::insert_delivery(&mut tx, &again).await.unwrap());
        let refused = Try { state: DeliveryState::Waiting, status: Some(500), error: Some("HTTP 500") };
        assert!(webhook::note_try(&mut tx, delivery.id, &refused, later(1)).await.unwrap());
        webhook::set_failing(&mut tx, endpoint.id, Some(later(1))).await.unwrap();
        webhook::set_failing(&mut tx, endpoint.id, Some(later(2))).await.unwrap();
        assert_eq!(webhook::find(&mut tx, endpoint.id).await.unwrap().unwrap().failing_since, Some(later(1)));
        let taken = Try { state: DeliveryState::Delivered, status: Some(204), error: None };
        assert!(webhook::note_try(&mut tx, delivery.id, &taken, later(3)).await.unwrap());
        assert!(
            !webhook::note_try(&mut tx, delivery.id, &taken, later(4)).await.unwrap(),
            "it is at its end"
        );
        webhook::set_failing(&mut tx, endpoint.id, None).await.unwrap();
        let found = webhook::find_delivery(&mut tx, delivery.id).await.unwrap().unwrap();
        assert_eq!((found.attempt, found.last_status, found.finished_at), (2, Some(204), Some(later(3))));
        assert!(webhook::disable(&mut tx, endpoint.id, now()).await.unwrap());
        assert!(webhook::update(&mut tx, endpoint.id, "https://b.example/", "", true).await.unwrap());
        let back = webhook::find(&mut tx, endpoint.id).await.unwrap().unwrap();
        assert_eq!((back.failing_since, back.wants("anything")), (None, true));
        assert!(webhook::rotate(&mut tx, endpoint.id, &[3], later(9)).await.unwrap());
        let turned = webhook::find(&mut tx, endpoint.id).await.unwrap().unwrap();
        assert_eq!((turned.secret, turned.old_secret), (vec![3], Some((vec![1, 2], later(9)))));
        assert!(!webhook::rotate(&mut tx, Uuid::from_u128(9), &[3], later(9)).await.unwrap());
        assert_eq!(webhook::deliveries(&mut tx, endpoint.id, 10).await.unwrap().len(), 1);
        assert!(webhook::remove(&mut tx, endpoint.id).await.unwrap());
        assert!(webhook::deliveries(&mut tx, endpoint.id, 10).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn acts_are_counted_by_kind_and_grade() {
    for db in testing::both().await {
        let other = db.workspace(2, now()).await;
        let (_, mut tx) = begin(&db).await;
        let (company, _, lead) = lead(&mut tx, 1).await;
        let reply =
            Engagement { kind: "reply".to_owned(), grade: Grade::HumanCertain, ..act(3, lead, company) };
        let machine = Engagement { grade: Grade::Machine, ..act(4, lead, company) };
        for one in [act(1, lead, company), act(2, lead, company), reply, machine] {
            assert!(engagement::insert(&mut tx, &one, false).await.unwrap());
        }
        let counts = engagement::counts(&mut tx).await.unwrap();
        let counts: Vec<_> =
            counts.iter().map(|(kind, grade, n)| (kind.as_str(), grade.as_str(), *n)).collect();
        let expected = [("click", "machine", 1), ("click", "unknown", 2), ("reply", "human_certain", 1)];
        assert_eq!(counts, expected, "{}", db.name);
        tx.commit().await.unwrap();
        let mut tx = db.store.read(other).await.unwrap();
        assert!(engagement::counts(&mut tx).await.unwrap().is_empty(), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}
