//! Webhooks out: signing by Standard Webhooks, and a client that never reaches into private networks.
//!
//! The address that is checked is the address that is connected to: names are resolved by our own resolver, which
//! hands out public addresses only; literal addresses never reach a resolver and are checked before. Redirects are off,
//! because a public server could point inside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url, redirect};

/// Longest wait for an answer.
const ANSWER: Duration = Duration::from_secs(20);
/// As much of an answer is kept for the person who looks why it failed.
const ANSWER_CHARS_MAX: usize = 300;
/// Longest address of an endpoint.
const URL_BYTES_MAX: usize = 2_000;

/// Why an address cannot be an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not an absolute web address, or too long.
    #[error("this is not a web address")]
    Malformed,
    /// Something other than https (http is for tests and demos only).
    #[error("the address must begin with https://")]
    NotHttps,
    /// It carries a name and password.
    #[error("the address must not carry a user name or password")]
    Credentials,
    /// Another port than that of the web: the ports of mail servers and databases are not for webhooks.
    #[error("the address must not name a port")]
    Port,
    /// It points into a private network, or to this machine.
    #[error("the address points into a private network")]
    Private,
}

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// Taken (2xx).
    Ok(u16),
    /// The endpoint is gone and wants no more (410).
    Gone,
    /// Another status, with the beginning of the answer.
    Refused(u16, String),
    /// There was no answer: name unknown, no connection, a private address, too slow.
    NoAnswer(String),
}

/// Sends webhooks.
#[derive(Debug, Clone)]
pub struct Webhooks {
    allow_private: bool,
}

struct Guarded {
    allow_private: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|a| allow_private || is_public(a.ip())).collect();
            if allowed.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

impl Webhooks {
    /// `allow_private` is for tests and the demo: then http and private addresses are allowed.
    pub fn new(allow_private: bool) -> Webhooks {
        Webhooks { allow_private }
    }

    /// Checks the address of an endpoint as far as that can be done without resolving it.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check_url(&self, url: &str) -> Result<(), UrlError> {
        self.parsed(url).map(|_| ())
    }

    fn parsed(&self, text: &str) -> Result<Url, UrlError> {
        if text.len() > URL_BYTES_MAX || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(UrlError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| UrlError::Malformed)?;
        let is_web = url.scheme() == "https" || (self.allow_private && url.scheme() == "http");
        if !is_web {
            return Err(UrlError::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlError::Credentials);
        }
        let host = url.host_str().ok_or(UrlError::Malformed)?;
        // The parser has turned 127.1, 0x7f000001 and 017700000001 into four plain numbers already.
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        let is_local_name =
            name == "localhost" || name.ends_with(".localhost") || name.ends_with(".internal");
        if !self.allow_private && (literal.is_some_and(|ip| !is_public(ip)) || is_local_name) {
            return Err(UrlError::Private);
        }
        if !self.allow_private && url.port().is_some() {
            return Err(UrlError::Port);
        }
        Ok(url)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the client that is guarded")]
    fn client(&self) -> reqwest::Result<Client> {
        Client::builder()
            .dns_resolver(Arc::new(Guarded { allow_private: self.allow_private }))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(ANSWER)
            .user_agent("Kiem-Webhooks/1")
            .build()
    }

    /// Posts a body with the headers of Standard Webhooks. `id` stays the same over all tries, `at_seconds` is now;
    /// while a secret is being replaced there are two, and a signature by each.
    pub async fn post(
        &self,
        url: &str,
        secrets: &[Vec<u8>],
        id: &str,
        at_seconds: i64,
        body: &str,
    ) -> Delivered {
        let url = match self.parsed(url) {
            Ok(url) => url,
            Err(error) => return Delivered::NoAnswer(error.to_string()),
        };
        let client = match self.client() {
            Ok(client) => client,
            Err(error) => return Delivered::NoAnswer(error.to_string()),
        };
        let signatures: Vec<String> = secrets.iter().map(|s| sign(s, id, at_seconds, body)).collect();
        let sent = client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at_seconds.to_string())
            .header("webhook-signature", signatures.join(" "))
            .body(body.to_owned())
            .send()
            .await;
        match sent {
            Ok(mut answer) => {
                let status = answer.status().as_u16();
                match status {
                    200..=299 => Delivered::Ok(status),
                    410 => Delivered::Gone,
                    // One piece of the answer is enough to see why; a stream without end is not read.
                    _ => {
                        let piece = answer.chunk().await.ok().flatten().unwrap_or_default();
                        let text: String =
                            String::from_utf8_lossy(&piece).chars().take(ANSWER_CHARS_MAX).collect();
                        Delivered::Refused(status, text)
                    }
                }
            }
            Err(error) => Delivered::NoAnswer(words(&error)),
        }
    }
}

