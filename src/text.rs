//! `Plain`: text from outside, made safe to store, draw, copy and export. The only door.
//!
//! Label values, log lines, annotations and error bodies reach us with escape sequences, bidi overrides and
//! combining bombs intact; no backend cleans them. Whatever is not printable becomes a visible mark, as `less`
//! shows it: `^[` for a control character, `<U+202E>` for an invisible one.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_width::UnicodeWidthChar;

pub mod nearest;
pub mod words;

/// The most bytes of one outside text that are kept.
pub const MAX_BYTES: usize = 8 * 1024;
/// Combining marks beyond this many on one character are dropped.
const MAX_MARKS: usize = 3;

/// One line of printable text: no control, bidi or zero-width characters, bounded in length.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Plain(Arc<str>);

impl Plain {
    pub fn new(raw: &str) -> Self {
        Self(Arc::from(plain(raw)))
    }

    /// Bytes that should be UTF-8 but need not be; what is not shows as U+FFFD.
    pub fn from_bytes(raw: &[u8]) -> Self {
        Self::new(&String::from_utf8_lossy(raw))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Default for Plain {
    fn default() -> Self {
        Self(Arc::from(""))
    }
}

impl From<&str> for Plain {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Plain {
    fn from(raw: String) -> Self {
        Self::new(&raw)
    }
}

impl std::ops::Deref for Plain {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Plain {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Plain {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Plain {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&Cow::<str>::deserialize(deserializer)?))
    }
}

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

fn plain(raw: &str) -> Cow<'_, str> {
    if raw.len() <= MAX_BYTES && raw.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len().min(MAX_BYTES) + 16);
    let mut marks = 0;
    for (at, c) in raw.char_indices() {
        if out.len() >= MAX_BYTES {
            out.push_str(&format!("…(+{} bytes)", raw.len() - at));
            break;
        }
        push(&mut out, c, &mut marks);
    }
    Cow::Owned(out)
}

fn push(out: &mut String, c: char, marks: &mut usize) {
    match c {
        '\n' => out.push('⏎'),
        '\t' => out.push(' '),
        '\0'..='\x1f' => out.extend(['^', char::from(c as u8 ^ 0x40)]),
        '\x7f' => out.push_str("^?"),
        _ if is_hidden(c) => out.push_str(&format!("<U+{:04X}>", c as u32)),
        _ if c.width() == Some(0) => {
            *marks += 1;
            if out.is_empty() {
                out.push('◌');
            }
            if *marks <= MAX_MARKS {
                out.push(c);
            }
            return;
        }
        _ => out.push(c),
    }
    *marks = 0;
}

/// Characters that print nothing of their own but change what is around them, or could.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'                       // C1 controls: CSI and OSC in one character
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}'
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'                    // fillers that look like nothing
        | '\u{17b4}' | '\u{17b5}'
        | '\u{200b}'..='\u{200f}'                 // zero width, direction marks
        | '\u{2028}'..='\u{202e}'                 // line separators, bidi embeddings and overrides
        | '\u{2060}'..='\u{206f}'                 // word joiner, bidi isolates
        | '\u{fe00}'..='\u{fe0f}'                 // variation selectors change a glyph's width
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}'   // format, category Cf
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1345f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}') // tags and more variation selectors
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_become_visible() {
        assert_eq!(Plain::new("\x1b[31mred\x1b]52;c;x\x07"), "^[[31mred^[]52;c;x^G");
        assert_eq!(Plain::new("a\u{9b}2Jb"), "a<U+009B>2Jb");
        assert_eq!(Plain::new("gpj.\u{202e}exe"), "gpj.<U+202E>exe");
        assert_eq!(Plain::new("two\nlines\tand\0nul\x7f\r"), "two⏎lines and^@nul^?^M");
    }

    #[test]
    fn a_combining_bomb_is_capped_and_never_leads() {
        let bomb = format!("a{}b", "\u{301}".repeat(5000));
        assert_eq!(Plain::new(&bomb), "a\u{301}\u{301}\u{301}b");
        assert_eq!(Plain::new("\u{301}x"), "◌\u{301}x");
    }

    #[test]
    fn length_is_bounded_and_said() {
        let long = Plain::new(&"x".repeat(64 * 1024));
        assert!(long.len() < MAX_BYTES + 32);
        assert!(long.ends_with("…(+57344 bytes)"));
    }

    #[test]
    fn ordinary_text_is_untouched() {
        for text in ["", "/api/checkout", "größe 東京 ключ", "e\u{301}"] {
            assert_eq!(Plain::new(text), text);
        }
    }

    #[test]
    fn deserialising_sanitises() {
        let value: Plain = serde_json::from_str(r#""\u001b[2Jx\u202e""#).unwrap();
        assert_eq!(value, "^[[2Jx<U+202E>");
    }

    proptest! {
        #[test]
        fn nothing_unprintable_passes(raw in any::<String>()) {
            let text = Plain::new(&raw);
            prop_assert!(text.chars().all(|c| !c.is_control() && !is_hidden(c)));
            prop_assert!(text.len() <= MAX_BYTES + 40);
        }

        #[test]
        fn cleaning_twice_changes_nothing(raw in "\\PC{0,40}") {
            let once = Plain::new(&raw);
            prop_assert_eq!(Plain::new(&once), once);
        }
    }
}
