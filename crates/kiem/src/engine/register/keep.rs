//! What a check leaves behind, in one transaction: the answer, the facts that are taken over, what it cost.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiem_domain::id::{CompanyId, RegisterRunId, WorkspaceId};
use kiem_domain::register::{RegisterHit, RegisterOutcome, RegisterProfile, is_the_same};
use kiem_store::Tx;
use kiem_store::company::{self, Company, CompanyKey};
use kiem_store::job::{self, Job};
use kiem_store::register::{self, Payment, PaymentState, RegisterReading};
use kiem_store::register_run::{self, RegisterCounts};

use super::ask::place_of;
use super::stored::{StoredHit, StoredProfile, StoredTaking};
use super::take::compared;
use crate::engine::{Engine, EngineError, Result};

/// Whose check it is.
#[derive(Clone, Copy)]
pub(super) struct Check<'a> {
    pub(super) workspace: WorkspaceId,
    pub(super) run: RegisterRunId,
    pub(super) job: &'a Job,
    pub(super) company: CompanyId,
    /// Until when the worker holds the round.
    pub(super) hold_until: Timestamp,
}

/// What a check came to.
pub(super) struct Answer<'a> {
    pub(super) outcome: RegisterOutcome,
    /// The register's own code.
    pub(super) detail: Option<String>,
    /// The number that was asked about or found.
    pub(super) number: Option<String>,
    /// Whether a search found the number, and the company does not have it yet.
    pub(super) is_found: bool,
    /// The profile.
    pub(super) profile: Option<&'a RegisterProfile>,
    /// Companies that it may be.
    pub(super) candidates: &'a [RegisterHit],
    /// What was paid, and what became of that.
    pub(super) payment: Option<(Payment, PaymentState)>,
}

impl Answer<'_> {
    /// Nothing but how it ended.
    pub(super) fn of(outcome: RegisterOutcome, detail: Option<String>) -> Answer<'static> {
        Answer {
            outcome,
            detail,
            number: None,
            is_found: false,
            profile: None,
            candidates: &[],
            payment: None,
        }
    }
}

impl Engine {
    /// Keeps an answer. False when the company was handled by somebody else, or the round is another worker's: then nothing
    /// was kept, and what was asked for counts as paid.
    pub(super) async fn keep_register_answer(&self, check: Check<'_>, answer: &Answer<'_>) -> Result<bool> {
        match self.keep_register_answer_once(check, answer).await {
            // Somebody gave another company the same number or domain at this moment: now it shows.
            Err(EngineError::Conflict) => self.keep_register_answer_once(check, answer).await,
            other => other,
        }
    }

    async fn keep_register_answer_once(&self, check: Check<'_>, answer: &Answer<'_>) -> Result<bool> {
        let mut tx = self.store().begin(check.workspace).await?;
        let mut added = RegisterCounts::default();
        if let Some((payment, state)) = answer.payment {
            register::end_payment(&mut tx, payment.id, state).await?;
            added.paid_mills = if state == PaymentState::Free { 0 } else { payment.price_mills };
        }
        company::lock(&mut tx, &[check.company]).await?;
        let Some(firm) = company::get(&mut tx, check.company).await? else {
            tx.commit().await?;
            return Ok(true);
        };
        let outcome = self.keep_reading_of(&mut tx, firm, answer, &mut added).await?;
        added.n_look = i64::from(outcome.needs_a_look());
        added.n_ended = i64::from(outcome == RegisterOutcome::Ended);
        let is_ours = register_run::done(&mut tx, check.run, check.company, outcome, &added, self.now())
            .await?
            && job::hold(&mut tx, check.job, check.hold_until).await?;
        if is_ours {
            tx.commit().await?;
            self.committed(check.workspace);
        }
        Ok(is_ours)
    }

