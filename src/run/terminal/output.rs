//! Frames on their way to the terminal, on a thread of their own: a slow line slows the drawing, never the keys.

use std::io::{self, Write};
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;

use tokio::sync::Notify;

use super::tty::Tty;

/// As much is written at once: between two parts the terminal can be given back.
const PART: usize = 4096;

/// Where the backend writes. Never blocks and never fails, so that dropping a screen cannot either; how the
/// terminal takes it is told by `Pace`.
pub struct Output {
    bytes: Vec<u8>,
    frames: mpsc::Sender<Vec<u8>>,
    line: Arc<Line>,
}

/// Says when to draw.
pub struct Pace {
    line: Arc<Line>,
}

#[derive(Default)]
struct Line {
    /// Frames that wait or are being written.
    waiting: AtomicUsize,
    broken: OnceLock<io::ErrorKind>,
    moved: Notify,
}

pub fn start(tty: Arc<Tty>) -> io::Result<(Output, Pace)> {
    let (frames, to_write) = mpsc::channel::<Vec<u8>>();
    let line = Arc::new(Line::default());
    let pace = Pace { line: Arc::clone(&line) };
    let output = Output { bytes: Vec::new(), frames, line: Arc::clone(&line) };
    thread::Builder::new().name("output".to_owned()).spawn(move || {
        for frame in to_write {
            if let Some(e) = frame.chunks(PART).find_map(|part| tty.write(part).err()) {
                // Only the first reason is of use.
                let _ = line.broken.set(e.kind());
            }
            line.waiting.fetch_sub(1, Ordering::SeqCst);
            line.moved.notify_waiters();
        }
    })?;
    Ok((output, pace))
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        self.line.waiting.fetch_add(1, Ordering::SeqCst);
        if self.frames.send(mem::take(&mut self.bytes)).is_err() {
            self.line.waiting.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(())
    }
}

impl Pace {
    /// Returns when the terminal has taken all that was drawn: draw now. An error: it is gone, end the program.
    /// May be dropped and called again, as `select!` does.
    pub async fn ready(&self) -> io::Result<()> {
        loop {
            let moved = self.line.moved.notified();
            if let Some(kind) = self.line.broken.get() {
                return Err((*kind).into());
            }
            if self.line.waiting.load(Ordering::SeqCst) == 0 {
                return Ok(());
            }
            moved.await;
        }
    }
}
