//! Webhooks out: signing by Standard Webhooks, sent by the guarded client of [`crate::http`]. Redirects are not followed.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::http::{Reach, Schemes, UrlError, failure_words};

/// Longest wait for an answer.
const ANSWER: Duration = Duration::from_secs(20);
/// As much of an answer is kept for the person who looks why it failed.
const ANSWER_CHARS_MAX: usize = 300;

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// Taken (2xx).
    Ok(u16),
    /// The endpoint is gone and wants no more (410).
    Gone,
    /// Another status, with the beginning of the answer.
    Refused(u16, String),
    /// There was no answer: name unknown, no connection, a private address, too slow.
    NoAnswer(String),
}

/// Sends webhooks.
#[derive(Debug, Clone)]
pub struct Webhooks {
    reach: Reach,
}

impl Webhooks {
    /// `allow_private` is for tests and the demo: then http and private addresses are allowed.
    pub fn new(allow_private: bool) -> Webhooks {
        Webhooks { reach: Reach::new(allow_private) }
    }

    /// Checks the address of an endpoint as far as that can be done without resolving it.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check_url(&self, url: &str) -> Result<(), UrlError> {
        self.reach.check(url, Schemes::HttpsOnly).map(|_| ())
    }

    /// Posts a body with the headers of Standard Webhooks. `id` stays the same over all tries, `at_seconds` is now;
    /// while a secret is being replaced there are two, and a signature by each.
    pub async fn post(
        &self,
        url: &str,
        secrets: &[Vec<u8>],
        id: &str,
        at_seconds: i64,
        body: &str,
    ) -> Delivered {
        let url = match self.reach.check(url, Schemes::HttpsOnly) {
            Ok(url) => url,
            Err(error) => return Delivered::NoAnswer(error.to_string()),
        };
        let client = match self.reach.client("Kiem-Webhooks/1", ANSWER) {
            Ok(client) => client,
            Err(error) => return Delivered::NoAnswer(error.to_string()),
        };
        let signatures: Vec<String> = secrets.iter().map(|s| sign(s, id, at_seconds, body)).collect();
        let sent = client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at_seconds.to_string())
            .header("webhook-signature", signatures.join(" "))
            .body(body.to_owned())
            .send()
            .await;
        match sent {
            Ok(mut answer) => {
                let status = answer.status().as_u16();
                match status {
                    200..=299 => Delivered::Ok(status),
                    410 => Delivered::Gone,
                    // One piece of the answer is enough to see why; a stream without end is not read.
                    _ => {
                        let piece = answer.chunk().await.ok().flatten().unwrap_or_default();
                        let text: String =
                            String::from_utf8_lossy(&piece).chars().take(ANSWER_CHARS_MAX).collect();
                        Delivered::Refused(status, text)
                    }
                }
            }
            Err(error) => Delivered::NoAnswer(failure_words(&error, ANSWER)),
        }
    }
}

/// The header `webhook-signature`: version 1, HMAC-SHA256 over `id.timestamp.body`.
pub fn sign(secret: &[u8], id: &str, at_seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, format!("{id}.{at_seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag.as_ref()))
}

/// How a secret is shown and given to the receiver.
pub fn secret_text(secret: &[u8]) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // Example of the Standard Webhooks specification.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature =
            sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(secret_text(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    #[test]
    fn tricks_in_the_address_do_not_help() {
        let strict = Webhooks::new(false);
        for (url, expected) in [
            ("https://127.0.0.1/", UrlError::Private),
            ("https://127.1/", UrlError::Private),
            ("https://2130706433/", UrlError::Private),
            ("https://0x7f000001/", UrlError::Private),
            ("https://017700000001/", UrlError::Private),
            ("https://0/", UrlError::Private),
            ("https://[::1]/", UrlError::Private),
            ("https://[::ffff:127.0.0.1]/", UrlError::Private),
            ("https://[64:ff9b::7f00:1]/", UrlError::Private),
            ("https://localhost/", UrlError::Private),
            ("https://LOCALHOST./", UrlError::Private),
            ("https://a.localhost/", UrlError::Private),
            ("https://metadata.google.internal/", UrlError::Private),
            ("https://127。0。0。1/", UrlError::Private),
            ("https://127.0.0.1./", UrlError::Private),
            ("https://0177.0.0.1/", UrlError::Private),
            ("https://0x7f.1/", UrlError::Private),
            ("https://169.254.169.254/latest/meta-data/", UrlError::Private),
            ("https://[::]/", UrlError::Private),
            ("https://[0:0:0:0:0:ffff:7f00:1]/", UrlError::Private),
            ("https://[fe80::1]/", UrlError::Private),
            ("https://[fd00::1]/", UrlError::Private),
            ("https://%31%32%37.0.0.1/", UrlError::Private),
            ("https:\\\\127.0.0.1\\", UrlError::Private),
            ("https:127.0.0.1", UrlError::Private),
            ("https://１２７.0.0.1/", UrlError::Private),
            ("https://ⓛocalhost/", UrlError::Private),
            ("https://crm.example:25/", UrlError::Port),
            ("https://crm.example:8443/", UrlError::Port),
            ("https://crm.example:80/", UrlError::Port),
            ("https://1.1.1.1@127.0.0.1/", UrlError::Credentials),
            ("https://user:pw@crm.example/", UrlError::Credentials),
            ("https://user@crm.example/", UrlError::Credentials),
            ("http://crm.example/", UrlError::NotHttps),
            ("file:///etc/passwd", UrlError::NotHttps),
            ("gopher://crm.example/", UrlError::NotHttps),
            ("crm.example", UrlError::Malformed),
            ("https://crm.example/\r\nX: y", UrlError::Malformed),
            ("https://", UrlError::Malformed),
        ] {
            assert_eq!(strict.check_url(url), Err(expected), "{url}");
        }
        assert_eq!(strict.check_url("https://crm.example/hook?a=1"), Ok(()));
        assert_eq!(
            strict.check_url("https://crm.example:443/hook"),
            Ok(()),
            "the web's own port, said aloud"
        );
        assert_eq!(Webhooks::new(true).check_url("http://127.0.0.1:8080/hook"), Ok(()));
    }
}
