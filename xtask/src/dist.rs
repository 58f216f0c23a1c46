//! `cargo xtask dist`: the one binary that users get, tried before anybody else tries it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::checkout::{Checkout, Profile};
use crate::setup::{self, Purpose};
use crate::{process, web};

const START_MAX: Duration = Duration::from_secs(30);
const STOP_MAX: Duration = Duration::from_secs(15);

/// Builds the page and the release binary, starts it on an empty folder, and prints its size and SHA-256.
///
/// # Errors
/// When a build fails or the binary does not do what a user does first.
pub fn run(checkout: &Checkout) -> Result<()> {
    setup::prepare(Purpose::Build)?;
    web::build(checkout, false)?;
    let program = checkout.build_kiem(Profile::Release)?;
    let folder = std::env::temp_dir().join(format!("kiem-dist-{}", std::process::id()));
    std::fs::create_dir(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let result = smoke(&program, &folder);
    std::fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    result?;
    let megabytes = std::fs::metadata(&program)?.len() as f64 / 1e6;
    let sum = process::output(Command::new("sha256sum").arg(&program))?;
    println!(
        "{}\n{megabytes:.1} MB\nSHA-256 {}",
        program.display(),
        sum.split_whitespace().next().unwrap_or_default()
    );
    Ok(())
}

/// First start with nothing there: it listens, says that it is well, shows the page, and stops when asked.
fn smoke(program: &Path, folder: &PathBuf) -> Result<()> {
    let port = process::free_port()?;
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KIEM_")) {
        command.env_remove(name);
    }
    command.arg("serve").env("KIEM_DATA_DIR", folder.join("data"));
    command.env("KIEM_LISTEN", format!("127.0.0.1:{port}"));
    let started = Instant::now();
    let mut child = command.spawn().context("the binary cannot be started")?;
    let result = visit(&mut child, port, started);
    let stopped = stop(&mut child);
    result.and(stopped)
}

fn visit(child: &mut Child, port: u16, started: Instant) -> Result<()> {
    let health = loop {
        match get(port, "/healthz") {
            Ok(answer) => break answer,
            Err(error) => {
                if let Some(status) = child.try_wait()? {
                    bail!("the binary ended at its start ({status})");
                }
                ensure!(started.elapsed() < START_MAX, "the binary does not listen: {error:#}");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    };
    let milliseconds = started.elapsed().as_millis();
    ensure!(is_ok(&health), "GET /healthz answers {}", first_line(&health));
    let page = get(port, "/")?;
    ensure!(
        is_ok(&page) && page.contains("<script"),
        "GET / does not answer with the page: {}",
        first_line(&page)
    );
    println!("smoke test passed; first answer after {milliseconds} ms");
    Ok(())
}

/// The whole answer, head and body.
fn get(port: u16, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    ensure!(!answer.is_empty(), "GET {path} has an empty answer");
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn first_line(answer: &str) -> &str {
    answer.lines().next().unwrap_or_default()
}

fn is_ok(answer: &str) -> bool {
    first_line(answer).split(' ').nth(1) == Some("200")
}

/// Asks the program to stop, by its id, and sees to it that it does.
fn stop(child: &mut Child) -> Result<()> {
    if let Some(status) = child.try_wait()? {
        bail!("the binary ended on its own ({status})");
    }
    process::output(Command::new("sh").args(["-c", "kill -TERM \"$1\"", "stop", &child.id().to_string()]))?;
    let asked = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "the binary stopped with {status}");
            return Ok(());
        }
        if asked.elapsed() > STOP_MAX {
            child.kill()?;
            child.wait()?;
            bail!("the binary did not stop within {} s", STOP_MAX.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(script: &str) -> Child {
        Command::new("sh").args(["-c", script]).spawn().expect("sh starts")
    }

    #[test]
    fn a_program_that_stops_badly_is_noticed() {
        let error = stop(&mut child("trap 'exit 3' TERM; while :; do sleep 0.01; done"));
        // The signal may come before the shell has set its trap; both ends are bad ends.
        let text = error.expect_err("it does not end well").to_string();
        assert!(text.starts_with("the binary stopped with"), "{text}");
        let mut gone = child("exit 0");
        gone.wait().expect("it ends");
        assert!(stop(&mut gone).expect_err("it is gone").to_string().contains("on its own"));
    }

    #[test]
    fn answers_are_judged_by_their_first_line() {
        assert!(is_ok("HTTP/1.1 200 OK\r\n\r\nok"));
        assert!(!is_ok("HTTP/1.1 503 Service Unavailable\r\n\r\n200"));
        assert!(!is_ok(""));
    }
}
