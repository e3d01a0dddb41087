//! `r`: the report of what is shown, written while the keys go on.

use super::{App, Effect};
use crate::text::Plain;
use crate::time::SECOND;
use crate::ui::errand::{About, Errand, News};
use crate::ui::overlay::Overlay;
use crate::ui::range::Shown;

/// Where the report is stands in the footer for so long: somebody may have to type it.
const WRITTEN_FOR: i64 = 20 * SECOND;

/// The report that is being written, and the format of the last one.
#[derive(Debug, Clone, Default)]
pub struct Reporting {
    /// So many questions are answered, of so many; nothing while none is written.
    pub asked: Option<(usize, usize)>,
    pub format: usize,
}

impl App {
    /// What a report of what is shown must know.
    pub(super) fn about(&self) -> Option<About> {
        let live = if let Shown::Live(length) = self.shown { Some(length) } else { None };
        Some(About {
            context: self.context()?.clone(),
            watch: self.watch.clone(),
            opening: self.opening(),
            range: self.shown.at(self.now),
            live,
            zone: self.setup.zone.clone(),
            demo: self.setup.demo,
        })
    }

    pub(super) fn choose_format(&mut self) {
        match self.reporting.asked {
            Some(_) => self.say("a report is being written; it says when it is done"),
            None => self.overlay = Some(Overlay::formats(self)),
        }
    }

    pub(super) fn write_report(&mut self, number: usize) -> Option<Effect> {
        let format = self.setup.formats.get(number)?.clone();
        let about = Box::new(self.about()?);
        self.reporting = Reporting { asked: Some((0, 0)), format: number };
        Some(Effect::Errand(Errand::Report { about, format }))
    }

    pub(super) fn heard(&mut self, news: News) {
        match news {
            News::ReportAsked { done, all } => self.reporting.asked = Some((done, all)),
            News::ReportWritten { path, verdict } => {
                self.reporting.asked = None;
                self.notice = Some((Plain::new(&format!("report ({verdict}): {path}")), self.now.plus(WRITTEN_FOR)));
            }
            News::ReportNotWritten(why) => {
                self.reporting.asked = None;
                self.notice = Some((Plain::new(&format!("no report: {why}")), self.now.plus(WRITTEN_FOR)));
            }
            news => {
                if let Some(Overlay::Why(why)) = &mut self.overlay {
                    why.learn(news);
                }
            }
        }
    }
}
