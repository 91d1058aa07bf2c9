//! What changed between two revisions of a procedure, as far as an applicant must know.

use serde::Serialize;

use super::fee::FeeRule;
use super::form::{ApplicationForm, Field};
use super::revision::{Channel, Need, ProcedureRevision, Requirement};
use crate::calendar::TimeLimit;

/// One thing that changed from an older revision to a newer one: shown to somebody who began a draft on the older.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Difference {
    /// It has another name.
    Renamed {
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
    /// The time limit changed.
    TimeLimit {
        /// Before.
        from: Option<TimeLimit>,
        /// Now.
        to: Option<TimeLimit>,
    },
    /// Fees or charges changed.
    Fees {
        /// The words of the older revision.
        from: Vec<String>,
        /// The words of the newer one.
        to: Vec<String>,
    },
    /// One may apply in a way one could not.
    ChannelAdded {
        /// The way.
        channel: Channel,
    },
    /// One may no longer apply this way.
    ChannelRemoved {
        /// The way.
        channel: Channel,
    },
    /// A paper is asked for that was not.
    PaperAdded {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// Whether it is needed.
        need: Need,
    },
    /// A paper is no longer asked for.
    PaperRemoved {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
    },
    /// A paper is needed in another case, in another number or by another name.
    PaperChanged {
        /// Its id.
        id: String,
        /// Its name now.
        name: String,
        /// Whether it was needed.
        from: Need,
        /// Whether it is needed now.
        to: Need,
    },
    /// The form asks something new.
    FieldAdded {
        /// Title of the form.
        form: String,
        /// Its id.
        id: String,
        /// The question.
        label: String,
        /// Whether it must be answered.
        required: bool,
    },
    /// The form no longer asks something.
    FieldRemoved {
        /// Title of the form.
        form: String,
        /// Its id.
        id: String,
        /// The question.
        label: String,
    },
    /// The form asks something in another way.
    FieldChanged {
        /// Title of the form.
        form: String,
        /// Its id.
        id: String,
        /// The question now.
        label: String,
        /// Whether it must be answered now.
        required: bool,
    },
}

/// What changed, in the order of a procedure's page.
pub fn difference(old: &ProcedureRevision, new: &ProcedureRevision) -> Vec<Difference> {
    let mut found = Vec::new();
    if old.name != new.name {
        found.push(Difference::Renamed { from: old.name.clone(), to: new.name.clone() });
    }
    if old.time_limit != new.time_limit {
        found.push(Difference::TimeLimit { from: old.time_limit, to: new.time_limit });
    }
    if old.fees != new.fees {
        let words = |fees: &[FeeRule]| fees.iter().map(|fee| fee.stated.clone()).collect();
        found.push(Difference::Fees { from: words(&old.fees), to: words(&new.fees) });
    }
    let only_in = |here: &[Channel], there: &[Channel]| -> Vec<Channel> {
        here.iter().filter(|channel| !there.contains(channel)).copied().collect()
    };
    found.extend(only_in(&new.channels, &old.channels).into_iter().map(|channel| Difference::ChannelAdded { channel }));
    found.extend(
        only_in(&old.channels, &new.channels).into_iter().map(|channel| Difference::ChannelRemoved { channel }),
    );
    papers(&old.requirements, &new.requirements, &mut found);
    forms(&old.forms, &new.forms, &mut found);
    found
}

fn papers(old: &[Requirement], new: &[Requirement], found: &mut Vec<Difference>) {
    for paper in new {
        let (id, name) = (paper.id.clone(), paper.name.clone());
        match old.iter().find(|it| it.id == paper.id) {
            None => found.push(Difference::PaperAdded { id, name, need: paper.need }),
            Some(before) if asks_the_same(before, paper) => {}
            Some(before) => found.push(Difference::PaperChanged { id, name, from: before.need, to: paper.need }),
        }
    }
    for paper in old.iter().filter(|paper| new.iter().all(|it| it.id != paper.id)) {
        found.push(Difference::PaperRemoved { id: paper.id.clone(), name: paper.name.clone() });
    }
}

fn asks_the_same(before: &Requirement, now: &Requirement) -> bool {
    let asked = |it: &Requirement| {
        let case = (it.when.clone(), it.not_online, it.asked_if.clone());
        (it.name.clone(), it.need, it.originals, it.copies, case, it.group)
    };
    asked(before) == asked(now) && before.replaced_by == now.replaced_by
}

/// Forms are compared by their place: a renamed form is the same form.
fn forms(old: &[ApplicationForm], new: &[ApplicationForm], found: &mut Vec<Difference>) {
    for index in 0..old.len().max(new.len()) {
        let (before, now) = (old.get(index), new.get(index));
        let title = now.or(before).map(|form| form.title.clone()).unwrap_or_default();
        let fields = |form: Option<&ApplicationForm>| -> Vec<Field> {
            form.map(|form| form.fields().cloned().collect()).unwrap_or_default()
        };
        form_fields(&title, &fields(before), &fields(now), found);
    }
}

fn form_fields(form: &str, old: &[Field], new: &[Field], found: &mut Vec<Difference>) {
    for field in new {
        let (form, id, label, required) = (form.to_owned(), field.id.clone(), field.label.clone(), field.required);
        match old.iter().find(|it| it.id == field.id) {
            None => found.push(Difference::FieldAdded { form, id, label, required }),
            Some(before) if before == field => {}
            Some(_) => found.push(Difference::FieldChanged { form, id, label, required }),
        }
    }
    for field in old.iter().filter(|field| new.iter().all(|it| it.id != field.id)) {
        found.push(Difference::FieldRemoved {
            form: form.to_owned(),
            id: field.id.clone(),
            label: field.label.clone(),
        });
    }
}
