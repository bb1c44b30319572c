//! Lines of a client: commands, and responses to challenges.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use mailwire_fuzz::only_line;
use mailwire_pop3::{Command, auth::Response};

fuzz_target!(|line: &[u8]| {
    command(line);
    response(line);
});

fn command(line: &[u8]) {
    let command = match Command::parse(line) {
        Ok(command) => command,
        Err(error) => {
            let _ = (error.to_string(), error.escaped());
            let keyword: Vec<u8> = line.iter().copied().take_while(u8::is_ascii_alphanumeric).collect();
            if ["PASS", "APOP", "AUTH"].iter().any(|secret| keyword.eq_ignore_ascii_case(secret.as_bytes())) {
                assert_eq!(error.octets(), [&keyword[..], b" ..."].concat());
            }
            return;
        }
    };
    let _ = (command.to_string(), command.expects_multi_line());
    let mut out = BytesMut::new();
    command.encode(&mut out);
    assert_eq!(Command::parse(only_line(&out)).as_ref(), Ok(&command));
    assert!(!line.contains(&b'\n') && !out[..out.len() - 2].contains(&b'\r'), "{command}");
}

fn response(line: &[u8]) {
    let Ok(response) = Response::parse(line) else { return };
    let mut out = BytesMut::new();
    response.encode(&mut out);
    match (response, Response::parse(only_line(&out)).expect("it was encoded")) {
        (Response::Cancel, Response::Cancel) => {}
        (Response::Data(before), Response::Data(after)) => assert_eq!(before.expose(), after.expose()),
        (before, after) => panic!("{before:?} became {after:?}"),
    }
}
