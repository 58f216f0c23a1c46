//! Bringing rows of facts into the audience: companies and people are matched or made, blanks are filled, nothing that
//! is known is overwritten, and who must not be mailed comes in blocked. All in the caller's transaction.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::audience::IdealProfile;
use kiem_domain::consent::Basis;
use kiem_domain::id::{CompanyId, ContactId, ImportId, LeadId, UserId, WorkspaceId};
use kiem_domain::lead::LeadState;
use kiem_store::Tx;
use kiem_store::batch::Batch;
use kiem_store::company::{self, Company, NewCompanies};
use kiem_store::contact::{self, Contact, NewContacts};
use kiem_store::event::{self, Actor, Event};
use kiem_store::ground::{self, DeclaredGround};
use kiem_store::import_trace::{self, ChangedKind, ImportChange};
use kiem_store::lead::{self, Lead};
use kiem_store::{prospect, suppression};
use serde_json::Value;
use uuid::Uuid;

use super::conflicts::{Conflict, ConflictPolicy, company_map, contact_map, difference, joined};
use super::desk::{Before, Change, Desk, chosen};
use super::facts::RowFacts;
use super::memory::Memory;
use super::records::{copy_to_lead, new_lead, score_company, shows_alike};
use super::sources::{RecordChange, noted_fields};
use super::trace::MatchedBy;
use crate::engine::{Engine, Result};

/// Rows that arrive together.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// What they say.
    pub rows: &'a [RowFacts],
    /// Recorded for new people, and for people without a ground.
    pub ground: Option<&'a GroundToRecord>,
    /// Where they come from, in words: the file's name, or "by hand".
    pub source: &'a str,
    /// The upload.
    pub import: Option<ImportId>,
    /// Against which fit is scored.
    pub profile: &'a IdealProfile,
    /// What wins where a row and a record differ, unless it was decided about the row.
    pub policy: ConflictPolicy,
    /// Who brings them in.
    pub actor: Actor,
}

/// Why people may be approached, as a person declared it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroundToRecord {
    /// Why.
    pub basis: Basis,
    /// Where the data came from, in words that the first mail repeats.
    pub source: String,
    /// Proof in words.
    pub source_detail: String,
    /// The page on which the proof stands.
    pub evidence_url: Option<String>,
    /// Day on which data or consent was obtained.
    pub obtained_on: Date,
    /// Who declared it.
    pub recorded_by: UserId,
}

impl GroundToRecord {
    /// The ground as it is recorded at `now`.
    pub(super) fn declared(&self, now: Timestamp) -> DeclaredGround {
        DeclaredGround {
            basis: self.basis,
            source: self.source.clone(),
            source_detail: self.source_detail.clone(),
            evidence_url: self.evidence_url.clone(),
            obtained_on: self.obtained_on,
            recorded_by: self.recorded_by,
            recorded_at: now,
        }
    }
}

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowOutcome {
    /// The company; missing when the row was refused.
    pub company: Option<CompanyId>,
    /// The person, when the row has one.
    pub contact: Option<ContactId>,
    /// The place in the list, when it is new.
    pub new_lead: Option<LeadId>,
    /// Whether the company is new.
    pub company_is_new: bool,
    /// Whether the person was there before this row.
    pub contact_matched: bool,
    /// Whether the person must not be mailed.
    pub is_suppressed: bool,
    /// Whether the row was refused because the person asked to be erased.
    pub is_erased: bool,
    /// Whether the row was refused because it names a company by a number that nobody knows.
    pub is_unknown: bool,
    /// Whether the row was refused because it may mean several companies.
    pub is_ambiguous: bool,
    /// Whether a person left the row out.
    pub is_skipped: bool,
    /// Whether the address of the row is somebody else's, and was left there.
    pub address_is_anothers: bool,
    /// By what the company was recognised, when it was there.
    pub matched_by: Option<MatchedBy>,
}

/// Rows, with everything that the database knows about whom they may mean.
pub(super) struct LookedUp {
    workspace: WorkspaceId,
    desk: Desk,
    outcomes: Vec<RowOutcome>,
}

