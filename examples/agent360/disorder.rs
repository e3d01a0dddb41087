//! What a log shipper does to lines on their way: late, out of order, several at one time.

use a360::demo::sim::log::Line;
use a360::time::Timestamp;

use crate::args::Args;

pub struct Disorder {
    late: f64,
    late_by: (i64, i64),
    reorder: bool,
    ties: f64,
    /// The time of the last line, for one that shares it.
    last: Option<i64>,
}

impl Disorder {
    pub fn new(args: &Args) -> Self {
        let late_by = (*args.late_by.0.start(), *args.late_by.0.end());
        Self { late: args.late, late_by, reorder: args.reorder, ties: args.ties, last: None }
    }

    /// When each line is to be sent, in the order in which they are.
    pub fn stir(&mut self, lines: Vec<Line>, now: Timestamp) -> Vec<(Timestamp, Line)> {
        let mut stirred: Vec<(Timestamp, Line)> = Vec::with_capacity(lines.len());
        for mut line in lines {
            if let Some(last) = self.last.filter(|_| part(line.key, 1) < self.ties) {
                line.time = last;
            }
            self.last = Some(line.time);
            let (least, most) = self.late_by;
            let late = if part(line.key, 2) < self.late {
                least + ((most - least) as f64 * part(line.key, 3)) as i64
            } else {
                0
            };
            stirred.push((now.plus(late), line));
        }
        if self.reorder {
            stirred.sort_by_key(|(_, line)| shuffled(line.key, 4));
        }
        stirred
    }
}

/// The same chance for the same line, each time.
fn shuffled(key: u64, what: u64) -> u64 {
    let mixed = (key ^ what.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb)
}

fn part(key: u64, what: u64) -> f64 {
    (shuffled(key, what) >> 11) as f64 / (1_u64 << 53) as f64
}
