//! Source text with its comments and literals set apart, so that a rule about code never trips over prose.
//! Not a parser: just enough lexing of Rust and TypeScript to know what is code.

use super::tree::File;

/// A string literal with its content as written (escapes are not resolved).
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// Line of the opening quote, counted from 1.
    pub line: usize,
    /// What stands between the quotes.
    pub text: String,
}

/// A word or a punctuation mark of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// Line, counted from 1.
    pub line: usize,
    /// Position in the text, in bytes.
    pub at: usize,
    /// `::`, `=>` and `->` are one token; any other punctuation mark is one token per character.
    pub text: &'a str,
}

/// A source file: the same number of bytes and lines as its text, with comments and literals blanked.
#[derive(Debug)]
pub struct Source {
    /// The text with spaces in place of comments and of what stands between quotes.
    pub code: String,
    /// String literals in order of appearance (Rust only).
    pub literals: Vec<Literal>,
}

impl Source {
    /// Lexes a file by its ending: TypeScript for `.ts` and `.tsx`, else Rust.
    pub fn of(file: &File) -> Source {
        if file.is(&[".ts", ".tsx"]) { Source::typescript(&file.text) } else { Source::rust(&file.text) }
    }

    /// Lexes Rust.
    pub fn rust(text: &str) -> Source {
        Lexer::new(text).rust()
    }

    /// Lexes TypeScript, with or without JSX.
    pub fn typescript(text: &str) -> Source {
        Lexer::new(text).typescript()
    }

