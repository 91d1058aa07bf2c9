//! A new migration must be noticed.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
