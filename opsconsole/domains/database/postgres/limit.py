"""Where a value of PostgreSQL turns bad, and who says so."""

from opsconsole.model import Limits

CONNECTIONS = Limits(80, 90, "Netdata postgres: connections 80/90 %; Zabbix 90 %")
CACHE = Limits(60, 50, "Netdata postgres: cache hit ratio below 60/50 %")
XID = Limits(80, 90, "Netdata postgres: transaction id exhaustion 90 %")
LOCKS = Limits(20, 50, "Netdata postgres: locks acquired, 20 % of what there is room for")
LAG = Limits(30, 600, "awesome-prometheus-alerts: replication lag 30 s; Zabbix: 10 min")
TRANSACTION = Limits(1800, 14400, "ours: nothing that is younger can be vacuumed away meanwhile")
BLOAT = Limits(70, 80, "Netdata postgres: bloat of tables over 100 MB, 70/80 %")
ROLLBACK = Limits(2, 20, "Netdata postgres: rollbacks 2 % of transactions")
DEADLOCKS = Limits(10, 100, "Netdata postgres: more than 10 deadlocks a minute")
REQUESTED = Limits(5, 20, "awesome-prometheus-alerts: requested checkpoints, per hour of ours")
VACUUM = Limits(7 * 86400, 30 * 86400, "Netdata postgres: no vacuum for 7 days")
FAILED = Limits(1, 10, "ours: WAL that is not archived fills the disk, and no backup reaches it")
RETAINED = Limits(10 << 30, 100 << 30, "ours: WAL that a slot keeps fills the disk")
WAITING = Limits(1, 20, "ours: sessions that wait for a lock of another one")
SLOW = "awesome-prometheus-alerts: more than 5 queries of more than 30 s"
