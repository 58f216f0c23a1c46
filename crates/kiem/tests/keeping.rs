//! Backup and restore: a restored installation sends nothing until it is released, and then nothing twice.

mod support;

use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use kiem::engine::backup::{self, BackupError};
use kiem::engine::jobs::JobKind;
use kiem::engine::outreach::WindowSetting;
use kiem::engine::outreach::approval::Seen;
use kiem::engine::outreach::campaigns::{CampaignInput, StepInput};
use kiem::engine::outreach::mailboxes::MailboxInput;
use kiem::engine::send::{MailServer, MailServers, Sender};
use kiem::engine::{Engine, Keys, Role};
use kiem::messages::Lang;
use kiem_domain::id::ContactId;
use kiem_domain::sequence::StepKind;
use kiem_store::message::MessageFilter;
use kiem_store::{Store, job};
use support::smtp_sink::{Fault, SmtpSink};
use support::{House, MASTER};

/// A running campaign of one mail over the sink.
async fn campaign(house: &House, sink: &SmtpSink) {
    house.live().await;
    let owner = house.caller(Role::Owner);
    let server = MailServer {
        host: "127.0.0.1".to_owned(),
        port: sink.address.port(),
        security: "plain_loopback".to_owned(),
        username: String::new(),
        extra_root: None,
    };
    let mailbox = MailboxInput {
        kind: "smtp_imap".to_owned(),
        address: "jan@kiem.example".to_owned(),
        display_name: "Jan de Boer".to_owned(),
        servers: MailServers { smtp: Some(server.clone()), imap: Some(server), sent_folder: String::new() },
        password: None,
        signature: "Jan".to_owned(),
        daily_cap: 100,
        gap_seconds_min: 0,
    };
    let mailbox_id = house.engine.create_mailbox(&owner, &mailbox).await.unwrap();
    let input = CampaignInput {
        name: "Kennismaken".to_owned(),
        language: "nl".to_owned(),
        mailbox_id,
        window: WindowSetting::default(),
    };
    let step = StepInput {
        id: None,
        kind: StepKind::Mail,
        wait_days: None,
        subject: Some("Vraag".to_owned()),
        body: Some("Dag {{ contact.first_name }}.".to_owned()),
        task: None,
        task_channel: None,
    };
    let id = house.engine.create_campaign(&owner, &input, &[step]).await.unwrap();
    house.engine.start_campaign(&owner, id).await.unwrap();
    let mut leads = Vec::new();
    for n in 1..=4 {
        let (email, company) = (format!("eva@klant{n}.example"), format!("Bakkerij {n}"));
        leads.push(house.lead(n, &email, "Eva", "Meer", &company).await);
    }
    house.engine.enrol(&owner, id, &leads).await.unwrap();
    house.run_jobs().await;
    let filter = MessageFilter { campaign: None, state: None, after: None, limit: 100 };
    let seen: Vec<Seen> = house
        .engine
        .messages(&owner, filter)
        .await
        .unwrap()
        .into_iter()
        .map(|m| Seen { id: m.new.id, subject: m.new.subject, body: m.new.body })
        .collect();
    assert_eq!(house.engine.approve(&owner, &seen).await.unwrap().len(), 4);
}

