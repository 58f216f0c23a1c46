//! What stripping promises, mail program by mail program.

use super::*;
use proptest::prelude::*;

const SENT: &str = "Hoi Eva,\n\nIk zag dat jullie magazijn in Breda dit jaar twee keer zo groot werd. Wij helpen groothandels hun \
offertes sneller te maken: van drie dagen naar drie uur.\n\nHeb je dinsdag tijd voor een gesprek van een kwartier?\n\nGroet,\n\
Jan de Vries\nBureau Voorbeeld, Kade 1, Rotterdam\n\nLiever geen mail meer? https://agency.example/u/abc";

fn quoted(text: &str) -> String {
    text.lines().map(|l| format!("> {l}\n")).collect()
}

fn text_of(body: &str, sent: Option<&str>) -> String {
    strip(body, sent).text
}

#[test]
fn top_posting_leaves_the_answer() {
    let tails = [
        format!("Op di 3 nov 2026 om 09:12 schreef Jan de Vries <jan@agency.example>:\n\n{}", quoted(SENT)),
        format!("Op di 3 nov 2026 om 09:12 schreef Jan de Vries <\njan@agency.example>:\n\n{}", quoted(SENT)),
        format!(
            "Op 3 nov. 2026 om 09:12 heeft Jan de Vries <jan@agency.example> het volgende geschreven:\n\n{}",
            quoted(SENT)
        ),
        format!("On Tue, Nov 3, 2026 at 9:12 AM Jan de Vries\n<jan@agency.example> wrote:\n\n{SENT}"),
        format!("Am 03.11.2026 um 09:12 schrieb Jan de Vries:\n{}", quoted(SENT)),
        format!(
            "Van: Jan de Vries <jan@agency.example>\nVerzonden: dinsdag 3 november 2026 09:12\nAan: Eva <eva@klant.example>\nOnderwerp: Offertes\n\n{SENT}"
        ),
        format!(
            "________________________________\nFrom: Jan de Vries\nSent: Tuesday, November 3, 2026 9:12 AM\nTo: Eva\nSubject: Offertes\n\n{SENT}"
        ),
        format!(
            "-----Ursprüngliche Nachricht-----\nVon: Jan de Vries\nGesendet: Dienstag, 3. November 2026 09:12\nAn: Eva\nBetreff: Offertes\n\n{SENT}"
        ),
        format!(
            "-------- Oorspronkelijk bericht --------\nVan: Jan de Vries <jan@agency.example>\nDatum: 03-11-2026 09:12 (GMT+01:00)\nAan: Eva\nOnderwerp: Offertes\n\n{SENT}"
        ),
        format!("Le mar. 3 nov. 2026 à 09:12, Jan de Vries <jan@agency.example> a écrit :\n{}", quoted(SENT)),
        format!(
            "------- Original Message -------\nOn Tuesday, November 3rd, 2026 at 09:12, Jan <jan@agency.example> wrote:\n\n{}",
            quoted(SENT)
        ),
        SENT.to_owned(),
    ];
    for tail in &tails {
        let body = format!("Interessant, wat kost het?\n\nMet vriendelijke groet,\nEva Jansen\n\n{tail}");
        for sent in [None, Some(SENT)] {
            if sent.is_none() && tail == SENT {
                continue; // without a mark and without our text nobody can tell
            }
            assert_eq!(text_of(&body, sent), "Interessant, wat kost het?", "{tail}");
        }
    }
}

#[test]
fn bottom_posting_and_inline_answers_stay() {
    let head = "Op 03-11-2026 om 09:12 schreef Jan de Vries:\n";
    let bottom = format!("{head}{}\nDinsdag om tien uur is goed.\n\n-- \nEva Jansen", quoted(SENT));
    assert_eq!(text_of(&bottom, Some(SENT)), "Dinsdag om tien uur is goed.");
    let inline = format!(
        "{head}> Wij helpen groothandels hun offertes sneller te maken.\n\nDat doen wij al.\n\n> Heb je dinsdag tijd?\n\nJa, na tien uur.\n"
    );
    assert_eq!(text_of(&inline, None), "Dat doen wij al.\n\nJa, na tien uur.");
}

