//! A service that answers from a script: values as functions of time.

use std::collections::BTreeMap;
use std::sync::Arc;

use a360::analysis::widen::{over, widen};
use a360::model::alert::{Alert, AlertState};
use a360::model::ask::Ask;
use a360::model::delivery::{Held, Holdings};
use a360::model::fault::FetchError;
use a360::model::labels::Labels;
use a360::model::place::Opening;
use a360::model::query::{Answer, Query, Source};
use a360::model::series::{Frame, Notes, Sample, Series, Vector};
use a360::model::watch::Watch;
use a360::model::window::Progress;
use a360::report::{self, Depth, Periods, Plan, Report};
use a360::text::Plain;
use a360::time::{HOUR, MINUTE, Range, Timestamp};
use jiff::tz::TimeZone;

/// 2026-11-23 14:03:27 UTC
pub const NOW: Timestamp = Timestamp(1_795_442_607_000);

/// The value at so many minutes before now; none is no sample.
pub type Course = fn(i64) -> Option<f64>;
pub type Refuse = fn(&Query) -> Option<FetchError>;

#[derive(Clone)]
pub struct Script {
    pub series: BTreeMap<String, Vec<(Labels, Course)>>,
    pub alerts: Vec<Alert>,
    /// What Alertmanager holds; none is that there is no Alertmanager.
    pub held: Option<Holdings>,
    pub refuse: Refuse,
    pub notes: Notes,
    /// How far the server's clock is ahead, ms.
    pub ahead: i64,
}

impl Script {
    /// A quiet service: two endpoints, two instances, one machine.
    pub fn calm() -> Self {
        let mut script = Self {
            series: BTreeMap::new(),
            alerts: Vec::new(),
            held: None,
            refuse: |_| None,
            notes: Notes::default(),
            ahead: 0,
        };
        let watch = Watch::default();
        script.set(&watch.requests, "endpoint", &[("/api/search", |_| Some(240.0)), ("/api/pay", |_| Some(60.0))]);
        script.set(&watch.errors, "", &[("", |_| Some(0.003))]);
        script.set(&watch.errors_by_endpoint, "endpoint", &[("/api/pay", |_| Some(0.015))]);
        script.set(&watch.latency, "endpoint", &[("/api/search", |_| Some(0.26)), ("/api/pay", |_| Some(0.4))]);
        script.set(&watch.buckets, "le", &[("0.1", |_| Some(1.0)), ("5.0", |_| Some(1.0)), ("+Inf", |_| Some(1.0))]);
        let both = |course: Course| [("a:8000", course), ("b:8000", course)];
        script.set(&watch.memory, "instance", &both(|_| Some(512.0 * 1024.0 * 1024.0)));
        script.set(&watch.cpu, "instance", &both(|_| Some(40.0)));
        script.set(
            &watch.memory_ratio,
            "pod",
            &[("agent360-0", |_| Some(0.5)), ("agent360-1", |_| Some(f64::INFINITY))],
        );
        script.set(&watch.up, "instance", &both(|_| Some(1.0)));
        script.set(&watch.started, "instance", &both(|_| Some(1_795_000_000.0)));
        script.set(&watch.hosts.cpu, "instance", &[("node-a:9100", |_| Some(0.71))]);
        script.set(&watch.hosts.memory, "instance", &[("node-a:9100", |_| Some(0.54))]);
        script.disk("/", |ago| Some(if ago > 30 { 0.6 } else { 0.81 }));
        script
    }

    /// A deploy at 13:57 breaks payments: errors, slowness, a restart, alerts.
    pub fn incident() -> Self {
        let mut script = Self::calm();
        let watch = Watch::default();
        script.set(&watch.errors, "", &[("", |ago| Some(if ago < 7 { 0.124 } else { 0.003 }))]);
        script.set(
            &watch.errors_by_endpoint,
            "endpoint",
            &[("/api/pay", |ago| Some(if ago < 7 { 0.62 } else { 0.015 }))],
        );
        script.set(
            &watch.latency,
            "endpoint",
            &[("/api/search", |_| Some(0.26)), ("/api/pay", |ago| Some(if ago < 7 { 5.0 } else { 0.4 }))],
        );
        script.set(
            &watch.started,
            "instance",
            &[("a:8000", |ago| Some(if ago < 8 { 1_795_442_180.0 } else { 1_795_000_000.0 }))],
        );
        script.alerts = vec![
            alert("HighLatency", "warning", AlertState::Pending, 4),
            alert("HighErrorRate", "critical", AlertState::Firing, 6),
        ];
        script
    }

