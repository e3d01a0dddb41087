//! `tests/stack/stack` when things go wrong: one clear line, nothing left running, nothing half there. The servers here
//! are small scripts in the place of the watched service, so nothing is fetched.

#![cfg(test)]
#![cfg(target_os = "linux")]

use std::fs;
use std::net::{TcpListener, TcpStream};
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

    /// A PATH on which this is `curl`.
    fn instead_of_curl(&self, program: &str) -> String {
        let bin = self.folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        fs::write(bin.join("curl"), program).unwrap();
        fs::set_permissions(bin.join("curl"), fs::Permissions::from_mode(0o755)).unwrap();
        format!("{}:{}", bin.display(), std::env::var("PATH").unwrap())
    }

    /// Whether a folder is there and has nothing in it.
    fn is_empty(&self, path: &str) -> bool {
        fs::read_dir(self.base().join(path)).unwrap().next().is_none()
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

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "not after 20 s: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn listens(url: &str) -> bool {
    TcpStream::connect(url.trim_start_matches("http://")).is_ok()
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
    let line = stack.bad(&["up", "agent360=65536"]);
    assert!(line.contains("the last port is 65535"), "{line}");
    // What failed does not stand in the way of the next one.
    assert_ne!(url(&stack.good(&["up", "agent360"])), format!("http://127.0.0.1:{port}"));
}

#[test]
fn whoever_is_interrupted_leaves_nothing_running() {
    let stack = Try::new("#!/bin/sh\nsleep 1000\n");
    let mut up = stack.command(&["up", "agent360"]).stderr(Stdio::null()).spawn().unwrap();
    wait_until("it starts", || stack.holds("run/default/agent360/pid"));
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
    let port = other.rsplit(':').next().unwrap().to_owned();
    let mut third = stack.command(&["up", &format!("agent360={port}")]);
    let third = String::from_utf8(third.env("A360_STACK_SET", "third").output().unwrap().stderr).unwrap();
    assert!(third.starts_with(&format!("stack: agent360: port {port} has been given to other/agent360;")), "{third}");
    let status = stack.good(&["status"]);
    assert!(status.contains("agent360") && status.contains("MiB") && status.contains(" up "), "{status}");

    stack.good(&["kill", "agent360"]);
    assert!(stack.good(&["status"]).contains("dead"));
    assert_eq!(stack.good(&["up", "agent360"]), first, "it is back where it was");
    stack.good(&["down"]);
    assert!(!stack.holds("run/default"));
    assert!(listens(&other), "the other set goes on");
    stack.command(&["down"]).env("A360_STACK_SET", "other").output().unwrap();
    assert!(!listens(&other));
}

#[test]
fn a_number_used_again_by_another_process_is_left_alone() {
    let stack = Try::real();
    let address = url(&stack.good(&["up", "agent360"]));
    let file = stack.base().join("run/default/agent360/pid");
    let mut bystander = Command::new("sleep").arg("1000").spawn().unwrap();
    fs::write(&file, format!("{} 1\n", bystander.id())).unwrap();
    stack.good(&["down", "agent360"]);
    assert_eq!(bystander.try_wait().unwrap(), None, "it has nothing to do with it");
    bystander.kill().unwrap();
    bystander.wait().unwrap();
    assert!(!listens(&address), "its own it finds by its mark");
}

#[test]
fn a_process_that_only_waits_to_be_reaped_is_dead() {
    let stack = Try::real();
    let first = stack.good(&["up", "agent360"]);
    let mut ended = Command::new("true").spawn().unwrap();
    let stat = format!("/proc/{}/stat", ended.id());
    wait_until("it ends", || fs::read_to_string(&stat).unwrap().contains(") Z "));
    let stat = fs::read_to_string(&stat).unwrap();
    let began = stat.rsplit(") ").next().unwrap().split(' ').nth(19).unwrap();
    stack.good(&["kill", "agent360"]);
    fs::write(stack.base().join("run/default/agent360/pid"), format!("{} {began}\n", ended.id())).unwrap();
    assert!(stack.good(&["status"]).contains("dead"));
    assert_eq!(stack.good(&["up", "agent360"]), first, "it is started again");
    ended.wait().unwrap();
}

#[test]
fn whoever_starts_is_killed_and_the_next_one_copes() {
    let stack = Try::new("#!/bin/sh\nsleep 1000\n");
    let mut up = stack.command(&["up", "agent360"]).stderr(Stdio::null()).spawn().unwrap();
    wait_until("it starts", || stack.holds("run/default/agent360/pid"));
    up.kill().unwrap();
    up.wait().unwrap();
    assert!(!stack.running().is_empty(), "nobody could end it");
    assert!(stack.good(&["status"]).contains(" up "));
    // Even without its number.
    fs::remove_file(stack.base().join("run/default/agent360/pid")).unwrap();
    assert!(stack.good(&["status"]).contains("dead"));
    stack.good(&["down"]);
    assert_eq!(stack.running(), [""; 0]);
}

