//! One bounded request at a time: bytes packed and unpacked, time, the turn of a host.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use reqwest::{Client, Response, Url, header};
use tokio::time::Instant;

use super::refusal::Refusal;

/// The bounds of a reading.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most pages of one site, the home page included.
    pub pages_max: usize,
    /// Largest page in bytes, as it travels and unpacked.
    pub page_bytes_max: usize,
    /// All pages of a reading together, in bytes, unpacked.
    pub site_bytes_max: usize,
    /// Longest wait for one answer, with its body.
    pub answer_max: Duration,
    /// Longest reading, waiting between requests included.
    pub reading_max: Duration,
    /// Least time between two requests to one host; robots.txt may ask for more.
    pub gap: Duration,
    /// Longest chain of redirects.
    pub redirects_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            pages_max: 12,
            page_bytes_max: 2_000_000,
            site_bytes_max: 10_000_000,
            answer_max: Duration::from_secs(15),
            reading_max: Duration::from_secs(180),
            gap: Duration::from_secs(2),
            redirects_max: 5,
        }
    }
}

/// Hosts that are remembered before those whose turn is long over are forgotten.
const HOSTS_MAX: usize = 2_000;
/// Longest header value that is kept, and most headers.
const HEADER_CHARS_MAX: usize = 500;
const HEADERS_MAX: usize = 60;

/// What one request brought.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case; of cookies only the names.
    pub(super) headers: Vec<(String, String)>,
    /// Unpacked. Empty for everything but a 200.
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// One request at a time per host, with a gap between two.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<HashMap<String, Arc<tokio::sync::Mutex<Option<Instant>>>>>);

impl Turns {
    fn of(&self, host: &str) -> Arc<tokio::sync::Mutex<Option<Instant>>> {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS_MAX {
            // Whoever holds a turn keeps its place; a gap that is forgotten is at most a request that comes early.
            hosts.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        hosts.entry(host.to_owned()).or_default().clone()
    }
}

/// The bounds of one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) gap: Duration,
    pub(super) deadline: Instant,
    pub(super) bytes_max: usize,
    pub(super) answer_max: Duration,
    /// Whether what is too long is cut (robots.txt) or refused.
    pub(super) is_cut: bool,
}

/// Asks one address, which has been checked; redirects are not followed.
pub(super) async fn get(
    client: &Client,
    turns: &Turns,
    url: &Url,
    bounds: Bounds,
) -> Result<Answer, Refusal> {
    let turn = turns.of(url.host_str().unwrap_or_default());
    let mut last =
        tokio::time::timeout_at(bounds.deadline, turn.lock()).await.map_err(|_| Refusal::LimitReached)?;
    if let Some(last) = *last {
        let next = last + bounds.gap;
        if next > bounds.deadline {
            return Err(Refusal::LimitReached);
        }
        tokio::time::sleep_until(next).await;
    }
    let end = bounds.deadline.min(Instant::now() + bounds.answer_max);
    let answer = tokio::time::timeout_at(end, ask(client, url, bounds)).await;
    *last = Some(Instant::now());
    answer.map_err(|_| if end == bounds.deadline { Refusal::LimitReached } else { Refusal::TooSlow })?
}

async fn ask(client: &Client, url: &Url, bounds: Bounds) -> Result<Answer, Refusal> {
    let request = client
        .get(url.clone())
        .header(header::ACCEPT, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1")
        .header(header::ACCEPT_LANGUAGE, "nl,en;q=0.8,de;q=0.6,fr;q=0.6")
        .header(header::ACCEPT_ENCODING, "gzip");
    let mut response = request.send().await.map_err(|error| failed(&error))?;
    let status = response.status().as_u16();
    let headers = headers(&response);
    let mut answer = Answer { status, headers, body: Vec::new() };
    if status != 200 {
        return Ok(answer);
    }
    let packed = body(&mut response, bounds).await?;
    answer.body = match answer.header("content-encoding").map(str::trim) {
        None | Some("" | "identity") => packed,
        Some(e) if e.eq_ignore_ascii_case("gzip") || e.eq_ignore_ascii_case("x-gzip") => {
            unpacked(&packed, bounds)?
        }
        // Nothing else was asked for.
        Some(_) => return Err(Refusal::NotHtml),
    };
    Ok(answer)
}

fn failed(error: &reqwest::Error) -> Refusal {
    if error.is_timeout() { Refusal::TooSlow } else { Refusal::Unreachable }
}

async fn body(response: &mut Response, bounds: Bounds) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| failed(&error))? {
        body.extend_from_slice(&piece);
        if body.len() > bounds.bytes_max {
            return cut(body, bounds);
        }
    }
    Ok(body)
}

fn unpacked(packed: &[u8], bounds: Bounds) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    let limit = bounds.bytes_max as u64 + 1;
    MultiGzDecoder::new(packed).take(limit).read_to_end(&mut body).map_err(|_| Refusal::NotHtml)?;
    if body.len() > bounds.bytes_max { cut(body, bounds) } else { Ok(body) }
}

fn cut(mut body: Vec<u8>, bounds: Bounds) -> Result<Vec<u8>, Refusal> {
    if !bounds.is_cut {
        return Err(Refusal::TooLarge);
    }
    body.truncate(bounds.bytes_max);
    Ok(body)
}

fn headers(response: &Response) -> Vec<(String, String)> {
    let text = |name: &header::HeaderName, value: &header::HeaderValue| {
        let value = String::from_utf8_lossy(value.as_bytes());
        // What a cookie holds is nobody's business; its name says which program gave it.
        let value =
            if name == header::SET_COOKIE { value.split('=').next().unwrap_or_default() } else { &value };
        (name.as_str().to_owned(), value.chars().take(HEADER_CHARS_MAX).collect())
    };
    response.headers().iter().take(HEADERS_MAX).map(|(n, v)| text(n, v)).collect()
}
