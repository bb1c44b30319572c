"""Runs a dialogue with poplib; its directory gets a NUMBER.response, and perhaps a NUMBER.lines, for every step."""

import os
import poplib
import ssl
import sys

host, port, security, authority, user, password, directory, *steps = sys.argv[1:]


def context():
    if authority:
        return ssl.create_default_context(cafile=authority)
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    return unverified


def text(response):
    return response if isinstance(response, bytes) else str(response).encode()


def step(pop, name, *arguments):
    """The response to one step, and its lines if it has any."""
    numbers = [int(argument) for argument in arguments]
    if name == "apop":
        return pop.apop(user, password), None
    if name == "capa":
        capabilities = pop.capa()
        return b"", [" ".join([key, *values]).encode() for key, values in capabilities.items()]
    if name == "greeting":
        return pop.getwelcome(), None
    if name == "stat":
        return "%d %d" % pop.stat(), None
    if name == "stls":
        return pop.stls(context()), None
    if name == "user":
        return pop.user(user), None
    if name == "pass":
        return pop.pass_(password), None
    answer = {
        "dele": pop.dele,
        "list": pop.list,
        "noop": pop.noop,
        "quit": pop.quit,
        "retr": pop.retr,
        "rset": pop.rset,
        "top": pop.top,
        "uidl": pop.uidl,
        "utf8": pop.utf8,
    }[name](*numbers)
    return answer[:2] if isinstance(answer, tuple) else (answer, None)


def write(name, octets):
    with open(os.path.join(directory, name), "wb") as file:
        file.write(octets)


def run(pop, steps):
    for index, words in enumerate(steps):
        try:
            response, lines = step(pop, *words.split())
        except poplib.error_proto as error:
            response, lines = error.args[0], None
        write("%06d.response" % index, text(response))
        if lines is not None:
            write("%06d.lines" % index, b"".join(line + b"\r\n" for line in lines))


def fetch(pop, login, delete):
    """Every message, into a file of its own; any -ERR ends the script."""
    for words in login:
        step(pop, words)
    count, _ = pop.stat()
    for number in range(1, count + 1):
        write("%06d" % number, b"".join(line + b"\r\n" for line in pop.retr(number)[1]))
        if delete:
            pop.dele(number)
    pop.quit()


if security == "tls":
    connection = poplib.POP3_SSL(host, int(port), context=context())
else:
    connection = poplib.POP3(host, int(port))
if security == "stls":
    connection.stls(context())
if steps[0] == "fetch":
    fetch(connection, steps[2:], steps[1] == "delete")
else:
    run(connection, steps)
