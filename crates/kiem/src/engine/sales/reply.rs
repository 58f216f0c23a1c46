//! Answering a prospect from the page, in the same thread.

use jiff::Timestamp;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{ContactId, MailboxId, MessageId, ProspectId};
use kiem_store::prospect::Prospect;
use kiem_store::thread::{self, Person, ThreadEnd};
use kiem_store::{Tx, inbound, mailbox, prospect};

use super::{NextAction, plan, typed};
use crate::engine::inbound::Folder;
use crate::engine::outreach::compose::DirectMail;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// An answer as a person writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// To whom of the prospect's people; who wrote last when nobody is named.
    pub contact: Option<ContactId>,
    /// Subject, for a mail that begins a conversation; an answer keeps the one it has.
    pub subject: String,
    /// The words. The signature of the mailbox is put below.
    pub text: String,
    /// What is planned after it.
    pub next: Option<NextAction>,
    /// Why it goes out although the person is on the suppression list.
    pub despite: Option<String>,
}

/// "Re: " once, whatever the other side's program put there.
fn answer_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let cut = ["re:", "aw:", "antw:", "sv:"].iter().find_map(|prefix| {
            let head = rest.get(..prefix.len())?;
            head.eq_ignore_ascii_case(prefix)
                .then(|| rest.get(prefix.len()..).unwrap_or_default().trim_start())
        });
        match cut {
            Some(shorter) => rest = shorter,
            None => return format!("Re: {rest}"),
        }
    }
}

impl Engine {
    /// Sends an answer to a person of a prospect, in their thread.
    ///
    /// # Errors
    /// Refused when the prospect is closed, the person has no address or wants no mail, or there is no mailbox.
    pub async fn reply_to_prospect(
        &self,
        caller: &Caller,
        id: ProspectId,
        reply: Reply,
    ) -> Result<MessageId> {
        caller.may(Permission::WorkProspects)?;
        let text = typed("text", &reply.text)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut pursuit = self.pursuit(&mut tx, id, None).await?;
        if !pursuit.state.is_open() {
            return Err(EngineError::refused("prospect_closed"));
        }
        let people = thread::people(&mut tx, id).await?;
        let last = self.last_writer(&mut tx, &pursuit, &people).await?;
        let wanted = reply.contact.or(last).unwrap_or(pursuit.contact_id);
        let person = people
            .into_iter()
            .find(|person| person.contact_id == wanted)
            .ok_or_else(|| EngineError::field("contact_id", "unknown_choice"))?;
        let to = person
            .email
            .as_deref()
            .and_then(|text| EmailAddress::parse(text).ok())
            .ok_or_else(|| EngineError::refused("contact_without_address"))?;
        let despite = self.may_write(&mut tx, caller, &to, reply.despite.as_deref(), id).await?;
        let end = thread::end_with(&mut tx, wanted).await?;
        let (mailbox, signature) = self.mailbox_for(&mut tx, end.as_ref()).await?;
        let subject = match &end {
            Some(end) => answer_subject(&end.subject),
            None => typed("subject", &reply.subject)?,
        };
        let (in_reply_to, references) = match end {
            Some(end) => {
                let mut references = end.references;
                references.push(end.message_id.clone());
                (Some(end.message_id), references)
            }
            None => (None, Vec::new()),
        };
        let mail = DirectMail {
            kind: "reply",
            mailbox,
            to,
            to_name: person.name,
            subject,
            text: if signature.is_empty() { text } else { format!("{text}\n\n{signature}") },
            in_reply_to,
            references,
            contact: Some(wanted),
            company: Some(pursuit.company_id),
            prospect: Some(id),
            lead: None,
            invitation: None,
            attachments: Vec::new(),
            despite_suppression: despite,
        };
        let message = self.queue_mail(&mut tx, mail).await?;
        pursuit.ours_at = Some(now);
        pursuit.responded_at.get_or_insert(now);
        after_answer(&mut pursuit, reply.next.as_ref(), now)?;
        prospect::save(&mut tx, &pursuit).await?;
        self.audit(&mut tx, caller, "prospect.answered", "prospect", Some(id.0), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(message)
    }

    /// Who of a pursuit wrote last, as far as it is one of its people: a mail of a colleague in the same thread is
    /// answered to the colleague.
    pub(crate) async fn last_writer(
        &self,
        tx: &mut Tx,
        pursuit: &Prospect,
        people: &[Person],
    ) -> Result<Option<ContactId>> {
        let outcomes = Folder::People.outcomes();
        let Some((contact, address)) = inbound::newest_writer(tx, pursuit.id, &outcomes).await? else {
            return Ok(None);
        };
        let same = |person: &&Person| person.email.as_deref().is_some_and(|email| email == address);
        Ok(people
            .iter()
            .find(same)
            .or_else(|| people.iter().find(|person| Some(person.contact_id) == contact))
            .map(|person| person.contact_id))
    }

    /// The mailbox of a conversation, or the first one that works, with its signature.
    pub(crate) async fn mailbox_for(
        &self,
        tx: &mut Tx,
        end: Option<&ThreadEnd>,
    ) -> Result<(MailboxId, String)> {
        if let Some(end) = end
            && let Some(found) = mailbox::find(tx, end.mailbox_id).await?
            && found.archived_at.is_none()
        {
            return Ok((found.id, found.signature));
        }
        mailbox::all(tx)
            .await?
            .into_iter()
            .find(|one| one.state == "active")
            .map(|one| (one.id, one.signature))
            .ok_or_else(|| EngineError::refused("no_mailbox"))
    }
}

/// After an answer the agreed next action stands; when the answer itself was planned, nothing is planned now and Today
/// says so.
fn after_answer(pursuit: &mut Prospect, next: Option<&NextAction>, now: Timestamp) -> Result<()> {
    if let Some(next) = next {
        return plan(pursuit, next, now);
    }
    if pursuit.next_action_kind.as_deref() == Some("reply") {
        pursuit.next_action = None;
        pursuit.next_action_kind = None;
        pursuit.next_action_at = None;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::answer_subject;

    #[test]
    fn an_answer_has_one_re() {
        for (subject, expected) in [
            ("Kennismaken", "Re: Kennismaken"),
            ("Re: Kennismaken", "Re: Kennismaken"),
            ("RE: re: AW: Antw: Kennismaken", "Re: Kennismaken"),
            ("  ", "Re: "),
            ("Résumé", "Re: Résumé"),
        ] {
            assert_eq!(answer_subject(subject), expected, "{subject}");
        }
    }
}
