//! `kiem doctor`: looks at everything that a running installation needs, and says what to do.

use std::path::Path;
use std::process::Command;

use kiem_domain::id::WorkspaceId;
use kiem_store::job::{self, Job};
use kiem_store::{account, backup, mailbox};

use super::backup as backup_engine;
use super::send::journal::Journal;
use super::{Engine, Result};
use crate::messages::{Lang, say};

/// Free space below which a disk is said to be nearly full, kilobytes.
const FREE_KILOBYTES_MIN: u64 = 1_000_000;
/// Jobs that were given up, named at most for each workspace.
const DEAD_JOBS_SHOWN: i64 = 20;
/// A moment before this program existed: a clock that says so is wrong. Seconds since 1970.
const EARLIEST_SECONDS: i64 = 1_767_225_600;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is well.
    pub is_well: bool,
    /// Key of its sentence below `doctor` in the catalogues.
    key: &'static str,
    params: Vec<(&'static str, String)>,
}

impl Finding {
    /// What was found, and what to do when it is not well.
    pub fn sentence(&self, lang: Lang) -> String {
        let reason = |(name, value): &(&'static str, String)| {
            let value = if value.is_empty() { say(lang, "doctor.no_reason", &[]) } else { value.clone() };
            (*name, value)
        };
        let params: Vec<(&str, String)> = self.params.iter().map(reason).collect();
        say(lang, &format!("doctor.{}", self.key), &params)
    }
}

fn well<const N: usize>(key: &'static str, params: [(&'static str, String); N]) -> Finding {
    Finding { is_well: true, key, params: params.into() }
}

fn ill<const N: usize>(key: &'static str, params: [(&'static str, String); N]) -> Finding {
    Finding { is_well: false, key, params: params.into() }
}

impl Engine {
    /// Looks at everything. The engine is open, so key file, database and migrations were found usable before.
    ///
    /// # Errors
    /// Only when the database fails while it is being asked.
    pub async fn examine(&self) -> Result<Vec<Finding>> {
        let config = self.config();
        let problems = backup::problems(self.store()).await?.join("; ");
        let mut findings = vec![if problems.is_empty() {
            well("database_whole", [])
        } else {
            ill("database_damaged", [("problem", problems)])
        }];
        findings.push(key_file(&config.key_file()));
        let journal = config.journal_file();
        findings.push(match Journal::open(&journal) {
            Ok(_) => well("journal_writable", []),
            Err(e) => {
                ill("journal_closed", [("path", journal.display().to_string()), ("problem", e.to_string())])
            }
        });
        findings.push(disk_space(&config.data_dir));
        let now = self.now();
        let clock = [("now", now.strftime("%Y-%m-%d %H:%M").to_string())];
        findings.push(if now.as_second() < EARLIEST_SECONDS {
            ill("clock_wrong", clock)
        } else {
            well("clock", clock)
        });
        findings.push(public_address(&config.public_url));
        let workspaces = account::all_workspaces(&mut self.store().global_read().await?).await?;
        if workspaces.is_empty() {
            findings.push(ill("no_workspace", []));
        }
        for workspace in workspaces {
            self.examine_workspace(workspace, &mut findings).await?;
        }
        Ok(findings)
    }

    async fn examine_workspace(&self, id: WorkspaceId, findings: &mut Vec<Finding>) -> Result<()> {
        let (workspace, settings) = self.workspace(id).await?;
        let name = || ("workspace", workspace.name.clone());
        if jiff::tz::TimeZone::get(&workspace.time_zone).is_err() {
            findings.push(ill("time_zone", [name(), ("zone", workspace.time_zone.clone())]));
        }
        match workspace.sending_paused_reason.as_deref() {
            None => {}
            Some(backup_engine::RESTORED) => findings.push(ill("sending_restored", [name()])),
            Some(reason) => findings.push(ill("sending_paused", [name(), ("reason", reason.to_owned())])),
        }
        if settings.sender_company.is_empty() || settings.postal_address.is_empty() {
            findings.push(ill("no_sender", [name()]));
        }
        findings.push(match self.broken_audit_row(id).await? {
            None => well("trail_whole", [name()]),
            Some(seq) => ill("trail_broken", [name(), ("line", seq.to_string())]),
        });
        let mut tx = self.store().read(id).await?;
        let mailboxes = mailbox::all(&mut tx).await?;
        let dead = job::dead(&mut tx, DEAD_JOBS_SHOWN).await?;
        drop(tx);
        findings.extend(dead.iter().map(|job| given_up(&workspace.name, job)));
        if mailboxes.is_empty() {
            findings.push(ill("no_mailbox", [name()]));
        }
        for mailbox in mailboxes {
            let address = ("address", mailbox.address.clone());
            findings.push(match (mailbox.state.as_str(), &mailbox.state_reason) {
                ("failing", reason) => {
                    let problem = reason.clone().unwrap_or_default();
                    ill("mailbox_failing", [name(), address, ("problem", problem)])
                }
                ("paused", _) => well("mailbox_paused", [name(), address]),
                _ => well("mailbox_sends", [name(), address]),
            });
            findings.extend(reading(&workspace.name, &mailbox));
        }
        Ok(())
    }
}

/// Whether replies are read, and all of them.
fn reading(workspace: &str, mailbox: &mailbox::Mailbox) -> Option<Finding> {
    let (name, address) = (("workspace", workspace.to_owned()), ("address", mailbox.address.clone()));
    if let Some(problem) = &mailbox.imap_problem {
        return Some(ill("mailbox_unread", [name, address, ("problem", problem.clone())]));
    }
    let (n_server, n_seen) = mailbox.imap_n_server.zip(mailbox.imap_n_seen)?;
    Some(if n_seen < n_server {
        let (k, n) = (("k", (n_server - n_seen).to_string()), ("n", n_server.to_string()));
        ill("mailbox_behind", [name, address, k, n])
    } else {
        well("mailbox_read", [name, address])
    })
}

/// Work that was tried as often as it may be.
fn given_up(workspace: &str, job: &Job) -> Finding {
    ill(
        "work_given_up",
        [
            ("workspace", workspace.to_owned()),
            ("work", job.kind.clone()),
            ("problem", job.last_error.clone().unwrap_or_default()),
            ("n", job.attempt.to_string()),
        ],
    )
}

fn key_file(path: &Path) -> Finding {
    let place = ("path", path.display().to_string());
    match std::fs::metadata(path) {
        Err(e) => ill("key_missing", [place, ("problem", e.to_string())]),
        Ok(metadata) => {
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                if metadata.permissions().mode() & 0o077 != 0 {
                    return ill("key_open", [place]);
                }
            }
            let _ = metadata;
            well("key_safe", [])
        }
    }
}

/// Asks `df`, which every POSIX system has.
fn disk_space(folder: &Path) -> Finding {
    let free = Command::new("df").arg("-Pk").arg(folder).output().ok().and_then(|output| {
        let text = String::from_utf8(output.stdout).ok()?;
        text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    let place = ("path", folder.display().to_string());
    match free {
        None => ill("disk_unknown", [place]),
        Some(kilobytes) if kilobytes < FREE_KILOBYTES_MIN => {
            ill("disk_full", [place, ("n", (kilobytes / 1000).to_string())])
        }
        Some(kilobytes) => well("disk", [("n", (kilobytes / 1_000_000).to_string())]),
    }
}

fn public_address(url: &str) -> Finding {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let is_local = host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
    let address = [("url", url.to_owned())];
    if url.starts_with("https://") || is_local {
        well("address", address)
    } else {
        ill("address_open", address)
    }
}
