//! Finding the patterns of an hour of the simulated service's log lines, against splitting the same lines on white
//! space. Rounds alternate between the two, so that a busy machine slows both. `cargo bench --bench patterns`

use std::hint::black_box;
use std::time::{Duration, Instant};

use a360::analysis::patterns::Miner;
use a360::demo::sim::Sim;
use a360::time::{HOUR, Timestamp};

const NOW: Timestamp = Timestamp(1_795_442_607_000);
/// One in so many requests that went well has a line.
const ONE_IN: u64 = 20;
const ROUNDS: usize = 15;

fn main() {
    let sim = Sim::new(360, NOW);
    let lines: Vec<String> =
        sim.lines(NOW.plus(-HOUR), NOW, ONE_IN).into_iter().map(|line| line.message.replace('\n', "⏎")).collect();
    let bytes: usize = lines.iter().map(String::len).sum();
    let (mut mined, mut split, mut patterns) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        mined.push(timed(|| {
            let mut miner = Miner::default();
            for line in &lines {
                black_box(miner.add(line));
            }
            patterns = miner.len();
        }));
        split.push(timed(|| {
            for line in &lines {
                black_box(line.split_whitespace().count());
            }
        }));
    }
    let (mined, split) = (median(mined), median(split));
    let a_second = |time: Duration| lines.len() as f64 / time.as_secs_f64() / 1e6;
    println!(
        "{} lines of {} bytes on average, {patterns} patterns, median of {ROUNDS} rounds",
        lines.len(),
        bytes / lines.len()
    );
    println!("patterns {:>6.2} million lines a second  (target: 1.5)", a_second(mined));
    println!("split    {:>6.2} million lines a second", a_second(split));
    println!("ratio    {:>6.2}  (target: at most 15)", mined.as_secs_f64() / split.as_secs_f64());
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
