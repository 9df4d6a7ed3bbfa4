//! The lines of a PDF: what its pages draw, in the order in which they draw it.

mod fonts;
mod glyph_names;
mod layout;
mod objects;
mod shapes;
mod to_unicode;

use std::collections::HashMap;

use hayro_syntax::content::UntypedIter;
use hayro_syntax::object::{Array, Dict, Name, Object};
use hayro_syntax::page::{Resources, Rotation};
use hayro_syntax::{LoadPdfError, Pdf};

use super::line::Line;
use super::unreadable::Unreadable;
use fonts::Font;
use layout::Layout;
use objects::{IDENTITY, Matrix, decoded, six};
use shapes::Shape;

/// More than a CV has, and as many as can be read at once.
const PAGES_MAX: usize = 30;
/// Instructions of all pages; a page of text has some thousands, a drawing many.
const STEPS_MAX: usize = 3_000_000;
/// States that are saved and not yet restored.
const SAVED_MAX: usize = 512;
/// Forms within forms.
const DEPTH_MAX: usize = 6;
/// Part of the characters that may be unknown before the text is useless: one in this many.
const UNKNOWN_PART: usize = 5;

/// The lines of a PDF.
///
/// # Errors
/// When it is locked or damaged, has no text, or holds too much.
pub fn lines(file: Vec<u8>) -> Result<Vec<Line>, Unreadable> {
    let pdf = Pdf::new(file).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Unreadable::Locked,
        LoadPdfError::Invalid => Unreadable::Broken,
    })?;
    if pdf.pages().len() > PAGES_MAX {
        return Err(Unreadable::TooMuch);
    }
    let mut layout = Layout::default();
    let mut steps = 0;
    for page in pdf.pages().iter() {
        let mut reading = Reading::new(&mut layout, &mut steps, upright(page.rotation()));
        if let Some(content) = page.page_stream() {
            reading.read(content, page.resources(), 0)?;
        }
        layout.end_page();
    }
    let (known, unknown) = layout.known_and_unknown();
    match (known, unknown) {
        (0, 0) => Err(Unreadable::NoText),
        (known, unknown) if unknown * UNKNOWN_PART > known => Err(Unreadable::NoLetters),
        _ => Ok(layout.into_lines()),
    }
}

/// What turns a page as its reader sees it: it says so itself, and its text is turned the other way.
const fn upright(rotation: Rotation) -> Matrix {
    match rotation {
        Rotation::None => IDENTITY,
        Rotation::Horizontal => [0.0, -1.0, 1.0, 0.0, 0.0, 0.0],
        Rotation::Flipped => [-1.0, 0.0, 0.0, -1.0, 0.0, 0.0],
        Rotation::FlippedHorizontal => [0.0, 1.0, -1.0, 0.0, 0.0, 0.0],
    }
}

/// The numbers of a plane, of which there are six.
fn plane(numbers: &[f64]) -> Matrix {
    std::array::from_fn(|at| numbers.get(at).copied().unwrap_or_default())
}

fn product(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// What is saved and restored around parts of a page.
#[derive(Clone)]
struct State {
    plane: Matrix,
    font: Option<usize>,
    size: f64,
    letter_space: f64,
    word_space: f64,
    width: f64,
    leading: f64,
}

/// The reading of one page.
struct Reading<'l> {
    layout: &'l mut Layout,
    steps: &'l mut usize,
    fonts: Vec<Font>,
    state: State,
    saved: Saved,
    shape: Shape,
    text: Matrix,
    line: Matrix,
}

/// The states that a page and its forms have saved.
#[derive(Default)]
struct Saved {
    states: Vec<State>,
    /// Those of whatever the present form stands in, which it cannot restore.
    of_others: usize,
    /// States that were saved beyond the most that are kept.
    lost: usize,
}

impl Saved {
    fn save(&mut self, state: &State) {
        if self.states.len() < SAVED_MAX { self.states.push(state.clone()) } else { self.lost += 1 }
    }

    /// The state that was saved last; `None` where there is none, since some writers restore more than they save.
    fn restore(&mut self) -> Option<State> {
        if self.lost > 0 {
            self.lost -= 1;
            return None;
        }
        (self.states.len() > self.of_others).then(|| self.states.pop()).flatten()
    }
}

impl<'l> Reading<'l> {
    fn new(layout: &'l mut Layout, steps: &'l mut usize, plane: Matrix) -> Self {
        let state =
            State { plane, font: None, size: 0.0, letter_space: 0.0, word_space: 0.0, width: 1.0, leading: 0.0 };
        Self {
            layout,
            steps,
            fonts: Vec::new(),
            state,
            saved: Saved::default(),
            shape: Shape::default(),
            text: IDENTITY,
            line: IDENTITY,
        }
    }

    fn read(&mut self, content: &[u8], resources: &Resources<'_>, depth: usize) -> Result<(), Unreadable> {
        let mut known = HashMap::new();
        let around = (self.saved.of_others, self.saved.lost);
        (self.saved.of_others, self.saved.lost) = (self.saved.states.len(), 0);
        let mut instructions = UntypedIter::new(content);
        while let Some(instruction) = instructions.next() {
            *self.steps += 1;
            if *self.steps > STEPS_MAX {
                return Err(Unreadable::TooMuch);
            }
            let operands: Vec<Object<'_>> = instruction.operands().cloned().collect();
            match &**instruction.operator {
                b"Tf" => self.choose_font(&operands, resources, &mut known),
                b"Do" => self.draw(&operands, resources, depth)?,
                b"Tj" | b"'" | b"\"" | b"TJ" => self.show(instruction.operator, &operands),
                operator => self.set(operator, &numbers(&operands)),
            }
        }
        self.saved.states.truncate(self.saved.of_others);
        (self.saved.of_others, self.saved.lost) = around;
        Ok(())
    }

