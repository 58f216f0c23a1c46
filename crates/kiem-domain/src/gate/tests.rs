use std::collections::HashMap;

use super::*;
use crate::consent::{Basis, Ground};
use crate::listing::{Condition, FilterField, FilterOp, ListKind};

const COUNTRIES: &[Option<&str>] = &[
    Some("NL"),
    Some("BE"),
    Some("DE"),
    Some("AT"),
    Some("FR"),
    Some("IE"),
    Some("GB"),
    Some("ES"),
    Some("IT"),
    Some("US"),
    Some(""),
    None,
];
const FORMS: &[Option<PersonKind>] = &[None, Some(PersonKind::LegalPerson), Some(PersonKind::NaturalPerson)];

fn ground(basis: Basis) -> Ground {
    Ground {
        basis,
        source: "uw website".to_owned(),
        obtained_on: jiff::civil::date(2026, 11, 1),
        proof: "Aanbiedingen graag naar dit adres".to_owned(),
        evidence_url: Some("https://klant.example/contact".to_owned()),
    }
}

/// Every ground, with and without its evidence, and none.
fn grounds() -> Vec<Option<Ground>> {
    let mut all = vec![None];
    for basis in Basis::ALL {
        all.push(Some(ground(*basis)));
        all.push(Some(Ground { proof: " ".to_owned(), ..ground(*basis) }));
        all.push(Some(Ground { evidence_url: None, ..ground(*basis) }));
    }
    all
}

fn form(person: Option<PersonKind>) -> FormReading {
    FormReading { person, from: FormSource::Stated }
}

/// A company of a country that can be reached by everything, at a personal address.
fn facts<'a>(
    country: Option<&'a str>,
    person: Option<PersonKind>,
    ground: Option<&'a Ground>,
) -> GateFacts<'a> {
    GateFacts {
        country,
        form: form(person),
        address: Some(AddressClass::Personal),
        has_phone: true,
        has_postal_address: true,
        ground,
        is_non_mailing: false,
        is_ended: false,
        is_suppressed: false,
        is_phone_suppressed: false,
        is_uninformed: false,
        is_erased: false,
    }
}

