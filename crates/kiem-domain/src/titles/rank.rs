//! What one part of a title says about rank.

use super::Seniority;
use super::lexicon::{Kind, LEXICON, PHRASE_WORDS_MAX};
use super::normal::Part;
use super::{now, own};

/// How a word was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sureness {
    /// With a letter that was wrong.
    Guess,
    /// By the end of a compound word.
    Compound,
    /// As it stands in the lexicon.
    Exact,
}

/// A phrase that was recognised in a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'a> {
    /// What it does.
    pub kind: Kind,
    /// The words.
    pub text: &'a str,
    /// Which word of the part it begins with.
    pub at: usize,
    /// How many words it has.
    pub words_n: usize,
    /// How it was recognised.
    pub sureness: Sureness,
}

/// The rank that one part of a title names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRank<'a> {
    /// How senior.
    pub seniority: Seniority,
    /// The words that said so.
    pub words: Vec<&'a str>,
    /// How they were recognised.
    pub sureness: Sureness,
    /// Somebody else's rank is named too ("assistent van de directeur").
    pub serves: bool,
    /// The words name a partner of a practice: the department beside it is theirs.
    pub is_partner: bool,
    /// The words name a body and no person's place in it.
    pub is_body: bool,
    /// How far the chiefs that are named beside it are those whom this person serves.
    pub reach: Reach,
}

/// How far around somebody who serves the ranks of a title are those of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Only in the part itself.
    Part,
    /// From bar to bar: "CEO & CFO Office".
    Bars,
    /// In the whole title: "CEO | PA".
    Title,
}

/// How much is read into a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// "Coördinator" is written as in Dutch, where it leads people.
    pub is_dutch_coordinator: bool,
    /// Words may be guessed that have one wrong letter: only when nothing else was understood, for it takes long and errs.
    pub may_guess: bool,
}

/// Finds the phrases of a part, the longest first.
pub fn hits(part: &Part, reading: Reading) -> Vec<Hit<'_>> {
    let words = part.words();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = PHRASE_WORDS_MAX.min(words.len() - at);
        let known = (1..=longest).rev().find_map(|n| {
            let text = &part.text[words[at].0..words[at + n - 1].1];
            LEXICON.rank(text).map(|kind| Hit { kind, text, at, words_n: n, sureness: Sureness::Exact })
        });
        let hit = known.or_else(|| {
            let text = &part.text[words[at].0..words[at].1];
            let (kind, sureness) = single(text, reading.may_guess)?;
            Some(Hit { kind, text, at, words_n: 1, sureness })
        });
        at += hit.as_ref().map_or(1, |h| h.words_n);
        found.extend(hit.filter(|h| h.kind != Kind::Skip && !needs_to_be_alone(h, part)).map(|mut hit| {
            if reading.is_dutch_coordinator && hit.text == "coordinator" {
                hit.kind = Kind::Manager;
            }
            hit
        }));
    }
    found
}

/// "DG" is a title by itself, and dangerous goods beside other words.
fn needs_to_be_alone(hit: &Hit<'_>, part: &Part) -> bool {
    hit.text == "dg" && part.text != hit.text
}

/// A word that is not in the lexicon as it stands.
fn single(word: &str, may_guess: bool) -> Option<(Kind, Sureness)> {
    if let Some(kind) = LEXICON.compound(word) {
        return Some((kind, Sureness::Compound));
    }
    // "Geschaeftsfuehrer": the umlauts of a keyboard without them.
    if word.contains("ae") || word.contains("ue") || word.contains("oe") {
        let plain = word.replace("ae", "a").replace("ue", "u").replace("oe", "o");
        if let Some(kind) = LEXICON.rank(&plain).or_else(|| LEXICON.compound(&plain)) {
            return Some((kind, Sureness::Compound));
        }
    }
    if may_guess { LEXICON.guess(word).map(|kind| (kind, Sureness::Guess)) } else { None }
}

