//! A list of lines with a cursor that holds on to its line, or to the newest while lines come in. Lines that a wrong
//! clock dates in the future lie below the newest: they must not push those of now off the screen.

use crate::model::log::Line;
use crate::store::log::{Held, Key, Lines};

/// Clocks differ by so much, in ns.
const AHEAD: i64 = 5_000_000_000;

#[derive(Debug, Default)]
pub struct List {
    pub lines: Lines,
    /// None holds on to the newest.
    selected: Option<Key>,
    /// Rows of the screen above the one under the cursor.
    above: u16,
    /// When lines came in last, in ns.
    now: Option<i64>,
    /// Lines that came in since the newest is not held on to.
    pub new: usize,
}

/// A line in sight: where it stands among all, and the rows from its first one to the top that are cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    pub first: usize,
    pub cut: u16,
}

impl List {
    pub fn follows(&self) -> bool {
        self.selected.is_none()
    }

    pub fn arrive(&mut self, lines: Vec<Line>, now: i64, pattern: impl FnMut(&Line) -> u32) {
        self.now = Some(now);
        let new = self.lines.arrive(lines, now, pattern).shown;
        if !self.follows() {
            self.new += new;
        }
    }

    /// Where the cursor is.
    pub fn position(&self) -> usize {
        let at = |key| self.lines.position(key).min(self.lines.len().saturating_sub(1));
        self.selected.as_ref().map_or_else(|| self.newest(), at)
    }

    /// Where the newest line is that is not of the future; the last if all of them are.
    fn newest(&self) -> usize {
        let last = self.lines.len().saturating_sub(1);
        let Some(end) = self.now.map(|now| now.saturating_add(AHEAD)) else { return last };
        if self.lines.newest().is_none_or(|newest| newest <= end) {
            return last;
        }
        let after = Key { at: end.saturating_add(1), index: "".into(), id: "".into() };
        self.lines.position(&after).checked_sub(1).unwrap_or(last).min(last)
    }

    /// How many lines are dated in the future.
    pub fn ahead(&self) -> usize {
        self.lines.len().saturating_sub(self.newest() + 1)
    }

