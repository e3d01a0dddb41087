//! The alerts: what fires, since when, who has been told, and what keeps the others quiet.

use std::collections::HashMap;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Scene, View, ViewId};
use crate::analysis::alerts::{Row, Told, rows};
use crate::analysis::routing::Tree;
use crate::analysis::summary::Headline;
use crate::model::delivery::{Holdings, Routing};
use crate::model::labels::Labels;
use crate::model::query::{Answer, Query, Subscription, Update};
use crate::model::rule::{Rule, RuleGroup};
use crate::model::series::Frame;
use crate::model::silence::Silence;
use crate::store::Slot;
use crate::text::Plain;
use crate::time::{DAY, millis};

mod cursor;
mod detail;
mod graph;
mod headline;
mod layout;
mod links;
mod list;
mod measure;
mod notes;
mod order;
mod over;
mod past;
mod rules;
mod silences;
mod silencing;
mod table;
mod wanted;
mod words;

pub use links::Link;
pub use list::{Filter, Group};
pub use order::Order;
pub use words::{cell, right, wrap};

use list::List;
use measure::Measure;

#[derive(Default)]
pub struct Alerts {
    rules: Slot<Vec<RuleGroup>>,
    held: Slot<Holdings>,
    silences: Slot<Vec<Silence>>,
    routing: Slot<Routing>,
    /// Read once from each configuration: the routes, or why they cannot be read.
    tree: Option<Result<Tree, Plain>>,
    /// What the selected alert's rule measures.
    chart: Slot<Frame>,
    /// The expression that the chart answers.
    charted: String,
    /// When the selected alert fired within the last day.
    fired: Slot<Frame>,
    list: List,
    /// By expression.
    measures: HashMap<String, Option<Measure>>,
    pub group: Group,
    pub order: Order,
    pub filter: Filter,
    /// Silenced, inhibited and muted ones too.
    pub quiet_too: bool,
    /// The labels of the selected alert: it stays selected wherever it moves.
    selected: Option<Labels>,
    /// Somebody has put the cursor there: not that it merely stood where the list began.
    chosen: bool,
    /// What a command line asked for: the alert that all of this fits is selected when it comes.
    wanted: Option<Filter>,
    /// Its place among those shown, and the first entry in sight.
    place: usize,
    top: usize,
    /// The first line in sight of a detail that is longer than the screen.
    scroll: u16,
    over: over::Over,
    silences_page: silences::Page,
    rules_page: rules::Page,
}

/// What was selected and is no more in the list.
pub struct Gone {
    pub name: Plain,
    /// It is still there, kept quiet or ended now: the list hides it.
    pub hidden: bool,
}

impl Alerts {
    /// Whether a question is one of this view alone.
    pub fn owns(query: &Query) -> bool {
        matches!(query, Query::Rules | Query::Held | Query::Silences | Query::Routing)
    }

    /// Makes the list anew after something was learned; gives a selected alert that is no more in it.
    pub fn refresh(&mut self, scene: &Scene, area: Rect) -> Option<Gone> {
        let alerts = scene.alerts.get().map_or(&[][..], Vec::as_slice);
        let switch = scene.switch.name().map(Plain::as_str);
        let mut rows = rows(self.fresh_rules(scene), alerts, self.held.get(), switch);
        if !notes::is_fresh(&self.held, scene) {
            // What Alertmanager held a while ago does not tell that it holds nothing newer.
            rows.iter_mut().filter(|row| row.told == Told::NotHeld).for_each(|row| row.told = Told::Unknown);
        }
        self.measures = self.measured(&rows);
        self.arrange(rows);
        let missed = self.find_wanted(scene);
        let gone = self.find_again();
        self.follow(area);
        // Only of what is looked at it matters that it is gone.
        match scene.view {
            ViewId::Silences => self.refresh_silences(area),
            _ => gone.or(missed.map(|name| Gone { name, hidden: false })),
        }
    }

    fn arrange(&mut self, rows: Vec<Row>) {
        let since = |row: &Row| words::fires_since(self, row).or(row.since);
        self.list = List::new(rows, &self.group, (self.order, &since), &self.filter, self.quiet_too);
    }

