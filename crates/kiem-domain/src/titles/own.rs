//! Which words of a part are the person's own, and which name somebody whom the person serves, is kin to or hopes to be.

use super::lexicon::{DRIVER, Kind, LEXICON};
use super::normal::Part;
use super::rank::{Hit, is_chief};

/// The words of a part without those that name somebody else.
pub struct Own<'a> {
    /// What is left.
    pub hits: Vec<Hit<'a>>,
    /// The secretariat or office of somebody, when the part names one.
    pub office: Option<Hit<'a>>,
}

/// Takes out of a part what is not the person's own.
pub fn own<'a>(part: &'a Part, mut hits: Vec<Hit<'a>>) -> Own<'a> {
    drivers(part, &mut hits);
    leave_out_kin(part, &mut hits);
    leave_out_wanted(part, &mut hits);
    // "Receptioniste directie", "CEO office manager".
    let is_door = |h: &Hit<'_>| {
        h.kind == Kind::Door || matches!(h.text, "office manager" | "officemanager" | "front office")
    };
    if hits.iter().any(is_door) {
        hits.retain(|h| !is_chief(h.kind));
    }
    let office = secretariat(&mut hits).or_else(|| office(part, &mut hits));
    hits.retain(|h| {
        !matches!(h.kind, Kind::Secretariat | Kind::Office | Kind::Kin | Kind::Wanting | Kind::Vehicle)
    });
    Own { hits, office }
}

/// Whether nothing but small words ("van de", "to the") stands between two words of a part.
fn is_beside(part: &Part, first: &Hit<'_>, second: &Hit<'_>) -> bool {
    let between = first.at + first.words_n..second.at;
    let is_small = |word: &str| {
        matches!(word, "the" | "het" | "een" | "a" | "le" | "n")
            || LEXICON.rank(word).is_some_and(|kind| matches!(kind, Kind::Of | Kind::Grade | Kind::Skip))
    };
    second.at >= between.start && part.text.split(' ').skip(between.start).take(between.len()).all(is_small)
}

/// "Bestuurder heftruck", "tram bestuurder".
fn drivers(part: &Part, hits: &mut [Hit<'_>]) {
    let words_n = part.words().len();
    for place in 0..hits.len() {
        let is_before =
            place > 0 && hits[place - 1].kind == Kind::Vehicle && is_next(&hits[place - 1], &hits[place]);
        let is_after = hits.last().is_some_and(|h| {
            h.kind == Kind::Vehicle && h.at + h.words_n == words_n && is_beside(part, &hits[place], h)
        });
        if hits[place].text == DRIVER && (is_before || is_after) {
            hits[place].kind = Kind::Ic;
        }
    }
}

fn is_next(first: &Hit<'_>, second: &Hit<'_>) -> bool {
    first.at + first.words_n == second.at
}

/// "Zoon van de eigenaar", "partner van de directeur".
fn leave_out_kin(part: &Part, hits: &mut Vec<Hit<'_>>) {
    let Some(first) = hits.first() else { return };
    let is_kin =
        match first.kind {
            Kind::Kin => true,
            Kind::Partner => {
                hits.get(1).is_some_and(|h| h.kind == Kind::Of)
                    && hits.iter().skip(1).find(|h| h.kind != Kind::Of).is_some_and(|h| {
                        is_chief(h.kind) && h.kind != Kind::Partner && is_beside(part, first, h)
                    })
            }
            _ => false,
        };
    if is_kin {
        hits.retain(|h| !is_chief(h.kind));
    }
}

/// "Aspiring CEO", "op zoek naar een rol als CFO", "directeur in opleiding". Other ranks stay: an "aspirant-agent" works.
fn leave_out_wanted(part: &Part, hits: &mut Vec<Hit<'_>>) {
    let Some(wanting) = hits.iter().find(|h| h.kind == Kind::Wanting).cloned() else { return };
    let words_n = part.words().len();
    let is_wanted = |h: &Hit<'_>| match wanting.text {
        "in opleiding" | "in training" => wanting.at + wanting.words_n == words_n,
        // "Future" names companies and departments as well.
        "future" | "futur" => is_next(&wanting, h),
        _ => h.at > wanting.at,
    };
    hits.retain(|h| !(is_chief(h.kind) && is_wanted(h)));
}

/// "Secretariaat raad van bestuur", "hoofd secretariaat": who stands before it works in it, whoever else is named is served.
fn secretariat<'a>(hits: &mut Vec<Hit<'a>>) -> Option<Hit<'a>> {
    let place = hits.iter().position(|h| h.kind == Kind::Secretariat)?;
    let found = hits[place].clone();
    hits.truncate(place);
    hits.retain(|h| !is_chief(h.kind));
    Some(found)
}

/// "Office of the CEO", "bureau RvB", "CEO support"; "directeur bureau Noord" and "office director" are not of somebody.
fn office<'a>(part: &Part, hits: &mut Vec<Hit<'a>>) -> Option<Hit<'a>> {
    let place = hits.iter().position(|h| h.kind == Kind::Office)?;
    let found = hits[place].clone();
    let is_first = hits[..place].iter().all(|h| matches!(h.kind, Kind::Of | Kind::Grade));
    let of_whom = hits[place + 1..].iter().position(|h| !matches!(h.kind, Kind::Of | Kind::Grade));
    let has_of = of_whom.is_some_and(|n| hits[place + 1..place + 1 + n].iter().any(|h| h.kind == Kind::Of));
    let after = of_whom.map(|n| &hits[place + 1 + n]).filter(|h| {
        let may_be_served = if has_of { is_chief(h.kind) } else { is_top(h.kind) };
        is_first && may_be_served && is_beside(part, &found, h)
    });
    let before = hits[..place].iter().rfind(|h| h.kind != Kind::Of || h.text != "s").filter(|h| {
        let is_end = found.at + found.words_n == part.words().len();
        let has_owner = !is_next(h, &found);
        let may_be_served = if has_owner { is_chief(h.kind) } else { is_top(h.kind) };
        may_be_served && is_beside(part, h, &found) && (is_end || leads_on(&found, hits.get(place + 1)))
    });
    after.or(before)?;
    hits.retain(|h| !is_chief(h.kind));
    Some(found)
}

/// "CEO office lead", "CEO support specialist": a job there, and not the name of a company.
fn leads_on(office: &Hit<'_>, next: Option<&Hit<'_>>) -> bool {
    let is_english = matches!(office.text, "office" | "support" | "staff");
    is_english
        && next.is_some_and(|h| {
            is_next(office, h) && matches!(h.kind, Kind::Head | Kind::Manager | Kind::Support | Kind::Ic)
        })
}

/// Whether the word names the top of a company and nothing that an office can have itself, such as a director or an owner.
fn is_top(kind: Kind) -> bool {
    matches!(kind, Kind::Managing | Kind::CLevel | Kind::BodyC | Kind::BodyD)
}
