//! A theme file: roles, the colours of series and a palette of names, read with the line of every mistake.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use ratatui::style::{Color, Modifier, Style};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::color;
use super::role::Role;
use crate::text::Plain;
use crate::text::nearest::did_you_mean;

const KEYS: [&str; 5] = ["inherits", "background", "series", "palette", "roles"];
const STYLE_KEYS: [&str; 7] = ["fg", "bg", "bold", "dim", "italic", "underline", "reverse"];
const COLORS: &str = "a colour is `#rrggbb`, a name of [palette], one of the sixteen such as `red` or `bright-red`, \
                      or `terminal`";

/// What is wrong with a theme, where, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ThemeError {
    /// No theme has this name.
    Unknown(Plain),
    /// The file was found and is not right; the text begins with its path.
    File(Plain),
}

impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Unknown(text) | Self::File(text)) = self;
        text.fmt(f)
    }
}

impl std::error::Error for ThemeError {}

/// What one file says; what it leaves out comes from the theme it inherits.
#[derive(Debug, Default)]
pub struct Sheet {
    pub inherits: Option<String>,
    pub background: Option<Color>,
    pub series: Vec<Style>,
    pub roles: Vec<(Role, Style)>,
}

/// A mistake as a place in the text and a sentence.
type Slip = (Range<usize>, String);
type Value<'a> = Spanned<DeValue<'a>>;

pub fn parse(text: &str, path: &Path) -> Result<Sheet, ThemeError> {
    sheet(text).map_err(|(span, what)| {
        let line = text.bytes().take(span.start).filter(|b| *b == b'\n').count() + 1;
        ThemeError::File(Plain::new(&format!("{}:{line}: {what}", path.display())))
    })
}

fn sheet(text: &str) -> Result<Sheet, Slip> {
    let document = DeTable::parse(text).map_err(|e| (e.span().unwrap_or(0..0), e.message().to_owned()))?;
    let document = document.get_ref();
    // The palette first: the names in it may be used above it.
    let palette = match document.get("palette") {
        Some(value) => palette(table(value, "[palette]")?)?,
        None => Vec::new(),
    };
    let mut sheet = Sheet::default();
    for (key, value) in document {
        match key.get_ref().as_ref() {
            "inherits" => sheet.inherits = Some(string(value, "`inherits`")?.to_owned()),
            "background" => sheet.background = Some(color(value, &palette)?),
            "series" => sheet.series = series(value, &palette)?,
            "palette" => {}
            "roles" => sheet.roles = roles(table(value, "[roles]")?, &palette)?,
            unknown => return Err(unknown_word(key, "key", unknown, KEYS.into_iter(), "the keys are")),
        }
    }
    Ok(sheet)
}

type Palette<'a> = Vec<(&'a str, Color)>;

fn palette<'a>(table: &'a DeTable<'_>) -> Result<Palette<'a>, Slip> {
    table.iter().map(|(name, value)| Ok((name.get_ref().as_ref(), color(value, &Vec::new())?))).collect()
}

fn roles(table: &DeTable<'_>, palette: &Palette<'_>) -> Result<Vec<(Role, Style)>, Slip> {
    let one = |(key, value): (&Spanned<_>, &Value<'_>)| {
        let name: &std::borrow::Cow<'_, str> = key.get_ref();
        let role = Role::ALL.into_iter().find(|role| role.name() == name);
        let names = || Role::ALL.into_iter().map(Role::name);
        let role = role.ok_or_else(|| unknown_word(key, "role", name, names(), "the roles are"))?;
        Ok((role, style(value, palette)?))
    };
    table.iter().map(one).collect()
}

fn series(value: &Value<'_>, palette: &Palette<'_>) -> Result<Vec<Style>, Slip> {
    let DeValue::Array(values) = value.get_ref() else {
        return Err(expected(value, "`series` must be a list such as [\"#6cb6ff\", \"#ffb86c\"]"));
    };
    if values.is_empty() {
        return Err(expected(value, "`series` needs at least one colour; leave it out to keep the inherited ones"));
    }
    values.iter().map(|value| style(value, palette)).collect()
}

