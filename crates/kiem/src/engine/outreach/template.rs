//! Filling templates: strict about what is missing, bounded in time and size, and lead data is always data.
//!
//! A mail needs facts, fallbacks and conditions. Loops, assignments and macros are not part of the language here: with
//! them thirty characters double a text forty times, which no count of steps notices.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiem_domain::id::{CompanyId, ContactId, LeadId};
use kiem_store::campaign::{Recipient, SiteLine, SiteLines};
use minijinja::{Environment, UndefinedBehavior, context};

use crate::messages::{Lang, say_date};

/// Steps that a template may take; a normal mail needs a few hundred.
const FUEL: u64 = 20_000;
/// Longest text that may come out.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Longest template.
const TEMPLATE_BYTES_MAX: usize = 32 * 1024;
/// Most tracked links in one mail.
const LINKS_MAX: usize = 10;

/// The statements that a template may use.
const STATEMENTS: &[&str] = &["if", "elif", "else", "endif"];

/// Longest tag.
const TAG_BYTES_MAX: usize = 600;
/// Deepest brackets in a tag.
const BRACKETS_MAX: usize = 8;
/// Most branches of all open conditions together.
const BRANCHES_MAX: usize = 20;

/// Why a template could not be filled. Such a mail is never sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A variable has no value for this person and no fallback.
    #[error("{name} is not known (line {line})")]
    Missing {
        /// The variable, as it stands in the template.
        name: String,
        /// Where, from 1.
        line: usize,
    },
    /// The template itself is wrong, for whomever it is filled.
    #[error("{problem} {what} (line {line})")]
    Wrong {
        /// Catalogue key below `error.field`.
        problem: &'static str,
        /// The word or address that it is about; empty when it is about the whole.
        what: String,
        /// Where, from 1.
        line: usize,
    },
    /// It takes too long or becomes too large.
    #[error("the text becomes too long")]
    TooLarge,
}

/// A filled template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Subject, one line.
    pub subject: String,
    /// Text, with the addresses that `make_link` gave.
    pub text: String,
    /// Addresses that the template wants tracked, in order.
    pub links: Vec<String>,
}

/// Who writes, for `{{ sender.name }}`.
#[derive(Debug, Clone)]
pub struct SenderWords<'a> {
    /// Name of the mailbox's owner.
    pub name: &'a str,
    /// Our company.
    pub company: &'a str,
    /// Address of the booking page; empty when there is none.
    pub booking_url: &'a str,
    /// Language of the mail: how days are written.
    pub lang: Lang,
}

/// The family name with its tussenvoegsel, as it is written after a first name ("van der Meer").
pub fn last_name(person: &Recipient) -> Option<String> {
    let family = person.family_name.as_deref().filter(|n| !n.is_empty())?;
    Some(match person.infix.as_deref().filter(|n| !n.is_empty()) {
        Some(infix) => format!("{infix} {family}"),
        None => family.to_owned(),
    })
}

/// The full name, or nothing when no part is known.
pub fn full_name(person: &Recipient) -> Option<String> {
    let parts: Vec<String> = [person.given_name.clone().filter(|n| !n.is_empty()), last_name(person)]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Only what keeps the size of its input: a chain of replacements or a wide indent would not.
fn environment() -> Environment<'static> {
    use minijinja::{filters, tests};
    let mut env = Environment::empty();
    env.add_filter("capitalize", filters::capitalize);
    env.add_filter("default", filters::default);
    env.add_filter("first", filters::first);
    env.add_filter("last", filters::last);
    env.add_filter("length", filters::length);
    env.add_filter("lower", filters::lower);
    env.add_filter("title", filters::title);
    env.add_filter("trim", filters::trim);
    env.add_filter("upper", filters::upper);
    env.add_test("defined", tests::is_defined);
    env.add_test("endingwith", tests::is_endingwith);
    env.add_test("startingwith", tests::is_startingwith);
    env.add_test("undefined", tests::is_undefined);
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(40);
    // `{{ company.city | fallback("uw regio") }}`: for an unknown or empty value.
    env.add_filter("fallback", |value: minijinja::Value, other: String| -> String {
        let text = if value.is_undefined() || value.is_none() { String::new() } else { value.to_string() };
        if text.trim().is_empty() { other } else { text }
    });
    env
}

