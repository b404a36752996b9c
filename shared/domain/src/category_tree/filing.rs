//! Finds the categories that products name, and makes those that do not exist.

use std::collections::HashMap;

use super::{CategoryError, CategoryRecord, CategoryTree, MAX_CATEGORIES, name_key};
use crate::catalog::{CategoryPath, MAX_CATEGORY_LEVELS, category_id_of, slug, spelled_slug};
use crate::ids::CategoryId;

/// A place and a name in it.
type Place = (Option<CategoryId>, String);

/// Where products belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// The category of each path, in their order, or why it cannot be made.
    pub paths: Vec<Result<CategoryPath, CategoryError>>,
    /// The categories to write first: those that are made, each after the one around it.
    pub changes: Vec<CategoryRecord>,
}

impl CategoryTree {
    /// Finds the categories of products by their names: by the present name, or else by the name and place that a
    /// category was made with. Makes those that do not exist, and deleted ones again.
    pub fn file(&self, paths: &[CategoryPath]) -> Filed {
        let mut filing = Filing::new(self);
        let paths = paths.iter().map(|path| filing.file(path)).collect();
        Filed { paths, changes: filing.changes }
    }
}

struct Filing {
    tree: CategoryTree,
    /// The categories that exist, by their present place and name.
    present: HashMap<Place, CategoryId>,
    /// All records by the place and name that they were made with.
    made_as: HashMap<Place, CategoryId>,
    changes: Vec<CategoryRecord>,
}

impl Filing {
    fn new(tree: &CategoryTree) -> Self {
        let mut filing =
            Self { tree: tree.clone(), present: HashMap::new(), made_as: HashMap::new(), changes: Vec::new() };
        for category in tree.categories() {
            let parent_id = tree.parent(category).map(|parent| parent.category_id.clone());
            filing.present.entry((parent_id, name_key(&category.name))).or_insert_with(|| category.category_id.clone());
        }
        let mut records: Vec<_> = tree.records().collect();
        // Of several that were made alike, one that exists, then one that was merged.
        records.sort_by_key(|record| record.removed.as_ref().map(|removed| !removed.merged));
        for record in &records {
            let (name, parent_id) = record.origin();
            let place = (parent_id.cloned(), name_key(name));
            filing.made_as.entry(place).or_insert_with(|| record.category_id.clone());
        }
        // The place may have been merged since.
        for record in records {
            let (name, parent_id) = record.origin();
            if let Some(parent) = parent_id.and_then(|parent_id| tree.resolve(parent_id)) {
                let place = (Some(parent.category_id.clone()), name_key(name));
                filing.made_as.entry(place).or_insert_with(|| record.category_id.clone());
            }
        }
        filing
    }

    fn file(&mut self, path: &CategoryPath) -> Result<CategoryPath, CategoryError> {
        let mut parent_id: Option<CategoryId> = None;
        let mut missing = path.categories().iter().map(|category| category.name.as_str()).peekable();
        while let Some(found) = missing.peek().and_then(|name| self.find(parent_id.as_ref(), name)) {
            parent_id = Some(found);
            missing.next();
        }
        let missing: Vec<&str> = missing.collect();
        let depth = parent_id.as_ref().map_or(0, |id| self.tree.path_to(id).categories().len());
        if depth + missing.len() > MAX_CATEGORY_LEVELS {
            return Err(CategoryError::TooDeep);
        }
        if self.tree.records.len() + missing.len() > MAX_CATEGORIES && !missing.is_empty() {
            return Err(CategoryError::TooMany);
        }
        for name in missing {
            parent_id = Some(self.make(parent_id, name)?);
        }
        Ok(parent_id.map(|id| self.tree.path_to(&id)).unwrap_or_default())
    }

    /// The category that a feed means.
    fn find(&self, parent_id: Option<&CategoryId>, name: &str) -> Option<CategoryId> {
        let place = (parent_id.cloned(), name_key(name));
        if let Some(present) = self.present.get(&place) {
            return Some(present.clone());
        }
        let record = self.tree.record(self.made_as.get(&place)?)?;
        let deleted = record.removed.as_ref().is_some_and(|removed| !removed.merged);
        let meant = self.tree.resolve(&record.category_id).filter(|_| !deleted)?;
        Some(meant.category_id.clone())
    }

    /// Makes a category, or makes a deleted one exist again.
    fn make(&mut self, parent_id: Option<CategoryId>, name: &str) -> Result<CategoryId, CategoryError> {
        let place = (parent_id.clone(), name_key(name));
        let gone = self.made_as.get(&place).and_then(|id| self.tree.record(id));
        let record = match gone {
            Some(gone) => gone.placed(name, parent_id),
            None => CategoryRecord::new(self.free_id(parent_id.as_ref(), name)?, name.to_owned(), parent_id),
        };
        let category_id = record.category_id.clone();
        self.tree.records.insert(category_id.clone(), record.clone());
        self.present.insert(place.clone(), category_id.clone());
        self.made_as.insert(place, category_id.clone());
        self.changes.push(record);
        Ok(category_id)
    }

