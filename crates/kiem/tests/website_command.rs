//! `kiem website read` through the binary, against a site on the loopback.

#[path = "support/place.rs"]
mod place;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};

use place::Place;
use serde_json::Value;

const OPEN: (&str, &str) = ("KIEM_ALLOW_PRIVATE_ADDRESSES", "true");

/// A site with one page that ends with the test.
fn site() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0_u8; 4_096];
            let n = stream.read(&mut head).unwrap();
            let is_home = head[..n].starts_with(b"GET / ");
            let body = "<html lang=nl><p>Kerkstraat 12, 3511 AB Utrecht<p>KvK 30123456\
                        <p>Jan de Vries, directeur<p>Geen acquisitie.";
            let answer = if is_home {
                format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                )
            } else {
                "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned()
            };
            // A client that went away reads nothing.
            drop(stream.write_all(answer.replacen("\r\n", "\r\nconnection: close\r\n", 1).as_bytes()));
        }
    });
    address
}

#[test]
fn facts_are_printed_with_their_words_in_both_languages_and_as_json() {
    let place = Place::new();
    let url = format!("http://{}/", site());
    let dutch = place.kiem("nl_NL.UTF-8", &[OPEN], &["website", "read", &url], "");
    let text = String::from_utf8(dutch.stdout).unwrap();
    assert!(dutch.status.success(), "{text}");
    assert!(text.contains("KvK-nummer: 30123456\n    \"KvK 30123456\""), "{text}");
    assert!(text.contains("Wil niet benaderd worden"), "{text}");
    assert!(String::from_utf8_lossy(&dutch.stderr).contains("allow_private_addresses staat AAN"));

    let words = ["website", "read", &url, "--json", "--no-people"];
    let json: Value = serde_json::from_slice(&place.kiem("C", &[OPEN], &words, "").stdout).unwrap();
    let facts = json["facts"].as_array().unwrap();
    let kvk = facts.iter().find(|f| f["kind"] == "kvk").unwrap();
    assert_eq!((&kvk["value"], &kvk["url"]), (&Value::from("30123456"), &Value::from(url.as_str())));
    assert_eq!(kvk["content_hash"].as_str().unwrap().len(), 64);
    assert!(facts.iter().all(|f| f["kind"] != "person"), "{facts:?}");
}

#[test]
fn a_private_address_is_refused_in_a_sentence() {
    let place = Place::new();
    let url = format!("http://{}/", site());
    for (language, expected) in [
        ("en_GB.UTF-8", "the address may not be asked (the address points into a private network)"),
        ("nl_NL.UTF-8", "dit adres mag niet worden opgevraagd"),
    ] {
        let output = place.kiem(language, &[], &["website", "read", &url], "");
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(expected), "{text}");
    }
}
