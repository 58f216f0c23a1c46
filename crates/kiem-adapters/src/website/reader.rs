//! One reading to one company's site.

use std::collections::HashMap;
use std::time::Duration;

use aws_lc_rs::digest;
use jiff::Timestamp;
use kiem_domain::company::DomainName;
use kiem_domain::website::{
    Fact, Finding, Page, PageKind, ReadingOutcome, Wanted, choose, extract, header_stop_sign, is_same_site,
    kind_of, merge, stop_sign,
};
use reqwest::{Client, Url};
use tokio::time::Instant;

use super::fetch::{self, Answer, Bounds, Limits, Turns};
use super::html;
use super::refusal::Refusal;
use super::robots::{self, PRODUCT_TOKEN, ROBOTS_BYTES_MAX, Rules};
use crate::http::{Reach, Schemes};

/// Longest wait that a Retry-After may ask for; what is longer is told as this.
const RETRY_MAX: Duration = Duration::from_secs(7 * 24 * 3_600);

/// Reads sites. One for the whole program, so that a host is never asked twice at a time.
#[derive(Debug)]
pub struct Reader {
    client: Client,
    reach: Reach,
    limits: Limits,
    turns: Turns,
}

/// Nothing can be read, because the system's TLS cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("secure connections cannot be made: {0}")]
pub struct ReaderError(String);

/// A fact with when and in which bytes it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFact {
    /// The fact, with its page and its words.
    pub fact: Fact,
    /// When its page was read.
    pub read_at: Timestamp,
    /// SHA-256 of the page, in hexadecimal.
    pub content_hash: String,
}

/// A page that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRead {
    /// Its address after redirects.
    pub url: String,
    /// What it is about.
    pub kind: PageKind,
    /// When it was read.
    pub read_at: Timestamp,
    /// SHA-256 of its bytes, in hexadecimal.
    pub content_hash: String,
}

/// A page that was not read, or of which nothing was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its address.
    pub url: String,
    /// Why.
    pub why: Refusal,
}

/// What a reading brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteReading {
    /// Pages that were read, in order.
    pub pages: Vec<PageRead>,
    /// Facts, each once.
    pub facts: Vec<ReadFact>,
    /// What was not read, and why.
    pub refused: Vec<Refused>,
    /// The site asked to come back after this time.
    pub retry_in: Option<Duration>,
}

impl SiteReading {
    /// How it ended, and what else is known about that. A page of which nothing may be kept was not read.
    pub fn outcome(&self) -> (ReadingOutcome, Option<String>) {
        let is_kept = |page: &PageRead| self.refused.iter().all(|refused| refused.url != page.url);
        if self.pages.iter().any(is_kept) {
            return (ReadingOutcome::Read, None);
        }
        match self.refused.first() {
            Some(first) => (first.why.outcome(), first.why.detail()),
            None => (ReadingOutcome::Broken, None),
        }
    }

    /// One hash of all pages that were read, in hexadecimal: equal when nothing changed.
    pub fn content_hash(&self) -> String {
        let all: String = self.pages.iter().map(|page| page.content_hash.as_str()).collect();
        hexadecimal(digest::digest(&digest::SHA256, all.as_bytes()).as_ref())
    }
}

/// What a reading needs to know.
#[derive(Clone, Copy)]
pub struct Errand<'a> {
    /// Domain or address of the site; without a scheme https is tried first.
    pub site: &'a str,
    /// Where the company is (ISO 3166 alpha-2), when that is known.
    pub country: Option<&'static str>,
    /// What the workspace wants.
    pub wanted: Wanted,
    /// The time.
    pub now: &'a (dyn Fn() -> Timestamp + Send + Sync),
}

