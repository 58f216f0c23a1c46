//! One click: somebody whom a website names becomes a contact, with the page as source; and, when a person says that the
//! page invites it, with the page as proof.

use jiff::tz::TimeZone;
use kiem_domain::consent::Basis;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{ContactId, LeadId};
use kiem_domain::names::PersonName;
use kiem_domain::website::{EmailPurpose, FactKind};
use kiem_store::website::{self, WebsiteFact};
use kiem_store::{company, lead};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::engine::audience::people_at;
use crate::engine::audience::{
    Arrival, CompanyFacts, ConflictPolicy, NewGround, PersonFacts, RowDecision, RowFacts,
};
use crate::engine::settings::language_of;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::{Lang, say};

/// Who was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddedFromWebsite {
    /// The person or the mailbox of a role.
    pub contact: ContactId,
    /// Their place in the marketing list.
    pub lead: Option<LeadId>,
}

impl Engine {
    /// Adds the person or address of a fact as a contact of its company. With `designated` the caller says that the page
    /// publishes the address for offers, and the page becomes the proof; for an address that is a contact already only
    /// that is recorded.
    ///
    /// # Errors
    /// When the caller may not, the fact is neither a person nor an address (`website_no_contact`), the address cannot be
    /// meant for offers (`website_not_designated`), the contact is there already (`contact_exists`) or was erased.
    pub async fn add_from_website(
        &self,
        caller: &Caller,
        fact: Uuid,
        designated: bool,
    ) -> Result<AddedFromWebsite> {
        caller.may(Permission::WorkAudience)?;
        let (workspace, _) = self.workspace(caller.workspace).await?;
        let lang = language_of(&workspace);
        let mut tx = self.store().begin(caller.workspace).await?;
        let fact = website::fact(&mut tx, fact).await?.ok_or(EngineError::NotFound)?;
        let firm = company::get(&mut tx, fact.company_id).await?.ok_or(EngineError::NotFound)?;
        let person = person_of(&fact).ok_or_else(|| EngineError::refused("website_no_contact"))?;
        let ground = designated.then(|| designation(&fact, lang)).transpose()?;
        if let (Some(email), Some(ground)) = (&person.email, &ground)
            && let Some(known) = people_at(&mut tx, &[email.as_str().to_owned()]).await?.into_iter().next()
        {
            let on_list = lead::of_contact(&mut tx, known.id).await?;
            drop(tx);
            self.put_ground(caller, known.id, ground.clone()).await?;
            return Ok(AddedFromWebsite { contact: known.id, lead: on_list.map(|l| l.id) });
        }
        let ground = ground.map(|ground| self.checked_ground(caller, ground)).transpose()?;
        let (profile, _) = self.profile_in_use(&mut tx).await?;
        let company = CompanyFacts { name: firm.name.clone(), ..CompanyFacts::default() };
        let mut rows = [RowFacts::new(company, person)];
        rows[0].decision = Some(RowDecision::Company(firm.id, None));
        let arrival = Arrival {
            rows: &rows,
            ground: ground.as_ref(),
            source: &format!("website {}", fact.url),
            import: None,
            policy: ConflictPolicy::Fill,
            profile: &profile,
            actor: caller.actor,
        };
        let outcome = self.bring_in(&mut tx, &arrival).await?.first().copied().unwrap_or_default();
        if outcome.is_erased {
            return Err(EngineError::refused("person_erased"));
        }
        let (Some(contact), Some(lead)) = (outcome.contact, outcome.new_lead) else {
            return Err(EngineError::refused("contact_exists"));
        };
        let detail = json!({ "page": fact.url });
        self.audit(&mut tx, caller, "lead.added", "lead", Some(lead.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(AddedFromWebsite { contact, lead: Some(lead) })
    }
}

/// The ground that the page of an address proves.
fn designation(fact: &WebsiteFact, lang: Lang) -> Result<NewGround> {
    if !may_be_designated(fact) {
        return Err(EngineError::refused("website_not_designated"));
    }
    Ok(NewGround {
        basis: Basis::DesignatedAddress,
        source: say(lang, "website.source", &[("url", fact.url.clone())]),
        source_detail: fact.snippet.clone(),
        evidence_url: fact.url.clone(),
        obtained_on: fact.read_at.to_zoned_datetime(TimeZone::UTC).date(),
    })
}

fn detail(fact: &WebsiteFact, name: &str) -> Option<String> {
    let details: Value = serde_json::from_str(&fact.details).ok()?;
    details.get(name)?.as_str().map(str::to_owned)
}

/// Whether an address could be the one that its holder published for offers: of a role, for that purpose, and without
/// words around it that say the opposite.
pub fn may_be_designated(fact: &WebsiteFact) -> bool {
    let purpose = detail(fact, "purpose").and_then(|p| p.parse::<EmailPurpose>().ok());
    fact.kind == FactKind::Email
        && detail(fact, "audience").as_deref() == Some("role")
        && detail(fact, "refuses_approach").as_deref() == Some("no")
        && purpose.is_some_and(EmailPurpose::is_for_offers)
}

fn person_of(fact: &WebsiteFact) -> Option<PersonFacts> {
    match fact.kind {
        FactKind::Email => Some(PersonFacts {
            email: Some(EmailAddress::parse(&fact.value).ok()?),
            ..PersonFacts::default()
        }),
        FactKind::Person => Some(PersonFacts {
            name: Some(PersonName::parse(&fact.value)?),
            title: detail(fact, "title").filter(|title| !title.is_empty()),
            ..PersonFacts::default()
        }),
        _ => None,
    }
}
