//! What the send gate says and why: verdicts, the policy packs, what a workspace loosened, the facts on which it all rests,
//! and how much of the audience is left.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kiem_domain::consent::Basis;
use kiem_domain::gate::{
    self, AddressClass, Cell, Channel, ChannelReach, EndedLoosening, Loosening, Outcome, PersonKind,
    PolicyPack, RuleVersion,
};
use kiem_domain::id::{CompanyId, ContactId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::counted::Counted;
use crate::engine::audience::{
    AudienceReach, ChannelAnswer, GateAnswer, LegalStanding, NewLoosening, block_sentence,
};
use crate::engine::{Caller, Engine, EngineError, Permission};
use crate::messages::{Lang, say};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(summary))
        .routes(routes!(packs))
        .routes(routes!(loosenings, loosen))
        .routes(routes!(end_loosening))
        .routes(routes!(put_standing))
        .routes(routes!(put_origin))
}

/// A sentence in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct BothLanguages {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

fn both(key: &str) -> BothLanguages {
    BothLanguages { nl: say(Lang::Nl, key, &[]), en: say(Lang::En, key, &[]) }
}

/// Which rule gave an answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleView {
    /// ISO 3166 alpha-2 code; `*` where the country has no pack or is not known.
    pub country: String,
    /// Version of the pack.
    pub version: u32,
    /// The day on which the pack was last held against its sources.
    pub reviewed_on: String,
}

impl From<RuleVersion> for RuleView {
    fn from(rule: RuleVersion) -> RuleView {
        RuleView {
            country: rule.country().to_owned(),
            version: rule.version,
            reviewed_on: rule.reviewed_on.to_string(),
        }
    }
}

/// One case of a pack.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseView {
    /// `mail`, `phone` or `post`.
    pub channel: String,
    /// `legal_person` or `natural_person`; who is unknown counts as a natural person.
    pub person: String,
    /// `role`, `personal` or `guessed`; for mail, and only there.
    pub address: Option<String>,
}

impl From<Cell> for CaseView {
    fn from(cell: Cell) -> CaseView {
        CaseView {
            channel: cell.channel.as_str().to_owned(),
            person: cell.person.as_str().to_owned(),
            address: cell.class.map(|class| class.as_str().to_owned()),
        }
    }
}

impl CaseView {
    fn read(&self) -> Result<Cell, EngineError> {
        let unknown = |field| move |_| EngineError::field(field, "unknown_choice");
        Ok(Cell {
            channel: self.channel.parse::<Channel>().map_err(unknown("case.channel"))?,
            person: self.person.parse::<PersonKind>().map_err(unknown("case.person"))?,
            class: match &self.address {
                Some(class) => Some(class.parse::<AddressClass>().map_err(unknown("case.address"))?),
                None => None,
            },
        })
    }
}

/// A risk that a workspace takes against a pack.
#[derive(Debug, Serialize, ToSchema)]
pub struct LooseningView {
    /// Id.
    pub id: Uuid,
    /// ISO 3166 alpha-2 code.
    pub country: String,
    /// The case of the pack.
    pub case: CaseView,
    /// The ground that suffices there now.
    pub basis: String,
    /// Why.
    pub reason: String,
    /// Name of who decided.
    pub decided_by: String,
    /// When.
    pub decided_at: String,
}

impl From<Loosening> for LooseningView {
    fn from(one: Loosening) -> LooseningView {
        LooseningView {
            id: one.id,
            country: one.country,
            case: one.cell.into(),
            basis: one.basis.as_str().to_owned(),
            reason: one.reason,
            decided_by: one.decided_by,
            decided_at: one.decided_at.to_string(),
        }
    }
}

/// Something that somebody can do.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnlockView {
    /// `find_designated_address`, `call`, `write_letter`, `ask_consent`, `find_legal_form`, ...
    pub action: String,
    /// What it is, in words.
    pub says: BothLanguages,
}

fn unlock_view(unlock: gate::Unlock) -> UnlockView {
    UnlockView { action: unlock.as_str().to_owned(), says: both(&format!("unlock.{unlock}")) }
}

