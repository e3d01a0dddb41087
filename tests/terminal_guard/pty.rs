//! A terminal to run a child on: what it wrote, what the screen shows, what the modes are.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtyPair, PtySize, native_pty_system};
use rustix::process::{Pid, Signal};

use crate::console;

/// Nothing here takes a second; this is for a machine that is busy with other things.
const LONG: Duration = Duration::from_secs(30);

pub fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < LONG, "not so after {LONG:?}: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

pub struct Pty {
    pair: Option<PtyPair>,
    master: Option<Box<dyn MasterPty + Send>>,
    reader: Option<Box<dyn Read + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Option<Box<dyn Child + Send + Sync>>,
    before: String,
    bytes: Arc<Mutex<Vec<u8>>>,
    size: (u16, u16),
    /// Process groups that have had the terminal, to be ended when a test fails.
    groups: Vec<Pid>,
}

impl Pty {
    pub fn new() -> Self {
        Self::sized(24, 80)
    }

    pub fn sized(rows: u16, cols: u16) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        Self {
            before: format!("{:?}", pair.master.get_termios().unwrap()),
            reader: Some(pair.master.try_clone_reader().unwrap()),
            writer: Some(pair.master.take_writer().unwrap()),
            pair: Some(pair),
            master: None,
            child: None,
            bytes: Arc::default(),
            size: (rows.max(24), cols.max(80)),
            groups: Vec::new(),
        }
    }

    pub fn spawn(&mut self, vars: &[(&str, &str)]) {
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(console::arguments());
        for (name, value) in vars {
            command.env(name, value);
        }
        self.start(command);
    }

    /// Runs a script whose `"$@"` is the console.
    pub fn spawn_in_shell(&mut self, script: &str) {
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", script, "sh"]);
        command.arg(std::env::current_exe().unwrap());
        command.args(console::arguments());
        self.start(command);
    }

    fn start(&mut self, mut command: CommandBuilder) {
        command.env(console::ROLE, "console");
        command.env("TERM", "xterm-256color");
        let PtyPair { master, slave } = self.pair.take().unwrap();
        self.child = Some(slave.spawn_command(command).unwrap());
        self.master = Some(master);
    }

    fn master(&self) -> &dyn MasterPty {
        self.master.as_deref().unwrap()
    }

    pub fn write(&mut self, keys: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    pub fn resize(&mut self, rows: u16, cols: u16) {
        self.size = (rows, cols);
        self.master().resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Reads until the mark appears in what is new.
    pub fn read_until(&mut self, mark: &str) {
        let found = self.read(Some(mark.to_owned()));
        let front = self.master().process_group_leader().and_then(Pid::from_raw);
        self.groups.extend(front);
        assert!(found, "no {mark:?} in {:?}", self.text());
    }

    /// A thread reads, so that the wait can end: for `mark`, or for the end when there is none.
    fn read(&mut self, mark: Option<String>) -> bool {
        let mut reader = self.reader.take().unwrap();
        let bytes = Arc::clone(&self.bytes);
        let start = bytes.lock().unwrap().len();
        let (tx, rx) = mpsc::channel();
        let wanted = mark.clone();
        thread::spawn(move || {
            let has = |mark: &String| String::from_utf8_lossy(&bytes.lock().unwrap()[start..]).contains(mark);
            let mut part = [0; 4096];
            while !wanted.as_ref().is_some_and(has) {
                // The end of the child is an error here, EIO.
                match reader.read(&mut part) {
                    Ok(n @ 1..) => bytes.lock().unwrap().extend_from_slice(&part[..n]),
                    _ => break,
                }
            }
            let _ = tx.send((reader, wanted.as_ref().is_some_and(has)));
        });
        let Ok((reader, found)) = rx.recv_timeout(LONG) else {
            panic!("waited for {mark:?} (None: the end) after {:?}", self.text());
        };
        self.reader = Some(reader);
        found
    }

    /// Reads all that is left and returns the exit code.
    pub fn wait(&mut self) -> u32 {
        self.read(None);
        self.wait_unread()
    }

    pub fn wait_unread(&mut self) -> u32 {
        let mut code = None;
        let child = self.child.as_mut().unwrap();
        eventually("the child has ended", || {
            code = child.try_wait().unwrap().map(|status| status.exit_code());
            code.is_some()
        });
        code.unwrap()
    }

    pub fn foreground(&self) -> Pid {
        Pid::from_raw(self.master().process_group_leader().unwrap()).unwrap()
    }

    /// To what runs in the foreground.
    pub fn signal(&self, signal: Signal) {
        rustix::process::kill_process(self.foreground(), signal).unwrap();
    }

    /// The line is cut.
    pub fn hang_up(&mut self) {
        (self.reader, self.writer, self.master) = (None, None, None);
    }

    pub fn is_as_before(&self) -> bool {
        format!("{:?}", self.master().get_termios().unwrap()) == self.before
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }

    pub fn count(&self, sequence: &str) -> usize {
        self.text().matches(sequence).count()
    }

    /// What came after the last `sequence`.
    pub fn after(&self, sequence: &str) -> String {
        self.text().rsplit_once(sequence).map(|(_, after)| after.to_owned()).unwrap_or_default()
    }

    pub fn screen(&self) -> vt100::Screen {
        let mut parser = vt100::Parser::new(self.size.0, self.size.1, 0);
        parser.process(&self.bytes.lock().unwrap());
        parser.screen().clone()
    }
}

/// A failed test leaves no process behind.
impl Drop for Pty {
    fn drop(&mut self) {
        for group in self.groups.drain(..).filter(|_| thread::panicking()) {
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
        self.hang_up();
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
