//! Mails: to a server that answers as each test wants it, over loopback.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use a360::model::endpoint::Secret;
use a360::model::target::{Encryption, Mail, Target, Way};
use a360::report::send::{Told, send};
use a360::report::{Patience, Report};

use crate::script::{NOW, Script, build};

const HASTE: Patience = Patience {
    pauses: [Duration::from_millis(1), Duration::from_millis(2)],
    most_wait: Duration::from_millis(5),
    deadline: Duration::from_secs(20),
};

/// Every line that came, over all connections; a text is one entry.
type Log = Arc<Mutex<Vec<String>>>;

struct Post {
    port: u16,
    log: Log,
}

/// What a server says that takes everything.
fn usual(line: &str) -> &'static str {
    match line.split([' ', ':']).next().unwrap_or_default() {
        "CONNECT" => "220 test",
        "EHLO" => "250-test\r\n250 AUTH PLAIN LOGIN",
        "AUTH" => "235 welcome",
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        _ => "250 ok",
    }
}

impl Post {
    /// Says `answer` of each line, with how many connections there were before; an empty answer hangs up. The
    /// beginning of a connection is `CONNECT`, a whole text is `TEXT`.
    fn new(answer: impl Fn(&str, usize) -> &'static str + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, log) = (listener.local_addr().unwrap().port(), Log::default());
        let (held, answer) = (log.clone(), Arc::new(answer));
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let (log, answer) = (held.clone(), answer.clone());
                thread::spawn(move || talk(stream.unwrap(), &log, &|line| answer(line, number)));
            }
        });
        Self { port, log }
    }

    fn lines(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    fn count(&self, word: &str) -> usize {
        self.lines().iter().filter(|line| line.starts_with(word)).count()
    }

    fn text(&self) -> String {
        self.lines().into_iter().find(|line| line.contains("\r\n")).unwrap()
    }
}

fn talk(stream: TcpStream, log: &Log, answer: &dyn Fn(&str) -> &'static str) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let say = |line: &str| {
        let text = answer(line);
        let sent = (&stream).write_all(format!("{text}\r\n").as_bytes());
        if text.is_empty() || sent.is_err() {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
        text.to_owned()
    };
    let mut said = say("CONNECT");
    while !said.is_empty() {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        log.lock().unwrap().push(line.trim_end().to_owned());
        said = say(line.trim_end());
        if said.starts_with("354") {
            let mut text = String::new();
            while !text.ends_with("\r\n.\r\n") {
                if reader.read_line(&mut text).unwrap_or(0) == 0 {
                    return;
                }
            }
            log.lock().unwrap().push(text);
            said = say("TEXT");
        }
    }
}

fn mail(post: &Post) -> Mail {
    Mail {
        server: "127.0.0.1".to_owned(),
        port: post.port,
        encryption: Encryption::None,
        login: None,
        from: "a360 <a360@example.org>".to_owned(),
        to: vec!["oncall@example.org".to_owned(), "shop@example.org".to_owned()],
        ca_file: None,
        timeout: Duration::from_secs(5),
    }
}

fn outcome_of(mail: Mail, report: &Report) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let target = Target { name: "team".to_owned(), way: Way::Email(mail) };
    let outcome = runtime.block_on(send(report, &[target], &Told::default(), &HASTE, || NOW)).remove(0);
    let text = |text: a360::text::Plain| text.to_string();
    outcome.result.map(text).map_err(text)
}

fn outcome(mail: Mail) -> Result<String, String> {
    outcome_of(mail, &build(Script::incident()))
}

#[test]
fn a_mail_goes_out_once_to_all() {
    let post = Post::new(|line, _| usual(line));
    assert_eq!(outcome(mail(&post)).as_deref(), Ok("2 mailboxes"));
    let lines = post.lines();
    for line in ["MAIL FROM:<a360@example.org>", "RCPT TO:<oncall@example.org>", "RCPT TO:<shop@example.org>", "QUIT"] {
        assert_eq!(lines.iter().filter(|there| *there == line).count(), 1, "{line}\n{lines:#?}");
    }
    let text = post.text();
    for part in [
        "Subject: CRITICAL: prod, last hour: ",
        "Date: Mon, 23 Nov 2026 14:03:27 +0000\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "a360-prod-last-hour-2026-11-23T14-03-27Z.html",
    ] {
        assert!(text.contains(part), "{part}\n{}", &text[..2_000.min(text.len())]);
    }
    assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 998));
}

#[test]
fn a_subject_from_outside_stays_one_line() {
    let post = Post::new(|line, _| usual(line));
    let mut report = build(Script::incident());
    report.summary.text = format!("a\r\nBcc: evil@example.org\r\n\r\n<script>{}", "x".repeat(10_000));
    assert!(outcome_of(mail(&post), &report).is_ok());
    let text = post.text();
    let head = text.split("\r\n\r\n").next().unwrap();
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    let subject: String = head.split("Subject: ").nth(1).unwrap().split("\r\nDate").next().unwrap().into();
    assert!(subject.len() < 400, "{subject}");
}

