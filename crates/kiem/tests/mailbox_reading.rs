//! Reading a real Dovecot: nothing twice, nothing missed, nothing marked as read, and "healthy" means complete.

mod support;

use std::time::{Duration, Instant};

use kiem::engine::inbound::{OpenInbox, Received, Trouble};
use kiem::engine::{Clock, Role};
use kiem_domain::id::MailboxId;
use kiem_store::mailbox::{self, Mailbox};
use kiem_store::{args, inbound};
use support::House;
use support::mail_servers::{MailServers, PASSWORD};

const JAN: &str = "jan@kiem.example";

struct Reading {
    mail: MailServers,
    house: House,
    id: MailboxId,
}

impl Reading {
    async fn start() -> Reading {
        let mail = MailServers::start();
        let house = House::on(kiem_store::testing::sqlite().await, Clock::System, |_| None).await;
        house.live().await;
        let id = house.engine.create_mailbox(&house.caller(Role::Owner), &mail.mailbox()).await.unwrap();
        Reading { mail, house, id }
    }

    /// Lays a mail from Eva into the inbox.
    fn lay(&self, n: usize) -> std::path::PathBuf {
        self.mail.lay(JAN, &letter(n, "Dag Jan, dank voor je bericht."))
    }

    async fn open(&self) -> OpenInbox {
        self.house.engine.open_inbox(self.house.workspace, self.id).await.unwrap()
    }

    async fn look(&self, inbox: &mut OpenInbox) -> Received {
        let mut trouble = Trouble::default();
        self.house.engine.receive_imap(self.house.workspace, self.id, inbox, &mut trouble).await.unwrap()
    }

    /// A new connection and one look.
    async fn look_anew(&self) -> Received {
        self.look(&mut self.open().await).await
    }

    /// The keys of all mails that were taken in, in order.
    async fn taken(&self) -> Vec<String> {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        let rows = tx
            .fetch_all(
                "SELECT external_key FROM inbound WHERE workspace_id = $1 ORDER BY external_key",
                vec![],
            )
            .await
            .unwrap();
        rows.iter().map(|row| row.get("external_key").unwrap()).collect()
    }

    async fn mailbox(&self) -> Mailbox {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        mailbox::find(&mut tx, self.id).await.unwrap().unwrap()
    }

