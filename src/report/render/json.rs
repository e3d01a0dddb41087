//! JSON for machines: raw numbers in base units, times in RFC 3339 and UTC, keys in order of name. What is not known
//! is null, never 0. `schema.json` describes it.

mod logs;
mod service;
mod traces;

use serde_json::{Map, Value, json};

use super::page::word;
use crate::analysis::insight::{Carrier, Evidence, Finding};
use crate::model::labels::Labels;
use crate::model::unit::Unit;
use crate::report::ask::NotAsked;
use crate::report::document::{Report, Slo, State, Table};
use crate::report::figures::{Above, Change, Figures, Reading, Row};
use crate::report::sampling::{Sampled, ranges};
use crate::time::{Range, SECOND, Timestamp};

/// Changes with every change that a reader of the former shape would stumble over.
pub const SCHEMA: &str = "a360.report/2";

pub fn json(report: &Report) -> String {
    // Sorted by name, because that is how the map behind it holds its keys.
    format!("{:#}\n", document(report))
}

fn document(report: &Report) -> Value {
    let plan = &report.plan;
    json!({
        "schema": SCHEMA,
        "report_type": plan.label,
        "generated_at": plan.generated_at.rfc3339(),
        "version": plan.version,
        "demo": plan.demo,
        "context": plan.context,
        "scope": plan.scope,
        "source": plan.address,
        "period": period(report.grid.now),
        "period_before": period(report.grid.before),
        "period_week_before": report.grid.week.map(period),
        "sampling": sampling(report),
        "slo": report.slo.map(slo),
        "step_seconds": report.grid.step as f64 / SECOND as f64,
        "summary": {
            "level": level(report),
            "text": report.summary.text,
        },
        "requests": requests(report),
        "errors": with(table(&report.errors.by_endpoint, "by_endpoint"), "total", row(&report.errors.total)),
        "performance": with(
            table(&report.performance.by_endpoint, "by_endpoint"), "largest_bucket", number(report.performance.cap)
        ),
        "resources": {
            "memory": table(&report.resources.memory, "by_instance"),
            "cpu": table(&report.resources.cpu, "by_instance"),
            "memory_ratio": table(&report.resources.memory_ratio, "by_instance"),
        },
        "availability": service::presence(&report.availability),
        "hosts": {
            "state": state(report.hosts.state),
            "by_instance": report.hosts.rows.iter().map(service::host).collect::<Vec<_>>(),
        },
        "alerts": service::alerts(report),
        "logs": report.logs.as_ref().map(logs::logs),
        "traces": report.traces.as_ref().map(traces::traces),
        "insights": report.insights.iter().map(|finding| insight(report, finding)).collect::<Vec<_>>(),
        "warnings": report.warnings,
        "questions": report.asked,
        "not_asked": report.not_asked.iter().map(not_asked).collect::<Vec<_>>(),
    })
}

fn with(mut value: Value, key: &str, extra: Value) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.insert(key.to_owned(), extra);
    }
    value
}

fn level(report: &Report) -> String {
    match word(report.summary.level) {
        "" => "calm".to_owned(),
        word => word.to_ascii_lowercase(),
    }
}

fn period(range: Range) -> Value {
    json!({ "from": range.start.rfc3339(), "to": range.end.rfc3339() })
}

fn time(at: Option<i64>) -> Value {
    at.map_or(Value::Null, |at| Timestamp(at).rfc3339().into())
}

/// Infinite and NaN have no number in JSON.
fn number(value: Option<f64>) -> Value {
    value.filter(|value| value.is_finite()).map_or(Value::Null, |value| Value::from(rounded(value)))
}

/// Without the noise of the last digits, which would differ from one processor to the next.
fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

fn whole(value: Option<f64>) -> Value {
    number(value.map(f64::round))
}

fn state(state: State) -> &'static str {
    match state {
        State::Answered => "ok",
        State::Empty => "no_data",
        State::NotAsked => "not_asked",
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::PerSecond => "requests_per_second",
        Unit::Ratio => "ratio",
        Unit::Percent => "percent",
        Unit::Seconds => "seconds",
        Unit::Bytes => "bytes",
        Unit::BytesPerSecond => "bytes_per_second",
    }
}

fn change(change: Change) -> Value {
    match change {
        Change::Ratio(ratio) => number(Some(ratio)),
        Change::New => "new".into(),
        Change::Gone => "gone".into(),
        Change::Unknown => Value::Null,
    }
}

