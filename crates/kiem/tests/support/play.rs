//! The practice mailbox with the real code: a campaign is sent, people answer.

use jiff::SignedDuration;
use kiem::engine::Role;
use kiem::engine::outreach::WindowSetting;
use kiem::engine::outreach::approval::Seen;
use kiem::engine::outreach::campaigns::{CampaignInput, StepInput};
use kiem::engine::outreach::mailboxes::MailboxInput;
use kiem::engine::promotion::ReplyJudgement;
use kiem::engine::send::{MailServers, Sender};
use kiem_domain::engagement::reply::ReplyLabel;
use kiem_domain::id::{InboundId, LeadId, MailboxId, MessageId};
use kiem_domain::sequence::StepKind;
use kiem_store::inbound::Inbound;
use kiem_store::message::{Message, MessageFilter, MessageState};
use kiem_store::promotion::{LeadFacts, Promotion};
use kiem_store::prospect::Prospect;
use kiem_store::sandbox::{self, Direction, SandboxMail};
use kiem_store::{event, inbound, promotion, prospect};
use uuid::Uuid;

use super::House;

/// A house in practice mode with a running campaign of two mails, and everything sent that is due.
pub struct Play {
    pub house: House,
    pub mailbox: MailboxId,
    pub sender: Sender,
}

pub fn mail(subject: Option<&str>, body: &str) -> StepInput {
    StepInput {
        id: None,
        kind: StepKind::Mail,
        wait_days: None,
        subject: subject.map(str::to_owned),
        body: Some(body.to_owned()),
        task: None,
        task_channel: None,
    }
}

impl Play {
    /// Everybody given was enrolled, and their first mail was sent.
    pub async fn with(house: House, people: &[(u32, &str, &str, &str)]) -> (Play, Vec<LeadId>) {
        let owner = house.caller(Role::Owner);
        let input = MailboxInput {
            kind: "sandbox".to_owned(),
            address: "jan@kiem.example".to_owned(),
            display_name: "Jan de Boer".to_owned(),
            servers: MailServers::default(),
            password: None,
            signature: "Groet,\nJan".to_owned(),
            daily_cap: 100,
            gap_seconds_min: 0,
        };
        let mailbox = house.engine.create_mailbox(&owner, &input).await.unwrap();
        let campaign = CampaignInput {
            name: "Kennismaken".to_owned(),
            language: "nl".to_owned(),
            mailbox_id: mailbox,
            window: WindowSetting::default(),
        };
        let steps = [
            mail(
                Some("Vraag over offertes"),
                "Dag {{ contact.first_name }},\n\nWij helpen groothandels om hun offertes binnen een dag te versturen, zonder extra werk voor de binnendienst.",
            ),
            StepInput { kind: StepKind::Wait, wait_days: Some(3), body: None, ..mail(None, "") },
            mail(None, "Dag {{ contact.first_name }}, nog even hierover."),
        ];
        let campaign = house.engine.create_campaign(&owner, &campaign, &steps).await.unwrap();
        house.engine.start_campaign(&owner, campaign).await.unwrap();
        let mut leads = Vec::new();
        for (n, email, given, company) in people {
            leads.push(house.lead(*n, email, given, "Meer", company).await);
        }
        house.engine.enrol(&house.caller(Role::Marketing), campaign, &leads).await.unwrap();
        let sender = Sender::start(&house.engine).unwrap();
        let play = Play { house, mailbox, sender };
        play.settle().await;
        // Nobody answers in the instant in which a mail leaves.
        play.house.advance(SignedDuration::from_mins(30));
        (play, leads)
    }

    /// Eva of the wholesaler, alone.
    pub async fn eva() -> (Play, LeadId) {
        let (play, leads) =
            Play::with(House::sqlite().await, &[(1, "eva@klant.example", "Eva", "Groothandel Klant")]).await;
        (play, leads[0])
    }

    /// Runs jobs, approves every draft and sends what is due, until nothing moves.
    pub async fn settle(&self) {
        for _ in 0..5 {
            self.house.run_jobs().await;
            let drafts: Vec<Seen> = self
                .messages(Some(MessageState::Draft))
                .await
                .into_iter()
                .map(|m| Seen { id: m.new.id, subject: m.new.subject, body: m.new.body })
                .collect();
            self.house.engine.approve(&self.house.caller(Role::Marketing), &drafts).await.unwrap();
            self.sender.send_due().await.unwrap();
        }
        self.house.run_jobs().await;
    }

    pub async fn messages(&self, state: Option<MessageState>) -> Vec<Message> {
        let filter = MessageFilter { campaign: None, state, after: None, limit: 100 };
        self.house.engine.messages(&self.house.caller(Role::Owner), filter).await.unwrap()
    }

