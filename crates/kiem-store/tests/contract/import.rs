//! Uploads: they go on where they were, are taken back by their trace, and what stays of them.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{CompanyId, ImportId, UserId};
use kiem_store::company;
use kiem_store::contact;
use kiem_store::ground;
use kiem_store::import::{self, ImportRowError, ImportRun, ImportState, Progress};
use kiem_store::import_trace::{self, ChangedKind, ImportChange, OutcomeBlock, Unchanged};
use kiem_store::lead::{self, Lead};
use kiem_store::{Tx, args, erasure, testing};
use uuid::Uuid;

use crate::audience::{a_company, a_contact, a_lead};
use crate::sales::now;

/// An upload of two columns, just looked at.
fn an_upload(id: ImportId) -> ImportRun {
    ImportRun {
        id,
        file_name: "lijst.csv".to_owned(),
        file_hash: vec![1, 2],
        state: ImportState::Previewed,
        dialect: "{}".to_owned(),
        mapping: "[]".to_owned(),
        ground: "null".to_owned(),
        n_rows: 3,
        progress: Progress::default(),
        failure: None,
        created_by: UserId(Uuid::from_u128(9)),
        created_at: now(),
        finished_at: None,
        undone_at: None,
        trial: None,
        undo_report: None,
    }
}

