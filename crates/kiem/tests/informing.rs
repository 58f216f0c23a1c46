//! People are told that we have their data (GDPR article 14): the clock from the list on, the warning, and what is not used.

mod support;

use jiff::SignedDuration;
use jiff::civil::date;
use kiem::engine::audience::{CompanyEdit, ContactEdit, MeantCompany, NewGround, NewLead};
use kiem::engine::outreach::mailboxes::MailboxInput;
use kiem::engine::send::MailServers;
use kiem::engine::settings::{Settings, UninformedAction};
use kiem::engine::{EngineError, Role};
use kiem_domain::consent::Basis;
use kiem_domain::gate::{Outcome, Reason, Unlock};
use kiem_domain::id::{ContactId, LeadId};
use kiem_domain::informing::{InformState, InformedHow};
use kiem_store::message::MessageFilter;
use kiem_store::{account, args};
use support::House;

fn ground(basis: Basis) -> NewGround {
    NewGround {
        basis,
        source: "uw website".to_owned(),
        source_detail: "Aanbiedingen graag naar dit adres".to_owned(),
        evidence_url: "https://klant.example/contact".to_owned(),
        obtained_on: date(2026, 11, 24),
    }
}

/// Somebody whom a colleague typed in on 24 November.
async fn lead(house: &House, name: &str, basis: Basis) -> (LeadId, ContactId) {
    let new = NewLead {
        company: CompanyEdit { name: name.to_owned(), country: "NL".to_owned(), ..CompanyEdit::default() },
        meant: MeantCompany::Recognised,
        contact: ContactEdit { email: format!("info@{name}.example"), ..ContactEdit::default() },
        ground: Some(ground(basis)),
    };
    let caller = house.caller(Role::Marketing);
    let id = house.engine.add_lead(&caller, new).await.unwrap().id;
    (id, house.engine.lead(&caller, id).await.unwrap().contact.id)
}

async fn state(house: &House, lead: LeadId) -> InformState {
    house.engine.lead(&house.caller(Role::ReadOnly), lead).await.unwrap().inform_state
}

async fn counts(house: &House) -> (i64, i64, i64) {
    let page = house.engine.uninformed(&house.caller(Role::ReadOnly), None, None, 50).await.unwrap();
    (page.counts.over_n, page.counts.due_soon_n, page.counts.on_time_n)
}

fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

async fn notices(house: &House) -> usize {
    let owner = house.caller(Role::Owner);
    let (told, _) = house.engine.notifications(&owner, None, 50).await.unwrap();
    told.iter().filter(|one| one.kind == "people.uninformed").count()
}

async fn mailbox(house: &House) {
    let input = MailboxInput {
        kind: "sandbox".to_owned(),
        address: "jan@kiem.example".to_owned(),
        display_name: "Jan de Boer".to_owned(),
        servers: MailServers::default(),
        password: None,
        signature: String::new(),
        daily_cap: 50,
        gap_seconds_min: 0,
    };
    house.engine.create_mailbox(&house.caller(Role::Owner), &input).await.unwrap();
}

#[tokio::test]
async fn somebody_is_warned_of_after_three_weeks_and_not_used_after_a_month_until_told() {
    let house = House::sqlite().await;
    let (designated, person) = lead(&house, "klant", Basis::DesignatedAddress).await;
    let (customer, _) = lead(&house, "oud", Basis::ExistingCustomer).await;
    assert_eq!(state(&house, customer).await, InformState::FromThemselves);
    assert_eq!((state(&house, designated).await, counts(&house).await), (InformState::OnTime, (0, 0, 1)));
    house.engine.privacy_nightly(house.workspace).await.unwrap();
    assert_eq!(notices(&house).await, 0);

    house.advance(days(21));
    assert_eq!((state(&house, designated).await, counts(&house).await), (InformState::DueSoon, (0, 1, 0)));
    house.engine.privacy_nightly(house.workspace).await.unwrap();
    house.engine.privacy_nightly(house.workspace).await.unwrap();
    assert_eq!(notices(&house).await, 1, "once in a week");

    house.advance(days(9));
    let caller = house.caller(Role::Marketing);
    let late = house.engine.lead(&caller, designated).await.unwrap();
    assert_eq!(late.verdict.outcome, Outcome::Blocked(Reason::NotInformed));
    assert_eq!(late.verdict.unlocks, [Unlock::Inform]);
    let reach = house.engine.audience_reach(&caller).await.unwrap().counted.reach;
    assert!(
        reach.channels.iter().any(|c| c.reasons.contains(&(Reason::NotInformed, 1))),
        "the reach says why"
    );

    let exempt = house.engine.mark_informed(&caller, &[person], InformedHow::Exempt, " ").await;
    assert!(matches!(exempt, Err(EngineError::Invalid(e)) if e[0].field == "note"), "not without a reason");
    let done = house.engine.mark_informed(&caller, &[person], InformedHow::Phone, "").await.unwrap();
    assert_eq!((done.done, done.skipped), (1, 0));
    let told = house.engine.lead(&caller, designated).await.unwrap();
    assert_eq!(told.verdict.outcome, Outcome::Allow(Basis::DesignatedAddress));
    assert_eq!((told.inform_state, counts(&house).await), (InformState::Informed, (0, 0, 0)));
    house.close().await;
}

