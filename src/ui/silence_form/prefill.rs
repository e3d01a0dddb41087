//! What stands in the form before anything is typed, and how it stays exact.
//!
//! Labels come through the gate that makes text safe; one that may have been altered there could never match what the
//! server holds, so it is left out and named. The matchers of a silence are kept exactly, and what is shown of them
//! stands for them as long as nobody changes it.

use unicode_width::UnicodeWidthChar;

use crate::model::labels::Labels;
use crate::model::matcher::{Matcher, Op, parse, written};
use crate::text::Plain;

/// More than this cannot be read on any screen.
pub const MOST_BYTES: usize = 32 * 1024;

/// A matcher for each label of an alert, and the names of those that had to be left out.
pub fn exactly(labels: &Labels) -> (Vec<Matcher>, Vec<Plain>) {
    let (mut matchers, mut left_out) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for (name, value) in labels.iter().filter(|(_, value)| !value.is_empty()) {
        let matcher = Matcher::new(name, Op::Equal, value);
        bytes += matcher.to_string().len() + 2;
        if may_be_altered(name) || may_be_altered(value) || bytes > MOST_BYTES {
            left_out.push(name.clone());
        } else {
            matchers.push(matcher);
        }
    }
    (matchers, left_out)
}

/// Whether a text bears one of the marks that the gate makes.
fn may_be_altered(text: &str) -> bool {
    const MARKS: [&str; 6] = ["^", "⏎", "◌", "<U+", "\u{fffd}", "…(+"];
    // Of more than three combining marks on one character the others are gone without a mark.
    let mut marks = 0;
    let is_full = text.chars().any(|c| {
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        marks >= 3
    });
    is_full || MARKS.iter().any(|mark| text.contains(mark))
}

/// Reads what was typed; what is still written as one of `known` is that one, exactly.
pub fn read(text: &str, known: &[Matcher]) -> Result<Vec<Matcher>, String> {
    if text == written(known) {
        return Ok(known.to_vec());
    }
    let same = |typed: Matcher| {
        let words = typed.to_string();
        known.iter().find(|matcher| matcher.to_string() == words).cloned().unwrap_or(typed)
    };
    Ok(parse(text)?.into_iter().map(same).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_label_is_matched_but_those_that_may_have_been_altered() {
        let labels = Labels::of(&[
            ("alertname", "A\"b\\"),
            ("empty", ""),
            ("two", "one\ntwo"),
            ("escape", "\x1b[2J"),
            ("bidi", "a\u{202e}b"),
            ("long", &"x".repeat(9000)),
            ("bro\u{7}ken", "name"),
            ("bomb", "a\u{301}\u{301}\u{301}\u{301}b"),
            ("größe", "東京"),
        ]);
        let (matchers, left_out) = exactly(&labels);
        assert_eq!(written(&matchers), r#"alertname="A\"b\\", "größe"="東京""#);
        let names: Vec<&str> = left_out.iter().map(Plain::as_str).collect();
        assert_eq!(names, ["bidi", "bomb", "bro^Gken", "escape", "long", "two"]);
        assert_eq!(read(&written(&matchers), &[]).unwrap(), matchers, "they read as they are written");
    }

    #[test]
    fn a_matcher_that_nobody_touched_stays_exact() {
        let known = vec![Matcher::new("a", Op::Equal, "x\u{202e}y\nz"), Matcher::new("b", Op::Fits, "c|d")];
        let text = written(&known);
        assert_eq!(read(&text, &known).unwrap(), known);
        let changed = read(&text.replace("c|d", "c"), &known).unwrap();
        assert_eq!(changed[0], known[0]);
        assert_eq!(changed[1].parts(), ("b", Op::Fits, "c"));
        assert!(read("a", &known).is_err());
    }
}
