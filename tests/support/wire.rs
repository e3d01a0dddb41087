//! Reads requests as servers of tests do.

use std::io::{BufRead, BufReader, Read};

/// Request line and headers in lower case, and the body; nothing once the other side has gone.
pub fn request(stream: impl Read) -> Option<(String, Vec<u8>)> {
    // Not a byte of the next request is taken.
    let mut reader = BufReader::with_capacity(1, stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}
