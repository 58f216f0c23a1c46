//! The page that a person takes home: for whom and by whom it was made, where the data came from, what the person may ask,
//! and then everything that is held, part by part. It needs nothing from elsewhere, and can be printed.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiem_domain::id::{CampaignId, CompanyId};
use kiem_store::account::Workspace;
use kiem_store::person_data::{Held, Known};
use kiem_store::{Tx, campaign, company};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::export::{escaped, table_name};
use super::person_words::Teller;
use super::register;
use crate::engine::Result;
use crate::engine::settings::Settings;
use crate::messages::{Lang, say, say_date};

/// Columns that say which company a record belongs to.
const COMPANIES: &[&str] = &["company_id", "kept_company_id"];

/// Tables that hold what the person told us by writing, asking or booking.
const FROM_THEMSELVES: &[&str] = &["inbound", "booking", "quote_request", "privacy_request"];

/// What data are for, and the tables that show that it was done with this person's.
const PURPOSES: &[(&str, &[&str])] = &[
    ("approach", &["contact", "lead", "message"]),
    ("sell", &["prospect", "prospect_contact", "opportunity", "quote", "booking", "note"]),
    ("visits", &["web_session", "page_view"]),
    ("rights", &["privacy_request"]),
];

/// Wide enough to read, one column on a telephone, and no record broken over two sheets where it fits on one.
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:46rem;margin:2rem auto;\
padding:0 1rem}h1{font-size:1.7rem;line-height:1.2;margin:0 0 1rem}\
h2{font-size:1.2rem;line-height:1.3;margin:2.5rem 0 .5rem}p{margin:.5rem 0}\
dl{display:grid;grid-template-columns:minmax(9rem,14rem) 1fr;gap:.15rem 1.25rem;border-top:1px solid #ccc;\
margin:0;padding:.75rem 0}dl.head{background:#f4f4f2;border:0;padding:.75rem 1rem}dt{color:#595959}\
dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}ul{margin:.5rem 0;padding-left:1.25rem}a{color:#1a4f8a}\
@media(max-width:34rem){body{margin:1rem auto}dl{display:block}dd{margin:0 0 .5rem}}\
@media print{body{font-size:11pt;margin:0;max-width:none}h2,dt{break-after:avoid}dl{break-inside:avoid}a{color:inherit}}";

/// Reads what the words of a page need beside the records: names of companies and campaigns, currencies of quotes.
///
/// # Errors
/// When the database fails.
pub(super) async fn teller(tx: &mut Tx, held: &[Held], workspace: &Workspace, lang: Lang) -> Result<Teller> {
    let ids = |columns: &[&str]| -> BTreeSet<Uuid> {
        let rows = held.iter().flat_map(|one| &one.rows);
        rows.flat_map(|row| columns.iter().filter_map(|column| row.get(*column)?.as_str()?.parse().ok()))
            .collect()
    };
    let mut names = HashMap::new();
    let companies: Vec<CompanyId> = ids(COMPANIES).into_iter().map(CompanyId).collect();
    for one in company::by_ids(tx, &companies).await? {
        names.insert(one.id.to_string(), one.name);
    }
    for id in ids(&["campaign_id"]) {
        if let Some(found) = campaign::find(tx, CampaignId(id)).await? {
            names.insert(id.to_string(), found.name);
        }
    }
    let quotes = held.iter().filter(|one| one.table == "quote").flat_map(|one| &one.rows);
    let currencies =
        quotes.filter_map(|quote| Some((text(quote, "id")?, text(quote, "currency")?))).collect();
    // A zone that this machine does not know is no reason to refuse somebody their data.
    let zone = TimeZone::get(&workspace.time_zone).unwrap_or(TimeZone::UTC);
    Ok(Teller { lang, zone, names, currencies })
}

fn text(row: &Map<String, Json>, column: &str) -> Option<String> {
    row.get(column)?.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// What the page is made of.
pub(super) struct Page<'a> {
    pub(super) held: &'a [Held],
    pub(super) known: Known<'a>,
    pub(super) settings: &'a Settings,
    pub(super) workspace: &'a str,
    /// Hosts that get data.
    pub(super) recipients: &'a BTreeSet<String>,
    pub(super) now: Timestamp,
    pub(super) teller: &'a Teller,
}

impl Page<'_> {
    /// The page, whole.
    pub(super) fn html(&self) -> String {
        let lang = self.teller.lang;
        let title = escaped(&say(lang, "held.title", &[]));
        let day = say_date(lang, self.now.to_zoned_datetime(self.teller.zone.clone()).date());
        let mut page = format!(
            "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
             <style>{STYLE}</style></head><body><h1>{title}</h1>"
        );
        record(&mut page, " class=\"head\"", &self.head(&day));
        if self.held.is_empty() {
            paragraph(&mut page, &say(lang, "held.nothing", &[]));
        } else {
            paragraph(&mut page, &say(lang, "held.about", &[("date", day)]));
            paragraph(&mut page, &self.say("data"));
            self.sources(&mut page);
            self.purposes(&mut page);
            self.recipients(&mut page);
        }
        self.rights(&mut page);
        if !self.held.is_empty() {
            self.parts(&mut page);
            for one in self.held {
                self.part(&mut page, one);
            }
        }
        page.push_str("</body></html>");
        page
    }

    fn say(&self, key: &str) -> String {
        say(self.teller.lang, &format!("held.page.{key}"), &[])
    }

    /// For whom, by whom and when.
    fn head(&self, day: &str) -> Vec<(String, String)> {
        let who: Vec<&str> = [self.known.full_name, self.known.email].into_iter().flatten().collect();
        let company = self.settings.sender_company.trim();
        let by =
            [if company.is_empty() { self.workspace } else { company }, self.settings.postal_address.trim()];
        let by: Vec<&str> = by.into_iter().filter(|line| !line.is_empty()).collect();
        let zone = self.teller.zone.iana_name().unwrap_or("UTC");
        vec![
            (self.say("for"), who.join("\n")),
            (self.say("by"), by.join("\n")),
            (self.say("made_on"), day.to_owned()),
            (self.say("times"), zone.to_owned()),
        ]
    }

    fn rows(&self, table: &str) -> impl Iterator<Item = &Map<String, Json>> {
        self.held.iter().filter(move |one| one.table == table).flat_map(|one| &one.rows)
    }

    /// Where the data came from, each source once.
    fn sources(&self, page: &mut String) {
        let lang = self.teller.lang;
        let mut lines = Vec::new();
        for ground in self.rows("ground") {
            let day = text(ground, "obtained_on").and_then(|day| day.parse::<Date>().ok());
            let day = day.map(|day| format!(" ({})", say_date(lang, day))).unwrap_or_default();
            lines.extend(text(ground, "source").map(|source| format!("{source}{day}")));
        }
        // A ground says it with its day; the record itself is asked where there is none.
        if lines.is_empty() {
            lines.extend(self.rows("contact").filter_map(|person| text(person, "source")));
        }
        for fact in self.rows("website_fact") {
            lines.extend(text(fact, "url").map(|url| say(lang, "website.source", &[("url", url)])));
        }
        if self.rows("register_reading").next().is_some() {
            lines.push(say(lang, "kvk.source", &[]));
        }
        if FROM_THEMSELVES.iter().any(|table| self.rows(table).next().is_some()) {
            lines.push(self.say("yourself"));
        }
        let mut seen = BTreeSet::new();
        lines.retain(|line| seen.insert(line.clone()));
        if !lines.is_empty() {
            heading(page, "", &self.say("sources"));
            list(page, lines.iter().map(String::as_str));
        }
    }

    /// What the data are for, by which right and for how long (article 15(1)(a) and (d)), and what a program reckons from them
    /// (h).
    fn purposes(&self, page: &mut String) {
        let lang = self.teller.lang;
        heading(page, "", &self.say("purposes"));
        let declared: BTreeSet<String> =
            self.rows("ground").filter_map(|ground| text(ground, "basis")).collect();
        let declared: Vec<String> = declared.into_iter().collect();
        for (name, tables) in PURPOSES {
            if tables.iter().any(|table| self.rows(table).next().is_some()) {
                record(page, "", &register::purpose(self.settings, name, &declared, lang));
            }
        }
        paragraph(page, &self.say("reckoned"));
    }

    /// Who else gets the data (article 15(1)(c)).
    fn recipients(&self, page: &mut String) {
        heading(page, "", &self.say("recipients"));
        paragraph(
            page,
            &self.say(if self.recipients.is_empty() { "no_recipients" } else { "recipients_about" }),
        );
        list(page, self.recipients.iter().map(String::as_str));
    }

    fn rights(&self, page: &mut String) {
        heading(page, "", &self.say("rights_title"));
        paragraph(page, &self.say("rights"));
        let url = self.settings.privacy_url.trim();
        if !url.is_empty() {
            paragraph(page, &say(self.teller.lang, "draft.privacy", &[("url", url.to_owned())]));
        }
    }

    /// What the parts are, with how many records each has.
    fn parts(&self, page: &mut String) {
        heading(page, "", &self.say("parts"));
        page.push_str("<ul>");
        for one in self.held {
            let name = escaped(&table_name(one.table, self.teller.lang));
            page.push_str(&format!("<li><a href=\"#{}\">{name}</a> ({})</li>", one.table, one.rows.len()));
        }
        page.push_str("</ul>");
    }

    fn part(&self, page: &mut String, one: &Held) {
        heading(page, &format!(" id=\"{}\"", one.table), &table_name(one.table, self.teller.lang));
        let mut n_told = 0;
        for row in &one.rows {
            let lines = self.teller.lines(one.table, row);
            if !lines.is_empty() {
                record(page, "", &lines);
                n_told += 1;
            }
        }
        if n_told < one.rows.len() {
            let n = (one.rows.len() - n_told).to_string();
            paragraph(page, &say(self.teller.lang, "held.page.only_data", &[("n", n)]));
        }
    }
}

fn heading(page: &mut String, attributes: &str, text: &str) {
    page.push_str(&format!("<h2{attributes}>{}</h2>", escaped(text)));
}

fn list<'a>(page: &mut String, lines: impl Iterator<Item = &'a str>) {
    let items: String = lines.map(|line| format!("<li>{}</li>", escaped(line))).collect();
    if !items.is_empty() {
        page.push_str(&format!("<ul>{items}</ul>"));
    }
}

fn paragraph(page: &mut String, text: &str) {
    page.push_str(&format!("<p>{}</p>", escaped(text)));
}

fn record(page: &mut String, attributes: &str, lines: &[(String, String)]) {
    page.push_str(&format!("<dl{attributes}>"));
    for (label, words) in lines {
        page.push_str(&format!("<dt>{}</dt><dd>{}</dd>", escaped(label), escaped(words)));
    }
    page.push_str("</dl>");
}