#[test]
fn children_that_became_daemons_end_with_their_server() {
    let stack = Try::real();
    let service = stack.folder.path().join("service");
    let program = fs::read_to_string(&service).unwrap();
    let daemon = format!("setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' '{}' &\n", service.display());
    fs::write(&service, program.replace("exec", &format!("{daemon}exec"))).unwrap();
    stack.good(&["up", "agent360"]);
    assert_eq!(stack.running().len(), 1, "the daemon");
    stack.good(&["kill", "agent360"]);
    assert_eq!(stack.running(), [""; 0]);
}

#[test]
fn a_folder_removed_by_hand_does_not_hide_its_process() {
    let stack = Try::new("#!/bin/sh\nsleep 1000\n");
    let mut up = stack.command(&["up", "agent360"]).stderr(Stdio::null()).spawn().unwrap();
    wait_until("it starts", || stack.holds("run/default/agent360/pid"));
    up.kill().unwrap();
    up.wait().unwrap();
    fs::remove_dir_all(stack.base().join("run")).unwrap();
    stack.good(&["down"]);
    assert_eq!(stack.running(), [""; 0]);
}

#[test]
fn a_folder_with_any_letters_from_anywhere_through_a_link() {
    let stack = Try::real();
    let folder = stack.folder.path().canonicalize().unwrap();
    let link = folder.join("link");
    std::os::unix::fs::symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stack/stack"), &link).unwrap();
    let base = "blank $x 'q\" \u{e9}";
    let call = |command: &str| {
        let mut call = Command::new("./link");
        call.args([command, "agent360"]).current_dir(&folder).env_clear().env("PATH", "/usr/bin:/bin");
        call.env("A360_STACK_DIR", base).env("A360_STACK_AGENT360", "service").env("CDPATH", "/").env("LC_ALL", "C");
        call.output().unwrap()
    };
    let up = call("up");
    assert!(up.status.success(), "{}", String::from_utf8_lossy(&up.stderr));
    let status = stack.command(&["status"]).env("A360_STACK_DIR", folder.join(base)).output().unwrap();
    assert!(String::from_utf8(status.stdout).unwrap().contains(" up "), "a whole path is the same folder");
    let address = url(&String::from_utf8(up.stdout).unwrap());
    assert!(listens(&address) && call("down").status.success() && !listens(&address));
}

#[test]
fn a_set_or_server_that_is_a_path_is_refused() {
    let stack = Try::new("");
    for set in ["../x", "a/b", ".x", "a b", "*"] {
        let output = stack.command(&["status"]).env("A360_STACK_SET", set).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{set}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.starts_with(&format!("stack: A360_STACK_SET={set}: ")) && text.lines().count() == 1, "{text}");
    }
    let precious = stack.folder.path().join("precious");
    fs::write(&precious, "").unwrap();
    for args in [["path", "../../precious", "x"].as_slice(), &["logs", "../x"], &["build", "prometheus.*"]] {
        let line = stack.bad(args);
        assert!(line.starts_with("stack: there is no server `"), "{line}");
    }
    assert!(precious.exists());
}

#[test]
fn an_interrupted_fetch_leaves_nothing_running() {
    let stack = Try::new("");
    let started = stack.folder.path().join("started");
    let path = stack.instead_of_curl(&format!("#!/bin/sh\ntouch '{}'\nsleep 1000\n", started.display()));
    let mut build = stack.command(&["build", "opensearch-1.3"]);
    let mut build = build.env("PATH", path).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while !started.exists() {
        assert!(start.elapsed() < Duration::from_secs(20), "it does not fetch");
        thread::sleep(Duration::from_millis(20));
    }
    assert!(!stack.running().is_empty());
    assert!(Command::new("kill").arg(build.id().to_string()).status().unwrap().success());
    assert_eq!(build.wait().unwrap().code(), Some(130));
    assert_eq!(stack.running(), [""; 0]);
    assert!(stack.is_empty("cache") && !stack.holds("work/opensearch-1.3"));
}

#[test]
fn what_cannot_be_fetched_is_not_half_there() {
    let stack = Try::new("");
    let path = stack.instead_of_curl("#!/bin/sh\necho 'no route to the mirror' >&2\nexit 7\n");
    let output = stack.command(&["build", "opensearch-1.3"]).env("PATH", path).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let line = text.lines().last().unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(line.starts_with("stack: opensearch-1.3: it could not be had; all of it: "), "{text}");
    assert!(stack.is_empty("cache") && !stack.holds("work/opensearch-1.3"));
}
