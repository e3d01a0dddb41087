//! Sizes as a person writes them: `512KiB`, `64MiB`, `1GiB`.

const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

pub fn parse(text: &str) -> Result<u64, String> {
    let bad = || format!("`{text}` is not a size; write 512KiB, 64MiB or 1GiB");
    let (count, unit) = UNITS.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit))).ok_or_else(bad)?;
    let count: u64 = count.trim().parse().map_err(|_| bad())?;
    count.checked_mul(*unit).filter(|bytes| *bytes > 0).ok_or_else(bad)
}

/// Exact, and readable by [`parse`].
pub fn format(bytes: u64) -> String {
    let unit = UNITS.iter().find(|(_, unit)| bytes.is_multiple_of(*unit)).unwrap_or(&UNITS[2]);
    format!("{}{}", bytes / unit.1, unit.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_round_trip() {
        for text in ["1KiB", "1536KiB", "64MiB", "4GiB"] {
            assert_eq!(format(parse(text).unwrap()), text);
        }
        assert_eq!(parse("64 MiB"), Ok(64 << 20));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "64", "MiB", "64MB", "-1MiB", "0MiB", "99999999999999GiB"] {
            assert!(parse(text).unwrap_err().contains("write 512KiB"), "{text}");
        }
    }
}
