//! Finds the markup that scripts write into their page: `document.write('<a href="/p">Privacy</a>')`.

use percent_encoding::percent_decode_str;

use super::script_tokens::{ScriptToken, ScriptTokens};

/// The markup with links in the quoted texts of a script; empty if there is none. Texts of one statement are joined, as
/// `'<a href="' + folder + '/p.html">'` is.
pub(super) fn markup_in_script(code: &str) -> String {
    let mut markup = String::new();
    // Written plainly, or as an escape of a text or of an address.
    if !["<", "\\u003", "\\x3", "%3"]
        .iter()
        .any(|begin| code.contains(begin))
    {
        return markup;
    }
    let mut statement = String::new();
    for token in ScriptTokens::of(code) {
        match token {
            ScriptToken::Text(text) if text.contains("%3C") || text.contains("%3c") => {
                statement.push_str(&percent_decode_str(&text).decode_utf8_lossy());
            }
            ScriptToken::Text(text) => statement.push_str(&text),
            ScriptToken::Mark(';' | '{' | '}') => add_statement(&mut markup, &mut statement),
            // Texts of a list are apart; a line end inside an address means nothing.
            ScriptToken::Mark(',' | ':') => statement.push('\n'),
            _ => {}
        }
    }
    add_statement(&mut markup, &mut statement);
    markup
}

/// Moves the texts of a statement to the markup if they contain a link.
fn add_statement(markup: &mut String, statement: &mut String) {
    if statement.contains('<') && mentions(statement, "href") {
        markup.push_str(statement);
        markup.push('\n');
    }
    statement.clear();
}

/// True if a text contains a word in lower or upper case.
fn mentions(text: &str, word: &str) -> bool {
    text.contains(word) || text.contains(&word.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_markup_of_a_statement_is_joined() {
        let code = "var a = 'x'; if (b) { document.write('<a href=\"' + a + '/p.html\">' +\n 'Privacy<\\/a>'); }\n\
                    document.writeln(unescape('%3Ca%20href=/q%3EQ%3C/a%3E'));";
        assert_eq!(
            markup_in_script(code),
            "<a href=\"/p.html\">Privacy</a>\n<a href=/q>Q</a>\n"
        );
        assert_eq!(
            markup_in_script("document.write('<a hr' + 'ef=/p>Priv' + 'acy</a>')"),
            "<a href=/p>Privacy</a>\n"
        );
        assert_eq!(
            markup_in_script(r#"x = "\u003ca href=/p\x3eQ\u003c/a\u003e""#),
            "<a href=/p>Q</a>\n"
        );
        assert_eq!(markup_in_script("var href = 'x < y'"), "");
        assert_eq!(markup_in_script("f('<b>')"), "");
    }
}
