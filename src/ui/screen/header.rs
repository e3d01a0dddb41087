//! The three lines that are always there: where, when and what fires; the views; and what is wrong in one sentence.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::analysis::summary::Level;
use crate::analysis::switch::Verdict;
use crate::model::alert::Severity;
use crate::model::query::Source;
use crate::time::{SECOND, Timestamp, ago, millis};
use crate::ui::app::{App, ContextSetup, Link};
use crate::ui::theme::Role;
use crate::ui::view::ViewId;
use crate::ui::view::overview::fit;

/// A clock that is this far off makes ages and ends of ranges differ from what the reader's watch says.
const SKEW_TOLD: i64 = 5 * SECOND;

/// How much the first line leaves out, until it fits: nothing, then the least needed first.
const SHORTEST: u8 = 5;

/// ` a360  PROD eu-1  ◷ live 1h  ⌂ shop  ▲ 1 critical   prom ●  14:03:27 UTC `
pub fn draw(app: &App, area: Rect, buf: &mut Buffer) {
    buf.set_style(area, app.setup.theme.style(Role::Header));
    for short in 0..=SHORTEST {
        let (left, right) = (left(app, short), right(app, short));
        if short == SHORTEST || left.width() + right.width() < usize::from(area.width) {
            let used = right.width() as u16;
            left.render(Rect { width: area.width.saturating_sub(used), ..area }, buf);
            right.alignment(Alignment::Right).render(area, buf);
            return;
        }
    }
}

fn left<'a>(app: &App, short: u8) -> Line<'a> {
    let theme = &app.setup.theme;
    let mut spans = Vec::new();
    if short == 0 {
        spans.push(Span::styled(" a360 ", theme.style(Role::Strong)));
    }
    let room = [24, 16, 12, 12, 8, 6][usize::from(short.min(SHORTEST))];
    let name = app.context().map_or_else(String::new, |context| fit(&context.name, room));
    let production = app.context().is_some_and(|context| context.production);
    if app.setup.demo {
        spans.push(Span::styled(" DEMO ", theme.style(Role::Demo)));
    } else {
        spans.push(Span::styled(format!(" {name} "), theme.style(super::header_role(production))));
    }
    spans.push(Span::raw(match (app.shown.is_live(), short) {
        (true, _) => format!(" ◷ {} ", app.shown.label(&app.setup.zone)),
        (false, 0..=3) => format!(" ◷ {} paused ", app.shown.label(&app.setup.zone)),
        (false, _) => " ◷ paused ".to_owned(),
    }));
    match app.scope() {
        Some(scope) if short < 4 => spans.push(Span::raw(format!(" ⌂ {} ", fit(&scope.name, room)))),
        None if short == 0 => spans.push(Span::raw(" ⌂ everything ")),
        _ => {}
    }
    spans.extend(alerts(app, short));
    Line::from(spans)
}

/// Counts by severity of what fires; never a calm word for what is not known.
fn alerts<'a>(app: &App, level: u8) -> Vec<Span<'a>> {
    let short = level > 0;
    let theme = &app.setup.theme;
    let feed = &app.alerts.feed;
    let mut spans = Vec::new();
    if feed.get().is_none() {
        let text = match &feed.error {
            _ if !app.scene().asked => " no Prometheus ",
            Some(_) => " alerts unknown ",
            None => " alerts … ",
        };
        spans.push(Span::styled(text, theme.style(Role::Stale)));
    }
    for (severity, count) in app.digest.by_severity() {
        let (mark, role) = mark(severity);
        let text = match count {
            0 => continue,
            n if short => format!(" {mark}{n}"),
            n => format!(" {mark} {n} {}", severity.word()),
        };
        spans.push(Span::styled(text, theme.style(role)));
    }
    if spans.is_empty() {
        // Silence proves nothing while the switch is missing.
        let role = if app.switch.alarm(app.now).is_some() { Role::Stale } else { Role::Ok };
        spans.push(Span::styled(if short { " 0 firing" } else { " nothing fires" }, theme.style(role)));
    }
    if app.digest.quiet > 0 {
        let (quiet, dot) = (app.digest.quiet, if short { "" } else { " ·" });
        spans.push(Span::styled(format!("{dot} {quiet} quiet"), theme.style(Role::Dim)));
    }
    // Before what fires: it says how far that can be relied on.
    if let Some(text) = switch(app, level) {
        spans.insert(0, Span::styled(text, theme.style(Role::Critical)));
    }
    if let (Some(_), Some((_, at))) = (&feed.error, &feed.value) {
        let age = ago(app.now.since(*at));
        spans.push(Span::styled(format!(" ({age} old)"), theme.style(Role::Stale)));
    }
    spans
}

