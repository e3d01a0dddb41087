//! Names and texts from outside that try to break out of each format.

use a360::cli::Format;
use a360::report::render;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::script::{Script, build};

#[test]
fn text_stays_in_its_columns_and_prints_no_control_character() {
    let text = render(&build(Script::hostile()), Format::Text, false);
    assert!(text.contains("^[[31m<U+202E>"), "{text}");
    for line in text.lines() {
        assert!(line.width() <= 80 || line.starts_with("      a360 "), "{line}");
        assert!(line.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{line:?}");
    }
}

#[test]
fn markdown_calls_nobody_and_opens_nothing() {
    let text = render(&build(Script::hostile()), Format::Markdown, false);
    assert!(text.contains("a\\|b\\`&lt;!channel&gt; @&#8203;here"), "{text}");
    for bad in ["<!channel>", "@here", " [x]", "://evil", "**bold**", "$x$"] {
        assert!(!text.contains(bad), "{bad} in\n{text}");
    }
    let headings = text.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(headings, 10, "{text}");
}

#[test]
fn json_keeps_the_names_as_they_were_made_safe() {
    let text = render(&build(Script::hostile()), Format::Json, false);
    let value: Value = serde_json::from_str(&text).unwrap();
    let name = &value["requests"]["by_endpoint"][0]["labels"]["endpoint"];
    assert_eq!(name, "a|b`<!channel> @here [x](http://evil.example) ^[[31m<U+202E>");
}
