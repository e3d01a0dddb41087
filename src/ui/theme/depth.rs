//! How many colours the terminal can show, found without asking it: an answer that comes late over a slow line
//! would be taken for keys.

/// Terminals that show 24-bit colour and say so only by their name.
const TRUE_COLOR: [&str; 8] = ["kitty", "alacritty", "ghostty", "wezterm", "foot", "contour", "iterm", "direct"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Bold, dim, underlined and reversed only.
    Mono,
    Ansi16,
    Ansi256,
    TrueColor,
}

impl Depth {
    /// The configured depth wins; otherwise what the environment (`env` looks a variable up) says.
    pub fn detect(configured: Option<Self>, env: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        if let Some(depth) = configured {
            return depth;
        }
        if set("NO_COLOR").is_some() {
            return Self::Mono;
        }
        let term = set("TERM").unwrap_or_default().to_ascii_lowercase();
        if term.is_empty() || term == "dumb" || term.starts_with("vt") {
            return Self::Mono;
        }
        if term == "linux" {
            return Self::Ansi16;
        }
        let by_name = TRUE_COLOR.iter().any(|name| term.contains(name));
        let said = set("COLORTERM").is_some_and(|said| said == "truecolor" || said == "24bit");
        // COLORTERM reaches GNU screen from the terminal around it, and screen 4 garbles 24-bit colours.
        // tmux, which may call itself screen too, turns them into what its terminal can show.
        let gnu_screen = term.starts_with("screen") && set("TMUX").is_none();
        if (by_name || said) && !gnu_screen {
            Self::TrueColor
        } else if term.contains("256color") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `"TERM=xterm COLORTERM=truecolor"` as an environment.
    fn detect(vars: &str) -> Depth {
        Depth::detect(None, |name| {
            vars.split_whitespace().find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
        })
    }

    #[test]
    fn the_name_of_the_terminal_decides() {
        use Depth::{Ansi16, Ansi256, Mono, TrueColor};
        for (vars, depth) in [
            ("", Mono),
            ("TERM=dumb COLORTERM=truecolor", Mono),
            ("TERM=vt220", Mono),
            ("TERM=linux COLORTERM=truecolor", Ansi16),
            ("TERM=xterm", Ansi16),
            ("TERM=screen", Ansi16),
            ("TERM=xterm-256color", Ansi256),
            ("TERM=tmux-256color", Ansi256),
            ("TERM=screen-256color COLORTERM=truecolor", Ansi256),
            ("TERM=screen-256color COLORTERM=truecolor TMUX=/tmp/x", TrueColor),
            ("TERM=xterm-256color COLORTERM=truecolor", TrueColor),
            ("TERM=xterm-256color COLORTERM=24bit", TrueColor),
            ("TERM=xterm-256color COLORTERM=1", Ansi256),
            ("TERM=xterm-kitty", TrueColor),
            ("TERM=alacritty", TrueColor),
            ("TERM=xterm-ghostty", TrueColor),
            ("TERM=wezterm", TrueColor),
            ("TERM=foot-extra", TrueColor),
            ("TERM=xterm-direct", TrueColor),
        ] {
            assert_eq!(detect(vars), depth, "{vars}");
        }
    }

    #[test]
    fn no_color_means_none_unless_it_is_empty() {
        assert_eq!(detect("TERM=xterm-256color COLORTERM=truecolor NO_COLOR=1"), Depth::Mono);
        assert_eq!(detect("TERM=xterm-256color NO_COLOR="), Depth::Ansi256);
    }

    #[test]
    fn the_config_wins() {
        let no_color = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
        assert_eq!(Depth::detect(Some(Depth::TrueColor), no_color), Depth::TrueColor);
    }
}
