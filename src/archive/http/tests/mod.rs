//! Tests of the whole client over a scripted transport, in virtual time.
