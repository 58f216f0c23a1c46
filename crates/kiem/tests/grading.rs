//! Clicks and visits through the public addresses: who is taken for a person, for a machine, for one of ourselves.

mod support;

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use jiff::SignedDuration;
use kiem::engine::promotion::Threshold;
use kiem::engine::public::site::SiteInput;
use kiem::engine::{Role, networks};
use kiem_domain::id::UserId;
use kiem_store::args;
use support::street::{BROWSER, Page, Somebody, Street, street, text};
use support::{House, session, user_id};

const PERSON: Somebody<'_> = Somebody { ip: "198.51.100.7", agent: BROWSER, cookie: "" };
const IPHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1";
const CASE: &str = "/cases/bakkerij";

const CLICKS: &str = "SELECT COUNT(*) AS n FROM engagement WHERE workspace_id = $1 AND kind = 'click'";
const PROMOTED: &str = "SELECT COUNT(*) AS n FROM promotion WHERE workspace_id = $1 AND rule = 'R4'";
const TOLD: &str = "SELECT COUNT(*) AS n FROM event WHERE workspace_id = $1 AND kind = 'visit.recorded'";
const GRADES: &str =
    "SELECT kind, rule, grade FROM engagement WHERE workspace_id = $1 ORDER BY occurred_at, kind";
const ACTORS: &str =
    "SELECT COUNT(*) AS n FROM engagement WHERE workspace_id = $1 AND data LIKE '%\"actor\":\"staff\"%'";

async fn with_pages(street: &Street, mode: &str, pages: &[(&str, &str)]) {
    let pages = pages.iter().map(|(kind, path)| ((*kind).to_owned(), (*path).to_owned())).collect();
    let site = SiteInput { host: "www.bureau.example".to_owned(), visit_mode: mode.to_owned(), pages };
    street.house.engine.add_site(&street.house.caller(Role::Owner), &site).await.unwrap();
}

/// Opens the link and waits until the click is written down; the token of the visit, if one may begin.
async fn click(street: &Street, who: Somebody<'_>) -> Option<String> {
    let n = street.count(CLICKS).await;
    let location = who.opens(street, &street.path_of("click").await).await;
    street.wait_for(CLICKS, n + 1).await;
    location.split_once("#k=").map(|(_, token)| token.to_owned())
}

fn page(n: u128, path: &str, visible_ms: i64, trusted: i64) -> Page<'_> {
    Page { n, path, visible_ms, trusted }
}

/// Reads the case study behind the link for 16 seconds, with a hand on the mouse.
async fn read_case(street: &Street, who: Somebody<'_>, n: u128) {
    let entry = click(street, who).await.expect("a visit begins");
    let token = who.reports(street, &entry, page(n, CASE, 0, 0)).await.expect("the visit is kept");
    who.reports(street, &token, page(n, CASE, 16_000, 4)).await.expect("the visit goes on");
}

/// Two minutes later, when every grade has settled.
async fn settle(street: &Street) {
    street.house.advance(SignedDuration::from_mins(2));
    street.house.run_jobs().await;
}

async fn grades(street: &Street) -> Vec<(String, String, String)> {
    let mut tx = street.house.db.store.read(street.house.workspace).await.unwrap();
    let rows = tx.fetch_all(GRADES, vec![]).await.unwrap();
    rows.iter().map(|r| (r.get("kind").unwrap(), r.get("rule").unwrap(), r.get("grade").unwrap())).collect()
}

async fn click_grade(street: &Street) -> (String, String) {
    let newest = grades(street).await.into_iter().rfind(|(kind, ..)| kind == "click");
    newest.map(|(_, rule, grade)| (rule, grade)).expect("a click")
}

fn named(rule: &str, grade: &str) -> (String, String) {
    (rule.to_owned(), grade.to_owned())
}

