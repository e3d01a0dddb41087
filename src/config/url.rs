//! The address of a source: checked before anything is sent to it, so that the mend is named while it is cheap.

use std::net::Ipv6Addr;

/// The address without a slash at the end, or what is wrong with it. The address itself is not repeated: people
/// put passwords and tokens into it.
pub fn check_url(text: &str) -> Result<String, String> {
    let (scheme, rest) = text.split_once("://").ok_or_else(|| no_scheme(text))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = split_port(authority);
    let wrong = if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
        "has a scheme that is not spoken here; write http:// or https://"
    } else if authority.contains('@') {
        "holds a user name or password; take them out and set `username` and `password = { env = \"NAME\" }`"
    } else if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        "holds a blank or a control character; write http://HOST:PORT/PATH"
    } else if text.contains(['?', '#']) {
        "goes on after its path; leave out what begins with ? or #"
    } else if !host_is_good(host) {
        "names no host that can be; write http://HOST:PORT/PATH"
    } else if port.is_some_and(|port| port.parse::<u16>().map_or(true, |n| n == 0)) {
        "has a port that is not a number from 1 to 65535"
    } else {
        return Ok(text.trim_end_matches('/').to_owned());
    };
    Err(wrong.to_owned())
}

fn no_scheme(text: &str) -> String {
    let (host, port) = split_port(text.split('/').next().unwrap_or_default());
    // Only what is surely an address is repeated: it could be a password in the wrong place.
    let is_address = host_is_good(host) && port.is_none_or(|port| port.parse::<u16>().is_ok());
    let example = if is_address { text } else { "HOST:PORT" };
    format!("has no scheme; write http://{example} or https://{example}")
}

/// Host and port of `host:port` or `[::1]:port`.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn host_is_good(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inside) => inside.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_addresses_lose_only_their_last_slash() {
        for url in ["http://127.0.0.1:9090", "https://prom.example/a/b", "http://[::1]:9090", "HTTPS://Prom_1"] {
            assert_eq!(check_url(url).as_deref(), Ok(url));
            assert_eq!(check_url(&format!("{url}/")).as_deref(), Ok(url));
        }
    }

    #[test]
    fn bad_addresses_say_what_is_wrong() {
        let cases = [
            ("127.0.0.1:9090", "no scheme; write http://127.0.0.1:9090 or"),
            ("prom/api", "no scheme; write http://prom/api"),
            ("", "no scheme; write http://HOST:PORT"),
            ("me:secret@prom:9090", "no scheme; write http://HOST:PORT"),
            ("ftp://prom", "write http:// or https://"),
            ("http://", "no host"),
            ("http://:9090", "no host"),
            ("http://::1", "no host"),
            ("http://[::1", "no host"),
            ("http://prom:0", "port"),
            ("http://prom:", "port"),
            ("http://prom:99999", "port"),
            ("http://prom:90 90", "blank"),
            ("http://prom/?x=1", "goes on after its path"),
            ("http://prom#a", "goes on after its path"),
        ];
        for (url, part) in cases {
            let why = check_url(url).unwrap_err();
            assert!(why.contains(part), "{url}: {why}");
        }
    }

    #[test]
    fn credentials_are_refused_and_not_repeated() {
        for url in ["http://me:hunter2@prom", "https://hunter2@prom/x"] {
            assert!(check_url(url).unwrap_err().contains("take them out"), "{url}");
        }
        for url in
            ["http://me:hunter2@prom", "http://me:hunter2/x@prom", "http:/me:hunter2@prom", "me:hunter2", "hunter2@x"]
        {
            let why = check_url(url).unwrap_err();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}
