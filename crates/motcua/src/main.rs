//! The program: see the library of the same name.

use std::process::ExitCode;

/// Of the whole program, SQLite's part too: see ADR 0020.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    motcua::run()
}
