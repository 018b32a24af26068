//! `cargo run --release --example train-classifier -- FILE…`: learns the weights of the classifier from labelled texts, and
//! prints how good they are on services that were held out.
//!
//! Files are JSON Lines (or the same with gzip) of `text`, `label` (`privacy`, `cookies`, `terms`, `other_legal`,
//! `other`) and optional `language` and `service`. Texts without service are learnt, but never scored. The same files in the same
//! order give the same weights to the byte.

#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a tool that prints figures of counts below 2^31"
)]

mod corpus;
mod learner;
mod measures;
mod optimiser;

use std::error::Error;
use std::path::{Path, PathBuf};

use self::corpus::LabelledText;
use self::learner::{cooled, learn};
use self::measures::{Scored, best_temperature, cool, print_all, print_wrong};

/// Number of parts of the cross-validation. All texts of a service are in one part.
const FOLDS: u64 = 5;
/// Number of models that are trained at the same time.
const THREADS: u64 = 2;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        return Err("name the files of labelled texts (JSON Lines)".into());
    }
    let mut texts = Vec::new();
    for file in &files {
        texts.extend(corpus::read(file)?);
    }
    println!("{} texts", texts.len());
    let mut scored = cross_validated(&texts);
    let temperature = best_temperature(&scored);
    println!("temperature {temperature:.2}");
    cool(&mut scored, temperature);
    print_all(&scored);
    print_wrong(&scored);
    let model = cooled(learn(&texts.iter().collect::<Vec<_>>()), temperature);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/classifier/weights.bin");
    let bytes = model.to_bytes();
    std::fs::write(&path, &bytes)?;
    println!("\n`{}`: {} bytes", path.display(), bytes.len());
    Ok(())
}

/// Scores every text that has a service by a model that was trained without the services of its part.
fn cross_validated(texts: &[LabelledText]) -> Vec<Scored<'_>> {
    let part = |fold: u64| -> Vec<Scored<'_>> {
        let (held_out, others): (Vec<&LabelledText>, Vec<_>) = texts
            .iter()
            .partition(|text| text.fold(FOLDS) == Some(fold));
        let model = learn(&others);
        let score = |text| Scored {
            text,
            probabilities: probabilities_of(&model, text),
        };
        held_out.into_iter().map(score).collect()
    };
    std::thread::scope(|scope| {
        let thread = |first: u64| {
            let folds = (first..FOLDS).step_by(THREADS as usize);
            scope.spawn(move || folds.flat_map(part).collect::<Vec<_>>())
        };
        let threads: Vec<_> = (0..THREADS).map(thread).collect();
        let results = threads
            .into_iter()
            .flat_map(std::thread::ScopedJoinHandle::join);
        results.flatten().collect()
    })
}

fn probabilities_of(model: &policytrail::classify::Model, text: &LabelledText) -> [f64; 5] {
    policytrail::model::DocumentKind::ALL.map(|kind| model.probabilities(&text.features).of(kind))
}
