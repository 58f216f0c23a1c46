//! The report of a mail server that could not deliver (RFC 3464), for practice mode.

use jiff::Timestamp;
use kiem_store::sandbox::SandboxMail;
use uuid::Uuid;

/// Headers of the mail that came back; longer ones than any of ours are cut off.
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// The bytes of "this address is not there", with the headers of the mail that came back.
pub(super) fn undelivered(mail: &SandboxMail, to: &str, now: Timestamp, unique: &Uuid) -> String {
    let boundary = format!("report-{}", unique.simple());
    let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let host = to.rsplit('@').next().unwrap_or("practice.invalid");
    let lead = &mail.address;
    format!(
        "Return-Path: <>\r\nDate: {date}\r\nFrom: Mail Delivery System <MAILER-DAEMON@{host}>\r\nTo: {to}\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <{}@practice.invalid>\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"{boundary}\"\r\n\r\n\
         --{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         Your message could not be delivered.\r\n\r\n<{lead}>: 550 5.1.1 User unknown\r\n\
         --{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; {host}\r\n\r\nFinal-Recipient: rfc822; {lead}\r\nAction: failed\r\n\
         Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n\
         --{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n{}\r\n--{boundary}--\r\n",
        unique.simple(),
        headers_of(&mail.raw),
    )
}

/// The header block of a mail of ours.
fn headers_of(raw: &[u8]) -> String {
    let end = raw.windows(4).position(|w| w == b"\r\n\r\n").map_or(raw.len(), |at| at + 2);
    String::from_utf8_lossy(raw.get(..end.min(HEADER_BYTES_MAX)).unwrap_or_default()).into_owned()
}
