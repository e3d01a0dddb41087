//! A real Prometheus behind a small proxy that wants TLS, and to know who asks, as on most sites.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use tempfile::TempDir;

use super::server::{Request, Server, Then, Wire, fixture, say};
use super::{is_whole, on_terminal, shows, watching};

/// `oncall:right` and `guest:right`, as the header carries them, in lower case like all headers here.
const ONCALL: &str = "authorization: basic b25jywxsonjpz2h0";
const GUEST: &str = "authorization: basic z3vlc3q6cmlnahq=";

/// Passes on what `oncall` asks; `guest` is known and may not; nobody else is known.
fn gateway(port: u16) -> Server {
    Server::secure("server", false, move |request, wire| {
        if request.head.contains(ONCALL) {
            return pass_on(port, request, wire).unwrap_or(Then::Close);
        }
        let (status, words): (_, &[u8]) =
            if request.head.contains(GUEST) { ("403 Forbidden", b"not for guests") } else { ("401 Unauthorized", b"") };
        say(wire, status, "Content-Type: text/plain\r\n", words)
    })
}

fn pass_on(port: u16, request: &Request, wire: &mut dyn Wire) -> std::io::Result<Then> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let mut lines = request.head.lines();
    let mut line = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (line.next().unwrap_or_default().to_ascii_uppercase(), line.next().unwrap_or_default());
    let keep = |line: &&str| !line.starts_with("connection:") && !line.is_empty();
    let headers: String = lines.filter(keep).map(|line| format!("{line}\r\n")).collect();
    write!(stream, "{method} {path} HTTP/1.1\r\n{headers}connection: close\r\n\r\n{}", request.body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    wire.write_all(&answer)?;
    wire.flush()?;
    Ok(Then::Close)
}

fn port(url: &str) -> u16 {
    url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap()
}

fn config(folder: &TempDir, url: &str, lines: &str) -> String {
    let path = folder.path().join("config.toml");
    fs::write(&path, format!("[contexts.site.prometheus]\nurl = \"{url}\"\n{lines}")).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Opens the console on the gateway with these lines in its config, and waits until it shows all the words.
fn expect(url: &str, lines: &str, words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = config(&folder, url, lines);
    let mut console = on_terminal(&["--config", &path, "--range", "5m", "--refresh", "1s"]);
    console.until(&words.join(", "), |screen| shows(screen, words));
    console.write("q");
    console.rest();
}

#[test]
#[ignore = "skipped: needs real servers, see tests/stack"]
fn a_prometheus_behind_tls_and_a_sign_in() {
    let stack = watching("prometheus-2.42");
    let gateway = gateway(port(&stack.url("prometheus-2.42")));
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("password");
    let ca = format!("ca_file = '{}'\n", fixture("tls/ca.pem").display());
    let user = |name: &str, password: &str| {
        fs::write(&secret, password).unwrap();
        format!("username = '{name}'\npassword = {{ file = '{}' }}\n{ca}", secret.display())
    };
    let url = gateway.url();

    expect(&url, "", &["prom ✖ tls", "ca_file"]);
    expect(&url, &ca, &["prom ✖ 401", "wants to know who asks"]);
    expect(&url, &user("oncall", "wrong"), &["prom ✖ 401", "the server refused oncall"]);
    expect(&url, &user("guest", "right"), &["prom ✖ 403", "not for guests"]);

    let path = config(&folder, &url, &user("oncall", "right"));
    let mut console = on_terminal(&["--config", &path, "--range", "5m", "--refresh", "1s"]);
    console.until("four panels with values", is_whole);
    console.write("q");
    let written = console.rest();
    assert!(!written.contains("right\x1b") && !written.contains("b25jYWxsOnJpZ2h0"), "a secret was shown");
}
