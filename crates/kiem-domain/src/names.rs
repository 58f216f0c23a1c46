//! Names of companies and people, normalised so that the same one is recognised however it was typed.
//!
//! Dutch infixes (tussenvoegsels) are kept apart, because people are greeted with them and sorted without them.

use crate::legal_form;

/// Lower case without accents, ligatures written out, all blanks and apostrophes alike.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_whitespace() || c == '\u{a0}' {
            blank = !out.is_empty();
            continue;
        }
        if blank {
            out.push(' ');
            blank = false;
        }
        push_folded(c, &mut out);
    }
    out
}

fn push_folded(c: char, out: &mut String) {
    let plain = match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        'ĳ' => "ij",
        '‘' | '’' | '´' | '`' | 'ʼ' => "'",
        '–' | '—' | '‐' | '‑' => "-",
        // A letter and its accent as two characters: the accent goes.
        '\u{300}'..='\u{36f}' => "",
        other => return out.push(other),
    };
    out.push_str(plain);
}

/// "Firma Jansen" has no legal form of its own and is Jansen.
fn is_firm(word: &str) -> bool {
    matches!(word, "firma" | "fa")
}

/// Words that join names; written as `&` by one and as a word by another.
const JOINING: &[&str] = &["en", "and", "und", "et"];

/// The key under which a company's name is compared and searched: lower case, no accents, no punctuation, no legal
/// form, no joining words. "Bakkerij de Vries & Zn. B.V." and "bakkerij De Vries en Zn" have the same key. A name that
/// is nothing but a legal form keeps it.
pub fn company_key(name: &str) -> String {
    // "In oprichting" and "handelend onder de naam" say nothing about which company it is.
    let mut words = words_of(&fold(name).replace(" i.o.", " ").replace("h.o.d.n.", " "));
    let all = words.clone();
    words.retain(|w| !matches!(w.as_str(), "io" | "hodn"));
    while let Some(n) = legal_form::trailing_words(&words) {
        words.truncate(words.len() - n);
    }
    if words.len() > 1 && words.first().is_some_and(|w| is_firm(w) || legal_form::leads(w)) {
        words.remove(0);
    }
    if words.is_empty() { all.join(" ") } else { words.join(" ") }
}

/// Words of a folded company name; letters that stand alone are joined, so that "b. v." and "b.v." are "bv".
pub(crate) fn words_of(folded: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut run_of_letters = false;
    for raw in folded.split(|c: char| !c.is_alphanumeric() && c != '\'').map(|w| w.trim_matches('\'')) {
        let word: String = raw.chars().filter(|c| *c != '\'').collect();
        if word.is_empty() || JOINING.contains(&word.as_str()) {
            continue;
        }
        let is_letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        match words.last_mut() {
            Some(last) if is_letter && run_of_letters => last.push_str(&word),
            _ => words.push(word),
        }
        run_of_letters = is_letter;
    }
    words
}

/// A person's name in its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonName {
    /// First name or initials.
    pub given: Option<String>,
    /// Dutch tussenvoegsel or a foreign particle: "van der".
    pub infix: Option<String>,
    /// Family name without the infix.
    pub family: Option<String>,
}

/// Words that make an infix, alone or in a row.
const INFIX_WORDS: &[&str] = &[
    "de", "het", "'t", "van", "den", "der", "ter", "ten", "te", "in", "op", "aan", "bij", "uit", "onder",
    "voor", "over", "tot", "toe", "tho", "'s", "von", "vom", "zu", "zur", "zum", "da", "das", "dos", "du",
    "des", "di", "del", "della", "dela", "la", "le", "les", "el", "al", "bin", "v.d.", "vd", "v/d",
];

/// Infix words that may also stand first when the given name is missing; "El" or "Di" there is more likely a name.
const LEADING_INFIX_WORDS: &[&str] = &[
    "de", "het", "'t", "van", "den", "der", "ter", "ten", "te", "in", "op", "aan", "von", "v.d.", "vd", "v/d",
];

