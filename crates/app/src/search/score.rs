//! How well one wording answers another: shared words and word pairs, weighed by how rare they are.

use std::collections::HashMap;

use super::tables::Synonyms;
use super::text::{Word, cut_joined, sound, without_input_method, words};

/// A stop-word counts this share of an ordinary word.
const WEAK_SHARE: f32 = 0.35;
/// A pair of neighbours counts this share of its two words together.
const PAIR_SHARE: f32 = 0.15;
/// Below 1, so that a rare word does not drown the others.
const RARITY_POWER: f32 = 0.33;
/// What is left of a match when the typed marks differ from the stored ones: in the tone alone, missing, in letters.
const OTHER_TONE: f32 = 0.5;
const NO_MARKS: f32 = 0.8;
const OTHER_MARKS: f32 = 0.2;
/// How far a word is believed that only sounds alike, for a known word and for an unknown one.
const SOUND_OF_KNOWN: f32 = 0.1;
const SOUND_OF_UNKNOWN: f32 = 0.56;
/// How far one slip of the finger is believed.
const SLIP: f32 = 0.45;
/// How far the beginning of a word still being typed is believed, for a known word and for an unknown one.
const BEGUN_KNOWN: f32 = 0.4;
const BEGUN_UNKNOWN: f32 = 0.8;
/// An unknown word counts this share of the rarest known one.
const UNKNOWN_SHARE: f32 = 0.5;
/// Other words one typed word may stand for.
const LIKENESSES_MAX: usize = 12;

fn share_of(is_weak: bool) -> f32 {
    if is_weak { WEAK_SHARE } else { 1.0 }
}

/// The known words, how rare each is, and how each sounds.
#[derive(Default)]
pub(super) struct Vocabulary {
    ids: HashMap<String, u32>,
    rarity: Vec<f32>,
    spelt: Vec<String>,
    by_sound: HashMap<String, Vec<u32>>,
    rarity_max: f32,
}

impl Vocabulary {
    pub(super) fn learn(&mut self, word: &Word) -> u32 {
        if let Some(id) = self.ids.get(&word.folded) {
            return *id;
        }
        let id = self.spelt.len() as u32;
        self.ids.insert(word.folded.clone(), id);
        self.by_sound.entry(sound(&word.folded)).or_default().push(id);
        self.spelt.push(word.folded.clone());
        id
    }

    /// Weighs every word by the number of `subjects` that ever use it.
    pub(super) fn weigh(&mut self, uses: &HashMap<u32, usize>, subjects: usize) {
        let rarity = |used: usize| (1.0 + subjects as f32 / used.max(1) as f32).ln().powf(RARITY_POWER);
        self.rarity_max = rarity(1);
        self.rarity = (0..self.spelt.len() as u32).map(|id| rarity(uses.get(&id).copied().unwrap_or(1))).collect();
    }

    fn knows(&self, folded: &str) -> bool {
        self.ids.contains_key(folded)
    }

    pub(super) fn spelling(&self, id: u32) -> &str {
        self.spelt.get(id as usize).map_or("", String::as_str)
    }

    fn weight(&self, id: u32) -> f32 {
        self.rarity.get(id as usize).copied().unwrap_or(self.rarity_max)
    }

    /// The known words a typed word may stand for, each with how far we believe it.
    fn likenesses(&self, folded: &str, is_last: bool) -> Vec<(u32, f32)> {
        let exact = self.ids.get(folded).copied();
        let mut alike: Vec<(u32, f32)> = exact.map(|id| (id, 1.0)).into_iter().collect();
        let mut believe = |id: u32, belief: f32| {
            if alike.iter().all(|(known, _)| *known != id) {
                alike.push((id, belief));
            }
        };
        for id in self.by_sound.get(&sound(folded)).into_iter().flatten() {
            believe(*id, if exact.is_some() { SOUND_OF_KNOWN } else { SOUND_OF_UNKNOWN });
        }
        let length = folded.chars().count();
        if exact.is_none() && length >= 3 && !folded.chars().all(|c| c.is_ascii_digit()) {
            for (id, known) in
                self.spelt.iter().enumerate().filter(|(_, known)| known.chars().count().abs_diff(length) <= 1)
            {
                if known.len() >= 2 && strsim::osa_distance(known, folded) == 1 {
                    believe(id as u32, SLIP);
                }
            }
        }
        if is_last && length >= 2 {
            for (id, known) in self.spelt.iter().enumerate().filter(|(_, known)| known.starts_with(folded)) {
                let typed_share = length as f32 / known.chars().count() as f32;
                believe(id as u32, if exact.is_some() { BEGUN_KNOWN } else { BEGUN_UNKNOWN } * typed_share);
            }
        }
        alike.sort_by(|a, b| b.1.total_cmp(&a.1));
        alike.truncate(LIKENESSES_MAX);
        alike
    }
}

