//! Whether the service is there, on which machines, and what fires.

use serde_json::{Value, json};

use super::{change, labels, number, time};
use crate::analysis::alerts::{Row, State, Told};
use crate::analysis::availability::{Availability, Restart};
use crate::report::document::{Disk, Fired, Host, Moment, Outage, Presence, Report};
use crate::text::Plain;
use crate::time::SECOND;

pub fn presence(presence: &Presence) -> Value {
    let (state, up, targets, down, since): (_, _, _, &[Plain], _) = match &presence.state {
        None => ("not_asked", None, None, &[], None),
        Some(Availability::Up { targets }) => ("up", Some(*targets), Some(*targets), &[], None),
        Some(Availability::Degraded { up, targets, down, since }) => {
            ("degraded", Some(*up), Some(*targets), down, Some(*since))
        }
        Some(Availability::Down { targets, since }) => ("down", Some(0), Some(*targets), &[], *since),
        Some(Availability::Gone { since }) => ("gone", Some(0), None, &[], Some(*since)),
        Some(Availability::NotScraped) if presence.unseen => ("unseen", None, None, &[], None),
        Some(Availability::NotScraped) => ("not_scraped", None, None, &[], None),
    };
    json!({
        "state": state,
        "targets": targets,
        "up": up,
        "down": down,
        "since": time(since),
        "answered": number(presence.answered),
        "answered_before": number(presence.answered_before),
        "minutes_down": number(presence.minutes_down),
        "minutes_down_before": number(presence.minutes_down_before),
        "outages": presence.outages.iter().map(outage).collect::<Vec<_>>(),
        "restarts": presence.restarts.as_ref().map(|restarts| {
            let one = |restart: &Restart| {
                json!({ "instance": restart.instance, "at": time(Some(restart.at)) })
            };
            restarts.iter().map(one).collect::<Vec<_>>()
        }),
        "restarts_before": presence.restarts_before,
    })
}

fn outage(outage: &Outage) -> Value {
    json!({
        "target": outage.target,
        "from": time(outage.from),
        "to": time(outage.to),
        "seconds": number(Some(outage.lasted as f64 / SECOND as f64)),
        "kind": if outage.gone { "gone" } else { "down" },
    })
}

pub fn host(host: &Host) -> Value {
    let disk = |disk: &Disk| {
        let kind = if disk.inodes { "inodes" } else { "bytes" };
        json!({ "mountpoint": disk.mount, "kind": kind, "used": moment(&disk.used) })
    };
    json!({
        "name": host.name,
        "cpu": moment(&host.cpu),
        "memory": moment(&host.memory),
        "fullest_disk": host.disk.as_ref().map(disk),
    })
}

fn moment(moment: &Moment) -> Value {
    json!({ "now": number(moment.now), "before": number(moment.before), "change": change(moment.change) })
}

pub fn alerts(report: &Report) -> Value {
    let of = |pending: bool| {
        let alerts = report.alerts.iter().flatten().filter(|row| (row.state == State::Pending) == pending);
        alerts.map(alert).collect::<Vec<_>>()
    };
    json!({
        "state": if report.alerts.is_some() { "ok" } else { "not_asked" },
        "dead_mans_switch": report.switch_alarm,
        "at": report.plan.generated_at.rfc3339(),
        "firing": of(false),
        "pending": of(true),
        "fired": report.fired.as_ref().map(|fired| fired.iter().map(self::fired).collect::<Vec<_>>()),
    })
}

fn fired(fired: &Fired) -> Value {
    let seconds = |ms: i64| ms as f64 / 1e3;
    json!({
        "name": fired.name,
        "severity": fired.severity.word(),
        "times": fired.times,
        "times_before": fired.times_before,
        "seconds": seconds(fired.total),
        "seconds_before": fired.total_before.map(seconds),
        "usual_seconds": fired.usual.map(seconds),
        "flaps": fired.flaps,
        "still": fired.still,
    })
}

fn alert(row: &Row) -> Value {
    json!({
        "name": row.name(),
        "severity": row.severity.word(),
        "state": row.state.word(),
        "receivers": match &row.told {
            Told::Unknown => None,
            Told::Nobody | Told::NotHeld => Some(&[][..]),
            Told::Receivers(names) => Some(&names[..]),
        },
        "since": time(row.since.map(|at| at.0)),
        "value": number(row.value),
        "labels": labels(row.own.as_ref().unwrap_or(&row.labels)),
        "annotations": labels(&row.annotations),
    })
}
