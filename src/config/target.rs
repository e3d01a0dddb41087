//! `[targets.NAME]`: where a report can be sent. Who may read what is sent there is for the reader of the config to
//! decide, so an address that is a secret is only named, and nothing goes out in clear text but to this machine.

use std::net::IpAddr;
use std::time::Duration;

use lettre::message::Mailbox;

use super::endpoint::{INSTEAD, below, secret, timeout};
use super::mistake::Mistake;
use super::section::{Entry, Section};
use super::url::check_url;
use super::watch;
use crate::model::endpoint::{Endpoint, Secret};
use crate::model::format::Format;
use crate::model::target::{Encryption, Folder, Hook, Mail, Target, Way};
use crate::text::nearest::did_you_mean;
use crate::time::MINUTE;

pub(super) const SLACK: [&str; 6] = ["kind", "url", "proxy", "ca_file", "connect_timeout", "timeout"];
pub(super) const WEBHOOK: [&str; 13] = [
    "kind",
    "url",
    "username",
    "password",
    "token",
    "headers",
    "ca_file",
    "cert_file",
    "key_file",
    "insecure",
    "proxy",
    "connect_timeout",
    "timeout",
];
pub(super) const EMAIL: [&str; 10] =
    ["kind", "server", "port", "tls", "username", "password", "from", "to", "ca_file", "timeout"];
pub(super) const FILE: [&str; 3] = ["kind", "folder", "formats"];

const KINDS: [&str; 4] = ["slack", "email", "webhook", "file"];
const ENCRYPTIONS: [Encryption; 3] = [Encryption::StartTls, Encryption::Tls, Encryption::None];
/// A server that looks into its mails before it takes them in may need this long.
const MAIL_TIMEOUT: Duration = Duration::from_secs(60);
/// The most mailboxes of one target: more are a mailing list, and belong to the mail server.
const MOST_MAILBOXES: usize = 50;

type Read<T> = Result<T, Mistake>;

/// Reads `[targets]`.
pub fn read_all(section: &Section<'_>) -> Read<Vec<Target>> {
    section.entries().iter().map(|entry| target(section, entry)).collect()
}

fn target(parent: &Section<'_>, entry: &Entry<'_>) -> Read<Target> {
    let name = target_name(entry.key).map_err(|why| parent.explain(entry, &why))?;
    let section = parent.enter(entry)?;
    let kind = section.read("kind", |text| {
        let hint = did_you_mean(text, KINDS.into_iter(), "write one of");
        KINDS.into_iter().find(|kind| *kind == text).ok_or_else(|| format!("`{text}` is no kind of target{hint}"))
    })?;
    let way = match kind {
        Some("slack") => Way::Slack(slack(&section)?),
        Some("email") => Way::Email(email(&section)?),
        Some("webhook") => Way::Webhook(webhook(&section)?),
        Some(_) => Way::File(folder(&section)?),
        None => {
            let kinds = KINDS.join(", ");
            return Err(section.mistake(&format!("[{}] has no `kind`; write one of: {kinds}", section.name)));
        }
    };
    Ok(Target { name, way })
}

/// `--send` takes several with commas between them.
fn target_name(text: &str) -> Result<String, String> {
    match watch::name(text)? {
        name if name.contains(',') => Err("must not hold a comma, which stands between several targets".to_owned()),
        name => Ok(name),
    }
}

fn slack(section: &Section<'_>) -> Read<Hook> {
    section.only(&SLACK)?;
    let address = secret(section, "url")?;
    let mend = format!("[{}] has no `url`; {INSTEAD}: whoever knows the address can post there", section.name);
    let address = address.ok_or_else(|| section.mistake(&mend))?;
    Ok(Hook { address: Some(address), endpoint: below(section, "")? })
}

fn webhook(section: &Section<'_>) -> Read<Hook> {
    section.only(&WEBHOOK)?;
    let mend = || format!("[{}] has no `url`; add url = \"https://HOST/PATH\", or {INSTEAD}", section.name);
    let entry = section.get("url").ok_or_else(|| section.mistake(&mend()))?;
    if entry.value.is_table() {
        return Ok(Hook { address: secret(section, "url")?, endpoint: below(section, "")? });
    }
    let url = section.text_of(&entry)?;
    if url.contains('?') {
        let text = format!("holds a query, which is often a secret; for such an address {INSTEAD}");
        return Err(section.wrong(&entry, &text));
    }
    check_url(url).map_err(|why| section.explain(&entry, &why))?;
    // As it was written: to whoever takes it, an address with a slash at its end can be another one.
    Ok(Hook { address: None, endpoint: Endpoint { url: url.to_owned(), ..below(section, url)? } })
}

