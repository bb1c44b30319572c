use alloc::vec::Vec;

/// The URL that a reference means beside a base ([RFC 3986 section 5.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-5.2.2)).
/// Parameters are part of the path, and there are no fragments.
pub(super) fn resolve(base: &[u8], reference: &[u8]) -> Vec<u8> {
    if has_scheme(reference) {
        return reference.to_vec();
    }
    if reference.starts_with(b"//") {
        return [b"imap:", reference].concat();
    }
    let (authority, rest) = split_authority(base);
    let (base_path, base_query) = split_query(rest);
    let (path, query) = split_query(reference);
    if path.is_empty() {
        return [authority, base_path, if query.is_empty() { base_query } else { query }].concat();
    }
    let merged = if path.starts_with(b"/") {
        path.to_vec()
    } else {
        let end = memchr::memrchr(b'/', base_path).map_or(0, |slash| slash + 1);
        let start = base_path.get(..end).filter(|start| !start.is_empty()).unwrap_or(b"/");
        [start, path].concat()
    };
    [authority, &without_dots(&merged), query].concat()
}

/// Whether there is a scheme: a letter, then letters, digits, `+`, `-` and `.`, then a colon.
fn has_scheme(reference: &[u8]) -> bool {
    let is_part = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.');
    let scheme = memchr::memchr(b':', reference).and_then(|colon| reference.get(..colon)).unwrap_or_default();
    scheme.first().is_some_and(u8::is_ascii_alphabetic) && scheme.iter().all(is_part)
}

/// `imap://host`, and what follows it.
fn split_authority(url: &[u8]) -> (&[u8], &[u8]) {
    const START: usize = b"imap://".len();
    if url.first() == Some(&b'/') {
        return (b"", url);
    }
    let host = url.get(START..).unwrap_or_default();
    let end = START + host.iter().position(|octet| matches!(octet, b'/' | b'?')).unwrap_or(host.len());
    url.split_at_checked(end).unwrap_or((url, b""))
}

/// The path, and the query with its question mark.
fn split_query(url: &[u8]) -> (&[u8], &[u8]) {
    url.split_at_checked(memchr::memchr(b'?', url).unwrap_or(url.len())).unwrap_or((url, b""))
}

/// `remove_dot_segments` of a path that starts with a slash. A way up from a message leads to its mailbox, as
/// [RFC 5092 section 9.1](https://www.rfc-editor.org/rfc/rfc5092#section-9.1) has it: no slash is left then.
fn without_dots(path: &[u8]) -> Vec<u8> {
    let mut segments: Vec<&[u8]> = Vec::new();
    for segment in path.get(1..).unwrap_or_default().split(|octet| *octet == b'/') {
        match segment {
            b"." => {}
            b".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    [b"/", segments.join(&b'/').as_slice()].concat()
}
