//! The network goes wrong in every way it can: the client says which, in words that help, and gives nothing away.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use a360::model::endpoint::{Endpoint, Proxy};
use a360::model::fault::FetchError;
use a360::source::http::{Client, Reply};
use a360::time::Timestamp;

use crate::server::{Server, Then, fixture, mute, refused_url, reset, say};

pub const NOW: Timestamp = Timestamp(1_795_388_290_000);
pub const OK: &str = r#"{"status":"success"}"#;

pub fn endpoint(url: &str) -> Endpoint {
    Endpoint { proxy: Proxy::None, ..Endpoint::new(url) }
}

fn quick(url: &str) -> Endpoint {
    let short = Duration::from_millis(300);
    Endpoint { connect_timeout: short, timeout: short, ..endpoint(url) }
}

pub async fn ask(endpoint: Endpoint) -> Result<Reply, FetchError> {
    Client::new(endpoint).post_form("/api", &[("query", "up")], NOW).await
}

pub async fn fault(endpoint: Endpoint) -> FetchError {
    match ask(endpoint).await {
        Ok(reply) => panic!("an answer: {} {}", reply.status, reply.words()),
        Err(fault) => fault,
    }
}

#[tokio::test]
async fn a_question_goes_out_as_a_form_and_comes_back() {
    let server = Server::saying("200 OK", "Content-Type: text/plain\r\n", OK);
    let client = Client::new(endpoint(&format!("{}/base", server.url())));
    let reply = client.post_form("/api", &[("query", "rate(x[5m]) > 1")], NOW).await.unwrap();
    assert_eq!(reply.json("x").unwrap(), OK.as_bytes());
    client.get("/other", NOW).await.unwrap();
    let requests = server.requests();
    assert!(requests[0].head.starts_with("post /base/api http/1.1\r\n"));
    assert!(requests[0].head.contains("content-type: application/x-www-form-urlencoded"));
    assert!(requests[0].head.contains("accept-encoding: gzip"));
    assert_eq!(requests[0].body, "query=rate%28x%5B5m%5D%29+%3E+1");
    assert!(requests[1].head.starts_with("get /base/other http/1.1\r\n"));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn refused_and_then_up_again() {
    assert_eq!(fault(endpoint(&refused_url())).await, FetchError::Refused);
}

#[tokio::test]
async fn a_host_without_an_address_is_named() {
    let error = fault(quick("http://no-such-host.invalid:9090")).await;
    // A resolver that cannot be reached may take its time instead.
    assert!(
        matches!(&error, FetchError::Dns(host) if *host == "no-such-host.invalid:9090")
            || matches!(error, FetchError::ConnectTimeout(_) | FetchError::Timeout(_)),
        "{error:?}"
    );
}

#[tokio::test]
async fn silence_ends_at_the_timeout() {
    let server = Server::raw(mute);
    assert_eq!(fault(quick(&server.url())).await, FetchError::Timeout(Duration::from_millis(300)));
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_no_connection() {
    let server = Server::raw(mute);
    let slow = Endpoint { timeout: Duration::from_secs(30), ..quick(&server.url().replace("http:", "https:")) };
    assert_eq!(fault(slow).await, FetchError::ConnectTimeout(Duration::from_millis(300)));
}

#[tokio::test]
async fn a_dribble_ends_at_the_timeout() {
    let server = Server::new(|_, wire| {
        let _ = wire.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        while wire.write_all(b"x").and_then(|()| wire.flush()).is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Then::Close
    });
    assert_eq!(fault(quick(&server.url())).await, FetchError::Timeout(Duration::from_millis(300)));
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_has_stalled() {
    let (sent, waits) = std::sync::mpsc::channel();
    let server = Server::new(move |_, wire| {
        let _ = wire.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
        let _ = sent.send(());
        let _ = wire.read(&mut [0]);
        Then::Close
    });
    let asked = tokio::spawn(fault(endpoint(&server.url())));
    tokio::task::spawn_blocking(move || waits.recv()).await.unwrap().unwrap();
    // From here on only the clock can end it, and the clock runs ahead.
    tokio::time::pause();
    assert_eq!(asked.await.unwrap(), FetchError::Stalled(Duration::from_secs(10)));
}

#[tokio::test]
async fn half_an_answer_is_truncated() {
    let bodies = [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\"",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"status\"\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{\"status\"",
    ];
    for body in bodies {
        let server = Server::new(move |_, wire| {
            let _ = wire.write_all(body.as_bytes());
            Then::Close
        });
        assert_eq!(fault(endpoint(&server.url())).await, FetchError::Truncated, "{body}");
    }
}

#[tokio::test]
async fn half_a_compressed_answer_is_truncated_and_a_damaged_one_unreadable() {
    let bomb = std::fs::read(fixture("http/bomb.gz")).unwrap();
    let zip = "Content-Encoding: gzip\r\n";
    let half = bomb[..20_000].to_vec();
    let server = Server::new(move |_, wire| say(wire, "200 OK", zip, &half));
    let roomy = Endpoint { max_answer: 1 << 30, ..endpoint(&server.url()) };
    assert_eq!(fault(roomy).await, FetchError::Truncated);
    let server = Server::saying("200 OK", zip, "this is not gzip");
    assert!(matches!(fault(endpoint(&server.url())).await, FetchError::Decode(_)));
}

#[tokio::test]
async fn a_reset_is_a_broken_connection() {
    let server = Server::raw(|stream| reset(stream, b""));
    assert!(matches!(fault(endpoint(&server.url())).await, FetchError::Broken(_)));
    assert_eq!(server.connections(), 2, "asked once more, and no more than that");
    let server = Server::raw(|stream| reset(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"));
    let error = fault(endpoint(&server.url())).await;
    assert!(matches!(error, FetchError::Truncated | FetchError::Broken(_)), "{error:?}");
}

#[tokio::test]
async fn an_endless_answer_stops_at_the_limit() {
    let written = Arc::new(AtomicUsize::new(0));
    let count = written.clone();
    let server = Server::new(move |_, wire| {
        let _ = wire.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 0x10000], b"\r\n"].concat();
        while wire.write_all(&chunk).is_ok() {
            count.fetch_add(0x10000, Ordering::SeqCst);
        }
        Then::Close
    });
    let small = Endpoint { max_answer: 4 << 20, ..endpoint(&server.url()) };
    assert_eq!(fault(small).await, FetchError::TooLarge { limit: 4 << 20 });
    // What the sockets hold besides.
    assert!(written.load(Ordering::SeqCst) < 64 << 20);
}

#[tokio::test]
async fn a_length_beyond_the_limit_is_not_read_at_all() {
    let server = Server::new(|_, wire| {
        let _ = wire.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3221225472\r\n\r\n");
        Then::Keep
    });
    let limit = Endpoint::new("").max_answer;
    assert_eq!(fault(endpoint(&server.url())).await, FetchError::TooLarge { limit });
}

#[tokio::test]
async fn a_gzip_bomb_is_counted_as_it_unfolds() {
    let bomb = std::fs::read(fixture("http/bomb.gz")).unwrap();
    let server = Server::new(move |_, wire| say(wire, "200 OK", "Content-Encoding: gzip\r\n", &bomb));
    let small = Endpoint { max_answer: 1 << 20, ..endpoint(&server.url()) };
    assert_eq!(fault(small).await, FetchError::TooLarge { limit: 1 << 20 });
}

#[tokio::test]
async fn an_idle_connection_that_was_closed_is_opened_again() {
    let server = Server::new(|request, wire| {
        // The second request finds a connection that goes away under it.
        if request.number == 1 { Then::Close } else { say(wire, "200 OK", "", OK.as_bytes()) }
    });
    let client = Client::new(endpoint(&server.url()));
    for _ in 0..2 {
        assert_eq!(client.post_form("/api", &[], NOW).await.unwrap().status, 200);
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 2));
}

#[tokio::test]
async fn an_old_server_without_keep_alive_is_understood() {
    let server = Server::new(|_, wire| {
        let _ = wire.write_all(format!("HTTP/1.0 200 OK\r\n\r\n{OK}").as_bytes());
        Then::Close
    });
    assert_eq!(ask(endpoint(&server.url())).await.unwrap().body, OK.as_bytes());
}

#[tokio::test]
async fn what_is_no_http_is_said() {
    let server = Server::raw(|stream| {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
    });
    let error = fault(endpoint(&server.url())).await;
    assert!(error.to_string().contains("not HTTP"), "{error}");
}

#[tokio::test]
async fn a_huge_error_page_does_no_harm() {
    let server = Server::new(|_, wire| say(wire, "502 Bad Gateway", "", &vec![b'x'; 8 << 20]));
    let reply = ask(endpoint(&server.url())).await.unwrap();
    assert_eq!((reply.status, reply.body.len()), (502, 64 * 1024));
}

#[tokio::test]
async fn no_more_questions_at_once_than_allowed() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let peak = most.clone();
    let server = Server::new(move |_, wire| {
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        now.fetch_sub(1, Ordering::SeqCst);
        say(wire, "200 OK", "", OK.as_bytes())
    });
    let client = Client::new(Endpoint { concurrency: 2, ..endpoint(&server.url()) });
    let asks = (0..12).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.get("/", NOW).await.is_ok() })
    });
    for ask in asks.collect::<Vec<_>>() {
        assert!(ask.await.unwrap());
    }
    assert!(peak.load(Ordering::SeqCst) <= 2);
}

