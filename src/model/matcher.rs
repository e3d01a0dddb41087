//! Alertmanager's matchers: what a silence, a route and the filter of the list choose alerts by.
//!
//! `name op value`, where op is one of `=`, `!=`, `=~` and `!~`; a missing label counts as empty, and a regular
//! expression must fit the whole value. Names and values may be quoted.

use std::fmt;

use regex::Regex;

use super::labels::Labels;
use crate::text::Plain;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    Equal,
    NotEqual,
    Fits,
    FitsNot,
}

impl Op {
    pub fn is_regex(self) -> bool {
        matches!(self, Self::Fits | Self::FitsNot)
    }

    /// Whether what is equal, or fits, is what is meant.
    pub fn is_positive(self) -> bool {
        matches!(self, Self::Equal | Self::Fits)
    }

    pub fn of(is_regex: bool, is_positive: bool) -> Self {
        match (is_regex, is_positive) {
            (false, true) => Self::Equal,
            (false, false) => Self::NotEqual,
            (true, true) => Self::Fits,
            (true, false) => Self::FitsNot,
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Fits => "=~",
            Self::FitsNot => "!~",
        }
    }
}

/// One matcher, with its texts exactly as they are sent. They are shown by `Display` alone, which makes them safe.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Matcher {
    name: String,
    op: Op,
    value: String,
}

impl Matcher {
    pub fn new(name: &str, op: Op, value: &str) -> Self {
        Self { name: name.to_owned(), op, value: value.to_owned() }
    }

    /// As it is sent; not for showing.
    pub fn parts(&self) -> (&str, Op, &str) {
        (&self.name, self.op, &self.value)
    }

    /// Ready to be tried on many label sets; an expression that cannot be read is an error that says where.
    pub fn compile(&self) -> Result<Compiled, String> {
        let pattern = match self.op.is_regex() {
            // Labels have come through the gate: so must what they are compared with.
            false => Pattern::Text(Plain::new(&self.value)),
            true => {
                // As Alertmanager does it, where a dot is no line break.
                let regex = Regex::new(&format!("^(?:{})$", self.value));
                let words =
                    |error: regex::Error| error.to_string().lines().last().unwrap_or_default().trim().to_owned();
                Pattern::Regex(regex.map_err(|error| format!("{}: {}", self, Plain::from(words(error))))?)
            }
        };
        Ok(Compiled { name: self.name.clone(), positive: self.op.is_positive(), pattern })
    }
}

/// `severity="critical"`, in the one form that every version reads.
impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let classic = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        let name = Plain::new(&self.name);
        if name.chars().all(classic) && !name.is_empty() {
            f.write_str(&name)?;
        } else {
            write!(f, "\"{}\"", escape(&name))?;
        }
        write!(f, "{}\"{}\"", self.op.sign(), escape(&Plain::new(&self.value)))
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// A matcher that can be tried quickly.
#[derive(Debug, Clone)]
pub struct Compiled {
    name: String,
    positive: bool,
    pattern: Pattern,
}

#[derive(Debug, Clone)]
enum Pattern {
    Text(Plain),
    Regex(Regex),
}

impl Compiled {
    pub fn matches(&self, labels: &Labels) -> bool {
        // A missing label counts as empty.
        let value = labels.get(&self.name).map_or("", Plain::as_str);
        let fits = match &self.pattern {
            Pattern::Text(text) => text == value,
            // A line break is shown as a mark.
            Pattern::Regex(regex) if value.contains('⏎') => regex.is_match(&value.replace('⏎', "\n")),
            Pattern::Regex(regex) => regex.is_match(value),
        };
        fits == self.positive
    }
}

/// Compiles all of them.
pub fn compile(matchers: &[Matcher]) -> Result<Vec<Compiled>, String> {
    matchers.iter().map(Matcher::compile).collect()
}

/// Whether all of them match.
pub fn all_match(matchers: &[Compiled], labels: &Labels) -> bool {
    matchers.iter().all(|matcher| matcher.matches(labels))
}

