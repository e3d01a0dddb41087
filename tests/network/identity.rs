//! Who we are, to whom, and by which way: secrets, redirects and proxies, with nothing given away.

use std::path::Path;

use a360::model::endpoint::{Auth, Endpoint, HeaderValue, Proxy, Secret};
use a360::model::fault::FetchError;
use a360::source::http::Client;

use crate::http::{NOW, OK, ask, endpoint, fault};
use crate::server::{Server, refused_url, say};

#[tokio::test]
async fn a_redirect_elsewhere_is_not_followed_and_takes_no_secret_along() {
    let sink = Server::saying("200 OK", "", OK);
    let target = format!("Location: {}/login?next=s3cret\r\n", sink.url());
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let target = target.clone();
        let server = Server::new(move |_, wire| say(wire, status, &target, b""));
        let mut from = endpoint(&server.url());
        from.headers = vec![("X-Api-Key".to_owned(), HeaderValue::Text("s3cret".to_owned()))];
        let error = fault(from).await.to_string();
        assert_eq!(
            error,
            format!("redirected to {}/login; a login in front of it, or a new address to set?", sink.url())
        );
    }
    assert_eq!(sink.requests().len(), 0);
    assert_eq!(sink.connections(), 0);
}

#[tokio::test]
async fn a_redirect_within_the_server_keeps_the_question() {
    let server = Server::new(|request, wire| match request.head.contains("/new") {
        true => say(wire, "200 OK", "", OK.as_bytes()),
        false => say(wire, "308 Permanent Redirect", "Location: /new\r\n", b""),
    });
    assert_eq!(ask(endpoint(&server.url())).await.unwrap().status, 200);
    let requests = server.requests();
    assert!(requests[1].head.starts_with("post /new"));
    assert_eq!(requests[1].body, "query=up");
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let server = Server::saying("307 Temporary Redirect", "Location: /again\r\n", "");
    let error = fault(endpoint(&server.url())).await.to_string();
    assert_eq!(error, "redirected again and again; is the address in the config right?");
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn a_secret_that_cannot_be_had_is_fetched_once_for_all_who_wait_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let (runs, script) = (folder.path().join("runs"), "echo x >> \"$0\"; sleep 0.2; exit 1");
    let words = ["sh", "-c", script, &runs.to_string_lossy()].map(str::to_owned).to_vec();
    let client = Client::new(Endpoint { auth: Auth::Bearer(Secret::Command(words)), ..endpoint(&refused_url()) });
    let asks: Vec<_> = (0..6)
        .map(|_| {
            let client = client.clone();
            async move { client.get("/", NOW).await.err() }
        })
        .collect();
    for error in futures_util::future::join_all(asks).await {
        assert!(matches!(error, Some(FetchError::Unauthorized(_))), "{error:?}");
    }
    assert_eq!(std::fs::read_to_string(&runs).unwrap(), "x\n");
    assert!(client.get("/", NOW).await.is_err());
    assert_eq!(std::fs::read_to_string(&runs).unwrap(), "x\nx\n", "who comes later tries again");
}

fn with_token(url: &str, token: &Path) -> Client {
    Client::new(Endpoint { auth: Auth::Bearer(Secret::File(token.to_owned())), ..endpoint(url) })
}

#[tokio::test]
async fn a_secret_that_changed_is_fetched_again_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "old\n").unwrap();
    let file = token.clone();
    let server = Server::new(move |request, wire| {
        let current = if request.number == 0 { "old" } else { "new" };
        std::fs::write(&file, current).unwrap();
        match request.head.contains(&format!("authorization: bearer {current}\r\n")) {
            true => say(wire, "200 OK", "", OK.as_bytes()),
            false => say(wire, "401 Unauthorized", "", b""),
        }
    });
    let client = with_token(&server.url(), &token);
    for _ in 0..3 {
        assert_eq!(client.get("/", NOW).await.unwrap().status, 200);
    }
    assert_eq!(server.requests().len(), 4, "one 401, then the new secret");
}

#[tokio::test]
async fn a_refused_secret_is_not_tried_again_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "s3cret\n").unwrap();
    let server = Server::saying("401 Unauthorized", "", "bad token: s3cret");
    let client = with_token(&server.url(), &token);
    let error = client.get("/", NOW).await.err().unwrap();
    let words = format!("the server refused the token of file {} (it says: bad token: ***)", token.display());
    assert_eq!(error.to_string(), format!("not signed in: {words}"));
    assert_eq!(server.requests().len(), 1);
    assert!(!format!("{client:?} {error:?}").contains("s3cret"));
}