/// The innermost reason of a failed request, without the address.
fn words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer in {} s", ANSWER.as_secs());
    }
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// The header `webhook-signature`: version 1, HMAC-SHA256 over `id.timestamp.body`.
pub fn sign(secret: &[u8], id: &str, at_seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, format!("{id}.{at_seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag.as_ref()))
}

/// How a secret is shown and given to the receiver.
pub fn secret_text(secret: &[u8]) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

/// Whether an address may be reached: everything that is not plainly the public internet is refused.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let s = ip.segments();
    // Global unicast is 2000::/3; inside it the tunnels (6to4, Teredo), documentation and benchmarks are refused.
    let is_global = s[0] & 0xe000 == 0x2000;
    let is_tunnel = s[0] == 0x2002 || (s[0] == 0x2001 && s[1] < 0x0200);
    let is_documentation = (s[0] == 0x2001 && s[1] == 0x0db8) || s[0] == 0x3fff;
    is_global && !is_tunnel && !is_documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // Example of the Standard Webhooks specification.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature =
            sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(secret_text(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    #[test]
    fn only_the_public_internet_is_reached() {
        for ip in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "::7f00:1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["1.1.1.1", "8.8.8.8", "100.63.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn tricks_in_the_address_do_not_help() {
        let strict = Webhooks::new(false);
        for (url, expected) in [
            ("https://127.0.0.1/", UrlError::Private),
            ("https://127.1/", UrlError::Private),
            ("https://2130706433/", UrlError::Private),
            ("https://0x7f000001/", UrlError::Private),
            ("https://017700000001/", UrlError::Private),
            ("https://0/", UrlError::Private),
            ("https://[::1]/", UrlError::Private),
            ("https://[::ffff:127.0.0.1]/", UrlError::Private),
            ("https://[64:ff9b::7f00:1]/", UrlError::Private),
            ("https://localhost/", UrlError::Private),
            ("https://LOCALHOST./", UrlError::Private),
            ("https://a.localhost/", UrlError::Private),
            ("https://metadata.google.internal/", UrlError::Private),
            ("https://127。0。0。1/", UrlError::Private),
            ("https://127.0.0.1./", UrlError::Private),
            ("https://0177.0.0.1/", UrlError::Private),
            ("https://0x7f.1/", UrlError::Private),
            ("https://169.254.169.254/latest/meta-data/", UrlError::Private),
            ("https://[::]/", UrlError::Private),
            ("https://[0:0:0:0:0:ffff:7f00:1]/", UrlError::Private),
            ("https://[fe80::1]/", UrlError::Private),
            ("https://[fd00::1]/", UrlError::Private),
            ("https://%31%32%37.0.0.1/", UrlError::Private),
            ("https:\\\\127.0.0.1\\", UrlError::Private),
            ("https:127.0.0.1", UrlError::Private),
            ("https://１２７.0.0.1/", UrlError::Private),
            ("https://ⓛocalhost/", UrlError::Private),
            ("https://crm.example:25/", UrlError::Port),
            ("https://crm.example:8443/", UrlError::Port),
            ("https://crm.example:80/", UrlError::Port),
            ("https://1.1.1.1@127.0.0.1/", UrlError::Credentials),
            ("https://user:pw@crm.example/", UrlError::Credentials),
            ("https://user@crm.example/", UrlError::Credentials),
            ("http://crm.example/", UrlError::NotHttps),
            ("file:///etc/passwd", UrlError::NotHttps),
            ("gopher://crm.example/", UrlError::NotHttps),
            ("crm.example", UrlError::Malformed),
            ("https://crm.example/\r\nX: y", UrlError::Malformed),
            ("https://", UrlError::Malformed),
        ] {
            assert_eq!(strict.check_url(url), Err(expected), "{url}");
        }
        assert_eq!(strict.check_url("https://crm.example/hook?a=1"), Ok(()));
        assert_eq!(
            strict.check_url("https://crm.example:443/hook"),
            Ok(()),
            "the web's own port, said aloud"
        );
        assert_eq!(Webhooks::new(true).check_url("http://127.0.0.1:8080/hook"), Ok(()));
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_connected_to() {
        // The resolver sees only the name; whatever it leads to on this machine is not public.
        let guarded = Guarded { allow_private: false };
        let name: Name = "localhost".parse().unwrap();
        assert!(guarded.resolve(name).await.is_err());
        let open = Guarded { allow_private: true };
        assert!(open.resolve("localhost".parse().unwrap()).await.is_ok());
    }
}
