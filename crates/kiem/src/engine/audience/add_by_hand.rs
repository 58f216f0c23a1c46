//! Adding one lead by hand: while it is typed in, it is checked against everybody who is there.

use kiem_domain::contact::EmailAddress;
use kiem_domain::dedupe::{PersonSign, compare_people};
use kiem_domain::id::{CompanyId, ContactId, LeadId};
use kiem_store::company;
use kiem_store::contact::{self, Contact};
use kiem_store::{Tx, lead, matching};
use uuid::Uuid;

use super::bring_in::{Arrival, RowOutcome};
use super::conflicts::{ConflictPolicy, RowDecision};
use super::desk::Before;
use super::edit::{CompanyEdit, ContactEdit, company_facts, person_facts};
use super::facts::{PersonFacts, RowFacts, company_domain};
use super::gate::NewGround;
use super::joined_person::profile_of_person;
use super::matching::PossibleDuplicate;
use super::records::new_contact;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// People of one company who are compared with somebody who is typed in.
const COLLEAGUES_MAX: i64 = 2_000;

/// Which company somebody means who adds a lead by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MeantCompany {
    /// The one that is recognised, else a new one.
    #[default]
    Recognised,
    /// This one, whatever was typed.
    This(CompanyId),
    /// A new one, whatever it looks like.
    New,
}

impl MeantCompany {
    fn decision(self) -> Option<RowDecision> {
        match self {
            MeantCompany::Recognised => None,
            MeantCompany::This(id) => Some(RowDecision::Company(id, None)),
            MeantCompany::New => Some(RowDecision::New),
        }
    }
}

/// A lead that is added by hand.
#[derive(Debug, Clone)]
pub struct NewLead {
    /// The company; matched like in an import.
    pub company: CompanyEdit,
    /// Which company is meant.
    pub meant: MeantCompany,
    /// The person.
    pub contact: ContactEdit,
    /// On what ground the person may be approached; without one the gate stays closed.
    pub ground: Option<NewGround>,
}

/// A lead that was added by hand.
#[derive(Debug, Clone)]
pub struct AddedLead {
    /// Its id.
    pub id: LeadId,
    /// Companies that may be the new one, when it is new; empty when it was recognised.
    pub duplicates: Vec<PossibleDuplicate>,
}

/// Somebody at the company who may be the person that is typed in.
#[derive(Debug, Clone)]
pub struct LikelyPerson {
    /// Who.
    pub person: Contact,
    /// Their place in the marketing list.
    pub lead: Option<LeadId>,
    /// Why.
    pub sign: PersonSign,
    /// Whether it is them: adding them again is refused.
    pub is_same: bool,
}

/// What was found about a lead that is being typed in.
#[derive(Debug, Clone)]
pub struct CheckedLead {
    /// The company to which it comes, with its town; none when that is new or not certain.
    pub company: Option<(CompanyId, String, Option<String>)>,
    /// Whether it may mean several companies, so that somebody has to choose.
    pub is_ambiguous: bool,
    /// Other companies that may be meant, the likeliest first.
    pub companies: Vec<PossibleDuplicate>,
    /// People there who may be this person.
    pub people: Vec<LikelyPerson>,
    /// Companies that are there but were not made findable yet.
    pub waiting_n: i64,
}

impl Engine {
    /// What adding a lead would find, without adding it. Nothing has to be complete yet but the company's name.
    ///
    /// # Errors
    /// When the caller may not, or a field is not right.
    pub async fn check_lead(&self, caller: &Caller, new: &NewLead) -> Result<CheckedLead> {
        caller.may(Permission::View)?;
        let row = read(new, false)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let (profile, _) = self.profile_in_use(&mut tx).await?;
        let rows = [row];
        let arrival = Arrival {
            rows: &rows,
            ground: None,
            source: "manual",
            import: None,
            policy: ConflictPolicy::Keep,
            profile: &profile,
            actor: caller.actor,
        };
        let asked = self.look_rows_up(&mut tx, &arrival, Before::default()).await?;
        let outcome = self.place_arrival(&arrival, asked).outcomes().first().copied().unwrap_or_default();
        let known = outcome.company.filter(|_| !outcome.company_is_new);
        let firm = match known {
            Some(id) => company::get(&mut tx, id).await?,
            None => None,
        };
        let [row] = &rows;
        let mut companies = self.possible_duplicates(&mut tx, &row.company, None).await?;
        companies.retain(|found| Some(found.company) != known);
        Ok(CheckedLead {
            people: match known {
                Some(id) => likely_people(&mut tx, id, &row.person, &outcome).await?,
                None => Vec::new(),
            },
            company: firm.map(|firm| (firm.id, firm.name, firm.city)),
            is_ambiguous: outcome.is_ambiguous,
            companies,
            waiting_n: matching::waiting_n(&mut tx).await?,
        })
    }

