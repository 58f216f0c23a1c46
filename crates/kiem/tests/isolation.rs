//! Every operation of the API, replayed by somebody of another workspace and by somebody who may only read.
//! The operations come from the OpenAPI document, so a new one is tried without a line here.

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures::StreamExt as _;
use kiem::api;
use kiem::engine::{Caller, Role};
use kiem_domain::id::{UserId, WorkspaceId};
use kiem_store::account::{self, User};
use kiem_store::event::Actor;
use kiem_store::{Value as Bound, args};
use serde_json::json;
use support::operations::{Operation, SEARCHED, operations};
use support::web::Browser;
use support::{House, session};
use tower::ServiceExt as _;
use uuid::Uuid;

/// Stands in every text of the other workspace.
const MARK: &str = "GEHEIM-VAN-A";
/// Id of every record of the other workspace: with one id for all, each address has the right one in it.
const FOREIGN: Uuid = Uuid::from_u128(0x0190_dead_beef_7000_8000_0000_0000_00aa);

/// What concerns the person and no workspace.
fn is_personal(pattern: &str) -> bool {
    ["/api/v1/session", "/api/v1/setup", "/api/v1/me", "/api/v1/workspaces", "/api/v1/notifications"]
        .iter()
        .any(|p| pattern == *p || pattern.starts_with(&format!("{p}/")))
}

/// Tables of the database with their columns.
async fn tables(house: &House) -> Vec<(String, Vec<(String, String)>)> {
    let mut global = house.db.store.global_read().await.unwrap();
    let rows = global
        .fetch_all(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
             AND name NOT LIKE '_sqlx%' ORDER BY name",
            vec![],
        )
        .await
        .unwrap();
    let mut all = Vec::new();
    for row in rows {
        let table: String = row.get("name").unwrap();
        let columns = global
            .fetch_all(format!("SELECT name, type FROM pragma_table_info('{table}')"), vec![])
            .await
            .unwrap();
        let columns = columns.iter().map(|c| (c.get("name").unwrap(), c.get("type").unwrap())).collect();
        all.push((table, columns));
    }
    all
}

/// Fills every table of a workspace with one row, whose texts all hold the mark and whose ids are all the same.
async fn fill(house: &House, workspace: WorkspaceId) -> usize {
    let tables = tables(house).await;
    let mut global = house.db.store.global().await.unwrap();
    global.execute("PRAGMA defer_foreign_keys = ON", vec![]).await.unwrap();
    global.execute("PRAGMA ignore_check_constraints = ON", vec![]).await.unwrap();
    let person = User {
        id: UserId(FOREIGN),
        email: format!("{MARK}@a.example"),
        name: MARK.to_owned(),
        password_hash: MARK.to_owned(),
        language: "nl".to_owned(),
        theme: "auto".to_owned(),
    };
    account::insert_user(&mut global, &person, house.clock.now()).await.unwrap();
    let mut n = 0;
    for (table, columns) in tables {
        if !columns.iter().any(|(c, _)| c == "workspace_id") || table == "session" {
            continue;
        }
        let values: Vec<Bound> = columns
            .iter()
            .map(|(column, kind)| match (column.as_str(), kind.as_str()) {
                ("workspace_id", _) => workspace.into(),
                (c, "BLOB") if c == "id" || c.ends_with("_id") || c.ends_with("_by") => FOREIGN.into(),
                (_, "BLOB") => MARK.as_bytes().into(),
                (_, "INTEGER") => 1_i64.into(),
                (_, "BOOLEAN") => true.into(),
                _ => MARK.into(),
            })
            .collect();
        let names: Vec<_> = columns.iter().map(|(c, _)| c.as_str()).collect();
        let places: Vec<_> = (1..=names.len()).map(|i| format!("${i}")).collect();
        let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), places.join(", "));
        global.execute(sql, values).await.unwrap_or_else(|e| panic!("{table}: {e}"));
        n += 1;
    }
    global.commit().await.unwrap();
    let mut global = house.db.store.global().await.unwrap();
    global.execute("PRAGMA ignore_check_constraints = OFF", vec![]).await.unwrap();
    global.commit().await.unwrap();
    n
}

