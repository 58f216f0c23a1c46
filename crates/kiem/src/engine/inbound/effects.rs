//! What a label sets in motion besides the promotion rules: a suggested lead, a privacy task with its legal deadline, a
//! task for later; and a colleague who answers becomes a person of their own.

use jiff::ToSpan;
use jiff::civil::Date;
use kiem_domain::consent::Basis;
use kiem_domain::contact::EmailAddress;
use kiem_domain::engagement::reply::ReplyLabel;
use kiem_domain::id::{InboundId, LeadId, UserId};
use kiem_domain::inbound::matching::MatchLevel;
use kiem_domain::informing::clock_of;
use kiem_domain::names::PersonName;
use kiem_store::contact;
use kiem_store::ground::{self, DeclaredGround};
use kiem_store::inbound::Inbound;
use kiem_store::promotion::LeadFacts;
use kiem_store::task::{self, Task, TaskOutcome};
use kiem_store::{Tx, company, inbound, informing, lead, mailbox, promotion, prospect};
use serde_json::json;
use uuid::Uuid;

use super::flags::StoredFlags;
use super::machine::{day_of, said_besides};
use crate::engine::audience::PersonFacts;
use crate::engine::audience::people_at;
use crate::engine::audience::records::new_contact;
use crate::engine::notify::whom::Notice;
use crate::engine::promotion::{Rules, start_of};
use crate::engine::public::who::Introduction;
use crate::engine::sales::their_turn::Sign;
use crate::engine::{Caller, Engine, EngineError, Permission, Result, Role};
use crate::messages::say;

/// Kind of the task that asks whether a named person becomes a lead.
const SUGGESTED: &str = "suggested_lead";
/// Kind of the task that answers a question about somebody's data.
pub const PRIVACY: &str = "privacy";
/// Longest name or number of a suggested lead.
const TEXT_CHARS_MAX: usize = 200;

/// What a person changes in a suggested lead before it is one; what is missing stands in the reply.
#[derive(Debug, Clone, Default)]
pub struct SuggestionEdit {
    /// Name.
    pub name: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

/// A lead that a reply suggests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The mail that names the person.
    pub mail: InboundId,
    /// The open task that asks about it; leaving that declines it.
    pub task: kiem_domain::id::TaskId,
    /// Name in the reply.
    pub name: Option<String>,
    /// Address in the reply.
    pub email: Option<String>,
    /// Phone number in the reply.
    pub phone: Option<String>,
}

impl Engine {
    /// Sets in motion what follows from the meaning of a mail. Doing it twice is doing it once.
    pub(crate) async fn label_effects(
        &self,
        tx: &mut Tx,
        mail: &Inbound,
        label: ReplyLabel,
        said: &StoredFlags,
        date: Option<Date>,
        rules: &Rules,
    ) -> Result<()> {
        match label {
            ReplyLabel::Referral | ReplyLabel::LeftCompany | ReplyLabel::WrongPerson => {
                self.suggest_lead(tx, mail, said, rules).await
            }
            ReplyLabel::DataRequest => self.ask_privacy(tx, mail, rules).await,
            ReplyLabel::NotNow => self.ask_later(tx, mail, date, rules).await,
            _ => Ok(()),
        }
    }

    async fn suggest_lead(
        &self,
        tx: &mut Tx,
        mail: &Inbound,
        said: &StoredFlags,
        rules: &Rules,
    ) -> Result<()> {
        let Some(named) = said.person_name.as_deref().or(said.person_email.as_deref()) else {
            return Ok(());
        };
        let words = [("name", named.to_owned()), ("writer", writer_of(tx, mail).await?)];
        let text = say(rules.lang, "task.suggested_lead", &words);
        self.task_about(tx, mail, SUGGESTED, &text, self.now(), None).await.map(drop)
    }

