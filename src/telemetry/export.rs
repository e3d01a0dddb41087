//! Sends spans in batches. A collector that is down is told of once, left alone for longer and longer, and never waited
//! for by anybody else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;
use prost::Message;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tracing::Dispatch;
use tracing::instrument::WithSubscriber;

use super::Post;
use crate::model::fault::FetchError;
use crate::text::Plain;

/// Spans that end within this time of each other go together, up to so many.
const GATHER: Duration = Duration::from_secs(1);
const BATCH: usize = 512;
/// The wait after a failure, and the longest.
const FIRST_RETRY: Duration = Duration::from_secs(5);
const SLOWEST_RETRY: Duration = Duration::from_secs(60);

pub struct Exporter {
    spans: mpsc::Receiver<SpanData>,
    closing: oneshot::Receiver<()>,
    closed: bool,
    lost: Arc<AtomicU64>,
    resource: ResourceAttributesWithSchema,
    post: Post,
    notice: watch::Sender<Option<Plain>>,
    collector: Plain,
    failures: u32,
}

impl Exporter {
    pub fn new(
        spans: mpsc::Receiver<SpanData>,
        closing: oneshot::Receiver<()>,
        lost: Arc<AtomicU64>,
        resource: &Resource,
        post: Post,
        notice: watch::Sender<Option<Plain>>,
        collector: Plain,
    ) -> Self {
        let resource = resource.into();
        Self { spans, closing, closed: false, lost, resource, post, notice, collector, failures: 0 }
    }

    /// Until it is closed and nothing is left, or nobody takes what is left.
    pub async fn run(mut self) {
        loop {
            let mut batch = Vec::new();
            let goes_on = self.gather(&mut batch).await;
            if !batch.is_empty() {
                self.send(batch).await;
            }
            if !goes_on || !self.rest().await {
                return;
            }
        }
    }

    /// Waits for spans; false when there will be no more.
    async fn gather(&mut self, batch: &mut Vec<SpanData>) -> bool {
        let mut due = None;
        loop {
            let until = due.unwrap_or_else(Instant::now);
            tokio::select! {
                biased;
                _ = &mut self.closing, if !self.closed => {
                    self.closed = true;
                    self.spans.close();
                }
                more = self.spans.recv_many(batch, BATCH - batch.len()) => {
                    if more == 0 || batch.len() == BATCH {
                        return more > 0;
                    }
                    due = due.or_else(|| Some(Instant::now() + GATHER));
                }
                () = sleep_until(until), if due.is_some() => return true,
            }
        }
    }

    async fn send(&mut self, mut batch: Vec<SpanData>) {
        let (count, lost) = (batch.len() as u64, self.lost.swap(0, Ordering::Relaxed));
        if let Some(first) = batch.first_mut().filter(|_| lost > 0) {
            // Whoever reads the traces sees that there were more.
            first.attributes.push(KeyValue::new("spans.lost", i64::try_from(lost).unwrap_or(i64::MAX)));
        }
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        // What carries spans makes none.
        match (self.post)(body).with_subscriber(Dispatch::none()).await {
            Ok(()) => self.failures = 0,
            Err(fault) => {
                self.lost.fetch_add(lost + count, Ordering::Relaxed);
                self.failures += 1;
                self.say(&fault);
            }
        }
    }

    /// After a failure the collector is left alone for a while; false when that is the end.
    async fn rest(&mut self) -> bool {
        if self.failures == 0 {
            return true;
        }
        let doubled = FIRST_RETRY.saturating_mul(1 << (self.failures - 1).min(6)).min(SLOWEST_RETRY);
        tokio::select! {
            _ = &mut self.closing, if !self.closed => false,
            () = sleep(doubled), if !self.closed => true,
            else => false,
        }
    }

    /// Once: a collector that stays down is nobody's trouble.
    fn say(&self, fault: &FetchError) {
        let collector = &self.collector;
        let what = match fault {
            FetchError::Refused => format!("refused by {collector}"),
            fault => format!("{collector}: {}", super::words::fault(fault)),
        };
        let text = Plain::from(format!("own traces: {what}; a360 goes on without"));
        self.notice.send_if_modified(|said| {
            let first = said.is_none();
            said.get_or_insert(text);
            first
        });
    }
}

#[cfg(test)]
mod tests;
