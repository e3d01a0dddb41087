//! What the servers say in a test: an answer to each question, by its expression.

use std::collections::{BTreeMap, BTreeSet};

use a360::model::alert::{Alert, AlertState};
use a360::model::delivery::Holdings;
use a360::model::fault::FetchError;
use a360::model::host::{DiskUse, HostSample};
use a360::model::labels::Labels;
use a360::model::query::{Answer, Query, Source, Update};
use a360::model::rule::RuleGroup;
use a360::model::series::{Frame, Notes, Sample, Series, Vector};
use a360::model::silence::Silence;
use a360::model::watch::Watch;
use a360::model::window::{Part, Progress, Span, Window};
use a360::time::{MINUTE, Timestamp, millis};
use a360::ui::app::{App, Event};

use crate::console::NOW;

/// A line of a chart: its value so many minutes before `NOW`; `None` is a gap.
pub type Shape = Box<dyn Fn(f64) -> Option<f64>>;
pub type Line = (Labels, Shape);

/// What one question gets.
pub enum Reply {
    Lines(Vec<Line>),
    Values(Vec<(Labels, f64)>),
    Fails(FetchError),
    Hangs,
}

/// All answers. What is not told about is answered with nothing, as a server does that has no such series.
#[derive(Default)]
pub struct Story {
    pub replies: BTreeMap<String, Reply>,
    /// Said with every answer.
    pub notes: Notes,
    pub alerts: Vec<Alert>,
    pub alerts_fail: Option<FetchError>,
    /// Prometheus cannot be reached at all.
    pub outage: Option<FetchError>,
    /// What is not told hangs.
    pub rules: Option<Result<Vec<RuleGroup>, FetchError>>,
    pub held: Option<Result<Holdings, FetchError>>,
    pub silences: Vec<Silence>,
    pub silences_fail: Option<FetchError>,
    /// Milliseconds that Alertmanager's clock is ahead of ours.
    pub ahead: i64,
    /// And that of Prometheus.
    pub prometheus_ahead: i64,
}

pub fn flat(value: f64) -> Shape {
    Box::new(move |_| Some(value))
}

pub fn wave(middle: f64, swing: f64) -> Shape {
    Box::new(move |ago| Some(middle + swing * (ago / 7.0).sin()))
}

/// One value before a moment, another one since.
pub fn since(ago: f64, before: f64, after: f64) -> Shape {
    Box::new(move |at| Some(if at <= ago { after } else { before }))
}

pub fn by(name: &str, value: &str) -> Labels {
    Labels::of(&[(name, value)])
}

pub fn alert(name: &str, severity: &str, state: AlertState, minutes: i64) -> Alert {
    Alert {
        labels: Labels::of(&[("alertname", name), ("severity", severity), ("endpoint", "/api/checkout")]),
        annotations: Labels::default(),
        state,
        active_at: Some(NOW.plus(-minutes * MINUTE)),
        value: Some(0.2),
    }
}

impl Story {
    /// A calm day: traffic, few errors, three instances, two machines, a database.
    pub fn calm() -> Self {
        let watch = Watch::default();
        let mut story = Self::default();
        story.lines(&watch.requests, endpoints([240.0, 61.0, 38.0], 0.05));
        story.lines(&watch.errors, vec![(Labels::default(), wave(0.003, 0.0005))]);
        story.lines(&watch.errors_by_endpoint, endpoints([0.001, 0.004, 0.002], 0.1));
        story.lines(&watch.latency, endpoints([0.26, 0.41, 0.12], 0.05));
        story.values(&watch.buckets, ["0.1", "1", "5", "+Inf"].map(|le| (by("le", le), 9.0)).into());
        story.lines(&watch.memory, instances([1.6e9, 0.8e9, 0.7e9], 0.02));
        story.lines(&watch.cpu, instances([58.0, 41.0, 44.0], 0.1));
        story.values(&watch.memory_ratio, vec![(by("pod", "agent360-0"), 0.61)]);
        story.lines(&watch.up, instances([1.0; 3], 0.0));
        story.lines(&watch.started, instances([1.79e9; 3], 0.0));
        story.machines(&watch);
        story
    }