/// The marked spellings of all stored words.
#[derive(Default)]
pub(super) struct Marks {
    ids: HashMap<String, u32>,
    /// Spellings that differ only in the tone: `sữa` and `sửa`.
    by_letters: HashMap<String, Vec<u32>>,
}

impl Marks {
    fn learn(&mut self, word: &Word) -> u32 {
        let next = self.ids.len() as u32;
        let id = *self.ids.entry(word.marked.clone()).or_insert(next);
        if id == next {
            self.by_letters.entry(word.letters().to_owned()).or_default().push(id);
        }
        id
    }
}

/// A stored wording, ready to be compared.
#[derive(Default)]
pub(super) struct Wording {
    /// Word, its marked spelling, its weight; in order of the id.
    words: Vec<(u32, u32, f32)>,
    pairs: Vec<(u32, u32, f32)>,
    weight: f32,
    turns: u32,
}

impl Wording {
    pub(super) fn new(text: &[Word], vocabulary: &mut Vocabulary, marks: &mut Marks, synonyms: &Synonyms) -> Self {
        let mut wording = Wording { turns: synonyms.turns(text), ..Wording::default() };
        let mut before = None;
        for word in text {
            let id = vocabulary.learn(word);
            let is_weak = synonyms.is_weak(word);
            let marked = marks.learn(word);
            // Until the words are weighed the third place holds only the share.
            wording.words.push((id, marked, share_of(is_weak)));
            if !is_weak {
                wording.pairs.extend(before.replace(id).map(|first| (first, id, 0.0)));
            }
        }
        wording.sort();
        wording
    }

    fn sort(&mut self) {
        self.words.sort_by_key(|(id, marked, _)| (*id, *marked));
        self.words.dedup_by_key(|(id, ..)| *id);
        self.pairs.sort_by_key(|(first, second, _)| (*first, *second));
        self.pairs.dedup_by_key(|(first, second, _)| (*first, *second));
    }

    /// Adds the words and pairs of another wording, before either is weighed.
    pub(super) fn absorb(&mut self, other: &Wording) {
        self.words.extend(&other.words);
        self.pairs.extend(&other.pairs);
        self.sort();
    }

    /// Takes the weights once all wordings are known.
    pub(super) fn weigh(&mut self, vocabulary: &Vocabulary) {
        for (id, _, weight) in &mut self.words {
            *weight *= vocabulary.weight(*id);
        }
        for (first, second, weight) in &mut self.pairs {
            *weight = PAIR_SHARE * (vocabulary.weight(*first) + vocabulary.weight(*second));
        }
        self.weight = self.words.iter().map(|w| w.2).sum::<f32>() + self.pairs.iter().map(|p| p.2).sum::<f32>();
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = u32> {
        self.words.iter().map(|(id, ..)| *id)
    }
}

/// What somebody typed, read against the known words.
pub(super) struct Question {
    words: Vec<Asked>,
    /// Places of neighbouring strong words.
    pairs: Vec<(usize, usize)>,
    weight: f32,
    has_marks: bool,
    turns: u32,
}

struct Asked {
    alike: Vec<(u32, f32)>,
    /// The marked spelling as typed, and those that differ from it only in the tone.
    marked: Option<u32>,
    near: Vec<u32>,
    has_marks: bool,
    weight: f32,
}

impl Asked {
    /// What is left of a match when the stored word is spelt with these marks.
    fn marks_agree(&self, marked: u32) -> f32 {
        if self.marked == Some(marked) {
            1.0
        } else if !self.has_marks {
            NO_MARKS
        } else if self.near.contains(&marked) {
            OTHER_TONE
        } else {
            OTHER_MARKS
        }
    }
}

/// The share of the question a wording answers, and the share of the wording that was asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Likeness {
    pub(super) asked: f32,
    pub(super) said: f32,
    /// The share of the question's turns the wording takes too; 1 when it takes none.
    pub(super) turns_asked: f32,
    /// The share of the wording's turns that were asked for.
    pub(super) turns_said: f32,
}

