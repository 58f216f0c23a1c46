//! Where a request comes from. `X-Forwarded-For` is believed only when a trusted proxy sent it.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use crate::engine::Engine;

/// The address of the client; none when it is not known (requests made inside the program).
#[derive(Debug, Clone, Copy)]
pub struct ClientIp(pub Option<IpAddr>);

impl FromRequestParts<Engine> for ClientIp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, engine: &Engine) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        // A proxy may add a header line of its own instead of lengthening the one that is there.
        let forwarded: Vec<&str> =
            parts.headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
        Ok(ClientIp(client_ip(peer, &forwarded.join(","), &engine.config().trusted_proxies)))
    }
}

/// The first address from the right that is not a trusted proxy: what stands further left anybody may have written.
pub(crate) fn client_ip(peer: Option<IpAddr>, forwarded: &str, trusted: &[IpAddr]) -> Option<IpAddr> {
    let peer = peer?.to_canonical();
    if !trusted.contains(&peer) {
        return Some(peer);
    }
    let mut last = peer;
    for part in forwarded.rsplit(',') {
        let Ok(ip) = part.trim().parse::<IpAddr>() else { break };
        last = ip.to_canonical();
        if !trusted.contains(&last) {
            break;
        }
    }
    Some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let other: IpAddr = "192.0.2.9".parse().unwrap();
        let ask = |peer: IpAddr, header: &str| client_ip(Some(peer), header, &[proxy]).unwrap().to_string();
        assert_eq!(ask(other, "198.51.100.1"), "192.0.2.9", "a client may write what it likes");
        assert_eq!(ask(proxy, "198.51.100.1"), "198.51.100.1");
        assert_eq!(ask(proxy, "203.0.113.5, 198.51.100.1"), "198.51.100.1", "the left part is not checked");
        assert_eq!(ask(proxy, "198.51.100.1, 10.0.0.1"), "198.51.100.1");
        assert_eq!(ask(proxy, "nonsense"), "10.0.0.1");
        assert_eq!(ask(proxy, ""), "10.0.0.1");
        assert_eq!(client_ip(None, "198.51.100.1", &[proxy]), None);
    }
}
