//! What a reading leaves behind, in one transaction: the reading and its facts, blanks that are filled, refusals that are
//! heeded, evidence that was missing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiem_adapters::website::{ReadFact, SiteReading};
use kiem_domain::company::DomainName;
use kiem_domain::consent::Basis;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{CompanyId, WebsiteRunId, WorkspaceId};
use kiem_domain::lead::LeadState;
use kiem_domain::names::PersonName;
use kiem_domain::website::{
    EmailAudience, EmailPurpose, Fact, FactKind, FillField, Finding, KnownCompany, PageKind, ReadingOutcome,
    fills, kind_of,
};
use kiem_store::company::{self, Company, CompanyKey};
use kiem_store::erasure;
use kiem_store::event::Actor;
use kiem_store::ground;
use kiem_store::job::{self, Job};
use kiem_store::suppression::{self, Suppression};
use kiem_store::website::{self, WebsiteFact, WebsiteReading};
use kiem_store::website_run::{self, RunCounts};
use kiem_store::{Tx, contact, lead, prospect};
use serde_json::{Map, Value, json};

use crate::engine::audience::people_at;
use crate::engine::audience::records::score_company;
use crate::engine::send::journal::JournalOutcome;
use crate::engine::suppress::StopOrder;
use crate::engine::{Caller, Engine, EngineError, Result};

/// Pages that were not read and are told.
const REFUSED_MAX: usize = 50;
/// Lines of what a site is made with or says that are compared with the profile.
const SITE_LINES_MAX: usize = 50;
/// Characters of one of them.
const SITE_LINE_CHARS_MAX: usize = 300;
/// Characters of the source of an entry on the suppression list.
const SOURCE_CHARS_MAX: usize = 300;

/// Whose reading it is, and for whom it was made.
#[derive(Clone, Copy)]
pub(super) struct Kept<'a> {
    pub(super) round: WebsiteRunId,
    pub(super) job: &'a Job,
    pub(super) company: CompanyId,
    /// The address that was read; empty when there is none.
    pub(super) site: &'a str,
    /// Until when the worker holds the round.
    pub(super) hold_until: Timestamp,
}

impl Engine {
    /// Keeps a reading. False when the round was stopped meanwhile, or is another worker's: then nothing was kept.
    pub(super) async fn keep_reading(
        &self,
        workspace: WorkspaceId,
        kept: &Kept<'_>,
        reading: &SiteReading,
        outcome: (ReadingOutcome, Option<String>),
        retry_at: Option<Timestamp>,
    ) -> Result<bool> {
        match self.keep_once(workspace, kept, reading, &outcome, retry_at).await {
            // Somebody gave another company the same register number at this moment: now it shows.
            Err(EngineError::Conflict) => self.keep_once(workspace, kept, reading, &outcome, retry_at).await,
            other => other,
        }
    }

