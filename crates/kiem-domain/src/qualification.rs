//! Qualification: evidence about five things, what is still unknown, and which question to ask now.

use jiff::Timestamp;

use crate::audience::{Fit, FitOutcome};
use crate::locale::Lang;

text_enum! {
    /// The five things that make a good prospect.
    pub enum Aspect {
        /// The company agrees with the ideal customer profile.
        Fit = "fit",
        /// There is a problem that we solve.
        Need = "need",
        /// The person may decide, or brings us to who may.
        Authority = "authority",
        /// There is money for it.
        Budget = "budget",
        /// There is a reason to do it now, and a date.
        Timing = "timing",
    }
}

text_enum! {
    /// How sure we are of one aspect. Unknown is a value of its own.
    pub enum Level {
        /// Nothing known.
        Unknown = "unknown",
        /// A sign of it.
        Indicated = "indicated",
        /// Said or proved.
        Confirmed = "confirmed",
        /// Said or proved that it is not so.
        Contradicted = "contradicted",
    }
}

text_enum! {
    /// Where a finding comes from.
    pub enum FindingSource {
        /// A sentence in a reply.
        Reply = "reply",
        /// A person of ours heard it.
        Person = "person",
        /// The ideal customer profile.
        Profile = "profile",
        /// A booking.
        Booking = "booking",
        /// A form on the site.
        Form = "form",
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// About what.
    pub aspect: Aspect,
    /// How sure.
    pub level: Level,
    /// The words: what was said or seen.
    pub note: String,
    /// Where it comes from.
    pub source: FindingSource,
    /// When it was found.
    pub found_at: Timestamp,
}

/// What the ideal customer profile says about the fit. It never confirms: that takes a conversation. What is not known,
/// and what is neither a match nor a clear miss, stays unknown.
pub fn fit_level(fit: &Fit) -> Level {
    match fit.outcome {
        FitOutcome::Fits => Level::Indicated,
        FitOutcome::DoesNotFit => Level::Contradicted,
        FitOutcome::Partly | FitOutcome::Unknown => Level::Unknown,
    }
}

/// The finding that counts per aspect: the newest, the later one in the list when two are of the same moment.
pub fn current(findings: &[Finding], aspect: Aspect) -> Option<&Finding> {
    findings.iter().filter(|f| f.aspect == aspect).max_by_key(|f| f.found_at)
}

/// The level that counts per aspect, in the order of [`Aspect::ALL`].
pub fn levels(findings: &[Finding]) -> [(Aspect, Level); 5] {
    [Aspect::Fit, Aspect::Need, Aspect::Authority, Aspect::Budget, Aspect::Timing]
        .map(|aspect| (aspect, current(findings, aspect).map_or(Level::Unknown, |f| f.level)))
}

text_enum! {
    /// A question to ask. The names are the keys of the sentences.
    pub enum Question {
        /// What is the problem, and what does it cost you?
        NeedOpen = "need_open",
        /// You hinted at a problem: how large is it?
        NeedSize = "need_size",
        /// How many people or sites would work with it?
        FitSize = "fit_size",
        /// Who else decides with you?
        AuthorityWho = "authority_who",
        /// You do not decide: who does, and would you bring us together?
        AuthorityIntroduce = "authority_introduce",
        /// When must it work, and why then?
        TimingWhen = "timing_when",
        /// You named a moment: what happens if it is missed?
        TimingWhy = "timing_why",
        /// What have you set aside for it?
        BudgetRange = "budget_range",
        /// You hinted at an amount: is it approved?
        BudgetApproved = "budget_approved",
        /// There is no budget: what would have to be true to make it?
        BudgetCase = "budget_case",
    }
}

impl Question {
    /// What the answer tells about.
    pub const fn aspect(self) -> Aspect {
        match self {
            Question::NeedOpen | Question::NeedSize => Aspect::Need,
            Question::FitSize => Aspect::Fit,
            Question::AuthorityWho | Question::AuthorityIntroduce => Aspect::Authority,
            Question::TimingWhen | Question::TimingWhy => Aspect::Timing,
            Question::BudgetRange | Question::BudgetApproved | Question::BudgetCase => Aspect::Budget,
        }
    }

    /// A sentence to say it with.
    pub const fn sentence(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Nl, Question::NeedOpen) => {
                "Waar lopen jullie nu het meest tegenaan, en wat kost dat jullie?"
            }
            (Lang::En, Question::NeedOpen) => {
                "What gets in your way most at the moment, and what does it cost you?"
            }
            (Lang::Nl, Question::NeedSize) => {
                "Je noemde een knelpunt: hoe vaak komt dat voor, en wie heeft er last van?"
            }
            (Lang::En, Question::NeedSize) => {
                "You mentioned a bottleneck: how often does it occur, and who suffers from it?"
            }
            (Lang::Nl, Question::FitSize) => {
                "Met hoeveel mensen en op welke locaties zouden jullie hiermee werken?"
            }
            (Lang::En, Question::FitSize) => "How many people would work with this, and at which sites?",
            (Lang::Nl, Question::AuthorityWho) => {
                "Wie beslissen er naast jou mee, en wat is voor hen belangrijk?"
            }
            (Lang::En, Question::AuthorityWho) => {
                "Who else decides on this with you, and what matters to them?"
            }
            (Lang::Nl, Question::AuthorityIntroduce) => {
                "Wie neemt bij jullie dit besluit, en wil je ons aan elkaar voorstellen?"
            }
            (Lang::En, Question::AuthorityIntroduce) => {
                "Who takes this decision at your company, and would you introduce us?"
            }
            (Lang::Nl, Question::TimingWhen) => "Wanneer moet dit voor jullie staan, en waarom juist dan?",
            (Lang::En, Question::TimingWhen) => "By when does this have to be in place, and why then?",
            (Lang::Nl, Question::TimingWhy) => "Wat gebeurt er als die datum niet wordt gehaald?",
            (Lang::En, Question::TimingWhy) => "What happens if that date is missed?",
            (Lang::Nl, Question::BudgetRange) => {
                "Binnen welke bandbreedte moet een oplossing voor jullie blijven?"
            }
            (Lang::En, Question::BudgetRange) => "Within what range does a solution have to stay for you?",
            (Lang::Nl, Question::BudgetApproved) => {
                "Is dat bedrag al goedgekeurd, of wie moet er nog ja op zeggen?"
            }
            (Lang::En, Question::BudgetApproved) => {
                "Is that amount approved already, or who still has to agree to it?"
            }
            (Lang::Nl, Question::BudgetCase) => {
                "Wat moet het opleveren om er alsnog budget voor vrij te maken?"
            }
            (Lang::En, Question::BudgetCase) => {
                "What would it have to bring in to make room for it in the budget?"
            }
        }
    }
}

