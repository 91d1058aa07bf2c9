//! What changed between two revisions that an applicant need not know, but the office must: steps, results, the law.

use super::revision::{ProcedureRevision, Step};

/// One thing that changed for the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfficeDifference {
    /// Another field of administration, and so perhaps another office.
    Sector {
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
    /// A step is new.
    StepAdded {
        /// It.
        step: Box<Step>,
    },
    /// A step is gone.
    StepRemoved {
        /// It.
        step: Box<Step>,
    },
    /// A step is done otherwise, by another post or in another time.
    StepChanged {
        /// Before.
        from: Box<Step>,
        /// Now.
        to: Box<Step>,
    },
    /// Other papers come of it.
    Outcomes {
        /// Before.
        from: Vec<String>,
        /// Now.
        to: Vec<String>,
    },
    /// A document of law is cited that was not.
    BasisAdded {
        /// Its number.
        basis: String,
    },
    /// A document of law is cited no longer.
    BasisRemoved {
        /// Its number.
        basis: String,
    },
}

/// What changed for the office, in the order of a procedure's page. Steps are compared by their place.
pub fn office_difference(old: &ProcedureRevision, new: &ProcedureRevision) -> Vec<OfficeDifference> {
    let mut found = Vec::new();
    if old.sector != new.sector {
        found.push(OfficeDifference::Sector { from: old.sector.clone(), to: new.sector.clone() });
    }
    for index in 0..old.steps.len().max(new.steps.len()) {
        match (old.steps.get(index), new.steps.get(index)) {
            (Some(from), Some(to)) if from != to => {
                found.push(OfficeDifference::StepChanged { from: Box::new(from.clone()), to: Box::new(to.clone()) });
            }
            (None, Some(step)) => found.push(OfficeDifference::StepAdded { step: Box::new(step.clone()) }),
            (Some(step), None) => found.push(OfficeDifference::StepRemoved { step: Box::new(step.clone()) }),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    let papers = |it: &ProcedureRevision| it.outcomes.iter().map(|own| own.name.clone()).collect::<Vec<_>>();
    if papers(old) != papers(new) {
        found.push(OfficeDifference::Outcomes { from: papers(old), to: papers(new) });
    }
    let only = |here: &[String], there: &[String]| -> Vec<String> {
        here.iter().filter(|it| !there.contains(it)).cloned().collect()
    };
    let added = only(&new.legal_basis, &old.legal_basis).into_iter();
    found.extend(added.map(|basis| OfficeDifference::BasisAdded { basis }));
    let removed = only(&old.legal_basis, &new.legal_basis).into_iter();
    found.extend(removed.map(|basis| OfficeDifference::BasisRemoved { basis }));
    found
}
