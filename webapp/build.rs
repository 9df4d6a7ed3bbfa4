//! Tells cargo that the migrations and the descriptions of the queries are part of the program.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=.sqlx");
}
