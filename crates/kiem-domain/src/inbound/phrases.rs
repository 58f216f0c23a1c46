//! Words in many languages, kept as data: one phrase per line, in lower case, `#` starts a comment line. Native speakers
//! can mend them without reading code.

use std::sync::OnceLock;

/// A list of phrases from a file in `phrases/`.
pub(crate) struct Phrases {
    file: &'static str,
    /// The phrases in alphabetical order, read from the file at first use.
    sorted: OnceLock<Vec<&'static str>>,
}

impl Phrases {
    /// A list with the text of its file.
    pub(crate) const fn new(file: &'static str) -> Self {
        Self { file, sorted: OnceLock::new() }
    }

    /// The phrases in alphabetical order.
    pub(crate) fn all(&self) -> &[&'static str] {
        self.sorted.get_or_init(|| {
            let mut list: Vec<_> =
                self.file.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
            list.sort_unstable();
            list
        })
    }

    /// The phrases with the first byte of `text`: the only ones that it can start with.
    fn with_first_byte_of(&self, text: &str) -> &[&'static str] {
        let Some(first) = text.as_bytes().first() else { return &[] };
        let all = self.all();
        let byte = |phrase: &&str| phrase.as_bytes().first().copied().unwrap_or(0);
        let from = all.partition_point(|p| byte(p) < *first);
        let to = all.partition_point(|p| byte(p) <= *first);
        all.get(from..to).unwrap_or_default()
    }

    /// Whether one of the phrases is exactly this text.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.all().binary_search(&text).is_ok()
    }

    /// Whether one of the phrases occurs in `text`, as whole words.
    pub(crate) fn occur_in(&self, text: &str) -> bool {
        self.all().iter().any(|phrase| has_phrase(text, phrase))
    }

    /// The longest phrase that `text` starts with.
    pub(crate) fn start_of(&self, text: &str) -> Option<&'static str> {
        let fitting = self.with_first_byte_of(text).iter().filter(|p| text.starts_with(**p));
        fitting.max_by_key(|p| p.len()).copied()
    }

    /// Whether `text` starts with one of the phrases.
    pub(crate) fn start(&self, text: &str) -> bool {
        self.start_of(text).is_some()
    }
}

/// Whether `phrase` occurs in `text` as whole words.
pub(crate) fn has_phrase(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        before.is_none_or(|c| !c.is_alphanumeric()) && after.is_none_or(|c| !c.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_whole_words() {
        assert!(has_phrase("ik ben afwezig.", "afwezig") && !has_phrase("afwezigheid", "afwezig"));
        let list = Phrases::new("# note\non leave\n\nmet verlof\non\n");
        assert_eq!(list.all(), ["met verlof", "on", "on leave"]);
        assert_eq!((list.start_of("on leave until"), list.start_of("geen")), (Some("on leave"), None));
        assert!(list.contains("on") && !list.contains("leave"));
        assert!(
            list.occur_in("ik ben met verlof")
                && !list.occur_in("met verlofdagen")
                && list.start("on leave until")
        );
    }

    #[test]
    fn every_list_is_lower_case_so_that_it_can_ever_match() {
        let files = [
            include_str!("phrases/absent.txt"),
            include_str!("phrases/absence_companions.txt"),
            include_str!("phrases/absence_openings.txt"),
            include_str!("phrases/answer_words.txt"),
            include_str!("phrases/banners.txt"),
            include_str!("phrases/clear_prefixes.txt"),
            include_str!("phrases/closings.txt"),
            include_str!("phrases/contact_names.txt"),
            include_str!("phrases/courtesy.txt"),
            include_str!("phrases/device_lines.txt"),
            include_str!("phrases/disclaimers.txt"),
            include_str!("phrases/faint_closings.txt"),
            include_str!("phrases/faint_prefixes.txt"),
            include_str!("phrases/forward_words.txt"),
            include_str!("phrases/label_lines.txt"),
            include_str!("phrases/left.txt"),
            include_str!("phrases/legal_marks.txt"),
            include_str!("phrases/own_words.txt"),
            include_str!("phrases/prove_human.txt"),
            include_str!("phrases/received.txt"),
            include_str!("phrases/separator_words.txt"),
            include_str!("phrases/slogan_marks.txt"),
            include_str!("phrases/slogan_verbs.txt"),
            include_str!("phrases/takes_part.txt"),
        ];
        for phrase in files.iter().flat_map(|f| f.lines()).filter(|l| !l.starts_with('#')) {
            assert_eq!(phrase, phrase.to_lowercase().trim(), "{phrase}");
            assert!(
                !phrase.contains(['’', '‘']),
                "{phrase}: typed apostrophes are made straight before comparing"
            );
        }
    }
}
