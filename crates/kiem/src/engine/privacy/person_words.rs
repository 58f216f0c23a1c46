//! How a record is told to the person whom it is about: each column under a plain label, each value in words, nothing of the
//! program's own. What is left out here stands in the data for programs, which is complete.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiem_domain::money::{Currency, format_amount, format_bp, format_milli};
use kiem_store::person_data;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::export::table_name;
use crate::messages::{Lang, has, say, say_date};

/// Columns that say nothing to a person, as `column` of any table or as `table.column`: ids of other records, and what the
/// program keeps for itself.
pub const LEFT_OUT: &[&str] = &[
    "actor_id",
    "contact_id",
    "endpoint_id",
    "enrolment_id",
    "entry_link_id",
    "event_id",
    "external_id",
    "external_key",
    "first_contact_id",
    "ground_id",
    "id",
    "import_id",
    "in_reply_to",
    "inbound_id",
    "kept_contact_id",
    "lead_id",
    "link_id",
    "lost_company_id",
    "lost_contact_id",
    "mailbox_id",
    "merge_id",
    "message_header_id",
    "message_id",
    "open_company_id",
    "opportunity_id",
    "page_id",
    "prospect_id",
    "quote_id",
    "reference_ids",
    "replaces_uid",
    "second_contact_id",
    "session_id",
    "site_id",
    "source_id",
    "step_id",
    "subject_id",
    "subject_kind",
    "uid",
    "web_session_id",
    "attempt",
    "auth",
    "centibits",
    "committed_at",
    "config_version",
    // Said with each amount.
    "currency",
    "revenue_currency",
    "cycle",
    "engagement.rule",
    "engagement.source",
    // Whoever was erased is not told anything any more.
    "erased_at",
    "event.source",
    // The explanation says it in words.
    "evidence",
    "fit_reasons",
    "finding.reasons",
    "flags",
    "ics_sequence",
    "last_error",
    "last_status",
    "match_level",
    "model_digest",
    "n_companies",
    "n_done",
    "n_people",
    "n_stopped",
    "needs_look",
    "next_action_kind",
    "pdf",
    "people_apart_n",
    "people_joined_n",
    "place",
    "position",
    // The mail as it was sent or came: its text and subject are told.
    "raw",
    "resolved_by",
    "restore",
    "retry_at",
    "row_number",
    "seq",
    "trusted_events_n",
    "undo_report",
    "version",
];

/// Columns that hold somebody of our own side. Who it was is theirs: that it was a person, and no program, is told.
const OUR_PEOPLE: &[&str] = &[
    "approved_by",
    "assignee_id",
    "created_by",
    "decided_by",
    "done_by",
    "found_by",
    "handled_by",
    "host_user_id",
    "merged_by",
    "owner_id",
    "recorded_by",
    "refused_by",
    "undone_by",
    "user_id",
];

/// Where catalogues of other pages have the words for codes already.
const CODES: &[(&str, &str, &str)] = &[
    ("ground", "basis", "register.basis"),
    ("import_error", "code", "import.error"),
    ("lead", "state", "list.state"),
    ("list_view", "list", "list.sheet"),
    ("website_fact", "kind", "website.fact"),
    ("website_reading", "outcome", "website.refused"),
    ("notification", "kind", "held.value.event.kind"),
    ("webhook_delivery", "kind", "held.value.event.kind"),
    ("", "reason", "stop_reason"),
    ("", "reason", "block"),
    ("", "problem", "block"),
    // Parts of what was written down as an object.
    ("engagement", "kind", "held.value.page_kind"),
    ("event", "value", "held.value.lead_override.value"),
    ("", "by", "held.value.label_by"),
    ("", "from", "held.value.step"),
    ("", "from_state", "held.value.prospect.state"),
    ("", "status", "held.value.booking.state"),
    ("", "suppressed_by", "stop_reason"),
    ("", "to", "held.value.step"),
    ("", "was", "stop_reason"),
];

/// Labels of other pages that say the same.
const LABELS: &[&str] = &["list.heading", "quote_document"];

/// Columns in the order of reading; the others follow by name, and when something happened stands last.
const FIRST: &[&str] = &[
    "number",
    "kind",
    "given_name",
    "infix",
    "family_name",
    "name",
    "recipient_name",
    "recipient",
    "from_name",
    "from_address",
    "guest_name",
    "guest_email",
    "title",
    "description",
    "company_id",
    "company_name",
    "email",
    "email_origin",
    "phone",
    "website",
    "street",
    "house_number",
    "postcode",
    "city",
    "region",
    "country",
    "basis",
    "source",
    "source_detail",
    "subject",
    "text",
    "body",
    "state",
    "step",
    "value",
    "reason",
    "outcome",
    "outcome_reason",
    "starts_at",
    "ends_at",
    "host_user_id",
    "quantity_milli",
    "unit_price_cents",
    "discount_bp",
    "vat_bp",
    "net_cents",
    "vat_cents",
    "gross_cents",
    "valid_until",
];

