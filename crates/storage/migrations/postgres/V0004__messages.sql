-- Which revision of which template a message speaks with, and what its places were filled with (JSON, emptied with the text).
ALTER TABLE outbox ADD COLUMN template TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN details TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Texts of notices as the office wrote them: the newest number of a kind and channel speaks; without one the program's own.
CREATE TABLE notice_template (
    kind TEXT COLLATE "C" NOT NULL, channel TEXT COLLATE "C" NOT NULL, number BIGINT NOT NULL, text TEXT COLLATE "C" NOT NULL,
    marks BIGINT NOT NULL,
    registered_as TEXT COLLATE "C" NOT NULL, saved_at BIGINT NOT NULL, saved_by BYTEA NOT NULL,
    PRIMARY KEY (kind, channel, number)
);

-- What a partner says of a text message, or of a part of one, under the name it gave it. A report can come before the name is
-- known to be ours: then it has no message yet.
CREATE TABLE delivery_report (
    partner TEXT COLLATE "C" NOT NULL, reference TEXT COLLATE "C" NOT NULL, message BYTEA, part BIGINT NOT NULL,
    reach TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (partner, reference)
);
CREATE INDEX delivery_report_message ON delivery_report (message);
CREATE INDEX delivery_report_at ON delivery_report (at);
