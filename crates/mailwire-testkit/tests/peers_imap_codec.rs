//! What Dovecot says to every command that it supports, read by our codec: nothing of it is unknown.
#![cfg(feature = "peers")]

mod imap_recorder;

use imap_recorder::{Expected, mail};
use mailwire_testkit::peers::{Dovecot, Protocol, Settings};

#[test]
fn everything_that_dovecot_says_is_read() {
    let settings = Settings::default().user("ann", "secret").user("bob", "secret").lines(PLUGINS);
    let server = Dovecot::start(settings).unwrap();
    mail::messages().iter().for_each(|message| server.deliver("ann", message).unwrap());
    let title = "Sessions with Dovecot 2.3: every command that it supports";
    let recording = imap_recorder::record(server.port(Protocol::Imap), title, STEPS);
    imap_recorder::assert_read(&recording, &EXPECTED);
}

const EXPECTED: Expected<'_> = Expected {
    said: &[
        "Acl",
        "Capability",
        "Continue",
        "ESearch",
        "Enabled",
        "Exists",
        "Expunge",
        "Fetch",
        "Flags",
        "GenUrlAuth",
        "Id",
        "List",
        "ListRights",
        "Lsub",
        "MailboxStatus",
        "Metadata",
        "MyRights",
        "Namespace",
        "Quota",
        "QuotaRoot",
        "Recent",
        "Search",
        "Sort",
        "Status",
        "Thread",
        "UrlFetch",
        "Vanished",
    ],
    other: &["THREAD=REFS"],
    tolerated: &["* THREAD ", "(BODYPARTSTRUCTURE ("],
    unreadable: &[],
};

const PLUGINS: &str = "
mail_plugins = $mail_plugins acl quota
mail_attribute_dict = file:%h/attributes
mailbox_list_index = yes
mailbox_list_index_include_inbox = yes
mail_max_keyword_length = 50
protocol imap {
  mail_plugins = $mail_plugins imap_acl imap_quota imap_zlib
  imap_metadata = yes
  imap_urlauth_host = localhost
}
plugin {
  acl = vfile
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=1G:messages=40
  quota_max_mail_size = 10k
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    special_use = \\Sent
    auto = subscribe
  }
  mailbox Trash {
    special_use = \\Trash
    auto = create
  }
}
namespace public {
  type = public
  separator = /
  prefix = Public/
  location = maildir:~/Public
  subscriptions = no
}
";

