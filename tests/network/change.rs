//! A request that changes something: it goes out once, and whether it arrived is told as it is.

use a360::model::endpoint::{Auth, Endpoint, Proxy, Secret, Tls};
use a360::model::fault::FetchError;
use a360::source::http::{Change, Client, Failure};

use crate::server::{Server, Then, refused_url, say};
use crate::writing::{NOW, endpoint};

#[tokio::test]
async fn who_is_turned_away_comes_back_once_with_a_new_token() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "old").unwrap();
    let file = token.clone();
    let server = Server::new(move |request, wire| match request.head.contains("authorization: bearer new\r\n") {
        true => say(wire, "200 OK", "", br#"{"silenceID":"x"}"#),
        false => {
            std::fs::write(&file, "new").unwrap();
            say(wire, "401 Unauthorized", "", b"")
        }
    });
    let endpoint = Endpoint { auth: Auth::Bearer(Secret::File(token)), ..endpoint(&server.url()) };
    let client = Client::new(endpoint);
    let change = Change::Post { path: "/api/v2/silences", json: "{}" };
    assert!(client.change(change, NOW).await.is_ok());
    assert_eq!(server.requests().len(), 2);

    let closed = Server::saying("401 Unauthorized", "", "");
    let refused = Client::new(crate::writing::endpoint(&closed.url())).change(change, NOW).await.err();
    assert!(matches!(refused, Some(Failure::NotDone(FetchError::Unauthorized(_)))), "{refused:?}");
    assert_eq!(closed.requests().len(), 1);
}

#[tokio::test]
async fn a_change_does_not_use_a_connection_that_lay_idle() {
    // As a server does that closes idle connections: the second request on one is never answered.
    let server = Server::new(|request, wire| {
        let first = request.head.starts_with("get");
        if first { say(wire, "200 OK", "", b"{}") } else { Then::Close }
    });
    let client = Client::new(endpoint(&server.url()));
    client.get("/api/v2/status", NOW).await.unwrap();
    let lost = client.change(Change::Delete { path: "/api/v2/silence/x" }, NOW).await.err();
    assert!(matches!(lost, Some(Failure::Unclear(FetchError::Broken(_)))), "{lost:?}");
    let methods: Vec<_> = server.requests().iter().map(|request| request.head[..3].to_owned()).collect();
    assert_eq!((methods, server.connections()), (vec!["get".to_owned(), "del".to_owned()], 2));
}

#[tokio::test]
async fn what_never_arrived_was_not_done() {
    let change = Change::Delete { path: "/api/v2/silence/x" };
    let failed = async |endpoint| Client::new(endpoint).change(change, NOW).await.err().unwrap();
    let plain = Server::saying("200 OK", "", "");
    for endpoint in [
        endpoint(&refused_url()),
        endpoint(&plain.url().replace("http:", "https:")),
        endpoint("not an address"),
        Endpoint { auth: Auth::Bearer(Secret::File("/no/such/file".into())), ..endpoint(&plain.url()) },
        Endpoint { proxy: Proxy::Url(refused_url()), ..endpoint("http://am") },
        endpoint(&Server::tls("server", "", false).url()),
        Endpoint {
            tls: Tls { insecure: true, ..Default::default() },
            ..endpoint(&Server::tls("server", "", true).url())
        },
    ] {
        let failure = failed(endpoint).await;
        assert!(matches!(failure, Failure::NotDone(_)), "{failure:?}");
    }
    assert!(plain.requests().is_empty());
}
