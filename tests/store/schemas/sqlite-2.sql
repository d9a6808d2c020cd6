-- Written from schema.py by the tests' --update-golden; do not edit.
PRAGMA application_id = 1953787250;
PRAGMA user_version = 2;
CREATE TABLE tasks (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL,
  description TEXT NOT NULL,
  start_time BIGINT NOT NULL,
  end_time BIGINT,
  CONSTRAINT user_id_positive CHECK (user_id >= 1),
  CONSTRAINT end_not_before_start CHECK (end_time IS NULL OR end_time >= start_time)
);
CREATE TABLE tokens (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  digest TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  admin INTEGER NOT NULL,
  name TEXT,
  created_time BIGINT NOT NULL,
  expiry_time BIGINT,
  revoked_time BIGINT,
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
CREATE INDEX tasks_by_start ON tasks (start_time);
CREATE INDEX tasks_by_user_start ON tasks (user_id, start_time);
CREATE INDEX long_tasks_by_start ON tasks (start_time) WHERE end_time - start_time > 86400000000;
CREATE INDEX long_tasks_by_user_start ON tasks (user_id, start_time) WHERE end_time - start_time > 86400000000;
CREATE INDEX running_tasks_by_start ON tasks (start_time) WHERE end_time IS NULL;
CREATE INDEX running_tasks_by_user_start ON tasks (user_id, start_time) WHERE end_time IS NULL;
CREATE INDEX answers_by_created ON answers (created_time);
CREATE VIEW timesheet AS
SELECT id, user_id, description,
  strftime('%Y-%m-%d %H:%M:%S', start_time / 1000000, 'unixepoch', 'localtime') AS started,
  strftime('%Y-%m-%d %H:%M:%S', end_time / 1000000, 'unixepoch', 'localtime') AS ended,
  max(coalesce(end_time, CAST(strftime('%s', 'now') AS INTEGER) * 1000000) - start_time, 0) / 1000000 AS seconds
FROM tasks;
CREATE VIEW running AS
SELECT id, user_id, description,
  strftime('%Y-%m-%d %H:%M:%S', start_time / 1000000, 'unixepoch', 'localtime') AS started,
  max(CAST(strftime('%s', 'now') AS INTEGER) * 1000000 - start_time, 0) / 1000000 AS seconds
FROM tasks
WHERE end_time IS NULL;
