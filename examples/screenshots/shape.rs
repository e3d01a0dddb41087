//! The signs that must look the same in every font: drawn, not written.

use std::fmt::Write;

/// A cell in pixels: twice as high as wide, so that braille dots lie on a square grid.
pub const WIDTH: f64 = 9.0;
pub const HEIGHT: f64 = 18.0;
/// From one braille dot to the next.
pub const DOT: f64 = WIDTH / 2.0;

/// Arms of a line through the middle of a cell.
struct Arms {
    left: bool,
    right: bool,
    up: bool,
    down: bool,
}

/// The dots of a braille sign as columns 0 and 1 and rows 0 to 3; none for any other sign.
pub fn dots(sign: char) -> Option<impl Iterator<Item = (u16, u16)>> {
    const PLACES: [(u16, u16); 8] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];
    let bits = u32::from(sign).checked_sub(0x2800).filter(|bits| *bits < 256)?;
    Some(PLACES.into_iter().enumerate().filter(move |(i, _)| bits >> i & 1 == 1).map(|(_, place)| place))
}

/// The outline of a sign whose cell begins at `x`, `y`, as a part of an SVG path; none where a font must do.
pub fn outline(sign: char, x: f64, y: f64) -> Option<String> {
    let eighth = |from: char| f64::from(u32::from(sign) - u32::from(from) + 1) / 8.0;
    let path = match sign {
        '▁'..='█' => rect(x, y + HEIGHT * (1.0 - eighth('▁')), WIDTH, HEIGHT * eighth('▁')),
        '▉'..='▏' => rect(x, y, WIDTH * (1.0 - eighth('▉')), HEIGHT),
        '▀' => rect(x, y, WIDTH, HEIGHT / 2.0),
        '▐' => rect(x + WIDTH / 2.0, y, WIDTH / 2.0, HEIGHT),
        '▕' => rect(x + WIDTH * 7.0 / 8.0, y, WIDTH / 8.0, HEIGHT),
        '╌' => rect(x + 1.0, y + 8.0, 2.5, 1.0) + &rect(x + 5.5, y + 8.0, 2.5, 1.0),
        '▲' => format!("M{} {}l4 -8l4 8z", x + 0.5, y + 13.0),
        '▼' => format!("M{} {}l4 8l4 -8z", x + 0.5, y + 5.0),
        '●' => circle(x, y, 3.2, 1),
        '○' => circle(x, y, 3.2, 1) + &circle(x, y, 2.1, 0),
        '✖' => format!(
            "M{} {}l1.5 -1.5l2.5 2.5l2.5 -2.5l1.5 1.5l-2.5 2.5l2.5 2.5l-1.5 1.5l-2.5 -2.5l-2.5 2.5l-1.5 -1.5l2.5 -2.5z",
            x + 0.5,
            y + 6.5
        ),
        _ => lines(&arms(sign)?, x, y),
    };
    Some(path)
}

fn arms(sign: char) -> Option<Arms> {
    let arms = match sign {
        '─' => "lr",
        '│' => "ud",
        '┌' => "rd",
        '┐' => "ld",
        '└' => "ru",
        '┘' => "lu",
        '├' => "rud",
        '┤' => "lud",
        '┬' => "lrd",
        '┴' => "lru",
        '┼' => "lrud",
        _ => return None,
    };
    let has = |arm| arms.contains(arm);
    Some(Arms { left: has('l'), right: has('r'), up: has('u'), down: has('d') })
}

/// One pixel wide, on whole pixels, without overlaps.
fn lines(arms: &Arms, x: f64, y: f64) -> String {
    let mut path = String::new();
    let (left, right) = (if arms.left { 0.0 } else { 4.0 }, if arms.right { WIDTH } else { 5.0 });
    path += &rect(x + left, y + 8.0, right - left, 1.0);
    if arms.up {
        path += &rect(x + 4.0, y, 1.0, 8.0);
    }
    if arms.down {
        path += &rect(x + 4.0, y + 9.0, 1.0, HEIGHT - 9.0);
    }
    path
}

pub fn rect(x: f64, y: f64, width: f64, height: f64) -> String {
    let mut path = String::new();
    let _ = write!(path, "M{x} {y}h{width}v{height}h-{width}z");
    path
}

/// Around the middle of a cell; turned the other way round, it is a hole in one that is larger.
fn circle(x: f64, y: f64, radius: f64, turn: u8) -> String {
    let (x, y) = (x + WIDTH / 2.0 - radius, y + HEIGHT / 2.0);
    let across = radius * 2.0;
    format!("M{x} {y}a{radius} {radius} 0 1 {turn} {across} 0a{radius} {radius} 0 1 {turn} -{across} 0z")
}
