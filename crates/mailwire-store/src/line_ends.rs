use bytes::{BufMut as _, Bytes, BytesMut};
use memchr::memchr_iter;

/// `message` with CRLF at the end of each line, the last one included, where it had LF or nothing.
///
/// It is returned as it is, uncopied, if it is so already. An empty message stays empty.
///
/// ```
/// use mailwire_store::canonical;
///
/// assert_eq!(canonical("one\ntwo".into()), "one\r\ntwo\r\n");
/// ```
pub fn canonical(message: Bytes) -> Bytes {
    let ends = message.is_empty() || message.ends_with(b"\r\n");
    let is_bare = |end: usize| end.checked_sub(1).and_then(|before| message.get(before)) != Some(&b'\r');
    let bare = memchr_iter(b'\n', &message).filter(|end| is_bare(*end)).count();
    if ends && bare == 0 {
        return message;
    }
    let mut out = BytesMut::with_capacity(message.len() + bare + 2);
    let mut start = 0;
    for end in memchr_iter(b'\n', &message).filter(|end| is_bare(*end)) {
        out.put_slice(message.get(start..end).unwrap_or_default());
        out.put_slice(b"\r\n");
        start = end + 1;
    }
    out.put_slice(message.get(start..).unwrap_or_default());
    if !out.ends_with(b"\r\n") {
        out.put_slice(b"\r\n");
    }
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_ends_with_crlf() {
        for (message, expected) in [
            ("", ""),
            ("\n", "\r\n"),
            ("a", "a\r\n"),
            ("a\r\nb\r\n", "a\r\nb\r\n"),
            ("a\n\nb\r\n\n", "a\r\n\r\nb\r\n\r\n"),
            ("a\r", "a\r\r\n"),
            ("a\rb\n", "a\rb\r\n"),
        ] {
            assert_eq!(canonical(Bytes::from_static(message.as_bytes())), expected, "{message:?}");
        }
        let message = Bytes::from_static(b"a\r\n");
        assert_eq!(canonical(message.clone()).as_ptr(), message.as_ptr());
    }
}
