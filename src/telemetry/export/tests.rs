use std::sync::Mutex;

use futures_util::future::BoxFuture;
use opentelemetry::trace::{Span as _, Tracer, TracerProvider};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use super::*;
use crate::telemetry::queue::{Context, Queue};

type Bodies = Arc<Mutex<Vec<ExportTraceServiceRequest>>>;

struct Stage {
    tracer: SdkTracer,
    _provider: SdkTracerProvider,
    close: oneshot::Sender<()>,
    notice: watch::Receiver<Option<Plain>>,
    exporter: tokio::task::JoinHandle<()>,
    bodies: Bodies,
}

/// `answer` is what the collector says to the how-manyeth batch.
fn stage(room: usize, answer: fn(usize) -> Result<(), FetchError>) -> Stage {
    let bodies = Bodies::default();
    let seen = Arc::clone(&bodies);
    let post: Post = Box::new(move |bytes| -> BoxFuture<'static, Result<(), FetchError>> {
        let mut seen = seen.lock().unwrap();
        seen.push(ExportTraceServiceRequest::decode(&bytes[..]).unwrap());
        let result = answer(seen.len());
        Box::pin(async move { result })
    });
    let ((sender, spans), (close, closing), (say, notice)) =
        (mpsc::channel(room), oneshot::channel(), watch::channel(None));
    let queue = Queue::new(sender, Context::new("prod"));
    let resource = Resource::builder_empty().build();
    let exporter = Exporter::new(spans, closing, queue.lost(), &resource, post, say, "127.0.0.1:4318".into());
    let provider = SdkTracerProvider::builder().with_span_processor(queue).build();
    let tracer = provider.tracer("test");
    Stage { tracer, _provider: provider, close, notice, exporter: tokio::spawn(exporter.run()), bodies }
}

impl Stage {
    fn spans(&self, count: usize) {
        for _ in 0..count {
            self.tracer.start("x").end();
        }
    }

    fn batches(&self) -> Vec<usize> {
        let size = |body: &ExportTraceServiceRequest| body.resource_spans[0].scope_spans[0].spans.len();
        self.bodies.lock().unwrap().iter().map(size).collect()
    }

    fn said(&self) -> Option<String> {
        self.notice.borrow().as_ref().map(|text| text.as_str().to_owned())
    }
}

fn well(_: usize) -> Result<(), FetchError> {
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn spans_go_together_within_a_second_and_the_rest_at_the_end() {
    let stage = stage(2_048, well);
    stage.spans(3);
    sleep(Duration::from_millis(500)).await;
    stage.spans(2);
    assert_eq!(stage.batches(), [0; 0]);
    sleep(Duration::from_millis(600)).await;
    assert_eq!(stage.batches(), [5]);
    stage.spans(BATCH + 1);
    stage.close.send(()).unwrap();
    stage.exporter.await.unwrap();
    let sizes: Vec<usize> =
        stage.bodies.lock().unwrap().iter().map(|body| body.resource_spans[0].scope_spans[0].spans.len()).collect();
    assert_eq!(sizes, [5, BATCH, 1]);
    assert_eq!(*stage.notice.borrow(), None);
}

#[tokio::test(start_paused = true)]
async fn a_dead_collector_is_told_once_and_left_alone_for_longer_and_longer() {
    let stage = stage(2_048, |number| if number < 5 { Err(FetchError::Refused) } else { Ok(()) });
    stage.spans(1);
    sleep(Duration::from_secs(2)).await;
    let text = "own traces: refused by 127.0.0.1:4318; a360 goes on without";
    assert_eq!((stage.batches().len(), stage.said().as_deref()), (1, Some(text)));
    // 5, 10, 20 and 40 s between the tries, whatever comes in meanwhile.
    for (seconds, tries) in [(3, 1), (3, 2), (9, 2), (3, 3), (18, 3), (3, 4), (38, 4), (4, 5)] {
        stage.spans(1);
        sleep(Duration::from_secs(seconds)).await;
        assert_eq!(stage.batches().len(), tries, "after {seconds} s more");
    }
    assert_eq!(stage.said().as_deref(), Some(text));
    let bodies = stage.bodies.lock().unwrap();
    let first = &bodies[4].resource_spans[0].scope_spans[0].spans[0];
    assert!(first.attributes.iter().any(|pair| pair.key == "spans.lost"), "{first:?}");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_is_let_go_and_counted() {
    let stage = stage(4, well);
    stage.spans(10);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(stage.batches(), [4]);
    let bodies = stage.bodies.lock().unwrap();
    let pairs = &bodies[0].resource_spans[0].scope_spans[0].spans[0].attributes;
    let lost = pairs.iter().find(|pair| pair.key == "spans.lost").unwrap();
    assert!(format!("{lost:?}").contains("IntValue(6)"), "{lost:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_collector_that_failed() {
    let stage = stage(2_048, |_| Err(FetchError::Refused));
    stage.spans(1);
    sleep(Duration::from_secs(2)).await;
    stage.spans(1);
    let before = Instant::now();
    stage.close.send(()).unwrap();
    stage.exporter.await.unwrap();
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(stage.bodies.lock().unwrap().len(), 1);
}