/// Tries to send for as long as lanes need to end.
async fn send(sender: &Sender) {
    for _ in 0..6 {
        sender.send_due().await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn database_file(url: &str) -> PathBuf {
    PathBuf::from(url.strip_prefix("sqlite:").unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_sends_nothing_before_its_release_and_nothing_twice_after() {
    let house = House::sqlite().await;
    let sink = SmtpSink::start(|_| Fault::None, Duration::ZERO).await;
    campaign(&house, &sink).await;

    let file = house.data_dir.join("friday.backup");
    assert!(backup::back_up(&house.db.store, &file).await.unwrap());
    assert!(
        matches!(backup::back_up(&house.db.store, &file).await, Err(BackupError::Exists(_))),
        "a backup never overwrites one"
    );

    // After the backup everything leaves, one opts out and one is erased; then the machine is lost, the journal file is not.
    send(&Sender::start(&house.engine).unwrap()).await;
    assert_eq!(sink.mails().len(), 4);
    opt_out_and_erase(&house).await;

    let place = house.data_dir.join("new.sqlite");
    let journal = house.engine.config().journal_file();
    let restored = backup::restore_sqlite(&file, &place, &journal, house.clock.now()).await.unwrap();
    assert_eq!((restored.n_workspaces, restored.n_journal_steps), (1, 4));
    assert_eq!((restored.n_opt_outs, restored.n_erased), (2, 1), "the erased person is suppressed too");
    assert!(
        matches!(
            backup::restore_sqlite(&file, &place, &journal, house.clock.now()).await,
            Err(BackupError::NotEmpty(_))
        ),
        "a restore never overwrites data"
    );

    let store = Store::open(&format!("sqlite:{}", place.display()), 4).await.unwrap();
    let again = Engine::new(
        store.clone(),
        house.clock.clone(),
        Keys::from_master(&MASTER),
        house.engine.config().clone(),
    );
    nobody_came_back(&again, &house).await;
    let sender = Sender::start(&again).unwrap();
    send(&sender).await;
    assert_eq!(sink.mails().len(), 4, "nothing before the release");

    let manager = house.caller(Role::Manager);
    assert!(again.release_sending(&manager).await.is_err(), "only an owner releases");
    again.release_sending(&house.caller(Role::Owner)).await.unwrap();
    assert!(again.release_sending(&house.caller(Role::Owner)).await.is_err(), "once is enough");
    send(&sender).await;
    assert_eq!(sink.mails().len(), 4, "nothing twice after it");
    let filter = MessageFilter { campaign: None, state: None, after: None, limit: 100 };
    let all = again.messages(&house.caller(Role::Owner), filter).await.unwrap();
    assert!(
        all.iter()
            .all(|m| matches!(m.reason.as_deref(), Some("sent_before_restore" | "suppressed" | "erased"))),
        "each says why it stays: {:?}",
        all.iter().map(|m| (m.new.state, m.reason.clone())).collect::<Vec<_>>()
    );
    store.close().await;
    house.close().await;
}

fn contact(n: u128) -> ContactId {
    ContactId(uuid::Uuid::from_u128((n << 16) + 2))
}

async fn opt_out_and_erase(house: &House) {
    let owner = house.caller(Role::Owner);
    assert!(house.engine.suppress_by_hand(&owner, "eva@klant1.example", "asked by phone").await.unwrap());
    house.engine.erase_contact(&owner, contact(2)).await.unwrap();
}

/// Who opted out or was erased after the backup is so in the restored one.
async fn nobody_came_back(again: &Engine, house: &House) {
    let mut tx = again.store().read(house.workspace).await.unwrap();
    for address in ["eva@klant1.example", "eva@klant2.example"] {
        let address = kiem_domain::contact::EmailAddress::parse(address).unwrap();
        assert!(again.is_suppressed(&mut tx, &address).await.unwrap(), "{address}");
    }
    let erased = kiem_store::contact::get(&mut tx, contact(2)).await.unwrap().unwrap();
    assert_eq!((erased.email, erased.given_name), (None, None));
}

/// Runs the program itself on a database and data folder.
fn kiem(url: &str, data_dir: &std::path::Path, words: &[&str]) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_kiem"))
        .args(words)
        .env("KIEM_DATABASE_URL", url)
        .env("KIEM_DATA_DIR", data_dir)
        .output()
        .unwrap();
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "kiem {words:?}: {text}");
    text
}

/// How many rows each table has; a workspace's tables are asked inside it.
async fn row_counts(store: &Store, workspace: kiem_domain::id::WorkspaceId) -> Vec<(String, i64)> {
    let mut tx = store.read(workspace).await.unwrap();
    let tables = tx
        .fetch_all(
            "SELECT c.relname AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
               AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id')
               AND $1::uuid IS NOT NULL AND c.relname <> 'workspace_id' ORDER BY c.relname",
            vec![],
        )
        .await
        .unwrap();
    let mut counts = Vec::new();
    for table in tables {
        let name: String = table.get("name").unwrap();
        let sql = format!("SELECT COUNT(*) AS n FROM \"{name}\" WHERE workspace_id = $1");
        let n = tx.fetch_one(sql, vec![]).await.unwrap().get("n").unwrap();
        counts.push((name, n));
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_backup_brings_every_row_back_and_holds_the_sending() {
    let house = House::postgres().await;
    std::fs::write(house.engine.config().key_file(), MASTER).unwrap();
    let sink = SmtpSink::start(|_| Fault::None, Duration::ZERO).await;
    campaign(&house, &sink).await;
    let before = row_counts(&house.db.store, house.workspace).await;
    assert!(before.iter().any(|(name, n)| name == "message" && *n == 4), "{before:?}");
    let file = house.data_dir.join("friday.backup");
    kiem(&house.db.url, &house.data_dir, &["backup", file.to_str().unwrap()]);
    send(&Sender::start(&house.engine).unwrap()).await;
    assert_eq!(sink.mails().len(), 4);
    opt_out_and_erase(&house).await;

    let new = kiem_store::testing::postgres().await;
    let said = kiem(&new.url, &house.data_dir, &["restore", file.to_str().unwrap()]);
    for sentence in
        ["1 workspaces are back", "4 steps", "2 opt-outs", "1 people", "until an owner releases it"]
    {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
    let store = Store::open(&new.url, 4).await.unwrap();
    let is_kept = |row: &&(String, i64)| !["journal_step", "suppression", "ground"].contains(&row.0.as_str());
    let after = row_counts(&store, house.workspace).await;
    assert_eq!(
        after.iter().filter(is_kept).collect::<Vec<_>>(),
        before.iter().filter(is_kept).collect::<Vec<_>>()
    );

    let again = Engine::new(
        store.clone(),
        house.clock.clone(),
        Keys::from_master(&MASTER),
        house.engine.config().clone(),
    );
    nobody_came_back(&again, &house).await;
    let sender = Sender::start(&again).unwrap();
    send(&sender).await;
    again.release_sending(&house.caller(Role::Owner)).await.unwrap();
    send(&sender).await;
    assert_eq!(sink.mails().len(), 4, "nothing before the release, nothing twice after it");
    store.close().await;
    new.remove().await;
    house.close().await;
}

#[tokio::test]
async fn what_is_no_backup_is_refused_and_leaves_nothing() {
    let house = House::sqlite().await;
    let (file, place) = (house.data_dir.join("holiday.jpg"), house.data_dir.join("new.sqlite"));
    std::fs::write(&file, vec![0xff; 5000]).unwrap();
    let journal = house.engine.config().journal_file();
    let refused = backup::restore_sqlite(&file, &place, &journal, house.clock.now()).await;
    assert!(matches!(refused, Err(BackupError::NotABackup { .. })), "{refused:?}");
    assert!(!place.exists());
    assert!(database_file(&house.db.url).exists());
    house.close().await;
}

#[tokio::test]
async fn a_database_is_only_opened_with_its_own_key() {
    let house = House::sqlite().await;
    let (store, path) = (&house.db.store, house.engine.config().key_file());
    let missing = Keys::of_installation(store, &path).await.unwrap_err();
    assert!(missing.to_string().contains("Put the file back"), "{missing}");
    assert!(!path.exists(), "no new key is made for old data");

    std::fs::write(&path, MASTER).unwrap();
    Keys::of_installation(store, &path).await.unwrap();
    Keys::of_installation(store, &path).await.unwrap();
    std::fs::write(&path, [8; 32]).unwrap();
    let foreign = Keys::of_installation(store, &path).await.unwrap_err();
    assert!(matches!(foreign, kiem::engine::keys::KeyError::Foreign { .. }), "{foreign}");
    house.close().await;

    let empty = kiem_store::testing::sqlite().await;
    let path = std::env::temp_dir().join(format!("kiem-key-{}", uuid::Uuid::from_bytes(support::random())));
    Keys::of_installation(&empty.store, &path).await.unwrap();
    assert!(path.exists(), "the first start makes the key");
    std::fs::remove_file(&path).unwrap();
    assert!(Keys::of_installation(&empty.store, &path).await.is_err(), "from then on it is needed");
    empty.remove().await;
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_reads_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::sqlite().await;
    let file = database_file(&house.db.url);
    let mut n_files = 0;
    for ending in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{ending}", file.display()));
        let Ok(found) = std::fs::metadata(&path) else { continue };
        assert_eq!(found.permissions().mode() & 0o777, 0o600, "{}", path.display());
        n_files += 1;
    }
    assert!(n_files >= 1);
    house.close().await;
}

#[tokio::test]
async fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let house = House::sqlite().await;
    let sentences = |findings: Vec<kiem::engine::doctor::Finding>| -> String {
        let ill = findings.into_iter().filter(|f| !f.is_well);
        ill.map(|f| format!("{}\n{}\n", f.sentence(Lang::En), f.sentence(Lang::Nl))).collect()
    };
    let before = sentences(house.engine.examine().await.unwrap());
    assert!(before.contains("key file"), "{before}");
    assert!(before.contains("there is no mailbox"), "{before}");
    Keys::create(&house.engine.config().key_file()).unwrap();
    let mut global = house.db.store.global().await.unwrap();
    kiem_store::account::set_sending_paused(&mut global, house.workspace, Some(backup::RESTORED))
        .await
        .unwrap();
    global.commit().await.unwrap();
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    house.engine.enqueue(&mut tx, JobKind::AdvanceSequences, "all", "{}", house.clock.now()).await.unwrap();
    let lease = SignedDuration::from_secs(60);
    let claimed = job::claim(&mut tx, house.clock.now(), lease, 9).await.unwrap();
    for one in &claimed {
        assert!(job::fail(&mut tx, one, "the disk is full", None).await.unwrap());
    }
    tx.commit().await.unwrap();
    let after = sentences(house.engine.examine().await.unwrap());
    assert!(!after.contains("key file"), "{after}");
    assert!(
        after.contains("the work advance_sequences was given up (the disk is full; tries: 1)"),
        "{after}"
    );
    assert!(after.contains("nothing is sent, because it came back from a backup"), "{after}");
    assert!(after.contains("er wordt niets verstuurd, want deze werkruimte komt uit een back-up"), "{after}");
    assert!(!after.contains("doctor."), "every sentence is in both catalogues: {after}");
    house.close().await;
}
