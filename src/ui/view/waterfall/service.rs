//! The letters and colours by which services are told apart in a trace.

use std::collections::{BTreeMap, HashSet};

use unicode_width::UnicodeWidthChar;

use crate::text::Plain;

/// Colours that every theme with colours can tell apart.
const COLORS: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub name: Plain,
    /// One letter, or two where several begin with the same one.
    pub letters: String,
    /// The number of its colour among those of the theme.
    pub color: usize,
}

/// Of names in their order; a service has the same colour in every trace, unless another one of this trace has it.
pub fn services(names: Vec<Plain>) -> Vec<Service> {
    let skipped = common(&names);
    let mut initials: BTreeMap<char, usize> = BTreeMap::new();
    for name in &names {
        *initials.entry(initial(name, skipped)).or_default() += 1;
    }
    let mut letters: HashSet<String> = HashSet::new();
    let mut taken = [false; COLORS];
    let mut services = Vec::with_capacity(names.len());
    for name in names {
        let first = initial(&name, skipped);
        let is_alone = initials.get(&first) == Some(&1);
        let free = |word: &String| !letters.contains(word);
        let pair = || pairs(&name, skipped, first).find(free);
        let word = if is_alone { None } else { pair() }.unwrap_or_else(|| first.to_string());
        letters.insert(word.clone());
        let color = color(&name, &mut taken);
        services.push(Service { name, letters: word, color });
    }
    services
}

/// Bytes that all names begin with, up to a separator: `agent360-` says nothing where all have it.
fn common(names: &[Plain]) -> usize {
    let Some(first) = names.iter().find(|name| !name.is_empty()) else { return 0 };
    let mut ends = first.char_indices().filter(|(_, c)| matches!(c, '-' | '_' | '.' | '/' | ':')).map(|(at, _)| at + 1);
    let shared = |end: &usize| {
        let prefix = first.get(..*end).unwrap_or_default();
        names.len() > 1 && names.iter().all(|name| name.is_empty() || name.len() > *end && name.starts_with(prefix))
    };
    ends.rfind(shared).unwrap_or(0)
}

fn signs(name: &str, skipped: usize) -> impl Iterator<Item = char> {
    let upper = |c: char| c.to_uppercase().next().unwrap_or(c);
    let rest = name.get(skipped..).unwrap_or(name);
    rest.chars().filter(|c| c.is_alphanumeric()).map(upper).filter(|c| c.width() == Some(1))
}

fn initial(name: &str, skipped: usize) -> char {
    signs(name, skipped).next().unwrap_or('?')
}

/// The initial with each of the other letters, then with digits.
fn pairs(name: &str, skipped: usize, first: char) -> impl Iterator<Item = String> {
    let rest = signs(name, skipped).skip(1).chain('0'..='9').chain('A'..='Z');
    rest.map(move |second| [first, second].iter().collect())
}

fn color(name: &str, taken: &mut [bool; COLORS]) -> usize {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let own = (hash >> 8) as usize % COLORS;
    let free = (own..own + COLORS).map(|n| n % COLORS).find(|n| taken.get(*n) == Some(&false)).unwrap_or(own);
    if let Some(taken) = taken.get_mut(free) {
        *taken = true;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(names: &[&str]) -> Vec<String> {
        services(names.iter().map(|name| Plain::new(name)).collect()).into_iter().map(|one| one.letters).collect()
    }

    #[test]
    fn every_service_has_letters_of_its_own() {
        assert_eq!(letters(&["checkout", "gateway", "inventory"]), ["C", "G", "I"]);
        assert_eq!(letters(&["gateway", "payment", "payout", "pricing"]), ["G", "PA", "PY", "PR"]);
        assert_eq!(letters(&["agent360-checkout", "agent360-gateway"]), ["C", "G"]);
        assert_eq!(letters(&["", "a-", "a-b"]), ["?", "A0", "AB"]);
        assert_eq!(letters(&["東京", "!!"]), ["?0", "?1"]);
        let many: Vec<String> = (0..30).map(|n| format!("s{n:02}")).collect();
        let mut all = letters(&many.iter().map(String::as_str).collect::<Vec<_>>());
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 30);
    }

    #[test]
    fn a_service_keeps_its_colour_and_no_two_share_one_while_there_are_enough() {
        let colors = |names: &[&str]| -> Vec<usize> {
            services(names.iter().map(|name| Plain::new(name)).collect()).into_iter().map(|one| one.color).collect()
        };
        let all = colors(&["checkout", "gateway", "inventory", "notify", "payment"]);
        assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), 5);
        assert_eq!(colors(&["checkout"]), colors(&["checkout", "gateway"])[..1]);
        assert_eq!(colors(&["a", "b", "c", "d", "e", "f", "g", "h", "i"]).len(), 9);
    }
}
