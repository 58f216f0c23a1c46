//! Who somebody is that wrote an address on a public page: the visit's token, then the address, then its domain, and
//! else somebody new who came in by themselves.

use kiem_domain::contact::EmailAddress;
use kiem_domain::engagement::Actor;
use kiem_domain::id::{CompanyId, ContactId, LeadId};
use kiem_domain::names::PersonName;
use kiem_store::company;
use kiem_store::{Tx, contact, lead, mailbox, web_session};

use crate::engine::audience::people_at;
use crate::engine::audience::records::{copy_to_lead, new_company, new_contact, new_lead, score_company};
use crate::engine::audience::{CompanyFacts, PersonFacts};
use crate::engine::{Engine, EngineError, Result};

/// What somebody wrote about themselves.
#[derive(Debug, Clone)]
pub struct Introduction<'a> {
    /// Address.
    pub email: &'a EmailAddress,
    /// Name.
    pub name: &'a str,
    /// Company; may be empty.
    pub company: &'a str,
    /// Telephone; may be empty.
    pub phone: &'a str,
    /// Token of the visit that they came with.
    pub visit_token: Option<&'a str>,
    /// Where the record came from, in words.
    pub source: &'a str,
}

/// Who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// Seen from the lead.
    pub actor: Actor,
    /// Place in the marketing list.
    pub lead: Option<LeadId>,
    /// Person.
    pub contact: Option<ContactId>,
    /// Company.
    pub company: Option<CompanyId>,
}

impl Engine {
    /// Finds the person, or writes them down as somebody who came in by themselves. Colleagues of ours are nobody's
    /// lead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn who_is(&self, tx: &mut Tx, person: &Introduction<'_>) -> Result<Who> {
        let domain = person.email.domain().registrable();
        let own = mailbox::all(tx).await?;
        let is_own = |address: &str| {
            EmailAddress::parse(address).is_ok_and(|a| {
                let own = a.domain().registrable();
                own == domain && (!own.is_free_mail() || a.without_tag() == person.email.without_tag())
            })
        };
        if own.iter().any(|m| is_own(&m.address)) {
            return Ok(Who { actor: Actor::Staff, lead: None, contact: None, company: None });
        }
        if let Some(who) = self.who_visits(tx, person.visit_token).await? {
            return Ok(who);
        }
        let addresses = [person.email.to_string(), person.email.without_tag().to_string()];
        let known = people_at(tx, &addresses).await?.into_iter().find(|c| c.erased_at.is_none());
        let known = match known {
            Some(known) => known,
            None => self.welcome(tx, person).await?,
        };
        let lead = match lead::of_contact(tx, known.id).await? {
            Some(lead) => lead.id,
            None => self.put_on_list(tx, &known).await?,
        };
        Ok(Who {
            actor: Actor::Lead,
            lead: Some(lead),
            contact: Some(known.id),
            company: Some(known.company_id),
        })
    }

    async fn who_visits(&self, tx: &mut Tx, token: Option<&str>) -> Result<Option<Who>> {
        let Some((_, key)) = token.and_then(|token| self.read_visit_token(token)) else { return Ok(None) };
        // Who fills a form in before the first report is answered still holds the token of the link.
        let id = self.visit_of(&key);
        let found = web_session::by_ids(tx, &[id]).await?.into_iter().next();
        Ok(found.filter(|s| s.lead_id.is_some()).map(|s| Who {
            actor: Actor::Lead,
            lead: s.lead_id,
            contact: s.contact_id,
            company: s.company_id,
        }))
    }

    /// Writes somebody down who is new: at the company of their domain, or at one of their own.
    pub(crate) async fn welcome(&self, tx: &mut Tx, person: &Introduction<'_>) -> Result<contact::Contact> {
        let now = self.now();
        let domain = person.email.domain().registrable();
        let named = |text: &str| !text.trim().is_empty();
        let company = if domain.is_free_mail() { None } else { self.company_at(tx, domain.as_str()).await? };
        let company = match company {
            Some(company) => company,
            None => {
                let name = if named(person.company) {
                    person.company.trim().to_owned()
                } else if domain.is_free_mail() {
                    if named(person.name) { person.name.trim().to_owned() } else { person.email.to_string() }
                } else {
                    domain.as_str().to_owned()
                };
                let facts = CompanyFacts {
                    name,
                    domain: (!domain.is_free_mail()).then(|| domain.as_str().to_owned()),
                    ..CompanyFacts::default()
                };
                let mut company = new_company(self.new_id(), &facts, person.source, now);
                let (profile, _) = self.profile_in_use(tx).await?;
                score_company(&mut company, &profile);
                company::insert_many(tx, std::slice::from_ref(&company)).await?;
                company
            }
        };
        let facts = PersonFacts {
            name: PersonName::parse(person.name),
            email: Some(person.email.clone()),
            phone: named(person.phone).then(|| person.phone.trim().to_owned()),
            ..PersonFacts::default()
        };
        let new = new_contact(self.new_id(), &company, &facts, person.source, now);
        contact::insert_many(tx, std::slice::from_ref(&new), None).await?;
        self.ask_matching_if_any(tx).await?;
        Ok(new)
    }

    /// Gives a person their place in the marketing list.
    pub(crate) async fn put_on_list(&self, tx: &mut Tx, person: &contact::Contact) -> Result<LeadId> {
        let company = company::get(tx, person.company_id).await?.ok_or(EngineError::NotFound)?;
        let (profile, _) = self.profile_in_use(tx).await?;
        let mut new = new_lead(self.new_id(), person, None, self.now());
        copy_to_lead(&mut new, &company, person, &profile);
        lead::insert_many(tx, std::slice::from_ref(&new)).await?;
        Ok(new.id)
    }
}