/// Fills subject and text for a person. `make_link` turns the n-th address of `{{ link("https://...") }}` into the
/// address that stands in the mail.
///
/// # Errors
/// See [`TemplateError`]; the text names the variable or the line.
pub fn fill(
    subject: &str,
    text: &str,
    person: &Recipient,
    sender: &SenderWords<'_>,
    make_link: impl Fn(usize) -> String + Send + Sync + 'static,
) -> Result<Filled, TemplateError> {
    if subject.len() + text.len() > TEMPLATE_BYTES_MAX {
        return Err(TemplateError::TooLarge);
    }
    must_be_plain(subject)?;
    must_be_plain(text)?;
    let links: Arc<Mutex<Vec<String>>> = Arc::default();
    let found = links.clone();
    let refused: Arc<Mutex<Option<(&'static str, String)>>> = Arc::default();
    let refuse = refused.clone();
    let mut env = environment();
    env.add_function("link", move |url: String| -> Result<String, minijinja::Error> {
        let allowed = url.starts_with("https://") || url.starts_with("http://");
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        let problem = if !allowed || url.contains(char::is_whitespace) || url.contains('@') {
            Some(("template_link", url.chars().take(80).collect()))
        } else if found.len() >= LINKS_MAX {
            Some(("template_links", LINKS_MAX.to_string()))
        } else {
            None
        };
        if let Some(problem) = problem {
            *refuse.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
            return Err(minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, "refused"));
        }
        found.push(url);
        Ok(make_link(found.len() - 1))
    });
    let known = words(person, sender);
    let render = |source: &str| -> Result<String, TemplateError> {
        let filled = env.render_str(source, &known).map_err(|error| {
            match refused.lock().unwrap_or_else(PoisonError::into_inner).take() {
                Some((problem, what)) => {
                    TemplateError::Wrong { problem, what, line: error.line().unwrap_or(1) }
                }
                None => explain(&error, source, &known),
            }
        })?;
        if filled.len() > TEXT_BYTES_MAX { Err(TemplateError::TooLarge) } else { Ok(filled) }
    };
    let subject = render(subject)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = render(text)?.replace("\r\n", "\n").trim().to_owned();
    let links = std::mem::take(&mut *links.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Filled { subject, text, links })
}

/// Refuses what a mail does not need before the engine reads it: it reads, compiles and drops by recursion, and a tag that
/// nests deeply enough would end the program, not the tag.
fn must_be_plain(source: &str) -> Result<(), TemplateError> {
    // How many branches each open condition has, and where it opens.
    let (mut at, mut open) = (0, Vec::<(usize, usize)>::new());
    let wrong = |problem: &'static str, what: &str, at: usize| TemplateError::Wrong {
        problem,
        what: what.to_owned(),
        line: source[..at].matches('\n').count() + 1,
    };
    while let Some(found) = source[at..].find('{') {
        at += found;
        let body = match source[at..].get(..2) {
            Some("{#") => {
                at = source[at..].find("#}").map_or(source.len(), |end| at + end + 2);
                continue;
            }
            Some("{{" | "{%") => tag_body(&source[at + 2..]),
            _ => {
                at += 1;
                continue;
            }
        };
        let Some(body) = body else { return Err(wrong("template_too_deep", "", at)) };
        let end = at + 2 + body.len();
        if source[at..].starts_with("{%") {
            let word = body.trim_start_matches(['-', '+']).trim_start();
            let word: String =
                word.chars().take_while(|c| c.is_alphanumeric() || *c == '_').take(40).collect();
            if !STATEMENTS.contains(&word.as_str()) {
                return Err(wrong("template_statement", &word, at));
            }
            match word.as_str() {
                "if" => open.push((1, at)),
                "endif" if open.pop().is_none() => return Err(wrong("template_stray", &word, at)),
                "elif" | "else" if open.is_empty() => return Err(wrong("template_stray", &word, at)),
                "elif" => open.iter_mut().next_back().into_iter().for_each(|one| one.0 += 1),
                _ => {}
            }
            if open.iter().map(|one| one.0).sum::<usize>() > BRANCHES_MAX {
                return Err(wrong("template_conditions", "", at));
            }
        }
        if end >= source.len() {
            return Err(wrong("template_unclosed_tag", source[at..].get(..2).unwrap_or_default(), at));
        }
        at = end;
    }
    match open.last() {
        Some((_, at)) => Err(wrong("template_unclosed_if", "", *at)),
        None => Ok(()),
    }
}

