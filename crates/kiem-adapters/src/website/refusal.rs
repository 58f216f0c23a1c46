//! Why a page was not read. Every exit has a name that is stored and shown.

use kiem_domain::website::StopSign;

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
        match self {
            Refusal::Address(_) => "address",
            Refusal::Platform => "platform",
            Refusal::Unreachable => "unreachable",
            Refusal::TooSlow => "too_slow",
            Refusal::Robots => "robots",
            Refusal::RobotsUnreadable => "robots_unreadable",
            Refusal::Elsewhere(_) => "elsewhere",
            Refusal::TooManyRedirects => "too_many_redirects",
            Refusal::TooLarge => "too_large",
            Refusal::Later => "later",
            Refusal::Status(_) => "status",
            Refusal::NotHtml => "not_html",
            Refusal::StopSign(_) => "stop_sign",
            Refusal::LimitReached => "limit_reached",
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
