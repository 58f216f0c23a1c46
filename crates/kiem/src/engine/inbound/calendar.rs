//! Answers to invitations (RFC 6047). A yes promotes only when it answers an invitation of ours, comes from whom we invited
//! and not from a program; what cannot be proved is shown to a person.

use kiem_domain::contact::EmailAddress;
use kiem_domain::engagement::Actor as Who;
use kiem_domain::engagement::reply::ReplyLabel;
use kiem_domain::inbound::matching::MatchLevel;
use kiem_domain::inbound::{
    CalendarAnswer as CalendarPart, CalendarMethod, Dmarc, Outcome, ParsedMail, Participation,
};
use kiem_domain::promotion::{CalendarAnswer, EventKind};
use kiem_store::booking::{self, Invited};
use kiem_store::event::Actor;
use kiem_store::inbound::Inbound;
use kiem_store::{Tx, inbound, member, promotion};

use super::act::{Understood, act, reply_of};
use super::flags::StoredFlags;
use super::take_in::Sighted;
use crate::engine::promotion::Rules;
use crate::engine::{Engine, Result};

impl Engine {
    /// Takes an answer to an invitation.
    pub(super) async fn take_calendar(
        &self,
        tx: &mut Tx,
        row: &Inbound,
        sighted: &Sighted,
        part: &CalendarPart,
        rules: &Rules,
    ) -> Result<()> {
        let Some(answer) = answer_of(part) else { return Ok(()) };
        let attendee =
            EmailAddress::parse(&part.attendee).or_else(|_| EmailAddress::parse(&row.from_address));
        let attendee = attendee.ok();
        // The host gets the invitation too, and says yes to it.
        let is_of = |who: &EmailAddress, email: &str| who.as_str().eq_ignore_ascii_case(email);
        if let Some(who) = &attendee
            && member::all(tx, false).await?.iter().any(|one| is_of(who, &one.email))
        {
            return Ok(());
        }
        let invited = booking::invited(tx, &part.uid).await?;
        let row = self.with_guest(tx, row, invited.as_ref()).await?;
        let is_guest =
            |made: &Invited| attendee.as_ref().is_some_and(|who| is_invited(who, &made.guest_email));
        let Some(made) = invited.filter(is_guest).filter(|_| sighted.mail.dmarc != Dmarc::Fail) else {
            return self.ask_about_answer(tx, &row, sighted, answer, rules).await;
        };
        let since_telling = row.received_at.duration_since(made.told_at);
        let is_automatic = !part.is_by_person(is_auto_submitted(&sighted.mail), since_telling);
        let what = EventKind::CalendarReply { answer, uid: part.uid.clone(), is_automatic };
        self.store_engagement(tx, &act(&row, what), rules).await?;
        if !is_automatic {
            self.announce_calendar(tx, &row, answer).await?;
        }
        match row.lead_id {
            Some(lead) => self.decide(tx, lead).await.map(drop),
            None => Ok(()),
        }
    }

    /// A mail that matched nobody belongs to the guest of the appointment that it answers.
    async fn with_guest(&self, tx: &mut Tx, row: &Inbound, invited: Option<&Invited>) -> Result<Inbound> {
        let mut row = row.clone();
        if row.lead_id.is_none()
            && let Some(lead) = invited.and_then(|made| made.lead_id)
            && let Some(facts) = promotion::lead_facts(tx, lead).await?
        {
            inbound::attach(tx, row.id, facts.lead_id, facts.contact_id, facts.company_id).await?;
            MatchLevel::Person.as_str().clone_into(&mut row.match_level);
            row.lead_id = Some(facts.lead_id);
            row.contact_id = Some(facts.contact_id);
            row.company_id = Some(facts.company_id);
        }
        Ok(row)
    }

    /// An answer to an invitation that is not ours, of somebody whom we did not invite, or from a sender whose domain
    /// disowns the mail: perhaps a sign of life, so a person says what it means.
    async fn ask_about_answer(
        &self,
        tx: &mut Tx,
        row: &Inbound,
        sighted: &Sighted,
        answer: CalendarAnswer,
        rules: &Rules,
    ) -> Result<()> {
        if row.lead_id.is_none() {
            return Ok(());
        }
        let row = Inbound { needs_look: true, ..row.clone() };
        self.announce_calendar(tx, &row, answer).await?;
        let understood = Understood::by_headers(ReplyLabel::Other, None);
        let reply = EventKind::Reply(reply_of(&row, sighted.lead.as_ref(), understood)?);
        let flags = StoredFlags::default();
        self.finish_reading(tx, &row, reply, &understood, &flags, Outcome::CalendarReply, rules).await
    }

    async fn announce_calendar(&self, tx: &mut Tx, row: &Inbound, answer: CalendarAnswer) -> Result<()> {
        let mut happened = self.event(Actor::Lead, "reply.received", "inbound", Some(row.id.0));
        happened.occurred_at = row.received_at;
        happened.company_id = row.company_id;
        happened.contact_id = row.contact_id;
        happened.data =
            serde_json::json!({ "subject": row.subject, "calendar_answer": answer.as_str() }).to_string();
        self.announce(tx, &happened).await.map(drop)
    }
}

/// What was answered; none when nothing was.
fn answer_of(part: &CalendarPart) -> Option<CalendarAnswer> {
    match (part.method, part.participation) {
        (CalendarMethod::Counter, _) => Some(CalendarAnswer::Counter),
        (_, Some(Participation::Accepted)) => Some(CalendarAnswer::Accepted),
        (_, Some(Participation::Tentative | Participation::Delegated)) => Some(CalendarAnswer::Tentative),
        (_, Some(Participation::Declined)) => Some(CalendarAnswer::Declined),
        (_, Some(Participation::NeedsAction) | None) => None,
    }
}

/// Whether somebody is the guest or works at the guest's company.
fn is_invited(who: &EmailAddress, guest: &str) -> bool {
    EmailAddress::parse(guest).is_ok_and(|guest| {
        matches!(Who::of(who, &guest, Some(&guest.domain()), &[]), Who::Lead | Who::Colleague)
    })
}

/// RFC 3834: everything but `no` was sent by a program.
fn is_auto_submitted(mail: &ParsedMail) -> bool {
    mail.header("auto-submitted").is_some_and(|value| !value.trim().eq_ignore_ascii_case("no"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guest_and_colleagues_are_invited_and_nobody_else() {
        for (who, guest, expected) in [
            ("eva@klant.example", "eva@klant.example", true),
            ("eva+agenda@klant.example", "eva@klant.example", true),
            ("jan@klant.example", "eva@klant.example", true),
            ("jan@elders.example", "eva@klant.example", false),
            ("jan@gmail.com", "eva@gmail.com", false),
        ] {
            assert_eq!(is_invited(&EmailAddress::parse(who).unwrap(), guest), expected, "{who}");
        }
    }
}
