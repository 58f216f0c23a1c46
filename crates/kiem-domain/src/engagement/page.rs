//! Kinds of pages: which one is a case study, which one never counts.

text_enum! {
    /// What a page is for. Decides whether looking at it says something about buying.
    pub enum PageKind {
        /// Any page without a meaning of its own.
        Page = "page",
        /// The list of case studies. Says nothing yet.
        CaseStudyIndex = "case_study_index",
        /// One case study (rule R4).
        CaseStudyDetail = "case_study_detail",
        /// Prices.
        Pricing = "pricing",
        /// How to reach us.
        Contact = "contact",
        /// One product or service.
        Product = "product",
        /// Vacancies. Never counts: applicants read them.
        Careers = "careers",
        /// Terms, privacy, cookies. Never counts.
        Legal = "legal",
        /// Help for those who are customers already.
        Support = "support",
        /// A link that no person can see. Who opens it is a machine (rule C8).
        Honeypot = "honeypot",
    }
}

impl PageKind {
    /// Whether looking at such a page can ever be a sign of interest.
    pub const fn can_count(self) -> bool {
        !matches!(self, Self::Careers | Self::Legal | Self::Honeypot)
    }
}

/// One line of the list that a workspace approved: a path, or everything below it when it ends with `/*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRule {
    /// `/klanten/bakkerij` or `/klanten/*`.
    pub path: String,
    /// What it is.
    pub kind: PageKind,
}

/// Path segments that name a section, in Dutch, English and German.
const SECTIONS: &[(PageKind, &[&str])] = &[
    (
        PageKind::CaseStudyDetail,
        &[
            "case",
            "cases",
            "klantcase",
            "klantcases",
            "klantverhaal",
            "klantverhale",
            "klantverhalen",
            "referentie",
            "referenties",
            "projecten",
            "succesverhalen",
            "praktijkvoorbeeld",
            "praktijkvoorbeelden",
            "case-study",
            "case-studies",
            "customer-story",
            "customer-stories",
            "customers",
            "success-stories",
            "our-work",
            "referenzen",
            "fallstudie",
            "fallstudien",
            "kundenstimmen",
            "anwenderbericht",
            "anwenderberichte",
        ],
    ),
    (
        PageKind::Pricing,
        &[
            "prijzen", "prijs", "tarieven", "tarief", "kosten", "pricing", "prices", "plans", "preise",
            "preis",
        ],
    ),
    (
        PageKind::Contact,
        &[
            "contact",
            "contacteer-ons",
            "neem-contact-op",
            "contact-us",
            "kontakt",
            "demo",
            "offerte",
            "afspraak",
        ],
    ),
    (
        PageKind::Product,
        &["product", "producten", "products", "diensten", "services", "oplossingen", "solutions", "produkte"],
    ),
    (
        PageKind::Careers,
        &[
            "vacature",
            "vacatures",
            "werken-bij",
            "werkenbij",
            "jobs",
            "job",
            "stage",
            "stages",
            "careers",
            "career",
            "join-us",
            "karriere",
            "stellenangebote",
        ],
    ),
    (
        PageKind::Legal,
        &[
            "privacy",
            "privacybeleid",
            "privacyverklaring",
            "privacy-policy",
            "privacy-statement",
            "algemene-voorwaarden",
            "voorwaarden",
            "cookies",
            "cookiebeleid",
            "cookie-policy",
            "disclaimer",
            "terms",
            "terms-and-conditions",
            "legal",
            "impressum",
            "datenschutz",
            "agb",
        ],
    ),
    (
        PageKind::Support,
        &[
            "support",
            "help",
            "helpdesk",
            "klantenservice",
            "kennisbank",
            "faq",
            "veelgestelde-vragen",
            "docs",
            "hilfe",
        ],
    ),
];

/// Segments below a case-study section that only list: the page is an index, not a story.
const LISTING_SEGMENTS: &[&str] = &[
    "page",
    "pagina",
    "seite",
    "category",
    "categorie",
    "kategorie",
    "tag",
    "branche",
    "industry",
    "archive",
];

/// What a page is. The first that applies wins: the workspace's own list, what the page says of itself
/// (`<meta name="kiem-page" content="case-study">`), then its path. Careers inside a case section and the reverse are
/// decided by the first section in the path.
pub fn page_kind(path: &str, meta: Option<&str>, rules: &[PageRule]) -> PageKind {
    let path = plain_path(path);
    if let Some(rule) = rules.iter().find(|rule| rule_covers(&rule.path, &path)) {
        return rule.kind;
    }
    if let Some(kind) = meta.and_then(kind_of_meta) {
        return kind;
    }
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    for (place, segment) in segments.iter().enumerate() {
        let name = segment.trim_end_matches(".html").trim_end_matches(".htm").trim_end_matches(".php");
        let Some(kind) = section(name) else { continue };
        if kind != PageKind::CaseStudyDetail {
            return kind;
        }
        return match segments.get(place + 1) {
            None | Some(&("index.html" | "index.htm" | "index.php")) => PageKind::CaseStudyIndex,
            Some(next) if LISTING_SEGMENTS.contains(next) => PageKind::CaseStudyIndex,
            Some(_) => PageKind::CaseStudyDetail,
        };
    }
    PageKind::Page
}

