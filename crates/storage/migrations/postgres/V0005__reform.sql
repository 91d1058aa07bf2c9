-- Reorganisations: the plan as it was checked, and what became of it (staging, staged, in_force, settled).
CREATE TABLE reform (
    id BYTEA NOT NULL PRIMARY KEY, key TEXT COLLATE "C" NOT NULL, instrument TEXT COLLATE "C" NOT NULL, effective_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL, planned_at BIGINT NOT NULL, planned_by BYTEA, flipped_at BIGINT, settled_at BIGINT
);

-- Where a plan puts a dossier. No reader uses a row before its plan is in force, nor once it is settled.
CREATE TABLE transfer (
    reform BYTEA NOT NULL, dossier BYTEA NOT NULL, competent_unit BYTEA NOT NULL, desk BYTEA NOT NULL, collect_at BYTEA NOT NULL,
    owner_unit BYTEA NOT NULL, owner_post TEXT COLLATE "C" NOT NULL, owner_person BYTEA, needs_routing BIGINT NOT NULL,
    fell_to_head BIGINT NOT NULL,
    settled_at BIGINT, PRIMARY KEY (reform, dossier)
);
CREATE INDEX transfer_dossier ON transfer (dossier);
CREATE INDEX transfer_open ON transfer (reform, dossier) WHERE settled_at IS NULL;
CREATE INDEX transfer_queue ON transfer (owner_unit, owner_post) WHERE settled_at IS NULL;

ALTER TABLE dossier ADD COLUMN desk BYTEA NOT NULL DEFAULT ''::bytea;
ALTER TABLE dossier ADD COLUMN reform BYTEA;
ALTER TABLE dossier ADD COLUMN needs_routing BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dossier ADD COLUMN fell_to_head BIGINT NOT NULL DEFAULT 0;
UPDATE dossier SET desk = receiving_unit;
CREATE INDEX dossier_routing ON dossier (competent_unit) WHERE needs_routing = 1;