/// How senior each kind of word is by itself.
fn rank_of(kind: Kind) -> Option<Seniority> {
    Some(match kind {
        Kind::Owner => Seniority::Owner,
        Kind::CLevel | Kind::Managing => Seniority::CLevel,
        Kind::Director => Seniority::Director,
        Kind::Head => Seniority::Head,
        Kind::Manager => Seniority::Manager,
        Kind::Ic | Kind::Support | Kind::Door => Seniority::Ic,
        _ => return None,
    })
}

/// Reads a part. `has_department` says whether it names one: it tells a "Geschäftsführer Vertrieb" from the owner.
pub fn part_rank<'a>(part: &'a Part, hits: Vec<Hit<'a>>, has_department: bool) -> Option<PartRank<'a>> {
    let own = own::own(part, hits);
    let hits = own.hits.as_slice();
    let special = [Kind::Past, Kind::Intern].iter().find_map(|kind| {
        let hit = hits.iter().find(|h| h.kind == *kind && now::holds(h, part, hits))?;
        let seniority = if *kind == Kind::Past { Seniority::Past } else { Seniority::Intern };
        Some(named(seniority, hit, hits.iter().any(|h| is_boss(h.kind))))
    });
    if special.is_some() {
        return special;
    }
    let Some(office) = own.office else {
        return assistant(hits).or_else(|| working(part, hits, has_department));
    };
    // "Hoofd secretariaat" and "manager CEO office" lead or work there; without such a word it is the office itself.
    let reach = if office.kind == Kind::Secretariat { Reach::Title } else { Reach::Bars };
    let working = working(part, hits, has_department).filter(|rank| rank.seniority > Seniority::Director);
    Some(match working {
        Some(rank) => PartRank { serves: true, ..rank },
        None => PartRank { reach, ..named(Seniority::Assistant, &office, true) },
    })
}

fn named<'a>(seniority: Seniority, hit: &Hit<'a>, serves: bool) -> PartRank<'a> {
    PartRank {
        seniority,
        words: vec![hit.text],
        sureness: hit.sureness,
        serves,
        is_partner: false,
        is_body: false,
        reach: if hit.kind == Kind::Door { Reach::Title } else { Reach::Part },
    }
}

/// Whether the word names a director or somebody above.
pub fn is_chief(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Owner
            | Kind::Partner
            | Kind::Managing
            | Kind::CLevel
            | Kind::BodyC
            | Kind::BodyD
            | Kind::Director
    )
}

/// Whether the word names somebody whom others serve.
pub fn is_boss(kind: Kind) -> bool {
    is_chief(kind) || matches!(kind, Kind::Head | Kind::Manager)
}

/// Who assists is an assistant, whoever is named beside it; "assistant manager" is a manager's second.
fn assistant<'a>(hits: &[Hit<'a>]) -> Option<PartRank<'a>> {
    let (place, hit) = hits.iter().enumerate().find(|(_, h)| h.kind == Kind::Assistant)?;
    let after = &hits[place + 1..];
    let is_second = matches!(hit.text, "assistant" | "assistent")
        && !after.iter().any(|h| h.kind == Kind::Of)
        && after.last().is_some_and(|last| {
            let is_near = hit.text == "assistant" || last.at == hit.at + 1;
            let english =
                matches!(last.text, "director" | "manager" | "supervisor" | "head" | "vice president");
            let dutch = matches!(last.text, "manager" | "bedrijfsleider" | "filiaalmanager" | "teamleider");
            is_near && (if hit.text == "assistant" { english || dutch } else { dutch })
        });
    if is_second {
        let last = after.last()?;
        return Some(PartRank {
            words: vec![hit.text, last.text],
            ..named(rank_of(last.kind)?, last, false)
        });
    }
    // "Assistent projectleider" is the name of a job.
    let is_job = |h: &Hit<'_>| {
        h.at == hit.at + 1
            && matches!(h.text, "projectleider" | "project leider" | "projektleiter" | "uitvoerder")
    };
    let serves = hits.iter().any(|h| (is_boss(h.kind) && !is_job(h)) || h.kind == Kind::Of);
    Some(PartRank { reach: Reach::Title, ..named(Seniority::Assistant, hit, serves) })
}