/// A list as it is shown, and as `parse` reads it.
pub fn written(matchers: &[Matcher]) -> String {
    matchers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Reads a list with commas between, braces around it or not: `severity="critical", team=~"a|b"`.
pub fn parse(text: &str) -> Result<Vec<Matcher>, String> {
    let trimmed = text.trim();
    let inner = match (trimmed.strip_prefix('{'), trimmed.strip_suffix('}')) {
        (Some(_), Some(_)) => &trimmed[1..trimmed.len() - 1],
        (None, None) => trimmed,
        _ => return Err("a brace is not closed".to_owned()),
    };
    let mut reader = Reader { rest: inner.trim_start() };
    let mut matchers = Vec::new();
    while !reader.rest.is_empty() {
        matchers.push(reader.matcher()?);
        reader.skip();
        if reader.rest.is_empty() {
            break;
        }
        reader.rest = reader.rest.strip_prefix(',').ok_or_else(|| reader.wrong("a comma between two matchers"))?;
        reader.skip();
    }
    Ok(matchers)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn wrong(&self, wanted: &str) -> String {
        let near: String = self.rest.chars().take(20).collect();
        if near.is_empty() {
            format!("{wanted} is missing at the end")
        } else {
            format!("{wanted} is missing before `{}`", Plain::from(near))
        }
    }

    fn matcher(&mut self) -> Result<Matcher, String> {
        let name = self.word("the name of a label")?;
        self.skip();
        // The longer signs first.
        let op = [Op::Fits, Op::FitsNot, Op::NotEqual, Op::Equal].into_iter().find_map(|op| {
            self.rest = self.rest.strip_prefix(op.sign())?;
            Some(op)
        });
        let op = op.ok_or_else(|| self.wrong("one of = != =~ !~"))?;
        self.skip();
        // An empty value may be left out.
        let value =
            if self.rest.is_empty() || self.rest.starts_with(',') { String::new() } else { self.word("a value")? };
        let matcher = Matcher { name, op, value };
        matcher.compile()?;
        Ok(matcher)
    }

    /// A quoted text, or one without blanks and signs that mean something.
    fn word(&mut self, what: &str) -> Result<String, String> {
        if let Some(rest) = self.rest.strip_prefix('"') {
            return self.quoted(rest);
        }
        let special = |c: char| c.is_whitespace() || "{}!=~,\\\"'`".contains(c);
        let end = self.rest.find(special).unwrap_or(self.rest.len());
        if end == 0 {
            return Err(self.wrong(what));
        }
        let (word, rest) = self.rest.split_at(end);
        let word = word.to_owned();
        self.rest = rest;
        Ok(word)
    }
}

impl Reader<'_> {
    /// As Go writes texts: what follows a backslash stands for something else.
    fn quoted(&mut self, text: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut chars = text.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[1 + at + 1..];
                    return Ok(out);
                }
                '\\' => match chars.next() {
                    Some((_, 'n')) => out.push('\n'),
                    Some((_, 't')) => out.push('\t'),
                    Some((_, 'r')) => out.push('\r'),
                    Some((_, c @ ('"' | '\\'))) => out.push(c),
                    // Alertmanager refuses the others; in a regular expression they are what was meant.
                    Some((_, c)) => out.extend(['\\', c]),
                    None => break,
                },
                c => out.push(c),
            }
        }
        Err(format!("the quote before `{}` is not closed", Plain::from(text.chars().take(20).collect::<String>())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        parse(text).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn all_forms_are_read() {
        for text in [
            r#"severity="critical",team=~"a|b""#,
            r#"{severity="critical", team=~"a|b"}"#,
            " severity = critical , team=~ a|b , ",
            r#"{ "severity"="critical","team"=~"a|b", }"#,
        ] {
            let expected = [r#"severity="critical""#, r#"team=~"a|b""#];
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(read(r#"a!="",b!~x,c="#), [r#"a!="""#, r#"b!~"x""#, r#"c="""#]);
        assert_eq!(read(r#""ключ.x"="a\"b\\c\nd""#), [r#""ключ.x"="a\"b\\c⏎d""#]);
        assert!(read("").is_empty() && read("{}").is_empty());
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        for (text, words) in [
            ("severity", "one of = != =~ !~ is missing at the end"),
            ("=x", "the name of a label is missing before `=x`"),
            ("{a=b", "a brace is not closed"),
            ("a=b c=d", "a comma between two matchers is missing before `c=d`"),
            ("a=\"b", "the quote before `b` is not closed"),
            ("a=~\"(\"", "unclosed group"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn a_missing_label_is_empty_and_an_expression_fits_the_whole() {
        let labels = Labels::of(&[("severity", "critical"), ("text", "one\ntwo")]);
        for (text, expected) in [
            ("severity=critical", true),
            ("severity=crit", false),
            ("severity=~crit", false),
            ("severity=~crit.*", true),
            ("severity!~crit", true),
            ("team=\"\"", true),
            ("team!=\"\"", false),
            ("team=~\".*\"", true),
            ("team=~\".+\"", false),
            ("team!=x,severity=~\"warning|critical\"", true),
            ("text=\"one\\ntwo\"", true),
            ("text=~\"one\\ntwo\"", true),
            ("text=~\"one.two\"", false),
            ("text=~\"(?s)one.two\"", true),
        ] {
            let matchers = parse(text).unwrap();
            assert_eq!(all_match(&compile(&matchers).unwrap(), &labels), expected, "{text}");
        }
    }
}