    pub async fn first_mail_to(&self, email: &str) -> Message {
        self.messages(None).await.into_iter().find(|m| m.new.recipient == email).unwrap()
    }

    pub async fn draft_to(&self, email: &str) -> Option<MessageId> {
        let drafts = self.messages(Some(MessageState::Draft)).await;
        drafts.into_iter().find(|m| m.new.recipient == email).map(|m| m.new.id)
    }

    /// Delivers a mail to Kiem's mailbox and lets Kiem read it.
    pub async fn deliver(&self, from: &str, headers: &str, body: &str) -> Inbound {
        let id = format!("{}@elders.example", Uuid::from_bytes(super::random()));
        let raw = format!(
            "From: {from}\r\nTo: jan@kiem.example\r\nMessage-ID: <{id}>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n\
             MIME-Version: 1.0\r\n{headers}\r\n{body}\r\n"
        );
        self.deliver_raw(&raw).await;
        self.newest(&id).await
    }

    pub async fn deliver_raw(&self, raw: &str) {
        self.receive(raw).await;
        self.house.run_jobs().await;
    }

    /// Delivers a mail and lets Kiem take it in, no more.
    pub async fn receive(&self, raw: &str) {
        let one = SandboxMail {
            id: Uuid::from_bytes(super::random()),
            mailbox_id: self.mailbox,
            direction: Direction::FromLead,
            address: "lead@klant.example".to_owned(),
            message_id: String::new(),
            subject: String::new(),
            raw: raw.as_bytes().to_vec(),
            uid: 0,
            created_at: self.house.clock.now(),
        };
        let mut tx = self.house.db.store.begin(self.house.workspace).await.unwrap();
        sandbox::insert(&mut tx, &one).await.unwrap();
        tx.commit().await.unwrap();
        self.house.engine.receive_sandbox(self.house.workspace, self.mailbox).await.unwrap();
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        tx.fetch_one(sql, vec![]).await.unwrap().get("n").unwrap()
    }

    pub async fn newest(&self, key: &str) -> Inbound {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        let filter = inbound::InboxFilter::default();
        let rows = inbound::inbox(&mut tx, filter, 100).await.unwrap();
        rows.into_iter().map(|row| row.mail).find(|mail| mail.external_key == key).unwrap()
    }

    /// Eva answers the first mail.
    pub async fn reply(&self, words: &str) -> Inbound {
        let ours = self.first_mail_to("eva@klant.example").await;
        let headers = format!(
            "Subject: Re: {}\r\nIn-Reply-To: <{}>\r\nContent-Type: text/plain; charset=utf-8\r\n",
            ours.new.subject, ours.new.message_id
        );
        self.deliver("Eva Meer <eva@klant.example>", &headers, words).await
    }

    pub async fn lead(&self, lead: LeadId) -> LeadFacts {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        promotion::lead_facts(&mut tx, lead).await.unwrap().unwrap()
    }

    pub async fn promotion(&self, lead: LeadId) -> Option<Promotion> {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        promotion::newest_of_lead(&mut tx, lead).await.unwrap()
    }

    pub async fn prospect(&self, lead: LeadId) -> Option<Prospect> {
        let company = self.lead(lead).await.company_id;
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        prospect::open_for_company(&mut tx, company).await.unwrap()
    }

    /// State and reason of the lead's enrolment.
    pub async fn enrolment(&self, lead: LeadId) -> (String, Option<String>) {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        let row = tx
            .fetch_one(
                "SELECT state, reason FROM enrolment WHERE workspace_id = $1 AND lead_id = $2",
                kiem_store::args![lead],
            )
            .await
            .unwrap();
        (row.get("state").unwrap(), row.get("reason").unwrap())
    }

    pub async fn event_kinds(&self) -> Vec<String> {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        event::since(&mut tx, Uuid::nil(), 1_000).await.unwrap().into_iter().map(|e| e.kind).collect()
    }

    pub async fn judge(&self, mail: InboundId, label: ReplyLabel) {
        let judgement = ReplyJudgement { label, until: None, lead: None };
        self.house.engine.label_reply(&self.house.caller(Role::Sales), mail, judgement).await.unwrap();
        self.house.run_jobs().await;
    }

    pub async fn suppressed(&self, email: &str) -> bool {
        let mut tx = self.house.db.store.read(self.house.workspace).await.unwrap();
        let address = kiem_domain::contact::EmailAddress::parse(email).unwrap();
        self.house.engine.is_suppressed(&mut tx, &address).await.unwrap()
    }
}

/// A mail that makes a prospect.
pub const QUESTION: &str = "Dag Jan,\r\n\r\nKlinkt interessant, wat kost dit ongeveer voor een bedrijf met twintig mensen?\r\n\r\nGroet,\r\nEva";
