//! What the demo's traces say of a period against the one before: nothing on a calm day, and where it is slow in an
//! incident.

use std::collections::BTreeMap;

use a360::analysis::traces::{Slower, Tally, shares, slower};
use a360::demo::Service;
use a360::demo::sim::{IncidentKind, Sim};
use a360::model::query::Query;
use a360::model::trace::TraceSearch;
use a360::model::window::{Progress, Span};
use a360::time::{DAY, HOUR, MINUTE, Range, Timestamp};

use super::START;

/// As the report looks at a period: the newest traces of each of twelve parts.
fn tally(service: &Service, period: Range) -> Tally {
    let mut tally = Tally::default();
    let part = period.length() / 12;
    for number in 0..12 {
        let start = period.start.plus(number * part);
        let search = TraceSearch { limit: 20, ..TraceSearch::default() };
        let query = Query::Sample { search, span: Span::Fixed(Range::new(start, start.plus(part - 1))) };
        let sample = service.answer(&query, Progress::default(), START).unwrap().into_sample().unwrap();
        sample.traces.iter().for_each(|trace| tally.take(trace));
    }
    tally
}

fn is_calm(sim: &Sim, period: Range) -> bool {
    sim.incidents(period.start, period.end).is_empty()
}

#[test]
fn a_calm_period_is_not_slower_than_the_one_before() {
    let (mut looked, mut counted) = (0, 0);
    for seed in [360, 7] {
        let (service, sim) = (Service::new(seed, START), Sim::new(seed, START));
        for number in 4..400 {
            let end = START.plus(-number * 40 * MINUTE);
            let now = Range::new(end.plus(-30 * MINUTE), end);
            if !is_calm(&sim, now) || !is_calm(&sim, now.before()) || number % 17 != 0 {
                continue;
            }
            let (is, was) = (tally(&service, now), tally(&service, now.before()));
            assert_eq!(slower(&is, &was), vec![], "{seed} {number}");
            let grown: Vec<_> = shares(&is, &was).into_iter().filter(|share| share.has_grown).collect();
            assert!(grown.is_empty(), "{seed} {number} {grown:?}");
            looked += 1;
            counted += is.counted();
        }
    }
    assert!(looked > 10 && counted > looked * 200, "{looked} {counted}");
}

/// The endpoint's own spans at the gateway, by its path.
fn of_path<'a>(found: &'a [Slower], path: &str) -> Option<&'a Slower> {
    found.iter().find(|one| one.service == "gateway" && one.operation.as_str().ends_with(path))
}

#[test]
fn a_slow_database_is_found_behind_the_endpoint_that_waits_for_it() {
    let (service, sim) = (Service::new(360, START), Sim::new(360, START));
    let all = sim.incidents(START.plus(-10 * DAY), START.plus(-HOUR));
    let mut blamed: BTreeMap<String, usize> = BTreeMap::new();
    let mut looked = 0;
    for incident in all.iter().filter(|one| one.kind == IncidentKind::Database) {
        let now = Range::new(Timestamp(incident.full), Timestamp(incident.fall));
        let end = Timestamp(incident.first() - MINUTE);
        let before = Range::new(end.plus(-now.length()), end);
        if !is_calm(&sim, before) {
            continue;
        }
        let found = slower(&tally(&service, now), &tally(&service, before));
        looked += 1;
        // A path that few ask for is in too few of the traces.
        let Some(own) = of_path(&found, incident.path()) else { continue };
        assert!(own.p95.1 >= 1_000_000_000 && !own.is_own, "{own:?}");
        let first = &found[0];
        assert!(first.is_own && first.added > own.added, "{found:?}");
        *blamed.entry(first.service.to_string()).or_default() += 1;
        // Of the endpoints nobody else's is said to be slow.
        let others =
            found.iter().filter(|one| one.service == "gateway" && !one.operation.as_str().ends_with(incident.path()));
        assert_eq!(others.collect::<Vec<_>>(), Vec::<&Slower>::new());
    }
    let told: usize = blamed.values().sum();
    assert!(looked > 4 && told * 2 > looked, "{blamed:?} of {looked}");
    assert_eq!(blamed.get("cassandra"), Some(&told), "{blamed:?}");
}
