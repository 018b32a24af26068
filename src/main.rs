//! The program `policytrail`; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    policytrail::cli::run(std::env::args_os())
}
