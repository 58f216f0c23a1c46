//! A throw-away PostgreSQL for the contract suite: its own folder, a free port on loopback, gone at the end.

use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process;

/// Keeps the server only as long as its standard input stays open. We hold the other end, so the server also goes, with
/// its folder, when this program is interrupted or killed.
const WATCH: &str = r#"
trap '' HUP INT TERM
folder=$1
shift
"$@" >"$folder/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT "$server" 2>/dev/null
wait "$server"
cd / && rm -rf "$folder"
"#;

const START_MAX: Duration = Duration::from_secs(60);
const N_TRIES: usize = 3;

/// A running server. Dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct Cluster {
    watcher: Child,
    port: u16,
}

/// The folder of the server's programs: the one in PATH, or the oldest that Debian installed from version 15 on.
pub fn programs() -> Option<PathBuf> {
    let has_all =
        |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).is_file());
    let in_path = process::find("initdb").and_then(|path| path.parent().map(Path::to_owned));
    let installed = (15..=20).map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    in_path.into_iter().chain(installed).find(has_all)
}

impl Cluster {
    /// Creates a database cluster, starts it, and makes the role that the tests use: `kiem`, who may create databases
    /// and is no superuser, so that row-level security holds for it.
    ///
    /// # Errors
    /// When the programs are missing or the server does not answer, with what it logged.
    pub fn start() -> Result<Cluster> {
        let programs =
            programs().context("PostgreSQL 15 or newer is not installed; run `cargo xtask setup`")?;
        let mut tries = 1;
        loop {
            // Another program may take the port between our look and the server's start.
            match start_once(&programs) {
                Err(_) if tries < N_TRIES => tries += 1,
                result => return result,
            }
        }
    }

    /// Where the tests connect to; they create their own databases from there.
    pub fn url(&self) -> String {
        format!("postgres://kiem@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        if let Err(error) = self.watcher.wait() {
            eprintln!("PostgreSQL on port {} may still be running: {error}", self.port);
        }
    }
}

fn start_once(programs: &Path) -> Result<Cluster> {
    let user = if process::is_root() { Some(unprivileged()?) } else { None };
    let folder = folder(user)?;
    let data = folder.join("data");
    let as_user = |program: &Path| {
        let mut command = Command::new(program);
        command.current_dir(&folder).stdin(Stdio::null());
        if let Some((uid, gid)) = user {
            command.uid(uid).gid(gid);
        }
        command
    };

    let mut create = as_user(&programs.join("initdb"));
    create.args([
        "--no-sync",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "-D",
    ]);
    process::output(create.arg(&data))?;

    let port = process::free_port()?;
    let mut watch = as_user(Path::new("/bin/sh"));
    watch
        .args(["-c", WATCH, "watch-postgres"])
        .arg(&folder)
        .arg(programs.join("postgres"))
        .arg("-D")
        .arg(&data);
    // The tests are about what the store does, not about what a disk does: durability is proved elsewhere.
    let sockets = format!("unix_socket_directories={}", folder.display());
    for setting in
        ["listen_addresses=127.0.0.1", &sockets, "fsync=off", "full_page_writes=off", "max_connections=300"]
    {
        watch.args(["-c", setting]);
    }
    watch.args(["-c", &format!("port={port}")]);
    let watcher = watch.stdin(Stdio::piped()).spawn().context("cannot start PostgreSQL")?;
    let cluster = Cluster { watcher, port };

    let psql = |sql: &str| {
        let mut command = as_user(&programs.join("psql"));
        command.args([
            "--no-psqlrc",
            "--quiet",
            "--host=127.0.0.1",
            "--username=postgres",
            "--dbname=postgres",
        ]);
        process::output(command.arg(format!("--port={port}")).arg(format!("--command={sql}")))
    };
    let started = Instant::now();
    while let Err(error) = psql("SELECT 1") {
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        if started.elapsed() > START_MAX || log.contains("could not bind") {
            bail!("PostgreSQL did not start: {error:#}\n{log}");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    psql("CREATE ROLE kiem LOGIN CREATEDB NOSUPERUSER")?;
    Ok(cluster)
}

/// A new private folder, owned by the user that runs the server. In `/tmp` for root, whose own temporary folder may be
/// closed to others.
fn folder(user: Option<(u32, u32)>) -> Result<PathBuf> {
    let parent = if user.is_some() { PathBuf::from("/tmp") } else { std::env::temp_dir() };
    for number in 0..100 {
        let folder = parent.join(format!("kiem-postgres-{}-{number}", std::process::id()));
        match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => {
                if let Some((uid, gid)) = user {
                    std::os::unix::fs::chown(&folder, Some(uid), Some(gid))?;
                }
                return Ok(folder);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("cannot create {}", folder.display())),
        }
    }
    bail!("{} is full of folders named kiem-postgres-*; remove them", parent.display())
}

/// User and group that PostgreSQL runs as when we are root: it refuses to run as root.
fn unprivileged() -> Result<(u32, u32)> {
    let text = std::fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| user_in(&text, name))
        .context("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")
}

fn user_in(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let fields: Vec<&str> =
        passwd.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields[0] == name)?;
    Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
}

/// Says on standard output where a server of ours listens, and keeps it until this program is stopped.
///
/// # Errors
/// When the server does not start.
pub fn serve() -> Result<()> {
    let cluster = Cluster::start()?;
    println!("KIEM_TEST_PG_URL={}", cluster.url());
    std::io::stdout().flush()?;
    loop {
        std::thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_name() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\npostgres:x:107:109::/var/lib/postgresql:/bin/sh\n";
        assert_eq!(user_in(passwd, "postgres"), Some((107, 109)));
        assert_eq!(user_in(passwd, "post"), None);
    }

    #[test]
    fn a_cluster_answers_as_a_plain_role_and_leaves_nothing_behind() {
        let programs = programs().expect("PostgreSQL is installed; `cargo xtask setup` does it");
        let cluster = Cluster::start().expect("the server starts");
        let mut command = Command::new(programs.join("psql"));
        command.args(["--no-psqlrc", "--tuples-only", "--no-align", &cluster.url(), "--command"]);
        command.arg("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user");
        assert_eq!(process::output(&mut command).expect("the role may log in").trim(), "f|t");
        let port = cluster.port;
        drop(cluster);
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err(), "the server still listens");
    }
}
