//! Commands. Each subcommand is one file; this one only lists them.

mod plan;
mod rules;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError, DEFAULT_TOML};

/// Kiem: from the complete audience to deals.
#[derive(Debug, Parser)]
#[command(name = "kiem", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// Configuration file; `kiem config` prints one with all defaults.
    #[arg(long, global = true, env = "KIEM_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the program: web page, API and background work.
    Serve,
    /// Do only background work (sending, receiving, jobs); as many processes as you like on one PostgreSQL.
    Work,
    /// Bring the database up to date and stop.
    Migrate,
    /// Print the configuration with all its defaults, commented.
    Config,
    /// Print the OpenAPI document.
    Openapi,
    /// Calculate from a revenue goal back to customers, prospects, leads and mails.
    Plan(plan::PlanCommand),
    /// Try the promotion rules on scenario files.
    Rules(rules::Rules),
}

impl Cli {
    fn settings(&self) -> Result<Config, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        Config::load(self.config.as_deref(), |name| std::env::var(name).ok())
    }
}

/// Runs the command line and returns the exit code of the program.
pub fn run(cli: Cli) -> ExitCode {
    let result = match &cli.command {
        Command::Serve => serve::serve(&cli),
        Command::Work => serve::work(&cli),
        Command::Migrate => serve::migrate(&cli),
        Command::Config => {
            print!("{DEFAULT_TOML}");
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi => print_openapi(),
        Command::Plan(command) => plan::run(command),
        Command::Rules(rules) => rules::run(rules),
    };
    result.unwrap_or_else(|error| {
        eprintln!("kiem: {error:#}");
        ExitCode::FAILURE
    })
}

fn print_openapi() -> anyhow::Result<ExitCode> {
    println!("{}", crate::api::openapi().to_pretty_json()?);
    Ok(ExitCode::SUCCESS)
}
