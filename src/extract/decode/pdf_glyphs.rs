//! Reads the glyphs of a PDF as pieces of lines, with their places.

use pdf_extract::{MediaBox, OutputDev, OutputError, Transform};

use super::pdf_lines::{PdfPage, Piece};

/// Maximum number of bytes of text, and of pieces, that are read from a PDF.
const MAX_TEXT_BYTES: usize = 8 * 1024 * 1024;
const MAX_PIECES: usize = 400_000;
/// Distances in a line, as multiples of the size of its letters: a blank between two words, and the end of a piece.
const BLANK: f64 = 0.1;
const PIECE_END: f64 = 1.6;
/// Largest distance between the base lines of two glyphs of one line: notes are raised.
const LINE_HEIGHT: f64 = 0.5;
/// Letters smaller than this, compared with those before them, and raised by that much are marks of notes.
const NOTE_SIZE: f64 = 0.8;
const NOTE_RISE: f64 = 0.15;
/// Share of a turn from which on a text is neither level nor upright. Such a text is a watermark.
const SLANT: f64 = 0.2;

/// Gathers the glyphs of all pages.
#[derive(Debug, Default)]
pub(in crate::extract) struct GlyphReader {
    pages: Vec<PdfPage>,
    /// Place of the page's lower left corner.
    origin: (f64, f64),
    height: f64,
    open: Option<OpenPiece>,
    /// True at the beginning of a string, where a blank may stand.
    begins: bool,
    text_bytes: usize,
    pieces: usize,
}

/// A piece of a line that may go on.
#[derive(Debug)]
struct OpenPiece {
    piece: Piece,
    /// Where the last glyph ends, blanks included.
    pen: f64,
    sizes: f64,
    glyphs: f64,
    in_note: bool,
}

/// A glyph in the direction of its text, measured from the top left.
#[derive(Debug, Clone, Copy)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
    size: f64,
    turn: u8,
}

impl GlyphReader {
    /// The pages read.
    pub(in crate::extract) fn into_pages(mut self) -> Vec<PdfPage> {
        self.end_piece();
        self.pages
    }

    fn end_piece(&mut self) {
        if let (Some(open), Some(page)) = (self.open.take(), self.pages.last_mut()) {
            page.add(open.finish());
            self.pieces += 1;
        }
    }

    fn place(&self, trm: &Transform, width: f64, font_size: f64) -> Option<Place> {
        let length = trm.m11.hypot(trm.m12);
        let (across, along) = (trm.m11 / length, trm.m12 / length);
        if !length.is_finite() || length == 0.0 {
            return None;
        }
        let (x, y) = (trm.m31 - self.origin.0, trm.m32 - self.origin.1);
        let (turn, x, y) = if along.abs() <= SLANT && across > 0.0 {
            (0, x, self.height - y)
        } else if across.abs() <= SLANT && along > 0.0 {
            (1, y, x)
        } else if across.abs() <= SLANT {
            (3, -y, -x)
        } else if along.abs() <= SLANT {
            (2, -x, y)
        } else {
            return None;
        };
        let place = Place {
            x,
            y,
            width: width * font_size.abs() * length,
            size: font_size.abs() * (trm.m11 * trm.m22 - trm.m12 * trm.m21).abs().sqrt(),
            turn,
        };
        (place.x.is_finite() && place.y.is_finite() && place.width.is_finite())
            .then_some(place)
            .filter(|p| p.size > 0.0 && p.size.is_finite())
    }
}

impl OpenPiece {
    fn new(place: Place) -> Self {
        Self {
            piece: Piece {
                text: String::new(),
                left: place.x,
                right: place.x,
                y: place.y,
                size: place.size,
                turn: place.turn,
            },
            pen: place.x,
            sizes: 0.0,
            glyphs: 0.0,
            in_note: false,
        }
    }

    /// True if a glyph at this place goes on with the piece.
    fn takes(&self, place: Place) -> bool {
        let size = self.piece.size.max(place.size);
        let gap = place.x - self.pen;
        self.piece.turn == place.turn
            && (place.y - self.piece.y).abs() <= size * LINE_HEIGHT
            && (-size..size * PIECE_END).contains(&gap)
    }

    fn push(&mut self, place: Place, text: &str, begins: bool) {
        let is_blank = text.trim().is_empty();
        let size = self.average_size();
        let is_raised = self.glyphs > 0.0
            && place.size < size * NOTE_SIZE
            && self.piece.y - place.y > size * NOTE_RISE
            && text.chars().all(|c| c.is_ascii_digit() || c == ',');
        if is_raised != self.in_note && !is_blank {
            self.in_note = is_raised;
            self.piece.text.push(if is_raised { '[' } else { ']' });
        }
        if begins && place.x - self.pen > place.size * BLANK && !is_raised && !is_blank {
            self.blank();
        }
        if is_blank {
            self.blank();
        } else {
            self.piece.text.push_str(text);
            self.piece.right = self.piece.right.max(place.x + place.width);
            if !is_raised {
                self.sizes += place.size;
                self.glyphs += 1.0;
            }
        }
        self.pen = place.x + place.width;
    }

    fn blank(&mut self) {
        if !self.piece.text.is_empty() && !self.piece.text.ends_with(' ') {
            self.piece.text.push(' ');
        }
    }

    fn average_size(&self) -> f64 {
        if self.glyphs > 0.0 {
            self.sizes / self.glyphs
        } else {
            self.piece.size
        }
    }

    fn finish(mut self) -> Piece {
        if self.in_note {
            self.piece.text.push(']');
        }
        self.piece.size = self.average_size();
        self.piece
    }
}

impl OutputDev for GlyphReader {
    fn begin_page(
        &mut self,
        _page_number: u32,
        media_box: &MediaBox,
        _art_box: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        self.end_piece();
        self.origin = (media_box.llx, media_box.lly);
        self.height = media_box.ury - media_box.lly;
        self.pages.push(PdfPage::default());
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        self.end_piece();
        Ok(())
    }

    fn output_character(
        &mut self,
        trm: &Transform,
        width: f64,
        _spacing: f64,
        font_size: f64,
        character: &str,
    ) -> Result<(), OutputError> {
        let Some(place) = self.place(trm, width, font_size) else {
            return Ok(());
        };
        self.text_bytes += character.len();
        if self.text_bytes > MAX_TEXT_BYTES || self.pieces > MAX_PIECES {
            return Ok(());
        }
        if !self.open.as_ref().is_some_and(|open| open.takes(place)) {
            self.end_piece();
        }
        let open = self.open.get_or_insert_with(|| OpenPiece::new(place));
        open.push(place, character, std::mem::take(&mut self.begins));
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.begins = true;
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}