/// `"red"`, or `{ fg = "red", bg = "#101010", bold = true }`.
fn style(value: &Value<'_>, palette: &Palette<'_>) -> Result<Style, Slip> {
    let parts = match value.get_ref() {
        DeValue::String(_) => return Ok(Style::new().fg(color(value, palette)?)),
        DeValue::Table(parts) => parts,
        _ => return Err(expected(value, "expected a colour or { fg = \"…\", bg = \"…\", bold = true }")),
    };
    let mut style = Style::new();
    for (key, value) in parts {
        style = match key.get_ref().as_ref() {
            "fg" => style.fg(color(value, palette)?),
            "bg" => style.bg(color(value, palette)?),
            "bold" => modified(style, value, Modifier::BOLD)?,
            "dim" => modified(style, value, Modifier::DIM)?,
            "italic" => modified(style, value, Modifier::ITALIC)?,
            "underline" => modified(style, value, Modifier::UNDERLINED)?,
            "reverse" => modified(style, value, Modifier::REVERSED)?,
            unknown => return Err(unknown_word(key, "key", unknown, STYLE_KEYS.into_iter(), "a style has")),
        };
    }
    Ok(style)
}

fn modified(style: Style, value: &Value<'_>, modifier: Modifier) -> Result<Style, Slip> {
    match value.get_ref() {
        DeValue::Boolean(true) => Ok(style.add_modifier(modifier)),
        DeValue::Boolean(false) => Ok(style),
        _ => Err(expected(value, "expected true or false")),
    }
}

fn color(value: &Value<'_>, palette: &Palette<'_>) -> Result<Color, Slip> {
    let word = string(value, "a colour")?;
    let named = palette.iter().find(|(name, _)| *name == word).map(|(_, color)| *color);
    named.or_else(|| color::parse(word)).ok_or_else(|| {
        let near = did_you_mean(word, palette.iter().map(|(name, _)| *name), "");
        let hint = if near.contains('?') { near } else { format!("; {COLORS}") };
        (value.span(), format!("`{word}` is not a colour{hint}"))
    })
}

fn string<'a>(value: &'a Value<'_>, what: &str) -> Result<&'a str, Slip> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text),
        _ => Err(expected(value, &format!("{what} must be a text in quotes"))),
    }
}

fn table<'a, 'i>(value: &'a Value<'i>, what: &str) -> Result<&'a DeTable<'i>, Slip> {
    match value.get_ref() {
        DeValue::Table(table) => Ok(table),
        _ => Err(expected(value, &format!("{what} must be a table"))),
    }
}

fn expected(value: &Value<'_>, what: &str) -> Slip {
    (value.span(), what.to_owned())
}

fn unknown_word<'a, T>(
    key: &Spanned<T>,
    kind: &str,
    word: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    list: &str,
) -> Slip {
    (key.span(), format!("unknown {kind} `{word}`{}", did_you_mean(word, known, list)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> String {
        parse(text, Path::new("themes/mine.toml")).unwrap_err().to_string()
    }

    #[test]
    fn a_style_is_a_colour_or_its_parts() {
        let text =
            "[palette]\nblood = \"#b3261e\"\n[roles]\ncritical = { fg = \"blood\", bold = true }\nok = \"green\"\n";
        let sheet = parse(text, Path::new("x")).unwrap();
        let blood = Style::new().fg(Color::Rgb(0xb3, 0x26, 0x1e)).add_modifier(Modifier::BOLD);
        assert!(sheet.roles.contains(&(Role::Critical, blood)));
        assert!(sheet.roles.contains(&(Role::Ok, Style::new().fg(Color::Green))));
    }

    #[test]
    fn every_mistake_names_its_line_and_the_mend() {
        for (text, said) in [
            ("[roles]\n\ncritcal = \"red\"\n", "themes/mine.toml:3: unknown role `critcal`; did you mean `critical`?"),
            ("[roles]\nok = { fgg = \"red\" }\n", "themes/mine.toml:2: unknown key `fgg`; did you mean `fg`?"),
            ("colors = 1", "themes/mine.toml:1: unknown key `colors`; the keys are: inherits, background"),
            ("[roles]\nok = \"reddish\"\n", "themes/mine.toml:2: `reddish` is not a colour; a colour is `#rrggbb`"),
            (
                "[palette]\nblood = \"#b3261e\"\n[roles]\nok = \"blod\"",
                "themes/mine.toml:4: `blod` is not a colour; did you mean `blood`?",
            ),
            ("[roles]\nok = 3\n", "themes/mine.toml:2: expected a colour or {"),
            ("[roles]\nok = { bold = \"yes\" }\n", "themes/mine.toml:2: expected true or false"),
            ("series = []\n", "themes/mine.toml:1: `series` needs at least one colour"),
            ("series = \"red\"\n", "themes/mine.toml:1: `series` must be a list"),
            ("\nroles = 1\n", "themes/mine.toml:2: [roles] must be a table"),
            ("[roles]\nok = \"red\nwarning = 1", "themes/mine.toml:2: "),
        ] {
            let found = mistake(text);
            assert!(found.starts_with(said), "{found}\nshould begin with\n{said}");
        }
    }
}