/// Reads a text: repairs what an input method left behind and cuts words typed together.
pub(super) fn repaired(text: &str, vocabulary: &Vocabulary) -> Vec<Word> {
    const JOINED_BYTES_MIN: usize = 6;
    let mut read = Vec::new();
    for word in words(text) {
        if !vocabulary.knows(&word.folded) {
            if let Some(plain) = without_input_method(&word.folded).filter(|plain| vocabulary.knows(plain)) {
                read.push(Word { marked: plain.clone(), folded: plain });
                continue;
            }
            let joined = word.folded.len() >= JOINED_BYTES_MIN;
            if let Some(pieces) = joined.then(|| cut_joined(&word.folded, |piece| vocabulary.knows(piece))).flatten() {
                read.extend(pieces.into_iter().map(|piece| Word { marked: piece.clone(), folded: piece }));
                continue;
            }
        }
        read.push(word);
    }
    read
}

impl Question {
    pub(super) fn new(text: &[Word], vocabulary: &Vocabulary, marks: &Marks, synonyms: &Synonyms, open: bool) -> Self {
        let has_marks = text.iter().any(Word::has_marks);
        let turns = synonyms.turns(text);
        let mut question = Question { words: Vec::new(), pairs: Vec::new(), weight: 0.0, has_marks, turns };
        let mut before = None;
        for (nth, word) in text.iter().enumerate() {
            let is_weak = synonyms.is_weak(word);
            let alike = vocabulary.likenesses(&word.folded, open && nth + 1 == text.len());
            let weight = match alike.first() {
                Some((id, _)) => vocabulary.weight(*id) * share_of(is_weak),
                None => vocabulary.rarity_max * UNKNOWN_SHARE,
            };
            let marked = marks.ids.get(&word.marked).copied();
            let near = marks.by_letters.get(word.letters()).cloned().unwrap_or_default();
            question.words.push(Asked { alike, marked, near, has_marks: word.has_marks(), weight });
            if !is_weak {
                question.pairs.extend(before.replace(nth).map(|first| (first, nth)));
            }
        }
        question.weight = question.words.iter().map(|asked| asked.weight).sum::<f32>()
            + question.pairs.iter().map(|pair| question.pair_weight(*pair)).sum::<f32>();
        question
    }

    fn pair_weight(&self, (first, second): (usize, usize)) -> f32 {
        let weight = |nth: usize| self.words.get(nth).map_or(0.0, |asked| asked.weight);
        PAIR_SHARE * (weight(first) + weight(second))
    }

    /// The known words to look for, with how much each matters.
    pub(super) fn terms(&self) -> impl Iterator<Item = (u32, f32)> {
        self.words.iter().flat_map(|asked| asked.alike.iter().map(|(id, belief)| (*id, belief * asked.weight)))
    }

    pub(super) fn likeness(&self, wording: &Wording) -> Likeness {
        let (mut asked_weight, mut said_weight) = (0.0, 0.0);
        let mut said_seen: Vec<usize> = Vec::with_capacity(self.words.len());
        for asked in &self.words {
            let mut best = 0.0_f32;
            for (id, belief) in &asked.alike {
                let Ok(place) = wording.words.binary_search_by_key(id, |(id, ..)| *id) else { continue };
                let Some((_, marked, weight)) = wording.words.get(place) else { continue };
                let belief = if self.has_marks { belief * asked.marks_agree(*marked) } else { *belief };
                best = best.max(belief);
                if !said_seen.contains(&place) {
                    said_seen.push(place);
                    said_weight += weight * belief;
                }
            }
            asked_weight += best * asked.weight;
        }
        for pair in &self.pairs {
            if let Some((belief, weight)) = self.pair_in(*pair, wording) {
                asked_weight += belief * self.pair_weight(*pair);
                said_weight += belief * weight;
            }
        }
        let share = |part: f32, whole: f32| if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 };
        let common = (self.turns & wording.turns).count_ones() as f32;
        let turned = |turns: u32| if turns == 0 { 1.0 } else { common / turns.count_ones() as f32 };
        Likeness {
            asked: share(asked_weight, self.weight),
            said: share(said_weight, wording.weight),
            turns_asked: turned(self.turns),
            turns_said: turned(wording.turns),
        }
    }

    fn pair_in(&self, (first, second): (usize, usize), wording: &Wording) -> Option<(f32, f32)> {
        let (first, second) = (self.words.get(first)?, self.words.get(second)?);
        let mut best: Option<(f32, f32)> = None;
        for (a, belief_a) in &first.alike {
            for (b, belief_b) in &second.alike {
                let Ok(place) = wording.pairs.binary_search_by_key(&(*a, *b), |(a, b, _)| (*a, *b)) else { continue };
                let belief = belief_a.min(*belief_b);
                if best.is_none_or(|(known, _)| known < belief) {
                    best = wording.pairs.get(place).map(|(.., weight)| (belief, *weight));
                }
            }
        }
        best
    }
}
