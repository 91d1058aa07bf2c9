//! What came of it, as it is printed and written down.

use serde::{Deserialize, Serialize};

/// The cost of an empty answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// Processor time of the server for each request, user and system together, in microseconds.
    pub cpu_us: f64,
    /// Answers in a second.
    pub rate: f64,
}

/// The cost of one thing people do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// What: `lookup`, `submit`, `advance`, `worklist` or `report_06a`.
    pub name: String,
    /// Processor time of the server for each request, user and system together, in microseconds.
    pub cpu_us: f64,
    /// Answers in a second, all connections together.
    pub rate: f64,
    /// Half of the answers took no longer, in milliseconds.
    pub p50_ms: f64,
    /// Of a hundred answers 99 took no longer, in milliseconds.
    pub p99_ms: f64,
    /// The floor right before and right after it, in microseconds.
    pub floor_cpu_us: f64,
    /// How many times the processor time of that floor.
    pub ratio_to_floor: f64,
    /// How many were asked.
    pub requests: usize,
}

/// How the house was filled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filling {
    /// How long it took.
    pub seconds: f64,
    /// Dossiers in a second.
    pub rate: f64,
}

/// Memory of the server, in megabytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Resident {
    /// A second after its first page.
    pub started_mb: f64,
    /// The most there ever was, at the end of the run.
    pub peak_mb: f64,
}

/// How many share a wait for the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Syncs {
    /// Applications sent.
    pub submits: usize,
    /// Waits of the database for its disk meanwhile, those for its timers too.
    pub syncs: u64,
    /// Waits for each application.
    pub per_submit: f64,
}

/// Look-ups of 64 connections while another 64 submit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// With nobody else there: of a hundred look-ups 99 took no longer, in milliseconds.
    pub alone_p99_ms: f64,
    /// The same while 64 submit.
    pub beside_p99_ms: f64,
    /// How many times as long.
    pub ratio: f64,
    /// Submissions in a second meanwhile.
    #[serde(default)]
    pub submits_rate: f64,
}

/// The same rows without pages, forms and decisions, one after the other, 64 to a commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Raw {
    /// Applications in a second.
    pub rate: f64,
    /// The rate of whole submissions as a share of it.
    pub submit_share: f64,
}

/// A small house on the same machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Small {
    /// How many dossiers it has.
    pub dossiers: u32,
    /// One page of a work-list there, in milliseconds.
    pub worklist_page_ms: f64,
    /// How many times as long the same page takes in the measured house.
    pub ratio: f64,
}

/// Every unit of a house goes to another one while people look their dossiers up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reorganised {
    /// Open dossiers, all of which move.
    pub dossiers: u64,
    /// Until the plan was checked and all that follows from it counted, in seconds.
    pub computed_s: f64,
    /// Until where every dossier goes was written, in seconds.
    pub staged_s: f64,
    /// The one transaction at the instant, in seconds: so long writers wait.
    pub flipped_s: f64,
    /// From the instant until every history told of it and the certificate was signed, in seconds.
    pub settled_s: f64,
    /// Look-ups before: of a hundred 99 took no longer, in milliseconds.
    pub readers_before_p99_ms: f64,
    /// Look-ups meanwhile.
    pub readers_p99_ms: f64,
}

impl Reorganised {
    /// What readers may wait at most, in whole milliseconds: five times as long as before, and 20 ms in any case.
    pub fn readers_bound_ms(&self) -> f64 {
        (5.0 * self.readers_before_p99_ms).round().max(20.0)
    }
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// Dossiers the house was filled with.
    pub dossiers: u32,
    /// Their events.
    pub events: u64,
    /// Connections that ask at the same time.
    pub connections: usize,
    /// The floor.
    pub floor: Floor,
    /// The operations.
    pub operations: Vec<Operation>,
    /// How the house was filled; none where it was filled before.
    pub filling: Option<Filling>,
    /// From starting the server on the filled house to its first page, in milliseconds.
    pub start_to_first_page_ms: f64,
    /// Memory of the server.
    pub resident: Resident,
    /// Waits for the disk while 64 submit.
    pub syncs: Syncs,
    /// Look-ups while 64 submit.
    pub lookup_beside_submitters: Beside,
    /// One full page of a work-list with nobody else there: half of them took no longer, in milliseconds.
    pub worklist_page_ms: f64,
    /// Form II.06a over everything with nobody else there: half of them took no longer, in milliseconds.
    pub report_06a_ms: f64,
    /// The engine without the rest.
    pub raw: Option<Raw>,
    /// A small house, where a document of figures is written.
    pub small: Option<Small>,
    /// Memory of a demo that was lived and is served, at rest, in megabytes, where a document of figures is written.
    pub demo_resident_mb: Option<f64>,
    /// A plan carried out, where a document of figures is written.
    #[serde(default)]
    pub reorganised: Option<Reorganised>,
}

impl Figures {
    /// One of the operations.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|it| it.name == name)
    }
}
