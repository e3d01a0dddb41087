//! What lies over the view and has the keys: help, a list to choose from, or the line that `/` opens.

use super::action::{Action, TABLE};
use super::app::App;
use super::prompt::Prompt;
use super::range::Shown;
use super::silence_form::{Clock, Form, short};
use super::view::ViewId;
use super::view::alerts::{Group, Link, Order};
use super::view::traces::{Sort, Terms};
use super::why::Why;
use super::widget::input::Input;
use super::widget::picker::{Item, Picker};
use crate::model::log::{Filter as LogFilter, Search};
use crate::model::silence::Silence;
use crate::time::{DAY, HOUR, MINUTE};

/// What choosing an item does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Do(Action),
    Show(Shown),
    Scope(usize),
    Context(usize),
    Group(Group),
    /// Ends or extends the silence of this id.
    OfSilence(Action, String),
    Order(Order),
    /// Of traces.
    Sort(Sort),
    /// Whose traces are sought.
    Service(String),
    Copy(Link),
    /// Narrows the logs.
    Field(LogFilter),
    /// Writes the report in a format, by its number.
    Report(usize),
}

#[derive(Debug, Clone)]
pub enum Overlay {
    /// First line shown.
    Help(u16),
    Palette(Picker<Choice>),
    /// Takes what was typed as a range when no item fits.
    Range(Picker<Choice>),
    Choose(Picker<Choice>),
    Find(Input),
    /// Alertmanager matchers.
    Filter(Input),
    Silence(Box<Form>),
    /// The query of the logs.
    Query(Box<Prompt<Search>>),
    /// The search of traces.
    Search(Box<Prompt<Terms>>),
    Why(Box<Why>),
}

impl Overlay {
    pub fn paste(&mut self, text: &str) {
        match self {
            Self::Help(_) | Self::Why(_) => {}
            Self::Palette(picker) | Self::Range(picker) | Self::Choose(picker) => picker.paste(text),
            Self::Find(input) | Self::Filter(input) => input.insert(text),
            Self::Silence(form) => form.paste(text),
            Self::Query(prompt) => prompt.paste(text),
            Self::Search(prompt) => prompt.paste(text),
        }
    }

    /// Everything that can be done, by name.
    pub fn palette(app: &App) -> Self {
        let keys = |action| app.setup.keymap.first(action).unwrap_or_default();
        let mut items: Vec<Item<Choice>> = TABLE
            .iter()
            .filter(|row| row.action != Action::Palette && does_something(app, row.action))
            .map(|row| Item {
                label: row.name.to_owned(),
                detail: format!("{:>6}  {}", keys(row.action), row.help),
                value: Choice::Do(row.action),
            })
            .collect();
        items.extend(ranges().map(|(text, shown)| item(format!("time {text}"), "live range", Choice::Show(shown))));
        items.extend(scopes(app).into_iter().map(|choice| Item { label: format!("scope {}", choice.label), ..choice }));
        items.extend(
            contexts(app).into_iter().map(|choice| Item { label: format!("context {}", choice.label), ..choice }),
        );
        Self::Palette(Picker::new(":", items))
    }

    /// With the cursor on the range that is shown, if it is one of the list.
    pub fn range(shown: Shown) -> Self {
        let current = ranges().position(|(_, range)| range == shown).unwrap_or(0);
        let items = ranges().map(|(text, shown)| item(text, "live", Choice::Show(shown)));
        let title = "time (or 90m, 14:00 to 15:00, -3h to -1h)";
        Self::Range(Picker::new(title, items.collect()).starting_at(current))
    }

    pub fn scope(app: &App) -> Self {
        Self::Choose(Picker::new("scope", scopes(app)).starting_at(app.scope))
    }

