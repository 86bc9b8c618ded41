# The composite sampler of a Linux host: POSIX sh (dash, bash, busybox ash), read by sh from a pipe.
# Wire: spec.Program. Every line starts with the name of its source (`stat:`, `12/cmdline:`), so no
# text that a user of this host controls can begin a line and pass for an end marker.
# Lines that are only a comment are not sent. What is asked rarely stands in rare.sh, sent before it.

LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
export LC_ALL PATH
umask 077
: "${INTERVAL:=2}"
# Asked answers go to fd 3; nothing that a tool complains about may get between them.
exec 3>&2 2>/dev/null
# A reader that went away must be a failed write, also where SIGPIPE would kill half of us silently.
trap '' PIPE
kernel=$(uname -sm)
# bash's own printf writes line by line: there, one more fork buys one write per answer.
tell=printf
[ -n "$BASH_VERSION" ] && [ -x /usr/bin/printf ] && tell=/usr/bin/printf
nl='
'

# Sets $disks (whole disks, as alternatives of a regular expression) and $links (state, speed in
# Mbit/s and + for a NIC with hardware below it). Builtins only.
look() {
  disks= links=
  for d in /sys/block/*; do
    d=${d##*/}
    case $d in
      '*' | loop* | ram* | zram* | sr[0-9]* | fd[0-9]* | *[!A-Za-z0-9_!-]*) ;;
      *!*) disks="$disks|${d%%!*}/${d#*!}" ;;
      *) disks="$disks|$d" ;;
    esac
  done
  disks=${disks#|}
  for d in /sys/class/net/*; do
    case ${d##*/} in '*' | lo | veth* | cali* | bonding_masters) continue ;; esac
    state= speed= hardware=-
    read -r state <"$d/operstate"
    read -r speed <"$d/speed"
    [ -e "$d/device" ] && hardware=+
    links="$links${nl}link:${d##*/} ${state:--} ${speed:--} $hardware"
  done
}

# The pushed answer: one grep and one sleep per cycle, one write per answer.
vitals() {
  # The signal may come right after the fork: $! is known then, a copy of it is not yet, and the
  # child still has our trap, which any signal but KILL would fall into.
  trap '[ -n "$nap" ] && kill -9 "$!"; exit' TERM
  # The first pause is short: rates come soon, and hosts that were reached together drift apart.
  turn=0 nap= pause=0.$((3 + $$ % 7))
  cd /proc
  while kill -0 $$; do
    [ $turn = 0 ] && look
    turn=$(((turn + 1) % 5))
    all=$(grep -sE "^([0-9]|cpu|procs_|btime|some|full|(pswpin|pswpout|pgmajfault|oom_kill) |(Mem(Total|Free|Available)|Buffers|Cached|Swap(Cached|Total|Free)|Dirty|Writeback|AnonPages|Mapped|Shmem|Slab|SReclaimable|SUnreclaim|KernelStack|PageTables|CommitLimit|Committed_AS|HugePages_(Total|Free)|Hugepagesize):| +[0-9]+ +[0-9]+ (${disks:-[^lrz][^ ]*}) )|^ *([^vc ]|v[^e]|c([^a]|a[^l]))[^ ]*: *[0-9]+ +[0-9]" \
      uptime stat loadavg meminfo vmstat pressure/cpu pressure/memory pressure/io pressure/irq \
      diskstats net/dev sys/fs/file-nr sys/net/netfilter/nf_conntrack_count \
      sys/net/netfilter/nf_conntrack_max)
    $tell '%s%s\n--opsconsole vitals--\n' "$all" "$links" || break
    nap=1
    sleep "$pause" &
    # A sleep that knows no fractions ends at once and must not make us spin.
    wait "$!" || { sleep 1 & wait "$!"; }
    nap= pause=$INTERVAL
  done
  kill $$
}

# Each non-empty line of $2 after the tag $1.
put() {
  set -f
  IFS=$nl
  [ -n "$2" ] && printf "$1:%s\n" $2
  unset IFS
  set +f
}

# Runs a command for at most $1 seconds where the host has timeout(1), else without a limit.
limit() {
  seconds=$1
  shift
  if [ -n "$timeout" ]; then timeout -s KILL "$seconds" "$@"; else "$@"; fi
}

