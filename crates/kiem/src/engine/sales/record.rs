//! The record of a prospect: facts, people, what we know and what to ask, deals, quotes, tasks, one timeline.

use std::collections::HashMap;

use jiff::Timestamp;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{CompanyId, ContactId, PromotionId, ProspectId};
use kiem_domain::lifecycle::{Lifecycle, LifecycleFacts, lifecycle};
use kiem_domain::qualification::{Finding, Question, next_question};
use kiem_store::event::{self, Event};
use kiem_store::finding::{self, StoredFinding};
use kiem_store::opportunity::{self, Opportunity};
use kiem_store::quote::{self, Quote};
use kiem_store::task::{self, TaskCard};
use kiem_store::thread::{self, CompanyFacts, Person};
use kiem_store::{Tx, account, contact, promotion, prospect};
use uuid::Uuid;

use super::Card;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Entries of a timeline that are read at once.
const TIMELINE_MAX: i64 = 200;
/// Finished tasks that the record shows; older ones stand in the timeline.
const TASKS_DONE_MAX: i64 = 20;

/// Everything on the record page but the timeline.
#[derive(Debug, Clone)]
pub struct Record {
    /// The pursuit as lists show it.
    pub card: Card,
    /// Lead, prospect, opportunity or customer.
    pub lifecycle: Lifecycle,
    /// Name of the owner.
    pub owner_name: Option<String>,
    /// The company.
    pub company: CompanyFacts,
    /// The people.
    pub people: Vec<Person>,
    /// All findings, oldest first.
    pub findings: Vec<StoredFinding>,
    /// The one question to ask now.
    pub question: Option<Question>,
    /// Deals, newest first.
    pub opportunities: Vec<Opportunity>,
    /// Quotes, newest first.
    pub quotes: Vec<Quote>,
    /// Open tasks, first due first.
    pub tasks: Vec<TaskCard>,
    /// Tasks that were done, last done first.
    pub tasks_done: Vec<TaskCard>,
    /// People who are on the suppression list: since when, and why.
    pub suppressed: HashMap<ContactId, (Timestamp, String)>,
    /// To whom an answer goes: who wrote last.
    pub answers_to: Option<ContactId>,
    /// The promotions that opened or joined it, newest first.
    pub promotions: Vec<PromotionId>,
    /// Whether an answer goes on in a thread that is there already.
    pub has_thread: bool,
}

/// One entry of the timeline with its words.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What happened.
    pub event: Event,
    /// Subject of the mail.
    pub subject: Option<String>,
    /// Words of the mail or note.
    pub text: Option<String>,
    /// Name of the person of ours who did it.
    pub actor_name: Option<String>,
    /// Name of the person at the company whom it is about.
    pub contact_name: Option<String>,
}

impl Engine {
    /// The record of a prospect.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], or when the caller may not look.
    pub async fn prospect(&self, caller: &Caller, id: ProspectId) -> Result<Record> {
        caller.may(Permission::View)?;
        let scene = self.scene(caller.workspace).await?;
        let mut tx = self.store().read(caller.workspace).await?;
        let row = prospect::card(&mut tx, id).await?;
        let pursuit = row.prospect.clone();
        let card = self.cards(&mut tx, &scene, vec![row]).await?.pop().ok_or(EngineError::NotFound)?;
        let findings = finding::of_prospects(&mut tx, &[id]).await?;
        let opportunities = opportunity::of_prospect(&mut tx, id).await?;
        let plain: Vec<Finding> = findings.iter().map(|f| f.finding.clone()).collect();
        let facts = LifecycleFacts {
            prospect: Some(pursuit.state),
            has_open_opportunity: card.card.has_opportunity,
            has_won: opportunity::has_won(&mut tx, pursuit.company_id).await?,
        };
        let people = thread::people(&mut tx, id).await?;
        let answers_to = self.last_writer(&mut tx, &pursuit, &people).await?;
        let record = Record {
            lifecycle: lifecycle(facts),
            owner_name: None,
            company: thread::company_facts(&mut tx, pursuit.company_id).await?,
            suppressed: self.suppressed_among(&mut tx, &people).await?,
            answers_to,
            question: pursuit.state.is_open().then(|| next_question(&plain)).flatten(),
            findings,
            opportunities,
            quotes: quote::of_prospect(&mut tx, id).await?,
            tasks: task::open_of_prospect(&mut tx, id).await?,
            tasks_done: task::done_of_prospect(&mut tx, id, TASKS_DONE_MAX).await?,
            promotions: promotion::of_prospect(&mut tx, id).await?.iter().rev().map(|p| p.id).collect(),
            has_thread: thread::end_with(&mut tx, answers_to.unwrap_or(pursuit.contact_id)).await?.is_some(),
            people,
            card,
        };
        drop(tx);
        let mut global = self.store().global_read().await?;
        let owner = account::user(&mut global, pursuit.owner_id).await?;
        Ok(Record { owner_name: owner.map(|user| user.name), ..record })
    }

