//! All that is known of the selected rule.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::super::Alerts;
use super::super::words::{cell, wrap};
use super::words;
use crate::model::labels::Labels;
use crate::model::matcher::{Matcher, Op};
use crate::model::rule::{Health, Rule, RuleGroup};
use crate::text::Plain;
use crate::time::{ago, format_duration};
use crate::ui::theme::Role;
use crate::ui::view::Scene;
use crate::ui::view::overview::fit;
use crate::ui::widget::ground::put;

/// Cells of the names before the facts.
const NAMES: usize = 11;
/// The most lines of one text.
const LINES: usize = 20;

pub fn draw(alerts: &Alerts, scene: &Scene, area: Rect, buf: &mut Buffer) {
    let Some((group, rule)) = alerts.selected_rule() else { return };
    let width = usize::from(area.width);
    let mut lines = vec![title(alerts, group, rule, scene, width)];
    for (name, text, role) in facts(rule) {
        for (n, part) in wrap(&text, width.saturating_sub(NAMES + 3), LINES).into_iter().enumerate() {
            let name = cell(if n == 0 { &name } else { "" }, NAMES);
            lines.push(Line::from(vec![
                Span::styled(format!(" {name} "), scene.theme.style(Role::Dim)),
                Span::styled(part, scene.theme.style(role)),
            ]));
        }
    }
    let more = lines.len().saturating_sub(usize::from(area.height));
    for (line, row) in lines.into_iter().zip(area.rows()) {
        put(line, row, buf);
    }
    if more > 0 && area.height > 1 {
        let row = Rect { y: area.bottom() - 1, height: 1, ..area };
        buf.set_style(row, scene.theme.base());
        let text = cell(&format!(" … {} more lines on a taller screen", more + 1), width);
        put(Line::styled(text, scene.theme.style(Role::Dim)), row, buf);
    }
}

/// ` HighErrorRate  alerting  firing 1  ── group agent360 · evaluated 4s ago in 2 ms ──`
fn title(alerts: &Alerts, group: &RuleGroup, rule: &Rule, scene: &Scene, width: usize) -> Line<'static> {
    let theme = scene.theme;
    let (state, role) = words::state(rule, scene);
    let now = scene.now.plus(alerts.rules_page.ahead);
    let evaluated = rule.evaluated.map_or_else(
        || "not evaluated yet".to_owned(),
        |at| format!("evaluated {} ago in {}", ago(now.since(at)), words::took(rule.took)),
    );
    let mut line = Line::from(vec![
        Span::styled(format!(" {}", fit(&rule.name, width / 2)), theme.style(Role::Strong)),
        Span::styled(format!("  {}  ", words::kind(rule)), theme.style(Role::Dim)),
        Span::styled(if rule.alerting.is_some() { state + "  " } else { String::new() }, theme.style(role)),
    ]);
    let text = format!("group {} · {evaluated}", group.name);
    let room = width.saturating_sub(line.width() + 4);
    if room >= text.width().min(20) {
        line.push_span(Span::styled("── ", theme.style(Role::Rule)));
        line.push_span(Span::styled(fit(&text, room) + " ", theme.style(Role::Dim)));
    }
    let rest = width.saturating_sub(line.width());
    line.push_span(Span::styled("─".repeat(rest), theme.style(Role::Rule)));
    line
}

fn facts(rule: &Rule) -> Vec<(String, String, Role)> {
    let fact = |name: &str, text: String, role| (name.to_owned(), text, role);
    let mut facts = Vec::new();
    if rule.health == Health::Failing {
        facts.push(fact("error", words::error(rule).to_owned(), Role::Failed));
    }
    facts.push(fact("expr", Plain::new(&rule.expr).to_string(), Role::Text));
    if let Some(alerting) = &rule.alerting {
        let keep = match alerting.keep {
            0 => String::new(),
            keep => format!("  keeps firing for {}", format_duration(keep)),
        };
        let hold = if alerting.hold == 0 { "fires at once".to_owned() } else { format_duration(alerting.hold) };
        facts.push(fact("for", hold + &keep, Role::Text));
        let count = match alerting.alerts.len() {
            0 => "none pending or firing".to_owned(),
            1 => "1, Enter shows it".to_owned(),
            count => format!("{count}, Enter shows them"),
        };
        facts.push(fact("alerts", count, Role::Text));
    }
    let labels = pairs(&rule.labels);
    if !labels.is_empty() {
        facts.push(fact("labels", labels, Role::Dim));
    }
    let annotations = rule.alerting.iter().flat_map(|alerting| alerting.annotations.iter());
    facts.extend(annotations.map(|(name, value)| fact(name, value.to_string(), Role::Text)));
    facts
}

fn pairs(labels: &Labels) -> String {
    labels.iter().map(|(name, value)| Matcher::new(name, Op::Equal, value).to_string()).collect::<Vec<_>>().join("  ")
}
