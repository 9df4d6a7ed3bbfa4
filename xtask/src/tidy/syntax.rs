//! What the laws read of one Rust file: the modules it declares, the paths it names, its `unsafe` code.

use anyhow::{Result, anyhow};
use syn::buffer::{Cursor, TokenBuffer};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

/// A module's text: a file, or `mod name { .. }` inside one.
#[derive(Default)]
pub struct Scope {
    /// Name; empty for the file itself.
    pub name: String,
    /// Whether it is compiled for tests only.
    pub is_test: bool,
    /// `mod name;`: children that are files.
    pub declared: Vec<Declared>,
    /// `mod name { .. }`: children inside this file.
    pub inline: Vec<Scope>,
    /// One for each name that a `use` brings in, tests' aside.
    pub uses: Vec<Use>,
    /// Every other path, in code and in the arguments of macros, tests' aside.
    pub paths: Vec<Path>,
    /// Method calls: name, number of arguments, line.
    pub calls: Vec<(String, usize, usize)>,
    /// Lines of modules for tests inside this file.
    pub test_lines: usize,
    /// Whether there is anything besides `mod` and `use`.
    pub has_content: bool,
}

/// `mod name;`
pub struct Declared {
    pub name: String,
    pub is_test: bool,
}

/// `use path as alias;`
pub struct Use {
    pub path: Path,
    /// The name it has here; `None` for `*`.
    pub alias: Option<String>,
    /// Whether it is there for others to import.
    pub is_public: bool,
}

/// A path as it is written.
#[derive(Clone)]
pub struct Path {
    pub segments: Vec<String>,
    pub line: usize,
    /// Whether it begins with `::`, and so with the name of a crate.
    pub is_absolute: bool,
}

/// Reads a file.
///
/// A function's own `use` items count as the module's, which is exact enough for rules about files.
pub fn scope(text: &str) -> Result<Scope> {
    let file = syn::parse_file(text)?;
    let mut scope = Scope { is_test: is_for_tests(&file.attrs), ..Scope::default() };
    for item in &file.items {
        scope.visit_item(item);
    }
    scope.has_content = file.items.iter().any(|item| !matches!(item, Item::Use(_)) && !is_declaration(item));
    Ok(scope)
}

/// Lines that have the word `unsafe`, in whatever it stands: blocks, functions, macros.
pub fn unsafes(text: &str) -> Result<Vec<usize>> {
    fn read(mut cursor: Cursor, lines: &mut Vec<usize>) {
        while !cursor.eof() {
            if let Some((inside, _, _, _)) = cursor.any_group() {
                read(inside, lines);
            } else if let Some((word, _)) = cursor.ident().filter(|(word, _)| word == "unsafe") {
                lines.push(word.span().start().line);
            }
            cursor = cursor.token_tree().map_or_else(Cursor::empty, |(_, after)| after);
        }
    }
    let tokens = text.parse().map_err(|error| anyhow!("{error}"))?;
    let mut lines = Vec::new();
    read(TokenBuffer::new2(tokens).begin(), &mut lines);
    Ok(lines)
}

impl Scope {
    /// The `use` that brings in `name`.
    pub fn named(&self, name: &str) -> Option<&Use> {
        self.uses.iter().find(|import| import.alias.as_deref() == Some(name))
    }

    fn add_use(&mut self, tree: &UseTree, before: &mut Vec<String>, item: &ItemUse) {
        let mut add = |segments: Vec<String>, alias: Option<String>, line: usize| {
            let path = Path { segments, line, is_absolute: item.leading_colon.is_some() };
            self.uses.push(Use { path, alias, is_public: !matches!(item.vis, Visibility::Inherited) });
        };
        let with = |last: &syn::Ident, before: &[String]| {
            let itself = last == "self";
            before.iter().cloned().chain((!itself).then(|| last.to_string())).collect::<Vec<_>>()
        };
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.add_use(&path.tree, before, item);
                before.pop();
            }
            UseTree::Name(name) => {
                let segments = with(&name.ident, before);
                add(segments.clone(), segments.last().cloned(), name.ident.span().start().line);
            }
            UseTree::Rename(name) => {
                add(with(&name.ident, before), Some(name.rename.to_string()), name.ident.span().start().line);
            }
            UseTree::Glob(glob) => add(before.clone(), None, glob.star_token.spans[0].start().line),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_use(tree, before, item)),
        }
    }

    fn add_tests(&mut self, module: &ItemMod) {
        match &module.content {
            None => self.declared.push(Declared { name: module.ident.to_string(), is_test: true }),
            Some((braces, _)) => {
                let (start, end) = (module.mod_token.span.start(), braces.span.close().end());
                self.test_lines += end.line - start.line + 1;
            }
        }
    }

    /// Paths among the tokens of a macro, which is not parsed: names with `::` between them.
    fn add_tokens(&mut self, mut cursor: Cursor) {
        while !cursor.eof() {
            if let Some((inside, _, _, after)) = cursor.any_group() {
                self.add_tokens(inside);
                cursor = after;
            } else if let Some((first, mut after)) = cursor.ident() {
                let mut segments = vec![first.to_string()];
                while let Some((next, behind)) = after_colons(after) {
                    segments.push(next.to_string());
                    after = behind;
                }
                self.paths.push(Path { segments, line: first.span().start().line, is_absolute: false });
                cursor = after;
            } else {
                cursor = cursor.token_tree().map_or_else(Cursor::empty, |(_, after)| after);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Scope {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_for_tests(attributes(item)) {
            if let Item::Mod(module) = item {
                self.add_tests(module);
            }
            return;
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        let name = module.ident.to_string();
        let Some((_, items)) = &module.content else {
            self.declared.push(Declared { name, is_test: false });
            return;
        };
        let mut inside = Self { name, ..Self::default() };
        for item in items {
            inside.visit_item(item);
        }
        self.inline.push(inside);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_use(&item.tree, &mut Vec::new(), item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let line = path.segments.first().map_or(0, |first| first.ident.span().start().line);
        self.paths.push(Path { segments, line, is_absolute: path.leading_colon.is_some() });
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.add_tokens(TokenBuffer::new2(call.tokens.clone()).begin());
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.calls.push((call.method.to_string(), call.args.len(), call.method.span().start().line));
        visit::visit_expr_method_call(self, call);
    }
}

/// The name after `::`, if that is what comes next.
fn after_colons(cursor: Cursor) -> Option<(proc_macro2::Ident, Cursor)> {
    let (first, cursor) = cursor.punct()?;
    let (second, cursor) = cursor.punct()?;
    (first.as_char() == ':' && second.as_char() == ':').then(|| cursor.ident())?
}

/// Whether attributes have `#[cfg(test)]`, alone or among other conditions that must all hold.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        let condition = attribute.meta.require_list().map(|list| list.tokens.to_string()).unwrap_or_default();
        condition == "test" || condition.starts_with("all") && condition.contains("test")
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_declaration(item: &Item) -> bool {
    matches!(item, Item::Mod(module) if module.content.is_none())
}