#[test]
fn answers_below_an_outlook_header_are_found_by_taking_our_words_out() {
    let body = format!(
        "Zie mijn antwoorden hieronder in rood.\n\nVan: Jan de Vries\nVerzonden: dinsdag 3 november 2026 09:12\nAan: Eva\nOnderwerp: Offertes\n\n{}",
        SENT.replace("een kwartier?\n", "een kwartier?\nJa, dinsdag om tien uur past.\n")
    );
    assert_eq!(
        text_of(&body, Some(SENT)),
        "Zie mijn antwoorden hieronder in rood.\n\nJa, dinsdag om tien uur past."
    );
    let untouched = format!("Van: Jan\nVerzonden: 3 november 2026\nAan: Eva\nOnderwerp: Offertes\n\n{SENT}");
    assert!(strip(&untouched, Some(SENT)).is_empty);
}

#[test]
fn our_own_words_are_quote_even_without_any_mark() {
    // Our footer speaks of "geen mail meer"; it must never count as the lead's wish.
    let body = format!("Stuur maar meer informatie.\n{SENT}");
    let stripped = strip(&body, Some(SENT));
    assert_eq!(stripped.text, "Stuur maar meer informatie.");
    assert!(stripped.quoted.contains("Liever geen mail meer?"));
}

#[test]
fn rewrapped_quotes_and_rewritten_links_are_still_ours() {
    let body = "Klinkt goed!\n\nIk zag dat jullie magazijn in Breda dit jaar twee\nkeer zo groot werd. Wij helpen groothandels hun offertes\n\
sneller te maken: van drie dagen naar drie uur. Heb je dinsdag tijd voor een\ngesprek van een kwartier?\n\
https://safelinks.example/?url=https%3A%2F%2Fagency.example%2Fu%2Fabc";
    assert_eq!(text_of(body, Some(SENT)), "Klinkt goed!");
}

#[test]
fn a_signature_between_answer_and_quote_goes() {
    let body = format!(
        "Wij hebben al een leverancier.\n\nVerstuurd vanaf mijn iPhone\n\nOp 3 nov. 2026 om 09:12 heeft Jan de Vries <jan@agency.example> het volgende geschreven:\n\n{}",
        quoted(SENT)
    );
    let stripped = strip(&body, None);
    assert_eq!(stripped.text, "Wij hebben al een leverancier.");
    assert_eq!(stripped.signature, "Verstuurd vanaf mijn iPhone");
}

#[test]
fn nothing_added_is_said_so() {
    for body in ["", "\n\n", "> alleen\n> citaat", "--\nEva", "Verstuurd vanaf mijn iPhone\n"] {
        assert!(strip(body, None).is_empty, "{body}");
    }
    assert!(!strip("👍", None).is_empty);
}

#[test]
fn a_person_who_writes_about_mails_is_not_cut() {
    let body = "Op 3 november schreef je:\ndat wil ik wel eens zien.\nVan: maandag, aan: vrijdag, dat zijn onze dagen.";
    assert_eq!(text_of(body, None), body);
}

#[test]
fn long_hostile_bodies_are_bounded_and_end() {
    for line in [
        "thanks\n\n",
        "Van: a\n",
        "> x\n",
        "Op 3-11\n",
        "-- \n",
        "T 010-1234567\n\n",
        "a\n\n",
        ">>>>>>",
        "PS x\n",
    ] {
        let body = line.repeat(1_000_000 / line.len());
        let stripped = strip(&body, Some(SENT));
        assert!(stripped.text.len() + stripped.quoted.len() <= BODY_BYTES_MAX + 16, "{line}");
    }
}

