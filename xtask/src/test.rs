//! `cargo xtask test`: everything that must hold, in the order in which failing early saves most time.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::checkout::{Checkout, Profile};
use crate::postgres::Cluster;
use crate::setup::Purpose;
use crate::steps::Steps;
use crate::{openapi, process, setup, tidy, web};

/// What the user asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options<'a> {
    is_fast: bool,
    filter: Option<&'a str>,
}

/// Runs the steps and prints the summary. The exit code says whether all passed.
///
/// # Errors
/// When the arguments are not understood.
pub fn run(checkout: &Checkout, arguments: &[&str]) -> Result<ExitCode> {
    let options = options(arguments)?;
    let checkout = if std::env::var_os("CI").is_some() { &checkout.without_colours() } else { checkout };
    let mut steps = Steps::default();
    let has_page_steps = options.filter.is_none() && !options.is_fast;
    steps.step("setup", || setup::prepare(Purpose::Test));
    if options.filter.is_none() {
        rules(checkout, &mut steps);
    }
    if has_page_steps {
        page(checkout, &mut steps);
    }
    rust(checkout, &options, &mut steps);
    if has_page_steps {
        browser(checkout, &mut steps);
    }
    Ok(steps.finish())
}

fn options<'a>(arguments: &[&'a str]) -> Result<Options<'a>> {
    let mut options = Options { is_fast: false, filter: None };
    for argument in arguments {
        match *argument {
            "--fast" => options.is_fast = true,
            unknown if unknown.starts_with('-') => bail!("'{unknown}' is no option of `cargo xtask test`"),
            filter if options.filter.is_none() => options.filter = Some(filter),
            second => bail!("only one filter is possible; '{second}' is a second one"),
        }
    }
    Ok(options)
}

fn rules(checkout: &Checkout, steps: &mut Steps) {
    steps.step("tidy", || tidy::run(checkout));
    steps.step("format", || process::run(&mut checkout.cargo(["fmt", "--all", "--check"])));
    steps.step("clippy", || {
        let lint = ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"];
        process::run(&mut checkout.cargo(lint))
    });
}

const NO_PAGE: &str = "web/ does not exist";

fn page(checkout: &Checkout, steps: &mut Steps) {
    if checkout.has("web/package.json") {
        steps.step("page: packages", || web::install(checkout));
        steps.step("page: types", || process::run(&mut checkout.npm(["run", "--silent", "typecheck"])));
        steps.step("page: unit tests", || process::run(&mut checkout.npm(["run", "--silent", "test"])));
        steps.step("page: build", || web::build(checkout, false));
    } else {
        steps.skip("page", NO_PAGE);
    }
    if checkout.has("crates/kiem/src/api") {
        steps.step("openapi", || openapi::check(checkout));
    } else {
        steps.skip("openapi", "crates/kiem/src/api does not exist");
    }
}

/// The Rust tests, with a PostgreSQL of our own unless the user brings one. Also when it should be fast: starting one
/// takes half a second, and what holds on one database only does not hold.
fn rust(checkout: &Checkout, options: &Options<'_>, steps: &mut Steps) {
    let mut url = std::env::var("KIEM_TEST_PG_URL").ok().filter(|url| !url.is_empty());
    let mut cluster = None;
    if url.is_none() {
        steps.step("postgres", || {
            let started = cluster.insert(Cluster::start()?);
            println!("{}", started.url());
            Ok(())
        });
        url = cluster.as_ref().map(Cluster::url);
    }
    let run = |arguments: &[&str]| {
        let mut command = checkout.cargo(arguments.iter().copied());
        command.envs(url.iter().map(|url| ("KIEM_TEST_PG_URL", url)));
        if options.is_fast {
            // Tests that take long look at this, and say that they were left out.
            command.env("KIEM_TEST_FAST", "1");
        }
        process::run(command.args(options.filter))
    };
    steps.step("rust tests", || match process::find("cargo-nextest") {
        Some(_) => run(&["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]),
        None => run(&["test", "--workspace", "--locked", "--no-fail-fast", "--lib", "--bins", "--tests"]),
    });
    if options.filter.is_none() {
        steps.step("rust examples in the documentation", || {
            run(&["test", "--workspace", "--locked", "--doc"])
        });
    }
}

fn browser(checkout: &Checkout, steps: &mut Steps) {
    const NAME: &str = "browser";
    if !checkout.has("web/package.json") {
        return steps.skip(NAME, NO_PAGE);
    }
    if !checkout.has("web/e2e") {
        return steps.skip(NAME, "web/e2e does not exist");
    }
    steps.step("build", || checkout.build_kiem(Profile::Dev).map(drop));
    let run = |script: &str| {
        let chromium = setup::chromium().context("Chromium is not installed; run `cargo xtask setup`")?;
        let mut command = checkout.npm(["run", "--silent", script]);
        process::run(command.env("KIEM_BIN", checkout.kiem(Profile::Dev)).env("KIEM_CHROMIUM", chromium))
    };
    steps.step(NAME, || run("e2e"));
    steps.step("browser: the program", || run("story"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_understood_or_refused() {
        for (arguments, expected) in [
            (vec![], Some(Options { is_fast: false, filter: None })),
            (vec!["--fast"], Some(Options { is_fast: true, filter: None })),
            (vec!["promotion", "--fast"], Some(Options { is_fast: true, filter: Some("promotion") })),
            (vec!["--quick"], None),
            (vec!["one", "two"], None),
        ] {
            assert_eq!(options(&arguments).ok(), expected, "{arguments:?}");
        }
    }
}
