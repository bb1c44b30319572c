//! Leaving a mailbox without expunging anything.

use crate::{
    Execute,
    command::{Close, Select, Unselect},
};

/// How a mailbox was left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum UnselectedBy {
    /// EXAMINE and CLOSE: what is read-only is not expunged. Messages may have become old by it, as by any EXAMINE.
    ExamineAndClose,
    /// No mailbox was selected.
    Nothing,
    /// UNSELECT
    Unselect,
}

pub(super) async fn unselect<E: Execute + ?Sized>(session: &mut E) -> Result<UnselectedBy, E::Error> {
    let Some(selected) = session.selected().await? else { return Ok(UnselectedBy::Nothing) };
    if session.server().await?.has("UNSELECT") {
        session.run(Unselect).await?;
        return Ok(UnselectedBy::Unselect);
    }
    if !selected.read_only {
        session.run(Select::examine(selected.mailbox)).await?;
    }
    session.run(Close).await?;
    Ok(UnselectedBy::ExamineAndClose)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Session as _, session::script::Script};

    #[test]
    fn nothing_is_expunged() {
        let (examined, done): (&[&str], &[&str]) = (&["% OK [READ-ONLY] done"], &["% OK done"]);
        let (select, examine) = (("SELECT INBOX", done), ("EXAMINE INBOX", examined));
        for (words, read_only, steps, by) in [
            ("UNSELECT", false, &[select, ("UNSELECT", done)][..], UnselectedBy::Unselect),
            ("", false, &[select, examine, ("CLOSE", done)], UnselectedBy::ExamineAndClose),
            ("", true, &[examine, ("CLOSE", done)], UnselectedBy::ExamineAndClose),
        ] {
            let mut script = Script::new(words, steps);
            let left = script.play(async |script| {
                let select = if read_only { Select::examine("INBOX") } else { Select::new("INBOX") };
                script.run(select).await.unwrap();
                (script.unselect().await, script.selected().await.unwrap().is_some())
            });
            assert_eq!(left, (Ok(by), false), "{words} {read_only}");
        }
        let mut script = Script::new("UNSELECT", &[]);
        assert_eq!(script.play(async |script| script.unselect().await), Ok(UnselectedBy::Nothing));
    }
}
