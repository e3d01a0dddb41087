//! What each action does to the state.

use super::{App, Effect, Find};
use crate::model::log::{Level, Search};
use crate::model::matcher::{Matcher, Op};
use crate::time::{Range, Timestamp};
use crate::ui::action::Action;
use crate::ui::overlay::{Overlay, does_something};
use crate::ui::range::Shown;
use crate::ui::screen;
use crate::ui::view::ViewId;
use crate::ui::view::alerts::Filter;
use crate::ui::widget::input::Input;

impl App {
    pub(super) fn act(&mut self, action: Action) -> Option<Effect> {
        let is_silencing = matches!(action, Action::Silence | Action::Expire | Action::Extend);
        // Why nothing can be silenced is said by whoever does it.
        if matches!(self.view, ViewId::Rules | ViewId::Silences) && !is_silencing && !does_something(self, action) {
            return None;
        }
        if self.view == ViewId::Logs && self.act_on_logs(action) {
            return None;
        }
        if self.view == ViewId::Traces && self.act_on_traces(action) {
            return None;
        }
        match action {
            Action::Quit => return self.quit(),
            Action::Suspend => return Some(Effect::Suspend),
            Action::Redraw => return Some(Effect::Redraw),
            Action::Copy if self.view == ViewId::Logs => {
                let (text, said) = self.copied_of_logs();
                return Some(self.copy(text, &said));
            }
            Action::Copy if self.view == ViewId::Traces => {
                let (text, said) = self.copied_of_traces();
                return (!text.is_empty()).then(|| self.copy(text, said));
            }
            Action::Copy => {
                let said = match self.view {
                    ViewId::Alerts => "copied the alert",
                    ViewId::Silences => "copied the silence",
                    ViewId::Rules => "copied the expression",
                    ViewId::Overview | ViewId::Logs | ViewId::Traces => "copied the values",
                };
                return Some(self.copy(screen::selection(self), said));
            }
            Action::CopyCommand => return Some(self.copy(self.command_line(), "copied the command line")),
            Action::Why => return self.ask_why(),
            Action::Report => self.choose_format(),
            Action::Silences => self.go_to(ViewId::Silences),
            Action::Rules => self.go_to(ViewId::Rules),
            Action::Overview => self.go_to(ViewId::Overview),
            Action::Alerts => self.go_to(ViewId::Alerts),
            Action::LogLines if self.has_logs() => self.go_to(ViewId::Logs),
            Action::LogLines => self.say("this context has no Elasticsearch"),
            Action::TraceList if self.has_traces() => self.go_to(ViewId::Traces),
            Action::TraceList => self.say("this context has no Jaeger"),
            Action::NextView => self.go_to(self.view.next(true, &self.tabs())),
            Action::PreviousView => self.go_to(self.view.next(false, &self.tabs())),
            Action::Down => self.step(1),
            Action::Up => self.step(-1),
            Action::PageDown => self.page(1),
            Action::PageUp => self.page(-1),
            Action::Top => self.edge(false),
            Action::Bottom => self.edge(true),
            Action::Group if self.view == ViewId::Alerts => self.overlay = Some(Overlay::group(self)),
            Action::Order if self.view == ViewId::Alerts => self.overlay = Some(Overlay::order(self)),
            Action::Links if self.view == ViewId::Alerts => self.show_links(),
            Action::Metrics => self.walk_to_metrics(),
            Action::Logs if self.view == ViewId::Alerts && self.has_logs() => self.go_to(ViewId::Logs),
            Action::Logs if self.view == ViewId::Alerts => self.say("this context has no Elasticsearch"),
            Action::Logs if self.view == ViewId::Overview && self.has_logs() => {
                // What the tile counts.
                self.logs.set_search(Search { level: Some(Level::Warn), ..self.logs.search().clone() });
                self.go_to(ViewId::Logs);
            }
            Action::Traces if self.view == ViewId::Alerts => self.walk_from_alert(),
            Action::Traces if self.view == ViewId::Overview => self.walk_from_overview(),
            Action::Quiet if self.view == ViewId::Alerts => {
                self.alerting.toggle_quiet();
                self.list_alerts();
            }
            Action::Edit if self.view == ViewId::Alerts => {
                let mut input = Input::default();
                input.insert(&self.alerting.filter.text());
                self.overlay = Some(Overlay::Filter(input));
            }
            Action::Quiet if self.view == ViewId::Silences => {
                self.in_alerts(|alerting, _, area| alerting.toggle_over(area));
            }
            Action::Group | Action::Quiet | Action::Edit | Action::Order => {}
            Action::Links | Action::Logs | Action::Traces => {}
            Action::Include | Action::Exclude | Action::Select | Action::Wrap | Action::Around | Action::Patterns => {}
            Action::Services | Action::Fold | Action::FoldAll | Action::Critical | Action::SelfTimes => {}
            Action::Hide | Action::Shorter | Action::NextError => {}
            Action::Acknowledge | Action::Silence | Action::Expire | Action::Extend => self.silencing(action),
            Action::Open if self.view == ViewId::Silences => self.silencing(Action::Silence),
            Action::Open if self.view == ViewId::Rules => self.open_rule(),
            Action::Open | Action::FullScreen if matches!(self.view, ViewId::Silences | ViewId::Rules) => {}
            Action::Open | Action::FullScreen if self.view == ViewId::Alerts && self.alerting.row().is_none() => {}
            Action::Open => self.moving(|app| app.full = true),
            Action::FullScreen => self.moving(|app| app.full = !app.full),
            Action::Back => self.back(),
            Action::Time => self.overlay = Some(Overlay::range(self.shown)),
            Action::Scope => self.overlay = Some(Overlay::scope(self)),
            Action::Context => self.overlay = Some(Overlay::context(self)),
            Action::Palette => self.overlay = Some(Overlay::palette(self)),
            Action::Help => self.overlay = Some(Overlay::Help(0)),
            Action::Find => self.overlay = Some(Overlay::Find(Default::default())),
            Action::FindNext => self.find_step(1),
            Action::FindPrevious => self.find_step(-1),
            Action::Pause => self.pause(),
            Action::ZoomIn => self.zoom(0.5),
            Action::ZoomOut => self.zoom(2.0),
            Action::ZoomReset => self.moving(|app| app.shown = Shown::Live(app.setup.live)),
            Action::PanLeft => self.moving(|app| app.shown = app.shown.pan(-0.25, app.now)),
            Action::PanRight => self.moving(|app| app.shown = app.shown.pan(0.25, app.now)),
            Action::CrosshairLeft => self.point(-1),
            Action::CrosshairRight => self.point(1),
            Action::CrosshairFarLeft => self.point(-10),
            Action::CrosshairFarRight => self.point(10),
            Action::HistoryBack => {
                if let Some(place) = self.history.back(self.place()) {
                    self.go(place);
                }
            }
            Action::HistoryForward => {
                if let Some(place) = self.history.forward(self.place()) {
                    self.go(place);
                }
            }
        }
        None
    }

