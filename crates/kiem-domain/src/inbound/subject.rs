//! Subjects: what is left without reply marks, and what the other side put in front.

/// Marks that mail programs put before a subject when answering or forwarding: nl, en, de, fr, Nordic, Italian,
/// Spanish, Portuguese and Polish.
const MARKS: &[&str] = &[
    "re",
    "fw",
    "fwd",
    "aw",
    "wg",
    "antw",
    "antwoord",
    "beantw",
    "betr",
    "betreft",
    "doorst",
    "doorgest",
    "doorgestuurd",
    "sv",
    "vs",
    "vb",
    "tr",
    "réf",
    "ref",
    "rif",
    "odp",
    "pd",
    "rv",
    "res",
    "enc",
    "r",
    "i",
];

/// Marks that an automatic answer puts there.
const AUTOMATIC: &[&str] = &[
    "automatisch antwoord",
    "automatische beantwoording",
    "automatic reply",
    "automatische antwort",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto",
    "réponse automatique",
    "out of office",
    "abwesenheitsnotiz",
    "afwezigheidsbericht",
    "afwezig",
    "abwesend",
    "respuesta automática",
    "autosvar",
    "automatisk svar",
];

/// Labels in square brackets that mail gateways add.
const LABELS: &[&str] = &[
    "ext",
    "extern",
    "extern bericht",
    "external",
    "external email",
    "externe",
    "spam",
    "suspected spam",
    "caution",
    "ext mail",
];

/// The subject without reply marks (`Re:`, `Antw:`, `AW:`, `Re[2]:`), gateway labels (`[EXTERN]`) and marks of
/// automatic answers, with single blanks.
pub fn base_subject(subject: &str) -> String {
    let flat = flatten(subject);
    let mut rest = flat.as_str();
    loop {
        let shorter =
            strip_label(rest).or_else(|| strip_mark(rest, MARKS)).or_else(|| strip_mark(rest, AUTOMATIC));
        match shorter {
            Some(next) => rest = next.trim_start(),
            None => break,
        }
    }
    let mut rest = rest.trim();
    while let Some(shorter) = strip_end(rest, "(fwd)") {
        rest = shorter.trim_end();
    }
    rest.to_owned()
}

/// Whether two subjects are the same conversation: equal base subjects, whatever the case. Two empty ones are not.
pub fn same_subject(a: &str, b: &str) -> bool {
    let (a, b) = (base_subject(a).to_lowercase(), base_subject(b).to_lowercase());
    !a.is_empty() && a == b
}

/// Whether a subject starts with a forward mark (`Fwd:`, `Doorst:`, `WG:`, `TR:`).
pub fn is_forward(subject: &str) -> bool {
    let flat = flatten(subject);
    let mut rest = flat.as_str();
    while let Some(next) = strip_label(rest) {
        rest = next.trim_start();
    }
    strip_mark(rest, &["fw", "fwd", "doorst", "doorgest", "doorgestuurd", "wg", "tr", "vs", "vb"]).is_some()
}

/// Whether a subject starts with a reply mark (`Re:`, `Antw:`, `AW:`, `Betr:`).
pub fn is_reply(subject: &str) -> bool {
    let flat = flatten(subject);
    let mut rest = flat.as_str();
    while let Some(next) = strip_label(rest) {
        rest = next.trim_start();
    }
    strip_mark(rest, &["re", "aw", "antw", "antwoord", "beantw", "betr", "sv", "réf", "ref"]).is_some()
}

/// What the other side put before our subject, without reply marks and labels: `Automatisch antwoord` of
/// `Automatisch antwoord: Offertes sneller maken`. When our subject is not in there, all of it is theirs.
pub fn added_prefix(subject: &str, our_subject: &str) -> String {
    let flat = flatten(subject);
    let ours = base_subject(our_subject).to_lowercase();
    let lower = flat.to_lowercase();
    let before = match lower.rfind(&ours) {
        Some(at) if !ours.is_empty() => &lower[..at],
        _ => lower.as_str(),
    };
    let mut rest = before.trim();
    while let Some(next) = strip_label(rest).or_else(|| strip_mark(rest, MARKS)) {
        rest = next.trim_start();
    }
    rest.trim_end_matches([':', '-', '–', '|', ' ', '"', '\'', '„', '“', '”']).trim().to_owned()
}

