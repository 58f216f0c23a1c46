//! A mail server's Sent folder for tests: answers just enough IMAP to be searched for a Message-ID.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::smtp_sink::SmtpSink;

/// Starts the server; its Sent folder holds what the sink took in, as providers file submitted mail.
pub async fn start(sink: SmtpSink) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let sink = sink.clone();
            // A broken line is the client's business.
            tokio::spawn(async move { drop(converse(stream, sink).await) });
        }
    });
    address
}

async fn converse(stream: TcpStream, sink: SmtpSink) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"* OK sent folder\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let mut words = line.splitn(2, ' ');
        let (tag, command) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let verb = command.to_ascii_uppercase();
        let answer = if verb.starts_with("LIST") {
            "* LIST (\\Sent) \"/\" \"Sent\"\r\n".to_owned()
        } else if verb.starts_with("EXAMINE") {
            "* 1 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n".to_owned()
        } else if verb.starts_with("UID SEARCH") {
            let id = command.split('"').nth(1).unwrap_or_default();
            if sink.accepted().contains_key(id) {
                "* SEARCH 1\r\n".to_owned()
            } else {
                "* SEARCH\r\n".to_owned()
            }
        } else if verb.starts_with("LOGOUT") {
            "* BYE\r\n".to_owned()
        } else {
            String::new()
        };
        write.write_all(format!("{answer}{tag} OK done\r\n").as_bytes()).await?;
    }
    Ok(())
}
