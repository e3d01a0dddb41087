//! The terminal, taken on the way in and given back on every way out: return, error, panic, signal, stop.

use std::io;
use std::panic;
use std::sync::Arc;

use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Position, Rect, Size};
use ratatui::{TerminalOptions, Viewport};
use rustix::stdio::{stdin, stdout};
use rustix::termios::{isatty, tcgetwinsize};
use thiserror::Error;

mod output;
mod tty;

pub use output::{Output, Pace};
use tty::Tty;
pub use tty::{is_gone, wait_until_gone};

pub type Screen = ratatui::Terminal<CrosstermBackend<Output>>;

/// What a terminal without a size (tmux at its start, CI) is taken for.
const FALLBACK: Size = Size::new(80, 24);

#[derive(Debug, PartialEq, Eq, Error)]
#[error("a360 needs a terminal and standard {0} is none; for cron, CI and pipes use `a360 --report`")]
pub struct NoTerminal(&'static str);

/// Whether keys can come in and a screen can go out.
pub fn check() -> Result<(), NoTerminal> {
    if !isatty(stdin()) {
        return Err(NoTerminal("input"));
    }
    if !isatty(stdout()) {
        return Err(NoTerminal("output"));
    }
    Ok(())
}

/// The size now, asked of the kernel, never of the terminal.
pub fn size() -> Size {
    match tcgetwinsize(stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Size::new(size.ws_col, size.ws_row),
        _ => FALLBACK,
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Takes the mouse from the terminal, and with it the user's way to copy.
    pub mouse: bool,
}

/// The terminal is ours as long as this lives, or until `leave`.
pub struct Guard {
    tty: Arc<Tty>,
}

impl Guard {
    pub fn enter(options: Options) -> io::Result<Self> {
        // Whether colours are wanted is the theme's decision; crossterm would look at NO_COLOR again.
        crossterm::style::force_color_output(true);
        let tty = Arc::new(Tty::open(options)?);
        give_back_before_panics(&tty);
        let guard = Self { tty };
        guard.tty.take()?;
        Ok(guard)
    }

    /// Gives the terminal back as it was. May be called at any time, by anyone, more than once.
    pub fn leave(&self) {
        self.tty.give_back();
    }

    /// Takes the terminal again after a stop. False: the program runs in the background and must not.
    pub fn resume(&self) -> io::Result<bool> {
        if tty::in_background() {
            return Ok(false);
        }
        self.tty.take()?;
        Ok(true)
    }

    /// Some thread or task has panicked and the terminal has been given back: the program must end.
    pub fn has_panicked(&self) -> bool {
        self.tty.has_panicked()
    }

    /// What to draw on, and how fast the terminal takes it.
    pub fn screen(&self) -> io::Result<(Screen, Pace)> {
        let (output, pace) = output::start(Arc::clone(&self.tty))?;
        let viewport = Viewport::Fixed(Rect::from((Position::ORIGIN, size())));
        let screen = Screen::with_options(CrosstermBackend::new(output), TerminalOptions { viewport })?;
        Ok((screen, pace))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Brings the screen to the terminal's size and draws everything anew with the next frame. Not `Screen::clear`: that
/// asks the terminal where the cursor is and waits for an answer.
pub fn fit(screen: &mut Screen) -> io::Result<()> {
    screen.resize(Rect::from((Position::ORIGIN, size())))
}

/// A message printed into the alternate screen in raw mode is a message lost.
fn give_back_before_panics(tty: &Arc<Tty>) {
    let tty = Arc::downgrade(tty);
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if let Some(tty) = tty.upgrade() {
            tty.panicked();
        }
        print(info);
    }));
}