    /// The words and marks of the code, in order.
    pub fn tokens(&self) -> Vec<Token<'_>> {
        let bytes = self.code.as_bytes();
        let mut tokens = Vec::new();
        let (mut at, mut line) = (0, 1);
        while at < bytes.len() {
            let byte = bytes[at];
            let length = match byte {
                b'\n' => {
                    line += 1;
                    at += 1;
                    continue;
                }
                _ if byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`') => {
                    at += 1;
                    continue;
                }
                _ if is_word(byte) => bytes[at..].iter().take_while(|byte| is_word(**byte)).count(),
                _ if matches!(bytes.get(at..at + 2), Some(b"::" | b"=>" | b"->")) => 2,
                _ => 1,
            };
            tokens.push(Token { line, at, text: &self.code[at..at + length] });
            at += length;
        }
        tokens
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Index of the token that closes the bracket at `open`, or of the last token when nothing does.
pub fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index;
        }
    }
    tokens.len().saturating_sub(1)
}

/// What follows `crate::` or the like: the word at `at`, or each first word of the group in braces that opens there.
pub fn names_after<'t, 'a>(tokens: &'t [Token<'a>], at: usize) -> Vec<&'t Token<'a>> {
    match tokens.get(at) {
        Some(token) if token.text == "{" => {
            let end = closing(tokens, at);
            let mut depth = 0_usize;
            let mut names = Vec::new();
            for index in at..end {
                match tokens[index].text {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    _ if depth == 1 && matches!(tokens[index - 1].text, "{" | ",") => {
                        names.push(&tokens[index])
                    }
                    _ => {}
                }
            }
            names
        }
        Some(token) => vec![token],
        None => Vec::new(),
    }
}

/// Where each `#[cfg(test)]` item of Rust code begins and ends, in bytes.
pub fn test_ranges(tokens: &[Token<'_>]) -> Vec<std::ops::Range<usize>> {
    let words: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    let mut ranges = Vec::new();
    for start in 0..words.len() {
        if !words[start..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"]) {
            continue;
        }
        let body =
            words[start..].iter().position(|word| matches!(*word, "{" | ";")).map(|offset| start + offset);
        let end = body
            .map_or(words.len() - 1, |open| if words[open] == "{" { closing(tokens, open) } else { open });
        ranges.push(tokens[start].at..tokens[end].at + 1);
    }
    ranges
}

/// Walks over a text and blanks what is not code. All positions are bytes on character boundaries.
struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    code: Vec<u8>,
    literals: Vec<Literal>,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str) -> Lexer<'a> {
        Lexer { text, bytes: text.as_bytes(), code: text.as_bytes().to_vec(), literals: Vec::new(), at: 0 }
    }

    fn finish(self) -> Source {
        let code = String::from_utf8(self.code).unwrap_or_else(|error| {
            // Blanking keeps whole characters, so this only guards against a mistake in this file.
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        });
        Source { code, literals: self.literals }
    }

    fn peek(&self, offset: usize) -> u8 {
        self.bytes.get(self.at + offset).copied().unwrap_or(0)
    }

    fn blank(&mut self, from: usize, to: usize) {
        for byte in &mut self.code[from..to] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }

    fn after_word(&self) -> bool {
        self.at > 0 && is_word(self.bytes[self.at - 1])
    }

    fn rust(mut self) -> Source {
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'/' if self.peek(1) == b'/' => self.line_comment(),
                b'/' if self.peek(1) == b'*' => self.block_comment(true),
                b'"' => self.quoted(b'"'),
                b'r' | b'b' | b'c' if !self.after_word() && self.raw_string() => {}
                b'\'' => self.char_or_lifetime(),
                _ => self.at += 1,
            }
        }
        self.finish()
    }

    fn line_comment(&mut self) {
        let end = self.text[self.at..].find('\n').map_or(self.bytes.len(), |length| self.at + length);
        self.blank(self.at, end);
        self.at = end;
    }

    fn block_comment(&mut self, nests: bool) {
        let start = self.at;
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') if nests || depth == 0 => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        break;
                    }
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.bytes.len());
        self.blank(start, self.at);
    }

    /// A literal from the opening quote at `self.at` to the next quote that is not escaped.
    fn quoted(&mut self, quote: u8) {
        let start = self.at + 1;
        self.at = start;
        while self.at < self.bytes.len() && self.peek(0) != quote {
            self.at += if self.peek(0) == b'\\' { 2 } else { 1 };
        }
        self.literal(start, self.at.min(self.bytes.len()));
        self.at = (self.at + 1).min(self.bytes.len());
    }

    fn literal(&mut self, start: usize, end: usize) {
        let line = 1 + self.bytes[..start].iter().filter(|byte| **byte == b'\n').count();
        self.literals.push(Literal { line, text: self.text.get(start..end).unwrap_or_default().to_owned() });
        self.blank(start, end);
    }

    /// `r"…"`, `r#"…"#`, `br"…"`, `cr"…"`; false when a plain word begins here.
    fn raw_string(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let Some(tail) = ["br", "cr", "r"].iter().find_map(|prefix| rest.strip_prefix(prefix)) else {
            return false;
        };
        let hashes = tail.bytes().take_while(|byte| *byte == b'#').count();
        if tail.as_bytes().get(hashes) != Some(&b'"') {
            return false;
        }
        let start = self.bytes.len() - tail.len() + hashes + 1;
        let end_mark = format!("\"{}", "#".repeat(hashes));
        let end = self.text[start..].find(&end_mark).map_or(self.bytes.len(), |length| start + length);
        self.literal(start, end);
        self.at = (end + end_mark.len()).min(self.bytes.len());
        true
    }

    fn char_or_lifetime(&mut self) {
        if self.peek(1) == b'\\' {
            let start = self.at + 1;
            self.at += 3; // the quote, the backslash and the escaped character, which may itself be a quote
            while self.at < self.bytes.len() && self.peek(0) != b'\'' {
                self.at += 1;
            }
            self.blank(start, self.at);
            self.at = (self.at + 1).min(self.bytes.len());
            return;
        }
        let mut following = self.text[self.at + 1..].chars();
        let width = following.next().map_or(0, char::len_utf8);
        if following.next() == Some('\'') {
            self.blank(self.at + 1, self.at + 1 + width);
            self.at += width + 2;
        } else {
            self.at += 1;
        }
    }

    fn typescript(mut self) -> Source {
        // Depth of braces, and for each open template literal the depth at which its `${` stands.
        let (mut depth, mut templates) = (0_usize, Vec::new());
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'/' if self.peek(1) == b'/' && !self.in_address() => self.line_comment(),
                b'/' if self.peek(1) == b'*' => self.block_comment(false),
                b'/' if self.peek(1) != b'/' && self.regex_may_begin() => self.regex(),
                b'"' | b'\'' => self.typescript_string(),
                b'`' => {
                    self.at += 1;
                    self.template(depth, &mut templates);
                }
                b'}' if templates.last() == Some(&depth) => {
                    templates.pop();
                    self.blank(self.at, self.at + 1);
                    self.at += 1;
                    self.template(depth, &mut templates);
                }
                b'{' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        self.finish()
    }

    /// `https://…` in the text of an element is no comment.
    fn in_address(&self) -> bool {
        self.at > 0 && self.bytes[self.at - 1] == b':' && self.at > 1 && is_word(self.bytes[self.at - 2])
    }

    /// A string ends on its line. A quote that does not, or that follows a letter, is an apostrophe in an element.
    fn typescript_string(&mut self) {
        let quote = self.peek(0);
        let line_end = self.text[self.at..].find('\n').map_or(self.bytes.len(), |length| self.at + length);
        let mut end = self.at + 1;
        while end < line_end && self.bytes[end] != quote {
            end += if self.bytes[end] == b'\\' { 2 } else { 1 };
        }
        if end >= line_end || (quote == b'\'' && self.after_word()) {
            self.at += 1;
            return;
        }
        self.blank(self.at + 1, end);
        self.at = end + 1;
    }

    /// The text part of a template literal up to its end or to the next `${`, whose braces are blanked too.
    fn template(&mut self, depth: usize, templates: &mut Vec<usize>) {
        let start = self.at;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'\\', _) => self.at += 2,
                (b'`', _) => {
                    self.blank(start, self.at);
                    self.at += 1;
                    return;
                }
                (b'$', b'{') => {
                    self.at += 2;
                    self.blank(start, self.at);
                    templates.push(depth);
                    return;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.bytes.len());
        self.blank(start, self.at);
    }

    fn regex_may_begin(&self) -> bool {
        let before = self.text[..self.at].trim_end();
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        word == "return"
            || before.ends_with("=>")
            || before.ends_with(['(', ',', '=', ':', '[', '!', '&', '|', '?'])
    }

    fn regex(&mut self) {
        let start = self.at;
        let line_end = self.text[start..].find('\n').map_or(self.bytes.len(), |length| start + length);
        let (mut end, mut in_class) = (start + 1, false);
        while end < line_end && (in_class || self.bytes[end] != b'/') {
            match self.bytes[end] {
                b'\\' => end += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                _ => {}
            }
            end += 1;
        }
        if end >= line_end {
            self.at += 1; // a division after all
            return;
        }
        self.blank(start, end + 1);
        self.at = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &Source) -> String {
        source.tokens().iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn rust_comments_and_literals_are_no_code() {
        for (text, code) in [
            ("a // sqlx { \" \nb", "a b"),
            ("a /* x /* y */ z */ b", "a b"),
            ("f(\"} \\\" {\", b)", "f ( , b )"),
            ("r#\"a \" } b\"# c", "r # # c"),
            ("let c = '{'; let d = '\\''; let e = '\\u{7d}';", "let c = ; let d = ; let e = ;"),
            ("fn f<'a>(x: &'a str) {}", "fn f < a > ( x : & a str ) { }"),
            ("b\"}\" b'}' br\"}\"", "b b br"),
            ("'é' }", "}"),
            ("r#type::new()", "r # type :: new ( )"),
            ("/// Doc with `SELECT`\nfn x() {}", "fn x ( ) { }"),
        ] {
            assert_eq!(words(&Source::rust(text)), code, "{text}");
        }
    }

    #[test]
    fn rust_literals_keep_their_line() {
        let source = Source::rust("let a = \"one\";\n\nlet b = r\"two\nthree\";");
        let expected =
            [Literal { line: 1, text: "one".into() }, Literal { line: 3, text: "two\nthree".into() }];
        assert_eq!(source.literals, expected);
    }

    #[test]
    fn typescript_comments_literals_and_apostrophes_are_no_code() {
        for (text, code) in [
            ("const a = '{'; // {", "const a = ;"),
            ("const a = `x ${b({ c })} { y`;", "const a = b ( { c } ) ;"),
            ("const a = `x ${`{${b}`} y`; d", "const a = b ; d"),
            ("<p>Don't {name}</p>", "< p > Don t { name } < / p >"),
            ("a.replace(/[{'/]\\/{/g, b)", "a . replace ( g , b )"),
            ("const half = (a + b) / 2 / c;", "const half = ( a + b ) / 2 / c ;"),
            ("<br />{x}</p>", "< br / > { x } < / p >"),
            ("<a>https://kiem.example/{x}</a>", "< a > https : / / kiem . example / { x } < / a >"),
            ("/* { */ b", "b"),
        ] {
            assert_eq!(words(&Source::typescript(text)), code, "{text}");
        }
    }

    #[test]
    fn positions_survive_the_blanking() {
        let text = "let a = \"één\";\n// twee\nlet b = 1;";
        let source = Source::rust(text);
        assert_eq!(source.code.len(), text.len());
        let last = *source.tokens().last().expect("the text has tokens");
        assert_eq!((last.line, last.text), (3, ";"));
    }

    #[test]
    fn the_test_part_of_a_file_is_known() {
        let source = Source::rust("fn a() {}\n#[cfg(test)]\nmod tests { fn b() { c() } }\nfn d() {}");
        let tokens = source.tokens();
        let ranges = test_ranges(&tokens);
        let inside = |word: &str| {
            let token = tokens.iter().find(|token| token.text == word).expect("the word is there");
            ranges.iter().any(|range| range.contains(&token.at))
        };
        assert_eq!([inside("a"), inside("b"), inside("c"), inside("d")], [false, true, true, false]);
    }
}
