//! The project's automation: `cargo xtask <command>`. What a person types, CI types too.
//!
//! Only the standard library, `anyhow` and `serde_json`: it must compile in seconds on a machine that has nothing yet.

#![expect(
    clippy::disallowed_methods,
    reason = "automation finds its tools and folders through the environment"
)]

mod bench;
mod checkout;
mod demo;
mod dist;
mod openapi;
mod postgres;
mod process;
mod setup;
mod steps;
mod test;
mod tidy;
mod web;

use std::process::ExitCode;

use anyhow::{Result, bail};

use checkout::Checkout;

const USAGE: &str = "\
Usage: cargo xtask <command>

  setup                    check the tools, install what is missing, install the page's packages
  demo [--debug] [args]    build everything and start the demo; args go to `kiem demo`
  test [--fast] [filter]   everything that must hold; --fast leaves out the page, the browser and the tests that
                           take long (mail servers, crashes); a filter runs only the Rust tests
                           whose name contains it
  ci                       the same as test, without colours
  tidy                     the house rules that a program can check
  web [--force]            build the page into web/dist, when its sources changed
  openapi [--check]        write docs/openapi.json and the page's types, or fail when they differ
  bench [name] [args]      list the benchmarks, or run one
  postgres                 a throw-away PostgreSQL for your own test runs, until Ctrl-C
  dist                     build the release binary, try it, print its size and SHA-256

Build output goes to CARGO_TARGET_DIR, or else to kiem/target in the user's cache folder.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let checkout = Checkout::find()?;
    checkout.claim_target()?;
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["setup"] => setup::run(&checkout)?,
        ["demo", rest @ ..] => demo::run(&checkout, rest)?,
        ["test", rest @ ..] => return test::run(&checkout, rest),
        ["ci"] => return test::run(&checkout.without_colours(), &[]),
        ["tidy"] => tidy::run(&checkout)?,
        ["web"] => web::build(&checkout, false)?,
        ["web", "--force"] => web::build(&checkout, true)?,
        ["openapi"] => openapi::write_all(&checkout)?,
        ["openapi", "--check"] => openapi::check(&checkout)?,
        ["bench"] => bench::list(&checkout)?,
        ["bench", name, rest @ ..] => bench::run(&checkout, name, rest)?,
        ["postgres"] => postgres::serve()?,
        ["dist"] => dist::run(&checkout)?,
        [] | ["help" | "--help" | "-h", ..] => println!("{USAGE}"),
        _ => bail!("'cargo xtask {}' is not a command\n\n{USAGE}", words.join(" ")),
    }
    Ok(ExitCode::SUCCESS)
}
