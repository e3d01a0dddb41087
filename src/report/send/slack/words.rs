//! Outside text in a chat: it reads the same and does nothing.

/// Seen by nobody; beside a sign it takes its meaning away.
const NOTHING: char = '\u{200b}';

/// At most so many characters, the last one a mark where something is missing.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Text among formatted text, of at most so many characters when it is escaped. Signs that would format it become
/// others that look alike: a chat has no way to write them as themselves.
pub fn escape(text: &str, most: usize) -> String {
    let (mut out, mut length, mut before) = (String::new(), 0, ' ');
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let written = match c {
            '*' => "∗".to_owned(),
            '~' => "∼".to_owned(),
            '`' => "ˋ".to_owned(),
            // Within a word, as in the names of metrics, it is only itself.
            '_' if !(before.is_alphanumeric() && next.is_alphanumeric()) => "ˍ".to_owned(),
            '@' | '#' => format!("{c}{NOTHING}"),
            // Addresses would become links by themselves.
            ':' if next == '/' => format!(":{NOTHING}"),
            c => entity(c),
        };
        before = c;
        length += written.chars().count();
        if length >= most {
            out.push('…');
            return out;
        }
        out.push_str(&written);
    }
    out
}

/// Text between backticks, whole: half a command is none.
pub fn code(text: &str) -> String {
    text.chars().map(|c| if c == '`' { 'ˋ'.to_string() } else { entity(c) }).collect()
}

fn entity(c: char) -> String {
    match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        c if c.is_control() => " ".to_owned(),
        c => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_and_nothing_is_formatted() {
        assert_eq!(escape("<!channel> <@U1> <http://x|y>", 900).matches(['<', '>']).count(), 0);
        let text = escape("@here *b* _i_ __x__ ~s~ `c` #ops http://x", 900);
        assert_eq!(text.replace(NOTHING, ""), "@here ∗b∗ ˍiˍ ˍˍxˍˍ ∼s∼ ˋcˋ #ops http://x");
        for sign in ["@here", "*", "_", "~", "`", "#ops", "://x"] {
            assert!(!text.contains(sign), "{sign}");
        }
        assert_eq!(escape("http_requests_total 13:56", 900), "http_requests_total 13:56");
        assert_eq!(escape("a & b", 900), "a &amp; b");
        assert_eq!(code("a360 --select 'x<y`'"), "a360 --select 'x&lt;yˋ'");
    }

    #[test]
    fn what_is_cut_is_never_half_an_entity() {
        for most in 1..40 {
            let short = escape("<<<<&&&&>>>>****", most);
            assert!(short.chars().count() <= most, "{most}: {short}");
            assert_eq!(short.matches('&').count(), short.matches(';').count(), "{short}");
        }
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
    }
}
