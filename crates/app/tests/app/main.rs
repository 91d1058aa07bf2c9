//! What people and timers do, on a real database in a folder.

#[cfg(test)]
mod files;
#[cfg(test)]
mod integrity;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod lives;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod once_and_stale;
#[cfg(test)]
mod panics;
#[cfg(test)]
mod partners;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod search;
#[cfg(test)]
mod story;
#[cfg(test)]
mod uncollected;
