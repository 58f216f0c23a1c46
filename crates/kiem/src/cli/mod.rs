//! Commands. Each subcommand is one file; this one only lists them.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Kiem: from the complete audience to deals.
#[derive(Debug, Parser)]
#[command(name = "kiem", version, about, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {}

/// Runs the command line and returns the exit code of the program.
pub fn run(cli: Cli) -> ExitCode {
    match cli.command {}
}
