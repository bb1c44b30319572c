//! What several fuzz targets share.
//!
//! Targets of the machines read their input as a script and a wire: one octet `n`, `n` octets of decisions, and then what
//! the peer sends. So a seed is a dialogue that can be read, and a mutation changes either side of it.

use arbitrary::Unstructured;

pub mod imap;

/// The decisions, and the octets of the peer.
pub fn script_and_wire(data: &[u8]) -> (Unstructured<'_>, &[u8]) {
    let (length, rest) = data.split_first().map_or((0, data), |(length, rest)| (usize::from(*length), rest));
    let (decisions, wire) = rest.split_at(length.min(rest.len()));
    (Unstructured::new(decisions), wire)
}

/// The line without its CRLF, of which there is one, at the end.
pub fn only_line(octets: &[u8]) -> &[u8] {
    let line = octets.strip_suffix(b"\r\n").unwrap_or_else(|| panic!("no CRLF: {}", octets.escape_ascii()));
    assert!(!line.contains(&b'\n'), "two lines: {}", octets.escape_ascii());
    line
}

/// The lines of `octets` without their CRLFs; there are none but whole ones, and no other line ends.
pub fn only_lines(octets: &[u8]) -> Vec<&[u8]> {
    let Some(rest) = octets.strip_suffix(b"\n") else {
        assert!(octets.is_empty(), "an unfinished line: {}", octets.escape_ascii());
        return Vec::new();
    };
    let line = |line: &'_ [u8]| line.len().checked_sub(1).filter(|end| line[*end] == b'\r');
    rest.split(|octet| *octet == b'\n')
        .map(|octets| match line(octets) {
            Some(end) => &octets[..end],
            None => panic!("a bare line feed: {}", octets.escape_ascii()),
        })
        .collect()
}

/// Parts of `octets` with these sizes, then the rest.
pub fn chunks<'a>(mut octets: &'a [u8], sizes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut sizes = sizes.iter().map(|size| usize::from(*size));
    std::iter::from_fn(move || {
        if octets.is_empty() {
            return None;
        }
        let size = sizes.next().unwrap_or(octets.len()).min(octets.len());
        let (chunk, rest) = octets.split_at(size);
        octets = rest;
        Some(chunk)
    })
}