    async fn keep_once(
        &self,
        workspace: WorkspaceId,
        kept: &Kept<'_>,
        reading: &SiteReading,
        (outcome, detail): &(ReadingOutcome, Option<String>),
        retry_at: Option<Timestamp>,
    ) -> Result<bool> {
        // Read at the end too: a workspace that wants no people any more gets none from a reading that had begun.
        let (_, settings) = self.workspace(workspace).await?;
        let mut tx = self.store().begin(workspace).await?;
        let Some(mut firm) = company::get(&mut tx, kept.company).await? else { return Ok(true) };
        let found = self.keepable(&mut tx, firm.id, reading, settings.website_people).await?;
        let before = website::facts(&mut tx, firm.id).await?;
        let stored = WebsiteReading {
            company_id: firm.id,
            site: kept.site.to_owned(),
            read_at: self.now(),
            outcome: *outcome,
            outcome_detail: detail.clone(),
            n_pages: count(reading.pages.len()),
            refused: refused_json(reading),
            content_hash: reading.content_hash(),
            retry_at,
        };
        website::put_reading(&mut tx, &stored).await?;
        if !outcome.keeps_older_facts() {
            let facts: Vec<WebsiteFact> = found.iter().map(|read| self.stored_fact(firm.id, read)).collect();
            website::replace_facts(&mut tx, firm.id, &facts).await?;
        }
        let is_read = *outcome == ReadingOutcome::Read;
        let says_else = !outcome.keeps_older_facts() && put_site(&mut firm, is_read.then_some(&found));
        let mut added = RunCounts {
            n_read: i64::from(is_read),
            n_refused: i64::from(!is_read),
            n_facts: count(found.len()),
            ..RunCounts::default()
        };
        added.n_suppressed = self.heed_refusals(&mut tx, &firm, &found, &before).await?;
        self.prove_designations(&mut tx, &firm, &found).await?;
        let filled =
            if is_read { self.fill_blanks(&mut tx, &mut firm, &found).await? } else { BTreeMap::new() };
        if says_else || !filled.is_empty() {
            self.write_read_firm(&mut tx, &mut firm, &filled).await?;
        }
        added.n_filled = count(filled.len());
        let is_ours = website_run::done(&mut tx, kept.round, kept.company, *outcome, &added, self.now())
            .await?
            && job::hold(&mut tx, kept.job, kept.hold_until).await?;
        if is_ours {
            tx.commit().await?;
            self.committed(workspace);
        }
        Ok(is_ours)
    }

