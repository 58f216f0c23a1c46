//! How long a log-in must wait after wrong guesses: longer with every guess, never locked for good (OWASP ASVS 6.3.1).

use jiff::{SignedDuration, Timestamp};

/// Without a guess for this long, the count starts again.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// What is guessed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrottleScope {
    /// One account, from anywhere.
    Account,
    /// Any account, from one network address: colleagues behind one address share it, so it is more patient.
    Address,
}

/// The wait after the `n`th wrong guess in a row: nothing for the first few, then doubling up to a limit.
pub fn wait_after(scope: ThrottleScope, n: u32) -> SignedDuration {
    let (free, longest_seconds) = match scope {
        ThrottleScope::Account => (3, 300),
        ThrottleScope::Address => (10, 60),
    };
    let doublings = n.saturating_sub(free);
    if doublings == 0 {
        return SignedDuration::ZERO;
    }
    // 2^8 seconds is above both limits already.
    SignedDuration::from_secs(2_i64.pow(doublings.min(9) - 1).min(longest_seconds))
}

/// How many wrong guesses still count at `now`.
pub fn counted(n: u32, last_at: Timestamp, now: Timestamp) -> u32 {
    if now.duration_since(last_at) >= FORGOTTEN_AFTER { 0 } else { n }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_has_an_end() {
        let seconds = |scope, n| wait_after(scope, n).as_secs();
        let account: Vec<_> = (1..=14).map(|n| seconds(ThrottleScope::Account, n)).collect();
        assert_eq!(account, [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 256, 256]);
        assert_eq!(seconds(ThrottleScope::Address, 10), 0);
        assert_eq!(seconds(ThrottleScope::Address, 11), 1);
        assert_eq!(seconds(ThrottleScope::Address, u32::MAX), 60);
    }

    #[test]
    fn ten_thousand_guesses_in_ten_minutes_are_at_most_fifty() {
        for scope in [ThrottleScope::Account, ThrottleScope::Address] {
            let begin: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
            let (mut n, mut open_at) = (0, begin);
            for guess in 0..10_000 {
                let now = begin + SignedDuration::from_millis(60 * guess);
                if now >= open_at {
                    n += 1;
                    open_at = now + wait_after(scope, n);
                }
            }
            assert!(n <= 50, "{scope:?}: {n}");
        }
    }

    #[test]
    fn an_hour_of_quiet_forgets() {
        let last: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
        assert_eq!(counted(9, last, last + SignedDuration::from_mins(59)), 9);
        assert_eq!(counted(9, last, last + SignedDuration::from_mins(60)), 0);
    }
}
