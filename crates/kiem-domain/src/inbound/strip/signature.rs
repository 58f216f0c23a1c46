//! Where a person's words end: sign-offs, signature delimiters, device lines, contact blocks, disclaimers and the
//! warnings that mail gateways put on top.

use super::tail::closing_tail;
use crate::inbound::phrases::Phrases;

/// What a line of a kept stretch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Text,
    Signature,
}

/// Tells the words of a person from signature, device lines, disclaimers and gateway banners. `has_text_before`
/// says whether the mail already had words of the person above this stretch.
pub(super) fn parts(lines: &[&str], has_text_before: bool) -> Vec<Part> {
    let mut parts = vec![Part::Text; lines.len()];
    mark_banners(lines, &mut parts);
    for (at, line) in lines.iter().enumerate() {
        if is_device_line(line) {
            parts[at] = Part::Signature;
        }
    }
    let first_text = (0..lines.len()).find(|&i| parts[i] == Part::Text && !lines[i].trim().is_empty());
    let Some(first_text) = first_text else { return parts };
    let found = (first_text..lines.len())
        .filter(|&i| parts[i] == Part::Text)
        .find(|&i| starts_signature(lines, i, has_text_before || i > first_text));
    // Name and numbers often stand above the disclaimer or the `--` that was found.
    let above = &lines[..found.unwrap_or(lines.len())];
    let start = contact_block(above, first_text).or_else(|| closing_tail(above, first_text)).or(found);
    if let Some(start) = start {
        parts[start..].fill(Part::Signature);
        rescue_postscripts(&lines[start..], &mut parts[start..]);
    }
    parts
}

fn starts_signature(lines: &[&str], at: usize, has_text_before: bool) -> bool {
    let line = lines[at].trim();
    if line.is_empty() {
        return false;
    }
    if matches!(line, "--" | "—" | "- -" | "-- *") || is_underline(line) {
        return true;
    }
    if is_disclaimer(line) {
        return has_text_before;
    }
    match sign_off(line) {
        Some(SignOff::Clear) => true,
        Some(SignOff::Faint) => has_text_before && is_short_tail(&lines[at + 1..]),
        None => false,
    }
}

/// A line of underscores or dashes that separates the signature.
fn is_underline(line: &str) -> bool {
    line.chars().count() >= 5 && line.chars().all(|c| matches!(c, '_' | '-' | '—' | '–' | '=' | '*'))
}

/// A name, and at most seven short lines with it: the end of a mail, not a further thought.
fn is_short_tail(lines: &[&str]) -> bool {
    let filled: Vec<&str> =
        lines.iter().map(|l| l.trim()).filter(|l| !l.is_empty() && !is_device_line(l)).take(9).collect();
    filled.len() <= 8
        && filled.first().is_some_and(|l| is_name(l))
        && filled.iter().all(|l| l.chars().count() <= 60 && !l.ends_with(['?', '!']) && word_count(l) <= 7)
}

/// Up to five words, none in lower case but the particles of names. "Bel me dinsdag" is no name.
fn is_name(line: &str) -> bool {
    const PARTICLES: &[&str] =
        &["van", "de", "der", "den", "het", "ten", "ter", "te", "von", "zu", "du", "la", "le", "el", "en"];
    word_count(line) <= 5
        && !line.ends_with(['.', ':'])
        && line.split_whitespace().all(|w| !w.starts_with(char::is_lowercase) || PARTICLES.contains(&w))
}

/// Lower case with straight apostrophes, as the phrase lists are written.
pub(super) fn lowered(text: &str) -> String {
    text.to_lowercase().replace(['’', '‘'], "'")
}

pub(super) fn word_count(line: &str) -> usize {
    line.split_whitespace().count()
}

/// A line that closes a mail, clearly or faintly.
pub(super) fn has_closing(line: &str) -> bool {
    sign_off(line).is_some()
}

enum SignOff {
    /// Nobody writes this in the middle of a text.
    Clear,
    /// Also used inside a text: only with a short rest.
    Faint,
}

/// The words that close a mail.
static CLOSINGS: Phrases = Phrases::new(include_str!("../phrases/closings.txt"));

