# The part of sampler.sh that answers what is asked rarely: functions alone, on the same wire.

# Installed packages; their database is read again only after it was written.
packages() {
  databases='/var/lib/dpkg/status /var/lib/rpm /usr/lib/sysimage/rpm /lib/apk/db/installed /var/lib/pacman/local'
  now=$(stat -c '%n %Y %s' $databases /var/lib/rpm/*) || [ -n "$now" ] || now=$(date +%s)
  if [ "$now" != "$stamp" ]; then
    stamp=$now
    if has dpkg-query; then
      installed=$(limit 8 dpkg-query -W -f 'package:${Package} ${Version} ${db:Status-Status}\n') || stamp=
    elif has rpm; then
      installed=$(limit 12 rpm -qa --qf 'package:%{NAME} %{VERSION}-%{RELEASE} installed\n') || stamp=
    elif has apk; then
      installed=$(grep -s '^[PV]:' /lib/apk/db/installed | sed 's/^/apk:/')
    elif has pacman; then
      installed=$(limit 8 pacman -Q | sed 's/^/package:/;s/$/ installed/')
    fi
  fi
  # One that was cut short would read as if the rest had been removed.
  [ -n "$stamp" ] && [ -n "$installed" ] && printf '%s\n' "$installed"
}

# Updates that wait, by the lists that are there: nothing is fetched, and nothing is written. Asked
# again only after packages or lists changed.
updates() {
  echo "kernel:$kernel"
  has apt-get && echo rebooted: && [ -e /run/reboot-required ] && echo reboot:
  for lists in /var/lib/apt/lists/*Release /var/cache/apk/APKINDEX* /var/lib/pacman/sync/*.db; do
    [ -e "$lists" ] && break
  done
  [ -e "$lists" ] || return
  lists=${lists%/*}
  fetched=$(stat -c %Y "$lists" "$lists/partial" | sort -n | tail -n 1)
  packages >/dev/null
  if [ "$stamp$fetched" != "$weighed" ]; then
    weighed=$stamp$fetched told=1
    # apt would write its cache where it may: then it makes one in memory.
    cache=
    [ -w /var/cache/apt ] && cache='-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache='
    case $lists in
      *apt*) waiting=$(limit 12 apt-get -s -q -o Debug::NoLocking=1 $cache dist-upgrade) ;;
      *apk) waiting=$(limit 8 apk --no-network version -l '<') ;;
      *) waiting=$(limit 8 pacman -Qu) || [ $? = 1 ] ;;
    esac || told= weighed=
    # A line that was rewritten once begins with none of these words any more.
    waiting=$(printf '%s\n' "$waiting" | sed -n -e '/^Installed:/d' \
      -e '/^Inst [^(]*(.*[sS]ecurity/s/^Inst \([^ ]*\).*/update:\1 security/p' -e '/^update:/d' \
      -e 's/^Inst \([^ ]*\).*/update:\1/p' -e '/^update:/d' \
      -e 's/^\([^ ]*\)  *< .*/update:\1/p' -e 's/^\([^ ]*\) .* -> .*/update:\1/p')
  fi
  [ -n "$told" ] || return
  [ -n "$waiting" ] && printf '%s\n' "$waiting"
  echo "updated:$fetched"
}

# What the machine is.
assets() {
  echo "kernel:$kernel"
  grep -as '' /sys/class/dmi/id/product_serial /sys/class/dmi/id/bios_vendor /sys/class/dmi/id/bios_version \
    /sys/class/dmi/id/bios_date /proc/device-tree/serial-number /sys/block/[!lrz]*/size /sys/block/[!lrz]*/dev \
    /sys/block/[!lrz]*/serial /sys/block/[!lrz]*/queue/rotational /sys/block/[!lrz]*/device/model \
    /sys/block/[!lrz]*/device/serial
  grep -as '^E:ID_SERIAL_SHORT=' /run/udev/data/b* /dev/null
  grep -as '^SUPPORT_END=' /etc/os-release /dev/null
  put socket "$(sort -u /sys/devices/system/cpu/cpu[0-9]*/topology/physical_package_id)"
}

# Values of kernel parameters. No counters; none of the files that hold a key or a seed.
parameters() {
  cd /proc/sys && grep -as '' /dev/null \
    kernel/*panic* kernel/pid_max kernel/threads-max kernel/sysrq kernel/tainted kernel/core_pattern \
    kernel/randomize_va_space kernel/*_restrict kernel/unprivileged_* kernel/yama/* kernel/sem kernel/shm* \
    kernel/msgm* kernel/numa_balancing kernel/*_disabled kernel/hung_task_timeout_secs kernel/perf_event_paranoid \
    vm/swappiness vm/overcommit_* vm/dirty_* vm/min_free_kbytes vm/max_map_count vm/nr_hugepages vm/nr_overcommit_hugepages \
    vm/vfs_cache_pressure vm/zone_reclaim_mode vm/panic_on_oom vm/oom_* vm/watermark_* vm/*_reserve_kbytes vm/mmap_min_addr \
    fs/file-max fs/nr_open fs/aio-max-nr fs/inotify/* fs/protected_* fs/suid_dumpable fs/pipe-max-size \
    net/core/somaxconn net/core/*mem_* net/core/netdev_[!r]* net/core/default_qdisc net/core/bpf_jit_* \
    net/ipv4/ip_* net/ipv4/icmp_echo_* net/ipv4/tcp_[!fm]* net/ipv4/tcp_fin_timeout net/ipv4/tcp_fastopen net/ipv4/tcp_m[at]* \
    net/ipv4/conf/all/* net/ipv4/neigh/default/gc_thresh* net/ipv6/conf/all/disable_ipv6 net/ipv6/conf/all/forwarding \
    net/ipv6/conf/all/accept_* net/netfilter/nf_conntrack_max net/netfilter/nf_conntrack_tcp_* net/bridge/bridge-nf-*
  cd /
}

# When files were written and whose they are; never what stands in them.
files() {
  has stat || return
  set -f
  IFS=$nl
  set -- $(cut -d: -f6 /etc/passwd | grep '^/' | sort -u | sed 's,/*$,/.ssh,')
  unset IFS
  set +f
  found=$(limit 8 find /etc /boot /usr/local/bin /usr/local/sbin /usr/local/etc /var/spool/cron "$@" -xdev -maxdepth 4 \
    \( -path /etc/ssl/certs -o -path /etc/alternatives -o -path /etc/apparmor.d/cache -o -path /etc/ld.so.cache -o -path /etc/adjtime \
    -o -path /etc/cups/subscriptions.conf\* -o -name '.*.sw?' -o -name '*.lock' -o -name known_hosts \) -prune \
    -o \( -type f -o -type l \) -exec stat -c '%Y %s %a %u:%g %n' {} +)
  [ $? = 137 ] || put file "$found"
}

inventory() {
  grep -as '' /proc/cmdline /proc/version /dev/null
  echo "kernel:$kernel"
  packages
  parameters | sed 's/^/sysctl:/'
  files
  put user "$(cut -d: -f1,3,4,6,7 /etc/passwd)"
  put group "$(grep -E '^(root|wheel|sudo|admin|adm|docker|podman|lxd|libvirt|disk|shadow|kvm):' /etc/group | cut -d: -f1,3,4)"
  put module "$(cut -d' ' -f1 /proc/modules)"
  if has ss; then put listen "$(limit 4 ss -Hlntu)"; else put listen4 "$(grep -hs ' 0A ' /proc/net/tcp /proc/net/tcp6)"; fi
  has ip && put address "$(limit 2 ip -o addr show scope global)" && put route "$(limit 2 ip route show default)"
  put fstab "$(grep -vE "$pseudo" /proc/self/mounts)"
}

# What the journal took down as an error since the last answer, at most the newest 300; the first
# time of a minute. Files that cannot be read are ours to name: journalctl would tell of our own entries.
journal() {
  echo "kernel:$kernel"
  has journalctl || return
  read -r up _ </proc/uptime
  now=$(date +%s)
  [ "${since:-0}" -gt $((now - 3600)) ] && [ "$since" -le "$now" ] || since=$((now - 60))
  for file in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do
    [ -e "$file" ] || continue
    [ -r "$file" ] || { echo closed:; return; }
    answer=$(limit 8 journalctl -q --no-pager -p err -n 300 --since="@$since" --until="@$now" -o json \
      --output-fields=_SYSTEMD_UNIT,UNIT,SYSLOG_IDENTIFIER,_TRANSPORT,PRIORITY,MESSAGE | head -c 262144) || return
    echo "span:$((now - since))"
    put journal "$answer"
    since=$now
    return
  done
}
