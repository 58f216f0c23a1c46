//! IMAP (RFC 3501, 9051): reading a mailbox without leaving a trace, and looking into its Sent folder.
//!
//! Only `EXAMINE` and `BODY.PEEK` are used on the inbox: Kiem never marks a person's mail as read.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use async_imap::extensions::idle::IdleResponse;
use async_imap::types::{NameAttribute, UnsolicitedResponse};
use async_imap::{Client, Session};
use futures::TryStreamExt;

use crate::net::{self, BoxStream, NetError, Security, Server};
use crate::smtp::Credentials;

/// Longest wait for any answer but IDLE.
const ANSWER: Duration = Duration::from_secs(60);
/// Largest mail that is fetched whole; above it only who wrote it and what it answers.
pub const MAIL_BYTES_MAX: u32 = 25 * 1024 * 1024;
/// Bytes that are fetched at a time, or one mail when it alone is larger: what is in memory stays bounded.
const FETCH_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// The slowest line on which a mail still arrives before the wait ends.
const BYTES_PER_SECOND_MIN: u64 = 16 * 1024;
/// What is fetched of a mail that is too large: enough to find whom it answers, nothing that describes its body.
const LARGE_FIELDS: &str = "FROM TO CC DELIVERED-TO SUBJECT DATE MESSAGE-ID IN-REPLY-TO REFERENCES \
    AUTO-SUBMITTED PRECEDENCE RETURN-PATH AUTHENTICATION-RESULTS";
/// Header bytes that are fetched of a mail that is too large.
const LARGE_HEADER_BYTES_MAX: u32 = 64 * 1024;

/// Why a mailbox could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// The connection failed.
    #[error(transparent)]
    Net(#[from] NetError),
    /// Name or password is wrong.
    #[error("the mail server refused the log-in: {0}")]
    LogIn(String),
    /// The server does not offer TLS.
    #[error("the mail server does not offer STARTTLS")]
    NoStartTls,
    /// The conversation broke.
    #[error("the mail server's answer broke off: {0}")]
    Broken(String),
    /// It took too long.
    #[error("the mail server did not answer in {} s", ANSWER.as_secs())]
    TimedOut,
}

impl From<async_imap::error::Error> for ImapError {
    fn from(error: async_imap::error::Error) -> Self {
        ImapError::Broken(error.to_string())
    }
}

/// How a folder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderState {
    /// Changes when the server renumbered everything.
    pub uid_validity: u32,
    /// Number of messages.
    pub exists: u32,
}

/// A mail as the server gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its number in the folder.
    pub uid: u32,
    /// When the server took it in, in seconds since 1970.
    pub received_at_seconds: Option<i64>,
    /// The bytes; only the header lines that say whom it answers when [`Fetched::is_too_large`].
    pub raw: Vec<u8>,
    /// Whether it is larger than [`MAIL_BYTES_MAX`], so that its body was left on the server.
    pub is_too_large: bool,
}

/// An open, logged-in connection.
#[derive(Debug)]
pub struct Imap {
    session: Session<BoxStream>,
}

async fn in_time<T, E: Into<ImapError>>(
    work: impl Future<Output = std::result::Result<T, E>>,
) -> Result<T, ImapError> {
    tokio::time::timeout(ANSWER, work).await.map_err(|_| ImapError::TimedOut)?.map_err(Into::into)
}

impl Imap {
    /// Connects, protects the line and logs in.
    ///
    /// # Errors
    /// See [`ImapError`]. Without TLS (other than to this machine) no credentials are sent.
    pub async fn open(server: &Server, credentials: &Credentials) -> Result<Imap, ImapError> {
        let stream = net::connect(server, ANSWER).await?;
        let mut client = Client::new(stream);
        let greeting = tokio::time::timeout(ANSWER, client.read_response())
            .await
            .map_err(|_| ImapError::TimedOut)?
            .map_err(|e| ImapError::Broken(e.to_string()))?;
        if greeting.is_none() {
            return Err(ImapError::Broken("no greeting".to_owned()));
        }
        if server.security == Security::StartTls {
            in_time(client.run_command_and_check_ok("STARTTLS", None))
                .await
                .map_err(|_| ImapError::NoStartTls)?;
            let secured = net::secure(server, client.into_inner()).await?;
            client = Client::new(secured);
        }
        let login = client.login(&credentials.username, &credentials.password);
        let session = tokio::time::timeout(ANSWER, login)
            .await
            .map_err(|_| ImapError::TimedOut)?
            .map_err(|(error, _)| ImapError::LogIn(error.to_string()))?;
        Ok(Imap { session })
    }

