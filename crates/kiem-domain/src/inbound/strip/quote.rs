//! Where quoted text begins: attribution lines ("Op ... schreef Jan:"), header blocks ("Van: ... Verzonden: ...")
//! and separators ("-----Oorspronkelijk bericht-----"), in the languages and layouts of the mail programs that
//! Dutch, Belgian, German, French and British companies use.

use crate::inbound::phrases::{Phrases, has_phrase};

/// A line of the body with its quote marks (`>`) counted and removed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'t> {
    /// The line without quote marks.
    pub(crate) text: &'t str,
    /// How many quote marks it had.
    pub(crate) depth: usize,
}

/// Cuts a text into lines and counts their quote marks.
pub(crate) fn lines(body: &str) -> Vec<Line<'_>> {
    body.lines().map(line).collect()
}

fn line(raw: &str) -> Line<'_> {
    let mut text = raw.trim_start();
    let mut depth = 0;
    while let Some(rest) = text.strip_prefix('>') {
        depth += 1;
        text = rest.strip_prefix(' ').unwrap_or(rest);
    }
    if depth == 0 { Line { text: raw, depth } } else { Line { text, depth } }
}

/// What introduces a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QuoteHead {
    /// How many lines it takes.
    pub(crate) n_lines: usize,
    /// Whether it is unmistakable, so that what follows is quote even without quote marks.
    pub(crate) is_certain: bool,
}

