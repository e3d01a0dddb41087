//! One source's table: its address, who we are there, TLS, limits. Secrets are named, never written.

use std::time::Duration;

use toml::de::DeValue;

use super::bytes;
use super::mistake::Mistake;
use super::section::{Entry, Section};
use super::ui::within;
use super::url::check_url;
use crate::model::endpoint::{Auth, Endpoint, HeaderValue, Proxy, Secret, Tls};
use crate::time::{MINUTE, SECOND};

pub(super) const KEYS: [&str; 14] = [
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
    "max_answer",
    "concurrency",
];

pub(super) const INSTEAD: &str =
    "write { env = \"NAME\" }, { file = \"PATH\" } or { command = [\"PROGRAM\", \"ARGUMENT\"] }";

type Read<T> = Result<T, Mistake>;

/// Reads `[contexts.NAME.prometheus]`.
pub fn read(section: &Section<'_>) -> Read<Endpoint> {
    read_beside(section, &[])
}

/// Reads an endpoint from a table that has other keys as well.
pub fn read_beside(section: &Section<'_>, others: &[&str]) -> Read<Endpoint> {
    section.only(&[&KEYS, others].concat())?;
    let url = section.read("url", check_url)?;
    below(section, &url.ok_or_else(|| no_url(section))?)
}

/// Reads `[contexts.NAME.alertmanager]`: several servers that stand for each other differ only in their address.
pub fn read_several(section: &Section<'_>) -> Read<Vec<Endpoint>> {
    section.only(&KEYS)?;
    let entry = section.get("url").ok_or_else(|| no_url(section))?;
    let which = |number: usize| match entry.value.is_array() {
        true => format!("holds as number {number} an address that "),
        false => String::new(),
    };
    let mut urls: Vec<String> = Vec::new();
    for (place, text) in section.texts(&entry)?.into_iter().enumerate() {
        let url = check_url(text).map_err(|why| section.wrong(&entry, &format!("{}{why}", which(place + 1))))?;
        if urls.contains(&url) {
            return Err(section.wrong(&entry, "names one address twice; each server of a pair has its own"));
        }
        urls.push(url);
    }
    if urls.is_empty() {
        return Err(section.wrong(&entry, "is an empty list; write the address of each server"));
    }
    urls.iter().map(|url| below(section, url)).collect()
}

fn no_url(section: &Section<'_>) -> Mistake {
    section.mistake(&format!("[{}] has no `url`; add url = \"http://HOST:PORT\"", section.name))
}

/// All but the address.
pub(super) fn below(section: &Section<'_>, url: &str) -> Read<Endpoint> {
    let mut endpoint = Endpoint::new(url);
    endpoint.auth = auth(section)?;
    endpoint.headers = headers(section)?;
    endpoint.tls = tls(section)?;
    endpoint.proxy = section.read("proxy", proxy)?.unwrap_or_default();
    if let Some(time) = timeout(section, "connect_timeout", MINUTE)? {
        endpoint.connect_timeout = time;
    }
    if let Some(time) = timeout(section, "timeout", 10 * MINUTE)? {
        endpoint.timeout = time;
    }
    endpoint.max_answer = section.read("max_answer", max_answer)?.unwrap_or(endpoint.max_answer);
    endpoint.concurrency = concurrency(section)?.unwrap_or(endpoint.concurrency);
    Ok(endpoint)
}

fn auth(section: &Section<'_>) -> Read<Auth> {
    let username = section.text("username")?;
    let password = secret(section, "password")?;
    let token = secret(section, "token")?;
    let named = |key: &str, text: &str| match section.get(key) {
        Some(entry) => section.wrong(&entry, text),
        None => section.mistake(text),
    };
    match (username, password, token) {
        (None, None, None) => Ok(Auth::None),
        (None, None, Some(token)) => Ok(Auth::Bearer(token)),
        (Some(username), Some(password), None) if !username.is_empty() && !username.contains(':') => {
            Ok(Auth::Basic { username: username.to_owned(), password })
        }
        (Some(_), Some(_), None) => Err(named("username", "must not be empty nor hold a colon")),
        (Some(_), None, None) => Err(named("username", &format!("stands without `password`; {INSTEAD} for it"))),
        (None, Some(_), None) => Err(named("password", "stands without `username`; add it, or call this `token`")),
        (_, _, Some(_)) => Err(named("token", "stands beside `username` or `password`; keep the one or the other")),
    }
}

pub(super) fn secret(section: &Section<'_>, key: &str) -> Read<Option<Secret>> {
    section.get(key).map(|entry| secret_of(section, &entry)).transpose()
}

fn secret_of(section: &Section<'_>, entry: &Entry<'_>) -> Read<Secret> {
    if !entry.value.is_table() {
        return Err(section.wrong(entry, &format!("must not hold the secret itself; {INSTEAD}")));
    }
    let place = section.enter(entry)?;
    place.only(&["env", "file", "command"])?;
    let [place_of] = place.entries()[..] else {
        return Err(section.wrong(entry, &format!("must say one place for the secret; {INSTEAD}")));
    };
    match place_of.key {
        "env" => match place.text_of(&place_of)? {
            "" => Err(place.wrong(&place_of, "is empty; write the name of an environment variable")),
            name if name.contains(['=', '\0', '$']) => {
                Err(place.wrong(&place_of, "must be the bare name of a variable, without $ or ="))
            }
            name => Ok(Secret::Env(name.to_owned())),
        },
        "file" => {
            let path = section.file.resolve(place.text_of(&place_of)?);
            path.map(Secret::File).map_err(|why| place.explain(&place_of, &why))
        }
        _ => command(&place, &place_of).map(Secret::Command),
    }
}