impl Reader {
    /// `about_url` is where a site's owner reads who we are.
    ///
    /// # Errors
    /// When the system's TLS cannot be set up.
    pub fn new(reach: Reach, limits: Limits, about_url: &str) -> Result<Reader, ReaderError> {
        let about: String = about_url.chars().filter(char::is_ascii_graphic).collect();
        let agent = format!("Kiem/{} (+{about})", env!("CARGO_PKG_VERSION"));
        let client = reach.client(&agent, limits.answer_max).map_err(|e| ReaderError(e.to_string()))?;
        Ok(Reader { client, reach, limits, turns: Turns::default() })
    }

    /// Reads a site: its home page, then what its links promise most of.
    pub async fn read(&self, errand: Errand<'_>) -> SiteReading {
        let mut tour = Tour::of(self, errand);
        let Some(home) = tour.home().await else { return tour.done() };
        let mut candidates = choose(&home, self.limits.pages_max.saturating_sub(1)).into_iter();
        while let Some(candidate) = candidates.next().filter(|_| !tour.is_over) {
            tour.page(&candidate.url, Some(candidate.kind)).await;
        }
        tour.done()
    }
}

/// A reading on its way.
struct Tour<'a> {
    reader: &'a Reader,
    errand: Errand<'a>,
    deadline: Instant,
    bytes_left: usize,
    /// Of each origin: what robots.txt says, and what is reserved.
    rules: HashMap<String, (Rules, Option<Rules>)>,
    reading: SiteReading,
    is_over: bool,
}

