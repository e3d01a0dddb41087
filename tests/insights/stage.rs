//! The report of a period, from what the product ships: its demo's engine, and its own questions.

use std::sync::Arc;

use a360::demo;
use a360::demo::sim::Sim;
use a360::model::ask::Ask;
use a360::model::fault::FetchError;
use a360::model::place::Opening;
use a360::model::query::{Answer, Query};
use a360::model::watch::Watch;
use a360::model::window::Progress;
use a360::report::{self, Depth, Periods, Plan, Report};
use a360::text::Plain;
use a360::time::{Range, Timestamp};
use jiff::tz::TimeZone;

#[derive(Clone)]
struct Simulated(Arc<demo::Service>, Timestamp);

impl Ask for Simulated {
    async fn ask(&self, query: &Query, progress: Progress, _: Timestamp) -> Result<Answer, FetchError> {
        self.0.answer(query, progress, self.1)
    }
}

pub fn plan(period: Range) -> Plan {
    Plan {
        depth: Depth::Full,
        context: Plain::new("demo"),
        address: Plain::new("demo"),
        periods: Periods::of(period),
        label: "daily".to_owned(),
        at_once: 4,
        watch: Watch::default(),
        alertmanager: true,
        logs: true,
        traces: true,
        dead_mans_switch: None,
        scope: None,
        opening: Opening { flags: vec!["--demo".to_owned()], ..Opening::default() },
        zone: TimeZone::UTC,
        demo: true,
        generated_at: period.end,
        version: "0.0.0",
    }
}

pub fn report(sim: Sim, period: Range) -> Report {
    let ask = Simulated(Arc::new(demo::Service::of(sim, period.end)), period.end);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(report::build(&ask, &plan(period), || Timestamp(0), &mut |_, _| {}))
}

/// Does it for each of some things at once, as many as there are processors; in their order.
pub fn all<T: Send, U: Send>(things: Vec<T>, make: impl Fn(T) -> U + Sync) -> Vec<U> {
    let count = things.len();
    let things = std::sync::Mutex::new(things.into_iter().enumerate().collect::<Vec<_>>());
    let made = std::sync::Mutex::new(Vec::with_capacity(count));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some((number, thing)) = things.lock().unwrap().pop() else { break };
                    let one = make(thing);
                    made.lock().unwrap().push((number, one));
                }
            });
        }
    });
    let mut made = made.into_inner().unwrap();
    made.sort_by_key(|(number, _)| *number);
    made.into_iter().map(|(_, one)| one).collect()
}
