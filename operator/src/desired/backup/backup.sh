# Dumps the database to the backup volume, proves the dump by restoring it into a throwaway server, and removes old dumps.
#
# Environment: BACKUPS (the folder of the dumps), KEEP (how many of them stay), SCRATCH (a folder for the throwaway server),
# POD_NAME (a name that no other run has), LONGEST (seconds after which no run goes on), REPORT (the file of the last words),
# and libpq's variables for the database.
#
# A dump is called `TIME-DATABASE.dump` only after it was restored with as many rows in every table, so that a file of this
# name is whole. DATABASE is the system identifier of the server: dumps of another one, such as the database that was lost,
# never give way to dumps of this one.
set -eu
umask 077
work=$SCRATCH/backup
partial=$BACKUPS/.partial-$POD_NAME

fail() {
    echo "backup: $1" >&2
    echo "$1" >"$REPORT"
    exit 1
}

# What the programs said on standard error, without rows of the database, which they may quote.
said() {
    sed -n -e 's/\(COPY failed for table "[^"]*"\).*/\1/' -e 's/^\(psql\|pg_dump\|pg_restore\|initdb\|pg_ctl\): error: //p' \
        -e 's/^psql:<stdin>:[0-9]*: \(ERROR\|FATAL\): *//p' "$1" | sed -e 1q
}

rows() {
    psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"
}

COUNT="select format('select %L, count(*) from %I.%I', schemaname || '.' || tablename, schemaname, tablename)
from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by schemaname, tablename \gexec"

finish() {
    [ ! -e "$work/data/postmaster.pid" ] || pg_ctl --pgdata="$work/data" --mode=immediate --silent stop || true
    rm -rf "$work" "$partial"
}

dump() {
    export PARTIAL="$partial" WORK="$work"
    # The rows are counted in the snapshot that is dumped.
    rows >"$work/rows" 2>"$work/errors" <<SQL || fail "The database cannot be dumped: $(said "$work/errors")"
begin transaction isolation level repeatable read, read only;
select to_char(clock_timestamp() at time zone 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') || '-' || system_identifier as name,
    pg_export_snapshot() as snapshot from pg_control_system() \gset
\setenv NAME :name
\setenv SNAPSHOT :snapshot
\! echo "\$NAME" >"\$WORK/name"
\! pg_dump --format=custom --snapshot="\$SNAPSHOT" --file="\$PARTIAL" 2>"\$WORK/dump-errors" && touch "\$WORK/dumped"
$COUNT
commit;
SQL
    [ -e "$work/dumped" ] || fail "The database cannot be dumped: $(said "$work/dump-errors")"
}

verify() {
    pg_restore --list "$partial" >/dev/null 2>"$work/errors" || fail "The dump cannot be read: $(said "$work/errors")"
    database=$PGDATABASE
    unset PGPASSWORD PGPORT
    export PGHOST="$work"
    initdb --pgdata="$work/data" --username="$PGUSER" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync \
        --no-instructions >"$work/log" 2>"$work/errors" || fail "No server can be made to prove the dump: $(said "$work/errors")"
    # Nothing here outlives this run, so nothing waits for the disk.
    options="-c listen_addresses= -c unix_socket_directories=$work -c fsync=off -c full_page_writes=off -c shared_buffers=32MB"
    pg_ctl --pgdata="$work/data" --wait --silent --log="$work/log" \
        --options="$options -c dynamic_shared_memory_type=mmap -c max_connections=8" start >/dev/null 2>"$work/errors" ||
        fail "No server can be started to prove the dump: $(said "$work/errors")"
    rows --dbname=postgres --command="create database \"$database\"" 2>"$work/errors" &&
        pg_restore --exit-on-error --dbname="$database" "$partial" 2>"$work/errors" ||
        fail "The dump cannot be restored: $(said "$work/errors")"
    printf '%s\n' "$COUNT" | rows >"$work/restored" 2>"$work/errors" || fail "The restored rows cannot be counted: $(said "$work/errors")"
    [ "$(cat "$work/rows")" = "$(cat "$work/restored")" ] || fail 'The restored dump has other rows than the database.'
}

# Removes all but the last KEEP of these files.
prune() {
    while [ "$#" -gt "$KEEP" ]; do
        rm -f "$1"
        shift
    done
}

keep() {
    name=$(cat "$work/name")
    sync
    mv "$partial" "$BACKUPS/$name.dump"
    sync
    own=${name#*-}
    prune "$BACKUPS"/*-"$own".dump
    set --
    for file in "$BACKUPS"/*.dump; do
        case $file in *-"$own".dump) ;; *) set -- "$@" "$file" ;; esac
    done
    prune "$@"
    set -- "$BACKUPS"/*.dump
    kept=$#
    bytes=$(stat -c %s "$BACKUPS/$name.dump")
    printf '{"name":"%s","bytes":%s,"kept":%s}\n' "$name" "$bytes" "$kept" >"$REPORT"
    echo "backup: $name has $bytes bytes and was restored; $kept are kept"
}

[ -w "$BACKUPS" ] || fail "User $(id -u) cannot write to the backup volume."
# What runs left that were killed.
for file in "$BACKUPS"/.partial-*; do
    [ ! -f "$file" ] || [ "$(($(date +%s) - $(stat -c %Y "$file")))" -lt "$LONGEST" ] || rm -f "$file"
done
trap finish EXIT
trap 'exit 143' TERM INT
finish
mkdir -p "$work"
dump
verify
keep
