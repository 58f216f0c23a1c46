//! The practice inbox: what went to leads, who reads it, and what came back.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{CompanyId, ContactId, MailboxId};
use kiem_store::sandbox::{self, Direction, PracticeFilter, SandboxMail};
use kiem_store::{Tx, args, testing};
use uuid::Uuid;

use crate::sales::{company, now};

fn mailbox() -> MailboxId {
    MailboxId(Uuid::from_u128(5))
}

async fn put(tx: &mut Tx, n: u128, direction: Direction, address: &str, at: Timestamp) -> i64 {
    let mail = SandboxMail {
        id: Uuid::from_u128(n),
        mailbox_id: mailbox(),
        direction,
        address: address.to_owned(),
        message_id: format!("m{n}@kiem.example"),
        subject: format!("Onderwerp {n}"),
        raw: b"Subject: x\r\n\r\ny".to_vec(),
        uid: 0,
        created_at: at,
    };
    sandbox::insert(tx, &mail).await.unwrap()
}

async fn sent(tx: &mut Tx, n: u128, kind: &str, contact: ContactId, company: CompanyId) {
    tx.execute(
        "INSERT INTO message (workspace_id, id, kind, mailbox_id, contact_id, company_id, recipient, recipient_name, state,
             subject, body, message_id, attempt, epoch, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'eva@klant.example', 'Eva', 'sent', 'S', 'B', $7, 1, 1, $8)",
        args![Uuid::from_u128(n), kind, mailbox(), contact, company, format!("m{n}@kiem.example"), now()],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn the_practice_inbox_says_who_reads_each_mail_and_what_was_answered() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        tx.execute(
            "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap, gap_seconds_min,
                 state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
             VALUES ($1, $2, 'sandbox', 'sam@kiem.example', 'Sam', '{}', '', 50, 0, 'active', 0, 0, 0, $3)",
            args![mailbox(), now()],
        )
        .await
        .unwrap();
        let (company, contact) = company(&mut tx, 1).await;
        sent(&mut tx, 1, "outreach", contact, company).await;
        sent(&mut tx, 6, "notice", contact, company).await;
        let minute = |n: i64| now() + SignedDuration::from_mins(n);
        assert_eq!(
            put(&mut tx, 1, Direction::ToLead, "eva@klant.example", minute(1)).await,
            1,
            "{}",
            db.name
        );
        assert_eq!(put(&mut tx, 2, Direction::ToLead, "bas@delta.example", minute(2)).await, 2);
        assert_eq!(put(&mut tx, 3, Direction::ToLead, "noor@polder.example", minute(2)).await, 3);
        assert_eq!(put(&mut tx, 4, Direction::FromLead, "eva@klant.example", minute(3)).await, 1);

        put(&mut tx, 6, Direction::ToLead, "sanne@kiem.example", minute(4)).await;

        let all = sandbox::practice_inbox(&mut tx, &PracticeFilter::default(), 10).await.unwrap();
        let ids: Vec<u128> = all.iter().map(|line| line.id.as_u128()).collect();
        assert_eq!(ids, [3, 2, 1], "newest first; what leads wrote is not ours, and a notice goes to us");
        assert_eq!(all[2].name.as_deref(), Some("Eva van den Berg"));
        assert_eq!(all[2].company_name.as_deref(), Some("Bedrijf 1"));
        assert_eq!((all[2].is_answered, all[1].is_answered), (true, false));
        assert_eq!(all[1].name, None, "unknown is not a name");

        let next = PracticeFilter { text: None, before: Some((all[0].created_at, all[0].id)) };
        let rest = sandbox::practice_inbox(&mut tx, &next, 10).await.unwrap();
        assert_eq!(rest.len(), 2, "of two mails of one moment the second begins the next page");
        for (text, n) in [("EVA@", 1), ("bedrijf 1", 1), ("onderwerp", 3), ("berg", 1), ("100%", 0)] {
            let filter = PracticeFilter { text: Some(text.to_owned()), before: None };
            assert_eq!(sandbox::practice_inbox(&mut tx, &filter, 10).await.unwrap().len(), n, "{text}");
        }

        assert_eq!(sandbox::find(&mut tx, Uuid::from_u128(2)).await.unwrap().unwrap().subject, "Onderwerp 2");
        assert!(sandbox::has_sent(&mut tx, "m2@kiem.example").await.unwrap());
        let later = sandbox::after_uid(&mut tx, mailbox(), Direction::ToLead, 1, 10).await.unwrap();
        assert_eq!(later.iter().map(|mail| mail.uid).collect::<Vec<_>>(), [2, 3, 4]);
        drop(tx);
        db.remove().await;
    }
}