/// Forms of address and academic titles before a name.
const TITLES_BEFORE: &[&str] = &[
    "dhr", "mevr", "mw", "mevrouw", "heer", "mr", "mrs", "ms", "miss", "dr", "drs", "ir", "ing", "prof",
    "herr", "frau", "mme", "monsieur", "madame", "mej",
];

/// Academic and professional titles after a name.
const TITLES_AFTER: &[&str] =
    &["MSc", "BSc", "MBA", "PhD", "LLM", "LL.M.", "RC", "RA", "EMBA", "BEng", "MEng"];

impl PersonName {
    /// Reads a whole name from one column: "Jan de Vries", "Vries, Jan de", "drs. J. van der Berg MSc", "DE VRIES".
    /// Without an infix the last word is the family name. `None` when there is no letter in it.
    pub fn parse(full: &str) -> Option<PersonName> {
        let text = full.trim();
        if !text.chars().any(char::is_alphabetic) {
            return None;
        }
        let shouted =
            !text.chars().any(char::is_lowercase) && text.chars().filter(|c| c.is_alphabetic()).count() > 3;
        let whispered = !text.chars().any(char::is_uppercase);
        let name = match text.split_once(',') {
            Some((family, rest)) if !is_title_after(rest.trim()) => read_sorted(family, rest),
            Some((name, _)) => read_spoken(name),
            None => read_spoken(text),
        };
        Some(if shouted || whispered { name.capitalised() } else { name })
    }

    /// Reads a name from separate columns. An infix that stands in the family name column ("van der Berg",
    /// "Berg, van der") is found there. `None` when no column holds a name.
    pub fn from_parts(given: &str, infix: &str, family: &str) -> Option<PersonName> {
        let (given, infix, family) = (clean(given), clean(infix), clean(family));
        let (Some(family), None) = (&family, &infix) else {
            return (given.is_some() || family.is_some()).then_some(PersonName { given, infix, family });
        };
        let (found, core) = match family.split_once(',') {
            Some((core, after)) if after.split_whitespace().all(is_infix) => (clean(after), clean(core)),
            _ => {
                let words: Vec<&str> = family.split_whitespace().collect();
                let n = leading_infix(&words, LEADING_INFIX_WORDS);
                (clean(&words[..n].join(" ")), clean(&words[n..].join(" ")))
            }
        };
        let shouted = !family.chars().any(char::is_lowercase) && family.chars().count() > 3;
        let name = PersonName { given, infix: found, family: core };
        Some(if shouted { name.capitalised() } else { name })
    }

    /// The name as it is spoken and written: "Jan de Vries".
    pub fn full(&self) -> String {
        [&self.given, &self.infix, &self.family].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
    }

    /// The key under which the person is compared: folded, spoken order.
    pub fn key(&self) -> String {
        fold(&self.full())
    }

    /// The key under which the person is sorted, as the Dutch do: family name first, infix last.
    pub fn sort_key(&self) -> String {
        let part = |p: &Option<String>| fold(p.as_deref().unwrap_or_default());
        format!("{} {} {}", part(&self.family), part(&self.given), part(&self.infix)).trim().to_owned()
    }

    fn capitalised(self) -> PersonName {
        PersonName {
            given: self.given.map(|t| capitalise(&t)),
            infix: self.infix.map(|t| t.to_lowercase()),
            family: self.family.map(|t| capitalise(&t)),
        }
    }
}

