//! Sending: claims what is due, freezes it, and hands it over through lanes and the gate.
//!
//! The promise: at most once automatically, never silently lost. A message row goes
//! `queued -> claimed -> committing -> sent | deferred | failed | uncertain`; see `kiem_store::dispatch` for each step.

pub mod gate;
pub mod journal;
pub mod lane;
mod refusal;
pub mod resolve;
mod servers;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kiem_adapters::smtp::{Credentials, SmtpError, Timeouts};
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{MailboxId, WorkspaceId};
use kiem_domain::sequence::zone_of;
use kiem_store::dispatch::{self, Claimed, DueMailbox};
use kiem_store::job::{self, Queue, Wakeup};
use kiem_store::mailbox::{self, Mailbox};
use kiem_store::{Tx, campaign};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};

use self::gate::{Gate, Ticket};
use self::journal::Journal;
use self::lane::{Mailer, Parcel};
pub use self::servers::{MailServer, MailServers};
use super::keys::random_bytes;
use super::outreach::window_of;
use super::{Engine, EngineError, Result};

/// Messages of one mailbox that are claimed at a time.
const CLAIM_MAX: i64 = 200;
/// Conversations with one mail server at a time.
const LANES_PER_MAILBOX_MAX: usize = 8;

/// The workspace's own zone and what is today there.
#[derive(Debug, Clone)]
struct Day {
    zone: TimeZone,
    date: Date,
    tomorrow: Timestamp,
}

/// Why an approved mail is not tried now.
enum Hold {
    /// The person may not be mailed any more; the mail is stopped.
    Blocked,
    /// Their sending window opens then.
    Until(Timestamp),
}

/// Hands mail over in this process. One per process.
#[derive(Clone)]
pub struct Sender {
    engine: Engine,
    gate: Gate,
    worker: String,
    /// Workspaces with claims in the air, whose leases are kept alive.
    busy: Arc<Mutex<HashMap<WorkspaceId, usize>>>,
    /// Mailboxes that are being worked off: each by one task, so that a slow server holds up nobody else's mail.
    mailboxes: Arc<Mutex<HashSet<MailboxId>>>,
    /// Conversations beyond the first of each mailbox.
    lines: Arc<Semaphore>,
}

/// A mailbox that is being worked off, until this is dropped.
struct Turn {
    mailboxes: Arc<Mutex<HashSet<MailboxId>>>,
    id: MailboxId,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

impl Sender {
    /// Opens the journal and starts the gate.
    ///
    /// # Errors
    /// When the journal cannot be opened: without it nothing is sent.
    pub fn start(engine: &Engine) -> Result<Sender> {
        let path = engine.config().journal_file();
        let journal = Journal::open(&path).map_err(|e| {
            EngineError::Outside(format!("the send journal {} cannot be opened: {e}", path.display()))
        })?;
        let gate = Gate::start(engine.clone(), Arc::new(journal));
        let worker = random_bytes::<8>().iter().map(|b| format!("{b:02x}")).collect();
        let lines = Arc::new(Semaphore::new(engine.config().send_concurrency.saturating_sub(1)));
        let sender = Sender {
            engine: engine.clone(),
            gate,
            worker,
            busy: Arc::default(),
            mailboxes: Arc::default(),
            lines,
        };
        tokio::spawn(sender.clone().keep_alive());
        Ok(sender)
    }

    fn lease(&self) -> SignedDuration {
        SignedDuration::from_secs(self.engine.config().send_lease_seconds.max(1))
    }

    /// Renews leases while mails are on their way, until the program stops.
    async fn keep_alive(self) {
        let pause = Duration::from_millis(self.lease().as_millis().unsigned_abs() as u64 / 3);
        loop {
            tokio::time::sleep(pause).await;
            let busy: Vec<WorkspaceId> =
                self.busy.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
            for workspace in busy {
                if let Err(error) = self.renew(workspace).await {
                    tracing::warn!(workspace = %workspace, error = %error, "leases could not be renewed");
                }
            }
        }
    }

    async fn renew(&self, workspace: WorkspaceId) -> Result<()> {
        let mut tx = self.engine.store().begin(workspace).await?;
        dispatch::renew(&mut tx, &self.worker, self.engine.now() + self.lease()).await?;
        Ok(tx.commit().await?)
    }

