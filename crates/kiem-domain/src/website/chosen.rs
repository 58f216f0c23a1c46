//! Which pages of a site are worth reading: hints in Dutch, English, German and French, in the words of a link and in its
//! path. Only the company's own domain, never a social network or a platform that many companies share.

use super::page::Page;
use crate::company::DomainName;
use crate::names::fold;

crate::text_enum! {
    /// What a page is about.
    pub enum PageKind {
        /// The first page.
        Home = "home",
        /// How to reach the company.
        Contact = "contact",
        /// Who the company is.
        About = "about",
        /// Who works there.
        Team = "team",
        /// Imprint, terms: where the register number stands.
        Imprint = "imprint",
        /// What it sells.
        Services = "services",
        /// Whom it worked for.
        References = "references",
        /// Open jobs.
        Vacancies = "vacancies",
        /// News.
        News = "news",
        /// Privacy statement: names the company in full.
        Privacy = "privacy",
        /// Something else; not read.
        Other = "other",
    }
}

/// A page to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Absolute address without a fragment.
    pub url: String,
    /// What it seems to be about.
    pub kind: PageKind,
}

/// Kinds in the order in which they are read, and the (folded) beginnings of words that hint at them.
const HINTS: &[(PageKind, &[&str])] = &[
    (
        PageKind::Contact,
        &["contact", "kontakt", "nous contacter", "bereikbaarheid", "vestigingen", "locations"],
    ),
    (
        PageKind::About,
        &[
            "over ons",
            "over-ons",
            "overons",
            "wie zijn wij",
            "wie-zijn-wij",
            "wie we zijn",
            "wie-we-zijn",
            "over het bedrijf",
            "about",
            "who we are",
            "who-we-are",
            "company",
            "uber uns",
            "ueber-uns",
            "uber-uns",
            "unternehmen",
            "wir uber uns",
            "a propos",
            "a-propos",
            "qui sommes",
            "qui-sommes",
            "entreprise",
            "organisatie",
        ],
    ),
    (
        PageKind::Team,
        &[
            "team",
            "ons team",
            "medewerkers",
            "mensen",
            "directie",
            "management",
            "our people",
            "people",
            "leadership",
            "mitarbeiter",
            "ansprechpartner",
            "geschaftsfuhrung",
            "equipe",
            "notre equipe",
            "collaborateurs",
        ],
    ),
    (
        PageKind::Imprint,
        &[
            "colofon",
            "impressum",
            "imprint",
            "mentions legales",
            "mentions-legales",
            "algemene voorwaarden",
            "algemene-voorwaarden",
            "legal",
            "bedrijfsgegevens",
            "terms",
            "agb",
        ],
    ),
    (
        PageKind::Services,
        &[
            "diensten",
            "producten",
            "oplossingen",
            "wat we doen",
            "wat-we-doen",
            "services",
            "solutions",
            "products",
            "what we do",
            "leistungen",
            "dienstleistungen",
            "produkte",
            "prestations",
            "produits",
            "aanbod",
        ],
    ),
    (
        PageKind::References,
        &[
            "referenties",
            "projecten",
            "cases",
            "case-studies",
            "klanten",
            "portfolio",
            "references",
            "clients",
            "customers",
            "referenzen",
            "projekte",
            "kunden",
            "realisations",
            "nos clients",
        ],
    ),
    (
        PageKind::Vacancies,
        &[
            "vacature",
            "werken bij",
            "werken-bij",
            "jobs",
            "careers",
            "career",
            "vacancies",
            "karriere",
            "stellen",
            "emploi",
            "recrutement",
            "carriere",
            "solliciteren",
        ],
    ),
    (
        PageKind::News,
        &["nieuws", "news", "actueel", "blog", "aktuelles", "neuigkeiten", "actualites", "actualite", "pers"],
    ),
    (
        PageKind::Privacy,
        &[
            "privacy",
            "privacyverklaring",
            "datenschutz",
            "confidentialite",
            "politique de confidentialite",
            "gdpr",
            "avg",
        ],
    ),
];

