//! What Agent360's instances show of themselves: its four metrics as prometheus_client writes them, and the process.

use super::Sim;
use super::flow::Flow;
use super::noise::{wander, word};
use super::series::{Kind, Member, Metric};
use super::service::{Answers, BOUNDS, ENDPOINTS, HEALTH, INSTANCES, SHARES, TYPICAL, effect, part_between};
use super::story::{self, Incident};

const LATENCY: &str = "agent360_request_duration_seconds";
const TOOK: &str = "Request duration in seconds";

pub const METRICS: [Metric; 11] = [
    Metric {
        name: "agent360_requests_total",
        family: "agent360_requests_total",
        kind: Kind::Counter,
        help: "Total requests processed",
        members: requests,
    },
    Metric {
        name: "agent360_request_duration_seconds_bucket",
        family: LATENCY,
        kind: Kind::Histogram,
        help: TOOK,
        members: buckets,
    },
    Metric {
        name: "agent360_request_duration_seconds_count",
        family: LATENCY,
        kind: Kind::Histogram,
        help: TOOK,
        members: counts,
    },
    Metric {
        name: "agent360_request_duration_seconds_sum",
        family: LATENCY,
        kind: Kind::Histogram,
        help: TOOK,
        members: sums,
    },
    gauge("agent360_memory_usage_bytes", "Memory usage in bytes", memory),
    gauge("agent360_cpu_usage_percent", "CPU usage percentage", cpu),
    gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds", started),
    gauge("process_resident_memory_bytes", "Resident memory size in bytes", memory),
    gauge("process_open_fds", "Number of open file descriptors", open_files),
    Metric {
        name: "process_cpu_seconds_total",
        family: "process_cpu_seconds_total",
        kind: Kind::Counter,
        help: "Total user and system CPU time spent in seconds",
        members: cpu_seconds,
    },
    gauge("python_info", "Python platform information", python),
];

const fn gauge(
    name: &'static str,
    help: &'static str,
    members: for<'a> fn(&'a Sim, usize) -> Vec<Member<'a>>,
) -> Metric {
    Metric { name, family: name, kind: Kind::Gauge, help, members }
}

/// A flow of one endpoint at one instance: `usual` requests a second, or what an incident there makes of it.
fn flow<'a>(
    sim: &Sim,
    (instance, endpoint): (usize, usize),
    what: &[&str],
    usual: f64,
    hit: impl Fn(story::Kind) -> f64 + 'a,
) -> Flow<'a> {
    let share = SHARES[instance];
    let key = word(sim.seed, &[INSTANCES[instance], ENDPOINTS[endpoint].path]);
    let own = Some(word(key, what));
    if endpoint == HEALTH {
        return Flow { key, own, ..Flow::steady(usual * share) };
    }
    let hit = Box::new(move |incident: &Incident| {
        let here = incident.hits_endpoint() && incident.endpoint == endpoint;
        if here { (hit(incident.kind) - usual) * share } else { 0.0 }
    });
    Flow { key, own, steady: 0.0, weight: usual * share, hit }
}

pub fn answers(sim: &Sim, instance: usize, endpoint: usize, (method, part, status): Answers) -> Flow<'static> {
    let what = &ENDPOINTS[endpoint];
    let hit = move |kind| what.in_incident(part, status, kind);
    flow(sim, (instance, endpoint), &[method, status], what.usual(part, status), hit)
}

/// Everything an endpoint answers with a 5xx.
pub fn failed(sim: &Sim, instance: usize, endpoint: usize) -> Vec<Flow<'static>> {
    let failing = ENDPOINTS[endpoint].answers().into_iter().filter(|(_, _, status)| status.starts_with('5'));
    failing.map(|answer| answers(sim, instance, endpoint, answer)).collect()
}

/// Requests that took longer than the bound before number `bucket`, and no longer than that: one flow a bucket.
pub fn between(sim: &Sim, instance: usize, endpoint: usize) -> impl Iterator<Item = Flow<'static>> {
    let what = &ENDPOINTS[endpoint];
    (0..BOUNDS.len()).map(move |bucket| {
        let hit = move |kind| {
            let effect = effect(kind);
            what.rate * effect.traffic * part_between(&effect.within, bucket)
        };
        let usual = what.rate * part_between(&what.within, bucket);
        flow(sim, (instance, endpoint), &["le", BOUNDS[bucket]], usual, hit)
    })
}

