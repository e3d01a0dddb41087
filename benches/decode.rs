//! How long a chart's answer takes to decode, against serde_json on the same bytes in the same run.
//!
//! `cargo bench --bench decode` prints the medians and their ratio. The reference is what a careful user of serde
//! would write: strings borrowed from the bytes, samples parsed to numbers; it does not sanitise labels, we do.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use a360::model::window::{Part, Window};
use a360::source::prometheus::decode;
use serde::Deserialize;

const SERIES: usize = 100;
const POINTS: usize = 1_000;
const ROUNDS: usize = 60;

#[derive(Deserialize)]
struct Envelope<'a> {
    status: &'a str,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    result: Vec<Element<'a>>,
}

#[derive(Deserialize)]
struct Element<'a> {
    #[serde(borrow)]
    metric: BTreeMap<&'a str, &'a str>,
    #[serde(borrow)]
    values: Vec<(f64, &'a str)>,
}

struct Series<'a> {
    metric: BTreeMap<&'a str, &'a str>,
    points: Vec<(f64, f64)>,
}

fn with_serde(body: &[u8]) -> Result<Vec<Series<'_>>, Box<dyn Error>> {
    let envelope: Envelope = serde_json::from_slice(body)?;
    if envelope.status != "success" {
        return Err("not a success".into());
    }
    let number = |(time, value): (f64, &str)| Ok((time, value.parse()?));
    let series = envelope.data.result.into_iter().map(|element| {
        let points = element.values.into_iter().map(number).collect::<Result<_, Box<dyn Error>>>()?;
        Ok(Series { metric: element.metric, points })
    });
    series.collect()
}

/// An answer as Prometheus prints it: a third counters, a third gauges of few digits, a third rates of all digits.
fn answer() -> Result<String, Box<dyn Error>> {
    let mut body = r#"{"status":"success","data":{"resultType":"matrix","result":["#.to_owned();
    let mut seed: u64 = 42;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 11) as f64 / (1u64 << 53) as f64
    };
    for series in 0..SERIES {
        let comma = if series == 0 { "" } else { "," };
        write!(body, r#"{comma}{{"metric":{{"__name__":"http_requests_total","endpoint":"/api/v1/path/{series}","#)?;
        write!(body, r#""instance":"10.0.{series}.1:8080","job":"agent360","method":"GET"}},"values":["#)?;
        for point in 0..POINTS {
            let value = match series % 3 {
                0 => (random() * 1e7).floor(),
                1 => (random() * 1e5).round() / 1e3,
                _ => random() * 100.0,
            };
            let comma = if point == 0 { "" } else { "," };
            write!(body, r#"{comma}[{}.{:03},"{value}"]"#, 1_795_388_290 + 20 * point, 234)?;
        }
        body.push_str("]}");
    }
    body.push_str("]}}");
    Ok(body)
}

fn timed<T>(work: impl FnOnce() -> Result<T, Box<dyn Error>>) -> Result<Duration, Box<dyn Error>> {
    let started = Instant::now();
    black_box(work()?);
    Ok(started.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() -> Result<(), Box<dyn Error>> {
    let body = answer()?;
    let body = body.as_bytes();
    let window = Window { start: 0, end: 0, step: 1, part: Part::Whole };
    let frame = decode::range(body, window)?;
    let reference = with_serde(body)?;
    for (ours, theirs) in frame.series.iter().zip(&reference) {
        let same = ours.values.iter().zip(&theirs.points).all(|(a, b)| a.to_bits() == b.1.to_bits());
        if !same || ours.values.len() != POINTS || ours.labels.len() != theirs.metric.len() {
            return Err("the two disagree".into());
        }
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(timed(|| Ok(decode::range(body, window)?))?);
        theirs.push(timed(|| with_serde(body))?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("{SERIES} series of {POINTS} points, {:.1} MB", body.len() as f64 / 1e6);
    println!("a360 {ours:.2?}, serde_json {theirs:.2?}, ratio {:.2}", ours.as_secs_f64() / theirs.as_secs_f64());
    Ok(())
}
