//! The sampler on made-up histories.

mod alternating;
mod budgets;
mod choices;
mod properties;
mod simulated;