has() { command -v "$1" >/dev/null; }

# What is mounted and is no place for data.
pseudo=' (autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|efivarfs|fusectl|fuse\.(gvfsd-fuse|lxcfs|portal)|hugetlbfs|iso9660|erofs|mqueue|nsfs|proc|pstore|ramfs|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs) |^[^ ]+ /(dev|proc|sys|run/(credentials|host|netns|user)|var/lib/(docker|containers|containerd|kubelet)/.*)[ /]'

# Sorts mounts into $local_mounts and $remote_mounts (names as in /proc/self/mounts, with octal
# escapes) and prints those that are asked. A device that is mounted more than once counts once.
mounts() {
  local_mounts= remote_mounts= seen=' '
  set -f
  IFS=$nl
  for line in $(grep -vE "$pseudo" /proc/self/mounts); do
    IFS=' '
    # shellcheck disable=SC2086
    set -- $line
    IFS=$nl
    case $1 in /dev/*) case $seen in *" $1 "*) continue ;; esac; seen="$seen$1 " ;; esac
    case $3:$2:$1 in
      # A newline in a name would cut df's line in two: listed, never asked.
      *'\012'*) ;;
      overlay:/:* | fuseblk:*) local_mounts="$local_mounts$nl$2" ;;
      overlay:*) continue ;;
      nfs*:* | cifs:* | smb3:* | smbfs:* | ceph:* | fuse*:* | 9p:* | virtiofs:* | lustre:* | gpfs:* | beegfs*:* | afs:* | glusterfs:*)
        remote_mounts="$remote_mounts$nl$2" ;;
      *) local_mounts="$local_mounts$nl$2" ;;
    esac
    printf 'mount:%s %s %s %s\n' "$1" "$2" "$3" "${4%%,*}"
  done
  unset IFS
  set +f
}

# Sets $path to a name of /proc/self/mounts without its octal escapes.
decode() {
  path=$1
  case $1 in *\\*) ;; *) return ;; esac
  rest=$1 path=
  while :; do
    # printf wants \0040 where /proc says \040.
    case $rest in
      *\\*) path="$path${rest%%\\*}\\0" rest=${rest#*\\} ;;
      *) break ;;
    esac
  done
  path=$(printf '%b.' "$path$rest")
  path=${path%.}
}

# Asks all local file systems with one df; when that hangs, they are asked one by one.
local_space() {
  set -f
  IFS=$nl
  set -- $local_mounts
  unset IFS
  set +f
  [ $# -gt 0 ] || return
  for path; do
    decode "$path"
    shift
    set -- "$@" "$path"
  done
  answer=$(limit 3 df -Pk -- "$@")
  if [ $? = 137 ]; then
    remote_mounts="$remote_mounts$local_mounts"
  else
    put space "$answer"
    put inodes "$(limit 2 df -Pi -- "$@")"
  fi
}

# Asks file systems that may hang side by side, each for at most 3 s; a hung one says so.
remote_space() {
  [ -n "$timeout" ] || { put unasked "$remote_mounts"; return; }
  set -f
  IFS=$nl
  set -- $remote_mounts
  unset IFS
  set +f
  count=0
  for name; do
    (
      decode "$name"
      answer=$(timeout -s KILL 3 df -Pk -- "$path")
      case $? in
        0) put space "$answer"; put inodes "$(timeout -s KILL 1 df -Pi -- "$path")" ;;
        137) put hung "$name" ;;
        *) put failed "$name" ;;
      esac
    ) &
    count=$((count + 1))
    [ $((count % 32)) = 0 ] && wait
  done
  wait
}

units() {
  if ! has systemctl || ! [ -d /run/systemd/system ]; then echo unitless:; return; fi
  failed=$(limit 4 systemctl list-units --state=failed,auto-restart --no-legend --plain --no-pager --full) ||
    { echo unitless:; return; }
  put unit "$failed"
  set -f
  IFS=$nl
  set -- $failed
  unset IFS
  set +f
  [ $# -gt 0 ] || { echo units:0; return; }
  echo "units:$#"
  for line; do
    shift
    line=${line#"${line%%[! ]*}"}
    set -- "$@" "${line%% *}"
  done
  limit 4 systemctl show --no-pager --property=Id,InvocationID,NRestarts,Result,StateChangeTimestampMonotonic -- "$@" |
    sed 's/^/property:/'
}

clock() {
  put date "$(date '+%s %z %Z')"
  has chronyc && answer=$(limit 2 chronyc -c -n tracking) && { put chrony "$answer"; return; }
  has ntpq && answer=$(limit 2 ntpq -n -c 'rv 0 leap,stratum,offset,frequency,rootdelay,rootdisp,refid') &&
    case $answer in *leap*) put ntp "$answer"; return ;; esac
  [ -d /run/systemd/system ] && has timedatectl && answer=$(limit 3 timedatectl show) &&
    { put timedate "$answer"; return; }
  has adjtimex && answer=$(limit 2 adjtimex) && { put adjtimex "$answer"; return; }
}

slow() {
  grep -as '' /proc/uptime /proc/sys/kernel/hostname /proc/sys/kernel/osrelease \
    /proc/sys/kernel/random/boot_id /etc/os-release /etc/timezone \
    /sys/devices/system/cpu/online /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name \
    /sys/hypervisor/type /proc/device-tree/model /proc/net/sockstat /proc/net/sockstat6
  if [ -z "$asked" ]; then
    asked=1
    cpu=$(grep -m1 -E '^(model name|Model|Hardware|cpu)[[:space:]]*:' /proc/cpuinfo)
    has systemd-detect-virt && virtual=$(limit 3 systemd-detect-virt)
  fi
  echo "kernel:$kernel"
  put cpu "$cpu"
  put virtual "$virtual"
  clock
  units
  mounts
  local_space
  # In a subshell of its own: its wait is for its own children, not for the vitals loop.
  answer=$(remote_space)
  [ -n "$answer" ] && printf '%s\n' "$answer"
}

processes() {
  [ -n "$page" ] || page=$(grep -m1 KernelPageSize /proc/self/smaps)
  [ -n "$users" ] || users=$(cut -d: -f1,3 /etc/passwd)
  cd /proc
  put page "$page"
  put user "$users"
  grep -s '' uptime sys/kernel/random/boot_id
  read -r _ total _ <meminfo && echo "total:$total"
  ls -dn [0-9]*
  grep -asm20 '' [0-9]*/stat [0-9]*/cmdline | tr '\000' ' ' | cut -b1-320
  cd /
}