/// Rows that were decided about.
pub(super) struct Placed {
    /// The records.
    pub(super) desk: Desk,
    /// The person of each row on the desk.
    contact_of: Vec<Option<usize>>,
    /// Who is new, with a place in the marketing list, ready for the database.
    companies: NewCompanies,
    contacts: NewContacts,
    leads: Batch,
    events: Vec<Event>,
    /// What becomes different of records that were there.
    changes: Vec<RecordChange>,
    outcomes: Vec<RowOutcome>,
}

impl Placed {
    /// What becomes of each row.
    pub(super) fn outcomes(&self) -> &[RowOutcome] {
        &self.outcomes
    }
}

impl RowOutcome {
    /// Why the row was left out as a whole: a catalogue key below `import.error`.
    pub fn refusal(&self) -> Option<&'static str> {
        if self.is_erased {
            Some("erased")
        } else if self.is_unknown {
            Some("unknown_company")
        } else if self.is_ambiguous {
            Some("ambiguous_company")
        } else if self.is_skipped {
            Some("skipped")
        } else {
            None
        }
    }
}

impl Engine {
    /// Brings rows in. One outcome per row, in order. Safe to do twice: the second time everything matches.
    ///
    /// # Errors
    /// When the database fails, or another transaction made one of the companies meanwhile
    /// ([`crate::engine::EngineError::Conflict`]); then the transaction must be thrown away and done again.
    pub async fn bring_in(&self, tx: &mut Tx, arrival: &Arrival<'_>) -> Result<Vec<RowOutcome>> {
        let asked = self.look_rows_up(tx, arrival, Before::default()).await?;
        self.write_placed(tx, arrival, self.place_arrival(arrival, asked)).await
    }

    /// Asks the database everything by which the rows are decided about.
    pub(super) async fn look_rows_up(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        before: Before<'_>,
    ) -> Result<LookedUp> {
        let outcomes = self.look_up_suppressed(tx, arrival.rows).await?;
        let mut desk = Desk::new(arrival, self.now());
        desk.load(tx, arrival.rows, before).await?;
        Ok(LookedUp { workspace: tx.workspace(), desk, outcomes })
    }

    /// Decides which company and which person each row means, and what is written of them: pure computing.
    pub(super) fn place_arrival(&self, arrival: &Arrival<'_>, asked: LookedUp) -> Placed {
        let LookedUp { workspace, mut desk, mut outcomes } = asked;
        let contact_of = self.place_rows(&mut desk, arrival.rows, &mut outcomes);
        for (company, _) in desk.companies.iter_mut().filter(|(_, change)| *change != Change::Same) {
            score_company(company, arrival.profile);
        }
        // Who objects in any of the rows objects, also when an earlier one brings them in.
        let objecting: HashSet<usize> = (contact_of.iter().zip(&outcomes))
            .filter_map(|(index, outcome)| index.filter(|_| outcome.is_suppressed))
            .collect();
        let (mut leads, mut seen) = (Vec::new(), HashSet::new());
        for (index, outcome) in contact_of.iter().zip(&mut outcomes) {
            let Some(index) = index else { continue };
            let (person, change) = &desk.contacts[*index];
            if *change == Change::New && seen.insert(*index) {
                let lead = self.lead_for(&desk, person, arrival, objecting.contains(index));
                outcome.new_lead = Some(lead.id);
                leads.push(lead);
            }
        }
        // Who came in with a list is known by its place in it.
        let told: &[Lead] = if arrival.import.is_none() { &leads } else { &[] };
        let events = told.iter().map(|lead| self.arrived(lead, arrival)).collect();
        let list = arrival.import.filter(|_| arrival.ground.is_some());
        let new: HashSet<CompanyId> = chosen(&desk.companies, Change::New).map(|firm| firm.id).collect();
        Placed {
            companies: NewCompanies::of(workspace, chosen(&desk.companies, Change::New)),
            contacts: NewContacts::of(workspace, chosen(&desk.contacts, Change::New), list, &new),
            leads: lead::batch(workspace, &leads),
            changes: record_changes(&desk),
            desk,
            contact_of,
            events,
            outcomes,
        }
    }

