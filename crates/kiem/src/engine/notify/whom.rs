//! Whom something is told: who owns a pursuit, who sells, who leads.

use kiem_domain::id::UserId;
use kiem_store::prospect::{self, Prospect};
use kiem_store::{Tx, member};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::engine::permission::allowed;
use crate::engine::{Engine, Permission, Result, Role};

/// Something that is told to more than one member.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notice<'a> {
    /// Key of its words.
    pub kind: &'a str,
    /// What it is about.
    pub subject_kind: &'a str,
    /// Which record.
    pub subject_id: Option<Uuid>,
    /// Values for its words.
    pub data: &'a Json,
}

impl Engine {
    /// Members with one of these roles.
    pub(crate) async fn members_with(&self, tx: &mut Tx, roles: &[Role]) -> Result<Vec<UserId>> {
        let all = member::all(tx, false).await?;
        let has_role = |role: &str| role.parse::<Role>().is_ok_and(|role| roles.contains(&role));
        Ok(all.into_iter().filter(|m| has_role(&m.role)).map(|m| m.user).collect())
    }

    /// Whether a member may work prospects, and so can own one.
    pub(crate) async fn may_own(&self, tx: &mut Tx, user: UserId) -> Result<bool> {
        let all = member::all(tx, false).await?;
        Ok(all.iter().any(|m| {
            m.user == user && m.role.parse().is_ok_and(|role| allowed(role, Permission::WorkProspects))
        }))
    }

    /// Tells owners and managers.
    pub(crate) async fn notify_leaders(&self, tx: &mut Tx, notice: Notice<'_>) -> Result<()> {
        for user in self.members_with(tx, &[Role::Owner, Role::Manager]).await? {
            self.notify(tx, user, notice.kind, notice.subject_kind, notice.subject_id, notice.data).await?;
        }
        Ok(())
    }

    /// Tells those who sell; where nobody has that role, those who lead.
    pub(crate) async fn notify_sellers(&self, tx: &mut Tx, notice: Notice<'_>) -> Result<()> {
        let sellers = self.members_with(tx, &[Role::Sales]).await?;
        if sellers.is_empty() {
            return self.notify_leaders(tx, notice).await;
        }
        for user in sellers {
            self.notify(tx, user, notice.kind, notice.subject_kind, notice.subject_id, notice.data).await?;
        }
        Ok(())
    }

    /// Tells the owner of a pursuit; when they are gone or may not sell any more, those who lead. The names of company
    /// and person are put beside `data`, which wins.
    pub(crate) async fn notify_owner(
        &self,
        tx: &mut Tx,
        pursuit: &Prospect,
        kind: &str,
        data: &Json,
    ) -> Result<()> {
        let card = prospect::card(tx, pursuit.id).await?;
        let mut words = serde_json::json!({
            "contact": card.contact_name,
            "contact_id": pursuit.contact_id.0,
            "company": card.company_name,
            "prospect": pursuit.id.0,
        });
        if let (Some(words), Some(data)) = (words.as_object_mut(), data.as_object()) {
            words.extend(
                data.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())),
            );
        }
        let subject_id = Some(pursuit.id.0);
        if self.may_own(tx, pursuit.owner_id).await? {
            return self.notify(tx, pursuit.owner_id, kind, "prospect", subject_id, &words).await;
        }
        self.notify_leaders(tx, Notice { kind, subject_kind: "prospect", subject_id, data: &words }).await
    }
}