fn email(section: &Section<'_>) -> Read<Mail> {
    section.only(&EMAIL)?;
    let server = needed(section, "server", host, "server = \"smtp.example.org\"")?;
    let encryption = encryption(section, &server)?;
    let to = needed_entry(section, "to", "to = [\"oncall@example.org\"]")?;
    let mut recipients: Vec<String> = Vec::new();
    for text in section.texts(&to)? {
        let mailbox = mailbox(text).map_err(|why| section.explain(&to, &why))?;
        if recipients.contains(&mailbox) {
            return Err(section.wrong(&to, &format!("names {mailbox} twice; leave one out")));
        }
        recipients.push(mailbox);
    }
    if recipients.is_empty() || recipients.len() > MOST_MAILBOXES {
        return Err(section.wrong(&to, &format!("must name 1 to {MOST_MAILBOXES} mailboxes")));
    }
    Ok(Mail {
        port: port(section)?.unwrap_or_else(|| encryption.port()),
        encryption,
        login: login(section)?,
        from: needed(section, "from", mailbox, "from = \"a360@example.org\"")?,
        to: recipients,
        ca_file: section.read("ca_file", |text| section.file.resolve(text))?,
        timeout: timeout(section, "timeout", 10 * MINUTE)?.unwrap_or(MAIL_TIMEOUT),
        server,
    })
}

fn needed_entry<'a>(section: &Section<'a>, key: &str, example: &str) -> Read<Entry<'a>> {
    section.get(key).ok_or_else(|| section.mistake(&format!("[{}] has no `{key}`; add {example}", section.name)))
}

fn needed<T>(section: &Section<'_>, key: &str, read: impl Fn(&str) -> Result<T, String>, example: &str) -> Read<T> {
    let entry = needed_entry(section, key, example)?;
    read(section.text_of(&entry)?).map_err(|why| section.explain(&entry, &why))
}

fn host(text: &str) -> Result<String, String> {
    let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let is_name = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
    match inside.parse::<IpAddr>().is_ok() || is_name {
        true => Ok(inside.to_owned()),
        false => Err("is no host; write its name or address alone, and the port as `port`".to_owned()),
    }
}

fn encryption(section: &Section<'_>, server: &str) -> Read<Encryption> {
    let words = || ENCRYPTIONS.into_iter().map(Encryption::word);
    let chosen = section.read("tls", |text| {
        let hint = did_you_mean(text, words(), "write one of");
        let found = ENCRYPTIONS.into_iter().find(|encryption| encryption.word() == text);
        found.ok_or_else(|| format!("`{text}` is no way to encrypt{hint}"))
    })?;
    match (chosen.unwrap_or(Encryption::StartTls), section.get("tls")) {
        (Encryption::None, Some(entry)) if !is_loopback(server) => Err(section.wrong(
            &entry,
            "would send the report in clear text; none is only for this machine, write starttls or tls",
        )),
        (encryption, _) => Ok(encryption),
    }
}

fn is_loopback(server: &str) -> bool {
    server.eq_ignore_ascii_case("localhost") || server.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn port(section: &Section<'_>) -> Read<Option<u16>> {
    let Some(entry) = section.get("port") else { return Ok(None) };
    let whole = entry.value.as_integer().and_then(|n| u16::from_str_radix(n.as_str(), n.radix()).ok());
    let good = whole.filter(|port| *port > 0);
    good.map(Some).ok_or_else(|| section.wrong(&entry, "must be a whole number from 1 to 65535"))
}

fn login(section: &Section<'_>) -> Read<Option<(String, Secret)>> {
    let name = |text: &str| match text {
        "" => Err("is empty; leave it out with `password` where nobody signs in".to_owned()),
        name if name.chars().any(char::is_control) => Err("holds a control character".to_owned()),
        name => Ok(name.to_owned()),
    };
    match (section.read("username", name)?, secret(section, "password")?) {
        (Some(username), Some(password)) => Ok(Some((username, password))),
        (None, None) => Ok(None),
        (Some(_), None) => {
            let entry = needed_entry(section, "username", "")?;
            Err(section.wrong(&entry, &format!("stands without `password`; {INSTEAD} for it")))
        }
        (None, Some(_)) => {
            let entry = needed_entry(section, "password", "")?;
            Err(section.wrong(&entry, "stands without `username`; add it"))
        }
    }
}

/// `NAME <ADDRESS>` or an address alone.
fn mailbox(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is no mailbox; write oncall@example.org or On-call <oncall@example.org>");
    if text.chars().any(char::is_control) {
        return Err(wrong());
    }
    let mailbox: Mailbox = text.trim().parse().map_err(|_| wrong())?;
    // Only some servers take others, and none says so before the report is due.
    if !AsRef::<str>::as_ref(&mailbox.email).is_ascii() {
        return Err(format!("`{text}` has an address beyond ASCII; write its domain as xn--…"));
    }
    Ok(text.trim().to_owned())
}

fn folder(section: &Section<'_>) -> Read<Folder> {
    section.only(&FILE)?;
    let path = needed(section, "folder", |text| section.file.resolve(text), "folder = \"~/reports\"")?;
    let formats = section.get("formats").map(|entry| formats(section, &entry)).transpose()?;
    Ok(Folder { path, formats: formats.unwrap_or_else(|| vec![Format::Html, Format::Json]) })
}

/// One format or a list of them, each once.
pub(super) fn formats(section: &Section<'_>, entry: &Entry<'_>) -> Read<Vec<Format>> {
    let mut formats = Vec::new();
    for text in section.texts(entry)? {
        let format = Format::read(text).map_err(|why| section.explain(entry, &why))?;
        if formats.contains(&format) {
            return Err(section.wrong(entry, &format!("names {text} twice; leave one out")));
        }
        formats.push(format);
    }
    match formats.is_empty() {
        true => Err(section.wrong(entry, "is an empty list; name a format, such as \"html\"")),
        false => Ok(formats),
    }
}
