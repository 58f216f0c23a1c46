//! How long what is kept, per kind of record: the periods a workspace starts with, what it may choose, and what must stay.
//! No law names numbers for this; these are ours, and a longer one needs a reason. Not legal advice.

text_enum! {
    /// A kind of record with a period of its own.
    pub enum RetentionKind {
        /// People whom we approached and who never became prospects, from the last sign of either side.
        LeadUnanswered = "lead_unanswered",
        /// People whom nobody ever approached, from the day they came in.
        LeadUntouched = "lead_untouched",
        /// People of pursuits that were lost or disqualified, from the day that was.
        ProspectClosed = "prospect_closed",
        /// Words and bytes of mails, ours and theirs, outside open conversations and customers.
        MailText = "mail_text",
        /// Visits to the website with their pages.
        WebVisit = "web_visit",
        /// What uploads did row by row, and what records were before.
        ImportTrace = "import_trace",
        /// What was told to other programs.
        WebhookBody = "webhook_body",
        /// What members were told.
        Notification = "notification",
    }
}

text_enum! {
    /// What has a period or a reason that nobody sets here.
    pub enum FixedRetention {
        /// Files of uploads: as long as an upload can be taken back.
        ImportFile = "import_file",
        /// People found on websites whom nobody took up.
        WebsitePeople = "website_people",
        /// Customers, and people of open conversations: as long as that lasts.
        Customer = "customer",
        /// Accepted quotes: the law on taxes asks for seven years.
        AcceptedQuote = "accepted_quote",
        /// The suppression list: a keyed hash, so that nobody who said no is approached again.
        Suppression = "suppression",
        /// The audit trail: it names no leads, and a line that goes would break its chain.
        AuditTrail = "audit_trail",
    }
}

impl FixedRetention {
    /// Days; none when something else ends it, or nothing does.
    pub const fn days(self) -> Option<u32> {
        match self {
            FixedRetention::ImportFile => Some(7),
            FixedRetention::WebsitePeople => Some(28),
            _ => None,
        }
    }
}

impl RetentionKind {
    /// Days that a workspace starts with.
    pub const fn days_default(self) -> u32 {
        use RetentionKind as K;
        match self {
            K::LeadUnanswered | K::LeadUntouched | K::ImportTrace | K::Notification => 365,
            K::ProspectClosed | K::MailText => 730,
            // Thirteen months: as long as the cookie that somebody consented to.
            K::WebVisit => 396,
            K::WebhookBody => 30,
        }
    }

    /// The fewest days that may be chosen: what runs needs what it is about.
    pub const fn days_min(self) -> u32 {
        use RetentionKind as K;
        match self {
            // A sequence with its waits, and the answer that comes late.
            K::LeadUnanswered | K::LeadUntouched | K::ProspectClosed | K::MailText | K::WebVisit => 30,
            // An upload can be taken back for seven days.
            K::ImportTrace => 8,
            K::WebhookBody | K::Notification => 7,
        }
    }
}

/// The most days that may be chosen: five years, which a regulator held too long when every change began them anew.
pub const DAYS_MAX: u32 = 1_826;

text_enum! {
    /// Why a period cannot be chosen.
    pub enum NotChoosable {
        /// Fewer days than what runs needs.
        TooShort = "retention_too_short",
        /// More days than can be defended.
        TooLong = "retention_too_long",
        /// Longer than what a workspace starts with, without a reason.
        NeedsReason = "retention_reason",
    }
}

/// Whether a period may be chosen: within bounds, and with a reason when it is longer than what a workspace starts with.
///
/// # Errors
/// Says what is wrong with it.
pub fn may_choose(kind: RetentionKind, days: u32, reason: &str) -> Result<(), NotChoosable> {
    if days < kind.days_min() {
        Err(NotChoosable::TooShort)
    } else if days > DAYS_MAX {
        Err(NotChoosable::TooLong)
    } else if days > kind.days_default() && reason.trim().is_empty() {
        Err(NotChoosable::NeedsReason)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_workspace_starts_with_may_be_chosen_and_shorter_needs_no_reason() {
        for kind in RetentionKind::ALL {
            assert_eq!(may_choose(*kind, kind.days_default(), ""), Ok(()), "{kind}");
            assert_eq!(may_choose(*kind, kind.days_min(), ""), Ok(()), "{kind}");
            assert_eq!(may_choose(*kind, kind.days_min() - 1, "x"), Err(NotChoosable::TooShort), "{kind}");
            let longer = kind.days_default() + 1;
            assert_eq!(may_choose(*kind, longer, " "), Err(NotChoosable::NeedsReason), "{kind}");
            assert_eq!(may_choose(*kind, longer, "ons vak heeft lange cycli"), Ok(()), "{kind}");
            assert_eq!(may_choose(*kind, DAYS_MAX + 1, "x"), Err(NotChoosable::TooLong), "{kind}");
        }
    }
}
