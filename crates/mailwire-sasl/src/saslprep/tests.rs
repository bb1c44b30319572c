use std::string::ToString;

use proptest::prelude::*;

use super::*;

#[test]
fn examples_of_the_rfc() {
    for (text, prepared) in [
        ("I\u{ad}X", Ok("IX")),
        ("user", Ok("user")),
        ("USER", Ok("USER")),
        ("\u{aa}", Ok("a")),
        ("\u{2168}", Ok("IX")),
        ("\u{7}", Err(Error::Prohibited)),
        ("\u{627}1", Err(Error::Bidirectional)),
    ] {
        assert_eq!(prepare(text, Use::Stored).as_deref(), prepared.as_ref().copied(), "{text:?}");
    }
}

#[test]
fn each_rule_has_its_error() {
    for (text, query, stored) in [
        ("", Err(Error::Empty), Err(Error::Empty)),
        ("\u{ad}", Err(Error::Empty), Err(Error::Empty)),
        ("a\u{3000}b", Ok("a b"), Ok("a b")),
        ("\u{e000}", Err(Error::Prohibited), Err(Error::Prohibited)),
        ("\u{ffff}", Err(Error::Prohibited), Err(Error::Prohibited)),
        ("\u{e0041}", Err(Error::Prohibited), Err(Error::Prohibited)),
        ("\u{2ff0}", Err(Error::Prohibited), Err(Error::Prohibited)),
        ("\u{627}a\u{627}", Err(Error::Bidirectional), Err(Error::Bidirectional)),
        ("\u{627}1\u{628}", Ok("\u{627}1\u{628}"), Ok("\u{627}1\u{628}")),
        ("\u{1f600}", Ok("\u{1f600}"), Err(Error::Unassigned)),
        ("\u{221}", Ok("\u{221}"), Err(Error::Unassigned)),
        ("\u{220}", Ok("\u{220}"), Ok("\u{220}")),
    ] {
        assert_eq!(prepare(text, Use::Query).as_deref(), query.as_ref().copied(), "{text:?}");
        assert_eq!(prepare(text, Use::Stored).as_deref(), stored.as_ref().copied(), "{text:?}");
    }
}

#[test]
fn every_character_as_the_model() {
    for c in '\0'..=char::MAX {
        assert_like_model(c.encode_utf8(&mut [0; 4]));
    }
}

#[test]
fn trace_takes_spaces_and_refuses_controls() {
    for (text, accepted) in [
        ("sirhc", true),
        ("a\u{a0}b", true),
        ("\u{2ff0}", true),
        ("\u{1f600}", true),
        ("a\tb", false),
        ("\u{e000}", false),
        ("\u{fffd}", false),
        ("\u{627}1", false),
    ] {
        assert_eq!(check_trace(text).is_ok(), accepted, "{text:?}");
    }
}

proptest! {
    #[test]
    fn every_text_as_the_model(text in any::<String>()) {
        assert_like_model(&text);
    }

    #[test]
    fn preparing_twice_changes_nothing(text in any::<String>()) {
        if let Ok(prepared) = prepare(&text, Use::Stored) {
            prop_assert_eq!(prepare(&prepared, Use::Stored), Ok(Cow::Borrowed(&*prepared)));
        }
    }
}

fn assert_like_model(text: &str) {
    let model = stringprep::saslprep(text).ok().filter(|prepared| !prepared.is_empty());
    let ours = prepare(text, Use::Stored).ok();
    assert_eq!(ours.map(|text| text.to_string()), model.map(|text| text.to_string()), "{text:?}");
}
