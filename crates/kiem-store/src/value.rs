//! Values that are bound to statements. One closed set serves both databases.

use jiff::Timestamp;
use uuid::Uuid;

/// A bound parameter. The type stays known when the value is missing, because PostgreSQL wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An id.
    Uuid(Option<Uuid>),
    /// A number, or an instant in microseconds.
    Int(Option<i64>),
    /// Text, or an enumeration's name.
    Text(Option<String>),
    /// A truth value.
    Bool(Option<bool>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
}

impl Value {
    /// Whether there is no value.
    pub(crate) fn is_missing(&self) -> bool {
        match self {
            Value::Uuid(v) => v.is_none(),
            Value::Int(v) => v.is_none(),
            Value::Text(v) => v.is_none(),
            Value::Bool(v) => v.is_none(),
            Value::Bytes(v) => v.is_none(),
        }
    }
}

/// Microseconds since 1970: how instants are stored.
pub fn instant(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// The same for an instant that may be missing.
pub fn opt_instant(at: Option<Timestamp>) -> Option<i64> {
    at.map(instant)
}

macro_rules! value_from {
    ($($variant:ident: $($ty:ty => |$x:ident| $conv:expr),+;)+) => { $($(
        impl From<$ty> for Value { fn from($x: $ty) -> Value { Value::$variant(Some($conv)) } }
        impl From<Option<$ty>> for Value {
            fn from(value: Option<$ty>) -> Value { Value::$variant(value.map(|$x| $conv)) }
        }
    )+)+ };
}

value_from! {
    Uuid: Uuid => |x| x;
    Int: i64 => |x| x, i32 => |x| i64::from(x), u32 => |x| i64::from(x), u16 => |x| i64::from(x), u8 => |x| i64::from(x),
         Timestamp => |x| instant(x);
    Text: String => |x| x, &str => |x| x.to_owned(), jiff::civil::Date => |x| x.to_string();
    Bool: bool => |x| x;
    Bytes: Vec<u8> => |x| x, &[u8] => |x| x.to_vec();
}

macro_rules! id_values {
    ($($name:ident),+ $(,)?) => { $(
        impl From<kiem_domain::id::$name> for Value {
            fn from(id: kiem_domain::id::$name) -> Value { Value::Uuid(Some(id.0)) }
        }
        impl From<Option<kiem_domain::id::$name>> for Value {
            fn from(id: Option<kiem_domain::id::$name>) -> Value { Value::Uuid(id.map(|i| i.0)) }
        }
    )+ };
}

id_values!(
    WorkspaceId,
    UserId,
    CompanyId,
    ContactId,
    LeadId,
    CampaignId,
    EnrolmentId,
    StepId,
    MessageId,
    InboundId,
    MailboxId,
    EngagementId,
    PromotionId,
    ProspectId,
    OpportunityId,
    QuoteId,
    TaskId,
    JobId,
    LinkId,
    ImportId,
    WebsiteRunId,
    RegisterRunId,
    SuppressionRunId,
);

/// Builds the parameter list of a statement: `args![ws, id, "text", Some(3_i64)]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