#[tokio::test]
async fn two_late_clicks_promote_only_where_no_page_ran_its_script_without_seeing_a_person() {
    for (mode, runs_script, rule, grade, promoted) in
        [("off", false, "C12", "human_likely", 1), ("click_session", true, "C13", "unknown", 0)]
    {
        let street = street().await;
        with_pages(&street, mode, &[]).await;
        for hour in 0..2 {
            let token = click(&street, PERSON).await;
            assert_eq!(token.is_some(), runs_script);
            if let Some(token) = token {
                // A scanner with a whole browser: the page ran, nobody touched it.
                PERSON.reports(&street, &token, page(hour, CASE, 1_200, 0)).await.expect("kept");
            }
            settle(&street).await;
            assert_eq!(click_grade(&street).await, named(rule, grade), "{mode}");
            street.house.advance(SignedDuration::from_hours(2));
        }
        street.house.run_jobs().await;
        assert_eq!(street.count(PROMOTED).await, promoted, "{mode}");
        assert_eq!(street.count(TOLD).await, 0, "nobody is told of a visit without a person");
        street.house.close().await;
    }
}

#[tokio::test]
async fn a_second_page_with_time_makes_the_click_certain() {
    let street = street().await;
    with_pages(&street, "click_session", &[]).await;
    let entry = click(&street, PERSON).await.unwrap();
    let token = PERSON.reports(&street, &entry, page(1, CASE, 6_000, 0)).await.unwrap();
    street.house.run_jobs().await;
    assert_eq!(click_grade(&street).await, named("C13", "unknown"), "one page, no hand, no time");
    PERSON.reports(&street, &token, page(2, "/prijzen", 5_000, 0)).await.unwrap();
    settle(&street).await;
    assert_eq!(click_grade(&street).await, named("C11", "human_certain"));
    assert_eq!(street.count(PROMOTED).await, 0, "nobody read the case study for fifteen seconds");
    street.house.close().await;
}

#[tokio::test]
async fn a_page_that_no_person_can_find_condemns_the_whole_visit() {
    let street = street().await;
    with_pages(&street, "click_session", &[("honeypot", "/niet-voor-mensen")]).await;
    let entry = click(&street, PERSON).await.unwrap();
    let token = PERSON.reports(&street, &entry, page(1, CASE, 16_000, 4)).await.unwrap();
    PERSON.reports(&street, &token, page(2, "/niet-voor-mensen", 0, 0)).await.unwrap();
    settle(&street).await;
    assert_eq!(click_grade(&street).await, named("C8", "machine"));
    assert!(grades(&street).await.iter().any(|(kind, _, grade)| kind == "session" && grade == "machine"));
    assert_eq!(street.count(PROMOTED).await, 0);
    street.house.close().await;
}

#[tokio::test]
async fn who_reads_after_the_click_is_a_prospect_and_a_return_makes_an_earlier_click_certain() {
    let street = street().await;
    with_pages(&street, "click_session", &[]).await;
    let entry = click(&street, PERSON).await.unwrap();
    PERSON.reports(&street, &entry, page(1, CASE, 1_000, 0)).await.unwrap();
    street.house.advance(SignedDuration::from_mins(40));
    let entry = click(&street, PERSON).await.unwrap();
    PERSON.reports(&street, &entry, page(2, CASE, 12_000, 0)).await.unwrap();
    settle(&street).await;
    let clicks: Vec<String> = grades(&street)
        .await
        .into_iter()
        .filter(|(kind, ..)| kind == "click")
        .map(|(_, rule, _)| rule)
        .collect();
    assert_eq!(clicks, ["C11", "C13"], "coming back over the same link shows a person at the first click");
    read_case(&street, PERSON, 3).await;
    settle(&street).await;
    assert_eq!(street.count(PROMOTED).await, 1);
    assert_eq!(street.count(TOLD).await, 1, "one visit was told");
    street.house.close().await;
}

/// When the mail arrived.
async fn delivered(street: &Street, ago: SignedDuration) {
    let at = street.house.clock.now() - ago;
    let mut tx = street.house.db.store.begin(street.house.workspace).await.unwrap();
    let sql = "UPDATE message SET finished_at = $2 WHERE workspace_id = $1";
    tx.execute(sql, args![at]).await.unwrap();
    tx.commit().await.unwrap();
}

/// The street of an installation that reads these files at its start.
async fn with_networks(street: Street, own: &str, table: &str) -> Street {
    let mut config = street.house.engine.config().clone();
    std::fs::write(config.data_dir.join(networks::OWN_LIST), own).unwrap();
    config.asn_file = config.data_dir.join("ip2asn.tsv");
    std::fs::write(&config.asn_file, table).unwrap();
    let engine = street.house.engine.clone().with_networks(networks::of_installation(&config).unwrap());
    let web = kiem::api::service(engine.clone());
    Street { web, house: House { engine, ..street.house }, ..street }
}

