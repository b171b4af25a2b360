//! Mission Control, one executable: see `mission-control --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    mission_control::cli::main()
}
