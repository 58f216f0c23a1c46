//! The ideal customer profile over HTTP: in use, as a draft that is counted, its versions, and what won customers share.

use axum::Json;
use axum::extract::{Path, Query, State};
use kiem_domain::audience::Likeness;
use kiem_store::fit::FitRun;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::fit_count::{FitExample, OutcomeCount, WishCount};
use crate::engine::audience::profile_form::{
    BuyersForm, CodeForm, FitForm, FoundForm, NearForm, ProfileForm, RangeForm, ReasonForm, WishForm,
};
use crate::engine::{Caller, Engine, EngineError, Permission};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new()
        .routes(routes!(profile, put_profile))
        .routes(routes!(count))
        .routes(routes!(scoring))
        .routes(routes!(versions))
        .routes(routes!(restore))
        .routes(routes!(lookalike))
}

/// The beginning of an activity code.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityCodeView {
    /// Two to five digits.
    pub code: String,
    /// `2008` or `2025`: the edition of SBI.
    pub version: String,
}

/// From and to, both included; missing is without an end.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RangeView {
    /// From.
    pub min: Option<u64>,
    /// To.
    pub max: Option<u64>,
}

/// A radius around a Dutch postcode area, between the middles of areas.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NearView {
    /// First two digits of a Dutch postcode.
    pub area: String,
    /// Kilometres, 10 to 150.
    pub km: u32,
}

/// One wish. What does not belong to its criterion is empty; of a list one suffices.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WishView {
    /// `industry`, `size`, `revenue`, `country`, `region`, `legal_form`, `technology`, `site_words` or `title`.
    pub criterion: String,
    /// `must`, `wanted` or `never`.
    pub importance: String,
    /// Of a wanted one, 1 to 100; 20 when missing.
    pub weight: Option<u8>,
    /// Words of industry, title, technology or website; of a region the names of towns and regions.
    pub words: Vec<String>,
    /// Beginnings of activity codes, of `industry`.
    pub codes: Vec<ActivityCodeView>,
    /// Ranges of the number of people, of `size`.
    pub sizes: Vec<RangeView>,
    /// Whole euros a year, of `revenue`.
    pub revenue: Option<RangeView>,
    /// Names or codes of countries, of `country`.
    pub countries: Vec<String>,
    /// ISO 3166-2 codes of Dutch and Belgian provinces, of `region`.
    pub provinces: Vec<String>,
    /// First two digits of Dutch postcodes, of `region`.
    pub areas: Vec<String>,
    /// Radiuses, of `region`.
    pub near: Vec<NearView>,
    /// `sole_trader`, `partnership`, `private_limited`, `public_limited`, `foundation`, `association`, `cooperative` or
    /// `public_body`, of `legal_form`.
    pub legal_forms: Vec<String>,
    /// `owner`, `c_level`, `director`, `head`, `manager`, `ic`, `assistant`, `intern`, of `title`.
    pub seniorities: Vec<String>,
}

impl From<WishView> for WishForm {
    fn from(w: WishView) -> WishForm {
        let range = |r: RangeView| RangeForm { min: r.min, max: r.max };
        WishForm {
            criterion: w.criterion,
            importance: w.importance,
            weight: w.weight,
            words: w.words,
            codes: w.codes.into_iter().map(|c| CodeForm { code: c.code, version: c.version }).collect(),
            sizes: w.sizes.into_iter().map(range).collect(),
            revenue: w.revenue.map(range),
            countries: w.countries,
            provinces: w.provinces,
            areas: w.areas,
            near: w.near.into_iter().map(|n| NearForm { area: n.area, km: n.km }).collect(),
            legal_forms: w.legal_forms,
            seniorities: w.seniorities,
        }
    }
}

impl From<WishForm> for WishView {
    fn from(w: WishForm) -> WishView {
        let range = |r: RangeForm| RangeView { min: r.min, max: r.max };
        WishView {
            criterion: w.criterion,
            importance: w.importance,
            weight: w.weight,
            words: w.words,
            codes: w
                .codes
                .into_iter()
                .map(|c| ActivityCodeView { code: c.code, version: c.version })
                .collect(),
            sizes: w.sizes.into_iter().map(range).collect(),
            revenue: w.revenue.map(range),
            countries: w.countries,
            provinces: w.provinces,
            areas: w.areas,
            near: w.near.into_iter().map(|n| NearView { area: n.area, km: n.km }).collect(),
            legal_forms: w.legal_forms,
            seniorities: w.seniorities,
        }
    }
}

