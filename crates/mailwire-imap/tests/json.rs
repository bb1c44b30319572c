//! Values in serde's formats: what JSON they are, and that nothing gets lost there and back.

use std::{fs, path::Path};

use mailwire_imap::{
    Atom, Capabilities, Command, Decoder, Flags, Limits, Mailbox, NumberList, Octets, PartialRange, Quirks,
    Response, Secret, Tag, Uid, UidSet, Url,
    acl::Rights,
    command::Body,
    date::{Date, DateTime},
    metadata::Entry,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

#[allow(clippy::needless_pass_by_value, reason = "the table reads better")]
fn is<T: std::fmt::Debug + DeserializeOwned + PartialEq + Serialize>(value: T, json: serde_json::Value) {
    assert_eq!(serde_json::to_value(&value).unwrap(), json);
    assert_eq!(serde_json::from_value::<T>(json).unwrap(), value);
}

#[test]
fn values_look_as_people_write_them() {
    is("1:5,7".parse::<UidSet>().unwrap(), json!("1:5,7"));
    is("1:5,7:*".parse::<UidSet>().unwrap(), json!("1:5,7:*"));
    is(UidSet::new(), json!(""));
    is("7,5:3".parse::<NumberList<Uid>>().unwrap(), json!("7,5:3"));
    is(Uid::new(7).unwrap(), json!(7));
    is("\\Seen".parse::<mailwire_imap::Flag>().unwrap(), json!("\\Seen"));
    is(
        ["\\Seen", "work"].map(|flag| flag.parse().unwrap()).into_iter().collect::<Flags>(),
        json!(["\\Seen", "work"]),
    );
    is("17-Jul-1996 02:44:25 -0700".parse::<DateTime>().unwrap(), json!("17-Jul-1996 02:44:25 -0700"));
    is(" 7-Jul-1996 02:44:25 -0700".parse::<DateTime>().unwrap(), json!(" 7-Jul-1996 02:44:25 -0700"));
    is(Date::new(2026, 2, 1).unwrap(), json!("1-Feb-2026"));
    is("-1:-100".parse::<PartialRange>().unwrap(), json!("-1:-100"));
    is(Capabilities::new(["IMAP4rev2", "AUTH=PLAIN"]).unwrap(), json!(["IMAP4rev2", "AUTH=PLAIN"]));
    is(Octets::from("caf\u{e9}"), json!("caf\u{e9}"));
    is(Octets::from(&b"caf\xE9"[..]), json!([99, 97, 102, 233]));
    is(Mailbox::new("Entw\u{fc}rfe"), json!("Entw\u{fc}rfe"));
    is(Mailbox::from_wire("Entw&APw-rfe", false), json!("Entw\u{fc}rfe"));
    is(Mailbox::from_wire(&b"&\xFF"[..], false), json!([38, 255]));
    is(Mailbox::INBOX, json!("INBOX"));
    is(Tag::new("a1").unwrap(), json!("a1"));
    is(Url::parse("imap://h/a/;UID=5").unwrap(), json!("imap://h/a/;UID=5"));
    is(Rights::new("lrs").unwrap(), json!("lrs"));
}

#[test]
fn what_is_not_valid_does_not_come_in() {
    assert!(serde_json::from_value::<Atom>(json!("a b\r\n")).is_err());
    assert!(serde_json::from_value::<Tag>(json!("a+")).is_err());
    assert!(serde_json::from_value::<UidSet>(json!("1:0")).is_err());
    assert!(serde_json::from_value::<Uid>(json!(0)).is_err());
    assert!(serde_json::from_value::<Url>(json!("imap://h/a/;UID=0")).is_err());
    assert!(serde_json::from_value::<Rights>(json!("l\r\n")).is_err());
    assert!(serde_json::from_value::<Entry>(json!("/shared/*")).is_err());
    assert!(serde_json::from_value::<Flags>(json!(["a b"])).is_err());
    assert!(serde_json::from_value::<Date>(json!("30-Feb-2026")).is_err());
    assert!(serde_json::from_value::<DateTime>(json!("30-Feb-2026\" \"")).is_err());
    assert!(serde_json::from_value::<Capabilities>(json!(["IDLE\r\n"])).is_err());
    assert!(serde_json::from_value::<mailwire_imap::ModSeq>(json!(u64::MAX)).is_err());
}

#[test]
fn secrets_are_never_written() {
    let command = Command {
        tag: Tag::new("a").unwrap(),
        body: Body::Login("ann".into(), Secret::new("correct horse")),
    };
    let json = serde_json::to_string(&command).unwrap();
    assert!(json.contains("ann") && !json.contains("horse"), "{json}");
    assert_eq!(
        serde_json::from_value::<Secret>(json!("correct horse")).unwrap(),
        Secret::new("correct horse")
    );
}

#[test]
fn all_that_servers_say_in_the_dialogues_is_the_same_after_json() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
    let (mut responses, decoder) = (0, Decoder::new(Limits::client(), Quirks::lenient()));
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for line in
            text.lines().filter_map(|line| line.strip_prefix("S: ")).filter(|line| !line.ends_with('}'))
        {
            let response = decoder.response(line.as_bytes());
            let json = serde_json::to_string(&response).unwrap();
            assert_eq!(serde_json::from_str::<Response>(&json).expect(&json), response, "{line}");
            responses += 1;
        }
    }
    assert!(responses > 500, "{responses}");
}
