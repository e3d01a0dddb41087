//! A collector that is down, refuses or hangs: said once, and nobody waits for it.

use crate::collector::Collector;
use crate::pty::{self, Pty};
use crate::server::refused_url;
use crate::{PROGRAM, err, hanging, prometheus, refusing, report};

fn console(to: &str) -> Pty {
    let flag = format!("--trace-self={to}/v1/traces");
    let vars = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("TZ", "UTC")];
    Pty::spawn(pty::command(PROGRAM, &["--demo", &flag], &vars), 120, 40)
}

fn shows(screen: &vt100::Screen, text: &str) -> bool {
    screen.contents().contains(text)
}

/// Keys are served, and the end comes with the terminal given back.
fn works_and_ends(mut console: Pty) -> String {
    console.until("values", |screen| shows(screen, "req/s"));
    console.write("?");
    console.until("help", |screen| shows(screen, "KEYS"));
    console.write("?");
    console.until("no help", |screen| !shows(screen, "KEYS"));
    console.write("q");
    let written = console.rest();
    assert_eq!(console.child.wait().unwrap().exit_code(), 0);
    let (_, after) = written.rsplit_once("\x1b[?1049l").unwrap();
    assert!(!after.contains("own traces"), "{after:?}");
    written
}

#[test]
fn a_report_is_the_same_without_a_collector_and_says_one_line() {
    let prometheus = prometheus();
    let (refusing, hanging) = (refusing(), hanging());
    let well = report(&prometheus, &Collector::new().flag());
    let host = |url: &str| url.strip_prefix("http://").unwrap().to_owned();
    for (url, said) in [
        (refused_url(), "own traces: refused by HOST; a360 goes on without"),
        (refusing.url(), "own traces: HOST: HTTP 503; a360 goes on without"),
        (hanging.url(), "own traces: HOST does not answer; some are lost"),
    ] {
        let output = report(&prometheus, &format!("--trace-self={url}"));
        assert_eq!(output.status.code(), well.status.code());
        assert_eq!(output.stdout.len(), well.stdout.len());
        let expected = format!("a360: {}", said.replace("HOST", &host(&url)));
        assert_eq!(err(&output).lines().filter(|line| line.contains("own traces")).collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn a_dead_collector_is_said_once_in_the_footer_and_keys_are_served() {
    let url = refused_url();
    let console = console(&url);
    let said = format!("own traces: refused by {}; a360 goes on without", url.strip_prefix("http://").unwrap());
    console.until(&said, |screen| shows(screen, &said));
    let written = works_and_ends(console);
    assert!(!written.contains("opentelemetry") && !written.contains("BatchSpan"), "no library speaks");
}

#[test]
fn a_hanging_collector_holds_up_neither_keys_nor_the_end() {
    let hanging = hanging();
    let console = console(&hanging.url());
    works_and_ends(console);
    assert_eq!(hanging.connections(), 1, "it was tried");
}

#[test]
fn a_console_that_ends_at_once_sends_what_it_has() {
    let collector = Collector::new();
    works_and_ends(console(&collector.server.url()));
    let spans = collector.spans();
    for name in ["Range", "Alerts"] {
        let span = spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name}: {spans:?}"));
        assert_eq!((span.says("context"), span.parent.as_str()), ("demo", ""), "{span:?}");
    }
    // A span for each question, none for keys, ticks or frames in time.
    assert!(spans.iter().all(|span| span.says("function.name") == "poll" || span.took_ns > 16_000_000), "{spans:?}");
}