#[tokio::test]
async fn a_probable_gateway_is_a_machine_at_first_and_nobody_later() {
    let own = "as_of 2026-11-20\nprobable_gateway 203.0.113.0/25 Eigen filter\nprobable_gateway AS64500 Voorbeeld\n";
    let table = "# a comment\n192.0.2.0\t192.0.2.255\t64500\tNL\tVOORBEELD\n203.0.113.128\t203.0.113.255\t16417\tUS\tCISCO\n";
    let street = with_networks(street().await, own, table).await;
    for (ip, minutes, rule, grade) in [
        ("67.231.150.9", 5, "C5", "machine"),
        ("67.231.150.9", 60, "C5", "unknown"),
        ("195.130.217.40", 5, "C5", "machine"),
        ("203.0.113.9", 5, "C5", "machine"),
        ("203.0.113.200", 5, "C5", "machine"),
        ("192.0.2.9", 5, "C5", "machine"),
        ("40.107.1.1", 60, "C4", "machine"),
        ("198.51.100.9", 5, "C13", "unknown"),
        ("198.51.100.9", 60, "C12", "human_likely"),
    ] {
        street.house.advance(SignedDuration::from_hours(2));
        delivered(&street, SignedDuration::from_mins(minutes)).await;
        click(&street, Somebody { ip, ..PERSON }).await;
        street.house.run_jobs().await;
        assert_eq!(click_grade(&street).await, named(rule, grade), "{ip} after {minutes} minutes");
    }
    street.house.close().await;
}

#[tokio::test]
async fn a_list_of_networks_that_cannot_be_read_names_file_and_line() {
    let street = street().await;
    let mut config = street.house.engine.config().clone();
    let list = config.data_dir.join(networks::OWN_LIST);
    assert!(networks::of_installation(&config).is_ok(), "there need not be a list of one's own");
    std::fs::write(&list, "as_of 2026-11-20\n\nprobable_gateway 203.0.113.1/24 X\n").unwrap();
    let said = networks::of_installation(&config).unwrap_err().to_string();
    assert!(said.contains("networks.txt") && said.contains("line 3"), "{said}");
    std::fs::remove_file(&list).unwrap();
    config.asn_file = config.data_dir.join("ip2asn.tsv");
    let said = networks::of_installation(&config).unwrap_err().to_string();
    assert!(said.contains("ip2asn.tsv"), "a table that is named must be there: {said}");
    std::fs::write(&config.asn_file, "192.0.2.0\t192.0.2.255\t1\n192.0.2.0;192.0.2.255;1\n").unwrap();
    let said = networks::of_installation(&config).unwrap_err().to_string();
    assert!(said.contains("ip2asn.tsv") && said.contains("line 2"), "{said}");
    street.house.close().await;
}

async fn own_networks(street: &Street, networks: &str) -> (StatusCode, String) {
    let cookie = session(&street.house, user_id(0)).await;
    let request = Request::patch("/api/v1/workspace")
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin")
        .header("kiem-workspace", street.house.workspace.to_string())
        .header("content-type", "application/json")
        .body(Body::from(format!("{{\"own_networks\":{networks}}}")))
        .unwrap();
    let response = street.ask(request).await;
    (response.status(), text(response).await)
}

