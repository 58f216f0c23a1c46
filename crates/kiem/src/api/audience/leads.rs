//! One lead with everything about it.

use axum::Json;
use axum::extract::{Path, State};
use kiem_domain::id::{CompanyId, ContactId, LeadId};
use kiem_domain::legal_form::family_in_name;
use kiem_domain::titles::committee::Seat;
use kiem_store::company::Company;
use kiem_store::contact::Contact;
use kiem_store::event::Event;
use kiem_store::ground::DeclaredGround;
use kiem_store::prospect::ProspectCard;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::gate::{ChannelVerdictView, VerdictView};
use super::profile::FitView;
use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::{CompanyCommittee, LeadDetail, SourcedFact};
use crate::engine::{Caller, Engine};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(show_company))
}

/// A company.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Registrable domain.
    pub domain: Option<String>,
    /// KvK number.
    pub kvk_number: Option<String>,
    /// ISO 3166 alpha-2 code.
    pub country: Option<String>,
    /// Province or region.
    pub region: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Industry.
    pub industry: Option<String>,
    /// People working there.
    pub employees_n: Option<i64>,
    /// Website.
    pub website: Option<String>,
    /// Switchboard.
    pub phone: Option<String>,
    /// Street, with the house number when the list has both in one.
    pub street: Option<String>,
    /// House number with its addition.
    pub house_number: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Number in the register of another country.
    pub register_number: Option<String>,
    /// VAT identification number.
    pub vat_id: Option<String>,
    /// Legal entity identifier (ISO 17442).
    pub lei: Option<String>,
    /// Legal form as written.
    pub legal_form: Option<String>,
    /// Family of the form that the name bears (`private_limited`, ...), as long as nobody named the form.
    pub legal_form_in_name: Option<String>,
    /// Who named the form, in words.
    pub legal_form_source: Option<String>,
    /// The day on which it was so.
    pub legal_form_on: Option<String>,
    /// Whether the company set the non-mailing indicator in its register.
    pub is_non_mailing: bool,
    /// Page on LinkedIn.
    pub linkedin_url: Option<String>,
    /// Code of the activity (SBI, NACE, NAF) as text.
    pub sbi_code: Option<String>,
    /// Of which edition the code is: `2008`, `2025` or `unknown`.
    pub sbi_version: String,
    /// Day of the foundation, or its year: `1998-05-01`, `1998`.
    pub founded_on: Option<String>,
    /// Revenue a year in cents.
    pub revenue_cents: Option<i64>,
    /// Currency of the revenue; missing when the list does not say.
    pub revenue_currency: Option<String>,
    /// Fit of the company alone.
    pub fit_score: Option<i64>,
    /// Where the record came from.
    pub source: String,
    /// When a fact last changed.
    pub updated_at: String,
}

impl From<Company> for CompanyView {
    fn from(c: Company) -> CompanyView {
        let in_name = family_in_name(c.country.as_deref(), &c.name).map(|family| family.to_string());
        CompanyView {
            legal_form_in_name: in_name.filter(|_| c.details.legal_form.is_none()),
            id: c.id.0,
            name: c.name,
            domain: c.domain,
            kvk_number: c.kvk_number,
            country: c.country,
            region: c.region,
            city: c.city,
            industry: c.industry,
            employees_n: c.employees_n,
            website: c.website,
            phone: c.phone,
            street: c.details.street,
            house_number: c.details.house_number,
            postcode: c.details.postcode,
            register_number: c.details.register_number,
            vat_id: c.details.vat_id,
            lei: c.details.lei,
            legal_form: c.details.legal_form,
            legal_form_source: c.details.legal_form_source,
            legal_form_on: c.details.legal_form_on.map(|on| on.to_string()),
            is_non_mailing: c.details.is_non_mailing,
            linkedin_url: c.details.linkedin_url,
            sbi_code: c.details.sbi_code,
            sbi_version: c.details.sbi_version.to_string(),
            founded_on: c.details.founded_on,
            revenue_cents: c.details.revenue_cents,
            revenue_currency: c.details.revenue_currency,
            fit_score: c.fit_score,
            source: c.source,
            updated_at: c.updated_at.to_string(),
        }
    }
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactView {
    /// Id.
    pub id: Uuid,
    /// Whole name; empty when unknown or erased.
    pub name: String,
    /// First name.
    pub given_name: Option<String>,
    /// Tussenvoegsel.
    pub infix: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// `stated`, or `guessed` when it was made from a name and a pattern.
    pub email_origin: String,
    /// Telephone, E.164.
    pub phone: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// What the title says: `owner`, `c_level`, `director`, `head`, `manager`, `ic`,
    /// `assistant`, `intern`, `past`; missing when it does not say.
    pub seniority: Option<String>,
    /// What the title says: `general`, `sales`, `finance`, ...; missing when it does not say.
    pub department: Option<String>,
    /// Language to write in.
    pub language: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// Where the record came from.
    pub source: String,
    /// When a fact last changed.
    pub updated_at: String,
    /// When the person was erased.
    pub erased_at: Option<String>,
}

impl From<Contact> for ContactView {
    fn from(c: Contact) -> ContactView {
        ContactView {
            id: c.id.0,
            name: c.full_name(),
            given_name: c.given_name,
            infix: c.infix,
            family_name: c.family_name,
            email: c.email,
            email_origin: c.email_origin.as_str().to_owned(),
            phone: c.phone,
            title: c.title,
            seniority: c.seniority.map(|s| s.as_str().to_owned()),
            department: c.department.map(|d| d.as_str().to_owned()),
            language: c.language,
            time_zone: c.time_zone,
            source: c.source,
            updated_at: c.updated_at.to_string(),
            erased_at: c.erased_at.map(|at| at.to_string()),
        }
    }
}

/// On what ground a person may be approached.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroundView {
    /// `consent`, `existing_customer`, `designated_address` or `legitimate_interest`.
    pub basis: String,
    /// Where the data came from.
    pub source: String,
    /// Proof in words.
    pub source_detail: String,
    /// The page on which the proof stands.
    pub evidence_url: Option<String>,
    /// Day on which data or consent was obtained.
    pub obtained_on: String,
    /// When it was recorded.
    pub recorded_at: String,
}