    /// GDPR article 12(3): without undue delay and in any event within one month of receipt.
    async fn ask_privacy(&self, tx: &mut Tx, mail: &Inbound, rules: &Rules) -> Result<()> {
        let last_day = day_of(mail.received_at, rules).saturating_add(1.month());
        let due_at = start_of(last_day, &rules.zone);
        let name = writer_of(tx, mail).await?;
        let text = say(rules.lang, "task.privacy", &[("name", name.clone())]);
        let worker = self.members_with(tx, &[Role::Owner, Role::Manager]).await?.into_iter().next();
        if !self.task_about(tx, mail, PRIVACY, &text, due_at, worker).await? {
            return Ok(());
        }
        let data = json!({ "contact": &name, "contact_id": mail.contact_id.map(|id| id.0), "at": due_at.to_string() });
        let notice = Notice {
            kind: "privacy.requested",
            subject_kind: "inbound",
            subject_id: Some(mail.id.0),
            data: &data,
        };
        self.notify_leaders(tx, notice).await?;
        let open = match mail.company_id {
            Some(company) => prospect::open_for_company(tx, company).await?,
            None => None,
        };
        let Some(open) = open else { return Ok(()) };
        let sign = Sign {
            kind: "privacy.requested",
            action: Some(("reply", "next_action.privacy")),
            contact: None,
            name: &name,
            at: mail.received_at,
            before: None,
            data: json!({ "at": due_at.to_string() }),
        };
        self.prospect_acted(tx, open.id, sign).await
    }

    /// Whose sequence runs goes on by itself on the day; for who is in none, somebody has to think of it.
    async fn ask_later(&self, tx: &mut Tx, mail: &Inbound, date: Option<Date>, rules: &Rules) -> Result<()> {
        let Some(lead) = mail.lead_id else { return Ok(()) };
        if !promotion::open_enrolments(tx, lead).await?.is_empty() {
            return Ok(());
        }
        let pause = i64::from(rules.config.not_now_pause_days);
        let day = date.unwrap_or_else(|| day_of(mail.received_at, rules).saturating_add(pause.days()));
        let name = writer_of(tx, mail).await?;
        let text = say(rules.lang, "task.not_now", &[("name", name)]);
        self.task_about(tx, mail, "not_now", &text, start_of(day, &rules.zone), None).await.map(drop)
    }

    /// A task about a mail; false when there is one of the kind already.
    async fn task_about(
        &self,
        tx: &mut Tx,
        mail: &Inbound,
        kind: &str,
        text: &str,
        due_at: jiff::Timestamp,
        assignee: Option<UserId>,
    ) -> Result<bool> {
        if task::of_inbound(tx, mail.id, kind).await?.is_some() {
            return Ok(false);
        }
        let new = Task {
            lead_id: mail.lead_id,
            contact_id: mail.contact_id,
            company_id: mail.company_id,
            inbound_id: Some(mail.id),
            assignee_id: assignee,
            ..Task::new(self.new_id(), kind, text, due_at, self.now())
        };
        task::insert(tx, &new).await?;
        let mut happened =
            self.event(kiem_store::event::Actor::System, "task.created", "task", Some(new.id.0));
        happened.company_id = mail.company_id;
        happened.contact_id = mail.contact_id;
        happened.data = json!({ "text": new.text, "at": due_at.to_string() }).to_string();
        self.announce(tx, &happened).await
    }

    /// The lead that a mail suggests, while nobody decided about it.
    pub(super) async fn suggestion(&self, tx: &mut Tx, mail: &Inbound) -> Result<Option<Suggestion>> {
        let Some(open) = task::of_inbound(tx, mail.id, SUGGESTED).await?.filter(|t| t.done_at.is_none())
        else {
            return Ok(None);
        };
        let said = StoredFlags::read(&mail.flags)?;
        Ok(Some(Suggestion {
            mail: mail.id,
            task: open.id,
            name: said.person_name,
            email: said.person_email,
            phone: said.phone,
        }))
    }

    /// The lead that a mail suggests, or else one that another mail of the same person does: a suggestion waits until somebody
    /// decides, also when the person writes again.
    pub(super) async fn suggestion_in_thread(
        &self,
        tx: &mut Tx,
        mail: &Inbound,
    ) -> Result<Option<Suggestion>> {
        if let Some(own) = self.suggestion(tx, mail).await? {
            return Ok(Some(own));
        }
        let Some(contact) = mail.contact_id else { return Ok(None) };
        let waits = task::open_about_mail_of(tx, contact, SUGGESTED).await?;
        let Some(about) = waits.and_then(|task| task.inbound_id) else { return Ok(None) };
        match inbound::find(tx, about).await? {
            Some(other) => self.suggestion(tx, &other).await,
            None => Ok(None),
        }
    }

