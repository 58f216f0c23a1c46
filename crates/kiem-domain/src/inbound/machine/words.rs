//! What automatic answers say, in Dutch, English, German and French. All lists are compared with [`flat`] text.

/// Lower case, single blanks, straight apostrophes: what all lists are compared with.
pub(super) fn flat(text: &str) -> String {
    let lower = text.to_lowercase().replace(['’', '‘', '`'], "'");
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Prefixes that are unmistakable whatever the subject.
const CLEAR_PREFIXES: &[&str] = &[
    "auto:",
    "automatic reply",
    "automatisch antwoord",
    "automatische beantwoording",
    "automatisches antwort",
    "automatische antwort",
    "automatisch bericht",
    "auto response",
    "auto-response",
    "autoresponse",
    "auto-reply",
    "auto reply",
    "autoreply",
    "autoantwort",
    "autoresponder",
    "abwesenheitsnotiz",
    "abwesenheitsassistent",
    "abwesenheitsnachricht",
    "abwesenheit:",
    "afwezigheidsbericht",
    "afwezigheidsassistent",
    "afwezig:",
    "out of office",
    "out of the office",
    "out-of-office",
    "ooo:",
    "réponse automatique",
    "réponse d'absence",
    "absence du bureau",
    "absent du bureau",
    "message d'absence",
    "respuesta automática",
    "risposta automatica",
    "fuori sede",
    "autosvar",
    "automatisk svar",
    "automatiskt svar",
    "frånvaro",
    "resposta automática",
    "buiten kantoor:",
    "niet aanwezig:",
    "met verlof:",
    "vakantie:",
    "nicht im büro:",
    "abwesend:",
    "urlaub:",
    "on leave:",
    "annual leave:",
    "away:",
    "vacation:",
    "vakantiebericht",
    "vacation reply",
    "vacation response",
    "on holiday:",
    "on vacation:",
    "en congé:",
    "absent:",
];

/// Prefixes that people also write about: only when they stand before our own subject.
const FAINT_PREFIXES: &[&str] = &[
    "afwezig",
    "niet aanwezig",
    "buiten kantoor",
    "met verlof",
    "vakantie",
    "op vakantie",
    "abwesend",
    "nicht im büro",
    "nicht im haus",
    "urlaub",
    "im urlaub",
    "on leave",
    "annual leave",
    "on annual leave",
    "away",
    "on holiday",
    "on vacation",
    "vacation",
    "holiday",
    "absent",
    "en congé",
    "congés",
    "auto",
    "ooo",
    "maternity leave",
    "parental leave",
    "zwangerschapsverlof",
    "ouderschapsverlof",
    "elternzeit",
    "mutterschutz",
];

/// A11: whether what stands before our subject is the mark of an automatic answer.
pub(super) fn is_absence_prefix(prefix: &str, knows_our_subject: bool) -> bool {
    let prefix = flat(prefix);
    if prefix.is_empty() {
        return false;
    }
    let with_colon = format!("{prefix}:");
    let clear = CLEAR_PREFIXES.iter().any(|p| match p.strip_suffix(':') {
        // These need their colon (or the end, where the colon was cut off).
        Some(word) => {
            prefix.starts_with(p) || (knows_our_subject && with_colon.starts_with(&format!("{word}:")))
        }
        None => prefix.starts_with(p),
    });
    clear
        || (knows_our_subject
            && prefix.chars().count() <= 60
            && FAINT_PREFIXES.iter().any(|p| starts_words(&prefix, p)))
}

fn starts_words(text: &str, start: &str) -> bool {
    text.strip_prefix(start).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

fn any(text: &str, list: &[&str]) -> bool {
    list.iter().any(|p| has_phrase(text, p))
}

/// Whether `phrase` occurs in `text` as whole words.
fn has_phrase(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        before.is_none_or(|c| !c.is_alphanumeric()) && after.is_none_or(|c| !c.is_alphanumeric())
    })
}

