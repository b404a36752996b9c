//! The category tree: what categories are called, where they are, and what became of those that are gone.
//!
//! An id never changes and is never given to another category. Staff rename and move a category under its id. A
//! category that is merged or deleted keeps its record, which says what replaces it, so that old ids of products, links
//! and bookmarks still lead somewhere. Products are not rewritten: they keep the id that they were stored with, and the
//! tree says where it is now.
//!
//! Feeds name categories by their names. They keep finding a category by the name and place that it was made with, also
//! after staff have renamed, moved or merged it. Only a deleted category comes back when a feed names it again.
//!
//! A rule returns the records that it changes, and the caller writes all of them or none.

mod composition;
mod filing;

#[cfg(test)]
mod properties;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::{Category, CategoryPath, MAX_CATEGORY_LEVELS};
use crate::ids::CategoryId;
use crate::unicode::composed;

pub use filing::Filed;

/// Most categories of a shop, with those that are gone. The tree is always read as a whole.
pub const MAX_CATEGORIES: usize = 20_000;

/// A category as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryRecord {
    /// `printing.ink-cartridges`
    pub category_id: CategoryId,
    /// `Ink cartridges`
    pub name: String,
    /// The category that it is in. If that is gone, it is in the one that replaces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<CategoryId>,
    /// Its first name and place, once either has changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_as: Option<CreatedAs>,
    /// What became of it, if it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Removed>,
}

/// The first name and place of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedAs {
    /// The name.
    pub name: String,
    /// The category that it was made in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<CategoryId>,
}

/// What became of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// It was merged, not deleted: feeds that name it mean the other category.
    pub merged: bool,
    /// What replaces it. None for a deleted category that was in no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<CategoryId>,
}

/// Why a change of the tree is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CategoryError {
    /// There is no such category, or it is gone.
    #[error("there is no such category")]
    NotFound,
    /// The other category, in which or into which, does not exist.
    #[error("there is no such category to put it into")]
    TargetNotFound,
    /// Another category in the same place has the name.
    #[error("another category in the same place has this name")]
    NameTaken,
    /// A category would be inside itself.
    #[error("a category cannot be inside itself")]
    Circle,
    /// A category would be too deep.
    #[error("categories can be {MAX_CATEGORY_LEVELS} levels deep")]
    TooDeep,
    /// There are categories in it.
    #[error("there are categories in it")]
    HasChildren,
    /// There are [`MAX_CATEGORIES`].
    #[error("a shop can have {MAX_CATEGORIES} categories")]
    TooMany,
}

/// All categories of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryTree {
    records: BTreeMap<CategoryId, CategoryRecord>,
}

impl CategoryRecord {
    /// A category that exists since now.
    fn new(category_id: CategoryId, name: String, parent_id: Option<CategoryId>) -> Self {
        Self { category_id, name, parent_id, created_as: None, removed: None }
    }

    /// The record with another name and place, which exists.
    fn placed(&self, name: &str, parent_id: Option<CategoryId>) -> Self {
        let (first_name, first_parent) = self.origin();
        let stayed = first_name == name && first_parent == parent_id.as_ref();
        let created_as = (!stayed).then(|| CreatedAs { name: first_name.to_owned(), parent_id: first_parent.cloned() });
        let category_id = self.category_id.clone();
        Self { category_id, name: name.to_owned(), parent_id, created_as, removed: None }
    }

    /// The name and the place that it was made with.
    fn origin(&self) -> (&str, Option<&CategoryId>) {
        match &self.created_as {
            Some(created_as) => (&created_as.name, created_as.parent_id.as_ref()),
            None => (&self.name, self.parent_id.as_ref()),
        }
    }

    /// The record that has its products now, as far as it says: its replacement, or the category around it.
    fn points_to(&self) -> Option<&CategoryId> {
        match &self.removed {
            Some(removed) => removed.into.as_ref(),
            None => self.parent_id.as_ref(),
        }
    }
}

impl CategoryTree {
    /// The tree of these records.
    pub fn new(records: impl IntoIterator<Item = CategoryRecord>) -> Self {
        Self { records: records.into_iter().map(|record| (record.category_id.clone(), record)).collect() }
    }

    /// The categories that exist, by id.
    pub fn categories(&self) -> impl Iterator<Item = &CategoryRecord> {
        self.records.values().filter(|record| record.removed.is_none())
    }