    /// What to group the alerts by.
    pub fn group(app: &App) -> Self {
        let fixed = [("urgency", "no groups", Group::Urgency), ("severity", "", Group::Severity)];
        let fixed = fixed.into_iter().map(|(name, detail, group)| item(name, detail, Choice::Group(group)));
        let labels = app.alerting.labels().into_iter().filter(|(name, _)| name.as_str() != "severity");
        let label = |(name, count): (crate::text::Plain, usize)| {
            item(name.to_string(), &format!("label of {count}"), Choice::Group(Group::Label(name)))
        };
        let items: Vec<_> = fixed.chain(labels.map(label)).collect();
        let current = Choice::Group(app.alerting.group.clone());
        let at = items.iter().position(|item| item.value == current).unwrap_or(0);
        Self::Choose(Picker::new("group by", items).starting_at(at))
    }

    /// Which of several silences is meant.
    pub fn of_several(action: Action, silences: &[Silence], clock: Clock) -> Self {
        let items = silences.iter().map(|silence| {
            let Silence { id, created_by, comment, ends_at, .. } = silence;
            let detail = format!("until {}: {comment}", clock.show(*ends_at));
            item(format!("{} by {created_by}", short(id)), &detail, Choice::OfSilence(action, id.clone()))
        });
        let title = if action == Action::Expire { "end which silence" } else { "extend which silence" };
        Self::Choose(Picker::new(title, items.collect()))
    }

    /// In which order the alerts stand.
    pub fn order(app: &App) -> Self {
        let items = Order::ALL.map(|order| item(order.name(), "", Choice::Order(order)));
        let at = Order::ALL.iter().position(|order| *order == app.alerting.order).unwrap_or(0);
        Self::Choose(Picker::new("order by", items.into()).starting_at(at))
    }

    /// In which order the traces stand.
    pub fn sort(app: &App) -> Self {
        let items = Sort::ALL.map(|sort| item(sort.name(), "", Choice::Sort(sort)));
        let at = Sort::ALL.iter().position(|sort| *sort == app.traces.sort()).unwrap_or(0);
        Self::Choose(Picker::new("order by", items.into()).starting_at(at))
    }

    /// The links of the selected alert, if it has any.
    pub fn links(app: &App) -> Option<Self> {
        let links = app.alerting.links();
        let items = links.into_iter().map(|link| item(link.name.clone(), &link.url.clone(), Choice::Copy(link)));
        let items: Vec<_> = items.collect();
        (!items.is_empty()).then(|| Self::Choose(Picker::new("copy a link", items)))
    }

    /// In which format the report is written; the cursor is on the one that was taken last.
    pub fn formats(app: &App) -> Self {
        let formats = app.setup.formats.iter().enumerate();
        let items = formats.map(|(number, name)| item(name.clone(), "", Choice::Report(number)));
        Self::Choose(Picker::new("write a report as", items.collect()).starting_at(app.reporting.format))
    }

    pub fn context(app: &App) -> Self {
        Self::Choose(Picker::new("context", contexts(app)).starting_at(app.context))
    }
}

/// Whether the action can do anything in the view that is shown: what cannot is offered nowhere.
pub fn does_something(app: &App, action: Action) -> bool {
    if app.view == ViewId::Traces {
        return does_something_to_traces(app, action);
    }
    let in_alerts = app.view == ViewId::Alerts;
    let in_logs = app.view == ViewId::Logs;
    let has_chart = matches!(app.view, ViewId::Overview | ViewId::Alerts | ViewId::Logs);
    match action {
        Action::Overview => app.view != ViewId::Overview || app.full,
        Action::Silences => app.view != ViewId::Silences,
        Action::Rules => app.view != ViewId::Rules,
        Action::Alerts => !in_alerts || app.full,
        Action::LogLines => app.has_logs() && (!in_logs || app.full),
        Action::Include | Action::Exclude | Action::Select => in_logs,
        Action::Wrap | Action::Around | Action::Patterns => in_logs,
        Action::Edit => in_alerts || in_logs,
        Action::Group | Action::Order => in_alerts,
        Action::Quiet => in_alerts || in_logs || app.view == ViewId::Silences,
        Action::Acknowledge => in_alerts && app.can_silence(),
        Action::Silence | Action::Expire | Action::Extend => {
            (in_alerts || app.view == ViewId::Silences) && app.can_silence()
        }
        Action::TraceList => app.has_traces(),
        Action::Traces => {
            in_logs || (in_alerts && app.has_traces()) || (app.view == ViewId::Overview && app.has_traces())
        }
        Action::Services | Action::Fold | Action::FoldAll | Action::Critical | Action::SelfTimes => false,
        Action::Hide | Action::Shorter | Action::NextError => false,
        Action::Logs => in_alerts || (app.view == ViewId::Overview && app.has_logs()),
        Action::Links | Action::Metrics => in_alerts,
        Action::Why => has_chart && (!in_logs || app.has_logs()),
        Action::Report => true,
        // Rules and silences are as they are now, and have no chart.
        Action::Time | Action::Pause | Action::ZoomIn | Action::ZoomOut | Action::ZoomReset => has_chart,
        Action::PanLeft | Action::PanRight | Action::FullScreen => has_chart,
        Action::CrosshairLeft | Action::CrosshairRight => has_chart,
        Action::CrosshairFarLeft | Action::CrosshairFarRight => has_chart,
        // Alerts are told by their own labels: the scope of the charts hides none of them.
        Action::Scope => app.view == ViewId::Overview || in_logs,
        _ => true,
    }
}