const LEFT: &[&str] = &[
    "niet meer werkzaam bij",
    "niet meer werkzaam voor",
    "niet langer werkzaam",
    "werkt niet meer bij",
    "werkt niet langer bij",
    "werk niet meer bij",
    "werk niet langer bij",
    "niet meer in dienst",
    "niet langer in dienst",
    "uit dienst",
    "heeft ons verlaten",
    "heeft onze organisatie verlaten",
    "heeft het bedrijf verlaten",
    "niet meer actief bij",
    "no longer with",
    "no longer works",
    "no longer working",
    "no longer employed",
    "no longer an employee",
    "no longer at",
    "no longer part of",
    "has left the company",
    "have left the company",
    "has left our company",
    "i have left",
    "nicht mehr im unternehmen",
    "nicht mehr für",
    "nicht mehr bei",
    "nicht mehr in unserem",
    "nicht mehr beschäftigt",
    "nicht länger bei",
    "unternehmen verlassen",
    "ne travaille plus",
    "ne fait plus partie",
    "a quitté la société",
    "a quitté l'entreprise",
    "plus employé",
];

/// Whether an automatic text says that the person has left the company.
pub(super) fn says_left(text: &str) -> bool {
    any(text, LEFT)
}

/// Statements of absence in the present.
const ABSENT: &[&str] = &[
    "ik ben afwezig",
    "ben ik afwezig",
    "ik ben niet aanwezig",
    "ben ik niet aanwezig",
    "ik ben momenteel afwezig",
    "ik ben op vakantie",
    "ben ik op vakantie",
    "ik ben met vakantie",
    "ben ik met vakantie",
    "ik ben momenteel niet",
    "op dit moment niet aanwezig",
    "op dit moment afwezig",
    "tijdelijk afwezig",
    "ik ben met verlof",
    "ben ik met verlof",
    "ik heb verlof",
    "ik heb vakantie",
    "ben ik buiten kantoor",
    "ik ben buiten kantoor",
    "niet op kantoor",
    "niet in de gelegenheid om mijn mail",
    "niet in de gelegenheid mijn mail",
    "afwezig van",
    "afwezig tot",
    "afwezig t/m",
    "met vakantie van",
    "met vakantie tot",
    "met vakantie t/m",
    "op vakantie tot",
    "op vakantie t/m",
    "op vakantie van",
    "genieten van",
    "zwangerschapsverlof",
    "ouderschapsverlof",
    "bevallingsverlof",
    "kantoor is gesloten",
    "kantoor gesloten",
    "wij zijn gesloten",
    "zijn wij gesloten",
    "tijdens mijn afwezigheid",
    "tijdens mijn vakantie",
    "vakantiesluiting",
    "out of office",
    "out of the office",
    "on annual leave",
    "on leave",
    "on vacation",
    "on holiday",
    "on maternity leave",
    "on paternity leave",
    "on parental leave",
    "on sick leave",
    "on sabbatical",
    "away from the office",
    "away from my desk",
    "away from my email",
    "limited access to email",
    "limited access to my email",
    "limited access to e-mail",
    "no access to email",
    "no access to my email",
    "currently away",
    "i am away",
    "i'm away",
    "office is closed",
    "office will be closed",
    "during my absence",
    "travelling until",
    "traveling until",
    "nicht im büro",
    "nicht im haus",
    "außer haus",
    "nicht am arbeitsplatz",
    "bin abwesend",
    "bin ich abwesend",
    "derzeit abwesend",
    "zurzeit abwesend",
    "im urlaub",
    "bin ich im urlaub",
    "in elternzeit",
    "im mutterschutz",
    "nicht erreichbar",
    "während meiner abwesenheit",
    "in meiner abwesenheit",
    "betriebsferien",
    "abwesend vom",
    "abwesend bis",
    "je suis absent",
    "je suis absente",
    "je suis en congé",
    "je suis en congés",
    "je suis en vacances",
    "absent du bureau",
    "absente du bureau",
    "actuellement absent",
    "actuellement absente",
    "actuellement en congé",
    "en mon absence",
    "pendant mon absence",
    "congé de maternité",
    "ben ik niet bereikbaar",
    "ik ben niet bereikbaar",
    "niet bereikbaar van",
    "niet bereikbaar tot",
    "ben ik er niet",
    "ik ben er niet",
    "lees mijn mail maar half",
    "lees mijn mail niet",
    "lees mijn mail beperkt",
    "lees ik mijn mail",
    "mijn mail beperkt",
    "er even tussenuit",
    "i am off until",
    "i'm off until",
    "reading my mail only",
    "checking email only",
    "lese meine mails nur",
    "lese ich meine mails",
    "bin unterwegs bis",
    "bureau fermé",
    "nos bureaux sont fermés",
    "sono fuori ufficio",
    "estoy fuera de la oficina",
];

