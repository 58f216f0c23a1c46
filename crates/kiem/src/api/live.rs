//! What happens now: the stream of events for live pages, and the caller's notifications.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use futures::{Stream, StreamExt, stream};
use kiem_domain::id::{WorkspaceId, uuid_v7};
use kiem_store::event::{self, Event};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::problem::{ApiResult, Problem};
use crate::engine::{Caller, Engine, Permission};

/// Events that are read at a time.
const BATCH_MAX: i64 = 200;
/// Without a sign of this process, other processes' events are looked for this often.
const LOOK_SECONDS: u64 = 2;
/// Ids are time-ordered by when they were made, not by when they were committed: as far back is looked again, so that
/// a slow transaction's event is not passed over.
const OVERLAP_SECONDS: i64 = 5;

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(events)).routes(routes!(notifications)).routes(routes!(read))
}

/// One event on the stream: what to fetch again, never the content itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct LiveEvent {
    /// Id; also the stream's `Last-Event-ID`.
    pub id: Uuid,
    /// `lead.promoted`, `reply.received`, ...
    pub kind: String,
    /// What it is about.
    pub subject_kind: String,
    /// Which record; empty when there is none.
    pub subject_id: String,
    /// The company.
    pub company_id: Option<Uuid>,
    /// The pursuit.
    pub prospect_id: Option<Uuid>,
}

struct Feed {
    engine: Engine,
    workspace: WorkspaceId,
    live: Receiver<WorkspaceId>,
    /// Newest id that was sent.
    after: Uuid,
    /// Ids that were sent lately, because the look-back finds them again.
    sent: Vec<Uuid>,
}

fn view(event: &Event) -> LiveEvent {
    LiveEvent {
        id: event.id,
        kind: event.kind.clone(),
        subject_kind: event.subject_kind.clone(),
        subject_id: event.subject_id.map(|id| id.to_string()).unwrap_or_default(),
        company_id: event.company_id.map(|id| id.0),
        prospect_id: event.prospect_id.map(|id| id.0),
    }
}

impl Feed {
    /// The next events; waits for some.
    async fn next(&mut self) -> Vec<SseEvent> {
        loop {
            let found = self.look().await.unwrap_or_else(|error| {
                tracing::warn!(error = %error, "the live feed could not be read");
                Vec::new()
            });
            if !found.is_empty() {
                return found;
            }
            let wait = tokio::time::timeout(Duration::from_secs(LOOK_SECONDS), async {
                loop {
                    match self.live.recv().await {
                        Ok(workspace) if workspace == self.workspace => return,
                        Ok(_) => {}
                        // Too slow to hear every commit: there is surely something.
                        Err(RecvError::Lagged(_)) => return,
                        Err(RecvError::Closed) => std::future::pending().await,
                    }
                }
            });
            let _ = wait.await;
        }
    }

    async fn look(&mut self) -> Result<Vec<SseEvent>, kiem_store::StoreError> {
        let from = earlier(self.after);
        let mut tx = self.engine.store().read(self.workspace).await?;
        let events = event::since(&mut tx, from, BATCH_MAX).await?;
        drop(tx);
        let mut out = Vec::new();
        for event in events.iter().filter(|event| !self.sent.contains(&event.id)) {
            if let Ok(data) = serde_json::to_string(&view(event)) {
                out.push(SseEvent::default().id(event.id.to_string()).data(data));
            }
        }
        self.after = events.last().map_or(self.after, |event| event.id.max(self.after));
        let from = earlier(self.after);
        self.sent.retain(|id| *id > from);
        self.sent.extend(events.iter().map(|event| event.id).filter(|id| *id > from));
        self.sent.sort_unstable();
        self.sent.dedup();
        Ok(out)
    }
}

/// An id of some seconds before.
fn earlier(id: Uuid) -> Uuid {
    let millis = u64::try_from(id.as_u128() >> 80).unwrap_or(0);
    let at = i64::try_from(millis).unwrap_or(0).saturating_sub(OVERLAP_SECONDS * 1000).max(0);
    uuid_v7(jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH), &[0; 10])
}

