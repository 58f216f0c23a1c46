//! Debian's Postfix and Dovecot on loopback, with TLS and log-in, for one test: a submission port that wants STARTTLS and
//! AUTH, a plain port for the outside world, and IMAP over TLS. Everything lives in one temporary folder.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kiem::engine::outreach::mailboxes::MailboxInput;
use kiem::engine::send::{MailServer, MailServers as Servers};

/// Password of every account.
pub const PASSWORD: &str = "geheim-en-lang";

/// Accounts and where their mail lies.
const ACCOUNTS: &[(&str, &str)] =
    &[("jan@kiem.example", "kiem.example/jan/Maildir/"), ("eva@klant.example", "klant.example/eva/Maildir/")];

/// The running servers; dropped, they stop and their folder is removed.
pub struct MailServers {
    folder: PathBuf,
    dovecot: Child,
    /// Submission: STARTTLS and log-in needed.
    pub submission: u16,
    /// Plain SMTP, as the outside world delivers.
    pub smtp: u16,
    /// IMAP over TLS.
    pub imaps: u16,
}

fn free_ports<const N: usize>() -> [u16; N] {
    // Held together: a port that is let go may be the next one that is given.
    let held = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    held.each_ref().map(|listener| listener.local_addr().expect("its address").port())
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| {
        panic!("{command:?} cannot be started ({e}): `cargo xtask setup` installs what the tests need")
    });
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {text}");
    text
}

/// A root certificate and one for `localhost` that it signed.
fn certificates(folder: &Path) {
    let path = |name: &str| folder.join(name).display().to_string();
    run(Command::new("openssl").args([
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=Kiem test root",
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-keyout",
        &path("root.key"),
        "-out",
        &path("root.pem"),
    ]));
    run(Command::new("openssl").args([
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=localhost",
        "-keyout",
        &path("server.key"),
        "-out",
        &path("server.csr"),
    ]));
    fs::write(
        folder.join("leaf.ext"),
        "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n",
    )
    .expect("write");
    run(Command::new("openssl").args([
        "x509",
        "-req",
        "-days",
        "2",
        "-in",
        &path("server.csr"),
        "-CA",
        &path("root.pem"),
        "-CAkey",
        &path("root.key"),
        "-CAcreateserial",
        "-extfile",
        &path("leaf.ext"),
        "-out",
        &path("server.pem"),
    ]));
}

