//! Finding a procedure by what people say happened to them, not by its official name.
//!
//! Tantivy proposes the wordings that share words with the text; [`score`] then compares the text with each of them,
//! and a procedure counts by its best wordings, its official name and everything ever said about it together.
//! Never the truth: the index is built from the catalogue and its tables at start and lives in memory.
//! Start reading at [`CatalogueIndex::search`].

mod score;
mod tables;
#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeMap, HashMap};

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, WhitespaceTokenizer};
use tantivy::{Index, IndexReader, TantivyDocument, Term};

use score::{Likeness, Marks, Question, Vocabulary, Wording, repaired};
use tables::Synonyms;
use text::{Word, words};

pub use text::TEXT_CHARS_MAX;

/// Wordings that are compared in full for one text.
const CANDIDATES_MAX: usize = 400;
/// Below this a likeness is chance.
const SCORE_MIN: f32 = 0.22;
/// A procedure that covers less of the text than this is chance too.
const ASKED_MIN: f32 = 0.2;
/// An answer from elsewhere must be at least this like the text, and not much less than the best procedure.
const ELSEWHERE_MIN: f32 = 0.5;
const WRITER_BYTES: usize = 15_000_000;

/// What one tab of the catalogue publishes about one procedure, as far as the search needs it.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// Our id of the procedure (`dang-ky-khai-sinh`); the same at every tab.
    pub key: String,
    /// The level that publishes it (`ward`, `district`).
    pub tab: String,
    /// The State's code (`1.001193`); empty where no source gives one.
    pub code: String,
    /// The official name.
    pub name: String,
    /// The sector (lĩnh vực).
    pub sector: String,
    /// Further words to find it by.
    pub tokens: String,
}

/// A procedure found, at one tab.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// [`Entry::key`].
    pub key: String,
    /// [`Entry::tab`].
    pub tab: String,
    /// 1 is a perfect answer; only the order is promised.
    pub score: f32,
}

/// Where to go with a matter this government does not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// What happens there, in plain words.
    pub answer: String,
    /// The body that decides it.
    pub where_to_go: String,
}

/// The procedures that answer a text, best first, and the other body that decides it if there is one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SearchAnswer {
    /// Best first, at most as many as asked for.
    pub hits: Vec<Hit>,
    /// Set when the text is about something done elsewhere.
    pub elsewhere: Option<Elsewhere>,
}

