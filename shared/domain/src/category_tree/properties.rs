//! Whatever staff and feeds do, in any order: a forest of bounded depth in which no id is lost.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{CategoryError, CategoryRecord, CategoryTree, name_key};
use crate::catalog::{CategoryPath, MAX_CATEGORY_LEVELS, category_id_of, slug};
use crate::ids::CategoryId;
use crate::unicode::composed;

const NAMES: [&str; 8] = ["C++", "C#", "c", "50%", "50", "Ink", "ink", "Ink & toner"];

#[derive(Debug, Clone)]
enum Step {
    Put(usize, usize, Option<usize>),
    Merge(usize, usize),
    Delete(usize),
    File(Vec<usize>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any_id = 0_usize..24;
    let name = 0..NAMES.len();
    let step = prop_oneof![
        4 => (any_id.clone(), name.clone(), prop::option::weighted(0.8, any_id.clone()))
            .prop_map(|(id, name, parent)| Step::Put(id, name, parent)),
        2 => (any_id.clone(), any_id.clone()).prop_map(|(id, into)| Step::Merge(id, into)),
        1 => any_id.prop_map(Step::Delete),
        4 => prop::collection::vec(name, 0..5).prop_map(Step::File),
    ];
    prop::collection::vec(step, 0..40)
}

/// Ids that exist or existed, or another one.
fn pick(tree: &CategoryTree, at: usize) -> CategoryId {
    let fresh = || format!("fresh-{at}").parse().expect("an id");
    tree.records().nth(at).map_or_else(fresh, |record| record.category_id.clone())
}

fn apply(tree: &CategoryTree, step: &Step) -> Result<Vec<CategoryRecord>, CategoryError> {
    match step {
        Step::Put(id, name, parent) => {
            tree.put(&pick(tree, *id), NAMES[*name], parent.map(|parent| pick(tree, parent)).as_ref())
        }
        Step::Merge(id, into) => tree.merge(&pick(tree, *id), &pick(tree, *into)),
        Step::Delete(id) => tree.delete(&pick(tree, *id)),
        Step::File(names) => {
            let names: Vec<_> = names.iter().map(|name| NAMES[*name]).collect();
            Ok(tree.file(&[CategoryPath::from_names(&names).expect("a path")]).changes)
        }
    }
}

fn assert_forest(tree: &CategoryTree) {
    let mut places = BTreeSet::new();
    for category in tree.categories() {
        let mut levels = 1;
        let mut around = tree.parent(category);
        while let Some(parent) = around {
            levels += 1;
            assert!(levels <= MAX_CATEGORY_LEVELS, "{category:?} is too deep or in a circle");
            around = tree.parent(parent);
        }
        assert_eq!(tree.path_to(&category.category_id).categories().len(), levels);
        let parent_id = tree.parent(category).map(|parent| &parent.category_id);
        assert!(places.insert((parent_id, name_key(&category.name))), "two categories look the same: {category:?}");
    }
    for record in tree.records() {
        let lost = tree.resolve(&record.category_id).is_none();
        let deleted_at_the_top = record.removed.as_ref().is_some_and(|removed| removed.into.is_none());
        let target = record.removed.as_ref().and_then(|removed| removed.into.as_ref());
        let target_is_lost = target.is_some_and(|target| tree.resolve(target).is_none());
        assert!(!lost || deleted_at_the_top || target_is_lost, "{record:?} leads nowhere");
    }
}

/// Names of which some are decomposed, and some have one id.
const SPELLINGS: [&str; 6] = ["Mo\u{308}bel", "M\u{f6}bel", "M\u{d6}BEL", "Mo bel", "\u{212a}", "Ink"];

/// A tree as the first release stored it: an id is made of names, and the first name of an id stays.
fn stored_tree(paths: &[Vec<usize>]) -> CategoryTree {
    let mut tree = CategoryTree::default();
    for path in paths {
        let mut parent_id: Option<CategoryId> = None;
        for name in path.iter().map(|name| SPELLINGS[*name]) {
            let slug = slug(name).expect("a slug");
            let category_id = category_id_of(parent_id.as_ref(), &slug).expect("an id");
            let record =
                CategoryRecord::new(category_id.clone(), name.to_owned(), parent_id.replace(category_id.clone()));
            tree.records.entry(category_id).or_insert(record);
        }
    }
    tree
}

/// The names on the way to a category, in the form in which they are compared.
fn keys(tree: &CategoryTree, category_id: &CategoryId) -> Vec<String> {
    tree.path_to(category_id).categories().iter().map(|category| name_key(&category.name)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_sequence_of_changes_keeps_a_forest_and_every_id(steps in steps()) {
        let mut tree = CategoryTree::default();
        for step in steps {
            let Ok(changes) = apply(&tree, &step) else { continue };
            let after = tree.with(&changes);
            assert_forest(&after);
            for record in tree.records() {
                prop_assert!(after.record(&record.category_id).is_some(), "{step:?} lost {record:?}");
            }
            // A change concerns the products of the ids that it says, and no others.
            let concerned: BTreeSet<_> =
                changes.iter().flat_map(|change| after.ids_within(&change.category_id)).collect();
            for record in tree.records().filter(|record| !concerned.contains(&record.category_id)) {
                prop_assert_eq!(tree.path_to(&record.category_id), after.path_to(&record.category_id), "{:?}", step);
            }
            // A repetition changes nothing: it succeeds without changes, or it is refused.
            if !matches!(step, Step::Put(..) | Step::Merge(..) | Step::Delete(..)) {
                prop_assert_eq!(apply(&after, &step), Ok(vec![]));
            }
            tree = after;
        }
    }

    #[test]
    fn composed_names_keep_every_id_where_it_was(
        paths in prop::collection::vec(prop::collection::vec(0..SPELLINGS.len(), 1..4), 0..12),
    ) {
        let tree = stored_tree(&paths);
        let changes = tree.compose_names().expect("composed");
        let changed: BTreeSet<_> = changes.iter().map(|change| &change.category_id).collect();
        prop_assert_eq!(changed.len(), changes.len(), "a record changes twice");
        let after = tree.with(&changes);
        assert_forest(&after);
        for record in tree.records() {
            prop_assert_eq!(keys(&tree, &record.category_id), keys(&after, &record.category_id));
        }
        prop_assert!(after.categories().all(|category| category.name == composed(&category.name)));
        prop_assert_eq!(after.compose_names(), Ok(vec![]));
    }

    #[test]
    fn names_that_differ_are_filed_under_ids_that_differ(
        paths in prop::collection::vec(prop::collection::vec(0..NAMES.len(), 1..4), 1..12),
    ) {
        let named = |path: &Vec<usize>| path.iter().map(|name| NAMES[*name]).collect::<Vec<_>>();
        let stored: Vec<_> =
            paths.iter().map(|path| CategoryPath::from_names(&named(path)).expect("a path")).collect();
        let filed = CategoryTree::default().file(&stored);
        for (one, first) in paths.iter().zip(&filed.paths) {
            for (other, second) in paths.iter().zip(&filed.paths) {
                let key = |path| named(path).into_iter().map(name_key).collect::<Vec<_>>();
                prop_assert_eq!(key(one) == key(other), first == second, "{:?} {:?}", named(one), named(other));
            }
        }
    }
}
