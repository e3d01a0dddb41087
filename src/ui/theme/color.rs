//! Colours as numbers: reading them, how alike two look, and what is left of one on a poorer terminal.

use ratatui::style::{Color, Modifier, Style};

/// Below this chroma (OKLab) a colour is a grey to the eye, whatever its hue.
const GREY: f64 = 0.06;
/// Above this lightness (OKLab) a background is a light one.
const LIGHT: f64 = 0.6;

/// `#rrggbb`, or one of the sixteen names (`red`, `bright-red`, `gray`), or `terminal` for the terminal's own.
pub fn parse(text: &str) -> Option<Color> {
    if let Some(digits) = text.strip_prefix('#') {
        let whole = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| whole)?;
        return Some(Color::from_u32(value));
    }
    match text {
        "terminal" => Some(Color::Reset),
        _ if text.starts_with(|c: char| c.is_ascii_alphabetic()) => text.parse().ok().filter(|c| *c != Color::Reset),
        _ => None,
    }
}

/// Looks the same on every terminal, as the sixteen do not.
pub fn is_exact(color: Color) -> bool {
    rgb(color).is_some()
}

/// Red, green and blue, where they are known: the sixteen are whatever the terminal's owner made them.
fn rgb(color: Color) -> Option<[u8; 3]> {
    match color {
        Color::Rgb(r, g, b) => Some([r, g, b]),
        Color::Indexed(index @ 16..=231) => {
            let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            let index = index - 16;
            Some([level(index / 36), level(index / 6 % 6), level(index % 6)])
        }
        Color::Indexed(index @ 232..) => Some([8 + 10 * (index - 232); 3]),
        _ => None,
    }
}

/// Lightness, green to red, blue to yellow: a space in which distance is how different two colours look.
fn oklab([r, g, b]: [u8; 3]) -> [f64; 3] {
    let linear = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    let (r, g, b) = (linear(r), linear(g), linear(b));
    let l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b).cbrt();
    let m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b).cbrt();
    let s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b).cbrt();
    [
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    ]
}

pub fn is_light(color: Color) -> bool {
    match color {
        Color::White | Color::Gray => true,
        _ => rgb(color).is_some_and(|rgb| oklab(rgb)[0] > LIGHT),
    }
}

/// The nearest of the 240 colours that every 256-colour terminal agrees on.
pub fn to_256(color: Color) -> Color {
    let Color::Rgb(r, g, b) = color else { return color };
    let wanted = oklab([r, g, b]);
    let far = |index: u8| {
        rgb(Color::Indexed(index)).map_or(f64::INFINITY, |found| {
            oklab(found).iter().zip(wanted).map(|(have, want)| (have - want).powi(2)).sum()
        })
    };
    (16..=255).min_by(|a, b| far(*a).total_cmp(&far(*b))).map_or(color, Color::Indexed)
}

/// The style in the sixteen colours, readable on `background` (None: the terminal's own, taken for dark).
///
/// The hue is kept, the shade is chosen by the background: bright on dark, plain on light. Greys never become
/// "bright black", which some palettes make equal to the background; they are dimmed instead.
pub fn to_16(style: Style, background: Option<Color>) -> Style {
    let ground = style.bg.and_then(ground_16);
    let light = style.bg.filter(|_| ground.is_some()).or(background).is_some_and(is_light);
    let mut out = style;
    out.bg = ground;
    if let Some(rgb) = style.fg.and_then(rgb) {
        let [lightness, ..] = oklab(rgb);
        out.fg = Some(hue(rgb).map_or_else(|| grey_16(lightness, light), |hue| shade(hue, !light)));
        let faint = hue(rgb).is_none() && if light { lightness > 0.5 } else { lightness < 0.75 };
        if faint && ground.is_none() {
            out = out.add_modifier(Modifier::DIM);
        }
    }
    out
}

/// A coloured background keeps its hue; a grey one is only a tint and is left out.
fn ground_16(bg: Color) -> Option<Color> {
    match rgb(bg) {
        Some(rgb) => hue(rgb).map(|hue| shade(hue, false)),
        None => Some(bg),
    }
}

/// What a whole screen can be painted with in sixteen colours.
pub fn backdrop_16(bg: Color) -> Color {
    if rgb(bg).is_none() {
        return bg;
    }
    if is_light(bg) { Color::White } else { Color::Black }
}