#[tokio::test]
async fn questions_in_line_behind_one_that_hangs_end_with_it() {
    let (sent, came) = std::sync::mpsc::channel();
    let server = Server::raw(move |stream| {
        let _ = sent.send(());
        mute(stream);
    });
    let client = Client::new(Endpoint { concurrency: 1, ..endpoint(&server.url()) });
    let asks: Vec<_> = (0..4)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.get("/", NOW).await.err() })
        })
        .collect();
    tokio::task::spawn_blocking(move || came.recv()).await.unwrap().unwrap();
    // From here on only the clock can end it, and the clock runs ahead.
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    for ask in asks {
        assert_eq!(ask.await.unwrap(), Some(FetchError::Timeout(Duration::from_secs(30))));
    }
    assert!(begun.elapsed() < Duration::from_secs(31), "one timeout, not four: {:?}", begun.elapsed());
}

#[tokio::test]
async fn large_answers_are_held_one_at_a_time() {
    const LARGE: usize = 6 << 20;
    let (sent, came) = std::sync::mpsc::channel();
    let server = Server::new(move |_, wire| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n");
        let _ = wire.write_all(head.as_bytes());
        let _ = wire.write_all(&vec![b' '; LARGE - 1]).and_then(|()| wire.flush());
        let _ = sent.send(());
        let _ = wire.write_all(b"{");
        Then::Keep
    });
    let client = Client::new(endpoint(&server.url()));
    let first = client.get("/", NOW).await.unwrap();
    came.recv().unwrap();
    // Small ones go on as ever; this one has to wait until the first has been read, and that takes for ever.
    let second = tokio::spawn({
        let client = client.clone();
        async move { client.get("/", NOW).await.err() }
    });
    let wait = tokio::task::spawn_blocking(move || came.recv_timeout(Duration::from_secs(2)).map(|()| came));
    let came = wait.await.unwrap();
    tokio::time::pause();
    assert_eq!(second.await.unwrap(), Some(FetchError::Timeout(Duration::from_secs(30))));
    tokio::time::resume();
    drop((first, came));
    assert_eq!(client.get("/", NOW).await.unwrap().body.len(), LARGE);
}

#[tokio::test]
async fn a_clock_that_is_off_is_noticed() {
    // Ten minutes ahead of NOW.
    let server = Server::saying("200 OK", "Date: Mon, 23 Nov 2026 05:08:10 GMT\r\n", OK);
    let date: jiff::Timestamp = "2026-11-23T05:08:10Z".parse().unwrap();
    let now = Timestamp(date.as_millisecond() - 600_000);
    let client = Client::new(endpoint(&server.url()));
    assert_eq!(client.skew_ms(), 0);
    client.get("/", now).await.unwrap();
    let skew = client.skew_ms();
    assert!((570_000..=601_000).contains(&skew), "{skew}");
    client.get("/", now).await.unwrap();
    assert_eq!(client.skew_ms(), skew, "it does not jitter");
}
