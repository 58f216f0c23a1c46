//! A decision in one or two sentences, in Dutch and English. "Why?" must always have an answer.

use jiff::civil::Date;

use super::decision::{
    Decision, Evidence, Overridden, PauseReason, Rule, Sequence, State, StopReason, SuppressionCause, What,
};
use super::history::{CalendarAnswer, InboundRequest, OverrideValue};
use super::warmth::WarmthKind;
use crate::engagement::Grade;
use crate::engagement::reply::{LookReason, ReplyLabel};
use crate::locale::{Lang, short_date, short_dates};

/// Says why the lead is what it is: "Prospect on 14 Nov by R3: visits 11, 12, 14 Nov after mail of 10 Nov (certain)."
pub fn explain(decision: &Decision, lang: Lang) -> String {
    let say = Say { today: decision.decided_on, lang };
    let why = match decision.state {
        State::Prospect => say.prospect(decision),
        State::Lead => say.lead(decision),
    };
    match say.outreach(decision) {
        Some(outreach) => format!("{why}. {outreach}."),
        None => format!("{why}."),
    }
}

struct Say {
    today: Date,
    lang: Lang,
}

impl Say {
    fn pick(&self, nl: &str, en: &str) -> String {
        match self.lang {
            Lang::Nl => nl.to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    fn day(&self, date: Date) -> String {
        short_date(date, self.today, self.lang)
    }

    fn days(&self, evidence: &[Evidence]) -> String {
        let days: Vec<Date> = evidence.iter().map(|evidence| evidence.on).collect();
        short_dates(&days, self.today, self.lang)
    }

    fn prospect(&self, decision: &Decision) -> String {
        let on = decision.promoted_on.map(|date| self.day(date)).unwrap_or_default();
        let mut text = match decision.rule {
            Some(rule) => {
                let what = self.evidence(rule, &decision.evidence);
                let mail = decision.attribution.cause.or(decision.attribution.last);
                let after = mail.map(|touch| match self.lang {
                    Lang::Nl => format!(" na mail van {}", self.day(touch.on)),
                    Lang::En => format!(" after mail of {}", self.day(touch.on)),
                });
                let is_certain = decision.evidence.iter().all(|e| e.what.grade() == Grade::HumanCertain);
                let sure = if is_certain {
                    self.pick("zeker", "certain")
                } else {
                    self.pick("waarschijnlijk", "likely")
                };
                let by = self.pick("door", "by");
                let joined = format!("Prospect {} {on} {by} {rule}: {what}", self.pick("op", "on"));
                format!("{joined}{} ({sure})", after.unwrap_or_default())
            }
            None => self.decided(&on, decision),
        };
        if let Some(until) = decision.nurture_until {
            text += &match self.lang {
                Lang::Nl => format!("; vroeg te wachten tot {}", self.day(until)),
                Lang::En => format!("; asked to wait until {}", self.day(until)),
            };
        }
        text
    }

    /// Why somebody is a prospect without a rule: a person decided, or they came by themselves.
    fn decided(&self, on: &str, decision: &Decision) -> String {
        let overridden = decision.overridden.as_ref();
        match (overridden.and_then(Overridden::inbound), self.lang) {
            (Some(InboundRequest::Quote), Lang::Nl) => {
                format!("Prospect op {on}: vroeg uit zichzelf een offerte aan; wij hadden niet benaderd")
            }
            (Some(InboundRequest::Quote), Lang::En) => {
                format!("Prospect on {on}: asked for a quote by itself; we had not approached")
            }
            (Some(InboundRequest::Booking), Lang::Nl) => {
                format!("Prospect op {on}: maakte uit zichzelf een afspraak; wij hadden niet benaderd")
            }
            (Some(InboundRequest::Booking), Lang::En) => {
                format!("Prospect on {on}: made an appointment by itself; we had not approached")
            }
            (None, lang) => {
                let who = overridden.map(|o| o.by.as_str()).unwrap_or_default();
                match lang {
                    Lang::Nl => format!("Prospect op {on}: besloten door {who}"),
                    Lang::En => format!("Prospect on {on}: decided by {who}"),
                }
            }
        }
    }

    fn evidence(&self, rule: Rule, evidence: &[Evidence]) -> String {
        let days = self.days(evidence);
        let on = |nl: &str, en: &str| format!("{} {days}", self.pick(nl, en));
        match (rule, evidence.first().map(|e| &e.what)) {
            (_, Some(What::Reply { label, .. })) => {
                format!("{} ({})", on("antwoord van", "reply of"), self.label(*label))
            }
            (_, Some(What::Invitation(CalendarAnswer::Counter))) => {
                on("ander tijdstip voorgesteld op", "another time proposed on")
            }
            (_, Some(What::Invitation(_))) => on("uitnodiging aangenomen op", "invitation accepted on"),
            (_, Some(What::Booking)) => on("afspraak gemaakt op", "appointment made on"),
            (_, Some(What::QuoteForm)) => on("offerte aangevraagd op", "quote requested on"),
            (_, Some(What::CaseClick)) => {
                on("links naar klantcases geopend op", "case study links opened on")
            }
            (_, Some(What::CasePage { .. })) => {
                let paths: Vec<&str> = evidence
                    .iter()
                    .filter_map(|e| {
                        if let What::CasePage { path } = &e.what { Some(path.as_str()) } else { None }
                    })
                    .collect();
                format!("{} ({})", on("klantcase gelezen op", "case study read on"), paths.join(", "))
            }
            (_, Some(What::Visit)) => self.visits(evidence, &days),
            (_, Some(What::Warmth(_))) => {
                let mut kinds: Vec<String> = evidence
                    .iter()
                    .filter_map(|e| {
                        if let What::Warmth(kind) = &e.what { Some(self.warmth(*kind)) } else { None }
                    })
                    .collect();
                kinds.sort_unstable();
                kinds.dedup();
                format!("{} ({})", on("meerdere signalen op", "several signals on"), kinds.join(", "))
            }
            (_, Some(What::Override { .. }) | None) => days,
        }
    }

    fn visits(&self, evidence: &[Evidence], days: &str) -> String {
        let mut distinct: Vec<Date> = evidence.iter().map(|e| e.on).collect();
        distinct.dedup();
        let n = evidence.len();
        match (self.lang, distinct.len() == n) {
            (Lang::Nl, true) => format!("bezoeken op {days}"),
            (Lang::En, true) => format!("visits {days}"),
            (Lang::Nl, false) => format!("{n} bezoeken op {days}"),
            (Lang::En, false) => format!("{n} visits on {days}"),
        }
    }

    fn lead(&self, decision: &Decision) -> String {
        if let Some(suppressed) = &decision.suppressed {
            let (on, cause) = (self.day(suppressed.on), self.suppression(suppressed.cause));
            return match self.lang {
                Lang::Nl => format!("Lead, nooit meer benaderen: {cause} op {on}"),
                Lang::En => format!("Lead, never to be approached again: {cause} on {on}"),
            };
        }
        if let Some(kept) = &decision.overridden {
            let until = kept.until_on.map(|date| match self.lang {
                Lang::Nl => format!(" tot {}", self.day(date)),
                Lang::En => format!(" until {}", self.day(date)),
            });
            let what = match kept.value {
                OverrideValue::Never => self.pick("wordt nooit prospect", "never becomes a prospect"),
                _ => self.pick("blijft lead", "stays a lead"),
            };
            let by = self.pick("besloten door", "decided by");
            return format!("Lead: {what}{}, {by} {}", until.unwrap_or_default(), kept.by);
        }
        if let Some(look) = &decision.needs_look {
            let (on, reason) = (self.day(look.on), self.look(look.reason));
            return match self.lang {
                Lang::Nl => format!("Lead: iemand moet kijken naar het bericht van {on} ({reason})"),
                Lang::En => format!("Lead: a person has to look at the message of {on} ({reason})"),
            };
        }
        if decision.settle_at.is_some() {
            return self.pick(
                "Lead: er zijn signalen, wordt prospect als die standhouden",
                "Lead: there are signals, becomes a prospect when they hold",
            );
        }
        self.quiet_lead(decision)
    }

    fn quiet_lead(&self, decision: &Decision) -> String {
        if let Some(block) = &decision.blocked_by {
            let (on, until, label) = (self.day(block.on), self.day(block.until_on), self.label(block.label));
            return match self.lang {
                Lang::Nl => {
                    format!("Lead: antwoord van {on} ({label}); bezoeken en klikken tellen niet tot {until}")
                }
                Lang::En => {
                    format!("Lead: reply of {on} ({label}); visits and clicks do not count until {until}")
                }
            };
        }
        if let Some(undone) = &decision.undone {
            let (on, by, reason) = (self.day(undone.on), &undone.by, &undone.reason);
            return match self.lang {
                Lang::Nl => format!("Lead: doorstroom teruggedraaid op {on} door {by} ({reason})"),
                Lang::En => format!("Lead: promotion undone on {on} by {by} ({reason})"),
            };
        }
        if decision.warmth > 0 {
            return self.pick("Lead: signalen, maar nog niet genoeg", "Lead: signals, but not enough yet");
        }
        self.pick("Lead: nog niets dat telt", "Lead: nothing that counts yet")
    }

    fn outreach(&self, decision: &Decision) -> Option<String> {
        match decision.sequence {
            Sequence::Running => None,
            Sequence::Stopped { reason: StopReason::Suppressed | StopReason::Promoted, .. } => None,
            Sequence::Stopped { reason, .. } => {
                let why = match reason {
                    StopReason::Bounced => self.pick("adres bestaat niet", "the address does not exist"),
                    StopReason::Reply(label) => self.label(label),
                    _ => self.pick("er kwam een teken van leven", "there was a sign of life"),
                };
                Some(format!("{}: {why}", self.pick("E-mailreeks gestopt", "Sequence stopped")))
            }
            Sequence::Paused { until, reason, .. } => {
                let until = until.map(|date| format!(" {} {}", self.pick("tot", "until"), self.day(date)));
                let why = match reason {
                    PauseReason::NeedsLook => self.pick("wacht op een mens", "waits for a person"),
                    PauseReason::OutOfOffice => self.label(ReplyLabel::OutOfOffice),
                    PauseReason::NotNow => self.label(ReplyLabel::NotNow),
                    PauseReason::Other => self.label(ReplyLabel::Other),
                };
                let what = self.pick("E-mailreeks gepauzeerd", "Sequence paused");
                Some(format!("{what}{}: {why}", until.unwrap_or_default()))
            }
        }
    }

    fn label(&self, label: ReplyLabel) -> String {
        let (nl, en) = match label {
            ReplyLabel::MeetingRequest => ("wil afspreken", "wants to meet"),
            ReplyLabel::QuoteRequest => ("vraagt een offerte", "asks for a quote"),
            ReplyLabel::Question => ("heeft een vraag", "has a question"),
            ReplyLabel::Interested => ("toont interesse", "is interested"),
            ReplyLabel::Referral => ("verwijst door", "refers to somebody else"),
            ReplyLabel::NotNow => ("nu niet", "not now"),
            ReplyLabel::UsingCompetitor => ("heeft al een leverancier", "has another supplier"),
            ReplyLabel::NotInterested => ("geen interesse", "not interested"),
            ReplyLabel::Unsubscribe => ("meldt zich af", "unsubscribes"),
            ReplyLabel::DataRequest => ("vraagt naar de gegevens", "asks about the data"),
            ReplyLabel::WrongPerson => ("verkeerde persoon", "wrong person"),
            ReplyLabel::LeftCompany => ("werkt daar niet meer", "left the company"),
            ReplyLabel::OutOfOffice => ("afwezig", "out of office"),
            ReplyLabel::Auto => ("automatisch bericht", "automatic message"),
            ReplyLabel::Other => ("iets anders", "something else"),
            ReplyLabel::Challenge => ("vraagt om bewijs van een mens", "asks for proof of a person"),
            ReplyLabel::Bounce => ("niet bezorgd", "not delivered"),
            ReplyLabel::Complaint => ("spamklacht", "spam complaint"),
            ReplyLabel::ReadReceipt => ("leesbevestiging", "read receipt"),
        };
        self.pick(nl, en)
    }

    fn look(&self, reason: LookReason) -> String {
        let (nl, en) = match reason {
            LookReason::Unsure => ("niet zeker wat er staat", "not sure what it says"),
            LookReason::MaybeUnsubscribe => ("misschien een afmelding", "may be an opt-out"),
            LookReason::Other => ("past nergens bij", "fits nothing known"),
            LookReason::WeakMatch => ("hoort er misschien niet bij", "may not belong to it"),
            LookReason::Disowned => ("afzender mogelijk vervalst", "sender may be forged"),
            LookReason::LanguageModelOnly => {
                ("alleen door een taalmodel gelezen", "read by a language model only")
            }
            LookReason::Challenge => ("vraagt om bewijs van een mens", "asks for proof of a person"),
            LookReason::Declined => ("uitnodiging afgeslagen", "invitation declined"),
        };
        self.pick(nl, en)
    }

    fn suppression(&self, cause: SuppressionCause) -> String {
        let (nl, en) = match cause {
            SuppressionCause::UnsubscribeLink | SuppressionCause::UnsubscribeReply => {
                ("afgemeld", "unsubscribed")
            }
            SuppressionCause::Complaint => ("spamklacht", "spam complaint"),
            SuppressionCause::Objection => ("bezwaar", "objection"),
        };
        self.pick(nl, en)
    }

    fn warmth(&self, kind: WarmthKind) -> String {
        let (nl, en) = match kind {
            WarmthKind::Visit => ("bezoeken", "visits"),
            WarmthKind::CasePage => ("klantcases", "case studies"),
            WarmthKind::Pricing => ("prijzen of contact", "prices or contact"),
            WarmthKind::CertainClick | WarmthKind::LikelyClick => ("klikken", "clicks"),
            WarmthKind::Return => ("kwam terug", "came back"),
            WarmthKind::Tentative => ("misschien op uitnodiging", "tentative answer"),
            WarmthKind::NotNow => ("nu niet", "not now"),
        };
        self.pick(nl, en)
    }
}