#[tokio::test]
async fn a_mail_without_an_offer_tells_who_can_be_mailed() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    let (first, told) = lead(&house, "klant", Basis::LegitimateInterest).await;
    let (second, left_alone) = lead(&house, "stil", Basis::LegitimateInterest).await;
    house.engine.suppress_by_hand(&caller, "info@stil.example", "wil niet").await.unwrap();
    let refused = house.engine.mail_information(&caller, &[told]).await;
    assert!(matches!(refused, Err(EngineError::Refused { code: "no_mailbox", .. })));
    mailbox(&house).await;
    let page = house.engine.uninformed(&caller, Some(InformState::OnTime), None, 50).await.unwrap();
    let may: Vec<bool> = page.people.iter().map(|one| one.may_be_mailed).collect();
    assert_eq!(may, [true, false], "no ground is needed to tell, but a stop is a stop");

    let done = house.engine.mail_information(&caller, &[told, left_alone]).await.unwrap();
    assert_eq!((done.done, done.skipped), (1, 1));
    let filter = MessageFilter { campaign: None, state: None, after: None, limit: 10 };
    assert!(house.engine.messages(&caller, filter).await.unwrap().is_empty(), "it is no outreach");
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let mails =
        tx.fetch_all("SELECT recipient, body FROM message WHERE workspace_id = $1", args![]).await.unwrap();
    drop(tx);
    assert_eq!(mails.len(), 1);
    let body: String = mails[0].get("body").unwrap();
    for words in
        ["Kiem Voorbeeld BV", "Dam 1, Amsterdam", "uw website (24-11-2026)", "Autoriteit Persoonsgegevens"]
    {
        assert!(body.contains(words), "{words}: {body}");
    }
    assert_eq!(state(&house, first).await, InformState::Informed);
    assert_eq!(state(&house, second).await, InformState::OnTime);
    house.close().await;
}

#[tokio::test]
async fn a_workspace_may_choose_to_remove_whom_nobody_told() {
    for house in [House::sqlite().await, House::postgres().await] {
        let (gone, person) = lead(&house, "klant", Basis::LegitimateInterest).await;
        let (kept, other) = lead(&house, "verteld", Basis::LegitimateInterest).await;
        let caller = house.caller(Role::Marketing);
        house.engine.mark_informed(&caller, &[other], InformedHow::Letter, "").await.unwrap();
        house.advance(days(40));
        house.engine.privacy_nightly(house.workspace).await.unwrap();
        assert_eq!(
            state(&house, gone).await,
            InformState::Over,
            "kept and not used, unless they chose otherwise"
        );

        let mut global = house.db.store.global().await.unwrap();
        let mut workspace = account::workspace(&mut global, house.workspace).await.unwrap().unwrap();
        let settings = Settings { uninformed: UninformedAction::Remove, ..Settings::default() };
        workspace.settings = serde_json::to_string(&settings).unwrap();
        account::update_workspace(&mut global, &workspace).await.unwrap();
        global.commit().await.unwrap();
        house.engine.privacy_nightly(house.workspace).await.unwrap();
        let contact = house.engine.lead(&caller, gone).await.map(|lead| lead.contact.email);
        assert!(!matches!(contact, Ok(Some(_))), "{}: the address is gone", house.db.name);
        assert_eq!(state(&house, kept).await, InformState::Informed);
        let trail = house.engine.audit_trail(&house.caller(Role::Owner), None, 50).await.unwrap();
        let purged = trail.iter().find(|(entry, _)| entry.action == "data.purged").unwrap();
        assert!(purged.0.detail.contains("\"records_n\":1"), "{}", purged.0.detail);
        let again = NewLead {
            company: CompanyEdit { name: "klant".to_owned(), ..CompanyEdit::default() },
            meant: MeantCompany::Recognised,
            contact: ContactEdit { email: "info@klant.example".to_owned(), ..ContactEdit::default() },
            ground: Some(ground(Basis::Consent)),
        };
        let back = house.engine.add_lead(&caller, again).await;
        assert!(back.is_ok(), "they asked for nothing and may be met again: {back:?}");
        assert_ne!(person, other);
        house.close().await;
    }
}
