//! Reads the source of a crate: its modules, and which names each imports, defines and uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The segments of a path, such as `crate`, `orders`, `Order`.
pub(super) type Segments = Vec<String>;

/// One leaf of a `use` declaration.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// The name in this scope; `*` for a glob.
    pub(super) name: String,
    /// What is imported. For a glob, the module.
    pub(super) path: Segments,
    /// Whether it is also a re-export.
    pub(super) public: bool,
}

/// The content of a module.
#[derive(Default)]
pub(super) struct Module {
    /// The module whose file this one lies in: itself, unless it is inline (`mod name { … }`).
    pub(super) file: Segments,
    /// Names of items.
    pub(super) definitions: BTreeSet<String>,
    /// From `use` declarations, also from those in functions.
    pub(super) imports: Vec<Import>,
    /// Paths of two segments or more outside of `use` declarations.
    pub(super) paths: BTreeSet<Segments>,
    /// All identifiers outside of `use` declarations.
    pub(super) identifiers: BTreeSet<String>,
}

/// The modules of a crate; the root has no segments.
pub(super) type Crate = BTreeMap<Segments, Module>;

/// Keywords after which an item's name follows.
const ITEMS: [&str; 9] = ["struct", "enum", "union", "trait", "type", "fn", "const", "static", "macro_rules"];

/// Reads a crate from its root file.
pub(super) fn read(root: &Path) -> Result<Crate> {
    let mut modules = Crate::new();
    let folder = root.parent().context("a root file lies in a folder")?;
    let mut waiting = vec![(Segments::new(), root.to_owned(), folder.to_owned())];
    while let Some((path, file, folder)) = waiting.pop() {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let tokens = text.parse().map_err(|error| anyhow!("cannot parse {}: {error}", file.display()))?;
        let mut reader = Reader { modules: &mut modules, file: path.clone(), children: Vec::new() };
        reader.read(tokens, &path, true);
        for child in reader.children {
            let (file, folder) = locate(&child, &path, &file, &folder)?;
            waiting.push((child.path, file, folder));
        }
    }
    Ok(modules)
}

/// A module in a file of its own.
struct Child {
    path: Segments,
    /// From `#[path = "…"]`.
    file: Option<String>,
}

/// The file of a child, and the folder of its own children. `folder` is that of the parent's children.
fn locate(child: &Child, parent: &Segments, parent_file: &Path, folder: &Path) -> Result<(PathBuf, PathBuf)> {
    if let Some(file) = &child.file {
        let file = parent_file.with_file_name(file);
        let folder = file.parent().context("a file lies in a folder")?.to_owned();
        return Ok((file, folder));
    }
    let below: PathBuf = folder.join(child.path[parent.len()..].iter().collect::<PathBuf>());
    let candidates = [below.with_extension("rs"), below.join("mod.rs")];
    let file = candidates.into_iter().find(|file| file.exists());
    Ok((file.with_context(|| format!("module {} has no file", child.path.join("::")))?, below))
}

/// Reads the tokens of one file.
struct Reader<'a> {
    modules: &'a mut Crate,
    file: Segments,
    children: Vec<Child>,
}