    /// Sends what is due now, in all workspaces, and waits for it. Returns how many messages were taken up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn send_due(&self) -> Result<usize> {
        let mut tasks = JoinSet::new();
        self.begin_due(&mut tasks).await?;
        let mut n = 0;
        while let Some(ended) = tasks.join_next().await {
            n += taken_up(ended);
        }
        Ok(n)
    }

    /// Starts a task for every mailbox with mail due that is not being worked off yet; each gives the number of messages
    /// that it took up. Returns how many were started.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_due(&self, tasks: &mut JoinSet<usize>) -> Result<usize> {
        let mut global = self.engine.store().global_read().await?;
        let due = job::due(&mut global, Queue::Send, self.engine.now(), 100).await?;
        drop(global);
        let before = tasks.len();
        for wakeup in due {
            // What one workspace cannot do must not keep the others waiting.
            if let Err(error) = self.begin_workspace(wakeup, tasks).await {
                tracing::warn!(workspace = %wakeup.workspace, error = %error, "a workspace could not send");
            }
        }
        Ok(tasks.len() - before)
    }

    async fn begin_workspace(&self, wakeup: Wakeup, tasks: &mut JoinSet<usize>) -> Result<()> {
        let workspace = wakeup.workspace;
        let now = self.engine.now();
        let mut tx = self.engine.store().begin(workspace).await?;
        let (returned, uncertain) = dispatch::recover(&mut tx, now).await?;
        if returned > 0 || !uncertain.is_empty() {
            tracing::warn!(workspace = %workspace, returned, uncertain = uncertain.len(), "took over after a dead sender");
            self.engine.ask_resolution(&mut tx, now).await?;
            for id in uncertain {
                if let Some(message) = kiem_store::message::find(&mut tx, id).await? {
                    self.engine.go_on_after(&mut tx, &message).await?;
                }
            }
        }
        let mailboxes = dispatch::due_mailboxes(&mut tx, now).await?;
        let next = self.next_look(&mut tx).await?;
        job::settle(&mut tx, Queue::Send, wakeup, next).await?;
        tx.commit().await?;
        for due in mailboxes {
            if let Some(turn) = self.turn(due.id) {
                tasks.spawn(self.clone().work_off(workspace, due, turn));
            }
        }
        Ok(())
    }

    /// `None` while the mailbox is being worked off.
    fn turn(&self, id: MailboxId) -> Option<Turn> {
        let is_free = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        is_free.then(|| Turn { mailboxes: self.mailboxes.clone(), id })
    }

    /// One round of a mailbox, after which its workspace is looked at again.
    async fn work_off(self, workspace: WorkspaceId, due: DueMailbox, turn: Turn) -> usize {
        let id = due.id;
        let n = match self.send_mailbox(workspace, due).await {
            Ok(n) => n,
            Err(error) => {
                tracing::warn!(mailbox = %id, error = %error, "a mailbox could not be worked off");
                if let Err(error) = self.cannot_use(workspace, id, &error).await {
                    tracing::warn!(mailbox = %id, error = %error, "nor could that be written down");
                }
                0
            }
        };
        drop(turn);
        if n > 0
            && let Err(error) = self.look_again(workspace).await
        {
            tracing::warn!(workspace = %workspace, error = %error, "the next look at a workspace was not asked for");
        }
        n
    }

    async fn look_again(&self, workspace: WorkspaceId) -> Result<()> {
        let mut tx = self.engine.store().begin(workspace).await?;
        job::wake(&mut tx, Queue::Send, self.engine.now()).await?;
        tx.commit().await?;
        self.engine.committed(workspace);
        Ok(())
    }

    /// Says why a mailbox cannot send at all (its password cannot be opened, it has no server).
    async fn cannot_use(&self, workspace: WorkspaceId, id: MailboxId, error: &EngineError) -> Result<()> {
        if matches!(error, EngineError::Store(_)) {
            return Ok(());
        }
        let mut tx = self.engine.store().begin(workspace).await?;
        let is_news = mailbox::set_state(&mut tx, id, "failing", Some(&error.to_string())).await?;
        tx.commit().await?;
        if is_news {
            tracing::warn!(mailbox = %id, error = %error, "a mailbox cannot send");
            self.engine.committed(workspace);
        }
        Ok(())
    }

    /// When to look again: the next due message, but not before a mailbox's rhythm allows it.
    async fn next_look(&self, tx: &mut Tx) -> Result<Option<Timestamp>> {
        let Some(next) = dispatch::next_at(tx).await? else { return Ok(None) };
        let soon = self.engine.now() + SignedDuration::from_secs(1);
        let turn = mailbox::all(tx).await?.iter().map(|m| m.next_send_at).min().unwrap_or(soon);
        Ok(Some(next.max(turn.min(soon + SignedDuration::from_mins(10))).max(soon)))
    }

    async fn send_mailbox(&self, workspace: WorkspaceId, due: DueMailbox) -> Result<usize> {
        let now = self.engine.now();
        let mut tx = self.engine.store().begin(workspace).await?;
        let Some(mailbox) = mailbox::find(&mut tx, due.id).await? else { return Ok(0) };
        let mailer = self.mailer(&mailbox)?;
        let day = self.day(workspace, now).await?;
        let mut claimed = Vec::new();
        if due.n_other > 0 {
            claimed =
                dispatch::claim(&mut tx, due.id, false, &self.worker, now, self.lease(), CLAIM_MAX).await?;
        }
        if due.n_outreach > 0 {
            let limit = self.outreach_allowed(&mut tx, &mailbox, &day, now).await?;
            let outreach =
                dispatch::claim(&mut tx, due.id, true, &self.worker, now, self.lease(), limit).await?;
            claimed.extend(outreach);
        }
        let mut parcels = VecDeque::new();
        for one in claimed {
            if let Some(parcel) = self.parcel(&mut tx, workspace, &mailbox, &day, one, now).await? {
                parcels.push_back(parcel);
            }
        }
        tx.commit().await?;
        let n = parcels.len();
        if n > 0 {
            self.hand_over(workspace, &mailbox, mailer, parcels).await?;
        }
        Ok(n)
    }

    /// How many outreach mails this mailbox may start now: one per gap, as many as the cap leaves without a gap.
    async fn outreach_allowed(
        &self,
        tx: &mut Tx,
        mailbox: &Mailbox,
        day: &Day,
        now: Timestamp,
    ) -> Result<i64> {
        let left = mailbox.daily_cap - mailbox::n_sent_on(tx, mailbox.id, day.date).await?;
        if left <= 0 {
            // The mail waits for tomorrow through the gate's own check; here it is only not started.
            mailbox::take_turn(tx, mailbox.id, now, day.tomorrow).await?;
            return Ok(0);
        }
        if mailbox.gap_seconds_min <= 0 {
            return Ok(left.min(CLAIM_MAX));
        }
        let next = now + SignedDuration::from_secs(mailbox.gap_seconds_min);
        Ok(i64::from(mailbox::take_turn(tx, mailbox.id, now, next).await?))
    }

    async fn day(&self, workspace: WorkspaceId, now: Timestamp) -> Result<Day> {
        let zone = self.engine.zone(workspace).await?;
        let date = now.to_zoned_datetime(zone.clone()).date();
        let tomorrow = date
            .saturating_add(1.days())
            .to_datetime(jiff::civil::Time::midnight())
            .to_zoned_datetime(zone.clone())
            .map_or(now + SignedDuration::from_hours(24), |z| z.timestamp());
        Ok(Day { zone, date, tomorrow })
    }

    /// Makes a claimed message ready: inside its window, bytes frozen. `None` puts it back.
    async fn parcel(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        mailbox: &Mailbox,
        day: &Day,
        claimed: Claimed,
        now: Timestamp,
    ) -> Result<Option<Parcel>> {
        let message = &claimed.message.new;
        let is_outreach = message.kind == "outreach";
        let id = message.id;
        let Ok(to) = EmailAddress::parse(&message.recipient) else {
            let end = dispatch::End::Failed { reply: "the address is not valid".to_owned() };
            dispatch::end(tx, id, claimed.epoch, &end, now).await?;
            return Ok(None);
        };
        if is_outreach {
            match self.hold(tx, message, day, now).await? {
                Some(Hold::Blocked) => return Ok(None),
                Some(Hold::Until(due_at)) => {
                    dispatch::unclaim(tx, id, claimed.epoch, "outside_window", due_at).await?;
                    return Ok(None);
                }
                None => {}
            }
        }
        let Some(raw) = self.frozen(tx, workspace, mailbox, &claimed, now).await? else { return Ok(None) };
        // Answers and quotes respect an opt-out too, unless a person confirmed this one; a confirmation of what the guest
        // booked and a notice to a member are no approach.
        let respects = match message.kind.as_str() {
            "outreach" => true,
            "reply" | "quote" => !claimed.message.ignores_suppression,
            _ => false,
        };
        let suppression_hashes = if respects { self.engine.suppression_hashes(&to) } else { Vec::new() };
        let ticket = Ticket {
            workspace,
            id,
            epoch: claimed.epoch,
            is_outreach,
            suppression_hashes,
            step_key: self.engine.step_key(message),
            mailbox: mailbox.id,
            day: day.date,
            cap: mailbox.daily_cap,
            tomorrow: day.tomorrow,
            enrolment: message.enrolment_id,
            lead: message.lead_id,
            contact: message.contact_id,
            company: message.company_id,
            is_notice: message.kind == "notice",
            subject: message.subject.clone(),
        };
        Ok(Some(Parcel {
            ticket: Arc::new(ticket),
            to,
            message_id: message.message_id.clone(),
            raw,
            attempt: claimed.message.attempt,
        }))
    }

    /// The bytes of a claimed message, made and kept at its first try. `None` when it has ended or is another's.
    async fn frozen(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        mailbox: &Mailbox,
        claimed: &Claimed,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>> {
        if let Some(raw) = &claimed.raw {
            return Ok(Some(raw.clone()));
        }
        let id = claimed.message.new.id;
        let raw = match self.engine.compose(workspace, mailbox, &claimed.message, now).await {
            Ok(raw) => raw,
            // A mail that cannot be put together never will be, and must not hold up the others.
            Err(EngineError::Outside(problem)) => {
                let end = dispatch::End::Failed { reply: problem };
                dispatch::end(tx, id, claimed.epoch, &end, now).await?;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        Ok(dispatch::freeze(tx, id, claimed.epoch, &raw).await?.then_some(raw))
    }

    /// What keeps an approved mail from being tried now: the person may not be mailed any more (then it is stopped with
    /// the reason), or it is outside the sending window where they are.
    async fn hold(
        &self,
        tx: &mut Tx,
        message: &kiem_store::message::NewMessage,
        day: &Day,
        now: Timestamp,
    ) -> Result<Option<Hold>> {
        let (Some(campaign_id), Some(lead)) = (message.campaign_id, message.lead_id) else { return Ok(None) };
        let Some(campaign) = campaign::find(tx, campaign_id).await? else { return Ok(None) };
        let Some(person) = campaign::recipient(tx, lead).await? else { return Ok(None) };
        if self.engine.stop_if_blocked(tx, &person, message).await? {
            return Ok(Some(Hold::Blocked));
        }
        let window = window_of(&campaign);
        let zone = zone_of(person.time_zone.as_deref(), person.country.as_deref(), &day.zone);
        Ok((!window.contains(&zone, now)).then(|| Hold::Until(window.next(&zone, now))))
    }

    fn mailer(&self, mailbox: &Mailbox) -> Result<Mailer> {
        if mailbox.kind == "sandbox" {
            return Ok(Mailer::Sandbox { mailbox: mailbox.id });
        }
        let servers: MailServers = serde_json::from_str(&mailbox.servers)
            .map_err(|e| EngineError::Outside(format!("a mailbox's servers cannot be read: {e}")))?;
        let smtp = servers.smtp.ok_or_else(|| EngineError::refused("mailbox_without_smtp"))?;
        let credentials = match (&mailbox.secret, smtp.username.is_empty()) {
            (Some(secret), false) => Some(Credentials {
                username: smtp.username.clone(),
                password: self.engine.open_mailbox_secret(mailbox.id, secret)?,
            }),
            _ => None,
        };
        let from = EmailAddress::parse(&mailbox.address)
            .map_err(|e| EngineError::Outside(format!("a mailbox's address cannot be used: {e}")))?;
        let timeouts = Timeouts {
            answer: Duration::from_secs(self.engine.config().smtp_answer_seconds.max(1)),
            ..Timeouts::default()
        };
        Ok(Mailer::Smtp { server: smtp.server()?, credentials, from, timeouts })
    }

    async fn hand_over(
        &self,
        workspace: WorkspaceId,
        mailbox: &Mailbox,
        mailer: Mailer,
        parcels: VecDeque<Parcel>,
    ) -> Result<()> {
        // The first is always free: a mailbox never waits for another. The practice mailbox gives rising numbers, so its
        // mails go one after the other.
        let more = match mailer {
            Mailer::Sandbox { .. } => 0,
            Mailer::Smtp { .. } => parcels.len().min(LANES_PER_MAILBOX_MAX) - 1,
        };
        let lines: Vec<_> = (0..more).map_while(|_| self.lines.try_acquire().ok()).collect();
        let lanes = 1 + lines.len();
        let parcels = Arc::new(tokio::sync::Mutex::new(parcels));
        *self.busy.lock().unwrap_or_else(PoisonError::into_inner).entry(workspace).or_insert(0) += 1;
        let mut running = JoinSet::new();
        for _ in 0..lanes {
            running.spawn(lane::run(self.engine.clone(), self.gate.clone(), mailer.clone(), parcels.clone()));
        }
        let (mut went_well, mut problem) = (false, None);
        while let Some(ended) = running.join_next().await {
            match ended {
                Ok(Ok(())) => went_well = true,
                Ok(Err(error)) => problem = Some(error),
                Err(stopped) => tracing::error!(error = %stopped, "a lane broke off; its mail is looked up"),
            }
        }
        drop(lines);
        {
            let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(n) = busy.get_mut(&workspace) {
                *n -= 1;
                if *n == 0 {
                    busy.remove(&workspace);
                }
            }
        }
        let left = std::mem::take(&mut *parcels.lock().await);
        self.put_back(workspace, mailbox, left, went_well, problem).await
    }

    /// What no lane could take goes back untried: soon when the server answers others, later when it answers nobody, and
    /// then the mailbox says why.
    async fn put_back(
        &self,
        workspace: WorkspaceId,
        mailbox: &Mailbox,
        left: VecDeque<Parcel>,
        went_well: bool,
        problem: Option<SmtpError>,
    ) -> Result<()> {
        let is_dead = !went_well && problem.is_some();
        let recovered = went_well && mailbox.state == "failing";
        if left.is_empty() && !is_dead && !recovered {
            return Ok(());
        }
        let wait = if is_dead { SignedDuration::from_mins(2) } else { SignedDuration::from_secs(1) };
        let mut tx = self.engine.store().begin(workspace).await?;
        for parcel in left {
            let ticket = &parcel.ticket;
            let retry_at = self.engine.now() + wait;
            dispatch::unclaim(&mut tx, ticket.id, ticket.epoch, "mailbox_unreachable", retry_at).await?;
        }
        if let (true, Some(problem)) = (is_dead, problem) {
            mailbox::set_state(&mut tx, mailbox.id, "failing", Some(&problem.to_string())).await?;
        } else if recovered {
            mailbox::set_state(&mut tx, mailbox.id, "active", None).await?;
        }
        tx.commit().await?;
        self.engine.committed(workspace);
        Ok(())
    }
}

/// How many messages a mailbox's task took up.
pub fn taken_up(ended: std::result::Result<usize, JoinError>) -> usize {
    ended.unwrap_or_else(|stopped| {
        tracing::error!(error = %stopped, "the work on a mailbox broke off; its mail is looked up");
        0
    })
}

impl Engine {
    /// Key of a message's step in the journal: the same enrolment, step and person give the same key for ever.
    pub fn step_key(&self, message: &kiem_store::message::NewMessage) -> Vec<u8> {
        let what = match (message.enrolment_id, message.step_id) {
            (Some(enrolment), Some(step)) => format!("{enrolment}/{step}"),
            _ => message.message_id.clone(),
        };
        self.keys().keyed_hash(&format!("step\0{what}\0{}", message.recipient))
    }

    /// The workspace's time zone.
    ///
    /// # Errors
    /// When the database fails or the zone is unknown.
    pub async fn zone(&self, workspace: WorkspaceId) -> Result<TimeZone> {
        let mut global = self.store().global_read().await?;
        let found =
            kiem_store::account::workspace(&mut global, workspace).await?.ok_or(EngineError::NotFound)?;
        TimeZone::get(&found.time_zone)
            .map_err(|e| EngineError::Outside(format!("the workspace's time zone is unknown: {e}")))
    }
}