/// Everything that a workspace holds, as text.
async fn contents(house: &House, workspace: WorkspaceId) -> String {
    let tables = tables(house).await;
    let mut global = house.db.store.global_read().await.unwrap();
    let mut text = String::new();
    for (table, columns) in tables {
        let own = match table.as_str() {
            "workspace" => "id",
            // A refused request may be noted; it is no change of anybody's data.
            "session" | "idempotency_key" => continue,
            _ if columns.iter().any(|(c, _)| c == "workspace_id") => "workspace_id",
            _ => continue,
        };
        let quoted: Vec<_> = columns.iter().map(|(c, _)| format!("quote({c})")).collect();
        let sql = format!(
            "SELECT {} AS line FROM {table} WHERE {own} = $1 ORDER BY 1 LIMIT 10000",
            quoted.join(" || ',' || ")
        );
        for row in global.fetch_all(sql, args![workspace]).await.unwrap() {
            text.push_str(&format!("{table}: {}\n", row.get::<String>("line").unwrap()));
        }
    }
    text
}

/// A workspace B with its owner, beside the house's own workspace A, which is filled with marked rows.
async fn two_workspaces() -> (House, WorkspaceId, Browser) {
    let house = House::sqlite().await;
    let other = house.db.workspace(2, house.clock.now()).await;
    let owner = UserId(Uuid::from_u128(0xb));
    let person = User {
        id: owner,
        email: "bea@b.example".to_owned(),
        name: "Bea".to_owned(),
        password_hash: String::new(),
        language: "nl".to_owned(),
        theme: "auto".to_owned(),
    };
    let mut global = house.db.store.global().await.unwrap();
    account::insert_user(&mut global, &person, house.clock.now()).await.unwrap();
    account::set_member(&mut global, other, owner, "owner", house.clock.now()).await.unwrap();
    global.commit().await.unwrap();
    assert!(fill(&house, house.workspace).await >= 30, "the workspace holds rows of every kind");
    let cookie = session(&house, owner).await;
    let browser = Browser::new(api::service(house.engine.clone())).with("cookie", &cookie);
    (house, other, browser)
}

#[tokio::test]
async fn another_workspaces_records_are_not_there_for_any_operation() {
    let (house, other, owner) = two_workspaces().await;
    let owner = owner.with("kiem-workspace", &other.to_string());
    let before = contents(&house, house.workspace).await;
    assert!(before.contains(MARK));
    let mut leaks = Vec::new();
    assert!(MARK.contains(SEARCHED), "a search would find the marked rows");
    let (mut n, mut n_with_id) = (0, 0);
    for op in operations(FOREIGN) {
        if op.method == "DELETE" && op.pattern == "/api/v1/session" {
            continue; // Would end the session that asks.
        }
        let answer = owner.run(&op).await;
        let has_id = op.path.contains(&format!("/{FOREIGN}"));
        let refused = matches!(answer.status.as_u16(), 400 | 401 | 403 | 404 | 405 | 409 | 415 | 422);
        let shows = answer.text.contains(MARK) || answer.text.contains(&FOREIGN.to_string());
        if shows || answer.status.is_server_error() || (has_id && !refused) {
            leaks.push(format!("{} {}: {} {}", op.method, op.path, answer.status, answer.text));
        }
        n += 1;
        n_with_id += usize::from(has_id);
    }
    assert!(leaks.is_empty(), "{} of {n}:\n{}", leaks.len(), leaks.join("\n"));
    assert!(n_with_id >= 10, "{n_with_id} operations with an id");
    assert_eq!(contents(&house, house.workspace).await, before, "nothing of A was changed");
    house.close().await;
}

#[tokio::test]
async fn another_workspace_cannot_be_entered_by_any_operation() {
    let (house, _, owner) = two_workspaces().await;
    let owner = owner.with("kiem-workspace", &house.workspace.to_string());
    let before = contents(&house, house.workspace).await;
    for op in operations(FOREIGN).into_iter().filter(|op| !is_personal(&op.pattern)) {
        let answer = owner.run(&op).await;
        let refused = matches!(answer.status.as_u16(), 400 | 401 | 403 | 404 | 415 | 422);
        assert!(refused, "{} {}: {} {}", op.method, op.path, answer.status, answer.text);
        assert!(!answer.text.contains(MARK), "{} {}: {}", op.method, op.path, answer.text);
    }
    assert_eq!(contents(&house, house.workspace).await, before, "nothing of A was changed");
    house.close().await;
}

/// Bea, who owns workspace B, may sell in workspace A too.
async fn in_both(house: &House) {
    let mut global = house.db.store.global().await.unwrap();
    let bea = UserId(Uuid::from_u128(0xb));
    account::set_member(&mut global, house.workspace, bea, "sales", house.clock.now()).await.unwrap();
    global.commit().await.unwrap();
}