#[test]
fn closing_lines_without_a_sign_off_go() {
    let answer = "Nu even niet, misschien in het voorjaar.";
    for tail in [
        "Eva Jansen\nHoofd inkoop\nKlant BV\nVraag vrijblijvend een offerte aan op onze website!",
        "Eva Jansen\n\nTel 010-555 01 23\nRequest a free quote at our website!",
        "Eva\n\nRegistered office: 4 Quay, Harbour. Company no. 0000000.\nTo stop receiving our newsletter, click unsubscribe below.",
        "Thanks, Eva\nCompany number 0000000\nUnsubscribe from our mailing list at any time.",
        "Eva Jansen\nKlant BV\nWilt u onze nieuwsbrief niet meer ontvangen, dan kunt u zich afmelden via onze site.",
        "Eva Jansen\nBook a demo of our new range | Follow us on LinkedIn",
        "Eva Jansen\nKlant BV\nMaak een afspraak: https://klant.example/afspraak",
        "Best wishes, Eva\n\nDirect: +44 1632 960 123\nMobile: +44 7700 900 123\n\nIf you have received it in error please notify the sender and delete it.",
        "Eva Jansen\nWerkdagen: ma, di en do\nTel. 010 555 01 23",
        "Praxis Muster\nTermine online buchen: www.muster.example\nSitz der Gesellschaft: Musterstadt, HRB 00000",
    ] {
        assert_eq!(
            text_of(&format!("Hoi Jan,\n\n{answer}\n\n{tail}"), None),
            format!("Hoi Jan,\n\n{answer}"),
            "{tail}"
        );
    }
    let with_postscript = format!(
        "{answer}\n\nEva Jansen\nKlant BV\nTel 010-555 01 23\nBezoek onze website!\n\nPS: bel na 14 uur"
    );
    assert_eq!(text_of(&with_postscript, None), format!("{answer}\n\nPS: bel na 14 uur"));
}

#[test]
fn an_answer_that_looks_like_a_closing_line_stays() {
    for body in [
        "Hoi Jan,\n\nAkkoord\n\n06-12345678",
        "Prima, bel me maar.\n\n06-12345678",
        "Hi,\n\nUnsubscribe",
        "STOP",
        "Niet geïnteresseerd.\n\nUitschrijven",
        "Ik ga hier niet over. Neem contact op met:\n\nEva Jansen\nHoofd inkoop\n010-555 01 23\neva@klant.example",
        "Book a slot here: https://klant.example/agenda",
        "Ja graag.\n\nPlan maar iets: https://klant.example/agenda",
        "Goed idee\nStuur maar!",
        "Not interested.\n\nPlease remove me from your newsletter today!",
        "Hoi Jan\nDoe maar!",
    ] {
        assert_eq!(text_of(body, None), body);
    }
}

#[test]
fn an_answer_below_an_unmarked_quote_is_found_by_our_footer() {
    let head = "From: Jan de Vries\nSent: 3 November 2026 09:12\nTo: Eva\nSubject: Offertes\n\n";
    let quote =
        "Hi Eva,\n\nShall we talk about your quotes?\n\nJan\n\nNot interested? Reply \"unsubscribe\".";
    let body = format!("{head}{quote}\n\n---\nHow long does it take?");
    assert_eq!(text_of(&body, None), "How long does it take?");
    assert!(strip(&format!("{head}{quote}"), None).is_empty);
    let goes_on = format!("{head}{quote}\n\nUnsubscribe: https://agency.example/u/1");
    assert!(strip(&goes_on, None).is_empty);
    let top = format!("Yes please.\n\n{head}{quote}\n\nSent on behalf of Jan");
    assert_eq!(text_of(&top, None), "Yes please.");
}

proptest! {
    #[test]
    fn any_text_is_taken_apart_without_losing_a_word(body in "(\\PC{0,30}\n){0,12}", sent in proptest::option::of("\\PC{0,80}")) {
        let stripped = strip(&body, sent.as_deref());
        let words = |t: &str| tokens(t).len();
        prop_assert!(words(&stripped.text) <= words(&normalized(&body)));
        let all = words(&stripped.text) + words(&stripped.quoted) + words(&stripped.signature);
        if sent.is_none() {
            prop_assert_eq!(all, tokens(&normalized(&body)).len());
        }
    }

    #[test]
    fn stripping_twice_changes_nothing_more(answer in "[a-z]{3,8}( [a-z]{3,8}){2,6}\\.") {
        let body = format!("{answer}\n\nGroet,\nEva\n\nOp 3-11-2026 om 09:12 schreef Jan de Vries:\n{}", quoted(SENT));
        let once = strip(&body, Some(SENT)).text;
        prop_assert_eq!(&once, &answer);
        prop_assert_eq!(strip(&once, Some(SENT)).text, once);
    }

    #[test]
    fn an_echo_of_our_own_mail_is_always_empty(words in proptest::collection::vec("[a-z]{2,9}", 8..80)) {
        let sent = words.join(" ");
        prop_assert!(strip(&sent, Some(&sent)).is_empty);
    }
}
