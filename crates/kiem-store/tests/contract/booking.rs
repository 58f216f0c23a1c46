//! Booking pages, appointments, and the cells that make a double booking impossible.

use jiff::Timestamp;
use kiem_domain::id::{LeadId, UserId};
use kiem_store::booking::{self, Booking, BookingPage};
use kiem_store::{StoreError, args, campaign, mailbox, testing};
use uuid::Uuid;

use crate::outreach::{a_mailbox, after, mailbox_id};
use crate::sales::{now, owner};

const CELL: i64 = 300;

fn page(n: u128) -> BookingPage {
    BookingPage {
        id: Uuid::from_u128(n),
        slug: format!("kennismaken-{n}"),
        host_user_id: owner(),
        mailbox_id: mailbox_id(1),
        title: "Kennismaken".to_owned(),
        availability: "{}".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
        active: true,
        archived_at: None,
        created_at: after(i64::try_from(n).unwrap()),
    }
}

fn booked(n: u128, starts: i64) -> Booking {
    Booking {
        id: Uuid::from_u128(0x100 + n),
        provider: "own".to_owned(),
        uid: format!("{n}@agency.example"),
        replaces_uid: None,
        page_id: Some(Uuid::from_u128(1)),
        host_user_id: Some(owner()),
        state: "confirmed".to_owned(),
        starts_at: after(starts),
        ends_at: after(starts + 1800),
        guest_name: "Eva".to_owned(),
        guest_email: "eva@klant.example".to_owned(),
        note: "Graag over offertes".to_owned(),
        language: "nl".to_owned(),
        ics_sequence: 0,
        lead_id: Some(LeadId(Uuid::from_u128(n))),
        contact_id: None,
        company_id: None,
        created_at: after(i64::try_from(n).unwrap()),
    }
}

fn cells(from: i64, n: i64) -> Vec<Timestamp> {
    (0..n).map(|i| after(from + i * CELL)).collect()
}