fn mark(severity: Severity) -> (&'static str, Role) {
    match severity {
        Severity::Critical => ("▲", Role::Critical),
        Severity::Warning => ("!", Role::Warning),
        Severity::Info | Severity::Other => ("·", Role::Info),
    }
}

/// What is wrong with the dead man's switch.
fn switch(app: &App, level: u8) -> Option<String> {
    let name = app.switch.name()?;
    match (app.switch.verdict(app.now), level) {
        (Verdict::Nothing | Verdict::Alive, _) => None,
        (Verdict::Missing, 0..=3) => Some(format!(" ✖ no {} ", fit(name, 16))),
        (Verdict::Unsent, 0..=3) => Some(" ✖ not sent ".to_owned()),
        (Verdict::Missing | Verdict::Unsent, _) => Some(" ✖ ".to_owned()),
    }
}

fn right<'a>(app: &App, short: u8) -> Line<'a> {
    let mut spans = Vec::new();
    let has = |of: fn(&ContextSetup) -> bool| app.context().is_some_and(of);
    let sources = [
        (Source::Prometheus, has(|context| context.prometheus)),
        (Source::Alertmanager, has(|context| context.alertmanager)),
        // Elsewhere it is not asked, and how it does is not known.
        (Source::Elasticsearch, has(|context| context.logs) && matches!(app.view, ViewId::Overview | ViewId::Logs)),
        (Source::Jaeger, has(|context| context.traces) && matches!(app.view, ViewId::Overview | ViewId::Traces)),
    ];
    for (source, _) in sources.into_iter().filter(|(_, is_there)| *is_there) {
        let (role, link) = link(app, source, app.links.get(&source), short > 0);
        // What fires stands before how well the other sources do.
        let is_fine = matches!(role, Role::Ok | Role::Dim);
        if short < SHORTEST || source == Source::Prometheus || !is_fine {
            spans.extend(link);
        }
    }
    let clock = match short {
        0 => "%H:%M:%S %Z",
        1..=3 => "%H:%M:%S",
        _ => "%H:%M",
    };
    if short < SHORTEST {
        spans.push(Span::raw(format!(" {} ", app.now.format(clock, &app.setup.zone))));
    }
    Line::from(spans)
}

/// `prom ●`, `prom ● 12s` when its data are late, `prom ✖ refused 42s`; and how bad that is.
fn link<'a>(app: &App, source: Source, link: Option<&Link>, short: bool) -> (Role, Vec<Span<'a>>) {
    let theme = &app.setup.theme;
    let name = Span::raw(format!(" {} ", source.short()));
    let (text, role) = match link {
        Some(Link { outage: Some((error, since)), .. }) => {
            let age = ago(app.now.since(*since));
            (if short { format!("✖{age}") } else { format!("✖ {} {age}", error.word()) }, Role::Failed)
        }
        // One refused question is its panel's trouble; nothing but refusals is the source's.
        Some(Link { refusal: Some(error), answered, .. }) if answered.is_none_or(|at| is_late(app, source, at)) => {
            (format!("! {}", error.word()), Role::Failed)
        }
        Some(Link { answered: Some(at), .. }) => {
            let age = app.now.since(*at);
            let late = (app.shown.is_live() || source == Source::Alertmanager) && is_late(app, source, *at);
            (if late { format!("● {}", ago(age)) } else { "●".to_owned() }, if late { Role::Stale } else { Role::Ok })
        }
        _ => ("…".to_owned(), Role::Dim),
    };
    let mut spans = vec![name, Span::styled(format!("{text} "), theme.style(role))];
    if let Some(skew) = link.map(|link| link.skew_ms).filter(|skew| skew.abs() >= SKEW_TOLD) {
        let sign = if skew > 0 { '+' } else { '-' };
        spans.push(Span::styled(format!("clock {sign}{} ", ago(skew.abs() + SECOND / 2)), theme.style(Role::Stale)));
        return (Role::Stale, spans);
    }
    (role, spans)
}

fn is_late(app: &App, source: Source, answered: Timestamp) -> bool {
    // A trace that is whole is not asked again.
    if source == Source::Jaeger && app.view == ViewId::Traces && !app.traces.is_polling(&app.scene()) {
        return false;
    }
    app.now.since(answered) > millis(app.pace(source)) * 2 + 2 * SECOND
}

/// The age of the newest answer, in ms, when the next one should have come long ago.
fn overdue(app: &App, link: &Link) -> Option<i64> {
    let answered = link.answered?;
    let late = app.shown.is_live() && app.scene().is_overdue(answered, app.pace(Source::Prometheus));
    (link.refusal.is_none() && late).then(|| app.now.since(answered))
}

/// How many alerts fire, with the mark of the worst; nothing while nothing does, or it is not known.
fn firing(app: &App) -> Option<(String, Role)> {
    let (mark, role) = mark(app.digest.worst()?);
    Some((format!("{mark}{}", app.digest.count()), role))
}

