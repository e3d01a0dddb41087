//! A mail as it goes over the wire: text and HTML side by side, and the full report attached.
//!
//! It is built once, so that a second try carries the same Message-ID and nobody gets it twice.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::{Address, Message};

use crate::model::target::Mail;
use crate::text::Plain;
use crate::time::Timestamp;

/// What is to be said.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    pub subject: &'a str,
    pub text: &'a str,
    pub html: &'a str,
    /// Name and text of a HTML file.
    pub attached: (&'a str, &'a str),
    pub at: Timestamp,
    /// What the Message-ID begins with; letters and digits, another for every report.
    pub id: &'a str,
}

pub struct Letter {
    pub(super) from: Address,
    pub(super) bytes: Vec<u8>,
}

impl Letter {
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The most characters of a subject.
const SUBJECT: usize = 150;

pub fn letter(mail: &Mail, parts: &Parts<'_>) -> Result<Letter, Plain> {
    let wrong = |what: &str| Plain::from(format!("no mailbox: {what}"));
    let from: Mailbox = mail.from.parse().map_err(|_| wrong(&mail.from))?;
    let sent = UNIX_EPOCH + Duration::from_millis(parts.at.0.max(0).unsigned_abs());
    let mut builder = Message::builder()
        .from(from.clone())
        .subject(subject(parts.subject))
        .date(sent)
        .message_id(Some(format!("<{}@{}>", parts.id, from.email.domain())))
        // No holiday notice comes back to it.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    for to in &mail.to {
        builder = builder.to(to.parse().map_err(|_| wrong(to))?);
    }
    let (name, html) = parts.attached;
    let file = Attachment::new(name.to_owned()).body(html.to_owned(), ContentType::TEXT_HTML);
    let both = MultiPart::alternative_plain_html(parts.text.to_owned(), parts.html.to_owned());
    let message = builder.multipart(MultiPart::mixed().multipart(both).singlepart(file));
    let message = message.map_err(|error| Plain::from(format!("the mail cannot be written: {error}")))?;
    Ok(Letter { from: from.email, bytes: message.formatted() })
}

/// One line, and short enough for every mail client.
fn subject(text: &str) -> String {
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(SUBJECT) {
        Some(_) => words.chars().take(SUBJECT - 1).chain(['…']).collect(),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::target::Encryption;

    fn mail() -> Mail {
        Mail {
            server: "localhost".to_owned(),
            port: 25,
            encryption: Encryption::None,
            login: None,
            from: "a360 <a360@example.org>".to_owned(),
            to: vec!["Mära <mara@example.org>".to_owned(), "shop@example.org".to_owned()],
            ca_file: None,
            timeout: Duration::from_secs(1),
        }
    }

    fn written(subject: &str) -> String {
        let parts = Parts {
            subject,
            text: ".\r\nfrom here\n–",
            html: "<p>–</p>",
            attached: ("a360-prod.html", "<p>full</p>"),
            at: Timestamp(1_795_442_607_000),
            id: "r1",
        };
        String::from_utf8(letter(&mail(), &parts).unwrap().bytes).unwrap()
    }

    fn head(text: &str) -> Vec<String> {
        let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", "");
        head.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn the_headers_are_those_of_a_mail_that_a_program_sends() {
        let text = written("CRITICAL: shop");
        let head = head(&text);
        for line in [
            "Subject: CRITICAL: shop",
            "Date: Mon, 23 Nov 2026 14:03:27 +0000",
            "Message-ID: <r1@example.org>",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(head.iter().any(|there| there == line), "{line}\n{head:#?}");
        }
        assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 998));
        assert!(text.contains("multipart/alternative") && text.contains("filename=\"a360-prod.html\""), "{text}");
    }

    #[test]
    fn a_subject_stays_one_header_of_bounded_length() {
        for hostile in ["a\r\nBcc: evil@example.org", "a\nX: y\0\x1b[2J", "–\r\n\r\n<script>"] {
            let text = written(hostile);
            let head = head(&text);
            assert!(!head.iter().any(|line| line.starts_with("Bcc") || line.starts_with("X:")), "{head:#?}");
            assert!(text.lines().filter(|line| line.starts_with("Subject:")).count() == 1);
        }
        assert_eq!(subject(&"x".repeat(10_000)).chars().count(), SUBJECT);
        assert_eq!(subject(" a \r\n b "), "a b");
    }
}