/// Closing words that also occur inside a text.
static FAINT_CLOSINGS: Phrases = Phrases::new(include_str!("../phrases/faint_closings.txt"));

/// Words that may stand before a closing word ("alvast bedankt en met vriendelijke ...").
static COURTESY: Phrases = Phrases::new(include_str!("../phrases/courtesy.txt"));

fn sign_off(line: &str) -> Option<SignOff> {
    if line.chars().count() > 70 || line.contains('?') || line.contains('@') {
        return None;
    }
    let words: Vec<String> = line
        .split(|c: char| {
            c.is_whitespace() || matches!(c, ',' | '.' | '!' | ':' | ';' | '*' | '_' | '/' | '-' | '–')
        })
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    let at = words.iter().position(|w| CLOSINGS.contains(w));
    if let Some(at) = at {
        let before_ok = at <= 7 && words[..at].iter().all(|w| is_courtesy(w));
        let after_ok = words.len() - at - 1 <= 4;
        return (before_ok && after_ok).then_some(SignOff::Clear);
    }
    let text = words.join(" ");
    // "m.v.g." and "m. vr. gr." lose their dots above.
    let dotted = ["m v g", "m vr gr", "met vr gr", "vriendelijke gr", "met vriendelijke gr"];
    if words.len() <= 6 && dotted.iter().any(|d| text == *d || text.starts_with(&format!("{d} "))) {
        return Some(SignOff::Clear);
    }
    let faint = FAINT_CLOSINGS.all().iter().any(|f| {
        text.strip_prefix(f)
            .is_some_and(|rest| rest.is_empty() || (rest.starts_with(' ') && word_count(rest) <= 2))
    });
    faint.then_some(SignOff::Faint)
}

/// A word that only decorates a closing: a known one, or an adjective such as "vriendelijke", "zonnige", "freundlichen".
fn is_courtesy(word: &str) -> bool {
    COURTESY.contains(word)
        || ["lijke", "lijk", "ige", "ieve", "liche", "lichen", "licher", "lichem", "igen", "endly"]
            .iter()
            .any(|end| word.ends_with(end))
}

/// How device lines and advertisements of mail programs start.
static DEVICE_LINES: Phrases = Phrases::new(include_str!("../phrases/device_lines.txt"));

/// Short bodies that device lines may have besides their start: a whole line, without a sentence.
pub(super) fn is_device_line(line: &str) -> bool {
    let lower = lowered(line.trim().trim_start_matches(['*', '_', '[', '(']));
    let short = lower.split(['<', '(']).next().unwrap_or_default();
    let matched = DEVICE_LINES.start(&lower);
    // "Verzonden met de post van gisteren, graag een reactie" is a sentence.
    matched && word_count(short) <= 9 && !short.contains('?') && !names_a_parcel(short)
}

fn names_a_parcel(line: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric())
        .any(|w| matches!(w, "post" | "pakket" | "koerier" | "kurier" | "dhl" | "postnl" | "courier"))
}

/// How confidentiality texts and environmental requests start or what they always contain.
static DISCLAIMERS: Phrases = Phrases::new(include_str!("../phrases/disclaimers.txt"));

pub(super) fn is_disclaimer(line: &str) -> bool {
    let lower = lowered(line.trim_start_matches(['*', '_', '-', '•', ' ', '(', '"']));
    let found = DISCLAIMERS.start_of(&lower);
    // "Dit bericht is uitsluitend voor jou bedoeld, Jan" in a short line is a person; disclaimers are long, unless
    // they are only a heading.
    found.is_some_and(|f| {
        word_count(&lower) >= 7 || (lower.len() <= f.len() + 4 && word_count(f) <= 2) || f.contains("vir")
    })
}

/// What gateways put above mail from outside.
static BANNERS: Phrases = Phrases::new(include_str!("../phrases/banners.txt"));

/// Marks the paragraph of a gateway warning, up to its blank line.
fn mark_banners(lines: &[&str], parts: &mut [Part]) {
    let mut in_banner = false;
    for (at, line) in lines.iter().enumerate() {
        let lower = line.trim().trim_start_matches(['*', '_', '⚠', '\u{fe0f}', '!', '|', ' ']).to_lowercase();
        if lower.is_empty() {
            in_banner = false;
            continue;
        }
        in_banner = in_banner || is_banner(&lower);
        if in_banner {
            parts[at] = Part::Signature;
        }
    }
}