    /// Who of these people must not be mailed.
    async fn suppressed_among(
        &self,
        tx: &mut Tx,
        people: &[Person],
    ) -> Result<HashMap<ContactId, (Timestamp, String)>> {
        let mut found = HashMap::new();
        for person in people {
            let Some(Ok(address)) = person.email.as_deref().map(EmailAddress::parse) else { continue };
            let hashes = self.suppression_hashes(&address);
            if let Some(since) = promotion::suppressed_since(tx, &hashes).await? {
                found.insert(person.contact_id, since);
            }
        }
        Ok(found)
    }

    /// The timeline of a prospect's company, newest first, from before `before` on: from the first cold mail to the
    /// signed quote.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], or when the caller may not look.
    pub async fn timeline(
        &self,
        caller: &Caller,
        id: ProspectId,
        before: Option<Timestamp>,
        limit: i64,
    ) -> Result<Vec<Entry>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let company = prospect::get(&mut tx, id).await?.company_id;
        self.entries(tx, company, before, limit).await
    }

    /// The timeline of a company, newest first, from before `before` on.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], or when the caller may not look.
    pub async fn company_timeline(
        &self,
        caller: &Caller,
        id: CompanyId,
        before: Option<Timestamp>,
        limit: i64,
    ) -> Result<Vec<Entry>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        thread::company_facts(&mut tx, id).await?;
        self.entries(tx, id, before, limit).await
    }

    async fn entries(
        &self,
        mut tx: Tx,
        company: CompanyId,
        before: Option<Timestamp>,
        limit: i64,
    ) -> Result<Vec<Entry>> {
        let before = before.unwrap_or(Timestamp::MAX);
        let events = event::timeline(&mut tx, company, before, limit.clamp(1, TIMELINE_MAX)).await?;
        let ids: Vec<Uuid> = events
            .iter()
            .filter(|e| matches!(e.subject_kind.as_str(), "message" | "inbound" | "note"))
            .filter_map(|e| e.subject_id)
            .collect();
        let words: HashMap<Uuid, (String, String)> = thread::texts(&mut tx, &ids)
            .await?
            .into_iter()
            .map(|(id, subject, text)| (id, (subject, text)))
            .collect();
        let people = contact_names(&mut tx, &events).await?;
        drop(tx);
        let names = self.names_of(&events).await?;
        Ok(events
            .into_iter()
            .map(|event| {
                let found = event.subject_id.and_then(|id| words.get(&id)).cloned();
                let (subject, text) = found.map_or((None, None), |(s, t)| (Some(s), Some(t)));
                let actor_name = event.actor_id.and_then(|id| names.get(&id)).cloned();
                let contact_name = event.contact_id.and_then(|id| people.get(&id)).cloned();
                Entry { event, subject: subject.filter(|s| !s.is_empty()), text, actor_name, contact_name }
            })
            .collect())
    }

    /// Names of the people of ours behind events.
    async fn names_of(&self, events: &[Event]) -> Result<HashMap<Uuid, String>> {
        let mut ids: Vec<Uuid> =
            events.iter().filter(|e| e.actor_kind == "user").filter_map(|e| e.actor_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut names = HashMap::new();
        let mut global = self.store().global_read().await?;
        for id in ids {
            if let Some(user) = account::user(&mut global, id.into()).await? {
                names.insert(id, user.name);
            }
        }
        Ok(names)
    }
}

/// Names of the people at the company whom events are about; who was erased has none.
async fn contact_names(tx: &mut Tx, events: &[Event]) -> Result<HashMap<ContactId, String>> {
    let mut ids: Vec<ContactId> = events.iter().filter_map(|event| event.contact_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = contact::by_ids(tx, &ids).await?;
    let named = people.into_iter().map(|person| (person.id, person.full_name()));
    Ok(named.filter(|(_, name)| !name.is_empty()).collect())
}
