//! What a site allows machines: robots.txt (RFC 9309) and `/.well-known/tdmrep.json` (TDM Reservation Protocol).

use std::time::Duration;

use reqwest::Url;
use robotxt::Robots;
use serde_json::Value;

/// The name by which robots.txt may speak to us.
pub(super) const PRODUCT_TOKEN: &str = "kiem";
/// As much of robots.txt is read (RFC 9309, 2.5, asks for 500 KiB at least).
pub(super) const ROBOTS_BYTES_MAX: usize = 512_000;
/// Most rules of a tdmrep.json that are read.
const TDM_RULES_MAX: usize = 1_000;

/// What robots.txt says.
#[derive(Debug)]
pub(super) enum Rules {
    /// It was read.
    Read(Box<Robots>),
    /// There is none (4xx): everything is allowed.
    None,
    /// It could not be read (5xx, no connection): nothing is allowed.
    Unreadable,
}

impl Rules {
    pub(super) fn parse(body: &[u8]) -> Rules {
        Rules::Read(Box::new(Robots::parse(body, PRODUCT_TOKEN)))
    }

    pub(super) fn allows(&self, url: &Url) -> bool {
        match self {
            Rules::Read(robots) => robots.is_url_allowed(url),
            Rules::None => true,
            Rules::Unreadable => false,
        }
    }

    pub(super) fn crawl_delay(&self) -> Option<Duration> {
        match self {
            Rules::Read(robots) => robots.crawl_delay(),
            _ => None,
        }
    }
}

/// Which addresses a tdmrep.json reserves. Its patterns are those of robots.txt, so the same reader judges them: a
/// reservation stands as "disallow", its absence as "allow", and the longest pattern counts.
pub(super) fn reservations(body: &[u8]) -> Option<Rules> {
    let Value::Array(rules) = serde_json::from_slice(body).ok()? else { return None };
    let mut text = "User-agent: *\n".to_owned();
    for rule in rules.iter().take(TDM_RULES_MAX) {
        let location = rule.get("location").and_then(Value::as_str).unwrap_or("/");
        let is_reserved = match rule.get("tdm-reservation") {
            Some(Value::Number(n)) => n.as_i64() == Some(1),
            Some(Value::String(s)) => s == "1",
            _ => false,
        };
        if location.chars().all(|c| !c.is_control() && c != '#') {
            let word = if is_reserved { "Disallow" } else { "Allow" };
            text.push_str(&format!("{word}: {location}\n"));
        }
    }
    Some(Rules::parse(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> Url {
        Url::parse(&format!("https://dak.example{path}")).unwrap()
    }

    #[test]
    fn robots_txt_is_read_by_rfc_9309() {
        for (text, path, expected) in [
            ("User-agent: *\nDisallow: /\n", "/x", false),
            ("User-agent: *\nDisallow: /\n\nUser-agent: Kiem\nAllow: /\n", "/x", true),
            (
                "User-agent: kiem\nDisallow: /a\n\nUser-agent: other\nDisallow: /x\n\nUser-agent: kiem\nDisallow: /b\n",
                "/b",
                false,
            ),
            ("User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b/c", true),
            ("User-agent: *\nDisallow: /a\nAllow: /a\n", "/a", true),
            ("User-agent: *\nDisallow: /*.pdf$\n", "/x.pdf", false),
            ("User-agent: *\nDisallow: /*.pdf$\n", "/x.pdf?y", true),
            ("\u{feff}User-agent: *\rDisallow: /a\r", "/a", false),
            ("User-agent: *\nDisallow: /caf%C3%A9\n", "/café", false),
            ("User-agent: kiemgroente\nDisallow: /\n", "/x", true),
            ("<html>Disallow: /</html>", "/x", true),
            ("", "/x", true),
        ] {
            assert_eq!(Rules::parse(text.as_bytes()).allows(&url(path)), expected, "{text}");
        }
        let slow = Rules::parse(b"User-agent: *\nCrawl-delay: 7\n");
        assert_eq!(slow.crawl_delay(), Some(Duration::from_secs(7)));
        assert!(!Rules::Unreadable.allows(&url("/")) && Rules::None.allows(&url("/")));
    }

    #[test]
    fn hostile_rules_cost_little() {
        let rules: String = (0..12_000).map(|n| format!("Disallow: /*a*a*a*a*a*a*a*{n}$\n")).collect();
        let began = std::time::Instant::now();
        let robots = Rules::parse(format!("User-agent: *\n{rules}").as_bytes());
        assert!(robots.allows(&url(&format!("/{}", "a".repeat(1_900)))));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }

    #[test]
    fn reservations_are_read() {
        let rules =
            br#"[{"location": "/", "tdm-reservation": 1}, {"location": "/nieuws", "tdm-reservation": 0}]"#;
        let rules = reservations(rules).unwrap();
        assert!(!rules.allows(&url("/over-ons")) && rules.allows(&url("/nieuws/1")));
        assert!(reservations(b"<html>").is_none());
        assert!(reservations(b"{}").is_none());
    }
}
