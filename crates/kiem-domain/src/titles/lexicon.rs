//! The words: which phrase says which rank or department. They stand in text files beside this one.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Department;

const RANKS: &str = include_str!("words/ranks.txt");
const DEPARTMENTS: &str = include_str!("words/departments.txt");

/// Most words of one phrase.
pub const PHRASE_WORDS_MAX: usize = 6;

text_enum! {
    /// What a word of a title does.
    pub(crate) enum Kind {
        /// Owns the company.
        Owner = "owner",
        /// A partner, who owns in a practice and not elsewhere.
        Partner = "partner",
        /// "Geschäftsführer": owner-manager when nothing else is said, one of the board with a department.
        Managing = "managing",
        /// Works alone.
        Freelance = "freelance",
        /// Board or C-level.
        CLevel = "c_level",
        /// A body at the top: its members are C-level, who serves it is not.
        BodyC = "body_c",
        /// A body below or beside the top: its members are directors.
        BodyD = "body_d",
        /// Directs a part.
        Director = "director",
        /// Heads a department.
        Head = "head",
        /// Leads a team.
        Manager = "manager",
        /// A profession, or a manager of things.
        Ic = "ic",
        /// A profession that serves whoever is named after it.
        Support = "support",
        /// Assists somebody.
        Assistant = "assistant",
        /// Sits at the door of the company: nobody's chief, whoever is named beside it.
        Door = "door",
        /// A secretariat: whoever is named beside it is served by it.
        Secretariat = "secretariat",
        /// An office, staff or support: of somebody when a chief is named right beside it.
        Office = "office",
        /// A relative of somebody.
        Kin = "kin",
        /// Would like to be, or is going to be, what follows.
        Wanting = "wanting",
        /// What a driver drives, who is a "bestuurder" in Dutch as well.
        Vehicle = "vehicle",
        /// Learns the job.
        Intern = "intern",
        /// The job is over, or has not begun.
        Past = "past",
        /// Second to whoever is named.
        Deputy = "deputy",
        /// Experience or membership: no rank of its own.
        Grade = "grade",
        /// Says nothing about rank, and keeps its words from saying something.
        Skip = "skip",
        /// Joins a head to what it is head of.
        Of = "of",
    }
}

/// How heavily a department's word weighs: 3 names it, 1 is used everywhere.
pub type Weight = u8;

/// All words, looked up many times for each title of a list with a million of them.
pub struct Lexicon {
    ranks: HashMap<&'static str, Kind>,
    /// Ends of compound words by their last letter, the longest first.
    ends: HashMap<u8, Vec<(&'static str, Kind)>>,
    /// Single words by first letter, for those with a slip of the pen.
    by_letter: HashMap<u8, Vec<&'static str>>,
    departments: HashMap<&'static str, (Department, Weight)>,
    /// Beginnings of words by their first letter, the longest first.
    beginnings: HashMap<u8, Vec<(&'static str, Department, Weight)>>,
    /// What may stand anywhere in a word, by first letter.
    inside: HashMap<u8, Vec<(&'static str, Department, Weight)>>,
}

/// The words of this program.
pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(RANKS, DEPARTMENTS));

/// Lines of sections; a section that this program does not know is a mistake in the files, which a test finds.
fn entries(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut section = "";
    text.lines().flat_map(move |line| {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            section = name;
        }
        let words = if line.starts_with(['#', '[']) { "" } else { line };
        let of = section;
        words.split('|').map(str::trim).filter(|w| !w.is_empty()).map(move |word| (of, word))
    })
}

impl Lexicon {
    fn parse(ranks: &'static str, departments: &'static str) -> Lexicon {
        let mut lexicon = Lexicon {
            ranks: HashMap::new(),
            ends: HashMap::new(),
            by_letter: HashMap::new(),
            departments: HashMap::new(),
            beginnings: HashMap::new(),
            inside: HashMap::new(),
        };
        for (section, word) in entries(ranks) {
            if let Some(kind) = Kind::ALL.iter().find(|kind| kind.as_str() == section) {
                lexicon.add_rank(word, *kind);
            }
        }
        for (section, word) in entries(departments) {
            let Some((name, weight)) = section.split_once(' ') else { continue };
            if let (Ok(department), Ok(weight)) = (name.parse(), weight.parse()) {
                lexicon.add_department(word, department, weight);
            }
        }
        lexicon.sort();
        lexicon
    }

