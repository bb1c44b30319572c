//! The harness is right: Debian's clients fetch from Debian's server what was delivered to it.

use mailwire_testkit::peers::{Client, Dovecot, Fetch, Security, Settings, dovecot::wire_form};

/// Eight bits, dots at the start of lines, no last line end, and a large one.
fn messages() -> Vec<Vec<u8>> {
    vec![
        b"Subject: eight bits\n\n\xE9\xFF\x80\n".to_vec(),
        b"Subject: dots\n\n.\n..\n.profile\n\nno end".to_vec(),
        [
            &b"Subject: large\n\n"[..],
            &b"seventy octets of text, or a few less, over and over again\n".repeat(60_000),
        ]
        .concat(),
    ]
}

#[test]
fn every_client_fetches_what_was_delivered() {
    for client in Client::ALL {
        let server = Dovecot::start(Settings::new().user("ann", "secret")).unwrap();
        let messages = messages();
        messages.iter().for_each(|message| server.deliver("ann", message).unwrap());
        let expected: Vec<_> =
            messages.iter().map(|message| client.stored_form(&wire_form(message))).collect();
        let security = if client == Client::Getmail { Security::Tls } else { Security::Stls };
        let account = server.account("ann", security).unwrap();
        let fetched = client
            .fetch(&account, &Fetch::new())
            .unwrap_or_else(|error| panic!("{}: {error}", client.name()));
        assert!(fetched == expected, "{} keeps", client.name());
        assert_eq!(server.messages("ann").unwrap().len(), messages.len());
        let fetched = client.fetch(&account, &Fetch::new().delete()).unwrap();
        assert!(fetched == expected, "{} deletes", client.name());
        assert!(server.messages("ann").unwrap().is_empty(), "{}", client.name());
    }
}

#[test]
fn a_wrong_password_fails_with_the_clients_words() {
    let server = Dovecot::start(Settings::new().user("ann", "secret")).unwrap();
    let mut account = server.account("ann", Security::Tls).unwrap();
    account.password = "wrong".into();
    for client in Client::ALL {
        assert!(client.fetch(&account, &Fetch::new()).is_err(), "{}", client.name());
    }
}
