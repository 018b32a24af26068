//! The words of the simulated sites: policies that change as policies do, in ten languages.

use std::sync::LazyLock;

use serde::Deserialize;

use super::numbers::Numbers;

/// The texts of sites in one language.
#[derive(Debug, Deserialize)]
pub struct Language {
    pub code: String,
    pub tld: String,
    pub title: String,
    pub links: Vec<String>,
    pub paths: Vec<String>,
    /// Text and path.
    pub hub: (String, String),
    pub cookies: (String, String),
    pub children: (String, String),
    pub navigation: Vec<String>,
    pub home: Vec<String>,
    pub post: Vec<String>,
    pub headings: Vec<String>,
    pub sentences: Vec<String>,
    pub cookie_sentences: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    language: Vec<Language>,
}

pub static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("languages.toml")).unwrap();
    file.language
});

/// The text of a policy at one time: which sentences of the language, with which numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyText {
    pub title: String,
    headings: Vec<String>,
    pool: Vec<String>,
    name: String,
    /// Positions in the pool, and the number filled in.
    said: Vec<(usize, usize)>,
    mail: usize,
    revision: usize,
}

impl PolicyText {
    /// Creates a first version.
    pub fn new(language: &Language, name: &str, cookies: bool, numbers: &mut Numbers) -> Self {
        let pool = if cookies {
            language.cookie_sentences.clone()
        } else {
            language.sentences.clone()
        };
        let title = if cookies {
            language.cookies.0.clone()
        } else {
            language.title.clone()
        };
        // The first sentences name the subject. Some of the others are chosen.
        let always = if cookies { 4 } else { 8 };
        let said = (0..pool.len())
            .filter_map(|i| {
                if i < always || numbers.chance(45) {
                    Some((i, numbers.between(14, 48)))
                } else {
                    None
                }
            })
            .collect();
        Self {
            title,
            headings: language.headings.clone(),
            pool,
            name: name.to_owned(),
            said,
            mail: 0,
            revision: 0,
        }
    }

    /// Changes the text to the next version: a sentence more or less, another number, another email address, or several
    /// of these.
    pub fn revise(&mut self, numbers: &mut Numbers) {
        self.revision += 1;
        let before = self.sentences();
        while self.sentences() == before {
            for _ in 0..numbers.between(1, 3) {
                match numbers.below(4) {
                    0 | 1 => {
                        let missing: Vec<usize> = (0..self.pool.len())
                            .filter(|i| self.said.iter().all(|(s, _)| s != i))
                            .collect();
                        if !missing.is_empty() {
                            let new = *numbers.pick(&missing);
                            self.said.push((new, numbers.between(14, 48)));
                            self.said.sort_unstable();
                        }
                    }
                    2 if self.said.len() > 5 => {
                        let at = numbers.between(3, self.said.len() - 1);
                        self.said.remove(at);
                    }
                    _ => {
                        self.mail += 1;
                        for (_, n) in &mut self.said {
                            *n += numbers.between(1, 9);
                        }
                    }
                }
            }
        }
    }

    /// Every sentence, as a reader sees it.
    pub fn sentences(&self) -> Vec<String> {
        let fill = |(i, n): &(usize, usize)| {
            let mail = format!("privacy{}@{}.example", self.mail, self.name.to_lowercase());
            self.pool[*i]
                .replace("{site}", &self.name)
                .replace("{n}", &n.to_string())
                .replace("{mail}", &mail)
        };
        self.said.iter().map(fill).collect()
    }

    /// Headings with the sentences under each.
    pub fn sections(&self) -> Vec<(String, Vec<String>)> {
        let sentences = self.sentences();
        let each = sentences.len().div_ceil(self.headings.len()).max(2);
        sentences
            .chunks(each)
            .zip(&self.headings)
            .map(|(s, h)| (h.clone(), s.to_vec()))
            .collect()
    }
}