    fn add_rank(&mut self, word: &'static str, kind: Kind) {
        match word.strip_prefix('-') {
            Some(end) => {
                let last = end.bytes().last().unwrap_or(b' ');
                self.ends.entry(last).or_default().push((end, kind));
            }
            None => {
                self.ranks.entry(word).or_insert(kind);
                if word.len() >= GUESS_LETTERS_MIN && !word.contains(' ') {
                    let first = word.bytes().next().unwrap_or(b' ');
                    self.by_letter.entry(first).or_default().push(word);
                }
            }
        }
    }

    fn add_department(&mut self, word: &'static str, department: Department, weight: Weight) {
        let piece = word.trim_matches('-');
        let first = piece.bytes().next().unwrap_or(b' ');
        match (word.starts_with('-'), word.ends_with('-')) {
            (true, _) => self.inside.entry(first).or_default().push((piece, department, weight)),
            (false, true) => self.beginnings.entry(first).or_default().push((piece, department, weight)),
            (false, false) => {
                self.departments.entry(word).or_insert((department, weight));
            }
        }
    }

    fn sort(&mut self) {
        for ends in self.ends.values_mut() {
            ends.sort_by_key(|(end, _)| std::cmp::Reverse(end.len()));
        }
        for beginnings in self.beginnings.values_mut() {
            beginnings.sort_by_key(|(word, ..)| std::cmp::Reverse(word.len()));
        }
    }

    /// What a phrase says about rank.
    pub fn rank(&self, phrase: &str) -> Option<Kind> {
        self.ranks.get(phrase).copied()
    }

    /// What a compound word says about rank by its end; German feminine forms are read as their masculine.
    pub fn compound(&self, word: &str) -> Option<Kind> {
        self.past_of(word)
            .or_else(|| self.by_end(word))
            .or_else(|| self.chief_of(word))
            .or_else(|| word.strip_suffix("innen").and_then(|w| self.rank(w).or_else(|| self.by_end(w))))
            .or_else(|| word.strip_suffix("in").and_then(|w| self.rank(w).or_else(|| self.by_end(w))))
    }

    fn by_end(&self, word: &str) -> Option<Kind> {
        let ends = self.ends.get(&word.bytes().last()?)?;
        let (end, kind) = ends.iter().find(|(end, _)| word.len() > end.len() && word.ends_with(end))?;
        // "Trambestuurder": the driver, and no member of a board.
        let is_driver = *end == DRIVER && self.is_vehicle(word.strip_suffix(DRIVER)?);
        Some(if is_driver { Kind::Ic } else { *kind })
    }

    fn is_vehicle(&self, word: &str) -> bool {
        self.rank(word).or_else(|| self.by_end(word)) == Some(Kind::Vehicle)
    }

    /// "Oudvoorzitter", "exeigenaar": only before a rank, for "expert" and "ouderling" are jobs.
    fn past_of(&self, word: &str) -> Option<Kind> {
        let rest = word.strip_prefix("oud").or_else(|| word.strip_prefix("ex"))?;
        let kind = if rest.len() >= GUESS_LETTERS_MIN { self.rank(rest)? } else { return None };
        let is_led = matches!(kind, Kind::Owner | Kind::CLevel | Kind::Director | Kind::Head | Kind::Manager);
        is_led.then_some(Kind::Past)
    }

    /// "Hoofdingenieur", "Chefsekretärin": an experienced one, who heads nothing.
    fn chief_of(&self, word: &str) -> Option<Kind> {
        let rest = word.strip_prefix("hoofd").or_else(|| word.strip_prefix("chef"))?;
        self.rank(rest).or_else(|| self.by_end(rest)).filter(|kind| *kind != Kind::Of)
    }

