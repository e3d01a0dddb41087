//! Who is there, for `config check --connect`. Not everybody may ask a search engine for its name.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::cursor::{buckets, per_index};
use super::{Elasticsearch, Inner, Now};
use crate::model::fault::FetchError;
use crate::text::Plain;
use crate::time::Timestamp;

/// What a first contact tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// `Elasticsearch`, `OpenSearch`, or neither where it does not say.
    pub flavour: &'static str,
    /// Empty where it does not say.
    pub version: Plain,
    /// Milliseconds that the server's clock is ahead of ours.
    pub skew_ms: i64,
    /// How many match the pattern.
    pub indices: usize,
    pub lines: u64,
    pub notes: Vec<Plain>,
    /// Of one small question.
    pub round_trip: Duration,
}

impl Elasticsearch {
    /// Reaches out once.
    pub async fn probe(&self, now: Timestamp) -> Result<Probe, FetchError> {
        let inner = &*self.0;
        let now = Now::at(now);
        let begun = Instant::now();
        let body = json!({ "size": 0, "track_total_hits": true, "aggs": per_index() });
        let found = inner.search(&body, now).await?;
        let round_trip = begun.elapsed();
        let (flavour, version) = inner.flavour(now).await;
        // Those without a line are only seen in their settings.
        let indices = match found.shards {
            0 => 0,
            _ => inner.uuids(now).await.len().max(buckets(&found.aggs).len()).max(1),
        };
        let lines = found.total();
        Ok(Probe { flavour, version, skew_ms: self.skew_ms(), indices, lines, notes: found.notes, round_trip })
    }
}

impl Inner {
    async fn flavour(&self, now: Now) -> (&'static str, Plain) {
        const UNKNOWN: &str = "a search engine";
        let Ok(reply) = self.client.get("/", now.sent()).await else { return (UNKNOWN, Plain::default()) };
        let product = reply.header("x-elastic-product").is_some();
        let said: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let version = said.pointer("/version/number").and_then(Value::as_str);
        let open = said.pointer("/version/distribution").and_then(Value::as_str) == Some("opensearch");
        let elastic = said["tagline"] == "You Know, for Search" && !open;
        let flavour = match (open, product || elastic) {
            (true, _) => "OpenSearch",
            (false, true) => "Elasticsearch",
            (false, false) => UNKNOWN,
        };
        let version = match version {
            Some(version) => Plain::new(version),
            None => self.node_version(now).await,
        };
        (flavour, version)
    }

    async fn node_version(&self, now: Now) -> Plain {
        let Ok(reply) = self.client.get("/_nodes/_local?filter_path=nodes.*.version", now.sent()).await else {
            return Plain::default();
        };
        let said: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let nodes = said["nodes"].as_object();
        let version = nodes.and_then(|nodes| nodes.values().next()?["version"].as_str());
        version.map_or_else(Plain::default, Plain::new)
    }
}
