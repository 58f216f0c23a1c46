//! The `kiem` program.

use clap::Parser;

/// Rows travel between threads: what one makes another frees, at which the system's allocator is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    kiem::cli::run(kiem::cli::Cli::parse())
}
