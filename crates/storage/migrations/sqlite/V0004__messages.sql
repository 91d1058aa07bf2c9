-- Which revision of which template a message speaks with, and what its places were filled with (JSON, emptied with the text).
ALTER TABLE outbox ADD COLUMN template TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN details TEXT NOT NULL DEFAULT '';

-- Texts of notices as the office wrote them: the newest number of a kind and channel speaks; without one the program's own.
CREATE TABLE notice_template (
    kind TEXT NOT NULL, channel TEXT NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL, marks INTEGER NOT NULL,
    registered_as TEXT NOT NULL, saved_at INTEGER NOT NULL, saved_by BLOB NOT NULL,
    PRIMARY KEY (kind, channel, number)
) STRICT;

-- What a partner says of a text message, or of a part of one, under the name it gave it. A report can come before the name is
-- known to be ours: then it has no message yet.
CREATE TABLE delivery_report (
    partner TEXT NOT NULL, reference TEXT NOT NULL, message BLOB, part INTEGER NOT NULL, reach TEXT NOT NULL,
    reason TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (partner, reference)
) STRICT;
CREATE INDEX delivery_report_message ON delivery_report (message);
CREATE INDEX delivery_report_at ON delivery_report (at);
