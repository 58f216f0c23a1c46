//! What guest and host hear about an appointment: each gets the invitation, its change, or its cancellation, and the host
//! also sees it in the page.

use jiff::tz::TimeZone;
use kiem_domain::contact::EmailAddress;
use kiem_domain::message::{HeaderText, HeaderUrl, Invitation, InvitationKind, MailParty};
use kiem_store::booking::Booking;
use kiem_store::mailbox::Mailbox;
use kiem_store::{Tx, mailbox, promotion};

use super::booking::{Offer, spoken};
use crate::engine::outreach::compose::DirectMail;
use crate::engine::{Engine, EngineError, Result};
use crate::messages::{Lang, say};

fn outside(problem: impl std::fmt::Display) -> EngineError {
    EngineError::Outside(problem.to_string())
}

fn header(text: &str) -> Result<HeaderText> {
    HeaderText::new(text).map_err(outside)
}

fn address(text: &str) -> Result<EmailAddress> {
    EmailAddress::parse(text).map_err(outside)
}

/// What happened to an appointment, as the catalogue names it.
fn change_of(made: &Booking) -> &'static str {
    match made.state.as_str() {
        "cancelled" => "cancelled",
        "rescheduled" => "moved",
        _ => "confirmed",
    }
}

impl Engine {
    /// Tells guest and host what happened to an appointment, in the transaction that did it.
    pub(super) async fn tell_booking(
        &self,
        tx: &mut Tx,
        number: u32,
        offer: &Offer,
        made: &Booking,
        guest_zone: &TimeZone,
    ) -> Result<()> {
        let mailbox = mailbox::find(tx, offer.open.page.mailbox_id).await?.ok_or(EngineError::NotFound)?;
        self.mail_guest(tx, number, offer, made, guest_zone, &mailbox).await?;
        self.tell_host(tx, offer, made, &mailbox).await
    }

    async fn mail_guest(
        &self,
        tx: &mut Tx,
        number: u32,
        offer: &Offer,
        made: &Booking,
        zone: &TimeZone,
        mailbox: &Mailbox,
    ) -> Result<()> {
        let lang: Lang = made.language.parse().unwrap_or(offer.lang);
        let to = address(&made.guest_email)?;
        let url = self.booking_url(number, made.id);
        let page = &offer.open.page;
        let params = [
            ("name", made.guest_name.clone()),
            ("title", page.title.clone()),
            ("when", spoken(made.starts_at, zone, lang)),
            ("host", offer.host_name.clone()),
            ("url", url.clone()),
            ("sender", offer.sender.clone()),
        ];
        let attendee = MailParty { address: to.clone(), name: header(&made.guest_name)? };
        let mut invitation = self.invitation(mailbox, made, attendee, lang)?;
        invitation.summary = header(&format!("{} · {}", page.title, offer.host_name))?;
        if invitation.kind == InvitationKind::Request {
            invitation.change_url = Some(HeaderUrl::parse(&url).map_err(outside)?);
        }
        let key = change_of(made);
        let mail = DirectMail {
            kind: "booking",
            mailbox: page.mailbox_id,
            to,
            to_name: made.guest_name.clone(),
            subject: say(lang, &format!("booking_mail.{key}_subject"), &params),
            text: say(lang, &format!("booking_mail.{key}"), &params),
            in_reply_to: None,
            references: Vec::new(),
            contact: made.contact_id,
            company: made.company_id,
            prospect: None,
            lead: made.lead_id,
            invitation: Some(invitation),
            attachments: Vec::new(),
            despite_suppression: false,
        };
        self.queue_mail(tx, mail).await?;
        Ok(())
    }

    /// The host's calendar entry by mail (to the address that they log in with) and a line in the page.
    async fn tell_host(&self, tx: &mut Tx, offer: &Offer, made: &Booking, mailbox: &Mailbox) -> Result<()> {
        let page = &offer.open.page;
        let key = change_of(made);
        let data = serde_json::json!({
            "contact": made.guest_name,
            "contact_id": made.contact_id.map(|id| id.0),
            "starts_at": made.starts_at.to_string(),
            "title": page.title,
        });
        let kind = format!("booking.{key}");
        self.tell(tx, page.host_user_id, &kind, "booking", Some(made.id), &data).await?;
        let Some((name, language, email)) = promotion::member(tx, page.host_user_id).await? else {
            return Ok(());
        };
        // A log-in name need not be an address; then the page alone tells.
        let Ok(to) = EmailAddress::parse(&email) else { return Ok(()) };
        let lang: Lang = language.parse().unwrap_or(offer.lang);
        let params = [
            ("name", name.clone()),
            ("title", page.title.clone()),
            ("when", spoken(made.starts_at, &offer.open.zone, lang)),
            ("guest", made.guest_name.clone()),
            ("email", made.guest_email.clone()),
            ("note", made.note.clone()),
        ];
        let attendee = MailParty { address: to.clone(), name: header(&name)? };
        let mut invitation = self.invitation(mailbox, made, attendee, lang)?;
        invitation.summary = header(&format!("{} · {}", page.title, made.guest_name))?;
        invitation.description = say(lang, "booking_mail.host_description", &params);
        let mail = DirectMail {
            kind: "notice",
            mailbox: page.mailbox_id,
            to,
            to_name: name,
            subject: say(lang, &format!("booking_mail.host_{key}_subject"), &params),
            text: say(lang, &format!("booking_mail.host_{key}"), &params),
            in_reply_to: None,
            references: Vec::new(),
            contact: made.contact_id,
            company: None,
            prospect: None,
            lead: None,
            invitation: Some(invitation),
            attachments: Vec::new(),
            despite_suppression: false,
        };
        self.queue_mail(tx, mail).await?;
        Ok(())
    }

    /// The calendar entry as it stands now. The UID is the appointment's and the sequence grows with every change, so a
    /// calendar replaces what it had.
    fn invitation(
        &self,
        mailbox: &Mailbox,
        made: &Booking,
        attendee: MailParty,
        lang: Lang,
    ) -> Result<Invitation> {
        let is_off = made.state == "cancelled";
        Ok(Invitation {
            kind: if is_off { InvitationKind::Cancel } else { InvitationKind::Request },
            uid: header(&made.uid)?,
            sequence: u32::try_from(made.ics_sequence).unwrap_or(u32::MAX),
            made_at: self.now(),
            starts_at: made.starts_at,
            ends_at: made.ends_at,
            summary: HeaderText::default(),
            location: HeaderText::default(),
            description: made.note.clone(),
            change_url: None,
            organizer: MailParty {
                address: address(&mailbox.address)?,
                name: header(&mailbox.display_name)?,
            },
            attendee,
            language: lang,
        })
    }
}
