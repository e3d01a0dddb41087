//! Takes what the service sends, as a search engine and as a collector, and answers as a test says.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use crate::wire;

/// A request and the status it got.
#[derive(Debug, Clone)]
pub struct Taken {
    pub head: String,
    pub body: String,
    pub status: u16,
    /// By document, of a bulk request that was answered with 200.
    pub each: Vec<u64>,
}

/// One document of a bulk request.
#[derive(Debug, Clone)]
pub struct Document {
    pub index: String,
    pub id: String,
    pub source: Value,
    /// What it was answered with.
    pub status: u64,
}

/// How to answer the so-manieth bulk request: with what as a whole, and each document.
pub type Say = fn(usize, usize) -> u64;

pub struct Sink {
    pub address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Sink {
    /// Accepts everything.
    pub fn new() -> Self {
        Self::at("127.0.0.1:0", |_| 200, |_, _| 201)
    }

    pub fn at(address: &str, whole: fn(usize) -> u16, each: Say) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let sink = Self { address: listener.local_addr().unwrap(), taken: Arc::default() };
        let taken = Arc::clone(&sink.taken);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let taken = Arc::clone(&taken);
                thread::spawn(move || while serve(&stream, &taken, whole, each).is_some() {});
            }
        });
        sink
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// The documents of the bulk requests that were answered with 200, in the order in which they came.
    pub fn documents(&self) -> Vec<Document> {
        self.taken().iter().filter(|taken| taken.status == 200).flat_map(documents).collect()
    }
}

pub fn documents(taken: &Taken) -> Vec<Document> {
    assert!(taken.head.contains("content-type: application/x-ndjson"), "{}", taken.head);
    assert!(taken.body.ends_with('\n'));
    let lines: Vec<Value> = taken.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len().is_multiple_of(2));
    let document = |(number, pair): (usize, &[Value])| {
        let action = &pair[0]["create"];
        let text = |name: &str| action[name].as_str().unwrap().to_owned();
        let status = taken.each.get(number).copied().unwrap_or_default();
        Document { index: text("_index"), id: text("_id"), source: pair[1].clone(), status }
    };
    lines.chunks(2).enumerate().map(document).collect()
}

fn serve(stream: &TcpStream, taken: &Mutex<Vec<Taken>>, whole: fn(usize) -> u16, each: Say) -> Option<()> {
    let (head, body) = wire::request(stream)?;
    let body = String::from_utf8(body).ok()?;
    let mut all = taken.lock().ok()?;
    let (number, count) = (all.len(), body.lines().count() / 2);
    let status = whole(number);
    let each: Vec<u64> = (0..count).map(|document| each(number, document)).collect();
    let items: Vec<Value> = each.iter().map(|status| json!({ "create": { "status": status } })).collect();
    all.push(Taken { head, body, status, each });
    drop(all);
    let answer = json!({ "errors": true, "items": items }).to_string();
    let mut stream = stream;
    write!(stream, "HTTP/1.1 {status} x\r\nContent-Length: {}\r\n\r\n{answer}", answer.len()).ok()
}
