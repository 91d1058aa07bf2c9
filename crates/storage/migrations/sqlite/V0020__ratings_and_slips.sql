-- A rating can also be given at the screen of a hall, by whoever knows code and digits: then no account stands behind it.
CREATE TABLE rating_given (
    dossier BLOB NOT NULL PRIMARY KEY, person BLOB, unit BLOB NOT NULL, first_at INTEGER NOT NULL,
    rated_at INTEGER NOT NULL, rated_on INTEGER NOT NULL, grade INTEGER NOT NULL, timing INTEGER NOT NULL, contacts INTEGER NOT NULL,
    agencies INTEGER NOT NULL, attitude INTEGER NOT NULL, visits INTEGER NOT NULL, remark TEXT NOT NULL,
    channel TEXT NOT NULL
) STRICT;
INSERT INTO rating_given (dossier, person, channel, unit, first_at, rated_at, rated_on, grade, timing, contacts, agencies, attitude, visits, remark)
    SELECT dossier, person, 'online', unit, first_at, rated_at, rated_on, grade, timing, contacts, agencies, attitude, visits, remark FROM rating;
DROP TABLE rating;
ALTER TABLE rating_given RENAME TO rating;
CREATE INDEX rating_on ON rating (rated_on);

-- What stands on a slip is forgotten some time after it was given: found by when.
CREATE INDEX desk_slip_given ON desk_slip (at);