    /// One endpoint fails and is slow since eight minutes ago.
    pub fn incident() -> Self {
        let watch = Watch::default();
        let mut story = Self::calm();
        story.lines(&watch.errors, vec![(Labels::default(), since(8.0, 0.003, 0.124))]);
        story.lines(
            &watch.errors_by_endpoint,
            vec![
                (by("endpoint", "/api/search"), wave(0.001, 0.0002)),
                (by("endpoint", "/api/checkout"), since(8.0, 0.004, 0.88)),
            ],
        );
        let mut latency = endpoints([0.26, 0.41, 0.12], 0.05);
        latency[1].1 = since(8.0, 0.41, 3.1);
        story.lines(&watch.latency, latency);
        story.alerts = vec![
            alert("HighErrorRate", "critical", AlertState::Firing, 3),
            alert("HighLatency", "warning", AlertState::Pending, 4),
        ];
        story
    }

    fn machines(&mut self, watch: &Watch) {
        let nodes = |a: f64, b: f64| vec![(by("instance", "node-a:9100"), a), (by("instance", "node-b:9100"), b)];
        let lines = |a, b| nodes(a, b).into_iter().map(|(labels, value)| (labels, wave(value, value / 9.0))).collect();
        let disk = |node: &str, ratio| (Labels::of(&[("instance", node), ("mountpoint", "/")]), ratio);
        let hosts = &watch.hosts;
        self.lines(&hosts.cpu, lines(0.71, 0.22));
        self.lines(&hosts.memory, lines(0.54, 0.48));
        self.values(&hosts.disk, vec![disk("node-a:9100", 0.81), disk("node-b:9100", 0.4)]);
        for (expr, a, b) in [
            (&hosts.received, 12.3e6, 4.1e6),
            (&hosts.sent, 3.2e6, 1.1e6),
            (&hosts.load, 2.1, 0.6),
            (&hosts.cores, 4.0, 4.0),
            (&hosts.clock_skew, 0.01, -0.02),
        ] {
            self.values(expr, nodes(a, b));
        }
        let matcher = &watch.database.matcher;
        let targets = ["db-0", "db-1", "db-2"].map(|name| (by("instance", name), 1.0));
        self.values(&format!("up{{{matcher}}}"), targets.into());
        let names = ["db_client_request_latency_seconds", "db_pending_compactions", "db_client_request_timeouts"];
        let names = names.map(|name| (by("__name__", name), 3.0));
        self.values(&format!("count by (__name__) ({{{matcher}}})"), names.into());
    }

    pub fn lines(&mut self, expr: &str, lines: Vec<Line>) {
        self.set(expr, Reply::Lines(lines));
    }

    pub fn values(&mut self, expr: &str, values: Vec<(Labels, f64)>) {
        self.set(expr, Reply::Values(values));
    }

    pub fn set(&mut self, expr: &str, reply: Reply) {
        self.replies.insert(expr.to_owned(), reply);
    }

    /// Answers whatever the console wants to know, also what it comes to ask because of an answer.
    pub fn tell(&self, app: &mut App, at: Timestamp) {
        let mut told = BTreeSet::new();
        loop {
            let open: Vec<_> = app.subscriptions().into_iter().filter(|asked| told.insert(asked.clone())).collect();
            if open.is_empty() {
                return;
            }
            for subscription in open {
                for result in self.results(&subscription.query, at) {
                    let next = subscription.every.map(|every| at.plus(millis(every)));
                    let of_am = subscription.query.source() == Source::Alertmanager;
                    let skew_ms = if of_am { self.ahead } else { self.prometheus_ahead };
                    let update = Update { subscription: subscription.clone(), at, next, skew_ms, result };
                    app.handle(Event::Update(Box::new(update)), at);
                }
            }
        }
    }

