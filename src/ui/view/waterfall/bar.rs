//! The bar of a span: which cells it fills, and which of them held up the whole.

use crate::analysis::traces::Stretch;

/// Parts of a cell that are told apart.
const PARTS: f64 = 8.0;
/// What lies before the window, and what lies after it.
const BEFORE: char = '‹';
const AFTER: char = '›';
const PATH: char = '━';

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// At work, or waiting for others.
    Own,
    /// The whole waited for it alone.
    Path,
    /// It lies beyond the window.
    Aside,
}

/// A stretch of time in so many cells.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    pub window: (i64, i64),
    pub width: u16,
}

impl Scale {
    /// In eighths of cells; outside of the window below zero or beyond the last.
    fn at(self, time: i64) -> f64 {
        let off = (i128::from(time) - i128::from(self.window.0)) as f64;
        off / self.length() * self.last()
    }

    fn length(self) -> f64 {
        ((i128::from(self.window.1) - i128::from(self.window.0)) as f64).max(1.0)
    }

    fn last(self) -> f64 {
        f64::from(self.width) * PARTS
    }

    /// The cells that are not blank, from left to right. Even the shortest span has one.
    pub fn cells(self, (from, to): (i64, i64), path: &[Stretch]) -> Vec<(u16, char, Ink)> {
        if self.width == 0 {
            return Vec::new();
        }
        if to < self.window.0 {
            return vec![(0, BEFORE, Ink::Aside)];
        }
        if from > self.window.1 {
            return vec![(self.width - 1, AFTER, Ink::Aside)];
        }
        let start = self.at(from).clamp(0.0, self.last() - 1.0).floor();
        let end = self.at(to).clamp(start + 1.0, self.last()).ceil();
        // Bounded by the width, so these are small.
        let (first, after) = ((start / PARTS).floor() as u16, (end / PARTS).ceil() as u16);
        let held = self.held(path, first, after);
        let cell = |(x, held): (u16, f64)| {
            let left = f64::from(x) * PARTS;
            let (low, high) = ((start - left).max(0.0), (end - left).min(PARTS));
            let is_path = held > 0.0 && held * 2.0 >= high - low;
            // Of a bar in a single cell the path is whatever it has of it.
            let is_path = is_path || (held > 0.0 && after - first == 1);
            if is_path { (x, PATH, Ink::Path) } else { (x, block(low as u8, high as u8), Ink::Own) }
        };
        (first..after).zip(held).map(cell).collect()
    }

    /// Of each cell how many eighths are on the path.
    fn held(self, path: &[Stretch], first: u16, after: u16) -> Vec<f64> {
        let mut held = vec![0.0f64; usize::from(after - first)];
        let begin = path.partition_point(|stretch| stretch.to <= self.window.0);
        for stretch in path.iter().skip(begin).take_while(|stretch| stretch.from < self.window.1) {
            let (from, to) = (self.at(stretch.from).max(0.0), self.at(stretch.to).min(self.last()));
            let cells = (from / PARTS) as u16..=(to / PARTS) as u16;
            for x in cells {
                let left = f64::from(x) * PARTS;
                let share = to.min(left + PARTS) - from.max(left);
                if let Some(cell) = x.checked_sub(first).and_then(|at| held.get_mut(usize::from(at))) {
                    *cell += share.max(0.0);
                }
            }
        }
        held
    }
}

/// A cell that is filled from one eighth to another. Only signs that fonts have and that read well as ASCII.
fn block(low: u8, high: u8) -> char {
    let size = high.saturating_sub(low);
    let is_left = low == 0 || (high < 8 && low + high < 8);
    match size {
        8.. => '█',
        7 if is_left => '▉',
        5.. if is_left => '▊',
        3.. if is_left => '▍',
        2 if is_left => '▎',
        _ if is_left => '▏',
        6.. => '█',
        3.. => '▐',
        _ => '▕',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(window: (i64, i64), bar: (i64, i64), path: &[(i64, i64)]) -> String {
        let path: Vec<Stretch> = path.iter().map(|(from, to)| Stretch { node: 0, from: *from, to: *to }).collect();
        let mut cells = [' '; 10];
        for (x, sign, _) in (Scale { window, width: 10 }).cells(bar, &path) {
            cells[usize::from(x)] = sign;
        }
        cells.iter().collect()
    }

    #[test]
    fn a_bar_fills_its_part_of_the_window_to_an_eighth() {
        assert_eq!(drawn((0, 80), (0, 80), &[]), "██████████");
        assert_eq!(drawn((0, 80), (16, 41), &[]), "  ███▏    ");
        assert_eq!(drawn((0, 80), (12, 20), &[]), " ▐▍       ");
        assert_eq!(drawn((0, 80), (15, 24), &[]), " ▕█       ");
        assert_eq!(drawn((0, 80), (40, 40), &[]), "     ▏    ");
        assert_eq!(drawn((0, 80), (80, 80), &[]), "         ▕");
        assert_eq!(drawn((0, 0), (0, 0), &[]), "▏         ");
    }

    #[test]
    fn the_path_is_drawn_where_it_is_most_of_a_cell() {
        assert_eq!(drawn((0, 80), (0, 80), &[(0, 16), (60, 80)]), "━━█████━━━");
        assert_eq!(drawn((0, 80), (0, 80), &[(0, 3)]), "██████████");
        assert_eq!(drawn((0, 8_000), (80, 90), &[(80, 83)]), "━         ");
    }

    #[test]
    fn what_lies_beyond_the_window_says_where() {
        assert_eq!(drawn((100, 180), (0, 50), &[]), "‹         ");
        assert_eq!(drawn((100, 180), (500, 900), &[]), "         ›");
        assert_eq!(drawn((100, 180), (0, 140), &[(0, 140)]), "━━━━━     ");
    }

    proptest! {
        #[test]
        fn no_times_break_it(
            window in any::<(i64, i64)>(), bar in any::<(i64, i64)>(), path in prop::collection::vec(any::<(i64, i64)>(), 0..4),
            width in 0u16..300
        ) {
            let path: Vec<Stretch> = path.into_iter().map(|(from, to)| Stretch { node: 0, from, to }).collect();
            let cells = (Scale { window, width }).cells(bar, &path);
            prop_assert!(cells.iter().all(|(x, ..)| *x < width) && (width == 0 || !cells.is_empty()));
        }
    }
}
