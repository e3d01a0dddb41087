//! The service as a process of its own, ended with the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);

pub struct Service {
    child: Child,
    /// What it printed up to the empty line.
    pub said: String,
    control: SocketAddr,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

pub fn program() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_a360")).with_file_name("examples").join("agent360")
}

impl Service {
    pub fn start(args: &[&str]) -> Self {
        let mut command = Command::new(program());
        command.args(["--port", "0", "--flush", "100ms"]).args(args);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let said: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
        let control = said[0].strip_prefix("# control: http://").unwrap().trim_end_matches('/').parse().unwrap();
        Self { child, said: said.join("\n"), control }
    }

    pub fn ask(&self, method: &str, target: &str) -> Answer {
        ask(self.control, method, target, "*/*").expect("the control page")
    }

    /// The addresses of the targets of a job.
    pub fn targets(&self, job: &str) -> Vec<SocketAddr> {
        let all = self.ask("GET", "/targets").json();
        let of = all.as_array().unwrap().iter().filter(|target| target["labels"]["job"] == *job);
        of.map(|target| target["targets"][0].as_str().unwrap().parse().unwrap()).collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Nothing where nobody listens.
pub fn ask(to: SocketAddr, method: &str, target: &str, accept: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(to).ok()?;
    write!(stream, "{method} {target} HTTP/1.1\r\nHost: {to}\r\nAccept: {accept}\r\n\r\n").ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    Some(Answer { status: head.get(9..12)?.parse().ok()?, head: head.to_owned(), body: body.to_owned() })
}

/// Waits until there is what is waited for.
pub fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "in vain: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