    /// Every record, also of categories that are gone.
    pub fn records(&self) -> impl ExactSizeIterator<Item = &CategoryRecord> {
        self.records.values()
    }

    /// The record of an id, also of a category that is gone.
    pub fn record(&self, category_id: &CategoryId) -> Option<&CategoryRecord> {
        self.records.get(category_id)
    }

    /// The category that an id leads to now. None for an unknown one, and for a deleted one without replacement.
    pub fn resolve(&self, category_id: &CategoryId) -> Option<&CategoryRecord> {
        let mut record = self.records.get(category_id)?;
        // A replacement existed when it was named, so the chain ends; the bound is for damaged data.
        for _ in 0..self.records.len() {
            let Some(removed) = &record.removed else { return Some(record) };
            record = self.records.get(removed.into.as_ref()?)?;
        }
        None
    }

    /// The category that a category is in now.
    pub fn parent(&self, record: &CategoryRecord) -> Option<&CategoryRecord> {
        record.parent_id.as_ref().and_then(|parent_id| self.resolve(parent_id))
    }

    /// A category and those around it, outermost first.
    pub fn path_to(&self, category_id: &CategoryId) -> CategoryPath {
        let mut path = Vec::new();
        let mut next = self.resolve(category_id);
        while let Some(record) = next.filter(|_| path.len() < MAX_CATEGORY_LEVELS) {
            let parent = self.parent(record);
            path.push(Category {
                category_id: record.category_id.clone(),
                name: record.name.clone(),
                parent_id: parent.map(|parent| parent.category_id.clone()),
            });
            next = parent;
        }
        path.reverse();
        CategoryPath::from_categories(path)
    }

    /// Where the category of a product is now. Unchanged if the tree does not know it.
    pub fn current(&self, stored: &CategoryPath) -> CategoryPath {
        match stored.leaf() {
            Some(leaf) if self.records.contains_key(&leaf.category_id) => self.path_to(&leaf.category_id),
            _ => stored.clone(),
        }
    }

    /// The ids whose products are in a category or in one inside it, also ids of categories that are gone; by id. A change
    /// of the record of `category_id` concerns the products of these ids and no others.
    pub fn ids_within(&self, category_id: &CategoryId) -> Vec<CategoryId> {
        let leads_there = |id: &&CategoryId| {
            let mut next = Some(*id);
            let mut steps = 0;
            while let Some(id) = next.filter(|id| *id != category_id && steps <= self.records.len()) {
                next = self.records.get(id).and_then(CategoryRecord::points_to);
                steps += 1;
            }
            next == Some(category_id)
        };
        self.records.keys().filter(leads_there).cloned().collect()
    }

    /// The tree after a change.
    #[must_use]
    pub fn with(&self, changes: &[CategoryRecord]) -> Self {
        let mut records = self.records.clone();
        records.extend(changes.iter().map(|record| (record.category_id.clone(), record.clone())));
        Self { records }
    }

    /// Creates a category, renames it or moves it. One that was merged or deleted exists again, with its products and
    /// its categories. A name is one that [`category_name`](crate::catalog::category_name) accepts.
    pub fn put(
        &self,
        category_id: &CategoryId,
        name: &str,
        parent_id: Option<&CategoryId>,
    ) -> Result<Vec<CategoryRecord>, CategoryError> {
        let parent = parent_id.map(|id| self.resolve(id).ok_or(CategoryError::TargetNotFound)).transpose()?;
        let parent_id = parent.map(|parent| parent.category_id.clone());
        let seen = self.records.get(category_id);
        if seen.is_none() && self.records.len() >= MAX_CATEGORIES {
            return Err(CategoryError::TooMany);
        }
        let record = match seen {
            Some(seen) => seen.placed(name, parent_id),
            None => CategoryRecord::new(category_id.clone(), name.to_owned(), parent_id),
        };
        if seen == Some(&record) {
            return Ok(Vec::new());
        }
        let named = self.child_named(parent, name);
        if named.is_some_and(|other| other.category_id != *category_id) {
            return Err(CategoryError::NameTaken);
        }
        self.checked(record)
    }

