//! What stands after a promotion: people of a pursuit, tasks of sequences and replies, confirmed mails, lifted decisions,
//! jobs that gave up, and what an erasure finds in the pursuits of others.

use jiff::SignedDuration;
use kiem_domain::id::{ContactId, ImportId, InboundId, LeadId, TaskId, UserId};
use kiem_domain::sequence::TaskChannel;
use kiem_store::erasure::{self, Traces};
use kiem_store::import::{self, ImportRun, ImportState, Progress};
use kiem_store::lead_override::{self, LeadOverride, OverrideKind};
use kiem_store::message::{self, NewMessage};
use kiem_store::notification::{self, Notification};
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::task::{self, Task, TaskOutcome};
use kiem_store::{Tx, args, booking, inbound, job, prospect, quote_request, testing};
use uuid::Uuid;

use crate::outreach::{a_mail, an_answer, enrolment_id, lead_id, message_id, twins};
use crate::sales::{now, owner, stored};

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0xf000 + n)
}

/// A received mail from an address, in the name of a person of a pursuit.
async fn received(tx: &mut Tx, n: u128, from: &str, contact: ContactId, pursuit: Uuid, outcome: &str) {
    tx.execute(
        "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap, gap_seconds_min,
             state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
         VALUES ($1, $2, 'sandbox', 'jan@kiem.example', 'Jan', '{}', '', 1, 1, 'active', $3, 0, 0, $3)
         ON CONFLICT (workspace_id, id) DO NOTHING",
        args![id(1), now()],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO inbound (workspace_id, id, mailbox_id, external_key, received_at, from_address, from_name, subject,
             message_header_id, text, quoted, outcome, outcome_reason, match_level, contact_id, prospect_id, flags, needs_look,
             auth)
         VALUES ($1, $2, $3, $4, $5, $6, '', 'Vraag', $4, 'tekst', '', $7, '', 'm2', $8, $9, '{}', FALSE, 'none')",
        args![
            id(100 + n),
            id(1),
            format!("k{n}@x.example"),
            now() + SignedDuration::from_secs(i64::try_from(n).unwrap()),
            from,
            outcome,
            contact,
            pursuit
        ],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_pursuit_knows_its_people_and_who_wrote_last() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let one = stored(&mut tx, 1).await;
        let two = stored(&mut tx, 2).await;
        prospect::add_contact(&mut tx, one.id, two.contact_id, "").await.unwrap();
        let open = prospect::open_with_contact(&mut tx, two.contact_id).await.unwrap();
        assert_eq!(open.iter().map(|p| p.id).collect::<Vec<_>>(), [one.id, two.id], "{}", db.name);
        assert_eq!(prospect::lock(&mut tx, one.id).await.unwrap(), one);

        prospect::set_search(&mut tx, one.id, "nieuw", "nieuw eva").await.unwrap();
        let renamed = prospect::get(&mut tx, one.id).await.unwrap();
        assert_eq!((renamed.sort_company.as_str(), renamed.search_text.as_str()), ("nieuw", "nieuw eva"));
        assert_eq!(renamed.version, one.version, "nobody decided anything");

        received(&mut tx, 1, "eva@klant.example", one.contact_id, one.id.0, "reply").await;
        received(&mut tx, 2, "piet@klant.example", one.contact_id, one.id.0, "already_prospect").await;
        received(&mut tx, 3, "eva@klant.example", one.contact_id, one.id.0, "out_of_office").await;
        let last = inbound::newest_writer(&mut tx, one.id, &["reply", "already_prospect"]).await.unwrap();
        assert_eq!(last, Some((Some(one.contact_id), "piet@klant.example".to_owned())), "{}", db.name);
        assert_eq!(inbound::newest_writer(&mut tx, two.id, &["reply"]).await.unwrap(), None);

        let mail = InboundId(id(101));
        assert!(inbound::ask_look(&mut tx, mail).await.unwrap());
        assert!(inbound::find(&mut tx, mail).await.unwrap().unwrap().needs_look);
        tx.execute("UPDATE inbound SET label = 'other', needs_look = FALSE WHERE workspace_id = $1", vec![])
            .await
            .unwrap();
        assert!(!inbound::ask_look(&mut tx, mail).await.unwrap(), "its meaning is known");

        // The colleague's own mail is the end of the thread with the colleague.
        let sql = "UPDATE contact SET email = 'piet@klant.example' WHERE workspace_id = $1 AND id = $2";
        tx.execute(sql, args![two.contact_id]).await.unwrap();
        let end = kiem_store::thread::end_with(&mut tx, two.contact_id).await.unwrap().unwrap();
        assert_eq!(end.message_id, "k2@x.example", "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_task_of_a_sequence_is_withdrawn_with_it_and_comes_back_with_it() {
    for db in testing::both().await {
        let (mut tx, _) = twins(&db, 2).await;
        let mut handed = Task::new(TaskId(id(1)), "sequence", "bel", now(), now());
        handed.enrolment_id = Some(enrolment_id(1));
        handed.lead_id = Some(lead_id(1));
        handed.inbound_id = Some(InboundId(id(2)));
        handed.channel = Some(TaskChannel::Post);
        task::insert(&mut tx, &handed).await.unwrap();
        let last = task::last_of_enrolment(&mut tx, enrolment_id(1)).await.unwrap().unwrap();
        assert_eq!(last, handed, "{}", db.name);
        assert_eq!(task::last_of_enrolment(&mut tx, enrolment_id(2)).await.unwrap(), None);
        let about = task::of_inbound(&mut tx, InboundId(id(2)), "sequence").await.unwrap();
        assert_eq!(about.map(|t| t.id), Some(handed.id));
        assert_eq!(task::of_inbound(&mut tx, InboundId(id(2)), "privacy").await.unwrap(), None);
        let later = now() + SignedDuration::from_hours(1);
        let n_open = |list: Vec<task::TaskCard>| list.len();
        assert_eq!(n_open(task::open(&mut tx, None, now(), later, 10).await.unwrap()), 1);

        outreach_stop::pause(&mut tx, StopScope::Lead(lead_id(1)), "reply", None).await.unwrap();
        let held = task::open(&mut tx, None, now(), later, 10).await.unwrap();
        assert!(held.is_empty(), "{}: nobody calls while a reply is read", db.name);
        let stopped =
            outreach_stop::stop(&mut tx, StopScope::Lead(lead_id(1)), "promoted", later).await.unwrap();
        let ended = task::get(&mut tx, handed.id).await.unwrap();
        assert_eq!((ended.outcome, ended.done_at), (Some(TaskOutcome::Withdrawn), Some(later)));
        outreach_stop::restore(&mut tx, &stopped, later).await.unwrap();
        let back = task::get(&mut tx, handed.id).await.unwrap();
        assert_eq!((back.outcome, back.done_at), (None, None), "{}", db.name);
        assert!(task::finish(&mut tx, handed.id, TaskOutcome::Skipped, None, later).await.unwrap());
        assert_eq!(task::get(&mut tx, handed.id).await.unwrap().outcome, Some(TaskOutcome::Skipped));
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn only_an_answer_that_waits_can_be_confirmed_against_the_list() {
    for db in testing::both().await {
        let (mut tx, _) = twins(&db, 1).await;
        let outreach = NewMessage { state: message::MessageState::Queued, ..a_mail(1, 1, 0) };
        message::insert(&mut tx, &outreach, now()).await.unwrap();
        message::insert(&mut tx, &an_answer(2), now()).await.unwrap();
        assert!(
            !message::allow_despite(&mut tx, message_id(1)).await.unwrap(),
            "{}: never outreach",
            db.name
        );
        assert!(message::allow_despite(&mut tx, message_id(2)).await.unwrap());
        assert!(message::find(&mut tx, message_id(2)).await.unwrap().unwrap().ignores_suppression);
        assert!(!message::find(&mut tx, message_id(1)).await.unwrap().unwrap().ignores_suppression);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_lifted_decision_holds_no_longer_and_what_kiem_noted_stays() {
    for db in testing::both().await {
        let (mut tx, _) = twins(&db, 1).await;
        let made = |n: u128, kind, by| LeadOverride {
            id: id(n),
            lead_id: lead_id(1),
            kind,
            until_at: None,
            inbound_id: None,
            label: None,
            reason: "x".to_owned(),
            created_by: by,
            created_by_name: None,
            created_at: now(),
        };
        let system = UserId(Uuid::nil());
        for one in [
            made(1, OverrideKind::Never, owner()),
            made(2, OverrideKind::ForceProspect, system),
            made(3, OverrideKind::Undo, owner()),
        ] {
            lead_override::insert(&mut tx, &one).await.unwrap();
        }
        assert_eq!(lead_override::lift(&mut tx, lead_id(1), system, now()).await.unwrap(), 1, "{}", db.name);
        let left: Vec<_> = lead_override::of_lead(&mut tx, lead_id(1)).await.unwrap();
        assert_eq!(left.iter().map(|o| o.id).collect::<Vec<_>>(), [id(2), id(3)]);
        assert_eq!(lead_override::lift(&mut tx, LeadId(id(9)), system, now()).await.unwrap(), 0);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_job_that_gave_up_begins_again_and_a_notice_is_found() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let new = job::NewJob {
            id: id(1).into(),
            kind: "test",
            dedup_key: "a",
            payload: "{}",
            run_at: now(),
            attempts_max: 1,
        };
        job::enqueue(&mut tx, std::slice::from_ref(&new), now()).await.unwrap();
        assert!(!job::revive(&mut tx, new.id, now()).await.unwrap(), "it has not given up");
        let claimed = job::claim(&mut tx, now(), SignedDuration::from_secs(60), 1).await.unwrap();
        assert!(job::fail(&mut tx, &claimed[0], "kapot", None).await.unwrap());
        assert!(job::revive(&mut tx, new.id, now()).await.unwrap(), "{}", db.name);
        let again = job::claim(&mut tx, now(), SignedDuration::from_secs(60), 1).await.unwrap();
        assert_eq!((again.len(), again[0].attempt), (1, 1), "{}", db.name);

        let told = Notification {
            id: id(2),
            user_id: owner(),
            kind: "response.missed".to_owned(),
            subject_kind: "prospect".to_owned(),
            subject_id: Some(id(3)),
            data: "{}".to_owned(),
            created_at: now(),
            read_at: None,
            mailed_at: None,
        };
        notification::insert(&mut tx, &told).await.unwrap();
        let later = now() + SignedDuration::from_secs(1);
        for (kind, subject, since, expected) in [
            ("response.missed", Some(id(3)), now(), true),
            ("response.missed", Some(id(3)), later, false),
            ("response.missed", Some(id(4)), now(), false),
            ("response.missed", None, now(), false),
            ("response.due_soon", Some(id(3)), now(), false),
        ] {
            let found = notification::was_told(&mut tx, kind, subject, since).await.unwrap();
            assert_eq!(found, expected, "{}: {kind} {subject:?} {since}", db.name);
        }
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn an_upload_that_nobody_starts_loses_its_file() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let run = ImportRun {
            id: ImportId(id(1)),
            file_name: "lijst.csv".to_owned(),
            file_hash: vec![1],
            state: ImportState::Previewed,
            dialect: "{}".to_owned(),
            mapping: "[]".to_owned(),
            ground: "null".to_owned(),
            n_rows: 1,
            progress: Progress::default(),
            failure: None,
            created_by: owner(),
            created_at: now(),
            finished_at: None,
            undone_at: None,
            trial: None,
            undo_report: None,
        };
        import::insert(&mut tx, &run, b"a;b").await.unwrap();
        let later = now() + SignedDuration::from_hours(25);
        assert_eq!(import::end_old_previews(&mut tx, now(), later).await.unwrap(), 0, "not yet");
        let after = now() + SignedDuration::from_hours(1);
        assert_eq!(import::end_old_previews(&mut tx, after, later).await.unwrap(), 1, "{}", db.name);
        assert_eq!(import::file(&mut tx, run.id).await.unwrap(), None, "{}", db.name);
        assert_eq!(import::get(&mut tx, run.id).await.unwrap().unwrap().state, ImportState::Stopped);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_somebody_booked_and_asked_last() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let one = stored(&mut tx, 1).await;
        for (n, state) in [(1_i64, "confirmed"), (2, "cancelled")] {
            tx.execute(
                "INSERT INTO booking (workspace_id, id, provider, uid, state, starts_at, ends_at, guest_name, guest_email,
                     note, language, ics_sequence, contact_id, created_at)
                 VALUES ($1, $2, 'own', $3, $4, $5, $5, '', '', '', 'nl', 0, $6, $5)",
                args![id(u128::try_from(n).unwrap()), format!("u{n}"), state, now(), one.contact_id],
            )
            .await
            .unwrap();
            tx.execute(
                "INSERT INTO quote_request (workspace_id, id, external_key, name, email, company_name, phone, text,
                     spam_reason, contact_id, created_at)
                 VALUES ($1, $2, $3, '', '', '', '', 'offerte', $4, $5, $6)",
                args![
                    id(10 + u128::try_from(n).unwrap()),
                    format!("f{n}"),
                    (n == 2).then_some("links"),
                    one.contact_id,
                    now() + SignedDuration::from_secs(n)
                ],
            )
            .await
            .unwrap();
        }
        let booked = booking::newest_of_contact(&mut tx, one.contact_id).await.unwrap().unwrap();
        assert_eq!(booked.uid, "u1", "{}: what was called off is none", db.name);
        let asked = quote_request::newest_of_contact(&mut tx, one.contact_id).await.unwrap().unwrap();
        assert_eq!(asked.external_key, "f1", "{}: spam is none", db.name);
        let nobody = ContactId(id(99));
        assert!(booking::newest_of_contact(&mut tx, nobody).await.unwrap().is_none());
        assert!(quote_request::newest_of_contact(&mut tx, nobody).await.unwrap().is_none());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn an_erased_colleague_leaves_nothing_in_the_pursuit_of_the_first_person() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let eva = stored(&mut tx, 1).await;
        let piet = ContactId(id(7));
        received(&mut tx, 1, "piet@klant.example", eva.contact_id, eva.id.0, "already_prospect").await;
        let run = |sql: &'static str, params| (sql, params);
        for (sql, params) in [
            run(
                "INSERT INTO finding (workspace_id, id, prospect_id, aspect, level, note, source_kind, source_id, found_at)
                 VALUES ($1, $2, $3, 'need', 'indicated', 'wat hij schreef', 'reply', $4, $5)",
                args![id(2), eva.id, id(101), now()],
            ),
            run(
                "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look, sort_name, sort_company, fit_score, created_at)
                 VALUES ($1, $2, $3, $4, 'new', 0, 0, FALSE, '', '', 0, $5)",
                args![id(3), eva.contact_id, eva.company_id, now()],
            ),
            run(
                "INSERT INTO lead_override (workspace_id, id, lead_id, value, reason, created_by, created_at)
                 VALUES ($1, $2, $3, 'never', 'Piet Bos wil niet', $2, $4)",
                args![id(4), id(3), now()],
            ),
            run(
                "INSERT INTO opportunity (workspace_id, id, prospect_id, company_id, name, state, opened_by, opened_evidence,
                     value_cents, currency, opened_at)
                 VALUES ($1, $2, $3, $4, 'Deal', 'open', 'intent', 'Piet Bos zei ja', 1, 'EUR', $5)",
                args![id(5), eva.id, eva.company_id, now()],
            ),
            run(
                "INSERT INTO promotion (workspace_id, id, lead_id, contact_id, company_id, prospect_id, cycle, rule,
                     config_version, model_digest, evidence, explanation_nl, explanation_en, decided_at, restore, undo_reason)
                 VALUES ($1, $2, $3, $4, $5, $6, 1, 'R1', 1, '', '[]', '', '', $7, '{}', 'Piet Bos belde')",
                args![id(6), id(3), eva.contact_id, eva.company_id, eva.id, now()],
            ),
            run("UPDATE prospect SET next_action = 'Bel Piet Bos' WHERE workspace_id = $1", vec![]),
        ] {
            tx.execute(sql, params).await.unwrap_or_else(|e| panic!("{e}: {sql}"));
        }
        let traces = Traces {
            contact: piet,
            email: Some("piet@klant.example"),
            full_name: Some("Piet Bos"),
            next_action: "Neem contact op",
        };
        erasure::wipe_traces(&mut tx, traces, now()).await.unwrap();
        for (table, column, expected) in [
            ("finding", "note", ""),
            ("lead_override", "reason", ""),
            ("opportunity", "opened_evidence", ""),
            ("opportunity", "name", "Deal"),
            ("promotion", "undo_reason", ""),
            ("prospect", "next_action", "Neem contact op"),
            ("inbound", "text", ""),
        ] {
            let sql = format!("SELECT {column} AS words FROM {table} WHERE workspace_id = $1");
            let row = tx.fetch_one(sql, vec![]).await.unwrap();
            assert_eq!(row.get::<String>("words").unwrap(), expected, "{}: {table}.{column}", db.name);
        }
        drop(tx);
        db.remove().await;
    }
}
