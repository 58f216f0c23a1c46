//! Words in many languages, kept as data: one phrase per line, in lower case, `#` starts a comment line. Native speakers
//! can mend them without reading code.

/// A list of phrases from a file in `phrases/`.
#[derive(Clone, Copy)]
pub(crate) struct Phrases(pub(crate) &'static str);

impl Phrases {
    /// The phrases in the order of the file.
    pub(crate) fn iter(self) -> impl Iterator<Item = &'static str> {
        self.0.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
    }

    /// Whether one of the phrases is exactly this text.
    pub(crate) fn contains(self, text: &str) -> bool {
        self.iter().any(|phrase| phrase == text)
    }

    /// Whether one of the phrases occurs in `text`, as whole words.
    pub(crate) fn occur_in(self, text: &str) -> bool {
        self.iter().any(|phrase| has_phrase(text, phrase))
    }

    /// Whether `text` starts with one of the phrases.
    pub(crate) fn start(self, text: &str) -> bool {
        self.iter().any(|phrase| text.starts_with(phrase))
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
        let list = Phrases("# note\nmet verlof\n\non leave\n");
        assert_eq!(list.iter().collect::<Vec<_>>(), ["met verlof", "on leave"]);
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
            include_str!("phrases/left.txt"),
            include_str!("phrases/prove_human.txt"),
            include_str!("phrases/received.txt"),
            include_str!("phrases/separator_words.txt"),
            include_str!("phrases/takes_part.txt"),
        ];
        for phrase in files.iter().flat_map(|f| Phrases(f).iter()) {
            assert_eq!(phrase, phrase.to_lowercase().trim(), "{phrase}");
            assert!(
                !phrase.contains(['’', '‘']),
                "{phrase}: typed apostrophes are made straight before comparing"
            );
        }
    }
}
