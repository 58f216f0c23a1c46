//! People, members, tokens, the audit trail, kept answers, counts and search.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{CompanyId, UserId};
use kiem_store::account::{self, Session, User};
use kiem_store::audit::AuditEntry;
use kiem_store::listing::terms;
use kiem_store::login_attempt::LoginAttempt;
use kiem_store::member::ApiToken;
use kiem_store::{audit, backup, find, idempotency, login_attempt, member, person, testing};
use uuid::Uuid;

fn now() -> Timestamp {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

fn user(n: u128, email: &str) -> User {
    User {
        id: UserId(Uuid::from_u128(n)),
        email: email.to_owned(),
        name: format!("Person {n}"),
        password_hash: "x".to_owned(),
        language: "nl".to_owned(),
        theme: "auto".to_owned(),
    }
}

#[tokio::test]
async fn members_and_tokens_belong_to_their_workspace() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let anna = user(1, "anna@kiem.example");
        let mut tx = db.store.begin(one).await.unwrap();
        member::insert_user(&mut tx, &anna, now()).await.unwrap();
        assert!(member::insert(&mut tx, anna.id, "owner", now()).await.unwrap());
        assert!(!member::insert(&mut tx, anna.id, "sales", now()).await.unwrap(), "once ({})", db.name);
        assert!(member::set_role(&mut tx, anna.id, "manager").await.unwrap());
        let token = ApiToken {
            id: Uuid::from_u128(9),
            name: "Koppeling".to_owned(),
            role: "sales".to_owned(),
            created_by: anna.id,
            created_at: now(),
            expires_at: Some(now() + SignedDuration::from_hours(1)),
            used_at: None,
            revoked_at: None,
        };
        member::insert_token(&mut tx, &token, b"hash").await.unwrap();
        assert!(member::update_workspace(&mut tx, "Nieuw", "Europe/Brussels", "en", "{}").await.unwrap());
        assert!(!member::release_sending(&mut tx).await.unwrap(), "it was not paused");
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(two).await.unwrap();
        assert!(member::all(&mut tx, true).await.unwrap().is_empty(), "{}", db.name);
        assert!(member::tokens(&mut tx).await.unwrap().is_empty());
        assert!(!member::revoke_token(&mut tx, token.id, now()).await.unwrap());
        assert!(!member::set_role(&mut tx, anna.id, "owner").await.unwrap());
        assert!(!member::remove(&mut tx, anna.id).await.unwrap());
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(one).await.unwrap();
        let members = member::all(&mut tx, true).await.unwrap();
        assert_eq!((members.len(), members[0].role.as_str()), (1, "manager"));
        assert_eq!(member::tokens(&mut tx).await.unwrap(), std::slice::from_ref(&token));
        assert!(member::revoke_token(&mut tx, token.id, now()).await.unwrap());
        assert!(!member::revoke_token(&mut tx, token.id, now()).await.unwrap(), "once");
        assert!(member::remove(&mut tx, anna.id).await.unwrap());
        tx.commit().await.unwrap();

        let mut global = db.store.global().await.unwrap();
        account::set_sending_paused(&mut global, one, Some("restored")).await.unwrap();
        assert_eq!(person::workspaces_named(&mut global, "Nieuw").await.unwrap(), [one]);
        global.commit().await.unwrap();
        let mut tx = db.store.begin(one).await.unwrap();
        assert!(member::release_sending(&mut tx).await.unwrap());
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn a_person_changes_themselves_and_ends_their_own_sessions_only() {
    for db in testing::both().await {
        let (anna, bea) = (user(1, "anna@kiem.example"), user(2, "bea@kiem.example"));
        let mut global = db.store.global().await.unwrap();
        for (n, person) in [&anna, &anna, &bea].into_iter().enumerate() {
            if n != 1 {
                account::insert_user(&mut global, person, now()).await.unwrap();
            }
            let session = Session {
                id: Uuid::from_u128(n as u128 + 10),
                user: person.id,
                user_agent: String::new(),
                created_at: now(),
                expires_at: now() + SignedDuration::from_hours(1),
            };
            account::insert_session(&mut global, &[n as u8], &session).await.unwrap();
        }
        assert!(person::update(&mut global, anna.id, "Anna", "en", "dark").await.unwrap());
        assert!(person::set_password(&mut global, anna.id, "y").await.unwrap());
        assert_eq!(person::sessions(&mut global, anna.id, now()).await.unwrap().len(), 2);
        assert!(!person::end_session(&mut global, anna.id, Uuid::from_u128(12)).await.unwrap(), "Bea's");
        let n = person::end_other_sessions(&mut global, anna.id, Some(Uuid::from_u128(10))).await.unwrap();
        assert_eq!(n, 1, "{}", db.name);
        assert!(person::end_session(&mut global, anna.id, Uuid::from_u128(10)).await.unwrap());
        assert_eq!(person::sessions(&mut global, bea.id, now()).await.unwrap().len(), 1);
        let lines = person::all(&mut global).await.unwrap();
        assert_eq!((lines.len(), lines[0].name.as_str(), &lines[0].role), (2, "Anna", &None));
        person::claim_instance_setting(&mut global, "first_owner", "x").await.unwrap();
        global.commit().await.unwrap();
        let mut global = db.store.global().await.unwrap();
        let noted = person::instance_setting(&mut global, "first_owner").await.unwrap();
        assert_eq!(noted.as_deref(), Some("x"), "{}", db.name);
        assert_eq!(person::instance_setting(&mut global, "other").await.unwrap(), None);
        let again = person::claim_instance_setting(&mut global, "first_owner", "y").await;
        assert!(matches!(again, Err(kiem_store::StoreError::Duplicate(_))), "{}", db.name);
        drop(global);
        db.remove().await;
    }
}

#[tokio::test]
async fn wrong_log_ins_are_kept_until_they_are_old() {
    for db in testing::both().await {
        let mut global = db.store.global().await.unwrap();
        assert_eq!(login_attempt::lock(&mut global, b"k", now()).await.unwrap().n_failed, 0);
        let attempt = LoginAttempt { n_failed: 4, last_at: now(), blocked_until: now() };
        login_attempt::save(&mut global, b"k", &attempt).await.unwrap();
        let later = now() + SignedDuration::from_hours(2);
        assert_eq!(login_attempt::lock(&mut global, b"k", later).await.unwrap(), attempt, "{}", db.name);
        assert_eq!(login_attempt::delete_old(&mut global, now()).await.unwrap(), 0);
        assert_eq!(login_attempt::delete_old(&mut global, later).await.unwrap(), 1);
        global.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn the_trail_and_kept_answers_stay_in_their_workspace() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        assert_eq!(audit::lock_end(&mut tx).await.unwrap(), (0, vec![]));
        let mut entries = Vec::new();
        for seq in 1..=3 {
            let entry = AuditEntry {
                seq,
                at: now(),
                actor_kind: "user".to_owned(),
                actor_id: Some(Uuid::from_u128(1)),
                action: "member.added".to_owned(),
                subject_kind: "user".to_owned(),
                subject_id: None,
                detail: "{}".to_owned(),
                hash: vec![u8::try_from(seq).unwrap()],
            };
            audit::append(&mut tx, &entry).await.unwrap();
            entries.push(entry);
        }
        assert_eq!(audit::lock_end(&mut tx).await.unwrap(), (3, vec![3]));
        assert_eq!(audit::after(&mut tx, 1, 10).await.unwrap(), entries[1..]);
        assert_eq!(audit::before(&mut tx, 3, 1).await.unwrap(), entries[1..2], "{}", db.name);
        assert_eq!(idempotency::take(&mut tx, "k", "POST /", b"h", now()).await.unwrap(), None);
        idempotency::keep(&mut tx, "k", "POST /", 201, "sealed").await.unwrap();
        let kept = idempotency::take(&mut tx, "k", "POST /", b"other", now()).await.unwrap().unwrap();
        assert_eq!(
            (kept.request_hash.as_slice(), kept.status, kept.body.as_str()),
            (&b"h"[..], 201, "sealed")
        );
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(two).await.unwrap();
        assert!(audit::after(&mut tx, 0, 10).await.unwrap().is_empty());
        assert_eq!(idempotency::take(&mut tx, "k", "POST /", b"h", now()).await.unwrap(), None);
        idempotency::give_back(&mut tx, "k", "POST /").await.unwrap();
        assert_eq!(idempotency::take(&mut tx, "k", "POST /", b"h", now()).await.unwrap(), None);
        let later = now() + SignedDuration::from_hours(1);
        assert_eq!(idempotency::delete_old(&mut tx, later).await.unwrap(), 1, "its own only");
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn counting_and_finding_work_on_both_and_a_copy_is_whole() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        tx.execute(
            "INSERT INTO company (workspace_id, id, name, name_key, domain, country, fit_known_percent, fit_reasons,
                 source, created_at, updated_at)
             VALUES ($1, $2, 'Bakkerij 100% Meel', 'bakkerij', 'meel.example', 'NL', 0, '[]', 'test', $3, $3)",
            kiem_store::args![Uuid::from_u128(5), now()],
        )
        .await
        .unwrap();
        let counts = find::work_counts(&mut tx, jiff::civil::date(2026, 11, 24)).await.unwrap();
        assert_eq!((counts.today, counts.inbox, counts.campaigns), (0, 0, 0));
        terms::write(&mut tx, &[CompanyId(Uuid::from_u128(5))]).await.unwrap();
        let found = find::everywhere(&mut tx, "MEEL bakker", 8).await.unwrap();
        assert_eq!(found.len(), 1, "{}", db.name);
        assert_eq!((found[0].kind, found[0].detail.as_str()), ("company", "meel.example"));
        assert_eq!(find::everywhere(&mut tx, "100%", 8).await.unwrap().len(), 1);
        for nothing in ["akkerij", "meel kaas", "%"] {
            assert!(find::everywhere(&mut tx, nothing, 8).await.unwrap().is_empty(), "{nothing}");
        }
        tx.commit().await.unwrap();

        assert!(!backup::is_empty(&db.store).await.unwrap());
        assert!(backup::problems(&db.store).await.unwrap().is_empty());
        let folder = std::env::temp_dir().join(format!("kiem-copy-{}-{}", std::process::id(), db.name));
        std::fs::create_dir(&folder).unwrap();
        let file = folder.join("kiem.sqlite");
        let copied = backup::copy_to(&db.store, &file).await.unwrap();
        assert_eq!(copied, db.name == "sqlite", "PostgreSQL brings its own tool");
        if copied {
            let copy = kiem_store::Store::open(&format!("sqlite:{}", file.display()), 2).await.unwrap();
            assert!(account::workspace(&mut copy.global_read().await.unwrap(), ws).await.unwrap().is_some());
            copy.close().await;
        }
        std::fs::remove_dir_all(&folder).unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn subjects_of_the_trail_have_the_name_that_they_have_now() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let kinds = [
            "api_token",
            "booking_page",
            "campaign",
            "company",
            "contact",
            "import",
            "inlet",
            "lead",
            "mailbox",
            "message",
            "opportunity",
            "prospect",
            "quote",
            "site",
            "task",
            "webhook_endpoint",
            "workspace",
        ];
        let entry = |(n, kind): (usize, &&str)| AuditEntry {
            seq: n as i64 + 1,
            at: now(),
            actor_kind: "user".to_owned(),
            actor_id: None,
            action: "x.changed".to_owned(),
            subject_kind: (*kind).to_owned(),
            subject_id: Some(Uuid::from_u128(n as u128 + 1)),
            detail: "{}".to_owned(),
            hash: Vec::new(),
        };
        let entries: Vec<AuditEntry> = kinds.iter().enumerate().map(entry).collect();
        let mut tx = db.store.begin(one).await.unwrap();
        tx.execute(
            "INSERT INTO company (workspace_id, id, name, name_key, domain, country, fit_known_percent, fit_reasons,
                 source, created_at, updated_at)
             VALUES ($1, $2, 'Bakkerij Meel', 'bakkerij', 'meel.example', 'NL', 0, '[]', 'test', $3, $3)",
            kiem_store::args![Uuid::from_u128(4), now()],
        )
        .await
        .unwrap();
        let names = audit::subject_names(&mut tx, &entries).await.unwrap();
        assert_eq!(names, [(Uuid::from_u128(4), "Bakkerij Meel".to_owned())].into(), "{}", db.name);
        assert!(audit::subject_names(&mut tx, &[]).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(audit::subject_names(&mut tx, &entries).await.unwrap().is_empty(), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}
