# Runs one program for an operator: POSIX sh (dash, bash, busybox ash), read by sh from a pipe. What
# stands before this text sets $token (names our own lines; nobody else knows it) and $PATH and
# defines `words`, which calls `act` with the program and its arguments, each quoted. Nothing runs
# before the last line has been read, nor before the console, which hears `ready`, answers `go`.
# stdout: the program's output, after one line with the token. stderr: our lines, `token what`.

# The first line end: a login may have left a line of its own unfinished.
say() {
  printf '\n%s %s\n' "$token" "$1" >&4
}

# `exec`: a builtin or a function of this shell is no program. A session of its own, so that a
# hang-up that somebody sends to ours does not reach it, and TERM reaches all that it started.
act() {
  exec 2>&1 3<&- 4>&-
  if command -v setsid >/dev/null 2>&1; then
    exec setsid "$@"
  fi
  trap '' HUP
  exec "$@"
}

# Ends the program when told to; not when the connection ends: half a restart is worse than one.
# `exec`, here and below: where a redirection is of one command only, sh keeps the old ones open
# beside it, and the pipe to `relay` would not end with the program.
listen() {
  exec <&3 >/dev/null 3<&- 4>&-
  while read -r verb; do
    if [ "$verb" = cancel ]; then
      kill -TERM "-$child" || kill -TERM "$child"
    fi
  done
}

# stdin and stderr of the channel are 3 and 4 here; the program gets neither.
run() {
  exec </dev/null 2>/dev/null
  words &
  child=$!
  listen &
  listener=$!
  wait "$child"
  status=$?
  say "ended $status"
  kill "$listener"
}

# When the connection is gone the program goes on: somebody must read what it writes.
relay() {
  exec 2>/dev/null 3<&- 4>&-
  trap '' PIPE
  cat
  exec cat >/dev/null
}

main() {
  exec 3<&0 4>&2
  printf '\n%s\n' "$token"
  say ready
  read -r verb
  if [ "$verb" = go ]; then
    run | relay
  fi
}
main; exit 0
