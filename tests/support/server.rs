//! An HTTP server on loopback that treats each request as a test says, faults included.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

#[path = "wire.rs"]
pub mod wire;

/// One request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Request {
    /// The request line and the headers, in lower case.
    pub head: String,
    pub body: String,
    /// The how-manyeth it is, from 0, over all connections.
    pub number: usize,
}

/// What to do with the connection after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Keep,
    Close,
}

pub trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Server {
    /// Answers each request with what `answer` writes.
    pub fn new(answer: impl Fn(&Request, &mut dyn Wire) -> Then + Send + Sync + 'static) -> Self {
        Self::start("http", move |stream, log| serve(stream, &answer, log))
    }

    /// Answers every request with the same status line, headers and body.
    pub fn saying(status: &'static str, headers: &'static str, body: &'static str) -> Self {
        Self::new(move |_, wire| say(wire, status, headers, body.as_bytes()))
    }

    /// As `saying` 200, over TLS with a certificate of the fixtures, and a client certificate if it is wanted.
    pub fn tls(name: &str, body: &'static str, wants_client: bool) -> Self {
        Self::secure(name, wants_client, move |_, wire| say(wire, "200 OK", "", body.as_bytes()))
    }

    /// As `new`, over TLS.
    pub fn secure(
        name: &str,
        wants_client: bool,
        answer: impl Fn(&Request, &mut dyn Wire) -> Then + Send + Sync + 'static,
    ) -> Self {
        let config = Arc::new(tls_config(name, wants_client));
        Self::start("https", move |stream, log| {
            let Ok(connection) = ServerConnection::new(config.clone()) else { return };
            serve(StreamOwned::new(connection, stream), &answer, log);
        })
    }

    /// Hands over each connection as it is.
    pub fn raw(each: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::start("http", move |mut stream, _| each(&mut stream))
    }

    fn start(scheme: &'static str, each: impl Fn(TcpStream, &Log) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let server =
            Self { address, scheme, requests: Arc::default(), connections: Arc::default(), stop: Arc::default() };
        let (log, connections, stop) = (server.requests.clone(), server.connections.clone(), server.stop.clone());
        let each = Arc::new(each);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                connections.fetch_add(1, Ordering::SeqCst);
                let (each, log) = (each.clone(), log.clone());
                thread::spawn(move || each(stream, &log));
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic before").clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

type Log = Arc<Mutex<Vec<Request>>>;

fn serve(mut stream: impl Wire, answer: &dyn Fn(&Request, &mut dyn Wire) -> Then, log: &Log) {
    while let Some(request) = read(&mut stream, log) {
        if answer(&request, &mut stream) == Then::Close {
            return;
        }
    }
}

fn read(stream: &mut dyn Wire, log: &Log) -> Option<Request> {
    let (head, body) = wire::request(stream)?;
    let mut log = log.lock().ok()?;
    let request = Request { head, body: String::from_utf8_lossy(&body).into_owned(), number: log.len() };
    log.push(request.clone());
    Some(request)
}

/// A whole answer with its length.
pub fn say(wire: &mut dyn Wire, status: &str, headers: &str, body: &[u8]) -> Then {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    let sent = wire.write_all(head.as_bytes()).and_then(|()| wire.write_all(body)).and_then(|()| wire.flush());
    if sent.is_ok() { Then::Keep } else { Then::Close }
}

/// Closes so that the other side sees a reset: with bytes unread.
pub fn reset(stream: &mut TcpStream, after: &[u8]) {
    let _ = stream.peek(&mut [0]);
    let _ = stream.write_all(after);
}

/// Says nothing until the other side goes away.
pub fn mute(stream: &mut TcpStream) {
    let mut sink = [0; 1024];
    while stream.read(&mut sink).is_ok_and(|n| n > 0) {}
    let _ = stream.shutdown(Shutdown::Both);
}

/// A port where nobody listens.
pub fn refused_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("its address"))
}

pub fn fixture(path: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path)
}

fn tls_config(name: &str, wants_client: bool) -> ServerConfig {
    let certificate =
        |name: &str| CertificateDer::from_pem_file(fixture(&format!("tls/{name}.pem"))).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(fixture(&format!("tls/{name}.key"))).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    let builder = builder.expect("versions");
    let builder = if wants_client {
        let mut roots = RootCertStore::empty();
        roots.add(certificate("ca")).expect("an authority");
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
        builder.with_client_cert_verifier(verifier.expect("a verifier"))
    } else {
        builder.with_no_client_auth()
    };
    builder.with_single_cert(vec![certificate(name)], key).expect("a pair")
}