    /// Writes the answer down and takes its facts over. Returns how it ended in the light of what is known now.
    async fn keep_reading_of(
        &self,
        tx: &mut Tx,
        firm: Company,
        answer: &Answer<'_>,
        added: &mut RegisterCounts,
    ) -> Result<RegisterOutcome> {
        let last = register::reading(tx, firm.id).await?;
        if answer.outcome.keeps_the_one_before() {
            // What was known stays; only how the newest check ended is told, and not at all when nothing was asked.
            if answer.outcome != RegisterOutcome::Fresh {
                let before = last.unwrap_or_else(|| self.blank_reading(&firm));
                let told = RegisterReading {
                    asked_at: self.now(),
                    outcome: answer.outcome,
                    outcome_detail: answer.detail.clone(),
                    ..before
                };
                register::put_reading(tx, &told).await?;
            }
            return Ok(answer.outcome);
        }
        let mut reading = RegisterReading {
            outcome: answer.outcome,
            outcome_detail: answer.detail.clone(),
            kvk_number: answer.number.clone().or_else(|| firm.kvk_number.clone()),
            is_ended: answer.outcome == RegisterOutcome::Ended,
            candidates: json(&answer.candidates.iter().map(StoredHit::from).collect::<Vec<_>>())?,
            ..self.blank_reading(&firm)
        };
        if let Some(profile) = answer.profile {
            added.n_checked = 1;
            reading.profile = Some(json(&StoredProfile::from(profile))?);
            if !answer.is_found && !is_the_same(&place_of(&firm), profile) {
                reading.outcome = RegisterOutcome::OtherCompany;
            } else if answer.is_found && self.holds_number(tx, &firm, &profile.number).await? {
                reading.outcome = RegisterOutcome::NumberTaken;
            } else {
                added.n_filled = self.take_profile(tx, firm, profile, answer.is_found, &mut reading).await?;
            }
        }
        let outcome = reading.outcome;
        register::put_reading(tx, &reading).await?;
        Ok(outcome)
    }

    /// Takes a profile over that is known to be the company's.
    pub(super) async fn take_profile(
        &self,
        tx: &mut Tx,
        firm: Company,
        profile: &RegisterProfile,
        is_found: bool,
        reading: &mut RegisterReading,
    ) -> Result<i64> {
        let today = self.now().to_zoned_datetime(TimeZone::UTC).date();
        let sources = self.fact_sources(tx, firm.id).await?;
        let takings = compared(&firm, profile, &sources);
        reading.takings = json(&takings.iter().map(StoredTaking::from).collect::<Vec<_>>())?;
        reading.ended_on = profile.ended_on;
        reading.is_ended = profile.ended_on.is_some_and(|day| day <= today);
        reading.outcome = if reading.is_ended { RegisterOutcome::Ended } else { RegisterOutcome::Checked };
        let number = is_found.then_some(profile.number.as_str());
        self.take_over(tx, firm, profile, &takings, number).await
    }

    /// Whether a number is that of another company of the list, or the company has another one by now.
    pub(super) async fn holds_number(&self, tx: &mut Tx, firm: &Company, number: &str) -> Result<bool> {
        let number = number.to_owned();
        let holders = company::by_keys(tx, CompanyKey::KvkNumber, std::slice::from_ref(&number)).await?;
        let is_others = holders.iter().any(|holder| holder.id != firm.id);
        Ok(is_others || firm.kvk_number.as_ref().is_some_and(|own| *own != number))
    }

    fn blank_reading(&self, firm: &Company) -> RegisterReading {
        RegisterReading {
            company_id: firm.id,
            asked_at: self.now(),
            outcome: RegisterOutcome::Nobody,
            outcome_detail: None,
            kvk_number: firm.kvk_number.clone(),
            is_ended: false,
            ended_on: None,
            profile: None,
            candidates: "[]".to_owned(),
            takings: "[]".to_owned(),
            refused: None,
        }
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| EngineError::Outside(e.to_string()))
}
