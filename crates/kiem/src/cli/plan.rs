//! `kiem plan`: from the revenue goal back to mails, without a database. The same calculation as the page.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::Args;
use jiff::tz::TimeZone;
use kiem_domain::planner::{Counts, Lags, Plan, PlanInput, Rate, Ratio};
use serde_json::{Value, json};

use crate::engine::planning::definition::{MAILS_PER_LEAD_MILLI, OPPORTUNITY_SHARE_MILLIONTHS, calculate};
use crate::engine::{Clock, EngineError};
use crate::messages::{Lang, say};

/// `kiem plan ...`.
#[derive(Debug, Args)]
pub struct PlanCommand {
    /// Revenue goal of the year in euros.
    #[arg(long)]
    goal: String,
    /// What an average deal brings, in euros.
    #[arg(long)]
    deal: String,
    /// Which part of the prospects becomes a customer: 0.20 or 20%.
    #[arg(long)]
    prospect_to_customer: Ratio,
    /// Which part of the approached leads becomes a prospect: 0.03 or 3%.
    #[arg(long)]
    lead_to_prospect: Ratio,
    /// Which part of the prospects becomes an opportunity on the way; half of them when it is not given.
    #[arg(long)]
    opportunity_share: Option<Ratio>,
    /// Mails that one lead gets on average.
    #[arg(long, default_value = "2.5")]
    mails_per_lead: String,
    /// The year; this year when it is not given.
    #[arg(long)]
    year: Option<i16>,
    /// First month that has to bring revenue.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(i8).range(1..=12))]
    first_month: i8,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Language of the table: nl or en.
    #[arg(long, env = "LANG", hide_env_values = true, default_value = "en")]
    lang: String,
}