/// The one question to ask now; none when all five are confirmed (or contradicted with nothing more to ask).
///
/// The order is that of a good conversation: without a need the rest does not matter; who decides before when; money
/// last, because it follows from the need. First what is unknown, then what is only indicated.
pub fn next_question(findings: &[Finding]) -> Option<Question> {
    const ORDER: [Aspect; 5] = [Aspect::Need, Aspect::Fit, Aspect::Authority, Aspect::Timing, Aspect::Budget];
    let level = |aspect| current(findings, aspect).map_or(Level::Unknown, |f| f.level);
    let pick = |wanted: &[Level]| {
        ORDER.into_iter().find_map(|aspect| {
            let level = level(aspect);
            wanted.contains(&level).then(|| question(aspect, level)).flatten()
        })
    };
    // Who does not decide comes first of all: everything else would be said to the wrong person.
    if level(Aspect::Authority) == Level::Contradicted {
        return Some(Question::AuthorityIntroduce);
    }
    pick(&[Level::Unknown]).or_else(|| pick(&[Level::Indicated])).or_else(|| pick(&[Level::Contradicted]))
}

const fn question(aspect: Aspect, level: Level) -> Option<Question> {
    match (aspect, level) {
        (Aspect::Need, Level::Unknown) => Some(Question::NeedOpen),
        (Aspect::Need, Level::Indicated) => Some(Question::NeedSize),
        (Aspect::Fit, Level::Unknown | Level::Indicated) => Some(Question::FitSize),
        (Aspect::Authority, Level::Unknown | Level::Indicated) => Some(Question::AuthorityWho),
        (Aspect::Authority, Level::Contradicted) => Some(Question::AuthorityIntroduce),
        (Aspect::Timing, Level::Unknown) => Some(Question::TimingWhen),
        (Aspect::Timing, Level::Indicated) => Some(Question::TimingWhy),
        (Aspect::Budget, Level::Unknown) => Some(Question::BudgetRange),
        (Aspect::Budget, Level::Indicated) => Some(Question::BudgetApproved),
        (Aspect::Budget, Level::Contradicted) => Some(Question::BudgetCase),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn finding(aspect: Aspect, level: Level, minute: i64) -> Finding {
        let start: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
        Finding {
            aspect,
            level,
            note: String::new(),
            source: FindingSource::Person,
            found_at: start + SignedDuration::from_mins(minute),
        }
    }

    #[test]
    fn the_newest_finding_counts_in_whatever_order_they_come() {
        let old = finding(Aspect::Budget, Level::Confirmed, 0);
        let new = finding(Aspect::Budget, Level::Contradicted, 5);
        for findings in [[old.clone(), new.clone()], [new, old]] {
            assert_eq!(levels(&findings)[3], (Aspect::Budget, Level::Contradicted));
        }
        assert_eq!(levels(&[])[0], (Aspect::Fit, Level::Unknown));
    }

    #[test]
    fn the_question_follows_from_what_is_unknown() {
        use {Aspect as A, Level as L};
        let all = |level| A::ALL.iter().map(|a| finding(*a, level, 0)).collect::<Vec<_>>();
        let but = |level, aspect, other| {
            let mut findings = all(level);
            findings.push(finding(aspect, other, 1));
            findings
        };
        for (findings, expected) in [
            (vec![], Some(Question::NeedOpen)),
            (vec![finding(A::Need, L::Indicated, 0)], Some(Question::FitSize)),
            (but(L::Confirmed, A::Authority, L::Unknown), Some(Question::AuthorityWho)),
            (but(L::Confirmed, A::Timing, L::Indicated), Some(Question::TimingWhy)),
            (but(L::Unknown, A::Authority, L::Contradicted), Some(Question::AuthorityIntroduce)),
            (but(L::Confirmed, A::Budget, L::Contradicted), Some(Question::BudgetCase)),
            (all(L::Indicated), Some(Question::NeedSize)),
            (all(L::Confirmed), None),
            (but(L::Confirmed, A::Fit, L::Contradicted), None),
        ] {
            assert_eq!(next_question(&findings), expected, "{findings:?}");
        }
    }

    #[test]
    fn every_question_is_asked_in_both_languages_about_its_own_aspect() {
        for question in Question::ALL {
            for lang in Lang::ALL {
                assert!(question.sentence(*lang).ends_with('?'), "{question}");
            }
            assert!(question.as_str().starts_with(question.aspect().as_str()), "{question}");
        }
    }

    #[test]
    fn the_profile_indicates_or_contradicts_and_never_confirms() {
        let fit = |outcome| Fit { score: Some(50), known_percent: 80, outcome, reasons: Vec::new() };
        for (outcome, level) in [
            (FitOutcome::Fits, Level::Indicated),
            (FitOutcome::DoesNotFit, Level::Contradicted),
            (FitOutcome::Partly, Level::Unknown),
            (FitOutcome::Unknown, Level::Unknown),
        ] {
            assert_eq!(fit_level(&fit(outcome)), level, "{outcome}");
        }
    }
}
