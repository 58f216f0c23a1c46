//! Checking one company against all that are there: the companies that share a value with it are found by a handful of
//! looks into an index, and compared. It takes as long in a million companies as in a thousand.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use kiem_domain::dedupe::{
    Comparison, Frequencies, Profile, RawRecord, Sign, SignField, TermCounts, Verdict, block_keys, compare,
    signs,
};
use kiem_domain::id::{CompanyId, WorkspaceId};
use kiem_domain::names::company_key;
use kiem_store::Tx;
use kiem_store::company::{self, Company, CompanyKey};
use kiem_store::matching::{self, MatchRecord};

use super::desk::is_namesake;
use super::facts::CompanyFacts;
use crate::engine::{Engine, EngineError, Result};

/// Companies that share one value and are still looked at. What more than these share says little (a town's business
/// centre, the telephone of an accountant); the namesakes among them are found by their whole name.
const SHARING_MAX: usize = 50;
/// How many are said to share a value that more than [`SHARING_MAX`] share: nobody counts them all.
const SHARING_MANY: u32 = 1_000;
/// How long what was counted is used before it is read again.
const TERMS_FRESH: SignedDuration = SignedDuration::from_secs(60);
/// Companies of one name that are shown.
const NAMESAKES_MAX: usize = 10;
/// Workspaces whose counts are held; each is two megabytes at most.
const TERMS_HELD_MAX: usize = 8;

/// A company that may be the same.
#[derive(Debug, Clone, PartialEq)]
pub struct PossibleDuplicate {
    /// Which.
    pub company: CompanyId,
    /// Its name.
    pub name: String,
    /// Its town.
    pub city: Option<String>,
    /// What is done about it.
    pub verdict: Verdict,
    /// The evidence.
    pub bits: f32,
    /// Why, thing by thing.
    pub signs: Vec<(SignField, Sign)>,
}

/// What was counted, per workspace, for a minute.
#[derive(Debug, Default)]
pub struct TermCache(Mutex<HashMap<WorkspaceId, (Timestamp, Arc<TermCounts>)>>);

impl TermCache {
    fn get(&self, workspace: WorkspaceId, now: Timestamp) -> Option<Arc<TermCounts>> {
        // A panic elsewhere leaves counts that are whole: they are replaced, never changed.
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&workspace)
            .filter(|(read_at, _)| now - *read_at < TERMS_FRESH)
            .map(|(_, terms)| terms.clone())
    }

    fn put(&self, workspace: WorkspaceId, now: Timestamp, terms: Arc<TermCounts>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= TERMS_HELD_MAX && !held.contains_key(&workspace) {
            let oldest = held.iter().min_by_key(|(_, (read_at, _))| *read_at).map(|(id, _)| *id);
            oldest.map(|id| held.remove(&id));
        }
        held.insert(workspace, (now, terms));
    }
}

/// What a stored company is compared by.
pub(super) fn profile_of(record: &MatchRecord) -> Profile {
    let text = |fact: &Option<String>| fact.clone().unwrap_or_default();
    let street = format!("{} {}", text(&record.street), text(&record.house_number));
    let (website, employees) = (
        record.domain.clone().or_else(|| record.website.clone()).unwrap_or_default(),
        record.employees_n.map(|n| n.to_string()).unwrap_or_default(),
    );
    Profile::of(&RawRecord {
        company: &record.name,
        street: street.trim(),
        postcode: record.postcode.as_deref().unwrap_or_default(),
        city: record.city.as_deref().unwrap_or_default(),
        kvk: record.kvk_number.as_deref().unwrap_or_default(),
        register: record.register_number.as_deref().unwrap_or_default(),
        lei: record.lei.as_deref().unwrap_or_default(),
        vat: record.vat_id.as_deref().unwrap_or_default(),
        website: &website,
        phone: record.phone.as_deref().unwrap_or_default(),
        employees: &employees,
        sbi: record.sbi_code.as_deref().unwrap_or_default(),
        country: record.country.as_deref().unwrap_or_default(),
        ..RawRecord::default()
    })
}

/// The same for facts that are not stored yet.
pub(super) fn record_of(facts: &CompanyFacts) -> MatchRecord {
    let details = &facts.details;
    MatchRecord {
        id: uuid::Uuid::nil(),
        name: facts.name.clone(),
        kvk_number: facts.kvk_number.clone(),
        register_number: details.register_number.clone(),
        lei: details.lei.clone(),
        vat_id: details.vat_id.clone(),
        country: facts.country.clone(),
        domain: facts.domain.clone(),
        website: facts.website.clone(),
        phone: facts.phone.clone(),
        street: details.street.clone(),
        house_number: details.house_number.clone(),
        postcode: details.postcode.clone(),
        city: facts.city.clone(),
        sbi_code: details.sbi_code.clone(),
        employees_n: facts.employees_n,
    }
}

/// Who shares what with one company.
pub(super) struct Sharing {
    /// Companies worth comparing.
    pub(super) companies: Vec<CompanyId>,
    /// How many share each of its values.
    pub(super) counts: HashMap<NonZeroU64, u32>,
}

