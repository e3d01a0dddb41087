//! No secret is ever in what is sent to the collector, not even when servers repeat what they were sent.

use crate::collector::Collector;
use crate::server::{Request, Server, say};
use crate::{config, err, run};

/// What must never be seen, and what it becomes in a header: `oncall:hunter-password`, `me:hunter-proxy`.
const SECRETS: [&str; 7] = [
    "hunter-password",
    "hunter-token",
    "hunter-key",
    "hunter-tenant",
    "hunter-proxy",
    "b25jYWxsOmh1bnRlci1wYXNzd29yZA",
    "bWU6aHVudGVyLXByb3h5",
];

/// Repeats the whole head of a request in each way there is to answer.
fn echo() -> Server {
    Server::new(|request: &Request, wire| {
        let json = serde_json::to_string(&request.head).unwrap();
        let refusal = format!(r#"{{"status":"error","errorType":"bad_data","error":{json}}}"#);
        let page = format!("<html><title>{}</title></html>", request.head);
        let (status, body) = match request.number % 6 {
            0 => ("400 Bad Request", refusal),
            1 => ("401 Unauthorized", request.head.clone()),
            2 => ("403 Forbidden", request.head.clone()),
            3 => ("500 Internal Server Error", request.head.clone()),
            4 => ("200 OK", page),
            _ => ("200 OK", format!("{{{json}:")),
        };
        say(wire, status, "", body.as_bytes())
    })
}

#[test]
fn no_secret_is_sent_even_when_servers_repeat_them() {
    let folder = tempfile::tempdir().unwrap();
    let (collector, echo) = (Collector::new(), echo());
    let (url, port) = (echo.url(), echo.port());
    let path = config(
        folder.path(),
        &format!(
            "[contexts.shop.prometheus]
url = '{url}'
username = 'oncall'
password = {{ env = 'A360_PASSWORD' }}
proxy = 'none'
[contexts.shop.prometheus.headers]
X-Scope-OrgID = 'hunter-tenant'
X-Api-Key = {{ env = 'A360_KEY' }}
[contexts.shop.alertmanager]
url = '{url}'
token = {{ env = 'A360_TOKEN' }}
proxy = 'none'
[contexts.shop.elasticsearch]
url = 'http://search.example'
token = {{ env = 'A360_TOKEN' }}
"
        ),
    );
    let proxy = format!("http://me:hunter-proxy@127.0.0.1:{port}");
    let vars = [
        ("A360_PASSWORD", "hunter-password"),
        ("A360_TOKEN", "hunter-token"),
        ("A360_KEY", "hunter-key"),
        ("http_proxy", proxy.as_str()),
    ];
    let output = run(&["--config", &path, "--report", "5m", &collector.flag()], &vars);
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    let heads: String = echo.requests().into_iter().map(|request| request.head).collect();
    for secret in SECRETS.map(str::to_ascii_lowercase) {
        let is_base64_part = ["hunter-password", "hunter-proxy"].contains(&secret.as_str());
        assert!(is_base64_part || heads.contains(&secret), "{secret} was never sent to a source: nothing is tested");
    }
    let spans = collector.spans();
    for source in ["prom", "am", "es"] {
        assert!(spans.iter().any(|span| span.says("source") == source && span.error.is_some()), "{source}");
    }
    for (head, body) in collector.taken() {
        let text = head + &String::from_utf8_lossy(&body);
        let text = text.to_ascii_lowercase();
        for secret in SECRETS.map(str::to_ascii_lowercase) {
            assert!(!text.contains(&secret), "{secret} was told");
        }
    }
}
