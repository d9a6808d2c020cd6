# Back up the database to $BACKUPS, and delete backups that are older than 30 days. To restore one, see docs/server.md.
set -eu
PGPASSWORD=$(cat "$PASSWORD_FILE")
export PGPASSWORD
pg_dump --format=custom --schema=tasktimer --file="$BACKUPS/unfinished.dump"
mv "$BACKUPS/unfinished.dump" "$BACKUPS/tasktimer-$(date -u +%Y-%m-%d).dump"
find "$BACKUPS" -name 'tasktimer-*.dump' -mtime +30 -exec rm {} +
