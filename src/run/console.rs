//! The interactive console: takes the terminal, runs the loop, and does what the loop asks for outside.

use std::io::{self, Write};
use std::time::Instant;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use crossterm::event::Event as TermEvent;
use tokio::sync::mpsc;

use super::clock;
use super::event_loop::{self, Hands, Leave, Paint};
use super::input;
use super::reporter::Shelf;
use super::signals::{self, Signal, Signals};
use super::terminal::{self, Guard, Options, Pace, Screen};
use crate::model::ask::Ask;
use crate::telemetry::Telemetry;
use crate::ui::app::{App, Event};
use crate::ui::screen;

/// More than this on the clipboard is refused by terminals; what is copied is a panel or a command line.
const MOST_COPIED: usize = 64 * 1024;

/// Runs the console until it is left; gives the exit code. `sources` makes whoever answers for a context.
pub async fn run<A: Ask>(
    app: &mut App,
    sources: impl Fn(usize) -> A,
    options: Options,
    shelf: Shelf,
    own: &Telemetry,
) -> io::Result<u8> {
    let mut hands = Hands::new(sources(app.context), clock, shelf);
    let code = watch(app, sources, options, &mut hands, own).await;
    hands.reporter.close().await;
    code
}

async fn watch<A: Ask>(
    app: &mut App,
    sources: impl Fn(usize) -> A,
    options: Options,
    hands: &mut Hands<A>,
    own: &Telemetry,
) -> io::Result<u8> {
    let mut signals = Signals::listen()?;
    let guard = Guard::enter(options)?;
    let (screen, pace) = guard.screen()?;
    let mut tty = Tty { guard, screen, pace };
    // The app was measured before anybody listened: a resize in between would be lost.
    tty.measure(app);
    let mut input = input::events()?;
    let mut notice = own.notice();
    loop {
        tokio::select! {
            biased;
            signal = signals.next() => {
                if let Some(code) = signal.exit_code() {
                    return Ok(code);
                }
                tty.signal(signal, app)?;
            }
            text = notice.next() => app.say(&text),
            leave = tty.watch(app, hands, &mut input, own) => match leave? {
                Leave::Quit => return Ok(0),
                Leave::InputEnded => return Ok(129),
                Leave::Context(number) => {
                    hands.switch(sources(number));
                    own.switch(app.context().map_or("", |context| context.name.as_str()));
                }
                // Comes back as a signal.
                Leave::Suspend if signals::suspend_job() => {}
                Leave::Suspend => app.say("there is no shell with job control to go back to"),
            },
        }
    }
}

struct Tty {
    guard: Guard,
    screen: Screen,
    pace: Pace,
}

impl Tty {
    fn signal(&mut self, signal: Signal, app: &mut App) -> io::Result<()> {
        match signal {
            // What is painted until it goes on is thrown away.
            Signal::Suspend => return signals::stop(&self.guard),
            // Gone on in the background: the terminal is somebody else's, and what is painted is thrown away.
            Signal::Resume if !self.guard.resume()? => return Ok(()),
            Signal::Resume => {}
            Signal::Resize => {}
            Signal::Terminate(_) | Signal::Hangup => return Ok(()),
        }
        self.measure(app);
        terminal::fit(&mut self.screen)
    }

    fn measure(&self, app: &mut App) {
        let size = terminal::size();
        app.handle(Event::Term(TermEvent::Resize(size.width, size.height)), clock());
    }

    async fn watch<A: Ask>(
        &mut self,
        app: &mut App,
        hands: &mut Hands<A>,
        input: &mut mpsc::Receiver<TermEvent>,
        own: &Telemetry,
    ) -> io::Result<Leave> {
        let Self { guard, screen, pace } = self;
        let mut paint = |what: Paint| {
            if guard.has_panicked() {
                return Err(io::Error::other("a part of a360 has panicked; what it said stands above"));
            }
            paint(screen, what, own)
        };
        let ready = async || pace.ready().await;
        event_loop::run(app, hands, clock, input, ready, &mut paint).await
    }
}

fn paint(screen: &mut Screen, what: Paint, own: &Telemetry) -> io::Result<()> {
    match what {
        Paint::Frame(app) => {
            let begun = own.is_on().then(Instant::now);
            let frame = screen.draw(|frame| screen::draw(app, frame.buffer_mut()))?;
            if let Some(begun) = begun {
                own.drew(clock(), begun.elapsed(), frame.area.area());
            }
        }
        Paint::Clear => terminal::fit(screen)?,
        Paint::Bell => {
            let output = screen.backend_mut();
            output.write_all(b"\x07")?;
            output.flush()?;
        }
        Paint::Copy(text) => {
            let text = text.get(..MOST_COPIED).unwrap_or(text);
            let output = screen.backend_mut();
            write!(output, "{}", osc52(text, std::env::var_os("TMUX").is_some()))?;
            output.flush()?;
        }
    }
    Ok(())
}

/// The sequence that puts text on the clipboard of the terminal that the user sits at, also over SSH.
fn osc52(text: &str, in_tmux: bool) -> String {
    let sequence = format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text));
    // tmux takes the plain one with `set-clipboard on`, hands the wrapped one on with `allow-passthrough on`.
    if in_tmux { format!("{sequence}\x1bPtmux;\x1b{sequence}\x1b\\") } else { sequence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_by_osc_52() {
        assert_eq!(osc52("a360", false), "\x1b]52;c;YTM2MA==\x07");
        assert_eq!(osc52("a360", true), "\x1b]52;c;YTM2MA==\x07\x1bPtmux;\x1b\x1b]52;c;YTM2MA==\x07\x1b\\");
    }
}
