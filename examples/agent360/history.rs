//! The past as a file: what a Prometheus would have stored, for `promtool tsdb create-blocks-from openmetrics`.

use std::io::{self, BufWriter, Write};

use a360::demo::sim::Sim;
use a360::model::labels::METRIC_NAME;
use a360::model::series::Series;
use a360::time::{MINUTE, Timestamp};

use crate::exposition::name;

/// Two samples of a series are at least so far apart: the rates of five minutes need no more.
const APART: i64 = MINUTE;
/// What the console asks of the watched service; machines and the database would make the file many times as large.
const TOLD: [&str; 10] = [
    "agent360_requests_total",
    "agent360_request_duration_seconds_bucket",
    "agent360_memory_usage_bytes",
    "agent360_cpu_usage_percent",
    "container_memory_usage_bytes",
    "container_spec_memory_limit_bytes",
    "process_start_time_seconds",
    "up",
    "ALERTS",
    "ALERTS_FOR_STATE",
];

/// Writes the samples of some stretches, given in order of time.
pub fn write(sim: &Sim, stretches: &[(Timestamp, Timestamp)], out: impl Write) -> io::Result<()> {
    let stretches: Vec<(i64, i64)> = stretches.iter().map(|(from, to)| (from.0, to.0)).collect();
    let mut out = BufWriter::new(out);
    for told in TOLD {
        for series in sim.select_within(Some(told), &|labels| labels.get(METRIC_NAME).is_some(), &stretches) {
            one(&series, &mut out)?;
        }
    }
    out.write_all(b"# EOF\n")?;
    out.flush()
}

fn one(series: &Series, out: &mut impl Write) -> io::Result<()> {
    let mut text = String::new();
    name(&mut text, &series.labels);
    let mut last = i64::MIN;
    for (time, value) in series.points() {
        if time.saturating_sub(last) >= APART {
            last = time;
            writeln!(out, "{text} {value} {:.3}", time as f64 / 1e3)?;
        }
    }
    Ok(())
}