    /// Says what would become of rows, without writing anything. What earlier rows would have made is in `memory`, and what
    /// these rows would make is added to it. Also says where rows and records differ.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn judge(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        memory: &mut Memory,
    ) -> Result<(Vec<RowOutcome>, Vec<Conflict>)> {
        let before = Before { memory: Some(memory), ..Before::default() };
        let LookedUp { mut desk, mut outcomes, .. } = self.look_rows_up(tx, arrival, before).await?;
        desk.conflicts = Some(Vec::new());
        self.place_rows(&mut desk, arrival.rows, &mut outcomes);
        memory.keep(&desk);
        Ok((outcomes, desk.conflicts.take().unwrap_or_default()))
    }

    /// Decides which company and which person each row means. Returns the person's place on the desk.
    fn place_rows(
        &self,
        desk: &mut Desk,
        rows: &[RowFacts],
        outcomes: &mut [RowOutcome],
    ) -> Vec<Option<usize>> {
        let companies: Vec<Option<usize>> = (rows.iter().enumerate().zip(outcomes.iter_mut()))
            .map(|((place, row), outcome)| {
                let company =
                    if outcome.is_erased { None } else { desk.place_company(self, place, row, outcome) };
                outcome.is_erased |= company.is_some_and(|company| desk.is_erased(self, company, row));
                company
            })
            .collect();
        let placed = rows.iter().enumerate().zip(companies).zip(outcomes);
        placed
            .map(|(((place, row), company), outcome)| {
                outcome.is_suppressed |= row.do_not_mail;
                let company = company.filter(|_| !outcome.is_erased)?;
                desk.place_contact(self, place, row, company, outcome)
            })
            .collect()
    }

    async fn look_up_suppressed(&self, tx: &mut Tx, rows: &[RowFacts]) -> Result<Vec<RowOutcome>> {
        if !suppression::is_any(tx).await? {
            return Ok(vec![RowOutcome::default(); rows.len()]);
        }
        let mut of_domain: HashMap<String, [Vec<u8>; 2]> = HashMap::new();
        let mut of_row: Vec<Option<(Vec<u8>, String)>> = Vec::with_capacity(rows.len());
        for row in rows {
            of_row.push(row.person.email.as_ref().map(|email| {
                let domain = email.domain();
                of_domain.entry(domain.as_str().to_owned()).or_insert_with(|| {
                    let hash = |d: &str| self.keys().suppression_hash("domain", d);
                    [hash(domain.as_str()), hash(domain.registrable().as_str())]
                });
                (self.keys().address_hash(email), domain.as_str().to_owned())
            }));
        }
        let mut hashes: HashSet<Vec<u8>> = of_domain.values().flatten().cloned().collect();
        hashes.extend(of_row.iter().flatten().map(|(hash, _)| hash.clone()));
        let hashes: Vec<Vec<u8>> = hashes.into_iter().collect();
        let found: HashMap<Vec<u8>, String> = suppression::reasons(tx, &hashes).await?.into_iter().collect();
        Ok(of_row
            .iter()
            .map(|row| {
                let Some((hash, domain)) = row else { return RowOutcome::default() };
                let by_domain =
                    of_domain.get(domain).is_some_and(|both| both.iter().any(|h| found.contains_key(h)));
                RowOutcome {
                    is_suppressed: by_domain || found.contains_key(hash),
                    is_erased: found.get(hash).is_some_and(|reason| reason == "erased"),
                    ..RowOutcome::default()
                }
            })
            .collect())
    }

    /// Writes what was decided. One outcome per row, in order.
    pub(super) async fn write_placed(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        placed: Placed,
    ) -> Result<Vec<RowOutcome>> {
        let Placed { desk, contact_of, companies, contacts, leads, events, changes, outcomes } = placed;
        self.heed_objections(tx, arrival, &desk, &outcomes, &contact_of).await?;
        companies.insert(tx).await?;
        company::update_many(tx, chosen(&desk.companies, Change::Changed)).await?;
        contacts.insert(tx).await?;
        contact::update_many(tx, chosen(&desk.contacts, Change::Changed)).await?;
        leads.insert(tx, "").await?;
        event::append_many(tx, &events).await?;
        let grounds = self.write_grounds(tx, arrival, &desk, &contact_of).await?;
        match arrival.import {
            Some(import) => trace_changes(tx, import, changes, &grounds).await?,
            None => self.note_arrival(tx, arrival, &changes).await?,
        }
        self.refresh_changed(tx, arrival, &desk).await?;
        Ok(outcomes)
    }

    fn lead_for(&self, desk: &Desk, person: &Contact, arrival: &Arrival<'_>, is_suppressed: bool) -> Lead {
        let mut lead = new_lead(self.new_id(), person, arrival.import, desk.now);
        if is_suppressed {
            lead.state = LeadState::Blocked;
        }
        if let Some(index) = desk.by_id.get(&person.company_id) {
            copy_to_lead(&mut lead, &desk.companies[*index].0, person, arrival.profile);
        }
        lead
    }

    fn arrived(&self, lead: &Lead, arrival: &Arrival<'_>) -> Event {
        let mut event = self.event(arrival.actor, "lead.imported", "lead", Some(lead.id.0));
        event.company_id = Some(lead.company_id);
        event.contact_id = Some(lead.contact_id);
        event.data = serde_json::json!({ "source": arrival.source }).to_string();
        event
    }

    /// Puts everybody on the ground who stands on none. Returns who of them was there before.
    async fn write_grounds(
        &self,
        tx: &mut Tx,
        arrival: &Arrival<'_>,
        desk: &Desk,
        contact_of: &[Option<usize>],
    ) -> Result<Vec<ContactId>> {
        let Some(ground) = arrival.ground else { return Ok(Vec::new()) };
        let ground = ground.declared(desk.now);
        let people: HashSet<usize> = contact_of.iter().flatten().copied().collect();
        let (new, known): (Vec<usize>, Vec<usize>) =
            people.into_iter().partition(|index| desk.contacts[*index].1 == Change::New);
        let ids = |indexes: &[usize]| -> Vec<ContactId> {
            indexes.iter().map(|index| desk.contacts[*index].0.id).collect()
        };
        let without = ground::without(tx, &ids(&known)).await?;
        if let Some(import) = arrival.import {
            // Who is new was put on it when they were written.
            ground::declare(tx, import, &ground).await?;
            ground::stand_on(tx, &without, import).await?;
        } else {
            for person in ids(&new).into_iter().chain(without.iter().copied()) {
                ground::put(tx, person, &ground).await?;
            }
        }
        Ok(without)
    }

    /// Records that were filled up show in the list as they are now.
    async fn refresh_changed(&self, tx: &mut Tx, arrival: &Arrival<'_>, desk: &Desk) -> Result<()> {
        let before: HashMap<CompanyId, &Company> =
            desk.companies_before.iter().map(|company| (company.id, company)).collect();
        // A telephone or a street that was filled in shows in no list.
        let firms: Vec<CompanyId> = chosen(&desk.companies, Change::Changed)
            .filter(|company| before.get(&company.id).is_none_or(|before| !shows_alike(before, company)))
            .map(|company| company.id)
            .collect();
        let people: Vec<&Contact> = chosen(&desk.contacts, Change::Changed).collect();
        if firms.is_empty() && people.is_empty() {
            return Ok(());
        }
        let ids: Vec<ContactId> = people.iter().map(|person| person.id).collect();
        let leads = lead::touched_by(tx, &firms, &ids).await?;
        let on_desk = |lead: &Lead| desk.place_of(lead.contact_id).map(|place| &desk.contacts[place].0);
        let others: Vec<ContactId> =
            leads.iter().filter(|lead| on_desk(lead).is_none()).map(|lead| lead.contact_id).collect();
        let others: HashMap<ContactId, Contact> =
            contact::by_ids(tx, &others).await?.into_iter().map(|person| (person.id, person)).collect();
        let mut fresh = Vec::new();
        for lead in leads {
            let company = desk.by_id.get(&lead.company_id).map(|place| &desk.companies[*place].0);
            let person = on_desk(&lead).or_else(|| others.get(&lead.contact_id));
            let (Some(company), Some(person)) = (company, person) else { continue };
            let mut copy = lead.clone();
            copy_to_lead(&mut copy, company, person, arrival.profile);
            if copy != lead {
                fresh.push(copy);
            }
        }
        lead::update_copies(tx, &fresh).await?;
        let firms: HashSet<CompanyId> =
            firms.into_iter().chain(people.iter().map(|person| person.company_id)).collect();
        for id in prospect::companies_pursued(tx, &firms.into_iter().collect::<Vec<_>>()).await? {
            if let Some(place) = desk.by_id.get(&id) {
                self.refresh_pursuits(tx, &desk.companies[*place].0, arrival.profile).await?;
            }
        }
        Ok(())
    }

    /// Copies a company's facts to the leads and pursuits there. Returns how many leads were written.
    pub(in crate::engine) async fn refresh_leads(
        &self,
        tx: &mut Tx,
        company: &Company,
        profile: &IdealProfile,
    ) -> Result<usize> {
        let n = self.refresh_lead_copies(tx, company, profile).await?;
        self.refresh_pursuits(tx, company, profile).await?;
        Ok(n)
    }

    /// The same for the leads only.
    pub(super) async fn refresh_lead_copies(
        &self,
        tx: &mut Tx,
        company: &Company,
        profile: &IdealProfile,
    ) -> Result<usize> {
        let people: HashMap<ContactId, Contact> = contact::of_company(tx, company.id, LEADS_PER_COMPANY_MAX)
            .await?
            .into_iter()
            .map(|c| (c.id, c))
            .collect();
        let mut n = 0;
        for mut lead in lead::of_company(tx, company.id, LEADS_PER_COMPANY_MAX).await? {
            let Some(person) = people.get(&lead.contact_id) else { continue };
            let before = lead.clone();
            copy_to_lead(&mut lead, company, person, profile);
            if lead != before {
                lead::update_copies(tx, [&lead]).await?;
                n += 1;
            }
        }
        Ok(n)
    }
}

