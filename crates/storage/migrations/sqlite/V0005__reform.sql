-- Reorganisations: the plan as it was checked, and what became of it (staging, staged, in_force, settled).
CREATE TABLE reform (
    id BLOB NOT NULL PRIMARY KEY, key TEXT NOT NULL, instrument TEXT NOT NULL, effective_at INTEGER NOT NULL, state TEXT NOT NULL,
    body TEXT NOT NULL, planned_at INTEGER NOT NULL, planned_by BLOB, flipped_at INTEGER, settled_at INTEGER
) STRICT;

-- Where a plan puts a dossier. No reader uses a row before its plan is in force, nor once it is settled.
CREATE TABLE transfer (
    reform BLOB NOT NULL, dossier BLOB NOT NULL, competent_unit BLOB NOT NULL, desk BLOB NOT NULL, collect_at BLOB NOT NULL,
    owner_unit BLOB NOT NULL, owner_post TEXT NOT NULL, owner_person BLOB, needs_routing INTEGER NOT NULL, fell_to_head INTEGER NOT NULL,
    settled_at INTEGER, PRIMARY KEY (reform, dossier)
) STRICT, WITHOUT ROWID;
CREATE INDEX transfer_dossier ON transfer (dossier);
CREATE INDEX transfer_open ON transfer (reform, dossier) WHERE settled_at IS NULL;
CREATE INDEX transfer_queue ON transfer (owner_unit, owner_post) WHERE settled_at IS NULL;

ALTER TABLE dossier ADD COLUMN desk BLOB NOT NULL DEFAULT x'';
ALTER TABLE dossier ADD COLUMN reform BLOB;
ALTER TABLE dossier ADD COLUMN needs_routing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dossier ADD COLUMN fell_to_head INTEGER NOT NULL DEFAULT 0;
UPDATE dossier SET desk = receiving_unit;
CREATE INDEX dossier_routing ON dossier (competent_unit) WHERE needs_routing = 1;
