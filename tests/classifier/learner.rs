//! From labelled texts to weights.

use policytrail::classify::{
    BODY_BUCKETS, CodedTable, Features, HEAD_BUCKETS, Model, SIGNALS, WordCount, inverse_length,
    ln, term_weight,
};

use super::corpus::LabelledText;
use super::optimiser::{Example, KINDS, Regression, Row};

/// Weight of the examples against the penalty.
const COST: f64 = 100.0;
/// Least number of texts that have a word or pair of words.
const MIN_TEXTS: u32 = 3;
/// How strongly the words of the beginning and the signals count, compared with the words of the text.
const HEAD_WEIGHT: f64 = 0.5;
const SIGNAL_WEIGHT: f64 = 0.3;
/// Weight of the beginning of a long text.
const BEGINNING: f64 = 0.3;
/// Each text is learnt twice: with its words, and with this weight by its signals alone. Otherwise, the signals would only
/// correct the words, and tell nothing of a text in a language without training texts.
const SIGNALS_ALONE: f64 = 0.1;

/// Which buckets count, and how much.
struct Table {
    /// Rarity of the words of a bucket, 0 for buckets that do not count.
    rarity: Vec<u8>,
    /// Position of the bucket among the features.
    feature: Vec<u32>,
}

impl Table {
    /// Rarity is the logarithm of the inverse share of texts (`idf`), with 255 for the rarest words.
    fn new<'a>(
        buckets: usize,
        first: &mut u32,
        texts: impl Iterator<Item = &'a Vec<WordCount>>,
    ) -> Self {
        let mut found_in = vec![0_u32; buckets];
        let mut all = 0.0;
        for words in texts {
            all += 1.0;
            for word in words {
                found_in[word.bucket as usize] += 1;
            }
        }
        let idf = |texts: u32| ln((1.0 + all) / (1.0 + f64::from(texts))) + 1.0;
        let largest = idf(MIN_TEXTS);
        let mut table = Self {
            rarity: vec![0; buckets],
            feature: vec![0; buckets],
        };
        for (bucket, texts) in found_in.into_iter().enumerate() {
            if texts >= MIN_TEXTS {
                table.rarity[bucket] = whole(idf(texts) / largest * 255.0, 1, 255) as u8;
                table.feature[bucket] = *first;
                *first += 1;
            }
        }
        table
    }

    fn add_to(&self, row: &mut Row, words: &[WordCount], weight: f64) {
        let value = |word: &WordCount| {
            term_weight(word.count) * f64::from(self.rarity[word.bucket as usize])
        };
        let squares: f64 = words.iter().map(|word| value(word) * value(word)).sum();
        let factor = inverse_length(squares) * weight;
        for word in words.iter().filter(|word| value(word) > 0.0) {
            row.push((
                self.feature[word.bucket as usize],
                (value(word) * factor) as f32,
            ));
        }
    }

    fn coded(&self, regression: &Regression, weight: f64) -> CodedTable {
        let weights = |bucket: usize| regression.weights(self.feature[bucket] as usize);
        let counting = (0..self.rarity.len()).filter(|bucket| self.rarity[*bucket] > 0);
        let largest = counting
            .flat_map(weights)
            .fold(1e-9, |largest: f64, weight| largest.max(weight.abs()));
        let coded = |bucket: usize| {
            let mut out = [0; 1 + KINDS];
            if self.rarity[bucket] > 0 {
                out[0] = self.rarity[bucket];
                for (out, weight) in out[1..].iter_mut().zip(weights(bucket)) {
                    let coded = whole(weight / largest * 127.0, -127, 127) as i8;
                    [*out] = coded.to_le_bytes();
                }
            }
            out
        };
        CodedTable {
            weight_scale: largest / 127.0 * weight,
            buckets: (0..self.rarity.len()).map(coded).collect(),
        }
    }
}

fn whole(x: f64, least: i32, most: i32) -> i32 {
    (x.round() as i32).clamp(least, most)
}

/// Learns the weights from some texts.
pub fn learn(texts: &[&LabelledText]) -> Model {
    let mut features = 0;
    let bodies = texts.iter().map(|text| &text.features.body);
    let body = Table::new(BODY_BUCKETS, &mut features, bodies);
    let heads = texts.iter().map(|text| &text.features.head);
    let head = Table::new(HEAD_BUCKETS, &mut features, heads);
    let first_signal = features;
    let signals = |found: &Features| -> Row {
        let values = found.signals.iter().enumerate();
        values
            .filter(|(_, value)| **value != 0.0)
            .map(|(at, value)| (first_signal + at as u32, (value * SIGNAL_WEIGHT) as f32))
            .collect()
    };
    let mut examples = Vec::new();
    for text in texts {
        let whole = std::iter::once((&text.features, 1.0));
        let beginning = text.beginning.iter().map(|found| (found, BEGINNING));
        for (found, weight) in whole.chain(beginning) {
            let alone = signals(found);
            let mut row = alone.clone();
            body.add_to(&mut row, &found.body, 1.0);
            head.add_to(&mut row, &found.head, HEAD_WEIGHT);
            for (row, weight) in [(row, weight), (alone, weight * SIGNALS_ALONE)] {
                examples.push(Example {
                    row,
                    kind: text.kind,
                    weight,
                });
            }
        }
    }
    let regression = Regression::fit(&examples, first_signal as usize + SIGNALS, COST);
    let mut model = Model {
        body: body.coded(&regression, 1.0),
        head: head.coded(&regression, HEAD_WEIGHT),
        bias: regression.bias(),
        ..Model::default()
    };
    for (at, weights) in model.signals.iter_mut().enumerate() {
        for (weight, learnt) in weights
            .iter_mut()
            .zip(regression.weights(first_signal as usize + at))
        {
            *weight = learnt * SIGNAL_WEIGHT;
        }
    }
    model
}

/// Divides all scores by a temperature: above 1, the probabilities become less certain.
pub fn cooled(mut model: Model, temperature: f64) -> Model {
    model.body.weight_scale /= temperature;
    model.head.weight_scale /= temperature;
    for weights in model.signals.iter_mut().chain([&mut model.bias]) {
        for weight in weights {
            *weight /= temperature;
        }
    }
    model
}
