# Runs one PostgreSQL server for the process at the other end of standard input, and outlives that process just long
# enough to clean up: input ends however its owner ends.
#
# Arguments: the folder that holds everything (this script removes it), the folder of the programs, the port.
# Lines read: `start` makes the data folder where there is none and starts the server, `stop` stops it.
folder=$1 programs=$2 port=$3
server=

end_server() {
    [ -n "$server" ] || return 0
    kill -"$1" "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    server=
}

start_server() {
    [ -s "$folder/data/PG_VERSION" ] || "$programs/initdb" --pgdata="$folder/data" --username=postgres --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions || echo "FATAL: initdb failed"
    # A test's data may be lost with the machine, so nothing waits for the disk; mmap keeps shared memory in the folder.
    "$programs/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB \
        -c jit=off -c dynamic_shared_memory_type=mmap -c timezone=UTC -c log_timezone=UTC &
    server=$!
}

while read -r line; do
    case $line in
        start) end_server INT; start_server ;;
        stop) end_server INT ;;
    esac
done >>"$folder/log" 2>&1

# An immediate shutdown takes its shared memory with it, which a killed server would leave behind.
end_server QUIT
rm -rf "$folder"
