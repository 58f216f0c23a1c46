//! A small forest of local sites for the tests: each on its own port of the loopback, written byte by byte so that it can
//! misbehave.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a path answers.
#[derive(Clone)]
pub enum Leaf {
    /// 200 with HTML.
    Html(String),
    /// A whole answer, head and body.
    Raw(Vec<u8>),
    /// A head, then bytes without end.
    Endless,
    /// Nothing, for ever.
    Silent,
}

impl Leaf {
    /// An answer without a body.
    pub fn status(line: &str, headers: &str) -> Leaf {
        Leaf::Raw(
            format!("HTTP/1.1 {line}\r\nconnection: close\r\n{headers}content-length: 0\r\n\r\n")
                .into_bytes(),
        )
    }

    /// 200 with plain text.
    pub fn text(body: &str) -> Leaf {
        Leaf::with("content-type: text/plain\r\n", body.as_bytes())
    }

    /// 200 with headers and a body.
    pub fn with(headers: &str, body: &[u8]) -> Leaf {
        let mut all = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        all.extend_from_slice(body);
        Leaf::Raw(all)
    }
}

/// One request that a site saw.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What was asked.
    pub path: String,
    /// The whole head.
    pub head: String,
    /// When.
    pub at: Instant,
    /// Requests that were open at that moment, this one included.
    pub n_open: usize,
}

/// A site that runs until the test ends.
pub struct Tree {
    /// Where it stands.
    pub address: SocketAddr,
    seen: Arc<Mutex<(Vec<Seen>, usize)>>,
}

impl Tree {
    /// A site on a free port.
    pub async fn grow(leaves: &[(&str, Leaf)]) -> Tree {
        Tree::grow_at(SocketAddr::from(([127, 0, 0, 1], 0)), leaves).await
    }

    /// A site at an address.
    pub async fn grow_at(address: SocketAddr, leaves: &[(&str, Leaf)]) -> Tree {
        let listener = TcpListener::bind(address).await.expect("the loopback has a port");
        let address = listener.local_addr().expect("a bound port has an address");
        let leaves: HashMap<String, Leaf> =
            leaves.iter().map(|(p, l)| ((*p).to_owned(), l.clone())).collect();
        let seen = Arc::new(Mutex::new((Vec::new(), 0)));
        let (leaves, told) = (Arc::new(leaves), seen.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, leaves.clone(), told.clone()));
            }
        });
        Tree { address, seen }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// The paths that were asked so far, in order.
    pub fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|s| s.path).collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    leaves: Arc<HashMap<String, Leaf>>,
    seen: Arc<Mutex<(Vec<Seen>, usize)>>,
) {
    let mut head = Vec::new();
    let mut byte = [0_u8; 1];
    while !head.ends_with(b"\r\n\r\n") && head.len() < 10_000 {
        match stream.read(&mut byte).await {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.1 += 1;
        let n_open = seen.1;
        seen.0.push(Seen { path: path.clone(), head, at: Instant::now(), n_open });
    }
    let leaf = leaves.get(&path).or_else(|| leaves.get("*")).cloned();
    let answer = match leaf {
        None => Leaf::status("404 Not Found", ""),
        Some(Leaf::Html(body)) => Leaf::with("content-type: text/html; charset=utf-8\r\n", body.as_bytes()),
        Some(other) => other,
    };
    match answer {
        Leaf::Raw(bytes) => {
            // Whoever went away reads nothing.
            drop(stream.write_all(&bytes).await);
        }
        Leaf::Endless => {
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n").await);
            while stream.write_all(&[b'x'; 16_384]).await.is_ok() {}
        }
        _ => tokio::time::sleep(Duration::from_secs(3_600)).await,
    }
    seen.lock().unwrap_or_else(PoisonError::into_inner).1 -= 1;
    drop(stream.shutdown().await);
}

/// An address as test servers have it.
pub fn ip(text: &str) -> IpAddr {
    text.parse().expect("a test writes addresses right")
}
