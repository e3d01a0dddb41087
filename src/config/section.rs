//! One table of the file while it is read: typed values, and mistakes that know their line.

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::mistake::Mistake;
use crate::text::nearest::did_you_mean;
use crate::time::parse_duration;

/// The file being read and what its paths start from.
pub struct File<'a> {
    pub text: &'a str,
    /// As it was named, for messages.
    pub path: &'a Path,
    home: Option<&'a Path>,
    folder: PathBuf,
}

impl<'a> File<'a> {
    pub fn new(text: &'a str, path: &'a Path, home: Option<&'a Path>) -> Self {
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = whole.parent().map(Path::to_owned).unwrap_or_default();
        Self { text, path, home, folder }
    }

    pub fn line(&self, byte: usize) -> usize {
        self.text.as_bytes().iter().take(byte).filter(|b| **b == b'\n').count() + 1
    }

    pub fn mistake(&self, line: usize, text: &str) -> Mistake {
        Mistake::at(self.path, line, text)
    }

    /// A path as written in the file, made independent of where the program was started.
    pub fn resolve(&self, written: &str) -> Result<PathBuf, String> {
        match (written.strip_prefix("~/"), self.home) {
            (Some(rest), Some(home)) => Ok(home.join(rest)),
            (Some(_), None) => Err(format!("`{written}`: no home folder is known here; write the whole path")),
            (None, _) if written.is_empty() => Err("is empty; write the path of a file".to_owned()),
            (None, _) => Ok(self.folder.join(written.trim_start_matches("./"))),
        }
    }
}

/// One `key = value`.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    pub key: &'a str,
    pub value: &'a DeValue<'a>,
    pub line: usize,
}

pub struct Section<'a> {
    pub file: &'a File<'a>,
    /// `contexts.prod`; empty for the top of the file.
    pub name: String,
    pub line: usize,
    table: &'a DeTable<'a>,
}

type Read<T> = Result<T, Mistake>;

impl<'a> Section<'a> {
    pub fn top(file: &'a File<'a>, table: &'a DeTable<'a>) -> Self {
        Self { file, name: String::new(), line: 1, table }
    }

