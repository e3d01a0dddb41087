//! Six ways a TLS connection fails, six different messages, and what mends three of them.

use std::io::{Read, Write};

use a360::model::endpoint::{Endpoint, Proxy, Tls};
use a360::model::fault::FetchError;
use a360::source::http::{Client, Reply};
use a360::time::Timestamp;

use crate::server::{Server, fixture};

const OK: &str = r#"{"status":"success"}"#;

fn trusting(url: &str) -> Endpoint {
    let tls = Tls { ca_file: Some(fixture("tls/ca.pem")), ..Tls::default() };
    Endpoint { proxy: Proxy::None, tls, ..Endpoint::new(url) }
}

async fn ask(endpoint: Endpoint) -> Result<Reply, FetchError> {
    Client::new(endpoint).get("/", Timestamp(0)).await
}

async fn words(endpoint: Endpoint) -> String {
    ask(endpoint).await.err().expect("no answer").to_string()
}

#[tokio::test]
async fn the_authority_file_makes_a_private_server_trusted() {
    let server = Server::tls("server", OK, false);
    let stranger = Endpoint { tls: Tls::default(), ..trusting(&server.url()) };
    let error = words(stranger).await;
    let known = ["set `ca_file`", "TLS: "].iter().all(|part| error.contains(part));
    assert!(known, "{error}");
    assert_eq!(ask(trusting(&server.url())).await.unwrap().body, OK.as_bytes());
}

#[tokio::test]
async fn insecure_accepts_anything() {
    let server = Server::tls("expired", OK, false);
    let tls = Tls { insecure: true, ..Tls::default() };
    assert!(ask(Endpoint { tls, ..trusting(&server.url()) }).await.is_ok());
}

#[tokio::test]
async fn an_expired_certificate_says_since_when() {
    let server = Server::tls("expired", OK, false);
    assert_eq!(words(trusting(&server.url())).await, "TLS: the server's certificate expired on 2021-01-01");
}

#[tokio::test]
async fn a_certificate_for_another_host_says_for_which() {
    let server = Server::tls("other", OK, false);
    let error = words(trusting(&server.url())).await;
    assert!(
        error.starts_with(&format!("TLS: the server's certificate is not for 127.0.0.1:{}", server.port())),
        "{error}"
    );
    assert!(error.contains("other.example"), "{error}");
}

#[tokio::test]
async fn a_client_certificate_is_asked_for_and_sent() {
    let server = Server::tls("server", OK, true);
    let without = trusting(&server.url());
    assert_eq!(
        words(without.clone()).await,
        "TLS: the server wants a client certificate; set `cert_file` and `key_file`"
    );
    let mut with = without;
    with.tls.cert_file = Some(fixture("tls/client.pem"));
    with.tls.key_file = Some(fixture("tls/client.key"));
    assert!(ask(with).await.is_ok());
}

#[tokio::test]
async fn plain_http_on_a_tls_port_and_the_reverse() {
    // What Go answers when it is greeted in TLS.
    let plain = Server::raw(|stream| {
        let _ = stream.read(&mut [0; 16 * 1024]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request");
    });
    let error = words(trusting(&plain.url().replace("http:", "https:"))).await;
    assert_eq!(error, "TLS: the port does not speak TLS; write http:// if that is meant");
    let tls = Server::tls("server", OK, false);
    let error = words(trusting(&tls.url().replace("https:", "http:"))).await;
    assert_eq!(error, "TLS: the answer is not HTTP; if the port speaks TLS, write https://");
}

#[tokio::test]
async fn files_that_are_no_certificates_are_named() {
    let file = |ca: &str| {
        let tls = Tls { ca_file: Some(fixture(ca)), ..Tls::default() };
        Endpoint { tls, ..trusting("https://127.0.0.1:1") }
    };
    let error = words(file("tls/none.pem")).await;
    assert!(error.ends_with("tls/none.pem cannot be read: entity not found"), "{error}");
    let error = words(file("tls/make.sh")).await;
    assert!(error.ends_with("tls/make.sh holds no PEM certificate"), "{error}");
    let error = words(file("/dev/zero")).await;
    assert_eq!(error, "TLS: /dev/zero is no PEM file");
    let mut wrong = trusting("https://127.0.0.1:1");
    wrong.tls.cert_file = Some(fixture("tls/client.pem"));
    wrong.tls.key_file = Some(fixture("tls/ca.pem"));
    assert!(words(wrong).await.contains("are not a PEM certificate and key"));
}
