//! Functions that fit on a screen, files that fit in a head.

use super::Finding;
use super::source::{Source, Token, closing};
use super::tree::{File, Tree};

const FUNCTION_LINES_MAX: usize = 70;
/// A React component holds its mark-up as well as its logic, one element a line.
const COMPONENT_LINES_MAX: usize = 150;
const FILE_LINES_MAX: usize = 800;

/// Written by a program, read by none of us.
const GENERATED: &[&str] = &["web/src/api/schema.d.ts"];

const FUNCTION_WHY: &str =
    "a function is read at one glance: at most 70 lines, a React component at most 150";
const FILE_WHY: &str = "a file has one subject: at most 800 lines, tests included";

/// Measures every function and file.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let sources = tree.files().iter().filter(|file| file.is(&[".rs", ".ts", ".tsx"]));
    for file in sources.filter(|file| !GENERATED.contains(&file.path.as_str())) {
        let n_lines = file.text.lines().count();
        if n_lines > FILE_LINES_MAX {
            findings.push(Finding::at(&file.path, 1, format!("{n_lines} lines"), FILE_WHY));
        }
        let source = Source::of(file);
        let tokens = source.tokens();
        let functions = if file.is(&[".rs"]) { rust(&tokens) } else { typescript(&tokens, &source.code) };
        for function in functions.iter().filter(|function| function.n_lines > limit(file, function)) {
            let what = format!("{} has {} lines", function.name, function.n_lines);
            findings.push(Finding::at(&file.path, function.line, what, FUNCTION_WHY));
        }
    }
    findings
}

#[derive(Debug, PartialEq, Eq)]
struct Function<'a> {
    name: &'a str,
    line: usize,
    n_lines: usize,
}

fn limit(file: &File, function: &Function<'_>) -> usize {
    // A hook (`useQueue`) is the logic of a component, apart from its mark-up.
    let is_component = file.is(&[".tsx"])
        && (function.name.starts_with(|c: char| c.is_uppercase()) || function.name.starts_with("use"));
    if is_component { COMPONENT_LINES_MAX } else { FUNCTION_LINES_MAX }
}

/// Every `fn name` with a body, from the line of `fn` to the line of its closing brace.
fn rust<'a>(tokens: &[Token<'a>]) -> Vec<Function<'a>> {
    let mut functions = Vec::new();
    for (index, pair) in tokens.windows(2).enumerate() {
        let is_named = pair[1].text.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if pair[0].text != "fn" || !is_named {
            continue;
        }
        let mut at = index + 2;
        while at < tokens.len() && !matches!(tokens[at].text, "{" | ";") {
            at = if matches!(tokens[at].text, "(" | "[") { closing(tokens, at) + 1 } else { at + 1 };
        }
        if at < tokens.len() && tokens[at].text == "{" {
            let n_lines = tokens[closing(tokens, at)].line - pair[0].line + 1;
            functions.push(Function { name: pair[1].text, line: pair[0].line, n_lines });
        }
    }
    functions
}

/// Every brace that opens the body of a function, method or arrow function. The callbacks of `describe` only group
/// tests and are no functions to measure.
fn typescript<'a>(tokens: &[Token<'a>], code: &'a str) -> Vec<Function<'a>> {
    let lines: Vec<&str> = code.lines().collect();
    let mut functions = Vec::new();
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.text == "{") {
        let Some(start) = function_start(tokens, index) else { continue };
        let line = tokens[start].line;
        let words: Vec<&str> = lines[line - 1]
            .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
            .filter(|word| !word.is_empty())
            .collect();
        if words.iter().take(2).any(|word| *word == "describe") {
            continue;
        }
        let is_prefix = |word: &&&str| {
            matches!(**word, "export" | "default" | "async" | "function" | "const" | "let" | "static")
        };
        let name = words.iter().find(|word| !is_prefix(word)).copied().unwrap_or("the function");
        let n_lines = tokens[closing(tokens, index)].line - line + 1;
        functions.push(Function { name, line: token.line.min(line), n_lines });
    }
    functions
}

