//! One 200x50 frame of four charts, 8 series of 1,000 points each, new data in every frame: our chart against
//! ratatui's own with braille lines. Both are drawn into a buffer and compared with the frame before.
//! Rounds alternate between the two, so that a busy machine slows both. `cargo bench --bench chart`

use std::hint::black_box;
use std::time::{Duration, Instant};

use a360::model::unit::Unit;
use a360::ui::widget::chart::{Chart, Line, Styles};
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::symbols::Marker;
use ratatui::text::Line as Text;
use ratatui::widgets::{Axis, Chart as Peer, Dataset, GraphType, Widget};

const SCREEN: Rect = Rect::new(0, 0, 200, 50);
const CHARTS: usize = 4;
const SERIES: usize = 8;
const POINTS: usize = 1_000;
static ZONE: TimeZone = TimeZone::UTC;
const STEP: i64 = 3_600;
const START: i64 = 1_700_000_000_000;
const FRAMES: usize = 8;
const ROUNDS: usize = 101;
const COLORS: [Color; SERIES] =
    [Color::Cyan, Color::Green, Color::Yellow, Color::Red, Color::Blue, Color::Magenta, Color::Gray, Color::White];

/// The samples of one series in the shapes that the two charts take.
struct Samples {
    times: Vec<i64>,
    values: Vec<f64>,
    pairs: Vec<(f64, f64)>,
}

type Frame = Vec<Vec<Samples>>;

fn main() {
    let frames: Vec<Frame> = (0..FRAMES).map(|seed| frame(seed as u64 + 1)).collect();
    let (mut ours, mut theirs) = (Bench::new(), Bench::new());
    for round in 0..ROUNDS {
        let data = &frames[round % FRAMES];
        ours.round(|buf| draw_ours(data, buf));
        theirs.round(|buf| draw_theirs(data, buf));
    }
    let (ours, theirs) = (ours.median(), theirs.median());
    println!("four charts, {SERIES} series of {POINTS} points, 200x50, drawn and compared, median of {ROUNDS} rounds");
    println!("ours    {:>9.1} µs", ours * 1e6);
    println!("ratatui {:>9.1} µs", theirs * 1e6);
    println!("ratio   {:>9.3}  (target: below 0.3)", ours / theirs);
}

struct Bench {
    buffers: [Buffer; 2],
    times: Vec<Duration>,
}

impl Bench {
    fn new() -> Self {
        Self { buffers: [Buffer::empty(SCREEN), Buffer::empty(SCREEN)], times: Vec::new() }
    }

    fn round(&mut self, draw: impl Fn(&mut Buffer)) {
        let [previous, next] = &mut self.buffers;
        let start = Instant::now();
        next.reset();
        draw(next);
        black_box(previous.diff(next).len());
        self.times.push(start.elapsed());
        self.buffers.swap(0, 1);
    }

    fn median(mut self) -> f64 {
        self.times.sort();
        self.times[self.times.len() / 2].as_secs_f64()
    }
}

fn quarter(index: usize) -> Rect {
    let (width, height) = (SCREEN.width / 2, SCREEN.height / 2);
    Rect::new((index % 2) as u16 * width, (index / 2) as u16 * height, width, height)
}

fn draw_ours(frame: &Frame, buf: &mut Buffer) {
    let end = START + STEP * (POINTS as i64 - 1);
    let styles = Styles { axis: Color::DarkGray.into(), label: Color::Gray.into(), crosshair: Style::new() };
    for (index, series) in frame.iter().enumerate() {
        let lines: Vec<Line> = series
            .iter()
            .zip(COLORS)
            .map(|(s, color)| Line { times: &s.times, values: &s.values, style: color.into(), right_axis: false })
            .collect();
        let chart = Chart::new((START, end), STEP, Unit::PerSecond, &ZONE);
        Chart { lines: &lines, newest: Some(end), styles, ..chart }.render(quarter(index), buf);
    }
}

fn draw_theirs(frame: &Frame, buf: &mut Buffer) {
    let end = (START + STEP * (POINTS as i64 - 1)) as f64;
    for (index, series) in frame.iter().enumerate() {
        let top = series.iter().flat_map(|s| &s.values).copied().fold(0.0, f64::max);
        let data = series.iter().zip(COLORS).map(|(s, color)| {
            let set = Dataset::default().marker(Marker::Braille).graph_type(GraphType::Line);
            set.style(Style::new().fg(color)).data(&s.pairs)
        });
        let x = Axis::default().bounds([START as f64, end]).labels(["22:13", "22:28", "22:43", "22:58", "23:13"]);
        let y = Axis::default().bounds([0.0, top]).labels(["0", "200", "400"].map(Text::from));
        let (x, y) = (x.style(Color::DarkGray), y.style(Color::DarkGray));
        Peer::new(data.collect()).x_axis(x).y_axis(y).render(quarter(index), buf);
    }
}

fn frame(seed: u64) -> Frame {
    let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (0..CHARTS).map(|_| (0..SERIES).map(|at| samples(40.0 * (at as f64 + 1.0), &mut random)).collect()).collect()
}

/// A walk around a level, as request rates do.
fn samples(level: f64, random: &mut u64) -> Samples {
    let times: Vec<i64> = (0..POINTS as i64).map(|i| START + i * STEP).collect();
    let mut value = level;
    let values: Vec<f64> = times
        .iter()
        .map(|_| {
            *random ^= *random << 13;
            *random ^= *random >> 7;
            *random ^= *random << 17;
            let noise = (*random >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
            value += (level - value) * 0.05 + noise * level * 0.1;
            value.max(0.0)
        })
        .collect();
    let pairs = times.iter().zip(&values).map(|(t, v)| (*t as f64, *v)).collect();
    Samples { times, values, pairs }
}
