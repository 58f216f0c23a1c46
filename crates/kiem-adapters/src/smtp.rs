//! SMTP submission (RFC 5321, 6409) that can stop in the instant before the final dot.
//!
//! A library that sends a message in one call cannot keep Kiem's promise: the last check for an opt-out and the
//! durable "committing" mark come after the body and before the dot. So the hand-over has two calls: [`Session::offer`]
//! (any fault means *not sent*) and [`Session::commit`] (only an explicit answer is certain).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kiem_domain::contact::EmailAddress;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::net::{self, BoxStream, NetError, Security, Server};

/// Longest reply line that is read; RFC 5321 allows 512.
const LINE_BYTES_MAX: usize = 4096;
/// Most lines of one reply.
const LINES_MAX: usize = 100;

/// Name and password of the submission account.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Account name.
    pub username: String,
    /// Password; never logged.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// How long each part may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Connect, TLS and every command before the dot.
    pub command: Duration,
    /// From the dot to the answer. Postfix waits 600 s: less makes certain mails uncertain.
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { command: Duration::from_secs(60), answer: Duration::from_secs(600) }
    }
}

/// A server's reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three-digit code.
    pub code: u16,
    /// Text of all lines, joined with a space.
    pub text: String,
}

impl Reply {
    fn is_positive(&self) -> bool {
        (200..400).contains(&self.code)
    }
}

kiem_domain::text_enum! {
    /// Where in the conversation something went wrong.
    pub enum Stage {
        /// TCP, TLS, greeting, EHLO.
        Connect = "connect",
        /// Log-in.
        Auth = "auth",
        /// MAIL FROM.
        Sender = "sender",
        /// RCPT TO.
        Recipient = "recipient",
        /// DATA and the body.
        Data = "data",
    }
}

/// Why a mail was not handed over. Always certain: before the dot nothing can have been accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// The connection failed or broke.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The line broke or fell silent.
    #[error("the line broke at {stage}: {problem}")]
    Line {
        /// Where.
        stage: Stage,
        /// What the system says.
        problem: String,
    },
    /// The server said "not now" (4xx).
    #[error("the server said {} {} at {stage}", reply.code, reply.text)]
    Temporary {
        /// Where.
        stage: Stage,
        /// Its words.
        reply: Reply,
    },
    /// The server said "no" (5xx).
    #[error("the server said {} {} at {stage}", reply.code, reply.text)]
    Permanent {
        /// Where.
        stage: Stage,
        /// Its words.
        reply: Reply,
    },
    /// The server does not offer what is needed (TLS, log-in).
    #[error("the server does not offer {what}")]
    Missing {
        /// What.
        what: &'static str,
    },
    /// The server's words are no SMTP.
    #[error("the server's answer at {stage} is not SMTP: {problem}")]
    Protocol {
        /// Where.
        stage: Stage,
        /// What is wrong.
        problem: String,
    },
    /// The message itself cannot be sent as it is (bare CR or LF, NUL).
    #[error("the message is not well-formed: {0}")]
    Message(&'static str),
}

impl SmtpError {
    /// Whether the connection is broken, so that no other mail can use it.
    pub fn ends_session(&self) -> bool {
        match self {
            SmtpError::Temporary { reply, stage } | SmtpError::Permanent { reply, stage } => {
                reply.code == 421 || matches!(stage, Stage::Connect | Stage::Auth)
            }
            SmtpError::Message(_) => false,
            _ => true,
        }
    }
}

/// What is known after the dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 2xx: the server has it.
    Accepted(Reply),
    /// 4xx: it has it not; try again later.
    Deferred(Reply),
    /// 5xx: it does not want it.
    Refused(Reply),
    /// No explicit answer: it may or may not have it.
    Unknown(String),
}

/// An open conversation with a submission server.
#[derive(Debug)]
pub struct Session {
    stream: BoxStream,
    buffer: Vec<u8>,
    timeouts: Timeouts,
    can_pipeline: bool,
}

