//! Every built-in theme, looked at with the numbers of WCAG and with the eyes of people who see fewer hues.

#![cfg(test)]

use std::fs;

use a360::ui::theme::{Depth, Role, Theme, ThemeError};
use ratatui::style::{Color, Modifier, Style};

type Rgb = [f64; 3];
type Matrix = [[f64; 3]; 3];

/// Machado, Oliveira and Fernandes 2009, full severity, in linear light.
const NORMAL: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
const PROTANOPIA: Matrix =
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]];
const DEUTERANOPIA: Matrix =
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]];

/// The themes that know their own colours; the others take the terminal's.
const EXACT: [&str; 6] = ["default", "light", "high-contrast", "colour-blind-safe", "gruvbox", "catppuccin"];
/// Lines that only separate may be faint; these only tint what others write on.
const NOT_READ: [Role; 3] = [Role::Rule, Role::Selected, Role::Overlay];
/// Less important than the rest, and allowed to look so.
const SECONDARY: [Role; 5] = [Role::Dim, Role::Tab, Role::Axis, Role::Stale, Role::Limit];

fn linear(color: Color) -> Rgb {
    let bytes = match color {
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Indexed(i @ 16..=231) => {
            [(i - 16) / 36, (i - 16) / 6 % 6, (i - 16) % 6].map(|n| if n == 0 { 0 } else { 55 + 40 * n })
        }
        Color::Indexed(i @ 232..) => [8 + 10 * (i - 232); 3],
        other => panic!("{other} is whatever the terminal makes of it"),
    };
    bytes.map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    })
}

fn luminance(color: Color) -> f64 {
    let [r, g, b] = linear(color);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

fn seen(color: Color, eye: &Matrix) -> Rgb {
    let light = linear(color);
    eye.map(|row| row.iter().zip(light).map(|(m, c)| m * c).sum::<f64>().clamp(0.0, 1.0))
}

/// Distance in OKLab: 0.02 is just noticeable side by side, black to white is 1.
fn unlike(a: Color, b: Color, eye: &Matrix) -> f64 {
    let lab = |color| {
        let [r, g, b] = seen(color, eye);
        let l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b).cbrt();
        let m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b).cbrt();
        let s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b).cbrt();
        [
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
        ]
    };
    lab(a).iter().zip(lab(b)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn theme(name: &str) -> Theme {
    Theme::builtin(name).unwrap_or_else(|| panic!("{name} does not load"))
}

/// The colours of the lines until they repeat.
fn series(theme: &Theme) -> Vec<Color> {
    let mut colors: Vec<Color> = Vec::new();
    for style in (0..).map(|n| theme.series(n)) {
        let color = style.fg.unwrap();
        if colors.first() == Some(&color) {
            return colors;
        }
        colors.push(color);
    }
    unreachable!()
}

fn pairs(colors: &[Color]) -> impl Iterator<Item = (Color, Color)> {
    colors.iter().enumerate().flat_map(|(n, a)| colors[n + 1..].iter().map(|b| (*a, *b)))
}

/// What is read and on which grounds it is read.
fn readings(theme: &Theme) -> Vec<(String, Color, Color, f64)> {
    let base = theme.base();
    let ground = base.bg.unwrap();
    let grounds = [Role::Selected, Role::Header, Role::Overlay].map(|role| theme.style(role).bg.unwrap());
    let mut out = Vec::new();
    for role in Role::ALL.into_iter().filter(|role| !NOT_READ.contains(role)) {
        let style = theme.style(role);
        let need = if SECONDARY.contains(&role) { 3.0 } else { 4.5 };
        let fg = style.fg.or(base.fg).unwrap();
        out.push((role.name().to_owned(), fg, style.bg.unwrap_or(ground), need));
        if style.bg.is_none() {
            // On the tints: all but plain text is bold, short, or said again in words.
            let need = if role == Role::Text { 4.5 } else { 3.0 };
            out.extend(grounds.map(|bg| (format!("{} on a tint", role.name()), fg, bg, need)));
        }
    }
    for (n, color) in series(theme).into_iter().enumerate() {
        out.push((format!("series {n}"), color, ground, 4.5));
    }
    out
}

#[test]
fn every_theme_file_is_right_and_whole() {
    let listed: Vec<&str> = Theme::names().collect();
    for entry in fs::read_dir("themes").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(listed.contains(&name.as_str()), "{name} is not built in");
        let text = fs::read_to_string(&path).unwrap();
        for role in Role::ALL {
            assert!(text.contains(&format!("\n{} = ", role.name())), "{name} leaves {} out", role.name());
        }
        Theme::load(&name, "themes".as_ref()).unwrap_or_else(|e| panic!("{e}"));
    }
    for name in listed {
        theme(name);
    }
    assert_eq!(Theme::default(), theme("default"));
}

#[test]
fn everything_can_be_read_in_24_bit_and_in_256_colours() {
    let mut faint = Vec::new();
    for name in EXACT {
        for depth in [Depth::TrueColor, Depth::Ansi256] {
            for (what, fg, bg, need) in readings(&theme(name).at(depth)) {
                let need = if name == "high-contrast" && !what.contains("tint") { 7.0 } else { need };
                let found = contrast(fg, bg);
                if found < need {
                    faint.push(format!("{name} {depth:?} {what}: {found:.2} is less than {need}"));
                }
            }
        }
    }
    assert!(faint.is_empty(), "{}", faint.join("\n"));
}

