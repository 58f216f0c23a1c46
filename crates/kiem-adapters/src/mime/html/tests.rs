//! What reading HTML promises, program by program.

use super::*;
use proptest::prelude::*;

fn text(html: &str) -> String {
    html_to_text(html).text
}

#[test]
fn lines_paragraphs_lists_and_tables_are_readable() {
    for (html, expected) in [
        ("<p>Een</p><p>Twee</p>", "Een\n\nTwee"),
        ("<div>Een</div><div>Twee</div>", "Een\nTwee"),
        ("<div>Een</div><div><br></div><div>Twee</div>", "Een\n\nTwee"),
        ("Een<br>Twee<br/><br />Drie", "Een\nTwee\n\nDrie"),
        ("<p class=MsoNormal>Een</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>Twee</p>", "Een\n\nTwee"),
        ("<ul><li>Een<li>Twee</ul>", "- Een\n- Twee"),
        ("<table><tr><td>Een</td><td>Twee</td></tr><tr><td>Drie<td>Vier</table>", "Een Twee\nDrie Vier"),
        ("Een  \n  twee<b>drie</b> <i>vier</i>", "Een tweedrie vier"),
        ("<pre>Een\n  twee</pre>", "Een\n  twee"),
        (
            "caf&eacute; &euro;&nbsp;5 &lt;b&gt; &#8364; &#x20ac; A&B &unknown;",
            "café €\u{a0}5 <b> € € A&B &unknown;",
        ),
        (
            "<html><head><title>x</title><style>p{}</style></head><body>Een<script>if(a<b){}</script></body></html>",
            "Een",
        ),
        ("<!-- weg --><![if !mso]>Een<![endif]><!--[if mso]><p>weg</p><![endif]-->", "Een"),
        ("<span style='display: none'>weg</span>Een", "Een"),
        ("3 < 4 en 5 > 4", "3 < 4 en 5 > 4"),
    ] {
        assert_eq!(text(html), expected, "{html}");
    }
}

#[test]
fn quotes_that_programs_mark_become_quoted_lines() {
    for (html, expected) in [
        (
            "<div dir=ltr>Ja graag</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">Op di schreef Jan:<br></div><blockquote class=\"gmail_quote\">Hoi Eva</blockquote></div>",
            "Ja graag\n\n> Op di schreef Jan:\n> > Hoi Eva",
        ),
        (
            "Ja<blockquote type=\"cite\"><div>Op di schreef Jan:</div><blockquote type=cite>Hoi</blockquote></blockquote>",
            "Ja\n> Op di schreef Jan:\n> > Hoi",
        ),
        (
            "<div class=\"moz-cite-prefix\">Op 3-11 schreef Jan:<br></div><blockquote type=\"cite\" cite=\"mid:x\">Hoi</blockquote><p>Ja</p>",
            "Op 3-11 schreef Jan:\n> Hoi\n\nJa",
        ),
        (
            "<div>Ja</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>Van:</b> Jan</div><div>Hoi</div>",
            "Ja\n> Van: Jan\n> Hoi",
        ),
        ("<div>Ja</div><div class=\"protonmail_quote\">Hoi</div>", "Ja\n> Hoi"),
        ("<div>Ja</div><div id=\"yahoo_quoted_12\" class=\"yahoo_quoted\">Hoi</div>", "Ja\n> Hoi"),
        ("<div>Ja</div><div data-marker=\"__QUOTED_TEXT__\">Hoi</div>", "Ja\n> Hoi"),
        ("<div>Ja</div><div name=\"messageReplySection\">Hoi</div>", "Ja\n> Hoi"),
    ] {
        assert_eq!(text(html), expected, "{html}");
    }
}

#[test]
fn answers_between_the_pieces_of_a_gmail_quote_stay() {
    let html = "<div class=gmail_quote><div class=gmail_attr>Op di schreef Jan:</div><blockquote class=gmail_quote>Past dinsdag?</blockquote>\
<div>Ja, om tien uur.</div><blockquote class=gmail_quote>En wie komt er?</blockquote><div>Alleen ik.</div></div>";
    assert_eq!(
        text(html),
        "> Op di schreef Jan:\n> > Past dinsdag?\nJa, om tien uur.\n> En wie komt er?\nAlleen ik."
    );
    let forward = "fyi<div class=gmail_quote><div class=gmail_attr>---------- Forwarded message ---------</div>Ja<blockquote class=gmail_quote>Hoi</blockquote>Groet</div>";
    assert_eq!(text(forward), "fyi\n> ---------- Forwarded message ---------\n> Ja\n> > Hoi\n> Groet");
}

#[test]
fn signatures_are_kept_apart_and_links_are_noted() {
    let page = html_to_text(
        "<div>Ja</div><div class=\"gmail_signature\">Eva<br>Klant BV</div><a href=\"https://t.example/c/a?b=1&amp;c=2\">hier</a><a href='javascript:x'>x</a>",
    );
    assert_eq!(page.text, "Ja\nhierx");
    assert_eq!(page.signature, "Eva\nKlant BV");
    assert_eq!(page.links, ["https://t.example/c/a?b=1&c=2"]);
}

#[test]
fn hostile_pages_end_quickly() {
    let started = std::time::Instant::now();
    for page in [
        "<div>".repeat(300_000),
        "<a \"".repeat(300_000),
        "</p>".repeat(300_000),
        "<!--".repeat(300_000),
        "&#".repeat(500_000),
        "<blockquote>x".repeat(50_000),
        "<a href='https://x.example/".repeat(60_000),
        "<script>".repeat(200_000),
    ] {
        assert!(html_to_text(&page).text.len() <= TEXT_BYTES_MAX + 64 * 1024);
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_page_is_read(html in "([<>/a-z \"'=&#;!-]|div|blockquote|gmail_quote|class|\\PC){0,200}") {
        html_to_text(&html);
    }

    #[test]
    fn plain_words_come_through(words in proptest::collection::vec("[a-zà-ü0-9]{1,8}", 1..12)) {
        let html: String = words.iter().map(|w| format!("<div><span>{w}</span></div>")).collect();
        prop_assert_eq!(text(&html), words.join("\n"));
    }
}
