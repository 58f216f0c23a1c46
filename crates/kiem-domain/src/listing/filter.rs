//! Conditions that are put together by clicking: a field, how it is compared, and with what.

use std::str::FromStr as _;

use uuid::Uuid;

use super::ListKind;
use super::at_gate::is_gate_answer;
use super::term::{joined, words};
use crate::address::town_spellings;
use crate::audience::SizeBand;
use crate::country::country_code;
use crate::gate::{FitGroup, Unlock};
use crate::lead::LeadState;
use crate::lifecycle::Lifecycle;
use crate::names::fold;
use crate::titles::{Department, Seniority};

/// Conditions of one filter.
pub const CONDITIONS_MAX: usize = 12;
/// Values of one condition.
pub const VALUES_MAX: usize = 20;
/// Characters of one value.
const VALUE_CHARS_MAX: usize = 100;

text_enum! {
    /// How a field is compared.
    pub enum FilterOp {
        /// One of the values.
        Is = "is",
        /// None of the values; an unknown one passes.
        IsNot = "is_not",
        /// Begins with one of the values.
        StartsWith = "starts_with",
        /// As many or more.
        AtLeast = "at_least",
        /// As many or fewer.
        AtMost = "at_most",
    }
}

text_enum! {
    /// What a list can be filtered by.
    pub enum FilterField {
        /// Town of the company.
        Town = "town",
        /// Postcode of the company; its first digits are an area.
        Postcode = "postcode",
        /// Country of the company.
        Country = "country",
        /// Province or region of the company.
        Region = "region",
        /// Industry of the company, as stored.
        Industry = "industry",
        /// Code of its activity.
        Sbi = "sbi",
        /// Class of the number of people working there.
        Size = "size",
        /// How well it fits, 0 to 100; what is unknown passes no condition.
        Fit = "fit",
        /// Whether it fits, does not, or is not known or in between.
        FitGroup = "fit_group",
        /// Where the company stands between cold list and customer.
        Stage = "stage",
        /// Who works its open pursuit.
        Owner = "owner",
        /// Whether a website is known.
        Website = "website",
        /// Whether a telephone number is known.
        Phone = "phone",
        /// Whether a street or postcode is known.
        Address = "address",
        /// Whether the company does not want mail, by its register.
        NonMailing = "non_mailing",
        /// The uploaded list that brought the person, or somebody at the company.
        Import = "import",
        /// Where the person stands on the marketing list; `blocked` is suppressed.
        State = "state",
        /// Whether an address is known.
        Email = "email",
        /// Whether a ground is recorded on which the person may be approached.
        Ground = "ground",
        /// What the title says.
        Seniority = "seniority",
        /// What the title says.
        Department = "department",
        /// Job title as written.
        Title = "title",
        /// Whether a person must look.
        NeedsLook = "needs_look",
        /// Whether they were ever approached.
        Approached = "approached",
        /// The campaign that the person takes or took part in.
        Campaign = "campaign",
        /// Whether there is an address, a number or a postal address at all.
        Reachable = "reachable",
        /// Whether the send gate opens at least one channel.
        Approachable = "approachable",
        /// What the send gate says about mail: `allowed`, or the reason why not.
        ByMail = "by_mail",
        /// The same about calls.
        ByPhone = "by_phone",
        /// The same about letters.
        ByPost = "by_post",
        /// What would help with who may not be mailed.
        Unlock = "unlock",
    }
}

/// What the values of a field are.
#[derive(Clone, Copy)]
enum Values {
    /// Words that a person types.
    Text,
    /// One of a few names.
    Name(fn(&str) -> bool),
    /// A number from 0 to 100.
    Score,
    /// `yes`, or `no`.
    YesNo,
    /// An id.
    Id,
}

/// Why a condition is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// The list has no such field.
    #[error("the list has no such field")]
    Field,
    /// The field cannot be compared so.
    #[error("the field cannot be compared so")]
    Op,
    /// A value is none of the field.
    #[error("a value is none of the field")]
    Value,
    /// There is no value, or there are too many.
    #[error("too few or too many values")]
    Count,
}

impl FilterField {
    /// The lists that have the field.
    pub const fn is_of(self, list: ListKind) -> bool {
        use FilterField as F;
        match self {
            F::Stage | F::Owner | F::Website | F::Address | F::NonMailing => {
                matches!(list, ListKind::Companies)
            }
            F::State
            | F::Email
            | F::Ground
            | F::Seniority
            | F::Department
            | F::Title
            | F::NeedsLook
            | F::Approached
            | F::Campaign
            | F::Reachable
            | F::Approachable
            | F::ByMail
            | F::ByPhone
            | F::ByPost
            | F::Unlock => matches!(list, ListKind::People),
            _ => true,
        }
    }

