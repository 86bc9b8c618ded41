# Asks pgBackRest what it has; writes nothing. Each line has its tag, so that none can be a marker.
info() {
  date '+now:%s'
  command -v pgbackrest >/dev/null || { echo absent:; return; }
  quiet='--log-level-console=off --log-level-file=off --log-level-stderr=error'
  limit=
  timeout -s KILL 5 true 2>/dev/null && limit='timeout -s KILL 50'
  answer=$($limit pgbackrest $quiet --output=json info 2>&1)
  status=$?
  printf '%s\n' "$answer" | head -c 6000000 | sed 's/^/said:/'
  echo
  echo "status:$status"
}

alive() {
  while printf 'alive:\n--opsconsole alive--\n' && kill -0 $$; do
    sleep "$INTERVAL"
  done
}

# On the last line, when sh has read all of this text: what comes on stdin after it are questions.
main() {
  exec 3>&2 2>/dev/null
  export LC_ALL=C
  cd /
  alive </dev/null 3>&- &
  loop=$!
  while read -r question; do
    case $question in
      info)
        info </dev/null >&3
        printf -- '--opsconsole info--\n' >&3 || break
        ;;
    esac
  done
  kill $loop
  wait $loop
}
main; exit 0
