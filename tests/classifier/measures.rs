//! How good some probabilities are.

use policytrail::classify::{ln, probabilities};
use policytrail::model::DocumentKind;

use super::corpus::LabelledText;
use super::optimiser::KINDS;

/// Number of equal intervals of probability in the reliability table.
const BINS: usize = 10;

/// A scored text.
pub struct Scored<'a> {
    /// The text.
    pub text: &'a LabelledText,
    /// The probabilities of a model that has not seen its service.
    pub probabilities: [f64; KINDS],
}

impl Scored<'_> {
    fn given(&self) -> usize {
        (0..KINDS).fold(0, |best, kind| {
            if self.probabilities[kind] > self.probabilities[best] {
                kind
            } else {
                best
            }
        })
    }

    fn cooled(&self, temperature: f64) -> [f64; KINDS] {
        probabilities(self.probabilities.map(|p| ln(p.max(1e-300)) / temperature))
    }
}

/// The temperature that makes the labels of some scored texts most likely.
pub fn best_temperature(scored: &[Scored<'_>]) -> f64 {
    let loss = |temperature: f64| -> f64 {
        let of = |s: &Scored<'_>| -ln(s.cooled(temperature)[s.text.kind].max(1e-300));
        scored.iter().map(of).sum()
    };
    let candidates = (20..=250).map(|hundredth| f64::from(hundredth) / 100.0);
    candidates
        .map(|temperature| (loss(temperature), temperature))
        .fold(
            (f64::MAX, 1.0),
            |best, found| {
                if found.0 < best.0 { found } else { best }
            },
        )
        .1
}

/// Applies a temperature.
pub fn cool(scored: &mut [Scored<'_>], temperature: f64) {
    for s in scored {
        s.probabilities = s.cooled(temperature);
    }
}

/// Prints the texts that were given another kind than their label.
pub fn print_wrong(scored: &[Scored<'_>]) {
    println!(
        "\n| service | language | bytes | label | given | probability of privacy |\n|---|---|---|---|---|---|"
    );
    for s in scored.iter().filter(|s| s.given() != s.text.kind) {
        let service = s.text.service.as_deref().unwrap_or_default();
        println!(
            "| {service} | {} | {} | {} | {} | {:.3} |",
            s.text.language,
            s.text.bytes,
            DocumentKind::ALL[s.text.kind],
            DocumentKind::ALL[s.given()],
            s.probabilities[0]
        );
    }
}

/// Prints precision, recall and F1 of each kind, and of privacy at several thresholds.
pub fn print_all(scored: &[Scored<'_>]) {
    println!("\n| kind | texts | precision | recall | F1 |\n|---|---|---|---|---|");
    let mut sum = 0.0;
    for (kind, name) in DocumentKind::ALL.iter().enumerate() {
        let (texts, precision, recall, f1) = figures(scored.iter(), kind);
        sum += f1;
        println!("| {name} | {texts} | {precision:.3} | {recall:.3} | {f1:.3} |");
    }
    println!(
        "| mean of kinds | {} | | | {:.3} |",
        scored.len(),
        sum / 5.0
    );
    print_parts(scored, "language", |text| text.language.clone());
    print_parts(scored, "length", |text| length(text.bytes).to_owned());
    print_thresholds(scored);
    print_reliability(scored, "the most probable kind", |s| {
        (s.probabilities[s.given()], s.given() == s.text.kind)
    });
    print_reliability(scored, "privacy", |s| {
        (s.probabilities[0], s.text.kind == 0)
    });
}

fn length(bytes: usize) -> &'static str {
    match bytes {
        0..1_000 => "under 1 kB",
        1_000..5_000 => "1 to 5 kB",
        5_000..20_000 => "5 to 20 kB",
        _ => "20 kB and more",
    }
}

fn print_parts(scored: &[Scored<'_>], name: &str, part: impl Fn(&LabelledText) -> String) {
    let mut parts: Vec<String> = scored.iter().map(|s| part(s.text)).collect();
    parts.sort();
    parts.dedup();
    println!(
        "\n| {name} | texts | right | privacy texts | privacy F1 | mean F1 |\n|---|---|---|---|---|---|"
    );
    for wanted in parts {
        let those = || scored.iter().filter(|s| part(s.text) == wanted);
        let texts = those().count();
        let right = those().filter(|s| s.given() == s.text.kind).count();
        let (privacy, _, _, f1) = figures(those(), 0);
        let present: Vec<f64> = (0..KINDS)
            .map(|kind| figures(those(), kind))
            .filter(|(texts, ..)| *texts > 0)
            .map(|(.., f1)| f1)
            .collect();
        let mean = present.iter().sum::<f64>() / present.len() as f64;
        println!("| {wanted} | {texts} | {right} | {privacy} | {f1:.3} | {mean:.3} |");
    }
}

/// Number of texts of a kind, precision, recall and F1.
fn figures<'a>(
    scored: impl Iterator<Item = &'a Scored<'a>>,
    kind: usize,
) -> (usize, f64, f64, f64) {
    let (mut are, mut given, mut both) = (0, 0, 0);
    for s in scored {
        let (is, is_given) = (s.text.kind == kind, s.given() == kind);
        are += usize::from(is);
        given += usize::from(is_given);
        both += usize::from(is && is_given);
    }
    let share = |of: usize, all: usize| of as f64 / all.max(1) as f64;
    (
        are,
        share(both, given),
        share(both, are),
        share(2 * both, are + given),
    )
}

fn print_thresholds(scored: &[Scored<'_>]) {
    println!(
        "\n| least probability | privacy precision | recall | wrong | missed |\n|---|---|---|---|---|"
    );
    let all = scored.iter().filter(|s| s.text.kind == 0).count();
    for twentieth in 1..20 {
        let least = f64::from(twentieth) / 20.0;
        let passing = || scored.iter().filter(|s| s.probabilities[0] >= least);
        let (right, given) = (
            passing().filter(|s| s.text.kind == 0).count(),
            passing().count(),
        );
        println!(
            "| {least:.2} | {:.4} | {:.4} | {} | {} |",
            right as f64 / given.max(1) as f64,
            right as f64 / all.max(1) as f64,
            given - right,
            all - right
        );
    }
}

/// Prints how often texts with some probability are what they are said to be, with 95 % intervals (Wilson).
fn print_reliability(
    scored: &[Scored<'_>],
    name: &str,
    event: impl Fn(&Scored<'_>) -> (f64, bool),
) {
    println!(
        "\n| probability of {name} | texts | mean | true | 95 % interval |\n|---|---|---|---|---|"
    );
    let mut error = 0.0;
    for bin in 0..BINS {
        let inside = |p: f64| ((p * BINS as f64) as usize).min(BINS - 1) == bin;
        let events: Vec<(f64, bool)> = scored
            .iter()
            .map(&event)
            .filter(|(p, _)| inside(*p))
            .collect();
        if events.is_empty() {
            continue;
        }
        let n = events.len() as f64;
        let mean = events.iter().map(|(p, _)| p).sum::<f64>() / n;
        let rate = events.iter().filter(|(_, is)| *is).count() as f64 / n;
        error += (mean - rate).abs() * n / scored.len() as f64;
        let (z, centre) = (1.96_f64, |z: f64| rate + z * z / (2.0 * n));
        let width = z * (rate * (1.0 - rate) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        println!(
            "| {:.1} to {:.1} | {} | {mean:.3} | {rate:.3} | {:.3} to {:.3} |",
            bin as f64 / 10.0,
            (bin + 1) as f64 / 10.0,
            events.len(),
            ((centre(z) - width) / scale).max(0.0),
            ((centre(z) + width) / scale).min(1.0)
        );
    }
    println!("\nexpected calibration error of {name}: {error:.4}");
}
