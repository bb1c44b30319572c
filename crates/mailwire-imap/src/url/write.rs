use alloc::{string::ToString as _, vec::Vec};

use super::{Access, Auth, Class, MailboxRef, Message, Query, Server, Target, Url, UrlAuth, is_plain};
use crate::{
    Octets,
    command::search::encode_program,
    encoder::{Abilities, Encoder, Part},
    section::Section,
};

/// `imapurl`, or the path alone if there is no server
pub(super) fn url(url: &Url) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(server) = &url.server {
        write_server(server, &mut out);
    }
    match &url.target {
        Target::List(reference, query) => {
            mailbox(reference, &mut out);
            if let Some(query) = query {
                out.push(b'?');
                percent(&search(query), Class::Path, &mut out);
            }
        }
        Target::Message(one) => message(one, &mut out),
        Target::Server => out.push(b'/'),
    }
    out
}

fn write_server(server: &Server, out: &mut Vec<u8>) {
    out.extend_from_slice(b"imap://");
    if let Some(user) = &server.user {
        percent(user, Class::User, out);
    }
    match &server.auth {
        Some(Auth::Any) => out.extend_from_slice(b";AUTH=*"),
        Some(Auth::Mechanism(name)) => {
            out.extend_from_slice(b";AUTH=");
            percent(name.as_bytes(), Class::User, out);
        }
        None => {}
    }
    if server.user.is_some() || server.auth.is_some() {
        out.push(b'@');
    }
    out.extend_from_slice(server.host.0.as_ref());
    if let Some(port) = server.port {
        out.push(b':');
        out.extend_from_slice(port.to_string().as_bytes());
    }
}

/// The name in UTF-8. A slash at its start would begin a server, and dots alone would be taken for a way up.
fn mailbox(reference: &MailboxRef, out: &mut Vec<u8>) {
    let name = reference.mailbox.name();
    for (index, segment) in name.split('/').enumerate() {
        match (index, segment) {
            (1, _) if name.starts_with('/') => out.extend_from_slice(b"%2F"),
            _ => out.push(b'/'),
        }
        match segment {
            "." => out.extend_from_slice(b"%2E"),
            ".." => out.extend_from_slice(b"%2E%2E"),
            segment => percent(segment.as_bytes(), Class::Path, out),
        }
    }
    if let Some(value) = reference.uid_validity {
        parameter(b";UIDVALIDITY=", u64::from(value.get()), out);
    }
}

fn message(message: &Message, out: &mut Vec<u8>) {
    mailbox(&message.mailbox, out);
    parameter(b"/;UID=", u64::from(message.uid.get()), out);
    if let Some(part) = &message.section {
        out.extend_from_slice(b"/;SECTION=");
        percent(&section(part), Class::Path, out);
    }
    if let Some(partial) = message.partial {
        parameter(b"/;PARTIAL=", partial.offset, out);
        if let Some(length) = partial.length {
            parameter(b".", length.get(), out);
        }
    }
    if let Some(auth) = &message.auth {
        url_auth(auth, out);
    }
}

fn url_auth(auth: &UrlAuth, out: &mut Vec<u8>) {
    if let Some(expire) = &auth.expire {
        out.extend_from_slice(b";EXPIRE=");
        out.extend_from_slice(expire.as_str().as_bytes());
    }
    out.extend_from_slice(b";URLAUTH=");
    let (name, user): (&[u8], Option<&Octets>) = match &auth.access {
        Access::Anonymous => (b"anonymous", None),
        Access::AuthUser => (b"authuser", None),
        Access::Submit(user) => (b"submit", Some(user)),
        Access::User(user) => (b"user", Some(user)),
        Access::Other(name, user) => (name.as_bytes(), user.as_ref()),
    };
    percent(name, Class::User, out);
    if let Some(user) = user {
        out.push(b'+');
        percent(user, Class::User, out);
    }
    if let Some(verifier) = &auth.verifier {
        out.push(b':');
        out.extend_from_slice(verifier.mechanism.as_bytes());
        out.push(b':');
        out.extend_from_slice(&verifier.token);
    }
}

fn parameter(name: &[u8], number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(name);
    out.extend_from_slice(number.to_string().as_bytes());
}

fn section(section: &Section) -> Vec<u8> {
    let octets = encoded(|out| section.encode(out));
    octets.strip_prefix(b"[").and_then(|octets| octets.strip_suffix(b"]")).unwrap_or_default().to_vec()
}

fn search(query: &Query) -> Vec<u8> {
    encoded(|out| encode_program(query.charset.as_deref(), &query.search, out))
}

/// What goes into a command, without waiting for anything.
fn encoded(write: impl FnOnce(&mut Encoder)) -> Vec<u8> {
    let mut out = Encoder::client(Abilities { utf8: false, ..Abilities::all() });
    write(&mut out);
    let parts = out.finish().unwrap_or_default();
    let octets =
        parts.iter().filter_map(|part| if let Part::Octets(octets) = part { Some(octets) } else { None });
    octets.flat_map(|octets| octets.iter().copied()).collect()
}

fn percent(octets: &[u8], class: Class, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    for octet in octets {
        if is_plain(*octet, class) {
            out.push(*octet);
        } else {
            out.extend_from_slice(&[b'%', digit(octet >> 4), digit(octet & 15)]);
        }
    }
}
