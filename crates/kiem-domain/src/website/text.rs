//! Small tools for the text of a page.

use super::page::Page;

/// Longest snippet, in characters.
pub(super) const SNIPPET_CHARS_MAX: usize = 300;

/// The blocks of a page as one text, a line each, so that what is split over two cells can still be read.
pub(super) struct Flow<'a> {
    pub(super) page: &'a Page,
    pub(super) text: String,
}

impl<'a> Flow<'a> {
    pub(super) fn of(page: &'a Page) -> Flow<'a> {
        let mut text = String::with_capacity(page.blocks.iter().map(|b| b.text.len() + 1).sum());
        for block in &page.blocks {
            text.push_str(&block.text);
            text.push('\n');
        }
        Flow { page, text }
    }

    /// The line in which a byte stands; when it begins there, with the line before it if that is short (its label).
    pub(super) fn snippet(&self, at: usize) -> String {
        let before = self.text.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |n| n + 1);
        let end = self.text.get(at..).and_then(|t| t.find('\n')).map_or(self.text.len(), |n| at + n);
        let previous = before.get(..start.saturating_sub(1)).unwrap_or_default();
        let label = previous.rsplit('\n').next().unwrap_or_default();
        let line = self.text.get(start..end).unwrap_or_default();
        let label_fits = at == start && label.chars().count() <= 40 && line.chars().count() <= 60;
        let whole = if label_fits { format!("{label} {line}") } else { line.to_owned() };
        around(&whole, whole.len() - line.len() + (at - start))
    }
}

/// What stands around a byte of a text, at most [`SNIPPET_CHARS_MAX`] characters.
pub(super) fn around(text: &str, at: usize) -> String {
    let n = text.chars().count();
    let text_trimmed = text.trim();
    if n <= SNIPPET_CHARS_MAX {
        return text_trimmed.to_owned();
    }
    let place = text.char_indices().take_while(|(i, _)| *i < at).count();
    let from = place.saturating_sub(SNIPPET_CHARS_MAX / 2).min(n - SNIPPET_CHARS_MAX);
    text.chars().skip(from).take(SNIPPET_CHARS_MAX).collect::<String>().trim().to_owned()
}

/// At most `n` characters, cut at a blank when there is one.
pub(super) fn shortened(text: &str, n: usize) -> String {
    if text.chars().count() <= n {
        return text.trim().to_owned();
    }
    let cut: String = text.chars().take(n).collect();
    let at = cut.rfind(' ').unwrap_or(cut.len());
    cut.get(..at).unwrap_or_default().trim_end().to_owned()
}

/// The words of a folded text.
pub(super) fn words(folded: &str) -> Vec<&str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect()
}

/// An item with its neighbours: `n` before and after.
pub(super) fn neighbourhood<T>(items: &[T], at: usize, n: usize) -> impl Iterator<Item = &T> {
    let from = at.saturating_sub(n);
    let to = (at + n + 1).min(items.len());
    items.get(from..to).unwrap_or_default().iter()
}
