//! A mail server for tests: takes mail in, counts it by Message-ID, and misbehaves on demand at every stage.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How the server behaves in one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Does everything right.
    None,
    /// Closes the line before greeting.
    DropAtConnect,
    /// Closes the line after EHLO.
    DropAfterEhlo,
    /// Closes the line after MAIL FROM.
    DropAfterMail,
    /// Closes the line after RCPT TO.
    DropAfterRcpt,
    /// Closes the line when DATA comes.
    DropAtData,
    /// Closes the line in the middle of the body.
    DropInBody,
    /// Takes the mail in, then closes the line without an answer.
    AcceptThenDrop,
    /// Takes the mail in, then never answers.
    AcceptThenHang,
    /// Does not take the mail in, and closes the line without an answer.
    RefuseSilently,
    /// Answers with a code at a stage.
    Reply(At, u16),
    /// Answers with these words at a stage.
    Say(At, &'static str),
    /// Sends its "250" in single bytes.
    SlowReply,
    /// Takes the mail in and sends its "250" so slowly that the wait ends before.
    CrawlingReply,
    /// Takes the mail in and answers with a line of 64 KiB.
    LongReply,
    /// Takes the mail in and answers with lines of two different codes.
    MixedReply,
    /// Ends its answer with a bare line feed.
    BareLfReply,
    /// Says "taken in" before it got the mail.
    EarlyReply,
    /// Does not know PIPELINING.
    NoPipelining,
    /// Wants a log-in, and refuses the password.
    RefusePassword,
    /// Sends a line without end.
    EndlessLine,
}

/// Where a reply code is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Greeting,
    Mail,
    Rcpt,
    Data,
    Dot,
}

#[derive(Default)]
struct Books {
    accepted: HashMap<String, u32>,
    mails: Vec<Vec<u8>>,
    commands: Vec<String>,
    conversations: u64,
}

/// The running server.
#[derive(Clone)]
pub struct SmtpSink {
    pub address: SocketAddr,
    books: Arc<Mutex<Books>>,
    faults: Arc<dyn Fn(u64) -> Fault + Send + Sync>,
    delay: Duration,
}

