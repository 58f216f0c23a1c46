//! What the company register says: whether a hit is the company that was meant, and which of its facts are taken over.
//!
//! The register outranks lists and websites, never what a person typed in. A number is taken only when it is beyond doubt
//! whose it is; everything less is shown to a person.

mod find;
mod take;

pub use find::{Found, KnownPlace, find, is_the_same};
pub use take::{Held, KnownFacts, RegisterField, Taken, Taking, takings};

use jiff::civil::Date;

/// One company that a search in the register found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegisterHit {
    /// Number in the register.
    pub number: String,
    /// Name as found: a trade name or the statutory name.
    pub name: String,
    /// Street.
    pub street: Option<String>,
    /// House number, when the answer or the question says it.
    pub house_number: Option<String>,
    /// Postcode, when the answer or the question says it.
    pub postcode: Option<String>,
    /// Town.
    pub city: Option<String>,
}

/// An activity in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterActivity {
    /// Code as text: the zero in front counts.
    pub code: String,
    /// What it stands for, in the register's words.
    pub words: String,
    /// Whether it is the main one.
    pub is_main: bool,
}

/// A visiting address in the register.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegisterAddress {
    /// Street.
    pub street: String,
    /// House number with letter and addition.
    pub house_number: String,
    /// Postcode.
    pub postcode: String,
    /// Town.
    pub city: String,
}

/// What the register says about one company. What it leaves out is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegisterProfile {
    /// Number in the register.
    pub number: String,
    /// Name.
    pub name: String,
    /// Name in the deed.
    pub statutory_name: Option<String>,
    /// Names that it trades under, in the register's order.
    pub trade_names: Vec<String>,
    /// Legal form.
    pub legal_form: Option<String>,
    /// What it does, the main activity first.
    pub activities: Vec<RegisterActivity>,
    /// People working there.
    pub employees_n: Option<u32>,
    /// Where it can be visited.
    pub address: Option<RegisterAddress>,
    /// The address is shielded: there is one, and it is not told.
    pub is_shielded: bool,
    /// Its websites.
    pub websites: Vec<String>,
    /// Day on which the company began.
    pub founded_on: Option<Date>,
    /// Day on which it ended; missing while it is active.
    pub ended_on: Option<Date>,
    /// Whether the owner does not want the address used for advertising.
    pub is_non_mailing: Option<bool>,
}

impl RegisterProfile {
    /// All its names, the name itself first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let first = std::iter::once(self.name.as_str());
        first
            .chain(self.statutory_name.as_deref())
            .chain(self.trade_names.iter().map(String::as_str))
            .filter(|name| !name.is_empty())
    }

    /// What it mainly does.
    pub fn main_activity(&self) -> Option<&RegisterActivity> {
        self.activities.iter().find(|activity| activity.is_main).or_else(|| self.activities.first())
    }
}

impl RegisterOutcome {
    /// Whether a person should look: a choice or a contradiction waits.
    pub const fn needs_a_look(self) -> bool {
        matches!(
            self,
            RegisterOutcome::OtherCompany | RegisterOutcome::Candidates | RegisterOutcome::NumberTaken
        )
    }

    /// Whether what was known from the check before stays: this one brought nothing about the company.
    pub const fn keeps_the_one_before(self) -> bool {
        matches!(
            self,
            RegisterOutcome::Fresh
                | RegisterOutcome::Later
                | RegisterOutcome::Uncertain
                | RegisterOutcome::Unreadable
                | RegisterOutcome::Practice
        )
    }
}

crate::text_enum! {
    /// How a check of one company ended.
    pub enum RegisterOutcome {
        /// Its profile was read and compared.
        Checked = "checked",
        /// It is no longer in the register.
        Ended = "ended",
        /// The number is that of a company of another name at another place: a person says which is right.
        OtherCompany = "other_company",
        /// The search found companies that it may be: a person chooses.
        Candidates = "candidates",
        /// The search found nobody that it may be.
        Nobody = "nobody",
        /// The number that was found belongs to another company of the list.
        NumberTaken = "number_taken",
        /// The register has nothing under the number, or does not deliver it.
        NotDelivered = "not_delivered",
        /// The register is working on the company: later it may do.
        Later = "later",
        /// It was asked and no answer came: it may have been paid, and is not asked again by itself.
        Uncertain = "uncertain",
        /// It was asked not long ago; not paid again.
        Fresh = "fresh",
        /// The answer is not what the register documents.
        Unreadable = "unreadable",
        /// The workspace practises: nothing leaves the machine.
        Practice = "practice",
    }
}