    /// An id that no category ever had: made from the name, else from the name with its symbols spelled, else numbered.
    fn free_id(&self, parent_id: Option<&CategoryId>, name: &str) -> Result<CategoryId, CategoryError> {
        // A path has only names that have a slug.
        let plain = slug(name).map_err(|_| CategoryError::NotFound)?;
        let numbered = (2..=MAX_CATEGORIES + 2).map(|number| format!("{plain}-{number}"));
        let slugs = std::iter::once(plain.clone()).chain(spelled_slug(name)).chain(numbered);
        let mut ids = slugs.filter_map(|slug| category_id_of(parent_id, &slug).ok());
        ids.find(|id| !self.tree.records.contains_key(id)).ok_or(CategoryError::TooMany)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(raw: &str) -> CategoryId {
        raw.parse().expect("an id")
    }

    /// Files products, and returns the innermost id of each with the tree after it.
    fn file(tree: &CategoryTree, paths: &[&[&str]]) -> (Vec<String>, CategoryTree) {
        let paths: Vec<_> = paths.iter().map(|names| CategoryPath::from_names(names).expect("a path")).collect();
        let filed = tree.file(&paths);
        let leaf = |path: &Result<CategoryPath, CategoryError>| match path {
            Ok(path) => path.leaf().map_or_else(String::new, |leaf| leaf.category_id.to_string()),
            Err(error) => error.to_string(),
        };
        (filed.paths.iter().map(leaf).collect(), tree.with(&filed.changes))
    }

    #[test]
    fn names_that_differ_get_ids_that_differ() {
        let (ids, tree) = file(
            &CategoryTree::default(),
            &[&["Books", "C++"], &["Books", "C#"], &["50%"], &["50"], &["a  B"], &["A-B"], &["A b"], &[]],
        );
        assert_eq!(ids, ["books.c", "books.c-sharp", "50", "50-2", "a-b", "a-b-2", "a-b", ""]);
        let (again, same) = file(&tree, &[&["Books", "C#"], &["Books", "C++"], &["50"]]);
        assert_eq!((again, same), (vec!["books.c-sharp".into(), "books.c".into(), "50-2".into()], tree));
    }

    #[test]
    fn a_name_is_the_same_composed_or_not() {
        let (ids, tree) = file(&CategoryTree::default(), &[&["Mo\u{308}bel"], &["M\u{f6}bel"], &["M\u{d6}BEL"]]);
        assert_eq!((ids[1..].to_vec(), tree.records().len()), (vec![ids[0].clone(); 2], 1));
    }

    #[test]
    fn feeds_find_what_staff_have_renamed_moved_or_merged() {
        let feed: &[&[&str]] = &[&["Printing", "Ink"], &["Printing", "Toner"]];
        let (_, tree) = file(&CategoryTree::default(), feed);
        let tree = tree.with(&tree.put(&id("office"), "Office", None).expect("created"));
        let tree = tree.with(&tree.put(&id("printing.ink"), "Cartridges", Some(&id("office"))).expect("moved"));
        let tree = tree.with(&tree.merge(&id("printing.toner"), &id("printing.ink")).expect("merged"));
        assert_eq!(file(&tree, feed), (vec!["printing.ink".into(), "printing.ink".into()], tree.clone()));
        let tree = tree.with(&tree.merge(&id("printing"), &id("office")).expect("merged"));
        assert_eq!(file(&tree, feed), (vec!["printing.ink".into(), "printing.ink".into()], tree.clone()));
        // A new category under the old name is what the name means from now on.
        let tree = tree.with(&tree.put(&id("dye"), "Ink", Some(&id("office"))).expect("created"));
        assert_eq!(file(&tree, feed).0, ["dye", "printing.ink"]);
    }

    #[test]
    fn a_deleted_category_comes_back_under_its_id() {
        let (_, tree) = file(&CategoryTree::default(), &[&["A", "B"]]);
        let gone = tree.with(&tree.delete(&id("a.b")).expect("deleted"));
        let gone = gone.with(&gone.delete(&id("a")).expect("deleted"));
        assert_eq!(file(&gone, &[&["A", "B"]]), (vec!["a.b".to_owned()], tree));
    }

    #[test]
    fn what_would_be_too_deep_is_refused_and_nothing_is_made() {
        let (ids, tree) = file(&CategoryTree::default(), &[&["P", "Q", "R", "S"], &["A"]]);
        assert_eq!(ids, ["p.q.r.s", "a"]);
        let tree = tree.with(&tree.put(&id("a"), "A", Some(&id("p.q.r.s"))).expect("moved"));
        let too_deep = CategoryError::TooDeep.to_string();
        assert_eq!(file(&tree, &[&["A", "B", "C"]]), (vec![too_deep], tree.clone()));
        assert_eq!(file(&tree, &[&["A", "B"]]).0, ["a.b"]);
        assert_eq!(file(&tree, &[&["P", "Q", "R", "S", "A", "B"]]).0, ["a.b"]);
    }
}