impl From<DeclaredGround> for GroundView {
    fn from(g: DeclaredGround) -> GroundView {
        GroundView {
            basis: g.basis.as_str().to_owned(),
            source: g.source,
            source_detail: g.source_detail,
            evidence_url: g.evidence_url,
            obtained_on: g.obtained_on.to_string(),
            recorded_at: g.recorded_at.to_string(),
        }
    }
}

/// One line of the timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadEventView {
    /// Id.
    pub id: Uuid,
    /// When it happened.
    pub occurred_at: String,
    /// `lead.imported`, `message.sent`, ...
    pub kind: String,
    /// The person it is about.
    pub contact_id: Option<Uuid>,
    /// `user`, `token`, `system` or `lead`.
    pub actor_kind: String,
    /// Details by kind.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

impl From<Event> for LeadEventView {
    fn from(e: Event) -> LeadEventView {
        LeadEventView {
            id: e.id,
            occurred_at: e.occurred_at.to_string(),
            kind: e.kind,
            contact_id: e.contact_id.map(|id| id.0),
            actor_kind: e.actor_kind,
            data: serde_json::from_str(&e.data).unwrap_or_default(),
        }
    }
}

/// Everything about one lead.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadView {
    /// Id.
    pub id: Uuid,
    /// Where it stands.
    pub state: String,
    /// Until when it waits.
    pub paused_until: Option<String>,
    /// When it was first approached.
    pub approached_at: Option<String>,
    /// What the other side did, 0 to 100.
    pub warmth: i64,
    /// Whether a person must look.
    pub needs_look: bool,
    /// The person.
    pub contact: ContactView,
    /// Addresses that the person had before two records became one; no mail goes there.
    pub former_addresses: Vec<String>,
    /// The company.
    pub company: CompanyView,
    /// On what ground the person may be approached.
    pub ground: Option<GroundView>,
    /// Whether a mail may go out now.
    pub verdict: VerdictView,
    /// Whether the person may be called, and whether a letter may go out.
    pub by_hand: Vec<ChannelVerdictView>,
    /// Fit with its reasons.
    pub fit: FitView,
    /// What part the person plays in buying: `economic_buyer`, `technical_evaluator`, `champion`, `user`, `procurement`,
    /// `legal`, `gatekeeper`; missing when the title does not say.
    pub buying_role: Option<String>,
    /// The company's timeline, newest first.
    pub events: Vec<LeadEventView>,
    /// What a person decided about where the lead stands, while it holds; `DELETE /leads/{id}/override` lifts it.
    #[serde(rename = "override")]
    pub decided: Option<OverrideView>,
    /// The newest promotion, taken back or not: its receipt says why.
    pub promotion_id: Option<Uuid>,
    /// The pursuit of a promotion that stands.
    pub prospect_id: Option<Uuid>,
    /// Where facts come from that changed after their record was made.
    pub sources: Vec<SourcedFactView>,
    /// Whether the person was told that we have their data (GDPR article 14).
    pub informing: InformingView,
}

