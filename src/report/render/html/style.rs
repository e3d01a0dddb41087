//! How the page looks, and what a browser may do with it.

pub const STYLE: &str = include_str!("style.css");

/// SHA-256 of the style, which is all that the page brings; a test keeps it true.
const HASH: &str = "63WAOeEhpL6335vsjp+UiCAjkaGsYq/W0UMN0WOiDWc=";

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

    /// The colours of a theme by name, from the block that begins at `from`.
    fn colours(from: &str) -> Vec<(&str, f64)> {
        let block = STYLE.split(from).nth(1).unwrap().split('}').next().unwrap();
        let all = block.split(';').filter_map(|part| part.trim().strip_prefix("--")?.split_once(":#"));
        all.filter(|(_, hex)| hex.len() == 3 || hex.len() == 6).map(|(name, hex)| (name, luminance(hex))).collect()
    }

    fn luminance(hex: &str) -> f64 {
        let wide: String = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    #[test]
    fn all_text_stands_out_from_what_it_is_on_in_every_theme() {
        let words = ["ink", "dim", "critical", "warning", "notice", "calm", "unknown"];
        let letters = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"];
        for theme in
            [":root{color-scheme:light dark;", "(prefers-color-scheme:dark){:root{", ":root{color-scheme:light;"]
        {
            let colours = colours(theme);
            let find = |name: &str| colours.iter().find(|(held, _)| *held == name).unwrap().1;
            for ground in ["page", "card", "head"] {
                for name in words.iter().chain(&letters) {
                    let (a, b) = (find(name), find(ground));
                    let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                    assert!(contrast >= 4.5, "{name} on {ground} in {theme}: {contrast:.2}");
                }
            }
        }
    }
}
