//! The `kiem` program.

use clap::Parser;

fn main() -> std::process::ExitCode {
    kiem::cli::run(kiem::cli::Cli::parse())
}
