//! One definition of the API: the code. `docs/openapi.json` and the page's types are made from it and committed, so
//! that a change of the API is seen in review.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::checkout::{Checkout, Profile, write};
use crate::{process, web};

const DOCUMENT: &str = "docs/openapi.json";
const TYPES: &str = "web/src/api/schema.d.ts";

/// Writes the document and the types.
///
/// # Errors
/// When the program cannot be built or npm fails.
pub fn write_all(checkout: &Checkout) -> Result<()> {
    write(&checkout.root.join(DOCUMENT), document(checkout)?)?;
    println!("wrote {DOCUMENT}");
    if web::exists(checkout) {
        types(checkout)?;
        println!("wrote {TYPES}");
    }
    Ok(())
}

/// Fails when what is committed is not what the code says. Changes nothing.
///
/// # Errors
/// When they differ, or the program cannot be built, or npm fails.
pub fn check(checkout: &Checkout) -> Result<()> {
    let document = document(checkout)?;
    if read(&checkout.root.join(DOCUMENT)).ok() != Some(document) {
        bail!("{DOCUMENT} is not what the code says; run `cargo xtask openapi` and commit the result");
    }
    if web::exists(checkout) {
        let path = checkout.root.join(TYPES);
        let before = read(&path)?;
        let made = types(checkout).and_then(|()| read(&path));
        if made.as_ref().ok() != Some(&before) {
            write(&path, &before)?;
            made?;
            bail!("{TYPES} is not made from {DOCUMENT}; run `cargo xtask openapi` and commit the result");
        }
    }
    Ok(())
}

fn document(checkout: &Checkout) -> Result<String> {
    let program = checkout.build_kiem(Profile::Dev)?;
    let text = process::output(checkout.command(program).arg("openapi"))?;
    Ok(format!("{}\n", text.trim_end()))
}

fn types(checkout: &Checkout) -> Result<()> {
    web::install(checkout)?;
    process::run(&mut checkout.npm(["run", "--silent", "api"]))
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
