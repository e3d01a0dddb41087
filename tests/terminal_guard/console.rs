//! A console in small, put together as the real one: it draws, obeys one-letter keys and signals.

use std::io;
use std::process::{Command, exit};

use a360::run::signals::{self, Signal, Signals};
use a360::run::terminal::{self, Guard, Options};
use a360::run::{input, terminal::fit};
use crossterm::event::{Event, KeyCode, KeyModifiers};
use ratatui::style::{Color, Style};
use ratatui::text::Line;

pub const ROLE: &str = "A360_TEST_CHILD";
/// The file that is written when the key `f` has flooded the terminal.
pub const FLOODED: &str = "A360_TEST_FLOODED";

/// The file that tells what the terminal cannot: the exit code, or that the console runs in the background.
pub const NOTES: &str = "A360_TEST_NOTES";

pub fn command() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments());
    command
}

pub fn arguments() -> [&'static str; 4] {
    ["console_child", "--exact", "--nocapture", "--quiet"]
}

pub fn main() {
    if let Err(e) = terminal::check() {
        println!("{e}");
        exit(64);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let code = match runtime.block_on(console()) {
        Ok(code) => code,
        // A write or a mode that fails may be noticed before the hang-up is.
        Err(_) if terminal::is_gone() => 129,
        Err(e) => {
            eprintln!("{e}");
            2
        }
    };
    note_down(&code.to_string());
    exit(code);
}

fn note_down(text: &str) {
    if let Some(file) = std::env::var_os(NOTES) {
        std::fs::write(file, text).unwrap();
    }
}

async fn console() -> io::Result<i32> {
    let mut signals = Signals::listen()?;
    let guard = Guard::enter(Options { mouse: std::env::var_os("A360_TEST_MOUSE").is_some() })?;
    let (mut screen, pace) = guard.screen()?;
    let mut keys = input::events()?;
    let mut visit = 1;
    let mut note = "";
    let mut dirty = true;
    loop {
        if guard.has_panicked() {
            return Ok(3);
        }
        tokio::select! {
            biased;
            signal = signals.next() => match signal {
                Signal::Suspend => signals::stop(&guard)?,
                Signal::Resume => {
                    if guard.resume()? {
                        visit += 1;
                        fit(&mut screen)?;
                        dirty = true;
                    } else {
                        note_down("background");
                    }
                }
                Signal::Resize => {
                    fit(&mut screen)?;
                    dirty = true;
                }
                ending => return Ok(ending.exit_code().unwrap().into()),
            },
            Some(event) = keys.recv() => match event {
                Event::Key(key) if key.modifiers == KeyModifiers::CONTROL && key.code == KeyCode::Char('z') => {
                    note = if signals::suspend_job() { "" } else { "NO-SHELL" };
                    dirty = true;
                }
                Event::Key(key) => match key.code {
                    KeyCode::Char('q') => return Ok(0),
                    KeyCode::Char('e') => return Err(io::Error::other("something went wrong")),
                    KeyCode::Char('p') => panic!("a panic in the loop"),
                    KeyCode::Char('t') => drop(std::thread::spawn(|| panic!("a panic in a thread")).join()),
                    KeyCode::Char('a') => drop(tokio::spawn(async { panic!("a panic in a task") }).await),
                    KeyCode::Char('f') => {
                        flood(&mut screen)?;
                        std::fs::write(std::env::var_os(FLOODED).unwrap(), "")?;
                    }
                    KeyCode::Char('l') => {
                        guard.leave();
                        guard.leave();
                        return Ok(0);
                    }
                    _ => {}
                },
                _ => {}
            },
            ready = pace.ready(), if dirty => {
                ready?;
                draw(&mut screen, &format!("READY {visit} {}x{} {note}", terminal::size().width, terminal::size().height))?;
                dirty = false;
            }
        }
    }
}

fn draw(screen: &mut terminal::Screen, text: &str) -> io::Result<()> {
    let style = Style::new().fg(Color::Rgb(1, 2, 3));
    screen.draw(|frame| frame.render_widget(Line::styled(text.to_owned(), style), frame.area()))?;
    Ok(())
}

/// Far more than a terminal takes that nobody reads.
fn flood(screen: &mut terminal::Screen) -> io::Result<()> {
    for _ in 0..3000 {
        fit(screen)?;
        draw(screen, &"flood ".repeat(13))?;
    }
    Ok(())
}
