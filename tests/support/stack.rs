//! Real servers on loopback, brought up by `tests/stack/stack` and ended with the test that asked for them.

use std::path::{Path, PathBuf};
use std::process::{self, Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A set of servers of its own.
pub struct Stack {
    set: String,
}

fn run(set: &str, args: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let service = Path::new(env!("CARGO_BIN_EXE_a360")).with_file_name("examples").join("agent360");
    let mut command = Command::new(root.join("tests/stack/stack"));
    command.args(args).env("A360_STACK_SET", set).env("A360_STACK_AGENT360", service);
    command.output().unwrap()
}

fn said(set: &str, args: &[&str]) -> String {
    let output = run(set, args);
    assert!(output.status.success(), "stack {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

impl Stack {
    /// With every server that is named, once all of them answer.
    pub fn up(servers: &[&str]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let stack = Self { set: format!("test-{}-{number}", process::id()) };
        stack.start(servers);
        stack
    }

    /// Adds servers, or starts those again that were killed, on the same ports and data.
    pub fn start(&self, servers: &[&str]) {
        said(&self.set, &[&["up"], servers].concat());
    }

    /// As an accident does it.
    pub fn kill(&self, server: &str) {
        said(&self.set, &["kill", server]);
    }

    pub fn url(&self, server: &str) -> String {
        self.address(server, 1)
    }

    /// The word of a server in the list of addresses: 1 is its URL, 2 where a Jaeger takes spans.
    fn address(&self, server: &str, word: usize) -> String {
        let list = said(&self.set, &["addresses"]);
        let line = list.lines().find(|line| line.split_whitespace().next() == Some(server));
        let found = line.and_then(|line| line.split_whitespace().nth(word));
        found.unwrap_or_else(|| panic!("{server} is not in\n{list}")).to_owned()
    }

    /// A config file with a context for each server of metrics.
    pub fn config(&self) -> PathBuf {
        said(&self.set, &["config"]).trim_end().into()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        run(&self.set, &["down"]);
    }
}