    /// Opens a folder for reading only.
    ///
    /// # Errors
    /// When the folder does not exist or the line breaks.
    pub async fn examine(&mut self, folder: &str) -> Result<FolderState, ImapError> {
        // What was told before is in the answer: only what comes after it is news.
        while self.session.unsolicited_responses.try_recv().is_ok() {}
        let mailbox = in_time(self.session.examine(folder)).await?;
        let uid_validity = mailbox
            .uid_validity
            .ok_or_else(|| ImapError::Broken("the server does not number its mail".to_owned()))?;
        Ok(FolderState { uid_validity, exists: mailbox.exists })
    }

    /// Numbers of all mails after `uid`.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn uids_after(&mut self, uid: u32) -> Result<BTreeSet<u32>, ImapError> {
        let found = self.search(&format!("UID {}:*", uid.saturating_add(1))).await?;
        // `n:*` always contains the last mail, also when its number is below n.
        Ok(found.into_iter().filter(|found| *found > uid).collect())
    }

    /// Number of the first mail that the server took in on a day or after it, by its own clock.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn first_since(&mut self, day: &str) -> Result<Option<u32>, ImapError> {
        Ok(self.search(&format!("SINCE {day}")).await?.into_iter().min())
    }

    async fn search(&mut self, query: &str) -> Result<HashSet<u32>, ImapError> {
        let found = in_time(self.session.uid_search(query)).await?;
        self.must_be_alive(found.is_empty()).await?;
        Ok(found)
    }

    /// Fetches the first of these mails without marking them as read: as many as are fetched at a time. Returns how many
    /// numbers were dealt with; a mail that the server does not give (deleted meanwhile, or broken) is not among the mails.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn fetch(&mut self, uids: &[u32]) -> Result<(Vec<Fetched>, usize), ImapError> {
        if uids.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let heads: Vec<_> = in_time(async {
            self.session.uid_fetch(set_of(uids), "(UID RFC822.SIZE)").await?.try_collect().await
        })
        .await?;
        self.must_be_alive(heads.iter().filter_map(|f| f.uid).count() < uids.len()).await?;
        let size = |uid: u32| heads.iter().find(|f| f.uid == Some(uid)).and_then(|f| f.size);
        let (mut whole, mut large, mut n_bytes, mut n_done) = (Vec::new(), Vec::new(), 0_u64, 0);
        for &uid in uids {
            match size(uid) {
                Some(bytes) if bytes > MAIL_BYTES_MAX => large.push(uid),
                Some(bytes) if whole.is_empty() || n_bytes + u64::from(bytes) <= FETCH_BYTES_MAX => {
                    n_bytes += u64::from(bytes);
                    whole.push(uid);
                }
                Some(_) => break,
                None => {}
            }
            n_done += 1;
        }
        let header = format!("BODY.PEEK[HEADER.FIELDS ({LARGE_FIELDS})]<0.{LARGE_HEADER_BYTES_MAX}>");
        let mut mails = self.fetch_as(&whole, "BODY.PEEK[]", n_bytes, false).await?;
        mails.extend(self.fetch_as(&large, &header, 0, true).await?);
        mails.sort_by_key(|mail| mail.uid);
        Ok((mails, n_done))
    }

    async fn fetch_as(
        &mut self,
        uids: &[u32],
        what: &str,
        n_bytes: u64,
        is_too_large: bool,
    ) -> Result<Vec<Fetched>, ImapError> {
        if uids.is_empty() {
            return Ok(Vec::new());
        }
        let limit = ANSWER + Duration::from_secs(n_bytes / BYTES_PER_SECOND_MIN);
        let fetched: Vec<_> = tokio::time::timeout(limit, async {
            self.session
                .uid_fetch(set_of(uids), format!("(UID INTERNALDATE {what})"))
                .await?
                .try_collect()
                .await
        })
        .await
        .map_err(|_| ImapError::TimedOut)??;
        let mails = fetched.iter().filter_map(|mail| {
            // The server may tell of other mails in between (flags that changed); those have no bytes.
            let raw = if is_too_large { mail.header() } else { mail.body() };
            let (uid, raw) = (mail.uid?, raw?.to_vec());
            let received_at_seconds = mail.internal_date().map(|d| d.timestamp());
            Some(Fetched { uid, received_at_seconds, raw, is_too_large })
        });
        let mails: Vec<Fetched> = mails.collect();
        self.must_be_alive(mails.len() < uids.len()).await?;
        Ok(mails)
    }

    /// A server that hangs up in the middle of an answer looks like one that had no more to tell: when something is
    /// missing, it must say that it is there. `Session::noop` would not do: to it the end of the line is an answer too.
    async fn must_be_alive(&mut self, is_in_doubt: bool) -> Result<(), ImapError> {
        if is_in_doubt { in_time(self.session.run_command_and_check_ok("NOOP")).await } else { Ok(()) }
    }

    /// The folder with sent mail: by its attribute (RFC 6154), else by its usual names.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn sent_folder(&mut self) -> Result<Option<String>, ImapError> {
        let names: Vec<_> =
            in_time(async { self.session.list(Some(""), Some("*")).await?.try_collect().await }).await?;
        let by_attribute = names.iter().find(|n| n.attributes().contains(&NameAttribute::Sent));
        let usual =
            ["Sent", "Sent Items", "Sent Messages", "INBOX.Sent", "Verzonden", "Verzonden items", "Gesendet"];
        let by_name = || names.iter().find(|n| usual.iter().any(|u| u.eq_ignore_ascii_case(n.name())));
        let found = by_attribute.or_else(by_name).map(|n| n.name().to_owned());
        self.must_be_alive(found.is_none()).await?;
        Ok(found)
    }

    /// Whether a folder holds a mail with this text in a header field.
    ///
    /// # Errors
    /// When the folder does not exist or the line breaks.
    pub async fn holds(&mut self, folder: &str, field: &str, text: &str) -> Result<bool, ImapError> {
        // What we look for has no quotes or control characters; anything else cannot be ours.
        if text.chars().any(|c| c.is_control() || c == '"' || c == '\\') {
            return Ok(false);
        }
        self.examine(folder).await?;
        let query = format!("HEADER {field} \"{text}\"");
        Ok(!self.search(&query).await?.is_empty())
    }

    /// Files a mail in a folder, marked as seen.
    ///
    /// # Errors
    /// When the folder does not exist or the line breaks.
    pub async fn append(&mut self, folder: &str, raw: &[u8]) -> Result<(), ImapError> {
        in_time(self.session.append(folder, Some("(\\Seen)"), None, raw)).await
    }

    /// Whether the server can tell of new mail by itself.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn can_idle(&mut self) -> Result<bool, ImapError> {
        let can = in_time(self.session.capabilities()).await?.has_str("IDLE");
        self.must_be_alive(!can).await?;
        Ok(can)
    }

    /// Waits until the server tells of something new in the open folder, at most `limit` (servers drop silent lines
    /// after about half an hour).
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn idle(self, limit: Duration) -> Result<Imap, ImapError> {
        let told = self.session.unsolicited_responses.clone();
        let mut handle = self.session.idle();
        in_time(handle.init()).await?;
        // News that came between the last look and here would not be told again.
        let is_news = told.is_full()
            || std::iter::from_fn(|| told.try_recv().ok())
                .any(|news| matches!(news, UnsolicitedResponse::Exists(_)));
        if !is_news {
            let (wait, _stop) = handle.wait_with_timeout(limit);
            if matches!(wait.await?, IdleResponse::ManualInterrupt) {
                return Err(ImapError::Broken("the server closed the line".to_owned()));
            }
        }
        Ok(Imap { session: in_time(handle.done()).await? })
    }

    /// Says goodbye; errors do not matter any more.
    pub async fn log_out(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), self.session.logout()).await;
    }
}

fn set_of(uids: &[u32]) -> String {
    uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}
