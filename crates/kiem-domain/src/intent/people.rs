//! The person that a reply points to: "talk to Eva de Wit", "mijn collega Bart gaat hierover", "Frau Schneider".
//!
//! A name is a run of capitalised words. Capitals prove little (places, products, every noun in German), so that
//! each run gets points for what stands around it, and the best one above a limit is taken.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::words::{Word, Words};

/// The text of the word lists; part of what a model is trained on.
pub const SOURCE: &str = include_str!("phrases/people.txt");

type List = HashSet<&'static str>;

/// Word lists; what each is for stands in the file.
struct Lists {
    strong_before: List,
    weak_before: List,
    verbs_after: List,
    titles: List,
    particles: List,
    not_a_name: List,
    company_after: List,
    task: List,
    leaving: List,
    role_endings: List,
    german: List,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    strong_before: list("strong_before"),
    weak_before: list("weak_before"),
    verbs_after: list("verbs_after"),
    titles: list("titles"),
    particles: list("particles"),
    not_a_name: list("not_a_name"),
    company_after: list("company_after"),
    task: list("task"),
    leaving: list("leaving"),
    role_endings: list("role_endings"),
    german: list("german"),
});

/// The words of a section of the file. A missing section is an empty list, which a test refuses.
fn list(name: &str) -> List {
    let lines = SOURCE
        .lines()
        .skip_while(|line| line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) != Some(name));
    let words = lines.skip(1).take_while(|line| !line.starts_with('[')).filter(|line| !line.starts_with('#'));
    words.flat_map(str::split_whitespace).collect()
}

fn has(list: &List, word: &str) -> bool {
    list.contains(word)
}

/// How sure a name must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The reply is known to refer to somebody.
    Likely,
    /// Nothing is known about the reply.
    Sure,
    /// As [`Need::Sure`], and the one who left does not count.
    SureAndStays,
}

/// The name of the one that the text points to, if one is named surely enough.
pub fn find_person(words: &Words, need: Need) -> Option<String> {
    let points_min = if need == Need::Likely { 2 } else { 4 };
    let german = is_german(words);
    let greeted = greeted_names(words);
    let mut best: Option<(i32, String)> = None;
    let mut at = words.greeting_len();
    while at < words.list.len() {
        let Some((name, end)) = name_at(words, at) else {
            at += 1;
            continue;
        };
        let is_greeted = greeted.iter().any(|g| words.list[at..end].iter().any(|w| w.text == *g));
        let points = points(words, at, end, german, need);
        if !is_greeted && points >= points_min && best.as_ref().is_none_or(|(most, _)| points > *most) {
            best = Some((points, name));
        }
        at = end;
    }
    best.map(|(_, name)| name)
}

fn points(words: &Words, at: usize, end: usize, german: bool, need: Need) -> i32 {
    let sentence = words.list[at].sentence;
    let back = |n: usize| {
        at.checked_sub(n).filter(|i| words.sentence_at(*i) == Some(sentence)).map_or("", |i| words.at(i))
    };
    let next = if words.sentence_at(end) == Some(sentence) { words.at(end) } else { "" };
    let in_sentence = |list: &List| words.list.iter().any(|w| w.sentence == sentence && has(list, &w.text));
    let before = back(1);
    let called = matches!((back(2), before), ("name" | "naam" | "names", "is")) || matches!(next, "heet");
    let strong = has(&LISTS.strong_before, before) || is_role(before) || called;
    if german && !strong {
        return 0;
    }
    let mut points = 0;
    let about_task = in_sentence(&LISTS.task);
    if strong {
        points += 4;
    } else if has(&LISTS.weak_before, before) && about_task {
        points += if matches!(before, "in" | "from" | "van" | "is" | "for" | "voor") { 1 } else { 3 };
    } else if matches!(before, "in" | "te" | "from" | "uit" | "at" | "van") {
        points -= 3;
    }
    points += i32::from(about_task);
    points += i32::from(end - at > 1);
    if has(&LISTS.verbs_after, next) || (next == "is" && about_task) {
        points += 3;
    }
    // "onze preventiemedewerker, Lies Moons": a role shortly before.
    if (2..=5)
        .any(|n| is_role(back(n)) || matches!(back(n), "collega" | "colleague" | "successor" | "opvolger"))
    {
        points += 2;
    }
    if back(1).is_empty() && end - at == 1 {
        points -= 2;
    }
    if has(&LISTS.company_after, next) {
        points -= 4;
    }
    if need == Need::SureAndStays
        && in_sentence(&LISTS.leaving)
        && !matches!(before, "contact" | "to" | "opvolger" | "successor" | "naar")
    {
        points -= 6;
    }
    points
}

fn is_role(word: &str) -> bool {
    LISTS.role_endings.iter().any(|ending| word.ends_with(ending))
}

/// In German every noun has a capital, so that a capital proves nothing.
fn is_german(words: &Words) -> bool {
    let hits = words.list.iter().filter(|w| has(&LISTS.german, &w.text)).count();
    hits >= 2 && hits * 5 >= words.list.len()
}