/// Whether a mail may go out now, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictView {
    /// `allow`, `needs_evidence` or `blocked`.
    pub outcome: String,
    /// The ground when it is allowed.
    pub basis: Option<String>,
    /// The reason when it is not: `suppressed`, `no_ground`, `country_needs_consent`, `designation_unproven`, ...
    pub reason: Option<String>,
    /// Ground or reason in words. No legal advice.
    pub says: BothLanguages,
    /// Which rule says so.
    pub rule: RuleView,
    /// The risk that the workspace takes, without which it would not be allowed.
    pub loosened: Option<LooseningView>,
    /// `role`, `personal` or `guessed`; missing without an address.
    pub address_class: Option<String>,
    /// `legal_person` or `natural_person`; missing when unknown, which counts as a natural person.
    pub person: Option<String>,
    /// From where that is known: `stated`, `name`, `vat_id` or `nowhere`.
    pub person_from: String,
    /// What would help.
    pub unlocks: Vec<UnlockView>,
}

impl From<GateAnswer> for VerdictView {
    fn from(answer: GateAnswer) -> VerdictView {
        let (basis, reason) = (answer.basis(), answer.reason());
        let says = match (basis, reason) {
            (Some(basis), _) => both(&format!("allowed.{basis}")),
            (None, Some(reason)) => both(&format!("block.{reason}")),
            (None, None) => both("block.no_ground"),
        };
        VerdictView {
            outcome: answer.outcome.as_str().to_owned(),
            basis: basis.map(|b| b.as_str().to_owned()),
            reason: reason.map(|r| r.as_str().to_owned()),
            says,
            rule: answer.rule.into(),
            loosened: answer.loosened.map(LooseningView::from),
            address_class: answer.address.map(|class| class.as_str().to_owned()),
            person: answer.form.person.map(|person| person.as_str().to_owned()),
            person_from: answer.form.from.as_str().to_owned(),
            unlocks: answer.unlocks.into_iter().map(unlock_view).collect(),
        }
    }
}

/// Whether a person may be approached by one channel now, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelVerdictView {
    /// `mail`, `phone` or `post`.
    pub channel: String,
    /// `allow`, `needs_evidence` or `blocked`.
    pub outcome: String,
    /// The ground when it is allowed.
    pub basis: Option<String>,
    /// The reason when it is not.
    pub reason: Option<String>,
    /// Ground or reason in words. No legal advice.
    pub says: BothLanguages,
    /// Which rule says so.
    pub rule: RuleView,
    /// The risk that the workspace takes, without which it would not be allowed.
    pub loosened: Option<LooseningView>,
}

impl From<ChannelAnswer> for ChannelVerdictView {
    fn from(answer: ChannelAnswer) -> ChannelVerdictView {
        let basis = match answer.outcome {
            Outcome::Allow(basis) => Some(basis.as_str().to_owned()),
            Outcome::NeedsEvidence(_) | Outcome::Blocked(_) => None,
        };
        ChannelVerdictView {
            channel: answer.channel.as_str().to_owned(),
            outcome: answer.outcome.as_str().to_owned(),
            basis,
            reason: answer.reason().map(|reason| reason.as_str().to_owned()),
            says: both(&answer.sentence()),
            rule: answer.rule.into(),
            loosened: answer.loosened.map(LooseningView::from),
        }
    }
}

/// How much of the audience may lawfully be reached today; each step is a part of the one before.
#[derive(Debug, Serialize, ToSchema)]
pub struct AudienceSummary {
    /// Companies.
    pub companies_n: i64,
    /// People who were not erased.
    pub contacts_n: i64,
    /// Of these, people who fit the ideal customer profile.
    pub fits_n: i64,
    /// Of these, people of whom the fit is not known; they go on to the next step as well.
    pub fit_unknown_n: i64,
    /// Of those who fit or may fit, people with an address, a number or a postal address.
    pub reachable_n: i64,
    /// Of these, people who may be approached by at least one channel.
    pub lawful_n: i64,
    /// By channel: `mail`, `phone`, `post`.
    pub channels: Vec<ChannelView>,
    /// What would help the people who may not be mailed, the most helpful first.
    pub unlocks: Vec<UnlockCount>,
    /// What the workspace loosened.
    pub loosenings: Vec<LooseningView>,
    /// When it was counted, of a large audience; missing when it was counted just now, or never yet.
    pub counted_at: Option<String>,
    /// Whether a large audience is being counted anew; then, without `counted_at`, the counts are not known yet.
    pub is_counting: bool,
}

/// Lawful reach by one channel, among the people who were counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelView {
    /// `mail`, `phone` or `post`.
    pub channel: String,
    /// People who may be approached by it.
    pub lawful_n: i64,
    /// Of these, people whom only a loosening opens.
    pub loosened_n: i64,
    /// Why the others may not, by the first reason that the gate gives.
    pub blocked: Vec<BlockedView>,
}

