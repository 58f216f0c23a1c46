//! What Kiem knows about the five aspects without anybody typing it in: the fit from the ideal customer profile, need
//! and timing from a booking, need and budget from a quote request. And under which words a pursuit is found.

use kiem_domain::audience::{Fit, IdealProfile, Verdict};
use kiem_domain::id::{ContactId, ProspectId};
use kiem_domain::qualification::{Aspect, Finding, FindingSource, Level, current, fit_level};
use kiem_store::company::Company;
use kiem_store::finding::{self, StoredFinding};
use kiem_store::{Tx, booking, company, prospect, quote_request};
use uuid::Uuid;

use crate::engine::audience::FitForm;
use crate::engine::audience::records::company_fit;
use crate::engine::{Engine, EngineError, Result};

/// Pursuits of one company that are refreshed together.
const PURSUITS_MAX: i64 = 100;
/// So much of what somebody wrote stands in a finding.
const NOTE_CHARS_MAX: usize = 600;

/// Lower case "company person title", for search.
pub(crate) fn search_text(company: &str, person: Option<&str>, title: Option<&str>) -> String {
    let words: Vec<&str> =
        [Some(company), person, title].into_iter().flatten().filter(|word| !word.is_empty()).collect();
    words.join(" ").to_lowercase()
}

impl Engine {
    /// After a company, a person or the profile changed: its pursuits are found under the new words, and the open one
    /// knows how the company fits now.
    pub(crate) async fn refresh_pursuits(
        &self,
        tx: &mut Tx,
        company: &Company,
        profile: &IdealProfile,
    ) -> Result<()> {
        self.refresh_pursuit_words(tx, company).await?;
        for card in prospect::of_company(tx, company.id, PURSUITS_MAX).await? {
            if card.prospect.state.is_open() {
                self.record_fit(tx, card.prospect.id, company, profile).await?;
            }
        }
        Ok(())
    }

    /// What the board and the list of pursuits copy from their company.
    pub(crate) async fn refresh_pursuit_words(&self, tx: &mut Tx, company: &Company) -> Result<()> {
        for card in prospect::of_company(tx, company.id, PURSUITS_MAX).await? {
            let pursuit = &card.prospect;
            let sort = company.name.to_lowercase();
            let words = search_text(&company.name, Some(&card.contact_name), card.contact_title.as_deref());
            if (pursuit.sort_company.as_str(), pursuit.search_text.as_str())
                != (sort.as_str(), words.as_str())
            {
                prospect::set_search(tx, pursuit.id, &sort, &words).await?;
            }
        }
        Ok(())
    }

    /// What is known when a pursuit opens.
    pub(crate) async fn record_known(
        &self,
        tx: &mut Tx,
        id: ProspectId,
        company: kiem_domain::id::CompanyId,
        contact: ContactId,
    ) -> Result<()> {
        if let Some(company) = company::get(tx, company).await? {
            let (profile, _) = self.profile_in_use(tx).await?;
            self.record_fit(tx, id, &company, &profile).await?;
        }
        self.record_acts(tx, id, contact).await
    }

    /// Notes the fit with the profile, unless a person said something about it, or nothing changed.
    pub(crate) async fn record_fit(
        &self,
        tx: &mut Tx,
        id: ProspectId,
        company: &Company,
        profile: &IdealProfile,
    ) -> Result<()> {
        let stored = finding::of_prospects(tx, &[id]).await?;
        let of_fit: Vec<&StoredFinding> = stored.iter().filter(|f| f.finding.aspect == Aspect::Fit).collect();
        if of_fit.iter().any(|f| f.finding.source == FindingSource::Person) {
            return Ok(());
        }
        let fit = company_fit(company, profile);
        let (level, reasons) = (fit_level(&fit), known_reasons(&fit, profile)?);
        let is_same = match of_fit.iter().max_by_key(|f| f.finding.found_at) {
            Some(before) => before.finding.level == level && before.reasons.as_ref() == Some(&reasons),
            None => level == Level::Unknown,
        };
        if is_same {
            return Ok(());
        }
        let (aspect, source, found_at) = (Aspect::Fit, FindingSource::Profile, self.now());
        let new = StoredFinding {
            id: self.new_id(),
            prospect_id: id,
            finding: Finding { aspect, level, note: String::new(), source, found_at },
            source_id: None,
            found_by: None,
            reasons: Some(reasons),
        };
        Ok(finding::insert(tx, &new).await?)
    }

    /// A booking says that there is a need and a moment; a quote request that there is a need and money in sight.
    pub(crate) async fn record_acts(&self, tx: &mut Tx, id: ProspectId, contact: ContactId) -> Result<()> {
        let noted: Vec<Uuid> =
            finding::of_prospects(tx, &[id]).await?.into_iter().filter_map(|f| f.source_id).collect();
        if let Some(booked) = booking::newest_of_contact(tx, contact).await?
            && !noted.contains(&booked.id)
        {
            let note =
                if booked.note.is_empty() { booked.starts_at.to_string() } else { booked.note.clone() };
            for aspect in [Aspect::Need, Aspect::Timing] {
                let what = (aspect, Level::Indicated);
                self.note_finding(tx, id, what, FindingSource::Booking, Some(booked.id), note.clone())
                    .await?;
            }
        }
        if let Some(asked) = quote_request::newest_of_contact(tx, contact).await?
            && !noted.contains(&asked.id)
        {
            for aspect in [Aspect::Need, Aspect::Budget] {
                let what = (aspect, Level::Indicated);
                self.note_finding(tx, id, what, FindingSource::Form, Some(asked.id), asked.text.clone())
                    .await?;
            }
        }
        Ok(())
    }

    /// Adds a finding of Kiem's own. What was confirmed or contradicted before is not made weaker by a mere sign.
    async fn note_finding(
        &self,
        tx: &mut Tx,
        id: ProspectId,
        (aspect, level): (Aspect, Level),
        source: FindingSource,
        source_id: Option<Uuid>,
        note: String,
    ) -> Result<()> {
        let known: Vec<Finding> =
            finding::of_prospects(tx, &[id]).await?.into_iter().map(|stored| stored.finding).collect();
        let is_sure = current(&known, aspect).is_some_and(|f| f.level == Level::Confirmed);
        if is_sure {
            return Ok(());
        }
        let note: String = note.chars().take(NOTE_CHARS_MAX).collect();
        let stored = StoredFinding {
            id: self.new_id(),
            prospect_id: id,
            finding: Finding { aspect, level, note, source, found_at: self.now() },
            source_id,
            found_by: None,
            reasons: None,
        };
        Ok(finding::insert(tx, &stored).await?)
    }
}

/// What the finding says: the reasons that are known, as data, so that every reader sees them in their own language.
fn known_reasons(fit: &Fit, profile: &IdealProfile) -> Result<String> {
    let mut form = FitForm::of(fit, profile);
    form.reasons.retain(|reason| reason.verdict != Verdict::Unknown.as_str());
    serde_json::to_string(&form).map_err(|e| EngineError::Outside(e.to_string()))
}
