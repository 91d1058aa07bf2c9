//! The command line as people and programs use it: what it prints, where, and with which exit code.

mod clock;
mod damage;
mod demo;
mod house;
mod person;
mod run;