impl Session {
    /// Connects, protects the line, greets and logs in.
    ///
    /// # Errors
    /// See [`SmtpError`]. Without TLS (other than to this machine) no credentials are sent.
    pub async fn open(
        server: &Server,
        credentials: Option<&Credentials>,
        helo: &str,
        timeouts: Timeouts,
    ) -> Result<Session, SmtpError> {
        let stream = net::connect(server, timeouts.command).await?;
        let mut session = Session { stream, buffer: Vec::new(), timeouts, can_pipeline: false };
        session.expect(Stage::Connect).await?;
        let mut features = session.ehlo(helo).await?;
        if server.security == Security::StartTls {
            if !features.iter().any(|f| f.eq_ignore_ascii_case("STARTTLS")) {
                return Err(SmtpError::Missing { what: "STARTTLS" });
            }
            session.command(Stage::Connect, "STARTTLS").await?;
            if !session.buffer.is_empty() {
                // Bytes sent before TLS must not be taken for an answer inside TLS (CVE-2011-0411).
                return Err(SmtpError::Protocol {
                    stage: Stage::Connect,
                    problem: "text after STARTTLS".to_owned(),
                });
            }
            let Session { stream, .. } = session;
            let secured = tokio::time::timeout(timeouts.command, net::secure(server, stream))
                .await
                .map_err(|_| line(Stage::Connect, "no answer to TLS"))??;
            session = Session { stream: secured, buffer: Vec::new(), timeouts, can_pipeline: false };
            features = session.ehlo(helo).await?;
        }
        session.can_pipeline = features.iter().any(|f| f.eq_ignore_ascii_case("PIPELINING"));
        if let Some(credentials) = credentials {
            session.log_in(&features, credentials).await?;
        }
        Ok(session)
    }

    async fn ehlo(&mut self, helo: &str) -> Result<Vec<String>, SmtpError> {
        self.write(Stage::Connect, format!("EHLO {helo}\r\n").as_bytes()).await?;
        let (reply, lines) = self.read_reply(Stage::Connect).await?;
        judge(Stage::Connect, reply)?;
        Ok(lines)
    }

    async fn log_in(&mut self, features: &[String], credentials: &Credentials) -> Result<(), SmtpError> {
        let methods: Vec<String> = features
            .iter()
            .filter_map(|f| f.get(..5).filter(|h| h.eq_ignore_ascii_case("AUTH ")).map(|_| f[5..].to_owned()))
            .flat_map(|m| m.split_whitespace().map(str::to_ascii_uppercase).collect::<Vec<_>>())
            .collect();
        if methods.iter().any(|m| m == "PLAIN") {
            let secret = STANDARD.encode(format!("\0{}\0{}", credentials.username, credentials.password));
            self.command(Stage::Auth, &format!("AUTH PLAIN {secret}")).await?;
        } else if methods.iter().any(|m| m == "LOGIN") {
            self.command(Stage::Auth, "AUTH LOGIN").await?;
            self.command(Stage::Auth, &STANDARD.encode(&credentials.username)).await?;
            self.command(Stage::Auth, &STANDARD.encode(&credentials.password)).await?;
        } else {
            return Err(SmtpError::Missing { what: "a log-in that Kiem knows (AUTH PLAIN or LOGIN)" });
        }
        Ok(())
    }