fn section(name: &str) -> Option<PageKind> {
    if name.starts_with("vacature-") {
        return Some(PageKind::Careers);
    }
    SECTIONS.iter().find_map(|(kind, names)| names.contains(&name).then_some(*kind))
}

fn kind_of_meta(content: &str) -> Option<PageKind> {
    match content.trim().to_ascii_lowercase().replace('_', "-").as_str() {
        "case-study" | "case-study-detail" => Some(PageKind::CaseStudyDetail),
        "case-study-index" => Some(PageKind::CaseStudyIndex),
        // A page cannot call itself a honeypot: that would let a site turn its own visitors into machines.
        "honeypot" => None,
        other => other.parse().ok(),
    }
}

/// The path alone, in lower case: no scheme and host, no query, no fragment, no slash at the end.
fn plain_path(path: &str) -> String {
    let path = path.trim();
    let path = match path.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => path,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default().to_lowercase();
    let path = path.trim_end_matches('/');
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

fn rule_covers(rule: &str, path: &str) -> bool {
    match rule.strip_suffix("/*") {
        Some(above) => {
            let above = plain_path(above);
            let above = above.trim_end_matches('/');
            path.strip_prefix(above).is_some_and(|rest| rest.len() > 1 && rest.starts_with('/'))
        }
        None => plain_path(rule) == path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_recognised_by_their_path() {
        for (path, kind) in [
            ("/", PageKind::Page),
            ("", PageKind::Page),
            ("/over-ons", PageKind::Page),
            ("/cases", PageKind::CaseStudyIndex),
            ("/cases/", PageKind::CaseStudyIndex),
            ("/Cases/?sector=zorg", PageKind::CaseStudyIndex),
            ("/cases/page/2", PageKind::CaseStudyIndex),
            ("/cases/index.html", PageKind::CaseStudyIndex),
            ("/cases/bakkerij", PageKind::CaseStudyDetail),
            ("/nl/klantverhalen/de-vries-metaal/", PageKind::CaseStudyDetail),
            ("/referentie/gemeente", PageKind::CaseStudyDetail),
            ("/en/case-studies/acme.html", PageKind::CaseStudyDetail),
            ("https://www.ons.example/customer-stories/acme?x=1#top", PageKind::CaseStudyDetail),
            ("/de/referenzen/stadtwerke", PageKind::CaseStudyDetail),
            ("/referenzen", PageKind::CaseStudyIndex),
            ("/showcase/robot", PageKind::Page),
            ("/blog/cases-die-u-moet-kennen", PageKind::Page),
            ("/prijzen", PageKind::Pricing),
            ("/pricing.html", PageKind::Pricing),
            ("/contact", PageKind::Contact),
            ("/diensten/advies", PageKind::Product),
            ("/vacatures/verkoper", PageKind::Careers),
            ("/werken-bij/klantverhalen/jan", PageKind::Careers),
            ("/vacature-accountmanager", PageKind::Careers),
            ("/algemene-voorwaarden", PageKind::Legal),
            ("/privacyverklaring/", PageKind::Legal),
            ("/support/cases/1234", PageKind::Support),
            ("/faq", PageKind::Support),
        ] {
            assert_eq!(page_kind(path, None, &[]), kind, "{path}");
        }
    }

    #[test]
    fn the_page_itself_wins_over_its_path_and_the_workspace_over_both() {
        assert_eq!(page_kind("/werk/bakkerij", Some("case-study"), &[]), PageKind::CaseStudyDetail);
        assert_eq!(page_kind("/cases/bakkerij", Some("careers"), &[]), PageKind::Careers);
        assert_eq!(page_kind("/cases/bakkerij", Some("something else"), &[]), PageKind::CaseStudyDetail);
        assert_eq!(page_kind("/x", Some("honeypot"), &[]), PageKind::Page);
        let rules = [
            PageRule { path: "/klanten/over".into(), kind: PageKind::Page },
            PageRule { path: "/klanten/*".into(), kind: PageKind::CaseStudyDetail },
            PageRule { path: "/cases/oud".into(), kind: PageKind::Page },
        ];
        for (path, kind) in [
            ("/klanten/bakkerij", PageKind::CaseStudyDetail),
            ("/klanten/over/", PageKind::Page),
            ("/klanten", PageKind::Page),
            ("/klantenservice/x", PageKind::Support),
            ("/cases/oud", PageKind::Page),
        ] {
            assert_eq!(page_kind(path, None, &rules), kind, "{path}");
        }
        assert_eq!(page_kind("/cases/oud", Some("case-study"), &rules), PageKind::Page);
    }

    #[test]
    fn only_pages_for_buyers_can_count() {
        assert!(PageKind::Support.can_count() && PageKind::CaseStudyIndex.can_count());
        for kind in [PageKind::Careers, PageKind::Legal, PageKind::Honeypot] {
            assert!(!kind.can_count(), "{kind}");
        }
    }
}
