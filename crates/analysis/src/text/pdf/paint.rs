use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, ObjectId};

/// Size limit for the content of a page in bytes. Larger pages are assumed to be drawings and are not analysed.
const MAXIMUM_BYTES: usize = 2 * 1024 * 1024;
const MAXIMUM_SAVED: usize = 256;
/// Minimum height of a shape that may be the background of a line of text.
const BACKGROUND_HEIGHT: f32 = 8.0;
const MINIMUM_WHITE: f32 = 0.98;

#[derive(Clone, Default)]
struct State {
    is_white: bool,
    mode: i64,
    size: f32,
    scale: f32,
}

/// Properties of a page that reveal hidden text: color, rendering mode and size of the text, and its background.
#[derive(Default)]
pub struct Paint {
    state: State,
    saved: Vec<State>,
    invisible_bytes: usize,
    has_white_text: bool,
    has_small_text: bool,
    has_background: bool,
    has_picture: bool,
    is_large_shape: bool,
}

/// Analyses the operators in the content of a page. A page that cannot be read counts as a page without hidden text.
pub fn paint(document: &Document, page: ObjectId) -> Paint {
    let Ok(content) = document.get_page_content_with_limit(page, MAXIMUM_BYTES) else { return Paint::default() };
    let Ok(content) = Content::decode(&content) else { return Paint::default() };
    let mut paint = Paint::default();
    content.operations.iter().for_each(|operation| paint.follow(operation));
    paint
}

impl Paint {
    /// Returns the number of text bytes that the page does not paint (rendering modes 3 and 7). Returns 0 if the page contains a
    /// picture, because OCR software adds invisible text to scanned pages.
    pub fn invisible_bytes(&self) -> usize {
        if self.has_picture { 0 } else { self.invisible_bytes }
    }

    /// Returns true if the page contains very small text, or white text without a background.
    pub fn has_faint_text(&self) -> bool {
        self.has_small_text || (self.has_white_text && !self.has_background)
    }

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
            "re" => self.is_large_shape |= number(operands.get(3)).abs() >= BACKGROUND_HEIGHT,
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
            self.has_small_text |= height > 0.0 && height <= super::hidden_text::SMALL_POINTS;
        }
    }
}

/// Returns true if a color in grayscale, RGB or CMYK is white.
fn is_white(operands: &[Object]) -> bool {
    let parts: Vec<f32> = operands.iter().filter_map(|operand| operand.as_float().ok()).collect();
    match parts.len() {
        1 | 3 => parts.iter().all(|part| *part >= MINIMUM_WHITE),
        4 => parts.iter().all(|ink| *ink <= 1.0 - MINIMUM_WHITE),
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
