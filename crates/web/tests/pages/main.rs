//! The pages in process: the real router, a real database.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod sweep;
