//! The watched service on real servers: what it does is found in metrics, logs and traces alike.

use std::time::Duration;

use a360::model::endpoint::{Endpoint, Proxy};
use a360::source::http::Client;
use a360::time::Timestamp;
use serde_json::Value;

use super::stack::Stack;

fn client(url: &str) -> Client {
    Client::new(Endpoint { proxy: Proxy::None, ..Endpoint::new(url) })
}

/// What a page holds at a place, once it does.
async fn until(url: &str, path: &str, place: &str) -> Value {
    let client = client(url);
    let mut last = String::new();
    for _ in 0..300 {
        if let Ok(reply) = client.get(path, Timestamp(0)).await {
            last = String::from_utf8_lossy(&reply.body).into_owned();
            let found = serde_json::from_str::<Value>(&last).ok().and_then(|body| body.pointer(place).cloned());
            if let Some(found) = found {
                return found;
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{url}{path} never has {place}: {last}");
}

/// Whether a Jaeger has the trace, with the spans of several services.
async fn is_traced(jaeger: &str, trace: &Value) {
    let trace = trace.as_str().unwrap();
    let services = until(jaeger, &format!("/api/traces/{trace}"), "/data/0/processes").await;
    assert!(services.as_object().unwrap().len() > 1, "{services}");
}

async fn says_the_same(engine: &str, jaeger: &str) {
    let stack = Stack::up(&["prometheus-3.14", engine, jaeger, "agent360"]);
    // Fluentd's envelope holds the line as text.
    let path = "/agent360-*/_search?q=log:trace_id&size=1";
    let line = until(&stack.url(engine), path, "/hits/hits/0/_source/log").await;
    let line: Value = serde_json::from_str(line.as_str().unwrap()).unwrap();
    is_traced(&stack.url(jaeger), &line["trace_id"]).await;
    let path = "/agent360.plain-*/_search?q=_exists_:trace_id&size=1";
    let trace = until(&stack.url(engine), path, "/hits/hits/0/_source/trace_id").await;
    is_traced(&stack.url(jaeger), &trace).await;
    let path = "/api/v1/query_exemplars?query=agent360_request_duration_seconds_bucket&start=0&end=9999999999";
    let trace = until(&stack.url("prometheus-3.14"), path, "/data/0/exemplars/0/labels/trace_id").await;
    is_traced(&stack.url(jaeger), &trace).await;
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn its_logs_exemplars_and_traces_lead_to_each_other() {
    says_the_same("elasticsearch-9.2", "jaeger-v2").await;
    says_the_same("opensearch-1.3", "jaeger-v1").await;
}

#[tokio::test]
#[ignore = "skipped: needs real servers, see tests/stack"]
async fn an_incident_at_run_time_is_seen_by_a_real_prometheus() {
    let stack = Stack::up(&["prometheus-2.42", "agent360"]);
    let (prometheus, service) = (stack.url("prometheus-2.42"), stack.url("agent360"));
    let down = "/api/v1/query?query=up%7Binstance%3D%22agent360-0%3A8000%22%7D%3D%3D0";
    let up = "/api/v1/query?query=up%7Binstance%3D%22agent360-0%3A8000%22%7D%3D%3D1";
    until(&prometheus, up, "/data/result/0").await;
    let wish = "/incidents?kind=instance-down&instance=agent360-0:8000&for=10m";
    let reply = client(&service).post_form(wish, &[], Timestamp(0)).await.unwrap();
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    until(&prometheus, down, "/data/result/0").await;
    let targets = until(&prometheus, "/api/v1/targets?state=active", "/data/activeTargets").await;
    let errors = targets.to_string();
    assert!(errors.contains("connection refused"), "its port is closed: {errors}");
}
