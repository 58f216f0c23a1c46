//! The reader against real servers on the loopback, hostile ones included.

use std::io::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kiem_domain::website::{FactKind, StopSign, Wanted};

use super::forest::{Leaf, Tree, ip};
use super::{Errand, Limits, Reader, Refusal, SiteReading};
use crate::http::{Reach, Script, UrlError};

fn quick() -> Limits {
    Limits {
        gap: Duration::from_millis(30),
        answer_max: Duration::from_secs(2),
        reading_max: Duration::from_secs(20),
        ..Limits::default()
    }
}

fn now() -> Timestamp {
    "2026-11-28T12:00:00Z".parse().unwrap()
}

async fn reading_with(reach: Reach, limits: Limits, site: &str) -> SiteReading {
    let reader = Reader::new(reach, limits, "https://kiem.example/about").unwrap();
    reader.read(Errand { site, country: Some("NL"), wanted: Wanted { people: true }, now: &now }).await
}

async fn reading(tree: &Tree) -> SiteReading {
    reading_with(Reach::Private, quick(), &tree.url("/")).await
}

fn values(reading: &SiteReading, kind: FactKind) -> Vec<String> {
    reading.facts.iter().filter(|f| f.fact.finding.kind() == kind).map(|f| f.fact.finding.value()).collect()
}

fn whys(reading: &SiteReading) -> Vec<Refusal> {
    reading.refused.iter().map(|r| r.why.clone()).collect()
}

const HOME: &str = r#"<html lang=nl><title>Dak</title>
    <meta name=description content="Wij dekken daken in heel Utrecht, sinds 1950, met eigen mensen.">
    <nav><a href=/contact>Contact</a> <a href=/team>Ons team</a> <a href=/geheim/over-ons>Over ons</a>
    <a href=https://www.linkedin.com/company/dak/about>Over ons op LinkedIn</a> <a href=/folder.pdf>Diensten</a></nav>"#;
const CONTACT: &str = r#"<p>Kerkstraat 12<br>3511 AB Utrecht<p>Tel. 030-1234567<p><a href="mailto:info@dak.example">Mail ons</a>
    <p>Acquisitie wordt niet op prijs gesteld.<footer>KvK 30123456, btw NL004495445B01"#;

#[tokio::test]
async fn a_site_is_read_politely_from_its_home_page_on() {
    let tree = Tree::grow(&[
        ("/robots.txt", Leaf::text("User-agent: *\nDisallow: /geheim\n")),
        ("/", Leaf::Html(HOME.to_owned())),
        ("/contact", Leaf::Html(CONTACT.to_owned())),
        ("/team", Leaf::Html("<h3>Jan de Vries</h3><p>Directeur".to_owned())),
        ("/geheim/over-ons", Leaf::Html("KvK 99999999".to_owned())),
    ])
    .await;
    let reading = reading(&tree).await;
    for (kind, expected) in [
        (FactKind::Kvk, vec!["30123456"]),
        (FactKind::VatId, vec!["NL004495445B01"]),
        (FactKind::Address, vec!["Kerkstraat 12, 3511 AB Utrecht"]),
        (FactKind::Phone, vec!["+31301234567"]),
        (FactKind::Email, vec!["info@dak.example"]),
        (FactKind::Person, vec!["Jan de Vries"]),
        (FactKind::NoApproach, vec!["yes"]),
        (FactKind::Description, vec!["Wij dekken daken in heel Utrecht, sinds 1950, met eigen mensen."]),
    ] {
        assert_eq!(values(&reading, kind), expected, "{kind}");
    }
    assert_eq!(whys(&reading), [Refusal::Robots]);
    assert_eq!(tree.paths(), ["/robots.txt", "/.well-known/tdmrep.json", "/", "/contact", "/team"]);
    let seen = tree.seen();
    assert!(
        seen.iter()
            .all(|s| s.head.to_lowercase().contains("user-agent: kiem/0.1.0 (+https://kiem.example/about)"))
    );
    let kvk = reading.facts.iter().find(|f| f.fact.finding.kind() == FactKind::Kvk).unwrap();
    assert_eq!((kvk.fact.url.as_str(), kvk.read_at), (tree.url("/contact").as_str(), now()));
    assert_eq!(kvk.content_hash.len(), 64);
    assert!(kvk.fact.snippet.contains("KvK 30123456"));
}

