//! Text from anywhere as text of a page.

/// The most characters of one text.
const LONGEST: usize = 480;

/// Safe between tags and within a quoted attribute, and no longer than a person reads.
pub fn text(text: &str) -> String {
    bounded(text, LONGEST)
}

/// The same for what must be whole, such as a command: a little longer.
pub fn bounded(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most) + 8);
    let mut chars = text.chars();
    for c in chars.by_ref().take(most) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // None of these gets here by way of `Plain`; nothing on the page may depend on that.
            c if c.is_control() || is_direction(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// Turns the direction of the text that follows.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The anchor of one of our own titles: its first word.
pub fn slug(title: &str) -> String {
    let word = title.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    word.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_opens_a_tag_or_ends_an_attribute() {
        assert_eq!(
            text("</style><script a=\"b\" c='d'>&amp;"),
            "&lt;/style&gt;&lt;script a=&quot;b&quot; c=&#39;d&#39;&gt;&amp;amp;"
        );
        assert_eq!(text("a\u{202e}b\u{0}c\nd"), "a\u{fffd}b\u{fffd}c\u{fffd}d");
        assert_eq!(text("/größe 東京"), "/größe 東京");
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        let cut = text(&"<".repeat(64 * 1024));
        assert_eq!((cut.len(), cut.ends_with("&lt;…")), (LONGEST * 4 + 3, true));
        assert_eq!(text(&"x".repeat(LONGEST)).chars().count(), LONGEST);
    }

    #[test]
    fn an_anchor_is_a_word() {
        assert_eq!([slug("Requests (req/s)"), slug("Could not be asked"), slug("\"x")], ["requests", "could", ""]);
    }
}
