//! Takes each span that has ended, without ever waiting: what does not fit is let go and counted.
//!
//! On its way a span learns what it cannot know by itself: the context that is asked, and the bytes of all requests
//! below it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use opentelemetry::trace::{Span as _, SpanId, SpanKind};
use opentelemetry::{KeyValue, StringValue, Value};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use tokio::sync::mpsc;

/// The name of the context that is asked; it changes while the console runs.
#[derive(Debug, Clone)]
pub struct Context(Arc<RwLock<StringValue>>);

impl Context {
    pub fn new(name: &str) -> Self {
        Self(Arc::new(RwLock::new(name.to_owned().into())))
    }

    pub fn set(&self, name: &str) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = name.to_owned().into();
    }

    fn get(&self) -> StringValue {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[derive(Debug)]
pub struct Queue {
    sender: mpsc::Sender<SpanData>,
    context: Context,
    lost: Arc<AtomicU64>,
    /// The bytes of the requests below each span that goes on.
    bytes: Mutex<HashMap<SpanId, i64>>,
}

impl Queue {
    pub fn new(sender: mpsc::Sender<SpanData>, context: Context) -> Self {
        Self { sender, context, lost: Arc::default(), bytes: Mutex::default() }
    }

    /// How many spans were let go since somebody last looked.
    pub fn lost(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.lost)
    }

    fn bytes(&self) -> MutexGuard<'_, HashMap<SpanId, i64>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Children end before their parents: what is kept for a parent is fetched by it.
    fn count_bytes(&self, span: &mut SpanData) {
        let mut bytes = self.bytes();
        if let Some(below) = bytes.remove(&span.span_context.span_id()) {
            span.attributes.push(KeyValue::new("bytes", below));
        }
        if span.span_kind == SpanKind::Client && span.parent_span_id != SpanId::INVALID {
            let own = span.attributes.iter().find(|pair| pair.key.as_str() == "bytes");
            if let Some(Value::I64(own)) = own.map(|pair| &pair.value) {
                *bytes.entry(span.parent_span_id).or_default() += own;
            }
        }
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, span: &mut Span, _: &opentelemetry::Context) {
        span.set_attribute(KeyValue::new("context", self.context.get()));
    }

    fn on_end(&self, mut span: SpanData) {
        self.count_bytes(&mut span);
        if self.sender.try_send(span).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
