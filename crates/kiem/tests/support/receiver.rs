//! A program that hears webhooks: a real HTTP server on loopback that answers as it is told and keeps what came.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with the next request.
#[derive(Debug, Clone)]
pub enum Answer {
    Status(u16),
    /// A redirect to somewhere else on this server.
    Redirect,
    /// Closes the line without a word.
    HangUp,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Heard {
    pub path: String,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct State {
    heard: Vec<Heard>,
    next: VecDeque<Answer>,
    otherwise: Option<Answer>,
}

pub struct Receiver {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Receiver {
    /// Listens; takes everything until told otherwise.
    pub async fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Receiver { url, state }
    }

    /// The next answers, in order; afterwards everything is taken.
    pub fn then(&self, answers: &[Answer]) {
        self.state.lock().expect("no panic").next.extend(answers.iter().cloned());
    }

    /// The answer from now on.
    pub fn always(&self, answer: Answer) {
        self.state.lock().expect("no panic").otherwise = Some(answer);
    }

    /// What came since the last look.
    pub fn take(&self) -> Vec<Heard> {
        std::mem::take(&mut self.state.lock().expect("no panic").heard)
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let Some(heard) = read(&mut stream).await else { return };
    let answer = {
        let mut state = state.lock().expect("no panic");
        state.heard.push(heard);
        let next = state.next.pop_front();
        next.or_else(|| state.otherwise.clone()).unwrap_or(Answer::Status(204))
    };
    let text = match answer {
        Answer::HangUp => return,
        Answer::Status(status) => {
            format!("HTTP/1.1 {status} X\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope")
        }
        Answer::Redirect => {
            "HTTP/1.1 302 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .to_owned()
        }
    };
    stream.write_all(text.as_bytes()).await.expect("the sender listens");
    stream.shutdown().await.expect("the line closes");
}

async fn read(stream: &mut TcpStream) -> Option<Heard> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let mut lines = head.lines();
            let path = lines.next()?.split(' ').nth(1)?.to_owned();
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length: usize = headers.iter().find(|(n, _)| n == "content-length")?.1.parse().ok()?;
            while bytes.len() < end + 4 + length {
                let mut piece = [0; 4096];
                let n = stream.read(&mut piece).await.ok().filter(|n| *n > 0)?;
                bytes.extend_from_slice(&piece[..n]);
            }
            let body = String::from_utf8_lossy(&bytes[end + 4..end + 4 + length]).into_owned();
            return Some(Heard { path, headers, body });
        }
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&piece[..n]);
    }
}
