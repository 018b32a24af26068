//! What the tests of this room share, and the tests of the whole room.

pub(super) mod memory_archive;
mod real_pages;
