//! Codes for people.

use core::fmt;

use super::Code;
use crate::encoder::shown;

impl Code {
    /// The first word, and the second one where it is part of the name: `ALERT`, `METADATA MAXSIZE`.
    ///
    /// ```
    /// use mailwire_imap::{Code, Uid};
    ///
    /// assert_eq!(Code::UidNext(Uid::MIN).name(), "UIDNEXT");
    /// ```
    pub fn name(&self) -> &str {
        match self {
            Self::Other { name, .. } => name.as_str().unwrap_or_default(),
            known => known.word().trim_end_matches([' ', '(']),
        }
    }
}

/// As between the brackets: `UIDNEXT 4392`; of one that cannot be written the name alone.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = shown(|out| self.encode(out));
        f.write_str(shown.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(self.name()))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use crate::{
        Code, Decoder, Octets, Status,
        response::{Data, Response},
        status::Kind,
    };

    #[test]
    fn codes_and_statuses_for_people() {
        for (code, name) in [
            ("ALERT", "ALERT"),
            ("UIDNEXT 4392", "UIDNEXT"),
            ("METADATA MAXSIZE 1024", "METADATA MAXSIZE"),
            ("METADATA NOPRIVATE", "METADATA NOPRIVATE"),
            ("MAILBOXID (F2)", "MAILBOXID"),
            ("BADCHARSET", "BADCHARSET"),
            ("BADCHARSET (\"a b\" UTF-8)", "BADCHARSET"),
            ("CAPABILITY IMAP4rev2 IDLE", "CAPABILITY"),
            ("COPYUID 38505 304,319:320 3956:3958", "COPYUID"),
            ("PERMANENTFLAGS (\\Deleted \\*)", "PERMANENTFLAGS"),
            ("WEBALERT https://example.org/", "WEBALERT"),
            ("INPROGRESS (\"a\" 175 NIL)", "INPROGRESS"),
        ] {
            let wire = alloc::format!("* NO [{code}] text");
            let Response::Data(Data::Status(status)) = Decoder::default().response(wire.as_bytes()) else {
                panic!()
            };
            let read = status.code.as_ref().unwrap();
            assert_eq!((read.name(), read.to_string()), (name, code.to_string()));
            assert_eq!(status.to_string(), wire[2..]);
        }
        let cannot = Code::Other { name: "X]".into(), arguments: None };
        assert_eq!(cannot.to_string(), "X]");
        let odd = Status::new(Kind::Bye, "a\r\nb").with_code(Code::BadUrl(Octets::from("a\r\n")));
        assert_eq!(odd.to_string(), "BYE [BADURL] a  b");
        assert_eq!(Status::new(Kind::PreAuth, "").to_string(), "PREAUTH");
        assert_eq!(Status::new(Kind::No, "see {5}").to_string(), "NO see {5}");
    }
}