/// Who has to be known at a company before it can buy.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BuyersView {
    /// The department that will work with what is sold; missing is any.
    pub department: Option<String>,
    /// `boss`, `functional_director`, `functional_manager`, `finance`, `procurement`, `it`, `legal`; empty is by the size
    /// of the company.
    pub seats: Vec<String>,
}

/// Who the ideal customer is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileInput {
    /// What is asked.
    pub wishes: Vec<WishView>,
    /// Who has to be known.
    pub buyers: BuyersView,
}

impl From<ProfileInput> for ProfileForm {
    fn from(input: ProfileInput) -> ProfileForm {
        ProfileForm {
            wishes: input.wishes.into_iter().map(WishForm::from).collect(),
            buyers: BuyersForm { department: input.buyers.department, seats: input.buyers.seats },
        }
    }
}

/// Who the ideal customer is, as it is in use.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileView {
    /// 0 when none was written yet.
    pub version: i64,
    /// What is asked.
    pub wishes: Vec<WishView>,
    /// Who has to be known.
    pub buyers: BuyersView,
}

impl ProfileView {
    fn new(version: i64, form: ProfileForm) -> ProfileView {
        ProfileView {
            version,
            wishes: form.wishes.into_iter().map(WishView::from).collect(),
            buyers: BuyersView { department: form.buyers.department, seats: form.buyers.seats },
        }
    }
}

/// One version of the profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileVersionView {
    /// What it asks.
    pub profile: ProfileView,
    /// Name of who wrote it.
    pub created_by: Option<String>,
    /// When.
    pub created_at: String,
    /// The version whose wishes were taken over, when somebody went back to it.
    pub restored_from: Option<i64>,
}

/// Versions of the profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileVersions {
    /// Newest first, at most 100.
    pub items: Vec<ProfileVersionView>,
}

/// A value that was compared: a code or a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundView {
    /// `text`, `people`, `euros`, `country`, `province`, `postcode`, `sbi_2008`, `sbi_2025`, `activity`, `legal_form` or
    /// `km`.
    pub kind: String,
    /// The value.
    pub value: String,
}

impl From<FoundForm> for FoundView {
    fn from(found: FoundForm) -> FoundView {
        FoundView { kind: found.kind, value: found.value }
    }
}

/// One reason of the fit.
#[derive(Debug, Serialize, ToSchema)]
pub struct FitReasonView {
    /// What was asked.
    pub wish: WishView,
    /// `match`, `partial`, `miss` or `unknown`. Of a wish that must never be so, a match is bad news.
    pub verdict: String,
    /// What is known.
    pub found: Vec<FoundView>,
    /// Why it could not be judged though something is known: `other_version`, `version_unknown`, `less_precise`,
    /// `currency`, `form_not_understood` or `several_provinces`.
    pub why: Option<String>,
}

/// Fit with its reasons.
#[derive(Debug, Serialize, ToSchema)]
pub struct FitView {
    /// 0 to 100; missing when nothing that the profile asks is known.
    pub score: Option<u8>,
    /// How much of the profile could be judged, in percent.
    pub known_percent: u8,
    /// `fits`, `partly`, `does_not_fit` or `unknown`.
    pub outcome: String,
    /// The reasons, in the order of the profile.
    pub reasons: Vec<FitReasonView>,
}

impl From<FitForm> for FitView {
    fn from(fit: FitForm) -> FitView {
        let reason = |r: ReasonForm| FitReasonView {
            wish: r.wish.into(),
            verdict: r.verdict,
            found: r.found.into_iter().map(FoundView::from).collect(),
            why: r.why,
        };
        FitView {
            score: fit.score,
            known_percent: fit.known_percent,
            outcome: fit.outcome,
            reasons: fit.reasons.into_iter().map(reason).collect(),
        }
    }
}

/// A company as an example.
#[derive(Debug, Serialize, ToSchema)]
pub struct FitExampleView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Town.
    pub city: Option<String>,
    /// 0 to 100.
    pub score: Option<u8>,
    /// How much of the profile is known of it, in percent.
    pub known_percent: u8,
}

impl From<FitExample> for FitExampleView {
    fn from(e: FitExample) -> FitExampleView {
        FitExampleView {
            id: e.id.0,
            name: e.name,
            city: e.city,
            score: e.score,
            known_percent: e.known_percent,
        }
    }
}

/// Companies with one outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct FitOutcomeView {
    /// `fits`, `partly`, `does_not_fit` or `unknown`.
    pub outcome: String,
    /// How many, counted or estimated.
    pub n: u64,
    /// So many more or fewer it may be, with 95 % certainty; 0 when all were counted.
    pub margin: u64,
    /// At most five of them.
    pub examples: Vec<FitExampleView>,
}

