//! The machines, at the end of the period and at its beginning.

use std::collections::BTreeMap;

use crate::model::series::Vector;
use crate::report::ask::{Answers, Topic, When};
use crate::report::document::{Disk, Host, Hosts, Moment, State};
use crate::report::figures::Change;
use crate::text::Plain;

const PARTS: [Topic; 4] = [Topic::HostCpu, Topic::HostMemory, Topic::HostDisk, Topic::HostInodes];

pub fn hosts(answers: &Answers) -> Hosts {
    let mut rows: BTreeMap<Plain, Host> = BTreeMap::new();
    let field: [fn(&mut Host) -> &mut Moment; 2] = [|host| &mut host.cpu, |host| &mut host.memory];
    for (topic, field) in PARTS.into_iter().zip(field) {
        for (labels, moment) in moments(answers, topic) {
            *field(row(&mut rows, &labels.0)) = moment;
        }
    }
    for (topic, inodes) in [(Topic::HostDisk, false), (Topic::HostInodes, true)] {
        for ((name, mount), used) in moments(answers, topic) {
            let row = row(&mut rows, &name);
            if row.disk.as_ref().is_none_or(|fullest| used.now > fullest.used.now) {
                row.disk = Some(Disk { mount, inodes, used });
            }
        }
    }
    let state = match PARTS.iter().any(|topic| answers.vector(*topic, When::Now).is_some()) {
        false => State::NotAsked,
        true if rows.is_empty() => State::Empty,
        true => State::Answered,
    };
    Hosts { state, rows: rows.into_values().collect() }
}

fn row<'a>(rows: &'a mut BTreeMap<Plain, Host>, name: &Plain) -> &'a mut Host {
    rows.entry(name.clone()).or_insert_with(|| Host { name: name.clone(), ..Host::default() })
}

/// Machine and mount point.
type Place = (Plain, Plain);

/// The finite values that there are now, beside those before.
fn moments(answers: &Answers, topic: Topic) -> BTreeMap<Place, Moment> {
    let Some(now) = answers.vector(topic, When::Now) else { return BTreeMap::new() };
    let before = answers.vector(topic, When::Before).map(values);
    let moment = |place: &Place, value: f64| {
        let was = before.as_ref().and_then(|values| values.get(place)).copied();
        let change = if before.is_some() { Change::between(Some(value), was) } else { Change::Unknown };
        Moment { now: Some(value), before: was, change }
    };
    values(now).into_iter().map(|(place, value)| (place.clone(), moment(&place, value))).collect()
}

fn values(vector: &Vector) -> BTreeMap<Place, f64> {
    let finite = vector.samples.iter().filter(|sample| sample.value.is_finite());
    let place = |labels: &crate::model::labels::Labels| {
        let name = labels.get("instance").cloned().unwrap_or_else(|| "(no instance)".into());
        (name, labels.get("mountpoint").cloned().unwrap_or_default())
    };
    finite.map(|sample| (place(&sample.labels), sample.value)).collect()
}