    /// Moves the products and categories of a category into another one, which replaces it.
    pub fn merge(&self, category_id: &CategoryId, into: &CategoryId) -> Result<Vec<CategoryRecord>, CategoryError> {
        let target = self.resolve(into).ok_or(CategoryError::TargetNotFound)?;
        let source = self.records.get(category_id).ok_or(CategoryError::NotFound)?;
        if let Some(removed) = &source.removed {
            let repeated = removed.merged && self.resolve(category_id) == Some(target);
            return if repeated { Ok(Vec::new()) } else { Err(CategoryError::NotFound) };
        }
        if self.ids_within(category_id).contains(&target.category_id) {
            return Err(CategoryError::Circle);
        }
        let clash = |child: &CategoryRecord| {
            let other = self.child_named(Some(target), &child.name);
            other.is_some_and(|other| other.category_id != source.category_id)
        };
        if self.children(Some(source)).any(clash) {
            return Err(CategoryError::NameTaken);
        }
        let removed = Removed { merged: true, into: Some(target.category_id.clone()) };
        self.checked(CategoryRecord { removed: Some(removed), ..source.clone() })
    }

    /// Deletes a category without categories. Its products are in the category around it.
    pub fn delete(&self, category_id: &CategoryId) -> Result<Vec<CategoryRecord>, CategoryError> {
        let record = self.records.get(category_id).filter(|record| record.removed.is_none());
        let record = record.ok_or(CategoryError::NotFound)?;
        if self.children(Some(record)).next().is_some() {
            return Err(CategoryError::HasChildren);
        }
        let into = self.parent(record).map(|parent| parent.category_id.clone());
        Ok(vec![CategoryRecord { removed: Some(Removed { merged: false, into }), ..record.clone() }])
    }

    /// The categories directly in another one, or in none.
    pub fn children(&self, parent: Option<&CategoryRecord>) -> impl Iterator<Item = &CategoryRecord> {
        let parent_id = parent.map(|parent| parent.category_id.clone());
        self.categories()
            .filter(move |record| self.parent(record).map(|parent| &parent.category_id) == parent_id.as_ref())
    }

    fn child_named(&self, parent: Option<&CategoryRecord>, name: &str) -> Option<&CategoryRecord> {
        let key = name_key(name);
        self.children(parent).find(|child| name_key(&child.name) == key)
    }

    /// The change, unless it makes a circle or a category is too deep after it.
    fn checked(&self, change: CategoryRecord) -> Result<Vec<CategoryRecord>, CategoryError> {
        let changes = vec![change];
        let after = self.with(&changes);
        for category in after.categories() {
            after.check_depth(category)?;
        }
        Ok(changes)
    }

    fn check_depth(&self, category: &CategoryRecord) -> Result<(), CategoryError> {
        let (mut levels, mut next) = (0, Some(category));
        while let Some(record) = next {
            levels += 1;
            next = self.parent(record);
            if levels > self.records.len() || next == Some(category) {
                return Err(CategoryError::Circle);
            }
        }
        if levels > MAX_CATEGORY_LEVELS { Err(CategoryError::TooDeep) } else { Ok(()) }
    }
}

