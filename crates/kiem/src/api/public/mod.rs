//! Public addresses, without logging in: `/k` links, `/u` opting out, `/s.js` and `/v` visits, `/f` the quote form,
//! `/b` booking, `/hooks` booking services, `/q` quotes, `/practice-site` the site that practice mode plays. Every page is
//! small, has no script (but for the practice website's own) and can be read without styles.

mod booking;
mod click;
mod form;
mod hook;
mod opt_out;
pub mod page;
mod practice_site;
pub mod quote;
mod visit;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRef, FromRequest as _};
use axum::http::header;
use axum::http::request::Parts;
use axum::routing::{any, get, post};

use super::rate::Buckets;
use crate::engine::Engine;
use crate::engine::public::click::ClickQueue;
use crate::engine::public::visit::VisitIntake;
use crate::engine::public::visitor::Visitor;

/// Most bytes that a stranger may post.
const BODY_BYTES_MAX: usize = 32 * 1024;

/// What the public addresses share.
#[derive(Clone)]
pub struct Public {
    /// The engine.
    pub engine: Engine,
    /// Clicks on their way into the database.
    pub clicks: ClickQueue,
    /// Visits on their way into the database.
    pub visits: VisitIntake,
    /// How often a network posted.
    pub buckets: Arc<Buckets>,
}

impl FromRef<Public> for Engine {
    fn from_ref(public: &Public) -> Engine {
        public.engine.clone()
    }
}

/// The public addresses, with their background writers. Must be called inside the runtime.
pub fn router(engine: Engine, buckets: Arc<Buckets>) -> Router<Engine> {
    let public = Public {
        clicks: ClickQueue::start(engine.clone()),
        visits: VisitIntake::start(engine.clone()),
        buckets,
        engine,
    };
    Router::new()
        .route("/k/{token}", any(click::follow))
        .route("/u/{token}", get(opt_out::show).post(opt_out::confirm))
        .route("/s.js", get(visit::snippet))
        .route("/v", post(visit::take).options(visit::preflight))
        .route("/f/{token}", get(form::show).post(form::send))
        .route("/b/{workspace}/{slug}", get(booking::show).post(booking::confirm))
        .route("/b/m/{token}", get(booking::manage).post(booking::change))
        .route("/hooks/{token}", post(hook::take))
        .route("/practice-site/consent.js", get(practice_site::consent))
        .route("/practice-site/{*page}", get(practice_site::show))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(public)
        .merge(quote::router())
}

/// The address of the browser: the connection's, or what a trusted proxy says.
pub fn client_ip(engine: &Engine, parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded: Vec<&str> =
        parts.headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
    super::client_ip::client_ip(peer, &forwarded.join(","), &engine.config().trusted_proxies)
}

/// The raw facts of a request.
pub fn visitor_of(engine: &Engine, parts: &Parts) -> Visitor {
    let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let purpose: Vec<&str> = ["sec-purpose", "purpose", "x-purpose", "x-moz"]
        .into_iter()
        .map(header)
        .filter(|v| !v.is_empty())
        .collect();
    Visitor::new(client_ip(engine, parts), parts.method.as_str(), header("user-agent"), &purpose.join(" "))
}

/// Reads the fields of a form; `None` when it is none.
pub(crate) async fn read_form<T: serde::de::DeserializeOwned>(bytes: Bytes) -> Option<T> {
    let kind = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let request = axum::http::Request::builder().method("POST").header(kind.0, kind.1);
    let request = request.body(axum::body::Body::from(bytes)).ok()?;
    axum::Form::<T>::from_request(request, &()).await.ok().map(|form| form.0)
}

/// A query string of pairs, escaped.
pub(crate) fn query_of(pairs: &[(&str, String)]) -> String {
    let escaped = |text: &str| {
        let mut out = String::with_capacity(text.len());
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
        out
    };
    pairs.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
}