#[tokio::test]
async fn who_we_are_is_sent_with_every_request() {
    let server = Server::saying("200 OK", "", OK);
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, "open sesame\n").unwrap();
    let mut to = endpoint(&server.url());
    to.auth = Auth::Basic { username: "aladdin".to_owned(), password: Secret::File(password) };
    let key = Secret::Command(["sh", "-c", "echo k3y"].map(str::to_owned).to_vec());
    to.headers = vec![
        ("X-Scope-OrgID".to_owned(), HeaderValue::Text("team-a|team-b".to_owned())),
        ("X-Api-Key".to_owned(), HeaderValue::Secret(key)),
    ];
    ask(to).await.unwrap();
    let head = &server.requests()[0].head;
    assert!(head.contains("authorization: basic ywxhzgrpbjpvcgvuihnlc2ftzq==\r\n"), "{head}");
    assert!(head.contains("x-scope-orgid: team-a|team-b\r\n") && head.contains("x-api-key: k3y\r\n"), "{head}");
}

#[tokio::test]
async fn a_secret_that_cannot_be_had_is_named_before_anything_is_sent() {
    let server = Server::saying("200 OK", "", OK);
    let auth = Auth::Bearer(Secret::Env("A360_TEST_NO_SUCH_TOKEN".to_owned()));
    let error = fault(Endpoint { auth, ..endpoint(&server.url()) }).await;
    assert_eq!(error.to_string(), "not signed in: environment variable A360_TEST_NO_SUCH_TOKEN is not set");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn refusals_say_what_to_mend() {
    let cases = [
        (
            "401 Unauthorized",
            "",
            "",
            "not signed in: the server wants to know who asks; the config gives a source a `token`, or `username` and `password`",
        ),
        (
            "401 Unauthorized",
            "",
            "no org id\n",
            "not signed in: set the X-Scope-OrgID header to your tenant (the server says: no org id)",
        ),
        ("403 Forbidden", "", "not yours\x1b[2J", "not allowed (403): not yours^[[2J"),
        (
            "407 Proxy Authentication Required",
            "",
            "<html>",
            "proxy wants a sign-in (407): put user and password in its URL",
        ),
        ("429 Too Many Requests", "Retry-After: 120\r\n", "slow down", "too many requests (429), waiting 2m"),
        (
            "400 Bad Request",
            "",
            "Client sent an HTTP request to an HTTPS server.\n",
            "TLS: the port wants TLS; write https:// in the URL",
        ),
    ];
    for (status, headers, body, words) in cases {
        let server = Server::saying(status, headers, body);
        assert_eq!(fault(endpoint(&server.url())).await.to_string(), words);
    }
}

#[tokio::test]
async fn a_proxy_is_used_and_named() {
    let proxy = Server::new(|request, wire| {
        assert!(request.head.starts_with("post http://prometheus.invalid:9090/api http/1.1"));
        say(wire, "200 OK", "", OK.as_bytes())
    });
    let mut through = endpoint("http://prometheus.invalid:9090");
    through.proxy = Proxy::Url(proxy.url());
    assert_eq!(ask(through.clone()).await.unwrap().status, 200);

    let nobody = refused_url();
    through.proxy = Proxy::Url(nobody.replace("http://", "http://user:s3cret@"));
    let error = fault(through).await;
    assert_eq!(error.to_string(), format!("proxy {}: connection refused", nobody.trim_start_matches("http://")));
}

#[tokio::test]
async fn a_proxy_that_wants_a_sign_in_says_so_for_tls_too() {
    let proxy = Server::saying("407 Proxy Authentication Required", "", "<html>");
    let mut through = endpoint("https://prometheus.invalid");
    through.proxy = Proxy::Url(proxy.url());
    assert_eq!(
        fault(through.clone()).await.to_string(),
        "proxy wants a sign-in (407): put user and password in its URL"
    );
    let gateway = Server::saying("502 Bad Gateway", "", "<html>");
    through.proxy = Proxy::Url(gateway.url());
    assert_eq!(fault(through).await.to_string(), "proxy would not connect us to prometheus.invalid");
}
