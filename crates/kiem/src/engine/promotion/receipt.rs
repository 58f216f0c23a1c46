//! The receipt of a promotion: dated evidence with the words and pages it rests on, kept with the promotion so that
//! it still answers "why?" when the mails are gone.

use jiff::Timestamp;
use kiem_domain::engagement::visit::Session;
use kiem_domain::id::{InboundId, PromotionId, ProspectId};
use kiem_domain::promotion::{Decision, EventKind, History, What};
use kiem_domain::qualification::{Aspect, Finding, FindingSource, Level};
use kiem_store::finding::{self, StoredFinding};
use kiem_store::promotion::{self, Promotion, PromotionFilter, PromotionRow, RuleQuality};
use kiem_store::{Tx, inbound, message, notification};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::promote::replies_in;
use crate::engine::inbound::StoredFlags;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// So much of a reply stands on the receipt.
const WORDS_CHARS_MAX: usize = 600;

/// One piece of evidence as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReceiptEvidence {
    /// The engagement (or decision of a person) behind it.
    pub id: Uuid,
    /// When, in microseconds since 1970.
    pub at_micros: i64,
    /// The day in the workspace's zone.
    pub on: String,
    /// `reply`, `invitation`, `booking`, `quote_form`, `case_page`, `case_click`, `visit`, `warmth`, `override`.
    pub what: String,
    /// The label of a reply, the answer to an invitation, the kind of warmth, or who decided.
    pub detail: Option<String>,
    /// Who gave the label.
    pub by: Option<String>,
    /// How sure it is that a person did it.
    pub grade: String,
    /// What the other side wrote, or why a person decided.
    pub words: Option<String>,
    /// The received mail.
    pub inbound: Option<Uuid>,
    /// Paths of the pages that were looked at.
    pub pages: Vec<String>,
}

/// The evidence of a decision, with words and pages.
pub(super) async fn stored_evidence(
    tx: &mut Tx,
    history: &History,
    decision: &Decision,
) -> Result<Vec<ReceiptEvidence>> {
    let mut kept = Vec::new();
    for evidence in &decision.evidence {
        let (what, detail, by) = match &evidence.what {
            What::Reply { label, by } => ("reply", Some(label.to_string()), Some(by.to_string())),
            What::Invitation(answer) => ("invitation", Some(answer.to_string()), None),
            What::Booking => ("booking", None, None),
            What::QuoteForm => ("quote_form", None, None),
            What::CasePage { path } => ("case_page", Some(path.clone()), None),
            What::CaseClick => ("case_click", None, None),
            What::Visit => ("visit", None, None),
            What::Warmth(kind) => ("warmth", Some(kind.to_string()), None),
            What::Override { by } => ("override", None, Some(by.clone())),
        };
        let event = history.events.iter().find(|event| event.id == evidence.event);
        let inbound = event.and_then(|event| match &event.kind {
            EventKind::Reply(reply) => reply.inbound,
            _ => None,
        });
        let words = match (inbound, event.map(|event| &event.kind)) {
            (Some(id), _) => inbound::find(tx, id).await?.map(|mail| shortened(&mail.text)),
            (None, Some(EventKind::Override { reason, .. })) => reason.as_deref().map(shortened),
            (None, _) => None,
        };
        kept.push(ReceiptEvidence {
            id: evidence.event,
            at_micros: evidence.at.as_microsecond(),
            on: evidence.on.to_string(),
            what: what.to_owned(),
            detail,
            by,
            grade: evidence.what.grade().to_string(),
            words,
            inbound: inbound.map(|id| id.0),
            pages: event.map(|event| pages_of(&event.kind)).unwrap_or_default(),
        });
    }
    Ok(kept)
}

fn pages_of(kind: &EventKind) -> Vec<String> {
    match kind {
        EventKind::Session(Session { pages, .. }) => {
            pages.iter().map(|page| page.path.clone()).take(20).collect()
        }
        _ => Vec::new(),
    }
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= WORDS_CHARS_MAX {
        return text.to_owned();
    }
    text.chars().take(WORDS_CHARS_MAX - 1).chain(['…']).collect()
}

/// A receipt as it is shown.
#[derive(Debug, Clone)]
pub struct ReceiptView {
    /// The promotion.
    pub promotion: Promotion,
    /// Its evidence.
    pub evidence: Vec<ReceiptEvidence>,
    /// Name of the person.
    pub contact_name: Option<String>,
    /// Name of the company.
    pub company_name: String,
    /// The mail of ours that led to it.
    pub cause: Option<Cause>,
    /// Names of the members who were told.
    pub told: Vec<String>,
    /// Name of who took it back.
    pub undone_by: Option<String>,
}

/// The mail of ours that led to a promotion.
#[derive(Debug, Clone)]
pub struct Cause {
    /// Its subject.
    pub subject: String,
    /// Its text as it was sent.
    pub text: String,
    /// When it went.
    pub at: Option<Timestamp>,
}