    /// Waits until a mail was taken in, and says how long that took.
    async fn wait_for(&self, n: usize) -> Duration {
        let began = Instant::now();
        while !self.taken().await.contains(&key(n)) {
            assert!(began.elapsed() < Duration::from_secs(40), "mail {n} is not seen: {}", self.mail.logs());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        began.elapsed()
    }

    async fn close(self) {
        self.house.close().await;
    }
}

fn key(n: usize) -> String {
    format!("brief-{n:04}@klant.example")
}

fn keys(numbers: impl Iterator<Item = usize>) -> Vec<String> {
    numbers.map(key).collect()
}

fn letter(n: usize, text: &str) -> Vec<u8> {
    format!(
        "From: Eva Meer <eva@klant.example>\r\nTo: {JAN}\r\nSubject: Brief {n}\r\nMessage-ID: <{}>\r\n\
         Date: Tue, 24 Nov 2026 10:30:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
        key(n)
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_read_by_number_once_over_reconnects_renumbering_and_gaps() {
    let play = Reading::start().await;
    // New mail only, over several looks and connections.
    for n in 0..60 {
        play.lay(n);
    }
    let mut inbox = play.open().await;
    assert_eq!(play.look(&mut inbox).await.n_mails, 60);
    assert_eq!(play.look(&mut inbox).await.n_mails, 0, "nothing is fetched twice on a line");
    assert_eq!(play.look_anew().await.n_mails, 0, "nor on the next");
    for n in 60..65 {
        play.lay(n);
    }
    let received = play.look_anew().await;
    assert_eq!((received.n_mails, received.n_server, received.n_seen), (5, Some(65), Some(65)));
    assert_eq!(play.taken().await, keys(0..65));

    // A second copy of a known mail is one mail, and does not make the mailbox incomplete.
    play.lay(3);
    let received = play.look_anew().await;
    assert_eq!((received.n_server, received.n_seen), (Some(66), Some(66)));
    assert_eq!(play.look_anew().await.n_mails, 0, "the copy is not fetched again");

    // A mail that was missed lies below the mark; a deleted one does not hide it.
    let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
    for sql in [
        "DELETE FROM inbound_uid WHERE workspace_id = $1 AND uid = 20",
        "DELETE FROM inbound WHERE workspace_id = $1 AND external_key = 'brief-0019@klant.example'",
    ] {
        tx.execute(sql, vec![]).await.unwrap();
    }
    tx.commit().await.unwrap();
    play.mail.doveadm(&["expunge", "-u", JAN, "mailbox", "INBOX", "header", "Message-ID", &key(40)]);
    let received = play.look_anew().await;
    assert_eq!((received.n_mails, received.n_server, received.n_seen), (1, Some(65), Some(65)));
    assert_eq!(play.taken().await, keys(0..65));

    // The server numbers everything anew, in another order, and one mail came meanwhile.
    play.mail.renumber(JAN);
    play.lay(65);
    let validity = play.mailbox().await.imap_uid_validity;
    let received = play.look_anew().await;
    assert_eq!((received.n_server, received.n_seen), (Some(66), Some(66)));
    assert_ne!(play.mailbox().await.imap_uid_validity, validity, "the server did renumber");
    assert_eq!(play.taken().await, keys(0..66), "nothing twice, nothing lost");
    assert_eq!(play.look_anew().await.n_mails, 0);
    assert!(!play.mail.has_seen_mail(JAN), "Kiem never marks a person's mail as read");
    play.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_does_not_give_is_said_and_what_is_too_large_is_not_fetched_for_ever() {
    let play = Reading::start().await;
    play.lay(1);
    // The file cannot be read by the server: the mail is there and cannot be had.
    let broken = play.lay(2);
    play.lay(3);
    let mut rights = std::process::Command::new("chown");
    assert!(rights.arg("root").arg(&broken).status().unwrap().success());
    assert!(std::process::Command::new("chmod").arg("0").arg(&broken).status().unwrap().success());
    let mut huge = letter(4, "");
    huge.extend(
        b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(30 * 1024 * 1024 / 64),
    );
    play.mail.lay(JAN, &huge);
    // Dovecot hangs up when it is asked for the broken one; what lies around it is read all the same.
    let (workspace, mut trouble, mut breaks) = (play.house.workspace, Trouble::default(), Vec::new());
    let began = std::time::Instant::now();
    // A busy machine's server may answer a look or two before it has seen what was laid.
    while play.taken().await.len() < 3 && began.elapsed().as_secs() < 30 {
        let engine = &play.house.engine;
        let looked = engine.receive_imap(workspace, play.id, &mut play.open().await, &mut trouble).await;
        breaks.extend(looked.err());
    }
    let mut went_well = Vec::new();
    for _ in 0..5 {
        let engine = &play.house.engine;
        let looked = engine.receive_imap(workspace, play.id, &mut play.open().await, &mut trouble).await;
        went_well.push(looked.is_ok());
    }
    assert!(!breaks.is_empty(), "the line breaks at the broken one: {}", play.mail.logs());
    assert_eq!(went_well[3..], [true, true], "then it is left alone: {}", play.mail.logs());
    let taken = play.taken().await;
    assert_eq!(taken, [key(1), key(3), key(4)], "{breaks:?} {trouble:?} {}", play.mail.logs());
    let mailbox = play.mailbox().await;
    assert!(mailbox.imap_n_seen < mailbox.imap_n_server, "a missing mail is said: {mailbox:?}");

    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    let row = tx
        .fetch_one(
            "SELECT outcome, outcome_reason, from_address, needs_look FROM inbound WHERE workspace_id = $1 AND external_key = $2",
            args![key(4)],
        )
        .await
        .unwrap();
    let told: (String, String, String) =
        (row.get("outcome").unwrap(), row.get("outcome_reason").unwrap(), row.get("from_address").unwrap());
    assert_eq!(told, ("unreadable".to_owned(), "too_large".to_owned(), "eva@klant.example".to_owned()));
    assert_eq!(inbound::uids(&mut tx, play.id).await.unwrap().len(), 3);
    drop(tx);

    assert!(std::process::Command::new("chmod").arg("600").arg(&broken).status().is_ok());
    assert!(std::process::Command::new("chown").arg("nobody").arg(&broken).status().is_ok());
    let received = play.look_anew().await;
    assert_eq!((received.n_mails, received.n_server, received.n_seen), (1, Some(4), Some(4)));
    play.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_tells_of_new_mail_at_once_also_after_it_dropped_the_line() {
    let play = Reading::start().await;
    play.lay(0);
    let worker = tokio::spawn(kiem::worker::run(play.house.engine.clone()));
    play.wait_for(0).await;
    for n in 1..4 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        play.lay(n);
        let took = play.wait_for(n).await;
        assert!(took < Duration::from_secs(2), "mail {n} was seen after {took:?}");
    }
    play.mail.kick(JAN);
    tokio::time::sleep(Duration::from_millis(100)).await;
    play.lay(4);
    let took = play.wait_for(4).await;
    assert!(took < Duration::from_secs(5), "after the drop it took {took:?}");
    assert_eq!(play.mailbox().await.imap_problem, None, "a dropped line is no problem of the mailbox");
    assert_eq!(play.taken().await, keys(0..5));
    worker.abort();
    play.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_or_certificate_is_said_beside_the_mailbox_and_never_worked_around() {
    let play = Reading::start().await;
    let owner = play.house.caller(Role::Owner);
    let worker = tokio::spawn(kiem::worker::run(play.house.engine.clone()));
    let mut wrong = play.mail.mailbox();
    wrong.password = Some("wrong".to_owned());
    let mut strange = play.mail.mailbox();
    for server in [&mut strange.servers.smtp, &mut strange.servers.imap].into_iter().flatten() {
        server.extra_root = None;
    }
    for (input, words) in
        [(wrong, "refused the log-in"), (strange, "secure connection to localhost was refused")]
    {
        play.house.engine.update_mailbox(&owner, play.id, &input).await.unwrap();
        play.mail.kick(JAN);
        let began = Instant::now();
        let problem = loop {
            match play.mailbox().await.imap_problem {
                Some(problem) if problem.contains(words) => break problem,
                other => assert!(began.elapsed() < Duration::from_secs(40), "{words}: {other:?}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert!(!problem.contains(PASSWORD) && !problem.contains("wrong"), "{problem}");
        let findings = play.house.engine.examine().await.unwrap();
        assert!(
            findings
                .iter()
                .any(|f| !f.is_well && f.sentence(kiem::messages::Lang::En).contains("are not read")),
            "{findings:?}"
        );
    }
    play.house.engine.update_mailbox(&owner, play.id, &play.mail.mailbox()).await.unwrap();
    play.lay(1);
    play.wait_for(1).await;
    // The mail is in a moment before the look at the mailbox is over.
    let began = Instant::now();
    while let Some(problem) = play.mailbox().await.imap_problem {
        assert!(began.elapsed() < Duration::from_secs(10), "and it is well again by itself: {problem}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    worker.abort();
    play.close().await;
}