services() {
  grep -as '' /proc/uptime /dev/null
  echo "kernel:$kernel"
  has systemctl && [ -d /run/systemd/system ] &&
    answer=$(limit 8 systemctl show --no-pager --all --property=Id,LoadState,ActiveState,SubState,UnitFileState,MainPID,NRestarts,Result,InvocationID,MemoryCurrent,CPUUsageNSec,ActiveEnterTimestampMonotonic,CanReload,Description -- '*.service') ||
    { echo unitless:; return; }
  # --all: a service that stands still is not left out. Not put(): an empty line ends a service.
  printf '%s\n' "$answer" | sed 's/^/service:/'
}

lvs() {
  echo "kernel:$kernel"
  grep -as '' /proc/net/ip_vs /dev/null
}

unsupported() {
  while printf 'unsupported:%s\n--opsconsole vitals--\n' "$kernel" && kill -0 $$; do
    sleep 60
  done
}

# Everything starts on the last line, when sh has read all of this text: what comes on stdin after
# it are questions.
main() {
  asked= cpu= virtual= page= users= timeout= stamp= installed= weighed= waiting= told= since=
  cd /
  timeout -s KILL 5 true && timeout=1
  renice -n 10 -p $$ >/dev/null
  case $kernel in Linux*) loop=vitals ;; *) loop=unsupported ;; esac
  $loop </dev/null 3>&- &
  loop=$!
  while read -r question; do
    case $question in
      slow | processes | services | lvs | inventory | assets | updates | journal)
        case $kernel in Linux*) $question ;; *) echo "unsupported:$kernel" ;; esac </dev/null >&3
        printf -- '--opsconsole %s--\n' "$question" >&3 || break
        ;;
    esac
  done
  kill $loop
  wait $loop
}
main; exit 0
