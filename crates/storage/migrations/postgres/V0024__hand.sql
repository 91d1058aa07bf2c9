-- What somebody has in hand is asked for all day and changes now and then: one number that is another whenever it did. A server works it
-- out of what each of the dossiers is and in which version; a file is told of every change.
CREATE VIEW hand AS SELECT owner_person,
        hashtextextended(string_agg(encode(id, 'hex') || ':' || version, ',' ORDER BY id), 0) AS changes
    FROM dossier WHERE is_open = 1 AND owner_person IS NOT NULL GROUP BY owner_person;

-- In the order in which a page shows them: to sort a handful of rows a file makes a tree of its own each time, and takes it down again.
DROP INDEX document_dossier;
CREATE INDEX document_dossier ON document (dossier, uploaded_at, id);
DROP INDEX document_draft;
CREATE INDEX document_draft ON document (draft, uploaded_at, id);
DROP INDEX exchange_dossier;
CREATE INDEX exchange_dossier ON exchange (dossier, at, id);
DROP INDEX share_dossier;
CREATE INDEX share_dossier ON share (dossier, offered_at, id);
