//! The machine-readable parts of reports: RFC 3464 (delivery), RFC 5965 (complaints), RFC 8098 (read receipts).

use super::head::{bare_address, id};
use kiem_domain::inbound::{DeliveryAction, DeliveryRecipient, Report};

/// As many recipients of one report are kept.
const RECIPIENTS_MAX: usize = 200;

/// Reads a `message/delivery-status` part: a block about the message, then one per recipient.
pub(super) fn delivery(text: &str) -> Report {
    let recipients =
        blocks(text).into_iter().filter_map(|block| recipient(&block)).take(RECIPIENTS_MAX).collect();
    Report::Delivery { recipients }
}

fn recipient(block: &Block) -> Option<DeliveryRecipient> {
    let final_recipient = block.address("final-recipient");
    let original_recipient = block.address("original-recipient");
    // The first block is about the message; it names no recipient.
    if final_recipient.is_empty() && original_recipient.is_empty() && block.value("action").is_none() {
        return None;
    }
    let action =
        block.value("action").and_then(|a| a.split([' ', ';', '(']).next()?.to_lowercase().parse().ok());
    let status = block.value("status").unwrap_or_default();
    let status: String = status.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    Some(DeliveryRecipient {
        action: action.or_else(|| status.starts_with('2').then_some(DeliveryAction::Delivered)),
        status,
        final_recipient,
        original_recipient,
        diagnostic: block.value("diagnostic-code").map(typed).unwrap_or_default().to_owned(),
    })
}

/// Reads a `message/feedback-report` part.
pub(super) fn feedback(text: &str) -> Report {
    let block = blocks(text).into_iter().next().unwrap_or_default();
    Report::Feedback {
        kind: block.value("feedback-type").unwrap_or("abuse").to_lowercase(),
        original_recipient: block.address("original-rcpt-to"),
    }
}

/// Reads a `message/disposition-notification` part.
pub(super) fn disposition(text: &str) -> Report {
    let block = blocks(text).into_iter().next().unwrap_or_default();
    let disposition = block.value("disposition").unwrap_or_default();
    let kind = disposition.split_once(';').map_or(disposition, |(_, kind)| kind);
    Report::Disposition {
        disposition: kind.split('/').next().unwrap_or_default().trim().to_lowercase(),
        original_message_id: block.value("original-message-id").map(id).unwrap_or_default(),
        final_recipient: block.address("final-recipient"),
    }
}

/// A block of `Name: value` lines.
#[derive(Default)]
struct Block(Vec<(String, String)>);

impl Block {
    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The address of `rfc822; eva@klant.example`.
    fn address(&self, name: &str) -> String {
        self.value(name).map(|v| bare_address(typed(v))).unwrap_or_default()
    }
}

/// The value behind its type (`rfc822;`, `smtp;`, `x-unix;`).
fn typed(value: &str) -> &str {
    value.split_once(';').map_or(value, |(_, v)| v).trim()
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = vec![Block::default()];
    for line in text.lines().take(20_000) {
        let Some(block) = blocks.last_mut() else { break };
        if line.trim().is_empty() {
            if !block.0.is_empty() {
                blocks.push(Block::default());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = block.0.last_mut().filter(|(_, v)| v.len() < 4_000) {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            block.0.push((name.trim().to_lowercase(), value.trim().chars().take(4_000).collect()));
        }
    }
    blocks.retain(|b| !b.0.is_empty());
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_report_is_read_per_recipient() {
        let text = "Reporting-MTA: dns; mx.example\nArrival-Date: Tue, 3 Nov 2026 09:12:00 +0100\n\nFinal-Recipient: rfc822; Eva@Klant.example\n\
Original-Recipient: rfc822;eva@oud.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User\n  unknown\n\n\n\
Final-Recipient: rfc822;<piet@klant.example>\nAction: delayed (retrying)\nStatus: 4.4.1 (no answer)\n";
        let Report::Delivery { recipients } = delivery(text) else { panic!("a delivery report") };
        assert_eq!(recipients.len(), 2);
        assert_eq!(recipients[0].final_recipient, "eva@klant.example");
        assert_eq!(recipients[0].original_recipient, "eva@oud.example");
        assert_eq!(recipients[0].diagnostic, "550 5.1.1 User unknown");
        assert_eq!(
            (recipients[1].action, recipients[1].status.as_str()),
            (Some(DeliveryAction::Delayed), "4.4.1")
        );
        assert_eq!(recipients[1].final_recipient, "piet@klant.example");
    }

    #[test]
    fn complaints_and_receipts_are_read() {
        assert_eq!(
            feedback("Feedback-Type: abuse\nUser-Agent: x\nOriginal-Rcpt-To: <Eva@klant.example>\n"),
            Report::Feedback { kind: "abuse".into(), original_recipient: "eva@klant.example".into() }
        );
        assert_eq!(
            disposition(
                "Final-Recipient: rfc822;eva@klant.example\nOriginal-Message-ID: <k1@agency.example>\nDisposition: manual-action/MDN-sent-manually; displayed\n"
            ),
            Report::Disposition {
                disposition: "displayed".into(),
                original_message_id: "k1@agency.example".into(),
                final_recipient: "eva@klant.example".into(),
            }
        );
    }
}
