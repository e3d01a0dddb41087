//! Real servers on loopback, brought up by `tests/stack/stack` and ended with the test that asked for them.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A set of servers of its own.
pub struct Stack {
    set: String,
    /// What the command is told of this set: `A360_STACK_…`.
    vars: Vec<(&'static str, OsString)>,
}

/// The simulated service as a program.
pub fn service() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_a360")).with_file_name("examples").join("agent360")
}

impl Stack {
    /// With every server that is named, once all of them answer.
    pub fn up(servers: &[&str]) -> Self {
        Self::with(servers, &[])
    }

    /// The same, set up otherwise than is usual: `tests/stack/stack` lists the variables.
    pub fn with(servers: &[&str], vars: &[(&'static str, &OsStr)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let vars = vars.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let stack = Self { set: format!("test-{}-{number}", process::id()), vars };
        stack.start(servers);
        stack
    }

    /// Adds servers, or starts those again that were killed, on the same ports and data.
    pub fn start(&self, servers: &[&str]) {
        self.said(&[&["up"], servers].concat());
    }

    /// As an accident does it.
    pub fn kill(&self, server: &str) {
        self.said(&["kill", server]);
    }

    pub fn url(&self, server: &str) -> String {
        self.address(server, 1)
    }

    /// Where a Jaeger takes spans.
    pub fn spans_url(&self, server: &str) -> String {
        self.address(server, 2)
    }

    /// The same in two: the server, and the path there.
    pub fn spans(&self, server: &str) -> (String, String) {
        let address = self.spans_url(server);
        let path = address.find("/v1").expect("a path");
        (address[..path].to_owned(), address[path..].to_owned())
    }

    /// What the list of addresses says of a server behind its name.
    pub fn address(&self, server: &str, place: usize) -> String {
        let list = self.said(&["addresses"]);
        let line = list.lines().find(|line| line.split_whitespace().next() == Some(server));
        let found = line.and_then(|line| line.split_whitespace().nth(place));
        found.unwrap_or_else(|| panic!("{server} is not in\n{list}")).to_owned()
    }

    /// A config file with a context for each server of metrics.
    pub fn config(&self) -> PathBuf {
        self.said(&["config"]).trim_end().into()
    }

    fn run(&self, args: &[&str]) -> Output {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(root.join("tests/stack/stack"));
        command.args(args).env("A360_STACK_SET", &self.set).env("A360_STACK_AGENT360", service());
        command.envs(self.vars.iter().map(|(name, value)| (name, value))).output().unwrap()
    }

    fn said(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "stack {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.run(&["down"]);
    }
}