fn grey_16(lightness: f64, light_ground: bool) -> Color {
    match (light_ground, lightness) {
        (true, _) => Color::Black,
        (false, l) if l > 0.95 => Color::White,
        (false, _) => Color::Gray,
    }
}

/// Which of red, yellow, green, cyan, blue, magenta; None for a grey.
fn hue(rgb: [u8; 3]) -> Option<usize> {
    let [_, a, b] = oklab(rgb);
    if a.hypot(b) < GREY {
        return None;
    }
    let [r, g, b] = rgb.map(f64::from);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let span = most - least;
    let turn = if most == r {
        ((g - b) / span).rem_euclid(6.0)
    } else if most == g {
        (b - r) / span + 2.0
    } else {
        (r - g) / span + 4.0
    };
    // The sectors are those of names, not of angles: orange counts as yellow, rose as magenta.
    Some(match turn * 60.0 {
        d if d < 20.0 => 0,
        d if d < 68.0 => 1,
        d if d < 165.0 => 2,
        d if d < 200.0 => 3,
        d if d < 262.0 => 4,
        d if d < 345.0 => 5,
        _ => 0,
    })
}

fn shade(hue: usize, bright: bool) -> Color {
    const PLAIN: [Color; 6] = [Color::Red, Color::Yellow, Color::Green, Color::Cyan, Color::Blue, Color::Magenta];
    const BRIGHT: [Color; 6] = [
        Color::LightRed,
        Color::LightYellow,
        Color::LightGreen,
        Color::LightCyan,
        Color::LightBlue,
        Color::LightMagenta,
    ];
    if bright { BRIGHT[hue] } else { PLAIN[hue] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_strictly() {
        assert_eq!(parse("#ff8000"), Some(Color::Rgb(255, 128, 0)));
        assert_eq!(parse("bright-red"), Some(Color::LightRed));
        assert_eq!(parse("gray"), Some(Color::Gray));
        assert_eq!(parse("terminal"), Some(Color::Reset));
        for bad in ["", "#ff80", "#ff80000", "#+f8000", "ff8000", "reset", "17", "reddish", "#ggg000"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn exact_colours_survive_256() {
        for index in 16..=255u8 {
            let [r, g, b] = rgb(Color::Indexed(index)).unwrap();
            let found = rgb(to_256(Color::Rgb(r, g, b))).unwrap();
            assert_eq!(found, [r, g, b], "{index}");
        }
        assert_eq!(to_256(Color::Red), Color::Red);
    }

    #[test]
    fn sixteen_colours_keep_the_hue_and_suit_the_background() {
        let fg = |hex: &str, ground: &str| to_16(Style::new().fg(parse(hex).unwrap()), parse(ground)).fg.unwrap();
        assert_eq!(fg("#ff6b6b", "#101010"), Color::LightRed);
        assert_eq!(fg("#b3261e", "#fafafa"), Color::Red);
        assert_eq!(fg("#f0b429", "#101010"), Color::LightYellow);
        assert_eq!(fg("#56b4e9", "#101010"), Color::LightBlue);
        assert_eq!(fg("#1a7f37", "#fafafa"), Color::Green);
        assert_eq!(fg("#d7dde6", "#101010"), Color::Gray);
        assert_eq!(fg("#24292f", "#fafafa"), Color::Black);
    }

    #[test]
    fn greys_are_dimmed_and_never_bright_black() {
        let dim = to_16(Style::new().fg(Color::Rgb(0x8a, 0x94, 0xa3)), None);
        assert_eq!((dim.fg, dim.add_modifier), (Some(Color::Gray), Modifier::DIM));
        let plain = to_16(Style::new().fg(Color::Rgb(0xd7, 0xdd, 0xe6)), None);
        assert_eq!((plain.fg, plain.add_modifier), (Some(Color::Gray), Modifier::empty()));
    }

    #[test]
    fn a_badge_stays_readable_in_sixteen_colours() {
        let badge = Style::new().fg(Color::Rgb(255, 255, 255)).bg(Color::Rgb(0xb3, 0x26, 0x1e));
        let badge = to_16(badge, None);
        assert_eq!((badge.fg, badge.bg), (Some(Color::White), Some(Color::Red)));
        let tint = to_16(Style::new().bg(Color::Rgb(0x1c, 0x23, 0x2e)), None);
        assert_eq!(tint.bg, None);
    }
}
