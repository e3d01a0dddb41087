//! `tests/stack/stack` when things go wrong: one clear line, nothing left running, nothing half there. The servers here
//! are small scripts in the place of the watched service, so nothing is fetched.

#![cfg(test)]
#![cfg(target_os = "linux")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A folder of its own for what the stack makes, and a program in the place of the service.
struct Try {
    folder: TempDir,
}

impl Try {
    fn new(program: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service");
        fs::write(&path, program).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    /// The watched service itself.
    fn real() -> Self {
        let built = Path::new(env!("CARGO_BIN_EXE_a360")).with_file_name("examples").join("agent360");
        Self::new(&format!("#!/bin/sh\nexec '{}' \"$@\"\n", built.display()))
    }

    fn base(&self) -> PathBuf {
        self.folder.path().join("stack")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stack/stack"));
        command.args(args).env("A360_STACK_DIR", self.base()).env("A360_STACK_PATIENCE", "20");
        command.env("A360_STACK_AGENT360", self.folder.path().join("service"));
        command.env_remove("A360_STACK_SET").env_remove("A360_STACK_AGENT360_FLAGS");
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// What it prints when all is well.
    fn good(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The last line that it says when it fails.
    fn bad(&self, args: &[&str]) -> String {
        self.bad_lines(args).pop().unwrap()
    }

    fn bad_lines(&self, args: &[&str]) -> Vec<String> {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap().lines().map(str::to_owned).collect()
    }

    /// Processes whose command line names this folder.
    fn running(&self) -> Vec<String> {
        let folder = self.folder.path().to_str().unwrap().to_owned();
        let commands = fs::read_dir("/proc").unwrap().filter_map(|entry| {
            let text = fs::read(entry.ok()?.path().join("cmdline")).ok()?;
            Some(String::from_utf8_lossy(&text).replace('\0', " "))
        });
        commands.filter(|command| command.contains(&folder)).collect()
    }

    fn holds(&self, path: &str) -> bool {
        self.base().join(path).exists()
    }
}

impl Drop for Try {
    fn drop(&mut self) {
        for set in ["default", "other"] {
            let _ = self.command(&["down"]).env("A360_STACK_SET", set).output();
        }
    }
}

fn url(addresses: &str) -> String {
    addresses.split_whitespace().nth(1).unwrap().to_owned()
}

#[test]
fn a_server_or_port_that_there_is_not() {
    let stack = Try::new("");
    let line = stack.bad(&["up", "promethius"]);
    assert!(line.contains("there is no server `promethius`; the names: prometheus-2.42"), "{line}");
    let line = stack.bad(&["up", "agent360=http"]);
    assert!(line.contains("a port is a number, as in agent360=9090"), "{line}");
    let line = stack.bad(&["kill", "agent360"]);
    assert!(line.contains("agent360: not in the set default"), "{line}");
    let line = stack.bad(&["lauch"]);
    assert!(line.contains("there is no command `lauch`"), "{line}");
    assert!(!stack.holds("run/default"));
}

#[test]
fn a_server_that_dies_while_it_starts() {
    let stack = Try::new("#!/bin/sh\necho 'cannot read the ledger'\nexit 3\n");
    let lines = stack.bad_lines(&["up", "agent360"]);
    assert_eq!(
        lines,
        ["cannot read the ledger", "stack: agent360: it died while it started; all of its log: stack logs agent360"]
    );
    assert_eq!(stack.good(&["logs", "agent360"]), "cannot read the ledger\n");
    assert!(!stack.holds("run/default/agent360"));
}

#[test]
fn a_server_that_never_answers() {
    let stack = Try::new("#!/bin/sh\necho 'thinking'\nsleep 1000 &\nwait\n");
    let output = stack.command(&["up", "agent360"]).env("A360_STACK_PATIENCE", "1").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.starts_with("thinking\nstack: agent360: http://127.0.0.1:") && text.contains("does not answer"),
        "{text}"
    );
    assert_eq!(stack.running(), [""; 0], "its children end with it");
}

#[test]
fn a_port_that_is_taken() {
    let stack = Try::real();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let line = stack.bad(&["up", &format!("agent360={port}")]);
    assert_eq!(line, format!("stack: agent360: port {port} is in use; take another: stack up agent360=PORT"));
    drop(taken);
    // What failed does not stand in the way of the next one.
    assert_ne!(url(&stack.good(&["up", "agent360"])), format!("http://127.0.0.1:{port}"));
}

#[test]
fn whoever_is_interrupted_leaves_nothing_running() {
    let stack = Try::new("#!/bin/sh\nsleep 1000\n");
    let mut up = stack.command(&["up", "agent360"]).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while !stack.holds("run/default/agent360/pid") {
        assert!(start.elapsed() < Duration::from_secs(20), "it does not start");
        thread::sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").arg(up.id().to_string()).status().unwrap().success());
    assert_eq!(up.wait().unwrap().code(), Some(130));
    assert_eq!(stack.running(), [""; 0]);
    assert!(!stack.holds("run/default/agent360"));
}

#[test]
fn twice_in_a_row_beside_another_set_and_down_ends_only_its_own() {
    let stack = Try::real();
    let first = stack.good(&["up", "agent360"]);
    assert_eq!(stack.good(&["up", "agent360"]), first, "the second time changes nothing");
    let other = stack.command(&["up", "agent360"]).env("A360_STACK_SET", "other").output().unwrap();
    let other = url(&String::from_utf8(other.stdout).unwrap());
    assert_ne!(other, url(&first));
    let status = stack.good(&["status"]);
    assert!(status.contains("agent360") && status.contains("MiB") && status.contains(" up "), "{status}");

    stack.good(&["kill", "agent360"]);
    assert!(stack.good(&["status"]).contains("dead"));
    assert_eq!(stack.good(&["up", "agent360"]), first, "it is back where it was");
    stack.good(&["down"]);
    assert!(!stack.holds("run/default"));
    let address = other.trim_start_matches("http://").to_owned();
    assert!(std::net::TcpStream::connect(&address).is_ok(), "the other set goes on");
    stack.command(&["down"]).env("A360_STACK_SET", "other").output().unwrap();
    assert!(std::net::TcpStream::connect(&address).is_err());
    assert_eq!(stack.running(), [""; 0]);
}

#[test]
fn a_number_used_again_by_another_process_is_left_alone() {
    let stack = Try::real();
    stack.good(&["up", "agent360"]);
    let file = stack.base().join("run/default/agent360/pid");
    let own = fs::read_to_string(&file).unwrap();
    let mut bystander = Command::new("sleep").arg("1000").spawn().unwrap();
    fs::write(&file, format!("{} 1\n", bystander.id())).unwrap();
    stack.good(&["down", "agent360"]);
    assert_eq!(bystander.try_wait().unwrap(), None, "it has nothing to do with it");
    bystander.kill().unwrap();
    bystander.wait().unwrap();
    let number = own.split(' ').next().unwrap();
    assert!(Command::new("kill").args(["-KILL", &format!("-{number}")]).status().unwrap().success());
}

#[test]
fn what_cannot_be_fetched_is_not_half_there() {
    let stack = Try::new("");
    let mut build = stack.command(&["build", "opensearch-1.3"]);
    let output = build.env("A360_STACK_MAVEN", "http://127.0.0.1:1").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let line = text.lines().last().unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(line.starts_with("stack: opensearch-1.3: it could not be had; all of it: "), "{text}");
    assert!(!stack.holds("cache/opensearch-1.3") && !stack.holds("work/opensearch-1.3"));
}