    /// What the rules of these alerts measure; those that are known are not read again.
    fn measured(&self, rows: &[Row]) -> HashMap<String, Option<Measure>> {
        let mut measures = HashMap::new();
        for (_, rule) in rows.iter().filter_map(|row| self.rule(row)) {
            if !measures.contains_key(&rule.expr) {
                let known = self.measures.get(&rule.expr).cloned();
                measures.insert(rule.expr.clone(), known.unwrap_or_else(|| Measure::of(rule)));
            }
        }
        measures
    }

    /// What Alertmanager holds, as far as it is known.
    pub fn held(&self) -> Option<&Holdings> {
        self.held.get()
    }

    /// What Alertmanager holds, while that is the latest and not overdue.
    pub fn held_for_sure(&self, scene: &Scene) -> Option<&Holdings> {
        self.held.get().filter(|_| scene.alertmanager && notes::is_fresh(&self.held, scene))
    }

    pub fn groups(&self) -> &[RuleGroup] {
        self.rules.get().map_or(&[], Vec::as_slice)
    }

    /// The rules with their alerts, unless the bare alerts are known from much later.
    fn fresh_rules(&self, scene: &Scene) -> &[RuleGroup] {
        let (Some((groups, at)), later) = (&self.rules.feed.value, &scene.alerts.feed.value) else { return &[] };
        let patience = 2 * millis(scene.tiles) + 5_000;
        if later.as_ref().is_some_and(|(_, later)| later.since(*at) > patience) { &[] } else { groups }
    }

    fn find_again(&mut self) -> Option<Gone> {
        let found = self.selected.as_ref().and_then(|labels| self.list.find(labels, self.place));
        let gone = match found {
            Some(place) => {
                self.place = place;
                None
            }
            None => {
                let gone = self.selected.take().filter(|_| self.chosen);
                self.select(self.place);
                let is_hidden =
                    |labels: &Labels| self.list.rows.iter().any(|row| row.is(labels) && row.state.is_quiet());
                gone.map(|labels| Gone {
                    hidden: !self.quiet_too && is_hidden(&labels),
                    name: labels.get("alertname").cloned().unwrap_or_default(),
                })
            }
        };
        self.look_back();
        gone
    }

    pub fn step_rules(&mut self, by: isize, area: Rect) {
        self.rules_page.step(by, self.rules.get().map_or(&[], Vec::as_slice), area);
    }

    fn look_back(&mut self) {
        let labels = self.row().map(|row| row.labels.clone()).unwrap_or_default();
        self.over.look_for(&labels);
    }

    /// The selected alert.
    pub fn row(&self) -> Option<&Row> {
        self.list.get(self.place)
    }

    /// Where its runbook, its expression and its annotations lead to.
    pub fn links(&self) -> Vec<Link> {
        self.row().map(links::links).unwrap_or_default()
    }

    /// How many alerts are shown, and which of them the cursor is on, from 1.
    pub fn position(&self) -> (usize, usize) {
        ((self.place + 1).min(self.list.len()), self.list.len())
    }

    /// Whether there is any alert at all, shown or not.
    pub fn is_empty(&self) -> bool {
        self.list.rows.is_empty()
    }

    pub fn is_quiet_hidden(&self) -> bool {
        self.list.quiet + self.list.alive > 0
    }

    /// Labels to group by, and how many alerts have each.
    pub fn labels(&self) -> Vec<(Plain, usize)> {
        self.list.labels()
    }

    fn rule(&self, row: &Row) -> Option<(&RuleGroup, &Rule)> {
        row.rule(self.groups())
    }

    fn measure(&self, row: &Row) -> Option<&Measure> {
        self.measures.get(&self.rule(row)?.1.expr)?.as_ref()
    }

    fn silence(&self, id: &str) -> Option<&Silence> {
        self.silences.get()?.iter().find(|silence| silence.id == id)
    }

    /// The distance of two points of the chart, in ms.
    pub fn chart_step(&self, scene: &Scene, area: Rect) -> i64 {
        graph::step(scene, layout::places(area, scene.full).detail)
    }

    /// Whether there is a chart to point at.
    pub fn has_chart(&self, area: Rect, full: bool) -> bool {
        layout::places(area, full).detail.height > 0 && self.row().and_then(|row| self.measure(row)).is_some()
    }

    /// What is wrong, in one sentence.
    pub fn headline(&self, scene: &Scene) -> Headline {
        match scene.view {
            ViewId::Silences => silences::headline(self, scene),
            ViewId::Rules => rules::headline(self, scene),
            ViewId::Overview | ViewId::Alerts | ViewId::Logs | ViewId::Traces => headline::headline(self, scene),
        }
    }