    pub(super) fn copy(&mut self, text: String, said: &str) -> Effect {
        self.say(said);
        Effect::Copy(text)
    }

    /// Shows a view from its beginning.
    fn go_to(&mut self, view: ViewId) {
        self.moving(|app| {
            app.full = false;
            app.show_view(view);
        });
    }

    pub(super) fn step(&mut self, by: isize) {
        match self.view {
            ViewId::Silences => self.in_alerts(|alerting, _, area| alerting.step_silences(by, area)),
            ViewId::Rules => self.in_alerts(|alerting, _, area| alerting.step_rules(by, area)),
            ViewId::Logs => self.in_logs(|logs, scene, area| logs.step(by, scene, area)),
            ViewId::Traces => self.step_traces(by),
            ViewId::Overview => self.overview.move_cursor(by, self.full),
            ViewId::Alerts => self.in_alerts(|alerting, _, area| alerting.move_cursor(by, area)),
        }
    }

    fn page(&mut self, by: isize) {
        match self.view {
            ViewId::Silences | ViewId::Rules => {
                let half = isize::try_from(self.body().height / 2).unwrap_or(1).max(1);
                self.step(by.saturating_mul(half));
            }
            ViewId::Logs => self.in_logs(|logs, scene, area| logs.page(by, scene, area)),
            ViewId::Traces => self.in_traces(|traces, _, area| traces.page(by, area)),
            ViewId::Overview => self.overview.move_cursor(5 * by, self.full),
            ViewId::Alerts => self.in_alerts(|alerting, scene, area| alerting.page(by, scene, area)),
        }
    }

