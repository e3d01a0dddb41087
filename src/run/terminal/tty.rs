//! The terminal itself: what it was before, whether it is ours, and bytes to it that cannot block a way out.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::Duration;

use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, queue, style};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::getpgrp;
use rustix::stdio::{stdin, stdout};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

use super::Options;

/// How long a terminal that takes nothing may hold up the end of the program.
const PATIENCE: Duration = Duration::from_secs(1);

pub struct Tty {
    before: Termios,
    options: Options,
    ours: AtomicBool,
    panicked: AtomicBool,
    /// Held while bytes go out, so that a frame and the farewell do not mix.
    pen: Mutex<()>,
}

impl Tty {
    pub fn open(options: Options) -> io::Result<Self> {
        Ok(Self {
            before: tcgetattr(stdin())?,
            options,
            ours: AtomicBool::new(false),
            panicked: AtomicBool::new(false),
            pen: Mutex::new(()),
        })
    }

    /// Raw mode and our own screen. Said again when it is ours already: after a SIGSTOP nobody knows what is left.
    pub fn take(&self) -> io::Result<()> {
        let _pen = self.pen();
        self.ours.store(true, Ordering::SeqCst);
        // crossterm must know, or it would read Ctrl-J as Enter; the mode itself is set here, also a second time.
        enable_raw_mode()?;
        let mut raw = self.before.clone();
        raw.make_raw();
        tcsetattr(stdin(), OptionalActions::Now, &raw)?;
        write_all(&self.hello()?)
    }

    pub fn give_back(&self) {
        let pen = self.pen();
        if !self.ours.swap(false, Ordering::SeqCst) {
            return;
        }
        // From here on nothing may fail: what cannot be said any more is left out.
        if let Ok(farewell) = self.farewell() {
            // Without the pen the terminal has had its time already.
            write_if_taken(&farewell, if pen.is_some() { PATIENCE } else { Duration::ZERO });
        }
        // In the background the terminal has the shell's modes already, and to touch them would stop us.
        if !in_background() {
            let _ = disable_raw_mode();
            let _ = tcsetattr(stdin(), OptionalActions::Now, &self.before);
        }
    }

    pub fn panicked(&self) {
        self.panicked.store(true, Ordering::SeqCst);
        self.give_back();
    }

    pub fn has_panicked(&self) -> bool {
        self.panicked.load(Ordering::SeqCst)
    }

    /// A part of a frame; nothing at all when the terminal is not ours.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let _pen = self.pen();
        if self.ours.load(Ordering::SeqCst) { write_all(bytes) } else { Ok(()) }
    }

    fn hello(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        queue!(bytes, EnterAlternateScreen, cursor::Hide, EnableBracketedPaste)?;
        if self.options.mouse {
            queue!(bytes, EnableMouseCapture)?;
        }
        Ok(bytes)
    }

    fn farewell(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if self.options.mouse {
            queue!(bytes, DisableMouseCapture)?;
        }
        queue!(bytes, DisableBracketedPaste, style::ResetColor, cursor::Show, LeaveAlternateScreen)?;
        Ok(bytes)
    }

    /// Waits for the pen, but not for ever: who holds it may hang in a terminal that takes nothing.
    fn pen(&self) -> Option<MutexGuard<'_, ()>> {
        const TURN: Duration = Duration::from_millis(5);
        for _ in 0..PATIENCE.as_millis() / TURN.as_millis() {
            match self.pen.try_lock() {
                Ok(pen) => return Some(pen),
                Err(TryLockError::Poisoned(pen)) => return Some(pen.into_inner()),
                Err(TryLockError::WouldBlock) => thread::sleep(TURN),
            }
        }
        None
    }
}

/// The terminal has hung up: whatever failed, failed for that, and nobody reads the reason.
pub fn is_gone() -> bool {
    hangs_up_within(Some(Timespec::default()))
}

/// Returns when the terminal hangs up; at once and false where that cannot be watched.
pub fn wait_until_gone() -> bool {
    hangs_up_within(None)
}

fn hangs_up_within(limit: Option<Timespec>) -> bool {
    loop {
        // No event is asked for: only a hang-up or an error, which need no asking, end the wait.
        let mut fds = [PollFd::from_borrowed_fd(stdin(), PollFlags::empty())];
        match poll(&mut fds, limit.as_ref()) {
            Err(Errno::INTR) => {}
            Err(_) => return false,
            Ok(_) => return fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR),
        }
    }
}

/// The shell has the terminal, not we. An error means that nobody controls it: then nobody can stop us either.
pub fn in_background() -> bool {
    tcgetpgrp(stdin()).is_ok_and(|front| front != getpgrp())
}

fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(stdout(), bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => bytes = &bytes[n..],
            Err(Errno::INTR) => {}
            // Someone who shares this terminal has made it non-blocking.
            Err(Errno::AGAIN) => drop(takes_more(None)),
            Err(e) => return Err(e.into()),
        }
    }
    Ok(())
}

/// One byte at a time, each only when the terminal says that it takes more: such a write cannot block.
fn write_if_taken(bytes: &[u8], patience: Duration) {
    for byte in bytes {
        if !takes_more(Some(patience)) || rustix::io::write(stdout(), &[*byte]).is_err() {
            return;
        }
    }
}

fn takes_more(patience: Option<Duration>) -> bool {
    let patience = patience.and_then(|limit| Timespec::try_from(limit).ok());
    let mut fds = [PollFd::from_borrowed_fd(stdout(), PollFlags::OUT)];
    matches!(poll(&mut fds, patience.as_ref()), Ok(1..)) && fds[0].revents() == PollFlags::OUT
}
