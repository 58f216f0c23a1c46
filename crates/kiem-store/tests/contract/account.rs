//! People who log in, their sessions, their workspaces, and programs with a token.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{UserId, WorkspaceId};
use kiem_domain::titles::EDITION;
use kiem_store::account::{self, Session, User};
use kiem_store::member::{self, ApiToken};
use kiem_store::{Global, StoreError, testing};
use uuid::Uuid;

use crate::outreach::after;
use crate::sales::now;

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

fn session(n: u128, user: &User, expires_at: Timestamp) -> Session {
    Session {
        id: Uuid::from_u128(n),
        user: user.id,
        user_agent: "Firefox".to_owned(),
        created_at: now(),
        expires_at,
    }
}

async fn disable(global: &mut Global, user: &User) {
    let sql = "UPDATE app_user SET disabled_at = $2 WHERE id = $1";
    global.execute(sql, kiem_store::args![user.id, now()]).await.unwrap();
}

#[tokio::test]
async fn a_person_is_found_by_address_until_they_are_disabled() {
    for db in testing::both().await {
        let mut global = db.store.global().await.unwrap();
        assert_eq!(account::count_users(&mut global).await.unwrap(), 0, "the first start asks for the owner");
        let (anna, bea) = (user(1, "anna@kiem.example"), user(2, "bea@kiem.example"));
        for one in [&anna, &bea] {
            account::insert_user(&mut global, one, now()).await.unwrap();
        }
        let found = account::user_by_email(&mut global, "anna@kiem.example").await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{anna:?}"), "{}", db.name);
        assert!(account::user_by_email(&mut global, "carl@kiem.example").await.unwrap().is_none());
        assert_eq!(account::user(&mut global, bea.id).await.unwrap().unwrap().name, "Person 2");
        disable(&mut global, &anna).await;
        assert!(
            account::user_by_email(&mut global, "anna@kiem.example").await.unwrap().is_none(),
            "{}",
            db.name
        );
        assert!(account::user(&mut global, anna.id).await.unwrap().is_none());
        assert_eq!(account::count_users(&mut global).await.unwrap(), 2, "who is disabled still counts");
        global.commit().await.unwrap();
        let mut global = db.store.global().await.unwrap();
        let twice = account::insert_user(&mut global, &user(3, "bea@kiem.example"), now()).await;
        assert!(matches!(twice, Err(StoreError::Duplicate(_))), "{}", db.name);
        drop(global);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_session_lasts_until_it_is_over_or_its_person_is_disabled() {
    for db in testing::both().await {
        let mut global = db.store.global().await.unwrap();
        let (anna, bea) = (user(1, "anna@kiem.example"), user(2, "bea@kiem.example"));
        for (n, person, expires) in [(1_u8, &anna, 60), (2, &anna, 120), (3, &bea, 120)] {
            if n != 2 {
                account::insert_user(&mut global, person, now()).await.unwrap();
            }
            let one = session(n.into(), person, after(expires));
            account::insert_session(&mut global, &[n], &one).await.unwrap();
        }
        let found = account::session_by_token(&mut global, &[1], after(59)).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", session(1, &anna, after(60))), "{}", db.name);
        assert!(account::session_by_token(&mut global, &[1], after(60)).await.unwrap().is_none(), "over");
        assert!(account::session_by_token(&mut global, &[9], now()).await.unwrap().is_none(), "a guess");
        account::delete_session(&mut global, Uuid::from_u128(2)).await.unwrap();
        assert!(account::session_by_token(&mut global, &[2], now()).await.unwrap().is_none(), "{}", db.name);
        assert!(account::session_by_token(&mut global, &[3], now()).await.unwrap().is_some());
        disable(&mut global, &bea).await;
        assert!(account::session_by_token(&mut global, &[3], now()).await.unwrap().is_none(), "{}", db.name);
        assert_eq!(account::delete_old_sessions(&mut global, after(59)).await.unwrap(), 0);
        assert_eq!(account::delete_old_sessions(&mut global, after(60)).await.unwrap(), 1, "{}", db.name);
        assert_eq!(account::delete_old_sessions(&mut global, after(60)).await.unwrap(), 0);
        drop(global);
        db.remove().await;
    }
}

#[tokio::test]
async fn workspaces_are_numbered_and_shown_to_their_members() {
    for db in testing::both().await {
        let ids = [WorkspaceId(Uuid::from_u128(9)), WorkspaceId(Uuid::from_u128(3))];
        let mut global = db.store.global().await.unwrap();
        let (anna, bea) = (user(1, "anna@kiem.example"), user(2, "bea@kiem.example"));
        for one in [&anna, &bea] {
            account::insert_user(&mut global, one, now()).await.unwrap();
        }
        for (id, name, number) in [(ids[0], "Zon", 1), (ids[1], "Aarde", 2)] {
            let zone = "Europe/Amsterdam";
            let made = account::insert_workspace(&mut global, id, name, "practice", zone, "nl", now()).await;
            assert_eq!(made.unwrap(), number, "{}", db.name);
            account::set_member(&mut global, id, anna.id, "sales", now()).await.unwrap();
        }
        account::set_member(&mut global, ids[0], anna.id, "owner", now()).await.unwrap();
        let mine = account::workspaces_of(&mut global, anna.id).await.unwrap();
        let mine: Vec<_> = mine.iter().map(|w| (w.id, w.name.as_str(), w.role.as_str())).collect();
        assert_eq!(mine, [(ids[1], "Aarde", "sales"), (ids[0], "Zon", "owner")], "by name ({})", db.name);
        assert!(account::workspaces_of(&mut global, bea.id).await.unwrap().is_empty());
        assert_eq!(account::workspace_by_number(&mut global, 2).await.unwrap(), Some(ids[1]));
        assert_eq!(account::workspace_by_number(&mut global, 3).await.unwrap(), None);
        assert_eq!(account::all_workspaces(&mut global).await.unwrap(), ids, "by number ({})", db.name);

        // Whose titles were read by an earlier edition.
        let earlier =
            async |global: &mut Global, edition| account::titles_read_before(global, edition).await.unwrap();
        assert!(earlier(&mut global, EDITION).await.is_empty(), "a new workspace has none from before");
        account::set_title_edition(&mut global, ids[1], EDITION + 1).await.unwrap();
        assert_eq!(earlier(&mut global, EDITION + 1).await, [ids[0]], "{}", db.name);

        let mut changed = account::workspace(&mut global, ids[1]).await.unwrap().unwrap();
        changed.name = "Maan".to_owned();
        changed.settings = "{\"a\":1}".to_owned();
        assert!(account::update_workspace(&mut global, &changed).await.unwrap());
        assert!(account::set_sending_paused(&mut global, ids[1], Some("restored")).await.unwrap());
        let nobody = WorkspaceId(Uuid::from_u128(8));
        assert!(!account::set_sending_paused(&mut global, nobody, None).await.unwrap());
        assert!(account::workspace(&mut global, nobody).await.unwrap().is_none());
        global.commit().await.unwrap();
        let mut tx = db.store.begin(ids[1]).await.unwrap();
        let own = account::workspace_in(&mut tx).await.unwrap();
        assert_eq!((own.id, own.number, own.name.as_str()), (ids[1], 2, "Maan"), "{}", db.name);
        assert_eq!(
            (own.settings.as_str(), own.sending_paused_reason.as_deref()),
            ("{\"a\":1}", Some("restored"))
        );
        drop(tx);
        let mut tx = db.store.begin(ids[0]).await.unwrap();
        let other = account::workspace_in(&mut tx).await.unwrap();
        assert_eq!((other.name.as_str(), other.sending_paused_reason), ("Zon", None), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_token_opens_its_own_workspace_until_it_ends_or_is_revoked() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        for (n, expires_at) in [(1_u8, None), (2, Some(after(60)))] {
            let token = ApiToken {
                id: Uuid::from_u128(n.into()),
                name: "Koppeling".to_owned(),
                role: "sales".to_owned(),
                created_by: UserId(Uuid::from_u128(1)),
                created_at: now(),
                expires_at,
                used_at: None,
                revoked_at: None,
            };
            member::insert_token(&mut tx, &token, &[n]).await.unwrap();
        }
        let used = account::use_token(&mut tx, &[1], after(10)).await.unwrap().unwrap();
        assert_eq!((used.id, used.role.as_str()), (Uuid::from_u128(1), "sales"), "{}", db.name);
        let mut seen: Vec<_> =
            member::tokens(&mut tx).await.unwrap().into_iter().map(|t| (t.id.as_u128(), t.used_at)).collect();
        seen.sort_unstable();
        assert_eq!(seen, [(1, Some(after(10))), (2, None)], "its use is noted ({})", db.name);
        assert!(account::use_token(&mut tx, &[2], after(59)).await.unwrap().is_some());
        assert!(
            account::use_token(&mut tx, &[2], after(60)).await.unwrap().is_none(),
            "it ended ({})",
            db.name
        );
        assert!(account::use_token(&mut tx, &[3], now()).await.unwrap().is_none(), "a guess");
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(account::use_token(&mut tx, &[1], now()).await.unwrap().is_none(), "elsewhere ({})", db.name);
        drop(tx);
        let mut tx = db.store.begin(one).await.unwrap();
        let later = now() + SignedDuration::from_hours(1);
        assert!(member::revoke_token(&mut tx, Uuid::from_u128(1), later).await.unwrap());
        assert!(account::use_token(&mut tx, &[1], later).await.unwrap().is_none(), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}