/// Levels of objects in objects that are read.
const DEPTH_MAX: usize = 6;

/// Whether a column is left out of the page.
pub fn is_left_out(table: &str, column: &str) -> bool {
    LEFT_OUT.iter().any(|entry| match entry.split_once('.') {
        Some((of, name)) => of == table && name == column,
        None => *entry == column,
    })
}

/// The label of a column, when it has one.
pub fn column_label(table: &str, column: &str, lang: Lang) -> Option<String> {
    let own = [format!("held.column_in.{table}.{column}"), format!("held.column.{column}")];
    let others = LABELS.iter().map(|page| format!("{page}.{column}"));
    own.into_iter().chain(others).find(|key| has(lang, key)).map(|key| say(lang, &key, &[]))
}

/// Whether a table has a name in words.
pub fn has_table_name(table: &str, lang: Lang) -> bool {
    has(lang, &format!("held.{table}")) || has(lang, &format!("held.table.{table}"))
}

/// Tells records of one workspace.
pub(super) struct Teller {
    pub(super) lang: Lang,
    pub(super) zone: TimeZone,
    /// Names of companies and campaigns that records belong to, by the id as it stands in a record.
    pub(super) names: HashMap<String, String>,
    /// Currencies of quotes, by the id likewise.
    pub(super) currencies: HashMap<String, String>,
}

impl Teller {
    /// A record as lines of label and words, in the order of reading, without what is empty or left out.
    pub(super) fn lines(&self, table: &str, row: &Map<String, Json>) -> Vec<(String, String)> {
        let mut columns: Vec<&String> = row.keys().filter(|column| !is_left_out(table, column)).collect();
        columns.sort_by_cached_key(|column| {
            let place = place(column);
            let when = row.get(*column).and_then(Json::as_str).filter(|_| place.1).unwrap_or_default();
            (place, when.to_owned(), (*column).clone())
        });
        columns
            .into_iter()
            .filter(|column| !self.is_of_another_language(column))
            .filter_map(|column| {
                let words = self.words(table, column, row)?;
                Some((column_label(table, column, self.lang)?, words))
            })
            .collect()
    }

    /// What stands there in two languages is told in one.
    fn is_of_another_language(&self, column: &str) -> bool {
        let lang = column.rsplit_once('_').and_then(|(_, end)| end.parse::<Lang>().ok());
        lang.is_some_and(|lang| lang != self.lang)
    }

    /// What a column says, or nothing when there is nothing to say.
    fn words(&self, table: &str, column: &str, row: &Map<String, Json>) -> Option<String> {
        let value = row.get(column)?;
        if OUR_PEOPLE.contains(&column) {
            return (!value.is_null()).then(|| self.say("colleague"));
        }
        match value {
            Json::Number(number) => self.number(column, number.as_i64()?, row),
            other => self.told(table, column, other, 0),
        }
    }

    fn number(&self, column: &str, n: i64, row: &Map<String, Json>) -> Option<String> {
        let kind = column.rsplit_once('_').map_or(column, |(_, kind)| kind);
        Some(match kind {
            // Instants come as microseconds.
            "at" | "until" | "since" => self.moment(Timestamp::from_microsecond(n).ok()?),
            "cents" => self.amount(column, n, row),
            "bp" => format_bp(n, self.lang),
            "permille" => format_bp(n.checked_mul(10)?, self.lang),
            "percent" => format!("{n}%"),
            // Thousandths: of a piece, of a second.
            "milli" | "ms" => format_milli(n, self.lang),
            // SQLite has no type of its own for truth.
            _ if is_truth(column) => self.truth(n != 0),
            // Below zero it is not known.
            "score" if n < 0 => return None,
            _ => n.to_string(),
        })
    }

    fn amount(&self, column: &str, cents: i64, row: &Map<String, Json>) -> String {
        let code = if column == "revenue_cents" { "revenue_currency" } else { "currency" };
        let code = row.get(code).and_then(Json::as_str).unwrap_or_default();
        // A line has the currency of its quote.
        let of_quote = || row.get("quote_id").and_then(Json::as_str).and_then(|id| self.currencies.get(id));
        let code = if code.is_empty() { of_quote().map_or("", String::as_str) } else { code };
        match code.parse::<Currency>() {
            Ok(currency) => format_amount(cents, currency, self.lang),
            // A list may name any; the number is written as in every other.
            Err(_) => format!(
                "{code} {}",
                format_amount(cents, Currency::Eur, self.lang).replace(['€', '\u{a0}'], "")
            )
            .trim()
            .to_owned(),
        }
    }

