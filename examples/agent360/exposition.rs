//! What a target shows, in the text format or, to who accepts it, in OpenMetrics with exemplars.

use std::fmt::Write as _;

use a360::demo::sim::{BOUNDS, ENDPOINT_PATHS, Exposed, Job, MetricKind, Target};
use a360::model::labels::{Labels, METRIC_NAME};
use a360::time::Timestamp;

use crate::http::Reply;
use crate::world::World;

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const OPEN: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Nothing while the target's process is gone.
pub fn scrape(world: &World, target: Target, now: Timestamp, accept: &str) -> Option<Reply> {
    let samples = world.sim().exposition(target, now)?;
    let open = accept.contains("application/openmetrics-text");
    let mut text = String::new();
    let mut family = None;
    for sample in &samples {
        if family != Some(sample.family) {
            begin(&mut text, sample, open);
            family = Some(sample.family);
        }
        name(&mut text, &sample.labels);
        let _ = write!(text, " {}", sample.value);
        if open && let Some(exemplar) = exemplar(world, target, sample) {
            text.push_str(&exemplar);
        }
        text.push('\n');
    }
    if open {
        text.push_str("# EOF\n");
    }
    Some(Reply { status: "200 OK", content_type: if open { OPEN } else { TEXT }, body: text })
}

fn begin(text: &mut String, sample: &Exposed, open: bool) {
    let kind = match sample.kind {
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        MetricKind::Histogram => "histogram",
        MetricKind::Summary => "summary",
    };
    let counter = open && sample.kind == MetricKind::Counter;
    // OpenMetrics names the family of a counter without what all its samples end in.
    let family = sample.family.strip_suffix("_total").filter(|_| counter).unwrap_or(sample.family);
    let _ = writeln!(text, "# HELP {family} {}\n# TYPE {family} {kind}", sample.help);
}

/// Without the spaces that people like and OpenMetrics forbids.
pub fn name(text: &mut String, labels: &Labels) {
    text.push_str(labels.get(METRIC_NAME).map_or("", |name| name.as_str()));
    let mut next = '{';
    for (label, value) in labels.iter().filter(|(label, _)| label.as_str() != METRIC_NAME) {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        let _ = write!(text, "{next}{label}=\"{value}\"");
        next = ',';
    }
    if next == ',' {
        text.push('}');
    }
}

/// The latest kept trace of the requests that a bucket counts and the one before it does not.
fn exemplar(world: &World, target: Target, sample: &Exposed) -> Option<String> {
    if target.job != Job::Agent360 || sample.kind != MetricKind::Histogram {
        return None;
    }
    let (le, path) = (sample.labels.get("le")?, sample.labels.get("endpoint")?);
    let bucket = BOUNDS.iter().position(|bound| le == bound)?;
    let endpoint = ENDPOINT_PATHS.iter().position(|known| path == known)?;
    let found = world.exemplar(target.index, endpoint, bucket)?;
    Some(format!(" # {{trace_id=\"{}\"}} {} {:.3}", found.trace, found.seconds, found.at.0 as f64 / 1e3))
}