impl From<OutcomeCount> for FitOutcomeView {
    fn from(count: OutcomeCount) -> FitOutcomeView {
        FitOutcomeView {
            outcome: count.outcome.to_string(),
            n: count.companies.n,
            margin: count.companies.margin,
            examples: count.examples.into_iter().map(FitExampleView::from).collect(),
        }
    }
}

/// How one wish was answered by the companies that were looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct WishCountView {
    /// Place among the wishes that name something, from 0.
    pub wish: usize,
    /// What is compared.
    pub criterion: String,
    /// `must`, `wanted` or `never`.
    pub importance: String,
    /// Companies that have it.
    pub n_match: u64,
    /// Companies that nearly have it.
    pub n_partial: u64,
    /// Companies that do not have it.
    pub n_miss: u64,
    /// Companies of which it is not known.
    pub n_unknown: u64,
}

impl From<WishCount> for WishCountView {
    fn from(count: WishCount) -> WishCountView {
        WishCountView {
            wish: count.wish,
            criterion: count.criterion.to_string(),
            importance: count.importance.as_str().to_owned(),
            n_match: count.n_match,
            n_partial: count.n_partial,
            n_miss: count.n_miss,
            n_unknown: count.n_unknown,
        }
    }
}

/// How many companies fit a draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct FitCountView {
    /// Companies in the audience.
    pub n_companies: u64,
    /// Companies that were looked at: all, or a random part of a large audience.
    pub n_judged: u64,
    /// Fits, partly, does not fit, unknown.
    pub outcomes: Vec<FitOutcomeView>,
    /// Per wish about companies.
    pub wishes: Vec<WishCountView>,
}

/// Scoring the audience after the profile changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoringView {
    /// The version that is scored against; missing when there was no scoring.
    pub version: Option<i64>,
    /// Companies when it began.
    pub n_total: i64,
    /// Companies that are scored.
    pub n_done: i64,
    /// When it began.
    pub started_at: Option<String>,
    /// When all were scored; missing while it runs.
    pub finished_at: Option<String>,
}

impl From<Option<FitRun>> for ScoringView {
    fn from(run: Option<FitRun>) -> ScoringView {
        ScoringView {
            version: run.map(|run| run.profile_version),
            n_total: run.map_or(0, |run| run.n_total),
            n_done: run.map_or(0, |run| run.n_done),
            started_at: run.map(|run| run.started_at.to_string()),
            finished_at: run.and_then(|run| run.finished_at).map(|at| at.to_string()),
        }
    }
}

/// Something that won customers have more often than the rest of the audience.
#[derive(Debug, Serialize, ToSchema)]
pub struct LikenessView {
    /// `division`, `size`, `province` or `legal_form`.
    pub feature: String,
    /// Its value: `2025:62`, `20-49`, `NL-UT`, `private_limited`.
    pub value: String,
    /// Won customers that have it.
    pub won_n: u32,
    /// Won customers of which it is known.
    pub won_known_n: u32,
    /// Others that have it.
    pub rest_n: u32,
    /// Others of which it is known.
    pub rest_known_n: u32,
    /// How many times more often won customers have it.
    pub lift: f64,
    /// The least that it is with 99 % certainty.
    pub lift_min: f64,
}

impl From<Likeness> for LikenessView {
    fn from(l: Likeness) -> LikenessView {
        LikenessView {
            feature: l.feature.to_string(),
            value: l.value,
            won_n: l.won_n,
            won_known_n: l.won_known_n,
            rest_n: l.rest_n,
            rest_known_n: l.rest_known_n,
            lift: l.lift,
            lift_min: l.lift_min,
        }
    }
}

/// A trait about which nothing can be said yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct TooThinView {
    /// `division`, `size`, `province` or `legal_form`.
    pub feature: String,
    /// Won customers of which it is known.
    pub won_known_n: u32,
}

/// What won customers have in common.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookalikeView {
    /// Companies that bought.
    pub won_n: u32,
    /// Fewest of them from which anything is said.
    pub won_min: u32,
    /// Others that they were compared with.
    pub rest_n: u32,
    /// Companies in the audience.
    pub n_companies: u64,
    /// What stands out, the surest first.
    pub stands_out: Vec<LikenessView>,
    /// Traits that are known of too few.
    pub too_thin: Vec<TooThinView>,
}

