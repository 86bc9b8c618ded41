"""Where figures of Oracle databases turn bad, and who says so; columns and rules share them."""

from opsconsole.model import Limits

CONNECTIONS = Limits(80, 85, "Zabbix oracle: sessions and processes 80-85 %")
LONG_WAITS = Limits(
    4, 20, "Zabbix oracle: more than 3 sessions wait over 600 s; 20 are everybody's"
)
MAXIMUM = Limits(80, 90, "Zabbix oracle: a tablespace against its autoextend maximum 80/90 %")
USED = Limits(90, 95, "Zabbix oracle: a tablespace against its size 90/95 %")
ASM = Limits(90, 95, "Zabbix oracle: ASM disk group 90/95 %")
REDO = Limits(2, 1, "Zabbix oracle: fewer than 3 redo groups; with one less it cannot run")
EXPIRY = Limits(604800, 0, "Zabbix oracle: a password expires within 7 days; then it is too late")
SHARED_POOL = Limits(5, 2, "awesome-prometheus-alerts, Zabbix oracle: shared pool free < 5 %")
RECOVERY = Limits(85, 97, "Oracle's own alerts: 15 % and 3 % of the recovery area reclaimable")
WAITING = Limits(1, 20, "one session that waits is somebody's; twenty are everybody's")
TRANSACTION = Limits(1800, 14400, "half an hour, four hours: undo grows as long as it is open")