/// What two names of one category have in common: letters, composed or not, but neither case nor the width of spaces.
fn name_key(name: &str) -> String {
    composed(&name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(raw: &str) -> CategoryId {
        raw.parse().expect("an id")
    }

    /// A tree of ids, each with its parent; the last slug is the name.
    fn tree(categories: &[(&str, Option<&str>)]) -> CategoryTree {
        categories.iter().fold(CategoryTree::default(), |tree, (raw, parent)| {
            let name = raw.rsplit('.').next().expect("a slug");
            let changes = tree.put(&id(raw), name, parent.map(id).as_ref()).expect("created");
            tree.with(&changes)
        })
    }

    fn names(tree: &CategoryTree, raw: &str) -> Vec<String> {
        tree.path_to(&id(raw)).categories().iter().map(|category| category.name.clone()).collect()
    }

    #[test]
    fn a_category_is_renamed_and_moved_under_its_id() {
        let shop = tree(&[("a", None), ("a.b", Some("a")), ("a.b.c", Some("a.b")), ("d", None)]);
        let moved = shop.put(&id("a.b"), "New", Some(&id("d"))).expect("moved");
        let after = shop.with(&moved);
        assert_eq!(names(&after, "a.b.c"), ["d", "New", "c"]);
        assert_eq!(after.put(&id("a.b"), "New", Some(&id("d"))), Ok(vec![]), "a repetition changes nothing");
        assert_eq!(after.ids_within(&id("d")), [id("a.b"), id("a.b.c"), id("d")]);
        assert_eq!(after.ids_within(&id("a")), [id("a")]);
        let back = after.with(&after.put(&id("a.b"), "b", Some(&id("a"))).expect("moved back"));
        assert_eq!(back, shop);
    }

    #[test]
    fn circles_depth_and_equal_names_are_refused() {
        let shop = tree(&[
            ("a", None),
            ("b", Some("a")),
            ("c", Some("b")),
            ("d", Some("c")),
            ("e", Some("d")),
            ("f", Some("e")),
            ("x", None),
        ]);
        assert_eq!(shop.put(&id("a"), "a", Some(&id("c"))), Err(CategoryError::Circle));
        assert_eq!(shop.put(&id("a"), "a", Some(&id("a"))), Err(CategoryError::Circle));
        assert_eq!(shop.put(&id("g"), "g", Some(&id("f"))), Err(CategoryError::TooDeep));
        assert_eq!(shop.put(&id("a"), "a", Some(&id("x"))), Err(CategoryError::TooDeep));
        assert_eq!(shop.put(&id("y"), "y", Some(&id("none"))), Err(CategoryError::TargetNotFound));
        assert_eq!(shop.put(&id("y"), " X", None), Err(CategoryError::NameTaken));
        assert_eq!(shop.merge(&id("a"), &id("c")), Err(CategoryError::Circle));
        assert_eq!(shop.merge(&id("a"), &id("a")), Err(CategoryError::Circle));
        assert_eq!(shop.merge(&id("none"), &id("a")), Err(CategoryError::NotFound));
        assert_eq!(shop.merge(&id("a"), &id("none")), Err(CategoryError::TargetNotFound));
        assert_eq!(shop.delete(&id("a")), Err(CategoryError::HasChildren));
        assert_eq!(shop.delete(&id("none")), Err(CategoryError::NotFound));
    }

    #[test]
    fn a_merged_category_leads_to_the_other_and_can_come_back() {
        let shop = tree(&[("a", None), ("a.b", Some("a")), ("x", None)]);
        let merged = shop.with(&shop.merge(&id("a"), &id("x")).expect("merged"));
        assert_eq!((names(&merged, "a"), names(&merged, "a.b")), (vec!["x".to_owned()], vec!["x".into(), "b".into()]));
        assert_eq!(merged.ids_within(&id("x")), [id("a"), id("a.b"), id("x")]);
        assert_eq!(merged.merge(&id("a"), &id("x")), Ok(vec![]), "a repetition changes nothing");
        assert_eq!(merged.merge(&id("a"), &id("a.b")), Err(CategoryError::NotFound));
        assert_eq!(merged.put(&id("x"), "x", Some(&id("a.b"))), Err(CategoryError::Circle));
        assert_eq!(merged.put(&id("a"), "a", Some(&id("a.b"))), Err(CategoryError::Circle));
        let back = merged.with(&merged.put(&id("a"), "a", None).expect("restored"));
        assert_eq!(back, shop);
    }

    #[test]
    fn names_must_not_meet_in_a_merge() {
        let shop = tree(&[("a", None), ("a.ink", Some("a")), ("x", None), ("x.ink", Some("x"))]);
        assert_eq!(shop.merge(&id("a"), &id("x")), Err(CategoryError::NameTaken));
        let inner = shop.with(&shop.merge(&id("a.ink"), &id("x.ink")).expect("merged"));
        assert!(inner.merge(&id("a"), &id("x")).is_ok());
        // A category that is merged into the one around it may have a child of its own name.
        let nested = tree(&[("a", None), ("a.ink", Some("a")), ("a.ink.ink", Some("a.ink"))]);
        let merged = nested.with(&nested.merge(&id("a.ink"), &id("a")).expect("merged"));
        assert_eq!(names(&merged, "a.ink.ink"), ["a", "ink"]);
    }

    #[test]
    fn products_of_a_deleted_category_are_in_the_one_around_it() {
        let shop = tree(&[("a", None), ("a.b", Some("a"))]);
        let after = shop.with(&shop.delete(&id("a.b")).expect("deleted"));
        assert_eq!(names(&after, "a.b"), ["a"]);
        assert_eq!(after.delete(&id("a.b")), Err(CategoryError::NotFound));
        let gone = after.with(&after.delete(&id("a")).expect("deleted"));
        assert_eq!(gone.resolve(&id("a.b")), None);
        let product = CategoryPath::from_names(&["a", "b"]).expect("a path");
        assert_eq!(gone.current(&product), CategoryPath::default());
        let unknown = CategoryPath::from_names(&["unknown"]).expect("a path");
        assert_eq!(gone.current(&unknown), unknown);
    }
}
