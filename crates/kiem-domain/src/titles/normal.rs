//! From a title as people write it to parts of plain words: folded, without "(m/v)", abbreviations written out, cut where
//! one title ends and the next begins.

use crate::names::fold;

/// Longest title that is read; a headline that is longer has said it by then.
pub const TITLE_CHARS_MAX: usize = 300;

/// What stands between a part and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    /// Nothing: the part begins the title.
    Start,
    /// "en", "&": what follows may belong to what stands before.
    Soft,
    /// A comma, a slash, a dash.
    Hard,
    /// "|", a bullet, an emoji: something else begins.
    Bar,
    /// Brackets.
    Bracket,
}

/// One title of a multi-title, or a piece of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The words with single blanks between them.
    pub text: String,
    /// What stands before it.
    pub joint: Joint,
}

impl Part {
    /// The words with the place of each in the text.
    pub fn words(&self) -> Vec<(usize, usize)> {
        let mut words = Vec::new();
        let mut begin = 0;
        for word in self.text.split(' ') {
            words.push((begin, begin + word.len()));
            begin += word.len() + 1;
        }
        words
    }
}

/// A title, cut into parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normal {
    /// In the order of the title.
    pub parts: Vec<Part>,
    /// Written with the Dutch diaeresis of "coördinator", which in Dutch leads people and in English does not.
    pub is_dutch_coordinator: bool,
}

/// Reads a title into parts.
pub fn normal(title: &str) -> Normal {
    let short: String = title.chars().take(TITLE_CHARS_MAX).filter(|c| !is_unseen(*c)).map(plain).collect();
    let lower = short.to_lowercase();
    let is_dutch_coordinator = lower.contains("oördin") || lower.contains("oo\u{308}rdin");
    let mut cutter = Cutter::default();
    let chars: Vec<char> = before_written_out(fold(&short)).chars().collect();
    for at in 0..chars.len() {
        cutter.take(&chars, at);
    }
    cutter.end_part(Joint::Hard);
    let mut parts = cutter.parts;
    parts.retain(|part| !is_grammar(&part.text));
    if let Some(first) = parts.first_mut() {
        first.joint = Joint::Start;
    }
    Normal { parts, is_dutch_coordinator }
}

/// Soft hyphens, and blanks and joiners of no width, which come along when a title is copied.
const fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe0f}' | '\u{feff}')
}

/// Letters in the bold, slanted and other hands that headlines borrow from mathematics, and those of full width, as plain ones.
/// Unicode has them in runs of the alphabet, capitals first.
fn plain(c: char) -> char {
    let of_run = |first: char, n: u32, at: u32| char::from_u32(u32::from(first) + at % n).unwrap_or(c);
    match u32::from(c) {
        code @ 0x1d400..=0x1d6a3 => match (code - 0x1d400) % 52 {
            at @ 0..26 => of_run('A', 26, at),
            at => of_run('a', 26, at - 26),
        },
        code @ 0x1d7ce..=0x1d7ff => of_run('0', 10, code - 0x1d7ce),
        code @ 0xff01..=0xff5e => of_run('!', 0x5e, code - 0xff01),
        _ => c,
    }
}

