//! The storage as one binary: its engine, its statements, its migrations.

#[cfg(test)]
mod engine;
#[cfg(test)]
mod statements;
