use alloc::boxed::Box;

use crate::{Error, Selected};

/// Where the session stands ([RFC 9051 section 3](https://www.rfc-editor.org/rfc/rfc9051#section-3)).
///
/// ```text
///            OK                        login             SELECT, EXAMINE
/// Greeting -----> NotAuthenticated -----------> Authenticated ---------> Selected
///    |               |   ^     ^                   ^    |  ^                | |
///    |      STARTTLS |   | TLS |   UNAUTHENTICATE  |    |  +- CLOSE, ... ---+ | SELECT,
///    |               v   |     +-------------------|----+                     | EXAMINE
///    |             Handshake                       |                          v
///    +--------------------- PREAUTH ---------------+                       Selected
///
/// any, when LOGOUT is answered ---> Closed          any, on an error ---> Failed, for ever
/// ```
#[derive(Debug)]
pub(crate) enum State {
    Greeting,
    NotAuthenticated,
    Handshake,
    Authenticated,
    Selected(Box<Selected>),
    Closed,
    /// With the mailbox that was selected.
    Failed(Error, Option<Box<Selected>>),
}

impl State {
    /// After the greeting.
    pub(crate) fn on_greeting(self, is_preauth: bool) -> Self {
        match self {
            Self::Greeting if is_preauth => Self::Authenticated,
            Self::Greeting => Self::NotAuthenticated,
            other @ (Self::NotAuthenticated
            | Self::Handshake
            | Self::Authenticated
            | Self::Selected(_)
            | Self::Closed
            | Self::Failed(..)) => other,
        }
    }

    /// After OK to STARTTLS.
    pub(crate) fn on_start_tls(self) -> Self {
        match self {
            Self::NotAuthenticated => Self::Handshake,
            other @ (Self::Greeting
            | Self::Handshake
            | Self::Authenticated
            | Self::Selected(_)
            | Self::Closed
            | Self::Failed(..)) => other,
        }
    }

    /// After the TLS handshake.
    pub(crate) fn on_tls(self) -> Self {
        match self {
            Self::Handshake => Self::NotAuthenticated,
            other @ (Self::Greeting
            | Self::NotAuthenticated
            | Self::Authenticated
            | Self::Selected(_)
            | Self::Closed
            | Self::Failed(..)) => other,
        }
    }

    /// After OK to LOGIN or AUTHENTICATE.
    pub(crate) fn on_login(self) -> Self {
        match self {
            Self::NotAuthenticated => Self::Authenticated,
            other @ (Self::Greeting
            | Self::Handshake
            | Self::Authenticated
            | Self::Selected(_)
            | Self::Closed
            | Self::Failed(..)) => other,
        }
    }

    /// After OK to UNAUTHENTICATE.
    pub(crate) fn on_unauthenticate(self) -> Self {
        match self {
            Self::Authenticated | Self::Selected(_) => Self::NotAuthenticated,
            other @ (Self::Greeting
            | Self::NotAuthenticated
            | Self::Handshake
            | Self::Closed
            | Self::Failed(..)) => other,
        }
    }

    /// After the end of SELECT or EXAMINE, with the new mailbox if it succeeded; after CLOSE and UNSELECT without.
    pub(crate) fn on_select(self, selected: Option<Box<Selected>>) -> Self {
        match (self, selected) {
            (Self::Authenticated | Self::Selected(_), Some(selected)) => Self::Selected(selected),
            (Self::Authenticated | Self::Selected(_), None) => Self::Authenticated,
            (
                other @ (Self::Greeting
                | Self::NotAuthenticated
                | Self::Handshake
                | Self::Closed
                | Self::Failed(..)),
                _,
            ) => other,
        }
    }

    /// After what no session survives.
    pub(crate) fn on_error(self, error: Error) -> Self {
        match self {
            failed @ Self::Failed(..) => failed,
            Self::Selected(selected) => Self::Failed(error, Some(selected)),
            Self::Greeting
            | Self::NotAuthenticated
            | Self::Handshake
            | Self::Authenticated
            | Self::Closed => Self::Failed(error, None),
        }
    }

    /// After the end of LOGOUT.
    pub(crate) fn on_logout(self) -> Self {
        match self {
            failed @ Self::Failed(..) => failed,
            Self::Greeting
            | Self::NotAuthenticated
            | Self::Handshake
            | Self::Authenticated
            | Self::Selected(_)
            | Self::Closed => Self::Closed,
        }
    }

    /// Whether commands may leave.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::NotAuthenticated | Self::Authenticated | Self::Selected(_))
    }

    /// Whether somebody is logged in.
    pub(crate) fn is_authenticated(&self) -> bool {
        matches!(self, Self::Authenticated | Self::Selected(_))
    }
}
