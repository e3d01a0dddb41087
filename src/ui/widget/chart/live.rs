//! Which stretch of time a live chart shows, so that it stays calm and costs few bytes.
//!
//! A braille cell is two dots wide. A chart that moved by one dot for each new sample would change nearly every cell
//! it has, each time. So the window stands still while the line grows into a little room at its right, and moves by
//! whole cells when the room is used up.

/// A chart of at least this many dot columns moves by the larger block.
const WIDE: u16 = 96;

/// By how many dot columns a live window moves at once. Also the most room it leaves at the right.
pub const fn block(dots: u16) -> u16 {
    if dots >= WIDE {
        8
    } else if dots >= 16 {
        4
    } else {
        1
    }
}

/// How many points to ask for so that the whole length is always in sight, beside the room at the right.
pub const fn live_points(dots: u16) -> u16 {
    dots - block(dots) * (dots > 1) as u16
}

/// The window, in ms, of a live chart of `dots` columns that shows `length` ms up to `end` in steps of `step` ms.
///
/// It ends after `end`, by up to [`block`] columns, and its ends are multiples of a block: it changes only when the
/// data have used up the room, and then every sample moves by whole cells and stays in the dot column it had, so that
/// the terminal shifts a picture and does not get a new one. One column is one step where the step was chosen for
/// these dots; otherwise the length is spread over the columns, and any ratio is right.
pub fn live_window(end: i64, length: i64, step: i64, dots: u16) -> (i64, i64) {
    let dots = dots.max(1);
    let room = i64::from(block(dots));
    let points = i64::from(live_points(dots)).max(1);
    let spread = length.max(1).saturating_add(points - 1) / points;
    let near =
        |step: i64| step.saturating_mul(5) >= spread.saturating_mul(4) && step <= spread.saturating_add(spread / 5);
    let column = if near(step) { step } else { spread };
    let grid = column.saturating_mul(room).max(1);
    let to = end.saturating_sub(end.rem_euclid(grid)).saturating_add(grid);
    (to.saturating_sub(column.saturating_mul(i64::from(dots))), to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, SECOND};
    use proptest::prelude::*;

    const NOW: i64 = 1_700_000_000_000;

    #[test]
    fn one_step_is_one_column_where_the_step_fits() {
        let (from, to) = live_window(NOW, HOUR, 22 * SECOND, 178);
        assert_eq!(to - from, 178 * 22 * SECOND);
    }

    #[test]
    fn it_stands_still_and_then_moves_by_whole_cells() {
        let step = 22 * SECOND;
        let at = |steps: i64| live_window(NOW + steps * step, HOUR, step, 178).1;
        let ends: std::collections::BTreeSet<i64> = (0..80).map(at).collect();
        assert!(ends.len() <= 11, "80 steps, {} windows", ends.len());
        assert!(ends.iter().zip(ends.iter().skip(1)).all(|(a, b)| b - a == 8 * step));
    }

    #[test]
    fn a_step_that_does_not_fit_is_spread_over_the_columns() {
        for step in [100, 60 * SECOND, HOUR] {
            let (from, to) = live_window(NOW, HOUR, step, 178);
            assert!(
                from <= NOW - HOUR && from > NOW - HOUR - HOUR / 10,
                "{step}: starts {} ms early",
                NOW - HOUR - from
            );
            assert!(to > NOW);
        }
    }

    proptest! {
        #[test]
        fn now_is_always_in_it_with_little_room(end in 0..2_000_000_000_000i64, length in 1_000..31_536_000_000i64, dots in 1u16..2_000) {
            let step = crate::model::window::step_for(length, live_points(dots));
            let (from, to) = live_window(end, length, step, dots);
            prop_assert!(from < end && end < to);
            let column = (to - from) / i64::from(dots);
            prop_assert!(to - end <= column * i64::from(block(dots)));
            prop_assert!(dots < 16 || from <= end - length, "the whole length is in sight");
        }

        #[test]
        fn any_numbers_will_do(end in any::<i64>(), length in any::<i64>(), step in any::<i64>(), dots in any::<u16>()) {
            let (from, to) = live_window(end, length, step, dots);
            prop_assert!(from <= to);
        }
    }
}