#[tokio::test]
async fn an_upload_goes_on_exactly_where_it_was() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let id = ImportId(Uuid::from_u128(1));
        let run = an_upload(id);
        import::insert(&mut tx, &run, b"a;b").await.unwrap();
        assert_eq!(import::get(&mut tx, id).await.unwrap(), Some(run));
        assert!(import::put_trial(&mut tx, id, "{}").await.unwrap());
        assert!(!import::pause(&mut tx, id, now()).await.unwrap(), "not begun yet");
        let done = Progress { n_done: 2, n_contacts_created: 2, n_errors: 1, ..Progress::default() };
        assert!(!import::advance(&mut tx, id, 0, &done).await.unwrap(), "not begun yet");
        assert!(import::start(&mut tx, id, "{}", "[1]", "{}").await.unwrap());
        assert!(!import::start(&mut tx, id, "{}", "[1]", "{}").await.unwrap(), "begun once");
        assert!(!import::put_trial(&mut tx, id, "{}").await.unwrap(), "no trial of what runs");
        assert!(import::pause(&mut tx, id, now()).await.unwrap());
        assert_eq!(import::get(&mut tx, id).await.unwrap().unwrap().state, ImportState::Paused);
        assert!(!import::advance(&mut tx, id, 0, &done).await.unwrap(), "it waits");
        assert!(import::resume(&mut tx, id).await.unwrap() && !import::resume(&mut tx, id).await.unwrap());
        assert!(import::advance(&mut tx, id, 0, &done).await.unwrap());
        assert!(import::note_rows(&mut tx, id, 4).await.unwrap());
        assert_eq!(import::get(&mut tx, id).await.unwrap().unwrap().n_rows, 4);
        assert!(!import::note_rows(&mut tx, ImportId(Uuid::nil()), 4).await.unwrap());
        assert!(
            !import::advance(&mut tx, id, 0, &done).await.unwrap(),
            "another worker was first ({})",
            db.name
        );
        let wrong = |row_number, code: &str| ImportRowError {
            row_number,
            code: code.to_owned(),
            column_name: "E-mail".to_owned(),
            value: "x".to_owned(),
            row_text: "[]".to_owned(),
        };
        let errors = [wrong(2, "email"), wrong(2, "phone"), wrong(5, "email")];
        import::insert_errors(&mut tx, id, &errors).await.unwrap();
        assert_eq!(import::insert_errors(&mut tx, id, &errors).await.unwrap(), 0, "told once");
        assert_eq!(import::errors(&mut tx, id, 0, 1).await.unwrap(), errors[..2]);
        assert_eq!(import::errors(&mut tx, id, 2, 10).await.unwrap(), errors[2..]);
        assert_eq!(import::file(&mut tx, id).await.unwrap().as_deref(), Some(&b"a;b"[..]));
        assert!(import::end(&mut tx, id, ImportState::Finished, None, now()).await.unwrap());
        assert!(!import::end(&mut tx, id, ImportState::Stopped, None, now()).await.unwrap());
        import::forget_files(&mut tx, now()).await.unwrap();
        assert!(import::file(&mut tx, id).await.unwrap().is_some(), "not yet");
        import::forget_files(&mut tx, now() + SignedDuration::from_secs(1)).await.unwrap();
        assert_eq!(import::file(&mut tx, id).await.unwrap(), None, "the file is not kept");
        let listed = import::list(&mut tx, now() + SignedDuration::from_secs(1), 10).await.unwrap();
        assert_eq!((listed.len(), listed[0].progress, listed[0].state), (1, done, ImportState::Finished));
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn what_was_cut_short_in_a_shell_is_found_by_its_file_and_how_it_is_read() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let run = an_upload(ImportId(Uuid::from_u128(1)));
        // From a shell nothing is kept of the file: what was cut short is found by it and by how it is read.
        let from_shell =
            ImportRun { id: ImportId(Uuid::from_u128(77)), dialect: "{}".to_owned(), ..run.clone() };
        import::insert(&mut tx, &from_shell, &[]).await.unwrap();
        assert_eq!(import::cut_short(&mut tx, &from_shell).await.unwrap(), None, "it was not begun");
        import::start(&mut tx, from_shell.id, "{}", &run.mapping, &run.ground).await.unwrap();
        let cut = import::cut_short(&mut tx, &from_shell).await.unwrap();
        assert_eq!(cut.map(|cut| (cut.id, cut.state)), Some((from_shell.id, ImportState::Running)));
        let other = ImportRun { mapping: "[9]".to_owned(), ..from_shell.clone() };
        assert_eq!(import::cut_short(&mut tx, &other).await.unwrap(), None, "another order");
        import::end(&mut tx, from_shell.id, ImportState::Stopped, None, now()).await.unwrap();
        assert_eq!(import::cut_short(&mut tx, &from_shell).await.unwrap(), None, "it is over");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn with_which_list_companies_of_before_came_is_known_after_the_update() {
    for db in testing::both_after(29).await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let minutes = |n| now() + SignedDuration::from_mins(n);
        let lists =
            [(1, "lijst.csv", 0, Some(5)), (2, "lijst.csv", 10, Some(15)), (3, "anders.csv", 0, None)];
        for (n, name, begun, ended) in lists {
            let mut run = an_upload(ImportId(Uuid::from_u128(n)));
            (run.file_name, run.created_at) = (name.to_owned(), minutes(begun));
            run.finished_at = ended.map(minutes);
            import::insert(&mut tx, &run, &[]).await.unwrap();
        }
        let cases = [
            (11, "lijst.csv", 0, Some(1)),
            (12, "lijst.csv", 12, Some(2)),
            (13, "lijst.csv", 7, None),
            (14, "anders.csv", 0, Some(3)),
            (15, "manual", 1, None),
        ];
        for (n, source, at, _) in cases {
            let mut firm = a_company(n, &format!("Firma{n}"));
            (firm.import_id, firm.source, firm.created_at) = (None, source.to_owned(), minutes(at));
            company::insert_many(&mut tx, [&firm]).await.unwrap();
        }
        tx.commit().await.unwrap();
        db.store.migrate().await.unwrap();
        let mut tx = db.store.read(ws).await.unwrap();
        for (n, source, _, expected) in cases {
            let firm = company::get(&mut tx, CompanyId(Uuid::from_u128(n))).await.unwrap().unwrap();
            let expected = expected.map(|n| ImportId(Uuid::from_u128(n)));
            assert_eq!(firm.import_id, expected, "{} {source}", db.name);
        }
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn which_list_gave_a_fact_stays_and_what_it_was_goes() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let id = ImportId(Uuid::from_u128(1));
        let run = an_upload(id);
        import::insert(&mut tx, &run, b"a;b").await.unwrap();
        import::start(&mut tx, id, "{}", "[1]", "{}").await.unwrap();
        import::end(&mut tx, id, ImportState::Finished, None, now()).await.unwrap();
        let change = ImportChange {
            kind: ChangedKind::Contact,
            subject: Uuid::from_u128(5),
            facts: "{\"title\":[null,\"Directeur\"]}".to_owned(),
            fields: "title".to_owned(),
        };
        let ground = ImportChange { kind: ChangedKind::Ground, fields: String::new(), ..change.clone() };
        import_trace::put_changes(&mut tx, id, &[change.clone(), ground]).await.unwrap();
        import::forget_files(&mut tx, now()).await.unwrap();
        assert_eq!(import_trace::changes(&mut tx, id, 10).await.unwrap().len(), 2);
        import::forget_files(&mut tx, now() + SignedDuration::from_secs(1)).await.unwrap();
        let left = import_trace::changes(&mut tx, id, 10).await.unwrap();
        assert_eq!(
            left,
            [ImportChange { facts: "{}".to_owned(), ..change.clone() }],
            "who gave it, not what was"
        );
        let gave = import_trace::given_to(&mut tx, ChangedKind::Contact, &[change.subject]).await.unwrap();
        let list = (gave[0].list.as_str(), gave[0].fields.as_str(), gave[0].at);
        assert_eq!((gave.len(), list), (1, (run.file_name.as_str(), "title", now())));
        drop(tx);
        db.remove().await;
    }
}