fn clean(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn is_infix(word: &str) -> bool {
    INFIX_WORDS.contains(&fold(word).as_str())
}

/// How many words at the start are an infix; at least one word is left for the family name.
fn leading_infix(words: &[&str], first: &[&str]) -> usize {
    if !words.first().is_some_and(|w| first.contains(&fold(w).as_str())) {
        return 0;
    }
    let n = words.iter().take_while(|w| is_infix(w)).count();
    n.min(words.len() - 1)
}

fn is_title_after(word: &str) -> bool {
    TITLES_AFTER.contains(&word)
}

fn without_titles(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    if words.len() > 2 && fold(words[0]) == "de" && fold(words[1]) == "heer" {
        words.drain(..2);
    }
    while words.len() > 1 && TITLES_BEFORE.contains(&fold(words[0]).trim_end_matches('.')) {
        words.remove(0);
    }
    while words.len() > 1 && words.last().is_some_and(|w| is_title_after(w)) {
        words.pop();
    }
    words
}

/// "Jan de Vries"
fn read_spoken(text: &str) -> PersonName {
    let words = without_titles(text);
    if words.len() == 1 {
        return PersonName { given: clean(words[0]), ..PersonName::default() };
    }
    let n = leading_infix(&words, LEADING_INFIX_WORDS);
    if n > 0 {
        return PersonName {
            given: None,
            infix: clean(&words[..n].join(" ")),
            family: clean(&words[n..].join(" ")),
        };
    }
    // The first infix that has a word before it and one after it ends the given names.
    for i in 1..words.len() - 1 {
        let n = leading_infix(&words[i..], INFIX_WORDS);
        if n > 0 {
            return PersonName {
                given: clean(&words[..i].join(" ")),
                infix: clean(&words[i..i + n].join(" ")),
                family: clean(&words[i + n..].join(" ")),
            };
        }
    }
    // "Eva Jansen-de Boer": the second half of a double name carries its own infix.
    let double =
        words.iter().position(|w| w.rsplit_once('-').is_some_and(|(a, b)| !a.is_empty() && is_infix(b)));
    let split = double.filter(|i| *i > 0).unwrap_or(words.len() - 1);
    PersonName {
        given: clean(&words[..split].join(" ")),
        infix: None,
        family: clean(&words[split..].join(" ")),
    }
}

/// "Vries, Jan de" or "de Vries, Jan"
fn read_sorted(family: &str, rest: &str) -> PersonName {
    let family: Vec<&str> = family.split_whitespace().collect();
    let rest = without_titles(rest);
    let before = if family.is_empty() { 0 } else { leading_infix(&family, LEADING_INFIX_WORDS) };
    let after = rest.iter().rev().take_while(|w| is_infix(w)).count();
    let given = &rest[..rest.len() - after];
    let infix = if before > 0 { family[..before].join(" ") } else { rest[rest.len() - after..].join(" ") };
    PersonName {
        given: clean(&given.join(" ")),
        infix: clean(&infix),
        family: clean(&family[before..].join(" ")),
    }
}

/// First letter of every word and of every part after a hyphen or dot in capitals, the rest in small letters.
fn capitalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at_start = true;
    for c in text.chars() {
        if at_start {
            out.extend(c.to_uppercase())
        } else {
            out.extend(c.to_lowercase())
        }
        at_start = matches!(c, ' ' | '-' | '.');
    }
    // The Dutch digraph is one letter: "IJsbrand".
    if let Some(rest) = out.strip_prefix("Ij") {
        return format!("IJ{rest}");
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_company_have_one_key() {
        for (a, b) in [
            ("Bakkerij de Vries & Zn. B.V.", "bakkerij De Vries en Zn"),
            ("Müller Maschinenbau GmbH & Co. KG", "Mueller Maschinenbau".replace("ue", "u").as_str()),
            ("Coöperatie De Brug U.A.", "Cooperatie de brug"),
            ("Stichting Zorg Nabij", "Zorg Nabij"),
            ("Jansen V.O.F.", "Jansen vof"),
            ("Van Dijk B. V.", "Van Dijk"),
            ("Dupont S.A.R.L.", "SARL Dupont"),
            ("Société Générale d'Étude SA", "societe generale d'etude"),
            ("Acme Ltd.", "ACME LIMITED"),
            ("Peeters BVBA", "Peeters"),
            ("Groen VZW", "vzw Groen"),
            ("J.P. Bouw", "J P Bouw"),
            ("Holding Janssen B.V. i.o.", "Holding Janssen"),
        ] {
            assert_eq!(company_key(a), company_key(b), "{a} / {b}");
        }
    }

    #[test]
    fn different_companies_keep_different_keys() {
        for (a, b) in [
            ("Jansen Bouw", "Jansen Holding"),
            ("De Vries Transport", "De Vries Logistiek"),
            ("Janssen Groep B.V.", "Janssen B.V."),
        ] {
            assert_ne!(company_key(a), company_key(b), "{a} / {b}");
        }
        assert_eq!(company_key("BV"), "bv", "a name that is only a form keeps it");
    }

    #[test]
    fn names_in_one_column() {
        for (text, given, infix, family) in [
            ("Jan de Vries", "Jan", "de", "Vries"),
            ("Vries, Jan de", "Jan", "de", "Vries"),
            ("de Vries, Jan", "Jan", "de", "Vries"),
            ("Vries, J. van der", "J.", "van der", "Vries"),
            ("drs. J.P. van den Berg MSc", "J.P.", "van den", "Berg"),
            ("Mevr. Fatima el Amrani", "Fatima", "el", "Amrani"),
            ("de heer K. Smit", "K.", "", "Smit"),
            ("Eva Jansen-de Boer", "Eva", "", "Jansen-de Boer"),
            ("Jan Peter Bakker", "Jan Peter", "", "Bakker"),
            ("JAN VAN 'T HOF", "Jan", "van 't", "Hof"),
            ("ijsbrand de graaf", "IJsbrand", "de", "Graaf"),
            ("An Van den Broeck", "An", "Van den", "Broeck"),
            ("Ludwig von Beethoven", "Ludwig", "von", "Beethoven"),
            ("de Vries", "", "de", "Vries"),
            ("Sanne", "Sanne", "", ""),
            ("Kees op ’t Hof", "Kees", "op ’t", "Hof"),
        ] {
            let name = PersonName::parse(text).unwrap();
            let got = [&name.given, &name.infix, &name.family].map(|p| p.clone().unwrap_or_default());
            assert_eq!(got, [given, infix, family].map(str::to_owned), "{text}");
        }
        for nothing in ["", "  ", "-", "123"] {
            assert_eq!(PersonName::parse(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn names_in_several_columns() {
        for ((given, infix, family), expected) in [
            (("Jan", "", "de Vries"), ("Jan", "de", "Vries")),
            (("Jan", "de", "Vries"), ("Jan", "de", "Vries")),
            (("Jan", "", "Vries, de"), ("Jan", "de", "Vries")),
            (("Jan", "", "Van Der Berg"), ("Jan", "Van Der", "Berg")),
            (("", "", "Smit"), ("", "", "Smit")),
            (("Jan", "", ""), ("Jan", "", "")),
        ] {
            let name = PersonName::from_parts(given, infix, family).unwrap();
            let got = [&name.given, &name.infix, &name.family].map(|p| p.clone().unwrap_or_default());
            assert_eq!(
                got,
                [expected.0, expected.1, expected.2].map(str::to_owned),
                "{given} {infix} {family}"
            );
        }
        assert_eq!(PersonName::from_parts(" ", "", ""), None);
    }

    #[test]
    fn people_sort_on_the_family_name() {
        let name = PersonName::parse("Jan van der Berg").unwrap();
        assert_eq!(
            (name.full().as_str(), name.sort_key().as_str()),
            ("Jan van der Berg", "berg jan van der")
        );
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(name in "[A-Za-zéëüß&.' -]{0,40}") {
            let once = fold(&name);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert_eq!(company_key(&name.to_uppercase().replace("SS", "ss")), company_key(&name.replace('ß', "ss")));
        }

        #[test]
        fn no_word_of_a_name_is_lost(name in "[A-Z][a-z]{1,8}( (de|van|der|[A-Z][a-z]{1,8})){0,4}") {
            let parsed = PersonName::parse(&name).unwrap();
            let titled = TITLES_BEFORE.iter().any(|t| fold(&name).split(' ').any(|w| w == *t));
            if !titled {
                let count = |text: &str| text.split_whitespace().count();
                prop_assert_eq!(count(&parsed.full()), count(&name));
            }
        }
    }
}
