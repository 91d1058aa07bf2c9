//! The program: see the library of the same name.

use std::process::ExitCode;

/// Of all that is written in Rust; SQLite asks the system: see ADR 0020.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    motcua::run()
}
