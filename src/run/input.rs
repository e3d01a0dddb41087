//! Keys, pastes and the mouse, read on a thread of their own.
//!
//! crossterm's reader never returns once the terminal has hung up: it must not be polled by the loop (as its
//! `EventStream` is), which has to stay free to end the program then.

use std::io;
use std::thread;

use crossterm::event::{self, Event};
use tokio::sync::mpsc;

/// More waiting events than this stay in the kernel's buffer.
const WAITING: usize = 256;

/// The events of the terminal, from now to the end of the program. Closed when they cannot be read any more.
pub fn events() -> io::Result<mpsc::Receiver<Event>> {
    let (tx, rx) = mpsc::channel(WAITING);
    thread::Builder::new().name("input".to_owned()).spawn(move || forward(&tx))?;
    Ok(rx)
}

fn forward(tx: &mpsc::Sender<Event>) {
    loop {
        match event::read() {
            // `Signal::Resize` says it: without a gap before the first read, and once for many.
            Ok(Event::Resize(..)) => {}
            Ok(event) => {
                if tx.blocking_send(event).is_err() {
                    return;
                }
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
