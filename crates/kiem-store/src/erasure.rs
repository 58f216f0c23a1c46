//! Erasing a person (GDPR article 17): every text that says who they are or what they wrote. Rows stay, so that counts
//! and timelines keep their shape; what could identify somebody goes.

use kiem_domain::id::ContactId;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;

/// Wipes the traces of a person outside the contact record: mails to and from them, bookings, quote requests, practice
/// mail and the details of events. `email` is the address under which mail without a known contact came in.
///
/// # Errors
/// Whatever the database refuses.
pub async fn wipe_traces(tx: &mut Tx, contact: ContactId, email: Option<&str>) -> Result<()> {
    for sql in [
        "UPDATE message SET recipient = '', recipient_name = '', subject = '', body = '', raw = NULL, server_reply = NULL
         WHERE workspace_id = $1 AND contact_id = $2 AND state IN ('sent', 'failed', 'uncertain', 'stopped')",
        "UPDATE inbound SET from_address = '', from_name = '', subject = '', raw = NULL, text = '', quoted = '', flags = '{}',
             auth = '{}' WHERE workspace_id = $1 AND contact_id = $2",
        "UPDATE booking SET guest_name = '', guest_email = '', note = '' WHERE workspace_id = $1 AND contact_id = $2",
        "UPDATE quote_request SET name = '', email = '', phone = '', text = '' WHERE workspace_id = $1 AND contact_id = $2",
        "UPDATE event SET data = '{}' WHERE workspace_id = $1 AND contact_id = $2",
        "UPDATE lead SET search_text = '', sort_name = '', state = 'blocked', needs_look = FALSE
         WHERE workspace_id = $1 AND contact_id = $2",
    ] {
        tx.execute(sql, args![contact]).await?;
    }
    if let Some(email) = email {
        tx.execute("DELETE FROM sandbox_mail WHERE workspace_id = $1 AND address = $2", args![email]).await?;
    }
    Ok(())
}
