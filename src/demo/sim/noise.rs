//! Chance that is the same each time it is looked at: a hash of what is asked, nothing stored.

/// Mixes all bits of its input (splitmix64's finaliser).
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// What was mixed: `mix` loses nothing.
pub fn unmix(mut x: u64) -> u64 {
    x = (x ^ (x >> 31) ^ (x >> 62)).wrapping_mul(0x3196_42b2_d24d_8ec3);
    x = (x ^ (x >> 27) ^ (x >> 54)).wrapping_mul(0x96de_1b17_3f11_9089);
    x ^ (x >> 30) ^ (x >> 60)
}

/// One number out of two; the order counts.
pub fn pair(a: u64, b: u64) -> u64 {
    mix(a ^ mix(b.wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

/// A key out of a key and words.
pub fn word(key: u64, words: &[&str]) -> u64 {
    words.iter().fold(key, |key, text| text.bytes().fold(pair(key, 0x5eed), |k, byte| pair(k, u64::from(byte))))
}

/// Evenly spread over 0 to 1, without 1.
pub fn unit(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

/// Wanders smoothly between -1 and 1: a new random height every `every`, so its slope stays under `3 / every`.
/// Remembers the heights around the last place; the answer depends on the place alone.
#[derive(Debug, Clone)]
pub struct Wander {
    key: u64,
    every: f64,
    cell: f64,
    heights: (f64, f64),
}

impl Wander {
    pub fn new(key: u64, every: f64) -> Self {
        Self { key, every, cell: f64::NAN, heights: (0.0, 0.0) }
    }

    pub fn at(&mut self, at: f64) -> f64 {
        let place = at / self.every;
        let cell = place.floor();
        if cell != self.cell {
            let height = |cell: f64| 2.0 * unit(pair(self.key, cell as i64 as u64)) - 1.0;
            self.heights = (height(cell), height(cell + 1.0));
            self.cell = cell;
        }
        let x = place - cell;
        let (left, right) = self.heights;
        left + (right - left) * x * x * (3.0 - 2.0 * x)
    }
}

/// The same for one place.
pub fn wander(key: u64, at: f64, every: f64) -> f64 {
    Wander::new(key, every).at(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_again_and_differs_by_key() {
        assert_eq!(word(7, &["up", "a"]), word(7, &["up", "a"]));
        assert_ne!(word(7, &["up", "a"]), word(8, &["up", "a"]));
        assert_ne!(word(7, &["up", "a"]), word(7, &["upa"]));
        assert_ne!(pair(1, 2), pair(2, 1));
    }

    #[test]
    fn mixing_loses_nothing() {
        for x in [0, 1, u64::MAX, 0x1234_5678_9abc_def0].into_iter().chain((0..1_000).map(|i| pair(i, 7))) {
            assert_eq!(unmix(mix(x)), x);
        }
    }

    #[test]
    fn wandering_is_bounded_and_no_steeper_than_said() {
        let mut walk = Wander::new(3, 45.0);
        let mut before = walk.at(-500.0);
        for step in -4_999..5_000 {
            let height = walk.at(f64::from(step) / 10.0);
            assert_eq!(height, wander(3, f64::from(step) / 10.0, 45.0));
            assert!(height.abs() <= 1.0);
            assert!((height - before).abs() <= 3.0 / 45.0 * 0.1 + 1e-9, "at {step}");
            before = height;
        }
    }
}