/// What stands between the braces of a tag; nothing when it is longer or deeper than a mail needs. Text in quotes may hold
/// braces; a tag without an end is judged up to the end of the template.
fn tag_body(rest: &str) -> Option<&str> {
    let (mut quote, mut is_escaped, mut depth) = (None, false, 0_usize);
    for (n, c) in rest.char_indices() {
        if n > TAG_BYTES_MAX {
            return None;
        }
        match (quote, c) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, '}' | '%') if rest[n + 1..].starts_with('}') => return Some(&rest[..n]),
            (None, _) => {}
        }
        if depth > BRACKETS_MAX {
            return None;
        }
    }
    Some(rest)
}

fn explain(error: &minijinja::Error, source: &str, known: &minijinja::Value) -> TemplateError {
    let line = error.line().unwrap_or(1);
    let problem = match error.kind() {
        minijinja::ErrorKind::UndefinedError => {
            return TemplateError::Missing {
                name: missing_name(source, line, known).unwrap_or_default(),
                line,
            };
        }
        minijinja::ErrorKind::OutOfFuel => return TemplateError::TooLarge,
        minijinja::ErrorKind::UnknownFilter
        | minijinja::ErrorKind::UnknownTest
        | minijinja::ErrorKind::UnknownFunction => "template_word",
        _ => "template_syntax",
    };
    // "filter foo is unknown": the word is what helps.
    let what = match problem {
        "template_word" => {
            error.detail().and_then(|detail| detail.split_whitespace().nth(1)).unwrap_or_default()
        }
        _ => "",
    };
    TemplateError::Wrong { problem, what: what.to_owned(), line }
}

/// Whether a template can be filled at all: tried on a person of whom everything is known. What is missing then is no
/// word of ours, and is missing for everybody.
///
/// # Errors
/// See [`TemplateError`].
pub fn check(subject: &str, text: &str) -> Result<(), TemplateError> {
    let known = || Some("x".to_owned());
    let line =
        || Some(SiteLine { text: "x".to_owned(), url: "x".to_owned(), read_at: Timestamp::UNIX_EPOCH });
    let person = Recipient {
        lead_id: LeadId(uuid::Uuid::nil()),
        contact_id: ContactId(uuid::Uuid::nil()),
        company_id: CompanyId(uuid::Uuid::nil()),
        given_name: known(),
        infix: known(),
        family_name: known(),
        email: known(),
        title: known(),
        time_zone: known(),
        company_name: "x".to_owned(),
        company_domain: known(),
        industry: known(),
        city: known(),
        country: known(),
        employees_n: Some(1),
        ground: None,
        site: SiteLines { news: line(), vacancy: line(), technologies: vec!["x".to_owned()] },
    };
    let sender = SenderWords { name: "x", company: "x", booking_url: "https://x.example", lang: Lang::En };
    fill(subject, text, &person, &sender, |_| String::new()).map(drop)
}

impl TemplateError {
    /// The sentence about it: a catalogue key below `error.field`, and its values.
    pub fn sentence(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            TemplateError::Missing { name, line } => {
                ("template_unknown", vec![("what", name.clone()), ("line", line.to_string())])
            }
            TemplateError::Wrong { problem, what, line } => {
                (problem, vec![("what", what.clone()), ("line", line.to_string())])
            }
            TemplateError::TooLarge => ("template_large", Vec::new()),
        }
    }
}

