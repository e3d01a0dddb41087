//! Which charts a section has, and what they show.

use super::chart::{Chart, Line, Role};
use super::lanes;
use super::scene::Scene;
use super::volume;
use crate::model::unit::Unit;
use crate::report::document::Table;
use crate::report::figures::{Reading, Row};
use crate::report::words;

/// The most lines of a chart, all and others among them.
const MOST: usize = 8;

pub fn charts(section: &str, scene: &Scene) -> String {
    let report = scene.report;
    let resources = &report.resources;
    match section {
        "requests" => {
            let requests = &report.requests;
            lines(scene, "Requests a second, by endpoint", &requests.by_endpoint, Some(&requests.total), Sum::Added)
        }
        "errors" => {
            let errors = &report.errors;
            lines(
                scene,
                "Failed requests (5xx) of all, by endpoint",
                &errors.by_endpoint,
                Some(&errors.total),
                Sum::Worst,
            )
        }
        "performance" => lines(
            scene,
            "95th percentile of the request time, by endpoint",
            &report.performance.by_endpoint,
            None,
            Sum::Worst,
        ),
        "resources" => [
            lines(scene, "Memory by instance", &resources.memory, None, Sum::Worst),
            lines(scene, "CPU by instance", &resources.cpu, None, Sum::Worst),
            lines(scene, "Memory of the limit", &resources.memory_ratio, None, Sum::Worst),
        ]
        .concat(),
        "availability" => lanes::presence(scene),
        "alerts" => lanes::alerts(scene),
        "logs" => volume::chart(scene),
        _ => String::new(),
    }
}

/// How those that have no line of their own become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sum {
    Added,
    Worst,
}

fn lines(scene: &Scene, title: &str, table: &Table, whole: Option<&Row>, sum: Sum) -> String {
    let unit = table.unit;
    let rows: Vec<&Row> = table.rows.iter().filter(|row| row.course.iter().any(Option::is_some)).collect();
    // A single part is the whole.
    let whole = whole.filter(|row| rows.len() != 1 && !row.course.is_empty());
    let room = MOST - usize::from(whole.is_some());
    let shown = if rows.len() > room { room - 1 } else { rows.len() };
    let line =
        |row: &Row, role| Line { name: row.name.to_string(), course: row.course.clone(), said: said(unit, row), role };
    let mut all: Vec<Line> = whole.map(|row| line(row, Role::Whole)).into_iter().collect();
    all.extend(rows.iter().zip(0u8..).take(shown).map(|(row, number)| line(row, Role::Part(number))));
    all.extend(others(rows.get(shown..).unwrap_or_default(), sum));
    let before = match (whole, rows.as_slice()) {
        (Some(row), _) => row.course_before.as_slice(),
        (None, [row]) => row.course_before.as_slice(),
        _ => &[],
    };
    let cap = scene.report.performance.cap.filter(|_| rows.iter().any(|row| row.capped));
    // Two tables of one section have different titles.
    let id: String = title.chars().filter(char::is_ascii_alphabetic).collect();
    let chart = Chart { id, title: title.to_owned(), unit, lines: all, before, limit: table.limit, cap };
    chart.svg(scene)
}

fn said(unit: Unit, row: &Row) -> String {
    let now = match row.now {
        Reading::Value(value) => unit.show(value),
        Reading::AtLeast(value) => format!("≥ {}", unit.show(value)),
        other => words::reading(unit, other),
    };
    let most = row.figures.map(|figures| unit.show(figures.max));
    let sign = if row.capped { "≥ " } else { "" };
    most.map_or_else(|| format!("now {now}"), |most| format!("now {now}, most {sign}{most}"))
}

fn others(rows: &[&Row], sum: Sum) -> Option<Line> {
    if rows.is_empty() {
        return None;
    }
    let longest = rows.iter().map(|row| row.course.len()).max().unwrap_or(0);
    let mut course: Vec<Option<f64>> = vec![None; longest];
    for row in rows {
        for (cell, value) in course.iter_mut().zip(&row.course).filter_map(|(cell, value)| Some((cell, (*value)?))) {
            *cell = Some(match sum {
                Sum::Added => cell.unwrap_or(0.0) + value,
                Sum::Worst => cell.unwrap_or(f64::NEG_INFINITY).max(value),
            });
        }
    }
    let how = if sum == Sum::Added { "together" } else { "the highest of them" };
    Some(Line { name: format!("and {} more", rows.len()), course, said: how.to_owned(), role: Role::Others })
}
