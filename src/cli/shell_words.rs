//! Splits a shell command into simple commands and words, as far as that is possible without running it.

use std::iter::Peekable;
use std::str::Chars;

/// Stands for a word that only the running shell knows.
const UNKNOWN: &str = "\0";

/// The words of each simple command in a shell command, without quotes, redirections and assignments before the program.
/// Words from the first one that only the running shell knows (`$HOOK`, `*.sh`) are left out, and everything after a change
/// of `PATH`.
pub(super) fn simple_commands(command: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    let mut current = Vec::new();
    let mut words = Words(command.chars().peekable());
    while let Some(word) = words.next_word() {
        match word {
            Word::Separator => commands.push(std::mem::take(&mut current)),
            Word::Redirection => {
                words.next_word();
            }
            Word::Text(text) if current.is_empty() && is_assignment(&text) => {}
            Word::Text(text) => current.push(text),
            Word::Unknown => current.push(UNKNOWN.to_owned()),
            // Nobody knows which programs the shell finds from here on.
            Word::SearchPath => break,
        }
    }
    commands.push(current);
    for words in &mut commands {
        let known = words.iter().take_while(|word| *word != UNKNOWN).count();
        words.truncate(known);
    }
    commands.retain(|words| !words.is_empty());
    commands
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

enum Word {
    /// The end of a simple command: `;`, `|`, `&`, the end of a line.
    Separator,
    /// `>`, `<`, `>>`. The name of a file follows.
    Redirection,
    /// A word without its quotes.
    Text(String),
    /// A word that only the running shell knows.
    Unknown,
    /// `PATH=/opt/x/bin`.
    SearchPath,
}

/// Reads a shell command word by word.
struct Words<'a>(Peekable<Chars<'a>>);

impl Words<'_> {
    fn skip(&mut self, characters: &str) {
        while self.0.next_if(|c| characters.contains(*c)).is_some() {}
    }

    fn next_word(&mut self) -> Option<Word> {
        self.skip(" \t");
        match *self.0.peek()? {
            '#' => {
                while self.0.next_if(|c| *c != '\n').is_some() {}
                Some(Word::Separator)
            }
            ';' | '|' | '&' | '\n' => {
                self.skip(";|&\n");
                Some(Word::Separator)
            }
            '<' | '>' => self.redirection(),
            parenthesis @ ('(' | ')') => {
                self.0.next();
                Some(Word::Text(parenthesis.to_string()))
            }
            _ => self.text(),
        }
    }

    fn redirection(&mut self) -> Option<Word> {
        self.skip("<>");
        if self.0.next_if_eq(&'&').is_none() {
            return Some(Word::Redirection);
        }
        // The number of a descriptor follows: `>&2`.
        self.skip("0123456789-");
        self.next_word()
    }

    fn text(&mut self) -> Option<Word> {
        let mut text = String::new();
        let mut is_known = true;
        let mut quote = None;
        while let Some(c) = self.0.peek().copied() {
            if quote.is_none() && (c.is_whitespace() || ";|&<>()".contains(c)) {
                // `$(` and what follows are left to the shell.
                break;
            }
            self.0.next();
            match (quote, c) {
                (Some(q), c) if c == q => quote = None,
                (None, '\'' | '"') => quote = Some(c),
                (None | Some('"'), '\\') => text.extend(self.0.next()),
                _ => {
                    let is_expanded = quote != Some('\'') && "$`".contains(c);
                    let is_pattern = quote.is_none() && "*?~".contains(c);
                    is_known = is_known && !is_expanded && !is_pattern;
                    text.push(c);
                }
            }
        }
        // A number before a redirection is a descriptor: `2>log`.
        let is_descriptor = text.bytes().all(|b| b.is_ascii_digit());
        if is_descriptor && matches!(self.0.peek(), Some('<' | '>')) {
            return self.next_word();
        }
        Some(match is_known {
            _ if text.starts_with("PATH=") => Word::SearchPath,
            true => Word::Text(text),
            false => Word::Unknown,
        })
    }
}