/// Whether somebody was told that we have their data.
#[derive(Debug, Serialize, ToSchema)]
pub struct InformingView {
    /// `from_themselves`, `informed`, `exempt`, `on_time`, `due_soon` or `over`.
    pub state: String,
    /// The last day on which they may be told; missing when they gave their data themselves.
    pub inform_by: Option<String>,
    /// When they were told.
    pub informed_at: Option<String>,
    /// `mail`, `letter`, `phone`, `in_person`, `before` or `exempt`.
    pub how: Option<String>,
    /// How it was done, or why it need not be, in words.
    pub note: Option<String>,
}

/// What a person decided about where a lead stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverrideView {
    /// `keep_lead`, `never` or `force_prospect`.
    pub value: String,
    /// Until when; missing when for ever.
    pub until: Option<String>,
    /// Name of who decided.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
    /// When it was decided.
    pub at: String,
}

/// Where a fact comes from that changed after its record was made; every other fact comes from where the record comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourcedFactView {
    /// The person whom it is about; missing for the company itself.
    pub contact_id: Option<Uuid>,
    /// Name of the field.
    pub field: String,
    /// When it last changed.
    pub at: String,
    /// Name of who typed it in.
    pub by: Option<String>,
    /// Who gave it: `person`, `list`, `website` or `register`.
    pub source: String,
    /// The page of the company's website that said it.
    pub page: Option<String>,
    /// The list that said it, in words.
    pub list: Option<String>,
}

impl From<SourcedFact> for SourcedFactView {
    fn from(fact: SourcedFact) -> SourcedFactView {
        SourcedFactView {
            contact_id: fact.contact.map(|id| id.0),
            field: fact.field,
            at: fact.at.to_string(),
            by: fact.by,
            source: fact.source.as_str().to_owned(),
            page: fact.page,
            list: fact.list,
        }
    }
}

fn lead_view(d: LeadDetail) -> LeadView {
    LeadView {
        id: d.lead.id.0,
        state: d.lead.state.as_str().to_owned(),
        paused_until: d.lead.paused_until.map(|at| at.to_string()),
        approached_at: d.lead.approached_at.map(|at| at.to_string()),
        warmth: d.lead.warmth,
        needs_look: d.lead.needs_look,
        contact: d.contact.into(),
        former_addresses: d.former_addresses,
        company: d.company.into(),
        ground: d.ground.map(GroundView::from),
        verdict: d.verdict.into(),
        by_hand: d.by_hand.into_iter().map(ChannelVerdictView::from).collect(),
        fit: d.fit.into(),
        buying_role: d.title.buying_role.known().map(|r| r.as_str().to_owned()),
        events: d.events.into_iter().map(LeadEventView::from).collect(),
        decided: d.decided.map(|made| OverrideView {
            value: made.kind.as_str().to_owned(),
            until: made.until_at.map(|at| at.to_string()),
            by: made.created_by_name,
            reason: made.reason,
            at: made.created_at.to_string(),
        }),
        promotion_id: d.promotion.as_ref().map(|p| p.id.0),
        prospect_id: d.promotion.filter(|p| p.undone_at.is_none()).map(|p| p.prospect_id.0),
        informing: InformingView {
            state: d.inform_state.as_str().to_owned(),
            inform_by: d.informing.facts.inform_by.map(|day| day.to_string()),
            informed_at: d.informing.informed_at.map(|at| at.to_string()),
            how: d.informing.facts.how.map(|how| how.as_str().to_owned()),
            note: d.informing.note,
        },
        sources: d.sources.into_iter().map(SourcedFactView::from).collect(),
    }
}

/// A company with its people.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyDetailView {
    /// The company.
    pub company: CompanyView,
    /// `lead`, `prospect`, `opportunity` or `customer`.
    pub lifecycle: String,
    /// Its people.
    pub contacts: Vec<ContactView>,
    /// Their places in the marketing list.
    pub leads: Vec<CompanyLeadView>,
    /// Its pursuits, newest first.
    pub prospects: Vec<CompanyProspectView>,
    /// How well the company fits, and why.
    pub fit: FitView,
    /// Who decides together there, and who of them is not known.
    pub committee: CommitteeView,
    /// Where facts come from that changed after their record was made.
    pub sources: Vec<SourcedFactView>,
    /// The timeline, newest first.
    pub events: Vec<LeadEventView>,
    /// Companies that went up in this one, newest first.
    pub merged: Vec<MergedView>,
    /// The other companies of its group: they share a domain under other names.
    pub group: Vec<GroupCompanyView>,
}

/// A company that went up in another one.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergedView {
    /// The merge.
    pub id: Uuid,
    /// What it was called.
    pub name: String,
    /// When.
    pub merged_at: String,
}

