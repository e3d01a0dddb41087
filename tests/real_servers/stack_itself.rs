//! Every server that the stack names comes up and is what its name says.

use std::time::Duration;

use a360::model::endpoint::{Auth, Endpoint, Proxy, Secret};
use a360::model::fault::FetchError;
use a360::source::http::{Client, Reply};
use a360::time::Timestamp;

use super::stack::Stack;

async fn get(url: &str, path: &str) -> Result<Reply, FetchError> {
    Client::new(Endpoint { proxy: Proxy::None, ..Endpoint::new(url) }).get(path, Timestamp(0)).await
}

/// What a page says; a search engine of test builds answers `/` with 405, so each kind has a page of its own.
async fn says(url: &str, path: &str, word: &str) {
    let reply = get(url, path).await.unwrap();
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    assert!(text.contains(word), "{url}{path}: {text}");
}

/// As `says`, once it does.
async fn until(url: &str, path: &str, word: &str) {
    for _ in 0..300 {
        let reply = get(url, path).await.unwrap();
        if String::from_utf8_lossy(&reply.body).contains(word) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    says(url, path, word).await;
}

async fn engine(server: &str, version: &str) {
    let stack = Stack::up(&[server]);
    says(&stack.url(server), "/_nodes/_local?filter_path=nodes.*.version", version).await;
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn what_is_not_a_search_engine() {
    let stack = Stack::up(&["alertmanager-0.25", "alertmanager-0.31", "node-exporter", "jaeger-v1", "jaeger-v2"]);
    says(&stack.url("alertmanager-0.25"), "/api/v2/status", "0.25").await;
    // Built from its module, it does not know its version.
    says(&stack.url("alertmanager-0.31"), "/api/v2/status", "team-agent360-critical").await;
    says(&stack.url("node-exporter"), "/metrics", "node_exporter_build_info").await;
    for jaeger in ["jaeger-v1", "jaeger-v2"] {
        says(&stack.url(jaeger), "/api/services", "\"data\"").await;
        says(&stack.url(jaeger), "/api/v3/services", "{").await;
    }
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn the_shipped_rules_and_routing_are_loaded() {
    for (prometheus, alertmanager) in
        [("prometheus-2.42", "alertmanager-0.25"), ("prometheus-3.14", "alertmanager-0.31")]
    {
        let stack = Stack::up(&[prometheus, alertmanager]);
        for rule in ["HighErrorRate", "HighLatency", "HighMemoryUsage"] {
            says(&stack.url(prometheus), "/api/v1/rules", &format!("\"name\":\"{rule}\"")).await;
        }
        let told = stack.url(alertmanager) + "/api/v2/alerts";
        until(&stack.url(prometheus), "/api/v1/alertmanagers", &told).await;
        says(&stack.url(alertmanager), "/api/v2/receivers", "team-agent360-critical").await;
        says(&stack.url(alertmanager), "/api/v2/status", "repeat_interval: 4h").await;
    }
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn the_search_engines() {
    // One after the other: each takes some 800 MiB.
    engine("elasticsearch-9.2", "9.2.0").await;
    engine("elasticsearch-7.17", "7.17.29").await;
    engine("opensearch-3.4", "3.4.0").await;
    engine("opensearch-2.19", "2.19.1").await;
    engine("opensearch-1.3", "1.3.20").await;
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn search_engines_where_one_must_sign_in() {
    for server in ["elasticsearch-9.2-security", "elasticsearch-7.17-security"] {
        let stack = Stack::up(&[server]);
        let search = async |user: Option<&str>| {
            let mut endpoint = Endpoint { proxy: Proxy::None, ..Endpoint::new(&stack.url(server)) };
            if let Some(user) = user {
                let password = Secret::Command(vec!["echo".to_owned(), "a360-password".to_owned()]);
                endpoint.auth = Auth::Basic { username: user.to_owned(), password };
            }
            Client::new(endpoint).get("/agent360-*/_search", Timestamp(0)).await
        };
        assert_eq!(search(Some("a360-reader")).await.unwrap().status, 200);
        assert!(matches!(search(None).await, Err(FetchError::Unauthorized(_))));
        assert!(matches!(search(Some("a360-nobody")).await, Err(FetchError::Forbidden(_))));
    }
}
