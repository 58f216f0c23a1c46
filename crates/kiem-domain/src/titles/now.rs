//! Whether somebody has a job now: past, not yet, and learning it, and the words that only look so.

use super::lexicon::Kind;
use super::normal::{Joint, Part, is_year};
use super::rank::{Hit, is_boss, is_chief};

/// Last year that was over for certain when these rules were written: a term up to a later year may still run.
const LAST_YEAR_OVER: &str = "2025";

/// Whether a word for the past, or for a learner, says so of the person of this part.
pub fn holds(hit: &Hit<'_>, part: &Part, hits: &[Hit<'_>]) -> bool {
    let is_followed =
        hits.iter().any(|h| h.at >= hit.at + hit.words_n && h.kind != Kind::Of && h.kind != Kind::Grade);
    let is_alone = part.text == hit.text;
    match (hit.kind, hit.text) {
        // These end a job only in front of it, or by themselves in brackets.
        (Kind::Past, "oud" | "ex" | "vroeger" | "late") => {
            is_followed || (is_alone && part.joint == Joint::Bracket)
        }
        // "Alumni officer", "adviseur pensioen", "candidate manager": what the job is about.
        (Kind::Past, "alumni" | "alumnus") => !hits.iter().any(works),
        (Kind::Past, "pensioen") => is_alone,
        (Kind::Past, "candidate") => !hits.iter().any(|h| h.at > hit.at && works(h) && !is_chief(h.kind)),
        (Kind::Intern, "intern") => !is_internal(hit, hits),
        (Kind::Intern, _) => !is_scheme(hit, hits),
        _ => true,
    }
}

fn works(hit: &Hit<'_>) -> bool {
    is_boss(hit.kind) || matches!(hit.kind, Kind::Ic | Kind::Support | Kind::Assistant)
}

/// Ends of professions that are Dutch and not English: "intern adviseur" works inside, "intern engineer" learns.
const DUTCH_ENDS: &[&str] = &[
    "accountmanager",
    "adviseur",
    "adviseuse",
    "begeleider",
    "beheerder",
    "consulent",
    "deskundige",
    "houder",
    "inkoper",
    "kundige",
    "leider",
    "medewerker",
    "medewerkster",
    "persoon",
    "projectmanager",
    "recruiter",
    "verkoper",
];

fn is_internal(hit: &Hit<'_>, hits: &[Hit<'_>]) -> bool {
    hits.iter().any(|h| h.at > hit.at && DUTCH_ENDS.iter().any(|end| h.text.ends_with(end)))
}

/// "Traineeship manager", "stage coördinator": leads those who learn. A French "stage responsable marketing" learns to.
fn is_scheme(hit: &Hit<'_>, hits: &[Hit<'_>]) -> bool {
    let is_named = matches!(hit.text, "traineeship" | "internship" | "stage" | "apprentice");
    let leads = |h: &Hit<'_>| {
        let is_led = hit.text != "stage" && matches!(h.kind, Kind::Manager | Kind::Head | Kind::Director);
        let is_arranged = h.text.ends_with("coordinator") || h.text.ends_with("recruiter");
        h.at == hit.at + hit.words_n && (is_led || is_arranged)
    };
    is_named && hits.iter().any(leads)
}

/// "Tot 2019", "until May 2021", "2015 - 2019". Two years tell it by themselves or right behind the word for the rank: a
/// "directeur visie 2015-2020" is a director.
pub fn has_ended(part: &Part, rank: Option<&str>) -> bool {
    let words: Vec<&str> = part.text.split(' ').collect();
    let is_over = |year: &str| is_year(year) && year <= LAST_YEAR_OVER;
    let until = words.iter().position(|word| matches!(*word, "tot" | "until" | "till" | "bis" | "jusqu"));
    if let Some(place) = until.filter(|place| rank.is_some() || *place == 0) {
        let year = words[place + 1..].iter().find(|word| is_year(word) || !is_day_or_month(word));
        return year.is_some_and(|year| is_over(year));
    }
    match words.as_slice() {
        [from, to] => rank.is_none() && is_year(from) && is_over(to),
        [before @ .., from, to] => {
            let is_behind = rank.is_some_and(|rank| before.join(" ").ends_with(rank));
            is_behind && is_year(from) && is_over(to)
        }
        _ => false,
    }
}

/// "1", "mei", "januari", "oktober".
fn is_day_or_month(word: &str) -> bool {
    let begin: String = word.chars().take(3).collect();
    word.bytes().all(|b| b.is_ascii_digit())
        || matches!(
            begin.as_str(),
            "jan"
                | "feb"
                | "mrt"
                | "maa"
                | "mar"
                | "apr"
                | "mei"
                | "mai"
                | "may"
                | "jun"
                | "jul"
                | "aug"
                | "sep"
        )
        || matches!(begin.as_str(), "okt" | "oct" | "nov" | "dec" | "dez" | "fev" | "avr" | "jui" | "aou")
}

/// "(voormalig)", "(uit dienst per 1-1-2023)", "(verkocht in 2021)": nothing but that the job is over, and since when.
pub fn says_only_when(part: &Part, words: &[&str]) -> bool {
    let Some((before, after)) = words.first().and_then(|word| part.text.split_once(word)) else {
        return false;
    };
    let is_when = |word: &str| {
        matches!(word, "" | "per" | "sinds" | "since" | "seit" | "depuis" | "vanaf" | "in" | "en" | "nu")
            || is_day_or_month(word)
    };
    before.is_empty() && after.split(' ').all(is_when)
}

/// "(in opleiding)".
pub fn is_to_come(part: &Part) -> bool {
    part.joint != Joint::Bar
        && matches!(part.text.as_str(), "in opleiding" | "in training" | "aankomend" | "beoogd")
}
