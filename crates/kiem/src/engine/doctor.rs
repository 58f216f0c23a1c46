//! `kiem doctor`: looks at everything that a running installation needs, and says what to do.

use std::path::Path;
use std::process::Command;

use kiem_domain::id::WorkspaceId;
use kiem_store::job::{self, Job};
use kiem_store::{account, backup, mailbox};

use super::send::journal::Journal;
use super::{Engine, Result};

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
    /// What was found, and what to do when it is not well.
    pub sentence: String,
}

fn well(sentence: impl Into<String>) -> Finding {
    Finding { is_well: true, sentence: sentence.into() }
}

fn ill(sentence: impl Into<String>) -> Finding {
    Finding { is_well: false, sentence: sentence.into() }
}

impl Engine {
    /// Looks at everything. The engine is open, so key file, database and migrations were found usable before.
    ///
    /// # Errors
    /// Only when the database fails while it is being asked.
    pub async fn examine(&self) -> Result<Vec<Finding>> {
        let config = self.config();
        let mut findings = vec![match backup::problems(self.store()).await? {
            none if none.is_empty() => well("The database is whole and up to date."),
            problems => ill(format!(
                "The database is damaged ({}). Stop Kiem and restore the last backup with `kiem restore`.",
                problems.join("; ")
            )),
        }];
        findings.push(key_file(&config.key_file()));
        findings.push(match Journal::open(&config.journal_file()) {
            Ok(_) => well("The send journal can be written."),
            Err(e) => ill(format!(
                "The send journal {} cannot be written ({e}). Nothing is sent until it can; check the folder's rights and the disk.",
                config.journal_file().display()
            )),
        });
        findings.push(disk_space(&config.data_dir));
        findings.push(if self.now().as_second() < EARLIEST_SECONDS {
            ill(format!("The clock says {}. Set it, and switch network time on.", self.now()))
        } else {
            well(format!("The clock says {} (UTC).", self.now().strftime("%Y-%m-%d %H:%M")))
        });
        findings.push(public_address(&config.public_url));
        let workspaces = account::all_workspaces(&mut self.store().global_read().await?).await?;
        if workspaces.is_empty() {
            findings.push(ill("There is no workspace yet. Open the web page, or use `kiem user add`."));
        }
        for workspace in workspaces {
            self.examine_workspace(workspace, &mut findings).await?;
        }
        Ok(findings)
    }

    async fn examine_workspace(&self, id: WorkspaceId, findings: &mut Vec<Finding>) -> Result<()> {
        let (workspace, settings) = self.workspace(id).await?;
        let name = &workspace.name;
        if jiff::tz::TimeZone::get(&workspace.time_zone).is_err() {
            findings.push(ill(format!(
                "{name}: the time zone {} is unknown. Change it under Settings, Workspace.",
                workspace.time_zone
            )));
        }
        if let Some(reason) = &workspace.sending_paused_reason {
            findings.push(ill(format!(
                "{name}: nothing is sent ({reason}). An owner releases it under Settings, Workspace."
            )));
        }
        if settings.sender_company.is_empty() || settings.postal_address.is_empty() {
            findings.push(ill(format!(
                "{name}: company or postal address is missing; every mail must name them. Fill them in under Settings, Workspace."
            )));
        }
        match self.broken_audit_row(id).await? {
            None => findings.push(well(format!("{name}: the audit trail is whole."))),
            Some(seq) => findings.push(ill(format!(
                "{name}: line {seq} of the audit trail was changed or lines before it were removed, or the key file is another one. Compare with a backup."
            ))),
        }
        let mut tx = self.store().read(id).await?;
        let mut mailboxes = mailbox::all(&mut tx).await?;
        mailboxes.retain(|one| one.archived_at.is_none());
        let dead = job::dead(&mut tx, DEAD_JOBS_SHOWN).await?;
        drop(tx);
        findings.extend(dead.iter().map(|job| given_up(name, job)));
        if mailboxes.is_empty() {
            findings.push(ill(format!("{name}: there is no mailbox. Add one under Settings, Mailboxes.")));
        }
        for mailbox in mailboxes {
            let address = &mailbox.address;
            findings.push(match (mailbox.state.as_str(), &mailbox.state_reason) {
                ("failing", reason) => ill(format!(
                    "{name}: {address} cannot be used ({}). Check it under Settings, Mailboxes.",
                    reason.as_deref().unwrap_or("no reason known")
                )),
                ("paused", _) => well(format!("{name}: {address} is paused by a person.")),
                _ => well(format!("{name}: {address} works.")),
            });
        }
        Ok(())
    }
}

/// Work that was tried as often as it may be.
fn given_up(workspace: &str, job: &Job) -> Finding {
    ill(format!(
        "{workspace}: the work {} was given up ({}; tries: {}). Mend the cause; the work is done again when it is next asked for.",
        job.kind,
        job.last_error.as_deref().unwrap_or("no reason known"),
        job.attempt
    ))
}

fn key_file(path: &Path) -> Finding {
    match std::fs::metadata(path) {
        Err(e) => ill(format!(
            "The key file {} cannot be read ({e}). Put it back from your copy; without it stored passwords cannot be opened.",
            path.display()
        )),
        Ok(metadata) => {
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let others = metadata.permissions().mode() & 0o077;
                if others != 0 {
                    return ill(format!(
                        "Others on this machine can read the key file. Run: chmod 600 {}",
                        path.display()
                    ));
                }
            }
            let _ = metadata;
            well("The key file is there and nobody else can read it.")
        }
    }
}

/// Asks `df`, which every POSIX system has.
fn disk_space(folder: &Path) -> Finding {
    let free = Command::new("df").arg("-Pk").arg(folder).output().ok().and_then(|output| {
        let text = String::from_utf8(output.stdout).ok()?;
        text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    match free {
        None => ill(format!("The free space of {} cannot be asked. Look yourself.", folder.display())),
        Some(kilobytes) if kilobytes < FREE_KILOBYTES_MIN => ill(format!(
            "Only {} MB are free in {}. Make room; on a full disk nothing is sent or received.",
            kilobytes / 1000,
            folder.display()
        )),
        Some(kilobytes) => well(format!("{} GB are free for data.", kilobytes / 1_000_000)),
    }
}

fn public_address(url: &str) -> Finding {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let is_local = host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
    if url.starts_with("https://") || is_local {
        well(format!("Kiem is reached at {url}."))
    } else {
        ill(format!(
            "{url} is not encrypted: passwords could be read on the way. Put TLS in front and set public_url to https://."
        ))
    }
}
