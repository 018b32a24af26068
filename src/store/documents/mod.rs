//! Texts: documents (the same words) and their renditions (the same words in one layout).

mod renditions;

pub(super) use renditions::{NewDocument, describe_changed, first_renditions, rendition_sha256};