    /// What `y` copies.
    pub fn text(&self, scene: &Scene) -> String {
        if scene.view == ViewId::Rules {
            return rules::copied(self);
        }
        self.row().map_or_else(String::new, |row| words::copied(self, row, scene))
    }
}

/// A configuration that is larger would hold up the keys while it is read.
const LARGEST_CONFIG: usize = 256 * 1024;
/// Routes change seldom and are asked seldom.
const SELDOM: Duration = Duration::from_secs(60);

fn read_tree(config: &str) -> Result<Tree, Plain> {
    if config.len() > LARGEST_CONFIG {
        return Err(Plain::from(format!("not shown: the configuration has {} KiB", config.len() / 1024)));
    }
    Tree::parse(config).map_err(Plain::from)
}

impl View for Alerts {
    fn apply(&mut self, update: Update, scene: &Scene, area: Rect) {
        let Update { subscription, at, result, skew_ms, .. } = update;
        let query = &subscription.query;
        match query {
            Query::Rules => {
                self.rules.take(query, result.and_then(Answer::into_rules), at);
                if let (Some((groups, at)), None) = (&self.rules.feed.value, &self.rules.feed.error) {
                    self.rules_page.learn(groups, *at, skew_ms);
                }
            }
            Query::Held => self.held.take(query, result.and_then(Answer::into_held), at),
            Query::Silences => {
                // They end by the clock of the server.
                let now = at.plus(skew_ms);
                let recent = |silence: &Silence| now.since(silence.ends_at) < DAY;
                let silences = result.and_then(Answer::into_silences);
                let silences = silences.map(|all| all.into_iter().filter(recent).collect());
                self.silences.take(query, silences, at);
                self.over.learn(self.silences.get().map_or(&[], Vec::as_slice));
                self.silences_page.ahead = skew_ms;
            }
            Query::Routing => {
                let routing = result.and_then(Answer::into_routing);
                if let Ok(new) = &routing
                    && self.routing.get().is_none_or(|held| held.config != new.config)
                {
                    self.tree = Some(read_tree(&new.config));
                }
                self.routing.take(query, routing, at);
            }
            Query::Range { .. } if past::question(self, scene, area).as_ref() == Some(query) => {
                self.fired.take_frame(query, result.and_then(Answer::into_frame), at);
            }
            Query::Range { expr, .. } if graph::question(self, scene, area).as_ref() == Some(query) => {
                self.chart.take_frame(query, result.and_then(Answer::into_frame), at);
                if self.chart.answers(query) {
                    self.charted.clone_from(expr);
                }
            }
            _ => {}
        }
    }

    fn queries(&self, scene: &Scene, area: Rect) -> Vec<Subscription> {
        let every = |query: Query, every: Duration| Subscription { query, every: Some(every) };
        let mut wanted = Vec::new();
        if scene.asked {
            wanted.push(every(Query::Rules, scene.tiles));
            // A fixed range is history: one answer settles it.
            let pace = scene.shown.is_live().then_some(scene.refresh);
            let chart = graph::question(self, scene, area).filter(|_| scene.view == ViewId::Alerts);
            wanted.extend(chart.map(|query| Subscription { query, every: pace }));
            wanted.extend(past::question(self, scene, area).map(|query| every(query, past::EVERY)));
        }
        if scene.alertmanager {
            wanted.extend([every(Query::Held, scene.tiles), every(Query::Silences, scene.tiles)]);
            wanted.push(every(Query::Routing, SELDOM));
        }
        wanted
    }

    fn draw(&self, scene: &Scene, area: Rect, buf: &mut Buffer) {
        match scene.view {
            ViewId::Silences => return silences::draw(self, scene, area, buf),
            ViewId::Rules => return rules::draw(self, scene, area, buf),
            ViewId::Overview | ViewId::Alerts | ViewId::Logs | ViewId::Traces => {}
        }
        // A detail of nothing says nothing: the list says why there is none.
        let places = layout::places(area, scene.full && self.row().is_some());
        if places.head.height > 0 {
            table::draw(self, scene, places, buf);
        }
        if places.detail.height > 0 {
            detail::draw(self, scene, places.detail, buf);
        }
    }
}

#[cfg(test)]
mod tests;