/// People of one company whose list entries are refreshed together.
const LEADS_PER_COMPANY_MAX: i64 = 10_000;

/// What became different of records that were there.
fn record_changes(desk: &Desk) -> Vec<RecordChange> {
    let companies = desk.companies_before.iter().filter_map(|before| {
        let after = &desk.companies[*desk.by_id.get(&before.id)?].0;
        let facts = difference(&company_map(before), &company_map(after));
        Some(RecordChange { company: before.id, contact: None, facts })
    });
    let people = desk.contacts_before.iter().filter_map(|before| {
        let after = &desk.contacts[desk.place_of(before.id)?].0;
        let facts = difference(&contact_map(before), &contact_map(after));
        Some(RecordChange { company: after.company_id, contact: Some(before.id), facts })
    });
    companies.chain(people).collect()
}

/// Keeps what records were before an upload changed them.
async fn trace_changes(
    tx: &mut Tx,
    import: ImportId,
    records: Vec<RecordChange>,
    grounds: &[ContactId],
) -> Result<()> {
    let mut changes = Vec::new();
    let (people, companies): (Vec<RecordChange>, Vec<RecordChange>) =
        records.into_iter().partition(|record| record.contact.is_some());
    for (kind, records) in [(ChangedKind::Company, companies), (ChangedKind::Contact, people)] {
        let subject = |record: &RecordChange| record.contact.map_or(record.company.0, |id| id.0);
        let ids: Vec<Uuid> = records.iter().map(subject).collect();
        let earlier: HashMap<Uuid, String> = import_trace::changes_of(tx, import, kind, &ids)
            .await?
            .into_iter()
            .map(|change| (change.subject, change.facts))
            .collect();
        for record in records {
            let subject = subject(&record);
            let facts = match earlier.get(&subject).and_then(|text| serde_json::from_str(text).ok()) {
                Some(first) => joined(&first, record.facts),
                None => record.facts,
            };
            let fields = noted_fields(&facts).join(",");
            changes.push(ImportChange { kind, subject, facts: Value::Object(facts).to_string(), fields });
        }
    }
    changes.extend(grounds.iter().map(|id| ImportChange {
        kind: ChangedKind::Ground,
        subject: id.0,
        facts: "{}".to_owned(),
        fields: String::new(),
    }));
    Ok(import_trace::put_changes(tx, import, &changes).await?)
}
