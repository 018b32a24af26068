//! Code that the tests of this module share, and tests of the module as a whole.

pub(super) mod memory_archive;
mod real_pages;
