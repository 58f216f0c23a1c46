//! `/practice-site/{workspace}/{host}/...`: the workspace's website as practice mode plays it. A live workspace has none.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use kiem_domain::engagement::page::PageKind;
use kiem_store::site::VisitMode;
use minijinja::{Value, context};

use super::Public;
use super::page::{failed, not_found, practice_page, reader_lang};
use crate::engine::practice::website::{PATH, PracticePage};
use crate::messages::{Lang, say};

/// The pages of the navigation: what each is for, and where it is.
const PAGES: [(PageKind, &str); 5] = [
    (PageKind::Page, "/"),
    (PageKind::CaseStudyIndex, "/cases"),
    (PageKind::Pricing, "/pricing"),
    (PageKind::Careers, "/careers"),
    (PageKind::Contact, "/contact"),
];

/// Tells the site's script what the visitor chose.
const CONSENT: &str = r#"for (const button of document.querySelectorAll("[data-consent]"))
  button.addEventListener("click", () => {
    window.kiem?.consent(button.dataset.consent === "yes");
    document.getElementById("consent")?.remove();
  });
"#;

/// The script of the consent question.
pub async fn consent() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], CONSENT).into_response()
}

/// A page of the practice website. Every path is some page, so that whatever a campaign links to can be visited.
pub async fn show(State(public): State<Public>, headers: HeaderMap, request: Request) -> Response {
    match public.engine.practice_page(request.uri().path()).await {
        Ok(Some(found)) => filled(&found, request.uri().path()),
        Ok(None) => not_found(reader_lang(&headers)),
        Err(error) => failed(reader_lang(&headers), &error),
    }
}

/// What is shown on a page for which the practice website has words of its own; anything else looks like the front page.
fn shown_kind(kind: PageKind) -> PageKind {
    match kind {
        PageKind::CaseStudyDetail => kind,
        _ if PAGES.iter().any(|(one, _)| *one == kind) => kind,
        _ => PageKind::Page,
    }
}

fn words(lang: Lang, kind: PageKind, what: &str) -> String {
    say(lang, &format!("public.site_{kind}_{what}"), &[])
}

fn filled(found: &PracticePage, path: &str) -> Response {
    let lang = found.lang;
    let number = path.strip_prefix(PATH).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let base = format!("{PATH}{number}/{}", found.host);
    let kind = shown_kind(found.kind);
    let pages: Vec<Value> = PAGES
        .iter()
        .map(|(one, below)| {
            context! { kind => one.as_str(), href => format!("{base}{below}"), name => words(lang, *one, "name") }
        })
        .collect();
    let empty = "";
    let values = context! {
        host => found.host.clone(),
        base => base,
        kind => kind.as_str(),
        lead => words(lang, kind, "lead"),
        pages => pages,
        booking_path => found.booking_path.clone(),
        is_measured => found.visit_mode != VisitMode::Off,
        asks_consent => found.visit_mode == VisitMode::Consented,
        form_action => found.form.as_ref().map(|(path, _)| path.clone()),
        token => found.form.as_ref().map(|(_, form)| form.token.clone()),
        name => empty,
        email => empty,
        company => empty,
        phone => empty,
        text => empty,
    };
    practice_page(lang, &words(lang, kind, "title"), &found.sender, values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiem_domain::engagement::page::page_kind;

    #[test]
    fn every_page_is_recognised_as_what_it_is_and_has_its_words() {
        for (kind, path) in PAGES.into_iter().chain([(PageKind::CaseStudyDetail, "/cases/bakkerij")]) {
            assert_eq!(page_kind(path, None, &[]), kind, "{path}");
            for lang in [Lang::Nl, Lang::En] {
                for what in ["title", "lead"] {
                    assert!(
                        crate::messages::has(lang, &format!("public.site_{kind}_{what}")),
                        "{kind} {what}"
                    );
                }
            }
        }
    }
}