/// Finds who shares a value with a company; itself is left out.
pub(super) async fn sharing(tx: &mut Tx, profile: &Profile, own: Option<CompanyId>) -> Result<Sharing> {
    let mut of_key: HashMap<NonZeroU64, Vec<CompanyId>> = HashMap::new();
    for (key, company) in matching::sharing(tx, &block_keys(profile), SHARING_MAX + 1).await? {
        of_key.entry(key).or_default().push(company);
    }
    let (mut companies, mut counts) = (HashSet::new(), HashMap::new());
    for (key, found) in of_key {
        if found.len() > SHARING_MAX {
            counts.insert(key, SHARING_MANY);
            continue;
        }
        let n_others = found.iter().filter(|id| Some(**id) != own).count();
        counts.insert(key, u32::try_from(n_others + 1).unwrap_or(SHARING_MANY));
        companies.extend(found.into_iter().filter(|id| Some(*id) != own));
    }
    let mut companies: Vec<CompanyId> = companies.into_iter().collect();
    companies.sort_unstable();
    Ok(Sharing { companies, counts })
}

/// Compares a company with those that share something with it. Two companies without anything in common are left out.
pub(super) fn compared(
    profile: &Profile,
    others: &[(CompanyId, &Profile)],
    f: &Frequencies,
) -> Vec<(CompanyId, Comparison, Verdict)> {
    others
        .iter()
        .filter_map(|(id, other)| {
            let found = compare(profile, other, f)?;
            Some((*id, found, found.verdict()))
        })
        .filter(|(_, _, verdict)| *verdict != Verdict::Different)
        .collect()
}

impl Engine {
    /// What was counted of the companies of a workspace.
    pub(super) async fn terms_of(&self, tx: &mut Tx) -> Result<Arc<TermCounts>> {
        if let Some(terms) = self.terms().get(tx.workspace(), self.now()) {
            return Ok(terms);
        }
        let terms = self.read_terms(tx).await?;
        self.terms().put(tx.workspace(), self.now(), terms.clone());
        Ok(terms)
    }

    /// The same, as it stands in the database.
    pub(super) async fn read_terms(&self, tx: &mut Tx) -> Result<Arc<TermCounts>> {
        let Some(bytes) = matching::terms(tx).await? else { return Ok(Arc::default()) };
        let terms = TermCounts::from_bytes(&bytes);
        terms
            .map(Arc::new)
            .ok_or_else(|| EngineError::Outside("the counts of companies are unreadable".to_owned()))
    }

    /// Keeps what was counted.
    pub(super) async fn put_terms(&self, tx: &mut Tx, terms: Arc<TermCounts>) -> Result<()> {
        matching::put_terms(tx, &terms.to_bytes()).await?;
        self.terms().put(tx.workspace(), self.now(), terms);
        Ok(())
    }

    /// The companies that may be the one of these facts, the likeliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn possible_duplicates(
        &self,
        tx: &mut Tx,
        facts: &CompanyFacts,
        own: Option<CompanyId>,
    ) -> Result<Vec<PossibleDuplicate>> {
        let profile = profile_of(&record_of(facts));
        let shared = sharing(tx, &profile, own).await?;
        let frequencies = Frequencies::of_database(self.terms_of(tx).await?, shared.counts);
        let records = matching::records(tx, &shared.companies).await?;
        let mut found: Vec<PossibleDuplicate> = records
            .into_iter()
            .filter_map(|record| {
                let other = profile_of(&record);
                let found = compare(&profile, &other, &frequencies)?;
                let verdict = found.verdict();
                (verdict != Verdict::Different).then(|| PossibleDuplicate {
                    company: CompanyId(record.id),
                    name: record.name,
                    city: record.city,
                    verdict,
                    bits: found.bits,
                    signs: signs(&profile, &other, &found),
                })
            })
            .collect();
        found.extend(self.namesakes(tx, facts, own, &found).await?);
        let order = |verdict: Verdict| match verdict {
            Verdict::Same => 0,
            Verdict::Review => 1,
            Verdict::Sibling | Verdict::Different => 2,
        };
        found.sort_by(|a, b| order(a.verdict).cmp(&order(b.verdict)).then(b.bits.total_cmp(&a.bits)));
        Ok(found)
    }

    /// Companies of the same name, when nothing but a name is known: it is too little to compare them. Who types in a name
    /// alone hears of them; nobody is asked about them later.
    async fn namesakes(
        &self,
        tx: &mut Tx,
        facts: &CompanyFacts,
        own: Option<CompanyId>,
        found: &[PossibleDuplicate],
    ) -> Result<Vec<PossibleDuplicate>> {
        let key = company_key(&facts.name);
        let said = [&facts.kvk_number, &facts.domain, &facts.phone, &facts.city, &facts.details.postcode];
        // With more than a name they were found by it, and of a common name there are thousands.
        if key.is_empty() || said.into_iter().any(Option::is_some) {
            return Ok(Vec::new());
        }
        let mut named = company::by_keys(tx, CompanyKey::NameKey, &[key]).await?;
        named.retain(|known| {
            Some(known.id) != own
                && found.iter().all(|one| one.company != known.id)
                && is_namesake(known, facts)
        });
        named.truncate(NAMESAKES_MAX);
        let shown = |known: Company| PossibleDuplicate {
            company: known.id,
            name: known.name,
            city: known.city,
            verdict: Verdict::Review,
            bits: 0.0,
            signs: vec![(SignField::Name, Sign::Agrees)],
        };
        Ok(named.into_iter().map(shown).collect())
    }
}
