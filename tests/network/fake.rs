//! An Alertmanager on loopback that keeps silences, and treats those who write as a test says.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::server::{Request, Server, Then, Wire, say};

/// What becomes of a request that changes something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Takes,
    /// Says this and does nothing.
    Says(&'static str, &'static str, &'static str),
    /// Takes it and then does this.
    TakesAnd(Fault),
    /// Only does this.
    Just(Fault),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Hangs,
    /// Closes the connection without a word.
    Dies,
    /// Closes it in the middle of the answer.
    Breaks,
    Gateway,
}

pub struct Fake {
    pub server: Server,
    state: Arc<Mutex<State>>,
}

struct State {
    mode: Mode,
    silences: Vec<Value>,
    /// Whether the next list leaves out what was taken last.
    lags: bool,
    /// Whether the list can be had.
    lists: bool,
    /// Whether anything can be had at all.
    answers: bool,
    hangs_at: &'static str,
    headers: &'static str,
}

/// That of `NOW`.
const DATE: &str = "Date: Sun, 22 Nov 2026 22:58:10 GMT\r\n";

impl Fake {
    pub fn new(mode: Mode) -> Self {
        let state = State {
            mode,
            silences: Vec::new(),
            lags: false,
            lists: true,
            answers: true,
            hangs_at: "/nowhere",
            headers: DATE,
        };
        let state = Arc::new(Mutex::new(state));
        let held = Arc::clone(&state);
        let server = Server::new(move |request, wire| {
            let what = held.lock().unwrap().answer(request);
            match what {
                Said::Whole(status, headers, body) => say(wire, status, headers, body.as_bytes()),
                Said::Fault(fault) => fail(fault, wire),
            }
        });
        Self { server, state }
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    pub fn set(&self, mode: Mode) -> &Self {
        self.state.lock().unwrap().mode = mode;
        self
    }

    /// What is taken is listed the second time only.
    pub fn lags(&self) -> &Self {
        self.state.lock().unwrap().lags = true;
        self
    }

    pub fn lists(&self, lists: bool) -> &Self {
        self.state.lock().unwrap().lists = lists;
        self
    }

    pub fn answers(&self, answers: bool) -> &Self {
        self.state.lock().unwrap().answers = answers;
        self
    }

    pub fn hangs_at(&self, path: &'static str) -> &Self {
        self.state.lock().unwrap().hangs_at = path;
        self
    }

    pub fn dated(&self, headers: &'static str) -> &Self {
        self.state.lock().unwrap().headers = headers;
        self
    }

    pub fn silences(&self) -> Vec<Value> {
        self.state.lock().unwrap().silences.clone()
    }

    /// Takes over what another has.
    pub fn hears_of(&self, other: &Self) {
        let silences = other.silences();
        self.state.lock().unwrap().silences = silences;
    }

    /// The requests that would change something, as their method and their body.
    pub fn writes(&self) -> Vec<(String, String)> {
        let method = |request: &Request| request.head.split(' ').next().unwrap_or_default().to_owned();
        let all = self.server.requests();
        all.iter()
            .map(|request| (method(request), request.body.clone()))
            .filter(|(method, _)| method != "get")
            .collect()
    }
}

enum Said {
    Whole(&'static str, &'static str, String),
    Fault(Fault),
}

impl State {
    fn answer(&mut self, request: &Request) -> Said {
        let mut words = request.head.split([' ', '?']);
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let ok = |body: String| Said::Whole("200 OK", self.headers, body);
        match (method, path) {
            _ if !self.answers || path.starts_with(self.hangs_at) => Said::Fault(Fault::Hangs),
            ("get", "/api/v2/silences") if !self.lists => {
                Said::Whole("500 Internal Server Error", self.headers, "\"multiple matcher sets\"".to_owned())
            }
            ("get", "/api/v2/silences") => {
                let late = usize::from(std::mem::take(&mut self.lags)).min(self.silences.len());
                let shown = self.silences[..self.silences.len() - late].to_vec();
                Said::Whole("200 OK", self.headers, Value::from(shown).to_string())
            }
            ("get", _) => ok("{}".to_owned()),
            _ => self.write(request, path.strip_prefix("/api/v2/silence/")),
        }
    }

    fn write(&mut self, request: &Request, ended: Option<&str>) -> Said {
        if matches!(self.mode, Mode::Takes | Mode::TakesAnd(_)) {
            self.take(request, ended);
        }
        match self.mode {
            Mode::Takes if ended.is_some() => Said::Whole("200 OK", self.headers, String::new()),
            Mode::Takes => {
                let id = self.silences.last().unwrap()["id"].clone();
                Said::Whole("200 OK", self.headers, json!({ "silenceID": id }).to_string())
            }
            Mode::Says(status, headers, body) => Said::Whole(status, headers, body.to_owned()),
            Mode::TakesAnd(fault) | Mode::Just(fault) => Said::Fault(fault),
        }
    }

    /// Each gets an id of its own, whatever it was before.
    fn take(&mut self, request: &Request, ended: Option<&str>) {
        if let Some(id) = ended {
            let found = self.silences.iter_mut().find(|silence| silence["id"] == id);
            found.unwrap()["status"] = json!({ "state": "expired" });
            return;
        }
        let mut silence: Value = serde_json::from_str(&request.body).unwrap();
        silence["id"] = json!(format!("id-{}", self.silences.len()));
        silence["status"] = json!({ "state": "active" });
        silence["updatedAt"] = json!("2026-11-22T22:58:10.000Z");
        self.silences.push(silence);
    }
}

fn fail(fault: Fault, wire: &mut dyn Wire) -> Then {
    match fault {
        Fault::Gateway => return say(wire, "504 Gateway Timeout", "", b"<html><title>504 too late</title>"),
        Fault::Breaks => drop(wire.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"silenceID\":")),
        Fault::Dies => {}
        // Until the other side goes away.
        Fault::Hangs => drop(wire.read(&mut [0])),
    }
    Then::Close
}
