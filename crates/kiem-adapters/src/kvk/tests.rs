//! The register against a server of our own with answers of our own making.

use std::time::Duration;

use kiem_domain::company::KvkNumber;
use kiem_domain::register::RegisterProfile;
use serde_json::json;

use super::counter::{KEY, answer, hit, hits, profile, refusal};
use super::{Kvk, KvkError, KvkQuestion};
use crate::http::Reach;
use crate::website::forest::{Leaf, Tree};

const NUMBER: &str = "30123456";
const PROFILE: &str = "/api/v1/basisprofielen/30123456";

async fn with(leaf: Leaf) -> (Tree, Kvk) {
    let tree = Tree::grow(&[("*", leaf)]).await;
    let kvk = Kvk::new(&Reach::Private, &tree.url("/api")).unwrap();
    (tree, kvk)
}

async fn ask(leaf: Leaf) -> Result<RegisterProfile, KvkError> {
    let (_tree, kvk) = with(leaf).await;
    kvk.profile(KEY, &KvkNumber::parse(NUMBER).unwrap()).await
}

#[tokio::test]
async fn a_profile_is_read_as_documented() {
    let (tree, kvk) = with(answer(&profile(NUMBER, "Dakdekkers Veer B.V."))).await;
    let found = kvk.profile(KEY, &KvkNumber::parse(NUMBER).unwrap()).await.unwrap();
    assert_eq!((found.number.as_str(), found.name.as_str()), (NUMBER, "Dakdekkers Veer B.V."));
    assert_eq!(found.trade_names, ["Dakdekkers Veer B.V.", "Veer Daken"], "in the register's order");
    assert_eq!(found.legal_form.as_deref(), Some("Besloten Vennootschap"));
    let codes: Vec<_> = found.activities.iter().map(|a| (a.code.as_str(), a.is_main)).collect();
    assert_eq!(codes, [("43910", true), ("43990", false)]);
    assert_eq!(found.employees_n, Some(24));
    let address = found.address.unwrap();
    assert_eq!(
        [address.street, address.house_number, address.postcode, address.city],
        ["Kerkstraat", "12a", "3511AB", "Utrecht"]
    );
    assert_eq!(found.websites, ["www.veer.example"]);
    assert_eq!(found.founded_on, Some(jiff::civil::date(1950, 3, 1)));
    assert_eq!((found.ended_on, found.is_non_mailing), (None, Some(false)));
    let seen = tree.seen();
    assert_eq!(tree.paths(), [PROFILE]);
    assert!(seen[0].head.to_lowercase().contains(&format!("apikey: {KEY}")), "{}", seen[0].head);
}

#[tokio::test]
async fn what_is_missing_is_unknown() {
    let found = ask(answer(&json!({ "kvkNummer": NUMBER, "naam": "Veer" }))).await.unwrap();
    let bare =
        RegisterProfile { number: NUMBER.to_owned(), name: "Veer".to_owned(), ..RegisterProfile::default() };
    assert_eq!(found, bare);
}

#[tokio::test]
async fn an_ended_shielded_sole_trader_without_mail_is_told_as_such() {
    let mut body = profile(NUMBER, "Schilder Smit");
    body["indNonMailing"] = json!("Ja");
    body["materieleRegistratie"]["datumEinde"] = json!("20260331");
    body["_embedded"]["eigenaar"]["rechtsvorm"] = json!("Eenmanszaak");
    body["_embedded"]["hoofdvestiging"]["adressen"] =
        json!([{ "type": "bezoekadres", "indAfgeschermd": "Ja" }]);
    let found = ask(answer(&body)).await.unwrap();
    assert_eq!(found.is_non_mailing, Some(true));
    assert_eq!(found.ended_on, Some(jiff::civil::date(2026, 3, 31)));
    assert_eq!(found.legal_form.as_deref(), Some("Eenmanszaak"));
    assert!(found.address.is_none() && found.is_shielded);
}

#[tokio::test]
async fn each_refusal_has_its_meaning() {
    let not_delivered = |code: &str| KvkError::NotDelivered { code: code.to_owned() };
    let in_process = |code: &str| KvkError::InProcess { code: code.to_owned() };
    let later = |status, wait: Option<u64>| KvkError::Later { status, wait: wait.map(Duration::from_secs) };
    for (leaf, expected) in [
        (refusal("404 Not Found", "", "IPD0004"), not_delivered("IPD0004")),
        (refusal("404 Not Found", "", "IPD0005"), not_delivered("IPD0005")),
        (refusal("404 Not Found", "", "IPD5200"), not_delivered("IPD5200")),
        (refusal("500 Internal Server Error", "", "IPD1002"), in_process("IPD1002")),
        (refusal("503 Service Unavailable", "", "IPD1003"), in_process("IPD1003")),
        (refusal("400 Bad Request", "", "IPD9999"), not_delivered("IPD9999")),
        (Leaf::status("401 Unauthorized", ""), KvkError::Key),
        (Leaf::status("403 Forbidden", ""), KvkError::Key),
        (Leaf::status("429 Too Many Requests", "retry-after: 90\r\n"), later(429, Some(90))),
        (Leaf::status("429 Too Many Requests", "retry-after: 99999999\r\n"), later(429, Some(86_400))),
        (Leaf::status("429 Too Many Requests", "retry-after: soon\r\n"), later(429, None)),
        (Leaf::status("502 Bad Gateway", ""), later(502, None)),
        (Leaf::status("404 Not Found", ""), not_delivered("404")),
    ] {
        let got = ask(leaf).await.unwrap_err();
        assert_eq!(got, expected);
        assert!(!got.may_be_paid(), "{got:?}");
    }
}

