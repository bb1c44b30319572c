use alloc::vec::Vec;

/// Which message is the child of which, while links are made and cut.
///
/// A link that would make a loop has to be refused, so that the root of a message is asked for each time. Going up from
/// parent to parent takes as many steps as a thread is deep, which who sends mail decides: this is a forest of D. Sleator
/// and R. Tarjan (1983) in which each operation takes logarithmic time, averaged over all of them. Each path that was looked
/// at last is a splay tree by depth, and the trees hang on each other.
#[derive(Debug, Default)]
pub(super) struct Links {
    nodes: Vec<Node>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    /// The node above in its splay tree, or the end of the path on which that tree hangs.
    up: Option<usize>,
    /// What is nearer to the root, and what is farther.
    sides: [Option<usize>; 2],
    /// The parent in the forest.
    parent: Option<usize>,
}

impl Links {
    /// A new root. They are numbered from 0.
    pub(super) fn add(&mut self) -> usize {
        self.nodes.push(Node { up: None, sides: [None; 2], parent: None });
        self.nodes.len() - 1
    }

    /// Makes a root the child of another node, unless that makes a loop; tells whether it did.
    pub(super) fn link(&mut self, child: usize, parent: usize) -> bool {
        if child == parent || self.parent(child).is_some() || self.root(parent) == child {
            return false;
        }
        self.expose(child);
        self.set(child, |node| (node.up, node.parent) = (Some(parent), Some(parent)));
        true
    }

    /// Makes a node a root.
    pub(super) fn cut(&mut self, child: usize) {
        self.expose(child);
        if let Some(above) = self.side(child, NEAR) {
            self.set(above, |node| node.up = None);
        }
        self.set_side(child, NEAR, None);
        self.set(child, |node| node.parent = None);
    }

    /// The parent of a node.
    pub(super) fn parent(&self, node: usize) -> Option<usize> {
        self.nodes.get(node)?.parent
    }

    /// The parents of all nodes.
    pub(super) fn into_parents(self) -> Vec<Option<usize>> {
        self.nodes.into_iter().map(|node| node.parent).collect()
    }

    /// The root of the tree in which a node is.
    fn root(&mut self, node: usize) -> usize {
        self.expose(node);
        let mut root = node;
        while let Some(nearer) = self.side(root, NEAR) {
            root = nearer;
        }
        self.splay(root);
        root
    }

    /// Makes the path from the root down to a node one splay tree, with the node at its top.
    fn expose(&mut self, node: usize) {
        let (mut below, mut next) = (None, Some(node));
        while let Some(end) = next {
            self.splay(end);
            self.set_side(end, FAR, below);
            below = Some(end);
            next = self.up(end);
        }
        self.splay(node);
    }

    fn splay(&mut self, node: usize) {
        while let Some((up, side)) = self.above(node) {
            match self.above(up) {
                Some((_, other)) if other == side => self.rotate(up),
                Some(_) => self.rotate(node),
                None => {}
            }
            self.rotate(node);
        }
    }

    /// Puts a node in the place of the one above it.
    fn rotate(&mut self, node: usize) {
        let Some((up, side)) = self.above(node) else { return };
        let above = self.above(up);
        let hangs_on = self.up(up);
        let between = self.side(node, 1 - side);
        if let Some(between) = between {
            self.set(between, |node| node.up = Some(up));
        }
        self.set_side(up, side, between);
        self.set_side(node, 1 - side, Some(up));
        self.set(up, |up| up.up = Some(node));
        self.set(node, |node| node.up = hangs_on);
        if let Some((above, side)) = above {
            self.set_side(above, side, Some(node));
        }
    }

    /// The node above in the same splay tree, and on which side of it the node is.
    fn above(&self, node: usize) -> Option<(usize, usize)> {
        let up = self.up(node)?;
        [NEAR, FAR].into_iter().find(|side| self.side(up, *side) == Some(node)).map(|side| (up, side))
    }

    fn up(&self, node: usize) -> Option<usize> {
        self.nodes.get(node)?.up
    }

    fn side(&self, node: usize, side: usize) -> Option<usize> {
        self.nodes.get(node)?.sides.get(side).copied().flatten()
    }

    fn set_side(&mut self, node: usize, side: usize, to: Option<usize>) {
        if let Some(place) = self.nodes.get_mut(node).and_then(|node| node.sides.get_mut(side)) {
            *place = to;
        }
    }

    fn set(&mut self, node: usize, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.get_mut(node) {
            change(node);
        }
    }
}

const NEAR: usize = 0;
const FAR: usize = 1;

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by going up from parent to parent.
    #[derive(Default)]
    struct Model(Vec<Option<usize>>);

    impl Model {
        fn link(&mut self, child: usize, parent: usize) -> bool {
            let mut ancestors = core::iter::successors(Some(parent), |node| self.0[*node]);
            let is_allowed = self.0[child].is_none() && !ancestors.any(|ancestor| ancestor == child);
            if is_allowed {
                self.0[child] = Some(parent);
            }
            is_allowed
        }
    }

    #[test]
    fn links_are_as_those_of_the_model() {
        let (mut random, count) = (1_u64, 60);
        let mut next = |below: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as usize % below
        };
        let (mut links, mut model) = (Links::default(), Model(alloc::vec![None; count]));
        (0..count).for_each(|index| assert_eq!(links.add(), index));
        let (mut made, mut refused) = (0, 0);
        for _ in 0..50_000 {
            let (child, parent) = (next(count), next(count));
            if next(3) == 0 {
                links.cut(child);
                model.0[child] = None;
            } else if links.link(child, parent) {
                assert!(model.link(child, parent));
                made += 1;
            } else {
                assert!(!model.link(child, parent));
                refused += 1;
            }
            assert_eq!(links.parent(child), model.0[child]);
        }
        assert!(made > 5_000 && refused > 5_000, "{made} {refused}");
        assert_eq!(links.into_parents(), model.0);
    }

    #[test]
    fn deep_trees_hang_on_deep_trees() {
        let (mut links, count) = (Links::default(), 200_000);
        (0..count).for_each(|_| _ = links.add());
        // A path, and pairs that are hung one below the other at its end.
        (1..count / 2).for_each(|node| assert!(links.link(node, node - 1)));
        (count / 2..count).step_by(2).for_each(|node| assert!(links.link(node + 1, node)));
        let mut end = count / 2 - 1;
        for node in (count / 2..count).step_by(2) {
            assert!(links.link(node, end));
            end = node + 1;
        }
        assert!(!links.link(0, end));
        links.cut(count / 2);
        assert!(links.link(0, end) && !links.link(count / 2, 5));
    }
}
