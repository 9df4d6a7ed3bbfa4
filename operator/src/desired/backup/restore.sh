# Makes the database of a new volume from a backup, before the server starts. Changes nothing where there is a database.
#
# Environment: BACKUPS (the folder of the dumps), BACKUP (the name of one; empty for the newest), PGDATA (where the database
# is or will be), SCRATCH (a folder for sockets), REPORT (the file of the last words), and POSTGRES_USER, POSTGRES_DB and
# POSTGRES_PASSWORD as the image takes them.
#
# The database is made beside PGDATA and moved there when it is whole.
set -eu
umask 077
new=${PGDATA%/*}/.restoring
work=$SCRATCH/restore

fail() {
    echo "restore: $1" >&2
    echo "$1" >"$REPORT"
    exit 1
}

said() {
    sed -n -e 's/\(COPY failed for table "[^"]*"\).*/\1/' -e 's/^\(psql\|pg_restore\|initdb\|pg_ctl\): error: //p' "$1" |
        sed -e 1q
}

finish() {
    [ ! -e "$new/postmaster.pid" ] || pg_ctl --pgdata="$new" --mode=immediate --silent stop || true
    rm -rf "$work" "$new"
}

if [ -s "$PGDATA/PG_VERSION" ]; then
    printf '{"restored":"%s","kept":true}\n' "$(cat "$PGDATA/.restored" 2>/dev/null)" >"$REPORT"
    echo 'restore: the volume holds a database; nothing is restored'
    exit 0
fi
# An image may have begun to make a database, which its next start would begin again.
if [ -e "$PGDATA" ] && [ ! -d "$PGDATA/.initializing" ] && [ -n "$(ls -A "$PGDATA")" ]; then
    fail "The volume holds files that are no database, in $PGDATA. Nothing is restored over them: move them away."
fi

if [ -n "$BACKUP" ]; then
    chosen=$BACKUPS/$BACKUP.dump
else
    chosen=
    for file in "$BACKUPS"/*.dump; do chosen=$file; done
fi
if [ ! -f "$chosen" ]; then
    there=
    for file in "$BACKUPS"/*.dump; do
        [ ! -f "$file" ] || there="$there ${file##*/}"
    done
    [ -n "$there" ] || fail 'The backup volume holds no backup. Remove `restoreFrom` to begin with an empty database.'
    fail "The backup volume holds no backup of this name. It holds:$there"
fi

trap finish EXIT
trap 'exit 143' TERM INT
# What a run left that was killed.
finish
mkdir -p "$work"
echo "$POSTGRES_PASSWORD" >"$work/password"
initdb --pgdata="$new" --username="$POSTGRES_USER" --pwfile="$work/password" --auth-local=trust --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --no-instructions >"$work/log" 2>"$work/errors" ||
    fail "No database can be made: $(said "$work/errors")"
rm "$work/password"
echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
pg_ctl --pgdata="$new" --wait --silent --log="$work/log" \
    --options="-c listen_addresses= -c unix_socket_directories=$work" start >/dev/null 2>"$work/errors" ||
    fail "No server can be started to restore into: $(said "$work/errors")"
export PGHOST="$work" PGUSER="$POSTGRES_USER"
if [ "$POSTGRES_DB" != postgres ]; then
    psql --no-psqlrc --quiet --dbname=postgres --command="create database \"$POSTGRES_DB\"" 2>"$work/errors" ||
        fail "No database can be made: $(said "$work/errors")"
fi
name=${chosen##*/}
name=${name%.dump}
pg_restore --exit-on-error --dbname="$POSTGRES_DB" "$chosen" 2>"$work/errors" ||
    fail "Backup $name cannot be restored: $(said "$work/errors")"
pg_ctl --pgdata="$new" --wait --silent --mode=fast stop 2>"$work/errors" ||
    fail "The restored database cannot be closed: $(said "$work/errors")"
echo "$name" >"$new/.restored"
sync
rm -rf "$PGDATA"
mv "$new" "$PGDATA"
sync
printf '{"restored":"%s","kept":false}\n' "$name" >"$REPORT"
echo "restore: restored $name"
