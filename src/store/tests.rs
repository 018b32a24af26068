//! The store on small made-up histories.
