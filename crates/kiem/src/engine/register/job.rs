//! Checking the companies of a round in the background, one after the other, each answer in its own transaction. A round
//! that broke off goes on with the companies that still wait, and never pays twice for the one that it was asking about.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kiem_adapters::kvk::Kvk;
use kiem_domain::company::KvkNumber;
use kiem_domain::id::{RegisterRunId, WorkspaceId};
use kiem_domain::register::{Found, RegisterOutcome};
use kiem_store::company::{self, Company};
use kiem_store::job::{self, Job};
use kiem_store::register::{self, Payment, PaymentState};
use kiem_store::register_run::{self, PauseReason, RegisterRun};
use kiem_store::website_run::RunState;

use super::access::month_of;
use super::ask::{Unanswered, search, unanswered};
use super::keep::{Answer, Check};
use crate::engine::jobs::JobKind;
use crate::engine::{Engine, EngineError, Result};

/// How long a worker holds a round without a sign of life; longer than the few questions about one company may take.
const HOLD: SignedDuration = SignedDuration::from_secs(180);
/// Companies that one job checks before it makes room: so its count of failures begins anew, and another node may go on.
const COMPANIES_PER_JOB: usize = 100;
/// Between two companies: far below what the register allows in a second, whatever other rounds do.
const GAP: Duration = Duration::from_millis(50);
/// How long a round waits when the register asks to come back and does not say when.
const WAIT: SignedDuration = SignedDuration::from_mins(5);
/// Times in a row that a round waits; then it ends, and says so.
const WAITS_MAX: i64 = 12;

/// What a round does next.
enum Next {
    /// The next company.
    GoOn,
    /// Nothing: it is over, waits, or is another worker's.
    Leave,
}

/// Whether a profile may be asked for.
enum Reserved {
    /// Yes, and it is written down.
    Yes(Payment),
    /// It was paid for not long ago.
    Fresh,
    /// It was asked for, and the answer was never kept.
    Uncertain,
    /// The month's amount is used up.
    Ceiling,
    /// The round does not run any more.
    Over,
}

impl Engine {
    /// Checks the next companies of a round and asks for the rest.
    pub(in crate::engine) async fn run_register(&self, workspace: WorkspaceId, job: &Job) -> Result<()> {
        let id: RegisterRunId =
            job.dedup_key.parse().map_err(|_| EngineError::Outside("the job names no round".to_owned()))?;
        match self.check_some(workspace, id, job).await {
            Err(error) if !error.is_transient() || job.attempt >= job.attempts_max => {
                tracing::error!(round = %id, error = %error, "a round of the register cannot go on");
                let mut tx = self.store().begin(workspace).await?;
                register_run::end(&mut tx, id, RunState::Failed, self.now()).await?;
                Ok(tx.commit().await?)
            }
            other => other,
        }
    }