impl SmtpSink {
    /// Starts a server on a free loopback port; `faults` says how the n-th conversation goes, `delay` is how long it
    /// thinks before it answers a whole mail (half before, half after taking it in).
    pub async fn start(faults: impl Fn(u64) -> Fault + Send + Sync + 'static, delay: Duration) -> SmtpSink {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let sink = SmtpSink { address, books: Arc::default(), faults: Arc::new(faults), delay };
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = serving.clone();
                tokio::spawn(async move {
                    let n = {
                        let mut books = sink.books.lock().expect("books");
                        books.conversations += 1;
                        books.conversations
                    };
                    // A broken line is the client's business.
                    let _ = sink.converse(stream, (sink.faults)(n)).await;
                });
            }
        });
        sink
    }

    /// How often each Message-ID (without angle brackets) was taken in.
    pub fn accepted(&self) -> HashMap<String, u32> {
        self.books.lock().expect("books").accepted.clone()
    }

    /// All mails taken in, in order.
    pub fn mails(&self) -> Vec<Vec<u8>> {
        self.books.lock().expect("books").mails.clone()
    }

    /// All command lines, in order.
    pub fn commands(&self) -> Vec<String> {
        self.books.lock().expect("books").commands.clone()
    }

    /// How many mails were taken in.
    pub fn n_accepted(&self) -> usize {
        self.books.lock().expect("books").mails.len()
    }

    async fn converse(&self, stream: TcpStream, fault: Fault) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read);
        if fault == Fault::DropAtConnect {
            return Ok(());
        }
        if fault == Fault::EndlessLine {
            write.write_all(&[b'2'; 65_536]).await?;
            return Ok(());
        }
        if let Fault::Reply(At::Greeting, code) = fault {
            return write.write_all(format!("{code} no\r\n").as_bytes()).await;
        }
        write.write_all(b"220 sink.test ready\r\n").await?;
        let mut line = String::new();
        loop {
            line.clear();
            if lines.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            self.books.lock().expect("books").commands.push(line.trim_end().to_owned());
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            let (stage, drop) = match verb.as_str() {
                "EHLO" => {
                    write.write_all(offers(fault)).await?;
                    if fault == Fault::DropAfterEhlo {
                        return Ok(());
                    }
                    continue;
                }
                "MAIL" => (At::Mail, Fault::DropAfterMail),
                "RCPT" => (At::Rcpt, Fault::DropAfterRcpt),
                "DATA" => (At::Data, Fault::DropAtData),
                "AUTH" => {
                    write.write_all(b"535 5.7.8 wrong password\r\n").await?;
                    continue;
                }
                "RSET" | "NOOP" => {
                    write.write_all(b"250 ok\r\n").await?;
                    continue;
                }
                _ => return write.write_all(b"221 bye\r\n").await,
            };
            if fault == drop {
                return Ok(());
            }
            if let Some(words) = told(fault, stage) {
                write.write_all(words.as_bytes()).await?;
                continue;
            }
            if stage != At::Data {
                write.write_all(b"250 ok\r\n").await?;
                continue;
            }
            if fault == Fault::EarlyReply {
                write.write_all(b"354 go on\r\n250 2.0.0 taken in\r\n").await?;
            } else {
                write.write_all(b"354 go on\r\n").await?;
            }
            if !self.take_in(&mut lines, &mut write, fault).await? {
                return Ok(());
            }
        }
    }

    /// Reads the body and answers; false ends the conversation.
    async fn take_in(
        &self,
        lines: &mut BufReader<tokio::net::tcp::OwnedReadHalf>,
        write: &mut tokio::net::tcp::OwnedWriteHalf,
        fault: Fault,
    ) -> std::io::Result<bool> {
        let mut body = Vec::new();
        loop {
            let start = body.len();
            if lines.read_until(b'\n', &mut body).await? == 0 {
                return Ok(false);
            }
            if fault == Fault::DropInBody && body.len() > 200 {
                return Ok(false);
            }
            if &body[start..] == b".\r\n" {
                body.truncate(start);
                break;
            }
            if body[start..].starts_with(b"..") {
                body.remove(start);
            }
        }
        tokio::time::sleep(self.delay / 2).await;
        match fault {
            Fault::RefuseSilently => return Ok(false),
            Fault::Reply(At::Dot, code) => {
                write.write_all(format!("{code} as told\r\n").as_bytes()).await?;
                return Ok(true);
            }
            Fault::Say(At::Dot, words) => {
                write.write_all(format!("{words}\r\n").as_bytes()).await?;
                return Ok(true);
            }
            _ => {}
        }
        self.write_down(body);
        tokio::time::sleep(self.delay / 2).await;
        match fault {
            Fault::AcceptThenDrop => return Ok(false),
            Fault::AcceptThenHang => {
                tokio::time::sleep(Duration::from_secs(3600)).await;
                return Ok(false);
            }
            Fault::SlowReply | Fault::CrawlingReply => {
                let pause = if fault == Fault::SlowReply { 2 } else { 300 };
                for byte in b"250 2.0.0 taken in\r\n" {
                    write.write_all(&[*byte]).await?;
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
            }
            Fault::LongReply => {
                write.write_all(&[b"250 ".as_slice(), &[b'x'; 65_536], b"\r\n"].concat()).await?
            }
            Fault::MixedReply => write.write_all(b"250-taken in\r\n550 or not\r\n").await?,
            Fault::BareLfReply => write.write_all(b"250 2.0.0 taken in\n").await?,
            _ => write.write_all(b"250 2.0.0 taken in\r\n").await?,
        }
        Ok(true)
    }

    fn write_down(&self, body: Vec<u8>) {
        let text = String::from_utf8_lossy(&body);
        let id = text
            .lines()
            .find_map(|l| {
                l.get(..11).filter(|h| h.eq_ignore_ascii_case("message-id:")).map(|_| l[11..].trim())
            })
            .map(|id| id.trim_matches(['<', '>']).to_owned())
            .unwrap_or_default();
        let mut books = self.books.lock().expect("books");
        *books.accepted.entry(id).or_insert(0) += 1;
        books.mails.push(body);
    }
}

/// What the server says that it can do.
fn offers(fault: Fault) -> &'static [u8] {
    match fault {
        Fault::NoPipelining => b"250 sink.test\r\n",
        Fault::RefusePassword => b"250-sink.test\r\n250 AUTH PLAIN LOGIN\r\n",
        _ => b"250-sink.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    }
}

/// What the test told the server to say at this stage.
fn told(fault: Fault, stage: At) -> Option<String> {
    match fault {
        Fault::Reply(at, code) if at == stage => Some(format!("{code} as told\r\n")),
        Fault::Say(at, words) if at == stage => Some(format!("{words}\r\n")),
        _ => None,
    }
}