#[tokio::test]
async fn one_request_at_a_time_with_a_gap_also_for_two_readings() {
    let tree =
        Tree::grow(&[("/", Leaf::Html(HOME.to_owned())), ("/contact", Leaf::Html(CONTACT.to_owned()))]).await;
    let limits = Limits { gap: Duration::from_millis(120), ..quick() };
    let reader = Reader::new(Reach::Private, limits, "https://kiem.example/").unwrap();
    let url = tree.url("/");
    let errand = Errand { site: &url, country: None, wanted: Wanted { people: false }, now: &now };
    tokio::join!(reader.read(errand), reader.read(errand));
    let seen = tree.seen();
    assert!(seen.len() >= 8, "{seen:?}");
    assert!(seen.iter().all(|s| s.n_open == 1), "two requests were open at once");
    for pair in seen.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(115), "{pair:?}");
    }
}

#[tokio::test]
async fn a_crawl_delay_is_kept_or_the_reading_ends() {
    let robots = Leaf::text("User-agent: kiem\nCrawl-delay: 600\n");
    let tree = Tree::grow(&[("/robots.txt", robots), ("/", Leaf::Html(HOME.to_owned()))]).await;
    let reading = reading(&tree).await;
    assert_eq!(whys(&reading), [Refusal::LimitReached]);
    assert_eq!(tree.paths(), ["/robots.txt"], "nothing is asked before its time");
}

#[tokio::test]
async fn robots_txt_that_fails_allows_nothing_and_one_that_is_missing_everything() {
    let broken =
        Tree::grow(&[("/robots.txt", Leaf::status("500 Oops", "")), ("/", Leaf::Html(HOME.to_owned()))])
            .await;
    let refused = reading(&broken).await;
    assert_eq!(whys(&refused), [Refusal::RobotsUnreadable]);
    assert_eq!(broken.paths(), ["/robots.txt"]);
    let missing = Tree::grow(&[("/", Leaf::Html(CONTACT.to_owned()))]).await;
    assert_eq!(values(&reading(&missing).await, FactKind::Kvk), ["30123456"]);
}

#[tokio::test]
async fn stop_signs_are_heeded_but_a_refusal_is_still_heard() {
    let html = format!("<meta name=robots content=noai>{CONTACT}<a href=/team>Team</a>");
    let reserved = r#"[{"location": "/", "tdm-reservation": 1}]"#.as_bytes();
    for (leaves, sign, is_read) in [
        (vec![("/", Leaf::Html(html))], StopSign::NoAi, true),
        (
            vec![("/", Leaf::with("content-type: text/html\r\nx-robots-tag: noai\r\n", CONTACT.as_bytes()))],
            StopSign::NoAi,
            true,
        ),
        (
            vec![("/", Leaf::with("content-type: text/html\r\ntdm-reservation: 1\r\n", CONTACT.as_bytes()))],
            StopSign::TdmReserved,
            true,
        ),
        (
            vec![
                ("/", Leaf::Html(CONTACT.to_owned())),
                ("/.well-known/tdmrep.json", Leaf::with("content-type: application/json\r\n", reserved)),
            ],
            StopSign::TdmReserved,
            false,
        ),
    ] {
        let tree = Tree::grow(&leaves).await;
        let reading = reading(&tree).await;
        assert_eq!(whys(&reading), [Refusal::StopSign(sign)]);
        let kinds: Vec<FactKind> = reading.facts.iter().map(|f| f.fact.finding.kind()).collect();
        let expected: &[FactKind] = if is_read { &[FactKind::NoApproach] } else { &[] };
        assert_eq!(kinds, expected, "{sign}");
        assert!(!tree.paths().contains(&"/team".to_owned()));
    }
}

