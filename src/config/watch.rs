//! What is watched: `[contexts.NAME.overview]`. Every question and every limit has its default.

use promql_parser::parser::Expr;
use toml::de::DeValue;

use super::mistake::Mistake;
use super::section::{Entry, Section};
use super::ui::within;
use crate::model::promql::parse;
use crate::model::watch::{Database, Hosts, Watch};
use crate::text::Plain;
use crate::time::HOUR;

type Field<T> = (&'static str, fn(&mut T) -> &mut String);

/// The questions by their names; reading, showing and testing all go by these tables.
pub(super) const QUERIES: [Field<Watch>; 10] = [
    ("requests", |w| &mut w.requests),
    ("errors", |w| &mut w.errors),
    ("errors_by_endpoint", |w| &mut w.errors_by_endpoint),
    ("latency", |w| &mut w.latency),
    ("buckets", |w| &mut w.buckets),
    ("memory", |w| &mut w.memory),
    ("cpu", |w| &mut w.cpu),
    ("memory_ratio", |w| &mut w.memory_ratio),
    ("up", |w| &mut w.up),
    ("started", |w| &mut w.started),
];

pub(super) const HOST_QUERIES: [Field<Hosts>; 9] = [
    ("cpu", |h| &mut h.cpu),
    ("memory", |h| &mut h.memory),
    ("disk", |h| &mut h.disk),
    ("inodes", |h| &mut h.inodes),
    ("received", |h| &mut h.received),
    ("sent", |h| &mut h.sent),
    ("load", |h| &mut h.load),
    ("cores", |h| &mut h.cores),
    ("clock_skew", |h| &mut h.clock_skew),
];

pub(super) const TABLES: [&str; 4] = ["slo", "limits", "hosts", "database"];
pub(super) const LIMITS: [&str; 3] = ["error_ratio", "latency", "memory_ratio"];
pub(super) const DATABASE: [&str; 2] = ["name", "matcher"];

type Read<T> = Result<T, Mistake>;

/// Reads `[contexts.NAME.overview]`.
pub fn read(section: &Section<'_>) -> Read<Watch> {
    section.only(&QUERIES.map(|(key, _)| key).iter().chain(&TABLES).copied().collect::<Vec<_>>())?;
    let mut watch = Watch::default();
    questions(section, &QUERIES, &mut watch)?;
    if let Some(entry) = section.get("slo") {
        watch.slo = slo(section, &entry)?;
    }
    if let Some(limits) = section.section("limits")? {
        read_limits(&limits, &mut watch)?;
    }
    if let Some(hosts) = section.section("hosts")? {
        hosts.only(&HOST_QUERIES.map(|(key, _)| key))?;
        questions(&hosts, &HOST_QUERIES, &mut watch.hosts)?;
    }
    if let Some(database) = section.section("database")? {
        read_database(&database, &mut watch.database)?;
    }
    Ok(watch)
}

/// `false` and 0 are no promise at all.
fn slo(section: &Section<'_>, entry: &Entry<'_>) -> Read<Option<f64>> {
    let none = match entry.value {
        DeValue::Boolean(flag) => !flag,
        DeValue::Integer(whole) => whole.as_str() == "0",
        _ => false,
    };
    if none {
        return Ok(None);
    }
    let number = if entry.value.is_bool() { None } else { section.number("slo", 0.0, 0.999_999_9)? };
    number.map(Some).ok_or_else(|| section.wrong(entry, "must be a number such as 0.999, or false for none"))
}

fn questions<T>(section: &Section<'_>, fields: &[Field<T>], into: &mut T) -> Read<()> {
    for (key, field) in fields {
        if let Some(query) = section.read(key, question)? {
            *field(into) = query;
        }
    }
    Ok(())
}

/// Only emptiness is refused: the server may know functions that our parser does not.
fn question(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("is empty; write a PromQL query, or leave the key out for the default".to_owned()),
        query => Ok(query.to_owned()),
    }
}

fn read_limits(section: &Section<'_>, watch: &mut Watch) -> Read<()> {
    section.only(&LIMITS)?;
    let limits = &mut watch.limits;
    limits.error_ratio = section.number("error_ratio", 0.0, 1.0)?.unwrap_or(limits.error_ratio);
    limits.memory_ratio = section.number("memory_ratio", 0.0, 1.0)?.unwrap_or(limits.memory_ratio);
    if let Some(ms) = section.duration("latency", |ms| within(ms, 1, HOUR))? {
        limits.latency_seconds = std::time::Duration::from_millis(ms.unsigned_abs()).as_secs_f64();
    }
    Ok(())
}

fn read_database(section: &Section<'_>, database: &mut Database) -> Read<()> {
    section.only(&DATABASE)?;
    if let Some(name) = section.read("name", name)? {
        database.name = name;
    }
    if let Some(matcher) = section.read("matcher", matcher)? {
        database.matcher = matcher;
    }
    Ok(())
}

/// A name that is shown: short, printable, on one line.
pub fn name(text: &str) -> Result<String, String> {
    const MOST: usize = 40;
    match text {
        "" => Err("is empty; give it a name".to_owned()),
        text if text.chars().count() > MOST => Err(format!("is too long a name; write at most {MOST} characters")),
        text if Plain::new(text) != text || text.trim() != text => {
            Err("is no name that can be shown; leave out blanks at its ends and what cannot be seen".to_owned())
        }
        text => Ok(text.to_owned()),
    }
}

/// Matchers that can be put between the braces of any selector, and nothing beyond them.
pub fn matcher(text: &str) -> Result<String, String> {
    let inside = text.trim();
    let example = "write it as namespace=\"shop\" or as job=~\"shop-.*\", with commas between several";
    if inside.is_empty() {
        return Err(format!("is empty; {example}"));
    }
    if inside.starts_with('{') {
        return Err(format!("`{inside}` needs no braces; {example}"));
    }
    // On a line of its own, so that a comment cannot swallow the brace.
    match parse(&format!("up{{{inside}\n}}")) {
        Ok(Expr::VectorSelector(found)) if found.offset.is_none() && found.at.is_none() => Ok(inside.to_owned()),
        _ => Err(format!("`{inside}` is no PromQL matcher; {example}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matcher_stays_between_its_braces() {
        for good in ["job=\"a\"", "a=\"1\", b!~\"x|y\"", " ns=\"a}b\" ", "a=\"1\","] {
            assert_eq!(matcher(good).as_deref(), Ok(good.trim()));
        }
        for bad in
            ["", "{job=\"a\"}", "job", "job=a", "a=\"1\"} or up{b=\"2\"", "a=\"1\"}[5m] #", "a=\"1\"} #", "a=~\"(\""]
        {
            assert!(matcher(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn our_own_questions_can_be_read() {
        let mut watch = Watch::default();
        for (key, field) in QUERIES {
            assert!(parse(field(&mut watch)).is_ok(), "{key}");
        }
        for (key, field) in HOST_QUERIES {
            assert!(parse(field(&mut watch.hosts)).is_ok(), "{key}");
        }
        assert!(matcher(&watch.database.matcher).is_ok());
    }

    #[test]
    fn names_can_be_shown() {
        assert_eq!(name("eu 1/shop").as_deref(), Ok("eu 1/shop"));
        for bad in ["", " a", "a\u{1b}", "a\u{202e}b", &"x".repeat(41)] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
    }
}