/// The ideal customer profile in use.
#[utoipa::path(get, path = "/ideal-profile", tag = "audience", responses((status = 200, body = ProfileView)))]
async fn profile(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<ProfileView>> {
    let (profile, version) = engine.ideal_profile(&caller).await?;
    Ok(Json(ProfileView::new(version, ProfileForm::from(&profile))))
}

/// What was seen when a profile is written.
#[derive(Debug, Deserialize, IntoParams)]
struct SeenQuery {
    /// The version that was changed; refused when another one came since. Without it the last one who writes wins.
    seen: Option<i64>,
}

/// Writes a new version of the profile; the audience is scored again in the background.
#[utoipa::path(put, path = "/ideal-profile", tag = "audience", params(SeenQuery), request_body = ProfileInput,
    responses((status = 200, body = ProfileView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put_profile(
    State(engine): State<Engine>,
    caller: Caller,
    Query(query): Query<SeenQuery>,
    Json(input): Json<ProfileInput>,
) -> ApiResult<Json<ProfileView>> {
    caller.may(Permission::WorkAudience)?;
    engine.put_ideal_profile(&caller, &ProfileForm::from(input).read()?, query.seen).await?;
    profile(State(engine), caller).await
}

/// Counts how many companies fit a draft of the profile, without storing it.
#[utoipa::path(post, path = "/ideal-profile/count", tag = "audience", request_body = ProfileInput,
    responses((status = 200, body = FitCountView), (status = 422, body = Problem)))]
async fn count(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<ProfileInput>,
) -> ApiResult<Json<FitCountView>> {
    caller.may(Permission::View)?;
    let count = engine.count_fit(&caller, &ProfileForm::from(input).read()?).await?;
    Ok(Json(FitCountView {
        n_companies: count.n_companies,
        n_judged: count.n_judged,
        outcomes: count.outcomes.into_iter().map(FitOutcomeView::from).collect(),
        wishes: count.wishes.into_iter().map(WishCountView::from).collect(),
    }))
}

/// How far the scoring of the audience is.
#[utoipa::path(get, path = "/ideal-profile/scoring", tag = "audience", responses((status = 200, body = ScoringView)))]
async fn scoring(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<ScoringView>> {
    Ok(Json(engine.fit_run(&caller).await?.into()))
}

/// The versions of the profile.
#[utoipa::path(get, path = "/ideal-profile/versions", tag = "audience", responses((status = 200, body = ProfileVersions)))]
async fn versions(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<ProfileVersions>> {
    let versions = engine.ideal_profiles(&caller).await?;
    let items = versions
        .into_iter()
        .map(|(listed, profile)| ProfileVersionView {
            profile: ProfileView::new(listed.profile.version, ProfileForm::from(&profile)),
            created_by: listed.created_by_name,
            created_at: listed.profile.created_at.to_string(),
            restored_from: listed.profile.restored_from,
        })
        .collect();
    Ok(Json(ProfileVersions { items }))
}

/// Goes back to an earlier version of the profile: a new version with the same wishes.
#[utoipa::path(post, path = "/ideal-profile/versions/{version}/restore", tag = "audience", params(("version" = i64, Path)),
    responses((status = 200, body = ProfileView), (status = 404, body = Problem)))]
async fn restore(
    State(engine): State<Engine>,
    caller: Caller,
    Path(version): Path<String>,
) -> ApiResult<Json<ProfileView>> {
    // Who may not hears that first, whatever the number.
    caller.may(Permission::WorkAudience)?;
    let version = version.parse().map_err(|_| EngineError::NotFound)?;
    engine.restore_ideal_profile(&caller, version).await?;
    profile(State(engine), caller).await
}

/// What won customers have in common against the rest of the audience.
#[utoipa::path(get, path = "/ideal-profile/lookalike", tag = "audience", responses((status = 200, body = LookalikeView)))]
async fn lookalike(State(engine): State<Engine>, caller: Caller) -> ApiResult<Json<LookalikeView>> {
    let found = engine.lookalike(&caller).await?;
    let too_thin = found.lookalike.too_thin.into_iter();
    Ok(Json(LookalikeView {
        won_n: found.lookalike.won_n,
        won_min: kiem_domain::audience::WON_MIN,
        rest_n: found.n_rest,
        n_companies: found.n_companies,
        stands_out: found.lookalike.stands_out.into_iter().map(LikenessView::from).collect(),
        too_thin: too_thin
            .map(|(feature, won_known_n)| TooThinView { feature: feature.to_string(), won_known_n })
            .collect(),
    }))
}
