//! Who is scraped and when: every 15 s, each target at its own moment, and nothing while it is away.

use std::ops::Range;

use super::Sim;
use super::noise::word;
use super::service::INSTANCES;
use super::story::Run;
use crate::time::{DAY, SECOND};

pub const INTERVAL: i64 = 15 * SECOND;

pub const NODES: [&str; 2] = ["node-a:9100", "node-b:9100"];
/// The kubelet of each node, which knows the containers on it.
pub const KUBELETS: [&str; NODES.len()] = ["node-a:10250", "node-b:10250"];
pub const CASSANDRA: [&str; 3] = ["cassandra-0:9500", "cassandra-1:9500", "cassandra-2:9500"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Job {
    Agent360,
    Node,
    Kubelet,
    Cassandra,
}

impl Job {
    pub const ALL: [Self; 4] = [Self::Agent360, Self::Node, Self::Kubelet, Self::Cassandra];

    /// The label `job`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agent360 => "agent360",
            Self::Node => "node",
            Self::Kubelet => "kubelet",
            Self::Cassandra => "cassandra",
        }
    }

    /// The labels `instance` of its targets.
    pub fn instances(self) -> &'static [&'static str] {
        match self {
            Self::Agent360 => &INSTANCES,
            Self::Node => &NODES,
            Self::Kubelet => &KUBELETS,
            Self::Cassandra => &CASSANDRA,
        }
    }
}

/// One process that is scraped: the so-manieth of its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    pub job: Job,
    pub index: usize,
}

impl Target {
    pub fn all() -> impl Iterator<Item = Self> {
        Job::ALL.into_iter().flat_map(|job| (0..job.instances().len()).map(move |index| Self { job, index }))
    }

    pub fn instance(self) -> &'static str {
        self.job.instances().get(self.index).copied().unwrap_or("?")
    }
}

/// When a target was scraped, and which of the scrapes were answered.
pub struct Scrapes {
    pub times: Vec<i64>,
    /// Each life of the process with the scrapes it answered.
    pub runs: Vec<(Run, Range<usize>)>,
}

impl Scrapes {
    /// The scrapes within `stretches`, which rise.
    pub fn of(sim: &Sim, target: Target, stretches: &[(i64, i64)]) -> Self {
        let key = word(sim.seed, &[target.job.name(), target.instance()]);
        let times = grid((key % INTERVAL as u64) as i64, sim.story.oldest(), stretches);
        let (Some(&first), Some(&last)) = (times.first(), times.last()) else {
            return Self { times, runs: Vec::new() };
        };
        let runs = sim.runs(target, first, last).into_iter().map(|run| {
            let place = |t| times.partition_point(|&x| x < t);
            (run, place(run.started)..place(run.until))
        });
        Self { runs: runs.filter(|(_, range)| !range.is_empty()).collect(), times }
    }

    /// 1 for each scrape that was answered, else 0.
    pub fn up(&self) -> Vec<f64> {
        let mut up = vec![0.0; self.times.len()];
        for (_, range) in &self.runs {
            up[range.clone()].fill(1.0);
        }
        up
    }
}

/// The times `phase` after a multiple of the interval.
pub fn grid(phase: i64, oldest: i64, stretches: &[(i64, i64)]) -> Vec<i64> {
    let mut times = Vec::new();
    for &(start, end) in stretches {
        let start = start.max(oldest).max(times.last().map_or(i64::MIN, |last| last + 1));
        let mut t = start + (phase - start).rem_euclid(INTERVAL);
        while t <= end {
            times.push(t);
            t += INTERVAL;
        }
    }
    times
}

impl Sim {
    /// The lives of a target. Machines and databases have been up since before there is anything to see.
    pub fn runs(&self, target: Target, start: i64, end: i64) -> Vec<Run> {
        match target.job {
            Job::Agent360 => self.story.runs(target.index, start, end),
            Job::Node | Job::Kubelet | Job::Cassandra => {
                let days = 3 + 4 * target.index as i64;
                vec![Run { started: self.story.oldest() - days * DAY, until: i64::MAX }]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_keeps_to_its_bounds_and_its_pace() {
        assert_eq!(grid(4_000, 0, &[(19_000, 49_000)]), [19_000, 34_000, 49_000]);
        assert_eq!(grid(4_000, 0, &[(19_001, 48_999)]), [34_000]);
        assert_eq!(grid(0, 20_000, &[(-100_000, 31_000)]), [30_000]);
        assert_eq!(grid(0, 0, &[(0, 15_000), (10_000, 30_000), (60_000, 60_000)]), [0, 15_000, 30_000, 60_000]);
        assert!(grid(0, 0, &[(5, 4)]).is_empty());
    }
}
