//! Whether a cell says that somebody wants no mail, by the words of people and of mailing programs in four languages. No
//! word is ever taken as consent.

use std::sync::OnceLock;

use kiem_domain::names::fold;

use super::mapping::plain;

const REFUSALS: &str = include_str!("names/refusals.txt");

/// The words of `names/refusals.txt`.
#[derive(Debug, Default)]
struct Words {
    neutral: Vec<&'static str>,
    alone: Vec<&'static str>,
    words: Vec<&'static str>,
    starts: Vec<&'static str>,
    pairs: Vec<&'static str>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words = Words::default();
        for (kind, list) in REFUSALS.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(':'))
        {
            let into = match kind {
                "neutral" => &mut words.neutral,
                "alone" => &mut words.alone,
                "word" => &mut words.words,
                "start" => &mut words.starts,
                "pair" => &mut words.pairs,
                // A mistake of ours; a test sees to it that there is none.
                _ => continue,
            };
            into.extend(list.split(',').map(str::trim));
        }
        words
    })
}

/// Whether a cell under "do not mail" is set. Anything but a clear no counts: it may be a date or a reason.
pub fn is_yes(cell: &str) -> bool {
    // Databases write a day that never was, and forms a box that nobody ticked.
    let is_unset = matches!(cell, "0000-00-00" | "0000-00-00 00:00:00" | "☐");
    !is_no(cell) && !is_unset && !is_neutral(&plain(cell))
}

/// Whether a cell is a clear no.
pub fn is_no(cell: &str) -> bool {
    matches!(
        fold(cell).as_str(),
        "nee" | "n" | "no" | "false" | "0" | "0.0" | "0,0" | "onwaar" | "nein" | "non" | "falsch" | "faux"
    )
}

/// Whether a cell under "may be mailed", or about the state of a subscription, says that somebody objected: any word of
/// refusal will do, in whatever sentence. Who is left out by mistake can be asked; who is mailed by mistake has complained.
pub fn is_objection(cell: &str) -> bool {
    // "Don't" is one word, and "d'opposition" are two.
    let said = plain(&fold(cell).replace("n't", "nt"));
    if is_neutral(&said) {
        return false;
    }
    let lists = words();
    let begins = |text: &str, starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    let said_words: Vec<&str> = said.split(' ').collect();
    is_no(cell)
        || lists.alone.contains(&said.as_str())
        || said_words.iter().any(|word| lists.words.contains(word) || begins(word, &lists.starts))
        || said_words.windows(2).any(|pair| begins(&pair.concat(), &lists.pairs))
}

fn is_neutral(said: &str) -> bool {
    words().neutral.contains(&said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_written_as_they_are_compared() {
        let kinds = ["neutral", "alone", "word", "start", "pair"];
        for line in REFUSALS.lines().filter(|line| !line.starts_with('#')) {
            let (kind, list) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
            assert!(kinds.contains(&kind), "{kind}");
            for word in list.split(',').map(str::trim) {
                assert!(!word.is_empty() && plain(word) == word, "{word:?} in {kind}");
                assert!(kind == "neutral" || kind == "alone" || !word.contains(' '), "{word}");
            }
        }
    }

    #[test]
    fn anything_but_a_clear_no_means_do_not_mail() {
        for (cell, expected) in [
            ("unsubscribed", true),
            ("Subscribed", false),
            ("no_consent", false),
            ("No consent", false),
            ("bounced", true),
            ("complaint", true),
            ("Archived", true),
            ("ja", true),
            ("x", true),
            ("2024-03-01", true),
            ("nee", false),
            ("0", false),
            ("0.0", false),
            ("0000-00-00", false),
            ("☐", false),
            ("☑", true),
            ("Allow", false),
            ("geen bezwaar", false),
        ] {
            assert_eq!(is_yes(cell), expected, "{cell}");
        }
    }

    #[test]
    fn any_word_of_refusal_is_an_objection() {
        for cell in "nee;Nee, niet mailen;niet;nooit;geen toestemming;liever niet;opt-out;Opt Out;opt_out;\
            opted-out;OptedOut;unsubscribe;Unsubscribed;UNSUB;afgemeld;Uitgeschreven op 3 mei;\
            geblokkeerd;bezwaar;bounced;Hard bounce;cleaned;Do not email;Don't mail;don’t contact;\
            not subscribed;non-subscribed;never;blocked;Blacklisted;black list;complained;spam;\
            Spam complaint;inactive;archived;suppressed;0;false;off;nein;nicht erlaubt;abgemeldet;\
            Widerspruch;gesperrt;keine Werbung;non;désinscrit;Désabonnée;ne pas contacter;opposé;\
            refusé;P;N;uit"
            .split(';')
        {
            assert!(is_objection(cell), "{cell}");
        }
    }

    #[test]
    fn a_clear_yes_and_what_programs_write_of_everybody_is_none() {
        for cell in
            ";ja;Ja, graag;yes;oui;true;waar;1;3;x;O;subscribed;Active;Marketing contact;double opt-in;\
            Opt-in;2024-03-01;12-03-2024 10:00;no_consent;No consent;pending;geen bezwaar;\
            niet afgemeld;Not unsubscribed;transactional;allowed;geabonneerd"
                .split(';')
        {
            assert!(!is_objection(cell), "{cell}");
        }
    }
}
