//! Answers to invitations, from the bytes of real calendar programs to the decision about the lead.

mod support;

use jiff::SignedDuration;
use kiem::engine::inbound::{Outcome, RawMail};
use kiem_domain::id::{LeadId, MailboxId, MessageId};
use kiem_store::{args, promotion};
use support::House;
use uuid::Uuid;

const MAILBOX: u128 = 11;

/// A house whose lead was mailed a week ago.
struct Office {
    house: House,
    lead: LeadId,
    guest: String,
}

impl Office {
    async fn with(guest: &str) -> Office {
        let house = House::sqlite().await;
        house.live().await;
        let lead = house.lead(1, guest, "Sanne", "Wit", "Installatie").await;
        let now = house.clock.now();
        let (contact, company) = (Uuid::from_u128((1 << 16) + 2), Uuid::from_u128((1 << 16) + 1));
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        tx.execute(
            "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap, gap_seconds_min,
                 state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
             VALUES ($1, $2, 'sandbox', 'jan@kiem.example', 'Jan', '{}', '', 50, 60, 'active', $3, 0, 0, $3)",
            args![MailboxId(Uuid::from_u128(MAILBOX)), now],
        )
        .await
        .unwrap();
        tx.execute(
            "INSERT INTO message (workspace_id, id, kind, mailbox_id, lead_id, contact_id, company_id, recipient, recipient_name,
                 state, subject, body, message_id, attempt, epoch, finished_at, created_at)
             VALUES ($1, $2, 'outreach', $3, $4, $5, $6, $7, '', 'sent', 'Vraag', 'Tekst', 'm1@kiem.example', 1, 1, $8, $8)",
            args![
                MessageId(Uuid::from_u128(12)),
                MailboxId(Uuid::from_u128(MAILBOX)),
                lead,
                contact,
                company,
                guest,
                now - SignedDuration::from_hours(7 * 24)
            ],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        Office { house, lead, guest: guest.to_owned() }
    }

    /// An appointment of the lead, of which it was told so long ago.
    async fn invited(&self, uid: &str, ago: SignedDuration) {
        let at = self.house.clock.now() - ago;
        let mut tx = self.house.db.store.begin(self.house.workspace).await.unwrap();
        tx.execute(
            "INSERT INTO booking (workspace_id, id, provider, uid, state, starts_at, ends_at, guest_name, guest_email, note,
                 language, ics_sequence, lead_id, created_at)
             VALUES ($1, $2, 'own', $3, 'confirmed', $4, $4, 'Gast', $5, '', 'nl', 0, $6, $4)",
            args![Uuid::from_u128(21), uid, at, self.guest.as_str(), self.lead],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }

    async fn takes(&self, raw: Vec<u8>) {
        let mail = RawMail { uid: 1, received_at: self.house.clock.now(), raw, is_too_large: false };
        let mailbox = MailboxId(Uuid::from_u128(MAILBOX));
        let end = self.house.engine.take_in(self.house.workspace, mailbox, mail).await.unwrap();
        assert_eq!(end, Outcome::CalendarReply);
        self.house.run_jobs().await;
    }

    /// The rule that promoted, whether a person has to look, how warm the lead is.
    async fn stands(&self) -> (Option<String>, bool, i64) {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        let promoted = promotion::newest_of_lead(&mut tx, self.lead).await.unwrap();
        let facts = promotion::lead_facts(&mut tx, self.lead).await.unwrap().unwrap();
        (promoted.map(|p| p.rule), facts.needs_look, facts.warmth)
    }

    async fn heard(&self) -> i64 {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        let sql = "SELECT COUNT(*) AS n FROM event WHERE workspace_id = $1 AND kind = 'reply.received'";
        tx.fetch_one(sql, vec![]).await.unwrap().get("n").unwrap()
    }
}

struct File {
    raw: Vec<u8>,
    uid: String,
    attendee: String,
}

/// A mail of the corpus with what its expectation says about it.
fn corpus(name: &str) -> File {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../kiem-adapters/tests/corpus");
    let json = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&json).unwrap();
    let text = |field: &str| expected["calendar"][field].as_str().unwrap().to_owned();
    let raw = std::fs::read(folder.join(format!("{name}.eml"))).unwrap();
    File { raw, uid: text("uid"), attendee: text("attendee") }
}

fn changed(file: &File, from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(file.raw.clone()).unwrap();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1).into_bytes()
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

