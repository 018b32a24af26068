//! A simulated archive: some hundred sites, 1998 to 2024, in ten languages, with everything that happens to policies,
//! and the truth about each. Seeded: the same sites every time.

#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::similar_names,
    clippy::struct_excessive_bools,
    reason = "the test and the example use different parts; a test stops where its own material is wrong; pages are \
        templates put together from small pieces; the fate of a site is many a yes and no"
)]

mod fates;
mod numbers;
mod pages;
mod score;
mod sites;
mod words;
mod world;

pub use numbers::Numbers;
pub use score::{backfill, measure};
pub use world::World;

/// Creates an archive with this number of sites.
pub fn world(sites: usize, seed: u64) -> World {
    let mut world = World::default();
    for index in 0..sites {
        sites::make(&mut world, index, seed);
    }
    world.sort();
    world
}