/// `imap_recorder/script.rs` tells their forms.
const STEPS: &[&str] = &[
    "# In the clear, literals that wait",
    "a1 CAPABILITY",
    "no1 LOGIN ann wrong",
    "no2 SELECT INBOX",
    "no3 AUTHENTICATE X-NONE",
    "no4 AUTHENTICATE PLAIN",
    "= *",
    "no5 AUTHENTICATE CRAM-MD5",
    "= YQ==",
    "a2 AUTHENTICATE PLAIN",
    "= AGFubgBzZWNyZXQ=",
    "a3 ID (\"name\" \"mailwire\")",
    "a4 ID NIL",
    "a5 NAMESPACE",
    "a6 ENABLE CONDSTORE",
    "a7 LIST \"\" \"\"",
    "a8 LIST \"\" *",
    "a9 LIST (SPECIAL-USE) \"\" * RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES UNSEEN UIDNEXT HIGHESTMODSEQ SIZE))",
    "a10 LIST \"\" * RETURN (SPECIAL-USE STATUS (RECENT UIDVALIDITY))",
    "a11 XLIST \"\" *",
    "a12 CREATE Entw&APw-rfe",
    "a13 CREATE \"a b/c\"",
    "no6 CREATE INBOX",
    "no7 CREATE \"a b/c\"",
    "a14 SUBSCRIBE \"a b/c\"",
    "a15 LSUB \"\" *",
    "a16 LSUB \"\" %",
    "a17 LIST (SUBSCRIBED RECURSIVEMATCH) \"\" % RETURN (CHILDREN)",
    "a18 LIST (SUBSCRIBED REMOTE) \"\" *",
    "a19 LIST \"\" (INBOX %) RETURN (SPECIAL-USE)",
    "a20 RENAME \"a b/c\" \"d (e)\"",
    "a21 STATUS INBOX (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ SIZE)",
    "no8 STATUS Nowhere (MESSAGES)",
    "a22 SELECT INBOX (CONDSTORE)",
    "a23 FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)",
    "a24 FETCH 1:* (BODYSTRUCTURE MODSEQ)",
    "a25 FETCH 1:* BODY",
    "a26 UID FETCH 1:* (BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[TEXT])",
    "a27 FETCH 2 (BODY.PEEK[1.2.MIME] BODY.PEEK[2] BODY.PEEK[3.HEADER] BODY.PEEK[3.TEXT] BODY.PEEK[HEADER.FIELDS (SUBJECT DATE)])",
    "a28 FETCH 2 (BODY.PEEK[]<0.10> BODY.PEEK[HEADER.FIELDS.NOT (RECEIVED)]<5.20> BINARY.PEEK[1.1] BINARY.SIZE[2])",
    "a29 FETCH 2 (BINARY.PEEK[] BINARY.PEEK[2]<1.2> BINARY.SIZE[] BODY.PEEK[9] BODY.PEEK[3.1])",
    "a30 FETCH 1 (RFC822 RFC822.HEADER RFC822.TEXT)",
    "a31 FETCH 1:* (PREVIEW SAVEDATE)",
    "a32 FETCH 1:* PREVIEW (LAZY)",
    "a33 STORE 1 +FLAGS (\\Flagged $Forwarded work)",
    "a34 STORE 1 FLAGS (\\Answered)",
    "a35 STORE 1 -FLAGS \\Answered",
    "no9 STORE 1 +FLAGS (keyword-that-is-longer-than-the-fifty-octets-that-are-allowed-here)",
    "a36 UID STORE 2 (UNCHANGEDSINCE 1) +FLAGS.SILENT (\\Seen)",
    "a37 FETCH 1:* FLAGS (CHANGEDSINCE 1)",
    "a38 SEARCH UNSEEN",
    "a39 SEARCH NOT ALL",
    "a40 UID SEARCH RETURN (MIN MAX COUNT ALL) OR FROM ann SUBJECT plain",
    "a41 SEARCH RETURN () BEFORE 1-Jan-1990",
    "a42 SEARCH RETURN (SAVE) LARGER 10",
    "a43 FETCH $ UID",
    "a44 SEARCH RETURN (SAVE COUNT) UID 1:2,4",
    "a45 SEARCH CHARSET UTF-8 SUBJECT {7+}\r\nGrüße",
    "a46 SEARCH MODSEQ 1",
    "a47 UID SEARCH RETURN (MIN MAX) MODSEQ 1",
    "a48 SEARCH OLDER 1 YOUNGER 1000000000 SAVEDSINCE 1-Jan-2000 SENTON 17-Jul-1996 HEADER Message-ID example KEYWORD $Forwarded",
    "a49 SEARCH FUZZY BODY hello",
    "no10 SEARCH CHARSET X-NONE TEXT a",
    "a50 UID SEARCH RETURN (PARTIAL 1:2) ALL",
    "a51 UID SEARCH RETURN (UPDATE COUNT ALL) FLAGGED",
    "> o1 LOGIN ann secret",
    "> o2 SELECT INBOX",
    "> o3 STORE 1,3 +FLAGS.SILENT (\\Flagged)",
    "a52 NOOP",
    "> o4 STORE 3 -FLAGS.SILENT (\\Flagged)",
    "a53 NOOP",
    "a54 CANCELUPDATE a51",
    "a55 SORT (REVERSE DATE) UTF-8 ALL",
    "a56 SORT (DISPLAYFROM DISPLAYTO CC TO SIZE) UTF-8 DELETED",
    "a57 UID SORT RETURN (ALL COUNT) (SUBJECT ARRIVAL) UTF-8 ALL",
    "a58 SORT RETURN (PARTIAL 1:3) (FROM) UTF-8 ALL",
    "a59 THREAD REFERENCES UTF-8 ALL",
    "a60 UID THREAD REFS UTF-8 ALL",
    "a61 THREAD ORDEREDSUBJECT US-ASCII 1:3",
    "a62 THREAD REFERENCES UTF-8 DELETED",
    "a63 MOVE 6 Trash",
    "no11 LANGUAGE de",
    "no12 COMPARATOR",
    "no13 CONVERSIONS text/plain text/html",
    "no14 CONVERT 1 (\"text/html\" (\"charset\" \"utf-8\")) BINARY[1]",
    "no15 ESEARCH IN (personal) RETURN (COUNT) UNSEEN",
    "no16 GETJMAPACCESS",
    "no17 UIDBATCHES 10",
    "no18 FETCH 1:2 UID (PARTIAL 1:1)",
    "no19 REPLACE 1 INBOX {20+}\r\nSubject: one\r\n\r\nbody",
    "a64 NOOP",
    "a65 COPY 1:2 Trash",
    "no20 UID COPY 1 Nowhere",
    "a66 UID MOVE 5 Trash",
    "a67 APPEND INBOX (\\Seen) \" 7-Feb-1994 21:52:25 -0800\" {26+}\r\nSubject: appended\r\n\r\nhello",
    "a68 APPEND INBOX {20+}\r\nSubject: one\r\n\r\nbody {20+}\r\nSubject: two\r\n\r\nbody",
    "a69 APPEND INBOX CATENATE (TEXT {18+}\r\nSubject: three\r\n\r\n URL \"/INBOX/;UID=2\")",
    "no21 APPEND INBOX CATENATE (URL \"/INBOX/;UID=999\")",
    "a70 APPEND INBOX ~{24+}\r\nSubject: four\r\n\r\nbody\r\nx",
    "no22 APPEND Nowhere {4+}\r\n\r\nab",
    "a71 IDLE",
    "> o5 APPEND INBOX {20+}\r\nSubject: new\r\n\r\nbody",
    "< Exists",
    "> o6 STORE 2 +FLAGS.SILENT (\\Draft)",
    "< Fetch",
    "DONE",
    "a72 STORE 1 +FLAGS.SILENT (\\Deleted)",
    "a73 UID EXPUNGE 1",
    "> o7 STORE 2 +FLAGS.SILENT (\\Deleted)",
    "> o8 EXPUNGE",
    "a74 FETCH 1:* BODY.PEEK[TEXT]",
    "a75 EXPUNGE",
    "a76 CHECK",
    "a77 GETQUOTAROOT INBOX",
    "a78 GETQUOTA \"User quota\"",
    "no23 SETQUOTA \"User quota\" (STORAGE 10)",
    "no24 GETQUOTA \"No quota\"",
    "a79 GETACL INBOX",
    "a80 MYRIGHTS INBOX",
    "a81 LISTRIGHTS INBOX bob",
    "a82 SETACL INBOX bob lrs",
    "a83 SETACL INBOX bob +w",
    "a84 SETACL INBOX -bob t",
    "a85 GETACL INBOX",
    "a86 DELETEACL INBOX -bob",
    "no25 GETACL Nowhere",
    "a87 SETMETADATA INBOX (/private/comment \"a \\\"comment\\\"\" /private/vendor/x {2+}\r\nab)",
    "a88 GETMETADATA INBOX /private/comment",
    "a89 GETMETADATA (DEPTH infinity) INBOX (/private /shared)",
    "a90 GETMETADATA (MAXSIZE 3) INBOX (/private/comment /private/vendor/x)",
    "a91 SETMETADATA \"\" (/private/comment NIL)",
    "a92 GETMETADATA \"\" (/private/comment /shared/comment)",
    "a93 SETMETADATA INBOX (/private/vendor/x NIL)",
    "no26 SETMETADATA INBOX (/wrong/comment \"x\")",
    "a94 GENURLAUTH \"imap://ann@localhost/INBOX/;UID=3;URLAUTH=anonymous\" INTERNAL",
    "a95 URLFETCH \"%URL%\"",
    "a96 URLFETCH (\"%URL%\" BINARY BODYPARTSTRUCTURE) (\"%URL%\" BODY)",
    "a97 URLFETCH \"imap://ann@localhost/INBOX/;UID=3;URLAUTH=anonymous:internal:00000000000000000000000000000000000000000000\"",
    "a98 RESETKEY INBOX INTERNAL",
    "a99 RESETKEY",
    "a100 NOTIFY SET STATUS (selected (MessageNew (UID FLAGS) MessageExpunge FlagChange)) (subscribed (MessageNew MessageExpunge FlagChange)) (personal (MailboxName SubscriptionChange))",
    "> o9 APPEND INBOX {22+}\r\nSubject: newer\r\n\r\nbody",
    "a101 NOOP",
    "> o10 APPEND Sent {21+}\r\nSubject: sent\r\n\r\nbody",
    "< MailboxStatus",
    "> o11 CREATE Created",
    "< List",
    "> o12 SUBSCRIBE Created",
    "< List",
    "> o13 RENAME Created Renamed",
    "< List",
    "> o14 DELETE Renamed",
    "< List",
    "no27 NOTIFY SET (personal (MailboxMetadataChange ServerMetadataChange))",
    "a102 NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange)) (inboxes (MessageNew MessageExpunge)) (subtree Sent (MailboxName)) (mailboxes (Trash) NONE)",
    "a103 NOTIFY NONE",
    "a104 UNSELECT",
    "a105 EXAMINE INBOX",
    "a106 STORE 1 +FLAGS (\\Seen)",
    "a107 LOGOUT",
    "# Literals that do not wait, and QRESYNC",
    "b1 AUTHENTICATE PLAIN AGFubgBzZWNyZXQ=",
    "b2 ENABLE QRESYNC",
    "b3 ENABLE CONDSTORE UTF8=ACCEPT",
    "b4 SELECT INBOX (QRESYNC (1 1 1:100))",
    "b5 UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)",
    "b6 STORE * +FLAGS (\\Deleted)",
    "> o15 STORE 1 +FLAGS.SILENT (\\Deleted)",
    "> o16 UID EXPUNGE 1:3",
    "b7 NOOP",
    "b8 EXPUNGE",
    "b9 UID STORE 1:* +FLAGS.SILENT (\\Seen)",
    "b10 SELECT Trash",
    "b11 UID MOVE 1 Sent",
    "no28 FETCH 999 FLAGS",
    "b12 CLOSE",
    "b13 LIST \"\" INBOX RETURN (STATUS (HIGHESTMODSEQ))",
    "b14 APPEND INBOX (\\Seen) {26+}\r\nSubject: appended\r\n\r\nhello {26+}\r\nSubject: together\r\n\r\nhello",
    "b15 DELETE \"d (e)\"",
    "no29 DELETE Nowhere",
    "no30 DELETE INBOX",
    "b16 UNSUBSCRIBE \"a b/c\"",
    "b17 SELECT INBOX",
    "b18 SELECT INBOX (QRESYNC (%VALIDITY% 30 1:9 (1,3 2,6)))",
    "b19 UID FETCH 1:* (FLAGS MODSEQ) (CHANGEDSINCE 30)",
    "b20 UID COPY 1:* Sent",
    "b21 UID THREAD ORDEREDSUBJECT UTF-8 ALL",
    "b22 UID SORT (CC) UTF-8 ALL",
    "b23 LSUB \"\" *",
    "b24 LIST \"\" Public/*",
    "no31 CREATE Public/Other",
    "no32 COMPRESS X-NONE",
    "b25 COMPRESS DEFLATE",
    "# STARTTLS",
    "s1 STARTTLS",
];
