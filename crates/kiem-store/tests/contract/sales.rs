//! What the contract tests of the sales side share: a company with a person, and a pursuit.

use jiff::Timestamp;
use kiem_domain::conversation::{ProspectState, Step};
use kiem_domain::id::{CompanyId, ContactId, ProspectId, UserId};
use kiem_store::prospect::{self, Prospect};
use kiem_store::{Tx, args};
use uuid::Uuid;

/// A fixed moment: Tuesday 24 November 2026, ten o'clock in Amsterdam.
pub fn now() -> Timestamp {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

/// The owner in these tests.
pub fn owner() -> UserId {
    UserId(Uuid::from_u128(0x77))
}

/// Adds company `n` with one person.
pub async fn company(tx: &mut Tx, n: u128) -> (CompanyId, ContactId) {
    let (company, contact) = (CompanyId(Uuid::from_u128(n)), ContactId(Uuid::from_u128(n)));
    tx.execute(
        "INSERT INTO company (workspace_id, id, name, name_key, fit_known_percent, fit_reasons, source, created_at,
                              updated_at)
         VALUES ($1, $2, $3, $3, 0, '[]', 'test', $4, $4)",
        args![company, format!("Bedrijf {n}"), now()],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO contact (workspace_id, id, company_id, given_name, infix, family_name, name_key, title, source,
                              created_at, updated_at)
         VALUES ($1, $2, $3, 'Eva', 'van den', 'Berg', 'eva van den berg', 'Directeur', 'test', $4, $4)",
        args![contact, company, now()],
    )
    .await
    .unwrap();
    (company, contact)
}

/// A pursuit of company `n`, not yet stored.
pub fn pursuit(n: u128, company: CompanyId, contact: ContactId) -> Prospect {
    Prospect {
        id: ProspectId(Uuid::from_u128(0x1000 + n)),
        company_id: company,
        contact_id: contact,
        owner_id: owner(),
        state: ProspectState::ToQualify,
        step: Step::ToQualify,
        open_company_id: Some(company),
        rule: "R1".to_owned(),
        reason_nl: "Eva antwoordde".to_owned(),
        reason_en: "Eva replied".to_owned(),
        promoted_at: now(),
        step_since: now(),
        response_due_at: now(),
        responded_at: None,
        theirs_at: Some(now()),
        ours_at: None,
        next_action: None,
        next_action_kind: None,
        next_action_at: None,
        nurture_until: None,
        closed_at: None,
        close_reason: None,
        close_note: None,
        value_cents: None,
        currency: "EUR".to_owned(),
        chance_percent: 5,
        sort_company: format!("bedrijf {n}"),
        search_text: format!("bedrijf {n} eva van den berg"),
        version: 1,
    }
}

/// Adds company `n`, its person and a pursuit of it.
pub async fn stored(tx: &mut Tx, n: u128) -> Prospect {
    let (company, contact) = company(tx, n).await;
    let one = pursuit(n, company, contact);
    prospect::insert(tx, &one).await.unwrap();
    one
}
