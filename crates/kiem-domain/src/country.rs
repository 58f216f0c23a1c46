//! Countries as people write them, turned into ISO 3166 alpha-2 codes.

use crate::names::fold;

/// Code, alpha-3 code, and names in Dutch, English and the country's own languages (folded).
const COUNTRIES: &[(&str, &str, &[&str])] = &[
    ("NL", "nld", &["nederland", "netherlands", "the netherlands", "holland", "niederlande", "pays-bas"]),
    ("BE", "bel", &["belgie", "belgium", "belgique", "belgien", "vlaanderen", "flanders"]),
    ("DE", "deu", &["duitsland", "germany", "deutschland", "allemagne", "bundesrepublik deutschland"]),
    ("LU", "lux", &["luxemburg", "luxembourg"]),
    ("FR", "fra", &["frankrijk", "france", "frankreich"]),
    (
        "GB",
        "gbr",
        &[
            "verenigd koninkrijk",
            "united kingdom",
            "groot-brittannie",
            "great britain",
            "engeland",
            "england",
            "schotland",
            "scotland",
            "wales",
            "noord-ierland",
            "northern ireland",
            "uk",
            "u.k.",
        ],
    ),
    ("IE", "irl", &["ierland", "ireland", "eire"]),
    ("AT", "aut", &["oostenrijk", "austria", "osterreich"]),
    ("CH", "che", &["zwitserland", "switzerland", "schweiz", "suisse"]),
    ("ES", "esp", &["spanje", "spain", "espana"]),
    ("PT", "prt", &["portugal"]),
    ("IT", "ita", &["italie", "italy", "italia"]),
    ("DK", "dnk", &["denemarken", "denmark", "danmark"]),
    ("SE", "swe", &["zweden", "sweden", "sverige"]),
    ("NO", "nor", &["noorwegen", "norway", "norge"]),
    ("FI", "fin", &["finland", "suomi"]),
    ("IS", "isl", &["ijsland", "iceland"]),
    ("PL", "pol", &["polen", "poland", "polska"]),
    ("CZ", "cze", &["tsjechie", "czech republic", "czechia"]),
    ("SK", "svk", &["slowakije", "slovakia"]),
    ("HU", "hun", &["hongarije", "hungary", "magyarorszag"]),
    ("RO", "rou", &["roemenie", "romania"]),
    ("BG", "bgr", &["bulgarije", "bulgaria"]),
    ("GR", "grc", &["griekenland", "greece", "hellas"]),
    ("HR", "hrv", &["kroatie", "croatia", "hrvatska"]),
    ("SI", "svn", &["slovenie", "slovenia"]),
    ("EE", "est", &["estland", "estonia"]),
    ("LV", "lva", &["letland", "latvia"]),
    ("LT", "ltu", &["litouwen", "lithuania"]),
    ("CY", "cyp", &["cyprus"]),
    ("MT", "mlt", &["malta"]),
    ("LI", "lie", &["liechtenstein"]),
    ("MC", "mco", &["monaco"]),
    ("AD", "and", &["andorra"]),
    ("RS", "srb", &["servie", "serbia"]),
    ("BA", "bih", &["bosnie en herzegovina", "bosnia and herzegovina"]),
    ("AL", "alb", &["albanie", "albania"]),
    ("UA", "ukr", &["oekraine", "ukraine"]),
    ("TR", "tur", &["turkije", "turkey", "turkiye"]),
    (
        "US",
        "usa",
        &["verenigde staten", "united states", "united states of america", "u.s.", "u.s.a.", "amerika"],
    ),
    ("CA", "can", &["canada"]),
    ("MX", "mex", &["mexico"]),
    ("BR", "bra", &["brazilie", "brazil", "brasil"]),
    ("AU", "aus", &["australie", "australia"]),
    ("NZ", "nzl", &["nieuw-zeeland", "new zealand"]),
    ("IN", "ind", &["india"]),
    ("CN", "chn", &["china"]),
    ("JP", "jpn", &["japan"]),
    ("SG", "sgp", &["singapore"]),
    ("HK", "hkg", &["hongkong", "hong kong"]),
    ("KR", "kor", &["zuid-korea", "south korea", "korea"]),
    ("IL", "isr", &["israel"]),
    ("AE", "are", &["verenigde arabische emiraten", "united arab emirates", "uae", "dubai"]),
    ("ZA", "zaf", &["zuid-afrika", "south africa"]),
    ("MA", "mar", &["marokko", "morocco", "maroc"]),
    ("SR", "sur", &["suriname"]),
    ("CW", "cuw", &["curacao"]),
    ("AW", "abw", &["aruba"]),
];

/// The ISO 3166 alpha-2 code of a country written as code, or by its Dutch, English or own name. `None` when it is
/// not known: a wrong country would loosen or tighten the rules for mailing somebody.
pub fn country_code(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let folded = folded.trim().trim_end_matches('.');
    COUNTRIES
        .iter()
        .find(|(code, alpha3, names)| {
            folded.eq_ignore_ascii_case(code)
                || folded == *alpha3
                || names.iter().any(|n| n.trim_end_matches('.') == folded || n.replace('-', " ") == folded)
        })
        .map(|(code, _, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_read_in_both_languages() {
        for (text, expected) in [
            ("Nederland", Some("NL")),
            ("nl", Some("NL")),
            ("NLD", Some("NL")),
            ("The Netherlands", Some("NL")),
            ("België", Some("BE")),
            ("Deutschland", Some("DE")),
            ("U.K.", Some("GB")),
            ("Groot Brittannië", Some("GB")),
            ("Österreich", Some("AT")),
            ("Atlantis", None),
            ("", None),
        ] {
            assert_eq!(country_code(text), expected, "{text}");
        }
    }

    #[test]
    fn no_name_stands_for_two_countries() {
        let mut all: Vec<&str> = COUNTRIES.iter().flat_map(|c| c.2.iter().copied().chain([c.1])).collect();
        all.sort_unstable();
        let n = all.len();
        all.dedup();
        assert_eq!(all.len(), n);
    }
}