impl Engine {
    /// Findings about qualification that the replies behind a promotion hold: facts, never a guess.
    pub(super) async fn record_findings(
        &self,
        tx: &mut Tx,
        prospect: ProspectId,
        history: &History,
        decision: &Decision,
    ) -> Result<()> {
        let replies: Vec<InboundId> = replies_in(history, decision).map(|(_, inbound)| inbound).collect();
        for id in replies {
            let Some(mail) = inbound::find(tx, id).await? else { continue };
            let flags = StoredFlags::read(&mail.flags)?;
            let said = shortened(&mail.text);
            for (aspect, level) in aspects(mail.label.as_deref().unwrap_or_default(), &flags) {
                let stored = StoredFinding {
                    id: self.new_id(),
                    prospect_id: prospect,
                    finding: Finding {
                        aspect,
                        level,
                        note: said.clone(),
                        source: FindingSource::Reply,
                        found_at: mail.received_at,
                    },
                    source_id: Some(id.0),
                    found_by: None,
                    reasons: None,
                };
                finding::insert(tx, &stored).await?;
            }
        }
        Ok(())
    }

    /// The receipt of a promotion.
    ///
    /// # Errors
    /// When there is none.
    pub async fn receipt(&self, caller: &Caller, id: PromotionId) -> Result<ReceiptView> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let found = promotion::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let lead = promotion::lead_facts(&mut tx, found.lead_id).await?.ok_or(EngineError::NotFound)?;
        let cause = match found.message_id {
            Some(id) => message::find(&mut tx, id).await?.map(|m| Cause {
                subject: m.new.subject,
                text: m.new.body,
                at: m.finished_at,
            }),
            None => None,
        };
        let undone_by = match found.undone_by {
            Some(by) => promotion::member(&mut tx, by).await?.map(|(name, ..)| name),
            None => None,
        };
        Ok(ReceiptView {
            evidence: read_evidence(&found.evidence)?,
            told: told(&mut tx, &found).await?,
            undone_by,
            promotion: found,
            contact_name: lead.name,
            company_name: lead.company_name,
            cause,
        })
    }

    /// Promotions, newest first: who became a prospect by which rule.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn promotions(
        &self,
        caller: &Caller,
        filter: PromotionFilter<'_>,
        limit: i64,
    ) -> Result<Vec<PromotionRow>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(promotion::list(&mut tx, filter, limit).await?)
    }

    /// How often each rule's promotions were taken back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule_quality(
        &self,
        caller: &Caller,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<RuleQuality>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(promotion::quality(&mut tx, from, to).await?)
    }

    /// The newest promotion of a lead, undone or not.
    ///
    /// # Errors
    /// When there is none.
    pub async fn newest_promotion(
        &self,
        caller: &Caller,
        lead: kiem_domain::id::LeadId,
    ) -> Result<Promotion> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        promotion::newest_of_lead(&mut tx, lead).await?.ok_or(EngineError::NotFound)
    }
}

/// Who heard of this promotion. Colleagues who joined the same pursuit have promotions of their own.
async fn told(tx: &mut Tx, of: &Promotion) -> Result<Vec<String>> {
    let all = notification::told(tx, "lead.promoted", of.prospect_id.0).await?;
    let mut names: Vec<String> =
        all.into_iter().filter(|one| is_about(&one.data, of.id)).map(|one| one.name).collect();
    names.dedup();
    Ok(names)
}

/// Whether a notification is about this promotion; one whose values are gone may be.
fn is_about(data: &str, promotion: PromotionId) -> bool {
    let values: serde_json::Value = serde_json::from_str(data).unwrap_or_default();
    values["promotion"].as_str().is_none_or(|id| id == promotion.0.to_string())
}

/// The evidence of a stored promotion.
///
/// # Errors
/// When the document was changed by hand.
pub fn read_evidence(stored: &str) -> Result<Vec<ReceiptEvidence>> {
    serde_json::from_str(stored).map_err(|e| EngineError::Outside(format!("a receipt cannot be read: {e}")))
}

/// What the words of a reply tell about the five things. A price question hints at a budget, a date at timing.
fn aspects(label: &str, flags: &StoredFlags) -> Vec<(Aspect, Level)> {
    let mut found = Vec::new();
    if matches!(label, "quote_request" | "meeting_request") {
        found.push((Aspect::Need, Level::Indicated));
    }
    if flags.price_asked || label == "quote_request" {
        found.push((Aspect::Budget, Level::Indicated));
    }
    if flags.date.is_some() {
        found.push((Aspect::Timing, Level::Indicated));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_tells_what_it_says_and_nothing_more() {
        let plain = StoredFlags::default();
        assert!(aspects("question", &plain).is_empty());
        let price = StoredFlags { price_asked: true, ..StoredFlags::default() };
        assert_eq!(aspects("question", &price), [(Aspect::Budget, Level::Indicated)]);
        let dated = StoredFlags { date: Some("2027-01-04".to_owned()), ..StoredFlags::default() };
        assert_eq!(
            aspects("meeting_request", &dated),
            [(Aspect::Need, Level::Indicated), (Aspect::Timing, Level::Indicated)]
        );
    }

    #[test]
    fn long_words_are_cut_with_a_mark() {
        let cut = shortened(&"é".repeat(700));
        assert_eq!(cut.chars().count(), WORDS_CHARS_MAX);
        assert!(cut.ends_with('…'));
    }
}