fn flatten(subject: &str) -> String {
    subject.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn strip_label(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let (label, rest) = inner.split_once(']')?;
    let label = label.trim().trim_matches('*').to_lowercase();
    LABELS.contains(&label.as_str()).then_some(rest)
}

/// Removes one `Mark:`, `Mark :`, `Mark[2]:`, `Mark(2):` or `Mark2:` from the front.
fn strip_mark<'t>(text: &'t str, marks: &[&str]) -> Option<&'t str> {
    let (head, rest) = text.split_once([':', '：'])?;
    let head = head.trim_end();
    let counted = head.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')'));
    let word = if counted.is_empty() { head } else { counted.trim_end().trim_end_matches('.') };
    // A number without a mark ("2:") is content, and so is a long head.
    (word.chars().count() <= 30 && marks.contains(&word.trim_end().to_lowercase().as_str())).then_some(rest)
}

fn strip_end<'t>(text: &'t str, end: &str) -> Option<&'t str> {
    let at = text.len().checked_sub(end.len())?;
    (text.is_char_boundary(at) && text[at..].eq_ignore_ascii_case(end)).then(|| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reply_marks_of_every_client_go() {
        for subject in [
            "Offertes sneller maken",
            "Re: Offertes sneller maken",
            "RE: Re: Offertes  sneller maken",
            "Re[2]: Offertes sneller maken",
            "Re (3): Offertes sneller maken",
            "Antw: Offertes sneller maken",
            "Antwoord: Offertes sneller maken",
            "Betr: Offertes sneller maken",
            "Betr.: Offertes sneller maken",
            "AW: WG: Offertes sneller maken",
            "SV: Offertes sneller maken",
            "TR : Offertes sneller maken",
            "Doorst: Offertes sneller maken",
            "Fwd: Re: Offertes sneller maken",
            "[EXTERN] RE: [ext] Offertes sneller maken",
            "Automatisch antwoord: Offertes sneller maken",
            "Automatic reply: RE: Offertes sneller maken",
            "Offertes sneller maken (fwd)",
        ] {
            assert_eq!(base_subject(subject), "Offertes sneller maken", "{subject}");
        }
    }

    #[test]
    fn content_that_looks_like_a_mark_stays() {
        for subject in [
            "Referentie: project 12",
            "Restaurant: menu",
            "[Offerte] 12",
            "12: twaalf",
            "Afwezigheid plannen",
        ] {
            assert_eq!(base_subject(subject), subject);
        }
    }

    #[test]
    fn the_added_prefix_is_only_what_they_added() {
        for (subject, ours, expected) in [
            (
                "Automatisch antwoord: Offertes sneller maken",
                "Offertes sneller maken",
                "automatisch antwoord",
            ),
            ("Out of Office Re: Offertes", "Offertes", "out of office re"),
            ("Re: Out of office plannen", "Out of office plannen", ""),
            ("RE: [EXT] Op vakantie met de fiets", "Op vakantie met de fiets", ""),
            ("Ik ben er niet", "Offertes", "ik ben er niet"),
            ("Afwezig - Re: Offertes", "Re: Offertes", "afwezig - re"),
        ] {
            assert_eq!(added_prefix(subject, ours), expected, "{subject}");
        }
    }

    #[test]
    fn forwards_are_told_from_replies() {
        assert!(is_forward("[EXT] FW: Offertes") && is_forward("Doorst: x") && is_forward("WG: x"));
        assert!(!is_forward("RE: FW: Offertes") && is_reply("Antw: x") && !is_reply("x"));
    }

    proptest! {
        #[test]
        fn the_base_is_its_own_base(subject in "(Re: |AW: |\\[EXT\\] )?\\PC{0,40}") {
            let base = base_subject(&subject);
            prop_assert_eq!(base_subject(&base), base);
        }

        #[test]
        fn any_number_of_marks_is_no_difference(mark in "(Re|RE|Antw|AW|Fwd|Betr): ", n in 0usize..5, text in "[a-z]{3,9} [a-z]{3,9}") {
            prop_assert_eq!(base_subject(&format!("{}{}", mark.repeat(n), text)), text);
        }
    }
}