/// The views that are built, under their fixed numbers.
pub fn tabs(app: &App, area: Rect, buf: &mut Buffer) {
    let theme = &app.setup.theme;
    let short = app.tabs().iter().map(|view| view.title().len() + 4).sum::<usize>() + 4 > usize::from(area.width);
    let mut line = Line::default();
    for view in app.tabs() {
        // `1 Over  2 Aler ▲1`
        let title = view.title();
        let title = title.get(..4).filter(|_| short).unwrap_or(title);
        let role = if view == app.view.tab() { Role::TabActive } else { Role::Tab };
        line.push_span(Span::styled(format!(" {} {title} ", view.number()), theme.style(role)));
        if view == ViewId::Alerts
            && let Some((text, role)) = firing(app)
        {
            line.push_span(Span::styled(format!("{text} "), theme.style(role)));
        }
    }
    let used = line.width() as u16;
    line.render(area, buf);
    if app.overlay.is_some() {
        return;
    }
    let key = |action| app.setup.keymap.first(action).unwrap_or_default();
    let mut keys = Line::from(vec![
        Span::styled(key(crate::ui::action::Action::Help), theme.style(Role::Key)),
        Span::styled(" help  ", theme.style(Role::Dim)),
        Span::styled(key(crate::ui::action::Action::Palette), theme.style(Role::Key)),
        Span::styled(" command ", theme.style(Role::Dim)),
    ]);
    if used + keys.width() as u16 > area.width {
        keys.spans.truncate(2);
    }
    if used + keys.width() as u16 <= area.width {
        keys.alignment(Alignment::Right).render(area, buf);
    }
}

/// What is wrong, in one sentence; a source that does not answer comes first, for all else is old then.
pub fn headline(app: &App, area: Rect, buf: &mut Buffer) {
    let (mark, text, role) = sentence(app);
    let text = fit(&format!(" {mark} {text}"), usize::from(area.width));
    Line::styled(text, app.setup.theme.style(role)).render(area, buf);
}

fn sentence(app: &App) -> (&'static str, String, Role) {
    let own = match app.view {
        ViewId::Logs => Some(("elasticsearch", Source::Elasticsearch)),
        ViewId::Traces => Some(("jaeger", Source::Jaeger)),
        _ => None,
    };
    if let Some((name, source)) = own
        && let Some(Link { outage: Some((error, since)), answered, .. }) = app.links.get(&source)
    {
        let known = if answered.is_some() { "; shown is what was known then" } else { "" };
        let text = format!("{name}: {error}, for {}{known}", ago(app.now.since(*since)));
        return ("✖", text, Role::Failed);
    }
    if let Some(Link { outage: Some((error, since)), answered, next, .. }) = app.links.get(&Source::Prometheus) {
        let mut text = format!("prometheus: {error}, for {}", ago(app.now.since(*since)));
        if let Some(next) = next.filter(|next| *next > app.now) {
            text.push_str(&format!("; next try in {}", ago(next.since(app.now) + SECOND)));
        }
        if let Some(at) = answered {
            text.push_str(&format!("; shown is what was known {} ago", ago(app.now.since(*at))));
        }
        return ("✖", text, Role::Failed);
    }
    if !app.scene().asked && app.view == ViewId::Overview {
        let text = "this context has no Prometheus; c chooses another, the config can give it one";
        return ("·", text.to_owned(), Role::Stale);
    }
    if let Some(Link { refusal: Some(error), answered, .. }) = app.links.get(&Source::Prometheus)
        && answered.is_none_or(|at| is_late(app, Source::Prometheus, at))
    {
        return ("✖", format!("prometheus answers no question: {error}"), Role::Failed);
    }
    if let Some(age) = app.links.get(&Source::Prometheus).and_then(|link| overdue(app, link)) {
        let text = format!("prometheus has not answered for {}; shown is what was known then", ago(age));
        return ("…", text, Role::Stale);
    }
    if let Some(alarm) = app.switch.alarm(app.now) {
        return ("✖", alarm, Role::Critical);
    }
    let headline = match app.view {
        ViewId::Overview => app.overview.headline(&app.scene()),
        ViewId::Alerts | ViewId::Silences | ViewId::Rules => app.alerting.headline(&app.scene()),
        ViewId::Logs => app.logs.headline(&app.scene()),
        ViewId::Traces => app.traces.headline(&app.scene()),
    };
    match headline.level {
        Level::Critical => ("▲", headline.text, Role::Critical),
        Level::Warning => ("!", headline.text, Role::Warning),
        Level::Notice => ("·", headline.text, Role::Info),
        Level::Calm => ("●", headline.text, Role::Ok),
        Level::Unknown => ("…", headline.text, Role::Dim),
    }
}
