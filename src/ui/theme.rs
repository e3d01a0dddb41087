//! Themes: which style each role has. A theme is a file of roles (`themes/*.toml`, or the user's own folder);
//! built in, it is that file and one line here. The code never names a colour.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use ratatui::style::{Color, Modifier, Style};

mod color;
mod depth;
mod file;
mod role;

pub use depth::Depth;
pub use file::ThemeError;
pub use role::Role;

use crate::text::Plain;
use crate::text::nearest::did_you_mean;
use file::Sheet;

const BUILT_IN: [(&str, &str); 8] = [
    ("default", include_str!("../../themes/default.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("colour-blind-safe", include_str!("../../themes/colour-blind-safe.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
    ("terminal", include_str!("../../themes/terminal.toml")),
    ("gruvbox", include_str!("../../themes/gruvbox.toml")),
    ("catppuccin", include_str!("../../themes/catppuccin.toml")),
];
/// More than any theme's own file needs, less than would hurt.
const MAX_BYTES: u64 = 256 * 1024;
/// The series of the sixteen-colour terminals, on dark and on light ground; telling them apart matters most.
const SERIES_DARK: [Color; 8] = [
    Color::LightCyan,
    Color::LightYellow,
    Color::LightMagenta,
    Color::LightGreen,
    Color::White,
    Color::LightBlue,
    Color::Yellow,
    Color::Cyan,
];
const SERIES_LIGHT: [Color; 6] = [Color::Blue, Color::Magenta, Color::Green, Color::Red, Color::Cyan, Color::Black];

/// A style for every role. Paint the whole frame with `base()` first; roles carry only what differs from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    background: Option<Color>,
    styles: [Style; Role::ALL.len()],
    series: Vec<Style>,
}

impl Theme {
    /// The names of the built-in themes, the default first.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    pub fn builtin(name: &str) -> Option<Self> {
        let (name, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        file::parse(text, Path::new(name)).ok().map(|sheet| Self::blank().with(sheet))
    }

    /// `NAME.toml` in the user's folder, or the built-in theme of that name.
    pub fn load(name: &str, folder: &Path) -> Result<Self, ThemeError> {
        if name.is_empty() || name.contains(['/', '\\', '\0']) {
            return Err(unknown(name, folder));
        }
        let path = folder.join(format!("{name}.toml"));
        let text = match read(&path) {
            Ok(text) => text,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Self::builtin(name).ok_or_else(|| unknown(name, folder));
            }
            Err(e) => return Err(ThemeError::File(Plain::new(&format!("{}: {e}", path.display())))),
        };
        let sheet = file::parse(&text, &path)?;
        let parent = match sheet.inherits.as_deref() {
            None => Self::default(),
            Some(name) => Self::builtin(name).ok_or_else(|| {
                let mend = did_you_mean(name, Self::names(), "it can inherit");
                ThemeError::File(Plain::new(&format!("{}: no built-in theme `{name}`{mend}", path.display())))
            })?,
        };
        Ok(parent.with(sheet))
    }

    /// The style to lay over what is already there; `Role::Selected` is laid over a finished row.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// The style of the nth line of a chart; they repeat when they run out.
    pub fn series(&self, n: usize) -> Style {
        self.series.get(n % self.series.len().max(1)).copied().unwrap_or_default()
    }

    /// What the whole frame is painted with, before anything else.
    pub fn base(&self) -> Style {
        Style { bg: self.background, ..self.style(Role::Text) }
    }

    /// The same theme in the colours that the terminal has.
    pub fn at(self, depth: Depth) -> Self {
        match depth {
            Depth::TrueColor => self,
            Depth::Ansi256 => {
                self.map(|style| Style { fg: style.fg.map(color::to_256), bg: style.bg.map(color::to_256), ..style })
            }
            Depth::Ansi16 => self.in_16(),
            Depth::Mono => Self::builtin("mono").unwrap_or_else(Self::blank),
        }
    }

    fn in_16(self) -> Self {
        let background = self.background;
        let own_series = !self.series.iter().any(|style| style.fg.is_some_and(color::is_exact));
        let own_selected = !self.style(Role::Selected).bg.is_some_and(color::is_exact);
        let mut theme = self.map(|style| color::to_16(style, background));
        theme.background = background.map(color::backdrop_16);
        if !own_series {
            let dark = !background.is_some_and(color::is_light);
            let colors: &[Color] = if dark { &SERIES_DARK } else { &SERIES_LIGHT };
            theme.series = colors.iter().map(|color| Style::new().fg(*color)).collect();
        }
        // A tint cannot be had, and on any other ground some colour of the row would vanish.
        if !own_selected {
            theme.styles[Role::Selected as usize] = Style::new().add_modifier(Modifier::REVERSED);
        }
        theme
    }

    fn map(mut self, change: impl Fn(Style) -> Style) -> Self {
        self.background = self.background.and_then(|bg| change(Style::new().bg(bg)).bg);
        for style in self.styles.iter_mut().chain(&mut self.series) {
            *style = change(*style);
        }
        self
    }

    fn with(mut self, sheet: Sheet) -> Self {
        self.background = sheet.background.or(self.background);
        if !sheet.series.is_empty() {
            self.series = sheet.series;
        }
        for (role, style) in sheet.roles {
            self.styles[role as usize] = style;
        }
        self
    }

    fn blank() -> Self {
        Self { background: None, styles: [Style::new(); Role::ALL.len()], series: Vec::new() }
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::builtin(BUILT_IN[0].0).unwrap_or_else(Self::blank)
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    if fs::metadata(path)?.len() > MAX_BYTES {
        return Err(ErrorKind::FileTooLarge.into());
    }
    fs::read_to_string(path)
}

fn unknown(name: &str, folder: &Path) -> ThemeError {
    let mut names: Vec<String> = Theme::names().map(str::to_owned).collect();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|ext| ext == "toml") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    let mend = did_you_mean(name, names.iter().map(String::as_str), "there are");
    ThemeError::Unknown(Plain::new(&format!("no theme `{name}`{mend}")))
}
