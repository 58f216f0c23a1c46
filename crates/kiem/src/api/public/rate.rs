//! How often one address may post: a small bucket per address, in memory.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// Posts at once.
const BURST: f64 = 10.0;
/// Posts per second that come back.
const REFILL_PER_SECOND: f64 = 10.0 / 60.0;
/// Addresses that are remembered; when there are more, those with a full bucket are forgotten.
const ADDRESSES_MAX: usize = 50_000;

/// Buckets by address.
#[derive(Debug, Default)]
pub struct Rates {
    buckets: Mutex<HashMap<IpAddr, (f64, Timestamp)>>,
}

impl Rates {
    /// Whether this address may post now. Without a known address everybody shares one bucket of nobody, so it is let
    /// through: the other checks stand.
    pub fn may(&self, ip: Option<IpAddr>, now: Timestamp) -> bool {
        let Some(ip) = ip.map(network) else { return true };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES_MAX {
            buckets.retain(|_, (left, at)| refilled(*left, *at, now) < BURST);
            if buckets.len() >= ADDRESSES_MAX {
                return false;
            }
        }
        let (left, at) = buckets.entry(ip).or_insert((BURST, now));
        *left = refilled(*left, *at, now);
        *at = now;
        if *left < 1.0 {
            return false;
        }
        *left -= 1.0;
        true
    }
}

fn refilled(left: f64, at: Timestamp, now: Timestamp) -> f64 {
    (left + now.duration_since(at).as_secs_f64().max(0.0) * REFILL_PER_SECOND).min(BURST)
}

/// One subscriber has a whole /64 of IPv6.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_posts_then_one_every_six_seconds_per_address() {
        let rates = Rates::default();
        let now = Timestamp::UNIX_EPOCH;
        let ip = Some("192.0.2.1".parse().unwrap());
        assert_eq!((0..20).filter(|_| rates.may(ip, now)).count(), 10);
        assert!(rates.may(Some("192.0.2.2".parse().unwrap()), now), "another address has its own");
        assert!(!rates.may(ip, now + jiff::SignedDuration::from_secs(5)));
        assert!(rates.may(ip, now + jiff::SignedDuration::from_secs(7)));
    }

    #[test]
    fn one_ipv6_subscriber_is_one_address() {
        let rates = Rates::default();
        let now = Timestamp::UNIX_EPOCH;
        let n = (0..20_u16).filter(|i| rates.may(format!("2001:db8::{i:x}").parse().ok(), now)).count();
        assert_eq!(n, 10);
    }
}
