use alloc::string::ToString as _;

use super::*;
use crate::table::{COMMAND, RESPONSE};

#[test]
fn flags_are_a_set_in_any_case() {
    let mut flags = Flags::new();
    for name in ["\\seen", "\\Seen", "$junk", "work", "WORK", "\\XFlag", "\\*"] {
        if let Ok(flag) = Flag::keyword(name) {
            flags.insert(flag);
        }
    }
    assert_eq!(flags.to_string(), "(\\Seen $Junk \\XFlag work)");
    assert_eq!(flags.len(), 4);
    assert!(flags.contains(&Flag::Seen) && flags.remove(&Flag::keyword("Work").unwrap()));
    assert_eq!(flags.len(), 3);
    for name in ["", "\\", "a b", "a\r\n", "(", "\\\\a", "a]"] {
        assert!(Flag::keyword(name).is_err(), "{name}");
    }
    for (index, name) in NAMES.iter().enumerate() {
        let flag = Flag::nth(index).unwrap();
        assert_eq!(Flag::keyword(name).unwrap(), flag);
        assert_eq!((flag.as_bytes(), flag.index()), (name.as_bytes(), Some(index)));
    }
}

/// Many keywords in falling order, and twice: the first of the same is kept.
#[test]
fn long_lists() {
    let names: alloc::vec::Vec<_> = (0..60_000).rev().map(|number| alloc::format!("k{number:05}")).collect();
    let wire = alloc::format!("({} {})", names.join(" "), names.join(" ").to_uppercase());
    let read = RESPONSE.read(flag_list, &wire).unwrap();
    assert_eq!((read.len(), read.contains(&Flag::keyword("K00000").unwrap())), (60_000, true));
    assert!(read.iter().all(|flag| flag.as_bytes().starts_with(b"k")));
    let permanent = RESPONSE.read(permanent_flags, wire.replace(')', " \\*)")).unwrap();
    assert_eq!(permanent, PermanentFlags { flags: read.clone(), may_create: true });
    // As STORE may have them: without parentheses.
    let mut collected: Flags = read.iter().collect();
    assert_eq!(collected, read);
    collected.extend(read.iter());
    collected.extend([Flag::Seen, Flag::keyword("A").unwrap()]);
    assert_eq!((collected.len(), collected.iter().nth(1).unwrap()), (60_002, Flag::keyword("a").unwrap()));
}

fn flags(names: &[&str]) -> Flags {
    names.iter().map(|name| Flag::keyword(name).unwrap()).collect()
}

/// `flag-list = "(" [flag *(SP flag)] ")"`, `flag-extension = "\\" atom`, `flag-keyword = atom`
#[test]
fn lists_both_ways() {
    for (wire, names) in [
        ("()", &[][..]),
        ("(\\Seen)", &["\\Seen"]),
        (
            "(\\Answered \\Deleted \\Draft \\Flagged \\Seen)",
            &["\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"],
        ),
        (
            "($Forwarded $Junk $MDNSent $NotJunk $Phishing)",
            &["$MDNSent", "$Forwarded", "$Junk", "$NotJunk", "$Phishing"],
        ),
        ("(\\Recent \\X-New work)", &["work", "\\X-New", "\\Recent"]),
        ("(NIL)", &["NIL"]),
    ] {
        let wanted = flags(names);
        for row in [COMMAND, COMMAND.lenient(), RESPONSE] {
            assert_eq!(row.read(flag_list, wire).as_ref(), Ok(&wanted), "{wire}");
            assert_eq!(row.read(flag_list, wire.to_ascii_uppercase()).as_ref(), Ok(&wanted), "{wire}");
            assert_eq!(row.written(|out| wanted.encode(out)), wire);
        }
    }
    for wire in
        ["", "(", "\\Seen", "(\\Seen", "\\Seen)", "(\\Seen,\\Draft)", "(\\Seen\\Draft)", "(\"a\")", "((a))"]
    {
        for row in [COMMAND, COMMAND.lenient(), RESPONSE] {
            assert!(row.read(flag_list, wire).is_err(), "{wire}");
        }
    }
    for (wire, strict, lenient) in [
        ("( \\Seen  a )", None, Some(&["\\Seen", "a"][..])),
        ("(\\*)", None, Some(&[])),
        ("(\\ a)", None, Some(&["a"])),
        ("NIL", None, Some(&[])),
        ("(NIL)", Some(&["NIL"][..]), Some(&[])),
    ] {
        assert_eq!(RESPONSE.read(flag_list, wire).ok(), strict.map(flags), "{wire}");
        assert_eq!(RESPONSE.lenient().read(flag_list, wire).ok(), lenient.map(flags), "{wire}");
    }
}

/// `flag-perm = flag / "\\*"`
#[test]
fn permanent_flags_both_ways() {
    for (wire, names, may_create) in [
        ("()", &[][..], false),
        ("(\\*)", &[], true),
        ("(\\Deleted \\Seen)", &["\\Deleted", "\\Seen"], false),
        ("(\\Seen work \\*)", &["\\Seen", "work"], true),
    ] {
        let wanted = PermanentFlags { flags: flags(names), may_create };
        for row in [RESPONSE, RESPONSE.lenient()] {
            assert_eq!(row.read(permanent_flags, wire).as_ref(), Ok(&wanted), "{wire}");
        }
        assert_eq!(RESPONSE.written(|out| wanted.encode(out)), wire);
    }
    let anywhere = RESPONSE.read(permanent_flags, "(\\* \\Seen)").unwrap();
    assert!(anywhere.may_create && anywhere.flags == flags(&["\\Seen"]));
    for wire in ["", "\\*", "(\\*", "(\\*a)", "(\\**)"] {
        assert!(RESPONSE.read(permanent_flags, wire).is_err(), "{wire}");
    }
}
