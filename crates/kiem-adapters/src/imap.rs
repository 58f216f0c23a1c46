//! IMAP (RFC 3501, 9051): reading a mailbox without leaving a trace, and looking into its Sent folder.
//!
//! Only `EXAMINE` and `BODY.PEEK` are used on the inbox: Kiem never marks a person's mail as read.

use std::time::Duration;

use async_imap::extensions::idle::IdleResponse;
use async_imap::types::NameAttribute;
use async_imap::{Client, Session};
use futures::TryStreamExt;

use crate::net::{self, BoxStream, NetError, Security, Server};
use crate::smtp::Credentials;

/// Longest wait for any answer but IDLE.
const ANSWER: Duration = Duration::from_secs(60);
/// Largest mail that is fetched; above it only the fact is known.
pub const MAIL_BYTES_MAX: u32 = 25 * 1024 * 1024;

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
    /// The bytes; `None` when it is larger than [`MAIL_BYTES_MAX`].
    pub raw: Option<Vec<u8>>,
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
        let mailbox = in_time(self.session.examine(folder)).await?;
        let uid_validity = mailbox
            .uid_validity
            .ok_or_else(|| ImapError::Broken("the server does not number its mail".to_owned()))?;
        Ok(FolderState { uid_validity, exists: mailbox.exists })
    }

    /// Numbers of all mails after `uid`, rising, at most `limit`.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn uids_after(&mut self, uid: u32, limit: usize) -> Result<Vec<u32>, ImapError> {
        let found = in_time(self.session.uid_search(format!("UID {}:*", uid.saturating_add(1)))).await?;
        // `n:*` always contains the last mail, also when its number is below n.
        let mut uids: Vec<u32> = found.into_iter().filter(|found| *found > uid).collect();
        uids.sort_unstable();
        uids.truncate(limit);
        Ok(uids)
    }

    /// How many mails have a number of at most `uid`: with the number of mails taken in, this says whether the
    /// mailbox is complete.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn count_up_to(&mut self, uid: u32) -> Result<usize, ImapError> {
        if uid == 0 {
            return Ok(0);
        }
        Ok(in_time(self.session.uid_search(format!("UID 1:{uid}"))).await?.len())
    }

    /// Fetches mails by number without marking them as read.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn fetch(&mut self, uids: &[u32]) -> Result<Vec<Fetched>, ImapError> {
        if uids.is_empty() {
            return Ok(Vec::new());
        }
        let set = |uids: &[u32]| uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let sizes: Vec<_> = in_time(async {
            self.session.uid_fetch(set(uids), "(UID RFC822.SIZE)").await?.try_collect().await
        })
        .await?;
        let large: Vec<u32> =
            sizes.iter().filter(|f| f.size.unwrap_or(0) > MAIL_BYTES_MAX).filter_map(|f| f.uid).collect();
        let wanted: Vec<u32> = uids.iter().copied().filter(|uid| !large.contains(uid)).collect();
        let mut mails: Vec<Fetched> =
            large.iter().map(|uid| Fetched { uid: *uid, received_at_seconds: None, raw: None }).collect();
        if !wanted.is_empty() {
            let fetched: Vec<_> = in_time(async {
                self.session
                    .uid_fetch(set(&wanted), "(UID INTERNALDATE BODY.PEEK[])")
                    .await?
                    .try_collect()
                    .await
            })
            .await?;
            for mail in &fetched {
                let (Some(uid), Some(body)) = (mail.uid, mail.body()) else { continue };
                mails.push(Fetched {
                    uid,
                    received_at_seconds: mail.internal_date().map(|d| d.timestamp()),
                    raw: Some(body.to_vec()),
                });
            }
        }
        mails.sort_by_key(|mail| mail.uid);
        Ok(mails)
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
        Ok(by_attribute.or_else(by_name).map(|n| n.name().to_owned()))
    }

    /// Whether a folder holds a mail with this Message-ID (without angle brackets).
    ///
    /// # Errors
    /// When the folder does not exist or the line breaks.
    pub async fn holds(&mut self, folder: &str, message_id: &str) -> Result<bool, ImapError> {
        // A Message-ID of ours has no quotes or control characters; anything else cannot be ours.
        if message_id.chars().any(|c| c.is_control() || c == '"' || c == '\\') {
            return Ok(false);
        }
        self.examine(folder).await?;
        let query = format!("HEADER Message-ID \"{message_id}\"");
        Ok(!in_time(self.session.uid_search(query)).await?.is_empty())
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
        Ok(in_time(self.session.capabilities()).await?.has_str("IDLE"))
    }

    /// Waits until the server tells of something new in the open folder, at most `limit` (servers drop silent lines
    /// after about half an hour). Returns the connection and whether something is new.
    ///
    /// # Errors
    /// When the line breaks.
    pub async fn idle(self, limit: Duration) -> Result<(Imap, bool), ImapError> {
        let mut handle = self.session.idle();
        in_time(handle.init()).await?;
        let (wait, _stop) = handle.wait_with_timeout(limit);
        let response = wait.await?;
        let session = in_time(handle.done()).await?;
        Ok((Imap { session }, matches!(response, IdleResponse::NewData(_))))
    }

    /// Says goodbye; errors do not matter any more.
    pub async fn log_out(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), self.session.logout()).await;
    }
}
