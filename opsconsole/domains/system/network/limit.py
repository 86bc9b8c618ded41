"""Where values of a network device become a warning and where critical, each with its source."""

from opsconsole.model import Limits

LINK = Limits(90, 98, "Zabbix interface template: warn over 90 %; critical at 98 % is our choice")
FAULTS = Limits(2, 100, "Zabbix interface template: over 2/s; critical at 100/s is our choice")
UPTIME = Limits(300, 0, "LibreNMS device alerts: restarted less than 300 s ago")
CPU = Limits(85, 95, "Netdata cpu alerts: 10 min average over 85 %, over 95 %")
MEMORY = Limits(90, 98, "Netdata ram alerts: over 90 %, over 98 %")