    const fn values(self) -> Values {
        use FilterField as F;
        match self {
            F::Town | F::Postcode | F::Country | F::Region | F::Industry | F::Sbi | F::Title => Values::Text,
            F::Size => Values::Name(|text| SizeBand::from_str(text).is_ok()),
            F::Stage => Values::Name(|text| Lifecycle::from_str(text).is_ok()),
            F::State => Values::Name(|text| LeadState::from_str(text).is_ok()),
            F::Seniority => Values::Name(|text| Seniority::from_str(text).is_ok()),
            F::Department => Values::Name(|text| Department::from_str(text).is_ok()),
            F::FitGroup => Values::Name(|text| FitGroup::from_str(text).is_ok()),
            F::ByMail | F::ByPhone | F::ByPost => Values::Name(is_gate_answer),
            F::Unlock => Values::Name(|text| Unlock::from_str(text).is_ok()),
            F::Fit => Values::Score,
            F::Owner | F::Import | F::Campaign => Values::Id,
            F::Website
            | F::Phone
            | F::Address
            | F::NonMailing
            | F::Email
            | F::Ground
            | F::NeedsLook
            | F::Approached
            | F::Reachable
            | F::Approachable => Values::YesNo,
        }
    }

    /// How the field can be compared, the usual way first.
    pub const fn ops(self) -> &'static [FilterOp] {
        use FilterOp::{AtLeast, AtMost, Is, IsNot, StartsWith};
        match self {
            FilterField::Postcode | FilterField::Sbi => &[StartsWith, Is, IsNot],
            FilterField::Town | FilterField::Title => &[Is, IsNot, StartsWith],
            // Who is not in a campaign yet is whom one looks for.
            FilterField::Campaign => &[Is, IsNot],
            _ => match self.values() {
                Values::Text | Values::Name(_) => &[Is, IsNot],
                Values::Score => &[AtLeast, AtMost],
                Values::YesNo | Values::Id => &[Is],
            },
        }
    }
}

/// A condition that a list can be filtered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    field: FilterField,
    op: FilterOp,
    values: Vec<String>,
}

impl Condition {
    /// Reads a condition on a list.
    ///
    /// # Errors
    /// What about it is not right.
    pub fn new(
        list: ListKind,
        field: FilterField,
        op: FilterOp,
        values: impl IntoIterator<Item = String>,
    ) -> Result<Condition, ConditionError> {
        if !field.is_of(list) {
            return Err(ConditionError::Field);
        }
        if !field.ops().contains(&op) {
            return Err(ConditionError::Op);
        }
        let read = |value: String| match field {
            // "Nederland" as well as "nl".
            FilterField::Country => country_code(&value).unwrap_or(value.trim()).to_owned(),
            _ => value.trim().to_owned(),
        };
        let values: Vec<String> = values.into_iter().map(read).collect();
        let most = if matches!(field.values(), Values::Score | Values::YesNo) { 1 } else { VALUES_MAX };
        if values.is_empty() || values.len() > most {
            return Err(ConditionError::Count);
        }
        if values.iter().any(|value| !is_value(field.values(), value)) {
            return Err(ConditionError::Value);
        }
        Ok(Condition { field, op, values })
    }

    /// What is compared.
    pub const fn field(&self) -> FilterField {
        self.field
    }

    /// How.
    pub const fn op(&self) -> FilterOp {
        self.op
    }

    /// With what; never empty.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// The beginnings of terms of which each company that passes has at least one; none when terms cannot tell.
    pub fn term_starts(&self) -> Option<Vec<String>> {
        let read = |value: &String| match self.field {
            FilterField::Postcode => Some(joined(value)).filter(|term| !term.is_empty()),
            FilterField::Sbi => Some(format!("sbi{}", joined(value))),
            _ => None,
        };
        match (self.field, self.op) {
            (FilterField::Town, FilterOp::Is) => self
                .values
                .iter()
                .flat_map(|value| town_spellings(value))
                .map(|name| rarest_word(&name))
                .collect(),
            (FilterField::Town, FilterOp::StartsWith) => {
                self.values.iter().map(|value| rarest_word(value)).collect()
            }
            (_, FilterOp::Is | FilterOp::StartsWith) => self.values.iter().map(read).collect(),
            _ => None,
        }
    }

    /// Whether the one value is `yes`.
    pub fn is_yes(&self) -> bool {
        self.values.iter().any(|value| value == "yes")
    }
}

/// Of a town of several words the longest is the rarest.
fn rarest_word(town: &str) -> Option<String> {
    words(&fold(town)).into_iter().max_by_key(|word| word.chars().count())
}

