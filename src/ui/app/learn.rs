//! What the console asks, and what each answer changes.

use std::collections::BTreeSet;
use std::time::Duration;

use ratatui::layout::Rect;

use super::{App, Effect, Setup};
use crate::analysis::alerts::digest;
use crate::model::delivery::Holdings;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query, Source, Subscription, Update};
use crate::model::series::Vector;
use crate::ui::view::alerts::{Alerts, Gone};
use crate::ui::view::logs::TAIL;
use crate::ui::view::{Scene, View, ViewId};

impl App {
    /// How far the clock of Prometheus is ahead of ours; that of Alertmanager where there is none.
    pub(super) fn ahead(&self) -> i64 {
        let link = [Source::Prometheus, Source::Alertmanager].into_iter().find_map(|source| self.links.get(&source));
        link.map_or(0, |link| link.skew_ms)
    }

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
            let is_answer = result.is_ok();
            self.alerts.take(query, result, update.at);
            self.weigh();
            self.learn_alerts();
            return self.notice_new(is_answer);
        }
        if self.switch_question().as_ref() == Some(query) {
            self.learn_switch(update.result.and_then(Answer::into_vector));
            return None;
        }
        if query.source() == Source::Elasticsearch && self.view == ViewId::Logs {
            self.learn_logs(update);
            return None;
        }
        if query.source() == Source::Jaeger && self.view == ViewId::Traces {
            self.learn_traces(update);
            return None;
        }
        let (is_held, is_rules) = (*query == Query::Held, *query == Query::Rules);
        let changes_list = Alerts::owns(query);
        if changes_list || self.view.tab() == ViewId::Alerts {
            self.in_alerts(|alerting, scene, area| alerting.apply(update, scene, area));
        } else {
            // The view changes itself while it reads the rest of the state.
            let mut overview = std::mem::take(&mut self.overview);
            overview.apply(update, &self.scene(), self.body());
            self.overview = overview;
        }
        if is_rules {
            self.switch.learn_rules(self.alerting.groups());
        }
        if is_held {
            self.weigh();
        }
        if changes_list {
            self.learn_alerts();
        }
        if is_held { self.notice_new(false) } else { None }
    }

    /// Names what is new, and rings.
    fn notice_new(&mut self, is_answer: bool) -> Option<Effect> {
        let alerts = self.alerts.get().map_or(&[][..], Vec::as_slice);
        let new = self.news.take(alerts, &self.digest, is_answer, self.digest_knows, self.now);
        let first = new.first()?;
        let more = if new.len() > 1 { format!(", and {} more", new.len() - 1) } else { String::new() };
        self.also_say(&format!("▲ new: {first}{more}"));
        self.setup.bell.then_some(Effect::Bell)
    }

    /// Counts and orders the alerts once for all views.
    fn weigh(&mut self) {
        let held = self.alerting.held_for_sure(&self.scene());
        let alerts = self.alerts.get();
        let (knows, name) = (held.is_some(), self.switch.name().cloned());
        // What others have sent stays in sight while Alertmanager is away, as in the list.
        let old = self.alerting.held().filter(|_| held.is_none()).map(Holdings::as_if_loud);
        let digest = digest(alerts.map_or(&[], Vec::as_slice), held.or(old.as_ref()), name.as_deref());
        let mut switch = self.switch.clone();
        if let Some(alerts) = alerts {
            switch.learn_alerts(alerts);
        }
        switch.learn_held(held, self.now);
        (self.digest, self.digest_knows, self.switch) = (digest, knows, switch);
    }

    /// The same when Alertmanager's word has become too old meanwhile: what it kept quiet counts again.
    pub(super) fn weigh_again(&mut self) {
        if self.digest_knows && self.alerting.held_for_sure(&self.scene()).is_none() {
            self.weigh();
        }
    }

    /// What tells whether there should be a dead man's switch, while that is not known.
    fn switch_question(&self) -> Option<Query> {
        self.switch.question().map(|expr| Query::Instant { expr, at: None })
    }

    fn learn_switch(&mut self, result: Result<Vector, FetchError>) {
        match result {
            Ok(vector) => self.switch.learn_past(vector.samples.iter().any(|sample| sample.value > 0.0)),
            // It is asked again when the source is back; what is refused stays refused.
            Err(error) if error.is_outage() || error.may_pass() => {}
            Err(_) => self.switch.learn_past(false),
        }
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
                let why = if self.view == ViewId::Silences { "has ended" } else { "is quiet now" };
                self.also_say(&format!("{name} {why} and is hidden; the cursor is on what stands there now"));
            }
            Some(Gone { name, hidden: false }) => {
                self.also_say(&format!("{name} is no longer in the list; the cursor is on what stands there now"));
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
            wanted.extend(self.switch_question().map(|query| Subscription { query, every: None }));
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

/// Charts are asked often; a view may have none, and Alertmanager has none at all.
fn pace(setup: &Setup, view: ViewId, source: Source) -> Duration {
    match (view, source) {
        (_, Source::Alertmanager) | (ViewId::Alerts | ViewId::Silences | ViewId::Rules, _) => setup.tiles,
        (ViewId::Overview, Source::Elasticsearch | Source::Jaeger) => setup.tiles,
        (ViewId::Overview, _) => setup.refresh,
        (ViewId::Logs, Source::Elasticsearch) => TAIL,
        // Only what fires is asked, for the header.
        (ViewId::Logs | ViewId::Traces, _) => setup.tiles,
    }
}