    fn choose_font(&mut self, operands: &[Object<'_>], resources: &Resources<'_>, known: &mut HashMap<Vec<u8>, usize>) {
        let (Some(Object::Name(name)), Some(Object::Number(size))) = (operands.first(), operands.get(1)) else {
            return;
        };
        let key = name.to_vec();
        if !known.contains_key(&key)
            && let Some(font) = resources.get_font(name)
        {
            self.fonts.push(Font::new(&font));
            known.insert(key.clone(), self.fonts.len() - 1);
        }
        self.state.font = known.get(&key).copied();
        self.state.size = size.as_f64();
    }

    /// A form: a part of a page that is written elsewhere.
    fn draw(&mut self, operands: &[Object<'_>], resources: &Resources<'_>, depth: usize) -> Result<(), Unreadable> {
        let Some(Object::Name(name)) = operands.first() else { return Ok(()) };
        let Some(form) = resources.get_x_object(name).filter(|_| depth < DEPTH_MAX) else { return Ok(()) };
        let is_form = form.dict().get::<Name<'_>>("Subtype").is_some_and(|kind| &*kind == b"Form");
        let Some(content) = is_form.then(|| decoded(&form)).flatten() else { return Ok(()) };
        let own = form.dict().get::<Dict<'_>>("Resources").map(Resources::new);
        let matrix = form.dict().get::<Array<'_>>("Matrix").and_then(|matrix| six(&matrix)).unwrap_or(IDENTITY);
        let before = self.state.clone();
        self.state.plane = product(matrix, self.state.plane);
        self.read(&content, own.as_ref().unwrap_or(resources), depth + 1)?;
        self.state = before;
        Ok(())
    }

    fn show(&mut self, operator: &[u8], operands: &[Object<'_>]) {
        if operator == b"\"" {
            let spaces = numbers(operands);
            self.state.word_space = spaces.first().copied().unwrap_or_default();
            self.state.letter_space = spaces.get(1).copied().unwrap_or_default();
        }
        if operator == b"'" || operator == b"\"" {
            self.move_line(0.0, -self.state.leading);
        }
        match operands.last() {
            Some(Object::String(text)) => self.show_text(text.as_bytes()),
            Some(Object::Array(parts)) => {
                for part in parts.iter::<Object<'_>>() {
                    match part {
                        Object::String(text) => self.show_text(text.as_bytes()),
                        Object::Number(back) => self.advance(-back.as_f64() / 1000.0 * self.state.size),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn show_text(&mut self, text: &[u8]) {
        let Some(font) = self.state.font else { return };
        for glyph in self.fonts[font].glyphs(text) {
            let space = if glyph.is_space { self.state.word_space } else { 0.0 };
            let width = glyph.width * self.state.size;
            let at = product(self.text, self.state.plane);
            let size = (at[2] * at[2] + at[3] * at[3]).sqrt() * self.state.size.abs();
            let scale = (at[0] * at[0] + at[1] * at[1]).sqrt() * self.state.width;
            let is_level = at[1].abs() < at[0].abs() * 0.1 && at[0] > 0.0;
            if is_level {
                self.layout.put(&glyph.text, (at[4], at[5]), width * scale, (size, self.fonts[font].is_bold));
            }
            self.advance(width + self.state.letter_space + space);
        }
    }

    fn advance(&mut self, by: f64) {
        self.text = product([1.0, 0.0, 0.0, 1.0, by * self.state.width, 0.0], self.text);
    }

    fn move_line(&mut self, x: f64, y: f64) {
        self.line = product([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    /// Instructions that set something.
    fn set(&mut self, operator: &[u8], numbers: &[f64]) {
        match (operator, numbers) {
            (b"q", _) => self.saved.save(&self.state),
            (b"Q", _) => self.state = self.saved.restore().unwrap_or_else(|| self.state.clone()),
            (b"cm", [_, _, _, _, _, _]) => self.state.plane = product(plane(numbers), self.state.plane),
            (b"BT", _) => (self.text, self.line) = (IDENTITY, IDENTITY),
            (b"Tm", [_, _, _, _, _, _]) => (self.text, self.line) = (plane(numbers), plane(numbers)),
            (b"Td", &[x, y]) => self.move_line(x, y),
            (b"TD", &[x, y]) => {
                self.state.leading = -y;
                self.move_line(x, y);
            }
            (b"T*", _) => self.move_line(0.0, -self.state.leading),
            (b"TL", &[leading]) => self.state.leading = leading,
            (b"Tc", &[space]) => self.state.letter_space = space,
            (b"Tw", &[space]) => self.state.word_space = space,
            (b"m" | b"l" | b"c" | b"v" | b"y" | b"re", _) => self.shape.go_on(operator, numbers, self.state.plane),
            (b"n", _) => drop(self.shape.end()),
            (b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s", _) => {
                self.layout.put_shape(self.shape.end());
            }
            (b"Tz", &[percent]) => self.state.width = percent / 100.0,
            _ => {}
        }
    }
}

fn numbers(operands: &[Object<'_>]) -> Vec<f64> {
    let number = |operand: &Object<'_>| match operand {
        Object::Number(number) => Some(number.as_f64()),
        _ => None,
    };
    operands.iter().filter_map(number).collect()
}

#[cfg(test)]
mod tests;
