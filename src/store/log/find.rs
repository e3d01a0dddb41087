//! A text that is looked for in a million messages while somebody waits: most of them are passed over by one rare
//! byte, thirty-two at a time.

/// Bytes from the rare to the frequent in log lines; what is not among them is rarer still.
const FREQUENT: &[u8] = b"zqxjkvwybgfmhupdl9876543210cnsrioate-_/.=: ";
/// So many bytes are looked at together.
const BLOCK: usize = 32;

/// What is looked for. Case counts only if a capital is typed; letters beyond ASCII are taken as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    bytes: Vec<u8>,
    fold: bool,
    /// Where the rarest byte stands.
    rare: usize,
}

impl Needle {
    /// None for no text at all.
    pub fn new(text: &str) -> Option<Self> {
        let fold = !text.chars().any(char::is_uppercase);
        let bytes = text.as_bytes().to_vec();
        let rank =
            |byte: &u8| FREQUENT.iter().position(|known| *known == byte.to_ascii_lowercase()).map_or(0, |at| at + 1);
        let rare = (0..bytes.len()).min_by_key(|at| bytes.get(*at).map_or(0, rank))?;
        Some(Self { bytes, fold, rare })
    }

    pub fn is_in(&self, text: &str) -> bool {
        let text = text.as_bytes();
        let Some(last) = text.len().checked_sub(self.bytes.len()) else { return false };
        let (Some(sought), Some(field)) = (self.bytes.get(self.rare), text.get(self.rare..=self.rare + last)) else {
            return false;
        };
        // Capitals differ from small letters by this bit only.
        let mask = if self.fold && sought.is_ascii_alphabetic() { 0x20 } else { 0 };
        let (blocks, rest) = field.as_chunks::<BLOCK>();
        for (at, block) in blocks.iter().enumerate() {
            let hit = block.iter().fold(false, |hit, byte| hit | (byte | mask == *sought));
            if hit && self.is_at(text, at * BLOCK, block, mask, *sought) {
                return true;
            }
        }
        self.is_at(text, blocks.len() * BLOCK, rest, mask, *sought)
    }

    /// Whether it stands where the rare byte is one of a block.
    fn is_at(&self, text: &[u8], from: usize, block: &[u8], mask: u8, sought: u8) -> bool {
        let hits = block.iter().enumerate().filter(|(_, byte)| *byte | mask == sought);
        hits.map(|(at, _)| text.get(from + at..from + at + self.bytes.len()))
            .any(|place| place.is_some_and(|place| self.equals(place)))
    }

    fn equals(&self, place: &[u8]) -> bool {
        if self.fold { place.eq_ignore_ascii_case(&self.bytes) } else { place == self.bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_counts_only_if_it_is_typed() {
        let found = |needle: &str, text: &str| Needle::new(needle).unwrap().is_in(text);
        assert!(found("timeout", "upstream TimeOut after 3 ms") && found("TimeO", "upstream TimeOut"));
        assert!(!found("Timeout", "upstream TimeOut") && !found("x", "") && !found("abc", "ab"));
        assert!(found("größe", "die größe") && !found("größe", "die GRÖSSE"));
        assert_eq!(Needle::new(""), None);
    }

    proptest! {
        #[test]
        fn finds_what_the_slow_way_finds(needle in "[a-cA @]{1,4}", text in "[a-cA @ß]{0,90}") {
            let needle_folds = !needle.chars().any(char::is_uppercase);
            let (slow, typed) = if needle_folds { (text.to_ascii_lowercase(), needle.to_ascii_lowercase()) } else { (text.clone(), needle.clone()) };
            prop_assert_eq!(Needle::new(&needle).unwrap().is_in(&text), slow.contains(&typed));
        }
    }
}
