//! Practice mode: reading what Kiem "sent" and answering in the lead's place. Everything behind it is the real code; only
//! the last metre, from mail server to mail server, is the practice mailbox.

mod report;
pub mod website;

use jiff::Timestamp;
use kiem_domain::contact::EmailAddress;
use kiem_domain::message::{HeaderMessageId, HeaderText, MailParty, OutboundMail, references_chain};
use kiem_store::engagement::{self, Engagement};
use kiem_store::inbound::{self, Inbound};
use kiem_store::promotion::{self, LeadFacts, Promotion};
use kiem_store::sandbox::{self, Direction, PracticeFilter, PracticeLine, SandboxMail};
use kiem_store::{Tx, mailbox};
use uuid::Uuid;

use super::{Caller, Engine, EngineError, Permission, Result};

/// Longest answer that can be written.
const TEXT_CHARS_MAX: usize = 20_000;
/// Acts and replies of a lead that stand beside a practice mail: the newest.
const ACTS_MAX: i64 = 30;

/// A practice mail as its reader sees it.
#[derive(Debug, Clone)]
pub struct PracticeMail {
    /// The mail.
    pub mail: SandboxMail,
    /// Its text.
    pub text: String,
    /// Addresses in it that can be clicked.
    pub links: Vec<String>,
    /// What Kiem made of its reader so far; none for somebody who is no lead.
    pub standing: Option<PracticeStanding>,
}

/// What Kiem made of a lead's acts: played by the user, judged by the real rules.
#[derive(Debug, Clone)]
pub struct PracticeStanding {
    /// The lead.
    pub lead: LeadFacts,
    /// What it did, with its grade.
    pub acts: Vec<Engagement>,
    /// What it wrote, newest first.
    pub replies: Vec<Inbound>,
    /// The promotion that stands.
    pub promotion: Option<Promotion>,
}

/// An answer in the lead's place.
#[derive(Debug, Clone)]
pub struct PracticeReply<'a> {
    /// What is written.
    pub text: &'a str,
    /// Whether our mail stands quoted below it, as most mail programs do.
    pub with_quote: bool,
    /// From another address at the same company (a colleague answers); none for the lead's own.
    pub from: Option<&'a str>,
    /// Whether it says of itself that a machine wrote it (an absence notice).
    pub is_automatic: bool,
}

impl Engine {
    /// Practice mails that went to leads, newest first.
    ///
    /// # Errors
    /// Refused in a live workspace.
    pub async fn practice_inbox(
        &self,
        caller: &Caller,
        filter: &PracticeFilter,
        limit: i64,
    ) -> Result<Vec<PracticeLine>> {
        caller.may(Permission::View)?;
        self.in_practice(caller).await?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(sandbox::practice_inbox(&mut tx, filter, limit.clamp(1, 200)).await?)
    }

    /// One practice mail with its text and links, and what Kiem made of its reader.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; refused in a live workspace.
    pub async fn practice_mail(&self, caller: &Caller, id: Uuid) -> Result<PracticeMail> {
        caller.may(Permission::View)?;
        self.in_practice(caller).await?;
        let mut tx = self.store().read(caller.workspace).await?;
        let mail = sandbox::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let standing = standing_of(&mut tx, &mail.address).await?;
        let text = text_of(&mail)?;
        let links = links_in(&text);
        Ok(PracticeMail { mail, text, links, standing })
    }