/// Why the catalogue cannot be searched.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// A row of a table cannot be read.
    #[error("{table}.csv line {line}: {reason}")]
    Row {
        /// The table, without `.csv`.
        table: &'static str,
        /// Line in the file, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The index itself failed.
    #[error("building or reading the search index: {0}")]
    Index(#[from] tantivy::TantivyError),
}

/// One procedure with all its tabs, or one answer from elsewhere.
enum Subject {
    Procedure { key: String, tabs: Vec<String>, codes: Vec<String>, said: usize },
    Elsewhere(Elsewhere),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Name,
    Phrase,
}

struct Said {
    subject: usize,
    source: Source,
    /// Tab a phrase speaks of; `None` for a name.
    tab: Option<String>,
    wording: Wording,
}

/// Words that name a level in the text, marks as stored in [`Word`].
const QUAN_HUYEN: [&str; 3] = ["qua\u{302}n\u{323}", "huye\u{302}n\u{323}", "huyen"];
const PHUONG_XA: [&str; 3] = ["phu\u{31b}o\u{31b}ng\u{300}", "xa\u{303}", "phuong"];

/// How much each sign counts. Tuned by leaving a fifth of the phrasings out and asking for them, also without marks.
mod weight {
    /// The best wording, the next best, the official name, everything said about a procedure, how much is said of it.
    pub(super) const PHRASE: f32 = 0.3;
    pub(super) const SECOND: f32 = 0.14;
    pub(super) const NAME: f32 = 0.07;
    pub(super) const WHOLE: f32 = 0.25;
    pub(super) const POPULAR: f32 = 0.02;
    /// A name as a wording, against a phrase.
    pub(super) const NAME_AS_PHRASE: f32 = 1.15;
    /// Below 1, so that words beside the matter cost little.
    pub(super) const ASKED_POWER: f32 = 0.25;
    /// How much a wording loses for what it says beside the question, and for turns not asked for.
    pub(super) const PHRASE_BESIDE: f32 = 0.47;
    pub(super) const PHRASE_TURN: f32 = 0.14;
    pub(super) const NAME_BESIDE: f32 = 0.65;
    pub(super) const NAME_TURN: f32 = 0.02;
    /// How much a wording loses that does not take the turns asked for.
    pub(super) const TURN_MISSED: f32 = 0.2;
    /// The same procedure at its other tab.
    pub(super) const TWIN: f32 = 0.85;
}

/// The catalogue, searchable.
pub struct CatalogueIndex {
    vocabulary: Vocabulary,
    marks: Marks,
    synonyms: Synonyms,
    subjects: Vec<Subject>,
    said: Vec<Said>,
    /// All words of everything said about a subject.
    whole: Vec<Wording>,
    reader: IndexReader,
    field: Field,
}

impl CatalogueIndex {
    /// Builds the index of a catalogue and the three tables that teach it how people speak.
    ///
    /// A phrase for a procedure this catalogue does not publish is left out: the tables serve every government.
    ///
    /// # Errors
    /// [`SearchError::Row`] names the line of a row that cannot be read.
    pub fn from_catalogue(
        entries: &[Entry],
        phrasings_csv: &str,
        elsewhere_csv: &str,
        synonyms_csv: &str,
    ) -> Result<CatalogueIndex, SearchError> {
        let mut draft = Draft { synonyms: Synonyms::read(synonyms_csv)?, ..Draft::default() };
        let known: Vec<Word> = draft.synonyms.vocabulary().cloned().collect();
        for word in &known {
            draft.vocabulary.learn(word);
        }
        let mut places: HashMap<&str, usize> = HashMap::new();
        for entry in entries {
            draft.add_entry(entry, &mut places);
        }
        for phrasing in tables::phrasings(phrasings_csv)? {
            if let Some(&subject) = places.get(phrasing.procedure.as_str()) {
                draft.count_phrase(subject);
                draft.say(subject, Source::Phrase, Some(phrasing.tab), &phrasing.phrase);
            }
        }
        let mut answers: HashMap<String, usize> = HashMap::new();
        for (phrase, elsewhere) in tables::elsewhere(elsewhere_csv)? {
            let subject = *answers.entry(elsewhere.answer.clone()).or_insert_with(|| {
                draft.subjects.push(Subject::Elsewhere(elsewhere));
                draft.subjects.len() - 1
            });
            draft.say(subject, Source::Phrase, None, &phrase);
        }
        draft.finish()
    }

    /// Finds the procedures a text is about, best first.
    ///
    /// A code or an id finds its procedure at every tab. An empty or meaningless text finds nothing.
    /// Only the first [`TEXT_CHARS_MAX`] characters are read.
    pub fn search(&self, text: &str, limit: usize) -> SearchAnswer {
        let head: String = text.chars().take(TEXT_CHARS_MAX).collect();
        let by_code = self.by_code(head.trim(), limit);
        if !by_code.is_empty() || limit == 0 {
            return SearchAnswer { hits: by_code, elsewhere: None };
        }
        let read = self.synonyms.without_fillers(repaired(&head, &self.vocabulary));
        let common = self.synonyms.common_wording(&read);
        let open = head.chars().last().is_some_and(char::is_alphanumeric);
        let ask = |text: &[Word]| Question::new(text, &self.vocabulary, &self.marks, &self.synonyms, open);
        let mut questions = vec![ask(&read)];
        if common != read {
            questions.push(ask(&common));
        }
        let ranked = self.rank(&questions);
        let best_hit = ranked.iter().find(|(subject, ..)| self.procedure(*subject).is_some()).map_or(0.0, |r| r.1);
        let elsewhere = ranked.iter().find_map(|(subject, score, _)| match self.subjects.get(*subject) {
            Some(Subject::Elsewhere(to)) if *score >= ELSEWHERE_MIN && *score >= best_hit => Some(to.clone()),
            _ => None,
        });
        SearchAnswer { hits: self.hits(&ranked, &read, limit), elsewhere }
    }

    fn procedure(&self, subject: usize) -> Option<(&str, &[String], &[String], usize)> {
        match self.subjects.get(subject)? {
            Subject::Procedure { key, tabs, codes, said } => Some((key, tabs, codes, *said)),
            Subject::Elsewhere(_) => None,
        }
    }

    fn by_code(&self, text: &str, limit: usize) -> Vec<Hit> {
        let is_code = |piece: &&str| piece.starts_with(|c: char| c.is_ascii_digit()) && piece.contains('.');
        let pieces = text.split(|c: char| c.is_whitespace() || ",;:?!()".contains(c));
        let typed: Vec<&str> = pieces.map(|piece| piece.trim_end_matches('.')).filter(is_code).collect();
        let mut hits: Vec<Hit> = Vec::new();
        for (key, tabs, codes, _) in (0..self.subjects.len()).filter_map(|subject| self.procedure(subject)) {
            for (tab, code) in tabs.iter().zip(codes) {
                if !text.is_empty() && (text == key || typed.contains(&code.as_str())) {
                    hits.push(Hit { key: key.to_owned(), tab: tab.clone(), score: 1.0 });
                }
            }
        }
        hits.sort_by(|a, b| b.tab.cmp(&a.tab));
        hits.truncate(limit);
        hits
    }

    /// The wordings worth comparing, as proposed by the index.
    fn candidates(&self, questions: &[Question]) -> Vec<usize> {
        let mut wanted: BTreeMap<u32, f32> = BTreeMap::new();
        for (id, weight) in questions.iter().flat_map(Question::terms) {
            let known = wanted.entry(id).or_default();
            *known = known.max(weight);
        }
        if wanted.is_empty() {
            return Vec::new();
        }
        let any = wanted.into_iter().map(|(id, weight)| -> (Occur, Box<dyn Query>) {
            let term = Term::from_field_text(self.field, self.vocabulary.spelling(id));
            let term = TermQuery::new(term, IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(BoostQuery::new(Box::new(term), weight)))
        });
        let searcher = self.reader.searcher();
        let found =
            searcher.search(&BooleanQuery::new(any.collect()), &TopDocs::with_limit(CANDIDATES_MAX).order_by_score());
        let mut candidates = Vec::new();
        // A search in memory over our own terms has no way to fail that a reader could act on.
        for (_, address) in found.unwrap_or_default() {
            let column = searcher.segment_reader(address.segment_ord).fast_fields().u64("said");
            if let Some(said) = column.ok().and_then(|column| column.first(address.doc_id)) {
                candidates.push(said as usize);
            }
        }
        candidates
    }

    /// Subjects with their score and the tab their best phrase speaks of, best first.
    fn rank(&self, questions: &[Question]) -> Vec<(usize, f32, Option<&str>)> {
        #[derive(Default)]
        struct Signs<'a> {
            asked: f32,
            name: f32,
            best: f32,
            second: f32,
            tab: Option<&'a str>,
        }
        let mut signs: BTreeMap<usize, Signs> = BTreeMap::new();
        for said in self.candidates(questions).into_iter().filter_map(|said| self.said.get(said)) {
            let likenesses: Vec<Likeness> = questions.iter().map(|q| q.likeness(&said.wording)).collect();
            let best =
                |beside: f32, turn: f32| likenesses.iter().map(|like| weighed(like, beside, turn)).fold(0.0, f32::max);
            let sign = signs.entry(said.subject).or_default();
            sign.asked = likenesses.iter().map(|like| like.asked).fold(sign.asked, f32::max);
            if said.source == Source::Name {
                sign.name = sign.name.max(best(weight::NAME_BESIDE, weight::NAME_TURN));
                continue;
            }
            let score = best(weight::PHRASE_BESIDE, weight::PHRASE_TURN);
            if score > sign.best {
                (sign.second, sign.best) = (sign.best, score);
                sign.tab = said.tab.as_deref();
            } else {
                sign.second = sign.second.max(score);
            }
        }
        let mut ranked = Vec::new();
        for (subject, sign) in signs {
            let whole = self
                .whole
                .get(subject)
                .map_or(0.0, |whole| questions.iter().map(|q| q.likeness(whole).asked).fold(0.0, f32::max));
            let (name, popular) = match self.procedure(subject) {
                Some((.., said)) => (sign.name, (1.0 + said as f32).ln()),
                None => (sign.best, 0.0),
            };
            let score = weight::PHRASE * sign.best.max(weight::NAME_AS_PHRASE * name)
                + weight::SECOND * sign.second
                + weight::NAME * name
                + weight::WHOLE * whole
                + weight::POPULAR * popular;
            if score >= SCORE_MIN && sign.asked.max(whole) >= ASKED_MIN {
                ranked.push((subject, score, sign.tab));
            }
        }
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranked
    }

    /// Spreads the procedures over their tabs: the tab the text or the phrase speaks of first, its twin a little after.
    fn hits(&self, ranked: &[(usize, f32, Option<&str>)], read: &[Word], limit: usize) -> Vec<Hit> {
        let names = |level: &[&str]| read.iter().any(|word| level.contains(&word.marked.as_str()));
        let asked = if names(&QUAN_HUYEN) {
            Some("district")
        } else if names(&PHUONG_XA) {
            Some("ward")
        } else {
            None
        };
        let mut hits = Vec::new();
        for (subject, score, spoken) in ranked {
            let Some((key, tabs, ..)) = self.procedure(*subject) else { continue };
            let has = |tab: &&str| tabs.iter().any(|known| known == tab);
            let first = asked.filter(has).or(spoken.filter(has)).or(Some("ward").filter(has));
            for tab in tabs {
                let is_first = tabs.len() == 1 || first.is_none_or(|first| first == tab);
                let score = if is_first { *score } else { score * weight::TWIN };
                hits.push(Hit { key: key.to_owned(), tab: tab.clone(), score });
            }
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits.truncate(limit);
        hits
    }
}

/// How well one wording answers: what of the question it covers, less what it says beside it.
fn weighed(like: &Likeness, beside: f32, turn: f32) -> f32 {
    let less = |share: f32, by: f32| 1.0 - by + by * share;
    like.asked.powf(weight::ASKED_POWER)
        * less(like.said, beside)
        * less(like.turns_asked, weight::TURN_MISSED)
        * less(like.turns_said, turn)
}

/// Everything gathered before the words are weighed.
#[derive(Default)]
struct Draft {
    vocabulary: Vocabulary,
    marks: Marks,
    synonyms: Synonyms,
    subjects: Vec<Subject>,
    said: Vec<Said>,
    spoken: Vec<Vec<Word>>,
}

impl Draft {
    fn add_entry<'a>(&mut self, entry: &'a Entry, places: &mut HashMap<&'a str, usize>) {
        let place = *places.entry(&entry.key).or_insert(self.subjects.len());
        match self.subjects.get_mut(place) {
            Some(Subject::Procedure { tabs, codes, .. }) => {
                tabs.push(entry.tab.clone());
                codes.push(entry.code.clone());
            }
            _ => self.subjects.push(Subject::Procedure {
                key: entry.key.clone(),
                tabs: vec![entry.tab.clone()],
                codes: vec![entry.code.clone()],
                said: 0,
            }),
        }
        self.say(place, Source::Name, None, &entry.name);
        if !entry.tokens.is_empty() {
            self.say(place, Source::Phrase, None, &entry.tokens);
        }
    }

    fn count_phrase(&mut self, subject: usize) {
        if let Some(Subject::Procedure { said, .. }) = self.subjects.get_mut(subject) {
            *said += 1;
        }
    }

    /// Keeps a wording as it stands and, where it differs, in the common wording.
    fn say(&mut self, subject: usize, source: Source, tab: Option<String>, text: &str) {
        let spoken = self.synonyms.without_fillers(stored_words(text));
        let common = self.synonyms.common_wording(&spoken);
        for text in [Some(&spoken), Some(&common).filter(|common| **common != spoken)].into_iter().flatten() {
            let wording = Wording::new(text, &mut self.vocabulary, &mut self.marks, &self.synonyms);
            self.said.push(Said { subject, source, tab: tab.clone(), wording });
            self.spoken.push(text.clone());
        }
    }

    fn finish(mut self) -> Result<CatalogueIndex, SearchError> {
        let mut users: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut whole: Vec<Wording> = self.subjects.iter().map(|_| Wording::default()).collect();
        for said in &self.said {
            for id in said.wording.ids() {
                users.entry(id).or_default().push(said.subject);
            }
            if let Some(whole) = whole.get_mut(said.subject) {
                whole.absorb(&said.wording);
            }
        }
        let uses = users.into_iter().map(|(id, mut subjects)| {
            subjects.sort_unstable();
            subjects.dedup();
            (id, subjects.len())
        });
        self.vocabulary.weigh(&uses.collect(), self.subjects.len());
        for wording in self.said.iter_mut().map(|said| &mut said.wording).chain(&mut whole) {
            wording.weigh(&self.vocabulary);
        }
        let (reader, field) = index_of(&self.spoken)?;
        let Draft { vocabulary, marks, synonyms, subjects, said, .. } = self;
        Ok(CatalogueIndex { vocabulary, marks, synonyms, subjects, said, whole, reader, field })
    }
}

/// Words of a stored text, which unlike a typed one may be long.
fn stored_words(text: &str) -> Vec<Word> {
    text.split_whitespace().flat_map(words).collect()
}

fn index_of(spoken: &[Vec<Word>]) -> Result<(IndexReader, Field), SearchError> {
    let indexing = TextFieldIndexing::default().set_tokenizer("words").set_index_option(IndexRecordOption::WithFreqs);
    let mut schema = Schema::builder();
    let field = schema.add_text_field("words", TextOptions::default().set_indexing_options(indexing));
    let number = schema.add_u64_field("said", FAST);
    let index = Index::create_in_ram(schema.build());
    index.tokenizers().register("words", TextAnalyzer::from(WhitespaceTokenizer::default()));
    let mut writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
    for (nth, text) in spoken.iter().enumerate() {
        let text: Vec<&str> = text.iter().map(|word| word.folded.as_str()).collect();
        let mut document = TantivyDocument::default();
        document.add_text(field, text.join(" "));
        document.add_u64(number, nth as u64);
        writer.add_document(document)?;
    }
    writer.commit()?;
    Ok((index.reader()?, field))
}
