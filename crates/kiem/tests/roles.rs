//! The role matrix over the operations: every operation of the API document by every kind of caller. The expected
//! answers stand in `support/matrix.rs`.
#![allow(missing_docs, reason = "a test binary")]

mod support;

use std::collections::BTreeSet;

use kiem::api;
use kiem::engine::{EngineError, Role};
use kiem_domain::id::UserId;
use kiem_store::account::{self, User};
use serde_json::json;
use support::House;
use support::matrix::{For, MATRIX};
use support::operations::{Operation, operations};
use support::web::Browser;
use uuid::Uuid;

/// A record that is nowhere: who may hears that, who may not hears no.
const NOWHERE: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0bad);

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Member(Role),
    Token(Role),
    /// Logged in, a member of another workspace.
    Stranger,
    Nobody,
    RevokedToken,
}

/// What is expected of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// Anything but a refusal of the caller.
    Allowed,
    /// The role may not.
    Forbidden,
    /// Nobody we know.
    LogIn,
    /// The workspace does not exist for this person.
    Hidden,
}

fn letter(role: Role) -> char {
    match role {
        Role::Owner => 'O',
        Role::Manager => 'M',
        Role::Marketing => 'K',
        Role::Sales => 'S',
        Role::ReadOnly => 'R',
    }
}

fn expected(need: For, who: Who) -> Expected {
    let by_role = |letters: &str, role| {
        if letters.contains(letter(role)) { Expected::Allowed } else { Expected::Forbidden }
    };
    match (need, who) {
        (For::Anyone, _) => Expected::Allowed,
        (_, Who::Nobody | Who::RevokedToken) | (For::Person, Who::Token(_)) => Expected::LogIn,
        (For::Person, _) => Expected::Allowed,
        (For::Owners, Who::Token(_)) => Expected::LogIn,
        (For::Owners, Who::Stranger | Who::Member(Role::Owner)) => Expected::Allowed,
        (For::Owners, Who::Member(_)) => Expected::Forbidden,
        (For::Roles(_) | For::Persons(_), Who::Stranger) => Expected::Hidden,
        (For::Roles(letters) | For::Persons(letters), Who::Member(role)) => by_role(letters, role),
        (For::Roles(letters), Who::Token(role)) => by_role(letters, role),
        (For::Persons(_), Who::Token(_)) => Expected::Forbidden,
    }
}

fn need_of(op: &Operation) -> For {
    let path = op.pattern.strip_prefix("/api/v1").unwrap();
    MATRIX.iter().find(|row| (row.0, row.1) == (op.method.as_str(), path)).unwrap().2
}

#[test]
fn every_operation_has_one_row_and_every_row_is_an_operation() {
    let all: Vec<(String, String)> =
        operations(NOWHERE).into_iter().map(|op| (op.method, op.pattern)).collect();
    let document: BTreeSet<_> = all.iter().cloned().collect();
    let rows: Vec<_> = MATRIX.iter().map(|r| (r.0.to_owned(), format!("/api/v1{}", r.1))).collect();
    let matrix: BTreeSet<_> = rows.iter().cloned().collect();
    assert_eq!(rows.len(), matrix.len(), "a row stands twice");
    let missing: Vec<_> = document.difference(&matrix).collect();
    let stale: Vec<_> = matrix.difference(&document).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "without a row: {missing:?}; without an operation: {stale:?}"
    );
}

/// Somebody logged in who belongs to another workspace.
async fn stranger(house: &House) -> UserId {
    let other = house.db.workspace(2, house.clock.now()).await;
    let id = UserId(Uuid::from_u128(0xbea));
    let person = User {
        id,
        email: "bea@elders.example".to_owned(),
        name: "Bea".to_owned(),
        password_hash: String::new(),
        language: "nl".to_owned(),
        theme: "auto".to_owned(),
    };
    let mut global = house.db.store.global().await.unwrap();
    account::insert_user(&mut global, &person, house.clock.now()).await.unwrap();
    account::set_member(&mut global, other, id, "owner", house.clock.now()).await.unwrap();
    global.commit().await.unwrap();
    id
}

