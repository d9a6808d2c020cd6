-- Generated from schema.py by pytest --update-golden; do not edit.
PRAGMA application_id = 1953787250;
PRAGMA user_version = 5;
CREATE TABLE answers (
  token_id BIGINT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request TEXT NOT NULL,
  status INTEGER,
  body TEXT,
  created_time BIGINT NOT NULL,
  PRIMARY KEY (token_id, idempotency_key)
);
CREATE TABLE commands (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  given_time BIGINT NOT NULL,
  undone INTEGER DEFAULT '0' NOT NULL,
  reverses BIGINT
);
CREATE TABLE sources (
  user_id BIGINT NOT NULL,
  identity BIGINT NOT NULL,
  task_id BIGINT NOT NULL,
  command_id BIGINT NOT NULL,
  PRIMARY KEY (user_id, identity)
)
 WITHOUT ROWID;
CREATE TABLE tasks (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL,
  description TEXT NOT NULL,
  start_time BIGINT NOT NULL,
  end_time BIGINT,
  project TEXT,
  tags TEXT,
  note TEXT,
  folded TEXT,
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
  access TEXT DEFAULT 'write' NOT NULL,
  last_used_time BIGINT,
  CONSTRAINT token_user_id_positive CHECK (user_id >= 1),
  UNIQUE (digest)
);
CREATE TABLE users (
  id BIGINT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT users_id_positive CHECK (id >= 1),
  UNIQUE (name)
);
CREATE TABLE changes (
  command_id BIGINT NOT NULL,
  task_id BIGINT NOT NULL,
  is_after INTEGER NOT NULL,
  user_id BIGINT NOT NULL,
  description TEXT NOT NULL,
  start_time BIGINT NOT NULL,
  end_time BIGINT,
  project TEXT,
  tags TEXT,
  note TEXT,
  PRIMARY KEY (command_id, task_id, is_after),
  FOREIGN KEY(command_id) REFERENCES commands (id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE TABLE task_tags (
  task_id BIGINT NOT NULL,
  tag TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  PRIMARY KEY (task_id, tag),
  FOREIGN KEY(task_id) REFERENCES tasks (id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE INDEX tasks_by_start ON tasks (start_time);
CREATE INDEX tasks_by_user_start ON tasks (user_id, start_time);
CREATE INDEX long_tasks_by_start ON tasks (start_time) WHERE end_time - start_time > 86400000000;
CREATE INDEX long_tasks_by_user_start ON tasks (user_id, start_time) WHERE end_time - start_time > 86400000000;
CREATE INDEX running_tasks_by_start ON tasks (start_time) WHERE end_time IS NULL;
CREATE INDEX running_tasks_by_user_start ON tasks (user_id, start_time) WHERE end_time IS NULL;
CREATE INDEX answers_by_created ON answers (created_time);
CREATE INDEX tasks_by_project ON tasks (project) WHERE project IS NOT NULL;
CREATE INDEX tasks_by_user_project ON tasks (user_id, project) WHERE project IS NOT NULL;
CREATE INDEX task_tags_by_tag ON task_tags (tag, task_id);
CREATE INDEX task_tags_by_user_tag ON task_tags (user_id, tag, task_id);
CREATE INDEX commands_by_user ON commands (user_id, id);
CREATE INDEX undoable_commands_by_user ON commands (user_id, undone, id) WHERE reverses IS NULL;
CREATE INDEX changes_by_task ON changes (task_id, command_id);
CREATE INDEX sources_by_command ON sources (command_id, task_id);
CREATE INDEX imports ON commands (id) WHERE name = 'import';
CREATE VIEW timesheet AS
SELECT id, user_id, description,
  strftime('%Y-%m-%d %H:%M:%S', start_time / 1000000, 'unixepoch', 'localtime') AS started,
  strftime('%Y-%m-%d %H:%M:%S', end_time / 1000000, 'unixepoch', 'localtime') AS ended,
  max(coalesce(end_time, CAST(strftime('%s', 'now') AS INTEGER) * 1000000) - start_time, 0) / 1000000 AS seconds,
  project, tags, note
FROM tasks;
CREATE VIEW running AS
SELECT id, user_id, description,
  strftime('%Y-%m-%d %H:%M:%S', start_time / 1000000, 'unixepoch', 'localtime') AS started,
  max(CAST(strftime('%s', 'now') AS INTEGER) * 1000000 - start_time, 0) / 1000000 AS seconds,
  project, tags, note
FROM tasks
WHERE end_time IS NULL;