    /// Answers a practice mail as the lead would: real bytes in the practice mailbox, read like any other mail.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; refused in a live workspace; says what is wrong with the text.
    pub async fn practice_reply(&self, caller: &Caller, id: Uuid, reply: &PracticeReply<'_>) -> Result<Uuid> {
        caller.may(Permission::JudgeEngagement)?;
        self.in_practice(caller).await?;
        if reply.text.trim().is_empty() || reply.text.chars().count() > TEXT_CHARS_MAX {
            return Err(EngineError::field("text", "mail_text"));
        }
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mail = sandbox::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let mailbox = mailbox::find(&mut tx, mail.mailbox_id).await?.ok_or(EngineError::NotFound)?;
        let from = reply.from.unwrap_or(&mail.address);
        let from = EmailAddress::parse(from).map_err(|_| EngineError::field("from", "email"))?;
        let (message_id, raw) = answer(&mail, &mailbox.address, &from, reply, now, &self.new_id::<Uuid>())?;
        let new = SandboxMail {
            id: self.new_id(),
            mailbox_id: mail.mailbox_id,
            direction: Direction::FromLead,
            address: from.to_string(),
            message_id,
            subject: mail.subject.clone(),
            raw,
            uid: 0,
            created_at: now,
        };
        sandbox::insert(&mut tx, &new).await?;
        self.audit(&mut tx, caller, "practice.answered", "practice_mail", Some(id), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(new.id)
    }

    /// Gives a practice mail back as undeliverable, the way a mail server reports an address that is not there.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; refused in a live workspace.
    pub async fn practice_bounce(&self, caller: &Caller, id: Uuid) -> Result<Uuid> {
        caller.may(Permission::JudgeEngagement)?;
        self.in_practice(caller).await?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mail = sandbox::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let mailbox = mailbox::find(&mut tx, mail.mailbox_id).await?.ok_or(EngineError::NotFound)?;
        let unique = self.new_id::<Uuid>();
        let new = SandboxMail {
            id: self.new_id(),
            mailbox_id: mail.mailbox_id,
            direction: Direction::FromLead,
            address: mail.address.clone(),
            message_id: format!("{}@practice.invalid", unique.simple()),
            subject: "Undelivered Mail Returned to Sender".to_owned(),
            raw: report::undelivered(&mail, &mailbox.address, now, &unique).into_bytes(),
            uid: 0,
            created_at: now,
        };
        sandbox::insert(&mut tx, &new).await?;
        self.audit(&mut tx, caller, "practice.bounced", "practice_mail", Some(id), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(new.id)
    }

    async fn in_practice(&self, caller: &Caller) -> Result<()> {
        let (workspace, _) = self.workspace(caller.workspace).await?;
        if workspace.mode == "practice" { Ok(()) } else { Err(EngineError::refused("not_practice")) }
    }
}

async fn standing_of(tx: &mut Tx, address: &str) -> Result<Option<PracticeStanding>> {
    let Some(lead) = promotion::lead_of_address(tx, address).await? else { return Ok(None) };
    Ok(Some(PracticeStanding {
        acts: engagement::of_lead(tx, lead.lead_id, ACTS_MAX).await?,
        replies: inbound::of_contact(tx, lead.contact_id, ACTS_MAX).await?,
        promotion: promotion::newest_of_lead(tx, lead.lead_id).await?.filter(|p| p.undone_at.is_none()),
        lead,
    }))
}

fn text_of(mail: &SandboxMail) -> Result<String> {
    let parsed = kiem_adapters::mime::parse(&mail.raw, None)
        .map_err(|e| EngineError::Outside(format!("a practice mail cannot be read: {e}")))?;
    Ok(parsed.text)
}

/// Web addresses in a text, in order, each once.
fn links_in(text: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')')) {
        let word = word.trim_end_matches(['.', ',', ';', '!', '?']);
        if (word.starts_with("https://") || word.starts_with("http://")) && !links.iter().any(|l| l == word) {
            links.push(word.to_owned());
        }
    }
    links
}

/// The bytes of an answer, and its Message-ID.
fn answer(
    mail: &SandboxMail,
    to: &str,
    from: &EmailAddress,
    reply: &PracticeReply<'_>,
    now: Timestamp,
    unique: &Uuid,
) -> Result<(String, Vec<u8>)> {
    let wrong =
        |e: &dyn std::fmt::Display| EngineError::Outside(format!("an answer cannot be put together: {e}"));
    let answered = HeaderMessageId::parse(&mail.message_id).map_err(|e| wrong(&e))?;
    let id = format!("{}@{}", unique.simple(), from.domain());
    let mut text = reply.text.trim().to_owned();
    if reply.with_quote {
        let quoted: String = text_of(mail)?.lines().map(|line| format!("> {line}\n")).collect();
        text = format!("{text}\n\nOp {} schreef {to}:\n{quoted}", now.strftime("%d-%m-%Y om %H:%M"));
    }
    let party = |address: EmailAddress| MailParty { address, name: HeaderText::default() };
    let subject = format!("Re: {}", kiem_domain::inbound::subject::base_subject(&mail.subject));
    let out = OutboundMail {
        message_id: HeaderMessageId::parse(&id).map_err(|e| wrong(&e))?,
        date: now.to_zoned_datetime(jiff::tz::TimeZone::UTC),
        from: party(from.clone()),
        to: party(EmailAddress::parse(to).map_err(|e| wrong(&e))?),
        reply_to: None,
        subject: HeaderText::new(&subject).map_err(|e| wrong(&e))?,
        references: references_chain(&[], &answered),
        in_reply_to: Some(answered),
        list_unsubscribe: None,
        is_automatic: reply.is_automatic,
        text,
        invitation: None,
        attachments: Vec::new(),
    };
    let raw = kiem_adapters::mime::build(&out).map_err(|e| wrong(&e))?;
    Ok((id, raw))
}

#[cfg(test)]
mod tests {
    use super::links_in;

    #[test]
    fn links_are_found_once_and_without_punctuation() {
        let text = "Zie https://go.example/k/abc. Of <https://go.example/u/x>, of https://go.example/k/abc";
        assert_eq!(links_in(text), ["https://go.example/k/abc", "https://go.example/u/x"]);
    }
}
