//! How the page looks, and what a browser may do with it.

pub const STYLE: &str = include_str!("style.css");

/// SHA-256 of the style, which is all that the page brings; a test keeps it true.
const HASH: &str = "P/DTIP9wQKTnaJUrwJ7pgr9idus/dTYIq69PjxRAOcQ=";

/// Nothing is loaded, nothing runs, and no style but ours applies: not even one that slipped in as an attribute.
pub fn policy() -> String {
    format!(
        "default-src &#39;none&#39;; style-src &#39;sha256-{HASH}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;

    #[test]
    fn the_policy_names_this_style() {
        let hash = TLS13_AES_128_GCM_SHA256.tls13().unwrap().common.hash_provider.hash(STYLE.as_bytes());
        assert_eq!(STANDARD.encode(hash.as_ref()), HASH);
    }

    #[test]
    fn the_style_loads_nothing_and_ends_nowhere() {
        for bad in ["url(", "@import", "@font-face", "</", "http"] {
            assert!(!STYLE.contains(bad), "{bad}");
        }
    }
}
