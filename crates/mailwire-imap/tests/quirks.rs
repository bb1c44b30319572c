//! What real servers and clients send beside the standards: each departure is read, is refused without tolerance, and needs
//! no more than its own field of [`Quirks`].

#[path = "quirks/client.rs"]
mod client;
#[path = "quirks/fetched.rs"]
mod fetched;
#[path = "quirks/framing.rs"]
mod framing;
#[path = "quirks/server.rs"]
mod server;

use mailwire_imap::{
    Decoder, Limits, Quirks,
    encoder::{Abilities, Encoder, Part},
    frame::Frame,
    response::Response,
};

/// Sets one field of [`Quirks`].
type Field = fn(&mut Quirks);

/// The standards, with these departures alone.
fn quirks(fields: &[Field]) -> Quirks {
    let mut quirks = Quirks::strict();
    fields.iter().for_each(|set| set(&mut quirks));
    quirks
}

fn reading(fields: &[Field]) -> Decoder {
    Decoder::new(Limits::client(), quirks(fields))
}

fn frame(wire: &str) -> Frame {
    Frame::from(wire.as_bytes())
}

/// The response as it should have been sent, without its line end; or why it cannot be sent at all.
fn written(response: &Response) -> String {
    let mut abilities = Abilities::default();
    abilities.binary = true;
    let mut out = Encoder::server(abilities);
    response.encode(&mut out);
    let octets = |part: &Part| if let Part::Octets(octets) = part { octets.to_vec() } else { Vec::new() };
    let parts = match out.finish() {
        Ok(parts) => parts,
        Err(error) => return error.to_string(),
    };
    let octets: Vec<u8> = parts.iter().flat_map(octets).collect();
    String::from_utf8_lossy(octets.strip_suffix(b"\r\n").unwrap()).into_owned()
}

/// Each response is read as the other by default and with this field alone; without it, it is refused in clear words.
#[track_caller]
fn tolerated(field: Field, rows: &[(&str, &str)]) {
    for (wire, normal) in rows {
        read_as(field, wire, normal);
        refused(wire);
    }
}

#[track_caller]
fn read_as(field: Field, wire: &str, normal: &str) {
    let read = Decoder::default().response(frame(wire));
    assert!(!matches!(read, Response::Unknown(_)), "{read:?}");
    assert_eq!(written(&read), normal, "{wire}");
    assert_eq!(reading(&[field]).response(frame(wire)), read, "one field is enough: {wire}");
}

/// The error says what was expected, where, and shows the octets.
#[track_caller]
fn refused(wire: &str) {
    let error = match reading(&[]).parse_response(&frame(wire)) {
        Ok(read) => panic!("{wire}: {read:?}"),
        Err(error) => error,
    };
    assert!(error.offset() <= wire.len() && error.octets_start() <= error.offset(), "{error}");
    let shown = error.octets_start() + error.octets().len();
    assert!(error.offset() <= shown, "{error}");
    assert_eq!(error.octets(), &wire.as_bytes()[error.octets_start()..shown]);
    let told = format!("{} expected at octet {} of \"{}\"", error.rule(), error.offset(), error.escaped());
    assert_eq!((error.rule().is_empty(), error.to_string()), (false, told));
    let Response::Unknown(unknown) = reading(&[]).response(frame(wire)) else { panic!("{wire}") };
    assert_eq!((unknown.octets, unknown.error), (wire.into(), error), "all octets are kept");
}

/// Octets that follow the grammar have one reading, whatever is tolerated.
mod well_formed {
    use arbitrary::{Arbitrary, Unstructured};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn responses_have_one_reading(noise in noise()) {
            let Ok(response) = Response::arbitrary(&mut Unstructured::new(&noise)) else { return Ok(()) };
            let mut out = Encoder::server(Abilities::all());
            response.encode(&mut out);
            let Ok(parts) = out.finish() else { return Ok(()) };
            if parts.iter().any(|part| matches!(part, Part::Stream { .. })) {
                return Ok(());
            }
            let octets = |part: &Part| if let Part::Octets(octets) = part { octets.to_vec() } else { Vec::new() };
            let mut octets: Vec<u8> = parts.iter().flat_map(octets).collect();
            octets.truncate(octets.len() - 2);
            let read = |quirks: Quirks| {
                let mut decoder = Decoder::new(Limits::client(), quirks);
                decoder.set_utf8(true);
                decoder.response(octets.as_slice())
            };
            let strict = read(Quirks::strict());
            prop_assert_eq!(&read(quirks(&[|quirks| quirks.unescaped_quotes = true])), &strict, "quotes");
            // But for addresses with a host and no mailbox, which are mended, and for `NIL` as a keyword.
            let lenient = {
                let mut quirks = Quirks::lenient();
                (quirks.loose_envelope, quirks.loose_flags) = (false, false);
                quirks
            };
            prop_assert_eq!(&read(lenient), &strict, "{}", octets.escape_ascii());
        }
    }

    /// Noise in which quotes and what may follow them are many.
    fn noise() -> impl Strategy<Value = Vec<u8>> {
        let octet = prop_oneof![3 => any::<u8>(), 2 => proptest::sample::select(&b"\"\\ )(]NIL>\r"[..])];
        proptest::collection::vec(octet, 0..400)
    }
}
