//! The reading side of a conversation, on both databases.

use jiff::SignedDuration;
use kiem_domain::id::MailboxId;
use kiem_store::thread;
use kiem_store::{Tx, args, testing};
use uuid::Uuid;

use crate::sales::{now, stored};

async fn received(tx: &mut Tx, n: u128, minutes: i64, header: Option<&str>, needs_look: bool) {
    tx.execute(
        "INSERT INTO inbound (workspace_id, id, mailbox_id, external_key, received_at, from_address, from_name, subject,
             message_header_id, reference_ids, text, quoted, outcome, outcome_reason, match_level, contact_id, company_id,
             flags, needs_look, auth)
         VALUES ($1, $2, $3, $4, $5, 'eva@klant.example', '', 'Re: Hoi', $6, '<a@kiem.example> <b@klant.example>', 'Graag',
             '', 'reply', '', 'M1', $7, $7, '{}', $8, '')",
        args![
            Uuid::from_u128(n),
            MailboxId(Uuid::from_u128(5)),
            n.to_string(),
            now() + SignedDuration::from_mins(minutes),
            header,
            Uuid::from_u128(1),
            needs_look
        ],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn an_answer_refers_to_the_newest_mail_that_can_be_answered() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let prospect = stored(&mut tx, 1).await;
        assert_eq!(thread::end_with(&mut tx, prospect.contact_id).await.unwrap(), None, "{}", db.name);
        tx.execute(
            "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap, gap_seconds_min,
                 state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
             VALUES ($1, $2, 'sandbox', 'sam@kiem.example', 'Sam', '{}', '', 50, 0, 'active', 0, 0, 0, $3)",
            args![MailboxId(Uuid::from_u128(5)), now()],
        )
        .await
        .unwrap();
        received(&mut tx, 0x101, 1, Some("<c@klant.example>"), false).await;
        received(&mut tx, 0x102, 2, None, true).await;
        let end = thread::end_with(&mut tx, prospect.contact_id).await.unwrap().unwrap();
        assert_eq!((end.message_id.as_str(), end.references.len()), ("c@klant.example", 2));
        assert_eq!(end.references[0], "a@kiem.example");

        let people = thread::people(&mut tx, prospect.id).await.unwrap();
        assert_eq!((people.len(), people[0].name.as_str()), (1, "Eva van den Berg"));
        assert_eq!(thread::company_facts(&mut tx, prospect.company_id).await.unwrap().name, "Bedrijf 1");
        let words = thread::texts(&mut tx, &[Uuid::from_u128(0x101), Uuid::from_u128(0x999)]).await.unwrap();
        assert_eq!(words, [(Uuid::from_u128(0x101), "Re: Hoi".to_owned(), "Graag".to_owned())]);
        let waiting = thread::waiting_replies(&mut tx, 10).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].from_name, "eva@klant.example", "an address when there is no name");
        assert_eq!(waiting[0].company_name.as_deref(), Some("Bedrijf 1"));
        drop(tx);
        db.remove().await;
    }
}
