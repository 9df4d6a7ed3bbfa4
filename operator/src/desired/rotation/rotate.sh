# Gives a login of the database its next password. May run any number of times.
#
# Environment: PASSWORD (the present password of PGUSER), NEXT_PASSWORD (the next one, which PGUSER may have already), LOGIN
# (the login that takes the next password: PGUSER, or another one, which acts as PGUSER), SCRATCH (a folder), REPORT (the
# file of the last words), and libpq's variables for the database.
set -eu
umask 077
errors=$SCRATCH/rotate-errors

fail() {
    echo "rotate: $1" >&2
    echo "$1" >"$REPORT"
    exit 1
}

said() {
    # What a query of \gexec does wrong is told without its line.
    sed -n -e 's/^psql: error: //p' -e 's/^psql:<stdin>:[0-9]*: //' -e 's/^\(ERROR\|FATAL\): *//p' "$1" | sed -e 1q
}

answers() {
    PGPASSWORD=$1 psql --no-psqlrc --quiet --no-align --tuples-only --command='select 1' >/dev/null 2>"$errors"
}

if answers "$PASSWORD"; then
    export PGPASSWORD="$PASSWORD"
elif answers "$NEXT_PASSWORD"; then
    # An earlier run has set it.
    export PGPASSWORD="$NEXT_PASSWORD"
else
    fail "The database cannot be asked: $(said "$errors")"
fi

# The server must not log the password, whatever it is told to log.
psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 >/dev/null 2>"$errors" <<'SQL' || fail "The password cannot be set: $(said "$errors")"
\getenv login LOGIN
\getenv next NEXT_PASSWORD
set log_statement = none;
set log_min_error_statement = panic;
set log_min_duration_statement = -1;
set log_min_duration_sample = -1;
set password_encryption = 'scram-sha-256';
begin;
select format('create role %I', :'login') where not exists (select from pg_roles where rolname = :'login') \gexec
select :'login' <> current_user as is_second \gset
\if :is_second
select format('grant %I to %I', current_user, :'login') \gexec
select format('alter role %I set role to %L', :'login', current_user) \gexec
\endif
alter role :"login" login password :'next';
commit;
SQL
echo "rotate: login $LOGIN has its next password"
