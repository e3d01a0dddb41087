//! What the system tells the program: end, the terminal is gone, stop, go on, another size.

use std::io;
use std::thread;

use rustix::process::{self, getpgrp, getpid, getsid};
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};
use tokio::sync::mpsc;

use super::terminal::{self, Guard};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End now, with this exit code: 128 and the signal's number.
    Terminate(u8),
    /// The terminal is gone. End now; nobody can see anything any more.
    Hangup,
    /// Give the terminal back and `stop`.
    Suspend,
    /// The program goes on after a stop: `Guard::resume`, ask for the size, draw everything.
    Resume,
    /// The terminal has another size: `fit` the screen. Many at once are told as one.
    Resize,
}

impl Signal {
    /// What the program must exit with, if this ends it.
    pub fn exit_code(self) -> Option<u8> {
        match self {
            Self::Terminate(code) => Some(code),
            Self::Hangup => Some(129),
            Self::Suspend | Self::Resume | Self::Resize => None,
        }
    }
}

pub struct Signals {
    interrupt: Stream,
    quit: Stream,
    terminate: Stream,
    hangup: Stream,
    suspend: Stream,
    resume: Stream,
    resize: Stream,
    gone: mpsc::Receiver<()>,
}

impl Signals {
    /// Needs a tokio runtime. Listen before the terminal is taken and measured, so that no signal is missed.
    pub fn listen() -> io::Result<Self> {
        let stop = SignalKind::from_raw(process::Signal::TSTP.as_raw());
        let cont = SignalKind::from_raw(process::Signal::CONT.as_raw());
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            suspend: signal(stop)?,
            resume: signal(cont)?,
            resize: signal(SignalKind::window_change())?,
            gone: watch_terminal()?,
        })
    }

    /// The next one. May be dropped and called again, as `select!` does: none is lost.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            biased;
            Some(()) = self.gone.recv() => Signal::Hangup,
            _ = self.hangup.recv() => Signal::Hangup,
            _ = self.terminate.recv() => Signal::Terminate(143),
            _ = self.interrupt.recv() => Signal::Terminate(130),
            _ = self.quit.recv() => Signal::Terminate(131),
            _ = self.suspend.recv() => Signal::Suspend,
            _ = self.resume.recv() => Signal::Resume,
            _ = self.resize.recv() => Signal::Resize,
        }
    }
}

/// Tells when the terminal hangs up. SIGHUP does not do: only the leader of the session gets it for sure.
fn watch_terminal() -> io::Result<mpsc::Receiver<()>> {
    let (tx, rx) = mpsc::channel(1);
    thread::Builder::new().name("hangup".to_owned()).spawn(move || {
        if terminal::wait_until_gone() {
            // A full or closed channel means that the loop knows or is over.
            let _ = tx.try_send(());
        }
    })?;
    Ok(rx)
}

/// For the key Ctrl-Z: suspends the whole job (a wrapper such as `sudo` too), as the terminal does for other
/// programs. Comes back as `Signal::Suspend`. False: there is no shell to go back to.
pub fn suspend_job() -> bool {
    has_job_control() && process::kill_current_process_group(process::Signal::TSTP).is_ok()
}

/// Answers `Signal::Suspend`: gives the terminal back and stops until the shell goes on (`Signal::Resume` follows).
pub fn stop(guard: &Guard) -> io::Result<()> {
    if has_job_control() {
        guard.leave();
        process::kill_process(getpid(), process::Signal::STOP)?;
    }
    Ok(())
}

/// A shell with job control gives each job a group of its own. In the session leader's group (`ssh -t host a360`,
/// a container) nobody could ever wake us.
fn has_job_control() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}