    /// The word that somebody meant who made one slip of the pen.
    pub fn guess(&self, word: &str) -> Option<Kind> {
        if word.len() < GUESS_LETTERS_MIN {
            return None;
        }
        let near = self.by_letter.get(&word.bytes().next()?)?;
        let is_near =
            |known: &&str| known.len().abs_diff(word.len()) <= 1 && strsim::osa_distance(known, word) == 1;
        near.iter().filter(|known| is_near(known)).find_map(|known| {
            let kind = self.rank(known)?;
            let may_be_meant = match kind {
                // A wrong guess that a job is over, or not begun, does more harm than an open question.
                Kind::Past | Kind::Intern => false,
                Kind::Owner | Kind::Partner | Kind::Managing | Kind::CLevel => is_slip(known, word),
                _ => true,
            };
            may_be_meant.then_some(kind)
        })
    }

    /// The department that a phrase of several words, or a whole word, names.
    pub fn department(&self, phrase: &str) -> Option<(Department, Weight)> {
        self.departments.get(phrase).copied()
    }

    /// The department that a word names by its beginning or inside.
    pub fn department_in(&self, word: &str) -> Option<(Department, Weight)> {
        let begun = self.beginnings.get(&word.bytes().next()?).and_then(|all| {
            all.iter().find(|(beginning, ..)| word.starts_with(beginning)).map(|(_, d, w)| (*d, *w))
        });
        begun.or_else(|| {
            let at_each = word.char_indices().filter_map(|(at, _)| {
                let rest = &word[at..];
                let known = self.inside.get(&rest.bytes().next()?)?;
                known
                    .iter()
                    .filter(|(piece, ..)| rest.starts_with(piece))
                    .max_by_key(|(piece, ..)| piece.len())
            });
            at_each.max_by_key(|(piece, ..)| piece.len()).map(|(_, d, w)| (*d, *w))
        })
    }
}

/// Shorter words are too near to too many others to be guessed.
const GUESS_LETTERS_MIN: usize = 7;

/// Leads a company or drives a tram.
pub const DRIVER: &str = "bestuurder";

/// Whether a word one step from a known one is that word with a slip, and no other word. "Opzichter" is not a slip of "oprichter"
/// nor "ondernemen" of "ondernemer": another consonant makes another word, and so does another end. What is left is a letter that
/// was forgotten, doubled or swapped with its neighbour, and a wrong vowel.
fn is_slip(known: &str, word: &str) -> bool {
    let has_same_end = known.bytes().last() == word.bytes().last();
    let is_vowel = |letter: u8| b"aeiouy".contains(&letter);
    let wrong: Vec<(u8, u8)> =
        known.bytes().zip(word.bytes()).filter(|(meant, typed)| meant != typed).collect();
    let is_same_word = match wrong.as_slice() {
        [(meant, typed)] if known.len() == word.len() => is_vowel(*meant) && is_vowel(*typed),
        _ => true,
    };
    has_same_end && is_same_word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_known_and_every_word_is_folded() {
        for (section, word) in entries(RANKS) {
            assert!(section.parse::<Kind>().is_ok(), "unknown section {section}");
            assert!(word.split(' ').count() <= PHRASE_WORDS_MAX, "too long: {word}");
            assert_eq!(word, crate::names::fold(word), "not folded");
        }
        for (section, word) in entries(DEPARTMENTS) {
            let (name, weight) = section.split_once(' ').expect("a department and its weight");
            assert!(name.parse::<Department>().is_ok(), "unknown department {name}");
            assert!(weight.parse::<Weight>().is_ok_and(|w| (1..=3).contains(&w)), "{section}");
            assert!(word.split(' ').count() <= PHRASE_WORDS_MAX, "too long: {word}");
            assert_eq!(word, crate::names::fold(word), "not folded");
            let is_piece = word.starts_with('-') || word.ends_with('-');
            assert!(!(is_piece && word.contains(' ')), "a phrase stands as it is: {word}");
        }
    }

    #[test]
    fn every_kind_has_words() {
        for kind in Kind::ALL {
            assert!(entries(RANKS).any(|(section, _)| section == kind.as_str()), "{kind}");
        }
    }

    #[test]
    fn no_word_has_two_ranks() {
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for (section, word) in entries(RANKS) {
            if let Some(before) = seen.insert(word, section) {
                assert_eq!(before, section, "{word} stands in two sections");
            }
        }
    }
}
