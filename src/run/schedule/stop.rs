//! The signals that end the runner.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// 128 and the number of SIGHUP.
const HUNG_UP: u8 = 129;

pub struct Stop {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Stop {
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Gives the exit code: who was told to end has done well.
    pub async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.terminate.recv() => 0,
            _ = self.interrupt.recv() => 0,
            _ = self.hangup.recv() => HUNG_UP,
        }
    }
}
