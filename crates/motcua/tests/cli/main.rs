//! The command line as people and programs use it: what it prints, where, and with which exit code.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod databases;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod files;
#[cfg(test)]
mod house;
#[cfg(test)]
mod person;
#[cfg(test)]
mod run;