fn requests(sim: &Sim, instance: usize) -> Vec<Member<'_>> {
    let mut members = Vec::new();
    for (e, endpoint) in ENDPOINTS.iter().enumerate() {
        for answer in endpoint.answers() {
            let labels = vec![("endpoint", endpoint.path), ("method", answer.0), ("status", answer.2)];
            members.push(Member::after_first(labels, vec![(1.0, answers(sim, instance, e, answer))]));
        }
    }
    members
}

/// A part of an endpoint's histogram: what lies between the bounds, each times a factor.
fn part(
    sim: &Sim,
    instance: usize,
    endpoint: usize,
    le: Option<&'static str>,
    factor: impl Fn(usize) -> f64,
) -> Member<'static> {
    let mut labels = vec![("endpoint", ENDPOINTS[endpoint].path)];
    labels.extend(le.map(|le| ("le", le)));
    let flows = between(sim, instance, endpoint).enumerate();
    Member::after_first(labels, flows.map(|(bucket, flow)| (factor(bucket), flow)).collect())
}

fn buckets(sim: &Sim, instance: usize) -> Vec<Member<'_>> {
    let up_to = |last: usize| move |bucket| if bucket <= last { 1.0 } else { 0.0 };
    let bucket = |e, last: usize| part(sim, instance, e, Some(BOUNDS[last]), up_to(last));
    (0..ENDPOINTS.len()).flat_map(|e| (0..BOUNDS.len()).map(move |last| bucket(e, last))).collect()
}

fn counts(sim: &Sim, instance: usize) -> Vec<Member<'_>> {
    (0..ENDPOINTS.len()).map(|e| part(sim, instance, e, None, |_| 1.0)).collect()
}

fn sums(sim: &Sim, instance: usize) -> Vec<Member<'_>> {
    (0..ENDPOINTS.len()).map(|e| part(sim, instance, e, None, |bucket| TYPICAL[bucket])).collect()
}

fn memory(sim: &Sim, instance: usize) -> Vec<Member<'_>> {
    let overhead = 52.0 * 1024.0 * 1024.0;
    vec![Member::gauge(Vec::new(), move |t, _| sim.container_memory(instance, t) - overhead)]
}

fn cpu(sim: &Sim, instance: usize) -> Vec<Member<'_>> {
    let key = word(sim.seed, &["cpu", INSTANCES[instance]]);
    vec![Member::gauge(Vec::new(), move |t, _| {
        let at = sim.story.seconds(t);
        let trouble = |i: Incident| 20.0 * i.trouble(t) + 9.0 * i.leaked(instance, t) + 30.0 * i.storm(instance, t);
        let trouble: f64 = sim.story.around(t).map(trouble).sum();
        let noise = 2.0 * wander(key, at, 40.0) + 3.0 * wander(key ^ 1, at, 600.0);
        let percent = 33.0 * sim.curve.height(at) + trouble + noise;
        (percent.clamp(0.5, 99.5) * 10.0).round() / 10.0
    })]
}

fn started(_: &Sim, _: usize) -> Vec<Member<'_>> {
    vec![Member::gauge(Vec::new(), |_, run| run.started as f64 / 1e3)]
}

fn open_files(sim: &Sim, instance: usize) -> Vec<Member<'_>> {
    let key = word(sim.seed, &["fds", INSTANCES[instance]]);
    vec![Member::gauge(Vec::new(), move |t, _| {
        let at = sim.story.seconds(t);
        let waiting: f64 = sim.story.around(t).map(|i| 90.0 * i.trouble(t)).sum();
        (48.0 + 20.0 * sim.curve.height(at) + waiting + 4.0 * wander(key, at, 60.0)).round()
    })]
}

fn cpu_seconds(sim: &Sim, instance: usize) -> Vec<Member<'_>> {
    let mut flow = Flow::daily(word(sim.seed, &["cpu seconds", INSTANCES[instance]]), 0.33);
    flow.hit = Box::new(move |incident| match incident.kind {
        story::Kind::LogStorm if incident.instance == instance => 0.3,
        story::Kind::LogStorm | story::Kind::Down => 0.0,
        _ => 0.2,
    });
    vec![Member::amount(Vec::new(), flow)]
}

fn python(_: &Sim, _: usize) -> Vec<Member<'_>> {
    let labels = vec![("implementation", "CPython"), ("major", "3"), ("minor", "12"), ("version", "3.12.8")];
    vec![Member::gauge(labels, |_, _| 1.0)]
}
