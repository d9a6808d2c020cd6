CREATE SCHEMA tasktimer;
SET search_path TO tasktimer;
CREATE TABLE tasks (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  user_id BIGINT NOT NULL,
  description TEXT NOT NULL,
  start_time BIGINT NOT NULL,
  end_time BIGINT,
  PRIMARY KEY (id),
  CONSTRAINT user_id_positive CHECK (user_id >= 1),
  CONSTRAINT end_not_before_start CHECK (end_time IS NULL OR end_time >= start_time)
);
CREATE INDEX long_tasks_by_start ON tasks (start_time) WHERE end_time - start_time > 86400000000;
CREATE INDEX long_tasks_by_user_start ON tasks (user_id, start_time) WHERE end_time - start_time > 86400000000;
CREATE INDEX running_tasks_by_user_start ON tasks (user_id, start_time) WHERE end_time IS NULL;
CREATE INDEX tasks_by_user_start ON tasks (user_id, start_time);
CREATE INDEX running_tasks_by_start ON tasks (start_time) WHERE end_time IS NULL;
CREATE INDEX tasks_by_start ON tasks (start_time);
CREATE TABLE tokens (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  digest TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  admin INTEGER NOT NULL,
  name TEXT,
  created_time BIGINT NOT NULL,
  expiry_time BIGINT,
  revoked_time BIGINT,
  PRIMARY KEY (id),
  CONSTRAINT token_user_id_positive CHECK (user_id >= 1),
  UNIQUE (digest)
);
CREATE TABLE answers (
  token_id BIGINT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request TEXT NOT NULL,
  status INTEGER,
  body TEXT,
  created_time BIGINT NOT NULL,
  PRIMARY KEY (token_id, idempotency_key)
);
CREATE INDEX answers_by_created ON answers (created_time);
CREATE VIEW timesheet AS
SELECT id, user_id, description,
  to_char(to_timestamp(start_time / 1000000), 'YYYY-MM-DD HH24:MI:SS') AS started,
  to_char(to_timestamp(end_time / 1000000), 'YYYY-MM-DD HH24:MI:SS') AS ended,
  greatest(coalesce(end_time, CAST(extract(epoch FROM now()) * 1000000 AS BIGINT)) - start_time, 0) / 1000000 AS seconds
FROM tasks;
CREATE VIEW running AS
SELECT id, user_id, description,
  to_char(to_timestamp(start_time / 1000000), 'YYYY-MM-DD HH24:MI:SS') AS started,
  greatest(CAST(extract(epoch FROM now()) * 1000000 AS BIGINT) - start_time, 0) / 1000000 AS seconds
FROM tasks
WHERE end_time IS NULL;
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO schema_version (version) VALUES (2);
