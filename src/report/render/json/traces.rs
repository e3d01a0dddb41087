//! The traces as JSON.

use serde_json::{Value, json};

use super::number;
use crate::analysis::traces::{PathShare, Row, Slower};
use crate::report::document::{Began, Failing, Looked, Traces};
use crate::time::Timestamp;

pub fn traces(traces: &Traces) -> Value {
    json!({
        "looked_at": traces.looked.map(looked),
        "looked_at_before": traces.before.map(looked),
        "slow_from_seconds": seconds(traces.slow_from),
        "slowest": traces.slowest.as_ref().map(|rows| rows.iter().map(row).collect::<Vec<_>>()),
        "failing": traces.failing.as_ref().map(failing),
        "slower": traces.slower.as_ref().map(|all| all.iter().map(slower).collect::<Vec<_>>()),
        "critical_path": traces.shares.as_ref().map(|all| all.iter().map(share).collect::<Vec<_>>()),
    })
}

fn seconds(ns: i64) -> Value {
    number(Some(ns as f64 / 1e9))
}

fn looked(looked: Looked) -> Value {
    json!({ "traces": looked.traces, "is_sample": looked.is_sample })
}

fn row(row: &Row) -> Value {
    let fails = row
        .blame
        .as_ref()
        .map(|blame| json!({ "service": blame.service, "operation": blame.operation, "error": blame.error }));
    json!({
        "trace_id": row.id.to_string(),
        "start": Timestamp::of_ns(row.start).rfc3339(),
        "seconds": seconds(row.duration),
        "service": row.service,
        "operation": row.operation,
        "spans": row.spans,
        "fails_in": fails,
    })
}

fn failing(failing: &Failing) -> Value {
    let began = |one: &Began| {
        json!({
            "service": one.service,
            "operation": one.operation,
            "count": one.count,
            "count_before": one.count_before,
        })
    };
    json!({
        "count": failing.count,
        "count_before": failing.count_before,
        "is_sample": failing.is_sample,
        "newest": failing.rows.iter().map(row).collect::<Vec<_>>(),
        "begin_in": failing.began.iter().map(began).collect::<Vec<_>>(),
    })
}

fn slower(one: &Slower) -> Value {
    let times = |(was, is): (i64, i64)| json!({ "before": seconds(was), "now": seconds(is) });
    json!({
        "service": one.service,
        "operation": one.operation,
        "p50_seconds": times(one.p50),
        "p95_seconds": times(one.p95),
        "traces": one.traces.1,
        "traces_before": one.traces.0,
        "added_seconds": seconds(one.added),
        "by_itself": one.is_own,
    })
}

fn share(one: &PathShare) -> Value {
    json!({
        "service": one.service,
        "share": number(Some(one.now)),
        "share_before": number(one.before),
        "has_grown": one.has_grown,
    })
}
