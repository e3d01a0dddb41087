//! What the tests of single pages share: a page in a situation, as text, at every size.

use std::collections::BTreeSet;

use a360::ui::app::{App, Event};
use crossterm::event::Event as TermEvent;

use crate::console::{NOW, key, paint, text};
use crate::{check, snapshot};

/// Brings a page into a situation.
pub type Tell = fn(&mut App);

/// A page, and the situations that it can be in.
pub struct Situations {
    /// What its snapshots begin with.
    pub name: &'static str,
    /// It, before the first answer.
    pub open: fn(u16, u16) -> App,
    pub all: &'static [(&'static str, Tell)],
}

impl Situations {
    pub fn situation(&self, name: &str, width: u16, height: u16) -> App {
        let (_, tell) = self.all.iter().find(|(of, _)| *of == name).unwrap();
        let mut app = (self.open)(width, height);
        tell(&mut app);
        app
    }

    pub fn shows(&self, app: &App, name: &str) {
        snapshot(&format!("{}_{name}_{}x{}", self.name, app.size.0, app.size.1), &screen(app));
    }

    /// Every situation at 80x24, and one at the other sizes.
    pub fn shows_all(&self, usual: &str) {
        self.all.iter().for_each(|(name, _)| self.shows(&self.situation(name, 80, 24), name));
        for (width, height) in [(40, 10), (120, 40), (200, 50)] {
            self.shows(&self.situation(usual, width, height), usual);
        }
    }

    /// No situation looks like another; and what else holds for each.
    pub fn all_differ(&self, holds: impl Fn(&str, &str) -> bool) {
        for (width, height) in [(40, 10), (80, 24), (120, 40)] {
            let mut seen = BTreeSet::new();
            for (name, _) in self.all {
                let text = screen(&self.situation(name, width, height));
                assert!(holds(name, &text), "{name} at {width}x{height}\n{text}");
                assert!(seen.insert(text.clone()), "{name} at {width}x{height}\n{text}");
            }
        }
    }
}

pub fn screen(app: &App) -> String {
    text(&paint(app))
}

/// The line under the cursor.
pub fn selected(app: &App) -> String {
    screen(app).lines().find(|line| line.starts_with('▌')).unwrap_or_default().to_owned()
}

/// A key at each of many sizes; all that is painted can be sent to a terminal.
pub fn at_any_size(app: &mut App, pressed: &str, what: &str) {
    let sizes = [0, 1, 3, 23, 40, 41, 59, 60, 61, 80, 99, 100, 220].into_iter();
    let heights = || (0..24).step_by(3).chain([1, 11, 14, 20, 30, 41, 70]);
    for (width, height) in sizes.flat_map(|width| heights().map(move |height| (width, height))) {
        app.handle(Event::Term(TermEvent::Resize(width, height)), NOW);
        app.handle(Event::Term(key(pressed)), NOW);
        check(&paint(app), &format!("{what} {width}x{height}"));
    }
}
