//! As much JSON ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)) as an error of a server needs.

use alloc::string::String;
use core::{iter::Peekable, str::Chars};

/// The member `name` of the outermost object, as text: a string's characters, or a number or literal as written.
///
/// Tolerant: it finds the member also in what is not quite JSON, and nested values are passed over.
pub(super) fn member(json: &str, name: &str) -> Option<String> {
    let mut chars = json.chars().peekable();
    let mut depth = 0_usize;
    while let Some(c) = chars.next() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.checked_sub(1)?,
            '"' => {
                let key = string(&mut chars)?;
                skip_space(&mut chars);
                if depth == 1 && key == name && chars.next_if_eq(&':').is_some() {
                    skip_space(&mut chars);
                    return value(&mut chars);
                }
            }
            _ => {}
        }
    }
    None
}

fn value(chars: &mut Peekable<Chars<'_>>) -> Option<String> {
    if chars.next_if_eq(&'"').is_some() {
        return string(chars);
    }
    let mut word = String::new();
    while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')) {
        word.push(c);
    }
    Some(word).filter(|word| !word.is_empty() && word != "null")
}

/// The rest of a string, after its first quotation mark.
fn string(chars: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match chars.next()? {
            '"' => return Some(text),
            '\\' => text.push(escaped(chars)?),
            c => text.push(c),
        }
    }
}

/// What follows a backslash. Half of a surrogate pair becomes U+FFFD.
fn escaped(chars: &mut Peekable<Chars<'_>>) -> Option<char> {
    match chars.next()? {
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'u' => {
            let mut code = 0;
            for _ in 0..4 {
                code = code * 16 + chars.next()?.to_digit(16)?;
            }
            Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
        }
        c => Some(c),
    }
}

fn skip_space(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(char::is_ascii_whitespace).is_some() {}
}