    /// Sends envelope and body, everything but the final dot. After `Ok` call [`Session::commit`] or drop the session.
    ///
    /// # Errors
    /// Every fault here means that the mail was not handed over. When [`SmtpError::ends_session`] is false the session
    /// can take the next mail.
    pub async fn offer(
        &mut self,
        from: &EmailAddress,
        to: &EmailAddress,
        message: &[u8],
    ) -> Result<(), SmtpError> {
        let body = dot_stuffed(message)?;
        let mail = format!("MAIL FROM:<{from}>\r\n");
        let rcpt = format!("RCPT TO:<{to}>\r\n");
        if self.can_pipeline {
            self.write(Stage::Sender, format!("{mail}{rcpt}").as_bytes()).await?;
            let sender = self.read_reply(Stage::Sender).await?.0;
            let recipient = self.read_reply(Stage::Recipient).await?.0;
            if let Err(error) = judge(Stage::Sender, sender).and_then(|_| judge(Stage::Recipient, recipient))
            {
                self.reset(&error).await?;
                return Err(error);
            }
        } else {
            for (stage, line) in [(Stage::Sender, mail), (Stage::Recipient, rcpt)] {
                self.write(stage, line.as_bytes()).await?;
                let reply = self.read_reply(stage).await?.0;
                if let Err(error) = judge(stage, reply) {
                    self.reset(&error).await?;
                    return Err(error);
                }
            }
        }
        self.write(Stage::Data, b"DATA\r\n").await?;
        let reply = self.read_reply(Stage::Data).await?.0;
        if reply.code != 354 {
            let code = reply.code;
            let error = match judge(Stage::Data, reply) {
                Err(error) => error,
                Ok(_) => {
                    SmtpError::Protocol { stage: Stage::Data, problem: format!("{code} in answer to DATA") }
                }
            };
            self.reset(&error).await?;
            return Err(error);
        }
        self.write(Stage::Data, &body).await?;
        if self.buffer.is_empty() {
            return Ok(());
        }
        // An answer to a mail that has not ended would be taken for the answer to its end.
        Err(SmtpError::Protocol {
            stage: Stage::Data,
            problem: "an answer before the end of the mail".to_owned(),
        })
    }

    /// Sends the final dot and waits for the answer.
    pub async fn commit(&mut self) -> Answer {
        if let Err(error) = self.write(Stage::Data, b".\r\n").await {
            return Answer::Unknown(error.to_string());
        }
        let wait = self.timeouts.answer;
        let read = tokio::time::timeout(wait, self.read_reply_untimed(Stage::Data)).await;
        match read {
            Err(_) => Answer::Unknown(format!("no answer in {} s after the message", wait.as_secs())),
            Ok(Err(error)) => Answer::Unknown(error.to_string()),
            Ok(Ok((reply, _))) => match reply.code {
                200..300 => Answer::Accepted(reply),
                400..500 => Answer::Deferred(reply),
                500..600 => Answer::Refused(reply),
                code => Answer::Unknown(format!("{code} in answer to the message")),
            },
        }
    }

    /// Says goodbye; errors do not matter any more.
    pub async fn quit(mut self) {
        let _ = self.write(Stage::Connect, b"QUIT\r\n").await;
    }

    async fn reset(&mut self, after: &SmtpError) -> Result<(), SmtpError> {
        if after.ends_session() {
            return Ok(());
        }
        self.write(Stage::Sender, b"RSET\r\n").await?;
        self.read_reply(Stage::Sender).await.map(drop)
    }

    async fn command(&mut self, stage: Stage, text: &str) -> Result<Reply, SmtpError> {
        self.write(stage, format!("{text}\r\n").as_bytes()).await?;
        self.expect(stage).await
    }

    async fn expect(&mut self, stage: Stage) -> Result<Reply, SmtpError> {
        let (reply, _) = self.read_reply(stage).await?;
        judge(stage, reply)
    }

    async fn write(&mut self, stage: Stage, bytes: &[u8]) -> Result<(), SmtpError> {
        let write = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        tokio::time::timeout(self.timeouts.command, write)
            .await
            .map_err(|_| line(stage, "the server takes nothing in"))?
            .map_err(|e| line(stage, &e.to_string()))
    }

    async fn read_reply(&mut self, stage: Stage) -> Result<(Reply, Vec<String>), SmtpError> {
        tokio::time::timeout(self.timeouts.command, self.read_reply_untimed(stage))
            .await
            .map_err(|_| line(stage, "no answer"))?
    }

