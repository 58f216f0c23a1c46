//! How often one network may use the log-in and the public pages: a token bucket per network, kept in memory under a
//! keyed hash.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::client_ip::ClientIp;
use super::problem::ApiError;
use super::web::is_public;
use crate::engine::people::throttle::network_of;
use crate::engine::{Engine, EngineError};

/// Networks that are remembered; beyond this the full buckets go, and if none is full, all.
const NETWORKS_MAX: usize = 50_000;

/// What a bucket allows.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    burst: f64,
    per_second: f64,
}

/// Log-in and first start.
const LOGIN: Allowance = Allowance { burst: 20.0, per_second: 0.5 };
/// Links, forms and hooks: a company's mail scanner opens many links of one campaign in a second.
const PUBLIC: Allowance = Allowance { burst: 200.0, per_second: 20.0 };

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    seen: Instant,
}

impl Bucket {
    fn refilled(self, allowance: Allowance, now: Instant) -> Bucket {
        let earned = now.saturating_duration_since(self.seen).as_secs_f64() * allowance.per_second;
        Bucket { tokens: (self.tokens + earned).min(allowance.burst), seen: now }
    }
}

/// All buckets of a process.
#[derive(Debug, Default)]
pub struct Buckets {
    of: Mutex<HashMap<Vec<u8>, Bucket>>,
}

impl Buckets {
    /// Takes one token; else says after how many seconds there is one.
    fn take(&self, key: Vec<u8>, allowance: Allowance, now: Instant) -> Result<(), u64> {
        let mut all = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= NETWORKS_MAX && !all.contains_key(&key) {
            all.retain(|_, b| b.refilled(PUBLIC, now).tokens < LOGIN.burst);
            if all.len() >= NETWORKS_MAX {
                all.clear();
            }
        }
        let bucket = all.entry(key).or_insert(Bucket { tokens: allowance.burst, seen: now });
        *bucket = bucket.refilled(allowance, now);
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let seconds = ((1.0 - bucket.tokens) / allowance.per_second).ceil();
        // Between 1 and 2 seconds by the allowances above.
        Err(seconds.clamp(1.0, 60.0) as u64)
    }
}

fn allowance(method: &Method, path: &str) -> Option<(&'static str, Allowance)> {
    if *method == Method::POST && matches!(path, "/api/v1/session" | "/api/v1/setup") {
        return Some(("login", LOGIN));
    }
    is_public(path).then_some(("public", PUBLIC))
}

/// Answers 429 when a network asks too often.
pub async fn limit(
    State((engine, buckets)): State<(Engine, Arc<Buckets>)>,
    request: Request,
    next: Next,
) -> Response {
    let Some((name, allowance)) = allowance(request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    let (mut parts, body) = request.into_parts();
    let Ok(ClientIp(ip)) = ClientIp::from_request_parts(&mut parts, &engine).await;
    if let Some(ip) = ip {
        let key = engine.keys().keyed_hash(&format!("rate {name}\0{}", network_of(ip)));
        if let Err(retry_after_seconds) = buckets.take(key, allowance, Instant::now()) {
            return ApiError(EngineError::TooMany { retry_after_seconds }).into_response();
        }
    }
    next.run(Request::from_parts(parts, body)).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again_for_its_own_network_only() {
        let buckets = Buckets::default();
        let now = Instant::now();
        for _ in 0..20 {
            buckets.take(vec![1], LOGIN, now).unwrap();
        }
        assert_eq!(buckets.take(vec![1], LOGIN, now), Err(2));
        buckets.take(vec![2], LOGIN, now).unwrap();
        buckets.take(vec![1], LOGIN, now + Duration::from_secs(2)).unwrap();
        assert!(buckets.take(vec![1], LOGIN, now + Duration::from_secs(2)).is_err());
    }

    #[test]
    fn the_page_and_the_api_are_not_limited_but_log_in_and_links_are() {
        assert!(allowance(&Method::GET, "/api/v1/leads").is_none());
        assert!(allowance(&Method::GET, "/assets/app.js").is_none());
        assert_eq!(allowance(&Method::POST, "/api/v1/session").map(|a| a.0), Some("login"));
        assert_eq!(allowance(&Method::GET, "/k/abc").map(|a| a.0), Some("public"));
    }
}