/// Whether an automatic text speaks of absence.
pub(super) fn says_absent(text: &str) -> bool {
    is_away(text) || any(text, &["afwezig", "abwesend", "abwesenheit", "afwezigheid"])
}

/// Statements of absence: fixed phrases, "met kerstvakantie", or closed doors that open again.
fn is_away(text: &str) -> bool {
    let closed = any(text, &["gesloten", "geschlossen", "closed", "fermé", "fermés"]);
    any(text, ABSENT) || is_on_holiday(text) || (closed && any(text, ABSENCE_COMPANIONS))
}

/// "met kerstvakantie", "im Sommerurlaub", "on parental leave".
fn is_on_holiday(text: &str) -> bool {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.windows(2).any(|w| {
        matches!(w[0], "met" | "op" | "im" | "on" | "en" | "in")
            && ["vakantie", "verlof", "urlaub", "elternzeit"].iter().any(|end| w[1].ends_with(end))
    })
}

const RECEIVED: &[&str] = &[
    "ticket",
    "ticketnummer",
    "zaaknummer",
    "case number",
    "case id",
    "reference number",
    "referentienummer",
    "vorgangsnummer",
    "mailbox niet meer in gebruik",
    "mailadres niet meer in gebruik",
    "niet meer in gebruik is",
    "no longer in use",
    "no longer monitored",
    "not monitored",
    "nicht mehr in gebrauch",
    "nicht mehr verwendet",
    "wordt niet gelezen",
    "wordt niet meer gelezen",
    "uw bericht is ontvangen",
    "uw bericht ontvangen",
    "je bericht ontvangen",
    "uw e-mail ontvangen",
    "uw mail ontvangen",
    "uw aanvraag ontvangen",
    "in goede orde ontvangen",
    "we hebben je bericht",
    "received your message",
    "received your email",
    "received your e-mail",
    "received your request",
    "has been received",
    "ihre nachricht erhalten",
    "ihre e-mail erhalten",
    "ihre anfrage erhalten",
    "eingang ihrer",
    "bien reçu votre",
    "avons reçu votre",
    "binnen 24 uur",
    "binnen twee werkdagen",
    "binnen 2 werkdagen",
    "within 24 hours",
    "within one business day",
    "within 2 business days",
];

/// Whether an automatic text speaks of something else than absence: a receipt, a mailbox that nobody reads.
pub(super) fn says_received(text: &str) -> bool {
    any(text, RECEIVED)
}

const PROVE_HUMAN: &[&str] = &[
    "confirm you are human",
    "confirm that you are human",
    "verify you are human",
    "verify that you are human",
    "prove you are human",
    "prove that you are human",
    "you are not a robot",
    "you're not a robot",
    "geen robot bent",
    "geen robot bent",
    "bevestig dat u een mens",
    "bevestig dat je een mens",
    "geen spammer bent",
    "kein roboter sind",
    "kein spammer",
    "dass sie ein mensch",
    "n'êtes pas un robot",
    "verify your email address to deliver",
    "to have your message delivered",
    "your message is being held",
    "message has been held",
    "release your message",
    "confirm your message",
    "bevestig uw bericht",
    "bevestig je bericht",
    "sender verification",
    "verificatie van afzender",
    "whitelist request",
    "boxbe",
    "spamarrest",
    "approved senders list",
    "click the link below to deliver",
];

/// A12: whether a text asks the sender to prove being human.
pub(super) fn says_prove_human(text: &str) -> bool {
    any(text, PROVE_HUMAN)
}