    /// Reads one reply, which may have several lines (`250-...` up to `250 ...`).
    async fn read_reply_untimed(&mut self, stage: Stage) -> Result<(Reply, Vec<String>), SmtpError> {
        let protocol = |problem: &str| SmtpError::Protocol { stage, problem: problem.to_owned() };
        let mut lines: Vec<String> = Vec::new();
        let mut code = 0_u16;
        loop {
            let text = self.read_line(stage).await?;
            let this: u16 = text.get(..3).and_then(|c| c.parse().ok()).ok_or_else(|| protocol("no code"))?;
            if !(200..600).contains(&this) || (!lines.is_empty() && this != code) {
                return Err(protocol("a wrong code"));
            }
            code = this;
            lines.push(text.get(4..).unwrap_or_default().trim().to_owned());
            if text.as_bytes().get(3) != Some(&b'-') {
                return Ok((Reply { code, text: lines.join(" ") }, lines));
            }
            if lines.len() >= LINES_MAX {
                return Err(protocol("too many lines"));
            }
        }
    }

    async fn read_line(&mut self, stage: Stage) -> Result<String, SmtpError> {
        loop {
            if let Some(end) = self.buffer.iter().position(|b| *b == b'\n') {
                let bytes: Vec<u8> = self.buffer.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned());
            }
            if self.buffer.len() >= LINE_BYTES_MAX {
                return Err(SmtpError::Protocol { stage, problem: "an endless line".to_owned() });
            }
            let mut chunk = [0_u8; 1024];
            let n = self.stream.read(&mut chunk).await.map_err(|e| line(stage, &e.to_string()))?;
            if n == 0 {
                return Err(line(stage, "the server closed the line"));
            }
            self.buffer.extend_from_slice(&chunk[..n]);
        }
    }
}

fn line(stage: Stage, problem: &str) -> SmtpError {
    SmtpError::Line { stage, problem: problem.to_owned() }
}

fn judge(stage: Stage, reply: Reply) -> Result<Reply, SmtpError> {
    if reply.is_positive() {
        return Ok(reply);
    }
    if (400..500).contains(&reply.code) {
        return Err(SmtpError::Temporary { stage, reply });
    }
    Err(SmtpError::Permanent { stage, reply })
}

