//! `/hooks/{token}`: what booking services tell.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Public;
use crate::engine::public::hook::{HookOutcome, HookSignatures};

/// Takes a webhook. 204 when done, 401 for a signature that is not the service's, 404 for an unknown address, 422 for
/// something else, 503 to be asked again.
pub async fn take(
    State(public): State<Public>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let signatures = HookSignatures {
        cal_com: header("x-cal-signature-256"),
        calendly: header("calendly-webhook-signature"),
    };
    let status = match public.engine.take_hook(&token, &signatures, &body).await {
        Ok(HookOutcome::Taken) => StatusCode::NO_CONTENT,
        Ok(HookOutcome::Unknown) => StatusCode::NOT_FOUND,
        Ok(HookOutcome::Forged) => StatusCode::UNAUTHORIZED,
        Ok(HookOutcome::Unreadable) => StatusCode::UNPROCESSABLE_ENTITY,
        Err(error) => {
            tracing::warn!(error = %error, "a webhook could not be taken; the service tries again");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    status.into_response()
}