fn command(place: &Section<'_>, entry: &Entry<'_>) -> Read<Vec<String>> {
    let wrong =
        || place.wrong(entry, "must be a list of program and arguments, such as [\"pass\", \"show\", \"prom\"]");
    if !entry.value.is_array() {
        return Err(wrong());
    }
    let mut words: Vec<String> = place.texts(entry)?.into_iter().map(str::to_owned).collect();
    let program = words.first_mut().filter(|program| !program.is_empty()).ok_or_else(wrong)?;
    // A bare name is looked up in $PATH; anything else is a path like the others of this file.
    if program.contains('/') {
        let path = place.file.resolve(program).map_err(|why| place.explain(entry, &why))?;
        *program = path.to_string_lossy().into_owned();
    }
    Ok(words)
}

fn headers(section: &Section<'_>) -> Read<Vec<(String, HeaderValue)>> {
    let Some(table) = section.section("headers")? else { return Ok(Vec::new()) };
    let mut headers: Vec<(String, HeaderValue)> = Vec::new();
    for entry in table.entries() {
        if entry.key.is_empty() || !entry.key.bytes().all(is_token) {
            return Err(table.wrong(&entry, "is no name of a header; write letters, digits and -"));
        }
        if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(entry.key)) {
            return Err(table.wrong(&entry, "stands twice; names of headers do not tell A from a"));
        }
        headers.push((entry.key.to_owned(), header(&table, &entry)?));
    }
    Ok(headers)
}

fn header(table: &Section<'_>, entry: &Entry<'_>) -> Read<HeaderValue> {
    match entry.value {
        DeValue::Table(_) => secret_of(table, entry).map(HeaderValue::Secret),
        _ if is_secret(entry.key) => secret_of(table, entry).map(HeaderValue::Secret),
        _ => {
            let text = table.text_of(entry)?;
            if looks_secret(text) {
                return secret_of(table, entry).map(HeaderValue::Secret);
            }
            if text.chars().any(char::is_control) {
                return Err(table.wrong(entry, "holds a control character; a header is one line of text"));
            }
            Ok(HeaderValue::Text(text.to_owned()))
        }
    }
}

/// What RFC 9110 allows in a header's name.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Headers that by their name carry a secret, as `X-Api-Key` and `X-Auth-Token` do, and `X-Author` does not.
fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 9] =
        ["auth", "key", "jwt", "credential", "credentials", "session", "signature", "bearer", "pass"];
    const PARTS: [&str; 6] = ["authorization", "cookie", "apikey", "token", "secret", "password"];
    let name = name.to_ascii_lowercase();
    name.split(['-', '_', '.']).any(|word| WORDS.contains(&word)) || PARTS.iter().any(|part| name.contains(part))
}

/// A value that says itself what it is, whatever its header is called.
fn looks_secret(value: &str) -> bool {
    let value = value.trim_start().to_ascii_lowercase();
    ["bearer ", "basic ", "apikey ", "token "].iter().any(|scheme| value.starts_with(scheme))
}

fn tls(section: &Section<'_>) -> Read<Tls> {
    let path = |key: &str| section.read(key, |text| section.file.resolve(text));
    let tls = Tls {
        ca_file: path("ca_file")?,
        cert_file: path("cert_file")?,
        key_file: path("key_file")?,
        insecure: section.flag("insecure")?.unwrap_or(false),
    };
    for (key, other, given, missing) in [
        ("cert_file", "key_file", &tls.cert_file, &tls.key_file),
        ("key_file", "cert_file", &tls.key_file, &tls.cert_file),
    ] {
        if let (Some(entry), true, None) = (section.get(key), given.is_some(), missing) {
            return Err(section.wrong(&entry, &format!("stands without `{other}`; a client certificate needs both")));
        }
    }
    Ok(tls)
}

fn proxy(text: &str) -> Result<Proxy, String> {
    match text {
        "environment" => Ok(Proxy::Environment),
        "none" => Ok(Proxy::None),
        url if url.contains('@') => {
            Err("must not hold a user name or password; put the address into HTTPS_PROXY and leave `proxy` out"
                .to_owned())
        }
        url => match check_url(url) {
            Ok(url) => Ok(Proxy::Url(url)),
            Err(why) => Err(format!("{why}; or environment, or none")),
        },
    }
}

pub(super) fn timeout(section: &Section<'_>, key: &str, most: i64) -> Read<Option<Duration>> {
    let ms = section.duration(key, |ms| within(ms, SECOND / 10, most))?;
    Ok(ms.map(|ms| Duration::from_millis(ms.unsigned_abs())))
}

fn max_answer(text: &str) -> Result<u64, String> {
    match bytes::parse(text)? {
        size if size <= 1 << 30 => Ok(size),
        _ => Err(format!("`{text}` is too much to hold in memory; write at most 1GiB")),
    }
}

fn concurrency(section: &Section<'_>) -> Read<Option<usize>> {
    const MOST: usize = 64;
    let Some(entry) = section.get("concurrency") else { return Ok(None) };
    let whole = entry.value.as_integer().and_then(|n| usize::from_str_radix(n.as_str(), n.radix()).ok());
    let good = whole.filter(|n| (1..=MOST).contains(n));
    good.map(Some).ok_or_else(|| section.wrong(&entry, &format!("must be a whole number from 1 to {MOST}")))
}
