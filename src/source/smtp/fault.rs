//! Why a mail was not taken, in words that name the mend, and whether another try can help.

use std::error::Error as _;
use std::io;

use lettre::transport::smtp::Error;

use crate::model::endpoint::Endpoint;
use crate::model::target::{Encryption, Mail};
use crate::source::http::{Causes, explain_tls};
use crate::text::Plain;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Surely not sent, and another try may do better.
    Passing(Plain),
    /// Surely not sent, and another try would end like this one.
    Lasting(Plain),
    /// Handed over, and nobody said what became of it.
    Unclear(Plain),
}

impl Fault {
    pub fn text(&self) -> &Plain {
        match self {
            Self::Passing(text) | Self::Lasting(text) | Self::Unclear(text) => text,
        }
    }
}

/// The most characters of a server's own words.
const MAX_WORDS: usize = 200;

/// `550 no such mailbox`
fn words(error: &Error) -> String {
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let said: String = said.trim().chars().take(MAX_WORDS).collect();
    error.status().map_or_else(|| said.clone(), |code| format!("{code} {said}"))
}

/// An answer to a command, or none.
pub fn answered(error: &Error, what: &str) -> Fault {
    match (error.status().is_some(), error.is_permanent()) {
        (true, true) => Fault::Lasting(Plain::from(format!("the server refuses {what}: {}", words(error)))),
        (true, false) => Fault::Passing(Plain::from(format!("the server does not take {what} now: {}", words(error)))),
        _ => Fault::Passing(Plain::from(format!("connection lost: {}", Causes::of(error).last()))),
    }
}

/// An answer to the text itself, or none: then it may have arrived.
pub fn after_the_text(error: &Error) -> Fault {
    match error.status() {
        Some(_) => answered(error, "the mail"),
        None => Fault::Unclear(Plain::new("the connection was lost after the mail was handed over")),
    }
}

pub fn sign_in(error: &Error, user: &str, place: &str, password: &str) -> Fault {
    let said = words(error).replace(password, "***");
    match error.status() {
        Some(_) if error.is_permanent() => Fault::Lasting(Plain::from(format!(
            "the server refused {user} with the password of {place} (it says: {said}); mend the one or the other"
        ))),
        Some(_) => Fault::Passing(Plain::from(format!("the server does not take the sign-in now: {said}"))),
        None if error.is_client() => Fault::Lasting(Plain::new(
            "the server offers no sign-in that is known here (PLAIN, LOGIN); leave out `username` if it needs none",
        )),
        _ => answered(error, "the sign-in"),
    }
}

pub fn connecting(error: &Error, mail: &Mail) -> Fault {
    let causes = Causes::of(error);
    if let Some(found) = causes.find::<rustls::Error>() {
        return Fault::Lasting(Plain::from(format!("TLS: {}", tls(found, mail))));
    }
    if error.status().is_some() {
        return answered(error, "the connection");
    }
    let text = match causes.find::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => format!("connection refused by {}:{}", mail.server, mail.port),
        Some(io::ErrorKind::TimedOut) => format!("no connection to {}:{} in time", mail.server, mail.port),
        Some(io::ErrorKind::UnexpectedEof) if mail.encryption == Encryption::Tls => {
            "the server hung up during the TLS handshake".to_owned()
        }
        _ if causes.last().contains("lookup") => format!("host not found: {}", mail.server),
        _ => format!("no mail server answers at {}:{}: {}", mail.server, mail.port, causes.last()),
    };
    Fault::Passing(Plain::from(text))
}

fn tls(error: &rustls::Error, mail: &Mail) -> Plain {
    if matches!(error, rustls::Error::InvalidMessage(_)) && mail.encryption == Encryption::Tls {
        return Plain::new("the port begins in clear text; set tls = \"starttls\"");
    }
    let mut endpoint = Endpoint::new(&format!("https://{}:{}", mail.server, mail.port));
    endpoint.tls.ca_file.clone_from(&mail.ca_file);
    explain_tls(error, &endpoint)
}