    /// All entries in the order of the file.
    pub fn entries(&self) -> Vec<Entry<'a>> {
        let mut entries: Vec<_> = self.table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let line = |at| self.file.line(at);
        let entry = |key: &'a str, at, value| Entry { key, value, line: line(at) };
        entries.into_iter().map(|(key, value)| entry(key.get_ref(), key.span().start, value.get_ref())).collect()
    }

    pub fn get(&self, key: &str) -> Option<Entry<'a>> {
        let (key, value) = self.table.get_key_value(key)?;
        Some(Entry { key: key.get_ref(), value: value.get_ref(), line: self.file.line(key.span().start) })
    }

    /// Refuses every key that is not in `known`.
    pub fn only(&self, known: &[&str]) -> Read<()> {
        match self.entries().into_iter().find(|entry| !known.contains(&entry.key)) {
            None => Ok(()),
            Some(Entry { key, line, .. }) => {
                let hint = did_you_mean(key, known.iter().copied(), "the keys are");
                Err(self.file.mistake(line, &format!("unknown key `{key}` {}{hint}", self.place())))
            }
        }
    }

    fn place(&self) -> String {
        if self.name.is_empty() { "at the top of the file".to_owned() } else { format!("in [{}]", self.name) }
    }

    /// `` `key` in [section] TEXT``
    pub fn wrong(&self, entry: &Entry<'_>, text: &str) -> Mistake {
        self.file.mistake(entry.line, &format!("`{}` {} {text}", entry.key, self.place()))
    }

    /// A mistake of the table as a whole.
    pub fn mistake(&self, text: &str) -> Mistake {
        self.file.mistake(self.line, text)
    }

    pub fn section(&self, key: &str) -> Read<Option<Section<'a>>> {
        self.get(key).map(|entry| self.enter(&entry)).transpose()
    }

    /// The table that an entry holds.
    pub fn enter(&self, entry: &Entry<'a>) -> Read<Section<'a>> {
        let dot = if self.name.is_empty() { "" } else { "." };
        let name = format!("{}{dot}{}", self.name, bare_or_quoted(entry.key));
        match entry.value.as_table() {
            Some(table) => Ok(Section { file: self.file, name, line: entry.line, table }),
            None => Err(self.wrong(entry, &format!("must be a table; write it as [{name}]"))),
        }
    }

    /// The tables of `[[key]]`; none where there are none.
    pub fn tables(&self, key: &str) -> Read<Vec<Section<'a>>> {
        let Some(entry) = self.get(key) else { return Ok(Vec::new()) };
        let wrong = || self.wrong(&entry, &format!("must be a list of tables; write each as [[{key}]]"));
        let items = entry.value.as_array().ok_or_else(wrong)?;
        let section = |item: &'a toml::Spanned<DeValue<'a>>| {
            let table = item.get_ref().as_table().ok_or_else(wrong)?;
            Ok(Section { file: self.file, name: format!("[{key}]"), line: self.file.line(item.span().start), table })
        };
        items.iter().map(section).collect()
    }

    pub fn text(&self, key: &str) -> Read<Option<&'a str>> {
        self.get(key).map(|entry| self.text_of(&entry)).transpose()
    }

    pub fn text_of(&self, entry: &Entry<'a>) -> Read<&'a str> {
        let not_text = || self.wrong(entry, &format!("must be text in quotes, not {}", kind(entry.value)));
        entry.value.as_str().ok_or_else(not_text)
    }

    /// Text that `read` understands, or says why it does not.
    pub fn read<T>(&self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Read<Option<T>> {
        let Some(entry) = self.get(key) else { return Ok(None) };
        read(self.text_of(&entry)?).map(Some).map_err(|why| self.explain(&entry, &why))
    }

    pub fn explain(&self, entry: &Entry<'_>, why: &str) -> Mistake {
        if why.starts_with('`') { self.wrong(entry, &format!("is wrong: {why}")) } else { self.wrong(entry, why) }
    }

    /// A span of time in ms, within bounds.
    pub fn duration(&self, key: &str, check: impl Fn(i64) -> Result<i64, String>) -> Read<Option<i64>> {
        if let Some(entry) = self.get(key)
            && entry.value.is_integer()
        {
            return Err(self.wrong(&entry, "needs a unit; write it as text such as \"5s\", \"15m\" or \"1h\""));
        }
        self.read(key, |text| parse_duration(text).map_err(|error| error.0).and_then(&check))
    }

    pub fn flag(&self, key: &str) -> Read<Option<bool>> {
        let Some(entry) = self.get(key) else { return Ok(None) };
        let not_flag = || self.wrong(&entry, &format!("must be true or false, not {}", kind(entry.value)));
        entry.value.as_bool().map(Some).ok_or_else(not_flag)
    }

    /// A number above `above` and up to `most`.
    pub fn number(&self, key: &str, above: f64, most: f64) -> Read<Option<f64>> {
        let Some(entry) = self.get(key) else { return Ok(None) };
        let number = match entry.value {
            DeValue::Integer(whole) => i32::from_str_radix(whole.as_str(), whole.radix()).ok().map(f64::from),
            DeValue::Float(float) => float.as_str().parse().ok(),
            other => return Err(self.wrong(&entry, &format!("must be a number, not {}", kind(other)))),
        };
        let good = number.filter(|n: &f64| *n > above && *n <= most);
        good.map(Some).ok_or_else(|| self.wrong(&entry, &format!("must be above {above} and at most {most}")))
    }

    /// One text or a list of them.
    pub fn texts(&self, entry: &Entry<'a>) -> Read<Vec<&'a str>> {
        let Some(list) = entry.value.as_array() else { return Ok(vec![self.text_of(entry)?]) };
        list.iter().map(|item| self.text_of(&Entry { value: item.get_ref(), ..*entry })).collect()
    }
}

/// What a value is, for a sentence. The value itself is not repeated: it could be a secret.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A key as TOML wants it written.
pub fn bare_or_quoted(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if bare { key.to_owned() } else { toml::Value::String(key.to_owned()).to_string() }
}
