//! Reports sent as cron sends them: to a real mail server, and to sinks in the place of a chat and a webhook.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::Duration;

use super::PROGRAM;
use super::server::Server;
use super::stack::Stack;

const PASSWORD: &str = "a360-password";

struct Post {
    stack: Stack,
    folder: tempfile::TempDir,
}

impl Post {
    fn new() -> Self {
        Self { stack: Stack::up(&["chasquid"]), folder: tempfile::tempdir().unwrap() }
    }

    fn place(&self) -> PathBuf {
        self.stack.address("chasquid", 4).into()
    }

    /// A target for the mailbox of that server, with these lines besides.
    fn target(&self, port: usize, lines: &str) -> String {
        let port = self.stack.address("chasquid", port);
        format!(
            "[targets.team]\nkind = \"email\"\nserver = \"localhost\"\nport = {port}\n\
             username = \"oncall@example.test\"\npassword = {{ env = \"MAIL_PASSWORD\" }}\n\
             from = \"a360 <oncall@example.test>\"\nto = [\"On-call <oncall@example.test>\"]\n{lines}\n"
        )
    }

    fn authority(&self) -> String {
        format!("ca_file = \"{}\"", self.place().join("ca.pem").display())
    }

    fn run(&self, config: &str, args: &[&str], password: &str) -> Output {
        let path = self.folder.path().join("a360.toml");
        fs::write(&path, config).unwrap();
        let mut command = Command::new(PROGRAM);
        command.env_clear().env("MAIL_PASSWORD", password).env("XDG_STATE_HOME", self.folder.path().join("state"));
        command.env("HOME", self.folder.path()).arg("--config").arg(path).args(args).output().unwrap()
    }

    fn report(&self, config: &str, password: &str) -> Output {
        self.run(config, &["--demo", "--report", "--fail-on", "none", "--send", "team"], password)
    }

    /// The mails that were delivered, once there are so many.
    fn mails(&self, count: usize) -> Vec<String> {
        for _ in 0..300 {
            let mails = files(&self.place().join("mails"), "eml");
            if mails.len() >= count {
                return mails;
            }
            sleep(Duration::from_millis(100));
        }
        panic!("{count} mails did not arrive");
    }
}

fn files(folder: &Path, ending: &str) -> Vec<String> {
    let paths = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn a_mail_arrives_whole_over_starttls_and_over_tls() {
    let post = Post::new();
    for (count, port, lines) in [(1, 2, "tls = \"starttls\""), (2, 3, "tls = \"tls\"")] {
        let config = post.target(port, &format!("{lines}\n{}", post.authority()));
        let output = post.report(&config, PASSWORD);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{}", said(&output));
        for mail in post.mails(count) {
            for part in [
                "Subject: ",
                "From: a360 <oncall@example.test>",
                "To: On-call <oncall@example.test>",
                "Message-ID: <",
                "Auto-Submitted: auto-generated",
                "Content-Type: multipart/alternative",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Type: text/html; charset=utf-8",
                "Content-Disposition: attachment",
                "demo",
            ] {
                assert!(mail.contains(part), "{part}\n{}", &mail[..3_000.min(mail.len())]);
            }
            assert_eq!(mail.matches("\nSubject: ").count(), 1);
        }
        let checked = post.run(&config, &["config", "check", "--connect"], PASSWORD);
        let text = String::from_utf8_lossy(&checked.stdout).into_owned();
        let line = text.lines().find(|line| line.starts_with("team")).unwrap_or_default();
        assert!(line.contains("ok ") && line.contains("signed in as oncall@example.test; nothing was sent"), "{text}");
    }
    assert_eq!(post.mails(2).len(), 2, "each is sent once, and a check sends none");
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn what_a_mail_server_refuses_is_said_and_the_report_is_kept() {
    let post = Post::new();
    let trusted = post.target(2, &post.authority());
    for (config, password, part) in [
        (trusted.clone(), "wrong-hunter2", "the server refused oncall@example.test with the password of environment"),
        (post.target(2, ""), PASSWORD, "nobody we trust has signed the server's certificate; set `ca_file`"),
        (post.target(2, &format!("tls = \"tls\"\n{}", post.authority())), PASSWORD, "set tls = \"starttls\""),
        (trusted.replace("<oncall@example.test>\"]", "<nobody@example.test>\"]"), PASSWORD, "refuses On-call <nobody@"),
    ] {
        let output = post.report(&config, password);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(3), "{text}");
        assert!(text.contains("not sent to team: ") && text.contains(part), "{part}\n{text}");
        assert!(text.contains("the report is kept in ") && !text.contains("hunter2"), "{text}");
    }
    let kept = post.folder.path().join("state/a360/unsent");
    assert!(!files(&kept, "html").is_empty() && !files(&kept, "json").is_empty());
    assert!(files(&post.place().join("mails"), "eml").is_empty());
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn a_chat_and_a_webhook_get_it_beside_a_mail() {
    let post = Post::new();
    let (chat, hook) = (Server::saying("200 OK", "", "ok"), Server::saying("200 OK", "", "{}"));
    let config = format!(
        "{}[targets.ops]\nkind = \"slack\"\nurl = {{ command = [\"/bin/echo\", \"{}/services/hunter2\"] }}\n\
         [targets.archive]\nkind = \"webhook\"\nurl = \"{}/in\"\n",
        post.target(2, &post.authority()),
        chat.url(),
        hook.url(),
    );
    let args = ["--demo", "--report", "daily", "--fail-on", "none", "--send", "team,ops", "--send", "archive"];
    let output = post.run(&config, &args, PASSWORD);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(post.mails(1).len(), 1);
    let message: serde_json::Value = serde_json::from_str(&chat.requests()[0].body).unwrap();
    assert_eq!(message["blocks"][0]["type"], "header");
    let report: serde_json::Value = serde_json::from_str(&hook.requests()[0].body).unwrap();
    assert!(report["schema"].as_str().unwrap().starts_with("a360.report/"), "{report}");
}
