//! The basic types of web archives and of policy histories: plain values, parsed at the edge and trusted afterwards. No
//! I/O, no async. All other modules use these types.

mod alternation;
mod capture;
mod change_kind;
mod digest;
mod document;
mod document_kind;
mod drop_reason;
mod id;
mod language_code;
mod policy_kind;
mod printable;
mod proof;
mod redirect;
mod script;
mod site;
mod timestamp;
mod url_key;
mod url_path;
mod visible_url;
mod warc_record;
mod word_hash;
mod words;

pub use alternation::RETURN_SECONDS;
pub use capture::{Capture, IndexCounts};
pub use change_kind::ChangeKind;
pub use digest::{EMPTY_PAYLOAD_DIGEST, InvalidDigest, PayloadDigest, TextHash};
pub use document::{Document, StatedDate, TextFacts};
pub use document_kind::{DocumentKind, KindProbabilities};
pub use drop_reason::{DropReason, Dropped};
pub use id::{
    ArchiveId, CaptureId, ChangeId, DocumentId, PayloadId, PolicyId, RenditionId, RunId, SiteId,
};
pub use language_code::language_code;
pub use policy_kind::{PolicyKind, Source, UnknownCode};
pub use printable::{printable, printable_line};
pub use proof::{Proof, is_wayback_url};
pub use redirect::Redirect;
pub use script::{is_mark, is_spaceless};
pub use site::{InvalidSite, Site};
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use url_key::{InvalidUrl, UrlKey};
pub use visible_url::visible_url;
pub use warc_record::{RecordRole, WarcRecord};
pub use word_hash::{joined_hash, mixed_bits, word_hash};
pub use words::{count_words, is_word, tokens, words};