/// Where the function begins whose body opens at `brace`: its bracket of parameters, or its only parameter. `None`
/// for blocks, objects and types.
fn function_start(tokens: &[Token<'_>], brace: usize) -> Option<usize> {
    let before = brace.checked_sub(1)?;
    let is_arrow = tokens[before].text == "=>";
    let end = if is_arrow { before.checked_sub(1)? } else { before };
    let open = match parameters_end(tokens, end) {
        Some(close) => opening(tokens, close)?,
        None if is_arrow => return Some(end),
        None => return None,
    };
    let keyword = open.checked_sub(1).map_or("", |at| tokens[at].text);
    let is_control = matches!(keyword, "if" | "for" | "while" | "switch" | "catch" | "with" | "await");
    (is_arrow || !is_control).then_some(open)
}

/// The `)` that ends the parameters before `end`: `end` itself, or the one before the return type.
fn parameters_end(tokens: &[Token<'_>], end: usize) -> Option<usize> {
    if tokens[end].text == ")" {
        return Some(end);
    }
    let mut at = end;
    loop {
        let next = tokens[at + 1].text;
        match tokens[at].text {
            // A block before us; an object type would be followed by more of the type.
            "}" if !matches!(next, "{" | "=>" | "|" | "&" | "[" | ">" | ",") => return None,
            ")" | "]" | "}" => at = opening(tokens, at)?,
            ":" if at > 0 && tokens[at - 1].text == ")" => return (at != end).then(|| at - 1),
            ";" | "{" | "(" | "[" | "=" | "=>" | "return" | "case" | "interface" | "class" => return None,
            _ => {}
        }
        at = at.checked_sub(1)?;
    }
}

/// Index of the bracket that the one at `close` closes.
fn opening(tokens: &[Token<'_>], close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for at in (0..=close).rev() {
        match tokens[at].text {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(path: &str, text: &str) -> Vec<(String, usize)> {
        let source = if path.ends_with(".rs") { Source::rust(text) } else { Source::typescript(text) };
        let tokens = source.tokens();
        let functions = if path.ends_with(".rs") { rust(&tokens) } else { typescript(&tokens, &source.code) };
        functions.into_iter().map(|function| (function.name.to_owned(), function.n_lines)).collect()
    }

    #[test]
    fn rust_functions_are_measured_from_fn_to_brace() {
        for (text, expected) in [
            ("fn a() {\n}\n", vec![("a", 2)]),
            ("fn a(x: [u8; { 3 }]) -> u8\nwhere\n    u8: Copy,\n{\n    '}'; \"}\"\n}\n", vec![("a", 6)]),
            ("trait T { fn a(&self); fn b(&self) {} }", vec![("b", 1)]),
            ("fn a() {\n    fn b() {}\n    // }\n}", vec![("a", 4), ("b", 1)]),
            ("type F = fn(u8) -> u8; let x = S { y: 1 };", vec![]),
            ("fn a<'a>(x: &'a str) -> &'a str {\n x\n}", vec![("a", 3)]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
            assert_eq!(measured("a.rs", text), expected, "{text}");
        }
    }

    #[test]
    fn typescript_functions_arrows_and_methods_are_measured() {
        for (text, expected) in [
            ("export function a(x: number) {\n  if (x) {\n  }\n}", vec![("a", 4)]),
            ("const a = async (x: number): Promise<Map<A, B>> => {\n};", vec![("a", 2)]),
            ("const a = x => {\n};", vec![("a", 2)]),
            ("class A {\n  b(x: { y: number }): { z: string } {\n  }\n}", vec![("b", 2)]),
            (
                "export const Board = memo(function Board({ a }: Props) {\n return <p>{a}</p>;\n});",
                vec![("Board", 3)],
            ),
            ("function a({\n  b,\n}: Props) {\n}", vec![("a", 4)]),
            ("for (const a of b) {\n}\nswitch (a) {\n}\nconst c = { d: 1 };", vec![]),
            ("describe(\"a\", () => {\n  it(\"b\", () => {\n  });\n});", vec![("it", 2)]),
            ("test.describe(\"a\", () => {\n});", vec![]),
            ("return <p>{a ? (b) : {c}}</p>;", vec![]),
            ("function a(): B {\n}\ninterface C {\n d: 1;\n}\nexport enum E {\n}", vec![("a", 2)]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
            assert_eq!(measured("a.tsx", text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_too_long_is_found() {
        let function = |head: &str, n_lines: usize| format!("{head} {{\n{}}}\n", "x;\n".repeat(n_lines - 2));
        for (path, text, n_findings) in [
            ("a.rs", function("fn a()", 70), 0),
            ("a.rs", function("fn a()", 71), 1),
            ("a.ts", function("function a()", 71), 1),
            ("a.tsx", function("export function useA()", 150), 0),
            ("a.tsx", function("export function useA()", 151), 1),
            ("a.tsx", function("export function a()", 71), 1),
            ("a.tsx", function("export function Board()", 150), 0),
            ("a.tsx", function("export function Board()", 151), 1),
            ("a.ts", function("export function Board()", 71), 1),
            ("a.rs", "// x\n".repeat(800), 0),
            ("a.rs", "// x\n".repeat(801), 1),
            ("web/src/api/schema.d.ts", "// x\n".repeat(801), 0),
            ("a.sql", "-- x\n".repeat(801), 0),
        ] {
            let findings = check(&Tree::of(&[(path, &text)]));
            assert_eq!(findings.len(), n_findings, "{path}: {findings:?}");
        }
    }
}
