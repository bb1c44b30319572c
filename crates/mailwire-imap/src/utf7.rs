//! Modified UTF-7, the wire form of mailbox names without UTF8=ACCEPT.
//!
//! Printable ASCII stands for itself, `&` is `&-`, and everything else is UTF-16 in base64 with `,` in place of `/`,
//! between `&` and `-`. A name has exactly one form
//! ([RFC 3501 section 5.1.3](https://www.rfc-editor.org/rfc/rfc3501#section-5.1.3)).

use alloc::{string::String, vec::Vec};

/// The wire form of `name`.
///
/// ```
/// use mailwire_imap::utf7;
///
/// assert_eq!(utf7::encode("Entwürfe & mehr"), "Entw&APw-rfe &- mehr");
/// ```
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let is_plain = |c: char| matches!(c, ' '..='~');
        let end = rest.find(|c| is_plain(c) != is_plain(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if is_plain(first) {
            for c in run.chars() {
                out.push(c);
                if c == '&' {
                    out.push('-');
                }
            }
        } else {
            out.push('&');
            encode_run(run, &mut out);
            out.push('-');
        }
        rest = after;
    }
    out
}

fn encode_run(run: &str, out: &mut String) {
    let (mut bits, mut count) = (0_u32, 0_u32);
    let mut put =
        |value: u32| out.push(char::from(BASE64.get(value as usize & 63).copied().unwrap_or_default()));
    for unit in run.encode_utf16() {
        bits = bits << 16 | u32::from(unit);
        count += 16;
        while count >= 6 {
            count -= 6;
            put(bits >> count);
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        put(bits << (6 - count));
    }
}

/// The name whose wire form is `wire`, or nothing if no name has this form.
///
/// ```
/// use mailwire_imap::utf7;
///
/// assert_eq!(utf7::decode(b"Entw&APw-rfe &- mehr").as_deref(), Some("Entwürfe & mehr"));
/// assert_eq!(utf7::decode(b"&AGE-"), None); // this would be another form of "a"
/// ```
pub fn decode(wire: &[u8]) -> Option<String> {
    let mut out = String::with_capacity(wire.len());
    let mut rest = wire;
    let mut after_run = false;
    while let Some((first, after)) = rest.split_first() {
        if *first != b'&' {
            if !matches!(first, b' '..=b'~') {
                return None;
            }
            out.push(char::from(*first));
            (rest, after_run) = (after, false);
            continue;
        }
        let end = after.iter().position(|octet| *octet == b'-')?;
        let (run, tail) = after.split_at_checked(end)?;
        if run.is_empty() {
            out.push('&');
            after_run = false;
        } else if after_run {
            // Two runs side by side would have been one.
            return None;
        } else {
            decode_run(run, &mut out)?;
            after_run = true;
        }
        rest = tail.get(1..)?;
    }
    Some(out)
}

fn decode_run(run: &[u8], out: &mut String) -> Option<()> {
    let (mut bits, mut count, mut units) = (0_u32, 0_u32, Vec::with_capacity(run.len() / 2));
    for octet in run {
        bits = bits << 6 | u32::from(value_of(*octet)?);
        count += 6;
        if count >= 16 {
            count -= 16;
            units.push((bits >> count) as u16);
            bits &= (1 << count) - 1;
        }
    }
    // No more digits than needed, and the bits that are left are zero.
    if count >= 6 || bits != 0 {
        return None;
    }
    for c in char::decode_utf16(units) {
        let c = c.ok().filter(|c| !matches!(c, ' '..='~' | '\0'))?;
        out.push(c);
    }
    Some(())
}

fn value_of(octet: u8) -> Option<u8> {
    match octet {
        b'A'..=b'Z' => Some(octet - b'A'),
        b'a'..=b'z' => Some(octet - b'a' + 26),
        b'0'..=b'9' => Some(octet - b'0' + 52),
        b'+' => Some(62),
        b',' => Some(63),
        _ => None,
    }
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_ways() {
        for (name, wire) in [
            ("", ""),
            ("INBOX", "INBOX"),
            ("a&b", "a&-b"),
            ("&", "&-"),
            ("&&", "&-&-"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("ü&ü", "&APw-&-&APw-"),
            ("\u{1F600}", "&2D3eAA-"),
            ("tab\there", "tab&AAk-here"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire.as_bytes()).as_deref(), Some(name), "{wire}");
        }
    }

    #[test]
    fn a_name_has_one_form() {
        for wire in [
            &b"&"[..],
            b"&AAA",
            b"&AGE-",
            b"&2AA-",
            b"&3AA-",
            b"&AAAA-",
            b"&APx-",
            b"&APwA-",
            b"&APw-&APw-",
            b"&AP-",
            b"&U/BTFw-",
            b"a\xC3\xBC",
            b"a\tb",
            b"&A-",
            b"&!-",
            b"a\x7F",
            b"&2D0-",
        ] {
            assert_eq!(decode(wire), None, "{}", wire.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn any_name_comes_back(name in "[^\0]*") {
            prop_assert_eq!(decode(encode(&name).as_bytes()), Some(name));
        }

        #[test]
        fn what_can_be_read_is_written_the_same(wire in "[a-c&\\-AGw,+P2DeU ]{0,12}") {
            if let Some(name) = decode(wire.as_bytes()) {
                prop_assert_eq!(encode(&name), wire);
            }
        }
    }
}