/// The first variable in a line without a value. The template engine names only the line; a tag may go on over several,
/// so the lines after it are looked at too.
fn missing_name(source: &str, line: usize, known: &minijinja::Value) -> Option<String> {
    let rest: Vec<&str> = source.lines().skip(line.saturating_sub(1)).collect();
    let rest = rest.join("\n");
    // What stands between braces: after an opening pair up to the closing one.
    let tags = rest.split("{{").skip(1).filter_map(|t| t.split_once("}}"));
    let blocks = rest.split("{%").skip(1).filter_map(|t| t.split_once("%}"));
    for (tag, _) in tags.chain(blocks) {
        let tag = without_strings(tag);
        let mut words = tag.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).peekable();
        while let Some(word) = words.next() {
            let is_path = word.contains('.') || known.get_attr(word).is_ok_and(|v| v.is_undefined());
            let has_fallback = words.clone().find(|w| !w.is_empty()) == Some("fallback");
            if is_path && is_variable(word) && !has_fallback && is_unknown(word, known) {
                return Some(word.to_owned());
            }
        }
    }
    None
}

/// A tag with what stands in quotes taken out.
fn without_strings(tag: &str) -> String {
    let mut quote = None;
    let is_outside = |c: &char| match quote {
        Some(open) => {
            quote = (*c != open).then_some(open);
            false
        }
        None => {
            quote = matches!(*c, '"' | '\'').then_some(*c);
            quote.is_none()
        }
    };
    tag.chars().filter(is_outside).collect()
}

/// Words that stand in tags and are no variables.
const TAG_WORDS: &[&str] = &[
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "in",
    "is",
    "not",
    "and",
    "or",
    "set",
    "defined",
    "undefined",
    "none",
    "true",
    "false",
    "link",
    "fallback",
    "default",
    "upper",
    "lower",
    "title",
    "trim",
];

fn is_variable(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_') && !TAG_WORDS.contains(&word)
}

fn is_unknown(path: &str, known: &minijinja::Value) -> bool {
    let mut value = known.clone();
    for part in path.split('.') {
        match value.get_attr(part) {
            Ok(next) if !next.is_undefined() => value = next,
            _ => return true,
        }
    }
    false
}