    pub fn get(&self) -> Option<Held<'_>> {
        self.lines.get(self.position())
    }

    pub fn key(&self) -> Option<Key> {
        self.lines.key(self.position())
    }

    pub fn follow(&mut self) {
        (self.selected, self.new) = (None, 0);
    }

    /// Stays where it is while lines come in.
    pub fn hold(&mut self, height: u16) {
        if self.follows() {
            self.above = self.shown_above(height);
            self.selected = self.lines.key(self.position());
        }
    }

    /// Rows above the cursor while the newest is held on to: a short list begins at the top.
    fn shown_above(&self, height: u16) -> u16 {
        u16::try_from(self.newest()).unwrap_or(u16::MAX).min(height.saturating_sub(1))
    }

    /// Moves the cursor; at the newest line it follows again, and from there goes on to those of the future.
    pub fn step(&mut self, by: isize, height: u16) {
        let (from, newest) = (self.position(), self.newest());
        let last = if from < newest { newest } else { self.lines.len().saturating_sub(1) };
        let to = from.saturating_add_signed(by).min(last);
        if to == newest && by > 0 {
            return self.follow();
        }
        self.hold(height);
        let moved = i64::try_from(to).unwrap_or(0) - i64::try_from(from).unwrap_or(0);
        let above = (i64::from(self.above) + moved).clamp(0, i64::from(height.saturating_sub(1)));
        self.above = u16::try_from(above).unwrap_or(0);
        self.selected = self.lines.key(to);
    }

    /// Puts the cursor on a line; it is shown in the middle unless it is in sight.
    pub fn go_to(&mut self, position: usize, height: u16) {
        let from = self.position();
        self.hold(height);
        let moved = i64::try_from(position).unwrap_or(0) - i64::try_from(from).unwrap_or(0);
        let above = i64::from(self.above) + moved;
        let in_sight = (0..i64::from(height)).contains(&above);
        self.above = if in_sight { u16::try_from(above).unwrap_or(0) } else { height / 2 };
        self.selected = self.lines.key(position);
    }

    pub fn select(&mut self, key: Key, height: u16) {
        (self.selected, self.above) = (Some(key), height / 2);
    }

    /// The first line to draw so that the cursor keeps its place on the screen, and no row stays blank while there
    /// is a line for it. `rows` says how many rows a line takes.
    pub fn sight(&self, height: u16, rows: impl Fn(Held) -> u16) -> Sight {
        let at = self.position();
        let rows_at = |position: usize| self.lines.get(position).map_or(1, &rows).max(1);
        let room = height.saturating_sub(rows_at(at));
        let mut above = if self.follows() { room } else { self.above.min(room) };
        let below = |most: u16| {
            let mut below = 0u16;
            for held in self.lines.from(at + 1) {
                if below >= most {
                    break;
                }
                below = below.saturating_add(rows(held).max(1));
            }
            below.min(most)
        };
        above = above.max(room - below(room - above).min(room));
        let mut first = at;
        while above > 0 && first > 0 {
            first -= 1;
            let rows = rows_at(first);
            if rows > above {
                return Sight { first, cut: rows - above };
            }
            above -= rows;
        }
        Sight { first, cut: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::log::Level;

    fn line(at: i64) -> Line {
        let none = || "".into();
        Line {
            index: "i".into(),
            id: at.to_string().into(),
            at: at * 1_000_000_000,
            level: Level::Info,
            service: none(),
            place: none(),
            message: at.to_string().into(),
            kind: none(),
            endpoint: none(),
            error_type: none(),
            trace: none(),
        }
    }

    fn list(from: i64, to: i64) -> List {
        let mut list = List::default();
        list.arrive((from..to).map(line).collect(), i64::MAX, |_| 0);
        list
    }

    /// Ten rows: the first line in sight and the cursor.
    fn seen(list: &List) -> (usize, usize) {
        (list.sight(10, |_| 1).first, list.position())
    }

    #[test]
    fn it_follows_at_the_bottom_and_stays_when_scrolled_up() {
        let mut list = list(0, 100);
        assert_eq!(seen(&list), (90, 99));
        list.step(-1, 10);
        list.arrive((100..150).map(line).collect(), i64::MAX, |_| 0);
        assert_eq!((seen(&list), list.new), ((90, 98), 50));
        list.lines.fill(vec![line(-1)], |_| 0);
        assert_eq!(seen(&list), (91, 99), "the same lines stand in the same rows");
        list.step(-9, 10);
        assert_eq!(seen(&list), (90, 90));
        list.step(isize::MAX, 10);
        assert!(list.follows() && list.new == 0);
        list.step(isize::MIN, 10);
        assert_eq!(seen(&list), (0, 0));
    }

    #[test]
    fn lines_of_the_future_do_not_hide_those_of_now() {
        let mut list = List::default();
        list.arrive((0..100).chain(200..250).map(line).collect(), 99_000_000_000, |_| 0);
        assert_eq!((seen(&list), list.ahead()), ((90, 99), 50));
        list.step(-5, 10);
        list.step(isize::MAX, 10);
        assert!(list.follows() && seen(&list) == (90, 99));
        list.step(2, 10);
        assert_eq!((list.follows(), list.position()), (false, 101));
        list.step(isize::MAX, 10);
        assert_eq!((list.follows(), list.position()), (false, 149));
        list.follow();
        list.arrive(vec![line(103)], 103_000_000_000, |_| 0);
        assert_eq!((list.position(), list.ahead()), (100, 50));
        // Of nothing else than the future the last is shown.
        list.lines.clear();
        list.arrive((200..210).map(line).collect(), 103_000_000_000, |_| 0);
        assert_eq!((list.position(), list.ahead()), (9, 0));
    }

    #[test]
    fn no_row_is_blank_while_there_is_a_line_for_it() {
        let mut list = list(0, 100);
        list.go_to(98, 10);
        assert_eq!(seen(&list), (90, 98));
        list.go_to(50, 10);
        assert_eq!(seen(&list), (45, 50));
        assert_eq!(list.sight(40, |_| 1).first, 45);
        assert_eq!(list.sight(80, |_| 1).first, 20);
        assert_eq!(list.sight(10, |_| 3), Sight { first: 48, cut: 1 });
        assert_eq!(List::default().sight(10, |_| 1), Sight { first: 0, cut: 0 });
    }
}