/// Whom the marketing list shows: who became a prospect has left it for sales, and is seen only by who asks for them by
/// their state.
pub fn on_marketing_list(mut conditions: Vec<Condition>) -> Vec<Condition> {
    if conditions.iter().all(|condition| condition.field != FilterField::State) {
        let states = LeadState::ALL.iter().filter(|state| **state != LeadState::Promoted);
        let values = states.map(ToString::to_string).collect();
        conditions.push(Condition { field: FilterField::State, op: FilterOp::Is, values });
    }
    conditions
}

fn is_value(kind: Values, text: &str) -> bool {
    let is_short = !text.is_empty() && text.chars().count() <= VALUE_CHARS_MAX;
    is_short
        && match kind {
            Values::Text => !text.chars().any(char::is_control),
            Values::Name(is_known) => is_known(text),
            Values::Score => text.parse::<u8>().is_ok_and(|n| n <= 100),
            Values::YesNo => ["yes", "no"].contains(&text),
            Values::Id => Uuid::parse_str(text).is_ok(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(list: ListKind, text: &str) -> Result<Condition, ConditionError> {
        let mut parts = text.split(' ');
        let field = parts.next().unwrap().parse().unwrap();
        let op = parts.next().unwrap().parse().unwrap();
        Condition::new(list, field, op, parts.map(str::to_owned))
    }

    #[test]
    fn a_condition_fits_its_list_its_field_and_its_values() {
        use ConditionError::{Count, Field, Op, Value};
        use ListKind::{Companies, People};
        for (list, text, expected) in [
            (Companies, "town is Utrecht Zeist", Ok(2)),
            (People, "town starts_with Utr", Ok(1)),
            (Companies, "town at_least 3", Err(Op)),
            (Companies, "fit at_least 80", Ok(1)),
            (Companies, "fit at_least 101", Err(Value)),
            (Companies, "fit at_least", Err(Count)),
            (Companies, "fit at_least 1 2", Err(Count)),
            (Companies, "website is yes", Ok(1)),
            (Companies, "website is perhaps", Err(Value)),
            (People, "website is yes", Err(Field)),
            (Companies, "state is new", Err(Field)),
            (People, "state is_not blocked", Ok(1)),
            (People, "state is sold", Err(Value)),
            (Companies, "size is 10-19 500+", Ok(2)),
            (Companies, "size is 12", Err(Value)),
            (Companies, "import is 1", Err(Value)),
            (People, "campaign is 01890a5d-ac96-774b-bcce-b302099a8057", Ok(1)),
            (People, "campaign is_not 01890a5d-ac96-774b-bcce-b302099a8057", Ok(1)),
            (People, "campaign is spring", Err(Value)),
            (Companies, "campaign is 01890a5d-ac96-774b-bcce-b302099a8057", Err(Field)),
            (Companies, "fit_group is_not misfit", Ok(1)),
            (People, "by_mail is allowed no_address", Ok(2)),
            (People, "by_mail is perhaps", Err(Value)),
            (Companies, "by_mail is allowed", Err(Field)),
            (People, "unlock is call", Ok(1)),
            (People, "approachable is yes", Ok(1)),
        ] {
            assert_eq!(condition(list, text).map(|c| c.values().len()), expected, "{text}");
        }
        let many = vec!["x".to_owned(); VALUES_MAX + 1];
        let named = ["Nederland", "be", "Atlantis"].map(str::to_owned);
        let country = Condition::new(Companies, FilterField::Country, FilterOp::Is, named).unwrap();
        assert_eq!(country.values(), ["NL", "BE", "Atlantis"], "as companies have it");
        assert_eq!(Condition::new(Companies, FilterField::Town, FilterOp::Is, many), Err(Count));
        let long = vec!["x".repeat(101)];
        assert_eq!(Condition::new(Companies, FilterField::Town, FilterOp::Is, long), Err(Value));
        let tab = vec!["a\tb".to_owned()];
        assert_eq!(Condition::new(Companies, FilterField::Town, FilterOp::Is, tab), Err(Value));
    }

    #[test]
    fn who_became_a_prospect_is_on_the_marketing_list_only_when_asked_for() {
        let fit = condition(ListKind::People, "fit at_least 80").unwrap();
        let seen = on_marketing_list(vec![fit.clone()]);
        assert_eq!(seen[0], fit, "what was asked stays");
        assert_eq!(seen[1].values().len(), LeadState::ALL.len() - 1);
        assert!(!seen[1].values().contains(&LeadState::Promoted.to_string()));
        let sales = condition(ListKind::People, "state is promoted").unwrap();
        assert_eq!(on_marketing_list(vec![sales.clone()]), [sales]);
    }

    #[test]
    fn every_field_is_of_a_list_and_can_be_compared() {
        for field in FilterField::ALL {
            assert!(ListKind::ALL.iter().any(|list| field.is_of(*list)), "{field}");
            assert!(!field.ops().is_empty(), "{field}");
        }
    }
}
