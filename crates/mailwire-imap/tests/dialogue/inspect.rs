//! Looks for what a value holds that nobody has registered, or that could not be read.

use mailwire_imap::{
    Capabilities,
    capability::Capability,
    command::{Body, Command},
    list::Attribute,
    response::{Data, Response},
    response_code::Code,
};

/// What of a command is unknown.
pub(crate) fn unknown_in_command(command: &Command) -> Option<String> {
    match &command.body {
        // A client may try what nobody has registered.
        Body::Enable(list) => unknown_capability(&list.without("X-GOOD-IDEA")),
        _ => unknown_variant(&format!("{command:?}")),
    }
}

/// What of a response is unknown.
pub(crate) fn unknown_in_response(response: &Response) -> Option<String> {
    let found = match response {
        Response::Data(Data::Capability(list) | Data::Enabled(list)) => unknown_capability(list),
        Response::Data(Data::Status(status)) | Response::Tagged(_, status) => match &status.code {
            Some(Code::Capability(list)) => unknown_capability(list),
            _ => None,
        },
        Response::Data(Data::List(list) | Data::Lsub(list) | Data::Xlist(list)) => list
            .attributes
            .iter()
            .find(|attribute| matches!(attribute, Attribute::Other(_)))
            .map(|attribute| format!("{attribute:?}")),
        _ => None,
    };
    found.or_else(|| unknown_variant(&format!("{response:?}")))
}

/// Capabilities are kept as they came, and their `Debug` does not show which are known.
fn unknown_capability(capabilities: &Capabilities) -> Option<String> {
    let unknown = capabilities.iter().find(|capability| matches!(capability, Capability::Other(_)));
    unknown.map(|capability| format!("{capability:?}"))
}

/// The first variant in a `Debug` that is `Other` or `Invalid`: so that a type to come is looked at too.
fn unknown_variant(debug: &str) -> Option<String> {
    let octets = debug.as_bytes();
    let (mut place, mut is_string) = (0, false);
    while place < octets.len() {
        match octets[place] {
            b'\\' if is_string => place += 1,
            b'"' => is_string = !is_string,
            _ if is_string || (place > 0 && octets[place - 1].is_ascii_alphanumeric()) => {}
            _ => {
                let names = ["Other(", "Other {", "Invalid(", "Invalid {"];
                if names.iter().any(|name| octets[place..].starts_with(name.as_bytes())) {
                    return Some(debug[place..].chars().take(60).collect());
                }
            }
        }
        place += 1;
    }
    None
}
