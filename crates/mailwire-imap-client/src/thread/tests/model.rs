//! The steps of RFC 5256 as they stand there, one after the other, on a tree that is changed in place.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use mailwire_imap::SeqNum;

use super::{Key, Message};

struct Model<'a> {
    messages: &'a [Message<SeqNum>],
    /// By place; dummies are behind the messages, and `root` is the last of all.
    children: Vec<Vec<usize>>,
    parent: Vec<Option<usize>>,
}

pub(super) fn by_references(messages: &[Message<SeqNum>]) -> String {
    let mut model = Model {
        messages,
        children: alloc::vec![Vec::new(); messages.len()],
        parent: alloc::vec![None; messages.len()],
    };
    model.link();
    let root = model.add();
    for place in 0..root {
        if model.parent[place].is_none() {
            model.put(place, Some(root));
        }
    }
    model.prune(root, root);
    model.sort(root, false);
    model.gather(root);
    model.sort(root, true);
    let top = model.children[root].clone();
    top.into_iter().map(|place| format!("({})", model.show(place))).collect()
}

impl Model<'_> {
    fn add(&mut self) -> usize {
        self.children.push(Vec::new());
        self.parent.push(None);
        self.parent.len() - 1
    }

    fn put(&mut self, place: usize, parent: Option<usize>) {
        if let Some(old) = self.parent[place] {
            self.children[old].retain(|child| *child != place);
        }
        self.parent[place] = parent;
        if let Some(new) = parent {
            self.children[new].push(place);
        }
    }

    fn is_below(&self, place: usize, above: usize) -> bool {
        place == above || self.parent[place].is_some_and(|parent| self.is_below(parent, above))
    }

    fn link(&mut self) {
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (place, message) in self.messages.iter().enumerate() {
            let unique = format!("unique {place}");
            let id = message.id.as_ref().map_or(unique.clone(), ToString::to_string);
            let id = if places.contains_key(&id) { unique } else { id };
            places.insert(id, place);
        }
        for (place, message) in self.messages.iter().enumerate() {
            let mut chain = Vec::new();
            for id in &message.references {
                let known = places.get(&id.to_string()).copied();
                let found = known.unwrap_or_else(|| self.add());
                places.insert(id.to_string(), found);
                chain.push(found);
            }
            for pair in chain.windows(2) {
                if self.parent[pair[1]].is_none() && !self.is_below(pair[0], pair[1]) {
                    self.put(pair[1], Some(pair[0]));
                }
            }
            self.put(place, None);
            if let Some(last) = chain.last().filter(|last| !self.is_below(**last, place)) {
                self.put(place, Some(*last));
            }
        }
    }

    fn is_dummy(&self, place: usize) -> bool {
        place >= self.messages.len()
    }

    fn prune(&mut self, place: usize, root: usize) {
        for child in self.children[place].clone() {
            self.prune(child, root);
        }
        if place == root || !self.is_dummy(place) {
            return;
        }
        let (children, parent) = (self.children[place].clone(), self.parent[place]);
        if children.len() > 1 && parent == Some(root) {
            return;
        }
        children.into_iter().for_each(|child| self.put(child, parent));
        self.put(place, None);
    }

    fn order(&self, place: usize) -> (i64, usize) {
        match self.messages.get(place) {
            Some(message) => (message.sent, place),
            None => self.children[place].iter().map(|child| self.order(*child)).min().unwrap(),
        }
    }

    fn sort(&mut self, place: usize, is_deep: bool) {
        let mut children = core::mem::take(&mut self.children[place]);
        for child in &children {
            if is_deep || self.is_dummy(*child) {
                self.sort(*child, is_deep);
            }
        }
        children.sort_by_key(|child| self.order(*child));
        self.children[place] = children;
    }

    fn subject(&self, place: usize) -> Key {
        let first = if self.is_dummy(place) { self.children[place][0] } else { place };
        self.messages[first].subject.clone()
    }

    fn is_reply(&self, place: usize) -> bool {
        self.messages.get(place).is_some_and(|message| message.is_reply)
    }

    fn gather(&mut self, root: usize) {
        let top = self.children[root].clone();
        let mut table: BTreeMap<Key, usize> = BTreeMap::new();
        for current in &top {
            let subject = self.subject(*current);
            if subject.is_empty() {
                continue;
            }
            let replaces = match table.get(&subject) {
                None => true,
                Some(old) => {
                    !self.is_dummy(*old)
                        && (self.is_dummy(*current) || self.is_reply(*old) && !self.is_reply(*current))
                }
            };
            if replaces {
                table.insert(subject, *current);
            }
        }
        for current in top {
            let subject = self.subject(current);
            let Some(known) = table.get(&subject).copied().filter(|known| *known != current) else {
                continue;
            };
            if self.is_dummy(current) && self.is_dummy(known) {
                for child in self.children[current].clone() {
                    self.put(child, Some(known));
                }
                self.put(current, None);
            } else if self.is_dummy(known) || self.is_reply(current) && !self.is_reply(known) {
                self.put(current, Some(known));
            } else {
                let dummy = self.add();
                self.put(dummy, Some(root));
                self.put(current, Some(dummy));
                self.put(known, Some(dummy));
                table.insert(subject, dummy);
            }
        }
    }

    fn show(&self, place: usize) -> String {
        let own = self.messages.get(place).map(|message| message.number.to_string()).unwrap_or_default();
        match self.children[place].as_slice() {
            [] => own,
            [only] => format!("{own} {}", self.show(*only)),
            several => {
                let shown: String = several.iter().map(|child| format!("({})", self.show(*child))).collect();
                if own.is_empty() { shown } else { format!("{own} {shown}") }
            }
        }
    }
}