    /// The facts that may be kept: nobody by name unless the workspace wants people, and never an address or a name of
    /// somebody who was erased.
    async fn keepable<'r>(
        &self,
        tx: &mut Tx,
        company: CompanyId,
        reading: &'r SiteReading,
        wants_people: bool,
    ) -> Result<Vec<&'r ReadFact>> {
        let mut kept = Vec::new();
        let erased: Vec<Vec<u8>> =
            erasure::names_at(tx, &[company]).await?.into_iter().map(|(_, hash)| hash).collect();
        let is_erased = |name: &str| {
            let known = PersonName::parse(name).map(|name| self.keys().erased_name_hash(&name.key()));
            known.is_some_and(|hash| erased.contains(&hash))
        };
        for read in &reading.facts {
            let finding = &read.fact.finding;
            if finding.is_personal() && !wants_people {
                continue;
            }
            if let Finding::Person { name, .. } = finding
                && !erased.is_empty()
                && is_erased(name)
            {
                continue;
            }
            if let Finding::Email { address, .. } = finding {
                let reasons = suppression::reasons(tx, &[self.keys().address_hash(address)]).await?;
                if reasons.iter().any(|(_, reason)| reason == "erased") {
                    continue;
                }
            }
            kept.push(read);
        }
        Ok(kept)
    }

    fn stored_fact(&self, company: CompanyId, read: &ReadFact) -> WebsiteFact {
        let finding = &read.fact.finding;
        let details: Map<String, Value> = finding
            .details()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .collect();
        WebsiteFact {
            id: self.new_id(),
            company_id: company,
            kind: finding.kind(),
            value: finding.value(),
            details: Value::Object(details).to_string(),
            url: read.fact.url.clone(),
            snippet: read.fact.snippet.clone(),
            read_at: read.read_at,
            content_hash: read.content_hash.clone(),
            is_personal: finding.is_personal(),
        }
    }

    /// Puts on the suppression list who asks on the site not to be approached. What the reading before said already was
    /// heeded then: whoever took an entry off knew what the site says.
    async fn heed_refusals(
        &self,
        tx: &mut Tx,
        firm: &Company,
        found: &[&ReadFact],
        before: &[WebsiteFact],
    ) -> Result<i64> {
        let mut n = 0;
        for ReadFact { fact, .. } in found {
            let was_known = before.iter().any(|old| {
                let is_refusal =
                    old.kind == FactKind::NoApproach || old.details.contains("\"refuses_approach\":\"yes\"");
                is_refusal && old.kind == fact.finding.kind() && old.value == fact.finding.value()
            });
            let is_new = match &fact.finding {
                _ if was_known => false,
                Finding::Email { address, refuses_approach: true, .. } => {
                    self.suppress_address(tx, address, &quote(fact)).await?
                }
                // "Because of this vacancy" is said to recruiters.
                Finding::NoApproach if kind_of(&fact.url) != PageKind::Vacancies => {
                    self.suppress_domain_of(tx, firm, &quote(fact)).await?
                }
                _ => false,
            };
            n += i64::from(is_new);
        }
        Ok(n)
    }

    async fn suppress_address(&self, tx: &mut Tx, address: &EmailAddress, source: &str) -> Result<bool> {
        let person = people_at(tx, &[address.as_str().to_owned()]).await?.into_iter().next();
        let on_list = match &person {
            Some(person) => lead::of_contact(tx, person.id).await?,
            None => None,
        };
        let order = StopOrder {
            address,
            reason: "objection",
            source,
            lead: on_list.as_ref().map(|l| l.id),
            actor: Actor::System,
        };
        let new = self.suppress(tx, order).await?;
        if let Some(on_list) = on_list.filter(|_| new) {
            let from = [LeadState::New, LeadState::Approached, LeadState::Paused, LeadState::Resting];
            lead::set_state(tx, on_list.id, &from, LeadState::Blocked, None).await?;
        }
        Ok(new)
    }

    /// A company that says to everybody that it wants no acquisition is left alone as a whole; not one that came to us
    /// itself.
    async fn suppress_domain_of(&self, tx: &mut Tx, firm: &Company, source: &str) -> Result<bool> {
        let Some(domain) = firm.domain.as_deref().and_then(|d| DomainName::parse(d).ok()) else {
            return Ok(false);
        };
        if domain.is_free_mail()
            || domain.is_platform()
            || !prospect::of_company(tx, firm.id, 1).await?.is_empty()
        {
            return Ok(false);
        }
        let entry = Suppression {
            key_hash: self.keys().suppression_hash("domain", domain.as_str()),
            kind: "domain".to_owned(),
            hint: domain.as_str().to_owned(),
            reason: "objection".to_owned(),
            source: source.to_owned(),
            created_by: None,
            created_at: self.now(),
        };
        self.keep_in_journal(tx.workspace(), JournalOutcome::OptedOut, vec![entry.key_hash.clone()]).await;
        let new = suppression::insert(tx, &entry).await?;
        if new {
            let mut happened = self.event(Actor::System, "suppression.added", "suppression", None);
            happened.company_id = Some(firm.id);
            happened.data = json!({ "reason": entry.reason, "hint": entry.hint }).to_string();
            self.announce(tx, &happened).await?;
        }
        Ok(new)
    }

    /// Somebody declared that an address was published for this, and the page was missing: here it is. Never a new ground,
    /// and never for a general address: that one of those is meant for offers, a person says.
    async fn prove_designations(&self, tx: &mut Tx, firm: &Company, found: &[&ReadFact]) -> Result<()> {
        for read in found {
            let Finding::Email {
                address,
                purpose: EmailPurpose::Commercial,
                audience: EmailAudience::Role,
                refuses_approach: false,
            } = &read.fact.finding
            else {
                continue;
            };
            for person in contact::by_emails(tx, &[address.as_str().to_owned()]).await? {
                let ground = ground::of_contact(tx, person.id).await?;
                let Some(mut ground) = ground.filter(|g| {
                    g.basis == Basis::DesignatedAddress
                        && g.evidence_url.is_none()
                        && !g.source_detail.trim().is_empty()
                }) else {
                    continue;
                };
                if person.company_id != firm.id || person.erased_at.is_some() {
                    continue;
                }
                ground.evidence_url = Some(read.fact.url.clone());
                ground.obtained_on = read.read_at.to_zoned_datetime(TimeZone::UTC).date();
                ground::put(tx, person.id, &ground).await?;
                let detail = json!({ "basis": ground.basis.as_str(), "page": read.fact.url });
                let kiem = Caller::system(tx.workspace());
                self.audit(tx, &kiem, "ground.proven", "contact", Some(person.id.0), &detail).await?;
            }
        }
        Ok(())
    }

    /// Fills what is blank in the company's record. Returns which blanks, each with its page.
    async fn fill_blanks(
        &self,
        tx: &mut Tx,
        firm: &mut Company,
        found: &[&ReadFact],
    ) -> Result<BTreeMap<&'static str, String>> {
        let facts: Vec<Fact> = found.iter().map(|read| read.fact.clone()).collect();
        let parts = [&firm.details.street, &firm.details.house_number];
        let street = parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
        let known = KnownCompany {
            kvk_number: firm.kvk_number.as_deref(),
            vat_id: firm.details.vat_id.as_deref(),
            phone: firm.phone.as_deref(),
            street: Some(street.as_str()).filter(|street| !street.is_empty()),
            postcode: firm.details.postcode.as_deref(),
            city: firm.city.as_deref(),
            country: firm.country.as_deref(),
        };
        let mut filled: BTreeMap<&'static str, String> = BTreeMap::new();
        for fill in fills(&known, &facts) {
            let place = match fill.field {
                FillField::KvkNumber => {
                    let holders =
                        company::by_keys(tx, CompanyKey::KvkNumber, std::slice::from_ref(&fill.value))
                            .await?;
                    if !holders.is_empty() {
                        continue;
                    }
                    &mut firm.kvk_number
                }
                FillField::VatId => &mut firm.details.vat_id,
                FillField::Phone => &mut firm.phone,
                FillField::Street => &mut firm.details.street,
                FillField::Postcode => &mut firm.details.postcode,
                FillField::City => &mut firm.city,
            };
            *place = Some(fill.value);
            filled.insert(fill.field.as_str(), fill.url);
        }
        Ok(filled)
    }

    /// Writes a company whose site was read, and scores it anew.
    async fn write_read_firm(
        &self,
        tx: &mut Tx,
        firm: &mut Company,
        filled: &BTreeMap<&'static str, String>,
    ) -> Result<()> {
        // What a site says is no fact that somebody changed: an upload that brought the company can still be taken back.
        if !filled.is_empty() {
            firm.updated_at = self.now();
        }
        let (profile, _) = self.profile_in_use(tx).await?;
        score_company(firm, &profile);
        company::update(tx, firm).await?;
        self.ask_matching(tx).await?;
        self.refresh_leads(tx, firm, &profile).await?;
        if !filled.is_empty() {
            self.note_website_fill(tx, firm.id, filled).await?;
        }
        Ok(())
    }
}

