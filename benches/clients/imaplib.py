"""Python's imaplib. It leaves values to its user: patterns take out of envelopes and structures what is summed up, no more."""

import imaplib
import re
import sys

SUBJECT = re.compile(rb'ENVELOPE \((?:NIL|"[^"]*") "([^"]*)"')
PART = re.compile(rb'"(?:7bit|quoted-printable)" (\d+)')


def main(task, user, password, port):
    client = imaplib.IMAP4("127.0.0.1", int(port))
    client.login(user, password)
    client.select("INBOX", readonly=True)
    messages = flags = octets = 0
    if task == "structures":
        for line in client.uid("FETCH", "1:*", "(ENVELOPE FLAGS BODYSTRUCTURE)")[1]:
            messages += 1
            flags += len(imaplib.ParseFlags(line))
            octets += len(SUBJECT.search(line)[1]) + sum(map(int, PART.findall(line)))
    else:
        uids, items = ("1", "BODY.PEEK[]") if task == "large" else ("1:*", "(FLAGS BODY.PEEK[])")
        for head, body in filter(lambda row: isinstance(row, tuple), client.uid("FETCH", uids, items)[1]):
            messages += 1
            flags += len(imaplib.ParseFlags(head))
            octets += len(body)
    client.logout()
    print(messages, flags, octets)


main(*sys.argv[1:])