fn is_banner(line: &str) -> bool {
    let starts = |text: &str| BANNERS.start(text);
    // "[EXTERN] Deze e-mail komt van buiten ..."; a label alone on its line is the gateway's too.
    let label = line.strip_prefix('[').and_then(|l| l.split_once(']')).filter(|(l, _)| l.len() <= 20);
    starts(line)
        || label.is_some_and(|(label, rest)| {
            starts(rest.trim_start()) || (rest.trim().is_empty() && label.starts_with("ext"))
        })
}

/// A closing block has at most so many lines.
const CONTACT_LINES_MAX: usize = 14;

/// A closing block of name, function and numbers without any sign-off: the last lines after a blank, at least two
/// of which are phone, address, web or register lines and none a sentence.
fn contact_block(lines: &[&str], first_text: usize) -> Option<usize> {
    let filled_at: Vec<usize> =
        (first_text + 1..lines.len()).filter(|&i| !lines[i].trim().is_empty()).collect();
    let last = &filled_at[filled_at.len().saturating_sub(CONTACT_LINES_MAX)..];
    let mut starts = last.iter().copied().filter(|&i| lines[i - 1].trim().is_empty()); // i > first_text
    let announced = |start: usize| {
        lines[..start]
            .iter()
            .rev()
            .find(|l| !l.trim().is_empty())
            .is_some_and(|l| l.trim_end().ends_with(':'))
    };
    starts.find(|&start| {
        // "Neem contact op met:" and then a name and numbers: the answer.
        if announced(start) {
            return false;
        }
        let filled: Vec<&str> = lines[start..].iter().map(|l| l.trim()).filter(|l| !l.is_empty()).collect();
        let n_contact = filled.iter().filter(|l| is_contact_line(l)).count();
        let no_sentence = |l: &&str| {
            is_contact_line(l)
                || is_device_line(l)
                || l.starts_with("[cid:")
                || (word_count(l) <= 6 && l.chars().count() <= 60 && !l.ends_with(['.', '!', '?', ':', ',']))
        };
        filled.len() >= 3 && n_contact >= 2 && filled.iter().all(no_sentence)
    })
}

/// Names of contact lines in a signature.
static CONTACT_NAMES: Phrases = Phrases::new(include_str!("../phrases/contact_names.txt"));

pub(super) fn is_contact_line(line: &str) -> bool {
    let line = line.trim();
    if line.chars().count() > 90 || line.ends_with('?') {
        return false;
    }
    let lower = line.to_lowercase();
    let n_digits = line.chars().filter(char::is_ascii_digit).count();
    let n_letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let named = lower.split_once([':', '|', ' ']).is_some_and(|(name, rest)| {
        CONTACT_NAMES.contains(name.trim()) && (rest.contains('@') || rest.contains("www") || n_digits >= 6)
    });
    let web =
        word_count(line) <= 3 && (lower.contains("www.") || lower.starts_with("http") || lower.contains('@'));
    named || web || (n_digits >= 9 && n_letters <= 12) || is_postal_line(line)
}

/// A line with a Dutch postal code (`1234 AB Plaats`), short.
fn is_postal_line(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.len() <= 12
        && words.windows(2).any(|w| {
            w[0].len() == 4
                && w[0].bytes().all(|b| b.is_ascii_digit())
                && w[1].len() == 2
                && w[1].bytes().all(|b| b.is_ascii_uppercase())
        })
}

/// "PS: ...".
pub(super) fn postscript_starts(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    let word = lower.split([' ', ':', ',']).next().unwrap_or_default().replace('.', "");
    matches!(word.as_str(), "ps" | "pps" | "nb") && lower.len() > 4
}