#[tokio::test]
async fn a_page_has_its_own_address_in_its_workspace() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        assert_eq!(campaign::booking_slug(&mut tx).await.unwrap(), None);
        for n in [2, 1] {
            booking::insert_page(&mut tx, &page(n)).await.unwrap();
        }
        assert_eq!(
            booking::pages(&mut tx, false).await.unwrap(),
            [page(1), page(2)],
            "oldest first ({})",
            db.name
        );
        assert_eq!(booking::page(&mut tx, page(1).id).await.unwrap(), Some(page(1)));
        assert_eq!(
            booking::page_by_slug(&mut tx, "kennismaken-2").await.unwrap(),
            Some(page(2)),
            "{}",
            db.name
        );
        assert_eq!(booking::page_by_slug(&mut tx, "elders").await.unwrap(), None);
        assert_eq!(campaign::booking_slug(&mut tx).await.unwrap().as_deref(), Some("kennismaken-1"));
        let closed = BookingPage { active: false, title: "Demo".to_owned(), ..page(1) };
        assert!(booking::update_page(&mut tx, &closed).await.unwrap());
        booking::lock_page(&mut tx, closed.id).await.unwrap();
        assert_eq!(booking::page(&mut tx, closed.id).await.unwrap(), Some(closed), "a lock changes nothing");
        assert_eq!(
            campaign::booking_slug(&mut tx).await.unwrap().as_deref(),
            Some("kennismaken-2"),
            "{}",
            db.name
        );
        assert!(!booking::update_page(&mut tx, &page(9)).await.unwrap());
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(two).await.unwrap();
        assert!(booking::pages(&mut tx, false).await.unwrap().is_empty());
        assert_eq!(booking::page_by_slug(&mut tx, "kennismaken-2").await.unwrap(), None);
        assert!(!booking::update_page(&mut tx, &page(1)).await.unwrap(), "{}", db.name);
        booking::insert_page(&mut tx, &page(2)).await.expect("the same address in another workspace");
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(one).await.unwrap();
        let taken = BookingPage { slug: "kennismaken-1".to_owned(), ..page(2) };
        let refused = booking::update_page(&mut tx, &taken).await;
        assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn an_appointment_is_taken_once_and_changed_from_the_version_that_was_read() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        assert!(booking::insert(&mut tx, &booked(1, 3600)).await.unwrap());
        let again = Booking { id: Uuid::from_u128(9), ..booked(1, 7200) };
        assert!(!booking::insert(&mut tx, &again).await.unwrap(), "one per uid ({})", db.name);
        let elsewhere = Booking { provider: "cal_com".to_owned(), ..again };
        assert!(booking::insert(&mut tx, &elsewhere).await.unwrap(), "of each provider");
        assert_eq!(
            booking::find(&mut tx, booked(1, 0).id).await.unwrap(),
            Some(booked(1, 3600)),
            "{}",
            db.name
        );
        let found = booking::by_uid(&mut tx, "cal_com", "1@agency.example").await.unwrap();
        assert_eq!(found, Some(elsewhere));
        assert_eq!(booking::by_uid(&mut tx, "calendly", "1@agency.example").await.unwrap(), None);
        assert_eq!(booking::by_replaced_uid(&mut tx, "own", "1@agency.example").await.unwrap(), None);

        let moved = Booking {
            uid: "new@agency.example".to_owned(),
            replaces_uid: Some("1@agency.example".to_owned()),
            state: "rescheduled".to_owned(),
            starts_at: after(9000),
            ends_at: after(10_800),
            ics_sequence: 1,
            ..booked(1, 3600)
        };
        assert!(!booking::change(&mut tx, &moved, 1).await.unwrap(), "not the version that is there");
        assert!(booking::change(&mut tx, &moved, 0).await.unwrap(), "{}", db.name);
        assert!(!booking::change(&mut tx, &moved, 0).await.unwrap(), "somebody was first");
        let found = booking::by_replaced_uid(&mut tx, "own", "1@agency.example").await.unwrap();
        assert_eq!(found, Some(moved.clone()), "{}", db.name);
        let invited = booking::invited(&mut tx, "new@agency.example").await.unwrap().unwrap();
        assert_eq!(
            (invited.lead_id, &invited.guest_email),
            (moved.lead_id, &moved.guest_email),
            "{}",
            db.name
        );
        assert_eq!(invited.told_at, moved.created_at, "nobody was mailed: since it was made");
        let told = after(7200);
        mailbox::insert(&mut tx, &a_mailbox(1), now()).await.unwrap();
        tx.execute(
            "INSERT INTO message (workspace_id, id, kind, mailbox_id, recipient, recipient_name, state, subject, body,
                 message_id, attempt, epoch, finished_at, created_at)
             VALUES ($1, $2, 'booking', $3, $4, '', 'sent', '', '', 'm@agency.example', 1, 1, $5, $5)",
            args![Uuid::from_u128(77), mailbox_id(1), moved.guest_email.as_str(), told],
        )
        .await
        .unwrap();
        let invited = booking::invited(&mut tx, "new@agency.example").await.unwrap().unwrap();
        assert_eq!(invited.told_at, told, "{}", db.name);
        assert_eq!(booking::invited(&mut tx, "nobody@agency.example").await.unwrap(), None, "another uid");
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(booking::find(&mut tx, moved.id).await.unwrap(), None);
        assert_eq!(booking::by_uid(&mut tx, "own", "new@agency.example").await.unwrap(), None, "{}", db.name);
        assert_eq!(booking::invited(&mut tx, "new@agency.example").await.unwrap(), None, "{}", db.name);
        assert_eq!(booking::by_replaced_uid(&mut tx, "own", "1@agency.example").await.unwrap(), None);
        assert!(!booking::change(&mut tx, &moved, 1).await.unwrap());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_stands_on_a_page_is_known_by_its_start() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        let off = Booking { state: "cancelled".to_owned(), ..booked(4, 200) };
        let moved = Booking { state: "rescheduled".to_owned(), ..booked(5, 150) };
        let elsewhere = Booking { page_id: Some(Uuid::from_u128(2)), ..booked(6, 200) };
        for one in [booked(1, 300), booked(2, 100), booked(3, 400), off, moved, elsewhere] {
            assert!(booking::insert(&mut tx, &one).await.unwrap());
        }
        let page = Uuid::from_u128(1);
        let found = booking::starts_on_page(&mut tx, page, after(100), after(400)).await.unwrap();
        let found: Vec<_> = found.iter().map(|(id, at)| (id.as_u128() - 0x100, *at)).collect();
        assert_eq!(found, [(2, after(100)), (5, after(150)), (1, after(300))], "{}", db.name);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(booking::starts_on_page(&mut tx, page, after(0), after(999)).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_host_is_busy_with_one_thing_at_a_time() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        let [a, b] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        booking::take_cells(&mut tx, owner(), a, &cells(0, 3)).await.unwrap();
        booking::take_cells(&mut tx, owner(), b, &cells(900, 2)).await.expect("next to each other is fine");
        let other = UserId(Uuid::from_u128(0x78));
        booking::take_cells(&mut tx, other, b, &cells(0, 1)).await.expect("another host is free");
        let busy = booking::busy_cells(&mut tx, owner(), now(), after(1200)).await.unwrap();
        let expected = [(now(), a), (after(300), a), (after(600), a), (after(900), b)];
        assert_eq!(busy, expected, "{}", db.name);
        let busy = booking::busy_cells(&mut tx, owner(), after(3600), after(7200)).await.unwrap();
        assert_eq!(busy.len(), 5, "what began within the day before may last ({})", db.name);
        let busy = booking::busy_cells(&mut tx, owner(), after(86_400 + 301), after(99_999)).await.unwrap();
        assert_eq!(busy.len(), 3, "{}", db.name);
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(one).await.unwrap();
        let clash = booking::take_cells(&mut tx, owner(), b, &cells(600, 1)).await;
        assert!(matches!(clash, Err(StoreError::Duplicate(_))), "{}", db.name);
        drop(tx);
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(booking::busy_cells(&mut tx, owner(), now(), after(1200)).await.unwrap().is_empty());
        booking::free_cells(&mut tx, a).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(one).await.unwrap();
        assert_eq!(
            booking::busy_cells(&mut tx, owner(), now(), after(1200)).await.unwrap().len(),
            4,
            "the twin's"
        );
        booking::free_cells(&mut tx, a).await.unwrap();
        assert_eq!(
            booking::busy_cells(&mut tx, owner(), now(), after(1200)).await.unwrap(),
            [(after(900), b)]
        );
        booking::take_cells(&mut tx, owner(), b, &cells(600, 1)).await.expect("what was given back is free");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn two_guests_who_choose_the_same_moment_get_one_appointment() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let guest = |n: u128| {
            let store = db.store.clone();
            tokio::spawn(async move {
                let mut tx = store.begin(ws).await.unwrap();
                // The second one begins in the middle of the first one.
                let wanted = cells(i64::try_from(n).unwrap() * CELL, 6);
                match booking::take_cells(&mut tx, owner(), Uuid::from_u128(n), &wanted).await {
                    Ok(()) => tx.commit().await.map(|()| true),
                    Err(StoreError::Duplicate(_)) => Ok(false),
                    Err(other) => Err(other),
                }
            })
        };
        let (first, second) = (guest(1), guest(2));
        let got = [first.await.unwrap().unwrap(), second.await.unwrap().unwrap()];
        assert_eq!(got.iter().filter(|got| **got).count(), 1, "{}", db.name);
        let mut tx = db.store.read(ws).await.unwrap();
        assert_eq!(booking::busy_cells(&mut tx, owner(), now(), after(9000)).await.unwrap().len(), 6);
        drop(tx);
        db.remove().await;
    }
}