#[tokio::test]
async fn an_answer_to_our_invitation_counts_as_what_it_says() {
    for (name, rule, needs_look, warm) in [
        ("calendar-outlook-nl-accepted", Some("R2"), false, false),
        ("calendar-google-en-accepted", Some("R2"), false, false),
        ("calendar-iphone-nl-accepted", Some("R2"), false, false),
        ("calendar-outlook-nl-counter", Some("R2"), false, false),
        ("calendar-outlook-de-tentative", None, false, true),
        ("calendar-outlook-en-declined", None, true, false),
        ("calendar-google-nl-declined", None, true, false),
    ] {
        let file = corpus(name);
        let office = Office::with(&file.attendee).await;
        office.invited(&file.uid, HOUR).await;
        office.takes(file.raw).await;
        let (promoted, look, warmth) = office.stands().await;
        assert_eq!((promoted.as_deref(), look, warmth > 0), (rule, needs_look, warm), "{name}");
        assert_eq!(office.heard().await, 1, "{name}");
        office.house.close().await;
    }
}

#[tokio::test]
async fn what_cannot_be_proved_is_shown_to_a_person_and_promotes_nobody() {
    let file = corpus("calendar-outlook-nl-accepted");
    let disowned = changed(&file, "dmarc=pass", "dmarc=fail");
    for (case, uid, raw) in [
        ("an invitation that is not ours", None, file.raw.clone()),
        ("another invitation of ours", Some("elders@kiem.example"), file.raw.clone()),
        ("a domain that disowns the mail", Some(file.uid.as_str()), disowned),
    ] {
        let office = Office::with(&file.attendee).await;
        if let Some(uid) = uid {
            office.invited(uid, HOUR).await;
        }
        office.takes(raw).await;
        assert_eq!(office.stands().await, (None, true, 0), "{case}");
        office.house.close().await;
    }
    let office = Office::with("gast@elders.example").await;
    office.invited(&file.uid, HOUR).await;
    office.takes(file.raw.clone()).await;
    assert_eq!(office.stands().await, (None, true, 0), "somebody whom we did not invite");
    office.house.close().await;
}

#[tokio::test]
async fn a_program_that_accepts_at_once_says_nothing() {
    let file = corpus("calendar-outlook-nl-accepted");
    let automatic = changed(&file, "MIME-Version: 1.0", "Auto-Submitted: auto-generated\nMIME-Version: 1.0");
    for (case, raw, ago, rule) in [
        ("says that it is a program, at once", automatic.clone(), SignedDuration::from_secs(30), None),
        ("says that it is a program, an hour later", automatic, HOUR, Some("R2")),
        ("does not say so", file.raw.clone(), SignedDuration::from_secs(30), Some("R2")),
    ] {
        let office = Office::with(&file.attendee).await;
        office.invited(&file.uid, ago).await;
        office.takes(raw).await;
        let (promoted, look, _) = office.stands().await;
        assert_eq!((promoted.as_deref(), look), (rule, false), "{case}");
        assert_eq!(office.heard().await, i64::from(rule.is_some()), "{case}");
        office.house.close().await;
    }
}

/// A yes as a simple calendar program sends it.
fn yes(attendee: &str, uid: &str) -> Vec<u8> {
    format!(
        "From: agenda@installatie.example\r\nTo: jan@kiem.example\r\nSubject: Geaccepteerd\r\n\
         Message-ID: <yes@installatie.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n\
         BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nSEQUENCE:0\r\n\
         DTSTAMP:20261124T090000Z\r\nDTSTART:20261125T130000Z\r\n\
         ATTENDEE;PARTSTAT=ACCEPTED{attendee}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn a_room_and_our_own_host_are_no_lead() {
    for (case, attendee, rule) in [
        ("a room", ";CUTYPE=ROOM:mailto:zaal@installatie.example", None),
        ("the host", ":mailto:owner@kiem.example", None),
        ("a colleague", ":mailto:inkoop@installatie.example", Some("R2")),
    ] {
        let office = Office::with("s.dewit@installatie.example").await;
        office.invited("a@kiem.example", HOUR).await;
        office.takes(yes(attendee, "a@kiem.example")).await;
        let (promoted, look, _) = office.stands().await;
        assert_eq!((promoted.as_deref(), look), (rule, false), "{case}");
        office.house.close().await;
    }
}
