//! The program: see the library of the same name.

use std::process::ExitCode;

/// Pages are many small texts: this allocator gives and takes them in less time than the system's (ADR 0020).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    motcua::run()
}