/// Rows that a list taken back left behind are handed out newest first, until nothing can be taken back any more.
async fn left_rows_wait_for_the_list_after(
    tx: &mut Tx,
    id: ImportId,
    all: &[OutcomeBlock],
    before: Timestamp,
) {
    assert_eq!(import_trace::next_left(tx, None).await.unwrap(), None);
    for block in all {
        import_trace::put_left(tx, id, block).await.unwrap();
    }
    let fewer = OutcomeBlock { first_row: 0, outcomes: vec![1] };
    import_trace::put_left(tx, id, &fewer).await.unwrap();
    let last = import_trace::next_left(tx, None).await.unwrap();
    assert_eq!(last, Some((id, all[1].clone())));
    let first = import_trace::next_left(tx, Some((id, 2))).await.unwrap();
    assert_eq!(first, Some((id, fewer)));
    assert_eq!(import_trace::next_left(tx, Some((id, 0))).await.unwrap(), None);
    import_trace::remove_left(tx, id, 2).await.unwrap();
    import::forget_files(tx, before).await.unwrap();
    assert!(import_trace::next_left(tx, None).await.unwrap().is_some(), "what came after may be taken back");
    import::forget_files(tx, now() + SignedDuration::from_secs(1)).await.unwrap();
    assert_eq!(import_trace::next_left(tx, None).await.unwrap(), None);
}