/// Makes the body ready for DATA: leading dots doubled, ends with CRLF, no dot. A bare CR or LF is refused, because
/// servers disagree about it and a hidden end of data would smuggle a second mail in.
fn dot_stuffed(message: &[u8]) -> Result<Vec<u8>, SmtpError> {
    let mut out = Vec::with_capacity(message.len() + 64);
    let mut previous = b'\n';
    for (i, &byte) in message.iter().enumerate() {
        match byte {
            0 => return Err(SmtpError::Message("it holds a NUL byte")),
            b'\n' if i == 0 || previous != b'\r' => {
                return Err(SmtpError::Message("it holds a bare line feed"));
            }
            b'\r' if message.get(i + 1) != Some(&b'\n') => {
                return Err(SmtpError::Message("it holds a bare carriage return"));
            }
            b'.' if previous == b'\n' => out.push(b'.'),
            _ => {}
        }
        out.push(byte);
        previous = byte;
    }
    if !message.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiem_domain::message::{HeaderMessageId, HeaderText, MailParty, OutboundMail};
    use proptest::prelude::*;

    #[test]
    fn dots_are_doubled_and_nothing_can_hide_an_end_of_data() {
        assert_eq!(dot_stuffed(b"a\r\n.\r\n..b").unwrap(), b"a\r\n..\r\n...b\r\n");
        assert_eq!(dot_stuffed(b".a\r\n").unwrap(), b"..a\r\n");
        for smuggled in [&b"a\n.\nb"[..], b"a\r.\rb", b"a\r\n.\nb", b"a\n.\r\nb", b"\n", b"a\0b", b"a\r"] {
            assert!(dot_stuffed(smuggled).is_err(), "{smuggled:?}");
        }
    }

    /// What a strict server makes of the bytes after DATA: the mail without its stuffing, and what comes after it.
    fn received(wire: &[u8]) -> (Vec<u8>, &[u8]) {
        let mut mail = Vec::new();
        let mut rest = wire;
        while let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") {
            let (line, after) = rest.split_at(end + 2);
            rest = after;
            if line == b".\r\n" {
                return (mail, rest);
            }
            mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        }
        panic!("the mail has no end");
    }

    /// All ends of data that some server somewhere takes for one (SEC Consult, SMTP smuggling, 2023).
    const ENDS: &[&str] = &[
        "\r\n.\r\n",
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r.\r",
        "\r.\r\n",
        "\r\n.\r",
        "\n.\r",
        "\r\n\0.\r\n",
        "\r\r\n.\r\n",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn whatever_is_written_arrives_as_one_mail(
            words in proptest::collection::vec("[a-zé. \\r\\n]{0,20}", 1..6),
            ends in proptest::collection::vec(0..ENDS.len(), 0..4),
            subject in "\\PC{0,60}",
            name in "\\PC{0,30}|\"?Jan, <x@y.example>\"?",
        ) {
            let second = "MAIL FROM:<x@y.example>\r\nRCPT TO:<z@y.example>\r\nDATA\r\nFrom: x@y.example\r\n\r\nboo\r\n.\r\n";
            let mut text = words.join(" ") + "x";
            for end in ends {
                text.push_str(ENDS[end]);
                text.push_str(second);
            }
            let Some(mail) = mail(&text, &subject, &name) else { return Ok(()) };
            let Ok(raw) = crate::mime::build(&mail) else { return Ok(()) };
            let mut wire = dot_stuffed(&raw).unwrap();
            wire.extend_from_slice(b".\r\n");
            let (arrived, after) = received(&wire);
            prop_assert_eq!(&arrived, &raw, "as it was frozen");
            prop_assert!(after.is_empty(), "and nothing after its end");
            for end in ENDS.iter().skip(1) {
                let hidden = raw.windows(end.len()).any(|w| w == end.as_bytes());
                prop_assert!(!hidden, "{:?} in the mail", end);
            }
            let head = String::from_utf8_lossy(&raw);
            let head = head.split("\r\n\r\n").next().unwrap_or_default();
            for field in ["From:", "To:", "Subject:", "Message-ID:", "Date:"] {
                prop_assert_eq!(head.lines().filter(|l| l.starts_with(field)).count(), 1, "{}", field);
            }
            prop_assert!(!head.lines().any(|l| l.starts_with("Bcc:") || l.starts_with("Cc:")));
            let read = crate::mime::parse(&raw, None).unwrap();
            prop_assert_eq!(read.from.address.as_str(), "jan@kiem.example");
            prop_assert_eq!(read.to.len(), 1);
        }
    }

    fn mail(text: &str, subject: &str, name: &str) -> Option<OutboundMail> {
        let party = |address: &str, name: &str| {
            Some(MailParty { address: EmailAddress::parse(address).ok()?, name: HeaderText::new(name).ok()? })
        };
        Some(OutboundMail {
            message_id: HeaderMessageId::parse("k1.ab@kiem.example").ok()?,
            date: "2026-11-24T10:00:00+01:00[Europe/Amsterdam]".parse().ok()?,
            from: party("jan@kiem.example", name)?,
            to: party("eva@klant.example", name)?,
            reply_to: None,
            subject: HeaderText::new(subject).ok()?,
            in_reply_to: None,
            references: Vec::new(),
            list_unsubscribe: None,
            is_automatic: false,
            text: text.to_owned(),
            invitation: None,
            attachments: Vec::new(),
        })
    }
}
