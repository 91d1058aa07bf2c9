//! The command line as people and programs use it: what it prints, where, and with which exit code.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod bucket;
#[cfg(test)]
mod certificates;
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
mod merger;
#[cfg(test)]
mod person;
#[cfg(test)]
mod probes;
#[cfg(test)]
mod reorganise;
#[cfg(test)]
mod run;
#[cfg(all(test, feature = "otel"))]
mod spans;
#[cfg(test)]
mod upgrade;
#[cfg(test)]
mod visitor;
