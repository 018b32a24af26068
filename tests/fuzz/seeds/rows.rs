//! Index rows.

use super::EXAMPLE_DIGEST;

pub(super) fn index_rows() -> Vec<Vec<u8>> {
    let rows = [
        format!("com,example)/privacy 20120611040411 http://example.com/privacy text/html 200 {EXAMPLE_DIGEST} 1234"),
        format!("com,example)/ 20000800241623 http://www.example.com:80/ unk - {EXAMPLE_DIGEST} -"),
        format!("com,example)/a 20140101000000 https://example.com/a warc/revisit - {EXAMPLE_DIGEST} - - 77 12 a.warc.gz"),
        "com,example)/x 20140101000000 mailto:a@example.com text/html 200 - -".to_owned(),
        format!(r#"["com,example)/","20120611040411","http://example.com/","text/html","200","{EXAMPLE_DIGEST}","1234"]"#),
        format!(r#"["com,example)/",20120611040411,"http://example.com/","text/html",200,"{EXAMPLE_DIGEST}",1234,9,8,7,6]"#),
        format!(
            r#"{{"urlkey":"com,example)/","timestamp":"20120611040411","url":"http://example.com/ä b","mime":"text/html","status":"200","digest":"sha1:{EXAMPLE_DIGEST}","length":"1"}}"#
        ),
        r#"{"timestamp":"20120611040411","original":"http://example.com/?b=2&a=1","mimetype":"-","statuscode":"-"}"#.to_owned(),
    ];
    rows.into_iter().map(String::into_bytes).collect()
}
