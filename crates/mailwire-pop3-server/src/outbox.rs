use alloc::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// Octets that wait to be sent: small ones are gathered, large ones pass as they are.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    whole: VecDeque<Bytes>,
    gathered: BytesMut,
    len: usize,
}

impl Outbox {
    /// Lets `write` append to what is gathered.
    pub(crate) fn gather(&mut self, write: impl FnOnce(&mut BytesMut)) {
        let before = self.gathered.len();
        write(&mut self.gathered);
        self.len += self.gathered.len() - before;
    }

    pub(crate) fn push(&mut self, octets: Bytes) {
        if octets.len() < LARGE {
            return self.gather(|gathered| gathered.extend_from_slice(&octets));
        }
        self.seal();
        self.len += octets.len();
        self.whole.push_back(octets);
    }

    pub(crate) fn pop(&mut self) -> Option<Bytes> {
        if self.whole.is_empty() {
            self.seal();
        }
        let octets = self.whole.pop_front()?;
        self.len -= octets.len();
        Some(octets)
    }

    /// How many octets wait.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    fn seal(&mut self) {
        if !self.gathered.is_empty() {
            self.whole.push_back(self.gathered.split().freeze());
        }
    }
}

/// From here on a copy costs more than a system call's share.
const LARGE: usize = 2048;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_leave_in_order_and_large_ones_uncopied() {
        let large = Bytes::from(alloc::vec![b'x'; LARGE]);
        let mut outbox = Outbox::default();
        outbox.push(Bytes::from_static(b"a"));
        outbox.gather(|gathered| gathered.extend_from_slice(b"b"));
        outbox.push(large.clone());
        outbox.push(Bytes::from_static(b"c"));
        assert_eq!(outbox.len(), LARGE + 3);
        assert_eq!(outbox.pop().as_deref(), Some(&b"ab"[..]));
        assert_eq!(outbox.pop().map(|octets| octets.as_ptr()), Some(large.as_ptr()));
        assert_eq!(outbox.pop().as_deref(), Some(&b"c"[..]));
        assert_eq!((outbox.pop(), outbox.len()), (None, 0));
    }
}
