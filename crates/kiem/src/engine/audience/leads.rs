//! Everything about one lead, and about one company.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, LeadId};
use kiem_domain::informing::InformState;
use kiem_domain::lifecycle::{Lifecycle, LifecycleFacts, lifecycle};
use kiem_domain::titles::{TitleReading, read_title};
use kiem_store::company::{self, Company};
use kiem_store::contact::{self, Contact};
use kiem_store::contact_alias;
use kiem_store::duplicate;
use kiem_store::event::{self, Event};
use kiem_store::ground::{self, DeclaredGround};
use kiem_store::informing::{self, Informing};
use kiem_store::lead::{self, Lead};
use kiem_store::lead_override::{self, LeadOverride};
use kiem_store::merge::{self, Merge};
use kiem_store::opportunity;
use kiem_store::promotion::{self, Promotion};
use kiem_store::prospect::{self, ProspectCard};

use super::committee::{CompanyCommittee, company_committee};
use super::gate::{ChannelAnswer, GateAnswer};
use super::profile_form::FitForm;
use super::records::{company_fit, person_fit};
use super::sources::SourcedFact;
use crate::engine::promotion::override_in_force;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Rows that one page may have.
pub const PAGE_ROWS_MAX: i64 = 200;
/// Leads are counted up to here; beyond it "more than" is said.
pub const COUNTED_MAX: i64 = 10_000;
/// Events of a timeline that are shown at once.
const TIMELINE_EVENTS: i64 = 100;

/// Values that the filters can be set to, as the newest leads have them, most common first.
#[derive(Debug, Clone)]
pub struct LeadFacets {
    /// Countries.
    pub countries: Vec<String>,
    /// Industries.
    pub industries: Vec<String>,
}

/// Everything about one lead.
#[derive(Debug, Clone)]
pub struct LeadDetail {
    /// The place in the list.
    pub lead: Lead,
    /// The person.
    pub contact: Contact,
    /// Addresses that they had before a merge: they are known by them, and written to at none.
    pub former_addresses: Vec<String>,
    /// The company.
    pub company: Company,
    /// On what ground the person may be approached.
    pub ground: Option<DeclaredGround>,
    /// What the gate says now.
    pub verdict: GateAnswer,
    /// What it says about calling and writing letters.
    pub by_hand: [ChannelAnswer; 2],
    /// Fit with its reasons.
    pub fit: FitForm,
    /// What the title says.
    pub title: TitleReading,
    /// The company's timeline, newest first.
    pub events: Vec<Event>,
    /// What a person decided about where the lead stands, while it holds.
    pub decided: Option<LeadOverride>,
    /// The newest promotion, undone or not.
    pub promotion: Option<Promotion>,
    /// What persons typed in, newest first.
    pub sources: Vec<SourcedFact>,
    /// Whether they were told that we have their data, or by when that must be done.
    pub informing: Informing,
    /// Where that stands today.
    pub inform_state: InformState,
}

/// Everything about one company.
#[derive(Debug, Clone)]
pub struct CompanyDetail {
    /// The company.
    pub company: Company,
    /// How well it fits.
    pub fit: FitForm,
    /// Who decides together there.
    pub committee: CompanyCommittee,
    /// Its people.
    pub contacts: Vec<Contact>,
    /// Their places in the list.
    pub leads: Vec<Lead>,
    /// Its pursuits, newest first.
    pub prospects: Vec<ProspectCard>,
    /// Lead, prospect, opportunity or customer.
    pub lifecycle: Lifecycle,
    /// The timeline, newest first.
    pub events: Vec<Event>,
    /// What persons typed in, newest first.
    pub sources: Vec<SourcedFact>,
    /// Companies that went up in this one, newest first.
    pub merged: Vec<Merge>,
    /// The other companies of its group.
    pub group: Vec<(CompanyId, String)>,
}

impl Engine {
    /// What the filters of the list can be set to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lead_facets(&self, caller: &Caller) -> Result<LeadFacets> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(LeadFacets {
            countries: lead::countries(&mut tx, 50).await?,
            industries: lead::industries(&mut tx, 100).await?,
        })
    }

    /// Everything about one lead.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn lead(&self, caller: &Caller, id: LeadId) -> Result<LeadDetail> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let id = merge::new_id_of(&mut tx, id.0).await?.map_or(id, LeadId);
        let lead = lead::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let person = contact::get(&mut tx, lead.contact_id).await?.ok_or(EngineError::NotFound)?;
        let firm = company::get(&mut tx, lead.company_id).await?.ok_or(EngineError::NotFound)?;
        let ground = ground::of_contact(&mut tx, lead.contact_id).await?;
        let (verdict, by_hand) = self.gates_of(&mut tx, lead.contact_id).await?;
        let (profile, _) = self.profile_in_use(&mut tx).await?;
        let informing = informing::of_contact(&mut tx, lead.contact_id).await?;
        let employees = firm.employees_n.and_then(|n| u32::try_from(n).ok());
        let former = contact_alias::of_contacts(&mut tx, &[lead.contact_id]).await?;
        let mut former_addresses: Vec<String> = former.into_iter().filter_map(|was| was.email).collect();
        former_addresses.retain(|address| person.email.as_ref() != Some(address));
        former_addresses.sort();
        former_addresses.dedup();
        Ok(LeadDetail {
            former_addresses,
            fit: FitForm::of(&person_fit(&firm, &person, &profile), &profile),
            title: read_title(person.title.as_deref().unwrap_or_default(), employees),
            events: event::timeline(&mut tx, firm.id, Timestamp::MAX, TIMELINE_EVENTS).await?,
            decided: override_in_force(&lead_override::of_lead(&mut tx, lead.id).await?, self.now()).cloned(),
            promotion: promotion::newest_of_lead(&mut tx, lead.id).await?,
            sources: self.fact_sources(&mut tx, firm.id).await?,
            lead,
            contact: person,
            company: firm,
            ground,
            verdict,
            by_hand,
            inform_state: informing.facts.state(self.utc_day()),
            informing,
        })
    }

    /// Everything about one company; the id of one that went up in another leads there.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn company(&self, caller: &Caller, id: CompanyId) -> Result<CompanyDetail> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let id = merge::new_id_of(&mut tx, id.0).await?.map_or(id, CompanyId);
        let firm = company::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let prospects = prospect::of_company(&mut tx, id, PAGE_ROWS_MAX).await?;
        // The pursuit that is open says where they stand; without one, the last.
        let now = prospects.iter().find(|p| p.prospect.state.is_open()).or(prospects.first());
        let facts = LifecycleFacts {
            prospect: now.map(|p| p.prospect.state),
            has_open_opportunity: now.is_some_and(|p| p.has_opportunity),
            has_won: opportunity::has_won(&mut tx, id).await?,
        };
        let (profile, _) = self.profile_in_use(&mut tx).await?;
        let contacts = contact::of_company(&mut tx, id, PAGE_ROWS_MAX).await?;
        Ok(CompanyDetail {
            fit: FitForm::of(&company_fit(&firm, &profile), &profile),
            committee: company_committee(&firm, &contacts, &profile.buyers),
            company: firm,
            lifecycle: lifecycle(facts),
            prospects,
            sources: self.fact_sources(&mut tx, id).await?,
            contacts,
            leads: lead::of_company(&mut tx, id, PAGE_ROWS_MAX).await?,
            events: event::timeline(&mut tx, id, Timestamp::MAX, TIMELINE_EVENTS).await?,
            merged: merge::of_kept(&mut tx, id).await?,
            group: duplicate::siblings(&mut tx, id).await?,
        })
    }
}
