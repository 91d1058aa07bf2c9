-- What somebody has in hand is asked for all day and changes now and then. The counts of what lies alike (V0023) say whether it did: each
-- of them is told of every change to one of its dossiers, and all of one person together are another number whenever one was.
ALTER TABLE lying_count ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
CREATE INDEX lying_hand ON lying_count (owner_person) WHERE owner_person <> x'';
CREATE VIEW hand AS SELECT owner_person, sum(changes) AS changes FROM lying_count WHERE owner_person <> x'' GROUP BY owner_person;

DROP TRIGGER dossier_came;
DROP TRIGGER dossier_went;
DROP TRIGGER dossier_left;
DROP TRIGGER dossier_arrived;
CREATE TRIGGER dossier_came AFTER INSERT ON dossier WHEN NEW.is_open = 1 BEGIN
    INSERT INTO lying_count VALUES (NEW.owner_unit, NEW.owner_post, NEW.status, NEW.holder, NEW.next_act, COALESCE(NEW.owner_person, x''), 1, 1)
        ON CONFLICT DO UPDATE SET dossiers = dossiers + 1, changes = changes + 1;
END;
CREATE TRIGGER dossier_went AFTER DELETE ON dossier WHEN OLD.is_open = 1 BEGIN
    UPDATE lying_count SET dossiers = dossiers - 1, changes = changes + 1 WHERE owner_unit = OLD.owner_unit
        AND owner_post = OLD.owner_post AND status = OLD.status AND holder = OLD.holder AND next_act = OLD.next_act
        AND owner_person = COALESCE(OLD.owner_person, x'');
END;
CREATE TRIGGER dossier_left AFTER UPDATE OF owner_unit, owner_post, status, holder, next_act, owner_person, is_open ON dossier
    WHEN OLD.is_open = 1 AND (OLD.owner_unit, OLD.owner_post, OLD.status, OLD.holder, OLD.next_act, OLD.owner_person, OLD.is_open)
        IS NOT (NEW.owner_unit, NEW.owner_post, NEW.status, NEW.holder, NEW.next_act, NEW.owner_person, NEW.is_open) BEGIN
    UPDATE lying_count SET dossiers = dossiers - 1, changes = changes + 1 WHERE owner_unit = OLD.owner_unit
        AND owner_post = OLD.owner_post AND status = OLD.status AND holder = OLD.holder AND next_act = OLD.next_act
        AND owner_person = COALESCE(OLD.owner_person, x'');
END;
CREATE TRIGGER dossier_arrived AFTER UPDATE OF owner_unit, owner_post, status, holder, next_act, owner_person, is_open ON dossier
    WHEN NEW.is_open = 1 AND (OLD.owner_unit, OLD.owner_post, OLD.status, OLD.holder, OLD.next_act, OLD.owner_person, OLD.is_open)
        IS NOT (NEW.owner_unit, NEW.owner_post, NEW.status, NEW.holder, NEW.next_act, NEW.owner_person, NEW.is_open) BEGIN
    INSERT INTO lying_count VALUES (NEW.owner_unit, NEW.owner_post, NEW.status, NEW.holder, NEW.next_act, COALESCE(NEW.owner_person, x''), 1, 1)
        ON CONFLICT DO UPDATE SET dossiers = dossiers + 1, changes = changes + 1;
END;
-- It stays where it lies, and is another one: somebody's, for nobody asks that of the others.
CREATE TRIGGER dossier_changed AFTER UPDATE ON dossier
    WHEN OLD.owner_person IS NOT NULL AND OLD.is_open = 1
        AND (OLD.owner_unit, OLD.owner_post, OLD.status, OLD.holder, OLD.next_act, OLD.owner_person, OLD.is_open)
        IS (NEW.owner_unit, NEW.owner_post, NEW.status, NEW.holder, NEW.next_act, NEW.owner_person, NEW.is_open) BEGIN
    UPDATE lying_count SET changes = changes + 1 WHERE owner_unit = OLD.owner_unit AND owner_post = OLD.owner_post
        AND status = OLD.status AND holder = OLD.holder AND next_act = OLD.next_act AND owner_person = OLD.owner_person;
END;

-- In the order in which a page shows them: to sort a handful of rows a file makes a tree of its own each time, and takes it down again.
DROP INDEX document_dossier;
CREATE INDEX document_dossier ON document (dossier, uploaded_at, id);
DROP INDEX document_draft;
CREATE INDEX document_draft ON document (draft, uploaded_at, id);
DROP INDEX exchange_dossier;
CREATE INDEX exchange_dossier ON exchange (dossier, at, id);
DROP INDEX share_dossier;
CREATE INDEX share_dossier ON share (dossier, offered_at, id);