    fn results(&self, query: &Query, at: Timestamp) -> Vec<Result<Answer, FetchError>> {
        if let Some(error) = self.outage.as_ref().filter(|_| query.source() == Source::Prometheus) {
            return vec![Err(error.clone())];
        }
        let expr = match query {
            Query::Host => return vec![Ok(Answer::Host(here()))],
            Query::Alerts => {
                let alerts = self.alerts_fail.clone().map_or_else(|| Ok(self.alerts.clone()), Err);
                return vec![alerts.map(Answer::Alerts)];
            }
            Query::Rules => return self.rules.iter().cloned().map(|rules| rules.map(Answer::Rules)).collect(),
            Query::Held => return self.held.iter().cloned().map(|held| held.map(Answer::Held)).collect(),
            Query::Silences if matches!(self.held, Some(Err(_))) => return vec![Err(FetchError::Refused)],
            Query::Silences if self.silences_fail.is_some() => {
                return self.silences_fail.iter().cloned().map(Err).collect();
            }
            Query::Silences => return vec![Ok(Answer::Silences(self.silences.clone()))],
            Query::Routing => return Vec::new(),
            Query::Range { expr, .. } | Query::Instant { expr, .. } => expr,
            _ => return Vec::new(),
        };
        match (query, self.replies.get(expr)) {
            (_, Some(Reply::Hangs)) => Vec::new(),
            (_, Some(Reply::Fails(error))) => vec![Err(error.clone())],
            (Query::Range { span, step, .. }, reply) => {
                let window = Progress::default().plan(*span, *step, true, at);
                let head = Window { start: at.0, end: at.0, step: *step, part: Part::Head };
                // As the poller does: a live range, then the value of now.
                let live = matches!(span, Span::Live { .. });
                let parts = if live && window.end < at.0 { vec![window, head] } else { vec![window] };
                parts.into_iter().map(|window| Ok(Answer::Frame(self.frame(window, reply)))).collect()
            }
            (_, reply) => vec![Ok(Answer::Vector(self.vector(reply, at)))],
        }
    }

    fn frame(&self, window: Window, reply: Option<&Reply>) -> Frame {
        let Some(Reply::Lines(lines)) = reply else {
            return Frame { window, series: Vec::new(), notes: self.notes.clone() };
        };
        let times = (0..window.points()).map(|i| window.start + i * window.step);
        let series = lines.iter().map(|(labels, shape)| {
            let points = times.clone().filter_map(|t| Some((t, shape((NOW.0 - t) as f64 / MINUTE as f64)?)));
            let (times, values) = points.unzip();
            Series::new(labels.clone(), times, values)
        });
        let series = series.filter(|series| !series.times.is_empty()).collect();
        Frame { window, series, notes: self.notes.clone() }
    }

    fn vector(&self, reply: Option<&Reply>, at: Timestamp) -> Vector {
        let Some(Reply::Values(values)) = reply else { return Vector::default() };
        let samples = values.iter().map(|(labels, value)| Sample { labels: labels.clone(), time: at.0, value: *value });
        Vector { samples: samples.collect(), notes: Notes::default() }
    }
}

pub fn endpoints(values: [f64; 3], swing: f64) -> Vec<Line> {
    three("endpoint", ["/api/search", "/api/checkout", "/api/login"], values, swing)
}

pub fn instances(values: [f64; 3], swing: f64) -> Vec<Line> {
    three("instance", ["agent360-0:8000", "agent360-1:8000", "agent360-2:8000"], values, swing)
}

fn three(label: &str, names: [&str; 3], values: [f64; 3], swing: f64) -> Vec<Line> {
    names.iter().zip(values).map(|(name, value)| (by(label, name), wave(value, value * swing))).collect()
}

fn here() -> HostSample {
    const GIB: u64 = 1024 * 1024 * 1024;
    HostSample {
        name: "bastion".into(),
        cpu: Some(0.07),
        cores: 2,
        load1: 0.4,
        memory_used: GIB,
        memory_total: 8 * GIB,
        disk: Some(DiskUse { mount: "/".into(), used: 31 * GIB, total: 40 * GIB }),
        received: Some(81_000.0),
        sent: Some(12_000.0),
        uptime: 86_400,
    }
}
