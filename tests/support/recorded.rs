//! Answers of real servers as `tests/stack/record` wrote them down, one a file, and the questions that they answer.

use std::fs;
use std::path::{Path, PathBuf};

/// One answer, and what was asked of whom.
#[derive(Debug)]
pub struct Answer {
    /// `prometheus-2.42`, which is also its folder.
    pub server: String,
    pub version: String,
    /// `parse-error`, which is also its file.
    pub name: String,
    pub method: String,
    pub path: String,
    /// Who signed in.
    pub user: Option<String>,
    /// The media type of what was sent, and that itself.
    pub sent: Option<(String, String)>,
    /// `400 Bad Request`
    pub status_line: String,
    pub status: u16,
    /// Their names are in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// The answer of a server to a question, by their names.
pub fn answer(server: &str, name: &str) -> Answer {
    let file = folder().join(server).join(format!("{name}.http"));
    let bytes = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    read(server, name, &bytes).unwrap_or_else(|wrong| panic!("{}: {wrong}", file.display()))
}

/// Every answer there is, by server and name.
pub fn every() -> Vec<Answer> {
    let mut answers = Vec::new();
    for server in names(&folder()) {
        for file in names(&folder().join(&server)) {
            let name = file.strip_suffix(".http").unwrap_or_else(|| panic!("{server}/{file} is no recording"));
            answers.push(answer(&server, name));
        }
    }
    answers
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recorded")
}

/// What lies in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn read(server: &str, name: &str, bytes: &[u8]) -> Result<Answer, String> {
    let end = bytes.windows(2).position(|two| two == b"\n\n").ok_or("its head has no end")?;
    let (head, body) = (&bytes[..end], &bytes[end + 2..]);
    let head = std::str::from_utf8(head).map_err(|error| error.to_string())?;
    let said = |key: &str| {
        let mut lines = head.lines().filter_map(|line| line.strip_prefix("# ")?.split_once(": "));
        lines.find_map(|(found, value)| (found == key).then(|| value.to_owned()))
    };
    let (who, version) = said("server").and_then(pair).ok_or("it does not say of whom it is")?;
    if who != server {
        return Err(format!("it is of {who}"));
    }
    let (method, path) = said("request").and_then(pair).ok_or("it does not say what was asked")?;
    let mut lines = head.lines().filter(|line| !line.starts_with('#'));
    let status_line = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")).ok_or("it has no status")?;
    let status = status_line.get(..3).and_then(|digits| digits.parse().ok()).ok_or("its status is no number")?;
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(Answer {
        server: who,
        version,
        name: name.to_owned(),
        method,
        path,
        user: said("user"),
        sent: said("type").zip(said("body")),
        status_line: status_line.to_owned(),
        status,
        headers: lines.map(header).collect::<Option<_>>().ok_or("a header has no value")?,
        body: body.to_vec(),
    })
}

fn pair(text: String) -> Option<(String, String)> {
    text.split_once(' ').map(|(first, rest)| (first.to_owned(), rest.to_owned()))
}

impl Answer {
    /// For the words of a failed test.
    pub fn place(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The body, which must be whole.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{}: {error}", self.place()))
    }
}

/// A line of `tests/stack/questions`: what is asked of some servers, and the status that must come.
pub struct Question {
    pub name: String,
    pub status: u16,
    /// The words of `only` that it stands below.
    only: String,
}

impl Question {
    pub fn is_for(&self, server: &str) -> bool {
        self.only.split(' ').any(|pattern| match pattern.split_once('*') {
            Some((start, end)) => server.starts_with(start) && server.ends_with(end),
            None => server == pattern,
        })
    }
}

/// The questions of a file.
pub fn questions(family: &str) -> Vec<Question> {
    let (mut only, mut questions) = ("*".to_owned(), Vec::new());
    for line in stack(&format!("questions/{family}")).lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "" | "#" | "seed" | "await" | "keep" | "user" => {}
            "only" => only = rest.to_owned(),
            name => {
                let status = rest.split(' ').next().and_then(|status| status.parse().ok());
                let status = status.unwrap_or_else(|| panic!("questions/{family}: {name} has no status"));
                questions.push(Question { name: name.to_owned(), status, only: only.clone() });
            }
        }
    }
    questions
}

/// A file of the stack of real servers.
pub fn stack(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stack").join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