/// A company of the same group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupCompanyView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
}

/// The people who decide together at a company.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommitteeView {
    /// Every seat, the most important first.
    pub seats: Vec<SeatView>,
    /// Whether the size of the company says which seats there are, and not the profile.
    pub by_size: bool,
    /// The department that will work with what is sold; missing is any.
    pub department: Option<String>,
    /// What part people play in buying, as far as their titles say.
    pub roles: Vec<RoleView>,
}

/// A seat at the table where a purchase is decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeatView {
    /// `boss`, `functional_director`, `functional_manager`, `finance`, `procurement`, `it` or `legal`.
    pub seat: String,
    /// Known people who fill it; none when it is still to be found out.
    pub contact_ids: Vec<Uuid>,
}

/// What part a person plays in buying.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleView {
    /// The person.
    pub contact_id: Uuid,
    /// `economic_buyer`, `technical_evaluator`, `champion`, `user`, `procurement`, `legal` or `gatekeeper`.
    pub buying_role: String,
}

impl From<CompanyCommittee> for CommitteeView {
    fn from(committee: CompanyCommittee) -> CommitteeView {
        let seat = |(seat, people): (Seat, Vec<ContactId>)| SeatView {
            seat: seat.to_string(),
            contact_ids: people.into_iter().map(|id| id.0).collect(),
        };
        CommitteeView {
            seats: committee.seats.into_iter().map(seat).collect(),
            by_size: committee.is_by_size,
            department: committee.department.known().map(|d| d.to_string()),
            roles: committee
                .roles
                .into_iter()
                .map(|(id, role)| RoleView { contact_id: id.0, buying_role: role.to_string() })
                .collect(),
        }
    }
}

/// A place in the marketing list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyLeadView {
    /// Id.
    pub id: Uuid,
    /// The person.
    pub contact_id: Uuid,
    /// `new`, `approached`, `paused`, `resting`, `promoted` or `blocked`.
    pub state: String,
}

/// A pursuit of a company.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyProspectView {
    /// Id.
    pub id: Uuid,
    /// Name of the person who acted first.
    pub contact_name: String,
    /// `to_qualify`, `in_conversation`, `nurture`, `disqualified`, `lost`, `won` or `undone`.
    pub state: String,
    /// Step of the board.
    pub step: String,
    /// When it became one.
    pub promoted_at: String,
    /// Value in cents; missing while unknown.
    pub value_cents: Option<i64>,
    /// ISO 4217.
    pub currency: String,
}

impl From<ProspectCard> for CompanyProspectView {
    fn from(card: ProspectCard) -> CompanyProspectView {
        let pursuit = card.prospect;
        CompanyProspectView {
            id: pursuit.id.0,
            contact_name: card.contact_name,
            state: pursuit.state.to_string(),
            step: pursuit.step.to_string(),
            promoted_at: pursuit.promoted_at.to_string(),
            value_cents: pursuit.value_cents,
            currency: pursuit.currency,
        }
    }
}

/// Everything about one lead.
#[utoipa::path(get, path = "/leads/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = LeadView), (status = 404, body = Problem)))]
async fn show(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<LeadView>> {
    Ok(Json(lead_view(engine.lead(&caller, LeadId(id)).await?)))
}

/// A company with its people.
#[utoipa::path(get, path = "/companies/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = CompanyDetailView), (status = 404, body = Problem)))]
async fn show_company(
    State(engine): State<Engine>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<CompanyDetailView>> {
    let detail = engine.company(&caller, CompanyId(id)).await?;
    Ok(Json(CompanyDetailView {
        company: detail.company.into(),
        lifecycle: detail.lifecycle.to_string(),
        contacts: detail.contacts.into_iter().map(ContactView::from).collect(),
        leads: detail
            .leads
            .into_iter()
            .map(|lead| CompanyLeadView {
                id: lead.id.0,
                contact_id: lead.contact_id.0,
                state: lead.state.as_str().to_owned(),
            })
            .collect(),
        prospects: detail.prospects.into_iter().map(CompanyProspectView::from).collect(),
        fit: detail.fit.into(),
        committee: detail.committee.into(),
        sources: detail.sources.into_iter().map(SourcedFactView::from).collect(),
        events: detail.events.into_iter().map(LeadEventView::from).collect(),
        merged: detail
            .merged
            .into_iter()
            .map(|one| MergedView { id: one.id, name: one.lost_name, merged_at: one.merged_at.to_string() })
            .collect(),
        group: detail.group.into_iter().map(|(id, name)| GroupCompanyView { id: id.0, name }).collect(),
    }))
}
