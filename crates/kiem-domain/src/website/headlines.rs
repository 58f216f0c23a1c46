//! Headlines of news and titles of vacancies.

use super::chosen::{PageKind, kind_of};
use super::facts::{Fact, Finding};
use super::page::{BlockKind, Page};
use super::text::shortened;
use crate::names::fold;

/// At most so many of one page.
const HEADLINES_MAX: usize = 20;
/// A headline has so many characters.
const CHARS: std::ops::RangeInclusive<usize> = 8..=140;

/// Headings that stand on such pages and are no headline (folded beginnings).
const FURNITURE: &[&str] = &[
    "nieuws",
    "news",
    "actueel",
    "aktuelles",
    "actualite",
    "vacatures",
    "onze vacatures",
    "openstaande",
    "werken bij",
    "jobs",
    "careers",
    "karriere",
    "contact",
    "menu",
    "footer",
    "volg ons",
    "follow",
    "cookie",
    "lees meer",
    "read more",
    "over ons",
    "about",
    "nieuwsbrief",
    "newsletter",
    "wij bieden",
    "wat bieden",
    "solliciteer",
    "zoek",
    "categorie",
    "archief",
    "deel ",
    "onze stellen",
    "offene stellen",
    "stellenangebote",
    "blog",
    "meer nieuws",
    "recente berichten",
    "interesse",
];

/// The headlines of a news or vacancy page: what JSON-LD calls so, and headings.
pub(super) fn headlines(page: &Page, kind: PageKind, facts: &mut Vec<Fact>) {
    for thing in page.things.iter().take(HEADLINES_MAX) {
        let is_job = thing.is_a(&["JobPosting"]);
        let is_news = thing.is_a(&["NewsArticle", "BlogPosting"]);
        let text = if is_job { thing.get("title") } else { thing.get("headline").filter(|_| is_news) };
        if let Some(text) = text {
            let text = shortened(text, *CHARS.end());
            let finding = if is_job { Finding::Vacancy(text.clone()) } else { Finding::News(text.clone()) };
            facts.push(Fact { finding, url: page.url.clone(), snippet: text });
        }
    }
    if !matches!(kind, PageKind::News | PageKind::Vacancies) {
        return;
    }
    let headings = page.blocks.iter().filter(|b| b.kind == BlockKind::Heading).map(|b| b.text.trim());
    for text in headings.filter(|t| is_headline(t, page)).take(HEADLINES_MAX) {
        let told = text.to_owned();
        let finding = if kind == PageKind::News { Finding::News(told) } else { Finding::Vacancy(told) };
        facts.push(Fact { finding, url: page.url.clone(), snippet: text.to_owned() });
    }
}

fn is_headline(text: &str, page: &Page) -> bool {
    let folded = fold(text);
    CHARS.contains(&text.chars().count())
        && !FURNITURE.iter().any(|f| folded.starts_with(f))
        && !fold(&page.title).starts_with(&folded)
        && !text.ends_with('?')
        && kind_of(&page.url) != PageKind::Home
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::website::page::{Block, Thing};

    #[test]
    fn headings_of_news_and_vacancies_are_told() {
        let heading =
            |text: &str| Block { kind: BlockKind::Heading, text: text.to_owned(), links: Vec::new() };
        let job = Thing {
            types: vec!["JobPosting".to_owned()],
            values: vec![("title".to_owned(), "Timmerman".to_owned())],
        };
        let page = Page {
            url: "https://bouw.example/vacatures".to_owned(),
            blocks: vec![
                heading("Onze vacatures"),
                heading("Werkvoorbereider utiliteit"),
                heading("Wat bieden wij?"),
            ],
            things: vec![job],
            ..Page::default()
        };
        let told = |kind| {
            let mut facts = Vec::new();
            headlines(&page, kind, &mut facts);
            facts.into_iter().map(|f| (f.finding.kind().as_str(), f.finding.value())).collect::<Vec<_>>()
        };
        let vacancy = |text: &str| ("vacancy", text.to_owned());
        assert_eq!(told(PageKind::Vacancies), [vacancy("Timmerman"), vacancy("Werkvoorbereider utiliteit")]);
        assert_eq!(told(PageKind::About), [vacancy("Timmerman")]);
    }
}
