//! How often one network may use the log-in and the public pages: a token bucket per network, kept in memory under a
//! keyed hash. Links and opt-outs have no limit: a company's mail gateway opens every link of a campaign at once, and
//! neither a redirect nor a "stop" may be lost on it. A forged one ends at its signature, before the database.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::client_ip::ClientIp;
use super::problem::ApiError;
use super::web::{first_part, is_public};
use crate::engine::people::throttle::network_of;
use crate::engine::{Engine, EngineError};

/// Networks that are remembered; beyond this the full buckets go, and if none is full, all.
const NETWORKS_MAX: usize = 50_000;

/// What a bucket allows.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    name: &'static str,
    burst: f64,
    per_second: f64,
}

/// Log-in and first start.
const LOGIN: Allowance = Allowance { name: "login", burst: 20.0, per_second: 0.5 };
/// Public pages, visits and hooks.
const PUBLIC: Allowance = Allowance { name: "public", burst: 200.0, per_second: 20.0 };
/// Filled forms and appointments: nobody needs more than ten at once, then one every six seconds.
const POSTS: Allowance = Allowance { name: "posts", burst: 10.0, per_second: 10.0 / 60.0 };

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    seen: Timestamp,
    allowance: Allowance,
}

impl Bucket {
    fn refilled(self, now: Timestamp) -> Bucket {
        let earned = now.duration_since(self.seen).as_secs_f64().max(0.0) * self.allowance.per_second;
        Bucket { tokens: (self.tokens + earned).min(self.allowance.burst), seen: now, ..self }
    }
}

/// All buckets of a process.
#[derive(Debug, Default)]
pub struct Buckets {
    of: Mutex<HashMap<Vec<u8>, Bucket>>,
}

impl Buckets {
    /// Whether this network may post a form now; else after how many seconds. A request whose address is not known is
    /// let through: the other checks stand.
    ///
    /// # Errors
    /// The seconds to wait.
    pub fn may_post(&self, engine: &Engine, ip: Option<IpAddr>) -> Result<(), u64> {
        self.may(engine, ip, POSTS)
    }

    fn may(&self, engine: &Engine, ip: Option<IpAddr>, allowance: Allowance) -> Result<(), u64> {
        let Some(ip) = ip else { return Ok(()) };
        let key = engine.keys().keyed_hash(&format!("rate {}\0{}", allowance.name, network_of(ip)));
        self.take(key, allowance, engine.now())
    }

    /// Takes one token; else says after how many seconds there is one.
    fn take(&self, key: Vec<u8>, allowance: Allowance, now: Timestamp) -> Result<(), u64> {
        let mut all = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= NETWORKS_MAX && !all.contains_key(&key) {
            all.retain(|_, b| b.refilled(now).tokens < b.allowance.burst);
            if all.len() >= NETWORKS_MAX {
                all.clear();
            }
        }
        let bucket = all.entry(key).or_insert(Bucket { tokens: allowance.burst, seen: now, allowance });
        *bucket = bucket.refilled(now);
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let seconds = ((1.0 - bucket.tokens) / allowance.per_second).ceil();
        // At most six seconds by the allowances above.
        Err(seconds.clamp(1.0, 60.0) as u64)
    }
}

fn allowance(method: &Method, path: &str) -> Option<Allowance> {
    if *method == Method::POST && matches!(path, "/api/v1/session" | "/api/v1/setup") {
        return Some(LOGIN);
    }
    let is_limited = is_public(path) && !matches!(first_part(path), "k" | "u");
    is_limited.then_some(PUBLIC)
}

/// Answers 429 when a network asks too often.
pub async fn limit(
    State((engine, buckets)): State<(Engine, Arc<Buckets>)>,
    request: Request,
    next: Next,
) -> Response {
    let Some(allowance) = allowance(request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    let (mut parts, body) = request.into_parts();
    let Ok(ClientIp(ip)) = ClientIp::from_request_parts(&mut parts, &engine).await;
    if let Err(retry_after_seconds) = buckets.may(&engine, ip, allowance) {
        return ApiError(EngineError::TooMany { retry_after_seconds }).into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again_for_its_own_network_only() {
        let buckets = Buckets::default();
        let now = Timestamp::UNIX_EPOCH;
        for _ in 0..20 {
            buckets.take(vec![1], LOGIN, now).unwrap();
        }
        assert_eq!(buckets.take(vec![1], LOGIN, now), Err(2));
        buckets.take(vec![2], LOGIN, now).unwrap();
        buckets.take(vec![1], LOGIN, now + SignedDuration::from_secs(2)).unwrap();
        assert!(buckets.take(vec![1], LOGIN, now + SignedDuration::from_secs(2)).is_err());
        assert!(
            buckets.take(vec![1], LOGIN, now - SignedDuration::from_secs(9)).is_err(),
            "a clock set back"
        );
    }

    #[test]
    fn ten_posts_at_once_then_one_every_six_seconds() {
        let buckets = Buckets::default();
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!((0..20).filter(|_| buckets.take(vec![1], POSTS, now).is_ok()).count(), 10);
        assert_eq!(buckets.take(vec![1], POSTS, now), Err(6));
        buckets.take(vec![1], POSTS, now + SignedDuration::from_secs(7)).unwrap();
    }

    #[test]
    fn log_in_and_public_pages_are_limited_but_links_opt_outs_and_the_page_are_not() {
        let name = |method: &Method, path: &str| allowance(method, path).map(|a| a.name);
        assert_eq!(name(&Method::GET, "/api/v1/leads"), None);
        assert_eq!(name(&Method::GET, "/assets/app.js"), None);
        assert_eq!(name(&Method::POST, "/api/v1/session"), Some("login"));
        for path in ["/f/abc", "/b/1/kennismaken", "/v", "/q/abc", "/hooks/abc"] {
            assert_eq!(name(&Method::POST, path), Some("public"), "{path}");
        }
        for method in [Method::GET, Method::HEAD, Method::POST] {
            assert_eq!(name(&method, "/k/abc"), None, "a redirect is never lost");
            assert_eq!(name(&method, "/u/abc"), None, "an opt-out is never lost");
        }
    }
}
