//! How a dataset is cited: what its makers say about it, and the files `CITATION.cff` and `CITATION.bib`.
//!
//! Every value of a user is one line without control characters. Each format escapes it in its own way, so no value can
//! add a field to a file.

mod author;
mod bibtex;
mod cff;
mod description;
mod doi;
mod licence;
mod line;

pub use author::Author;
pub(super) use bibtex::bibtex;
pub(super) use cff::cff;
pub(super) use description::CitedDataset;
pub use description::{Citation, Title};
pub use doi::Doi;
pub use licence::Licence;
pub use line::InvalidCitation;
