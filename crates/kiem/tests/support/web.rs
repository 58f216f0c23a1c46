//! Asking the HTTP service inside the test's own process.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;

use super::operations::Operation;
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

    /// Tries an operation with what is filled in for it.
    pub async fn run(&self, op: &Operation) -> Answer {
        if op.is_upload {
            let list = "Bedrijfsnaam;E-mailadres\r\nKlant BV;eva@klant.example\r\n";
            return self.upload(&op.path, "lijst.csv", list.as_bytes()).await;
        }
        self.ask(&op.method, &op.path, op.body.as_ref()).await
    }

    /// Sends a file as a browser's form does.
    pub async fn upload(&self, path: &str, name: &str, bytes: &[u8]) -> Answer {
        let mut body = format!(
            "--grens\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--grens--\r\n");
        let mut request = Request::builder().method("POST").uri(path);
        for (name, value) in &self.headers {
            request = request.header(name.as_str(), value.as_str());
        }
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=grens");
        self.send(request.body(Body::from(body)).expect("a request")).await
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
        self.send(request.expect("a request")).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.service.clone().oneshot(request).await.expect("the service answers");
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
