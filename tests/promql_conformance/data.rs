//! The data set: counters with resets, gauges, gaps, histograms, series that come late and leave early.
//!
//! Scrapes lie a quarter, a half or three quarters of a second off the full second, and all ranges are full seconds:
//! questions asked at an eighth of a second never have a sample exactly on the edge of a window, where Prometheus 2
//! and 3 differ. But for `young_total`, counters are high where they begin and where they have gaps: near zero the two
//! extrapolate differently there.

use std::fmt::Write as _;

use a360::model::labels::Labels;
use a360::model::series::Series;

/// 2023-11-14T22:00:00Z, in ms.
pub const START: i64 = 1_699_999_200_000;
pub const MINUTE: i64 = 60_000;
pub const LENGTH: i64 = 120 * MINUTE;

/// A small generator of numbers that only look random (SplitMix64), the same on every machine.
pub struct Dice(pub u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// One target: when it is scraped.
#[derive(Clone, Copy)]
struct Target {
    job: &'static str,
    instance: &'static str,
    offset: i64,
    from: i64,
    to: i64,
    /// Minutes without scrapes.
    gap: Option<(i64, i64)>,
    resets: bool,
}

const TARGETS: [Target; 4] = [
    Target { job: "api", instance: "a:9090", offset: 3_250, from: 0, to: 120, gap: None, resets: true },
    Target { job: "api", instance: "b:9090", offset: 7_500, from: 0, to: 120, gap: Some((40, 49)), resets: false },
    Target { job: "web", instance: "c:80", offset: 11_750, from: 50, to: 120, gap: Some((80, 82)), resets: false },
    Target { job: "web", instance: "d:80", offset: 250, from: 0, to: 70, gap: None, resets: true },
];

impl Target {
    /// A target without resets is scraped late by up to three seconds.
    fn scrapes(self, dice: &mut Dice) -> Vec<i64> {
        let at = |minute: i64| START + minute * MINUTE;
        let in_gap = |t: i64| self.gap.is_some_and(|(from, to)| t >= at(from) && t < at(to));
        let late = if self.resets { 1 } else { 4 };
        let times = (0..).map(|i| START + self.offset + i * 15_000 + dice.below(late) as i64 * 1_000);
        times.skip_while(|&t| t < at(self.from)).take_while(|&t| t < at(self.to)).filter(|&t| !in_gap(t)).collect()
    }
}

fn series(labels: &[(&str, &str)], times: &[i64], values: Vec<f64>) -> Series {
    Series::new(Labels::of(labels), times.to_vec(), values)
}

fn counter(dice: &mut Dice, times: &[i64], target: Target, pace: u64) -> Vec<f64> {
    let mut value = 1e6 + dice.below(1_000_000) as f64;
    let mut step = || {
        if target.resets && dice.below(60) == 0 {
            value = dice.below(pace.max(2)) as f64;
        }
        value += if dice.below(6) == 0 { 0.0 } else { dice.below(pace) as f64 };
        value
    };
    times.iter().map(|_| step()).collect()
}

fn walk(dice: &mut Dice, times: &[i64], start: f64, stride: f64) -> Vec<f64> {
    let mut value = start;
    let mut step = || {
        value += (dice.share() - 0.5) * stride;
        value
    };
    times.iter().map(|_| step()).collect()
}

fn requests(dice: &mut Dice, target: Target, times: &[i64], out: &mut Vec<Series>) {
    for endpoint in ["/", "/pay", "/api/v1.0"] {
        for (code, pace) in [("200", 60), ("500", 5)] {
            let values = counter(dice, times, target, pace);
            let (job, instance) = (target.job, target.instance);
            let name = ("__name__", "requests_total");
            let rest = [("job", job), ("instance", instance), ("endpoint", endpoint), ("code", code)];
            out.push(series(&[&[name], &rest[..]].concat(), times, values));
        }
    }
}

fn histogram(dice: &mut Dice, target: Target, times: &[i64], out: &mut Vec<Series>) {
    const BOUNDS: [&str; 6] = ["0.05", "0.1", "0.25", "1.0", "2.5", "+Inf"];
    for endpoint in ["/", "/pay"] {
        let mut counts: Vec<f64> = (1..=BOUNDS.len()).map(|i| 5e6 * i as f64).collect();
        let mut columns = vec![Vec::new(); BOUNDS.len()];
        for _ in times {
            let reset = target.resets && dice.below(90) == 0;
            for _ in 0..dice.below(12) {
                let bucket = (dice.below(36) as f64).sqrt() as usize;
                counts.iter_mut().skip(bucket).for_each(|count| *count += 1.0);
            }
            for (count, column) in counts.iter_mut().zip(&mut columns) {
                *count = if reset { 0.0 } else { *count };
                column.push(*count);
            }
        }
        let plain = [("job", target.job), ("instance", target.instance), ("endpoint", endpoint)];
        for (bound, column) in BOUNDS.iter().zip(&columns) {
            let own = [("__name__", "latency_seconds_bucket"), ("le", bound)];
            out.push(series(&[&own[..], &plain].concat(), times, column.clone()));
        }
        let name = [("__name__", "latency_seconds_count")];
        out.push(series(&[&name[..], &plain].concat(), times, columns.pop().unwrap_or_default()));
    }
}

fn gauges(dice: &mut Dice, target: Target, times: &[i64], out: &mut Vec<Series>) {
    let (job, instance) = (("job", target.job), ("instance", target.instance));
    for room in ["north", "south"] {
        let values = walk(dice, times, 2.0, 3.0);
        out.push(series(&[("__name__", "temperature"), job, instance, ("room", room)], times, values));
    }
    let used = walk(dice, times, 4e9, 3e8);
    out.push(series(&[("__name__", "memory_bytes"), job, instance], times, used));
    out.push(series(&[("__name__", "memory_limit_bytes"), job, instance], times, vec![8e9; times.len()]));
    let up: Vec<f64> = times.iter().map(|_| if dice.below(12) == 0 { 0.0 } else { 1.0 }).collect();
    out.push(series(&[("__name__", "up"), job, instance], times, up));
    let levels: Vec<f64> = times.iter().map(|_| dice.below(3) as f64).collect();
    out.push(series(&[("__name__", "level"), job, instance], times, levels));
    // A release at minute 60: one series ends and another begins.
    let released = times.partition_point(|&t| t < START + 60 * MINUTE);
    for (version, times) in [("1.9", &times[..released]), ("1.10", &times[released..])] {
        let labels = [("__name__", "build_info"), job, instance, ("version", version), ("team", "blue \"b\" é")];
        out.push(series(&labels, times, vec![1.0; times.len()]));
    }
}

/// A counter that begins at zero in the middle of the time, and again after a gap.
fn young(out: &mut Vec<Series>) {
    let times: Vec<i64> = (0..).map(|i| START + 40 * MINUTE + 5_750 + i * 15_000).take(240).collect();
    let times: Vec<i64> = times.into_iter().enumerate().filter(|(i, _)| !(100..128).contains(i)).map(|t| t.1).collect();
    for (pace, start) in [("slow", 1.0), ("fast", 40.0)] {
        let values = (0..times.len()).map(|i| start + (i % 100) as f64 * 7.0).collect();
        out.push(series(&[("__name__", "young_total"), ("pace", pace)], &times, values));
    }
}

/// Values that arithmetic trips over.
fn oddities(out: &mut Vec<Series>) {
    let times: Vec<i64> = (0..LENGTH / 30_000).map(|i| START + 1_250 + i * 30_000).collect();
    for (kind, odd) in [("nan", f64::NAN), ("inf", f64::INFINITY), ("neginf", f64::NEG_INFINITY), ("zero", 0.0)] {
        let constant = vec![odd; times.len()];
        let mixed = times.iter().enumerate().map(|(i, _)| if i % 7 == 3 { odd } else { i as f64 - 100.0 }).collect();
        out.push(series(&[("__name__", "odd"), ("kind", kind)], &times, constant));
        out.push(series(&[("__name__", "odd_mixed"), ("kind", kind)], &times, mixed));
    }
}

pub fn generate() -> Vec<Series> {
    let mut dice = Dice(360);
    let mut out = Vec::new();
    for target in TARGETS {
        let times = target.scrapes(&mut dice);
        requests(&mut dice, target, &times, &mut out);
        histogram(&mut dice, target, &times, &mut out);
        gauges(&mut dice, target, &times, &mut out);
    }
    young(&mut out);
    oddities(&mut out);
    out.retain(|series| !series.times.is_empty());
    out
}

/// The text that `promtool` reads.
pub fn open_metrics(series: &[Series]) -> String {
    let mut sorted: Vec<&Series> = series.iter().collect();
    sorted.sort_by(|a, b| a.labels.get("__name__").cmp(&b.labels.get("__name__")));
    let mut text = String::new();
    for series in sorted {
        // OpenMetrics allows no space between labels.
        let labels = series.labels.to_string().replace("\", ", "\",");
        for (time, value) in series.points() {
            let value = match value {
                f64::INFINITY => "+Inf".to_owned(),
                f64::NEG_INFINITY => "-Inf".to_owned(),
                _ => value.to_string(),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{labels} {value} {}.{:03}", time / 1000, time % 1000);
        }
    }
    text + "# EOF\n"
}