#[test]
fn lines_can_be_told_apart() {
    let mut alike = Vec::new();
    for name in EXACT {
        for (depth, least) in [(Depth::TrueColor, 0.05), (Depth::Ansi256, 0.04)] {
            let colors = series(&theme(name).at(depth));
            assert!(colors.len() >= 8, "{name} {depth:?}");
            let found = pairs(&colors).map(|(a, b)| (a, b, unlike(a, b, &NORMAL))).filter(|found| found.2 < least);
            alike.extend(found.map(|(a, b, far)| format!("{name} {depth:?}: {a} and {b}: {far:.3}")));
        }
    }
    assert!(alike.is_empty(), "{}", alike.join("\n"));
}

#[test]
fn the_safe_theme_is_safe_for_every_eye() {
    for (depth, least) in [(Depth::TrueColor, 0.09), (Depth::Ansi256, 0.07)] {
        let theme = theme("colour-blind-safe").at(depth);
        let colors = series(&theme);
        assert!(colors.len() >= 8);
        let states = [Role::Ok, Role::Warning, Role::Critical, Role::Pending].map(|role| theme.style(role).fg.unwrap());
        for eye in [&NORMAL, &PROTANOPIA, &DEUTERANOPIA] {
            for (a, b) in pairs(&colors).chain(pairs(&states)) {
                let found = unlike(a, b, eye);
                assert!(found >= least, "{depth:?}: {a} and {b} look alike ({found:.3})");
            }
        }
    }
}

#[test]
fn the_selected_row_shows_at_every_depth() {
    for name in Theme::names() {
        for depth in [Depth::Mono, Depth::Ansi16, Depth::Ansi256, Depth::TrueColor] {
            let theme = theme(name).at(depth);
            let selected = theme.style(Role::Selected);
            if selected.add_modifier.contains(Modifier::REVERSED) {
                continue;
            }
            let (ground, row) = (theme.base().bg.unwrap(), selected.bg.unwrap());
            let found = unlike(ground, row, &NORMAL);
            assert!(found >= 0.06, "{name} {depth:?}: the row is as the ground ({found:.3})");
        }
    }
}

#[test]
fn what_must_differ_differs_at_every_depth() {
    const DIFFERENT: [(Role, Role); 8] = [
        (Role::Text, Role::Dim),
        (Role::Text, Role::Strong),
        (Role::Text, Role::Critical),
        (Role::Ok, Role::Warning),
        (Role::Warning, Role::Critical),
        (Role::Ok, Role::Failed),
        (Role::Tab, Role::TabActive),
        (Role::Text, Role::Match),
    ];
    for name in Theme::names() {
        for depth in [Depth::Mono, Depth::Ansi16, Depth::Ansi256, Depth::TrueColor] {
            let theme = theme(name).at(depth);
            for (a, b) in DIFFERENT {
                assert_ne!(theme.style(a), theme.style(b), "{name} {depth:?}: {a:?} looks like {b:?}");
            }
        }
    }
}

#[test]
fn a_depth_uses_only_its_own_colours() {
    for name in Theme::names() {
        for depth in [Depth::Mono, Depth::Ansi16, Depth::Ansi256] {
            let theme = theme(name).at(depth);
            let styles = Role::ALL.into_iter().map(|role| theme.style(role)).chain((0..12).map(|n| theme.series(n)));
            for style in styles.chain([theme.base()]) {
                for color in [style.fg, style.bg].into_iter().flatten() {
                    let allowed = match (depth, color) {
                        (_, Color::Reset) => true,
                        (Depth::Mono, _) | (_, Color::Rgb(..)) => false,
                        (Depth::Ansi16, Color::Indexed(_)) => false,
                        _ => true,
                    };
                    assert!(allowed, "{name} {depth:?}: {color}");
                }
            }
        }
    }
}

#[test]
fn a_theme_of_ones_own_inherits_what_it_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("mine.toml", "[roles]\nok = \"#00ff00\"\n");
    write("pale.toml", "inherits = \"light\"\nseries = [\"#000000\"]\n");
    write("light.toml", "[roles]\nok = \"#112233\"\n");
    let load = |name: &str| Theme::load(name, folder.path()).unwrap();

    let mine = load("mine");
    assert_eq!(mine.style(Role::Ok), Style::new().fg(Color::Rgb(0, 255, 0)));
    assert_eq!(mine.style(Role::Critical), theme("default").style(Role::Critical));
    assert_eq!(load("pale").base(), theme("light").base());
    assert_eq!(load("pale").series(5), Style::new().fg(Color::Rgb(0, 0, 0)));
    assert_eq!(load("light").style(Role::Ok).fg, Some(Color::Rgb(0x11, 0x22, 0x33)), "one's own goes first");
}

#[test]
fn a_wrong_name_is_met_with_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("midnight.toml"), "").unwrap();
    fs::write(folder.path().join("heir.toml"), "inherits = \"lihgt\"\n").unwrap();
    let said = |name: &str| Theme::load(name, folder.path()).unwrap_err();
    assert_eq!(said("gruvbx").to_string(), "no theme `gruvbx`; did you mean `gruvbox`?");
    assert_eq!(said("midnigth").to_string(), "no theme `midnigth`; did you mean `midnight`?");
    assert!(said("solarised-xyz").to_string().contains("; there are: default, light, high-contrast,"));
    assert!(matches!(said("../../etc/passwd"), ThemeError::Unknown(_)));
    assert!(matches!(said(""), ThemeError::Unknown(_)));
    let heir = said("heir");
    assert!(matches!(heir, ThemeError::File(_)));
    assert!(heir.to_string().ends_with("heir.toml: no built-in theme `lihgt`; did you mean `light`?"), "{heir}");
    let nowhere = Theme::load("light", &folder.path().join("missing"));
    assert_eq!(nowhere, Ok(theme("light")), "no folder is no mistake");
}
