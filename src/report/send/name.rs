//! Names for the files of a report: told apart at a glance, sorted by time, and harmless whatever a context is called.

use jiff::tz::TimeZone;

use crate::model::format::Format;
use crate::report::plan::Plan;

/// The most characters of one part of a name.
const LONGEST: usize = 60;

/// `a360-prod-last-hour-2026-11-23T14-03-27Z.html`
pub fn file_name(plan: &Plan, format: Format) -> String {
    let at = plan.generated_at.format("%Y-%m-%dT%H-%M-%SZ", &TimeZone::UTC);
    let scope = plan.scope.as_ref().map_or_else(String::new, |scope| format!("-{}", safe(scope)));
    format!("a360-{}{scope}-{}-{at}.{}", safe(&plan.context), safe(&plan.label), format.ending())
}

/// Letters, digits and dots; everything else is one dash.
fn safe(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(LONGEST) {
        match c {
            c if c.is_ascii_alphanumeric() || c == '_' => out.push(c),
            '.' if !out.is_empty() && !out.ends_with(['.', '-']) => out.push(c),
            _ if !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    let trimmed = out.trim_matches(['-', '.']);
    if trimmed.is_empty() { "report".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_folder() {
        for (text, expected) in [
            ("prod", "prod"),
            ("last 90m", "last-90m"),
            ("../../etc/passwd", "etc-passwd"),
            ("..", "report"),
            ("eu 1/shop", "eu-1-shop"),
            ("a\u{202e}b", "a-b"),
            ("-rf", "rf"),
            ("", "report"),
        ] {
            assert_eq!(safe(text), expected);
        }
        assert_eq!(safe(&"x".repeat(10_000)).len(), LONGEST);
    }
}
