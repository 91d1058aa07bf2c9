//! The pages in process: the real router, a real database.

#[cfg(test)]
mod access;
#[cfg(test)]
mod account;
#[cfg(test)]
mod archive;
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bad_values;
#[cfg(test)]
mod calendars;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod citizens_talk;
#[cfg(test)]
mod citizens_voice;
#[cfg(test)]
mod counter;
#[cfg(test)]
mod english;
#[cfg(test)]
mod every_field;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod files;
#[cfg(test)]
mod first_time;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod integrity;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod money;
#[cfg(test)]
mod notice_texts;
#[cfg(test)]
mod officer;
#[cfg(test)]
mod page_forms;
#[cfg(test)]
mod people;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod readings;
#[cfg(test)]
mod reform;
#[cfg(test)]
mod reform_odd;
#[cfg(test)]
mod reform_wizard;
#[cfg(test)]
mod reforms;
#[cfg(test)]
mod reforms_in_a_row;
#[cfg(test)]
mod second_proof;
#[cfg(test)]
mod stages;
#[cfg(test)]
mod stalled;
#[cfg(test)]
mod sweep;
#[cfg(test)]
mod uploads;
