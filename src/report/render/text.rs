//! Plain text for a terminal, a mail or a log: 80 columns, no colour.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::page::{Block, Page, Sheet};

const WIDTH: usize = 80;
const INDENT: &str = "  ";
/// The most cells of one wrapped text; outside text can be very long.
const LONGEST: usize = 480;
/// A column of values is never wider.
const WIDEST: usize = 24;

pub fn text(page: &Page) -> String {
    let mut out = String::new();
    let level = if page.level.is_empty() { String::new() } else { format!("{}: ", page.level) };
    for line in [&page.title].into_iter().chain(&page.facts) {
        wrap(&mut out, line, "", "");
    }
    out.push('\n');
    wrap(&mut out, &format!("{level}{}", page.summary), "", "");
    for section in &page.sections {
        out.push_str(&format!("\n{}\n", section.title.to_uppercase()));
        for (i, block) in section.blocks.iter().enumerate() {
            // Two tables in a row would look like one.
            if matches!(block, Block::Table(_)) && i > 0 && matches!(section.blocks.get(i - 1), Some(Block::Table(_))) {
                out.push('\n');
            }
            write(&mut out, block);
        }
    }
    out
}

fn write(out: &mut String, block: &Block) {
    match block {
        Block::Line(line) => wrap(out, line, INDENT, INDENT),
        Block::List(items) => items.iter().for_each(|item| wrap(out, item, "  - ", "    ")),
        Block::Spark { bars, note } => wrap(out, &format!("{bars} {note}"), INDENT, INDENT),
        Block::Table(sheet) => table(out, sheet),
        Block::Finding { text, evidence } => {
            wrap(out, text, "  - ", "    ");
            for (what, command) in evidence {
                wrap(out, &format!("{what}:"), "    ", "    ");
                // To be copied: on one line, however long.
                out.push_str(&format!("      {command}\n"));
            }
        }
    }
}

/// The first column takes the room that the values leave, and is cut where that is too little.
fn table(out: &mut String, sheet: &Sheet) {
    let lines = || [&sheet.head].into_iter().chain(&sheet.rows);
    let width = |column: usize| lines().filter_map(|line| line.get(column)).map(|cell| cell.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (1..sheet.head.len()).map(|column| width(column).min(WIDEST)).collect();
    let taken = |gap: usize| widths.iter().map(|width| width + gap).sum::<usize>();
    let room = WIDTH - INDENT.len();
    // Where values are wide, they stand closer together before the name is cut short.
    let gap = if taken(2) + width(0).min(20) <= room { 2 } else { 1 };
    let name = width(0).min(room.saturating_sub(taken(gap)).max(8));
    for line in lines() {
        let mut row = format!("{INDENT}{}", pad(line.first().map_or("", String::as_str), name, false));
        for (cell, width) in line.iter().skip(1).zip(&widths) {
            row.push_str(&" ".repeat(gap));
            row.push_str(&pad(cell, *width, true));
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    if sheet.more > 0 {
        out.push_str(&format!("{INDENT}+ {} more\n", sheet.more));
    }
}

fn pad(cell: &str, width: usize, right: bool) -> String {
    let cell = fit(cell, width);
    let blanks = " ".repeat(width.saturating_sub(cell.width()));
    if right { blanks + &cell } else { cell + &blanks }
}

/// Cut to a width in cells, with a mark that it was cut.
fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        if used + grapheme.width() + 1 > width {
            break;
        }
        used += grapheme.width();
        kept.push_str(grapheme);
    }
    kept.push('…');
    kept
}

/// Breaks at blanks, and within a word that no line can hold.
fn wrap(out: &mut String, text: &str, first: &str, rest: &str) {
    let text = fit(text, LONGEST);
    let mut line = first.to_owned();
    let mut used = first.width();
    let mut fresh = true;
    for word in words(&text) {
        if !fresh && used + 1 + word.width() > WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            (line, used, fresh) = (rest.to_owned(), rest.width(), true);
        }
        if !fresh {
            line.push(' ');
            used += 1;
        }
        for grapheme in word.graphemes(true) {
            if used + grapheme.width() > WIDTH {
                out.push_str(&line);
                out.push('\n');
                (line, used) = (rest.to_owned(), rest.width());
            }
            line.push_str(grapheme);
            used += grapheme.width();
        }
        fresh = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

/// A number and its unit are one word.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut former = "";
    for word in text.split(' ') {
        match words.last_mut().filter(|_| is_tied(former, word)) {
            Some(last) => last.extend([" ", word]),
            None => words.push(word.to_owned()),
        }
        former = word;
    }
    words
}

/// `5 s`, `62.0 %`, `≥ 5`: one number, though there is a blank within.
fn is_tied(word: &str, next: &str) -> bool {
    let counts = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let is_unit = next.chars().count() <= 6 && next.starts_with(|c: char| c.is_alphabetic() || c == '%');
    word == "≥" || counts(word) && is_unit && word.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_kept_whole_and_numbers_keep_their_unit() {
        let mut out = String::new();
        wrap(&mut out, &format!("{}tail", "word ".repeat(16)), "  - ", "    ");
        assert_eq!(out, format!("  - {}\n    word tail\n", "word ".repeat(15).trim_end()));
        out.clear();
        wrap(&mut out, &format!("{}w ≥ 5 s", "word ".repeat(15)), "", "");
        assert_eq!(out, format!("{}w\n≥ 5 s\n", "word ".repeat(15)));
    }

    #[test]
    fn names_give_way_to_values() {
        let mut out = String::new();
        let sheet = Sheet::new(&["endpoint", "now"], vec![vec!["x".repeat(200), "312".into()]]);
        table(&mut out, &sheet);
        assert!(out.lines().all(|line| line.width() <= WIDTH), "{out}");
        assert!(out.ends_with("…  312\n"), "{out}");
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide(text in "\\PC{0,300}", cell in "\\PC{0,60}") {
            let mut out = String::new();
            wrap(&mut out, &text, "  - ", "    ");
            table(&mut out, &Sheet::new(&["a", "b", "c"], vec![vec![text.clone(), cell.clone(), cell]]));
            for line in out.lines() {
                prop_assert!(line.width() <= WIDTH, "{}: {line:?}", line.width());
            }
        }
    }
}
