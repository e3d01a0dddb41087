//! Where a finished report is sent: a chat, mailboxes, a program that takes it by HTTP, a folder.

use std::path::PathBuf;
use std::time::Duration;

use super::endpoint::{Endpoint, Secret};
use super::format::Format;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What `--send` and a schedule call it.
    pub name: String,
    pub way: Way,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// An incoming webhook of Slack, or of a chat that takes the same.
    Slack(Hook),
    Email(Mail),
    /// The JSON report is posted there.
    Webhook(Hook),
    File(Folder),
}

impl Way {
    /// As the config writes it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Slack(_) => "slack",
            Self::Email(_) => "email",
            Self::Webhook(_) => "webhook",
            Self::File(_) => "file",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Where the address is kept if it is a secret itself; that of the endpoint is empty then.
    pub address: Option<Secret>,
    pub endpoint: Endpoint,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub server: String,
    pub port: u16,
    pub encryption: Encryption,
    pub login: Option<(String, Secret)>,
    /// `NAME <ADDRESS>` or an address alone; these were read once without a mistake.
    pub from: String,
    pub to: Vec<String>,
    /// PEM file of the authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Of one try, from the connection to the last answer.
    pub timeout: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Begins in clear text; nothing but the wish for TLS is said in it.
    StartTls,
    Tls,
    /// Only to this machine.
    None,
}

impl Encryption {
    pub fn word(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Tls => "tls",
            Self::None => "none",
        }
    }

    /// Where servers listen for it, as a rule.
    pub fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    pub path: PathBuf,
    /// Never empty.
    pub formats: Vec<Format>,
}
