//! `Idempotency-Key`: the same POST sent twice has one effect. Same key and same request: the first answer again; same
//! key and another request: refused. Answers are kept for a day, sealed, because some hold a secret that is shown once.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kiem_store::idempotency::{self, KeptAnswer};

use super::problem::ApiError;
use crate::engine::keys::sha256;
use crate::engine::{Caller, Engine, EngineError, Result};

/// Header that carries the key.
pub const HEADER: &str = "idempotency-key";
/// Header that says that an answer is the one of before.
const REPLAYED: &str = "idempotency-replayed";
const KEY_CHARS_MAX: usize = 255;
/// Largest request (an upload) and answer that take part.
const REQUEST_BYTES_MAX: usize = 64 << 20;
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// One request under one key.
#[derive(Clone)]
struct Place {
    caller: Caller,
    key: String,
    /// Method, address and who asks: two people's keys never meet.
    operation: String,
}

impl Place {
    fn seal_name(&self) -> String {
        format!("idempotency_key.body:{}:{}:{}", self.caller.workspace, self.operation, self.key)
    }
}

/// The middleware.
pub async fn once(State(engine): State<Engine>, request: Request, next: Next) -> Response {
    let wanted = *request.method() == Method::POST && request.headers().contains_key(HEADER);
    if !wanted {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let key = parts.headers.get(HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    if key.is_empty() || key.len() > KEY_CHARS_MAX {
        return ApiError(EngineError::field("Idempotency-Key", "idempotency_key")).into_response();
    }
    // Without a workspace (log-in, first start, public pages) there is nobody to keep an answer for.
    let Ok(caller) = Caller::from_request_parts(&mut parts, &engine).await else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let Ok(bytes) = to_bytes(body, REQUEST_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let actor = caller.actor.id().map(|id| id.to_string()).unwrap_or_default();
    let address = parts.uri.path_and_query().map_or("", |p| p.as_str());
    let place = Place { caller, key, operation: format!("{} {address} {actor}", parts.method) };
    let hash = sha256(&bytes);
    match engine.take_key(&place, &hash).await {
        Err(error) => ApiError(error).into_response(),
        Ok(Some(kept)) => {
            engine.answer_again(&place, &hash, &kept).unwrap_or_else(|e| ApiError(e).into_response())
        }
        Ok(None) => {
            let request = Request::from_parts(parts, Body::from(bytes));
            // A task of its own: a client that hangs up must not leave the key taken and the answer unkept.
            let task = tokio::spawn(async move { engine.answer_once(&place, next.run(request).await).await });
            task.await.unwrap_or_else(|e| {
                ApiError(EngineError::Outside(format!("a request stopped: {e}"))).into_response()
            })
        }
    }
}

impl Engine {
    async fn take_key(&self, place: &Place, hash: &[u8]) -> Result<Option<KeptAnswer>> {
        let mut tx = self.store().begin(place.caller.workspace).await?;
        let kept = idempotency::take(&mut tx, &place.key, &place.operation, hash, self.now()).await?;
        tx.commit().await?;
        Ok(kept)
    }

    fn answer_again(&self, place: &Place, hash: &[u8], kept: &KeptAnswer) -> Result<Response> {
        if kept.request_hash != hash {
            return Err(EngineError::refused("idempotency_mismatch"));
        }
        if kept.status == 0 {
            return Err(EngineError::refused("idempotency_running"));
        }
        let unreadable = || EngineError::Outside("a kept answer cannot be read".to_owned());
        let sealed = STANDARD.decode(&kept.body).map_err(|_| unreadable())?;
        let body = self.keys().open(&place.seal_name(), &sealed).map_err(|_| unreadable())?;
        let status = u16::try_from(kept.status).ok().and_then(|s| StatusCode::from_u16(s).ok());
        let mut response = (status.ok_or_else(unreadable)?, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(response)
    }

    /// Keeps an answer with an effect; a refusal had none, so its key is free again.
    async fn answer_once(&self, place: &Place, response: Response) -> Response {
        if !response.status().is_success() {
            if let Err(error) = self.give_key_back(place).await {
                tracing::warn!(error = %error, "an idempotency key stays taken for a day");
            }
            return response;
        }
        let (parts, body) = response.into_parts();
        let Ok(bytes) = to_bytes(body, ANSWER_BYTES_MAX).await else {
            return ApiError(EngineError::Outside("an answer is too large to keep".to_owned()))
                .into_response();
        };
        if let Err(error) = self.keep_answer(place, parts.status, &bytes).await {
            tracing::warn!(error = %error, "an answer could not be kept; its key stays taken");
        }
        Response::from_parts(parts, Body::from(bytes))
    }

    async fn keep_answer(&self, place: &Place, status: StatusCode, body: &[u8]) -> Result<()> {
        let sealed = STANDARD.encode(self.keys().seal(&place.seal_name(), body));
        let mut tx = self.store().begin(place.caller.workspace).await?;
        idempotency::keep(&mut tx, &place.key, &place.operation, i64::from(status.as_u16()), &sealed).await?;
        Ok(tx.commit().await?)
    }

    async fn give_key_back(&self, place: &Place) -> Result<()> {
        let mut tx = self.store().begin(place.caller.workspace).await?;
        idempotency::give_back(&mut tx, &place.key, &place.operation).await?;
        Ok(tx.commit().await?)
    }
}