fn greeted_names(words: &Words) -> Vec<String> {
    words.list.iter().take(words.greeting_len()).map(|w| w.text.clone()).collect()
}

fn looks_like_name(words: &Words, word: &Word) -> bool {
    let raw = words.raw(word);
    let capital = raw.chars().next().is_some_and(char::is_uppercase);
    let rest_lower = raw.chars().skip(1).any(char::is_lowercase);
    let folded = word.text.as_str();
    let is_other_word = has(&LISTS.not_a_name, folded)
        || has(&LISTS.strong_before, folded)
        || has(&LISTS.weak_before, folded)
        || has(&LISTS.task, folded)
        || is_role(folded);
    capital && rest_lower && raw.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’') && !is_other_word
}

/// Reads a name from `at`: capitalised words with particles and initials. Returns it and one past its last word.
fn name_at(words: &Words, at: usize) -> Option<(String, usize)> {
    let first = words.list.get(at)?;
    let titled = at > 0 && has(&LISTS.titles, words.at(at - 1));
    let is_initial = |word: &Word| {
        let raw = words.raw(word);
        raw.len() == 1 && raw.chars().all(char::is_uppercase) && words.source[word.end..].starts_with('.')
    };
    let particle = |word: &Word| has(&LISTS.particles, word.text.as_str());
    if !(looks_like_name(words, first) || is_initial(first) || (titled && particle(first))) {
        return None;
    }
    let joined = |index: usize| {
        index == at
            || words.between(&words.list[index - 1], &words.list[index]).chars().all(|c| " .'’-".contains(c))
    };
    let mut end = at;
    let mut last_name = None;
    while let Some(word) =
        words.list.get(end).filter(|w| w.sentence == first.sentence && end - at < 6 && joined(end))
    {
        if looks_like_name(words, word) {
            last_name = Some(end);
        } else if !particle(word) && !is_initial(word) {
            break;
        }
        end += 1;
    }
    let last = last_name?;
    let text = words.source.get(first.start..words.list[last].end)?;
    Some((text.split_whitespace().collect::<Vec<_>>().join(" "), last + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_words() {
        let names =
            SOURCE.lines().filter_map(|line| line.strip_prefix('[').and_then(|l| l.strip_suffix(']')));
        assert_eq!(names.clone().count(), 11);
        for name in names {
            assert!(list(name).len() > 5, "{name}");
        }
    }

    #[test]
    fn names_that_a_referral_points_to() {
        let cases = [
            ("Hiervoor moet je bij Eva de Wit zijn", Some("Eva de Wit")),
            ("mijn collega Bart Jansen van inkoop kan je helpen", Some("Bart Jansen")),
            ("Vraag naar mevrouw Van den Berg", Some("Van den Berg")),
            ("vraag mevrouw van den Berg", Some("van den Berg")),
            ("doorgestuurd naar onze IT-manager, Karim", Some("Karim")),
            ("You want to talk to Sarah Cole, she runs procurement", Some("Sarah Cole")),
            ("Try Mark in finance", Some("Mark")),
            ("I've copied in James, our head of operations", Some("James")),
            ("Wenden Sie sich an meine Kollegin Frau Schneider", Some("Schneider")),
            ("Ich habe Ihre Mail an unseren IT-Leiter Thomas Beck weitergeleitet", Some("Thomas Beck")),
            ("Lucas handles this", Some("Lucas")),
            ("Hi Emma, please ask Dorothy O'Neill", Some("Dorothy O'Neill")),
            ("Her name is Yvonne.", Some("Yvonne")),
            ("Jos heet hij, hij gaat over het magazijn", Some("Jos")),
            ("Decisions are made in Germany. Contact: Frau Keller", Some("Keller")),
            ("Neem contact op met onze afdeling facilitair", None),
            ("Dat ligt bij het hoofdkantoor in Zwolle", None),
        ];
        for (text, want) in cases {
            assert_eq!(find_person(&Words::new(text), Need::Likely).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn without_a_referral_only_a_sure_name_counts() {
        let cases = [
            ("Wij zitten in Utrecht en hebben geen interesse", Need::Sure, None),
            ("Niet nu, na Kerst misschien", Need::Sure, None),
            ("Probeer in september", Need::Sure, None),
            ("Talk in February", Need::Sure, None),
            ("Dear Ms Shah, please contact me after the summer", Need::Sure, None),
            ("Niet nu, maar bel mijn collega Eva in maart", Need::Sure, Some("Eva")),
            ("Mr Schulz is no longer with the company.", Need::SureAndStays, None),
            (
                "De heer Mulder werkt niet meer bij ons. Zijn opvolger is Joke Smit.",
                Need::SureAndStays,
                Some("Joke Smit"),
            ),
            ("In my absence please contact my colleague Liam Brown.", Need::Sure, Some("Liam Brown")),
        ];
        for (text, need, want) in cases {
            assert_eq!(find_person(&Words::new(text), need).as_deref(), want, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_searched(text in "[A-Za-z0-9 ,.'öÉ-]{0,80}") {
            let _ = find_person(&Words::new(&text), Need::Likely);
        }
    }
}