    /// Nobody has come for ten minutes: rates are 0, ratios and percentiles are NaN.
    pub fn no_traffic() -> Self {
        let mut script = Self::calm();
        let watch = Watch::default();
        let rate: Course = |ago| Some(if ago < 10 { 0.0 } else { 60.0 });
        let ratio: Course = |ago| Some(if ago < 10 { f64::NAN } else { 0.01 });
        script.set(&watch.requests, "endpoint", &[("/api/pay", rate), ("/api/search", rate)]);
        script.set(&watch.errors, "", &[("", ratio)]);
        script.set(&watch.errors_by_endpoint, "endpoint", &[("/api/pay", ratio)]);
        script.set(&watch.latency, "endpoint", &[("/api/pay", ratio), ("/api/search", ratio)]);
        script
    }

    /// The service has never failed: no 5xx series exists.
    pub fn no_errors() -> Self {
        let mut script = Self::calm();
        script.set(&Watch::default().errors, "", &[]);
        script.set(&Watch::default().errors_by_endpoint, "endpoint", &[]);
        script
    }

    /// No target answers since 13:50, and so its own series end then.
    pub fn down() -> Self {
        let mut script = Self::calm();
        let watch = Watch::default();
        script.set(&watch.requests, "endpoint", &[("/api/pay", |ago| (ago > 13).then_some(60.0))]);
        script.set(&watch.errors, "", &[]);
        script.set(&watch.errors_by_endpoint, "endpoint", &[]);
        script.set(&watch.latency, "endpoint", &[("/api/pay", |ago| (ago > 13).then_some(0.4))]);
        script.set(&watch.memory, "instance", &[("a:8000", |ago| (ago > 13).then_some(4096.0))]);
        script.set(&watch.cpu, "instance", &[("a:8000", |ago| (ago > 13).then_some(40.0))]);
        script.set(&watch.memory_ratio, "pod", &[]);
        let up: Course = |ago| Some(if ago > 13 { 1.0 } else { 0.0 });
        script.set(&watch.up, "instance", &[("a:8000", up), ("b:8000", up)]);
        script
    }

    /// Names that try to break out of every format.
    pub fn hostile() -> Self {
        let mut script = Self::incident();
        let watch = Watch::default();
        let names: [(&str, Course); 3] = [
            ("a|b`<!channel> @here [x](http://evil.example) \u{1b}[31m\u{202e}", |_| Some(300.0)),
            ("\n| --- |\n# 12 **bold** $x$", |_| Some(200.0)),
            (LONG, |_| Some(100.0)),
        ];
        script.set(&watch.requests, "endpoint", &names);
        script.set(&watch.latency, "endpoint", &names);
        script.set(&watch.memory, "instance", &names);
        for (alert, (name, _)) in script.alerts.iter_mut().zip(names) {
            alert.annotations = Labels::of(&[("summary", name)]);
            alert.labels = alert.labels.with("alertname", name).with(name, name);
        }
        script
    }

    /// The series of a question: one for each value of a label.
    pub fn set(&mut self, expr: &str, label: &str, courses: &[(&str, Course)]) {
        let labels = |value: &str| Labels::default().with(if value.is_empty() { "x" } else { label }, value);
        self.series.insert(expr.to_owned(), courses.iter().map(|(value, course)| (labels(value), *course)).collect());
    }

    /// What Prometheus writes of the alerts that fire.
    pub fn fires(&mut self, alerts: &[(&str, &str, Course)]) {
        let labels =
            |name, severity| Labels::of(&[("alertname", name), ("alertstate", "firing"), ("severity", severity)]);
        let series = alerts.iter().map(|(name, severity, course)| (labels(name, severity), *course));
        self.series.insert("ALERTS{alertstate=\"firing\"}".to_owned(), series.collect());
    }

    pub fn disk(&mut self, mount: &str, course: Course) {
        let labels = Labels::of(&[("instance", "node-a:9100"), ("mountpoint", mount)]);
        self.series.insert(Watch::default().hosts.disk, vec![(labels, course)]);
    }

    /// Every series takes this course.
    pub fn all(mut self, course: Course) -> Self {
        self.series.values_mut().flatten().for_each(|(_, held)| *held = course);
        self
    }

    fn of(&self, expr: &str) -> &[(Labels, Course)] {
        self.series.get(expr).map_or(&[], Vec::as_slice)
    }

