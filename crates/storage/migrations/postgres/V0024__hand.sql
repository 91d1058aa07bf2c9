-- What somebody has in hand is asked for all day and changes now and then: one number that is another whenever it did. A server works it
-- out of what each of the dossiers is and in which version; a file is told of every change.
CREATE VIEW hand AS SELECT owner_person,
        ('x' || substr(md5(string_agg(encode(id, 'hex') || ':' || version, ',' ORDER BY id)), 1, 16))::bit(64)::bigint AS changes
    FROM dossier WHERE is_open = 1 AND owner_person IS NOT NULL GROUP BY owner_person;
