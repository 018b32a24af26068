//! Row ids of the database: one type for each table, so that an id of one table is never used for a row of another.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// The id with this number.
            #[must_use]
            pub const fn new(number: i64) -> Self {
                Self(number)
            }

            /// The number of the row.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )+};
}

ids! {
    /// Id of an archive.
    ArchiveId,
    /// Id of a run of the program.
    RunId,
    /// Id of a site.
    SiteId,
    /// Id of a policy; stable across runs.
    PolicyId,
    /// Id of a capture: a row of an archive's index.
    CaptureId,
    /// Id of a payload: the bytes of an archived response.
    PayloadId,
    /// Id of a document: one normalised text.
    DocumentId,
    /// Id of a rendition: one layout of a document.
    RenditionId,
    /// Id of an announced change; ids grow in the order in which changes were noticed.
    ChangeId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_its_number() {
        let id = SiteId::new(7);
        assert_eq!((id.get(), id.to_string()), (7, "7".to_owned()));
        assert_eq!(serde_json::to_string(&id).unwrap(), "7");
        assert_eq!(serde_json::from_str::<SiteId>("7").unwrap(), id);
    }
}
