//! A screen as an SVG: each sign in its cell, whatever the font; signs of one look together.

use std::collections::BTreeMap;
use std::fmt::Write;

use vt100::{Cell, Color, Screen};

use crate::shape::{DOT, HEIGHT, WIDTH, dots, outline, rect};

const PADDING: f64 = 12.0;
/// Where letters stand in their cell.
const BASE: f64 = 13.0;
/// What a terminal shows where no colour is asked for.
const PAPER: Rgb = (0x12, 0x15, 0x1a);
const INK: Rgb = (0xd4, 0xd7, 0xdc);
const FONTS: &str = "ui-monospace,'DejaVu Sans Mono','SF Mono',Menlo,Consolas,'Liberation Mono',monospace";

type Rgb = (u8, u8, u8);

/// How a sign is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    ink: Rgb,
    bold: bool,
    italic: bool,
}

/// All that is drawn in one look.
#[derive(Default)]
struct Layer {
    dots: String,
    outlines: String,
    /// Letters, each at its place, by row.
    text: BTreeMap<u16, String>,
}

pub fn picture(screen: &Screen, title: &str) -> String {
    let (rows, cols) = screen.size();
    let cells = || (0..rows).flat_map(move |row| (0..cols).map(move |col| (row, col)));
    // Of the last row's end, which no overlay covers.
    let paper = screen.cell(rows - 1, cols - 1).map_or(PAPER, |cell| colours(cell).1);
    let (width, height) = (f64::from(cols) * WIDTH + 2.0 * PADDING, f64::from(rows) * HEIGHT + 2.0 * PADDING);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"{FONTS}\" font-size=\"15\">\n<title>{}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{}\"/>\n<g transform=\"translate({PADDING} {PADDING})\">\n",
        escaped(title),
        hex(paper)
    );
    for (colour, path) in backgrounds(screen, paper) {
        let _ = writeln!(svg, "<path fill=\"{}\" shape-rendering=\"crispEdges\" d=\"{path}\"/>", hex(colour));
    }
    let mut layers: BTreeMap<Look, Layer> = BTreeMap::new();
    for (row, col) in cells() {
        if let Some(cell) = screen.cell(row, col) {
            let look = Look { ink: colours(cell).0, bold: cell.bold(), italic: cell.italic() };
            layers.entry(look).or_default().add(cell, row, col);
        }
    }
    layers.iter().for_each(|(look, layer)| layer.write(look, &mut svg));
    svg + "</g>\n</svg>\n"
}

impl Layer {
    fn add(&mut self, cell: &Cell, row: u16, col: u16) {
        let (x, y) = (f64::from(col) * WIDTH, f64::from(row) * HEIGHT);
        if cell.underline() {
            self.outlines += &rect(x, y + BASE + 2.0, WIDTH, 1.0);
        }
        let sign = cell.contents().chars().next().unwrap_or(' ');
        if let Some(dots) = dots(sign) {
            // A dot is a line without length but with round ends.
            for (across, down) in dots {
                let _ = write!(self.dots, "M{} {}h0", col * 2 + across, row * 4 + down);
            }
        } else if let Some(outline) = outline(sign, x, y) {
            self.outlines += &outline;
        } else if sign != ' ' {
            // Marks on a letter share its place.
            let text = escaped(cell.contents());
            let _ = write!(self.text.entry(row).or_default(), "<tspan x=\"{x}\">{text}</tspan>");
        }
    }

    fn write(&self, look: &Look, svg: &mut String) {
        if self.dots.is_empty() && self.outlines.is_empty() && self.text.is_empty() {
            return;
        }
        let _ = write!(svg, "<g fill=\"{}\"", hex(look.ink));
        svg.push_str(if look.bold { " font-weight=\"bold\"" } else { "" });
        svg.push_str(if look.italic { " font-style=\"italic\"" } else { "" });
        svg.push_str(">\n");
        if !self.outlines.is_empty() {
            let _ = writeln!(svg, "<path d=\"{}\"/>", self.outlines);
        }
        if !self.dots.is_empty() {
            let _ = writeln!(
                svg,
                "<path transform=\"translate({0} {0}) scale({DOT})\" fill=\"none\" stroke=\"{1}\" stroke-width=\".72\" \
                 stroke-linecap=\"round\" d=\"{2}\"/>",
                DOT / 2.0,
                hex(look.ink),
                self.dots
            );
        }
        for (row, text) in &self.text {
            let _ = writeln!(svg, "<text y=\"{}\">{text}</text>", f64::from(*row) * HEIGHT + BASE);
        }
        svg.push_str("</g>\n");
    }
}

/// What lies under the signs where it is not the paper: a path for each colour, a rectangle for each run.
fn backgrounds(screen: &Screen, paper: Rgb) -> BTreeMap<Rgb, String> {
    let (rows, cols) = screen.size();
    let mut paths: BTreeMap<Rgb, String> = BTreeMap::new();
    for row in 0..rows {
        let under: Vec<Rgb> = (0..cols).filter_map(|col| Some(colours(screen.cell(row, col)?).1)).collect();
        let mut col = 0;
        for run in under.chunk_by(|a, b| a == b) {
            if run[0] != paper {
                let path = rect(col as f64 * WIDTH, f64::from(row) * HEIGHT, run.len() as f64 * WIDTH, HEIGHT);
                paths.entry(run[0]).or_default().push_str(&path);
            }
            col += run.len();
        }
    }
    paths
}

/// Ink and paper of a cell, as they are seen.
fn colours(cell: &Cell) -> (Rgb, Rgb) {
    let (mut ink, mut paper) = (rgb(cell.fgcolor(), INK), rgb(cell.bgcolor(), PAPER));
    if cell.inverse() {
        (ink, paper) = (paper, ink);
    }
    if cell.dim() {
        let mix = |a: u8, b: u8| ((u16::from(a) * 3 + u16::from(b) * 2) / 5) as u8;
        ink = (mix(ink.0, paper.0), mix(ink.1, paper.1), mix(ink.2, paper.2));
    }
    (ink, paper)
}

fn rgb(color: Color, default: Rgb) -> Rgb {
    match color {
        Color::Default => default,
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Idx(i @ 0..=15) => {
            let (on, off) = if i < 8 { (0xc0, 0x10) } else { (0xff, 0x60) };
            let part = |bit: u8| if i >> bit & 1 == 1 { on } else { off };
            (part(0), part(1), part(2))
        }
        Color::Idx(i @ 16..=231) => {
            let part = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            (part((i - 16) / 36), part((i - 16) / 6 % 6), part((i - 16) % 6))
        }
        Color::Idx(i) => (8 + 10 * (i - 232), 8 + 10 * (i - 232), 8 + 10 * (i - 232)),
    }
}

fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