#[tokio::test]
async fn an_upload_is_taken_back_once_and_by_its_trace() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let id = ImportId(Uuid::from_u128(1));
        tx.execute(
            "INSERT INTO import_run (workspace_id, id, file_name, file_hash, state, dialect, mapping, ground, n_rows, n_done,
                 n_companies_created, n_companies_matched, n_contacts_created, n_contacts_matched, n_errors, n_suppressed,
                 created_by, created_at)
             VALUES ($1, $2, 'a.csv', $3, 'running', '{}', '[]', '{}', 2, 1, 0, 0, 0, 0, 0, 0, $2, $4)",
            args![id, vec![0_u8], now()],
        )
        .await
        .unwrap();
        assert!(!import::begin_undo(&mut tx, id, now(), now()).await.unwrap(), "it runs");
        assert!(!import::put_undo_report(&mut tx, id, "{}").await.unwrap());
        import::end(&mut tx, id, ImportState::Finished, None, now()).await.unwrap();
        assert!(!import::begin_undo(&mut tx, id, now(), now()).await.unwrap(), "too late");
        let before = now() - SignedDuration::from_secs(1);
        assert!(import::begin_undo(&mut tx, id, before, now()).await.unwrap());
        assert!(!import::begin_undo(&mut tx, id, before, now()).await.unwrap(), "once");
        assert!(import::put_undo_report(&mut tx, id, "{}").await.unwrap());
        assert_eq!(import::get(&mut tx, id).await.unwrap().unwrap().state, ImportState::Undone);

        for (first_row, bytes) in [(0, vec![1_u8, 2]), (2, vec![3])] {
            let block = OutcomeBlock { first_row, outcomes: bytes };
            import_trace::insert_outcomes(&mut tx, id, &block).await.unwrap();
        }
        let all = import_trace::outcomes(&mut tx, id, -1, 10).await.unwrap();
        assert_eq!(all.iter().map(|b| b.first_row).collect::<Vec<_>>(), [0, 2], "{}", db.name);
        assert_eq!(import_trace::outcomes(&mut tx, id, 0, 10).await.unwrap(), all[1..]);
        assert_eq!(import_trace::last_outcomes(&mut tx, id, 1).await.unwrap(), all[1..]);
        import_trace::remove_outcomes(&mut tx, id, 2).await.unwrap();
        assert_eq!(import_trace::last_outcomes(&mut tx, id, 9).await.unwrap(), all[..1]);

        left_rows_wait_for_the_list_after(&mut tx, id, &all, before).await;

        let change = |n: u128, facts: &str| ImportChange {
            kind: ChangedKind::Company,
            subject: Uuid::from_u128(n),
            facts: facts.to_owned(),
            fields: "city,phone".to_owned(),
        };
        import_trace::put_changes(&mut tx, id, &[change(1, "{}"), change(2, "{}")]).await.unwrap();
        import_trace::put_changes(&mut tx, id, &[change(1, "[1]")]).await.unwrap();
        let of_one = import_trace::changes_of(&mut tx, id, ChangedKind::Company, &[Uuid::from_u128(1)]).await;
        assert_eq!(of_one.unwrap(), [change(1, "[1]")]);
        assert_eq!(import_trace::changes(&mut tx, id, 10).await.unwrap().len(), 2);
        let firms = [Uuid::from_u128(1), Uuid::from_u128(9)];
        let gave = import_trace::given_to(&mut tx, ChangedKind::Company, &firms).await.unwrap();
        assert_eq!(gave, [], "it was taken back");
        import_trace::remove_change(&mut tx, id, &change(1, "")).await.unwrap();
        assert_eq!(import_trace::changes(&mut tx, id, 10).await.unwrap(), [change(2, "{}")]);
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn who_came_in_goes_unless_something_happened_since() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let company = a_company(1, "Noord");
        company::insert_many(&mut tx, std::slice::from_ref(&company)).await.unwrap();
        let people = [a_contact(1, &company, Some("a@noord.example")), a_contact(2, &company, None)];
        contact::insert_many(&mut tx, &people, None).await.unwrap();
        let leads: Vec<Lead> = people.iter().map(|p| a_lead(p.id.0.as_u128(), &company, p, "x")).collect();
        lead::insert_many(&mut tx, &leads).await.unwrap();
        assert_eq!(ground::without(&mut tx, &[people[0].id]).await.unwrap(), [people[0].id]);
        tx.execute(
            "UPDATE lead SET state = 'approached' WHERE workspace_id = $1 AND id = $2",
            args![leads[1].id],
        )
        .await
        .unwrap();
        let ids = people.map(|p| p.id);
        let earlier = now() - SignedDuration::from_secs(1);
        assert_eq!(
            import_trace::remove_people(&mut tx, &ids, Unchanged::Since(earlier)).await.unwrap().len(),
            0,
            "changed since"
        );
        assert_eq!(
            import_trace::remove_people(&mut tx, &ids, Unchanged::Since(now())).await.unwrap().len(),
            1,
            "{}",
            db.name
        );
        assert!(contact::get(&mut tx, ids[0]).await.unwrap().is_none());
        assert_eq!(
            import_trace::remove_companies(&mut tx, &[company.id], Unchanged::Since(now()))
                .await
                .unwrap()
                .len(),
            0,
            "people"
        );
        tx.execute("UPDATE lead SET state = 'new' WHERE workspace_id = $1 AND id = $2", args![leads[1].id])
            .await
            .unwrap();
        assert_eq!(
            import_trace::remove_people(&mut tx, &ids, Unchanged::Since(now())).await.unwrap().len(),
            1
        );
        erasure::keep_name(&mut tx, Uuid::from_u128(9), company.id, &[1], now()).await.unwrap();
        assert_eq!(
            import_trace::remove_companies(&mut tx, &[company.id], Unchanged::Since(now()))
                .await
                .unwrap()
                .len(),
            1
        );
        tx.commit().await.unwrap();
        db.remove().await;
    }
}
