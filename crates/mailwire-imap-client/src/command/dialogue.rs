//! For the tests of commands: what is written for a server, and what is made of the responses.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use mailwire_imap::{Capabilities, Decoder, Encoder, Response, Tag, command::Command as Line, encoder::Part};

use crate::{Command, Server, Unsupported, Untagged};

/// A server that announces these words; those after a `+` are enabled, too.
pub(crate) fn server(words: &str) -> Server {
    let mut server = Server::default();
    let announced = words.split_whitespace().map(|word| word.trim_start_matches('+'));
    server.set_capabilities(Capabilities::new(announced).ok());
    let enabled = words.split_whitespace().filter_map(|word| word.strip_prefix('+'));
    server.enable(&Capabilities::new(enabled).unwrap());
    server
}

/// A server that announces these words, with those enabled.
pub(crate) fn enabled(words: &str, enabled: &str) -> Server {
    let mut server = server(words);
    server.enable(&Capabilities::new(enabled.split_whitespace()).unwrap());
    server
}

/// The line of a command without tag and line end, for a server that announces these words. `~` is where the client waits
/// for `+`, `<n>` where the application brings octets.
pub(crate) fn written(command: &impl Command, words: &str) -> Result<String, String> {
    written_for(command, &server(words))
}

/// The same for a server of which more is known.
pub(crate) fn written_for(command: &impl Command, server: &Server) -> Result<String, String> {
    let mut out = Encoder::client(server.abilities());
    Line { tag: Tag::new("a").unwrap(), body: command.body(server).map_err(|error| error.to_string())? }
        .encode(&mut out);
    let parts = out.finish().map_err(|error| error.to_string())?;
    let octets: Vec<u8> = parts
        .iter()
        .flat_map(|part| match part {
            Part::Octets(octets) => octets.to_vec(),
            Part::Stream { length } => format!("<{length}>").into_bytes(),
            Part::Wait => b"~".to_vec(),
            other => panic!("{other:?}"),
        })
        .collect();
    let line = String::from_utf8(octets).unwrap();
    Ok(line.strip_prefix("a ").and_then(|line| line.strip_suffix("\r\n")).unwrap().into())
}

/// The answer that a command makes of these lines, and those of them that it gave back. The line that starts with
/// `a` is its end.
pub(crate) fn answer<'a, C: Command>(command: &C, lines: &[&'a str]) -> (C::Output, Vec<&'a str>) {
    let (mut output, mut given_back) = (C::Output::default(), Vec::new());
    for line in lines {
        match Decoder::default().response(line.as_bytes()) {
            Response::Data(data) => {
                let data = Untagged::Data(data);
                if let Some(back) = command.absorb(data.clone(), &mut output) {
                    assert_eq!(back, data, "what is given back is whole");
                    given_back.push(*line);
                }
            }
            Response::Tagged(_, status) => command.finish(&status, &mut output),
            other => panic!("{line}: {other:?}"),
        }
    }
    (output, given_back)
}

/// That a server lacks this word.
pub(crate) fn lacks(capability: &'static str) -> Result<String, String> {
    Err(Unsupported { capability }.to_string())
}