#[tokio::test]
async fn our_own_network_never_counts_and_does_not_make_a_link_ours() {
    let street = street().await;
    with_pages(&street, "click_session", &[]).await;
    let (status, said) = own_networks(&street, r#"["192.0.2.0/24", "kantoor"]"#).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("own_networks") && said.contains("kantoor"), "{said}");
    let (status, said) = own_networks(&street, r#"[" 192.0.2.0/24", "", "2001:db8::7"]"#).await;
    assert_eq!(status, StatusCode::OK);
    assert!(said.contains(r#""own_networks":["192.0.2.0/24","2001:db8::7"]"#), "{said}");
    let office = Somebody { ip: "192.0.2.9", ..PERSON };
    read_case(&street, office, 1).await;
    settle(&street).await;
    assert_eq!(street.count(PROMOTED).await, 0, "testing a link of ours is no sign of life");
    assert_eq!(street.count(ACTORS).await, 2, "click and visit are kept as our own");
    assert_eq!(street.count(TOLD).await, 0);
    const CLICKED: &str =
        "SELECT COUNT(*) AS n FROM event WHERE workspace_id = $1 AND kind = 'click.recorded'";
    assert_eq!(street.count(CLICKED).await, 0);
    // The lead opens the same link on a telephone: it is the lead's, nobody passed it on.
    street.house.advance(SignedDuration::from_hours(1));
    read_case(&street, Somebody { agent: IPHONE, ..PERSON }, 2).await;
    settle(&street).await;
    assert_eq!(street.count(PROMOTED).await, 1);
    street.house.close().await;
}

#[tokio::test]
async fn whoever_is_logged_in_never_counts_unless_they_play_the_lead() {
    let street = street().await;
    with_pages(&street, "click_session", &[]).await;
    let member = session(&street.house, user_id(0)).await;
    let me = Somebody { cookie: &member, ..PERSON };
    assert_eq!(click(&street, me).await, None, "no visit begins");
    assert_eq!(street.count(ACTORS).await, 1);
    let stranger = session(&street.house, outsider(&street).await).await;
    assert!(click(&street, Somebody { cookie: &stranger, ..PERSON }).await.is_some(), "of another workspace");
    assert!(click(&street, Somebody { cookie: "__Host-kiem=old", ..PERSON }).await.is_some(), "logged out");
    assert_eq!(street.count(ACTORS).await, 1);
    let sql = "UPDATE workspace SET mode = 'practice' WHERE id = $1";
    let mut global = street.house.db.store.global().await.unwrap();
    global.execute(sql, args![street.house.workspace]).await.unwrap();
    global.commit().await.unwrap();
    assert!(click(&street, me).await.is_some(), "in practice mode the member plays the lead");
    assert_eq!(street.count(ACTORS).await, 1);
    street.house.close().await;
}

/// Somebody who can log in and belongs to no workspace.
async fn outsider(street: &Street) -> UserId {
    let user = kiem_store::account::User {
        id: user_id(90),
        email: "buiten@elders.example".to_owned(),
        name: "Buiten".to_owned(),
        password_hash: String::new(),
        language: "nl".to_owned(),
        theme: "auto".to_owned(),
    };
    let mut global = street.house.db.store.global().await.unwrap();
    kiem_store::account::insert_user(&mut global, &user, street.house.clock.now()).await.unwrap();
    global.commit().await.unwrap();
    user.id
}

#[tokio::test]
async fn what_other_numbers_would_have_meant_is_shown_before_they_are_saved() {
    let street = street().await;
    with_pages(&street, "click_session", &[]).await;
    read_case(&street, PERSON, 1).await;
    settle(&street).await;
    assert_eq!(street.count(PROMOTED).await, 1);
    let owner = street.house.caller(Role::Owner);
    let engine = &street.house.engine;
    let wanted = |name: &str, value| BTreeMap::from([(name.to_owned(), Some(Threshold::Number(value)))]);
    let same = engine.replay_thresholds(&owner, &wanted("case_visible_seconds_min", 12)).await.unwrap();
    assert_eq!((same.n_leads, same.more.len(), same.fewer.len(), same.is_cut), (1, 0, 0, false));
    let stricter = engine.replay_thresholds(&owner, &wanted("case_visible_seconds_min", 20)).await.unwrap();
    let named: Vec<_> =
        stricter.fewer.iter().map(|one| (one.name.as_deref(), one.company.as_str(), one.rule)).collect();
    assert_eq!(named, [(Some("Eva Jansen"), "Klant BV", Some("R4"))]);
    assert!(engine.replay_thresholds(&owner, &wanted("case_visible_seconds_min", 9_999)).await.is_err());
    // Once the stricter number holds, the old one would bring the prospect back.
    let stands = street.count(PROMOTED).await;
    engine.change_thresholds(&owner, &wanted("case_visible_seconds_min", 20)).await.unwrap();
    let looser = engine
        .replay_thresholds(&owner, &BTreeMap::from([("case_visible_seconds_min".to_owned(), None)]))
        .await
        .unwrap();
    assert_eq!((looser.more.len(), looser.fewer.len()), (1, 0));
    assert_eq!(street.count(PROMOTED).await, stands, "looking decides nothing");
    street.house.close().await;
}
