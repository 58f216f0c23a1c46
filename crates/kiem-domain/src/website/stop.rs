//! Two kinds of "no": a page that reserves itself against machine reading, and a company that asks not to be approached.
//!
//! Signs against reading: `X-Robots-Tag` and `<meta name="robots">` with `noai` (and `none`, `noindex`: what may not be
//! in an index is not kept by us either), and `tdm-reservation` of the TDM Reservation Protocol (W3C community report),
//! as header or meta. Article 4(3) of directive (EU) 2019/790 makes such a sign binding.

use super::page::Page;
use super::text::words;
use crate::names::fold;

crate::text_enum! {
    /// Why nothing of a page is kept.
    pub enum StopSign {
        /// `noai` or the like.
        NoAi = "no_ai",
        /// `noindex` or `none`.
        NoIndex = "no_index",
        /// Reserved against text and data mining.
        TdmReserved = "tdm_reserved",
    }
}

/// Directives against machines that read, in the order in which they are told.
const DIRECTIVES: &[(&str, StopSign)] = &[
    ("noai", StopSign::NoAi),
    ("noimageai", StopSign::NoAi),
    ("notrain", StopSign::NoAi),
    ("noml", StopSign::NoAi),
    ("noindex", StopSign::NoIndex),
    ("none", StopSign::NoIndex),
];

/// The sign on a page, in its headers or its metas. `agent` is our product token, in lower case.
pub fn stop_sign(page: &Page, agent: &str) -> Option<StopSign> {
    let names = ["robots", agent, "ai", "robots-ai"];
    let metas = page.metas.iter().filter(|m| names.contains(&m.name.as_str()));
    header_stop_sign(&page.headers, agent)
        .or_else(|| metas.map(|m| &m.content).find_map(|content| directive(content)))
        .or_else(|| page.meta("tdm-reservation").and_then(reserved))
}

/// The sign in response headers (names in lower case).
pub fn header_stop_sign(headers: &[(String, String)], agent: &str) -> Option<StopSign> {
    headers.iter().find_map(|(name, value)| match name.as_str() {
        "x-robots-tag" => for_us(value, agent).and_then(directive),
        "tdm-reservation" => reserved(value),
        _ => None,
    })
}

fn reserved(value: &str) -> Option<StopSign> {
    (value.trim() == "1").then_some(StopSign::TdmReserved)
}

/// What `X-Robots-Tag` says to us: it may name one crawler in front (`googlebot: noindex`).
fn for_us<'a>(value: &'a str, agent: &str) -> Option<&'a str> {
    match value.split_once(':') {
        // Directives with a value of their own have a colon too.
        Some((name, rest))
            if !name.contains(',') && !name.trim().starts_with("unavailable") && !name.contains("max-") =>
        {
            (name.trim().eq_ignore_ascii_case(agent) || name.trim() == "*").then_some(rest)
        }
        _ => Some(value),
    }
}

fn directive(content: &str) -> Option<StopSign> {
    let content = content.to_ascii_lowercase();
    let said: Vec<&str> = content.split([',', ' ', ';']).map(str::trim).collect();
    DIRECTIVES.iter().find(|(word, _)| said.contains(word)).map(|(_, sign)| *sign)
}

/// A refusal: these words, in this order, with at most so many others between each two. A word that ends in `*` stands
/// for all that begin so.
type Phrase = (&'static [&'static str], usize);

const REFUSALS: &[Phrase] = &[
    (&["geen", "acquisitie*"], 3),
    (&["geen", "telefonische", "verkoop*"], 1),
    (&["geen", "verkooptelefoon*"], 2),
    (&["geen", "telemarketing"], 3),
    (&["geen", "reclame*"], 2),
    (&["geen", "ongevraagde"], 1),
    (&["geen", "prijs", "acquisitie*"], 3),
    (&["niet", "gediend", "acquisitie*"], 3),
    (&["acquisitie*", "niet", "prijs", "gesteld"], 12),
    (&["acquisitie*", "niet", "gewenst"], 12),
    (&["acquisitie*", "ongewenst"], 8),
    (&["acquisitie*", "niet", "toegestaan"], 8),
    (&["ongevraagde", "niet", "prijs", "gesteld"], 10),
    (&["no", "cold", "call*"], 1),
    (&["no", "cold", "email*"], 1),
    (&["no", "cold", "outreach"], 1),
    (&["no", "unsolicited"], 1),
    (&["no", "solicit*"], 1),
    (&["no", "sales", "call*"], 1),
    (&["no", "acquisition", "call*"], 1),
    (&["do", "not", "cold", "call*"], 1),
    (&["do", "not", "solicit"], 2),
    (&["unsolicited", "not", "accepted"], 10),
    (&["unsolicited", "not", "welcome"], 10),
    (&["unsolicited", "not", "appreciated"], 10),
    (&["keine", "werbung"], 2),
    (&["keine", "werbe*"], 2),
    (&["keine", "kaltakquise"], 2),
    (&["keine", "akquise*"], 2),
    (&["kaltakquise", "unerwunscht"], 6),
    (&["werbe*", "unerwunscht"], 6),
    (&["widersprochen", "werbung"], 30),
    (&["werbung", "widersprochen"], 12),
    (&["werbung", "widersprechen", "wir"], 3),
    (&["pas", "demarchage"], 3),
    (&["pas", "prospection"], 3),
    (&["pas", "sollicitation*"], 3),
    (&["demarchage", "interdit"], 6),
    (&["demarchage", "refuse"], 6),
    (&["demarchage", "pas", "souhaite*"], 6),
    (&["demarcheurs", "abstenir"], 3),
];

