//! Markdown for tickets, wikis and chats. All text on the page may come from outside: none of it can end a table,
//! start a link, draw a tag or call somebody.

use super::page::{Block, Page, Sheet};

pub fn markdown(page: &Page) -> String {
    let mut out = format!("# {}\n\n", escape(&page.title));
    page.facts.iter().for_each(|fact| out.push_str(&format!("- {}\n", escape(fact))));
    let level = if page.level.is_empty() { String::new() } else { format!("{}: ", page.level) };
    out.push_str(&format!("\n**{level}{}**\n", escape(&page.summary)));
    for section in &page.sections {
        out.push_str(&format!("\n## {}\n", escape(section.title)));
        section.blocks.iter().for_each(|block| write(&mut out, block));
    }
    out
}

fn write(out: &mut String, block: &Block) {
    out.push('\n');
    match block {
        Block::Line(line) => out.push_str(&format!("{}\n", escape(line))),
        Block::List(items) => items.iter().for_each(|item| out.push_str(&format!("- {}\n", escape(item)))),
        Block::Spark { bars, note } => out.push_str(&format!("`{bars}` {}\n", escape(note))),
        Block::Table(sheet) => table(out, sheet),
        Block::Finding { text, evidence } => {
            out.push_str(&format!("- {}\n", escape(text)));
            evidence
                .iter()
                .for_each(|(what, command)| out.push_str(&format!("  - {}: {}\n", escape(what), code(command))));
        }
    }
}

/// As it is, whatever backticks it has.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}

fn table(out: &mut String, sheet: &Sheet) {
    let row = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    out.push_str(&row(&sheet.head));
    out.push_str(&format!("| --- |{}\n", " ---: |".repeat(sheet.head.len().saturating_sub(1))));
    sheet.rows.iter().for_each(|cells| out.push_str(&row(cells)));
    if sheet.more > 0 {
        out.push_str(&format!("\n{} more are left out.\n", sheet.more));
    }
}

/// The most characters of one text.
const LONGEST: usize = 480;

/// Text that reads the same and does nothing.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut shortened = text.chars().take(LONGEST).chain(text.chars().nth(LONGEST).map(|_| '…')).peekable();
    // A number or a sign at the beginning would start a list, a rule or a heading.
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mut at = 0;
    while let Some(c) = shortened.next() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Nothing visible between the sign and the name: nobody is called, no issue is linked.
            '@' | '#' => out.extend([if c == '#' { "\\#" } else { "@" }, "&#8203;"]),
            // Addresses that would become links by themselves.
            ':' if shortened.peek() == Some(&'/') => out.push_str("&#58;"),
            '.' if ends_with_www(&out) => out.push_str("&#46;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => out.extend(['\\', c]),
            '-' | '+' | '=' if at == 0 && marks(shortened.peek(), c) => out.extend(['\\', c]),
            '.' | ')' if at == digits && digits > 0 && marks(shortened.peek(), ' ') => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        at += 1;
    }
    out.trim().to_owned()
}

/// What follows makes a mark of the character before it.
fn marks(next: Option<&char>, same: char) -> bool {
    next.is_none_or(|next| *next == ' ' || *next == same)
}

fn ends_with_www(out: &str) -> bool {
    out.len().checked_sub(3).and_then(|at| out.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_text_does_nothing() {
        for (text, safe) in [
            ("a|b", "a\\|b"),
            ("`x`", "\\`x\\`"),
            ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@&#8203;U1&gt;"),
            ("@everyone #12", "@&#8203;everyone \\#&#8203;12"),
            ("[x](http://evil)", "\\[x\\](http&#58;//evil)"),
            ("www.evil.com", "www&#46;evil.com"),
            ("two\nlines", "two lines"),
            ("- x", "\\- x"),
            ("12. x", "12\\. x"),
            ("99.5 %", "99.5 %"),
            ("-45 %", "-45 %"),
            ("---", "\\---"),
            ("a\\|b", "a\\\\\\|b"),
            ("**b** $x$ ~~y~~", "\\*\\*b\\*\\* \\$x\\$ \\~\\~y\\~\\~"),
            ("/api/checkout", "/api/checkout"),
        ] {
            assert_eq!(escape(text), safe);
        }
        assert_eq!(escape(&"x".repeat(9000)).chars().count(), LONGEST + 1);
    }
}