/// Endings of addresses that are no pages.
const FILES: &[&str] = &[
    ".pdf", ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".zip", ".doc", ".docx", ".xls", ".xlsx",
    ".mp4", ".mp3", ".ics", ".vcf", ".xml", ".json", ".css", ".js", ".rar", ".exe", ".ppt", ".pptx",
];

/// Longest address that is followed.
const URL_BYTES_MAX: usize = 500;

/// Chooses at most `n_max` pages to read from the links of the home page: the kinds in their order, one page of each
/// kind first, then a second of those that give most.
pub fn choose(home: &Page, n_max: usize) -> Vec<Candidate> {
    let mut found: Vec<(usize, usize, Candidate)> = Vec::new();
    for link in home.links() {
        let url = link.url.split('#').next().unwrap_or_default();
        if !is_page(url) || !is_same_site(&home.url, url) || same_page(url, &home.url) {
            continue;
        }
        let Some((order, kind)) = kind_by_hint(&link.text, url) else { continue };
        if found.iter().any(|(_, _, c)| same_page(&c.url, url)) {
            continue;
        }
        found.push((order, depth(url), Candidate { url: url.to_owned(), kind }));
    }
    found.sort_by_key(|(order, depth, _)| (*order, *depth));
    let mut rounds: Vec<(usize, usize, Candidate)> = Vec::new();
    for (order, _, candidate) in found {
        let round = rounds.iter().filter(|(_, _, c)| c.kind == candidate.kind).count();
        rounds.push((round, order, candidate));
    }
    // The sort is stable: within a round the order of the kinds stays. A third page of a kind gives nothing new.
    rounds.sort_by_key(|(round, order, _)| (*round, *order));
    rounds.into_iter().filter(|(round, _, _)| *round < 2).map(|(_, _, c)| c).take(n_max).collect()
}

/// What a page is about by its address alone; the bare host is the home page.
pub fn kind_of(url: &str) -> PageKind {
    match path(url).trim_matches('/') {
        "" | "nl" | "en" | "de" | "fr" => PageKind::Home,
        _ => kind_by_hint("", url).map_or(PageKind::Other, |(_, kind)| kind),
    }
}

fn kind_by_hint(text: &str, url: &str) -> Option<(usize, PageKind)> {
    let text = fold(text);
    let path = fold(path(url).split(['?', '#']).next().unwrap_or_default());
    let hit = |hint: &str| {
        // The words of a link say it when the hint begins one of a few words; a long sentence that mentions it does not.
        let in_text = text.chars().count() <= 40 && begins_a_word(&text, hint);
        in_text || begins_a_word(&path, hint)
    };
    HINTS
        .iter()
        .enumerate()
        .find(|(_, (_, hints))| hints.iter().any(|h| hit(h)))
        .map(|(order, (kind, _))| (order, *kind))
}

fn begins_a_word(text: &str, hint: &str) -> bool {
    text.match_indices(hint).any(|(at, _)| {
        !text.get(..at).unwrap_or_default().ends_with(char::is_alphanumeric)
            // "persoonlijk" is no press, "teamwork" no team: short hints have to be a whole word.
            && (hint.len() > 6 || !text.get(at + hint.len()..).unwrap_or_default().starts_with(char::is_alphanumeric))
    })
}

fn is_page(url: &str) -> bool {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let path = path(url).split('?').next().unwrap_or_default().to_ascii_lowercase();
    is_web && url.len() <= URL_BYTES_MAX && !FILES.iter().any(|ending| path.ends_with(ending))
}

fn same_page(a: &str, b: &str) -> bool {
    bare(a) == bare(b)
}

fn bare(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('#').next().unwrap_or_default().trim_end_matches('/').trim_start_matches("www.")
}

fn depth(url: &str) -> usize {
    path(url).trim_matches('/').split('/').count()
}

fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find(['/', '?']).and_then(|at| rest.get(at..)).unwrap_or_default()
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Whether two addresses belong to one company's site: the same registrable domain, which no platform or social network
/// owns. Hosts that are no names (addresses of test machines) have to be equal, port and all.
pub fn is_same_site(a: &str, b: &str) -> bool {
    match (DomainName::parse(host(a)), DomainName::parse(host(b))) {
        (Ok(a), Ok(b)) => {
            let (a, b) = (a.registrable(), b.registrable());
            a == b && !a.is_platform()
        }
        (Err(_), Err(_)) => !host(a).is_empty() && host(a) == host(b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::website::page::{Block, BlockKind, Link};

    fn home(links: &[(&str, &str)]) -> Page {
        let links = links.iter().map(|(url, text)| Link { url: (*url).to_owned(), text: (*text).to_owned() });
        let block = Block { kind: BlockKind::Navigation, text: String::new(), links: links.collect() };
        Page { url: "https://www.bouw.example/".to_owned(), blocks: vec![block], ..Page::default() }
    }

    fn chosen(links: &[(&str, &str)], n_max: usize) -> Vec<String> {
        choose(&home(links), n_max).into_iter().map(|c| format!("{} {}", c.kind, c.url)).collect()
    }

    #[test]
    fn pages_are_known_by_their_words_in_four_languages() {
        for (text, url, expected) in [
            ("Over ons", "/x", PageKind::About),
            ("Neem contact op", "/x", PageKind::Contact),
            ("Unser Team", "/x", PageKind::Team),
            ("Mentions légales", "/x", PageKind::Imprint),
            ("À propos", "/x", PageKind::About),
            ("Über uns", "/x", PageKind::About),
            ("Stellenangebote", "/stellen", PageKind::Vacancies),
            ("Onze vacatures", "/x", PageKind::Vacancies),
            ("Klik hier", "/nl/werken-bij/", PageKind::Vacancies),
            ("Nos références", "/references", PageKind::References),
            ("Datenschutzerklärung", "/x", PageKind::Privacy),
        ] {
            let url = format!("https://bouw.example{url}");
            assert_eq!(kind_by_hint(text, &url).map(|k| k.1), Some(expected), "{text} {url}");
        }
        for (text, url) in [
            ("Persoonlijk advies", "/advies"),
            ("Teamwork", "/teamwork"),
            ("Lees hoe wij samen met ons team en contact met de klant tot een oplossing komen", "/x"),
        ] {
            assert_eq!(kind_by_hint(text, &format!("https://bouw.example{url}")), None, "{text}");
        }
    }

    #[test]
    fn only_the_companys_own_site_is_read() {
        for (a, b, expected) in [
            ("https://www.bouw.example/", "https://shop.bouw.example/x", true),
            ("https://bouw.example", "http://BOUW.example:80/", true),
            ("https://bouw.example/", "https://bouw.example.evil.test/", false),
            ("https://a.co.uk/", "https://b.co.uk/", false),
            ("https://linkedin.com/company/x", "https://www.linkedin.com/in/y", false),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/x", true),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8001/", false),
            ("https://bouw.example/", "mailto:info@bouw.example", false),
            ("", "", false),
        ] {
            assert_eq!(is_same_site(a, b), expected, "{a} {b}");
        }
        let links = [
            ("https://linkedin.com/company/bouw/about", "Over ons op LinkedIn"),
            ("https://www.bouw.example/folder.pdf", "Over ons (folder)"),
            ("mailto:info@bouw.example", "Contact"),
            ("https://bouw.example/contact#kaart", "Contact"),
            ("https://bouw.example/contact/", "Contact opnemen"),
        ];
        assert_eq!(chosen(&links, 9), ["contact https://bouw.example/contact"]);
    }

    #[test]
    fn each_kind_comes_before_a_second_page_of_one() {
        let links = [
            ("https://bouw.example/diensten/dak", "Diensten"),
            ("https://bouw.example/team/a", "Team"),
            ("https://bouw.example/team", "Team"),
            ("https://bouw.example/team/b", "Team"),
            ("https://bouw.example/contact", "Contact"),
        ];
        let expected = [
            "contact https://bouw.example/contact",
            "team https://bouw.example/team",
            "services https://bouw.example/diensten/dak",
            "team https://bouw.example/team/a",
        ];
        assert_eq!(chosen(&links, 9), expected);
        assert_eq!(chosen(&links, 2), expected[..2]);
    }
}
