//! Messages, and how a server tells of them.
#![allow(dead_code, reason = "each bench has this module and uses a part of it")]

/// A message of about `size` octets with two parts, as a server sends it and as it may lie in a Maildir.
pub(crate) fn message(number: usize, size: usize) -> Vec<u8> {
    let mut message = header(number);
    message.extend_from_slice(PLAIN_PART);
    message.extend_from_slice(PLAIN);
    message.extend_from_slice(HTML_PART);
    let line = LINE.iter().copied().cycle();
    let rest = size.saturating_sub(message.len() + END.len()) / LINE.len() * LINE.len();
    message.reserve_exact(rest + END.len());
    message.extend(line.take(rest));
    message.extend_from_slice(END);
    message
}

/// The FETCH response with `FLAGS` and `BODY[]` of such a message.
pub(crate) fn body_response(number: usize, size: usize, out: &mut Vec<u8>) {
    let message = message(number, size);
    let head =
        format!("* {number} FETCH (UID {number} FLAGS ({}) BODY[] {{{}}}\r\n", flags(number), message.len());
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(&message);
    out.extend_from_slice(b")\r\n");
}

/// The one with `FLAGS`, `ENVELOPE` and `BODYSTRUCTURE`.
pub(crate) fn structure_response(number: usize, size: usize, out: &mut Vec<u8>) {
    let html = message(number, size).len() - header(number).len();
    let html = html - PLAIN_PART.len() - PLAIN.len() - HTML_PART.len() - END.len();
    let ann = r#"(("Ann Example" NIL "ann" "example.org"))"#;
    let response = format!(
        "* {number} FETCH (UID {number} FLAGS ({flags}) \
         ENVELOPE (\"Mon, 2 Feb 2026 21:52:25 +0100\" \"{subject}\" {ann} {ann} {ann} \
         ((\"Bob Example\" NIL \"bob\" \"example.net\")(NIL NIL \"carol\" \"example.com\")) \
         ((NIL NIL \"list\" \"example.com\")) NIL \"<{before}.1@example.net>\" \"<{number}.1@example.org>\") \
         BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" {plain} 2 NIL NIL NIL NIL)\
         (\"text\" \"html\" (\"charset\" \"utf-8\") NIL NIL \"quoted-printable\" {html} {lines} NIL (\"inline\" NIL) NIL NIL) \
         \"alternative\" (\"boundary\" \"next-part\") NIL NIL NIL))\r\n",
        flags = flags(number),
        subject = subject(number),
        before = number - 1,
        plain = PLAIN.len(),
        lines = html / LINE.len(),
    );
    out.extend_from_slice(response.as_bytes());
}

fn header(number: usize) -> Vec<u8> {
    format!(
        "Return-Path: <ann@example.org>\r\nReceived: from mail.example.org by mx.example.net with ESMTPS id {number};\r\n\
         \tMon, 2 Feb 2026 21:52:27 +0100\r\nDate: Mon, 2 Feb 2026 21:52:25 +0100\r\nFrom: Ann Example <ann@example.org>\r\n\
         To: Bob Example <bob@example.net>, carol@example.com\r\nCc: list@example.com\r\nSubject: {}\r\n\
         In-Reply-To: <{}.1@example.net>\r\nMessage-ID: <{number}.1@example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=next-part\r\n\r\n",
        subject(number),
        number - 1
    )
    .into_bytes()
}

fn subject(number: usize) -> String {
    format!("Re: minutes of the meeting, draft {number}")
}

fn flags(number: usize) -> &'static str {
    match number % 3 {
        0 => "\\Answered \\Seen",
        1 => "\\Seen",
        _ => "\\Seen $Forwarded",
    }
}

const PLAIN_PART: &[u8] = b"--next-part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
const PLAIN: &[u8] = b"It was a bright cold day in April,\r\nand the clocks were striking.";
const HTML_PART: &[u8] =
    b"\r\n--next-part\r\nContent-Type: text/html; charset=utf-8\r\nContent-Disposition: inline\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\r\n";
const LINE: &[u8] = b"<p>It was a bright cold day in April, and the clocks were striking.</p>\r\n";
const END: &[u8] = b"\r\n--next-part--\r\n";
