//! Which lists there are, their orders and columns, and the name of a saved view.

text_enum! {
    /// A list.
    pub enum ListKind {
        /// Companies.
        Companies = "companies",
        /// People.
        People = "people",
    }
}

text_enum! {
    /// Orders of the lists. Each is served by an index.
    pub enum ListSort {
        /// Company, A to Z.
        Company = "company",
        /// Family name, A to Z.
        Name = "name",
        /// Best fit first.
        Fit = "fit",
        /// Most people first.
        Size = "size",
        /// Warmest first.
        Warmth = "warmth",
        /// Newest first.
        Newest = "newest",
    }
}

impl ListSort {
    /// The lists that have the order.
    pub const fn is_of(self, list: ListKind) -> bool {
        match self {
            ListSort::Company | ListSort::Fit | ListSort::Newest => true,
            ListSort::Size => matches!(list, ListKind::Companies),
            ListSort::Name | ListSort::Warmth => matches!(list, ListKind::People),
        }
    }
}

text_enum! {
    /// What a list can show.
    pub enum ListColumn {
        /// Whole name of the person.
        Name = "name",
        /// Name of the company.
        Company = "company",
        /// Job title.
        Title = "title",
        /// Address.
        Email = "email",
        /// Telephone.
        Phone = "phone",
        /// Website.
        Website = "website",
        /// Town.
        Town = "town",
        /// Postcode.
        Postcode = "postcode",
        /// Country.
        Country = "country",
        /// Industry.
        Industry = "industry",
        /// Code of the activity.
        Sbi = "sbi",
        /// People working there.
        Size = "size",
        /// Number in the company register.
        KvkNumber = "kvk_number",
        /// Fit.
        Fit = "fit",
        /// Where the company stands.
        Stage = "stage",
        /// Where the person stands.
        State = "state",
        /// Warmth.
        Warmth = "warmth",
        /// Where the record came from.
        Source = "source",
        /// When a fact last changed.
        Changed = "changed",
    }
}

impl ListColumn {
    /// The lists that have the column.
    pub const fn is_of(self, list: ListKind) -> bool {
        use ListColumn as C;
        match self {
            C::Name | C::Title | C::Email | C::State | C::Warmth => matches!(list, ListKind::People),
            C::Website | C::Postcode | C::Industry | C::Sbi | C::Size | C::KvkNumber | C::Stage => {
                matches!(list, ListKind::Companies)
            }
            _ => true,
        }
    }
}

/// Characters of a view's name.
const NAME_CHARS_MAX: usize = 60;

/// The name of a saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewName(String);

/// Why a name is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// There is none.
    #[error("a view has a name")]
    Missing,
    /// It is longer than 60 characters, or has others than can be read.
    #[error("the name is too long")]
    TooLong,
}

impl ViewName {
    /// Reads a name.
    ///
    /// # Errors
    /// When there is none or it is too long.
    pub fn parse(text: &str) -> Result<ViewName, ViewError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Err(ViewError::Missing);
        }
        if text.chars().count() > NAME_CHARS_MAX || text.chars().any(char::is_control) {
            return Err(ViewError::TooLong);
        }
        Ok(ViewName(text))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_has_a_name_that_can_be_read() {
        assert_eq!(ViewName::parse("  Bakkers \n in  Utrecht ").unwrap().as_str(), "Bakkers in Utrecht");
        assert_eq!(ViewName::parse(" \t"), Err(ViewError::Missing));
        assert_eq!(ViewName::parse(&"x".repeat(61)), Err(ViewError::TooLong));
        assert_eq!(ViewName::parse("a\u{7}b"), Err(ViewError::TooLong));
    }
}
