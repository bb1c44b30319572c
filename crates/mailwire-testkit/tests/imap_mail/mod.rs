//! A mailbox to search in: mail of many kinds, and what its writer knows of each.

use mailwire::imap::{Flag, append::Message, date::Date, fetch::Content};

/// A message with what a reader sees of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mail {
    /// Without encoding; nothing if there is no such field.
    pub(crate) subject: Option<String>,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) cc: String,
    pub(crate) bcc: String,
    /// The day in the `Date` field.
    pub(crate) sent: Option<Date>,
    /// When it arrived; nothing means now.
    pub(crate) arrived: Option<&'static str>,
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) flags: Vec<&'static str>,
    header: String,
    content: String,
}

impl Mail {
    fn new() -> Self {
        Self { content: "\r\n".into(), ..Self::default() }
    }

    fn field(mut self, name: &str, value: &str) -> Self {
        self.header.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// A subject, and how it stands in the message.
    fn subject_as(mut self, subject: &str, raw: &str) -> Self {
        self.subject = Some(subject.into());
        self.field("Subject", raw)
    }

    fn subject(self, subject: &str) -> Self {
        self.subject_as(subject, subject)
    }

    fn from(mut self, from: &str) -> Self {
        self.from = from.into();
        self.field("From", from)
    }

    /// A name in UTF-8 before an address.
    fn named_from(mut self, name: &str, raw: &str, address: &str) -> Self {
        self.from = format!("{name} <{address}>");
        self.field("From", &format!("{raw} <{address}>"))
    }

    fn to(mut self, to: &str) -> Self {
        self.to = to.into();
        self.field("To", to)
    }

    fn cc(mut self, cc: &str) -> Self {
        self.cc = cc.into();
        self.field("Cc", cc)
    }

    fn bcc(mut self, bcc: &str) -> Self {
        self.bcc = bcc.into();
        self.field("Bcc", bcc)
    }

    /// A `Date` field, and the day in it without regard to its zone.
    fn sent(mut self, year: u16, month: u8, day: u8, raw: &str) -> Self {
        self.sent = Date::new(year, month, day);
        self.field("Date", raw)
    }

    fn arrived(mut self, moment: &'static str) -> Self {
        self.arrived = Some(moment);
        self
    }

    fn id(mut self, id: &str) -> Self {
        self.id = id.into();
        self.field("Message-ID", id)
    }

    fn references(self, references: &str) -> Self {
        self.field("References", references)
    }

    fn reply_to(self, id: &str) -> Self {
        self.field("In-Reply-To", id)
    }

    fn flags(mut self, flags: &[&'static str]) -> Self {
        self.flags = flags.to_vec();
        self
    }

    fn text(mut self, text: &str) -> Self {
        self.body = text.into();
        self.content = format!("\r\n{text}\r\n");
        self
    }

    /// A body as it is, and how it stands in the message, with the fields that tell so.
    fn text_as(mut self, text: &str, encoding: &str, raw: &str) -> Self {
        self.body = text.into();
        self.content = format!(
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: {encoding}\r\n\r\n{raw}\r\n"
        );
        self
    }

    pub(crate) fn octets(&self) -> String {
        format!("{}{}", self.header, self.content)
    }

    /// What APPEND sends.
    pub(crate) fn message(&self) -> Message {
        let mut message = Message::new(Content::Octets(self.octets().into()));
        message.flags = Some(self.flags.iter().map(|flag| flag.parse::<Flag>().unwrap()).collect());
        message.date = self.arrived.map(|moment| moment.parse().unwrap());
        message
    }

    pub(crate) fn has_flag(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// The day of its arrival.
    pub(crate) fn arrival(&self) -> Option<Date> {
        let moment = self.arrived?.trim();
        let (day, _) = moment.split_once(' ')?;
        day.parse().ok()
    }
}

/// Some seventy messages.
pub(crate) fn mailbox() -> Vec<Mail> {
    let parts = [lunch(), budget(), beyond_ascii(), incomplete(), twins(), today()];
    parts.into_iter().flatten().chain(odd_subjects()).chain((0..40).map(conversation)).collect()
}

/// A conversation.
fn lunch() -> Vec<Mail> {
    vec![
        Mail::new()
            .from("Ann <ann@example.org>")
            .to("bob@example.org")
            .subject("Lunch")
            .sent(2020, 3, 1, "Sun, 1 Mar 2020 12:00:00 +0000")
            .id("<lunch@example.org>")
            .arrived(" 1-Mar-2020 12:00:05 +0000")
            .flags(&["\\Seen", "\\Answered"])
            .text("Shall we have lunch?"),
        Mail::new()
            .from("bob@example.org")
            .to("Ann <ann@example.org>")
            .subject("Re: Lunch")
            .sent(2020, 3, 1, "Sun, 1 Mar 2020 12:30:00 +0000")
            .id("<lunch-1@example.org>")
            .reply_to("<lunch@example.org>")
            .references("<lunch@example.org>")
            .arrived(" 1-Mar-2020 12:30:05 +0000")
            .flags(&["\\Seen"])
            .text("Yes. At noon?"),
        // The answer comes before what it answers.
        Mail::new()
            .from("Ann <ann@example.org>")
            .to("bob@example.org")
            .cc("carol@example.org")
            .subject("RE: re: Lunch")
            .sent(2020, 3, 2, "Mon, 2 Mar 2020 09:00:00 +0000")
            .id("<lunch-3@example.org>")
            .references("<lunch@example.org>\r\n <lunch-1@example.org>\r\n\t<lunch-2@example.org>")
            .arrived(" 2-Mar-2020 09:00:05 +0000")
            .text("See you there."),
        Mail::new()
            .from("bob@example.org")
            .to("Ann <ann@example.org>")
            .subject("Re: Lunch")
            .sent(2020, 3, 2, "Mon, 2 Mar 2020 08:00:00 +0000")
            .id("<lunch-2@example.org>")
            .references("<lunch@example.org> <lunch-1@example.org>")
            .arrived(" 2-Mar-2020 10:00:05 +0000")
            .flags(&["\\Flagged"])
            .text("In the garden, then."),
    ]
}

/// Answers to what is not there, and what the subject alone puts together.
fn budget() -> Vec<Mail> {
    vec![
        Mail::new()
            .from("\"Carol D.\" <carol@example.org>")
            .to("ann@example.org, bob@example.org")
            .subject("Re: Budget")
            .sent(2020, 4, 1, "Wed, 1 Apr 2020 10:00:00 +0200")
            .id("<budget-1@example.org>")
            .references("<budget@example.org>")
            .arrived(" 1-Apr-2020 08:00:05 +0000")
            .text("Too much."),
        Mail::new()
            .from("dave@example.org")
            .to("ann@example.org")
            .cc("Bob <bob@example.org>, carol@example.org")
            .subject("Re: Budget")
            .sent(2020, 4, 1, "Wed, 1 Apr 2020 11:00:00 +0200")
            .id("<budget-2@example.org>")
            .reply_to("<budget@example.org>")
            .arrived(" 1-Apr-2020 09:00:05 +0000")
            .flags(&["$Forwarded", "work"])
            .text("Too little."),
        // Put together by the subject alone.
        Mail::new()
            .from("dave@example.org")
            .to("ann@example.org")
            .subject("Fwd: Budget")
            .sent(2020, 4, 3, "Fri, 3 Apr 2020 11:00:00 +0200")
            .id("<other@example.org>")
            .arrived(" 3-Apr-2020 09:00:05 +0000")
            .flags(&["work"])
            .text("Once more."),
        Mail::new()
            .from("Erin <erin@example.net>")
            .to("ann@example.org")
            .bcc("secret@example.org")
            .subject("[list] Plans (fwd)")
            .sent(2019, 12, 31, "Tue, 31 Dec 2019 23:30:00 -0500")
            .id("<plans@example.net>")
            .arrived(" 1-Jan-2020 05:00:00 +0000")
            .text("Big ones."),
        Mail::new()
            .from("erin@example.net")
            .to("ann@example.org")
            .subject("Re: [list] Plans")
            .sent(2020, 1, 1, "Wed, 1 Jan 2020 12:30:00 -0500")
            .id("<plans-1@example.net>")
            .arrived(" 1-Jan-2020 18:00:00 +0000")
            .text("Bigger ones."),
    ]
}

/// Encoded words and bodies of each form.
fn beyond_ascii() -> Vec<Mail> {
    vec![
        Mail::new()
            .named_from("Jürgen Groß", "=?utf-8?q?J=C3=BCrgen_Gro=C3=9F?=", "jg@example.de")
            .to("ann@example.org")
            .subject_as("Grüße aus Köln", "=?utf-8?q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=")
            .sent(2021, 5, 5, "Wed, 5 May 2021 10:00:00 +0200")
            .id("<koeln@example.de>")
            .arrived(" 5-May-2021 08:00:00 +0000")
            .text_as("Schöne Grüße!", "quoted-printable", "Sch=C3=B6ne Gr=C3=BC=C3=9Fe!"),
        Mail::new()
            .from("ann@example.org")
            .to("Juergen <jg@example.de>")
            .subject_as("Re: Grüße aus Köln", "=?iso-8859-1?B?UmU6IEdy/N9lIGF1cyBL9mxu?=")
            .sent(2021, 5, 6, "Thu, 6 May 2021 10:00:00 +0200")
            .id("<koeln-1@example.org>")
            .references("<koeln@example.de>")
            .arrived(" 6-May-2021 08:00:00 +0000")
            .text_as("Danke für die Grüße", "base64", "RGFua2UgZsO8ciBkaWUgR3LDvMOfZQ=="),
        Mail::new()
            .named_from("山田太郎", "=?utf-8?b?5bGx55Sw5aSq6YOO?=", "yamada@example.jp")
            .to("ann@example.org")
            .subject_as("会議", "=?utf-8?b?5Lya6K2w?=")
            .sent(2021, 6, 1, "1 Jun 2021 09:00:00 +0900")
            .id("<kaigi@example.jp>")
            .arrived(" 1-Jun-2021 00:00:00 +0000")
            .flags(&["\\Seen", "\\Flagged"])
            .text_as("明日", "base64", "5piO5pel"),
    ]
}

/// Fields that are missing, empty, or mean nothing.
fn incomplete() -> Vec<Mail> {
    vec![
        Mail::new()
            .from("nobody@example.org")
            .subject("")
            .arrived("10-Oct-2018 10:10:10 +0000")
            .text("empty subject"),
        Mail::new()
            .to("ann@example.org")
            .id("<nofrom@example.org>")
            .arrived("11-Oct-2018 10:10:10 +0000")
            .text("no subject"),
        Mail::new()
            .from("zed@example.org")
            .subject("Undated")
            .id("<undated@example.org>")
            .arrived(" 2-Mar-2020 08:30:00 +0000")
            .text("no date"),
        Mail::new()
            .from("zed@example.org")
            .subject("Misdated")
            .field("Date", "yesterday, about noon")
            .id("<misdated@example.org>")
            .arrived(" 2-Mar-2020 08:45:00 +0000")
            .text("a date that is none"),
        Mail::new().arrived("12-Oct-2018 10:10:10 +0000").text("nothing but a body"),
        Mail::new()
            .from("old@example.org")
            .subject("An old form")
            .sent(1994, 2, 7, "Monday, 7 Feb 94 21:52:25 PST")
            .arrived(" 8-Feb-1994 05:52:25 +0000")
            .flags(&["\\Deleted"])
            .text("from the last century"),
    ]
}

/// Two of one name, and one that answers itself.
fn twins() -> Vec<Mail> {
    vec![
        Mail::new()
            .from("twin@example.org")
            .subject("Twins")
            .sent(2017, 7, 1, "Sat, 1 Jul 2017 10:00:00 +0000")
            .id("<twin@example.org>")
            .arrived(" 1-Jul-2017 10:00:00 +0000")
            .text("one"),
        Mail::new()
            .from("twin@example.org")
            .subject("Another twin")
            .sent(2017, 7, 2, "Sun, 2 Jul 2017 10:00:00 +0000")
            .id("<twin@example.org>")
            .arrived(" 2-Jul-2017 10:00:00 +0000")
            .text("the other"),
        Mail::new()
            .from("loop@example.org")
            .subject("Ouroboros")
            .sent(2017, 7, 3, "Mon, 3 Jul 2017 10:00:00 +0000")
            .id("<loop@example.org>")
            .references("<loop@example.org>")
            .arrived(" 3-Jul-2017 10:00:00 +0000")
            .flags(&["\\Draft"])
            .text("round and round"),
    ]
}

/// What arrives now.
fn today() -> Vec<Mail> {
    vec![
        Mail::new()
            .from("ANN@EXAMPLE.ORG")
            .to("bob@example.org")
            .subject("lunch again")
            .sent(2022, 2, 2, "Wed, 2 Feb 2022 02:02:02 +0000")
            .id("<again@example.org>")
            .text("It was good. Again?"),
        Mail::new()
            .from("lists@example.org")
            .to("undisclosed-recipients:;")
            .subject("Long")
            .sent(2022, 2, 3, "Thu, 3 Feb 2022 02:02:02 +0000")
            .id("<long@example.org>")
            .field("X-Priority", "1")
            .text(&"a line of text\r\n".repeat(500)),
    ]
}

/// Subjects that are the same without what answers and lists add, and names that are told apart by their accents.
fn odd_subjects() -> impl Iterator<Item = Mail> {
    [
        ("Äpfel", "=?utf-8?q?=C3=84pfel?=", "Émile", "=?utf-8?q?=C3=89mile?="),
        ("apfel", "apfel", "emil", "emil"),
        ("Zebra", "Zebra", "Zoe", "Zoe"),
        ("Re[2]: zebra", "Re[2]: zebra", "zoe", "zoe"),
        (
            "[list] [more] FW: zebra (fwd) (fwd)",
            "[list] [more] FW: zebra (fwd) (fwd)",
            "\u{c5}sa",
            "=?iso-8859-1?q?=C5sa?=",
        ),
        ("Fwd: [Fwd: zebra]", "Fwd: [Fwd: zebra]", "Ångström", "=?utf-8?q?=C3=85ngstr=C3=B6m?="),
        ("re: ", "re: ", "Weiß", "=?utf-8?q?Wei=C3=9F?="),
        ("[nothing]", "[nothing]", "WEISS", "WEISS"),
    ]
    .into_iter()
    .zip(1..)
    .map(|((subject, raw_subject, name, raw_name), day)| {
        Mail::new()
            .named_from(name, raw_name, &format!("{day}@example.se"))
            .to(&format!("\"Someone {}\" <list@example.se>", 9 - day))
            .subject_as(subject, raw_subject)
            .sent(2016, 1, day, &format!("{day} Jan 2016 00:00:00 +0000"))
            .id(&format!("<odd{day}@example.se>"))
            .arrived(" 1-Jan-2016 00:00:00 +0000")
            .text("odd")
    })
}

/// Twelve conversations of three or four: sent in one order, arrived in another.
fn conversation(number: usize) -> Mail {
    const NAMES: [&str; 5] = ["ann", "Bob", "carol", "DAVE", "erin"];
    let (topic, turn) = (number % 12, number / 12);
    let id = |turn: usize| format!("<{topic}.{turn}@example.com>");
    let (day, hour) = (1 + number % 28, (number * 7) % 24);
    let mail = Mail::new()
        .from(&format!("{}@example.com", NAMES[number % 5]))
        .to(&format!("{}@example.com", NAMES[(number + turn) % 5]))
        .subject(&format!("{}Topic {}", ["", "Re: ", "re: ", "Re: Re: "][turn], (b'a' + topic as u8) as char))
        .sent(2023, 1, u8::try_from(day).unwrap(), &format!("{day} Jan 2023 {hour:02}:00:00 +0000"))
        .id(&id(turn))
        .arrived(ARRIVALS[(number * 5) % 12])
        .flags([["\\Seen"].as_slice(), &[], &["\\Seen", "\\Flagged"], &["work"]][number % 4]);
    let above: Vec<_> = (0..turn).map(id).collect();
    let mail = if turn > 0 { mail.references(&above.join(" ")) } else { mail };
    mail.text(&"x".repeat(number * 13))
}

const ARRIVALS: [&str; 12] = [
    " 1-Jan-2023 00:00:00 +0000",
    " 2-Jan-2023 00:00:00 +0000",
    " 3-Jan-2023 00:00:00 +0000",
    " 4-Jan-2023 00:00:00 +0000",
    " 5-Jan-2023 00:00:00 +0000",
    " 6-Jan-2023 00:00:00 +0000",
    " 7-Jan-2023 12:00:00 +0000",
    " 8-Jan-2023 12:00:00 +0000",
    " 9-Jan-2023 12:00:00 +0000",
    "10-Jan-2023 12:00:00 +0000",
    "11-Jan-2023 12:00:00 +0000",
    "12-Jan-2023 12:00:00 +0000",
];