/// What a template may speak of. An unknown value is left out, so that using it without a fallback is an error.
fn words(person: &Recipient, sender: &SenderWords<'_>) -> minijinja::Value {
    let set = |value: Option<String>| match value.filter(|v| !v.trim().is_empty()) {
        Some(value) => minijinja::Value::from(value),
        None => minijinja::Value::UNDEFINED,
    };
    // A headline without its day and page would be a claim that nobody can check.
    let text = |line: &Option<SiteLine>| set(line.as_ref().map(|line| line.text.clone()));
    let page = |line: &Option<SiteLine>| set(line.as_ref().map(|line| line.url.clone()));
    let day = |line: &Option<SiteLine>| {
        let read_on = |line: &SiteLine| line.read_at.to_zoned_datetime(TimeZone::UTC).date();
        set(line.as_ref().map(|line| say_date(sender.lang, read_on(line))))
    };
    let site = &person.site;
    context! {
        contact => context! {
            first_name => set(person.given_name.clone()),
            last_name => set(last_name(person)),
            name => set(full_name(person)),
            title => set(person.title.clone()),
        },
        company => context! {
            name => set(Some(person.company_name.clone())),
            city => set(person.city.clone()),
            industry => set(person.industry.clone()),
            domain => set(person.company_domain.clone()),
            employees => set(person.employees_n.map(|n| n.to_string())),
            news => text(&site.news),
            news_page => page(&site.news),
            news_day => day(&site.news),
            vacancy => text(&site.vacancy),
            vacancy_page => page(&site.vacancy),
            vacancy_day => day(&site.vacancy),
            technologies => set(Some(site.technologies.join(", "))),
        },
        sender => context! {
            name => set(Some(sender.name.to_owned())),
            company => set(Some(sender.company.to_owned())),
            booking_url => set(Some(sender.booking_url.to_owned())),
        },
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn person() -> Recipient {
        Recipient {
            lead_id: LeadId(uuid::Uuid::nil()),
            contact_id: ContactId(uuid::Uuid::nil()),
            company_id: CompanyId(uuid::Uuid::nil()),
            given_name: Some("Eva".to_owned()),
            infix: Some("van der".to_owned()),
            family_name: Some("Meer".to_owned()),
            email: Some("eva@klant.example".to_owned()),
            title: None,
            time_zone: None,
            company_name: "Bakkerij Klant".to_owned(),
            company_domain: None,
            industry: None,
            city: Some("  ".to_owned()),
            country: Some("NL".to_owned()),
            employees_n: Some(12),
            ground: None,
            site: SiteLines::default(),
        }
    }

    const SENDER: SenderWords<'static> =
        SenderWords { name: "Jan de Boer", company: "Kiem Voorbeeld BV", booking_url: "", lang: Lang::Nl };

    fn text(template: &str) -> Result<String, TemplateError> {
        fill("s", template, &person(), &SENDER, |i| format!("https://go.example/{i}")).map(|f| f.text)
    }

    #[test]
    fn known_facts_are_filled_in_and_fallbacks_stand_for_unknown_ones() {
        assert_eq!(text("Dag {{ contact.name }}").unwrap(), "Dag Eva van der Meer");
        assert_eq!(text("in {{ company.city | fallback('uw regio') }}").unwrap(), "in uw regio");
        assert_eq!(text("{% if company.industry is defined %}x{% else %}y{% endif %}").unwrap(), "y");
        assert_eq!(text("{# {% for %} #}{{ '{% x %}' }}{{ \"}}\" }} {% x").unwrap_or_default(), "");
        assert_eq!(text("{# {% for %} #}{{ '{% x %}' }}{{ \"}}\" }} { x").unwrap(), "{% x %}}} { x");
    }

    #[test]
    fn what_is_wrong_with_a_template_is_told_with_its_line() {
        for (template, problem, what, line) in [
            ("a\n{% for x in y %}", "template_statement", "for", 2),
            ("a\n\n{% if contact.title %}x", "template_unclosed_if", "", 3),
            ("Dag {{ contact.name", "template_unclosed_tag", "{{", 1),
            ("x\n{% endif %}", "template_stray", "endif", 2),
            ("{% else %}", "template_stray", "else", 1),
            ("{{ contact.name | shout }}", "template_word", "shout", 1),
            ("{{ contact.name name }}", "template_syntax", "", 1),
            ("\n{{ link('www.x.example') }}", "template_link", "www.x.example", 2),
        ] {
            let wrong = TemplateError::Wrong { problem, what: what.to_owned(), line };
            assert_eq!(text(template), Err(wrong.clone()), "{template}");
            assert_eq!(check("s", template), Err(wrong), "{template}");
        }
        assert_eq!(
            check("s", "{{ contact.title }} {{ company.city }}"),
            Ok(()),
            "missing for some is no mistake"
        );
        let unknown = TemplateError::Missing { name: "contact.nickname".to_owned(), line: 1 };
        assert_eq!(check("s", "{{ contact.nickname }}"), Err(unknown), "unknown for everybody is one");
    }

    #[test]
    fn a_missing_value_without_fallback_is_an_error_and_never_a_gap() {
        for template in
            ["{{ company.city }}", "{{ contact.title }}", "{{ company.nonsense }}", "{{ nonsense }}"]
        {
            assert!(matches!(text(template), Err(TemplateError::Missing { .. })), "{template}");
        }
        assert!(matches!(text("{{ contact.name "), Err(TemplateError::Wrong { .. })));
    }

    #[test]
    fn a_missing_value_is_named_with_its_line() {
        for (template, name, line) in [
            ("{{ company.city }}", "company.city", 1),
            (
                "Dag {{ contact.first_name }},\n\nIn {{ company.city }} en {{ contact.title }}",
                "company.city",
                3,
            ),
            ("{{ contact.title | fallback('x') }} {{ company.industry }}", "company.industry", 1),
            ("{% if company.industry %}x{% endif %}", "company.industry", 1),
            ("{{ company.nonsense }}", "company.nonsense", 1),
            ("In het bedrijf {{ nonsense }}", "nonsense", 1),
        ] {
            let missing = TemplateError::Missing { name: name.to_owned(), line };
            assert_eq!(text(template), Err(missing), "{template}");
        }
    }

    #[test]
    fn what_their_website_said_comes_with_its_day_and_page_or_is_missing() {
        let template = "{{ company.news }} ({{ company.news_page }}, {{ company.news_day }}), {{ company.technologies }}";
        let missing = TemplateError::Missing { name: "company.news".to_owned(), line: 1 };
        assert_eq!(text(template), Err(missing), "a site that was not read says nothing");
        let mut person = person();
        person.site.technologies = vec!["Shopify".to_owned(), "jQuery".to_owned()];
        person.site.news = Some(SiteLine {
            text: "Nieuwe loods in Goes".to_owned(),
            url: "https://klant.example/nieuws".to_owned(),
            read_at: "2026-11-24T10:00:00Z".parse().unwrap(),
        });
        let filled = fill("s", template, &person, &SENDER, |_| String::new()).unwrap().text;
        assert_eq!(
            filled,
            "Nieuwe loods in Goes (https://klant.example/nieuws, 24-11-2026), Shopify, jQuery"
        );
        let vacancy = TemplateError::Missing { name: "company.vacancy_day".to_owned(), line: 1 };
        let filled = fill("s", "{{ company.vacancy_day }}", &person, &SENDER, |_| String::new());
        assert_eq!(filled, Err(vacancy));
    }

    #[test]
    fn lead_data_are_never_read_as_a_template() {
        let mut person = person();
        person.given_name = Some("{{ 7 * 7 }}".to_owned());
        let filled = fill("s", "Dag {{ contact.first_name }}", &person, &SENDER, |_| String::new()).unwrap();
        assert_eq!(filled.text, "Dag {{ 7 * 7 }}");
    }

    #[test]
    fn links_are_collected_in_order_and_only_web_addresses_pass() {
        let filled = fill(
            "s",
            "{{ link('https://a.example/cases/x') }} {{ link('https://b.example') }}",
            &person(),
            &SENDER,
            |i| format!("L{i}"),
        )
        .unwrap();
        assert_eq!(filled.text, "L0 L1");
        assert_eq!(filled.links, ["https://a.example/cases/x", "https://b.example"]);
        assert!(text("{{ link('javascript:alert(1)') }}").is_err());
        assert!(text("{{ link('https://u:p@x.example') }}").is_err());
    }

    #[test]
    fn hostile_templates_end_quickly() {
        let doubled = format!("{{% set x = 'aaaaaaaaaa' %}}{}{{{{ x }}}}", "{% set x = x ~ x %}".repeat(40));
        let nested =
            format!("{}{{{{ x }}}}{}", "{% with x = x ~ x %}".repeat(40), "{% endwith %}".repeat(40));
        let replaced = format!("{{{{ 'a'{} }}}}", "|replace('a', 'aaaaaaaaaa')".repeat(12));
        for template in [
            doubled.as_str(),
            nested.as_str(),
            replaced.as_str(),
            "{% for a in range(100000000) %}x{% endfor %}",
            "{%- for a in ['x', 'y'] %}{{ a }}{% endfor %}",
            "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
            "{%\ninclude 'etc' %}",
            "{{ 'x' * 100000000 }}",
            "{{ 'x'|indent(1000000000) }}",
            "{{ range(100000000)|length }}",
            &format!("{{{{ {}1{} }}}}", "(".repeat(5_000), ")".repeat(5_000)),
            &format!("{{{{ '}}}}' ~ {}1{} }}}}", "[".repeat(5_000), "]".repeat(5_000)),
            &format!("{{{{ {}x }}}}", "not ".repeat(5_000)),
            &format!("{{{{ {}1 }}}}", "-".repeat(5_000)),
            &format!("{{{{ contact.name{} }}}}", "|upper".repeat(5_000)),
            &format!("{{{{ 'a'{} }}}}", "~'a'".repeat(5_000)),
            &"{% if contact %}".repeat(2_000),
            &"{% if contact %}{% if contact %}{% endif %}".repeat(1_000),
            &format!("{{% if contact %}}{}x{{% endif %}}", "{% elif contact %}".repeat(1_000)),
        ] {
            assert!(text(template).is_err(), "{template}");
        }
    }

    #[test]
    fn a_subject_is_one_line() {
        let filled = fill("a\r\nBcc: x@y.example", "t", &person(), &SENDER, |_| String::new()).unwrap();
        assert_eq!(filled.subject, "a Bcc: x@y.example");
    }
}
