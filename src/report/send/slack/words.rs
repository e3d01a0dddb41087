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

/// Text among formatted text, of at most so many characters when it is escaped.
pub fn escape(text: &str, most: usize) -> String {
    bounded(text, most, &|c| match c {
        '*' | '_' | '~' | '`' | '@' | '#' => format!("{c}{NOTHING}"),
        // Addresses would become links by themselves.
        ':' => format!(":{NOTHING}"),
        c => entity(c),
    })
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

fn bounded(text: &str, most: usize, write: &dyn Fn(char) -> String) -> String {
    let (mut out, mut length) = (String::new(), 0);
    for c in text.chars() {
        let written = write(c);
        length += written.chars().count();
        if length >= most {
            out.push('…');
            return out;
        }
        out.push_str(&written);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_and_nothing_is_formatted() {
        assert_eq!(escape("<!channel> <@U1> <http://x|y>", 900).matches(['<', '>']).count(), 0);
        assert_eq!(
            escape("@here *b* _i_ ~s~ `c` #ops http://x", 900).replace(NOTHING, ""),
            "@here *b* _i_ ~s~ `c` #ops http://x"
        );
        for sign in ["@here", "*b", "_i", "~s", "`c", "#ops", "://x"] {
            assert!(!escape("@here *b* _i_ ~s~ `c` #ops http://x", 900).contains(sign), "{sign}");
        }
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
