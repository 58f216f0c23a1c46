//! Commands. Each subcommand is one file; this one only lists them.

mod completeness;
mod dedupe;
mod demo;
mod import;
mod intent;
mod keep;
mod plan;
mod rules;
mod serve;
mod titles;
mod user;
mod website;
mod words;

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
    /// Folder for the database, the key file, the send journal and backups.
    #[arg(long, global = true)]
    data_dir: Option<PathBuf>,
    /// `sqlite:PATH` or `postgres://...`.
    #[arg(long, global = true)]
    database_url: Option<String>,
    /// Address to listen on, such as 127.0.0.1:8400.
    #[arg(long, global = true)]
    listen: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the program: web page, API and background work.
    Serve,
    /// Try Kiem: a practice workspace with six weeks of history, on this machine only.
    Demo(demo::DemoArgs),
    /// Do only background work (sending, receiving, jobs); as many processes as you like on one PostgreSQL.
    Work,
    /// Bring the database up to date and stop.
    Migrate,
    /// Write a backup to a file while Kiem may go on working.
    Backup {
        /// File that does not exist yet.
        file: PathBuf,
    },
    /// Bring a backup back into an empty place. Nothing is sent until an owner releases it.
    Restore {
        /// File that `kiem backup` wrote.
        file: PathBuf,
    },
    /// Look at everything that Kiem needs, and say what to do.
    Doctor,
    /// Add people, set passwords, list people.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Bring a list in, or see what would become of it: CSV, Excel or OpenDocument.
    Import(import::Import),
    /// How much of the market the audience is: load the open data of the company register.
    #[command(subcommand)]
    Completeness(completeness::CompletenessCommand),
    /// Print the configuration with all its defaults, commented.
    Config,
    /// Print the OpenAPI document.
    Openapi,
    /// Find the records of a file that are one company.
    Dedupe(dedupe::DedupeArgs),
    /// Calculate from a revenue goal back to customers, prospects, leads and mails.
    Plan(plan::PlanCommand),
    /// Try the promotion rules on scenario files.
    Rules(rules::Rules),
    /// What replies want: test the recognition on a file, or train it again.
    Intent(intent::Intent),
    /// What job titles say: seniority, department, part in buying.
    Titles(titles::Titles),
    /// What a company's own website tells about it.
    #[command(subcommand)]
    Website(website::WebsiteCommand),
}

impl Cli {
    fn settings(&self) -> Result<Config, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let variable = |name: &str| std::env::var(name).ok();
        let data_dir = self.data_dir.as_ref().map(|path| path.display().to_string());
        let flags: Vec<(&str, &str)> = [
            ("data_dir", data_dir.as_deref()),
            ("database_url", self.database_url.as_deref()),
            ("listen", self.listen.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
        Config::load_with_flags(self.config.as_deref(), variable, &flags)
    }
}

/// Runs the command line and returns the exit code of the program.
pub fn run(cli: Cli) -> ExitCode {
    let result = match &cli.command {
        Command::Serve => serve::serve(&cli),
        Command::Demo(args) => demo::run(&cli, args),
        Command::Work => serve::work(&cli),
        Command::Migrate => serve::migrate(&cli),
        Command::Backup { file } => keep::back_up(&cli, file),
        Command::Restore { file } => keep::restore(&cli, file),
        Command::Doctor => keep::doctor(&cli),
        Command::User(command) => user::user(&cli, command),
        Command::Import(import) => import::run(&cli, import),
        Command::Completeness(command) => completeness::run(&cli, command),
        Command::Config => {
            print!("{DEFAULT_TOML}");
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi => print_openapi(),
        Command::Dedupe(args) => dedupe::run(args),
        Command::Plan(command) => plan::run(command),
        Command::Rules(rules) => rules::run(rules),
        Command::Intent(intent) => intent::run(intent),
        Command::Titles(titles) => titles::run(titles),
        Command::Website(command) => website::run(&cli, command),
    };
    result.unwrap_or_else(|error| {
        // Who reads only the first lines (`kiem plan ... | head`) has what they wanted.
        if error.chain().any(is_broken_pipe) {
            return ExitCode::SUCCESS;
        }
        eprintln!("kiem: {}", words::sentence(&error));
        ExitCode::FAILURE
    })
}

fn is_broken_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}

/// An error of the engine as a sentence with what to do.
fn said(error: &crate::engine::EngineError) -> anyhow::Error {
    let problem = crate::api::problem::describe(error, words::lang());
    let mut text = format!("{}. {}", problem.title, problem.detail);
    for field in problem.errors {
        text.push_str(&format!(" {}: {}", field.field, field.detail));
    }
    anyhow::anyhow!(text)
}

fn print_openapi() -> anyhow::Result<ExitCode> {
    println!("{}", crate::api::openapi().to_pretty_json()?);
    Ok(ExitCode::SUCCESS)
}
