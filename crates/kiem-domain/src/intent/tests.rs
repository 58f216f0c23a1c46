use jiff::civil::date;

use crate::inbound::strip::strip;

use super::lexicon::Findings;
use super::words::Words;
use super::*;

/// Wednesday 4 November 2026.
const TODAY: Date = date(2026, 11, 4);

fn lexicon_label(text: &str) -> Option<Label> {
    let words = Words::new(text);
    Findings::find(&words).verdict(&words).map(|verdict| verdict.label)
}

fn answer(text: &str) -> Classification {
    classify(&strip(text, None).text, TODAY, built_in())
}

#[test]
fn the_lexicon_decides_what_must_not_be_missed() {
    let cases = [
        (Label::Unsubscribe, "STOP"),
        (Label::Unsubscribe, "stop aub"),
        (Label::Unsubscribe, "Haal me van de lijst"),
        (Label::Unsubscribe, "Wilt u mij uit uw bestand verwijderen?"),
        (Label::Unsubscribe, "Geen mails meer graag."),
        (Label::Unsubscribe, "Hoe meld ik me af?"),
        (Label::Unsubscribe, "Ik wil niet meer benaderd worden."),
        (Label::Unsubscribe, "Niet geïnteresseerd en graag uitschrijven."),
        (Label::Unsubscribe, "unsubscribe"),
        (Label::Unsubscribe, "Not interested + unsubscribe"),
        (Label::Unsubscribe, "Please take me off your list"),
        (Label::Unsubscribe, "Don't email me again."),
        (Label::Unsubscribe, "No more emails, please"),
        (Label::Unsubscribe, "Bitte nehmen Sie mich aus dem Verteiler"),
        (Label::Unsubscribe, "Keine weiteren E-Mails!"),
        (
            Label::Unsubscribe,
            "Under Article 21 GDPR I object to the use of my personal data for direct marketing.",
        ),
        (Label::Unsubscribe, "Op grond van artikel 21 AVG teken ik bezwaar aan tegen direct marketing."),
        (Label::Unsubscribe, "Uw link om u uit te schrijven onderaan de mail werkt niet."),
        (Label::Unsubscribe, "I click unsubscribe at the bottom of every mail and still get them."),
        (Label::Unsubscribe, "afmeldn"),
        (Label::DataRequest, "Hoe komt u aan mijn e-mailadres?"),
        (Label::DataRequest, "Graag inzage in mijn persoonsgegevens op grond van de AVG."),
        (Label::DataRequest, "Where did you get my details?"),
        (Label::DataRequest, "Under GDPR I request a copy of my data."),
        (Label::DataRequest, "Woher haben Sie meine Adresse?"),
        (Label::LeftCompany, "Jan werkt hier niet meer."),
        (Label::LeftCompany, "She has left the company."),
        (Label::LeftCompany, "Herr Meier ist nicht mehr im Unternehmen."),
        (Label::OutOfOffice, "Ik ben met vakantie tot 5 januari."),
        (Label::OutOfOffice, "I'm out of the office until Monday."),
        (Label::OutOfOffice, "Ich bin bis Montag im Urlaub."),
        (Label::Auto, "Dit is een automatisch bericht."),
        (Label::Auto, "Please do not reply to this email."),
        (Label::Auto, "Ihre Vorgangsnummer lautet 4711."),
    ];
    for (label, text) in cases {
        assert_eq!(lexicon_label(text), Some(label), "{text}");
    }
}

#[test]
fn the_lexicon_leaves_other_senses_alone() {
    for text in [
        "Stop maar een brochure in de bus.",
        "Stuur mij de lijst met prijzen.",
        "Please don't unsubscribe me.",
        "Niet afmelden hoor, ik lees ze graag.",
        "Wat valt er wel en niet onder?",
        "Could this be combined with our cameras?",
        "Does it stop working without internet?",
        "Send me more emails like this one",
        "You can unsubscribe at any time with the link in every issue.",
        "Uitschrijven voor onze nieuwsbrief kan altijd onderaan de mail.",
        "To stop receiving our newsletter, click unsubscribe at the foot of it.",
        "Abmelden ist jederzeit möglich.",
        "Uw pakket kon niet worden bezorgd.",
        "",
    ] {
        assert_eq!(lexicon_label(text), None, "{text}");
    }
}

#[test]
fn a_negation_turns_interest_around() {
    let cases = [
        ("Ik ben geïnteresseerd, stuur maar meer informatie.", Label::Interested),
        ("Ik ben niet geïnteresseerd.", Label::NotInterested),
        ("I'm interested, tell me more.", Label::Interested),
        ("I'm not interested.", Label::NotInterested),
        ("Wir haben Interesse.", Label::Interested),
        ("Wir haben kein Interesse.", Label::NotInterested),
    ];
    for (text, label) in cases {
        assert_eq!(answer(text).label, label, "{text}");
    }
}

