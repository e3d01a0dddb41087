//! Text for a locale without Unicode: the report's own signs become the nearest ASCII, anything else a `?` a cell.

use unicode_width::UnicodeWidthChar;

pub fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if c.is_ascii() => out.push(c),
            '≥' | '→' => out.push('>'),
            '≈' | '…' => out.push('~'),
            '–' | '─' | '−' => out.push('-'),
            '·' => out.push(' '),
            '▲' | '✖' => out.push('!'),
            'µ' => out.push('u'),
            '⏎' => out.push('\\'),
            '▁'..='█' => out.push(ramp(c)),
            _ => out.extend(std::iter::repeat_n('?', c.width().unwrap_or(1))),
        }
    }
    out
}

/// A ramp of ink.
fn ramp(bar: char) -> char {
    let level = u32::from(bar).saturating_sub(u32::from('▁')) as usize;
    "_.:-=+*#".chars().nth(level).unwrap_or('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_their_width() {
        use unicode_width::UnicodeWidthStr;
        for line in ["▁▂▃▄▅▆▇█ ≥ 5 s · 400 µs → 3 s…", "/größe 東京 e\u{301}"] {
            assert_eq!(ascii(line).width(), line.width(), "{}", ascii(line));
            assert!(ascii(line).is_ascii());
        }
        assert_eq!(ascii("▁▂▃▄▅▆▇█"), "_.:-=+*#");
    }
}