    async fn check_some(&self, workspace: WorkspaceId, id: RegisterRunId, job: &Job) -> Result<()> {
        let is_practice = self.is_practice(workspace).await?;
        for n in 0..COMPANIES_PER_JOB {
            if n > 0 && !is_practice {
                tokio::time::sleep(GAP).await;
            }
            match self.check_next(workspace, id, job, is_practice).await? {
                Next::GoOn => {}
                Next::Leave => return Ok(()),
            }
        }
        let mut tx = self.store().begin(workspace).await?;
        self.enqueue(&mut tx, JobKind::CheckRegister, &id.to_string(), "{}", self.now()).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    async fn check_next(
        &self,
        workspace: WorkspaceId,
        id: RegisterRunId,
        job: &Job,
        is_practice: bool,
    ) -> Result<Next> {
        let mut tx = self.store().read(workspace).await?;
        let run = register_run::get(&mut tx, id).await?.filter(|run| run.state == RunState::Running);
        let Some(run) = run else { return Ok(Next::Leave) };
        let waiting = register_run::next(&mut tx, id).await?;
        let firm = match waiting {
            Some(next) => company::get(&mut tx, next).await?,
            None => None,
        };
        let key = self.register_key(&mut tx).await?;
        drop(tx);
        let Some(firm) = firm else {
            // Companies that were removed meanwhile are never counted.
            let mut tx = self.store().begin(workspace).await?;
            register_run::end(&mut tx, id, RunState::Finished, self.now()).await?;
            tx.commit().await?;
            self.committed(workspace);
            return Ok(Next::Leave);
        };
        let check = Check { workspace, run: id, job, company: firm.id, hold_until: self.now() + HOLD };
        if is_practice {
            return self.kept(check, &Answer::of(RegisterOutcome::Practice, None)).await;
        }
        let Some(key) = key else { return self.let_wait(check, PauseReason::Key).await };
        // An address that cannot be asked is a mistake in the configuration: told where jobs are looked after.
        let kvk = self.kvk().map_err(|e| EngineError::Outside(e.to_string()))?;
        self.check_firm(check, &run, (&kvk, &key), &firm).await
    }

    async fn check_firm(
        &self,
        check: Check<'_>,
        run: &RegisterRun,
        (kvk, key): (&Kvk, &str),
        firm: &Company,
    ) -> Result<Next> {
        let own = firm.kvk_number.as_deref().and_then(KvkNumber::parse);
        let is_found = own.is_none();
        let number = match own {
            Some(number) => number,
            None => match search(kvk, key, firm).await {
                Err(why) => return self.without_answer(check, why, None).await,
                Ok(Found::Nobody) => {
                    return self.kept(check, &Answer::of(RegisterOutcome::Nobody, None)).await;
                }
                Ok(Found::Several(hits)) => {
                    let answer =
                        Answer { candidates: &hits, ..Answer::of(RegisterOutcome::Candidates, None) };
                    return self.kept(check, &answer).await;
                }
                Ok(Found::One(hit)) => {
                    let Some(number) = KvkNumber::parse(&hit.number) else {
                        return self.kept(check, &Answer::of(RegisterOutcome::Unreadable, None)).await;
                    };
                    if self.is_taken(check.workspace, firm, &number).await? {
                        let hits = [hit];
                        let answer = Answer {
                            number: Some(number.as_str().to_owned()),
                            candidates: &hits,
                            ..Answer::of(RegisterOutcome::NumberTaken, None)
                        };
                        return self.kept(check, &answer).await;
                    }
                    number
                }
            },
        };
        let payment = match self.reserve(check, run).await? {
            Reserved::Yes(payment) => payment,
            Reserved::Fresh => return self.kept(check, &Answer::of(RegisterOutcome::Fresh, None)).await,
            Reserved::Uncertain => {
                return self.kept(check, &Answer::of(RegisterOutcome::Uncertain, None)).await;
            }
            Reserved::Ceiling => return self.let_wait(check, PauseReason::Ceiling).await,
            Reserved::Over => return Ok(Next::Leave),
        };
        match kvk.profile(key, &number).await {
            Ok(profile) => {
                let answer = Answer {
                    number: Some(number.as_str().to_owned()),
                    is_found,
                    profile: Some(&profile),
                    payment: Some((payment, PaymentState::Paid)),
                    ..Answer::of(RegisterOutcome::Checked, None)
                };
                self.kept(check, &answer).await
            }
            Err(error) => {
                let state = if error.may_be_paid() { PaymentState::Asked } else { PaymentState::Free };
                self.without_answer(check, unanswered(error), Some((payment, state))).await
            }
        }
    }

    async fn is_taken(&self, workspace: WorkspaceId, firm: &Company, number: &KvkNumber) -> Result<bool> {
        let mut tx = self.store().read(workspace).await?;
        self.holds_number(&mut tx, firm, number.as_str()).await
    }

    async fn kept(&self, check: Check<'_>, answer: &Answer<'_>) -> Result<Next> {
        Ok(if self.keep_register_answer(check, answer).await? { Next::GoOn } else { Next::Leave })
    }

    /// Writes down that a profile is going to be asked for: from here on it counts as paid until an answer says otherwise.
    async fn reserve(&self, check: Check<'_>, run: &RegisterRun) -> Result<Reserved> {
        let mut tx = self.store().begin(check.workspace).await?;
        register::lock_access(&mut tx).await?;
        let is_running =
            register_run::get(&mut tx, check.run).await?.is_some_and(|run| run.state == RunState::Running);
        if !is_running || !job::hold(&mut tx, check.job, check.hold_until).await? {
            return Ok(Reserved::Over);
        }
        let last = register::last_payment(&mut tx, check.company).await?;
        if last.is_some_and(|paid| paid.run_id == check.run && paid.state == PaymentState::Asked) {
            return Ok(Reserved::Uncertain);
        }
        if !run.is_again && self.fresh_until(&mut tx, check.company).await?.is_some() {
            return Ok(Reserved::Fresh);
        }
        let access = self.access_in(&mut tx).await?;
        let spent = register::spent_since(&mut tx, month_of(self.now())).await?;
        if spent + access.price_mills > access.ceiling_mills {
            return Ok(Reserved::Ceiling);
        }
        let payment = Payment {
            id: self.new_id(),
            run_id: check.run,
            company_id: check.company,
            state: PaymentState::Asked,
            price_mills: access.price_mills,
            asked_at: self.now(),
        };
        register::begin_payment(&mut tx, &payment).await?;
        tx.commit().await?;
        Ok(Reserved::Yes(payment))
    }

    async fn without_answer(
        &self,
        check: Check<'_>,
        why: Unanswered,
        payment: Option<(Payment, PaymentState)>,
    ) -> Result<Next> {
        match why {
            Unanswered::Company(outcome, detail) => {
                self.kept(check, &Answer { payment, ..Answer::of(outcome, detail) }).await
            }
            Unanswered::Key => {
                self.settle(check, payment).await?;
                self.let_wait(check, PauseReason::Key).await
            }
            Unanswered::Wait(asked) => {
                self.settle(check, payment).await?;
                self.come_back(check, asked).await
            }
        }
    }

    /// Nothing is due for a question that was refused.
    async fn settle(&self, check: Check<'_>, payment: Option<(Payment, PaymentState)>) -> Result<()> {
        let Some((payment, state)) = payment else { return Ok(()) };
        let mut tx = self.store().begin(check.workspace).await?;
        register::end_payment(&mut tx, payment.id, state).await?;
        Ok(tx.commit().await?)
    }

    /// The round waits until a person does something.
    async fn let_wait(&self, check: Check<'_>, why: PauseReason) -> Result<Next> {
        let mut tx = self.store().begin(check.workspace).await?;
        register_run::pause(&mut tx, check.run, why, self.now()).await?;
        tx.commit().await?;
        self.committed(check.workspace);
        Ok(Next::Leave)
    }

    /// The round goes on by itself, later.
    async fn come_back(&self, check: Check<'_>, asked: Option<Duration>) -> Result<Next> {
        let mut tx = self.store().begin(check.workspace).await?;
        if register_run::waited(&mut tx, check.run).await? >= WAITS_MAX {
            register_run::end(&mut tx, check.run, RunState::Failed, self.now()).await?;
        } else {
            let wait = asked.and_then(|wait| SignedDuration::try_from(wait).ok()).unwrap_or(WAIT);
            let at: Timestamp = self.now() + wait;
            self.enqueue(&mut tx, JobKind::CheckRegister, &check.run.to_string(), "{}", at).await?;
        }
        tx.commit().await?;
        self.committed(check.workspace);
        Ok(Next::Leave)
    }
}
