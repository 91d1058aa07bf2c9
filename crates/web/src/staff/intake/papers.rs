//! The check-list of papers, from the requirements of the revision.

use super::Counter;
use crate::citizen::words::{copies, register};
use crate::page::FieldLink;
use crate::staff::staged;
use crate::staff::views::PaperLine;
use crate::{say, say_with};
use app::rows::Document;
use domain::dossier::FiledPaper;
use domain::procedure::{Completeness, Need, Requirement, RequirementGroup};

/// Most originals or copies of one paper.
const COUNT_MAX: u8 = 99;

impl Counter<'_> {
    /// Papers that can be handed in.
    fn requirements(&self) -> Vec<&Requirement> {
        let all = self.procedure.as_ref().map(|it| it.requirements.as_slice()).unwrap_or_default();
        all.iter().filter(|it| it.need != Need::Never && it.group != RequirementGroup::Information).collect()
    }

    fn has(&self, it: &Requirement) -> bool {
        self.posted.has(&format!("giay-{}", it.id)) || self.scans.contains_key(&it.id)
    }

    /// A count as typed; the published one where nothing was typed beside a tick.
    fn count(&self, name: &str, published: u8) -> Result<u8, ()> {
        match self.posted.trimmed(name) {
            "" => Ok(published),
            text => match text.parse::<u8>() {
                Ok(count) if count <= COUNT_MAX && text.bytes().all(|it| it.is_ascii_digit()) => Ok(count),
                Ok(_) | Err(_) => Err(()),
            },
        }
    }

    fn counts(&self, it: &Requirement) -> Result<(u8, u8), ()> {
        let (originals, copies) = (format!("chinh-{}", it.id), format!("sao-{}", it.id));
        let typed = !self.posted.trimmed(&originals).is_empty() || !self.posted.trimmed(&copies).is_empty();
        let (most_originals, most_copies) = if typed { (0, 0) } else { (it.originals, it.copies) };
        Ok((self.count(&originals, most_originals)?, self.count(&copies, most_copies)?))
    }

    /// Whether the form on the page takes the place of a paper to be filled in.
    fn is_typed_in(&self, it: &Requirement) -> bool {
        it.group == RequirementGroup::Template && !self.has_paper_form() && !self.answers().0.0.is_empty()
    }

    /// Whether a paper without which nothing can be received is not here yet.
    fn is_missing(&self, it: &Requirement) -> bool {
        let needed = it.need == Need::Always && it.replaced_by.is_empty();
        needed && !self.has(it) && !self.is_typed_in(it)
    }

    /// How many of them.
    pub(super) fn missing(&self) -> usize {
        self.requirements().into_iter().filter(|it| self.is_missing(it)).count()
    }

    fn wrong(&self, it: &Requirement) -> Option<String> {
        if let Some(words) = self.wrong_scans.get(&it.id) {
            return Some(words.clone());
        }
        if self.counts(it).is_err() {
            return Some(say_with("intake-copies-number", &[("most", &COUNT_MAX)]));
        }
        let missing = self.completeness == Completeness::Complete && self.is_missing(it);
        missing.then(|| say("intake-paper-needed").to_owned())
    }

    /// The list as typed.
    pub(super) fn papers(&self) -> Vec<PaperLine> {
        let owner = self.visitor.person().ok();
        self.requirements()
            .into_iter()
            .map(|it| {
                let scan = self.scans.get(&it.id);
                PaperLine {
                    key: it.id.clone(),
                    name: it.name.clone(),
                    note: copies(it),
                    when: it.when.clone(),
                    instead: instead(it),
                    required: it.need == Need::Always,
                    received: self.has(it),
                    originals: self.posted.trimmed(&format!("chinh-{}", it.id)).chars().take(5).collect(),
                    copies: self.posted.trimmed(&format!("sao-{}", it.id)).chars().take(5).collect(),
                    kept: scan.map(staged::described).unwrap_or_default(),
                    kept_key: match (scan, owner) {
                        (Some(scan), Some(owner)) => staged::signed(self.web, owner, scan),
                        _ => String::new(),
                    },
                    replaced: String::new(),
                    error: self.wrong(it).unwrap_or_default(),
                }
            })
            .collect()
    }

    /// A dossier is received with something in it: a form, typed or on paper, and papers where any are needed.
    pub(super) fn nothing_in_it(&self) -> Vec<FieldLink> {
        let mut errors = Vec::new();
        let asks = self.form().is_some_and(|it| it.fields().any(|it| it.required));
        if asks && !self.has_paper_form() && self.answers().0.0.is_empty() {
            let text = say("intake-form-empty").to_owned();
            errors.push(FieldLink { href: "#don-giay".to_owned(), text });
        }
        let needed: Vec<&Requirement> = self.requirements().into_iter().filter(|it| it.need == Need::Always).collect();
        let here = |it: &&Requirement| self.has(it) || self.is_typed_in(it);
        if let Some(first) = needed.first().filter(|_| !needed.iter().any(here)) {
            let text = say("intake-nothing-ticked").to_owned();
            errors.push(FieldLink { href: format!("#giay-{}", first.id), text });
        }
        errors
    }

    /// Links to what is wrong with papers.
    pub(super) fn paper_errors(&self) -> Vec<FieldLink> {
        self.requirements()
            .into_iter()
            .filter_map(|it| {
                let text = format!("{}: {}", it.name, self.wrong(it)?);
                Some(FieldLink { href: format!("#giay-{}", it.id), text })
            })
            .collect()
    }

    /// The papers as they are filed, and the rows of their scans.
    pub(super) fn filed(&self) -> (Vec<FiledPaper>, Vec<Document>) {
        let mut papers = Vec::new();
        let mut documents = Vec::new();
        for it in self.requirements().into_iter().filter(|it| self.has(it)) {
            let scan = self.scans.get(&it.id);
            let (originals, copies) = self.counts(it).unwrap_or_default();
            papers.push(FiledPaper {
                requirement: it.id.clone(),
                name: it.name.clone(),
                documents: scan.map(|it| it.id).into_iter().collect(),
                originals,
                copies,
                from_data: false,
            });
            documents.extend(scan.map(|scan| Document { requirement: it.id.clone(), ..scan.clone() }));
        }
        (papers, documents)
    }
}

/// What may replace it.
fn instead(it: &Requirement) -> String {
    if it.replaced_by.is_empty() {
        return String::new();
    }
    let registers: Vec<String> = it.replaced_by.iter().map(|name| register(name)).collect();
    say_with("intake-instead", &[("registers", &registers.join(", "))])
}
