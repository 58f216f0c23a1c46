//! Why a page was not read. Every exit has a name that is stored and shown.

use kiem_domain::website::{ReadingOutcome, StopSign};

use crate::http::UrlError;

/// Why a page was not read, or nothing of it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Its address may not be asked.
    Address(UrlError),
    /// A social network, or a platform that many companies share.
    Platform,
    /// The name leads to no public address, or nobody answers.
    Unreachable,
    /// It did not answer in time.
    TooSlow,
    /// robots.txt does not allow it.
    Robots,
    /// robots.txt itself gave an error: then nothing is allowed (RFC 9309, 2.3.1.4).
    RobotsUnreadable,
    /// It leads to somebody else's site.
    Elsewhere(String),
    /// It leads on and on.
    TooManyRedirects,
    /// Larger than a page may be, packed or unpacked.
    TooLarge,
    /// The site asks to come back later (429 or 503).
    Later,
    /// Another status than 200.
    Status(u16),
    /// No page of text.
    NotHtml,
    /// The page reserves itself against machines.
    StopSign(StopSign),
    /// The bounds of one reading (time, bytes) were reached.
    LimitReached,
}

impl Refusal {
    /// The stable name.
    pub fn as_str(&self) -> &'static str {
        self.outcome().as_str()
    }

    /// How a reading ended that brought nothing but this.
    pub fn outcome(&self) -> ReadingOutcome {
        match self {
            Refusal::Address(_) => ReadingOutcome::Address,
            Refusal::Platform => ReadingOutcome::Platform,
            Refusal::Unreachable => ReadingOutcome::Unreachable,
            Refusal::TooSlow => ReadingOutcome::TooSlow,
            Refusal::Robots => ReadingOutcome::Robots,
            Refusal::RobotsUnreadable => ReadingOutcome::RobotsUnreadable,
            Refusal::Elsewhere(_) => ReadingOutcome::Elsewhere,
            Refusal::TooManyRedirects => ReadingOutcome::TooManyRedirects,
            Refusal::TooLarge => ReadingOutcome::TooLarge,
            Refusal::Later => ReadingOutcome::Later,
            Refusal::Status(_) => ReadingOutcome::Status,
            Refusal::NotHtml => ReadingOutcome::NotHtml,
            Refusal::StopSign(_) => ReadingOutcome::StopSign,
            Refusal::LimitReached => ReadingOutcome::LimitReached,
        }
    }

    /// What else is known: the status, the other site, the sign.
    pub fn detail(&self) -> Option<String> {
        match self {
            Refusal::Address(error) => Some(error.to_string()),
            Refusal::Elsewhere(url) => Some(url.clone()),
            Refusal::Status(status) => Some(status.to_string()),
            Refusal::StopSign(sign) => Some(sign.to_string()),
            _ => None,
        }
    }

    /// Whether the whole reading ends here.
    pub(super) fn ends_the_reading(&self) -> bool {
        matches!(self, Refusal::Later | Refusal::LimitReached)
    }
}