    /// To the first or the last panel, series or alert.
    fn edge(&mut self, last: bool) {
        if self.view != ViewId::Overview {
            self.step(if last { isize::MAX } else { isize::MIN });
        } else if self.full {
            self.overview.move_cursor(if last { isize::MAX } else { isize::MIN }, true);
        } else {
            self.overview.selected = if last { 3 } else { 0 };
        }
    }

    fn back(&mut self) {
        if self.find.is_some() {
            return self.forget_find();
        }
        if self.crosshair.take().is_some() {
            return;
        }
        if self.view == ViewId::Logs && !self.full && self.logs.widen() {
            return;
        }
        if self.view == ViewId::Traces && self.traces.widen() {
            return;
        }
        if matches!(self.view, ViewId::Silences | ViewId::Rules) {
            return self.go_to(ViewId::Alerts);
        }
        if self.view == ViewId::Alerts && !self.full && !self.alerting.filter.is_empty() {
            return self.filter(Filter::default());
        }
        self.moving(|app| app.full = false);
    }

    pub(super) fn filter(&mut self, filter: Filter) {
        self.alerting.filter = filter;
        self.list_alerts();
    }

    /// To the alerts of the rule under the cursor.
    fn open_rule(&mut self) {
        let rule = self.alerting.selected_rule().filter(|_| self.alerting.has_rule_alerts());
        let Some(name) = rule.map(|(_, rule)| rule.name.clone()) else { return };
        match Filter::of(vec![Matcher::new("alertname", Op::Equal, &name)]) {
            Ok(filter) => {
                self.alerting.filter = filter;
                self.go_to(ViewId::Alerts);
            }
            Err(error) => self.say(&error),
        }
    }

    fn pause(&mut self) {
        self.moving(|app| {
            app.shown = match app.shown {
                Shown::Live(_) => Shown::Fixed(app.shown.at(app.now)),
                Shown::Fixed(range) => Shown::Live(range.length()),
            }
        });
    }

    fn zoom(&mut self, factor: f64) {
        let around = self.crosshair.map(Timestamp);
        self.moving(|app| app.shown = app.shown.zoom(factor, around, app.now));
    }

    /// Moves the crosshair by dot columns of the charts; it starts at the newest sample.
    fn point(&mut self, columns: i64) {
        let Range { start, end } = match self.view {
            ViewId::Traces => self.traces.dotted(&self.scene()),
            _ => self.shown.at(self.now),
        };
        let step = match self.view {
            ViewId::Overview => self.overview.chart_step(&self.scene(), self.body()),
            ViewId::Alerts if !self.alerting.has_chart(self.body(), self.full) => return,
            ViewId::Silences | ViewId::Rules => return,
            ViewId::Logs => self.logs.volume_step(&self.scene(), self.body()),
            ViewId::Traces => self.traces.dot_step(&self.scene(), self.body()),
            ViewId::Alerts => self.alerting.chart_step(&self.scene(), self.body()),
        };
        let from = self.crosshair.unwrap_or_else(|| end.floor_to(step).plus(step).0);
        let to = Timestamp(from.saturating_add(columns * step)).floor_to(step);
        self.crosshair = Some(to.clamp(start, end).0);
    }

    pub(super) fn begin_find(&mut self, text: String) {
        self.forget_find();
        if text.is_empty() {
            return;
        }
        if self.view == ViewId::Logs && !self.full {
            return self.begin_find_in_logs(text);
        }
        if self.finds_traces() {
            return self.begin_find_in_traces(text);
        }
        self.find = Some(Find { text, current: 0 });
        if screen::hits(self) == 0 {
            self.say("nothing on this screen fits");
        }
    }

    fn find_step(&mut self, by: isize) {
        if self.view == ViewId::Logs && !self.full {
            return self.find_in_logs(by > 0);
        }
        if self.finds_traces() {
            return self.find_in_traces(by > 0);
        }
        let hits = screen::hits(self);
        if let Some(find) = &mut self.find
            && hits > 0
        {
            find.current = (find.current + hits).saturating_add_signed(by) % hits;
        }
    }
}