/// Who says "we send no advertising" speaks of their own mail, not of ours.
const OWN_MAIL: &[&str] = &[
    "sturen",
    "versturen",
    "verzenden",
    "stuurt",
    "ontvangt",
    "ontvang",
    "send",
    "receive",
    "versenden",
    "senden",
    "erhalten",
    "envoyons",
    "recevrez",
    "spam",
];

/// Whether a text asks not to be approached commercially, in Dutch, English, German or French.
pub fn refuses_approach(text: &str) -> bool {
    refusal_in(text).is_some()
}

/// The sentence of a text that asks not to be approached.
pub(super) fn refusal_in(text: &str) -> Option<&str> {
    sentences(text).find(|sentence| {
        let folded = fold(sentence);
        let words = words(&folded);
        REFUSALS.iter().any(|phrase| holds(&words, *phrase)) && !words.iter().any(|w| OWN_MAIL.contains(w))
    })
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    // "Let op! Geen acquisitie. Dank" is three sentences; "a.u.b." ends none that matters.
    text.split(['.', '!', '?', '\n', ';']).map(str::trim).filter(|s| !s.is_empty())
}

fn holds(words: &[&str], (phrase, gap): Phrase) -> bool {
    let is_word = |word: &str, wanted: &str| match wanted.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == wanted,
    };
    let Some((first, rest)) = phrase.split_first() else { return false };
    words.iter().enumerate().filter(|(_, w)| is_word(w, first)).any(|(start, _)| {
        let mut at = start;
        rest.iter().all(|wanted| {
            let after = words.get(at + 1..).unwrap_or_default();
            match after.iter().take(gap + 1).position(|w| is_word(w, wanted)) {
                Some(n) => {
                    at += n + 1;
                    true
                }
                None => false,
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::website::page::Meta;

    #[test]
    fn who_asks_not_to_be_approached_is_heard_in_four_languages() {
        for text in [
            "Acquisitie naar aanleiding van deze vacature wordt niet op prijs gesteld.",
            "Geen acquisitie a.u.b.!",
            "Wij zijn niet gediend van acquisitie",
            "geen koude acquisitie",
            "Contact us. No cold calls please.",
            "No unsolicited sales e-mails.",
            "Unsolicited offers from agencies are not accepted",
            "Bitte keine Werbung",
            "Keine unaufgeforderte Werbung.",
            "Der Nutzung unserer Kontaktdaten durch Dritte zur Übersendung von nicht ausdrücklich angeforderter Werbung wird hiermit ausdrücklich widersprochen",
            "Pas de démarchage commercial",
            "Démarcheurs s'abstenir",
        ] {
            assert!(refuses_approach(text), "{text}");
        }
        for text in [
            "Wij doen acquisitie voor bouwbedrijven.",
            "Wij sturen u geen ongevraagde reclame.",
            "You will not receive spam; we send no unsolicited mail.",
            "Geen vragen? Bel gerust.",
            "Acquisition of new customers",
            "Werbung, die ankommt",
            "",
        ] {
            assert!(!refuses_approach(text), "{text}");
        }
    }

    #[test]
    fn stop_signs_are_seen_in_headers_and_metas() {
        let header = |value: &str| vec![("x-robots-tag".to_owned(), value.to_owned())];
        for (value, expected) in [
            ("noai", Some(StopSign::NoAi)),
            ("NOAI, noimageai", Some(StopSign::NoAi)),
            ("noindex", Some(StopSign::NoIndex)),
            ("none", Some(StopSign::NoIndex)),
            ("kiem: noai", Some(StopSign::NoAi)),
            ("googlebot: noindex", None),
            ("nofollow", None),
            ("max-snippet: 20, noai", Some(StopSign::NoAi)),
            ("unavailable_after: 25 Jun 2030 15:00:00 PST", None),
            ("all", None),
        ] {
            assert_eq!(header_stop_sign(&header(value), "kiem"), expected, "{value}");
        }
        let tdm = |value: &str| vec![("tdm-reservation".to_owned(), value.to_owned())];
        assert_eq!(header_stop_sign(&tdm("1"), "kiem"), Some(StopSign::TdmReserved));
        assert_eq!(header_stop_sign(&tdm("0"), "kiem"), None);
        for (name, content, expected) in [
            ("robots", "index, noai", Some(StopSign::NoAi)),
            ("kiem", "noindex", Some(StopSign::NoIndex)),
            ("googlebot", "noindex", None),
            ("tdm-reservation", "1", Some(StopSign::TdmReserved)),
            ("description", "none", None),
        ] {
            let meta = Meta { name: name.to_owned(), content: content.to_owned() };
            let page = Page { metas: vec![meta], ..Page::default() };
            assert_eq!(stop_sign(&page, "kiem"), expected, "{name}");
        }
    }
}