/// "PS: bel me gerust" below a signature is still the person speaking.
fn rescue_postscripts(lines: &[&str], parts: &mut [Part]) {
    let mut in_postscript = false;
    for (at, line) in lines.iter().enumerate() {
        if line.trim().is_empty() {
            in_postscript = false;
            continue;
        }
        in_postscript = in_postscript || postscript_starts(line);
        if in_postscript && !is_device_line(line) {
            parts[at] = Part::Text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> String {
        let lines: Vec<&str> = body.lines().collect();
        let parts = parts(&lines, false);
        let kept: Vec<&str> =
            lines.iter().zip(parts).filter(|(_, p)| *p == Part::Text).map(|(l, _)| *l).collect();
        kept.join("\n").trim().to_owned()
    }

    #[test]
    fn sign_offs_of_four_languages_end_the_text() {
        for closing in [
            "Met vriendelijke groet,\nEva Jansen",
            "Mvg,\nEva",
            "M.v.g. Eva",
            "Groetjes Eva",
            "Groet, Eva Jansen",
            "Hartelijke groeten,\n\nEva",
            "Alvast bedankt en met vriendelijke groet,\nEva",
            "In afwachting van uw reactie, verblijf ik, hoogachtend,\nEva",
            "Zonnige groet uit Zeeland,\nEva",
            "Kind regards,\nEva Jansen\nHead of Operations",
            "Best,\nEva",
            "Thanks,\nEva",
            "Thanks and regards,\nEva",
            "Mit freundlichen Grüßen\nEva Jansen",
            "Viele Grüße aus Köln\nEva",
            "Freundliche Grüsse\nEva",
            "MfG\nEva",
            "Cordialement,\nEva",
            "Bien à vous,\nEva",
            "--\nEva Jansen\nKlant BV",
            "____________\nEva Jansen",
            "Verstuurd vanaf mijn iPhone",
            "Verstuurd vanuit Outlook voor iOS<https://aka.example/ios>",
            "Outlook voor Android downloaden",
            "Get Outlook for iOS",
            "Von meinem iPhone gesendet",
            "Envoyé de mon iPhone",
            "Deze e-mail en eventuele bijlagen zijn uitsluitend bestemd voor de geadresseerde.",
            "Please consider the environment before printing this e-mail.",
        ] {
            assert_eq!(
                text(&format!("Dat lijkt ons interessant.\n\n{closing}")),
                "Dat lijkt ons interessant.",
                "{closing}"
            );
        }
    }

    #[test]
    fn a_contact_block_without_sign_off_goes() {
        let body = "Prima, dinsdag past.\n\nEva Jansen\nInkoop\nKlant BV\nT 010-1234567\nwww.klant.example";
        assert_eq!(text(body), "Prima, dinsdag past.");
        let legal = "Deze e-mail en eventuele bijlagen zijn uitsluitend bestemd voor de geadresseerde.";
        let body =
            format!("{body}\n\n[cid:image001.png@01DB]\n\nKlant BV | Kade 1 | 1234 AB Stad\n\n{legal}");
        assert_eq!(text(&body), "Prima, dinsdag past.");
    }

    #[test]
    fn words_of_the_person_stay() {
        for body in [
            "Doe de groeten aan Piet, hij kent ons product.",
            "Bedankt! Kun je me dinsdag bellen?",
            "Thanks for reaching out, can you send more?\nWe start in March.",
            "Best\nJan, kun je dinsdag bellen?",
            "Hoi Jan,\n\nBedankt!\n\nBel me dinsdag.",
            "Hi Jan,\nThanks\nCall me Tuesday at ten",
            "Hoi Jan,\n\nBedankt!",
            "Bel me op 06-12345678.",
            "Mijn nummer:\n\n06-12345678\nDan bespreken we het even.",
            "Verzonden met de post, graag een reactie",
            "Groet van mij, maar eerst deze vraag: wat kost het?",
        ] {
            assert_eq!(text(body), body);
        }
    }

    #[test]
    fn a_postscript_is_still_text() {
        assert_eq!(text("Ja graag.\n\nGroet,\nEva\n\nPS: bel na 14 uur"), "Ja graag.\n\nPS: bel na 14 uur");
    }

    #[test]
    fn a_gateway_warning_on_top_goes() {
        let body = "CAUTION: This email originated from outside of the organization.\nDo not click links.\n\nYes please.";
        assert_eq!(text(body), "Yes please.");
    }
}
