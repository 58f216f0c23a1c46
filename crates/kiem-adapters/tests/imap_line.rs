//! A mail server that hangs up in the middle of an answer has not told everything: that must never look like "there is no
//! more", or a mail is passed over for good.

use std::net::SocketAddr;

use kiem_adapters::imap::Imap;
use kiem_adapters::net::{Security, Server};
use kiem_adapters::smtp::Credentials;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A server that closes its side of the line, politely, instead of answering the first command with `verb` in it. It goes on
/// reading, so that what is written to it arrives, as on a line of which the end is on its way.
async fn hangs_up_at(verb: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A broken line is what this is about.
            tokio::spawn(async move { drop(converse(stream, verb).await) });
        }
    });
    address
}

async fn converse(stream: TcpStream, verb: &str) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"* OK ready\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let (tag, command) = line.split_once(' ').unwrap_or_default();
        if command.contains(verb) {
            write.shutdown().await?;
            while lines.next_line().await?.is_some() {}
            return Ok(());
        }
        let told = if command.starts_with("EXAMINE") {
            "* 2 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n"
        } else if command.contains("RFC822.SIZE") {
            "* 1 FETCH (UID 1 RFC822.SIZE 100)\r\n* 2 FETCH (UID 2 RFC822.SIZE 100)\r\n"
        } else {
            ""
        };
        write.write_all(format!("{told}{tag} OK done\r\n").as_bytes()).await?;
    }
    Ok(())
}

async fn opened(verb: &'static str) -> Imap {
    let server = Server {
        host: "127.0.0.1".to_owned(),
        port: hangs_up_at(verb).await.port(),
        security: Security::PlainLoopback,
        extra_root: None,
    };
    let credentials = Credentials { username: "jan".to_owned(), password: "geheim".to_owned() };
    Imap::open(&server, &credentials).await.expect("logged in")
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_never_taken_for_a_whole_one() {
    assert!(opened("RFC822.SIZE").await.fetch(&[1, 2]).await.is_err(), "sizes");
    assert!(opened("BODY.PEEK").await.fetch(&[1, 2]).await.is_err(), "mails");
    assert!(opened("SEARCH").await.uids_after(0).await.is_err(), "numbers");
    assert!(opened("SEARCH").await.first_since("01-Nov-2026").await.is_err(), "numbers of a day");
    assert!(opened("SEARCH").await.holds("Sent", "Message-ID", "a@b").await.is_err(), "a sent mail");
    assert!(opened("LIST").await.sent_folder().await.is_err(), "folders");
    assert!(opened("CAPABILITY").await.can_idle().await.is_err(), "what the server can");
    assert!(opened("EXAMINE").await.examine("INBOX").await.is_err(), "a folder");
}

#[tokio::test]
async fn a_server_that_has_nothing_says_so() {
    let mut imap = opened("NEVER").await;
    assert!(imap.uids_after(0).await.expect("an answer").is_empty());
    assert!(!imap.holds("Sent", "Message-ID", "a@b").await.expect("an answer"));
    assert_eq!(imap.sent_folder().await.expect("an answer"), None);
    assert!(!imap.can_idle().await.expect("an answer"));
    let (mails, n_done) = imap.fetch(&[1, 2]).await.expect("an answer");
    assert_eq!((mails.len(), n_done), (0, 2), "two mails went meanwhile");
}
