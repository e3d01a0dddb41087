//! Which documents were handed over, as far as one may come again: bounded, and cheap to copy with its cursor.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// More than a second's burst; twice as many are remembered.
const GENERATION: usize = 100_000;
/// What is copied with each cursor.
const YOUNG: usize = 4_000;

#[derive(Debug, Clone, Default)]
pub struct Seen {
    young: HashSet<u64>,
    /// Frozen parts of this generation and the one before.
    parts: Vec<Arc<HashSet<u64>>>,
}

impl Seen {
    /// True if it was not there.
    pub fn insert(&mut self, index: &str, id: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        (index, id).hash(&mut hasher);
        let key = hasher.finish();
        if self.parts.iter().any(|part| part.contains(&key)) || !self.young.insert(key) {
            return false;
        }
        if self.young.len() >= YOUNG {
            self.freeze();
        }
        true
    }

    /// Small parts are joined, so that there are few to look into.
    fn freeze(&mut self) {
        let mut part = std::mem::take(&mut self.young);
        while let Some(last) = self.parts.pop_if(|last| last.len() <= part.len() && part.len() < GENERATION) {
            part.extend(last.iter());
        }
        self.parts.push(Arc::new(part));
        let mut held = 0;
        let mut keep = 0;
        for part in self.parts.iter().rev() {
            if held >= 2 * GENERATION {
                break;
            }
            held += part.len();
            keep += 1;
        }
        self.parts.drain(..self.parts.len() - keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hundred_thousand_are_known_and_memory_is_bounded() {
        let mut seen = Seen::default();
        for number in 0..1_000_000 {
            assert!(seen.insert("i", &number.to_string()));
        }
        assert!((900_000..1_000_000).all(|number| !seen.insert("i", &number.to_string())));
        let held: usize = seen.parts.iter().map(|part| part.len()).sum();
        assert!(held < 500_000 && seen.parts.len() < 20, "{held} in {}", seen.parts.len());
        assert!(seen.insert("j", "999999"));
    }
}