impl<'a> Tour<'a> {
    fn of(reader: &'a Reader, errand: Errand<'a>) -> Tour<'a> {
        Tour {
            reader,
            errand,
            deadline: Instant::now() + reader.limits.reading_max,
            bytes_left: reader.limits.site_bytes_max,
            rules: HashMap::new(),
            reading: SiteReading::default(),
            is_over: false,
        }
    }

    fn done(mut self) -> SiteReading {
        // The rules merge bare facts; when and where each was found is looked up again by its page.
        let facts = merge(self.reading.facts.iter().map(|f| f.fact.clone()).collect());
        let pages: HashMap<&str, &PageRead> =
            self.reading.pages.iter().map(|p| (p.url.as_str(), p)).collect();
        self.reading.facts = facts
            .into_iter()
            .filter_map(|fact| {
                let page = pages.get(fact.url.as_str())?;
                Some(ReadFact { read_at: page.read_at, content_hash: page.content_hash.clone(), fact })
            })
            .collect();
        self.reading
    }

    /// The home page: by https, or by http when nobody answers there and no scheme was asked for.
    async fn home(&mut self) -> Option<Page> {
        let site = self.errand.site.trim();
        if DomainName::parse(site).is_ok_and(|d| d.is_platform() || d.registrable().is_platform()) {
            self.refuse(site, Refusal::Platform);
            return None;
        }
        if site.contains("://") {
            return self.page(site, None).await;
        }
        let page = self.page(&format!("https://{site}/"), None).await;
        let is_silent = self.reading.refused.last().is_some_and(|r| r.why == Refusal::Unreachable);
        if page.is_some() || !is_silent || self.is_over {
            return page;
        }
        self.reading.refused.pop();
        self.page(&format!("http://{site}/"), None).await
    }

    /// Reads one page and keeps its facts; `None` when nothing of it may be used.
    async fn page(&mut self, url: &str, kind: Option<PageKind>) -> Option<Page> {
        match self.opened(url).await {
            Ok((url, answer)) if self.reading.pages.iter().all(|p| p.url != url.as_str()) => {
                self.kept(&url, answer, kind).await
            }
            // Two links led to one page.
            Ok(_) => None,
            Err((url, why)) => {
                self.is_over |= why.ends_the_reading();
                self.refuse(&url, why);
                None
            }
        }
    }

    fn refuse(&mut self, url: &str, why: Refusal) {
        self.reading.refused.push(Refused { url: url.to_owned(), why });
    }

    /// Follows redirects, each checked like a first address, to a page with status 200.
    async fn opened(&mut self, start: &str) -> Result<(Url, Answer), (String, Refusal)> {
        let mut next = start.to_owned();
        for _ in 0..=self.reader.limits.redirects_max {
            let told = |why| (next.clone(), why);
            let url = self.reader.reach.check(&next, Schemes::Web).map_err(|e| told(Refusal::Address(e)))?;
            if !is_same_site(start, url.as_str()) {
                return Err(told(Refusal::Elsewhere(url.host_str().unwrap_or_default().to_owned())));
            }
            let gap = self.allowed(&url).await.map_err(told)?;
            let bytes_max = self.reader.limits.page_bytes_max.min(self.bytes_left);
            let answer = self.get(&url, gap, bytes_max, false).await.map_err(told)?;
            match answer.status {
                200 => return Ok((url, answer)),
                301 | 302 | 303 | 307 | 308 => {
                    next = location(&url, &answer).ok_or_else(|| told(Refusal::Status(answer.status)))?
                }
                status => return Err(told(Refusal::Status(status))),
            }
        }
        Err((next, Refusal::TooManyRedirects))
    }

    /// One request; "come back later" ends the reading wherever it is said.
    async fn get(
        &mut self,
        url: &Url,
        gap: Duration,
        bytes_max: usize,
        is_cut: bool,
    ) -> Result<Answer, Refusal> {
        let limits = &self.reader.limits;
        let bounds =
            Bounds { gap, deadline: self.deadline, bytes_max, answer_max: limits.answer_max, is_cut };
        let is_last_of_bytes = bytes_max < limits.page_bytes_max && !is_cut;
        let answer = match fetch::get(&self.reader.client, &self.reader.turns, url, bounds).await {
            Err(Refusal::TooLarge) if is_last_of_bytes => return Err(Refusal::LimitReached),
            other => other?,
        };
        self.bytes_left = self.bytes_left.saturating_sub(answer.body.len());
        let retry = answer.header("retry-after");
        if answer.status == 429 || (answer.status == 503 && retry.is_some()) {
            self.reading.retry_in = retry.and_then(|text| retry_in(text, (self.errand.now)()));
            return Err(Refusal::Later);
        }
        Ok(answer)
    }

    /// Whether robots.txt and reservations allow an address, and the gap that they ask for.
    async fn allowed(&mut self, url: &Url) -> Result<Duration, Refusal> {
        let origin = url.origin().ascii_serialization();
        if !self.rules.contains_key(&origin) {
            let rules = self.robots(url).await?;
            let gap = self.gap(&rules);
            // Who allows nothing is asked nothing more.
            let reserved = if rules.allows(url) { self.reserved(url, gap).await? } else { None };
            self.rules.insert(origin.clone(), (rules, reserved));
        }
        let Some((rules, reserved)) = self.rules.get(&origin) else { return Err(Refusal::RobotsUnreadable) };
        if matches!(rules, Rules::Unreadable) {
            return Err(Refusal::RobotsUnreadable);
        }
        if !rules.allows(url) {
            return Err(Refusal::Robots);
        }
        if reserved.as_ref().is_some_and(|r| !r.allows(url)) {
            return Err(Refusal::StopSign(kiem_domain::website::StopSign::TdmReserved));
        }
        Ok(self.gap(rules))
    }

    fn gap(&self, rules: &Rules) -> Duration {
        rules.crawl_delay().unwrap_or_default().max(self.reader.limits.gap)
    }

    async fn robots(&mut self, page: &Url) -> Result<Rules, Refusal> {
        let Some(mut url) = page.join("/robots.txt").ok() else { return Ok(Rules::Unreadable) };
        for _ in 0..=self.reader.limits.redirects_max {
            let answer = match self.get(&url, self.reader.limits.gap, ROBOTS_BYTES_MAX, true).await {
                Ok(answer) => answer,
                // Nobody there at all: that is what is told, not a broken robots.txt.
                Err(why @ (Refusal::Unreachable | Refusal::Later | Refusal::LimitReached)) => {
                    return Err(why);
                }
                Err(_) => return Ok(Rules::Unreadable),
            };
            match answer.status {
                200 => return Ok(Rules::parse(&answer.body)),
                301 | 302 | 303 | 307 | 308 => {
                    let next = location(&url, &answer)
                        .and_then(|to| self.reader.reach.check(&to, Schemes::Web).ok());
                    // A robots.txt that is elsewhere speaks for elsewhere; the page itself will lead there too.
                    match next.filter(|to| is_same_site(page.as_str(), to.as_str())) {
                        Some(to) => url = to,
                        None => return Ok(Rules::None),
                    }
                }
                400..=499 => return Ok(Rules::None),
                _ => return Ok(Rules::Unreadable),
            }
        }
        // RFC 9309, 2.3.1.2: after five redirects it counts as not there.
        Ok(Rules::None)
    }

    async fn reserved(&mut self, page: &Url, gap: Duration) -> Result<Option<Rules>, Refusal> {
        let Some(url) = page.join("/.well-known/tdmrep.json").ok() else { return Ok(None) };
        match self.get(&url, gap, ROBOTS_BYTES_MAX, true).await {
            Ok(answer) if answer.status == 200 => Ok(robots::reservations(&answer.body)),
            Err(why) if why.ends_the_reading() => Err(why),
            _ => Ok(None),
        }
    }

    /// Keeps what a page says. Of a page with a stop sign only the wish not to be approached is kept: it protects who
    /// put the sign up.
    async fn kept(&mut self, url: &Url, answer: Answer, kind: Option<PageKind>) -> Option<Page> {
        let content_type = answer.header("content-type").unwrap_or("text/html").to_ascii_lowercase();
        if !content_type.contains("html") {
            self.refuse(url.as_str(), Refusal::NotHtml);
            return None;
        }
        let kind = kind.unwrap_or_else(|| {
            if self.reading.pages.is_empty() { PageKind::Home } else { kind_of(url.as_str()) }
        });
        let read_at = (self.errand.now)();
        let content_hash = hexadecimal(digest::digest(&digest::SHA256, &answer.body).as_ref());
        let (to, country, wanted) = (url.clone(), self.errand.country, self.errand.wanted);
        let parse = move || {
            let sign = header_stop_sign(&answer.headers, PRODUCT_TOKEN);
            let page = html::page(&answer.body, &content_type, &to, answer.headers);
            let sign = sign.or_else(|| stop_sign(&page, PRODUCT_TOKEN));
            let facts = extract(&page, kind, country, wanted);
            (page, facts, sign)
        };
        let (page, mut facts, sign) = tokio::task::spawn_blocking(parse).await.ok()?;
        if let Some(sign) = sign {
            facts.retain(|fact| fact.finding == Finding::NoApproach);
            self.refuse(url.as_str(), Refusal::StopSign(sign));
        }
        let read = |fact| ReadFact { fact, read_at, content_hash: content_hash.clone() };
        self.reading.facts.extend(facts.into_iter().map(read));
        self.reading.pages.push(PageRead { url: url.to_string(), kind, read_at, content_hash });
        // What may not be kept may not lead on either.
        sign.is_none().then_some(page)
    }
}

fn location(from: &Url, answer: &Answer) -> Option<String> {
    let to = answer.header("location")?;
    from.join(to.trim()).ok().map(|url| url.to_string())
}

/// Retry-After: seconds, or a date.
fn retry_in(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
            Duration::try_from(at.duration_since(now)).unwrap_or_default()
        }
    };
    Some(wait.min(RETRY_MAX))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now: Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("120", Some(120)),
            ("Sat, 28 Nov 2026 12:05:00 GMT", Some(300)),
            ("Sat, 28 Nov 2026 11:00:00 GMT", Some(0)),
            ("99999999999", Some(7 * 24 * 3_600)),
            ("soon", None),
        ] {
            assert_eq!(retry_in(text, now).map(|d| d.as_secs()), expected, "{text}");
        }
    }
}
