//! Trace ids that say where their request is, to those who know the seed, and look random to everyone else.

use std::fmt;

use super::noise::{mix, pair, unmix, word};

/// As OpenTelemetry has it: 16 bytes, written as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId(pub u128);

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl std::str::FromStr for TraceId {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u128::from_str_radix(text, 16).map(Self)
    }
}

/// 8 bytes, written as 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanId(pub u64);

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Which request: the so-manieth of one second with one answer of an endpoint at an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Since the epoch.
    pub second: i64,
    pub instance: usize,
    pub endpoint: usize,
    pub answer: usize,
    pub number: u32,
}

const NUMBER: u32 = 16;
const ANSWER: u32 = 4;
const ENDPOINT: u32 = 3;
const INSTANCE: u32 = 2;

impl Key {
    fn pack(self) -> u64 {
        let mut packed = self.second as u64;
        for (part, bits) in [
            (self.instance as u64, INSTANCE),
            (self.endpoint as u64, ENDPOINT),
            (self.answer as u64, ANSWER),
            (u64::from(self.number), NUMBER),
        ] {
            packed = packed << bits | part & ((1 << bits) - 1);
        }
        packed
    }

    fn unpack(mut packed: u64) -> Self {
        let mut take = |bits: u32| {
            let part = packed & ((1 << bits) - 1);
            packed >>= bits;
            part
        };
        let (number, answer, endpoint, instance) = (take(NUMBER) as u32, take(ANSWER), take(ENDPOINT), take(INSTANCE));
        let (answer, endpoint, instance) = (answer as usize, endpoint as usize, instance as usize);
        Self { second: packed as i64, instance, endpoint, answer, number }
    }

    /// The upper half leads back to the key; the lower one tells an id of ours from any other.
    pub fn trace(self, seed: u64) -> TraceId {
        let high = mix(self.pack() ^ secret(seed));
        TraceId(u128::from(high) << 64 | u128::from(pair(high, seed)))
    }

    pub fn of(trace: TraceId, seed: u64) -> Option<Self> {
        let (high, low) = ((trace.0 >> 64) as u64, trace.0 as u64);
        (low == pair(high, seed)).then(|| Self::unpack(unmix(high) ^ secret(seed)))
    }
}

fn secret(seed: u64) -> u64 {
    word(seed, &["trace"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_and_a_foreign_one_does_not() {
        for number in 0..1_000u32 {
            let second = 1_763_900_000 + i64::from(number) * 977;
            let key = Key { second, instance: 2, endpoint: number as usize % 8, answer: 7, number };
            let trace = key.trace(360);
            assert_eq!(Key::of(trace, 360), Some(key));
            assert_eq!(trace.to_string().parse(), Ok(trace));
            assert_eq!(Key::of(trace, 361), None);
            assert_eq!(Key::of(TraceId(trace.0 ^ 1 << 90), 360), None);
        }
    }
}
