//! The whole screen from the whole state: header, tabs, one sentence, the view, the footer, and what lies over them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use super::app::{App, Setup};
use super::ascii::asciify;
use super::overlay::Overlay;
use super::silence_form::{self, draw::Look};
use super::theme::Role;
use super::view::ViewId;
use super::why;

mod find;
mod footer;
mod header;
mod help;

/// Below this nothing useful can be shown.
const LEAST: (u16, u16) = (40, 10);

/// Paints the state into a frame's buffer.
pub fn draw(app: &App, buf: &mut Buffer) {
    let area = buf.area;
    buf.set_style(area, app.setup.theme.base());
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let text = format!("a360 needs {}x{}, this is {}x{}", LEAST.0, LEAST.1, area.width, area.height);
        Line::raw(text).render(area, buf);
    } else {
        screen(app, area, buf);
    }
    if app.setup.ascii {
        asciify(buf);
    }
}

fn screen(app: &App, area: Rect, buf: &mut Buffer) {
    header::draw(app, Rect { height: 1, ..area }, buf);
    header::tabs(app, Rect { y: 1, height: 1, ..area }, buf);
    header::headline(app, Rect { y: 2, height: 1, ..area }, buf);
    let body = app.body().intersection(area);
    app.shown_view().draw(&app.scene(), body, buf);
    // A trace marks its hits itself: most of them may be folded.
    let found = app.find.as_ref().filter(|_| !(app.view == ViewId::Traces && app.traces.waterfall().is_some()));
    let hits =
        found.map_or(0, |found| find::mark(&found.text, current(app, found.current), body, &app.setup.theme, buf));
    footer::draw(app, hits, Rect { y: area.bottom() - 1, height: 1, ..area }, buf);
    match &app.overlay {
        Some(Overlay::Help(top)) => help::draw(app, *top, body, buf),
        Some(Overlay::Palette(picker) | Overlay::Range(picker) | Overlay::Choose(picker)) => {
            // Below the headline: what is wrong is what one chooses by.
            picker.draw(&app.setup.theme, Rect { y: 3, height: area.height - 4, ..area }, buf);
        }
        Some(Overlay::Silence(form)) => {
            let place = Rect { y: 3, height: area.height - 4, ..area };
            silence_form::draw::draw(form, &silence_look(app), place, buf);
        }
        Some(Overlay::Why(asked)) => {
            let place = Rect { y: 3, height: area.height - 4, ..area };
            why::draw::draw(asked, &why_look(app), place, buf);
        }
        Some(Overlay::Find(_) | Overlay::Filter(_) | Overlay::Query(_) | Overlay::Search(_)) | None => {}
    }
}

fn why_look(app: &App) -> why::draw::Look<'_> {
    let Setup { theme, zone, keymap, .. } = &app.setup;
    why::draw::Look { theme, zone, keymap, view: app.view, now: app.now }
}

/// What the form of silences is drawn with.
fn silence_look(app: &App) -> Look<'_> {
    let context = app.context();
    Look {
        alerts: &app.alerting,
        theme: &app.setup.theme,
        clock: app.silence_clock(),
        as_of: app.alerting.as_of(&app.scene()),
        context: context.map_or_else(String::new, |context| context.name.to_string()),
        production: context.is_some_and(|context| context.production),
    }
}

/// Among logs and traces the current hit is the line under the cursor.
fn current(app: &App, current: usize) -> usize {
    if (app.view == ViewId::Logs && !app.full) || app.finds_traces() { usize::MAX } else { current }
}

/// How many places of the view fit what `/` looks for.
pub fn hits(app: &App) -> usize {
    let Some(found) = &app.find else { return 0 };
    let mut buf = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    let body = app.body().intersection(buf.area);
    app.shown_view().draw(&app.scene(), body, &mut buf);
    find::places(&found.text, body, &buf).len()
}

/// How many lines the help has.
pub fn help_rows(app: &App) -> u16 {
    help::lines(app).len() as u16
}

/// What `y` copies: the selected panel with the values at the crosshair, or now; or the selected alert.
pub fn selection(app: &App) -> String {
    let scene = app.scene();
    if app.view == ViewId::Silences {
        return app.alerting.silence_text();
    }
    if app.view.tab() == ViewId::Alerts {
        return app.alerting.text(&scene);
    }
    let selected = app.overview.panel();
    let at = app.crosshair.unwrap_or(app.now.0);
    let mut text = format!("{} at {}\n", selected.title().replace('▏', "and "), crate::time::Timestamp(at).rfc3339());
    for (name, value) in app.overview.values(selected, &scene) {
        text.push_str(&format!("{name}\t{value}\n"));
    }
    text
}

/// The style of the header's row, for what lies in it.
fn header_role(production: bool) -> Role {
    if production { Role::Production } else { Role::Header }
}
