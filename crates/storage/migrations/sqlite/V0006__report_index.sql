-- Form II.06a reads its rows in the order it counts them, and nothing besides: a million of them need neither sorting nor the table.
DROP INDEX dossier_fact_received;
DROP INDEX dossier_fact_finished;
CREATE INDEX dossier_fact_form ON dossier_fact (competent_unit, sector, received_on, finished_on, channel, outcome, stopped, dossier);
