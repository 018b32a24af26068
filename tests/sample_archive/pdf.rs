//! A small, valid PDF 1.4 of a policy: Helvetica, `WinAnsiEncoding`, as many pages as it needs.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};

use super::policy_text::Block;
use super::record::{Bytes, encode};

const LINES_A_PAGE: usize = 46;
const LETTERS_A_LINE: usize = 86;

/// Writes the PDF. If `compressed` is true, its page contents are Flate streams.
pub fn pdf_of(blocks: &[Block], compressed: bool) -> Vec<u8> {
    let lines = lines_of(blocks);
    let pages: Vec<&[(u8, String)]> = lines.chunks(LINES_A_PAGE).collect();
    // Objects: 1 catalogue, 2 page tree, 3 and 4 fonts, then a page and its content in turn.
    let mut objects: Vec<Vec<u8>> = vec![b"<< /Type /Catalog /Pages 2 0 R >>".to_vec()];
    let kids: Vec<String> = (0..pages.len())
        .map(|n| format!("{} 0 R", 5 + 2 * n))
        .collect();
    objects.push(
        format!(
            "<< /Type /Pages /Kids [{}] /Count {} >>",
            kids.join(" "),
            pages.len()
        )
        .into_bytes(),
    );
    for font in ["Helvetica", "Helvetica-Bold"] {
        objects.push(
            format!(
                "<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>"
            )
            .into_bytes(),
        );
    }
    for (n, lines) in pages.iter().enumerate() {
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {} 0 R >>",
                6 + 2 * n
            )
            .into_bytes(),
        );
        objects.push(stream(&content(lines), compressed));
    }
    assemble(&objects)
}

/// Lines as (font size, text); an empty text is a gap between blocks.
fn lines_of(blocks: &[Block]) -> Vec<(u8, String)> {
    let mut lines = Vec::new();
    for block in blocks {
        let (size, texts): (u8, Vec<String>) = match block {
            Block::Title(text) => (18, vec![text.clone()]),
            Block::Heading(text) => (14, vec![text.clone()]),
            Block::Paragraph(text) => (11, vec![text.clone()]),
            Block::List(items) => (11, items.iter().map(|item| format!("• {item}")).collect()),
            Block::Table(rows) => (11, rows.iter().map(|row| row.join(", ")).collect()),
        };
        for text in texts {
            lines.extend(wrap(&text).into_iter().map(|line| (size, line)));
        }
        lines.push((11, String::new()));
    }
    lines
}

fn wrap(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= LETTERS_A_LINE {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn content(lines: &[(u8, String)]) -> Vec<u8> {
    let mut out = b"BT\n16 TL\n72 780 Td\n".to_vec();
    for (size, text) in lines {
        let font = if *size > 11 { "F2" } else { "F1" };
        write!(out, "/{font} {size} Tf (").expect("memory takes all");
        for byte in encode(text, Bytes::Windows1252) {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.extend_from_slice(b") Tj T*\n");
    }
    out.extend_from_slice(b"ET\n");
    out
}

fn stream(content: &[u8], compressed: bool) -> Vec<u8> {
    let (bytes, filter) = if compressed {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(9));
        encoder.write_all(content).expect("memory takes all");
        (
            encoder.finish().expect("memory takes all"),
            " /Filter /FlateDecode",
        )
    } else {
        (content.to_vec(), "")
    };
    let mut out = format!("<< /Length {}{filter} >>\nstream\n", bytes.len()).into_bytes();
    out.extend_from_slice(&bytes);
    out.extend_from_slice(b"\nendstream");
    out
}

fn assemble(objects: &[Vec<u8>]) -> Vec<u8> {
    // Four bytes above 127 in a comment tell transfer programs that the file is binary.
    let mut out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        writeln!(out, "{} 0 obj", n + 1).expect("memory takes all");
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let xref = out.len();
    write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).expect("memory takes all");
    for offset in offsets {
        writeln!(out, "{offset:010} 00000 n ").expect("memory takes all");
    }
    write!(
        out,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n",
        objects.len() + 1
    )
    .expect("memory takes all");
    out
}
