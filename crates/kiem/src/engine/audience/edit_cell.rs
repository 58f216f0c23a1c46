//! Changing one fact of a company or person where it stands in a list. Who saw an older record than the stored one is told.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId};
use kiem_domain::names::{PersonName, company_key};
use kiem_store::{company, contact};

use super::edit::{CompanyEdit, ContactEdit, company_facts, person_facts};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

kiem_domain::text_enum! {
    /// A fact that can be changed in a list.
    pub enum Cell {
        /// Name of the company or person.
        Name = "name",
        /// Website of the company.
        Website = "website",
        /// Telephone.
        Phone = "phone",
        /// Town of the company.
        Town = "town",
        /// Job title of the person.
        Title = "title",
    }
}

/// One fact as somebody typed it.
#[derive(Debug, Clone)]
pub struct CellEdit {
    /// Which.
    pub cell: Cell,
    /// What it is to be; empty means unknown.
    pub value: String,
    /// When the record that they saw was last changed.
    pub seen_at: Timestamp,
}

impl CellEdit {
    fn unchanged(&self, updated_at: Timestamp) -> Result<()> {
        // As precise as the database keeps it.
        let is_same = self.seen_at.as_microsecond() == updated_at.as_microsecond();
        if is_same { Ok(()) } else { Err(EngineError::refused("changed_meanwhile")) }
    }
}

impl Engine {
    /// Changes one fact of a company. Returns when, which is what the next change has seen.
    ///
    /// # Errors
    /// When the caller may not, the value is not right, the list has no such fact, another company has the website's domain
    /// (`company_exists`), or somebody changed the company meanwhile (`changed_meanwhile`).
    pub async fn edit_company_cell(
        &self,
        caller: &Caller,
        id: CompanyId,
        edit: &CellEdit,
    ) -> Result<Timestamp> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let before = company::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        edit.unchanged(before.updated_at)?;
        let mut typed = CompanyEdit {
            name: before.name.clone(),
            country: before.country.clone().unwrap_or_default(),
            ..CompanyEdit::default()
        };
        match edit.cell {
            Cell::Name => typed.name.clone_from(&edit.value),
            Cell::Website => typed.website.clone_from(&edit.value),
            Cell::Phone => typed.phone.clone_from(&edit.value),
            Cell::Town => typed.city.clone_from(&edit.value),
            Cell::Title => return Err(EngineError::field("field", "unknown_choice")),
        }
        let facts = company_facts(&typed, "")?;
        let mut stored = before.clone();
        match edit.cell {
            Cell::Website => {
                // A website that says nothing about the company (a free page) leaves the known domain alone.
                stored.domain = facts.domain.or(stored.domain.filter(|_| facts.website.is_some()));
                stored.website = facts.website;
            }
            Cell::Phone => stored.phone = facts.phone,
            Cell::Town => stored.city = facts.city,
            Cell::Name | Cell::Title => {
                stored.name_key = company_key(&facts.name);
                stored.name = facts.name;
            }
        }
        let changed_at = self.put_company(&mut tx, caller, &before, stored).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(changed_at)
    }

    /// Changes one fact of a person. Returns when, which is what the next change has seen.
    ///
    /// # Errors
    /// As [`Engine::edit_company_cell`]; `person_erased` when the person was erased.
    pub async fn edit_contact_cell(
        &self,
        caller: &Caller,
        id: ContactId,
        edit: &CellEdit,
    ) -> Result<Timestamp> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let before = contact::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let firm = company::get(&mut tx, before.company_id).await?.ok_or(EngineError::NotFound)?;
        edit.unchanged(before.updated_at)?;
        let mut stored = before.clone();
        if edit.cell == Cell::Name {
            let name =
                PersonName::parse(&edit.value).ok_or_else(|| EngineError::field("name", "name_or_email"))?;
            stored.name_key = name.key();
            (stored.given_name, stored.infix, stored.family_name) = (name.given, name.infix, name.family);
        } else {
            // Somebody is needed to read the rest; the name that is stored stays.
            let mut typed = ContactEdit { family_name: "x".to_owned(), ..ContactEdit::default() };
            match edit.cell {
                Cell::Phone => typed.phone.clone_from(&edit.value),
                Cell::Title => typed.title.clone_from(&edit.value),
                _ => return Err(EngineError::field("field", "unknown_choice")),
            }
            let facts = person_facts(&typed, firm.country.as_deref(), "")?;
            match edit.cell {
                Cell::Phone => stored.phone = facts.phone,
                _ => stored.title = facts.title,
            }
        }
        let changed_at = self.put_contact(&mut tx, caller, &firm, &before, stored).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(changed_at)
    }
}
