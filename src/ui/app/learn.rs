//! What the console asks, and what each answer changes.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use ratatui::layout::Rect;

use super::{App, Effect, Setup};
use crate::model::alert::{Alert, AlertState, Severity};
use crate::model::fault::FetchError;
use crate::model::labels::Labels;
use crate::model::query::{Answer, Query, Source, Subscription, Update};
use crate::ui::view::alerts::{Alerts, Gone};
use crate::ui::view::{Scene, View, ViewId};

impl App {
    pub(super) fn learn(&mut self, update: Update) -> Option<Effect> {
        let query = &update.subscription.query;
        let link = self.links.entry(query.source()).or_default();
        // What is asked most often sets the pace that is shown; the rest comes in between.
        if update.subscription.every == Some(pace(&self.setup, self.view, query.source())) || update.result.is_err() {
            link.next = update.next;
        }
        link.skew_ms = update.skew_ms;
        match &update.result {
            Ok(_) => {
                link.answered = Some(update.at);
                (link.outage, link.refusal) = (None, None);
            }
            Err(error) if error.is_outage() => {
                let since = link.outage.as_ref().map_or(update.at, |(_, since)| *since);
                link.outage = Some((error.clone(), since));
            }
            // It is there; there is only nothing to be had from it for this question.
            Err(FetchError::Unsupported(_)) => (link.outage, link.answered) = (None, Some(update.at)),
            Err(error) => {
                link.outage = None;
                link.refusal = Some(error.clone());
            }
        }
        if *query == Query::Alerts {
            let result = update.result.and_then(Answer::into_alerts);
            let new = result.as_ref().ok().zip(self.alerts.get()).and_then(|(now, before)| new_critical(now, before));
            self.alerts.take(query, result, update.at);
            self.learn_alerts();
            return new.and_then(|text| self.notice_new(&text));
        }
        let changes_list = Alerts::owns(query);
        if changes_list || self.view.tab() == ViewId::Alerts {
            self.in_alerts(|alerting, scene, area| alerting.apply(update, scene, area));
        } else {
            // The view changes itself while it reads the rest of the state.
            let mut overview = std::mem::take(&mut self.overview);
            overview.apply(update, &self.scene(), self.body());
            self.overview = overview;
        }
        if changes_list {
            self.learn_alerts();
        }
        None
    }

    /// Names what is new, and rings.
    fn notice_new(&mut self, text: &str) -> Option<Effect> {
        self.say(text);
        self.setup.bell.then_some(Effect::Bell)
    }

    /// Changes the alerts' view while it reads the rest of the state.
    pub(super) fn in_alerts<T>(&mut self, change: impl FnOnce(&mut Alerts, &Scene, Rect) -> T) -> T {
        let mut alerting = std::mem::take(&mut self.alerting);
        let changed = change(&mut alerting, &self.scene(), self.body());
        self.alerting = alerting;
        changed
    }

    /// Makes the list of alerts anew, where it is shown; gives a selected alert that is no more in it.
    pub(super) fn list_alerts(&mut self) -> Option<Gone> {
        (self.view.tab() == ViewId::Alerts).then(|| self.in_alerts(Alerts::refresh)).flatten()
    }

    /// The same after an answer: nobody should act on another alert than the one that was chosen.
    fn learn_alerts(&mut self) {
        let gone = self.list_alerts();
        self.look_again();
        match gone {
            // Whoever has silenced it reads that, and more of it, already.
            Some(Gone { hidden: true, .. }) if self.notice.is_some() => {}
            Some(Gone { name, hidden: true }) => {
                self.say(&format!("{name} is quiet now and hidden; the cursor is on what stands there now"));
            }
            Some(Gone { name, hidden: false }) => {
                self.say(&format!("{name} is no longer in the list; the cursor is on what stands there now"));
            }
            None => {}
        }
    }

    /// The questions that should be open now.
    pub fn subscriptions(&self) -> BTreeSet<Subscription> {
        let mut wanted: BTreeSet<Subscription> =
            self.shown_view().queries(&self.scene(), self.body()).into_iter().collect();
        // The header counts what fires, and says how the sources do, in every view.
        let tile = |query| Subscription { query, every: Some(self.setup.tiles) };
        if self.context().is_some_and(|context| context.prometheus) {
            wanted.insert(tile(Query::Alerts));
        }
        if self.context().is_some_and(|context| context.alertmanager) {
            wanted.insert(tile(Query::Held));
        }
        wanted
    }

    /// How often a source is asked at the least while this view is shown.
    pub fn pace(&self, source: Source) -> Duration {
        pace(&self.setup, self.view, source)
    }
}

/// `▲ new: HighErrorRate, and 2 more`: critical alerts that fire now and did not before.
fn new_critical(now: &[Alert], before: &[Alert]) -> Option<String> {
    let fires = |alert: &&Alert| alert.state == AlertState::Firing && alert.severity() == Severity::Critical;
    let known: HashSet<&Labels> = before.iter().filter(fires).map(|alert| &alert.labels).collect();
    let mut new = now.iter().filter(fires).filter(|alert| !known.contains(&alert.labels));
    let first = new.next()?;
    let more = match new.count() {
        0 => String::new(),
        count => format!(", and {count} more"),
    };
    Some(format!("▲ new: {}{more}", first.name()))
}

/// Charts are asked often; a view may have none, and Alertmanager has none at all.
fn pace(setup: &Setup, view: ViewId, source: Source) -> Duration {
    match (view, source) {
        (_, Source::Alertmanager) | (ViewId::Alerts | ViewId::Silences | ViewId::Rules, _) => setup.tiles,
        (ViewId::Overview, _) => setup.refresh,
    }
}