/// Everybody else: the most senior word of those that are the person's own.
fn working<'a>(part: &'a Part, hits: &[Hit<'a>], has_department: bool) -> Option<PartRank<'a>> {
    let own = own_hits(hits);
    let is_served = own.len() < hits.len() && hits[own.len()..].iter().any(|h| is_boss(h.kind));
    if let Some(first) = own.first()
        && (is_support(first, hits) || is_servant(first, hits))
    {
        return Some(named(Seniority::Ic, first, true));
    }
    let deputy = hits.iter().find(|h| h.kind == Kind::Deputy);
    let mut best: Option<PartRank<'a>> = None;
    for (place, hit) in own.iter().enumerate() {
        let rank = match hit.kind {
            Kind::Partner => partner_rank(part, hit),
            Kind::Managing if !has_department => Seniority::Owner,
            Kind::Head | Kind::CLevel if is_lead_of_work(hit, &own[place + 1..]) => Seniority::Ic,
            kind => match rank_of(kind) {
                Some(rank) => rank,
                None => continue,
            },
        };
        if best.as_ref().is_none_or(|b| rank < b.seniority) {
            let is_partner = hit.kind == Kind::Partner && rank == Seniority::Owner;
            best = Some(PartRank { is_partner, ..named(rank, hit, is_served) });
        }
    }
    let best = best_with_body(best, own, hits).or_else(|| without_rank(own))?;
    Some(match deputy {
        Some(deputy) if best.seniority <= Seniority::CLevel => {
            let words = [vec![deputy.text], best.words].concat();
            PartRank { seniority: Seniority::Director, words, ..best }
        }
        _ => best,
    })
}

fn is_support(first: &Hit<'_>, hits: &[Hit<'_>]) -> bool {
    first.kind == Kind::Support && hits.iter().any(|h| is_boss(h.kind) && h.at > first.at && !is_leading(h))
}

/// "Chauffeur CEO", "communicatieadviseur CEO": a trade that others work in as well, right before a chief. A director or an
/// owner may have the trade ("secretaris-directeur", "hypotheekadviseur eigenaar").
fn is_servant(first: &Hit<'_>, hits: &[Hit<'_>]) -> bool {
    let serves = [
        "medewerker",
        "medewerkster",
        "adviseur",
        "functionaris",
        "secretaris",
        "chauffeur",
        "gastvrouw",
        "gastheer",
    ];
    first.kind == Kind::Ic
        && serves.iter().any(|end| first.text.ends_with(end))
        && hits.iter().any(|h| h.kind == Kind::CLevel && h.at == first.at + first.words_n)
}

/// "Coördinator teamleiders" is rare, "medewerker management" is not: a manager's word after a supporter's is no boss.
fn is_leading(hit: &Hit<'_>) -> bool {
    hit.kind == Kind::Partner
}

/// The words up to "van", "of", "der" when a rank stands before it: what follows is somebody or something else.
fn own_hits<'h, 'a>(hits: &'h [Hit<'a>]) -> &'h [Hit<'a>] {
    let mut has_rank = false;
    for (place, hit) in hits.iter().enumerate() {
        if hit.kind == Kind::Of && has_rank {
            return &hits[..place];
        }
        has_rank = has_rank || rank_of(hit.kind).is_some() || hit.kind == Kind::Partner;
    }
    hits
}

