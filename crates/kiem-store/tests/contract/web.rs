//! A workspace's own sites, the visits to them, the public entrances and what people asked there.

use kiem_domain::id::LeadId;
use kiem_store::inlet::{self, Inlet, InletKind};
use kiem_store::quote_request::{self, QuoteRequest};
use kiem_store::site::{self, Site, VisitMode};
use kiem_store::web_session::{self, PageViewRow, WebSession};
use kiem_store::{StoreError, testing};
use uuid::Uuid;

use crate::outreach::after;
use crate::sales::now;

fn visit(n: u128) -> WebSession {
    WebSession {
        id: Uuid::from_u128(n),
        site_id: Uuid::from_u128(1),
        started_at: now(),
        seen_at: now(),
        entry_link_id: None,
        lead_id: Some(LeadId(Uuid::from_u128(n))),
        contact_id: None,
        company_id: None,
        source_hash: vec![7, 8],
        consented: false,
    }
}

fn view(session: u128, n: u128, at: i64, measured: [i64; 3]) -> PageViewRow {
    PageViewRow {
        session_id: Uuid::from_u128(session),
        id: Uuid::from_u128(n),
        path: format!("/cases/{n}"),
        page_kind: "case".to_owned(),
        at: after(at),
        visible_ms: measured[0],
        trusted_events_n: measured[1],
        scroll_percent: measured[2],
    }
}

