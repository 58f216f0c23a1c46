//! Logs carry ids, never names, addresses, message text or passwords: they are copied to places that nobody controls.

use super::Finding;
use super::source::{Source, Token, closing, test_ranges};
use super::tree::Tree;

const WHY: &str = "logs carry ids, never names, addresses, message text or passwords";

/// Fields and variables that hold such a thing.
const PERSONAL: &[&str] = &[
    "email",
    "recipient",
    "recipient_name",
    "from_address",
    "from_name",
    "guest_email",
    "guest_name",
    "given_name",
    "family_name",
    "person_name",
    "display_name",
    "phone",
    "subject",
    "body",
    "quoted",
    "password",
    "password_hash",
    "secret",
    "token",
];

/// Looks into every `tracing` call, and into the words that stand in the braces of its sentence.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| file.path.starts_with("crates/") && file.path.contains("/src/")) {
        let source = Source::of(file);
        let tokens = source.tokens();
        let tests = test_ranges(&tokens);
        for open in calls(&tokens).filter(|open| !tests.iter().any(|range| range.contains(&tokens[*open].at)))
        {
            let end = closing(&tokens, open);
            for token in tokens[open..end].iter().filter(|token| PERSONAL.contains(&token.text)) {
                findings.push(Finding::at(&file.path, token.line, format!("logs {}", token.text), WHY));
            }
            let lines = tokens[open].line..=tokens[end].line;
            for literal in source.literals.iter().filter(|literal| lines.contains(&literal.line)) {
                for name in in_braces(&literal.text).filter(|name| PERSONAL.contains(name)) {
                    findings.push(Finding::at(&file.path, literal.line, format!("logs {name}"), WHY));
                }
            }
        }
    }
    findings
}

/// Where the bracket of each `tracing::info!(` and the like opens.
fn calls<'t>(tokens: &'t [Token<'_>]) -> impl Iterator<Item = usize> + 't {
    tokens.windows(5).enumerate().filter_map(|(index, words)| {
        let is_call = words[0].text == "tracing" && words[1].text == "::" && words[3].text == "!";
        (is_call && matches!(words[4].text, "(" | "[" | "{")).then_some(index + 4)
    })
}

/// `{name}` and `{name:?}` in a sentence.
fn in_braces(text: &str) -> impl Iterator<Item = &str> {
    let inside = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    inside.map(|(name, _)| name.split(':').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_personal_is_not_logged() {
        for (text, expected) in [
            ("tracing::info!(lead = %lead.id, \"sent\");", vec![]),
            ("tracing::info!(to = %message.recipient, \"sent\");", vec!["logs recipient"]),
            ("tracing::warn!(\"not sent to {email}: {problem:?}\");", vec!["logs email"]),
            ("tracing::debug!(%subject, \"in\");", vec!["logs subject"]),
            ("tracing::info!(mailbox = %id, \"the subject is not read\");", vec![]),
            ("let subject = email;\ntracing::info!(%id, \"in\");", vec![]),
            ("#[cfg(test)]\nmod tests { fn f() { tracing::info!(%email, \"in\") } }", vec![]),
        ] {
            let tree = Tree::of(&[("crates/kiem/src/engine/send/gate.rs", text)]);
            let whats: Vec<String> = check(&tree).into_iter().map(|finding| finding.what).collect();
            assert_eq!(whats, expected, "{text}");
        }
    }
}
