//! Answers of a Prometheus, kept as short digests, so that the comparison also runs where there is no Prometheus.
//!
//! One line a question: the question, then a digest for each of `Moment::all`, between tabs. To record anew, run the
//! conformance test against Prometheus 3 with `A360_RECORD_ANSWERS` set to the file.

use std::fmt::Write as _;

use a360::model::window::{Part, Window};

use super::{Answer, data};

/// What a recorded question was asked for.
pub enum Moment {
    At(i64),
    Over(Window),
}

impl Moment {
    /// Moments with samples on the edges of windows, with one exactly five minutes old, and on the points of
    /// subqueries, and a range beyond both ends of the data.
    pub fn all() -> [Self; 4] {
        let at = |minute: i64, ms: i64| data::START + minute * data::MINUTE + ms;
        let window = Window { start: at(-3, 9_125), end: at(130, 0), step: 421_000, part: Part::Whole };
        [Self::At(at(30, 3_250)), Self::At(at(74, 45_250)), Self::At(at(100, 0)), Self::Over(window)]
    }
}

/// Counts and a hash of labels and times, which must agree exactly, and sums, which must agree to nine digits.
#[derive(Debug, PartialEq)]
pub struct Digest {
    exact: String,
    sums: [f64; 3],
}

impl Digest {
    pub fn of(answer: &Answer) -> Self {
        let Answer::Data { series, .. } = answer else {
            return Self { exact: super::brief(answer).replace(' ', "_"), sums: [0.0; 3] };
        };
        let (mut hash, mut odd, mut count) = (Hash::new(), [0; 3], 0);
        // Of the sizes, of those above zero, and of the sizes by their place: signs and order show.
        let mut sums = [0.0; 3];
        for (labels, points) in series {
            hash.add(labels.as_bytes());
            for (time, value) in points {
                hash.add(&time.to_le_bytes());
                count += 1;
                match *value {
                    value if value.is_nan() => odd[0] += 1,
                    f64::INFINITY => odd[1] += 1,
                    f64::NEG_INFINITY => odd[2] += 1,
                    value => {
                        let place = f64::from(count % 97 + 1);
                        sums.iter_mut()
                            .zip([value.abs(), value.max(0.0), value.abs() * place])
                            .for_each(|(s, v)| *s += v);
                    }
                }
            }
        }
        let exact = format!("{}/{count}/{:08x}/{}-{}-{}", series.len(), hash.0 >> 32, odd[0], odd[1], odd[2]);
        Self { exact, sums }
    }

    pub fn write(&self) -> String {
        let mut text = self.exact.clone();
        for sum in self.sums.iter().filter(|_| self.exact.contains('/')) {
            // Writing to a String cannot fail.
            let _ = write!(text, " {sum:.10e}");
        }
        text
    }

    pub fn read(text: &str) -> Self {
        let mut words = text.split(' ');
        let exact = words.next().unwrap_or_default().to_owned();
        let mut sums = [0.0; 3];
        for (sum, word) in sums.iter_mut().zip(words) {
            *sum = word.parse().expect("a sum");
        }
        Self { exact, sums }
    }

    pub fn agrees(&self, other: &Self) -> bool {
        self.exact == other.exact && self.sums.iter().zip(other.sums).all(|(a, b)| super::close(*a, b))
    }
}

/// FNV-1a.
struct Hash(u64);

impl Hash {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().chain(&[0xff]) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