/// The quote introduction that starts at the first of these lines, if there is one.
pub(crate) fn quote_head(lines: &[Line<'_>]) -> Option<QuoteHead> {
    let first = lines.first()?;
    if first.text.trim().is_empty() {
        return None;
    }
    if is_separator(first.text) {
        let skip = 1 + blank_prefix(&lines[1..]);
        let after = &lines[skip..];
        let more =
            header_block(after, 2).map(|b| b.n_lines).or_else(|| attribution(after).map(|a| a.n_lines));
        return Some(QuoteHead { n_lines: more.map_or(1, |n| skip + n), is_certain: true });
    }
    if is_rule(first.text) {
        let skip = 1 + blank_prefix(&lines[1..]);
        let block = header_block(&lines[skip..], 2)?;
        return Some(QuoteHead { n_lines: skip + block.n_lines, is_certain: true });
    }
    if let Some(block) = header_block(lines, 3) {
        return Some(QuoteHead { n_lines: block.n_lines, is_certain: true });
    }
    attribution(lines)
}

fn blank_prefix(lines: &[Line<'_>]) -> usize {
    lines.iter().take(3).take_while(|l| l.text.trim().is_empty()).count()
}

/// Words between dashes above a quoted mail.
static SEPARATOR_WORDS: Phrases = Phrases::new(include_str!("../phrases/separator_words.txt"));

/// Words between dashes above a forwarded mail.
static FORWARD_WORDS: Phrases = Phrases::new(include_str!("../phrases/forward_words.txt"));

/// Lines that Apple's programs put before a forwarded mail, without dashes.
const FORWARD_LINES: &[&str] = &[
    "begin forwarded message",
    "begin doorgestuurd bericht",
    "anfang der weitergeleiteten nachricht",
    "anfang der weitergeleiteten e-mail",
    "début du message transféré",
    "début du message réexpédié",
];

/// A line of dashes around the words of a reply separator, or a forward mark.
fn is_separator(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    is_forward_line(text) || (is_dashed(&lower) && SEPARATOR_WORDS.all().iter().any(|w| lower.contains(w)))
}

/// Whether this line says that a forwarded mail follows.
pub(crate) fn is_forward_line(text: &str) -> bool {
    let lower = text.trim().trim_matches('*').to_lowercase();
    let bare = lower.trim_end_matches([':', ' ']);
    FORWARD_LINES.contains(&bare)
        || (is_dashed(&lower) && FORWARD_WORDS.all().iter().any(|w| lower.contains(w)))
}

fn is_dashed(text: &str) -> bool {
    text.chars().take(2).filter(|c| is_dash(*c)).count() == 2
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '_' | '=')
}

/// A horizontal rule of at least ten dashes or underscores (Outlook puts one above its header block).
fn is_rule(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() >= 10 && text.chars().all(is_dash)
}

/// A header block as mail programs write it above quoted or forwarded text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HeaderBlock {
    pub(crate) n_lines: usize,
    pub(crate) from: String,
    pub(crate) date: String,
    pub(crate) subject: String,
    kinds: Vec<HeaderKind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HeaderKind {
    From,
    Date,
    To,
    Copy,
    Subject,
}

const HEADER_NAMES: &[(HeaderKind, &[&str])] = &[
    (
        HeaderKind::From,
        &["van", "from", "von", "de", "da", "fra", "från", "od", "afzender", "expéditeur", "absender"],
    ),
    (
        HeaderKind::Date,
        &[
            "verzonden",
            "verstuurd",
            "gestuurd",
            "datum",
            "sent",
            "date",
            "gesendet",
            "envoyé",
            "envoyé le",
            "enviado",
            "data",
            "inviato",
            "skickat",
            "sendt",
            "verzonden op",
            "sent on",
            "date d'envoi",
        ],
    ),
    (
        HeaderKind::To,
        &["aan", "to", "an", "à", "a", "para", "til", "till", "do", "naar", "empfänger", "destinataire"],
    ),
    (
        HeaderKind::Copy,
        &["cc", "bcc", "kopie", "kopie (cc)", "copie", "copie à", "kopie an", "reply-to", "antwoord aan"],
    ),
    (
        HeaderKind::Subject,
        &[
            "onderwerp",
            "subject",
            "betreff",
            "objet",
            "asunto",
            "oggetto",
            "assunto",
            "ämne",
            "emne",
            "temat",
            "betreft",
            "sujet",
        ],
    ),
];

/// Reads a header block at the first of these lines. It needs `kinds_min` different headers, From among them.
pub(crate) fn header_block(lines: &[Line<'_>], kinds_min: usize) -> Option<HeaderBlock> {
    header_name(lines.first()?.text)?;
    let mut block = HeaderBlock::default();
    let mut current = None;
    let mut n_wrapped = 0;
    for (at, line) in lines.iter().take(16).enumerate() {
        if let Some((kind, value)) = header_name(line.text) {
            if block.kinds.contains(&kind) && kind != HeaderKind::Copy {
                break;
            }
            block.kinds.push(kind);
            block.put(kind, value);
            block.n_lines = at + 1;
            (current, n_wrapped) = (Some(kind), 0);
        } else if line.text.trim().is_empty() {
            // Some programs put every header into a paragraph of its own.
            let next_is_header = lines.get(at + 1).is_some_and(|l| header_name(l.text).is_some());
            if !next_is_header {
                break;
            }
            current = None;
        } else if let Some(kind) = current.filter(|k| n_wrapped < 4 && wraps(*k)) {
            n_wrapped += 1;
            // A long list of recipients or a long subject runs over several lines; it ends at a header or a blank.
            let closes = lines[at + 1..]
                .iter()
                .take(4 - n_wrapped + 1)
                .any(|l| l.text.trim().is_empty() || header_name(l.text).is_some())
                || at + 1 == lines.len();
            if !closes {
                break;
            }
            block.put(kind, line.text.trim());
            block.n_lines = at + 1;
        } else {
            break;
        }
    }
    block.kinds.sort_by_key(|k| *k as u8);
    block.kinds.dedup();
    (block.kinds.contains(&HeaderKind::From) && block.kinds.len() >= kinds_min).then_some(block)
}

/// Whether the value of a header runs over several lines in practice.
fn wraps(kind: HeaderKind) -> bool {
    !matches!(kind, HeaderKind::Date)
}

impl HeaderBlock {
    fn put(&mut self, kind: HeaderKind, value: &str) {
        let slot = match kind {
            HeaderKind::From => &mut self.from,
            HeaderKind::Date => &mut self.date,
            HeaderKind::Subject => &mut self.subject,
            HeaderKind::To | HeaderKind::Copy => return,
        };
        if !slot.is_empty() {
            slot.push(' ');
        }
        slot.push_str(value);
    }
}

/// `Van: Jan` or `*Van:* Jan` as kind and value.
fn header_name(text: &str) -> Option<(HeaderKind, &str)> {
    let text = text.trim();
    let (name, value) = text.split_once(':')?;
    if name.chars().count() > 16 {
        return None;
    }
    let name = name.trim_matches(['*', '_', ' ', '\u{a0}']).to_lowercase();
    let kind = HEADER_NAMES.iter().find(|(_, names)| names.contains(&name.as_str()))?.0;
    Some((kind, value.trim_start_matches('*').trim()))
}

/// (first words, verbs) of attribution lines.
const ATTRIBUTIONS: &[(&[&str], &[&str])] = &[
    (&["op "], &["schreef", "geschreven"]),
    (&["on "], &["wrote"]),
    (&["am ", "vom "], &["schrieb", "geschrieben", "schreibt"]),
    (&["le "], &["a écrit", "écrivait", "écrit"]),
    (&["el "], &["escribió"]),
    (&["il ", "in data "], &["ha scritto", "scrive", "scriveva"]),
    (&["em "], &["escreveu"]),
    (&["den ", "på "], &["skrev"]),
    (&["dnia ", "w dniu "], &["napisał", "napisała", "napisał(a)"]),
];

const VERBS: &[&str] = &[
    "schreef",
    "geschreven",
    "wrote",
    "schrieb",
    "geschrieben",
    "a écrit",
    "escribió",
    "ha scritto",
    "escreveu",
    "skrev",
    "napisał",
];

/// "On ... wrote:" in one to four lines.
fn attribution(lines: &[Line<'_>]) -> Option<QuoteHead> {
    let mut joined = String::new();
    for (at, line) in lines.iter().take(4).enumerate() {
        let part = line.text.trim();
        if part.is_empty() || joined.len() + part.len() > 400 {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(part);
        if let Some(is_certain) = attribution_text(&joined) {
            // A sentence above "Op 3-11 schreef Jan:" is no part of it: the attribution starts further down.
            let starts_later = (1..=at).any(|from| begins_attribution(lines[from].text));
            return (!starts_later).then_some(QuoteHead { n_lines: at + 1, is_certain });
        }
    }
    None
}

/// Whether a line starts like "Op 3-11-2026 om ..." or "On Tue, ...".
fn begins_attribution(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let starts = ATTRIBUTIONS.iter().any(|(starts, _)| starts.iter().any(|s| lower.starts_with(s)));
    starts && lower.chars().take(24).any(|c| c.is_ascii_digit())
}

/// Whether a joined text is an attribution, and whether unmistakably so.
fn attribution_text(text: &str) -> Option<bool> {
    let lower = text.to_lowercase();
    let lower = lower.trim_matches(|c: char| is_dash(c) || c.is_whitespace() || c == '*');
    let dashed = is_dashed(text) && text.trim_end().chars().rev().take(2).all(is_dash);
    let core = match lower.strip_suffix([':', '：']) {
        Some(core) => core.trim_end(),
        None if dashed => lower,
        None => return None,
    };
    let has_digit = core.bytes().any(|b| b.is_ascii_digit());
    let has_address = core.contains('@');
    let starts = ATTRIBUTIONS.iter().any(|(starts, verbs)| {
        starts.iter().any(|s| core.starts_with(s)) && verbs.iter().any(|v| has_phrase(core, v))
    });
    if starts && has_digit {
        return Some(
            has_address || has_time(core) || has_year(core) || core.contains("het volgende geschreven"),
        );
    }
    let says = VERBS.iter().any(|v| has_phrase(core, v));
    // "Jan de Vries <jan@agency.example> schreef:" and "Jan schreef op 3-11-2026 om 09:12:".
    if says && (has_address || (has_digit && (has_time(core) || has_year(core)))) && core.len() <= 200 {
        return Some(true);
    }
    // Old Gmail: "2026-11-03 9:12 GMT+01:00 Jan de Vries <jan@agency.example>:".
    let old_gmail = core.starts_with(|c: char| c.is_ascii_digit()) && core.ends_with('>') && has_address;
    (old_gmail && has_time(core)).then_some(true)
}

fn has_time(text: &str) -> bool {
    let b = text.as_bytes();
    (1..b.len().saturating_sub(2)).any(|i| {
        matches!(b[i], b':' | b'.' | b'h')
            && b[i - 1].is_ascii_digit()
            && b[i + 1].is_ascii_digit()
            && b[i + 2].is_ascii_digit()
            && b.get(i + 3).is_none_or(|c| !c.is_ascii_digit())
    })
}

fn has_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit())
        .any(|n| n.len() == 4 && (n.starts_with("19") || n.starts_with("20")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Option<QuoteHead> {
        quote_head(&lines(text))
    }

    #[test]
    fn attributions_of_many_programs_are_seen() {
        for (text, n_lines) in [
            ("Op di 3 nov 2026 om 09:12 schreef Jan de Vries <jan@agency.example>:", 1),
            ("Op di 3 nov 2026 om 09:12 schreef Jan de Vries <\njan@agency.example>:", 2),
            ("Op 3 nov. 2026 om 09:12 heeft Jan de Vries <jan@agency.example> het\nvolgende geschreven:", 2),
            ("Jan de Vries schreef op 3-11-2026 om 9:12:", 1),
            ("On Tue, 3 Nov 2026 at 09:12, Jan de Vries <jan@agency.example> wrote:", 1),
            ("On Tue, Nov 3, 2026 at 9:12 AM Jan de Vries\n<jan@agency.example>\nwrote:", 3),
            ("On 03/11/2026 09:12, Jan de Vries wrote:", 1),
            ("Am 03.11.2026 um 09:12 schrieb Jan de Vries:", 1),
            ("Am Di., 3. Nov. 2026 um 09:12 Uhr schrieb Jan de Vries <jan@agency.example>:", 1),
            ("Jan de Vries <jan@agency.example> hat am 03.11.2026 09:12 geschrieben:", 1),
            ("Le mar. 3 nov. 2026 à 09:12, Jan de Vries <jan@agency.example> a écrit :", 1),
            ("2026-11-03 9:12 GMT+01:00 Jan de Vries <jan@agency.example>:", 1),
            ("---- On Tue, 03 Nov 2026 09:12:00 +0100 Jan <jan@agency.example> wrote ----", 1),
        ] {
            assert_eq!(head(text), Some(QuoteHead { n_lines, is_certain: true }), "{text}");
        }
    }

    #[test]
    fn header_blocks_are_seen_with_and_without_a_rule() {
        for text in [
            "Van: Jan de Vries <jan@agency.example>\nVerzonden: dinsdag 3 november 2026 09:12\nAan: Eva\nOnderwerp: x",
            "________________________________\nFrom: Jan\nSent: Tuesday\nTo: Eva\nSubject: x",
            "-----Oorspronkelijk bericht-----\nVan: Jan\nVerzonden: dinsdag",
            "*Von:* Jan\n*Gesendet:* Dienstag\n*An:* Eva\n*Betreff:* x",
            "De : Jan\nEnvoyé : mardi\nÀ : Eva\nObjet : x",
            "-------- Oorspronkelijk bericht --------\nVan: Jan\nDatum: 03-11-26 09:12 (GMT+01:00)",
            "Gesendet: Dienstag, 03. November 2026 um 09:12 Uhr\nVon: \"Jan\" <jan@agency.example>\nAn: eva@klant.example\nBetreff: x",
            "Van: Jan\n\nVerzonden: dinsdag\n\nAan: Eva\n\nOnderwerp: x",
        ] {
            let found = head(text);
            assert_eq!(
                found.map(|h| (h.n_lines, h.is_certain)),
                Some((text.lines().count(), true)),
                "{text}"
            );
        }
    }

    #[test]
    fn people_who_write_like_a_header_are_left_alone() {
        for text in [
            "Op 3 november schreef ik jullie al dat het niet kan.",
            "Van: 3 tot 5 uur ben ik er",
            "Aan: iedereen die dit leest",
            "On reflection I wrote this down: yes",
            "Le prix : 300 euros",
            "--",
            "Op zich een goed idee:",
        ] {
            assert_eq!(head(text).filter(|h| h.is_certain), None, "{text}");
        }
    }

    #[test]
    fn forwards_are_recognised_by_their_line() {
        for text in [
            "---------- Forwarded message ---------",
            "Begin doorgestuurd bericht:",
            "-------- Doorgestuurd bericht --------",
            "-------- Weitergeleitete Nachricht --------",
            "---------- Message transféré ---------",
        ] {
            assert!(is_forward_line(text), "{text}");
        }
        assert!(!is_forward_line("-----Oorspronkelijk bericht-----"));
    }
}
