//! The practice inbox: play the lead.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use kiem_domain::promotion::EventKind;
use kiem_store::engagement::Engagement;
use kiem_store::inbound::Inbound;
use kiem_store::sandbox::PracticeFilter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::inbox::{cursor, percent, place};
use super::outreach::Made;
use super::problem::{ApiResult, Problem};
use crate::engine::practice::{PracticeReply, PracticeStanding};
use crate::engine::promotion::facts;
use crate::engine::{Caller, Engine};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(reply))
        .routes(routes!(bounce))
}

/// A practice mail in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticeItem {
    /// Id.
    pub id: Uuid,
    /// The lead's address.
    pub address: String,
    /// "Eva van der Berg", when the mail went to somebody we know.
    pub name: Option<String>,
    /// Their company.
    pub company_name: Option<String>,
    /// Subject.
    pub subject: String,
    /// When it "arrived".
    pub received_at: String,
    /// Whether something came back from this address since.
    pub is_answered: bool,
}

/// A page of practice mails.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticeList {
    /// Newest first.
    pub items: Vec<PracticeItem>,
    /// Where the next page begins; none on the last.
    pub next_cursor: Option<String>,
}

/// A practice mail in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticeView {
    /// Id.
    pub id: Uuid,
    /// The lead's address.
    pub address: String,
    /// Subject.
    pub subject: String,
    /// When it "arrived".
    pub received_at: String,
    /// Text.
    pub text: String,
    /// Addresses in it that can be clicked.
    pub links: Vec<String>,
    /// What Kiem made of its reader; none for somebody who is no lead.
    pub standing: Option<PracticeStandingView>,
}

/// What Kiem made of a lead.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticeStandingView {
    /// The lead.
    pub lead_id: Uuid,
    /// "Eva van der Berg".
    pub name: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Company.
    pub company_name: String,
    /// Where it stands in the marketing list.
    pub lead_state: String,
    /// How warm, 0 to 100.
    pub warmth: i64,
    /// What it did, newest first.
    pub acts: Vec<PracticeAct>,
    /// The promotion that stands.
    pub promotion: Option<PracticePromotion>,
}

/// Something that a lead did, and how Kiem took it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticeAct {
    /// Id.
    pub id: Uuid,
    /// When.
    pub at: String,
    /// `reply`, `click`, `session`, `booking`, `quote_request`, `unsubscribe`, ...
    pub kind: String,
    /// How sure it is that a person did it: `human_certain`, `human_likely`, `unknown`, `machine`; none for a mail that
    /// is not judged yet.
    pub grade: Option<String>,
    /// The rule that graded it.
    pub rule: Option<String>,
    /// What a reply was taken for.
    pub label: Option<String>,
    /// How sure, in percent.
    pub certainty_percent: Option<i64>,
    /// A person has to look.
    pub needs_look: bool,
    /// The received mail.
    pub inbound_id: Option<Uuid>,
    /// Pages that were looked at.
    pub pages: Vec<PracticePageView>,
}

/// A page that was looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticePageView {
    /// Path.
    pub path: String,
    /// What it is for.
    pub kind: String,
    /// How long it was visible.
    pub visible_seconds: u64,
}

/// A promotion that stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticePromotion {
    /// Id.
    pub id: Uuid,
    /// The rule.
    pub rule: String,
    /// When.
    pub decided_at: String,
    /// Why, in Dutch.
    pub explanation_nl: String,
    /// Why, in English.
    pub explanation_en: String,
    /// The pursuit.
    pub prospect_id: Uuid,
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
pub struct PracticeQuery {
    /// Text in address, name, company or subject.
    pub q: Option<String>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// At most (default 50).
    pub limit: Option<i64>,
}

/// An answer in the lead's place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PracticeReplyBody {
    /// What is written.
    pub text: String,
    /// Whether our mail stands quoted below it.
    #[serde(default = "yes")]
    pub with_quote: bool,
    /// Another address, when a colleague answers.
    pub from: Option<String>,
    /// Whether a machine wrote it (an absence notice).
    #[serde(default)]
    pub is_automatic: bool,
}

fn yes() -> bool {
    true
}

/// What Kiem sent to leads in practice mode.
#[utoipa::path(get, path = "/practice/mails", tag = "practice", params(PracticeQuery),
    responses((status = 200, body = PracticeList), (status = 409, body = Problem)))]
async fn list(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<PracticeQuery>,
) -> ApiResult<Json<PracticeList>> {
    let filter = PracticeFilter {
        text: query.q.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
        before: place(query.cursor.as_deref())?,
    };
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let mails = engine.practice_inbox(&caller, &filter, limit).await?;
    let is_full = i64::try_from(mails.len()) == Ok(limit);
    let next_cursor = mails.last().filter(|_| is_full).map(|m| cursor(m.created_at, m.id));
    let items = mails
        .into_iter()
        .map(|m| PracticeItem {
            id: m.id,
            address: m.address,
            name: m.name,
            company_name: m.company_name,
            subject: m.subject,
            received_at: m.created_at.to_string(),
            is_answered: m.is_answered,
        })
        .collect();
    Ok(Json(PracticeList { items, next_cursor }))
}