impl Reader<'_> {
    /// `items`: whether the tokens are the items of a module, rather than those of a body or an argument.
    fn read(&mut self, tokens: TokenStream, scope: &Segments, items: bool) {
        let file = self.file.clone();
        self.modules.entry(scope.clone()).or_insert_with(|| Module { file, ..Module::default() });
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let (mut at, mut path_attribute) = (0, None);
        while at < tokens.len() {
            let rest = &tokens[at..];
            at += match rest {
                [TokenTree::Punct(hash), TokenTree::Group(attribute), ..]
                    if hash.as_char() == '#' && attribute.delimiter() == Delimiter::Bracket =>
                {
                    path_attribute = path_of(&attribute.stream()).or(path_attribute);
                    if is_test_only(&attribute.stream()) { 2 + item_length(&rest[2..]) } else { 2 }
                }
                [TokenTree::Ident(word), ..] if word == "use" => self.read_use(&tokens, at, scope),
                [TokenTree::Ident(word), TokenTree::Ident(name), body, ..] if items && word == "mod" => {
                    let child = [scope.as_slice(), &[name.to_string()]].concat();
                    match body {
                        TokenTree::Group(body) => self.read(body.stream(), &child, true),
                        _ => self.children.push(Child { path: child, file: path_attribute.take() }),
                    }
                    3
                }
                [TokenTree::Group(group), ..] => {
                    self.read(group.stream(), scope, false);
                    1
                }
                [TokenTree::Ident(_), ..] => self.read_path(rest, scope, items),
                _ => 1,
            };
        }
    }

    fn module(&mut self, scope: &Segments) -> &mut Module {
        self.modules.entry(scope.clone()).or_default()
    }

    /// Reads the `use` declaration at this position, and returns its length.
    fn read_use(&mut self, tokens: &[TokenTree], at: usize, scope: &Segments) -> usize {
        let public = tokens[..at].iter().rev().take(2).any(|token| is_word(token, "pub"));
        let length = tokens[at..].iter().take_while(|token| !is_punct(token, ';')).count();
        let mut imports = Vec::new();
        read_tree(&tokens[at + 1..at + length], &Segments::new(), public, &mut imports);
        self.module(scope).imports.extend(imports);
        length
    }

    /// Reads a path, or a single identifier, and returns its length.
    fn read_path(&mut self, tokens: &[TokenTree], scope: &Segments, items: bool) -> usize {
        let (segments, length) = leading_path(tokens);
        let module = self.module(scope);
        let named = match &tokens[length..] {
            [TokenTree::Ident(name), ..] => Some(name),
            [bang, TokenTree::Ident(name), ..] if is_punct(bang, '!') => Some(name),
            _ => None,
        };
        if let Some(name) = named
            && items
            && ITEMS.contains(&segments[0].as_str())
        {
            module.definitions.insert(name.to_string());
        }
        module.identifiers.extend(segments.iter().cloned());
        if segments.len() > 1 {
            module.paths.insert(segments);
        }
        length
    }
}

/// The path at the start of the tokens, and how many tokens it takes.
fn leading_path(tokens: &[TokenTree]) -> (Segments, usize) {
    let (mut segments, mut at) = (vec![tokens[0].to_string()], 1);
    while let [first, second, TokenTree::Ident(segment), ..] = &tokens[at..] {
        if !is_punct(first, ':') || !is_punct(second, ':') {
            break;
        }
        segments.push(segment.to_string());
        at += 3;
    }
    (segments, at)
}

/// Reads a use tree: `a::b`, `a::b as c`, `a::*`, `a::{self, b::c}`.
fn read_tree(tokens: &[TokenTree], prefix: &Segments, public: bool, imports: &mut Vec<Import>) {
    let mut path = prefix.clone();
    let mut name = None;
    let mut tokens = tokens.iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for tree in inner.split(|token| is_punct(token, ',')).filter(|tree| !tree.is_empty()) {
                    read_tree(tree, &path, public, imports);
                }
                return;
            }
            TokenTree::Ident(word) if word == "as" => name = tokens.next().map(ToString::to_string),
            TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Punct(star) if star.as_char() == '*' => name = Some("*".to_owned()),
            _ => {}
        }
    }
    if let Some(last) = path.last() {
        imports.push(Import { name: name.unwrap_or_else(|| last.clone()), path, public });
    }
}

/// The length of the item at the start of the tokens: it ends with `;` or with a body.
fn item_length(tokens: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| {
        is_punct(token, ';') || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
    };
    let is_use = tokens.iter().take(3).any(|token| is_word(token, "use")); // its braces do not end it
    let end = tokens.iter().position(|token| if is_use { is_punct(token, ';') } else { ends(token) });
    end.map_or(tokens.len(), |end| end + 1)
}

/// Whether an attribute is `#[cfg(test)]`, also with other conditions in `all`.
fn is_test_only(attribute: &TokenStream) -> bool {
    let text = attribute.to_string().replace(' ', "");
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

fn path_of(attribute: &TokenStream) -> Option<String> {
    let text = attribute.to_string().replace(' ', "");
    Some(text.strip_prefix("path=")?.trim_matches('"').to_owned())
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_punct(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == punct)
}