    /// Adds one lead by hand; company and person are matched like in an import.
    ///
    /// # Errors
    /// When the caller may not, a field is not right, the name may mean several companies (`company_several`), the person is
    /// on the list already (`contact_exists`) or asked to be erased (`person_erased`).
    pub async fn add_lead(&self, caller: &Caller, new: NewLead) -> Result<AddedLead> {
        caller.may(Permission::WorkAudience)?;
        let rows = [read(&new, true)?];
        let ground = new.ground.map(|g| self.checked_ground(caller, g)).transpose()?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let [row] = &rows;
        let possible = self.possible_duplicates(&mut tx, &row.company, None).await?;
        let (profile, _) = self.profile_in_use(&mut tx).await?;
        let arrival = Arrival {
            rows: &rows,
            ground: ground.as_ref(),
            source: "manual",
            import: None,
            policy: ConflictPolicy::Fill,
            profile: &profile,
            actor: caller.actor,
        };
        let outcomes = self.bring_in(&mut tx, &arrival).await?;
        let outcome = outcomes.first().copied().unwrap_or_default();
        if outcome.is_erased {
            return Err(EngineError::refused("person_erased"));
        }
        if outcome.is_ambiguous {
            return Err(EngineError::refused("company_several"));
        }
        let id = outcome.new_lead.ok_or_else(|| EngineError::refused("contact_exists"))?;
        self.audit(&mut tx, caller, "lead.added", "lead", Some(id.0), &serde_json::json!({})).await?;
        self.ask_matching(&mut tx).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        // The company that was recognised is no double of itself.
        let duplicates =
            possible.into_iter().filter(|found| Some(found.company) != outcome.company).collect();
        Ok(AddedLead { id, duplicates: if outcome.company_is_new { duplicates } else { Vec::new() } })
    }
}

/// What was typed, as a row of a list. A person is only needed to add one.
fn read(new: &NewLead, needs_person: bool) -> Result<RowFacts> {
    let mut company = company_facts(&new.company, "company.")?;
    let typed = &new.contact;
    let is_nobody =
        [&typed.given_name, &typed.family_name, &typed.email].iter().all(|text| text.trim().is_empty());
    let person = if is_nobody && !needs_person {
        PersonFacts::default()
    } else {
        person_facts(typed, company.country.as_deref(), "contact.")?
    };
    company.domain =
        company.domain.or_else(|| company_domain(person.email.as_ref().map(EmailAddress::domain).as_ref()));
    let mut row = RowFacts::new(company, person);
    row.decision = new.meant.decision();
    Ok(row)
}

/// People of a company who may be the one that is typed in, the likeliest first.
async fn likely_people(
    tx: &mut Tx,
    company: CompanyId,
    typed: &PersonFacts,
    outcome: &RowOutcome,
) -> Result<Vec<LikelyPerson>> {
    let Some(firm) = company::get(tx, company).await?.filter(|_| typed.is_somebody()) else {
        return Ok(Vec::new());
    };
    // Nobody is made of it.
    let typed = new_contact(ContactId(Uuid::nil()), &firm, typed, "", firm.created_at);
    let typed = profile_of_person(&typed);
    let mut found = Vec::new();
    for person in contact::of_company(tx, company, COLLEAGUES_MAX).await? {
        let is_same = outcome.contact_matched && outcome.contact == Some(person.id);
        let likeness = compare_people(&profile_of_person(&person), &typed);
        let sign = likeness.map(|likeness| likeness.sign).or(is_same.then_some(PersonSign::Name));
        let Some(sign) = sign.filter(|_| person.erased_at.is_none()) else { continue };
        let lead = lead::of_contact(tx, person.id).await?.map(|lead| lead.id);
        found.push(LikelyPerson { person, lead, sign, is_same });
    }
    found.sort_by_key(|one| (!one.is_same, one.sign));
    Ok(found)
}
