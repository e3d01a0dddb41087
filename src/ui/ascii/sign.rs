//! The ASCII character that comes nearest to a sign.

/// Eighths of a block, low to high, as a ramp of ink.
const RAMP: &[u8; 8] = b"_.:-=+*#";
/// À to ÿ without their marks.
const LATIN: &[u8; 64] = b"AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";

/// One cell for one cell; `?` for what has no likeness.
pub fn ascii(sign: char) -> char {
    match sign {
        ' '..='~' => sign,
        '\u{2800}'..='\u{28ff}' => braille(u32::from(sign)),
        '▁'..='█' => nth(RAMP, sign, '▁'),
        'À'..='ÿ' => nth(LATIN, sign, 'À'),
        '▌' | '▶' | '▸' | '▹' | '►' | '→' | '›' | '»' | '≥' | '⇒' => '>',
        '◀' | '◂' | '◃' | '◄' | '←' | '‹' | '«' | '≤' | '⇐' => '<',
        '▲' | '△' | '▴' | '▵' | '↑' | '⇧' | '⌃' => '^',
        '▼' | '▽' | '▾' | '▿' | '↓' => 'v',
        '●' | '•' | '◆' | '■' | '◉' | '★' | '▪' | '∙' => '*',
        '○' | '◦' | '□' | '◌' | '◇' | '☐' | '°' | 'º' => 'o',
        '✖' | '✗' | '✘' | '☒' | '╳' => 'x',
        '✓' | '✔' | '☑' => '+',
        '◷' | '⏱' | '⧖' => '@',
        '…' | '≈' | '∼' => '~',
        '·' | '․' | '░' => '.',
        '⏎' | '↵' | '╲' => '\\',
        '╱' | '⁄' | '∕' => '/',
        '▍'..='▏' | '▕' | '▐' | '¦' | '│' | '┃' | '┆' | '┇' | '┊' | '┋' | '╎' | '╏' | '║' => {
            '|'
        }
        '├'..='┫' | '╞'..='╣' | '╵' | '╷' | '╹' | '╻' => '|',
        '━' | '═' | '▬' | '▤' => '=',
        '─' | '┄' | '┅' | '┈' | '┉' | '╌' | '╍' | '╴' | '╶' | '╸' | '╺' | '╼' | '╾' => '-',
        '‐'..='―' | '−' | '‾' | '¯' => '-',
        '\u{2500}'..='\u{257f}' => '+',
        '▉' | '▊' | '▋' | '▓' | '⌂' => '#',
        '▒' | '∶' => ':',
        '▀' | '“' | '”' | '„' | '″' => '"',
        '‘' | '’' | '‚' | '′' | '´' | '▘' | '▝' => '\'',
        '▖' | '▗' => '.',
        '\u{2596}'..='\u{259f}' => '%',
        '⚠' | '¡' | '‼' => '!',
        'µ' | 'μ' => 'u',
        '∞' => '8',
        'Δ' | '∆' => 'd',
        'Σ' | '∑' => 'S',
        '±' => '+',
        '≠' => '!',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => ' ',
        _ => '?',
    }
}

fn nth(table: &[u8], sign: char, first: char) -> char {
    let n = u32::from(sign) - u32::from(first);
    usize::try_from(n).ok().and_then(|n| table.get(n)).map_or('?', |b| char::from(*b))
}

/// Eight dots in two columns of four: their number, height and slope choose the character.
fn braille(code: u32) -> char {
    const LEFT: [u32; 4] = [0x01, 0x02, 0x04, 0x40];
    const RIGHT: [u32; 4] = [0x08, 0x10, 0x20, 0x80];
    let ((left, low_left), (right, low_right)) = (column(code, LEFT), column(code, RIGHT));
    let (count, total) = (left + right, low_left + low_right);
    match count {
        0 => ' ',
        6.. => '#',
        _ if left > 0 && right > 0 => {
            // Twice the mean row, so that whole numbers do.
            let (l, r) = (2 * low_left / left, 2 * low_right / right);
            match (count, total) {
                _ if l >= r + 2 => '/',
                _ if r >= l + 2 => '\\',
                (4.., _) => '=',
                (2, 0) => '\'',
                (2, 6) => '_',
                _ => '-',
            }
        }
        3.. => '|',
        2 => ':',
        _ if total == 0 => '\'',
        _ if total == 3 => '.',
        _ => '-',
    }
}

/// How many dots are set, and the sum of their rows, counted from the top.
fn column(code: u32, dots: [u32; 4]) -> (u32, u32) {
    let set = (0u32..).zip(dots).filter(|(_, dot)| code & dot != 0);
    set.fold((0, 0), |(count, sum), (row, _)| (count + 1, sum + row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braille_keeps_height_slope_and_weight() {
        let all: String = "⠀⠁⠂⠄⡀⠈⢀⡇⢸⠉⠒⠤⣀⠊⡠⠑⢄⡠⢠⠃⣀⣤⣶⣿⠛⣸".chars().map(ascii).collect();
        assert_eq!(all, " '--.'.||'--_//\\\\/::_=##=/");
    }

    #[test]
    fn every_sign_of_the_screens_has_a_likeness() {
        for sign in "◷⌂▲▼●·✖→≥┤│─╌▏▕▁█…⏎▌▾▸━µ×↑↓←".chars() {
            assert_ne!(ascii(sign), '?', "{sign}");
            assert!(ascii(sign).is_ascii_graphic(), "{sign}");
        }
    }

    #[test]
    fn ramps_rise() {
        let ramp: String = ('▁'..='█').map(ascii).collect();
        assert_eq!(ramp, "_.:-=+*#");
        assert_eq!("größe Ñandú".chars().map(ascii).collect::<String>(), "grose Nandu");
    }
}
