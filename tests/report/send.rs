//! Reports on their way: what each answer of a chat or a webhook leads to, and what is kept when one does not arrive.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use a360::cli::{FailOn, Format, Output};
use a360::model::endpoint::{Auth, Endpoint, Proxy, Secret};
use a360::model::target::{Folder, Hook, Target, Way};
use a360::report::send::{Outcome, Told, send};
use a360::report::{Delivery, FIRING, NOT_SENT, Patience, run};

use crate::script::{NOW, Script, build, plan, scripted};
use crate::server::{Server, Then, refused_url, say};

const HASTE: Patience = Patience {
    pauses: [Duration::from_millis(1), Duration::from_millis(2)],
    most_wait: Duration::from_millis(5),
    deadline: Duration::from_secs(20),
};

/// A chat whose address is a secret, as the config has it.
fn chat(url: &str) -> Target {
    let place = tempfile::NamedTempFile::new().unwrap();
    fs::write(place.path(), format!("{url}/services/T0/B0/hunter2hunter2\n")).unwrap();
    let (_, path) = place.keep().unwrap();
    Target { name: "ops".to_owned(), way: Way::Slack(Hook { address: Some(Secret::File(path)), endpoint: direct("") }) }
}

fn direct(url: &str) -> Endpoint {
    Endpoint { proxy: Proxy::None, timeout: Duration::from_secs(5), ..Endpoint::new(url) }
}

fn webhook(endpoint: Endpoint) -> Target {
    Target { name: "archive".to_owned(), way: Way::Webhook(Hook { address: None, endpoint }) }
}

fn folder(path: &Path) -> Target {
    let formats = vec![Format::Markdown, Format::Json];
    Target { name: "share".to_owned(), way: Way::File(Folder { path: path.to_owned(), formats }) }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn outcomes(targets: &[Target], patience: &Patience) -> Vec<Outcome> {
    let report = build(Script::incident());
    runtime().block_on(send(&report, targets, &Told::default(), patience, || NOW))
}

fn outcome(target: Target) -> Result<String, String> {
    let outcome = outcomes(&[target], &HASTE).remove(0);
    let text = |text: a360::text::Plain| text.to_string();
    let result = outcome.result.map(text).map_err(text);
    let (Ok(said) | Err(said)) = &result;
    assert!(!said.contains("hunter2"), "{said}");
    result
}

#[test]
fn a_chat_that_takes_it_gets_it_once() {
    let server = Server::saying("200 OK", "", "ok");
    assert_eq!(outcome(chat(&server.url())).as_deref(), Ok("1 message"));
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].head.starts_with("post /services/t0/b0/hunter2hunter2 http/1.1"), "{}", requests[0].head);
    assert!(requests[0].head.contains("content-type: application/json"));
    let body: serde_json::Value = serde_json::from_str(&requests[0].body).unwrap();
    assert!(body["text"].as_str().unwrap().starts_with("CRITICAL: prod, last hour: /api/pay"), "{body}");
}

#[test]
fn every_answer_of_a_chat_has_its_end() {
    for (status, headers, body, tries, part) in [
        ("400 Bad Request", "", "no_text", 1, "HTTP 400 no_text: this is a mistake of a360"),
        ("400 Bad Request", "", "invalid_blocks", 1, "HTTP 400 invalid_blocks: this is a mistake of a360"),
        ("400 Bad Request", "", "invalid_payload", 1, "HTTP 400 invalid_payload: this is a mistake of a360"),
        ("403 Forbidden", "", "action_prohibited", 1, "ask one"),
        ("403 Forbidden", "", "invalid_token", 1, "make a new one"),
        ("404 Not Found", "", "no_service", 1, "make a new one"),
        ("410 Gone", "", "channel_is_archived", 1, "open it again"),
        ("401 Unauthorized", "", "hunter2hunter2 is bad", 1, "HTTP 401 *** is bad"),
        ("429 Too Many Requests", "Retry-After: 30\r\n", "rate", 3, "takes no more messages now (tried 3 times)"),
        ("500 Internal Server Error", "", "rollup_error", 3, "HTTP 500 rollup_error: the chat has trouble of its own"),
        ("503 Unavailable", "", "", 3, "tried 3 times"),
        ("502 Bad Gateway", "", "", 1, "lost its answer; it may have arrived, so it was not sent again"),
        ("504 Gateway Timeout", "", "", 1, "lost its answer; it may have arrived, so it was not sent again"),
        (
            "302 Found",
            "Location: https://other.example/services/T0/B0/hunter2hunter2\r\n",
            "",
            1,
            "redirected to https://other.example, which is not followed",
        ),
        ("200 OK", "", "<html><title>Sign in</title>", 1, "a web page"),
    ] {
        let server = Server::saying(status, headers, body);
        let why = outcome(chat(&server.url())).unwrap_err();
        assert!(why.contains(part), "{status}: {why}");
        assert_eq!(server.requests().len(), tries, "{status}");
    }
}