/// A browser or program for a caller; a fresh session each time, because some operations end it.
async fn as_caller(
    house: &House,
    browser: &Browser,
    who: Who,
    tokens: &[(Who, String)],
    bea: UserId,
) -> Browser {
    let browser = browser.clone();
    let workspace = house.workspace.to_string();
    match who {
        Who::Nobody => browser,
        Who::Member(role) => {
            let place = Role::ALL.iter().position(|r| *r == role).unwrap();
            let cookie = support::session(house, support::user_id(place)).await;
            browser.with("cookie", &cookie).with("kiem-workspace", &workspace)
        }
        Who::Stranger => {
            let cookie = support::session(house, bea).await;
            browser.with("cookie", &cookie).with("kiem-workspace", &workspace)
        }
        Who::Token(_) | Who::RevokedToken => {
            let text = &tokens.iter().find(|(of, _)| *of == who).unwrap().1;
            browser.with("authorization", &format!("Bearer {text}"))
        }
    }
}

async fn tokens(house: &House) -> Vec<(Who, String)> {
    let owner = house.caller(Role::Owner);
    let mut all = Vec::new();
    for role in [Role::Manager, Role::Marketing, Role::Sales, Role::ReadOnly] {
        let (_, text) = house.engine.create_api_token(&owner, role.as_str(), role, None).await.unwrap();
        all.push((Who::Token(role), text));
    }
    let (token, text) = house.engine.create_api_token(&owner, "oud", Role::Manager, None).await.unwrap();
    house.engine.revoke_api_token(&owner, token.id).await.unwrap();
    all.push((Who::RevokedToken, text));
    let as_owner = house.engine.create_api_token(&owner, "te veel", Role::Owner, None).await;
    assert!(matches!(as_owner, Err(EngineError::Invalid(_))), "no token has the owner's role");
    all
}

#[tokio::test]
async fn every_cell_of_operations_and_callers() {
    let house = House::sqlite().await;
    let bea = stranger(&house).await;
    let tokens = tokens(&house).await;
    let callers: Vec<Who> = Role::ALL
        .iter()
        .map(|role| Who::Member(*role))
        .chain(tokens.iter().map(|(who, _)| *who))
        .chain([Who::Stranger, Who::Nobody])
        .collect();
    assert_eq!(callers.len(), 12);
    let browser = Browser::new(api::service(house.engine.clone()));
    let mut wrong = Vec::new();
    let mut n = 0;
    for op in operations(NOWHERE).into_iter().map(without_what_only_owners_name) {
        for who in &callers {
            let browser = as_caller(&house, &browser, *who, &tokens, bea).await;
            let answer = browser.run(&op).await;
            let status = answer.status.as_u16();
            let is_right = match expected(need_of(&op), *who) {
                Expected::Allowed => !matches!(status, 401 | 403) && status < 500 || is_log_in(&op, status),
                Expected::Forbidden => status == 403,
                Expected::LogIn => status == 401,
                Expected::Hidden => status == 404,
            };
            if !is_right {
                let want = expected(need_of(&op), *who);
                wrong.push(format!(
                    "{} {} by {who:?}: {want:?}, but {status} {}",
                    op.method, op.pattern, answer.text
                ));
            }
            n += 1;
        }
    }
    assert!(n >= 12 * 130, "{n} cells");
    assert!(wrong.is_empty(), "{} of {n} cells:\n{}", wrong.len(), wrong.join("\n"));
    house.close().await;
}

/// A manager changes the workspace's settings, but not what it is called, its zone and its language.
fn without_what_only_owners_name(mut op: Operation) -> Operation {
    if (op.method.as_str(), op.pattern.as_str()) == ("PATCH", "/api/v1/workspace") {
        let body = op.body.as_mut().and_then(|body| body.as_object_mut()).unwrap();
        for field in ["name", "time_zone", "language"] {
            assert!(body.remove(field).is_some(), "{field}");
        }
    }
    op
}

#[tokio::test]
async fn only_an_owner_renames_the_workspace() {
    let house = House::sqlite().await;
    let service = Browser::new(api::service(house.engine.clone()));
    for (role, status) in [(Role::Owner, 200), (Role::Manager, 403), (Role::Marketing, 403)] {
        for body in [json!({ "name": "Anders" }), json!({ "time_zone": "UTC" }), json!({ "language": "en" })]
        {
            let browser = as_caller(&house, &service, Who::Member(role), &[], UserId(NOWHERE)).await;
            let answer = browser.ask("PATCH", "/api/v1/workspace", Some(&body)).await;
            assert_eq!(answer.status.as_u16(), status, "{role}: {body}: {}", answer.text);
        }
    }
    house.close().await;
}

/// A wrong password is refused with 401, whoever sends it.
fn is_log_in(op: &Operation, status: u16) -> bool {
    op.method == "POST" && op.pattern == "/api/v1/session" && status == 401
}
