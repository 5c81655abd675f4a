//! How a page of a PDF paints its text: in which colour, mode and size.

use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, ObjectId};

/// Pages with longer orders are drawings, and not looked at.
const MAXIMUM_BYTES: usize = 2 * 1024 * 1024;
/// States that may be saved at once; more are nonsense.
const MAXIMUM_SAVED: usize = 256;
/// A filled shape that is as large as this may be the background of a line of text.
const BACKGROUND: f32 = 8.0;
/// From here on, a share of red, green and blue is white.
pub const WHITE: f32 = 0.98;

/// What a page does that keeps text from its reader.
#[derive(Default)]
pub struct Paint {
    /// Bytes of text that are shown in no colour at all, where no picture lies over them.
    pub invisible_bytes: usize,
    /// Whether text is white, or very small, without a dark shape it could stand on.
    pub has_faint_text: bool,
}

#[derive(Clone, Default)]
struct State {
    is_white: bool,
    mode: i64,
    size: f32,
    scale: f32,
}

#[derive(Default)]
struct Walk {
    state: State,
    saved: Vec<State>,
    invisible_bytes: usize,
    has_white_text: bool,
    has_small_text: bool,
    has_background: bool,
    has_picture: bool,
    is_large_shape: bool,
}

/// Reads the orders of a page. One that cannot be read hides nothing that we could tell.
pub fn paint(document: &Document, page: ObjectId) -> Paint {
    let Ok(content) = document.get_page_content_with_limit(page, MAXIMUM_BYTES) else { return Paint::default() };
    let Ok(content) = Content::decode(&content) else { return Paint::default() };
    let mut walk = Walk::default();
    for operation in &content.operations {
        walk.follow(operation);
    }
    Paint {
        // Scanners put the text that they read into the picture in this way.
        invisible_bytes: if walk.has_picture { 0 } else { walk.invisible_bytes },
        has_faint_text: walk.has_small_text || (walk.has_white_text && !walk.has_background),
    }
}

impl Walk {
    fn follow(&mut self, operation: &Operation) {
        let operands = &operation.operands;
        match operation.operator.as_str() {
            "q" if self.saved.len() < MAXIMUM_SAVED => self.saved.push(self.state.clone()),
            "Q" => self.state = self.saved.pop().unwrap_or_default(),
            "g" | "rg" | "k" | "sc" | "scn" => self.state.is_white = is_white(operands),
            "cs" => self.state.is_white = false,
            "Tr" => self.state.mode = operands.first().and_then(|mode| mode.as_i64().ok()).unwrap_or(0),
            "Tf" => self.state.size = number(operands.get(1)).abs(),
            "BT" => self.state.scale = 1.0,
            "Tm" => self.state.scale = number(operands.get(2)).hypot(number(operands.get(3))),
            "Tj" | "TJ" | "'" | "\"" => self.show(operands),
            "Do" | "BI" | "EI" | "sh" => self.has_picture = true,
            "re" => self.is_large_shape |= number(operands.get(3)).abs() >= BACKGROUND,
            "c" | "v" | "y" => self.is_large_shape = true,
            "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" => {
                self.has_background |= self.is_large_shape && !self.state.is_white;
                self.is_large_shape = false;
            }
            "S" | "s" | "n" => self.is_large_shape = false,
            _ => {}
        }
    }

    fn show(&mut self, operands: &[Object]) {
        let shown = operands.iter().map(bytes_of).sum::<usize>();
        if matches!(self.state.mode, 3 | 7) {
            self.invisible_bytes += shown;
        } else if shown > 0 {
            let height = self.state.size * self.state.scale;
            self.has_white_text |= self.state.is_white && self.state.mode == 0;
            self.has_small_text |= height > 0.0 && height <= super::unseen::SMALLEST_POINTS;
        }
    }
}

/// White in shades of grey, in red, green and blue, or in the four inks of print.
fn is_white(operands: &[Object]) -> bool {
    let parts: Vec<f32> = operands.iter().filter_map(|operand| operand.as_float().ok()).collect();
    match parts.len() {
        1 | 3 => parts.iter().all(|part| *part >= WHITE),
        4 => parts.iter().all(|ink| *ink <= 1.0 - WHITE),
        _ => false,
    }
}

fn number(operand: Option<&Object>) -> f32 {
    operand.and_then(|operand| operand.as_float().ok()).unwrap_or(0.0)
}

fn bytes_of(operand: &Object) -> usize {
    match operand {
        Object::String(text, _) => text.len(),
        Object::Array(parts) => parts.iter().filter_map(|part| part.as_str().ok()).map(<[u8]>::len).sum(),
        _ => 0,
    }
}