#[test]
fn trouble_that_passes_is_waited_for() {
    for (status, headers) in [("500 x", ""), ("429 x", "Retry-After: 1\r\n"), ("429 x", "Retry-After: soon\r\n")] {
        let server = Server::new(move |request, wire| match request.number {
            0 | 1 => say(wire, status, headers, b""),
            _ => say(wire, "200 OK", "", b"ok"),
        });
        assert_eq!(outcome(chat(&server.url())).as_deref(), Ok("1 message"), "{status}");
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn what_may_have_arrived_is_not_sent_again() {
    let closing = Server::new(|_, _| Then::Close);
    let why = outcome(chat(&closing.url())).unwrap_err();
    assert!(why.contains("it may have arrived, so it was not sent again"), "{why}");
    assert_eq!(closing.requests().len(), 1);

    let silent = Server::new(|_, _| {
        std::thread::sleep(Duration::from_secs(3));
        Then::Close
    });
    let endpoint = Endpoint { timeout: Duration::from_millis(200), ..direct(&silent.url()) };
    let why = outcome(webhook(endpoint)).unwrap_err();
    assert!(why.contains("no answer within 200ms, after it was sent: it may have arrived"), "{why}");
    assert_eq!(silent.requests().len(), 1);
}

#[test]
fn where_nobody_listens_it_is_tried_again() {
    let why = outcome(chat(&refused_url())).unwrap_err();
    assert_eq!(why, "connection refused (tried 3 times)");
}

#[test]
fn a_secret_that_is_not_there_or_is_no_address_sends_nothing() {
    let with = |address: Secret| Target {
        name: "ops".to_owned(),
        way: Way::Slack(Hook { address: Some(address), endpoint: direct("") }),
    };
    let why = outcome(with(Secret::Env("A360_NO_SUCH_URL".to_owned()))).unwrap_err();
    assert_eq!(why, "not signed in: environment variable A360_NO_SUCH_URL is not set");
    let command = |text: &str| Secret::Command(vec!["echo".to_owned(), text.to_owned()]);
    let why = outcome(with(command("http://hooks.example/hunter2"))).unwrap_err();
    assert!(why.contains("the address of command echo begins with http://"), "{why}");
}

#[test]
fn a_webhook_gets_the_report_and_the_same_key_each_time() {
    let server = Server::new(|request, wire| match request.number {
        0 => say(wire, "502 Bad Gateway", "", b""),
        _ => say(wire, "202 Accepted", "", b""),
    });
    let token = Secret::Command(vec!["echo".to_owned(), "hunter2hunter2".to_owned()]);
    let endpoint = Endpoint { auth: Auth::Bearer(token), ..direct(&format!("{}/in/", server.url())) };
    let endpoint = Endpoint { url: format!("{}/in/", server.url()), ..endpoint };
    assert!(outcome(webhook(endpoint)).unwrap().ends_with("bytes of JSON"));
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    let header = |number: usize, name: &str| {
        requests[number].head.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned()
    };
    assert!(requests[0].head.starts_with("post /in/ http/1.1"));
    assert_eq!(header(0, "authorization:"), "authorization: bearer hunter2hunter2");
    assert_eq!(header(0, "idempotency-key:").len(), "idempotency-key: ".len() + 32);
    assert_eq!(header(0, "idempotency-key:"), header(1, "idempotency-key:"));
    let report: serde_json::Value = serde_json::from_str(&requests[1].body).unwrap();
    assert_eq!(report["schema"], "a360.report/2");
}

#[test]
fn a_webhook_that_refuses_says_what_to_mend() {
    for (status, part) in [
        ("401 Unauthorized", "HTTP 401: it wants to know who posts: set `token`"),
        ("404 Not Found", "mend `url`"),
        ("413 Too Large", "too large"),
        ("422 Unprocessable", "it does not take our report"),
    ] {
        let server = Server::saying(status, "", "");
        let why = outcome(webhook(direct(&server.url()))).unwrap_err();
        assert!(why.contains(part), "{status}: {why}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn one_that_hangs_does_not_hold_up_the_others() {
    let folder_of_files = tempfile::tempdir().unwrap();
    let mute = Server::raw(crate::server::mute);
    let good = Server::saying("200 OK", "", "ok");
    let targets = [chat(&mute.url()), folder(folder_of_files.path()), chat(&good.url())];
    let patience = Patience { deadline: Duration::from_millis(700), ..HASTE };
    let all = outcomes(&targets, &patience);
    let why = all[0].result.clone().unwrap_err();
    assert!(why.contains("not done after 700ms"), "{why}");
    assert!(all[1].result.is_ok() && all[2].result.is_ok(), "{all:?}");
    let mut names: Vec<String> = names(folder_of_files.path());
    names.sort();
    let stem = "a360-prod-last-hour-2026-11-23T14-03-27Z";
    assert_eq!(names, [format!("{stem}.json"), format!("{stem}.md")]);
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_folder_that_is_not_there_or_no_folder_is_said() {
    let place = tempfile::tempdir().unwrap();
    let why = outcome(folder(&place.path().join("none"))).unwrap_err();
    assert!(why.ends_with("none; create it or write elsewhere"), "{why}");
    fs::write(place.path().join("file"), "").unwrap();
    assert!(outcome(folder(&place.path().join("file"))).is_err());
    // Nothing can be made in there, whoever asks.
    let why = outcome(folder(Path::new("/proc/self"))).unwrap_err();
    assert!(why.contains("cannot write /proc/self/a360-prod"), "{why}");
}

fn delivered(files: Vec<(Format, Output)>, targets: Vec<Target>, spare: &Path) -> u8 {
    let delivery = delivery(files, targets, spare);
    runtime().block_on(run(&scripted(Script::incident()), &plan(), &delivery, || NOW))
}

fn delivery(files: Vec<(Format, Output)>, targets: Vec<Target>, spare: &Path) -> Delivery {
    let (spare, begun) = (spare.to_owned(), Arc::default());
    Delivery { files, targets, fail_on: FailOn::Critical, ascii: false, spare, patience: HASTE, begun }
}

#[test]
fn a_report_that_is_cut_off_while_it_is_sent_is_kept() {
    let (place, (asked, arrived)) = (tempfile::tempdir().unwrap(), std::sync::mpsc::channel());
    let silent = Server::new(move |_, _| {
        let _ = asked.send(());
        std::thread::sleep(Duration::from_secs(2));
        Then::Close
    });
    let delivery = delivery(Vec::new(), vec![chat(&silent.url())], place.path());
    let (ask, plan) = (scripted(Script::incident()), plan());
    let cut = async || {
        tokio::select! {
            _ = run(&ask, &plan, &delivery, || NOW) => false,
            it = tokio::task::spawn_blocking(move || arrived.recv().is_ok()) => it.unwrap(),
        }
    };
    assert!(runtime().block_on(cut()));
    assert!(delivery.begun.load(std::sync::atomic::Ordering::Relaxed));
    assert_eq!(endings(place.path()), ["html", "json"]);
}

fn endings(folder: &Path) -> Vec<String> {
    let mut all: Vec<String> =
        names(folder).iter().map(|name| name.rsplit('.').next().unwrap_or_default().to_owned()).collect();
    all.sort();
    all
}

#[test]
fn what_is_sent_leaves_the_exit_code_to_the_report() {
    let (server, spare) = (Server::saying("200 OK", "", "ok"), tempfile::tempdir().unwrap());
    assert_eq!(delivered(Vec::new(), vec![chat(&server.url())], spare.path()), FIRING);
    assert!(names(spare.path()).is_empty());
}

#[test]
fn what_is_not_sent_is_kept_and_is_the_worst_of_all() {
    let place = tempfile::tempdir().unwrap();
    let bad = Server::saying("404 Not Found", "", "no_service");
    let good = Server::saying("200 OK", "", "");
    let spare = place.path().join("state/unsent");
    let output = place.path().join("report.txt");
    let files = vec![(Format::Text, Output::File(output.clone()))];
    let targets = vec![chat(&bad.url()), webhook(direct(&good.url()))];
    assert_eq!(delivered(files, targets, &spare), NOT_SENT);
    assert_eq!(endings(&spare), ["html", "json"]);
    assert!(fs::read_to_string(output).unwrap().contains("a360 report"));
    assert_eq!(good.requests().len(), 1);
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(&spare).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn a_full_disk_keeps_the_report_elsewhere() {
    let place = tempfile::tempdir().unwrap();
    let full = place.path().join("full.json");
    std::os::unix::fs::symlink("/dev/full", &full).unwrap();
    let spare = place.path().join("unsent");
    assert_eq!(delivered(vec![(Format::Json, Output::File(full))], Vec::new(), &spare), NOT_SENT);
    assert_eq!(endings(&spare), ["json"]);
}
