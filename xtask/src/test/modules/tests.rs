use std::fs;
use std::path::PathBuf;

use super::{cycles, scope, source};

/// A crate in a temporary folder, removed with the value.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("souk-modules-{name}-{}", std::process::id()));
        for (file, text) in files {
            let file = folder.join(file);
            fs::create_dir_all(file.parent().expect("a folder")).expect("the folder is created");
            fs::write(file, text).expect("the file is written");
        }
        Self(folder)
    }

    /// The modules of each cycle.
    fn cycles(&self) -> Vec<Vec<String>> {
        let krate = source::read(&self.0.join("lib.rs")).expect("the crate is read");
        cycles::find(&scope::dependencies(&krate)).into_iter().map(|cycle| cycle.modules).collect()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn modules_that_depend_downwards_have_no_cycle() {
    let tree = Tree::new(
        "downwards",
        &[
            ("lib.rs", "mod order; mod money; pub use order::{Order, place};"),
            ("order.rs", "mod step; use crate::money::Money; pub struct Order(Money); pub fn place() { step::run() }"),
            ("order/step.rs", "use crate::money; pub fn run() { money::zero() }"),
            ("money.rs", "pub struct Money; pub fn zero() {}"),
        ],
    );
    assert_eq!(tree.cycles(), Vec::<Vec<String>>::new());
}

#[test]
fn a_cycle_is_found_with_all_of_its_modules() {
    let tree = Tree::new(
        "three",
        &[
            ("lib.rs", "mod a; mod b; mod c; mod d;"),
            ("a.rs", "use crate::b::{self, B}; pub struct A(B);"),
            ("b.rs", "pub struct B; pub fn f() { crate::c::g() }"),
            ("c.rs", "pub fn g() { let _ = vec![super::a::A]; }"),
            ("d.rs", "use crate::a::A; pub fn h(_: A) {}"),
        ],
    );
    assert_eq!(tree.cycles(), [["a", "b", "c"]]);
}

#[test]
fn a_submodule_may_use_its_parent() {
    let tree = Tree::new(
        "family",
        &[
            ("lib.rs", "mod order;"),
            ("order.rs", "mod step; pub struct Order; pub fn run() { step::next(Order) }"),
            ("order/step.rs", "use super::Order; pub(super) fn next(_: Order) {}"),
        ],
    );
    assert_eq!(tree.cycles(), Vec::<Vec<String>>::new());
}

#[test]
fn a_cycle_through_a_submodule_is_found() {
    let tree = Tree::new(
        "nephew",
        &[
            ("lib.rs", "mod cart; mod order;"),
            ("order.rs", "mod step; pub struct Order; pub fn run() { step::next() }"),
            ("order/step.rs", "use crate::cart::Cart; pub(super) fn next() -> Cart { Cart }"),
            ("cart.rs", "use super::order::Order; pub struct Cart; pub fn place(_: Order) {}"),
        ],
    );
    assert_eq!(tree.cycles(), [["cart", "order", "order::step"]]);
}

#[test]
fn a_re_export_is_no_dependency_and_leads_to_the_definition() {
    let tree = Tree::new(
        "facade",
        &[
            ("lib.rs", "mod a; mod b; pub use a::A; pub use b::*;"),
            ("a.rs", "use crate::B; pub struct A(B);"),
            ("b.rs", "pub struct B;"),
        ],
    );
    assert_eq!(tree.cycles(), Vec::<Vec<String>>::new());
    let used = Tree::new(
        "facade-used",
        &[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "pub use crate::b::B; pub struct A(B);"),
            ("b.rs", "use crate::a::A; pub struct B; pub fn f(_: A) {}"),
            ("c.rs", "pub use crate::a::A; pub use crate::b::f;"),
        ],
    );
    assert_eq!(used.cycles(), [["a", "b"]]);
}

#[test]
fn tests_and_inline_modules_do_not_make_cycles() {
    let tree = Tree::new(
        "tests",
        &[
            ("lib.rs", "mod a; mod b;"),
            (
                "a.rs",
                "use crate::b::B; pub struct A(B); pub mod wire { use super::A; pub fn w(_: A) {} } pub fn f() { wire::w() }",
            ),
            (
                "b.rs",
                "pub struct B; #[cfg(test)] use crate::a::{A}; #[cfg(test)] mod tests { use crate::a::A; fn t(_: A) {} }",
            ),
        ],
    );
    assert_eq!(tree.cycles(), Vec::<Vec<String>>::new());
}
