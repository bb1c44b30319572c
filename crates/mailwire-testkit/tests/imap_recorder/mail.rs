//! What there is to fetch.

/// Mail of the kinds that there are.
pub(crate) fn messages() -> Vec<Vec<u8>> {
    let mixed = "From: \"Ann \\\"the\\\" Nonymous\" <ann@example.org>, undisclosed: ;\nTo: Bob <bob@example.org>, =?utf-8?q?J=C3=BCrgen?= <j@example.org>\n\
        Cc: team: a@example.org, b@example.org;\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= and a \"quote\"\nDate: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\n\
        Message-ID: <1@example.org>\nIn-Reply-To: <0@example.org> <00@example.org>\nReferences: <0@example.org>\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=\"outer\"\n\npreamble\n--outer\nContent-Type: multipart/alternative; boundary=inner\n\n\
        --inner\nContent-Type: text/plain; charset=utf-8; format=flowed\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe\n\
        --inner\nContent-Type: text/html; charset=utf-8\nContent-Language: de, en\n\n<p>Hello</p>\n--inner--\n--outer\n\
        Content-Type: application/pdf; name=\"a \\\"b\\\".pdf\"\nContent-Disposition: attachment; filename*=utf-8''na%C3%AFve.pdf; size=3\n\
        Content-ID: <part@example.org>\nContent-Description: a file\nContent-Transfer-Encoding: base64\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\n\
        Content-Location: http://example.org/a.pdf\n\nYWJj\n--outer\nContent-Type: message/rfc822\n\nFrom: c@example.org\nSubject: within\n\nwithin\n--outer--\n";
    vec![
        b"Subject: plain\nFrom: a@example.org\nDate: 1 Jan 2020 00:00:00 GMT\nMessage-ID: <0@example.org>\n\nhello\n".to_vec(),
        mixed.as_bytes().to_vec(),
        b"Subject: 8 bit \xE9\xFF\nFrom: \xC3\xA9 <e@example.org>\n\n\xE9\xFF\n".to_vec(),
        b"\n".to_vec(),
        [&b"Subject: "[..], &b"long ".repeat(300), b"\nFrom: <>\nTo: @route:x@example.org\nDate: nonsense\n\nbody\n"].concat(),
    ]
}
