//! The page: its packages, its types, its build.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::checkout::{Checkout, hash, write};
use crate::process;

/// Whether the page is there at all; a checkout of the program alone can still be built.
pub fn exists(checkout: &Checkout) -> bool {
    checkout.has("web/package.json")
}

/// Runs `npm ci` when the lock file is not the one that was installed last.
///
/// # Errors
/// When npm fails.
pub fn install(checkout: &Checkout) -> Result<()> {
    if !exists(checkout) {
        return Ok(());
    }
    let lock = std::fs::read(checkout.web().join("package-lock.json"))
        .context("web/package-lock.json is missing")?;
    let wanted = format!("{:016x}", hash(&lock));
    // Inside node_modules, so that it goes when the packages go.
    let stamp = checkout.web().join("node_modules/.kiem-stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    process::run(&mut checkout.npm(["ci", "--no-audit", "--no-fund"]))?;
    write(&stamp, wanted)
}

/// Builds the page into `web/dist`, unless neither its sources nor its output changed since the last build.
///
/// # Errors
/// When there is no page, or npm or node fails.
pub fn build(checkout: &Checkout, force: bool) -> Result<()> {
    if !exists(checkout) {
        bail!("web/package.json does not exist, so there is no page to build");
    }
    let stamp = checkout.stamp("web");
    let state =
        || -> Result<String> { Ok(format!("{:016x} {:016x}", sources(checkout)?, output(checkout)?)) };
    if !force && std::fs::read_to_string(&stamp).is_ok_and(|found| state().is_ok_and(|now| now == found)) {
        println!("web/dist is up to date");
        return Ok(());
    }
    install(checkout)?;
    if checkout.has("docs/openapi.json") {
        process::run(&mut checkout.npm(["run", "--silent", "api"]))?;
    }
    process::run(&mut checkout.npm(["run", "--silent", "build"]))?;
    process::run(checkout.command("node").args(["xtask/src/compress.mjs", "web/dist"]))?;
    write(&stamp, state()?)
}

/// A number for everything that the build reads.
fn sources(checkout: &Checkout) -> Result<u64> {
    let mut command = Command::new("git");
    command.current_dir(&checkout.root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let listing = process::output(command.args(["web", "docs/openapi.json", ":!web/e2e", ":!web/story"]))?;
    let paths = listing.split('\0').filter(|path| !path.is_empty()).map(|path| checkout.root.join(path));
    contents(paths.filter(|path| path.is_file()).collect())
}

/// A number for what the build wrote, so that a damaged or foreign `web/dist` is built anew.
fn output(checkout: &Checkout) -> Result<u64> {
    let mut paths = Vec::new();
    let mut folders = vec![checkout.web().join("dist")];
    while let Some(folder) = folders.pop() {
        for entry in
            std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    contents(paths)
}

fn contents(mut paths: Vec<PathBuf>) -> Result<u64> {
    paths.sort();
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let parts: Vec<(PathBuf, u64)> =
        paths.into_iter().map(|path| Ok((path.clone(), hash(&read(&path)?)))).collect::<Result<_>>()?;
    Ok(hash(&parts))
}