fn requests(report: &Report) -> Value {
    let requests = &report.requests;
    let mut value = table(&requests.by_endpoint, "by_endpoint");
    for (key, extra) in [
        ("total", row(&requests.total)),
        ("count", whole(requests.count)),
        ("count_before", whole(requests.count_before)),
        ("count_week_before", whole(requests.count_week)),
        ("covered", number(requests.covered)),
        ("no_traffic_since", time(requests.idle_since)),
    ] {
        value = with(value, key, extra);
    }
    value
}

fn table(table: &Table, rows: &str) -> Value {
    let value = json!({ "state": state(table.state), "unit": unit(table.unit), "limit": number(table.limit) });
    with(value, rows, table.rows.iter().map(row).collect())
}

fn row(row: &Row) -> Value {
    let state = match row.now {
        Reading::Value(_) => "ok",
        Reading::AtLeast(_) => "at_least",
        Reading::NoLimit => "no_limit",
        Reading::NoTraffic => "no_traffic",
        Reading::NoData => "no_data",
        Reading::NotAsked => "not_asked",
    };
    let mut value = json!({
        "name": row.name,
        "labels": labels(&row.labels),
        "state": state,
        "now": number(row.now.value()),
        "before": row.before.as_ref().map(figures),
        "week_before": row.week.as_ref().map(figures),
        "change": change(row.change),
        "change_of_week": change(row.change_of_week),
        "max_is_lower_bound": row.capped,
        "above_limit": row.above.map(above),
    });
    for (key, pick) in PICKS {
        value = with(value, key, number(row.figures.as_ref().map(pick)));
    }
    value
}

type Pick = (&'static str, fn(&Figures) -> f64);
const PICKS: [Pick; 4] = [("min", |f| f.min), ("avg", |f| f.avg), ("p95", |f| f.p95), ("max", |f| f.max)];

fn figures(figures: &Figures) -> Value {
    PICKS.iter().map(|(key, pick)| ((*key).to_owned(), number(Some(pick(figures))))).collect::<Map<_, _>>().into()
}

fn above(above: Above) -> Value {
    json!({
        "minutes": number(Some(above.minutes)),
        "minutes_before": number(above.minutes_before),
        "since": time(above.since),
        "since_period_start": above.from_start,
    })
}

fn labels(labels: &Labels) -> Value {
    labels.iter().map(|(name, value)| (name.to_string(), value.as_str().into())).collect::<Map<_, _>>().into()
}

fn sampling(report: &Report) -> Value {
    let seconds = |ms: i64| number(Some(ms as f64 / SECOND as f64));
    let one = |one: Sampled| json!({ "question": one.topic.word(), "step_seconds": seconds(one.step), "how": one.how.word() });
    json!({
        "requests": report.requests_sent,
        "halved": report.halved,
        "questions": ranges(&report.plan.watch, &report.grid).into_iter().map(one).collect::<Vec<_>>(),
    })
}

fn slo(slo: Slo) -> Value {
    json!({
        "target": number(Some(slo.target)),
        "good": number(slo.good),
        "budget_used": number(slo.used),
        "burn_rate": number(slo.burn),
        "budget_of_30_days_spent_in_seconds": number(slo.spent_in.map(|ms| ms as f64 / SECOND as f64)),
    })
}

fn insight(report: &Report, finding: &Finding) -> Value {
    let carrier = |one: &Carrier| json!({ "label": one.label, "value": one.value, "share": number(Some(one.share)) });
    let evidence = |one: &Evidence| json!({ "what": one.what, "command": report.plan.opening.command(&one.place) });
    json!({
        "kind": finding.kind.word(),
        "name": Some(&finding.subject).filter(|name| !name.is_empty()),
        "score": number(Some(finding.score)),
        "from": time(finding.from),
        "to": time(finding.to),
        "text": finding.text,
        "figures": finding.figures.map(|shift| {
            json!({ "unit": unit(shift.unit), "before": number(shift.was), "now": number(shift.is) })
        }),
        "carriers": finding.carriers.iter().map(carrier).collect::<Vec<_>>(),
        "evidence": finding.evidence.iter().map(evidence).collect::<Vec<_>>(),
    })
}

fn not_asked(entry: &NotAsked) -> Value {
    json!({
        "source": entry.source,
        "question": entry.topic.word(),
        "period": entry.when.word(),
        "why": entry.why,
    })
}