/// The same of the list of traces, or of the one that is open.
fn does_something_to_traces(app: &App, action: Action) -> bool {
    let is_open = app.traces.opened().is_some();
    match action {
        Action::TraceList => is_open,
        Action::Logs => app.has_logs(),
        Action::LogLines => app.has_logs(),
        Action::Metrics => true,
        Action::Fold | Action::FoldAll | Action::Critical | Action::SelfTimes | Action::Wrap => is_open,
        Action::Hide | Action::Shorter => is_open,
        Action::NextError => app.traces.waterfall().is_some_and(|waterfall| waterfall.has_failures()),
        Action::Edit | Action::Services | Action::Quiet | Action::Order | Action::Time | Action::Pause => !is_open,
        Action::Scope | Action::CrosshairLeft | Action::CrosshairRight => !is_open,
        Action::CrosshairFarLeft | Action::CrosshairFarRight => !is_open,
        Action::FullScreen | Action::Traces => false,
        action => action.is_known_in(ViewId::Traces),
    }
}

fn item(label: impl Into<String>, detail: &str, value: Choice) -> Item<Choice> {
    Item { label: label.into(), detail: detail.to_owned(), value }
}

fn ranges() -> impl Iterator<Item = (&'static str, Shown)> {
    let lengths = [("15m", 15 * MINUTE), ("1h", HOUR), ("6h", 6 * HOUR), ("24h", DAY), ("7d", 7 * DAY)];
    lengths.into_iter().map(|(text, length)| (text, Shown::Live(length)))
}

fn scopes(app: &App) -> Vec<Item<Choice>> {
    let scopes = app.context().map_or(&[][..], |context| &context.scopes);
    let everything = item("everything", "no matcher", Choice::Scope(0));
    let named =
        scopes.iter().enumerate().map(|(i, scope)| item(scope.name.clone(), &scope.matcher, Choice::Scope(i + 1)));
    std::iter::once(everything).chain(named).collect()
}

fn contexts(app: &App) -> Vec<Item<Choice>> {
    let contexts = app.setup.contexts.iter().enumerate();
    contexts
        .map(|(i, context)| {
            item(context.name.to_string(), if context.production { "production" } else { "" }, Choice::Context(i))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::widget::picker::Picked;
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    #[test]
    fn the_range_that_is_shown_is_the_one_that_enter_takes() {
        for (shown, taken) in [(6 * HOUR, 6 * HOUR), (7 * DAY, 7 * DAY), (90 * MINUTE, 15 * MINUTE)] {
            let Overlay::Range(mut picker) = Overlay::range(Shown::Live(shown)) else { panic!("no range") };
            let picked = picker.key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE));
            assert_eq!(picked, Picked::Chosen(Some(Choice::Show(Shown::Live(taken)))));
        }
    }
}