    fn told(&self, table: &str, column: &str, value: &Json, depth: usize) -> Option<String> {
        match value {
            Json::String(text) => self.text(table, column, text),
            Json::Bool(is) => Some(self.truth(*is)),
            Json::Number(number) => Some(number.to_string()),
            Json::Array(all) if depth < DEPTH_MAX => {
                let parts: Vec<String> =
                    all.iter().filter_map(|one| self.told(table, column, one, depth + 1)).collect();
                let gap = if all.iter().any(|one| one.is_object() || one.is_array()) { "\n\n" } else { ", " };
                (!parts.is_empty()).then(|| parts.join(gap))
            }
            Json::Object(parts) if depth < DEPTH_MAX => {
                let mut parts: Vec<(&String, &Json)> = parts.iter().collect();
                parts.sort_by_key(|(key, _)| (place(key), *key));
                let lines: Vec<String> =
                    parts.iter().filter_map(|(key, one)| self.part(table, key, one, depth + 1)).collect();
                (!lines.is_empty()).then(|| lines.join("\n"))
            }
            _ => None,
        }
    }

    /// One part of what was written down as an object. Words without a label are told without one: they may be about the
    /// person, and the name of the part is the program's own.
    fn part(&self, table: &str, key: &str, value: &Json, depth: usize) -> Option<String> {
        if is_left_out(table, key) || !person_data::is_told(key) || self.is_of_another_language(key) {
            return None;
        }
        let inside = format!("held.inside.{key}");
        let label = if has(self.lang, &inside) {
            Some(say(self.lang, &inside, &[]))
        } else {
            column_label(table, key, self.lang)
        };
        let parts = value.as_object().or_else(|| value.as_array().and_then(|all| all.first()?.as_object()));
        match (label, value) {
            (None, Json::String(text)) if is_code(text) => None,
            (None, Json::Number(_) | Json::Bool(_)) => None,
            (None, _) => self.told(table, key, value, depth),
            (Some(label), _) if OUR_PEOPLE.contains(&key) => {
                Some(format!("{label}: {}", self.say("colleague")))
            }
            (Some(label), Json::Number(number)) => {
                let none = Map::new();
                Some(format!("{label}: {}", self.number(key, number.as_i64()?, &none)?))
            }
            (Some(label), _) => {
                let gap = if parts.is_some() { "\n" } else { " " };
                Some(format!("{label}:{gap}{}", self.told(table, key, value, depth)?))
            }
        }
    }

    fn text(&self, table: &str, column: &str, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if Uuid::try_parse(text).is_ok() {
            return self.names.get(text).cloned();
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(self.moment(at));
        }
        if let Ok(day) = text.parse::<Date>()
            && text.len() == "2026-11-24".len()
        {
            return Some(say_date(self.lang, day));
        }
        if column == "fields" {
            return Some(self.fields(table, text));
        }
        Some(self.code(table, column, text).unwrap_or_else(|| text.to_owned()))
    }

    /// Names of columns, in words.
    fn fields(&self, table: &str, names: &str) -> String {
        let names = names.split([',', ' ', '\n']).filter_map(|name| column_label(table, name, self.lang));
        names.collect::<Vec<_>>().join(", ")
    }

    /// The words for a code, where a catalogue has them.
    fn code(&self, table: &str, column: &str, text: &str) -> Option<String> {
        if !is_code(text) {
            return None;
        }
        // What a merge did to a table.
        if matches!(column, "moved" | "removed" | "changed" | "added") {
            return Some(table_name(text, self.lang));
        }
        let known = CODES.iter().filter(|(of, name, _)| *name == column && (of.is_empty() || *of == table));
        let known = known.map(|(_, _, page)| (*page).to_owned());
        let own = [format!("held.value.{table}.{column}"), format!("held.value.{column}")];
        let key = own.into_iter().chain(known).map(|page| format!("{page}.{text}"));
        key.into_iter().find(|key| has(self.lang, key)).map(|key| say(self.lang, &key, &[]))
    }

    fn moment(&self, at: Timestamp) -> String {
        let local = at.to_zoned_datetime(self.zone.clone());
        format!("{} {}", say_date(self.lang, local.date()), local.strftime("%H:%M"))
    }

    fn truth(&self, is: bool) -> String {
        say(self.lang, if is { "list.yes" } else { "list.no" }, &[])
    }

    fn say(&self, key: &str) -> String {
        say(self.lang, &format!("held.page.{key}"), &[])
    }
}

/// Whether a column says yes or no.
fn is_truth(column: &str) -> bool {
    column.starts_with("is_") || matches!(column, "consented" | "ignores_suppression")
}

/// Whether a text looks like a name that the program gave to something, or an id.
fn is_code(text: &str) -> bool {
    let mark = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    text.len() <= 40 && text.bytes().all(mark)
}

/// Where a column stands, and whether it is one of the moments at the end, which stand in the order of time.
fn place(column: &str) -> (usize, bool) {
    let first = FIRST.iter().position(|name| *name == column).unwrap_or(FIRST.len());
    let is_moment = column == "at" || column.ends_with("_at") || column.ends_with("_on");
    (first, first == FIRST.len() && is_moment)
}