impl MailServers {
    /// Starts both servers. Needs root, as the mail servers themselves do.
    pub fn start() -> MailServers {
        let folder =
            std::env::temp_dir().join(format!("kiem-mail-{}", uuid::Uuid::from_bytes(super::random())));
        for sub in ["postfix/etc", "postfix/queue", "postfix/data", "mail", "dovecot"] {
            fs::create_dir_all(folder.join(sub)).expect("the temporary folder is writable");
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("chmod");
        certificates(&folder);
        let [submission, smtp, imaps, auth] = free_ports();
        run(Command::new("chown").args(["-R", "nobody:nogroup"]).arg(folder.join("mail")));
        run(Command::new("chown").arg("postfix").arg(folder.join("postfix/data")));
        write_postfix(&folder, submission, smtp, auth);
        write_dovecot(&folder, imaps, auth);
        let dovecot = Command::new("dovecot")
            .arg("-F")
            .arg("-c")
            .arg(folder.join("dovecot/dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dovecot starts: `cargo xtask setup` installs it");
        run(Command::new("postfix").arg("-c").arg(folder.join("postfix/etc")).arg("start"));
        let servers = MailServers { folder, dovecot, submission, smtp, imaps };
        servers.wait_until_up();
        servers
    }

    fn wait_until_up(&self) {
        for port in [self.submission, self.smtp, self.imaps] {
            let up = (0..100).any(|_| {
                let open = std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
                if !open {
                    std::thread::sleep(Duration::from_millis(100));
                }
                open
            });
            assert!(up, "nothing answers on port {port}: {}", self.logs());
        }
    }

    /// The root certificate that the servers' certificate comes from.
    pub fn root(&self) -> String {
        self.folder.join("root.pem").display().to_string()
    }

    /// Both servers of Jan's mailbox, as Kiem stores them.
    pub fn servers(&self) -> Servers {
        let server = |port, security: &str| MailServer {
            host: "localhost".to_owned(),
            port,
            security: security.to_owned(),
            username: "jan@kiem.example".to_owned(),
            extra_root: Some(self.root()),
        };
        Servers {
            smtp: Some(server(self.submission, "start_tls")),
            imap: Some(server(self.imaps, "tls")),
            sent_folder: String::new(),
        }
    }

    /// Jan's mailbox, as a person enters it.
    pub fn mailbox(&self) -> MailboxInput {
        MailboxInput {
            kind: "smtp_imap".to_owned(),
            address: "jan@kiem.example".to_owned(),
            display_name: "Jan de Boer".to_owned(),
            servers: self.servers(),
            password: Some(PASSWORD.to_owned()),
            signature: String::new(),
            daily_cap: 100,
            gap_seconds_min: 0,
        }
    }

    /// Where an account's inbox lies.
    pub fn maildir(&self, address: &str) -> PathBuf {
        let (local, domain) = address.split_once('@').expect("an address");
        self.folder.join("mail").join(domain).join(local).join("Maildir")
    }

    /// Lays a mail into an inbox, as a delivery does, and returns its file.
    pub fn lay(&self, address: &str, raw: &[u8]) -> PathBuf {
        let maildir = self.maildir(address);
        if !maildir.exists() {
            for sub in ["cur", "new", "tmp"] {
                fs::create_dir_all(maildir.join(sub)).expect("the folder can be made");
            }
            run(Command::new("chown").args(["-R", "nobody:nogroup"]).arg(self.folder.join("mail")));
        }
        // Names that rise: the server numbers the mails of a folder by them.
        static LAID: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1_000_000_000);
        let name = format!("{}.kiem.localhost", LAID.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let (part, file) = (maildir.join("tmp").join(&name), maildir.join("new").join(&name));
        fs::write(&part, raw).expect("write");
        run(Command::new("chown").arg("nobody:nogroup").arg(&part));
        fs::rename(&part, &file).expect("rename");
        file
    }

    /// Runs Dovecot's administration tool.
    pub fn doveadm(&self, words: &[&str]) -> String {
        run(Command::new("doveadm").arg("-c").arg(self.folder.join("dovecot/dovecot.conf")).args(words))
    }

    /// Drops all IMAP lines of an account, as servers do when they restart, and waits until they are gone.
    pub fn kick(&self, address: &str) {
        for _ in 0..100 {
            // Nobody to kick is a failure to the tool, and what is waited for here.
            let mut kick = Command::new("doveadm");
            kick.arg("-c").arg(self.folder.join("dovecot/dovecot.conf")).args(["kick", address]);
            let kicked = kick.output().expect("doveadm runs");
            if !kicked.status.success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("lines of {address} cannot be dropped: {}", self.logs());
    }

    /// Deletes an inbox's numbering, so that the server makes it anew with another UIDVALIDITY.
    pub fn renumber(&self, address: &str) {
        self.kick(address);
        // A process that was told to go writes its numbering down once more.
        std::thread::sleep(Duration::from_millis(700));
        let maildir = self.maildir(address);
        for entry in fs::read_dir(&maildir).expect("a folder").flatten() {
            if entry.file_name().to_string_lossy().starts_with("dovecot") && entry.path().is_file() {
                fs::remove_file(entry.path()).expect("remove");
            }
        }
    }

    /// The mails in an account's inbox, as files.
    pub fn mails(&self, address: &str) -> Vec<Vec<u8>> {
        let maildir = self.maildir(address);
        let mut files: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .filter_map(|sub| fs::read_dir(maildir.join(sub)).ok())
            .flat_map(|dir| dir.flatten().map(|entry| entry.path()))
            .collect();
        files.sort();
        files.into_iter().map(|file| fs::read(file).expect("read")).collect()
    }

    /// Whether an account's inbox holds a mail that is marked as read.
    pub fn has_seen_mail(&self, address: &str) -> bool {
        fs::read_dir(self.maildir(address).join("cur")).is_ok_and(|dir| {
            dir.flatten()
                .any(|e| e.file_name().to_string_lossy().rsplit(",").next().is_some_and(|f| f.contains('S')))
        })
    }

    /// What the servers wrote, for a failing test.
    pub fn logs(&self) -> String {
        ["dovecot/dovecot.log", "postfix/postfix.log"]
            .iter()
            .map(|name| fs::read_to_string(self.folder.join(name)).unwrap_or_default())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl Drop for MailServers {
    fn drop(&mut self) {
        // Nothing to do about a failure here but go on cleaning up.
        let _ = Command::new("postfix")
            .arg("-c")
            .arg(self.folder.join("postfix/etc"))
            .arg("stop")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let _ = Command::new("kill").arg(self.dovecot.id().to_string()).status();
        let _ = self.dovecot.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn write_postfix(folder: &Path, submission: u16, smtp: u16, auth: u16) {
    let dir = folder.display();
    let domains = "kiem.example, klant.example, bouw.example";
    fs::write(
        folder.join("postfix/etc/main.cf"),
        format!(
            "compatibility_level = 3.6\nmyhostname = localhost\nmydestination =\ninet_interfaces = 127.0.0.1\n\
             inet_protocols = ipv4\nqueue_directory = {dir}/postfix/queue\ndata_directory = {dir}/postfix/data\n\
             maillog_file = {dir}/postfix/postfix.log\nmaillog_file_prefixes = {dir}\nmynetworks = 127.0.0.0/8\n\
             virtual_mailbox_domains = {domains}\nvirtual_mailbox_base = {dir}/mail\n\
             virtual_mailbox_maps = texthash:{dir}/postfix/etc/mailboxes\nvirtual_uid_maps = static:65534\n\
             virtual_gid_maps = static:65534\nvirtual_minimum_uid = 100\nsmtpd_tls_cert_file = {dir}/server.pem\n\
             smtpd_tls_key_file = {dir}/server.key\nsmtpd_tls_session_cache_database =\nalias_maps =\nalias_database =\n\
             smtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:127.0.0.1:{auth}\nsmtpd_tls_security_level = may\n\
             default_transport = error:no mail leaves this machine\nrelay_transport = error:no mail leaves this machine\n"
        ),
    )
    .expect("write");
    fs::write(
        folder.join("postfix/etc/mailboxes"),
        ACCOUNTS.iter().map(|(address, maildir)| format!("{address} {maildir}\n")).collect::<String>(),
    )
    .expect("write");
    fs::write(
        folder.join("postfix/etc/master.cf"),
        format!(
            "127.0.0.1:{submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes \
             -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject\n\
             127.0.0.1:{smtp} inet n - n - - smtpd\n\
             pickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n\
             rewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce\n\
             trace unix - - n - 0 bounce\nverify unix - - n - 1 verify\nflush unix n - n 1000? 0 flush\n\
             proxymap unix - - n - - proxymap\nproxywrite unix - - n - 1 proxymap\nsmtp unix - - n - - smtp\n\
             relay unix - - n - - smtp\nerror unix - - n - - error\nretry unix - - n - - error\n\
             discard unix - - n - - discard\nlocal unix - n n - - local\nvirtual unix - n n - - virtual\n\
             lmtp unix - - n - - lmtp\nanvil unix - - n - 1 anvil\nscache unix - - n - 1 scache\n\
             tlsmgr unix - - n 1000? 1 tlsmgr\npostlog unix-dgram n - n - 1 postlogd\n"
        ),
    )
    .expect("write");
}

fn write_dovecot(folder: &Path, imaps: u16, auth: u16) {
    let dir = folder.display();
    fs::write(
        folder.join("dovecot/dovecot.conf"),
        format!(
            "base_dir = {dir}/dovecot/run\nstate_dir = {dir}/dovecot/state\nlog_path = {dir}/dovecot/dovecot.log\n\
             protocols = imap\nlisten = 127.0.0.1\nssl = required\nssl_cert = <{dir}/server.pem\nssl_key = <{dir}/server.key\n\
             mail_location = maildir:{dir}/mail/%d/%n/Maildir\nmail_uid = 65534\nmail_gid = 65534\nfirst_valid_uid = 100\n\
             auth_mechanisms = plain login\n\
             passdb {{\n  driver = static\n  args = password={PASSWORD}\n}}\n\
             userdb {{\n  driver = static\n  args = uid=65534 gid=65534 home={dir}/mail/%d/%n\n}}\n\
             namespace inbox {{\n  inbox = yes\n  mailbox Sent {{\n    auto = subscribe\n    special_use = \\Sent\n  }}\n}}\n\
             service imap-login {{\n  inet_listener imap {{\n    port = 0\n  }}\n  inet_listener imaps {{\n    port = {imaps}\n    ssl = yes\n  }}\n}}\n\
             service auth {{\n  inet_listener {{\n    address = 127.0.0.1\n    port = {auth}\n  }}\n}}\n\
             service stats {{\n  unix_listener stats-writer {{\n    mode = 0666\n  }}\n}}\n"
        ),
    )
    .expect("write");
}