impl From<ChannelReach> for ChannelView {
    fn from(reach: ChannelReach) -> ChannelView {
        let blocked = |(reason, contacts_n): (gate::Reason, i64)| BlockedView {
            block: reason.as_str().to_owned(),
            needs_evidence: reason.is_missing_evidence(),
            says: both(&block_sentence(reach.channel, reason)),
            contacts_n,
        };
        ChannelView {
            channel: reach.channel.as_str().to_owned(),
            lawful_n: reach.lawful_n,
            loosened_n: reach.loosened_n,
            blocked: reach.reasons.into_iter().map(blocked).collect(),
        }
    }
}

/// How many may not be approached for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockedView {
    /// `suppressed`, `no_ground`, `country_needs_consent`, `guessed_address`, ...
    pub block: String,
    /// Whether a fact that somebody could find and record would change the answer.
    pub needs_evidence: bool,
    /// In words.
    pub says: BothLanguages,
    /// How many.
    pub contacts_n: i64,
}

/// How many people an action would help.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnlockCount {
    /// The action.
    pub unlock: UnlockView,
    /// How many.
    pub contacts_n: i64,
}

fn summary_view(found: AudienceReach) -> AudienceSummary {
    let Counted { companies_n, reach, at, is_counting } = found.counted;
    AudienceSummary {
        companies_n,
        contacts_n: reach.total_n,
        fits_n: reach.fits_n,
        fit_unknown_n: reach.fit_unknown_n,
        reachable_n: reach.reachable_n,
        lawful_n: reach.lawful_n,
        channels: reach.channels.into_iter().map(ChannelView::from).collect(),
        unlocks: reach
            .unlocks
            .into_iter()
            .map(|(unlock, contacts_n)| UnlockCount { unlock: unlock_view(unlock), contacts_n })
            .collect(),
        loosenings: found.loosenings.into_iter().map(LooseningView::from).collect(),
        counted_at: at.map(|at| at.to_string()),
        is_counting,
    }
}

/// How much of the audience may lawfully be reached today by mail, telephone and post, and why the rest may not.
#[utoipa::path(get, path = "/audience/summary", tag = "audience", responses((status = 200, body = AudienceSummary)))]
async fn summary(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<AudienceSummary>> {
    Ok(Json(summary_view(engine.audience_reach(&caller).await?)))
}

/// Where a rule is taken from.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackSourceView {
    /// What it is.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// The state of the law or page that was looked at.
    pub date: String,
    /// Whether the text itself was read, and not what somebody wrote about it.
    pub is_primary: bool,
}

/// A case of a pack with the grounds that suffice.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackCaseView {
    /// The case.
    pub case: CaseView,
    /// Grounds that suffice; none when nothing does.
    pub bases: Vec<String>,
}

/// Who may be approached in one country. No legal advice.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackView {
    /// Country, version and day of review.
    pub rule: RuleView,
    /// In plain words.
    pub summary: BothLanguages,
    /// What it rests on.
    pub sources: Vec<PackSourceView>,
    /// Every case.
    pub cases: Vec<PackCaseView>,
}

fn pack_view(pack: &PolicyPack) -> PackView {
    let names = |bases: &[Basis]| bases.iter().map(|basis| basis.as_str().to_owned()).collect();
    PackView {
        rule: pack.rule.into(),
        summary: BothLanguages { nl: pack.summary_nl.clone(), en: pack.summary_en.clone() },
        sources: pack
            .sources
            .iter()
            .map(|source| PackSourceView {
                title: source.title.clone(),
                url: source.url.clone(),
                date: source.date.to_string(),
                is_primary: source.is_primary,
            })
            .collect(),
        cases: pack
            .cases()
            .into_iter()
            .map(|(cell, bases)| PackCaseView { case: cell.into(), bases: names(bases) })
            .collect(),
    }
}

/// The policy packs.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackList {
    /// That this is no legal advice.
    pub notice: BothLanguages,
    /// The packs, by country; `*` holds everywhere else.
    pub items: Vec<PackView>,
}

/// The policy packs by which the gate decides, with their sources.
#[utoipa::path(get, path = "/policy-packs", tag = "audience", responses((status = 200, body = PackList)))]
async fn packs(_caller: Caller) -> ApiResult<Json<PackList>> {
    let items = gate::packs().iter().map(pack_view).collect();
    Ok(Json(PackList { notice: both("gate.notice"), items }))
}

