//! a360's own traces: each question, request, decoding, slow frame and step of a report is a span, sent in batches to
//! whoever takes OTLP over HTTP. Off, there is nothing: no subscriber, no task, no header.
//!
//! Whoever does the work says so through the few functions of `span`; nothing outside names OpenTelemetry. How the
//! bytes are carried is given in, so that they go through the same client as all else.

mod export;
mod headers;
mod queue;
mod span;
mod words;

use std::future::pending;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::BoxFuture;
use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, Tracer, TracerProvider};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{RandomIdGenerator, Sampler, SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

use self::export::Exporter;
use self::queue::{Context, Queue};
use crate::model::fault::FetchError;
use crate::text::Plain;
use crate::time::Timestamp;

pub use headers::headers;
pub use span::{asked, exchange, failed, read, replied, step, write};

/// Spans that wait to be sent; more than these are let go and counted.
const WAITING: usize = 2_048;
/// What the end of the program waits for the last of them.
const LAST: Duration = Duration::from_secs(1);
/// A frame that takes longer is felt, and is a span.
pub const FRAME_BUDGET: Duration = Duration::from_millis(16);

/// Carries one batch to the collector.
pub type Post = Box<dyn Fn(Vec<u8>) -> BoxFuture<'static, Result<(), FetchError>> + Send + Sync>;

/// Who a360 is to the one who reads its traces.
#[derive(Debug, Clone)]
pub struct About {
    /// Name of this machine.
    pub host: Plain,
    pub pid: u32,
    /// The context that is asked at first.
    pub context: Plain,
    /// Host and port of the collector, for messages.
    pub collector: Plain,
}

/// On or off. Off costs nothing.
#[derive(Default)]
pub struct Telemetry(Option<On>);

struct On {
    tracer: SdkTracer,
    /// Its end would be the end of its tracers.
    _provider: SdkTracerProvider,
    context: Context,
    close: oneshot::Sender<()>,
    exporter: JoinHandle<()>,
    notice: watch::Receiver<Option<Plain>>,
    collector: Plain,
}

/// What there is to say of the own traces: that the collector does not take them, once.
pub struct Notice(Option<watch::Receiver<Option<Plain>>>);

impl Notice {
    /// Pending for ever when all is well, and after it has been said.
    pub async fn next(&mut self) -> Plain {
        if let Some(said) = &mut self.0
            && said.changed().await.is_ok()
            && let Some(text) = said.borrow_and_update().clone()
        {
            return text;
        }
        pending().await
    }
}

impl Telemetry {
    /// From here on all that is done is traced, by every thread of the program.
    pub fn start(about: &About, post: Post, runtime: &Handle) -> Self {
        let (sender, spans) = mpsc::channel(WAITING);
        let (close, closing) = oneshot::channel();
        let (say, notice) = watch::channel(None);
        let context = Context::new(about.context.as_str());
        let queue = Queue::new(sender, context.clone());
        let resource = resource(about);
        let exporter = Exporter::new(spans, closing, queue.lost(), &resource, post, say, about.collector.clone());
        // The environment has words of its own for each of these: they would change what is sent without a word here.
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::AlwaysOn)
            .with_id_generator(RandomIdGenerator::default())
            .with_resource(resource)
            .with_span_processor(queue)
            .build();
        let tracer = provider.tracer("a360");
        let layer = tracing_opentelemetry::layer()
            .with_tracer(tracer.clone())
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_level(false)
            .with_context_activation(false);
        // The libraries below have spans of their own, by the thousand.
        let ours = Targets::new().with_target(module_path!(), LevelFilter::INFO);
        if tracing::subscriber::set_global_default(tracing_subscriber::registry().with(ours).with(layer)).is_err() {
            return Self(None);
        }
        let exporter = runtime.spawn(exporter.run());
        let collector = about.collector.clone();
        Self(Some(On { tracer, _provider: provider, context, close, exporter, notice, collector }))
    }

    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    pub fn notice(&self) -> Notice {
        Notice(self.0.as_ref().map(|on| on.notice.clone()))
    }

    /// From here on another context is asked.
    pub fn switch(&self, context: &str) {
        if let Some(on) = &self.0 {
            on.context.set(context);
        }
    }

    /// A frame is on the screen; it is a span if that took longer than it may.
    pub fn drew(&self, ended: Timestamp, took: Duration, cells: u32) {
        let Some(on) = self.0.as_ref().filter(|_| took > FRAME_BUDGET) else { return };
        let end = UNIX_EPOCH + Duration::from_millis(u64::try_from(ended.0).unwrap_or_default());
        let start: SystemTime = end.checked_sub(took).unwrap_or(UNIX_EPOCH);
        let attributes = [KeyValue::new("function.name", "draw"), KeyValue::new("cells", i64::from(cells))];
        let span = on.tracer.span_builder("draw").with_start_time(start).with_attributes(attributes);
        on.tracer.build_with_context(span, &opentelemetry::Context::new()).end_with_timestamp(end);
    }

    /// Sends what is left, for a moment at most. Gives what there was to say all along.
    pub async fn close(self) -> Option<Plain> {
        let On { close, exporter, notice, collector, .. } = self.0?;
        // It may have ended by itself.
        let _ = close.send(());
        let late = timeout(LAST, exporter).await.is_err();
        let said = notice.borrow().clone();
        said.or_else(|| late.then(|| Plain::from(format!("own traces: {collector} does not answer; some are lost"))))
    }
}

fn resource(about: &About) -> Resource {
    let text = |key: &'static str, value: &str| KeyValue::new(key, value.to_owned());
    Resource::builder_empty()
        .with_attributes([
            text("service.name", "a360"),
            text("service.version", env!("CARGO_PKG_VERSION")),
            text("host.name", about.host.as_str()),
            KeyValue::new("process.pid", i64::from(about.pid)),
        ])
        .build()
}
