//! Asking the HTTP service inside the test's own process.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The session cookie that the answer sets, as a browser sends it back.
    pub fn cookie(&self) -> String {
        let set = self.headers.get(header::SET_COOKIE).expect("a cookie").to_str().expect("text");
        set.split(';').next().expect("a value").to_owned()
    }
}

/// Someone who asks: a service and the headers that go with every request.
#[derive(Clone)]
pub struct Browser {
    pub service: Router,
    pub headers: Vec<(String, String)>,
}

impl Browser {
    /// Nobody yet.
    pub fn new(service: Router) -> Browser {
        Browser { service, headers: Vec::new() }
    }

    /// The same with one more header.
    pub fn with(&self, name: &str, value: &str) -> Browser {
        let mut other = self.clone();
        other.headers.retain(|(n, _)| n != name);
        other.headers.push((name.to_owned(), value.to_owned()));
        other
    }

    /// Sends a request; a body makes it JSON.
    pub async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name.as_str(), value.as_str());
        }
        let request = match body {
            Some(body) => {
                request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string()))
            }
            None => request.body(Body::empty()),
        };
        let response =
            self.service.clone().oneshot(request.expect("a request")).await.expect("the service answers");
        let (status, headers) = (response.status(), response.headers().clone());
        // A stream of events has no end: its head is the answer.
        let is_stream = headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/event-stream")));
        let text = if is_stream {
            String::new()
        } else {
            let bytes = to_bytes(response.into_body(), 16 << 20).await.expect("the body");
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Answer { status, headers, text }
    }
}