#[test]
fn without_starttls_nothing_is_said() {
    let post = Post::new(|line, _| usual(line));
    let password = Secret::Command(vec!["echo".to_owned(), "hunter2".to_owned()]);
    let mail = Mail { encryption: Encryption::StartTls, login: Some(("me".to_owned(), password)), ..mail(&post) };
    let why = outcome(mail).unwrap_err();
    assert!(why.starts_with("the server offers no STARTTLS, so nothing was sent"), "{why}");
    assert_eq!(post.count("EHLO"), 1, "it is not tried again");
    assert_eq!(post.count("AUTH") + post.count("MAIL") + post.count("STARTTLS"), 0);
}

#[test]
fn what_passes_is_tried_again_and_what_lasts_is_not() {
    for (at, answer, tries, part) in [
        ("CONNECT", "421 busy", 3, "does not take the connection now: 421 busy (tried 3 times)"),
        ("MAIL", "451 later", 3, "does not take the sender now: 451 later (tried 3 times)"),
        ("RCPT", "450 greylisted", 3, "450 greylisted (tried 3 times)"),
        ("DATA", "452 full", 3, "does not take the mail now: 452 full"),
        ("TEXT", "451 later", 3, "does not take the mail now: 451 later (tried 3 times)"),
        ("MAIL", "550 no", 1, "the server refuses the sender: 550 no"),
        ("RCPT", "550 unknown", 1, "the server refuses oncall@example.org: 550 unknown"),
        ("TEXT", "552 too large", 1, "the server refuses the mail: 552 too large"),
        ("TEXT", "", 1, "it may have arrived, so it was not sent again"),
        ("DATA", "", 3, "tried 3 times"),
    ] {
        let post = Post::new(move |line, _| if line.starts_with(at) { answer } else { usual(line) });
        let why = outcome(mail(&post)).unwrap_err();
        assert!(why.contains(part), "{at} {answer}: {why}");
        let seen = if at == "CONNECT" { tries } else { post.count("EHLO") };
        assert_eq!(seen, tries, "{at} {answer}");
    }
}

#[test]
fn a_second_try_is_the_same_mail_and_goes_only_to_who_lacks_it() {
    let post = Post::new(|line, number| match line {
        "RCPT TO:<shop@example.org>" if number == 0 => "450 later",
        line => usual(line),
    });
    assert_eq!(outcome(mail(&post)).as_deref(), Ok("2 mailboxes"));
    assert_eq!(post.count("RCPT TO:<oncall"), 1);
    assert_eq!(post.count("RCPT TO:<shop"), 2);
    let ids: Vec<String> = post
        .lines()
        .iter()
        .filter_map(|text| text.split("Message-ID: ").nth(1)?.lines().next().map(str::to_owned))
        .collect();
    assert!(ids.len() == 2 && ids[0] == ids[1], "{ids:?}");
}

#[test]
fn one_mailbox_that_is_refused_does_not_keep_the_mail_from_the_others() {
    let post = Post::new(|line, _| if line.starts_with("RCPT TO:<oncall") { "550 unknown" } else { usual(line) });
    let why = outcome(mail(&post)).unwrap_err();
    assert_eq!(why, "the server refuses oncall@example.org: 550 unknown; 1 other mailbox has it");
    assert_eq!(post.count("DATA"), 1);
}

#[test]
fn a_wrong_password_is_said_without_it_and_not_tried_again() {
    let post = Post::new(|line, _| if line.starts_with("AUTH") { "535 hunter2 is wrong" } else { usual(line) });
    let password = Secret::Command(vec!["echo".to_owned(), "hunter2".to_owned()]);
    let why = outcome(Mail { login: Some(("me".to_owned(), password)), ..mail(&post) }).unwrap_err();
    assert!(why.starts_with("the server refused me with the password of command echo"), "{why}");
    assert!(!why.contains("hunter2"), "{why}");
    assert_eq!((post.count("AUTH"), post.count("MAIL")), (1, 0));
}

#[test]
fn a_sign_in_that_is_put_off_is_tried_again_and_said_without_the_password() {
    let post = Post::new(|line, _| if line.starts_with("AUTH") { "454 hunter2 must wait" } else { usual(line) });
    let password = Secret::Command(vec!["echo".to_owned(), "hunter2".to_owned()]);
    let why = outcome(Mail { login: Some(("me".to_owned(), password)), ..mail(&post) }).unwrap_err();
    assert_eq!(why, "the server does not take the sign-in now: 454 *** must wait (tried 3 times)");
    assert_eq!((post.count("AUTH"), post.count("MAIL")), (3, 0));
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let post = Post::new(|line, _| {
        if line == "CONNECT" {
            thread::sleep(Duration::from_secs(5));
        }
        usual(line)
    });
    let why = outcome(Mail { timeout: Duration::from_millis(100), ..mail(&post) }).unwrap_err();
    assert_eq!(why, "no answer within 100ms (tried 3 times)");
    let silent = Post::new(|line, _| {
        if line == "TEXT" {
            thread::sleep(Duration::from_secs(5));
        }
        usual(line)
    });
    let why = outcome(Mail { timeout: Duration::from_millis(500), ..mail(&silent) }).unwrap_err();
    assert!(why.contains("after the mail was handed over: it may have arrived"), "{why}");
    assert_eq!(silent.count("DATA"), 1);
}