#[tokio::test]
async fn a_site_that_says_later_is_left_at_once() {
    let later = Leaf::status("429 Too Many Requests", "retry-after: 3600\r\n");
    let tree = Tree::grow(&[("/", Leaf::Html(HOME.to_owned())), ("/contact", later)]).await;
    let reading = reading(&tree).await;
    assert_eq!(whys(&reading), [Refusal::Later]);
    assert_eq!(reading.retry_in, Some(Duration::from_secs(3_600)));
    assert_eq!(tree.paths().last().map(String::as_str), Some("/contact"), "nothing is asked after it");
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(body).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn hostile_answers_end_within_bounds() {
    let packed =
        |body: &[u8]| Leaf::with("content-type: text/html\r\ncontent-encoding: gzip\r\n", &gzip(body));
    let links = "<a href=/contact>Contact</a>".repeat(370_000);
    let raw = |text: &str| Leaf::Raw(text.as_bytes().to_vec());
    for (name, leaf, expected) in [
        ("a gzip bomb", packed(&vec![b' '; 60_000_000]), Refusal::TooLarge),
        ("ten megabytes of links", Leaf::Html(links), Refusal::TooLarge),
        ("a page without end", Leaf::Endless, Refusal::TooLarge),
        ("silence", Leaf::Silent, Refusal::TooSlow),
        ("broken gzip", Leaf::with("content-encoding: gzip\r\n", b"nonsense"), Refusal::NotHtml),
        ("another packing", Leaf::with("content-encoding: br\r\n", b"x"), Refusal::NotHtml),
        ("a redirect to itself", Leaf::status("302 Found", "location: /\r\n"), Refusal::TooManyRedirects),
        ("a redirect to nowhere", Leaf::status("302 Found", ""), Refusal::Status(302)),
        ("a picture", Leaf::with("content-type: image/png\r\n", b"x"), Refusal::NotHtml),
        ("no HTTP", raw("SSH-2.0-OpenSSH_9.2\r\n"), Refusal::Unreachable),
        ("an error", Leaf::status("404 Not Found", ""), Refusal::Status(404)),
        (
            "a redirect to a file",
            Leaf::status("302 Found", "location: file:///etc/passwd\r\n"),
            Refusal::Address(UrlError::NotHttps),
        ),
        (
            "a redirect to somebody else",
            Leaf::status("301 Moved", "location: https://elders.example/\r\n"),
            Refusal::Elsewhere("elders.example".to_owned()),
        ),
    ] {
        let tree = Tree::grow(&[("/", leaf)]).await;
        let began = std::time::Instant::now();
        let reading = reading(&tree).await;
        assert_eq!(whys(&reading), [expected], "{name}");
        assert!(reading.facts.is_empty(), "{name}");
        assert!(began.elapsed() < Duration::from_secs(10), "{name}: {:?}", began.elapsed());
    }
    let fine = Tree::grow(&[("/", packed(CONTACT.as_bytes()))]).await;
    assert_eq!(values(&reading(&fine).await, FactKind::Kvk), ["30123456"], "honest packing is read");
}

#[tokio::test]
async fn a_redirect_loop_of_many_pages_and_a_site_without_end_are_bounded() {
    let round = [
        ("/", Leaf::status("302 Found", "location: /a\r\n")),
        ("/a", Leaf::status("302 Found", "location: /b\r\n")),
        ("/b", Leaf::status("302 Found", "location: /a\r\n")),
    ];
    let tree = Tree::grow(&round).await;
    assert_eq!(whys(&reading(&tree).await), [Refusal::TooManyRedirects]);
    assert_eq!(tree.paths().len(), 2 + 6);
    let links: String =
        (0..500).map(|n| format!("<a href=/{n}/contact>Contact</a> <a href=/{n}/team>Team</a>")).collect();
    let maze = Tree::grow(&[("/robots.txt", Leaf::status("404 No", "")), ("*", Leaf::Html(links))]).await;
    let read = reading(&maze).await;
    assert!(read.pages.len() <= quick().pages_max, "{}", read.pages.len());
    let heavy = format!("{HOME}<p>{}", "x ".repeat(900_000));
    let contact = format!("{CONTACT}<p>{}", "x ".repeat(900_000));
    let large = Tree::grow(&[("/", Leaf::Html(heavy)), ("/contact", Leaf::Html(contact))]).await;
    let limits = Limits { site_bytes_max: 2_500_000, ..quick() };
    assert_eq!(whys(&reading_with(Reach::Private, limits, &large.url("/")).await), [Refusal::LimitReached]);
}

#[tokio::test]
async fn addresses_inside_are_never_asked() {
    for site in [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://017700000001/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "http://metadata.google.internal/",
        "http://127.0.0.1./",
    ] {
        let reading = reading_with(Reach::Public, quick(), site).await;
        assert_eq!(whys(&reading), [Refusal::Address(UrlError::Private)], "{site}");
    }
    for (site, expected) in [
        ("http://dak.example:8080/", UrlError::Port),
        ("http://dak.example:25/", UrlError::Port),
        ("http://a@dak.example/", UrlError::Credentials),
        ("gopher://dak.example/", UrlError::NotHttps),
        ("http://dak.example/\r\nX: y", UrlError::Malformed),
    ] {
        let reading = reading_with(Reach::Public, quick(), site).await;
        assert_eq!(whys(&reading), [Refusal::Address(expected)], "{site}");
    }
    let social = reading_with(Reach::Public, quick(), "https://www.linkedin.com/company/dak").await;
    assert_eq!(whys(&social), [Refusal::Platform]);
}

/// Stands in for the internet: 127.0.0.2 counts as public, everything else does not.
fn only_two(resolve: impl Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static) -> Reach {
    Reach::Scripted(Script { resolve: Arc::new(resolve), is_allowed: |ip| ip == self::ip("127.0.0.2") })
}

#[tokio::test]
async fn a_redirect_inside_is_refused() {
    for target in
        ["127.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "0x7f.1", "[::ffff:7f00:1]", "2130706433"]
    {
        let location = format!("location: http://{target}/\r\n");
        let public =
            Tree::grow_at("127.0.0.2:0".parse().unwrap(), &[("/", Leaf::status("302 Found", &location))])
                .await;
        let reach = only_two(|_| vec![ip("127.0.0.2")]);
        let reading = reading_with(reach, quick(), &public.url("/")).await;
        assert_eq!(whys(&reading), [Refusal::Address(UrlError::Private)], "{target}");
    }
}

#[tokio::test]
async fn the_address_that_is_checked_is_the_address_that_is_connected_to() {
    let outside = Tree::grow_at("127.0.0.2:0".parse().unwrap(), &[("/", Leaf::Html(HOME.to_owned()))]).await;
    let port = outside.address.port();
    let inside =
        Tree::grow_at(format!("127.0.0.1:{port}").parse().unwrap(), &[("*", Leaf::Html(CONTACT.to_owned()))])
            .await;
    let site = format!("http://dak.example:{port}/");

    // The name leads outside for the first requests and inside from then on, as a rebinding server does.
    let n_asked = Arc::new(AtomicUsize::new(0));
    let asked = n_asked.clone();
    let rebinding = only_two(move |_| {
        let n = asked.fetch_add(1, Ordering::SeqCst);
        vec![ip(if n < 3 { "127.0.0.2" } else { "127.0.0.1" })]
    });
    let reading = reading_with(rebinding, quick(), &site).await;
    assert_eq!(reading.pages.len(), 1, "{reading:?}");
    assert!(n_asked.load(Ordering::SeqCst) > 3, "the name was asked again");
    assert!(whys(&reading).contains(&Refusal::Unreachable));
    assert!(inside.paths().is_empty(), "{:?}", inside.paths());

    // Public and private addresses in one answer: only the public one is used.
    let mixed = only_two(|_| vec![ip("127.0.0.1"), ip("127.0.0.2")]);
    assert_eq!(reading_with(mixed, quick(), &site).await.pages.len(), 1);
    assert!(inside.paths().is_empty());

    // A name that leads inside only, in any spelling of the address.
    for address in ["127.0.0.1", "::ffff:127.0.0.1", "::1"] {
        let leads_inside = only_two(move |_| vec![ip(address)]);
        assert_eq!(
            whys(&reading_with(leads_inside, quick(), &site).await),
            [Refusal::Unreachable],
            "{address}"
        );
    }
    assert!(inside.paths().is_empty());
    let control = reading_with(Reach::Private, quick(), &inside.url("/")).await;
    assert_eq!(control.pages.len(), 1, "the server inside does answer who may ask");
}
