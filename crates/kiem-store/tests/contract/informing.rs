//! Who must be told that we have their data, by when, and who was.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use kiem_domain::id::{ContactId, MessageId};
use kiem_domain::informing::{InformFacts, InformedHow};
use kiem_store::contact::{self, Contact};
use kiem_store::informing::{self, Told, UninformedCounts};
use kiem_store::{Tx, args, company, lead, testing};
use uuid::Uuid;

use crate::audience::{a_company, a_contact, a_lead};
use crate::sales::now;

const TODAY: Date = date(2026, 11, 24);

fn told(how: InformedHow, note: &str) -> Told {
    Told { how, at: now(), note: note.to_owned() }
}

/// Somebody with a last day that many days from today.
fn person(n: u128, days: Option<i32>, firm: &company::Company) -> Contact {
    let email = format!("p{n}@jansen.example");
    Contact {
        inform_by: days.map(|days| TODAY.saturating_add(days.days())),
        ..a_contact(n, firm, Some(&email))
    }
}

async fn ids(tx: &mut Tx, from: Option<Date>, until: Date) -> Vec<u128> {
    let found = informing::page(tx, from, until, None, 100).await.unwrap();
    found.iter().map(|one| one.contact_id.0.as_u128()).collect()
}

#[tokio::test]
async fn the_clock_counts_lists_and_stops() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firm = a_company(1, "Jansen");
        company::insert_many(&mut tx, std::slice::from_ref(&firm)).await.unwrap();
        let people = [
            person(10, Some(-3), &firm),
            person(11, Some(0), &firm),
            person(12, Some(5), &firm),
            person(13, Some(9), &firm),
            person(14, Some(10), &firm),
            person(15, None, &firm),
        ];
        contact::insert_many(&mut tx, &people, None).await.unwrap();
        let on_list = a_lead(20, &firm, &people[0], "jan");
        lead::insert_many(&mut tx, std::slice::from_ref(&on_list)).await.unwrap();
        let warned = TODAY.saturating_add(9.days());
        let counts = |over_n, due_soon_n, on_time_n| UninformedCounts { over_n, due_soon_n, on_time_n };
        assert_eq!(informing::counts(&mut tx, TODAY, warned).await.unwrap(), counts(2, 2, 1), "{}", db.name);
        assert_eq!(ids(&mut tx, None, TODAY).await, [10, 11], "{}: over", db.name);
        assert_eq!(ids(&mut tx, Some(TODAY), warned).await, [12, 13], "{}: near", db.name);

        let first = informing::page(&mut tx, None, warned, None, 1).await.unwrap().remove(0);
        assert_eq!((first.name.as_str(), first.company_name.as_str()), ("Jan de Vries", "Jansen"));
        assert_eq!((first.lead_id, first.source.as_str()), (Some(on_list.id), "test"));
        let after = Some((first.inform_by, first.contact_id));
        let rest = informing::page(&mut tx, None, warned, after, 100).await.unwrap();
        assert_eq!(rest.len(), 3, "{}: no one twice", db.name);
        let over = informing::over_without_pursuit(&mut tx, TODAY, 10).await.unwrap();
        assert_eq!(over, [people[0].id, people[1].id]);

        let by_letter = told(InformedHow::Letter, "brief van 3 november");
        let all: Vec<ContactId> = people.iter().map(|p| p.id).collect();
        assert_eq!(informing::tell(&mut tx, &all[..1], &by_letter).await.unwrap(), 1);
        let again = told(InformedHow::Phone, "");
        assert_eq!(
            informing::tell(&mut tx, &all[..2], &again).await.unwrap(),
            1,
            "who was told is told once"
        );
        let known = informing::of_contact(&mut tx, all[0]).await.unwrap();
        assert_eq!(
            known.facts,
            InformFacts { inform_by: people[0].inform_by, how: Some(InformedHow::Letter) }
        );
        assert_eq!(known.note.as_deref(), Some("brief van 3 november"));
        assert_eq!(informing::tell(&mut tx, &all[5..], &again).await.unwrap(), 0, "gave it themselves");
        let left = informing::among_people(&mut tx, &all).await.unwrap();
        assert_eq!(left.iter().map(|one| one.contact_id).collect::<Vec<_>>(), all[2..5]);
        assert_eq!(informing::counts(&mut tx, TODAY, warned).await.unwrap(), counts(0, 2, 1));

        informing::take_over(&mut tx, all[2], &known).await.unwrap();
        let taken = informing::of_contact(&mut tx, all[2]).await.unwrap();
        assert_eq!(taken.facts.how, Some(InformedHow::Letter), "{}", db.name);
        informing::set_clock(&mut tx, all[3], None).await.unwrap();
        assert_eq!(informing::counts(&mut tx, TODAY, warned).await.unwrap(), counts(0, 0, 1));

        let changed = Contact { title: None, inform_by: None, ..people[4].clone() };
        contact::update_many(&mut tx, [&changed]).await.unwrap();
        let kept = contact::get(&mut tx, all[4]).await.unwrap().unwrap();
        assert_eq!(kept.inform_by, people[4].inform_by, "{}: changed facts leave the clock alone", db.name);
        contact::erase(&mut tx, all[4], now()).await.unwrap();
        assert_eq!(informing::counts(&mut tx, TODAY, warned).await.unwrap(), counts(0, 0, 0));
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_mail_that_did_not_arrive_told_nobody() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firm = a_company(1, "Jansen");
        company::insert_many(&mut tx, std::slice::from_ref(&firm)).await.unwrap();
        let people = [person(10, Some(5), &firm), person(11, Some(5), &firm)];
        contact::insert_many(&mut tx, &people, None).await.unwrap();
        let (by_mail, by_phone) = (people[0].id, people[1].id);
        informing::tell(&mut tx, &[by_mail], &told(InformedHow::Mail, "")).await.unwrap();
        informing::tell(&mut tx, &[by_phone], &told(InformedHow::Phone, "")).await.unwrap();
        for id in [by_mail, by_phone] {
            informing::mail_failed(&mut tx, id, MessageId(Uuid::from_u128(92))).await.unwrap();
        }
        let how = |known: informing::Informing| known.facts.how;
        assert_eq!(how(informing::of_contact(&mut tx, by_mail).await.unwrap()), None, "{}", db.name);
        assert_eq!(how(informing::of_contact(&mut tx, by_phone).await.unwrap()), Some(InformedHow::Phone));

        // An earlier mail arrived: that one told them.
        tx.execute(
            "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap,
                 gap_seconds_min, state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
             VALUES ($1, $2, 'sandbox', 'jan@kiem.example', 'Jan', '{}', '', 1, 1, 'active', $3, 0, 0, $3)",
            args![Uuid::from_u128(90), now()],
        )
        .await
        .unwrap();
        tx.execute(
            "INSERT INTO message (workspace_id, id, kind, mailbox_id, contact_id, recipient, recipient_name, state, subject,
                 body, message_id, epoch, attempt, created_at)
             VALUES ($1, $2, 'outreach', $3, $4, '', '', 'sent', '', '', 'm1', 0, 0, $5)",
            args![Uuid::from_u128(91), Uuid::from_u128(90), by_mail, now()],
        )
        .await
        .unwrap();
        informing::tell(&mut tx, &[by_mail], &told(InformedHow::Mail, "")).await.unwrap();
        informing::mail_failed(&mut tx, by_mail, MessageId(Uuid::from_u128(92))).await.unwrap();
        assert_eq!(how(informing::of_contact(&mut tx, by_mail).await.unwrap()), Some(InformedHow::Mail));
        informing::mail_failed(&mut tx, by_mail, MessageId(Uuid::from_u128(91))).await.unwrap();
        assert_eq!(
            how(informing::of_contact(&mut tx, by_mail).await.unwrap()),
            None,
            "that very mail came back"
        );
        drop(tx);
        db.remove().await;
    }
}