/// Events of the workspace as they happen (server-sent events). `Last-Event-ID` goes on where a broken line ended.
#[utoipa::path(get, path = "/events", tag = "live",
    params(("workspace" = Option<String>, Query, description = "The workspace, because event streams carry no headers")),
    responses((status = 200, description = "A stream of LiveEvent", body = LiveEvent, content_type = "text/event-stream"),
        (status = 401, body = Problem)))]
async fn events(
    State(engine): State<Engine>,
    caller: Caller,
    headers: HeaderMap,
) -> ApiResult<Sse<impl Stream<Item = Result<SseEvent, Infallible>>>> {
    caller.may(Permission::View)?;
    let last =
        headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|id| Uuid::parse_str(id).ok());
    // Subscribed before the first look, so that nothing falls between.
    let live = engine.live();
    let now = uuid_v7(engine.now(), &[0; 10]);
    // A page that has just loaded may have asked before what happened in the last seconds was there: the first look tells
    // it again, which costs a question more and says nothing twice.
    let feed = Feed {
        workspace: caller.workspace,
        live,
        after: last.unwrap_or(now),
        sent: last.into_iter().collect(),
        engine,
    };
    let stream = stream::unfold(feed, |mut feed| async move {
        let found = feed.next().await;
        Some((stream::iter(found.into_iter().map(Ok)), feed))
    });
    Ok(Sse::new(stream.flatten()).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))))
}

/// Which notifications.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NotificationQuery {
    /// Where the last page ended (an id).
    cursor: Option<Uuid>,
    /// At most 100.
    limit: Option<i64>,
}

/// Something that the caller is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationView {
    /// Id.
    pub id: Uuid,
    /// `lead.promoted`, `reply.received`, ...
    pub kind: String,
    /// What it is about.
    pub subject_kind: String,
    /// Which record.
    pub subject_id: Option<Uuid>,
    /// Values for its words.
    pub data: serde_json::Value,
    /// When.
    pub created_at: String,
    /// Whether it was seen.
    pub is_read: bool,
}

/// A page of notifications.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationPage {
    /// Newest first.
    pub items: Vec<NotificationView>,
    /// How many are new.
    pub n_unread: i64,
    /// For the next page.
    pub next_cursor: Option<String>,
}

/// Up to where was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadBody {
    /// The newest notification that was seen.
    pub up_to: Uuid,
    /// Only that one was seen, not those before it.
    #[serde(default)]
    pub only: bool,
}

/// The caller's notifications.
#[utoipa::path(get, path = "/notifications", tag = "live", params(NotificationQuery),
    responses((status = 200, body = NotificationPage)))]
async fn notifications(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<NotificationQuery>,
) -> ApiResult<Json<NotificationPage>> {
    let limit = query.limit.unwrap_or(30).clamp(1, 100);
    let (list, n_unread) = engine.notifications(&caller, query.cursor, limit).await?;
    let next_cursor = list.last().filter(|_| list.len() as i64 == limit).map(|n| n.id.to_string());
    let items = list
        .into_iter()
        .map(|n| NotificationView {
            id: n.id,
            kind: n.kind,
            subject_kind: n.subject_kind,
            subject_id: n.subject_id,
            data: serde_json::from_str(&n.data).unwrap_or(serde_json::Value::Null),
            created_at: n.created_at.to_string(),
            is_read: n.read_at.is_some(),
        })
        .collect();
    Ok(Json(NotificationPage { items, n_unread, next_cursor }))
}

/// Notes that everything up to a notification was seen, or only that one.
#[utoipa::path(post, path = "/notifications/read", tag = "live", request_body = ReadBody,
    responses((status = 204)))]
async fn read(
    State(engine): State<Engine>,
    caller: Caller,
    Json(body): Json<ReadBody>,
) -> ApiResult<StatusCode> {
    engine.read_notifications(&caller, body.up_to, body.only).await?;
    Ok(StatusCode::NO_CONTENT)
}