    /// Makes the person whom a reply names a lead. No ground is recorded: being named is none, so no mail goes out before
    /// somebody records one.
    ///
    /// # Errors
    /// `no_suggestion` when nothing waits for a decision; a field error without a name and an address; `contact_exists`
    /// when the person is on the list already.
    pub async fn accept_suggestion(
        &self,
        caller: &Caller,
        id: InboundId,
        edit: SuggestionEdit,
    ) -> Result<LeadId> {
        caller.may(Permission::JudgeEngagement)?;
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let mail = inbound::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let waiting =
            self.suggestion(&mut tx, &mail).await?.ok_or_else(|| EngineError::refused("no_suggestion"))?;
        let person = suggested(edit, &waiting)?;
        if let Some(email) = &person.email
            && !people_at(&mut tx, &[email.to_string()]).await?.is_empty()
        {
            return Err(EngineError::refused("contact_exists"));
        }
        let made = self.suggested_person(&mut tx, &mail, &person).await?;
        let lead = self.put_on_list(&mut tx, &made).await?;
        task::finish(&mut tx, waiting.task, TaskOutcome::Done, caller.user(), now).await?;
        let mut happened = self.event(caller.actor, "lead.suggested", "lead", Some(lead.0));
        happened.company_id = Some(made.company_id);
        happened.contact_id = Some(made.id);
        let by = mail.contact_id.map(|id| id.0);
        happened.data = json!({ "referred_by": by, "inbound": mail.id.0 }).to_string();
        self.announce(&mut tx, &happened).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(lead)
    }

    /// At the company of whoever named them, unless their address belongs to another.
    async fn suggested_person(
        &self,
        tx: &mut Tx,
        mail: &Inbound,
        person: &PersonFacts,
    ) -> Result<contact::Contact> {
        let of_writer = match mail.company_id {
            Some(id) => company::get(tx, id).await?,
            None => None,
        };
        let domain = person.email.as_ref().map(|e| e.domain().registrable()).filter(|d| !d.is_free_mail());
        let is_colleague = match (&domain, of_writer.as_ref().and_then(|c| c.domain.as_deref())) {
            (Some(domain), Some(of_writer)) => domain.as_str() == of_writer,
            _ => true,
        };
        match (of_writer, &person.email) {
            (Some(company), _) if is_colleague => {
                let mut new = new_contact(self.new_id(), &company, person, "referral", self.now());
                // A colleague named them; they do not know it.
                new.inform_by = clock_of(None, self.utc_day());
                contact::insert_many(tx, std::slice::from_ref(&new), None).await?;
                self.ask_matching_if_any(tx).await?;
                Ok(new)
            }
            (_, Some(email)) => {
                let name = person.name.as_ref().map(PersonName::full).unwrap_or_default();
                let introduction = Introduction {
                    email,
                    name: &name,
                    company: "",
                    phone: person.phone.as_deref().unwrap_or_default(),
                    visit_token: None,
                    source: "referral",
                };
                let new = self.welcome(tx, &introduction).await?;
                informing::set_clock(tx, new.id, clock_of(None, self.utc_day())).await?;
                Ok(new)
            }
            _ => Err(EngineError::field("email", "required")),
        }
    }

    /// A colleague who answers in the thread gets a contact of their own, with the ground that they wrote to us, and takes
    /// part in the pursuit of the company.
    pub(super) async fn welcome_colleague(
        &self,
        tx: &mut Tx,
        mail: &Inbound,
        answered: Option<&LeadFacts>,
        rules: &Rules,
    ) -> Result<()> {
        let level: Option<MatchLevel> = mail.match_level.parse().ok();
        let is_thread =
            matches!(level, Some(MatchLevel::RecipientToken | MatchLevel::MessageIds | MatchLevel::Quote));
        let (Some(answered), Ok(writer)) = (answered, EmailAddress::parse(&mail.from_address)) else {
            return Ok(());
        };
        if !is_thread || is_lead(answered, &writer, &mail.from_name) || self.is_ours(tx, &writer).await? {
            return Ok(());
        }
        let addresses = [writer.to_string(), writer.without_tag().to_string()];
        let known = people_at(tx, &addresses).await?.into_iter().next();
        let person = match known {
            Some(known) if known.erased_at.is_some() => return Ok(()),
            Some(known) => known,
            None => {
                let firm = company::get(tx, answered.company_id).await?.ok_or(EngineError::NotFound)?;
                let facts = PersonFacts {
                    name: PersonName::parse(&mail.from_name),
                    email: Some(writer.clone()),
                    ..PersonFacts::default()
                };
                let new = new_contact(self.new_id(), &firm, &facts, "reply", self.now());
                contact::insert_many(tx, std::slice::from_ref(&new), None).await?;
                self.ask_matching_if_any(tx).await?;
                let ground = DeclaredGround {
                    basis: Basis::LegitimateInterest,
                    source: say(rules.lang, "ground.answered_us", &[]),
                    source_detail: mail.id.to_string(),
                    evidence_url: None,
                    obtained_on: day_of(mail.received_at, rules),
                    // Nobody: Kiem itself.
                    recorded_by: UserId(Uuid::nil()),
                    recorded_at: self.now(),
                };
                ground::put(tx, new.id, &ground).await?;
                new
            }
        };
        if lead::of_contact(tx, person.id).await?.is_none() {
            self.put_on_list(tx, &person).await?;
        }
        if let Some(open) = prospect::open_for_company(tx, answered.company_id).await? {
            prospect::add_contact(tx, open.id, person.id, "").await?;
        }
        Ok(())
    }

