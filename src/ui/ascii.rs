//! The finished frame in ASCII, for the Linux console, old locales and dumb terminals. Views always draw the real
//! signs; what a poorer terminal gets is decided here, once, for every view.

use ratatui::buffer::{Buffer, Cell};
use unicode_width::UnicodeWidthStr;

mod sign;

/// Which signs the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyphs {
    Unicode,
    Ascii,
}

impl Glyphs {
    /// The configured signs win; otherwise the terminal's name and the locale decide (`env` looks a variable up).
    pub fn detect(configured: Option<Self>, env: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        if let Some(glyphs) = configured {
            return glyphs;
        }
        // The Linux console has 512 glyphs, none of them braille.
        let term = set("TERM").unwrap_or_default();
        if term == "linux" || term == "dumb" || term.starts_with("vt") {
            return Self::Ascii;
        }
        // A bare container or `ssh` without a locale says nothing: the terminal itself is UTF-8 then, as a rule.
        match set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")) {
            Some(locale) if !is_utf8(&locale) => Self::Ascii,
            _ => Self::Unicode,
        }
    }

    /// For the few words that one cell cannot carry, such as `⏎` and `Enter`.
    pub fn pick<'a>(self, unicode: &'a str, ascii: &'a str) -> &'a str {
        if self == Self::Unicode { unicode } else { ascii }
    }
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Replaces every cell that is not ASCII by the nearest ASCII; nothing moves.
pub fn asciify(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width);
    if width == 0 {
        return;
    }
    for row in buffer.content.chunks_mut(width) {
        draw_arrows(row);
        let mut rest = row;
        while let Some((cell, after)) = rest.split_first_mut() {
            rest = after;
            let symbol = cell.symbol();
            if symbol.is_ascii() {
                continue;
            }
            // The cells that a wide sign covers become cells of their own again, in its style.
            let covered = symbol.width().saturating_sub(1).min(rest.len());
            let plain = if covered > 0 { '?' } else { symbol.chars().next().map_or(' ', sign::ascii) };
            cell.set_char(plain);
            for hidden in &mut rest[..covered] {
                *hidden = Cell::clone(cell);
            }
            rest = &mut rest[covered..];
        }
    }
}

/// An arrow after a blank becomes `->`: a lone `>` between two numbers reads as "greater than".
fn draw_arrows(row: &mut [Cell]) {
    for at in 1..row.len() {
        if row[at].symbol() == "→" && row[at - 1].symbol() == " " {
            row[at - 1].set_char('-');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    fn lines(buffer: &Buffer) -> Vec<String> {
        let width = usize::from(buffer.area.width);
        buffer.content.chunks(width).map(|row| row.iter().map(Cell::symbol).collect::<String>()).collect()
    }

    fn through(text: &[&str]) -> Vec<String> {
        let mut buffer = Buffer::with_lines(text.iter().copied());
        asciify(&mut buffer);
        lines(&buffer)
    }

    #[test]
    fn a_screen_reads_the_same() {
        let screen = through(&[
            " a360  PROD eu-1  ◷ live 1h  ⌂ agent360  ▲ 1 critical · 1 warning   prom ● am ● jaeger ✖ refused 42s",
            "▌▲ critical   HighErrorRate  ▼ 45 %   ─── → ≥ µs   größe…",
            "   10%┤╌ ╌ ╌ ╌ ╌    ▁▂▃▄▅▆▇█   ▕████━━━▏ 3.10 s✖  ▾ ▸",
        ]);
        assert_eq!(
            screen,
            [
                " a360  PROD eu-1  @ live 1h  # agent360  ^ 1 critical . 1 warning   prom * am * jaeger x refused 42s",
                ">^ critical   HighErrorRate  v 45 %   ----> > us   grose~                                           ",
                "   10%|- - - - -    _.:-=+*#   |####===| 3.10 sx  v >                                               ",
            ]
        );
    }

    #[test]
    fn a_change_is_no_comparison() {
        assert_eq!(through(&["5xx 0.4 % → 88 %", "→ a→b"]), ["5xx 0.4 %-> 88 %", "> a>b           "]);
    }

    #[test]
    fn a_curve_stays_a_curve() {
        let chart = through(&[
            "                        ⢀⡤⠖⠒⠒⠒",
            "                       ⢠⠏     ",
            "⣀⣠⠤⣄⣤⡤⣤⠤⣤⠤⠤⠤⠤⠤⣤⠤⢤⣀⡤⣄⡤⠤⠖⠋      ",
        ]);
        assert_eq!(
            chart,
            ["                        .-----", "                       :/     ", "_---=-=-=-----=--_------      ",]
        );
    }

    #[test]
    fn wide_signs_keep_their_cells_and_style() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        let style = Style::new().bold();
        buffer.set_string(0, 0, "a東京b", style);
        asciify(&mut buffer);
        assert_eq!(lines(&buffer), ["a????b  "]);
        assert_eq!(buffer[(2, 0)].style().add_modifier, style.add_modifier);
    }

    #[test]
    fn marks_on_letters_are_dropped() {
        assert_eq!(through(&["e\u{301}x"]), ["ex"]);
    }

    proptest! {
        #[test]
        fn whatever_is_drawn_ends_as_ascii_of_the_same_size(text in "\\PC{0,60}", width in 0u16..40) {
            let mut buffer = Buffer::empty(Rect::new(3, 2, width, 2));
            buffer.set_stringn(3, 2, &text, usize::from(width), Style::new());
            asciify(&mut buffer);
            for cell in &buffer.content {
                prop_assert_eq!(cell.symbol().len(), 1);
                prop_assert!((' '..='~').contains(&cell.symbol().chars().next().unwrap()));
            }
        }
    }

    /// `"TERM=xterm LANG=C"` as an environment.
    fn detect(vars: &str) -> Glyphs {
        Glyphs::detect(None, |name| {
            vars.split_whitespace().find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
        })
    }

    #[test]
    fn the_locale_and_the_terminal_decide() {
        for (vars, glyphs) in [
            ("TERM=xterm", Glyphs::Unicode),
            ("TERM=xterm LANG=en_GB.UTF-8", Glyphs::Unicode),
            ("TERM=xterm LANG=C.utf8", Glyphs::Unicode),
            ("TERM=xterm LANG=C", Glyphs::Ascii),
            ("TERM=xterm LANG=POSIX", Glyphs::Ascii),
            ("TERM=xterm LANG=de_DE@euro", Glyphs::Ascii),
            ("TERM=xterm LANG=en_GB.UTF-8 LC_ALL=C", Glyphs::Ascii),
            ("TERM=xterm LANG=C LC_CTYPE=en_GB.UTF-8", Glyphs::Unicode),
            ("TERM=xterm LANG=en_GB.UTF-8 LC_ALL=", Glyphs::Unicode),
            ("TERM=linux LANG=en_GB.UTF-8", Glyphs::Ascii),
            ("TERM=dumb LANG=en_GB.UTF-8", Glyphs::Ascii),
        ] {
            assert_eq!(detect(vars), glyphs, "{vars}");
        }
        let console = |name: &str| (name == "TERM").then(|| "linux".to_owned());
        assert_eq!(Glyphs::detect(Some(Glyphs::Unicode), console), Glyphs::Unicode);
    }
}
