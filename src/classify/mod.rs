//! Tells what kind of document a text is: text in, [`KindProbabilities`](crate::model::KindProbabilities) out. Pure.
//!
//! ```text
//! words ─▶ features ─▶ model
//! hashes   counts of   sums of weights,
//!          words, and  and from them
//!          signals     probabilities
//! ```
//!
//! A multinomial logistic regression over hashed words and pairs of words, and over signals that do not depend on the
//! language (the title of the text, the density of policy words). `data/classifier/README.md` is the model card; the
//! example `train-classifier` makes the weights. All arithmetic is that of IEEE 754, without functions of the platform,
//! so that the same text has the same probabilities everywhere.

mod arithmetic;
mod classifier;
mod features;
mod model;
mod signals;
mod visible_words;

pub use arithmetic::{exp, ln};
pub use classifier::{CLASSIFIER_VERSION, classify};
pub use features::{
    BODY_BUCKETS, Features, HEAD_BUCKETS, WordCount, features, inverse_length, term_weight,
};
pub use model::{CodedTable, Model, WeightsError, probabilities};
pub use signals::SIGNALS;