/// "Lid raad van bestuur", "voorzitter van de directie": a place in a body. Who has a profession serves it.
fn best_with_body<'a>(best: Option<PartRank<'a>>, own: &[Hit<'a>], hits: &[Hit<'a>]) -> Option<PartRank<'a>> {
    let Some(body) = hits.iter().find(|h| matches!(h.kind, Kind::BodyC | Kind::BodyD)) else { return best };
    let rank = if body.kind == Kind::BodyC { Seniority::CLevel } else { Seniority::Director };
    let is_seated = own.first().is_some_and(|h| {
        h.kind == Kind::Grade || h.text.starts_with("voorzitter") || h.text == "president" || is_chair(h.text)
    });
    match best {
        None => Some(PartRank { is_body: !is_seated, ..named(rank, body, false) }),
        Some(best) if is_seated => {
            Some(PartRank { words: vec![best.words[0], body.text], ..named(rank, body, false) })
        }
        Some(best) => Some(PartRank { serves: best.seniority > Seniority::Director, ..best }),
    }
}

fn is_chair(text: &str) -> bool {
    matches!(
        text,
        "chairman"
            | "chair"
            | "chairwoman"
            | "vorsitzender"
            | "vorsitzende"
            | "sprecher"
            | "sprecherin"
            | "presidente"
    )
}

/// A freelancer, or somebody who says only how experienced.
fn without_rank<'a>(own: &[Hit<'a>]) -> Option<PartRank<'a>> {
    let of = |kind: Kind| own.iter().find(|h| h.kind == kind);
    match (of(Kind::Freelance), of(Kind::Grade)) {
        (Some(hit), _) => Some(named(Seniority::Owner, hit, false)),
        (None, Some(hit)) if matches!(hit.text, "senior" | "junior") => {
            Some(named(Seniority::Ic, hit, false))
        }
        _ => None,
    }
}

/// "Lead engineer" and "chief scientist" do the work; "marketing lead" and "chief commercial officer" do not.
fn is_lead_of_work(hit: &Hit<'_>, after: &[Hit<'_>]) -> bool {
    matches!(hit.text, "lead" | "chief")
        && after.iter().any(|h| h.kind == Kind::Ic)
        && !after.iter().any(|h| h.text.ends_with("officer"))
}

/// What a partner is of who is employed: parts of a company that serve the others.
const PARTNERS_IN_JOBS: &[&str] = &[
    "acquisition",
    "alliance",
    "analytics",
    "brand",
    "business",
    "care",
    "category",
    "change",
    "channel",
    "client",
    "commercial",
    "communication",
    "communications",
    "community",
    "content",
    "culture",
    "customer",
    "data",
    "delivery",
    "design",
    "development",
    "digital",
    "engagement",
    "experience",
    "finance",
    "growth",
    "hr",
    "implementation",
    "inclusion",
    "innovation",
    "insights",
    "it",
    "learning",
    "logistics",
    "marketing",
    "operations",
    "people",
    "performance",
    "procurement",
    "product",
    "project",
    "quality",
    "recruitment",
    "reward",
    "rewards",
    "sales",
    "safety",
    "service",
    "services",
    "solution",
    "solutions",
    "sourcing",
    "sparring",
    "strategic",
    "success",
    "supply",
    "talent",
    "tech",
    "technology",
    "training",
    "transformation",
    "wellbeing",
];

/// Words before or after "partner" that make it a job instead of a share in the practice.
fn partner_rank(part: &Part, hit: &Hit<'_>) -> Seniority {
    if hit.text != "partner" {
        return Seniority::Owner;
    }
    let words: Vec<&str> = part.text.split(' ').collect();
    let before = hit.at.checked_sub(1).and_then(|i| words.get(i)).copied().unwrap_or_default();
    let after = words.get(hit.at + 1).copied().unwrap_or_default();
    let is_job = PARTNERS_IN_JOBS.contains(&before)
        || after.starts_with("manage")
        || matches!(
            after,
            "marketing"
                | "success"
                | "development"
                | "engineer"
                | "account"
                | "relations"
                | "sales"
                | "enablement"
                | "operations"
                | "director"
                | "lead"
                | "coordinator"
                | "support"
                | "program"
        );
    if is_job { Seniority::Ic } else { Seniority::Owner }
}
