//! `W`: what stands out around a moment, ranked, with one key to each piece of evidence.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::Action;
use super::errand::{News, Ranking};
use super::keymap::Keymap;
use super::view::ViewId;
use crate::analysis::insight::{Evidence, Finding, around::around};
use crate::model::labels::Labels;
use crate::model::place::{Place, Room};
use crate::text::Plain;
use crate::time::{MINUTE, Range, Timestamp};

pub mod draw;

/// So much of the time before the moment is looked at, and after it as far as it has come.
const BEFORE: i64 = 45 * MINUTE;
const AFTER: i64 = 15 * MINUTE;
/// A page of `ctrl-d`, in pieces of evidence.
const PAGE: usize = 8;

/// What is asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    pub at: Timestamp,
    /// The alert that began then.
    pub alert: Option<Alarm>,
}

/// An alert, as the ranking knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    pub name: Plain,
    pub labels: Labels,
    /// The moment is the one that it began at.
    pub began: bool,
    /// As `--select` takes it.
    pub select: Option<String>,
}

impl Moment {
    /// The stretch around it.
    pub fn stretch(&self, now: Timestamp) -> Range {
        let start = self.at.plus(-BEFORE);
        Range::new(start, self.at.plus(AFTER).min(now).max(start.plus(MINUTE)))
    }
}

/// The pane: asking, or with the ranking.
#[derive(Debug, Clone)]
pub struct Why {
    pub moment: Moment,
    /// By which the answer is known again.
    ticket: u64,
    /// So many questions are answered, of so many.
    asked: (usize, usize),
    ranking: Option<Ranking>,
    /// Which of the stops the cursor is on.
    cursor: usize,
}

/// What the cursor can be on: a piece of evidence, or a finding that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stop {
    finding: usize,
    evidence: Option<usize>,
}

/// What a key asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Stay,
    Close,
    /// Ask once more.
    Again,
    Open(Place),
    Copy(String),
    CopyCommand(Place),
    /// There is nothing to be opened or copied.
    Nothing,
}

/// What the pane takes from the keys of the view; no letter of evidence may hide one of them.
const OWN: [Action; 12] = [
    Action::Down,
    Action::Up,
    Action::Top,
    Action::Bottom,
    Action::PageDown,
    Action::PageUp,
    Action::Open,
    Action::Back,
    Action::Copy,
    Action::CopyCommand,
    Action::Why,
    Action::Quit,
];

impl Why {
    pub fn new(moment: Moment, ticket: u64) -> Self {
        Self { moment, ticket, asked: (0, 0), ranking: None, cursor: 0 }
    }

    pub fn is_asking(&self) -> bool {
        self.ranking.is_none()
    }

    /// Takes in what was found out; what an earlier one asked for is not its business.
    pub fn learn(&mut self, news: News) {
        match news {
            News::WhyAsked { ticket, done, all } if ticket == self.ticket => self.asked = (done, all),
            News::Why { ticket, ranking } if ticket == self.ticket => self.rank(*ranking),
            _ => {}
        }
    }

    fn rank(&mut self, mut ranking: Ranking) {
        let alert = self.moment.alert.as_ref();
        ranking.findings = around(ranking.findings, self.moment.at.0, alert.map(|alert| &alert.labels));
        if let (Some(alert), Some(first)) = (alert, ranking.findings.first_mut()) {
            let place = Place { room: Room::Alerts, range: ranking.now, select: alert.select.clone() };
            first.evidence.push(Evidence { what: format!("the alert {}", alert.name), place });
        }
        self.ranking = Some(ranking);
        self.cursor = 0;
    }

    fn findings(&self) -> &[Finding] {
        self.ranking.as_ref().map_or(&[], |ranking| &ranking.findings)
    }

    fn stops(&self) -> Vec<Stop> {
        let of = |(finding, found): (usize, &Finding)| {
            let count = found.evidence.len();
            let all = (0..count).map(move |evidence| Stop { finding, evidence: Some(evidence) });
            all.chain((count == 0).then_some(Stop { finding, evidence: None })).collect::<Vec<_>>()
        };
        self.findings().iter().enumerate().flat_map(of).collect()
    }

    fn place(&self, stop: Stop) -> Option<&Place> {
        Some(&self.findings().get(stop.finding)?.evidence.get(stop.evidence?)?.place)
    }

    pub fn key(&mut self, key: KeyEvent, keymap: &Keymap, view: ViewId) -> Deed {
        let stops = self.stops();
        let last = stops.len().saturating_sub(1);
        let here = stops.get(self.cursor).copied();
        let place = || here.and_then(|stop| self.place(stop)).cloned();
        match keymap.action(key, view).filter(|action| OWN.contains(action)) {
            Some(Action::Down) => self.cursor = (self.cursor + 1).min(last),
            Some(Action::Up) => self.cursor = self.cursor.saturating_sub(1),
            Some(Action::PageDown) => self.cursor = (self.cursor + PAGE).min(last),
            Some(Action::PageUp) => self.cursor = self.cursor.saturating_sub(PAGE),
            Some(Action::Top) => self.cursor = 0,
            Some(Action::Bottom) => self.cursor = last,
            Some(Action::Open) => return place().map_or(Deed::Nothing, Deed::Open),
            Some(Action::CopyCommand) => return place().map_or(Deed::Nothing, Deed::CopyCommand),
            Some(Action::Copy) => return here.map_or(Deed::Nothing, |stop| Deed::Copy(self.text(stop.finding))),
            Some(Action::Why) => return Deed::Again,
            Some(_) => return Deed::Close,
            // In any case: somebody may have given these to another action.
            None if key.code == KeyCode::Esc => return Deed::Close,
            None => return self.letter(key, keymap, view),
        }
        Deed::Stay
    }

    /// Opens the evidence that has this letter.
    fn letter(&mut self, key: KeyEvent, keymap: &Keymap, view: ViewId) -> Deed {
        let KeyCode::Char(typed) = key.code else { return Deed::Stay };
        if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            return Deed::Stay;
        }
        let labelled = self.labelled(keymap, view);
        let Some(at) = labelled.iter().position(|(_, letter)| *letter == Some(typed)) else { return Deed::Stay };
        self.cursor = at;
        self.place(labelled[at].0).cloned().map_or(Deed::Nothing, Deed::Open)
    }

    /// Each stop with its key: digits first, then letters that do nothing else here, as long as there are any.
    fn labelled(&self, keymap: &Keymap, view: ViewId) -> Vec<(Stop, Option<char>)> {
        let is_free = |letter: &char| {
            let key = KeyEvent::new(KeyCode::Char(*letter), KeyModifiers::NONE);
            !keymap.action(key, view).is_some_and(|action| OWN.contains(&action))
        };
        let mut letters = ('1'..='9').chain('a'..='z').chain('A'..='Z').filter(is_free);
        let with = |stop: Stop| (stop, stop.evidence.and_then(|_| letters.next()));
        self.stops().into_iter().map(with).collect()
    }

    /// A finding as text, with where it is to be seen.
    fn text(&self, finding: usize) -> String {
        let Some(finding) = self.findings().get(finding) else { return String::new() };
        let mut text = format!("{}\n", finding.text);
        for evidence in &finding.evidence {
            text.push_str(&format!("- {}\n", evidence.what));
        }
        text
    }
}

#[cfg(test)]
mod tests;
