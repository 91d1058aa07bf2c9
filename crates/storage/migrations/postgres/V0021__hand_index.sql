-- What somebody has in hand, in which version, is told by the index alone: the row of a dossier is read when it changed.
DROP INDEX dossier_owner;
CREATE INDEX dossier_owner ON dossier (owner_person, is_open, clock_at, id, status, holder, version);
