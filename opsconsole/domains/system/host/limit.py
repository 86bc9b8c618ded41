"""Where host values become a warning and where critical, each with its source."""

from opsconsole.model import Limits

CPU = Limits(85, 95, "Netdata cpu alerts: 10 min average over 85 %, over 95 %")
IOWAIT = Limits(40, 80, "Netdata cpu alerts: warn over 40 %; critical at twice that is our choice")
STEAL = Limits(10, 25, "Netdata cpu alerts: warn over 10 %; critical at 25 % is our choice")
LOAD = Limits(2, 4, "Netdata load alerts: 2 per core over 15 min, 4 per core over 5 min")
MEMORY = Limits(90, 98, "Netdata ram alerts: over 90 %, over 98 %")
SPACE = Limits(90, 98, "Netdata disk alerts: over 90 %, over 98 %")
INODES = Limits(90, 98, "Netdata disk alerts: over 90 %, over 98 %")
AWAIT = Limits(20, 100, "Zabbix Linux template: warn over 20 ms; critical at 100 ms is our choice")
UTILISATION = Limits(90, 98, "no published default; our choice, as for links")
LINK = Limits(90, 98, "Zabbix interface template: warn over 90 %; critical at 98 % is our choice")
FAULTS = Limits(2, 100, "Zabbix interface template: over 2/s; critical at 100/s is our choice")
CONNTRACK = Limits(90, 95, "Netdata netfilter alerts: over 90 %, over 95 %")
DESCRIPTORS = Limits(90, 95, "as for connection tracking; our choice")
OOM = Limits(1, 1, "Netdata ram alerts: any process killed for want of memory")
UPTIME = Limits(300, 0, "LibreNMS device alerts: restarted less than 300 s ago")
UNITS = Limits(1, 5, "Any failed unit warns; critical from five on is our choice")
HUNG = Limits(1, 1, "A file system that does not answer stops what uses it; our choice")
OFFSET = Limits(50, 1000, "Netdata timex alerts: over 50 ms; critical at 1 s is our choice")