#[tokio::test]
async fn a_visit_is_written_once_and_gives_signs_of_life() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        for ws in [one, two] {
            let mut tx = db.store.begin(ws).await.unwrap();
            for n in 1..=3 {
                assert!(web_session::insert(&mut tx, &visit(n)).await.unwrap());
            }
            tx.commit().await.unwrap();
        }
        let mut tx = db.store.begin(one).await.unwrap();
        let again = WebSession { source_hash: vec![1], ..visit(1) };
        assert!(!web_session::insert(&mut tx, &again).await.unwrap(), "{}", db.name);
        let many: Vec<Uuid> = (2..=1300).map(Uuid::from_u128).collect();
        let mut found = web_session::by_ids(&mut tx, &many).await.unwrap();
        found.sort_by_key(|s| s.id);
        assert_eq!(found, [visit(2), visit(3)], "more ids than one query takes ({})", db.name);
        assert!(web_session::by_ids(&mut tx, &[]).await.unwrap().is_empty());
        web_session::touch(&mut tx, &many, after(60)).await.unwrap();
        web_session::touch(&mut tx, &[], after(99)).await.unwrap();
        web_session::set_consented(&mut tx, Uuid::from_u128(3)).await.unwrap();
        let ids: Vec<Uuid> = (1..=3).map(Uuid::from_u128).collect();
        let mut found = web_session::by_ids(&mut tx, &ids).await.unwrap();
        found.sort_by_key(|s| s.id);
        let found: Vec<_> = found.iter().map(|s| (s.seen_at, s.consented)).collect();
        assert_eq!(found, [(now(), false), (after(60), false), (after(60), true)], "{}", db.name);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        let mut twins = web_session::by_ids(&mut tx, &ids).await.unwrap();
        twins.sort_by_key(|s| s.id);
        assert_eq!(twins, [visit(1), visit(2), visit(3)], "the twins are untouched ({})", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn reports_of_a_page_are_merged_in_any_order() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        let reports = [[100, 5, 10], [900, 2, 40], [300, 1, 90]];
        // The same reports for two pages, the second time backwards.
        for i in 0..3 {
            let forth = view(1, 1, 5, reports[i]);
            let back = view(1, 2, 3, reports[2 - i]);
            web_session::merge_pages(&mut tx, &[forth, back]).await.unwrap();
        }
        web_session::merge_pages(&mut tx, &[view(2, 1, 0, [1, 1, 1])]).await.unwrap();
        web_session::merge_pages(&mut tx, &[]).await.unwrap();
        let expected = [view(1, 2, 3, [900, 5, 90]), view(1, 1, 5, [900, 5, 90])];
        let pages = web_session::pages(&mut tx, &[Uuid::from_u128(1)]).await.unwrap();
        assert_eq!(pages, expected, "the most of each, oldest first ({})", db.name);
        let moved = PageViewRow { path: "/elders".to_owned(), at: after(99), ..view(1, 1, 5, [0, 0, 0]) };
        web_session::merge_pages(&mut tx, &[moved]).await.unwrap();
        let pages = web_session::pages(&mut tx, &[Uuid::from_u128(1)]).await.unwrap();
        assert_eq!(pages, expected, "the first word on what it is stays ({})", db.name);
        let visits = [1, 2, 3].map(Uuid::from_u128);
        let pages = web_session::pages(&mut tx, &visits).await.unwrap();
        let expected = [view(2, 1, 0, [1, 1, 1]), expected[0].clone(), expected[1].clone()];
        assert_eq!(pages, expected, "several visits at once ({})", db.name);
        let long: Vec<PageViewRow> =
            (0..201_u32).map(|n| view(3, u128::from(n) + 1, i64::from(n), [0, 0, 0])).collect();
        web_session::merge_pages(&mut tx, &long).await.unwrap();
        let pages = web_session::pages(&mut tx, &visits).await.unwrap();
        assert_eq!(
            pages.len(),
            203,
            "200 of the long visit, and nothing of the others is lost ({})",
            db.name
        );
        assert!(web_session::pages(&mut tx, &[]).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(web_session::pages(&mut tx, &[Uuid::from_u128(1)]).await.unwrap().is_empty(), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_site_belongs_to_one_host_of_its_workspace() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        let own = |n: u128, host: &str| Site {
            id: Uuid::from_u128(n),
            host: host.to_owned(),
            visit_mode: VisitMode::ClickSession,
            case_paths: "/cases/*".to_owned(),
            created_at: now(),
        };
        let (a, b) = (own(1, "www.agency.example"), own(2, "agency.example"));
        for one in [&a, &b] {
            site::insert(&mut tx, one).await.unwrap();
        }
        assert_eq!(site::all(&mut tx).await.unwrap(), [b.clone(), a.clone()], "by host ({})", db.name);
        let off = Site { visit_mode: VisitMode::Off, case_paths: String::new(), ..a.clone() };
        assert!(site::update(&mut tx, &off).await.unwrap());
        assert_eq!(site::all(&mut tx).await.unwrap(), [b.clone(), off.clone()], "{}", db.name);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(site::all(&mut tx).await.unwrap().is_empty());
        assert!(!site::update(&mut tx, &a).await.unwrap() && !site::remove(&mut tx, a.id).await.unwrap());
        drop(tx);
        let mut tx = db.store.begin(one).await.unwrap();
        assert!(site::remove(&mut tx, a.id).await.unwrap());
        assert!(!site::remove(&mut tx, a.id).await.unwrap(), "once ({})", db.name);
        let twice = site::insert(&mut tx, &own(3, "agency.example")).await;
        assert!(matches!(twice, Err(StoreError::Duplicate(_))), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn an_entrance_is_found_changed_and_closed_in_its_workspace() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        let entrance = |n: u128, kind| Inlet {
            id: Uuid::from_u128(n),
            kind,
            name: "Site".to_owned(),
            secret: (kind != InletKind::QuoteForm).then(|| vec![1, 2]),
            allowed_origins: "https://agency.example".to_owned(),
            active: true,
            created_at: after(10 - i64::try_from(n).unwrap()),
        };
        let (form, hook) = (entrance(1, InletKind::QuoteForm), entrance(2, InletKind::CalCom));
        for one in [&form, &hook] {
            inlet::insert(&mut tx, one).await.unwrap();
        }
        assert_eq!(
            inlet::all(&mut tx).await.unwrap(),
            [hook.clone(), form.clone()],
            "oldest first ({})",
            db.name
        );
        let closed = Inlet { active: false, secret: Some(vec![3]), ..hook.clone() };
        assert!(inlet::update(&mut tx, &closed).await.unwrap());
        assert_eq!(inlet::find(&mut tx, hook.id).await.unwrap(), Some(closed), "{}", db.name);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(inlet::find(&mut tx, form.id).await.unwrap().is_none());
        assert!(inlet::all(&mut tx).await.unwrap().is_empty());
        assert!(
            !inlet::update(&mut tx, &form).await.unwrap() && !inlet::remove(&mut tx, form.id).await.unwrap()
        );
        drop(tx);
        let mut tx = db.store.begin(one).await.unwrap();
        assert!(inlet::remove(&mut tx, form.id).await.unwrap());
        assert!(!inlet::remove(&mut tx, form.id).await.unwrap(), "once ({})", db.name);
        assert_eq!(inlet::find(&mut tx, form.id).await.unwrap(), None);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_request_is_taken_once_and_spam_is_kept_apart() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        let asked = |n: u128, spam: Option<&str>| QuoteRequest {
            id: Uuid::from_u128(n),
            external_key: format!("key-{n}"),
            name: "Eva".to_owned(),
            email: "eva@klant.example".to_owned(),
            company_name: "Klant".to_owned(),
            phone: String::new(),
            text: "Wat kost dat?".to_owned(),
            spam_reason: spam.map(str::to_owned),
            lead_id: None,
            contact_id: None,
            company_id: None,
            created_at: after(i64::try_from(n).unwrap()),
            handled_at: None,
        };
        for one in [asked(1, None), asked(2, Some("honeypot")), asked(3, None)] {
            assert!(quote_request::insert(&mut tx, &one).await.unwrap());
        }
        let again = QuoteRequest { id: Uuid::from_u128(9), ..asked(1, None) };
        assert!(
            !quote_request::insert(&mut tx, &again).await.unwrap(),
            "sent twice, asked once ({})",
            db.name
        );
        let list = quote_request::list(&mut tx, false, after(99), 9).await.unwrap();
        assert_eq!(list, [asked(3, None), asked(1, None)], "newest first ({})", db.name);
        assert_eq!(quote_request::list(&mut tx, false, after(3), 9).await.unwrap(), [asked(1, None)]);
        assert_eq!(quote_request::list(&mut tx, false, after(99), 1).await.unwrap(), [asked(3, None)]);
        let spam = quote_request::list(&mut tx, true, after(99), 9).await.unwrap();
        assert_eq!(spam, [asked(2, Some("honeypot"))], "{}", db.name);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(quote_request::list(&mut tx, false, after(99), 9).await.unwrap().is_empty(), "{}", db.name);
        assert!(quote_request::insert(&mut tx, &asked(1, None)).await.unwrap(), "another workspace");
        drop(tx);
        db.remove().await;
    }
}