#[test]
fn close_calls_fall_on_the_promised_side() {
    let cases = [
        ("Interessant, maar pas volgend jaar.", Label::Interested),
        ("Interested, but not before next year.", Label::Interested),
        (
            "Good proposal. Can you contact me again after the summer? We'd like to start then.",
            Label::Interested,
        ),
        ("Nu niet, misschien in maart.", Label::NotNow),
        ("Geen interesse op dit moment, misschien in september.", Label::NotNow),
        ("Not interested right now, maybe Q2", Label::NotNow),
        ("Ik ben niet de juiste persoon.", Label::WrongPerson),
        ("Ik ben niet de juiste persoon, neem contact op met mijn collega Eva.", Label::Referral),
        ("Wij hebben al een leverancier en zijn tevreden.", Label::UsingCompetitor),
        ("We hebben hier geen behoefte aan.", Label::NotInterested),
        ("Wat kost dit per maand?", Label::QuoteRequest),
        ("Werkt dit ook met Exact Online?", Label::Question),
        ("Zullen we volgende week bellen?", Label::MeetingRequest),
        ("Bijgaand de factuur van oktober.", Label::Other),
    ];
    for (text, label) in cases {
        assert_eq!(answer(text).label, label, "{text}");
    }
}

#[test]
fn our_own_footer_decides_nothing() {
    let quotes = [
        "\n\nOp di 3 nov. 2026 om 09:12 schreef Sanne <sanne@kiem.example>:\n> Geen mails meer? Afmelden kan hier.",
        "\n\nOn Tue, Nov 3, 2026 at 9:12 AM Sam <sam@kiem.example> wrote:\n\n> Unsubscribe: https://kiem.example/u/1",
        "\n\n-----Original Message-----\nFrom: Sam\nSent: Tuesday\n\nReply STOP to unsubscribe.",
        "\n\nVan: Sanne <sanne@kiem.example>\nVerzonden: dinsdag\nAan: Jan\n\nAntwoord met STOP om u af te melden.",
    ];
    for quote in quotes {
        let got = answer(&format!("Klinkt goed, stuur maar meer informatie.{quote}"));
        assert_eq!((got.label, got.needs_look), (Label::Interested, false), "{quote}");
        assert_eq!(answer(&format!("Haal me van de lijst.{quote}")).label, Label::Unsubscribe);
    }
}

#[test]
fn nothing_written_is_for_a_person() {
    for text in ["", "   \n", "> quoted only\n> stop"] {
        let got = answer(text);
        assert_eq!((got.label, got.needs_look), (Label::Other, true), "{text:?}");
    }
}

#[test]
fn flags_come_with_the_label() {
    let later = answer("Interessant, maar pas volgend jaar.").flags;
    assert_eq!((later.date, later.postponed), (Some(date(2027, 1, 1)), true));

    let busy = answer("We have an audit next month and can't look at it. Come back to me in Q2.").flags;
    assert_eq!((busy.date, busy.postponed), (Some(date(2027, 4, 1)), true));

    let away = answer(
        "I am out of the office from 23 December to 6 January. Please contact my colleague Liam Brown.",
    );
    assert_eq!(away.flags.date, Some(date(2027, 1, 6)));
    assert_eq!(away.flags.person.and_then(|p| p.name).as_deref(), Some("Liam Brown"));
    assert!(!away.flags.postponed);

    let eva = answer("Hiervoor moet je bij Eva de Wit zijn, eva@molen.example. Zij gaat over marketing.")
        .flags
        .person;
    let want =
        ReferredPerson { name: Some("Eva de Wit".to_owned()), email: Some("eva@molen.example".to_owned()) };
    assert_eq!(eva, Some(want));

    let price = answer("Wat kost dit ongeveer voor 20 gebruikers?").flags;
    assert!(price.price_asked && !price.postponed);

    let call = answer("Prima, bel me morgen op 06-12345678.").flags;
    assert_eq!((call.phone.as_deref(), call.date), (Some("0612345678"), Some(date(2026, 11, 5))));

    let gone = answer("Jan werkt hier sinds september niet meer.").flags;
    assert_eq!((gone.date, gone.person), (None, None));
}

#[test]
fn every_decision_says_why() {
    let by_words = answer("Haal me van de lijst");
    assert_eq!((by_words.by, by_words.why), (DecidedBy::Lexicon, vec!["Haal me van de lijst".to_owned()]));
    let by_model = answer("Klinkt goed, stuur maar meer informatie.");
    assert_eq!(by_model.by, DecidedBy::Model);
    assert!(!by_model.why.is_empty() && by_model.why.len() <= REASONS_MAX);
}

#[test]
fn a_sure_answer_is_above_both_limits() {
    for text in
        ["Misschien.", "Ja", "zie boven", "Dat dacht ik ook", "Klinkt goed, stuur maar meer informatie."]
    {
        let got = answer(text);
        if got.by == DecidedBy::Model && !got.needs_look {
            assert!(got.probability >= PROBABILITY_MIN && got.margin >= MARGIN_MIN, "{text}");
        }
        assert!((0.0..=1.0).contains(&got.probability) && got.margin <= got.probability, "{text}");
    }
}

#[test]
fn the_digest_depends_on_the_texts_and_not_on_their_order() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let both = [file("a.jsonl", "one\r\n"), file("b.jsonl", "two")];
    let turned = [file("b.jsonl", "two"), file("a.jsonl", "one\n")];
    assert_eq!(training_digest(&both), training_digest(&turned));
    assert_ne!(training_digest(&both), training_digest(&both[..1]));
}

proptest::proptest! {
    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,300}") {
        let got = classify(&text, TODAY, built_in());
        proptest::prop_assert!(got.probability.is_finite());
    }

    #[test]
    fn the_same_text_gets_the_same_answer(text in "[a-z ,.?]{0,120}") {
        proptest::prop_assert_eq!(classify(&text, TODAY, built_in()), classify(&text, TODAY, built_in()));
    }
}