#[tokio::test]
async fn an_answer_that_was_kept_is_given_in_its_own_workspace_only() {
    let (house, other, bea) = two_workspaces().await;
    in_both(&house).await;
    let body = json!({ "address": "eva@klant.example", "reason": "belde" });
    let bea = bea.with("idempotency-key", "een-en-dezelfde");
    let replayed = async |browser: &Browser, workspace: WorkspaceId| {
        let browser = browser.with("kiem-workspace", &workspace.to_string());
        let answer = browser.ask("POST", "/api/v1/suppressions", Some(&body)).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        answer.headers.contains_key("idempotency-replayed")
    };
    assert!(!replayed(&bea, house.workspace).await, "the first time");
    assert!(!replayed(&bea, other).await, "another workspace is another request");
    assert!(replayed(&bea, house.workspace).await && replayed(&bea, other).await);
    let colleague = session(&house, support::user_id(0)).await;
    let colleague = bea.with("cookie", &colleague);
    assert!(!replayed(&colleague, house.workspace).await, "another person is another request");
    for workspace in [house.workspace, other] {
        assert!(contents(&house, workspace).await.contains("suppression: "), "it had its effect in both");
    }
    house.close().await;
}

#[tokio::test]
async fn the_event_stream_holds_events_of_its_own_workspace_only() {
    let (house, other, bea) = two_workspaces().await;
    let of_b = Caller { workspace: other, actor: Actor::System, role: Role::Owner };
    for caller in [house.caller(Role::Owner), of_b] {
        house.engine.suppress_by_hand(&caller, "eva@klant.example", "belde").await.unwrap();
    }
    // From the very beginning on, so that everything there is would come.
    let mut request = Request::get(format!("/api/v1/events?workspace={other}"))
        .header("last-event-id", Uuid::from_u128(1).to_string());
    for (name, value) in &bea.headers {
        request = request.header(name, value);
    }
    let response = bea.service.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut stream = response.into_body().into_data_stream();
    let first = tokio::time::timeout(std::time::Duration::from_secs(20), stream.next()).await.unwrap();
    let first = String::from_utf8_lossy(&first.unwrap().unwrap()).into_owned();
    let more = tokio::time::timeout(std::time::Duration::from_millis(300), stream.next()).await;
    let more = more.ok().flatten().map(|frame| String::from_utf8_lossy(&frame.unwrap()).into_owned());
    let all = format!("{first}{}", more.unwrap_or_default());
    assert_eq!(all.matches("suppression.added").count(), 1, "{all}");
    assert!(!all.contains(MARK) && !all.contains(&FOREIGN.to_string()), "{all}");
    house.close().await;
}

#[tokio::test]
async fn who_is_not_logged_in_gets_nothing() {
    let (house, _, _) = two_workspaces().await;
    let nobody = Browser::new(api::service(house.engine.clone()));
    let before = contents(&house, house.workspace).await;
    for op in operations(FOREIGN).into_iter().filter(|op| !is_personal(&op.pattern)) {
        let answer = nobody.run(&op).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{} {}: {}", op.method, op.path, answer.text);
    }
    assert_eq!(contents(&house, house.workspace).await, before);
    house.close().await;
}

#[tokio::test]
async fn who_may_only_read_changes_nothing() {
    let house = House::sqlite().await;
    let lead = house.lead(1, "eva@klant.example", "Eva", "Meer", "Bakkerij Klant").await;
    let reader = Role::ALL.iter().position(|r| *r == Role::ReadOnly).unwrap();
    let cookie = session(&house, support::user_id(reader)).await;
    let reader = Browser::new(api::service(house.engine.clone())).with("cookie", &cookie);
    let before = contents(&house, house.workspace).await;
    let (mut n, mut other) = (0, Vec::new());
    // Everybody may mark their own notifications as read; the contents are compared for it all the same.
    let is_own = |op: &Operation| op.pattern == "/api/v1/notifications/read";
    for op in operations(lead.0).into_iter().filter(|op| op.method != "GET" && !is_personal(&op.pattern)) {
        let answer = reader.run(&op).await;
        let after = contents(&house, house.workspace).await;
        assert_eq!(after, before, "{} {} changed something ({})", op.method, op.path, answer.status);
        if is_own(&op) {
            continue;
        }
        n += 1;
        if answer.status != StatusCode::FORBIDDEN {
            let line = format!("{} {}: {} {}", op.method, op.path, answer.status, answer.json()["code"]);
            assert!(answer.status.is_client_error(), "{line}");
            other.push(line);
        }
    }
    // A body that cannot be read, or a record that is not there, may be said before the role is.
    assert!(other.len() * 3 < n * 2, "{} of {n} never ask for the role:\n{}", other.len(), other.join("\n"));
    house.close().await;
}
