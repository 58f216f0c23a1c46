//! Counting wrong log-ins. A try is counted before the password is looked at, so that many at once count as many.

use std::net::IpAddr;

use kiem_domain::login_throttle::{ThrottleScope, counted, wait_after};
use kiem_store::login_attempt::{self, LoginAttempt};

use crate::engine::{Engine, EngineError, Result};

/// What [`Engine::begin_login`] counted, for taking it back when the password was right.
#[derive(Debug)]
pub struct CountedLogin {
    keys: Vec<(ThrottleScope, Vec<u8>)>,
}

impl Engine {
    /// Counts a try for the account and the network address.
    ///
    /// # Errors
    /// [`EngineError::TooMany`] while either must wait; then nothing is counted. The same for accounts that exist
    /// and that do not.
    pub(crate) async fn begin_login(&self, email: &str, ip: Option<IpAddr>) -> Result<CountedLogin> {
        let now = self.now();
        let mut keys = Vec::new();
        if let Some(ip) = ip {
            let network = network_of(ip);
            keys.push((ThrottleScope::Address, self.keys().keyed_hash(&format!("login network\0{network}"))));
        }
        keys.push((ThrottleScope::Account, self.keys().keyed_hash(&format!("login account\0{email}"))));
        let mut global = self.store().global().await?;
        for (scope, key) in &keys {
            let found = login_attempt::lock(&mut global, key, now).await?;
            if found.blocked_until > now {
                let wait = found.blocked_until.duration_since(now).as_millis();
                let seconds = u64::try_from(wait).unwrap_or(0).div_ceil(1000);
                return Err(EngineError::TooMany { retry_after_seconds: seconds.max(1) });
            }
            let n = counted(found.n_failed, found.last_at, now).saturating_add(1);
            let next = LoginAttempt { n_failed: n, last_at: now, blocked_until: now + wait_after(*scope, n) };
            login_attempt::save(&mut global, key, &next).await?;
        }
        global.commit().await?;
        Ok(CountedLogin { keys })
    }

    /// The password was right: the account starts anew, the network address gets back this one try only (else one
    /// known account would let somebody guess at all others).
    pub(crate) async fn login_was_right(&self, login: CountedLogin) -> Result<()> {
        let now = self.now();
        let mut global = self.store().global().await?;
        for (scope, key) in &login.keys {
            let found = login_attempt::lock(&mut global, key, now).await?;
            let n = match scope {
                ThrottleScope::Account => 0,
                ThrottleScope::Address => found.n_failed.saturating_sub(1),
            };
            let next = LoginAttempt { n_failed: n, last_at: found.last_at, blocked_until: now };
            login_attempt::save(&mut global, key, &next).await?;
        }
        Ok(global.commit().await?)
    }
}

/// The network that an address belongs to: one household or office, not one device (/24, /56).
pub fn network_of(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{:x}::/56", d & 0xff00)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_network_and_mapped_addresses_are_what_they_map() {
        let network = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(network("192.0.2.7"), "192.0.2.0/24");
        assert_eq!(network("::ffff:192.0.2.9"), "192.0.2.0/24");
        assert_eq!(network("2001:db8:1:22ff::1"), network("2001:db8:1:2200:9::1"));
        assert_ne!(network("2001:db8:1:22ff::1"), network("2001:db8:1:2300::1"));
    }
}
