//! The same frame with its literals streamed: nothing of them is collected, and the rest is the same.

use std::fmt::Debug;

use bytes::BytesMut;
use mailwire_imap::frame::{Event, Frame, Framer};

/// Whether the literals of a value that are contents of messages can be streamed.
///
/// `framer` collects no literal, `read` gives what can be read of a frame, `value` is what all of it says.
pub(crate) fn check<T: Debug>(
    mut framer: Framer,
    octets: &[u8],
    value: &T,
    read: impl Fn(Frame) -> Result<T, String>,
) -> Result<(), String> {
    let contents = contents(value);
    let mut input = BytesMut::from(octets);
    let (mut lengths, mut chunks, mut heads, mut last) = (Vec::new(), 0, Vec::new(), None);
    while let Some(event) = framer.next_event(&mut input).map_err(|error| error.to_string())? {
        match event {
            Event::Literal(literal) if literal.is_streamed() => {
                lengths.push(literal.length());
                heads.push(literal.head().clone());
            }
            Event::Chunk(chunk) => chunks += chunk.len() as u64,
            Event::Frame(frame) => last = Some(frame),
            _ => {}
        }
    }
    // Other strings that are literals cannot be read without their octets.
    if contents.iter().filter(|length| **length > 0).count() != lengths.len() {
        return Ok(());
    }
    if chunks != lengths.iter().sum::<u64>() {
        return Err(format!("{chunks} octets are streamed of literals with {lengths:?}"));
    }
    for (index, head) in heads.into_iter().enumerate() {
        let value = read(head).map_err(|error| format!("a head cannot be read: {error}"))?;
        if streamed(&value) != lengths[..=index] {
            return Err(format!("the head of literal {index} is {value:?}"));
        }
    }
    let value = read(last.ok_or("there is no frame at the end")?)?;
    if streamed(&value) != lengths {
        return Err(format!("with {lengths:?} octets streamed it is {value:?}"));
    }
    Ok(())
}

/// The lengths of all contents that are at hand: an escaped octet may count for more than one.
fn contents(value: &impl Debug) -> Vec<usize> {
    let text = format!("{value:?}");
    text.match_indices("Octets(\"")
        .map(|(place, name)| text[place + name.len()..].find("\")").unwrap_or(0))
        .collect()
}

/// The lengths of all contents that were streamed.
fn streamed(value: &impl Debug) -> Vec<u64> {
    let text = format!("{value:?}");
    let number = |(place, name): (usize, &str)| {
        let digits = text[place + name.len()..].chars().take_while(char::is_ascii_digit).collect::<String>();
        digits.parse().unwrap_or(u64::MAX)
    };
    text.match_indices("Streamed(").map(number).collect()
}