/// Runs the command.
///
/// # Errors
/// When the numbers make no plan, in a sentence that says which and why.
pub fn run(command: &PlanCommand) -> anyhow::Result<ExitCode> {
    let lang = if command.lang.to_ascii_lowercase().starts_with("nl") { Lang::Nl } else { Lang::En };
    let (input, share) = input(command)?;
    let plan = calculate(input).map_err(|error| sentence(&error, lang))?;
    let mut out = std::io::stdout().lock();
    if command.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&as_json(&plan, command, share))?)?;
    } else {
        out.write_all(as_table(&plan, lang).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn sentence(error: &EngineError, lang: Lang) -> anyhow::Error {
    match error {
        EngineError::Invalid(fields) => {
            let words: Vec<String> = fields
                .iter()
                .map(|f| format!("{}: {}", f.field, say(lang, &format!("error.field.{}", f.code), &f.params)))
                .collect();
            anyhow!(words.join(" "))
        }
        other => anyhow!("{other}"),
    }
}

fn input(command: &PlanCommand) -> anyhow::Result<(PlanInput, Ratio)> {
    let won = command.prospect_to_customer;
    let usual = Ratio::from_millionths(OPPORTUNITY_SHARE_MILLIONTHS).unwrap_or(Ratio::ONE);
    // More customers than opportunities cannot be: without a share of their own, all prospects then become one.
    let share =
        command.opportunity_share.unwrap_or(if won.divided_by(usual).is_some() { usual } else { Ratio::ONE });
    let Some(of_opportunities) = won.divided_by(share) else {
        bail!(
            "--opportunity-share must not be below --prospect-to-customer: every customer was an opportunity first"
        );
    };
    let this_year = || Clock::System.now().to_zoned_datetime(TimeZone::UTC).year();
    let mails = decimal(&command.mails_per_lead, 3).filter(|n| *n > 0).and_then(|n| u32::try_from(n).ok());
    Ok((
        PlanInput {
            year: command.year.unwrap_or_else(this_year),
            first_month: command.first_month,
            goal_cents: euros("--goal", &command.goal)?,
            deal_cents: euros("--deal", &command.deal)?,
            opportunity_customer: Rate::Typed(of_opportunities),
            prospect_opportunity: Rate::Typed(share),
            lead_prospect: Rate::Typed(command.lead_to_prospect),
            mails_per_lead_milli: mails.ok_or_else(|| {
                anyhow!(
                    "--mails-per-lead must be a number above 0, such as {}",
                    MAILS_PER_LEAD_MILLI as f64 / 1000.0
                )
            })?,
            lags: Lags::default(),
        },
        share,
    ))
}

fn euros(name: &str, text: &str) -> anyhow::Result<i64> {
    let cents = decimal(text, 2).and_then(|n| i64::try_from(n).ok()).filter(|n| *n > 0);
    cents.ok_or_else(|| {
        anyhow!("{name} must be an amount in euros above 0, such as 12000 or 12000.50; got '{text}'")
    })
}

/// A decimal number as a whole one of so many decimals: `2.5` with 3 is 2500. None for what is no number, and for
/// more decimals than that, because leaving them out would change it.
fn decimal(text: &str, decimals: usize) -> Option<u64> {
    let (whole, part) = text.trim().split_once(['.', ',']).unwrap_or((text.trim(), ""));
    let digits = !whole.is_empty() && whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit());
    if !digits || part.len() > decimals {
        return None;
    }
    format!("{whole}{part:0<decimals$}").parse().ok()
}

fn counts_json(counts: &Counts, into: &mut Value) {
    into["customers"] = counts.customers.into();
    into["opportunities"] = counts.opportunities.into();
    into["prospects"] = counts.prospects.into();
    into["leads"] = counts.leads.into();
    into["mails"] = counts.mails.into();
}

fn as_json(plan: &Plan, command: &PlanCommand, share: Ratio) -> Value {
    let months = plan.months.iter().map(|month| {
        let mut one = json!({
            "month": format!("{:04}-{:02}", month.year, month.month),
            "revenue_cents": month.revenue_cents,
            "working_days": month.working_days,
            "mails_per_working_day": per_day(month.counts.mails, month.working_days),
            "overdue_leads": month.overdue.leads,
            "overdue_prospects": month.overdue.prospects,
        });
        counts_json(&month.counts, &mut one);
        one
    });
    let quarters = plan.quarters.iter().map(|quarter| {
        let mut one = json!({
            "quarter": format!("{:04}-Q{}", quarter.year, quarter.quarter),
            "revenue_cents": quarter.revenue_cents,
            "working_days": quarter.working_days,
        });
        counts_json(&quarter.counts, &mut one);
        one
    });
    let input = &plan.input;
    json!({
        "customers": plan.customers,
        "opportunities": plan.opportunities.p50,
        "prospects": plan.prospects.p50,
        "leads": plan.leads.p50,
        "mails": plan.mails.p50,
        "mails_per_working_day": per_day(plan.mails.p50, plan.working_days),
        "months": months.collect::<Vec<_>>(),
        "quarters": quarters.collect::<Vec<_>>(),
        "assumptions": {
            "year": input.year,
            "first_month": input.first_month,
            "goal_cents": input.goal_cents,
            "deal_cents": input.deal_cents,
            "prospect_to_customer": command.prospect_to_customer.value(),
            "prospect_to_opportunity": share.value(),
            "opportunity_to_customer": input.opportunity_customer.mean(),
            "lead_to_prospect": command.lead_to_prospect.value(),
            "mails_per_lead": f64::from(input.mails_per_lead_milli) / 1000.0,
            "lead_to_prospect_days": input.lags.lead_prospect_days,
            "prospect_to_opportunity_days": input.lags.prospect_opportunity_days,
            "opportunity_to_customer_days": input.lags.opportunity_customer_days,
            "working_days": plan.working_days,
        },
    })
}

fn per_day(mails: u64, days: u32) -> u64 {
    mails.div_ceil(u64::from(days.max(1)))
}

fn as_table(plan: &Plan, lang: Lang) -> String {
    let word = |key: &str| say(lang, &format!("plan.{key}"), &[]);
    let n = |n: u64| grouped(n, lang);
    let mut text = String::new();
    let goal = n(plan.input.goal_cents.unsigned_abs() / 100);
    let deal = n(plan.input.deal_cents.unsigned_abs() / 100);
    let params = [("year", plan.input.year.to_string()), ("goal", goal), ("deal", deal)];
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}\n", say(lang, "plan.head", &params));
    let total = [
        ("customers", plan.customers),
        ("opportunities", plan.opportunities.p50),
        ("prospects", plan.prospects.p50),
        ("leads", plan.leads.p50),
        ("mails", plan.mails.p50),
        ("mails_per_day", per_day(plan.mails.p50, plan.working_days)),
    ];
    for (key, count) in total {
        let _ = writeln!(text, "{:<28}{:>10}", word(key), n(count));
    }
    let columns = ["customers", "opportunities", "prospects", "leads", "mails"].map(word);
    let _ = write!(text, "\n{:<10}", word("month"));
    for column in &columns {
        let _ = write!(text, "{column:>15}");
    }
    text.push('\n');
    let row = |text: &mut String, name: String, c: &Counts| {
        let _ = write!(text, "{name:<10}");
        for count in [c.customers, c.opportunities, c.prospects, c.leads, c.mails] {
            let _ = write!(text, "{:>15}", n(count));
        }
        text.push('\n');
    };
    for month in &plan.months {
        row(&mut text, format!("{:04}-{:02}", month.year, month.month), &month.counts);
    }
    text.push('\n');
    for quarter in &plan.quarters {
        row(&mut text, format!("{:04} Q{}", quarter.year, quarter.quarter), &quarter.counts);
    }
    let overdue = plan.months.first().map_or(0, |m| m.overdue.leads);
    if overdue > 0 {
        let _ = writeln!(text, "\n{}", say(lang, "plan.overdue", &[("leads", n(overdue))]));
    }
    text
}

/// 4,167 in English, 4.167 in Dutch.
fn grouped(n: u64, lang: Lang) -> String {
    let mark = if lang == Lang::Nl { '.' } else { ',' };
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        assert_eq!(euros("--goal", "300000").unwrap(), 30_000_000);
        assert_eq!(euros("--goal", "0,29").unwrap(), 29);
        assert_eq!(decimal("2.5", 3), Some(2500));
        for text in ["", "0", "-1", "1.234", "1e5", "12.000,50", "99999999999999999999"] {
            assert!(euros("--goal", text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_written_as_people_there_do() {
        assert_eq!(grouped(4_167, Lang::En), "4,167");
        assert_eq!(grouped(1_234_567, Lang::Nl), "1.234.567");
        assert_eq!(grouped(125, Lang::Nl), "125");
    }
}
