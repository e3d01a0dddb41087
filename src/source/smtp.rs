//! Mails: handed to one server, encrypted before anything of ours is said, and told honestly whether they arrived.
//!
//! The single commands are sent from here, and not by the library's own transport, because only so is it known how far
//! it came: after the text was handed over, a lost answer does not mean that nobody got it.

mod fault;
mod letter;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use sysinfo::System;
use tokio::time::timeout;

use super::secret;
use crate::model::target::{Encryption, Mail};
use crate::text::Plain;
use crate::time::{format_duration, millis};

pub use fault::Fault;
pub use letter::{Letter, Parts, letter};

/// Somebody whom the server would not take the mail for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub mailbox: String,
    pub fault: Fault,
}

/// How long we wait for a good-bye.
const GOODBYE: Duration = Duration::from_secs(2);
/// More than all authorities of a system take.
const MAX_PEM: u64 = 4 * 1024 * 1024;

/// One try to bring a mail to these mailboxes. Gives those that were refused while others were not.
pub async fn send(mail: &Mail, letter: &Letter, to: &[String]) -> Result<Vec<Refused>, Fault> {
    let handed_over = AtomicBool::new(false);
    let tried = timeout(mail.timeout, exchange(mail, letter, to, &handed_over)).await;
    let (mut connection, refused) = tried.unwrap_or_else(|_| Err(late(mail, handed_over.into_inner())))?;
    let _ = timeout(GOODBYE, connection.quit()).await;
    Ok(refused)
}

/// As far as a mail goes before it says whom it is for: what the server is, and how we speak with it.
pub async fn probe(mail: &Mail) -> Result<Plain, Fault> {
    let tried = timeout(mail.timeout, open(mail)).await;
    let mut connection = tried.unwrap_or_else(|_| Err(late(mail, false)))?;
    let name = Plain::new(connection.server_info().name());
    let encrypted = if connection.is_encrypted() { "encrypted" } else { "in clear text" };
    let login = mail.login.as_ref().map_or("no sign-in".to_owned(), |(user, _)| format!("signed in as {user}"));
    let _ = timeout(GOODBYE, connection.quit()).await;
    Ok(Plain::from(format!("{name}, {encrypted} ({}), {login}; nothing was sent", mail.encryption.word())))
}

fn late(mail: &Mail, handed_over: bool) -> Fault {
    let within = format_duration(millis(mail.timeout));
    if handed_over {
        return Fault::Unclear(Plain::from(format!("no answer within {within}, after the mail was handed over")));
    }
    let hint = match (mail.encryption, mail.port) {
        (Encryption::StartTls | Encryption::None, 465) => {
            "; port 465 speaks TLS from the first byte: set tls = \"tls\""
        }
        _ => "",
    };
    Fault::Passing(Plain::from(format!("no answer within {within}{hint}")))
}

async fn exchange(
    mail: &Mail,
    letter: &Letter,
    to: &[String],
    handed_over: &AtomicBool,
) -> Result<(AsyncSmtpConnection, Vec<Refused>), Fault> {
    let mut connection = open(mail).await?;
    let from = MailFrom::new(Some(letter.from.clone()), Vec::new());
    connection.command(from).await.map_err(|error| fault::answered(&error, "the sender"))?;
    let mut refused = Vec::new();
    for text in to {
        let mailbox: Mailbox = text.parse().map_err(|_| Fault::Lasting(Plain::from(format!("no mailbox: {text}"))))?;
        match connection.command(Rcpt::new(mailbox.email, Vec::new())).await {
            Ok(_) => {}
            Err(error) if error.status().is_some() => {
                refused.push(Refused { mailbox: text.clone(), fault: fault::answered(&error, text) });
            }
            Err(error) => return Err(fault::answered(&error, text)),
        }
    }
    if refused.len() < to.len() {
        connection.command(Data).await.map_err(|error| fault::answered(&error, "the mail"))?;
        handed_over.store(true, Ordering::Relaxed);
        connection.message(&letter.bytes).await.map_err(|error| fault::after_the_text(&error))?;
    }
    Ok((connection, refused))
}

/// A connection that is encrypted and signed in as the config wants it, or none.
async fn open(mail: &Mail) -> Result<AsyncSmtpConnection, Fault> {
    let login = match &mail.login {
        Some((user, place)) => {
            let password = secret::resolve(place).await.map_err(|error| Fault::Lasting(error.to_string().into()))?;
            Some((user, place, password))
        }
        None => None,
    };
    let tls = match mail.encryption {
        Encryption::None => None,
        Encryption::StartTls | Encryption::Tls => Some(tls(mail).await?),
    };
    let hello = hello();
    let at_once = tls.clone().filter(|_| mail.encryption == Encryption::Tls);
    let place = (mail.server.as_str(), mail.port);
    let connected = AsyncSmtpConnection::connect_tokio1(place, Some(mail.timeout), &hello, at_once, None).await;
    let mut connection = connected.map_err(|error| fault::connecting(&error, mail))?;
    if let Some(tls) = tls.filter(|_| mail.encryption == Encryption::StartTls) {
        if !connection.can_starttls() {
            connection.abort().await;
            return Err(Fault::Lasting(Plain::new(
                "the server offers no STARTTLS, so nothing was sent; set tls = \"tls\" if it has a port for that (465)",
            )));
        }
        connection.starttls(tls, &hello).await.map_err(|error| fault::connecting(&error, mail))?;
    }
    if let Some((user, place, password)) = login {
        let credentials = Credentials::new(user.clone(), password.clone());
        let signed = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
        signed.map_err(|error| fault::sign_in(&error, user, &secret::place(place), &password))?;
    }
    Ok(connection)
}

async fn tls(mail: &Mail) -> Result<TlsParameters, Fault> {
    let (server, ca_file) = (mail.server.clone(), mail.ca_file.clone());
    // Reads files, and the system's certificates.
    let built = tokio::task::spawn_blocking(move || {
        let mut builder = TlsParameters::builder(server);
        if let Some(path) = ca_file {
            builder = builder.add_root_certificate(authorities(&path)?);
        }
        builder.build().map_err(|error| format!("TLS cannot be set up: {error}; set `ca_file`"))
    });
    let built = built.await.map_err(|_| Fault::Lasting(Plain::new("TLS could not be set up")))?;
    built.map_err(|why| Fault::Lasting(Plain::from(why)))
}

fn authorities(path: &Path) -> Result<Certificate, String> {
    let wrong = || format!("ca_file {} holds no PEM certificate", path.display());
    let failed = |error: std::io::Error| format!("ca_file {} cannot be read: {}", path.display(), error.kind());
    let about = std::fs::metadata(path).map_err(failed)?;
    if !about.is_file() || about.len() > MAX_PEM {
        return Err(wrong());
    }
    let pem = std::fs::read(path).map_err(failed)?;
    if !pem.windows(10).any(|part| part == b"-----BEGIN") {
        return Err(wrong());
    }
    Certificate::from_pem(&pem).map_err(|_| wrong())
}

/// By what name we greet the server.
fn hello() -> ClientId {
    let is_name = |name: &String| {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        !name.is_empty() && name.chars().all(good) && name.starts_with(|c: char| c.is_ascii_alphanumeric())
    };
    System::host_name().ok().filter(is_name).map_or_else(ClientId::default, ClientId::Domain)
}
