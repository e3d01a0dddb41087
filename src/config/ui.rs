//! How the console looks and how often it asks: `[ui]`.

use jiff::tz::TimeZone;

use super::mistake::Mistake;
use super::section::Section;
use crate::text::nearest::did_you_mean;
use crate::time::{DAY, HOUR, MINUTE, SECOND, format_duration};

#[derive(Debug, Clone, PartialEq)]
pub struct Ui {
    /// Whether there is a theme of that name is for the themes to say.
    pub theme: String,
    pub color: Color,
    pub glyphs: Glyphs,
    pub zone: Zone,
    /// Length of the live range at start, ms.
    pub range: i64,
    /// How often charts are asked, ms.
    pub refresh: i64,
    /// How often tiles are asked, ms.
    pub tiles: i64,
    pub mouse: bool,
    /// Ring the terminal's bell for a new critical alert.
    pub bell: bool,
}

impl Default for Ui {
    fn default() -> Self {
        Self {
            theme: "default".to_owned(),
            color: Color::Auto,
            glyphs: Glyphs::Auto,
            zone: Zone::Local,
            range: HOUR,
            refresh: 5 * SECOND,
            tiles: 15 * SECOND,
            mouse: false,
            bell: true,
        }
    }
}

/// How many colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// What the terminal says it can.
    Auto,
    None,
    Ansi16,
    Ansi256,
    True,
}

const COLORS: [(&str, Color); 5] = [
    ("auto", Color::Auto),
    ("none", Color::None),
    ("16", Color::Ansi16),
    ("256", Color::Ansi256),
    ("true", Color::True),
];

impl Color {
    pub fn read(text: &str) -> Result<Self, String> {
        choose(&COLORS, text)
    }

    pub fn word(self) -> &'static str {
        word(&COLORS, self)
    }
}

/// Which characters charts and marks are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyphs {
    /// What the locale says it can.
    Auto,
    Unicode,
    Ascii,
}

const GLYPHS: [(&str, Glyphs); 3] = [("auto", Glyphs::Auto), ("unicode", Glyphs::Unicode), ("ascii", Glyphs::Ascii)];

impl Glyphs {
    pub fn read(text: &str) -> Result<Self, String> {
        choose(&GLYPHS, text)
    }

    pub fn word(self) -> &'static str {
        word(&GLYPHS, self)
    }
}

/// The zone in which times are shown and typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Zone {
    /// This machine's.
    Local,
    Utc,
    Named(TimeZone),
}

impl Zone {
    pub fn read(text: &str) -> Result<Self, String> {
        match text {
            "local" => Ok(Self::Local),
            "utc" | "UTC" => Ok(Self::Utc),
            name => TimeZone::get(name).map(Self::Named).map_err(|_| {
                let mend = nearest_zone(name).map_or_else(
                    || "; write local, utc or a name such as Europe/Berlin".to_owned(),
                    |zone| format!("; did you mean `{zone}`?"),
                );
                format!("`{name}` is no time zone of this machine{mend}")
            }),
        }
    }

    pub fn word(&self) -> &str {
        match self {
            Self::Local => "local",
            Self::Utc => "utc",
            Self::Named(zone) => zone.iana_name().unwrap_or("utc"),
        }
    }

    pub fn time_zone(&self) -> TimeZone {
        match self {
            Self::Local => TimeZone::system(),
            Self::Utc => TimeZone::UTC,
            Self::Named(zone) => zone.clone(),
        }
    }
}

/// `Berlin` and `Europe/Berln` mean Europe/Berlin.
fn nearest_zone(typed: &str) -> Option<String> {
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    let city = |name: &String| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(typed));
    let near = || {
        let hint = did_you_mean(typed, names.iter().map(String::as_str), "");
        Some(hint.strip_prefix("; did you mean `")?.strip_suffix("`?")?.to_owned())
    };
    names.iter().find(|name| city(name)).cloned().or_else(near)
}

fn choose<T: Copy>(options: &[(&str, T)], text: &str) -> Result<T, String> {
    let found = options.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    let words = options.iter().map(|(word, _)| *word);
    found.ok_or_else(|| format!("`{text}` is not a choice{}", did_you_mean(text, words, "write one of")))
}

fn word<T: PartialEq>(options: &[(&'static str, T)], value: T) -> &'static str {
    options.iter().find(|(_, option)| *option == value).map_or("", |(word, _)| word)
}

/// Whether this is a sensible time between two questions, ms.
pub fn interval(ms: i64) -> Result<i64, String> {
    within(ms, SECOND, HOUR)
}

/// Whether this is a sensible length for a live range, ms.
pub fn live_range(ms: i64) -> Result<i64, String> {
    within(ms, MINUTE, 365 * DAY)
}

pub(super) fn within(ms: i64, least: i64, most: i64) -> Result<i64, String> {
    if (least..=most).contains(&ms) {
        return Ok(ms);
    }
    let [value, least, most] = [ms, least, most].map(format_duration);
    Err(format!("`{value}` is out of bounds; write {least} to {most}"))
}

pub(super) const KEYS: [&str; 9] = ["theme", "color", "glyphs", "zone", "range", "refresh", "tiles", "mouse", "bell"];

/// Reads `[ui]`.
pub(super) fn read(section: &Section<'_>) -> Result<Ui, Mistake> {
    section.only(&KEYS)?;
    let theme = |text: &str| match text {
        "" => Err("is empty; write the name of a theme".to_owned()),
        name => Ok(name.to_owned()),
    };
    let ui = Ui::default();
    Ok(Ui {
        theme: section.read("theme", theme)?.unwrap_or(ui.theme),
        color: color(section)?.unwrap_or(ui.color),
        glyphs: section.read("glyphs", Glyphs::read)?.unwrap_or(ui.glyphs),
        zone: section.read("zone", Zone::read)?.unwrap_or(ui.zone),
        range: section.duration("range", live_range)?.unwrap_or(ui.range),
        refresh: section.duration("refresh", interval)?.unwrap_or(ui.refresh),
        tiles: section.duration("tiles", interval)?.unwrap_or(ui.tiles),
        mouse: section.flag("mouse")?.unwrap_or(ui.mouse),
        bell: section.flag("bell")?.unwrap_or(ui.bell),
    })
}

/// `color = 256` and `color = true` mean what they seem to mean, quotes or not.
fn color(section: &Section<'_>) -> Result<Option<Color>, Mistake> {
    use toml::de::DeValue;
    let Some(entry) = section.get("color") else { return Ok(None) };
    let color = match entry.value {
        DeValue::Integer(number) => Color::read(number.as_str()),
        DeValue::Boolean(true) => Ok(Color::True),
        _ => Color::read(section.text_of(&entry)?),
    };
    color.map(Some).map_err(|why| section.explain(&entry, &why))
}