/// Calls `check` with every combination of facts and channel.
fn for_every_case(mut check: impl FnMut(Channel, GateFacts<'_>)) {
    let grounds = grounds();
    let classes = [None, Some(AddressClass::Role), Some(AddressClass::Personal), Some(AddressClass::Guessed)];
    for country in COUNTRIES {
        for (person, ground) in FORMS.iter().flat_map(|p| grounds.iter().map(move |g| (p, g))) {
            for (address, bits) in classes.iter().flat_map(|a| (0..32).map(move |bits| (a, bits))) {
                for channel in Channel::ALL {
                    let facts = GateFacts {
                        address: *address,
                        has_phone: bits & 1 == 0,
                        has_postal_address: bits & 1 == 0,
                        is_non_mailing: bits & 2 != 0,
                        is_suppressed: bits & 4 != 0,
                        is_erased: bits & 8 != 0,
                        is_phone_suppressed: bits & 16 != 0,
                        ..facts(*country, *person, ground.as_ref())
                    };
                    check(*channel, facts);
                }
            }
        }
    }
}

fn loosening(country: &str, cell: Cell, basis: Basis) -> Loosening {
    Loosening {
        id: uuid::Uuid::nil(),
        country: country.to_owned(),
        cell,
        basis,
        reason: "risk accepted".to_owned(),
        decided_by: "Eva".to_owned(),
        decided_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn mail_cell(person: PersonKind, class: AddressClass) -> Cell {
    Cell { channel: Channel::Mail, person, class: Some(class) }
}

/// Everything loosened that anybody could try to loosen.
fn everything_loosened() -> Vec<Loosening> {
    let mut all = Vec::new();
    for pack in packs() {
        for (cell, _) in pack.cases() {
            all.extend(Basis::ALL.iter().map(|basis| loosening(pack.country(), cell, *basis)));
        }
    }
    all
}

#[test]
fn every_pack_names_its_sources_with_a_date_before_the_review() {
    let mut seen = std::collections::HashSet::new();
    for pack in packs() {
        assert!(seen.insert(pack.country()), "{} stands twice", pack.country());
        assert!(!pack.sources.is_empty(), "{}", pack.country());
        for source in &pack.sources {
            assert!(crate::consent::is_web_page(&source.url), "{} {}", pack.country(), source.url);
            assert!(source.date <= pack.rule.reviewed_on, "{} {}", pack.country(), source.title);
        }
    }
    for country in COUNTRIES.iter().flatten().filter(|c| !matches!(**c, "US" | "")) {
        assert!(seen.contains(country), "{country} has a pack");
    }
}

#[test]
fn a_pack_with_something_missing_is_refused() {
    let whole = include_str!("../../../../data/policy/nl.toml");
    assert!(PolicyPack::parse(whole).is_ok());
    for (from, to, place) in [
        ("version = 2", "", "version"),
        ("version = 2", "version = 0", "version"),
        ("reviewed_on = \"2026-09-30\"", "reviewed_on = \"soon\"", "reviewed_on"),
        ("guessed = []", "", "guessed"),
        ("[\"post\"]", "[\"fax\"]", "non_mailing"),
        ("\"eenmanszaak\"", "\"bv\"", "bv"),
        ("date = \"2026-08-15\"", "", "date"),
        ("read = \"secondary\"", "read = \"hearsay\"", "read"),
        ("role = [\"consent\", ", "role = [\"wish\", ", "mail"),
    ] {
        let broken = whole.replacen(from, to, 1);
        assert_ne!(broken, whole, "{from}");
        assert_eq!(PolicyPack::parse(&broken).unwrap_err().place, place, "{from}");
    }
    let sourceless: String = whole.split("[[sources]]").next().unwrap().to_owned()
        + "sources = []\n[forms]"
        + whole.split("[forms]").nth(1).unwrap();
    assert!(PolicyPack::parse(&sourceless).is_err(), "a pack without sources is an opinion");
}

#[test]
fn the_table_of_the_countries() {
    use AddressClass::{Guessed, Personal, Role};
    use Basis::{
        Consent, DesignatedAddress as Designated, ExistingCustomer as Customer,
        LegitimateInterest as Interest,
    };
    use PersonKind::{LegalPerson as Legal, NaturalPerson as Natural};
    for (country, person, class, basis, expected) in [
        ("NL", Some(Legal), Personal, Designated, Ok(Designated)),
        ("NL", None, Role, Designated, Ok(Designated)),
        ("NL", Some(Legal), Role, Interest, Err(Reason::CountryNeedsConsent)),
        ("NL", Some(Legal), Guessed, Consent, Err(Reason::GuessedAddress)),
        ("NL", Some(Natural), Personal, Customer, Ok(Customer)),
        ("BE", Some(Legal), Role, Interest, Ok(Interest)),
        ("BE", Some(Legal), Personal, Interest, Err(Reason::CountryNeedsConsent)),
        ("BE", None, Role, Interest, Err(Reason::LegalFormUnknown)),
        ("BE", Some(Natural), Role, Interest, Err(Reason::CountryNeedsConsent)),
        ("DE", Some(Legal), Role, Designated, Err(Reason::CountryNeedsConsent)),
        ("DE", Some(Legal), Personal, Consent, Ok(Consent)),
        ("AT", Some(Legal), Role, Interest, Err(Reason::CountryNeedsConsent)),
        ("ES", Some(Legal), Role, Interest, Err(Reason::CountryNeedsConsent)),
        ("IT", Some(Legal), Role, Interest, Err(Reason::CountryNeedsConsent)),
        ("FR", Some(Legal), Personal, Interest, Ok(Interest)),
        ("FR", Some(Natural), Personal, Interest, Err(Reason::CountryNeedsConsent)),
        ("FR", Some(Legal), Guessed, Interest, Err(Reason::GuessedAddress)),
        ("IE", Some(Legal), Personal, Interest, Ok(Interest)),
        ("GB", Some(Legal), Personal, Interest, Ok(Interest)),
        ("GB", None, Personal, Interest, Err(Reason::LegalFormUnknown)),
        ("GB", Some(Legal), Guessed, Consent, Ok(Consent)),
        ("US", Some(Legal), Personal, Interest, Err(Reason::CountryNeedsConsent)),
        ("US", Some(Legal), Personal, Customer, Err(Reason::CountryNeedsConsent)),
        ("US", None, Personal, Consent, Ok(Consent)),
    ] {
        let ground = ground(basis);
        let facts = GateFacts { address: Some(class), ..facts(Some(country), person, Some(&ground)) };
        let verdict = decide(Channel::Mail, &facts, &[]);
        let answer = verdict.basis().ok_or(verdict.reason());
        assert_eq!(answer, expected.map_err(Some), "{country} {person:?} {class} {basis}");
    }
    let ground = ground(Interest);
    let verdict = decide(Channel::Mail, &facts(None, Some(Legal), Some(&ground)), &[]);
    assert_eq!(verdict.outcome, Outcome::NeedsEvidence(Reason::CountryUnknown));
    assert_eq!(verdict.rule.country(), "*");
}

#[test]
fn the_telephone_in_the_netherlands_is_for_legal_persons() {
    let ground = ground(Basis::LegitimateInterest);
    for (person, expected) in [
        (Some(PersonKind::LegalPerson), Outcome::Allow(Basis::LegitimateInterest)),
        (Some(PersonKind::NaturalPerson), Outcome::Blocked(Reason::CountryNeedsConsent)),
        (None, Outcome::NeedsEvidence(Reason::LegalFormUnknown)),
    ] {
        let facts = facts(Some("NL"), person, Some(&ground));
        assert_eq!(decide(Channel::Phone, &facts, &[]).outcome, expected, "{person:?}");
        assert!(decide(Channel::Post, &facts, &[]).is_allowed());
    }
}

#[test]
fn who_wants_no_calls_is_not_called_and_may_be_mailed() {
    let consent = ground(Basis::Consent);
    let facts = GateFacts {
        is_phone_suppressed: true,
        ..facts(Some("NL"), Some(PersonKind::LegalPerson), Some(&consent))
    };
    assert_eq!(decide(Channel::Phone, &facts, &[]).outcome, Outcome::Blocked(Reason::NoCalls));
    assert!(
        decide(Channel::Mail, &facts, &[]).is_allowed() && decide(Channel::Post, &facts, &[]).is_allowed()
    );
    let interest = ground(Basis::LegitimateInterest);
    let stranger = GateFacts { ground: Some(&interest), ..facts };
    assert!(!unlocks(&stranger, &[]).contains(&Unlock::Call));
}

#[test]
fn the_non_mailing_indicator_closes_the_post_to_strangers() {
    for basis in Basis::ALL {
        let ground = ground(*basis);
        let facts = GateFacts {
            is_non_mailing: true,
            ..facts(Some("NL"), Some(PersonKind::LegalPerson), Some(&ground))
        };
        let is_own = matches!(basis, Basis::Consent | Basis::ExistingCustomer);
        let verdict = decide(Channel::Post, &facts, &[]);
        assert_eq!(verdict.reason(), (!is_own).then_some(Reason::NonMailing), "{basis}");
        assert_ne!(decide(Channel::Phone, &facts, &[]).reason(), Some(Reason::NonMailing));
    }
}

#[test]
fn a_company_that_is_no_more_is_not_approached_on_any_ground() {
    for (basis, channel) in Basis::ALL.iter().flat_map(|b| Channel::ALL.iter().map(move |c| (b, c))) {
        let ground = ground(*basis);
        let facts =
            GateFacts { is_ended: true, ..facts(Some("NL"), Some(PersonKind::LegalPerson), Some(&ground)) };
        assert_eq!(
            decide(*channel, &facts, &[]).outcome,
            Outcome::Blocked(Reason::Ended),
            "{basis} {channel}"
        );
        assert!(unlocks(&facts, &[]).is_empty());
    }
}

#[test]
fn a_claim_without_evidence_is_not_enough() {
    let designated = ground(Basis::DesignatedAddress);
    let page = |url: &str| Ground { evidence_url: Some(url.to_owned()), ..designated.clone() };
    for (ground, reason) in [
        (Ground { evidence_url: None, ..designated.clone() }, Some(Reason::DesignationUnproven)),
        (page("contactpagina"), Some(Reason::DesignationUnproven)),
        (Ground { proof: "  ".to_owned(), ..designated.clone() }, Some(Reason::DesignationUnproven)),
        (Ground { proof: String::new(), ..ground(Basis::Consent) }, Some(Reason::ConsentUnproven)),
        (designated.clone(), None),
    ] {
        let verdict = decide(Channel::Mail, &facts(Some("NL"), None, Some(&ground)), &[]);
        assert_eq!(verdict.reason(), reason, "{ground:?}");
        assert_eq!(verdict.outcome.as_str(), if reason.is_some() { "needs_evidence" } else { "allow" });
    }
}

#[test]
fn erasure_and_suppression_are_never_opened() {
    let loosened = everything_loosened();
    for_every_case(|channel, facts| {
        if facts.is_erased || facts.is_suppressed {
            let expected = if facts.is_erased { Reason::Erased } else { Reason::Suppressed };
            assert_eq!(decide(channel, &facts, &loosened).reason(), Some(expected), "{channel} {facts:?}");
            assert_eq!(unlocks(&facts, &loosened), [], "{facts:?}");
        }
    });
}

#[test]
fn an_obstacle_more_never_opens() {
    let is_allowed = |channel, facts: &GateFacts<'_>| decide(channel, facts, &[]).is_allowed();
    for_every_case(|channel, facts| {
        if is_allowed(channel, &facts) {
            assert!(facts.ground.is_some(), "nobody is approached without a ground: {facts:?}");
            return;
        }
        for more in [
            GateFacts { is_non_mailing: true, ..facts },
            GateFacts { is_uninformed: true, ..facts },
            GateFacts { is_phone_suppressed: true, ..facts },
            GateFacts { address: facts.address.and(Some(AddressClass::Guessed)), ..facts },
            GateFacts { form: FormReading::UNKNOWN, ..facts },
            GateFacts { country: None, ..facts },
            GateFacts { ground: None, ..facts },
        ] {
            assert!(!is_allowed(channel, &more), "{channel} {facts:?} is closed, {more:?} is open");
        }
    });
}

#[test]
fn who_was_not_told_in_time_is_used_by_no_channel_until_somebody_tells_them() {
    for_every_case(|channel, facts| {
        let (is_suppressed, is_phone_suppressed, is_erased, is_ended) = (false, false, false, false);
        let facts = GateFacts {
            is_uninformed: true,
            is_suppressed,
            is_phone_suppressed,
            is_erased,
            is_ended,
            ..facts
        };
        assert_eq!(decide(channel, &facts, &[]).reason(), Some(Reason::NotInformed), "{channel} {facts:?}");
        assert_eq!(unlocks(&facts, &[]), [Unlock::Inform], "{facts:?}");
    });
}

#[test]
fn an_unknown_form_counts_as_a_natural_person() {
    for_every_case(|channel, facts| {
        let as_natural = GateFacts { form: form(Some(PersonKind::NaturalPerson)), ..facts };
        let as_unknown = GateFacts { form: FormReading::UNKNOWN, ..facts };
        assert_eq!(
            decide(channel, &as_unknown, &[]).basis(),
            decide(channel, &as_natural, &[]).basis(),
            "{channel} {facts:?}"
        );
    });
}

#[test]
fn a_guessed_address_is_never_mailed_in_the_netherlands_and_cannot_be_loosened() {
    let loosened = everything_loosened();
    let grounds = grounds();
    for (person, ground) in FORMS.iter().flat_map(|p| grounds.iter().map(move |g| (p, g))) {
        let guess = AddressClass::Guessed;
        let facts = GateFacts { address: Some(guess), ..facts(Some("NL"), *person, ground.as_ref()) };
        assert_eq!(decide(Channel::Mail, &facts, &loosened).reason(), Some(Reason::GuessedAddress));
    }
    for person in PersonKind::ALL {
        let guessed = loosening("NL", mail_cell(*person, AddressClass::Guessed), Basis::Consent);
        assert_eq!(may_loosen(&guessed), Err(NotLoosenable::Guessed));
    }
}

#[test]
fn a_loosening_opens_its_own_case_only_and_is_named() {
    let interest = ground(Basis::LegitimateInterest);
    let cell = mail_cell(PersonKind::LegalPerson, AddressClass::Role);
    let loosened = [loosening("NL", cell, Basis::LegitimateInterest)];
    assert_eq!(may_loosen(&loosened[0]), Ok(()));
    let legal = Some(PersonKind::LegalPerson);
    let open = GateFacts { address: Some(AddressClass::Role), ..facts(Some("NL"), legal, Some(&interest)) };
    let verdict = decide(Channel::Mail, &open, &loosened);
    assert_eq!((verdict.basis(), verdict.loosened), (Some(Basis::LegitimateInterest), Some(&loosened[0])));
    assert!(!decide(Channel::Mail, &open, &[]).is_allowed());
    for other in [
        GateFacts { address: Some(AddressClass::Personal), ..open },
        GateFacts { country: Some("DE"), ..open },
        GateFacts { form: FormReading::UNKNOWN, ..open },
        GateFacts { is_suppressed: true, ..open },
        GateFacts { is_uninformed: true, ..open },
        GateFacts { ground: None, ..open },
    ] {
        assert!(!decide(Channel::Mail, &other, &loosened).is_allowed(), "{other:?}");
    }
    let unneeded = ground(Basis::Consent);
    let plain = decide(Channel::Mail, &GateFacts { ground: Some(&unneeded), ..open }, &loosened);
    assert_eq!((plain.is_allowed(), plain.loosened), (true, None), "what the pack allows names no loosening");
}

#[test]
fn what_is_no_case_of_a_pack_cannot_be_loosened() {
    let role = mail_cell(PersonKind::LegalPerson, AddressClass::Role);
    let phone = Cell { channel: Channel::Phone, person: PersonKind::NaturalPerson, class: None };
    for (country, cell, basis, expected) in [
        ("US", role, Basis::LegitimateInterest, Err(NotLoosenable::NoPack)),
        ("*", role, Basis::ExistingCustomer, Err(NotLoosenable::NoPack)),
        ("NL", Cell { class: None, ..role }, Basis::LegitimateInterest, Err(NotLoosenable::NoSuchCase)),
        (
            "NL",
            Cell { class: Some(AddressClass::Role), ..phone },
            Basis::LegitimateInterest,
            Err(NotLoosenable::NoSuchCase),
        ),
        ("NL", role, Basis::Consent, Err(NotLoosenable::AllowedAlready)),
        ("NL", phone, Basis::LegitimateInterest, Ok(())),
    ] {
        assert_eq!(may_loosen(&loosening(country, cell, basis)), expected, "{country} {cell:?} {basis}");
    }
}

#[test]
fn what_would_help_is_named() {
    use Unlock as U;
    let interest = ground(Basis::LegitimateInterest);
    let legal = Some(PersonKind::LegalPerson);
    let nl = facts(Some("NL"), legal, Some(&interest));
    assert_eq!(unlocks(&nl, &[]), [U::FindDesignatedAddress, U::Call, U::WriteLetter, U::AskConsent]);
    let gb = GateFacts { has_phone: false, ..facts(Some("GB"), None, Some(&interest)) };
    assert_eq!(unlocks(&gb, &[]), [U::FindLegalForm]);
    let nobody = facts(Some("DE"), legal, None);
    assert_eq!(unlocks(&nobody, &[]), [U::RecordGround]);
    let guess = GateFacts { address: Some(AddressClass::Guessed), ..nl };
    assert!(unlocks(&guess, &[]).contains(&U::FindAddress));
    assert!(!unlocks(&guess, &[]).contains(&U::AskConsent), "consent does not open a guess");
    let unproven = Ground { evidence_url: None, ..ground(Basis::DesignatedAddress) };
    assert_eq!(unlocks(&facts(Some("NL"), None, Some(&unproven)), &[])[0], U::ProveDesignation);
    let agreed = ground(Basis::Consent);
    assert_eq!(unlocks(&facts(Some("NL"), None, Some(&agreed)), &[]), [], "who may be mailed needs nothing");
}

#[test]
fn the_reach_narrows_step_by_step() {
    let (interest, designated) = (ground(Basis::LegitimateInterest), ground(Basis::DesignatedAddress));
    let legal = Some(PersonKind::LegalPerson);
    let open = facts(Some("NL"), legal, Some(&designated));
    let weighed = facts(Some("NL"), legal, Some(&interest));
    let unreachable = GateFacts { address: None, has_phone: false, has_postal_address: false, ..weighed };
    let mut reach = Reach::default();
    for (facts, score) in [
        (open, Some(80)),
        (weighed, Some(60)),
        (weighed, None),
        (unreachable, Some(59)),
        (open, Some(34)),
        (GateFacts { is_suppressed: true, ..open }, Some(35)),
        (GateFacts { is_erased: true, ..open }, Some(80)),
    ] {
        reach.add(&facts, fit_group(score), &[]);
    }
    let reach = reach.done();
    assert_eq!((reach.total_n, reach.fits_n, reach.fit_unknown_n), (6, 2, 3));
    assert_eq!((reach.reachable_n, reach.lawful_n), (4, 3));
    let mail = reach.by(Channel::Mail).unwrap();
    assert_eq!(mail.lawful_n, 1);
    assert_eq!(
        mail.reasons,
        [(Reason::Suppressed, 1), (Reason::NoAddress, 1), (Reason::CountryNeedsConsent, 2)]
    );
    assert_eq!(reach.by(Channel::Phone).unwrap().lawful_n, 3);
    assert_eq!(
        reach.unlocks[0],
        (Unlock::FindDesignatedAddress, 3),
        "the action that helps most comes first"
    );
}

#[test]
fn who_is_a_legal_person_by_the_law_of_the_country_is_one_and_nobody_else() {
    use PersonKind::{LegalPerson as Legal, NaturalPerson as Natural};
    for (country, form, expected) in [
        ("NL", "Vereniging van Eigenaren", Some(Legal)),
        ("NL", "Coöperatieve U.A.", Some(Legal)),
        ("NL", "Coöperatie met uitgesloten aansprakelijkheid", Some(Legal)),
        ("NL", "OWM W.A.", Some(Legal)),
        ("NL", "Onderlinge Waarborgmaatschappij B.A.", Some(Legal)),
        ("NL", "Holding B.V.", Some(Legal)),
        ("NL", "Eenmanszaak met meer dan één eigenaar", Some(Natural)),
        ("NL", "Vennootschap onder firma", Some(Natural)),
        ("NL", "Maatschap", Some(Natural)),
        ("BE", "EBVBA", Some(Legal)),
        ("BE", "I.V.Z.W.", Some(Legal)),
        ("BE", "C.V.B.A.", Some(Legal)),
        ("BE", "Besloten vennootschap met beperkte aansprakelijkheid", Some(Legal)),
        ("BE", "Vennootschap onder firma", Some(Natural)),
        ("BE", "Commanditaire vennootschap", Some(Natural)),
        ("DE", "UG (haftungsbeschraenkt)", Some(Legal)),
        ("DE", "Unternehmergesellschaft (haftungsbeschränkt)", Some(Legal)),
        ("DE", "Gesellschaft mit beschraenkter Haftung", Some(Legal)),
        ("DE", "Gesellschaft mbH", Some(Legal)),
        ("DE", "KGaA", Some(Legal)),
        ("DE", "eG", Some(Legal)),
        ("DE", "OHG", Some(Natural)),
        ("DE", "KG", Some(Natural)),
        ("DE", "GbR", Some(Natural)),
        // Registered or not: nobody looked into it.
        ("DE", "eGbR", None),
        ("AT", "Ges.m.b.H.", Some(Legal)),
        ("AT", "Aktiengesellschaft", Some(Legal)),
        ("AT", "OG", Some(Natural)),
        ("FR", "SCP", Some(Legal)),
        ("FR", "SELARL", Some(Legal)),
        ("FR", "SELAS", Some(Legal)),
        ("FR", "Société civile immobilière", Some(Legal)),
        ("FR", "G.I.E.", Some(Legal)),
        ("FR", "Groupement d’intérêt économique", Some(Legal)),
        ("FR", "Profession libérale", Some(Natural)),
        ("GB", "Company limited by guarantee", Some(Legal)),
        ("GB", "Sole proprietorship", Some(Natural)),
        ("IE", "Private Limited Company", Some(Legal)),
        ("IE", "Limited partnership", Some(Natural)),
        ("ES", "S. Coop.", Some(Legal)),
    ] {
        let fact = FormFact { text: form, source: "register", on: Some(jiff::civil::date(2026, 11, 1)) };
        let person = read_form(Some(country), Some(fact), "Zonnehof", None).person;
        assert_eq!(person, expected, "{country} {form}");
    }
    // Letters that may as well be initials, and words with which others begin their name.
    for (country, name) in [
        ("NL", "BA Bouw"),
        ("NL", "W.A. Visser"),
        ("NL", "Gemeente Advies"),
        ("FR", "SC Toulon"),
        ("BE", "CVA Advies"),
    ] {
        assert_eq!(read_form(Some(country), None, name, None), FormReading::UNKNOWN, "{name}");
    }
}

#[test]
fn every_form_of_a_pack_is_a_form_of_its_country() {
    for pack in packs() {
        for (form, person) in pack.forms() {
            assert!(crate::legal_form::is_known(pack.country(), form), "{}: {form}", pack.country());
            let family = crate::legal_form::family_of(Some(pack.country()), form);
            let is_one_person = family == Some(crate::legal_form::LegalFormFamily::SoleTrader);
            assert!(!is_one_person || person == PersonKind::NaturalPerson, "{}: {form}", pack.country());
        }
    }
}

#[test]
fn the_people_behind_a_number_are_as_many_as_the_number_says() {
    let condition = |field, value: &str| {
        Condition::new(ListKind::People, field, FilterOp::Is, [value.to_owned()]).unwrap()
    };
    let (mut reach, mut found) = (Reach::default(), HashMap::new());
    let mut ask = Vec::new();
    for (field, channel) in [
        (FilterField::ByMail, Channel::Mail),
        (FilterField::ByPhone, Channel::Phone),
        (FilterField::ByPost, Channel::Post),
    ] {
        let answers = Reason::ALL.iter().map(|reason| reason.as_str()).chain(["allowed"]);
        ask.extend(answers.map(|answer| (format!("{channel} {answer}"), condition(field, answer))));
    }
    ask.extend(
        Unlock::ALL
            .iter()
            .map(|unlock| (unlock.to_string(), condition(FilterField::Unlock, unlock.as_str()))),
    );
    ask.push(("reachable".to_owned(), condition(FilterField::Reachable, "yes")));
    ask.push(("lawful".to_owned(), condition(FilterField::Approachable, "yes")));
    for_every_case(|channel, facts| {
        // Each case comes once for every channel.
        if channel != Channel::Mail {
            return;
        }
        reach.add(&facts, FitGroup::Fits, &[]);
        for (name, condition) in &ask {
            let is_not = Condition::new(
                ListKind::People,
                condition.field(),
                *condition.field().ops().last().unwrap(),
                condition.values().to_vec(),
            )
            .unwrap();
            let holds = condition.holds_at_gate(&facts, &[]);
            if is_not.op() == FilterOp::IsNot {
                assert_eq!(is_not.holds_at_gate(&facts, &[]), !holds && !facts.is_erased, "{name} {facts:?}");
            }
            *found.entry(name.clone()).or_insert(0) += i64::from(holds);
        }
    });
    let mut counted: Vec<(String, i64)> = vec![("reachable".to_owned(), reach.reachable_n)];
    counted.push(("lawful".to_owned(), reach.lawful_n));
    for by in &reach.channels {
        counted.push((format!("{} allowed", by.channel), by.lawful_n));
        counted.extend(by.reasons.iter().map(|(reason, n)| (format!("{} {reason}", by.channel), *n)));
    }
    counted.extend(reach.unlocks.iter().map(|(unlock, n)| (unlock.to_string(), *n)));
    assert_eq!(counted.len(), ask.len());
    for (name, n) in counted {
        assert_eq!(found[&name], n, "{name}");
    }
    assert!(found["mail allowed"] > 0 && found["call"] > 0);
}
