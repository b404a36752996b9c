//! Composes (NFC) the names of categories that an earlier release stored as they were sent.

use super::{CategoryError, CategoryRecord, CategoryTree, name_key};
use crate::ids::CategoryId;
use crate::unicode::composed;

impl CategoryTree {
    /// Gives every category a composed name. Where an earlier release made a category of each form, the decomposed one is
    /// merged into the other, with the categories in it. Products stay as they are: their ids lead to the right category.
    pub fn compose_names(&self) -> Result<Vec<CategoryRecord>, CategoryError> {
        let decomposed = self.categories().filter(|category| !is_composed(category));
        let mut ids: Vec<_> = decomposed.map(|category| category.category_id.clone()).collect();
        // From the departments down, so that a category with those in it is merged before any of them is renamed: no
        // record changes twice, and a transaction can write them all.
        ids.sort_by_key(|category_id| self.path_to(category_id).categories().len());
        let mut composing = Composing { tree: self.clone(), changes: Vec::new() };
        for category_id in &ids {
            composing.compose(category_id)?;
        }
        Ok(composing.changes)
    }
}

fn is_composed(category: &CategoryRecord) -> bool {
    category.name == composed(&category.name)
}

struct Composing {
    tree: CategoryTree,
    changes: Vec<CategoryRecord>,
}

impl Composing {
    /// Renames a category, or merges it if another one in its place has its name already.
    fn compose(&mut self, category_id: &CategoryId) -> Result<(), CategoryError> {
        let Some(category) = self.tree.record(category_id).filter(|record| record.removed.is_none()) else {
            return Ok(()); // merged with the category around it
        };
        let parent = self.tree.parent(category);
        let twins = self.tree.children(parent).filter(|other| is_twin(other, category));
        if let Some(twin) = twins.max_by_key(|twin| is_composed(twin)) {
            let into = twin.category_id.clone();
            return self.merge(category_id, &into);
        }
        let parent_id = parent.map(|parent| &parent.category_id);
        let changes = self.tree.put(category_id, &composed(&category.name), parent_id)?;
        self.apply(changes);
        Ok(())
    }

    /// Merges a category after the categories in it that exist in the other one, too.
    fn merge(&mut self, category_id: &CategoryId, into: &CategoryId) -> Result<(), CategoryError> {
        let children = |id| self.tree.record(id).into_iter().flat_map(|record| self.tree.children(Some(record)));
        let twin_of = |child| children(into).find(|other| is_twin(other, child));
        let twins = children(category_id).filter_map(|child| Some((child, twin_of(child)?)));
        let twins: Vec<_> = twins.map(|(child, twin)| (child.category_id.clone(), twin.category_id.clone())).collect();
        for (child, twin) in &twins {
            self.merge(child, twin)?;
        }
        let changes = self.tree.merge(category_id, into)?;
        self.apply(changes);
        Ok(())
    }

    fn apply(&mut self, changes: Vec<CategoryRecord>) {
        self.tree = self.tree.with(&changes);
        self.changes.extend(changes);
    }
}

/// Whether two categories of one place are called the same.
fn is_twin(one: &CategoryRecord, other: &CategoryRecord) -> bool {
    one.category_id != other.category_id && name_key(&one.name) == name_key(&other.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NFD: &str = "Mo\u{308}bel";

    fn id(raw: &str) -> CategoryId {
        raw.parse().expect("an id")
    }

    /// A tree as earlier releases stored it: ids with their names; the id up to the last dot is the parent.
    fn stored(categories: &[(&str, &str)]) -> CategoryTree {
        CategoryTree::new(categories.iter().map(|(raw, name)| {
            let parent_id = raw.rsplit_once('.').map(|(parent, _)| id(parent));
            CategoryRecord::new(id(raw), (*name).to_owned(), parent_id)
        }))
    }

    /// The tree with composed names, and how many records that changed.
    fn composed_tree(tree: &CategoryTree) -> (CategoryTree, usize) {
        let changes = tree.compose_names().expect("composed");
        let after = tree.with(&changes);
        assert_eq!(after.compose_names(), Ok(vec![]), "once is enough");
        (after, changes.len())
    }

    /// The id that each id leads to, and the name there.
    fn led(tree: &CategoryTree, raw: &str) -> (String, String) {
        let record = tree.resolve(&id(raw)).expect("a category");
        (record.category_id.to_string(), record.name.clone())
    }

    fn is(raw: &str, name: &str) -> (String, String) {
        (raw.to_owned(), name.to_owned())
    }

    #[test]
    fn a_decomposed_category_is_renamed_under_its_id() {
        let (tree, changed) = composed_tree(&stored(&[("mo-bel", NFD), ("mo-bel.sofas", "Sofas"), ("k", "\u{212a}")]));
        assert_eq!(changed, 2);
        assert_eq!(led(&tree, "mo-bel"), is("mo-bel", "Möbel"));
        assert_eq!(led(&tree, "mo-bel.sofas"), is("mo-bel.sofas", "Sofas"));
        assert_eq!(led(&tree, "k"), is("k", "K"));
    }

    #[test]
    fn twins_are_merged_with_the_categories_in_them() {
        let (tree, changed) = composed_tree(&stored(&[
            ("mo-bel", NFD),
            ("mo-bel.sofas", "Sofas"),
            ("mo-bel.betten", "Betten"),
            ("mo-bel.stu-hle", "Stu\u{308}hle"),
            ("mu00f6bel", "Möbel"),
            ("mu00f6bel.sofas", "sofas"),
            ("mu00f6bel.stu00fchle", "Stühle"),
        ]));
        assert_eq!(changed, 3);
        assert_eq!(led(&tree, "mo-bel"), is("mu00f6bel", "Möbel"));
        assert_eq!(led(&tree, "mo-bel.sofas"), is("mu00f6bel.sofas", "sofas"));
        assert_eq!(led(&tree, "mo-bel.stu-hle"), is("mu00f6bel.stu00fchle", "Stühle"));
        assert_eq!(led(&tree, "mo-bel.betten"), is("mo-bel.betten", "Betten"));
        let path = tree.path_to(&id("mo-bel.betten"));
        assert_eq!(path.categories()[0].category_id, id("mu00f6bel"));
    }

    #[test]
    fn of_two_decomposed_categories_one_stays() {
        let (tree, changed) = composed_tree(&stored(&[("a", "o\u{302}\u{301}"), ("b", "\u{f4}\u{301}")]));
        assert_eq!((changed, led(&tree, "a")), (2, led(&tree, "b")));
        assert_eq!(led(&tree, "a").1, "\u{1ed1}");
    }
}