/// Puts what the site is made with and says into the record, or takes it out when nobody may read it any more. Returns
/// whether that is something else than before.
fn put_site(firm: &mut Company, found: Option<&Vec<&ReadFact>>) -> bool {
    let lines = |kinds: &[FactKind]| {
        let of_kind = |read: &&&ReadFact| kinds.contains(&read.fact.finding.kind());
        let line = |read: &&ReadFact| {
            let text = read.fact.finding.value();
            text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SITE_LINE_CHARS_MAX).collect()
        };
        found.map(|found| {
            let lines: Vec<String> = found.iter().filter(of_kind).map(line).take(SITE_LINES_MAX).collect();
            lines.join("\n")
        })
    };
    let technologies = lines(&[FactKind::Technology]);
    let words = lines(&[FactKind::Description, FactKind::News, FactKind::Vacancy]);
    let is_new = firm.details.site_technologies != technologies || firm.details.site_words != words;
    (firm.details.site_technologies, firm.details.site_words) = (technologies, words);
    is_new
}

/// The words that refuse, and where they stand.
fn quote(fact: &Fact) -> String {
    let room = SOURCE_CHARS_MAX.saturating_sub(fact.url.chars().count() + 6);
    let words: String = fact.snippet.chars().take(room).collect();
    format!("\"{words}\" ({})", fact.url).chars().take(SOURCE_CHARS_MAX).collect()
}

fn refused_json(reading: &SiteReading) -> String {
    let refused = reading.refused.iter().take(REFUSED_MAX);
    let one = |r: &kiem_adapters::website::Refused| json!({ "url": r.url, "why": r.why.as_str(), "detail": r.why.detail() });
    Value::Array(refused.map(one).collect()).to_string()
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