/// Phrases that go with an absence in automatic texts.
const ABSENCE_COMPANIONS: &[&str] = &[
    "weer aanwezig",
    "weer bereikbaar",
    "weer terug",
    "weer op kantoor",
    "ben ik terug",
    "ben ik er weer",
    "terug op kantoor",
    "in dringende gevallen",
    "bij spoed",
    "voor dringende",
    "voor urgente",
    "in spoedgevallen",
    "dringende zaken",
    "dringende vragen",
    "kunt u contact opnemen met",
    "kun je contact opnemen met",
    "neem contact op met mijn",
    "mijn collega",
    "neem dan contact op",
    "niet doorgestuurd",
    "niet gelezen",
    "na terugkomst",
    "bij terugkomst",
    "na mijn terugkeer",
    "bij terugkeer",
    "na mijn vakantie",
    "zodra ik terug ben",
    "zo spoedig mogelijk",
    "i will be back",
    "i'll be back",
    "i will return",
    "returning on",
    "back in the office",
    "back at work",
    "upon my return",
    "on my return",
    "when i return",
    "when i am back",
    "for urgent",
    "if urgent",
    "urgent matters",
    "in urgent cases",
    "in case of urgent",
    "in my absence",
    "please contact",
    "will not be forwarded",
    "not be monitored",
    "wieder erreichbar",
    "wieder im büro",
    "wieder für sie da",
    "wieder da",
    "in dringenden fällen",
    "bei dringenden",
    "wenden sie sich",
    "nicht weitergeleitet",
    "nicht gelesen",
    "nach meiner rückkehr",
    "meine vertretung",
    "de retour",
    "à mon retour",
    "dès mon retour",
    "en cas d'urgence",
    "pour toute urgence",
    "pour toute demande urgente",
    "veuillez contacter",
    "ne seront pas transférés",
    "weer open",
    "we reopen",
    "wieder geöffnet",
    "wieder für sie erreichbar",
    "tot en met",
    "t/m",
    "bis zum",
    "bis einschließlich",
    "jusqu'au",
];

/// Openings of automatic texts.
const ABSENCE_OPENINGS: &[&str] = &[
    "bedankt voor je bericht",
    "bedankt voor uw bericht",
    "bedankt voor je mail",
    "bedankt voor uw mail",
    "bedankt voor je e-mail",
    "bedankt voor uw e-mail",
    "dank voor je bericht",
    "dank voor uw bericht",
    "dank voor uw e-mail",
    "dank voor je mail",
    "dank voor je e-mail",
    "thank you for your message",
    "thank you for your email",
    "thank you for your e-mail",
    "thanks for your message",
    "thanks for your email",
    "vielen dank für ihre nachricht",
    "vielen dank für ihre e-mail",
    "vielen dank für deine nachricht",
    "danke für ihre nachricht",
    "danke für deine nachricht",
    "merci pour votre message",
    "merci de votre message",
    "merci pour votre e-mail",
    "automatisch bericht",
    "automatisch antwoord",
    "automatic reply",
    "automated reply",
    "automated response",
    "automated message",
    "automatische antwort",
    "réponse automatique",
];

/// Words of a person who takes part in the conversation: then absence is a wish, not an automatic text.
const TAKES_PART: &[&str] = &[
    "graag",
    "interessant",
    "interesse",
    "interested",
    "interesting",
    "sounds good",
    "klinkt",
    "lijkt me",
    "lijkt ons",
    "afspraak",
    "voorstel",
    "offerte",
    "prijs",
    "kunnen we",
    "kun je daarna",
    "laten we",
    "let's",
    "could we",
    "can we",
    "shall we",
    "happy to",
    "would like",
    "gerne",
    "interessiert",
    "können wir",
    "klingt",
    "angebot",
    "termin",
    "volontiers",
    "intéressé",
    "intéressant",
    "pourrions-nous",
    "bel me",
    "call me",
    "ruf mich",
    "rufen sie mich",
    "stuur me",
    "send me",
    "geen interesse",
    "not interested",
    "kein interesse",
    "pas intéressé",
];

/// A13: whether the words alone are those of an automatic absence text. It takes two signs, because people speak of
/// their holidays too, and none of a person who takes part in the conversation.
pub(super) fn is_absence_text(text: &str) -> bool {
    if text.is_empty() || text.contains('?') || text.chars().count() > 1_500 || any(text, TAKES_PART) {
        return false;
    }
    is_away(text) && (any(text, ABSENCE_COMPANIONS) || any(text, ABSENCE_OPENINGS))
}