    /// A long period is asked over all of each step: the same courses.
    fn sampled(&self, asked: &str, step: i64) -> &[(Labels, Course)] {
        let is = |expr: &&String| {
            let over = |function| over(function, expr, step).is_some_and(|wide| wide == asked);
            widen(expr, step).is_some_and(|wide| wide == asked) || over("avg_over_time") || over("max_over_time")
        };
        let known = if self.series.contains_key(asked) { None } else { self.series.keys().find(is) };
        self.of(known.map_or(asked, String::as_str))
    }
}

pub fn alert(name: &str, severity: &str, state: AlertState, minutes: i64) -> Alert {
    Alert {
        labels: Labels::of(&[("alertname", name), ("severity", severity), ("service", "agent360")]),
        annotations: Labels::of(&[("summary", "High error rate detected")]),
        state,
        active_at: Some(NOW.plus(-minutes * MINUTE)),
        value: Some(0.124),
    }
}

/// An alert as Alertmanager holds it, with a label more.
pub fn held(alert: &Alert, receivers: &[&str]) -> Held {
    Held {
        fingerprint: "f".into(),
        labels: alert.labels.with("cluster", "eu"),
        annotations: alert.annotations.clone(),
        starts_at: alert.active_at,
        updated_at: None,
        receivers: receivers.iter().map(|name| (*name).into()).collect(),
        generator: "".into(),
        silenced_by: Vec::new(),
        inhibited_by: Vec::new(),
        muted_by: Vec::new(),
    }
}

const LONG: &str = "/api/東京/an-endpoint-whose-name-is-longer-than-any-column-of-any-table-that-a-terminal-can-show";

#[derive(Clone)]
pub struct Scripted(Arc<Script>);

impl Ask for Scripted {
    async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        if let Some(error) = (self.0.refuse)(query) {
            return Err(error);
        }
        let ago = |time: i64| (NOW.0 - time) / MINUTE;
        match query {
            Query::Range { expr, span, step } => {
                let window = progress.plan(*span, *step, true, now);
                let grid: Vec<i64> = (0..window.points()).map(|i| window.start + i * window.step).collect();
                let series = self.0.sampled(expr, *step).iter().map(|(labels, course)| {
                    let points = grid.iter().filter_map(|time| Some((*time, course(ago(*time))?)));
                    let (times, values) = points.unzip();
                    Series::new(labels.clone(), times, values)
                });
                let series = series.filter(|series| !series.times.is_empty()).collect();
                Ok(Answer::Frame(Frame { window, series, notes: self.0.notes.clone() }))
            }
            Query::Instant { expr, at } => {
                let time = at.unwrap_or(now).0;
                let samples = self.0.of(expr).iter().filter_map(|(labels, course)| {
                    Some(Sample { labels: labels.clone(), time, value: course(ago(time))? })
                });
                Ok(Answer::Vector(Vector { samples: samples.collect(), notes: Notes::default() }))
            }
            Query::Alerts => Ok(Answer::Alerts(self.0.alerts.clone())),
            Query::Held if self.0.held.is_some() => Ok(Answer::Held(self.0.held.clone().unwrap_or_default())),
            _ => Err(FetchError::Unsupported(Plain::new("not here"))),
        }
    }

    /// Of Prometheus alone: its clock is the one that counts in a report.
    fn skew_ms(&self, source: Source) -> i64 {
        if source == Source::Prometheus { self.0.ahead } else { 0 }
    }
}

pub fn plan() -> Plan {
    Plan {
        context: "prod".into(),
        address: "http://prometheus:9090".into(),
        periods: Periods::of(Range::new(NOW.plus(-HOUR), NOW)),
        label: "last hour".to_owned(),
        at_once: 8,
        watch: Watch::default(),
        alertmanager: false,
        logs: false,
        traces: false,
        dead_mans_switch: None,
        scope: None,
        depth: Depth::Full,
        opening: Opening { context: Some("prod".into()), ..Opening::default() },
        zone: TimeZone::UTC,
        demo: false,
        generated_at: NOW,
        version: "0.1.0",
    }
}

pub fn build(script: Script) -> Report {
    let alertmanager = script.held.is_some();
    build_for(script, &Plan { alertmanager, ..plan() })
}

pub fn build_for(script: Script, plan: &Plan) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(report::build(&Scripted(Arc::new(script)), plan, || NOW, &mut |_, _| {}))
}

pub fn scripted(script: Script) -> Scripted {
    Scripted(Arc::new(script))
}