/// What a workspace loosened.
#[derive(Debug, Serialize, ToSchema)]
pub struct LooseningList {
    /// Those in force, oldest first.
    pub items: Vec<LooseningView>,
    /// Those that were ended, the last first; at most 100, the audit trail has all.
    pub ended: Vec<EndedLooseningView>,
}

/// A loosening that does not hold any more.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedLooseningView {
    /// What was decided.
    pub loosening: LooseningView,
    /// Name of who ended it.
    pub ended_by: String,
    /// When.
    pub ended_at: String,
}

impl From<EndedLoosening> for EndedLooseningView {
    fn from(one: EndedLoosening) -> EndedLooseningView {
        EndedLooseningView {
            loosening: one.loosening.into(),
            ended_by: one.ended_by,
            ended_at: one.ended_at.to_string(),
        }
    }
}

/// What the workspace loosened of the policy packs, with who decided and why.
#[utoipa::path(get, path = "/policy-loosenings", tag = "audience",
    responses((status = 200, body = LooseningList)))]
async fn loosenings(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<LooseningList>> {
    let found = engine.loosenings(&caller).await?;
    Ok(Json(LooseningList {
        items: found.in_force.into_iter().map(LooseningView::from).collect(),
        ended: found.ended.into_iter().map(EndedLooseningView::from).collect(),
    }))
}

/// A risk that somebody wants to take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LooseningInput {
    /// ISO 3166 alpha-2 code of a country with a pack.
    pub country: String,
    /// The case of the pack.
    pub case: CaseView,
    /// The ground that is to suffice there.
    pub basis: String,
    /// Why; it stands beside every answer that rests on it.
    pub reason: String,
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedLoosening {
    /// Id.
    pub id: Uuid,
}

/// Lets a ground suffice that the pack does not accept. An owner decides, in person, with a reason. Suppression, erasure
/// and guessed addresses cannot be loosened.
#[utoipa::path(post, path = "/policy-loosenings", tag = "audience", request_body = LooseningInput,
    responses((status = 201, body = CreatedLoosening), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn loosen(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<LooseningInput>,
) -> ApiResult<Response> {
    caller.may(Permission::ManageWorkspace)?;
    let new = NewLoosening {
        cell: input.case.read()?,
        basis: input.basis.parse().map_err(|_| EngineError::field("basis", "unknown_choice"))?,
        country: input.country,
        reason: input.reason,
    };
    let id = engine.loosen(&caller, new).await?;
    Ok((StatusCode::CREATED, Json(CreatedLoosening { id })).into_response())
}

/// Ends a loosening: the pack holds again, also for what waits to be sent.
#[utoipa::path(delete, path = "/policy-loosenings/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn end_loosening(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    engine.end_loosening(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a company is in law, as somebody looked it up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingInput {
    /// Legal form as written; empty when it is not known.
    pub legal_form: String,
    /// Where it was looked up, in words.
    pub source: String,
    /// On which day, `2026-11-24`.
    pub known_on: String,
    /// Whether the company set the non-mailing indicator in its register.
    pub is_non_mailing: bool,
}

/// Records what a company is in law, with its source and day.
#[utoipa::path(put, path = "/companies/{id}/legal-standing", tag = "audience", params(("id" = Uuid, Path)),
    request_body = StandingInput,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put_standing(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(input): Json<StandingInput>,
) -> ApiResult<StatusCode> {
    caller.may(Permission::WorkAudience)?;
    let new = LegalStanding {
        legal_form: input.legal_form,
        source: input.source,
        known_on: input.known_on.parse().map_err(|_| EngineError::field("known_on", "date"))?,
        is_non_mailing: input.is_non_mailing,
    };
    engine.put_legal_standing(&caller, CompanyId(id), new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How an address came to be known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginInput {
    /// `stated` or `guessed`.
    pub origin: String,
}

/// Records whether a person's address was stated by somebody or made from a pattern.
#[utoipa::path(put, path = "/contacts/{id}/address-origin", tag = "audience", params(("id" = Uuid, Path)),
    request_body = OriginInput,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put_origin(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(input): Json<OriginInput>,
) -> ApiResult<StatusCode> {
    caller.may(Permission::WorkAudience)?;
    let origin = input.origin.parse().map_err(|_| EngineError::field("origin", "unknown_choice"))?;
    engine.put_address_origin(&caller, ContactId(id), origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
