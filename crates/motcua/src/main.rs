//! The program: see the library of the same name.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A page is thousands of small texts that live as long as it takes to draw it; this one gives and takes them fastest.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    motcua::run()
}
