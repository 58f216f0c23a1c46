//! Who has a say at a company, and who of them is not known yet.

use kiem_domain::audience::Buyers;
use kiem_domain::id::ContactId;
use kiem_domain::titles::committee::{Known, Seat, expected, seated};
use kiem_domain::titles::{BuyingRole, Department, read_title};
use kiem_store::company::Company;
use kiem_store::contact::Contact;

/// The people who decide together at one company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyCommittee {
    /// Every seat with those who fill it, the most important first.
    pub seats: Vec<(Seat, Vec<ContactId>)>,
    /// Whether the size of the company says which seats there are, and not the profile.
    pub is_by_size: bool,
    /// The department that will work with what is sold; unknown is any.
    pub department: Department,
    /// What part each person plays in buying, as far as the title says.
    pub roles: Vec<(ContactId, BuyingRole)>,
}

/// Sets the people of a company on the seats that the profile, or else the size, asks for.
pub(super) fn company_committee(
    company: &Company,
    contacts: &[Contact],
    buyers: &Buyers,
) -> CompanyCommittee {
    let employees_n = company.employees_n.and_then(|n| u32::try_from(n).ok());
    let present: Vec<&Contact> = contacts.iter().filter(|c| c.erased_at.is_none()).collect();
    let readings: Vec<_> =
        present.iter().map(|c| read_title(c.title.as_deref().unwrap_or_default(), employees_n)).collect();
    let known: Vec<Known> = readings.iter().map(Known::from).collect();
    let is_by_size = buyers.seats.is_empty();
    let seats = if is_by_size { expected(employees_n) } else { &buyers.seats };
    let found = seated(seats, employees_n, buyers.department, &known);
    let id_of = |place: usize| present.get(place).map(|contact| contact.id);
    CompanyCommittee {
        seats: found
            .seats
            .into_iter()
            .map(|(seat, people)| (seat, people.into_iter().filter_map(id_of).collect()))
            .collect(),
        is_by_size,
        department: buyers.department,
        roles: present
            .iter()
            .zip(&readings)
            .filter_map(|(contact, reading)| Some((contact.id, reading.buying_role.known()?)))
            .collect(),
    }
}
