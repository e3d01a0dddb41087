//! A program on a terminal of its own: what it writes, what the screen shows, what it exits with.
//!
//! Nothing here sleeps: whoever waits is woken by what the program writes, and gives up after a long while.

use std::io::{Read, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Far more than anything takes, for a machine that is busy with other things.
const LONG: Duration = Duration::from_secs(30);

pub struct Pty {
    pub master: Box<dyn MasterPty + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    /// How long to wait for anything.
    pub patience: Duration,
    writer: Box<dyn Write + Send>,
    heard: Arc<(Mutex<Heard>, Condvar)>,
}

/// What the program has written so far.
struct Heard {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
}

/// A program with an environment that says nothing but these.
pub fn command(program: &str, args: &[&str], vars: &[(&str, &str)]) -> CommandBuilder {
    let mut command = CommandBuilder::new(program);
    command.args(args);
    command.env_clear();
    for (name, value) in vars {
        command.env(name, value);
    }
    command
}

impl Pty {
    pub fn spawn(command: CommandBuilder, cols: u16, rows: u16) -> Self {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        let heard = Heard { parser: vt100::Parser::new(rows, cols, 0), bytes: Vec::new(), ended: false };
        let heard = Arc::new((Mutex::new(heard), Condvar::new()));
        let reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        listen(reader, Arc::clone(&heard));
        Self { master: pair.master, child, patience: LONG, writer, heard }
    }

    pub fn write(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Waits until the screen is as wanted; gives the screen.
    pub fn until(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> vt100::Screen {
        self.wait(what, |heard| wanted(heard.parser.screen()).then(|| heard.parser.screen().clone()))
    }

    /// Waits until what is heard holds something.
    fn wait<T>(&self, what: &str, found: impl Fn(&Heard) -> Option<T>) -> T {
        let (heard, news) = &*self.heard;
        let start = Instant::now();
        let mut heard = heard.lock().unwrap();
        loop {
            if let Some(found) = found(&heard) {
                return found;
            }
            let left = self.patience.saturating_sub(start.elapsed());
            if left.is_zero() || heard.ended {
                let shown = heard.parser.screen().contents();
                // The one that listens goes on.
                drop(heard);
                panic!("never: {what}; the screen is\n{shown}");
            }
            heard = news.wait_timeout(heard, left).unwrap().0;
        }
    }

    /// All that was written, once the program has ended.
    pub fn rest(&self) -> String {
        let (heard, news) = &*self.heard;
        let heard = heard.lock().unwrap();
        let (heard, late) = news.wait_timeout_while(heard, self.patience, |heard| !heard.ended).unwrap();
        assert!(!late.timed_out(), "it goes on; the screen is\n{}", heard.parser.screen().contents());
        String::from_utf8_lossy(&heard.bytes).into_owned()
    }

    pub fn resize(&self, cols: u16, rows: u16) {
        self.heard.0.lock().unwrap().parser.screen_mut().set_size(rows, cols);
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }
}

fn listen(mut reader: Box<dyn Read + Send>, heard: Arc<(Mutex<Heard>, Condvar)>) {
    thread::spawn(move || {
        let mut part = [0; 16 * 1024];
        loop {
            // The end of the program is an error here, EIO.
            let read = reader.read(&mut part).ok().filter(|n| *n > 0);
            let mut now = heard.0.lock().unwrap();
            let Some(n) = read else {
                now.ended = true;
                return heard.1.notify_all();
            };
            now.parser.process(&part[..n]);
            now.bytes.extend_from_slice(&part[..n]);
            heard.1.notify_all();
        }
    });
}

/// Whoever gives up leaves no process behind.
impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
