//! `W`: asks what stands out around the moment that the cursor means, and walks to the evidence.

use crossterm::event::KeyEvent;

use super::{App, Effect, Select};
use crate::model::place::{Place, Room};
use crate::time::Timestamp;
use crate::ui::action::Action;
use crate::ui::errand::Errand;
use crate::ui::overlay::Overlay;
use crate::ui::range::Shown;
use crate::ui::view::ViewId;
use crate::ui::why::{Alarm, Deed, Moment, Why};

impl App {
    /// Opens the pane and asks; a former one is no more waited for.
    pub(super) fn ask_why(&mut self) -> Option<Effect> {
        let moment = self.moment_meant();
        self.ask_why_at(moment)
    }

    fn ask_why_at(&mut self, moment: Moment) -> Option<Effect> {
        let mut about = self.about()?;
        (about.range, about.live) = (moment.stretch(self.server_now()), None);
        self.tickets += 1;
        self.overlay = Some(Overlay::Why(Box::new(Why::new(moment, self.tickets))));
        Some(Effect::Errand(Errand::Why { ticket: self.tickets, about: Box::new(about) }))
    }

    fn server_now(&self) -> Timestamp {
        self.now.plus(self.ahead())
    }

    /// When the alert under the cursor began; else where the crosshair is, or what was last.
    fn moment_meant(&self) -> Moment {
        let newest = self.shown.at(self.server_now()).end;
        let pointed = self.crosshair.map(Timestamp);
        if self.view == ViewId::Alerts
            && let Some(row) = self.alerting.row()
        {
            let (labels, began) = (row.labels.clone(), row.since.is_some());
            let alarm = Alarm { name: row.name(), labels, began, select: self.selected() };
            let at = row.since.or(pointed).unwrap_or(newest);
            return Moment { at, alert: Some(alarm) };
        }
        let at = match (self.view, pointed) {
            (ViewId::Overview, Some(Timestamp(at))) => {
                let step = self.overview.chart_step(&self.scene(), self.body());
                Timestamp(self.overview.meant(at, step))
            }
            (ViewId::Logs, None) if !self.logs.follows() => {
                self.logs.line().map_or(newest, |line| Timestamp::of_ns(line.at))
            }
            (_, pointed) => pointed.unwrap_or(newest),
        };
        Moment { at, alert: None }
    }

    pub(super) fn why_key(&mut self, mut why: Box<Why>, key: KeyEvent) -> Option<Effect> {
        let deed = why.key(key, &self.setup.keymap, self.view);
        let forget = why.is_asking().then_some(Effect::Errand(Errand::Forget));
        match deed {
            Deed::Close => return forget,
            Deed::Again => return self.ask_why_at(why.moment),
            Deed::Open(place) => match self.walk_to(&place) {
                Ok(()) => return forget,
                Err(why_not) => self.say(&why_not),
            },
            Deed::Copy(text) => {
                self.overlay = Some(Overlay::Why(why));
                return Some(self.copy(text, "copied the finding"));
            }
            Deed::CopyCommand(place) => {
                let line = self.opening().command(&place);
                self.overlay = Some(Overlay::Why(why));
                return Some(self.copy(line, "copied the command line"));
            }
            Deed::Nothing => self.say("there is nothing to open here"),
            Deed::Stay => {}
        }
        self.overlay = Some(Overlay::Why(why));
        None
    }

    /// Shows a place as a command line would open it; `[` comes back.
    fn walk_to(&mut self, place: &Place) -> Result<(), String> {
        let view = match place.room {
            Room::Overview => ViewId::Overview,
            Room::Alerts => ViewId::Alerts,
            Room::Logs if self.has_logs() => ViewId::Logs,
            Room::Logs => return Err("this context has no Elasticsearch".to_owned()),
            Room::Traces if self.has_traces() => ViewId::Traces,
            Room::Traces => return Err("this context has no Jaeger".to_owned()),
        };
        let read = |text: &String| Select::parse(text, view, self.now, &self.setup.zone).map_err(|error| error.0);
        let select = place.select.as_ref().map(read).transpose()?;
        let shown = Shown::between(place.range.start, place.range.end).map_err(|error| error.0)?;
        self.moving(|app| {
            (app.full, app.crosshair, app.shown) = (false, None, shown);
            app.show_view(view);
            if let Some(select) = &select {
                app.select(select);
            }
        });
        self.list_alerts();
        let key = |action| self.setup.keymap.first(action).unwrap_or_default();
        self.say(&format!("{} goes back, {} asks why again", key(Action::HistoryBack), key(Action::Why)));
        Ok(())
    }
}