    async fn is_ours(&self, tx: &mut Tx, address: &EmailAddress) -> Result<bool> {
        let own = mailbox::all(tx).await?;
        Ok(own.iter().filter_map(|m| EmailAddress::parse(&m.address).ok()).any(|own| {
            let domain = own.domain().registrable();
            own.without_tag() == address.without_tag()
                || (!domain.is_free_mail() && domain == address.domain().registrable())
        }))
    }
}

/// What a mail says besides its intent, read once more after a person said what the intent is: whom it names depends on
/// that.
pub(crate) fn said_as(mail: &Inbound, label: ReplyLabel, rules: &Rules) -> Result<StoredFlags> {
    let said = StoredFlags::read(&mail.flags)?;
    let names_somebody =
        matches!(label, ReplyLabel::Referral | ReplyLabel::LeftCompany | ReplyLabel::WrongPerson);
    if !names_somebody || said.person_name.is_some() || said.person_email.is_some() {
        return Ok(said);
    }
    let again = StoredFlags::of(&said_besides(&mail.text, label, day_of(mail.received_at, rules)), &[]);
    Ok(StoredFlags {
        person_name: again.person_name,
        person_email: again.person_email,
        phone: said.phone.or(again.phone),
        ..said
    })
}

/// Whether the writer is the lead, also from another address of theirs.
fn is_lead(lead: &LeadFacts, writer: &EmailAddress, name: &str) -> bool {
    let of_lead = lead.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    let same_address = of_lead.is_some_and(|address| address.without_tag() == writer.without_tag());
    let key = |name: &str| PersonName::parse(name).map(|name| name.key());
    let same_name = lead.name.as_deref().and_then(key).is_some_and(|lead| key(name) == Some(lead));
    same_address || same_name
}

/// The facts of a suggested person, checked.
fn suggested(edit: SuggestionEdit, waiting: &Suggestion) -> Result<PersonFacts> {
    let chosen = |typed: Option<String>, said: &Option<String>| {
        typed.or_else(|| said.clone()).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let name = chosen(edit.name, &waiting.name);
    let phone = chosen(edit.phone, &waiting.phone);
    if [&name, &phone].into_iter().flatten().any(|text| text.chars().count() > TEXT_CHARS_MAX) {
        return Err(EngineError::field("name", "too_long"));
    }
    let email = chosen(edit.email, &waiting.email)
        .map(|text| EmailAddress::parse(&text).map_err(|_| EngineError::field("email", "email")))
        .transpose()?;
    let name = name.and_then(|name| PersonName::parse(&name));
    if name.is_none() && email.is_none() {
        return Err(EngineError::field("name", "name_or_email"));
    }
    Ok(PersonFacts { name, email, phone, ..PersonFacts::default() })
}

/// Who wrote a mail, as people say it: the name in the mail, else the name we know, else the address.
async fn writer_of(tx: &mut Tx, mail: &Inbound) -> Result<String> {
    if !mail.from_name.is_empty() {
        return Ok(mail.from_name.clone());
    }
    let known = match mail.contact_id {
        Some(contact) => contact::get(tx, contact).await?.map(|person| person.full_name()),
        None => None,
    };
    Ok(known.filter(|name| !name.is_empty()).unwrap_or_else(|| mail.from_address.clone()))
}
