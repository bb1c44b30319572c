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
        b"From: =?iso-8859-1?q?Keld_J=F8rn?= <\"keld j\"@[127.0.0.1]> (comment), Nobody <nobody>\nTo: empty:;, A.B. Ceh <abc@example.org>\n\
            Sender: s@example.org\nReply-To: r@example.org, \"R, S\" <rs@example.org>\nBcc: hidden@example.org\nSubject:\nDate: Mon, 1 Jan 2024 12:00:00 +0000 (UTC)\n\
            Message-ID: nonsense\nMIME-Version: 1.0\nContent-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: first\nFrom: x@example.org\n\nfirst\n\
            --d\n\nContent-Type: multipart/mixed; boundary=e\nMIME-Version: 1.0\nSubject: second\n\n--e\n\ntext\n--e\nContent-Type: text/plain\n\nmore\n--e--\n\n--d--\n"
            .to_vec(),
        b"Subject: report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"a b\"\n\n--a b\nContent-Type: text/plain\n\
            Content-Disposition: inline\nContent-Language: en\n\nreport\n--a b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; example.org\n\n\
            Action: failed\n--a b\nContent-Type: text/rfc822-headers; charset=\"\"\n\nSubject: lost\n--a b--\nepilogue\n"
            .to_vec(),
        b"Subject: without an end\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=never\n\nnothing of the kind\n".to_vec(),
        b"Subject: odd types\nMIME-Version: 1.0\nContent-Type: text\nContent-Disposition: attachment; filename=\"\xC3\xA9 \xE9.txt\"; x; y=\n\
            Content-Transfer-Encoding: x-unknown\nContent-ID: <>\nContent-Description: \xC3\xA9\n\nodd\n"
            .to_vec(),
        b"Subject: folded\n\tand folded\n  again\nReferences: <a@example.org>\n\t<b@example.org>\nMIME-Version: 1.0\nContent-Type: image/png;\n\tname*0=\"long\";\n\
            \tname*1=\"er.png\"\nContent-Transfer-Encoding: BASE64\n\niVBORw0K\n"
            .to_vec(),
    ]
}
