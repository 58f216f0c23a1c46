//! The guarded client for everything on the web: it never reaches into private networks.
//!
//! The address that is checked is the address that is connected to: names are resolved by our own resolver, which hands
//! out public addresses only, so a name that leads elsewhere a moment later (DNS rebinding) gains nothing; literal
//! addresses never reach a resolver and are checked before. Redirects are never followed by the client, because a public
//! server could point inside: who follows one checks it first.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url, redirect};

/// Longest address.
const URL_BYTES_MAX: usize = 2_000;

/// Why an address is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not an absolute web address, or too long.
    #[error("this is not a web address")]
    Malformed,
    /// Something other than https where nothing else is allowed, or no web address at all.
    #[error("the address must begin with https://")]
    NotHttps,
    /// It carries a name and password.
    #[error("the address must not carry a user name or password")]
    Credentials,
    /// Another port than that of the web: the ports of mail servers and databases are not for us.
    #[error("the address must not name a port")]
    Port,
    /// It points into a private network, or to this machine.
    #[error("the address points into a private network")]
    Private,
}

/// Which addresses may begin how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schemes {
    /// What carries secrets: https. With private addresses allowed also http.
    HttpsOnly,
    /// What is public anyway: http and https.
    Web,
}

/// What may be reached.
#[derive(Debug, Clone)]
pub enum Reach {
    /// The public internet on the ports of the web.
    Public,
    /// Also private addresses, any port and http: for tests and the demo.
    Private,
    /// Names and addresses that a test makes up.
    #[cfg(test)]
    Scripted(Script),
}

/// The addresses of a name, as a test makes them up.
#[cfg(test)]
pub type Resolver = dyn Fn(&str) -> Vec<IpAddr> + Send + Sync;

/// Answers of a resolver, and which addresses count as public.
#[cfg(test)]
#[derive(Clone)]
pub struct Script {
    /// The addresses of a name.
    pub resolve: Arc<Resolver>,
    /// Whether an address may be reached.
    pub is_allowed: fn(IpAddr) -> bool,
}

#[cfg(test)]
impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script")
    }
}

struct Guarded(Reach);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let found = reach.addresses(name.as_str()).await?;
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|a| reach.allows(a.ip())).collect();
            if allowed.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

impl Reach {
    /// Private addresses are for tests and the demo.
    pub fn new(allow_private: bool) -> Reach {
        if allow_private { Reach::Private } else { Reach::Public }
    }

    async fn addresses(&self, name: &str) -> std::io::Result<Vec<SocketAddr>> {
        #[cfg(test)]
        if let Reach::Scripted(script) = self {
            return Ok((script.resolve)(name).into_iter().map(|ip| SocketAddr::new(ip, 0)).collect());
        }
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }

    fn allows(&self, ip: IpAddr) -> bool {
        match self {
            Reach::Public => is_public(ip),
            Reach::Private => true,
            #[cfg(test)]
            Reach::Scripted(script) => (script.is_allowed)(ip),
        }
    }

    /// Whether the rules for private hosts are off: any port, local names.
    fn is_open(&self) -> bool {
        !matches!(self, Reach::Public)
    }

    /// Reads an address and checks it as far as that can be done without resolving its name.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self, text: &str, schemes: Schemes) -> Result<Url, UrlError> {
        if text.len() > URL_BYTES_MAX || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(UrlError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| UrlError::Malformed)?;
        let may_be_plain = self.is_open() || schemes == Schemes::Web;
        if url.scheme() != "https" && !(may_be_plain && url.scheme() == "http") {
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
        if literal.is_some_and(|ip| !self.allows(ip)) || (is_local_name && !self.is_open()) {
            return Err(UrlError::Private);
        }
        if !self.is_open() && url.port().is_some() {
            return Err(UrlError::Port);
        }
        Ok(url)
    }

    /// A client that connects to allowed addresses only. It follows no redirect, keeps no cookie, uses no proxy.
    ///
    /// # Errors
    /// When the system's TLS cannot be set up.
    #[expect(clippy::disallowed_methods, reason = "this is the client that is guarded")]
    pub fn client(&self, agent: &str, timeout: Duration) -> reqwest::Result<Client> {
        Client::builder()
            .dns_resolver(Arc::new(Guarded(self.clone())))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(timeout)
            .user_agent(agent)
            .build()
    }
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

/// The innermost reason of a failed request, without the address; `answer_within` is how long an answer may take.
pub(crate) fn failure_words(error: &reqwest::Error, answer_within: Duration) -> String {
    if error.is_timeout() {
        return format!("no answer in {} s", answer_within.as_secs());
    }
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_connected_to() {
        // The resolver sees only the name; whatever it leads to on this machine is not public.
        let guarded = Guarded(Reach::Public);
        let name: Name = "localhost".parse().unwrap();
        assert!(guarded.resolve(name).await.is_err());
        let open = Guarded(Reach::Private);
        assert!(open.resolve("localhost".parse().unwrap()).await.is_ok());
    }
}
