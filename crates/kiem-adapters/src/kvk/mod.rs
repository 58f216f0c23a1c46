//! The Dutch company register by its API: finding a number (Zoeken, version 2, free) and reading a basic profile
//! (Basisprofiel, version 1, paid per answer). Paths, shapes and codes as KVK documents them; what it leaves out is
//! unknown.
//!
//! The register is asked only for companies on the user's list: there is no search by activity, and its terms do not
//! allow to copy it.

mod wire;

#[cfg(any(test, feature = "testing"))]
pub mod counter;
#[cfg(test)]
mod tests;

use std::time::Duration;

use kiem_domain::company::KvkNumber;
use kiem_domain::register::{RegisterHit, RegisterProfile};
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use serde::de::DeserializeOwned;

use crate::http::{Reach, Schemes, failure_words};

/// Longest wait for an answer.
const ANSWER: Duration = Duration::from_secs(20);
/// Bytes of an answer that are read: a profile with a hundred trade names is far smaller.
const ANSWER_BYTES_MAX: usize = 512 * 1024;
/// Results of one search that are asked for; who is not among them is not found by a name.
const HITS_MAX: usize = 50;
/// Longest wait that the register may ask for.
const WAIT_MAX: Duration = Duration::from_secs(24 * 3_600);
/// Characters of one part of a question.
const ASKED_CHARS_MAX: usize = 200;
/// How a search says that it found nobody.
const NOBODY: [&str; 2] = ["IPD5200", "404"];
/// Characters of the register's own code that are kept.
const CODE_CHARS_MAX: usize = 20;

/// Why the register did not answer a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KvkError {
    /// The key is missing, wrong or not meant for this (401, 403).
    #[error("the register does not accept the key")]
    Key,
    /// No company has the number, or it is not delivered (404; IPD0004, IPD0005, IPD5200): asking again does not help.
    #[error("the register delivers nothing under this number ({code})")]
    NotDelivered {
        /// The register's own code; the status when it gave none.
        code: String,
    },
    /// The register is working on this company (IPD1002, IPD1003): later it may do.
    #[error("the register is working on this company ({code})")]
    InProcess {
        /// The register's own code.
        code: String,
    },
    /// Too many questions at once, or a fault of the register (429, 5xx): nothing can be asked for a while.
    #[error("the register asks to come back later ({status})")]
    Later {
        /// The status.
        status: u16,
        /// How long it asks to wait.
        wait: Option<Duration>,
    },
    /// No answer came.
    #[error("the register gave no answer: {problem}")]
    NoAnswer {
        /// In words, without the address.
        problem: String,
        /// The question had left: the answer may have been made and counted.
        was_asked: bool,
    },
    /// An answer that is not what KVK documents.
    #[error("the register's answer cannot be read: {0}")]
    Unreadable(String),
}

impl KvkError {
    /// Whether the register may count the question as answered, and ask money for it.
    pub fn may_be_paid(&self) -> bool {
        matches!(self, KvkError::NoAnswer { was_asked: true, .. } | KvkError::Unreadable(_))
    }

    /// The code of a company that was taken from the register.
    pub const DEREGISTERED: &str = "IPD0005";
}

/// What is asked of the search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KvkQuestion<'a> {
    /// Trade name or statutory name.
    pub name: &'a str,
    /// Town.
    pub city: Option<&'a str>,
    /// Postcode.
    pub postcode: Option<&'a str>,
    /// House number, digits only.
    pub house_number: Option<u32>,
}

/// Asks the register.
#[derive(Debug, Clone)]
pub struct Kvk {
    client: Client,
    base: Url,
}

impl Kvk {
    /// `base` is what stands before `/v2/zoeken` and `/v1/basisprofielen`: KVK's own address, its test environment, or a
    /// test's.
    ///
    /// # Errors
    /// When the address may not be asked or the system's TLS cannot be set up.
    pub fn new(reach: &Reach, base: &str) -> Result<Kvk, KvkError> {
        let refused = |problem: String| KvkError::NoAnswer { problem, was_asked: false };
        // Checked with a slash at the end, so that what follows is appended and replaces nothing.
        let base = format!("{}/", base.trim_end_matches('/'));
        let base = reach.check(&base, Schemes::HttpsOnly).map_err(|e| refused(e.to_string()))?;
        let client = reach.client("Kiem/1", ANSWER).map_err(|e| refused(e.to_string()))?;
        Ok(Kvk { client, base })
    }

