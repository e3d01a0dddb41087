//! A server that dies and comes back while someone looks.

use super::{console, is_whole, report, shows, watching};

fn dies_and_comes_back(server: &str) {
    let stack = watching(server);
    let url = stack.url(server);
    let mut console = console(&url, &[]);
    console.until("four panels with values", is_whole);
    stack.kill(server);
    console.until("the outage with its cause, and the last data with their age", |screen| {
        shows(screen, &["connection refused", "prom ✖ refused", "stale", "req/s"])
    });
    console.write("jf");
    console.until("keys go on working", |screen| shows(screen, &["Error rate", "avg"]));
    console.write("\x1b");
    console.until("all panels again", |screen| shows(screen, &["Request rate", "Error rate"]));
    let refused = report(&url, &[]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    stack.start(&[server]);
    console.until("it recovers by itself", |screen| is_whole(screen) && !shows(screen, &["stale"]));
    console.write("q");
    console.rest();
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn a_prometheus_2_dies_and_comes_back() {
    dies_and_comes_back("prometheus-2.42");
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn a_prometheus_3_dies_and_comes_back() {
    dies_and_comes_back("prometheus-3.14");
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn a_victoria_metrics_dies_and_comes_back() {
    dies_and_comes_back("victoria-metrics");
}