/// "V/h directeur", "vm. directeur": their stroke and dot are no cut between titles. "VM" without a dot is a machine.
fn before_written_out(folded: String) -> String {
    if !folded.contains("v/h") && !folded.contains("vm.") {
        return folded;
    }
    let words = folded.split(' ').map(|word| match word.trim_start_matches('(') {
        "v/h" | "v/h." => "voorheen",
        "vm." => "voormalig",
        _ => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// "(m/v/x)", "(h/f)", and endings such as "Geschäftsführer/in": they say nothing about rank.
fn is_grammar(part: &str) -> bool {
    part.split(' ').all(|word| {
        matches!(
            word,
            "m" | "v"
                | "x"
                | "w"
                | "d"
                | "f"
                | "h"
                | "i"
                | "e"
                | "n"
                | "r"
                | "in"
                | "se"
                | "ne"
                | "te"
                | "rice"
                | "trice"
                | "euse"
                | "ster"
                | "mv"
                | "mvx"
                | "mwd"
                | "gn"
        )
    })
}

#[derive(Default)]
struct Cutter {
    parts: Vec<Part>,
    words: Vec<String>,
    word: String,
    /// The word so far is single letters with dots between them.
    is_dotted: bool,
    /// What the next part has before it.
    joint: Option<Joint>,
    /// The name of a company follows ("bij", "@"): left out up to the next cut.
    is_company: bool,
}

impl Cutter {
    fn take(&mut self, chars: &[char], at: usize) {
        let c = chars[at];
        let before = at.checked_sub(1).and_then(|i| chars.get(i)).copied().unwrap_or(' ');
        let after = chars.get(at + 1).copied().unwrap_or(' ');
        match c {
            c if c.is_alphanumeric() => self.word.push(c),
            '.' if self.is_initials(&chars[at + 1..]) => self.is_dotted = true,
            // French "rédacteur en chef" and "responsable en charge" are one title.
            ' ' if self.word == "en"
                && ["chef", "charge"].iter().any(|next| starts_with(&chars[at + 1..], next)) => {}
            '&' if is_pair(chars, at) => self.word.push('&'),
            // "2015 - 2019" stays together: it says when.
            '-' if before == ' ' && after == ' ' && !self.is_span(&chars[at + 1..]) => {
                self.end_part(Joint::Hard);
            }
            '/' | ',' | ';' | ':' | '\\' => self.end_part(Joint::Hard),
            '&' | '+' => self.end_part(Joint::Soft),
            '(' | ')' | '[' | ']' => self.end_part(Joint::Bracket),
            '|' | '\n' | '•' | '·' | '»' | '~' => self.end_part(Joint::Bar),
            '@' => {
                self.end_word();
                self.is_company = true;
            }
            c if c >= '\u{2030}' => self.end_part(Joint::Bar),
            _ => self.end_word(),
        }
    }

    /// Whether a dot stands between initials: "c.e.o.", "a.i.".
    fn is_initials(&self, rest: &[char]) -> bool {
        let single = self.word.chars().count() == 1 || self.is_dotted;
        let next = rest.first().is_some_and(|c| c.is_alphanumeric());
        single && next && !rest.get(1).is_some_and(|c| c.is_alphanumeric())
    }

    /// Whether a dash stands between years.
    fn is_span(&self, rest: &[char]) -> bool {
        let next: String = rest.iter().skip(1).take_while(|c| c.is_alphanumeric()).collect();
        is_year(&next) && self.words.last().is_some_and(|last| is_year(last))
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        let is_dotted = std::mem::take(&mut self.is_dotted);
        match word.as_str() {
            "" => {}
            "en" | "and" | "und" | "et" | "sowie" | "y" => self.end_part(Joint::Soft),
            "at" | "bij" | "bei" | "chez" | "bv" | "gmbh" | "nv" | "sarl" | "ltd"
                if !self.words.is_empty() =>
            {
                self.is_company = true;
            }
            _ if self.is_company => {}
            "ai" if is_dotted => self.words.push("interim".to_owned()),
            "ir" | "bd" | "ad" if is_dotted => self.words.push("ausserdienst".to_owned()),
            "vm" if is_dotted => self.words.push("voormalig".to_owned()),
            "io" if is_dotted => self.words.extend(["in".to_owned(), "opleiding".to_owned()]),
            other => self.words.extend(written_out(other).split(' ').map(str::to_owned)),
        }
    }

    fn end_part(&mut self, joint: Joint) {
        if !self.word.is_empty() {
            self.end_word();
        }
        if joint != Joint::Soft {
            self.is_company = false;
        }
        if self.words.is_empty() {
            // The stronger of two cuts counts: "CEO & | Founder".
            if self.joint.is_none_or(|before| before == Joint::Soft) {
                self.joint = Some(joint);
            }
            return;
        }
        let text = std::mem::take(&mut self.words).join(" ");
        self.parts.push(Part { text, joint: self.joint.unwrap_or(Joint::Start) });
        self.joint = Some(joint);
    }
}

/// A year of this century or the one before.
pub fn is_year(word: &str) -> bool {
    word.len() == 4
        && word.bytes().all(|b| b.is_ascii_digit())
        && (word.starts_with("19") || word.starts_with("20"))
}

fn starts_with(chars: &[char], word: &str) -> bool {
    word.chars().enumerate().all(|(i, c)| chars.get(i) == Some(&c))
}

/// "R&D", "P&O": one word.
fn is_pair(chars: &[char], at: usize) -> bool {
    let letter = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_some_and(|c| c.is_alphanumeric());
    letter(at.checked_sub(1)) && letter(Some(at + 1)) && !letter(at.checked_sub(2)) && !letter(Some(at + 2))
}

/// Abbreviations and spellings that are common enough to know.
fn written_out(word: &str) -> &str {
    match word {
        "dir" | "direkteur" | "directuer" | "directeu" | "dirctr" => "directeur",
        "direktie" => "directie",
        "alg" => "algemeen",
        "fin" => "financieel",
        "comm" | "commerc" => "commercieel",
        "techn" => "technisch",
        "oper" => "operationeel",
        "mgr" | "mngr" | "mgmr" | "managerin" => "manager",
        "mgt" | "mgmt" | "mngt" => "management",
        "mng" => "managing",
        "gen" => "general",
        "eig" => "eigenaar",
        "hfd" => "hoofd",
        "acc" => "account",
        "accountmgr" => "accountmanager",
        "sr" | "snr" => "senior",
        "jr" | "jnr" => "junior",
        "plv" | "plvv" => "plaatsvervangend",
        "adj" => "adjunct",
        "wnd" => "waarnemend",
        "stv" | "stellv" => "stellvertretend",
        "ehem" => "ehemaliger",
        "voorm" | "vml" | "vrml" | "voormal" => "voormalig",
        "vh" => "voorheen",
        "gew" => "gewezen",
        "anc" => "ancien",
        "prev" => "previously",
        "inh" => "inhaber",
        "geschaftsf" | "gschf" => "geschaftsfuhrer",
        "asst" => "assistant",
        "ass" => "assistent",
        "secr" => "secretaresse",
        "mdw" | "medew" => "medewerker",
        "mktg" | "mkt" => "marketing",
        "ops" => "operations",
        "gf" => "geschaftsfuhrer",
        "resp" => "responsable",
        "coord" => "coordinator",
        "proj" => "project",
        "prod" => "productie",
        "adm" => "administratie",
        "log" => "logistiek",
        "dept" | "afd" => "afdeling",
        "teaml" => "teamleider",
        "eng" => "engineer",
        "rep" => "representative",
        "vicepresident" => "vice president",
        "cofounder" => "founder",
        other => other,
    }
}
