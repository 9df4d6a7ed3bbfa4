#!/bin/sh
# Starts PostgreSQL as the user who runs this, with the environment of the official image: POSTGRES_PASSWORD (needed before
# the first start), POSTGRES_USER, POSTGRES_DB, POSTGRES_INITDB_ARGS, each also as <NAME>_FILE, and PGDATA.
#
# The data folder may be a whole volume. A new database is made in a folder inside it and moved up, PG_VERSION last:
# where that file is, the database is whole, and where it is not, the next start begins again.
set -eu
umask 077

: "${PGDATA:=/var/lib/postgresql/data}"

# Process 1 ignores every signal without a handler.
trap 'exit 143' TERM INT

fail() {
    echo "entrypoint: $1" >&2
    exit 1
}

# Sets the variable $1 from the file that $1_FILE names, or to the default $2.
setting() {
    eval "value=\${$1:-} file=\${$1_FILE:-}"
    [ -z "$value" ] || [ -z "$file" ] || fail "set $1 or $1_FILE, not both"
    if [ -n "$file" ]; then
        value=$(cat "$file") || fail "cannot read the file that $1_FILE names: $file"
    fi
    [ -n "$value" ] || value=$2
    eval "$1=\$value"
}

# Prints the content of the data folder, without the folder that a file system makes.
content() {
    ls -A "$PGDATA" | sed '/^lost+found$/d'
}

initialize() {
    new=$PGDATA/.initializing
    setting POSTGRES_PASSWORD ''
    setting POSTGRES_USER postgres
    setting POSTGRES_DB "$POSTGRES_USER"
    setting POSTGRES_INITDB_ARGS ''
    [ -n "$POSTGRES_PASSWORD" ] || fail 'set POSTGRES_PASSWORD, or POSTGRES_PASSWORD_FILE, to the password of a new database'
    mkdir -p "$PGDATA" && touch "$PGDATA/.initializing-test" && rm "$PGDATA/.initializing-test" ||
        fail "PGDATA, $PGDATA, must be a folder that user $(id -u) can write to"
    if [ -d "$new" ]; then
        echo 'entrypoint: an earlier start did not finish the database; making it again'
        # The folder itself goes last, so that this can be interrupted too.
        content | sed '/^\.initializing$/d' | while read -r name; do rm -rf "${PGDATA:?}/$name"; done
        rm -rf "$new"
    fi
    [ -z "$(content)" ] || fail "PGDATA, $PGDATA, is not empty and holds no database"

    mkdir "$new"
    password=/tmp/.postgres-password
    printf '%s\n' "$POSTGRES_PASSWORD" >"$password"
    # The arguments are words, as in the official image.
    # shellcheck disable=SC2086
    initdb --pgdata="$new" --username="$POSTGRES_USER" --pwfile="$password" --auth-local=trust --auth-host=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --no-instructions $POSTGRES_INITDB_ARGS
    rm "$password"
    echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
    if [ "$POSTGRES_DB" != postgres ]; then
        name=$(printf '%s' "$POSTGRES_DB" | sed 's/"/""/g')
        echo "CREATE DATABASE \"$name\"" | postgres --single -c exit_on_error=true -D "$new" postgres >/dev/null
    fi

    ls -A "$new" | sed '/^PG_VERSION$/d' | while read -r name; do mv "$new/$name" "$PGDATA/"; done
    sync
    mv "$new/PG_VERSION" "$PGDATA/"
    rmdir "$new"
    chmod 700 "$PGDATA" 2>/dev/null || true
}

case ${1:-} in
    postgres) shift ;;
    '' | -*) ;;
    *) exec "$@" ;;
esac

[ -s "$PGDATA/PG_VERSION" ] || initialize
# A start that was ended between the last two steps leaves an empty folder.
rmdir "$PGDATA/.initializing" 2>/dev/null || true
unset POSTGRES_PASSWORD
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"