fn standing_view(standing: PracticeStanding) -> ApiResult<PracticeStandingView> {
    let mut acts: Vec<(Timestamp, PracticeAct)> = Vec::new();
    for act in standing.acts {
        let reply = standing.replies.iter().find(|mail| act.inbound_id == Some(mail.id));
        acts.push((act.occurred_at, act_view(&act, reply)?));
    }
    // A mail that was read and not yet judged: it is there, and nothing follows from it so far.
    let waiting = |mail: &&Inbound| !acts.iter().any(|(_, act)| act.inbound_id == Some(mail.id.0));
    let mails: Vec<_> =
        standing.replies.iter().filter(waiting).map(|mail| (mail.received_at, mail_view(mail))).collect();
    acts.extend(mails);
    acts.sort_by_key(|(at, act)| std::cmp::Reverse((*at, act.id)));
    let lead = standing.lead;
    Ok(PracticeStandingView {
        lead_id: lead.lead_id.0,
        name: lead.name,
        title: lead.title,
        company_name: lead.company_name,
        lead_state: lead.state,
        warmth: lead.warmth,
        acts: acts.into_iter().map(|(_, act)| act).collect(),
        promotion: standing.promotion.map(|p| PracticePromotion {
            id: p.id.0,
            rule: p.rule,
            decided_at: p.decided_at.to_string(),
            explanation_nl: p.explanation_nl,
            explanation_en: p.explanation_en,
            prospect_id: p.prospect_id.0,
        }),
    })
}

fn mail_view(mail: &Inbound) -> PracticeAct {
    PracticeAct {
        id: mail.id.0,
        at: mail.received_at.to_string(),
        kind: "reply".to_owned(),
        grade: None,
        rule: None,
        label: mail.label.clone(),
        certainty_percent: percent(mail.probability_permille),
        needs_look: mail.needs_look,
        inbound_id: Some(mail.id.0),
        pages: Vec::new(),
    }
}

fn act_view(act: &Engagement, reply: Option<&Inbound>) -> ApiResult<PracticeAct> {
    let pages = match facts::from_json(&act.data)? {
        EventKind::Session(session) => session.pages,
        _ => Vec::new(),
    };
    Ok(PracticeAct {
        id: act.id.0,
        at: act.occurred_at.to_string(),
        kind: act.kind.clone(),
        grade: Some(act.grade.to_string()),
        rule: Some(act.rule.clone()),
        label: reply.and_then(|mail| mail.label.clone()),
        certainty_percent: reply.and_then(|mail| percent(mail.probability_permille)),
        needs_look: reply.is_some_and(|mail| mail.needs_look),
        inbound_id: act.inbound_id.map(|id| id.0),
        pages: pages
            .into_iter()
            .map(|page| PracticePageView {
                path: page.path,
                kind: page.kind.to_string(),
                visible_seconds: page.visible_ms / 1000,
            })
            .collect(),
    })
}

/// One practice mail.
#[utoipa::path(get, path = "/practice/mails/{id}", tag = "practice", params(("id" = Uuid, Path)),
    responses((status = 200, body = PracticeView), (status = 404, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<PracticeView>> {
    let found = engine.practice_mail(&caller, id).await?;
    Ok(Json(PracticeView {
        id: found.mail.id,
        address: found.mail.address,
        subject: found.mail.subject,
        received_at: found.mail.created_at.to_string(),
        text: found.text,
        links: found.links,
        standing: found.standing.map(standing_view).transpose()?,
    }))
}

/// Answers as the lead.
#[utoipa::path(post, path = "/practice/mails/{id}/replies", tag = "practice", params(("id" = Uuid, Path)),
    request_body = PracticeReplyBody, responses((status = 201, body = Made), (status = 404, body = Problem)))]
async fn reply(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<PracticeReplyBody>,
) -> ApiResult<(StatusCode, Json<Made>)> {
    let reply = PracticeReply {
        text: &body.text,
        with_quote: body.with_quote,
        from: body.from.as_deref(),
        is_automatic: body.is_automatic,
    };
    let id = engine.practice_reply(&caller, id, &reply).await?;
    Ok((StatusCode::CREATED, Json(Made { id })))
}

/// Gives a mail back as undeliverable: the address does not exist.
#[utoipa::path(post, path = "/practice/mails/{id}/bounce", tag = "practice", params(("id" = Uuid, Path)),
    responses((status = 201, body = Made), (status = 404, body = Problem)))]
async fn bounce(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<(StatusCode, Json<Made>)> {
    let id = engine.practice_bounce(&caller, id).await?;
    Ok((StatusCode::CREATED, Json(Made { id })))
}