    /// Looks for companies; nobody found is an empty list. Free of charge.
    ///
    /// # Errors
    /// See [`KvkError`].
    pub async fn find(&self, key: &str, question: &KvkQuestion<'_>) -> Result<Vec<RegisterHit>, KvkError> {
        let mut url = self.at(&["v2", "zoeken"])?;
        let number = question.house_number.map(|n| n.to_string());
        let postcode: Option<String> =
            question.postcode.map(|code| code.chars().filter(|c| !c.is_whitespace()).collect());
        {
            let mut asked = url.query_pairs_mut();
            for (name, value) in [
                ("naam", Some(question.name)),
                ("plaats", question.city),
                ("postcode", postcode.as_deref()),
                ("huisnummer", number.as_deref()),
            ] {
                let value: Option<String> = value.map(|text| text.chars().take(ASKED_CHARS_MAX).collect());
                if let Some(value) = value.filter(|text| !text.is_empty()) {
                    asked.append_pair(name, &value);
                }
            }
            asked.append_pair("resultatenPerPagina", &HITS_MAX.to_string());
        }
        match self.ask::<wire::Zoeken>(url, key).await {
            Ok(answer) => Ok(answer.hits(question, HITS_MAX)),
            Err(KvkError::NotDelivered { code }) if NOBODY.contains(&code.as_str()) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The basic profile under a number. KVK asks money for each answer.
    ///
    /// # Errors
    /// See [`KvkError`].
    pub async fn profile(&self, key: &str, number: &KvkNumber) -> Result<RegisterProfile, KvkError> {
        let url = self.at(&["v1", "basisprofielen", number.as_str()])?;
        let profile = self.ask::<wire::Basisprofiel>(url, key).await?.profile();
        if profile.number != number.as_str() {
            return Err(KvkError::Unreadable("it is about another number".to_owned()));
        }
        if profile.name.is_empty() {
            return Err(KvkError::Unreadable("it has no name".to_owned()));
        }
        Ok(profile)
    }

    fn at(&self, path: &[&str]) -> Result<Url, KvkError> {
        self.base.join(&path.join("/")).map_err(|e| KvkError::Unreadable(e.to_string()))
    }

    async fn ask<T: DeserializeOwned>(&self, url: Url, key: &str) -> Result<T, KvkError> {
        let mut secret = HeaderValue::from_str(key.trim()).map_err(|_| KvkError::Key)?;
        secret.set_sensitive(true);
        let answer = self.client.get(url).header("apikey", secret).send().await.map_err(|error| {
            KvkError::NoAnswer {
                problem: failure_words(&error, ANSWER),
                was_asked: !error.is_connect() && !error.is_builder(),
            }
        })?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = body(answer).await?;
        if status == StatusCode::OK {
            return serde_json::from_slice(&body).map_err(|e| KvkError::Unreadable(e.to_string()));
        }
        Err(refusal(status, &headers, &body))
    }
}

/// What a refusal means: by the register's own code where it gives one, else by the status.
fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> KvkError {
    let code = serde_json::from_slice::<wire::Fouten>(body).ok().and_then(|f| f.first()).unwrap_or_default();
    let code: String = code.chars().take(CODE_CHARS_MAX).filter(char::is_ascii_alphanumeric).collect();
    let named = || if code.is_empty() { status.as_str().to_owned() } else { code.clone() };
    match (code.as_str(), status) {
        ("IPD1002" | "IPD1003", _) => KvkError::InProcess { code: named() },
        ("IPD0004" | "IPD0005" | "IPD5200", _) => KvkError::NotDelivered { code: named() },
        (_, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => KvkError::Key,
        (_, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::GONE) => {
            KvkError::NotDelivered { code: named() }
        }
        (_, status) if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
            let wait =
                headers.get(RETRY_AFTER).and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse().ok());
            KvkError::Later {
                status: status.as_u16(),
                wait: wait.map(|seconds| Duration::from_secs(seconds).min(WAIT_MAX)),
            }
        }
        (_, status) => KvkError::Unreadable(format!("status {}", status.as_u16())),
    }
}

async fn body(mut answer: Response) -> Result<Vec<u8>, KvkError> {
    let mut body = Vec::new();
    let broken =
        |e: reqwest::Error| KvkError::NoAnswer { problem: failure_words(&e, ANSWER), was_asked: true };
    while let Some(piece) = answer.chunk().await.map_err(broken)? {
        if body.len() + piece.len() > ANSWER_BYTES_MAX {
            return Err(KvkError::Unreadable("it is too long".to_owned()));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
