//! PromQL from text to a syntax tree, with guards for what the parser crate does not survive or gets wrong. The only
//! door to that parser.

use std::borrow::Cow;

use promql_parser::parser::Expr;

/// The tree is walked recursively, so its depth, and with it the text, must be bounded.
pub const MAX_TEXT: usize = 8 * 1024;
/// The longest time span, in seconds, that may be written as a bare number: some 30 years.
const MAX_SECONDS: f64 = 1e9;

pub fn parse(text: &str) -> Result<Expr, String> {
    if text.len() > MAX_TEXT {
        return Err(format!("parse error: the expression is longer than {MAX_TEXT} bytes"));
    }
    let text = requoted(text);
    if let Some(number) = wild_duration(&text) {
        return Err(format!("parse error: duration out of range: {number}"));
    }
    promql_parser::parser::parse(&text).map_err(|message| format!("parse error: {message}"))
}

/// The same text with its raw strings, `` `a\.b` ``, in quotes: the parser takes backslashes for escapes in both.
fn requoted(text: &str) -> Cow<'_, str> {
    if !text.contains('`') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match (c, after.find('`')) {
            ('`', Some(end)) => {
                let raw = after[..end].replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                out.extend(["\"", raw.as_str(), "\""]);
                rest = &after[end + 1..];
            }
            _ => {
                let next = past(c, after);
                out.push_str(&rest[..rest.len() - next.len()]);
                rest = next;
            }
        }
    }
    Cow::Owned(out)
}

/// What follows the string or the comment that `c` opens, or else `c` alone.
fn past(c: char, after: &str) -> &str {
    match c {
        '"' | '\'' => after_string(after, c),
        '#' => after.find('\n').map_or("", |end| &after[end..]),
        _ => after,
    }
}

/// A bare number where a duration belongs (after `[`, `:` or `offset`) that the parser would panic on.
fn wild_duration(text: &str) -> Option<&str> {
    let mut rest = text;
    let mut in_brackets = false;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '[' | ':' if c == '[' || in_brackets => {
                in_brackets = true;
                if let Some(number) = wild_number(after) {
                    return Some(number);
                }
                after
            }
            ']' => {
                in_brackets = false;
                after
            }
            _ if is_word(c) => {
                let (word, after) = split_word(rest);
                if word.eq_ignore_ascii_case("offset")
                    && let Some(number) = wild_number(after)
                {
                    return Some(number);
                }
                after
            }
            _ => past(c, after),
        };
    }
    None
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

fn split_word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c| !is_word(c)).unwrap_or(text.len()))
}

fn after_string(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if c == quote && !escaped {
            return &text[at + 1..];
        }
        escaped = c == '\\' && !escaped;
    }
    ""
}

fn wild_number(text: &str) -> Option<&str> {
    let text = text.trim_start().trim_start_matches(['+', '-']).trim_start();
    let mut end = split_word(text).0.len();
    // An exponent may carry a sign: `1e+30`.
    if text[..end].ends_with(['e', 'E']) && text[end..].starts_with(['+', '-']) {
        end += 1 + split_word(&text[end + 1..]).0.len();
    }
    let number = &text[..end];
    let seconds: f64 = number.parse().ok()?;
    (!(0.0..=MAX_SECONDS).contains(&seconds)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_no_duration_are_refused() {
        for text in ["x[1e30]", "x[5m:1e+30]", "x offset 1e30", "x OFFSET - inf", "x offset NaN", "x[ 99999999999 ]"] {
            let Err(message) = parse(text) else { panic!("{text} was taken") };
            assert!(message.contains("duration out of range"), "{text}: {message}");
        }
    }

    #[test]
    fn text_that_only_looks_like_it_passes() {
        for text in [r#"x{a="[1e30]"} # [1e30"#, "x{a='\\'[1e30'}", "x[5m] offset 1e3", "x[5] offset -5m", "{a=`\\`}"] {
            assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
        }
    }

    #[test]
    fn raw_strings_keep_their_backslashes() {
        for (text, plain) in [
            (r#"x{a=~`\d"\.`}"#, r#"x{a=~"\\d\"\\."}"#),
            (r#"x{a="`\"`"} # `raw`"#, r#"x{a="`\"`"} # `raw`"#),
            ("x{a=`open", "x{a=`open"),
        ] {
            assert_eq!(requoted(text), plain);
        }
        let Ok(Expr::VectorSelector(selector)) = parse(r"x{a=~`\d+\.`}") else { panic!("refused") };
        assert_eq!(selector.matchers.matchers[0].value, r"\d+\.");
    }
}
