//! Which style each cell has, written so that a change of a colour shows as a change of a line.

use std::fmt::Write;

use a360::ui::theme::Theme;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::console::paint;
use crate::scenes::scene;
use crate::{press, snapshot, text};

type Look = (Color, Color, Modifier);

/// The text, then each row as runs of styles (`a3 b12` is three cells of style a, twelve of b), then the styles.
pub fn looks(buf: &Buffer) -> String {
    let mut known: Vec<Look> = Vec::new();
    let mut out = text(buf);
    out.push('\n');
    for row in buf.content.chunks(usize::from(buf.area.width)) {
        let look = |cell: &Cell| (cell.fg, cell.bg, cell.modifier);
        for run in row.chunk_by(|a, b| look(a) == look(b)) {
            let look = look(&run[0]);
            let at = known.iter().position(|of| *of == look).unwrap_or_else(|| {
                known.push(look);
                known.len() - 1
            });
            write!(out, "{}{} ", name(at), run.len()).unwrap();
        }
        out.pop();
        out.push('\n');
    }
    out.push('\n');
    for (at, (fg, bg, modifier)) in known.into_iter().enumerate() {
        writeln!(out, "{} = {fg} on {bg} {modifier:?}", name(at)).unwrap();
    }
    out
}

/// a to z, then A to Z, then in brackets.
fn name(at: usize) -> String {
    match ('a'..='z').chain('A'..='Z').nth(at) {
        Some(letter) => letter.to_string(),
        None => format!("[{at}]"),
    }
}

#[test]
fn the_themes() {
    for name in ["default", "light", "mono"] {
        let mut app = scene("incident", 80, 24);
        app.setup.theme = Theme::builtin(name).unwrap();
        snapshot(&format!("theme_{name}"), &looks(&paint(&app)));
    }
}

#[test]
fn the_cursor_the_hits_and_the_crosshair() {
    let mut app = scene("incident", 80, 24);
    press(&mut app, "f down < < / a p i enter");
    snapshot("theme_marks", &looks(&paint(&app)));
    press(&mut app, ": down");
    snapshot("theme_palette", &looks(&paint(&app)));
}
