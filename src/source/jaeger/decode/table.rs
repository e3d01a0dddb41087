//! Texts that come again and again in one answer, held once: names of tags, operations, and what they are usually set to.
//!
//! Each text has one place by its hash; a newer one takes the place of an older one. So the table never grows, and
//! texts that never come again cost no more than without it.

use crate::text::Plain;

/// Longer ones seldom come twice.
const LONGEST: usize = 128;
const NAMES: usize = 2_048;
const VALUES: usize = 8_192;

pub struct Texts {
    names: Vec<Option<Plain>>,
    values: Vec<Option<Plain>>,
}

impl Texts {
    pub fn new() -> Self {
        Self { names: vec![None; NAMES], values: vec![None; VALUES] }
    }

    /// One of few: of a tag, an operation, a service.
    pub fn name(&mut self, raw: &[u8]) -> Plain {
        held(&mut self.names, raw)
    }

    pub fn value(&mut self, raw: &[u8]) -> Plain {
        held(&mut self.values, raw)
    }
}

fn held(places: &mut [Option<Plain>], raw: &[u8]) -> Plain {
    if raw.len() > LONGEST {
        return Plain::from_bytes(raw);
    }
    let place = hash(raw) % places.len().max(1);
    match places.get_mut(place) {
        // What had to be cleaned differs from what came, and is cleaned again.
        Some(Some(text)) if text.as_bytes() == raw => text.clone(),
        Some(slot) => slot.insert(Plain::from_bytes(raw)).clone(),
        None => Plain::from_bytes(raw),
    }
}

/// FNV: short texts, and nobody gains from collisions.
fn hash(raw: &[u8]) -> usize {
    let hash = raw
        .iter()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ hash >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_comes_again_is_the_same_one() {
        let mut texts = Texts::new();
        let (first, again) = (texts.value(b"GET"), texts.value(b"GET"));
        assert!(std::ptr::eq(first.as_str(), again.as_str()));
        assert_eq!(texts.value(b"a\x1b[2J"), "a^[[2J");
        assert_eq!(texts.value(b"a^[[2J"), "a^[[2J");
        for number in 0..100_000 {
            assert_eq!(texts.value(number.to_string().as_bytes()), *number.to_string());
        }
        assert_eq!(texts.value("x".repeat(9_000).as_bytes()).len(), Plain::new(&"x".repeat(9_000)).len());
    }
}
