//! Adding one lead by hand, and what is found about it while it is typed in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kiem_domain::id::CompanyId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::duplicates::PossibleDuplicateView;
use super::imports::GroundInput;
use super::people::{CompanyInput, ContactInput};
use crate::api::problem::{ApiResult, Problem};
use crate::engine::audience::{CheckedLead, LikelyPerson, MeantCompany, NewLead};
use crate::engine::{Caller, Engine, EngineError};

/// The operations of this file.
pub fn router() -> OpenApiRouter<Engine> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(check))
}

/// A lead that is added by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLeadInput {
    /// The company; matched like in an import.
    pub company: CompanyInput,
    /// The company that is meant, whatever was typed.
    pub company_id: Option<Uuid>,
    /// Whether a company of its own is meant, whatever it looks like; says nothing beside `company_id`.
    #[serde(default)]
    pub company_is_new: bool,
    /// The person.
    pub contact: ContactInput,
    /// On what ground the person may be approached; without one no mail goes out.
    pub ground: Option<GroundInput>,
}

impl NewLeadInput {
    fn read(self) -> Result<NewLead, EngineError> {
        let meant = match (self.company_id, self.company_is_new) {
            (Some(id), _) => MeantCompany::This(CompanyId(id)),
            (None, true) => MeantCompany::New,
            (None, false) => MeantCompany::Recognised,
        };
        Ok(NewLead {
            company: self.company.into(),
            meant,
            contact: self.contact.into(),
            ground: self.ground.map(GroundInput::read).transpose()?,
        })
    }
}

/// What was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedLead {
    /// Id of the lead.
    pub id: Uuid,
    /// Companies that may be the new one; empty when its company was there.
    pub possible_duplicates: Vec<PossibleDuplicateView>,
}

/// Adds one lead by hand.
#[utoipa::path(post, path = "/leads", tag = "audience", request_body = NewLeadInput,
    responses((status = 201, body = CreatedLead), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<NewLeadInput>,
) -> ApiResult<(StatusCode, Json<CreatedLead>)> {
    let added = engine.add_lead(&caller, input.read()?).await?;
    let created = CreatedLead {
        id: added.id.0,
        possible_duplicates: added.duplicates.into_iter().map(PossibleDuplicateView::from).collect(),
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// The company to which a lead comes.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecognisedCompany {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Town.
    pub city: Option<String>,
}

/// Somebody at the company who may be the person that is typed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct LikelyPersonView {
    /// Id of the person.
    pub contact_id: Uuid,
    /// Their place in the marketing list.
    pub lead_id: Option<Uuid>,
    /// Whole name; empty when it is not known.
    pub name: String,
    /// Job title.
    pub title: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Why: `linkedin`, `name`, `initials`, `spelling`, `address` or `family_name`.
    pub sign: String,
    /// Whether it is them: adding them again is refused.
    pub is_same: bool,
}

impl From<LikelyPerson> for LikelyPersonView {
    fn from(found: LikelyPerson) -> LikelyPersonView {
        LikelyPersonView {
            contact_id: found.person.id.0,
            lead_id: found.lead.map(|id| id.0),
            name: found.person.full_name(),
            title: found.person.title,
            email: found.person.email,
            sign: found.sign.to_string(),
            is_same: found.is_same,
        }
    }
}

/// What was found about a lead that is being typed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadCheck {
    /// The company to which it comes; missing when that is new or not certain.
    pub company: Option<RecognisedCompany>,
    /// Whether it may mean several companies: without a choice adding it is refused.
    pub is_ambiguous: bool,
    /// Other companies that may be meant, the likeliest first.
    pub companies: Vec<PossibleDuplicateView>,
    /// People of the company who may be this person, the likeliest first.
    pub people: Vec<LikelyPersonView>,
    /// Companies that came in lately and are not looked at yet.
    pub waiting_n: i64,
}

impl From<CheckedLead> for LeadCheck {
    fn from(found: CheckedLead) -> LeadCheck {
        LeadCheck {
            company: found.company.map(|(id, name, city)| RecognisedCompany { id: id.0, name, city }),
            is_ambiguous: found.is_ambiguous,
            companies: found.companies.into_iter().map(PossibleDuplicateView::from).collect(),
            people: found.people.into_iter().map(LikelyPersonView::from).collect(),
            waiting_n: found.waiting_n,
        }
    }
}

/// What adding a lead would find, without adding it: the company that is recognised, others that may be meant, and people
/// there who may be this person. Only the company's name is needed.
#[utoipa::path(post, path = "/leads/check", tag = "audience", request_body = NewLeadInput,
    responses((status = 200, body = LeadCheck), (status = 422, body = Problem)))]
async fn check(
    State(engine): State<Engine>,
    caller: Caller,
    Json(input): Json<NewLeadInput>,
) -> ApiResult<Json<LeadCheck>> {
    Ok(Json(engine.check_lead(&caller, &input.read()?).await?.into()))
}
