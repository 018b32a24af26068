//! Phrases, changes and similar texts in the histories of all sites.

mod candidates;
mod changes;
mod limited;
mod near;
mod phrases;
mod query;
mod scope;

pub use changes::{ChangeSearch, FoundChange};
pub use near::NearPolicy;
pub use phrases::{FoundPhrase, PhraseEvent, PhraseSearch};
pub use query::{InvalidQuery, Phrase, QueryMode, SearchQuery};
pub use scope::SearchScope;
