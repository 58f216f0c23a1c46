//! What a request tells about who makes it.

use std::net::IpAddr;

/// Longest text of a header that is kept.
const HEADER_CHARS_MAX: usize = 300;

/// The raw facts of a public request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visitor {
    /// Address of the browser; `None` when the server does not know it. Never stored.
    pub ip: Option<IpAddr>,
    /// `User-Agent`.
    pub user_agent: String,
    /// HTTP method.
    pub method: String,
    /// `Sec-Purpose`, `Purpose`, `X-Purpose` and `X-Moz`, joined.
    pub purpose: String,
    /// Token of the log-in that came along, when Kiem's own page is open in the same browser. Never stored.
    pub log_in: Option<String>,
}

impl Visitor {
    /// Takes the facts; long headers are cut.
    pub fn new(ip: Option<IpAddr>, method: &str, user_agent: &str, purpose: &str) -> Visitor {
        let cut = |text: &str| text.chars().take(HEADER_CHARS_MAX).collect::<String>();
        Visitor { ip, user_agent: cut(user_agent), method: cut(method), purpose: cut(purpose), log_in: None }
    }
}