#[tokio::test]
async fn a_hostile_answer_is_bounded_and_refused() {
    let long = format!("{{\"kvkNummer\":\"{NUMBER}\",\"naam\":\"{}\"}}", "x".repeat(600_000));
    for leaf in [
        Leaf::Endless,
        Leaf::with("", long.as_bytes()),
        Leaf::text("geen json"),
        answer(&json!([])),
        answer(&json!({ "kvkNummer": "30000009", "naam": "Een ander" })),
        answer(&json!({ "kvkNummer": NUMBER })),
        Leaf::status("302 Found", "location: https://elders.example/\r\n"),
    ] {
        let got = ask(leaf).await.unwrap_err();
        assert!(matches!(got, KvkError::Unreadable(_)) && got.may_be_paid(), "{got:?}");
    }
    let many: Vec<_> =
        (0..500).map(|n| json!({ "naam": format!("N{n}\u{0}{}", "x".repeat(900)), "volgorde": n })).collect();
    let odd = json!({ "kvkNummer": 30_123_456, "naam": "Veer", "handelsnamen": many, "totaalWerkzamePersonen": -4,
        "materieleRegistratie": { "datumAanvang": "19500000" }, "sbiActiviteiten": [{ "sbiCode": "x" }] });
    let found = ask(answer(&odd)).await.unwrap();
    assert_eq!(found.trade_names.len(), 50);
    assert!(found.trade_names.iter().all(|n| n.chars().count() <= 200 && !n.contains('\u{0}')));
    assert_eq!((found.employees_n, found.founded_on, found.activities.len()), (None, None, 0));
}

#[tokio::test]
async fn nobody_at_the_counter_was_not_asked() {
    let tree = Tree::grow(&[]).await;
    let mut address = tree.address;
    address.set_port(1);
    let kvk = Kvk::new(&Reach::Private, &format!("http://{address}/api")).unwrap();
    let got = kvk.profile(KEY, &KvkNumber::parse(NUMBER).unwrap()).await.unwrap_err();
    assert!(matches!(got, KvkError::NoAnswer { was_asked: false, .. }) && !got.may_be_paid(), "{got:?}");
    // A line that breaks after the question left it may be counted.
    let broken =
        ask(Leaf::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec())).await.unwrap_err();
    assert!(
        matches!(broken, KvkError::NoAnswer { was_asked: true, .. }) && broken.may_be_paid(),
        "{broken:?}"
    );
}

#[tokio::test]
async fn a_search_asks_what_is_known_and_a_found_address_is_the_one_asked_for() {
    let found = hits(&[
        hit(NUMBER, "Dakdekkers Veer B.V.", "Kerkstraat", "Utrecht"),
        json!({ "naam": "zonder nummer" }),
    ]);
    let (tree, kvk) = with(found).await;
    let question = KvkQuestion {
        name: "Veer & Zn",
        city: Some("Utrecht"),
        postcode: Some("3511 AB"),
        house_number: Some(12),
    };
    let found = kvk.find(KEY, &question).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].house_number.as_deref(), found[0].postcode.as_deref()),
        (Some("12"), Some("3511 AB"))
    );
    assert_eq!(
        tree.paths(),
        [
            "/api/v2/zoeken?naam=Veer+%26+Zn&plaats=Utrecht&postcode=3511AB&huisnummer=12&resultatenPerPagina=50"
        ]
    );
    let (_tree, kvk) = with(refusal("404 Not Found", "", "IPD5200")).await;
    assert_eq!(kvk.find(KEY, &question).await.unwrap(), [], "nobody found is an answer");
}

#[test]
fn the_register_is_public_and_https_only() {
    for base in [
        "http://api.kvk.nl/api",
        "https://127.0.0.1/api",
        "https://localhost/api",
        "https://a:b@api.kvk.nl/api",
    ] {
        assert!(Kvk::new(&Reach::Public, base).is_err(), "{base}");
    }
    for base in ["https://api.kvk.nl/api", "https://api.kvk.nl/test/api/"] {
        assert!(Kvk::new(&Reach::Public, base).is_ok(), "{base}");
    }
}
