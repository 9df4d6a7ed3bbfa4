//! The tags of a PDF: which marked lines are which paragraph, for who reads the file aloud.

use pdf_writer::types::{Direction, StructRole};
use pdf_writer::writers::{Catalog, StructTreeRoot};
use pdf_writer::{Finish as _, Name, Pdf, Ref, TextStr};

/// The paragraphs of a file with their marked lines.
pub struct Structure {
    root: Ref,
    document: Ref,
    paragraphs: Vec<Paragraph>,
    /// For each page the paragraphs of its lines.
    pages: Vec<Vec<Ref>>,
}

struct Paragraph {
    id: Ref,
    /// Page and number of each line.
    lines: Vec<(Ref, i32)>,
}

impl Structure {
    /// So many paragraphs, without lines yet.
    #[must_use]
    pub fn new(paragraphs: usize, next: &mut Ref) -> Self {
        let paragraph = |_| Paragraph { id: next.bump(), lines: Vec::new() };
        let paragraphs = (0..paragraphs).map(paragraph).collect();
        Self { root: next.bump(), document: next.bump(), paragraphs, pages: Vec::new() }
    }

    /// A page whose lines belong to these paragraphs, one after the other.
    pub fn page(&mut self, id: Ref, paragraphs: impl Iterator<Item = usize>) {
        let mut owners = Vec::new();
        for (mark, paragraph) in paragraphs.enumerate() {
            self.paragraphs[paragraph].lines.push((id, mark as i32));
            owners.push(self.paragraphs[paragraph].id);
        }
        self.pages.push(owners);
    }

    /// Writes the tags.
    pub fn write(&self, file: &mut Pdf, language: &str, next: &mut Ref) {
        let owners: Vec<Ref> = self.pages.iter().map(|_| next.bump()).collect();
        for (id, paragraphs) in owners.iter().zip(&self.pages) {
            file.indirect(*id).array().items(paragraphs.iter().copied());
        }
        let mut root = file.indirect(self.root).start::<StructTreeRoot<'_>>();
        root.child(self.document).parent_tree_next_key(self.pages.len() as i32);
        let mut tree = root.parent_tree();
        let mut entries = tree.nums();
        for (page, id) in owners.iter().enumerate() {
            entries.insert(page as i32, *id);
        }
        entries.finish();
        tree.finish();
        root.finish();
        let mut document = file.struct_element(self.document);
        document.kind(StructRole::Document).parent(self.root).lang(TextStr(language));
        let mut children = document.children();
        for paragraph in &self.paragraphs {
            children.struct_element(paragraph.id);
        }
        children.finish();
        document.finish();
        for paragraph in &self.paragraphs {
            let mut element = file.struct_element(paragraph.id);
            element.kind(StructRole::P).parent(self.document);
            let mut children = element.children();
            for (page, mark) in &paragraph.lines {
                children.marked_content_ref().page(*page).marked_content_id(*mark);
            }
        }
    }

    /// Says in the catalog that the file has tags, and how it is read.
    pub fn refer(&self, catalog: &mut Catalog<'_>, is_rtl: bool) {
        catalog.pair(Name(b"StructTreeRoot"), self.root);
        catalog.mark_info().marked(true);
        let direction = if is_rtl { Direction::R2L } else { Direction::L2R };
        catalog.viewer_preferences().display_doc_title(true).direction(direction);
    }
}
