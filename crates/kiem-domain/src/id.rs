//! Typed, time-ordered ids (UUIDv7, RFC 9562). The program makes them; the database never does.

use uuid::Uuid;

/// Builds a UUIDv7 from a moment and 80 bits of randomness, both given by the caller.
pub fn uuid_v7(now: jiff::Timestamp, random: &[u8; 10]) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid()
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::parse_str(text).map($name) }
        }
        impl From<$name> for Uuid { fn from(id: $name) -> Uuid { id.0 } }
        impl From<Uuid> for $name { fn from(id: Uuid) -> $name { $name(id) } }
    )+ };
}

ids! {
    /// One client company's data.
    WorkspaceId,
    /// A person who logs in.
    UserId,
    /// An organisation.
    CompanyId,
    /// A person at a company.
    ContactId,
    /// A contact's place in the marketing list.
    LeadId,
    /// A campaign.
    CampaignId,
    /// A lead in a sequence.
    EnrolmentId,
    /// One step of a sequence.
    StepId,
    /// An outbound message.
    MessageId,
    /// A received message.
    InboundId,
    /// A sending and receiving account.
    MailboxId,
    /// One thing the other side did.
    EngagementId,
    /// The record that turned a lead into a prospect.
    PromotionId,
    /// One pursuit of a company.
    ProspectId,
    /// A concrete deal.
    OpportunityId,
    /// A priced offer.
    QuoteId,
    /// Something a person has to do.
    TaskId,
    /// A background job.
    JobId,
    /// A tracked link in a message.
    LinkId,
    /// An upload being brought in.
    ImportId,
    /// A round in which websites are read.
    WebsiteRunId,
    /// A round in which companies are checked in the register.
    RegisterRunId,
    /// Companies that are put on the suppression list together.
    SuppressionRunId,
}
