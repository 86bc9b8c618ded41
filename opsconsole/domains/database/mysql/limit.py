"""Where figures of MySQL and MariaDB turn bad, and who says so; columns and rules share them."""

from opsconsole.model import Limits

CONNECTIONS = Limits(70, 90, "Netdata mysql: connections 70/90 %")
SLOW = Limits(1, 2, "Netdata mysql: 10 and 20 slow queries within 10 s")
LAG = Limits(10, 30, "Netdata mysql: replication lag 10/30 s; set it per cluster")
HISTORY = Limits(50_000, 1_000_000, "awesome-prometheus-alerts: history list 50 000; 20 times that")
WAITING = Limits(1, 20, "one session that waits is somebody's; twenty are everybody's")
TRANSACTION = Limits(1800, 14400, "half an hour, four hours: undo grows as long as it is open")
CACHE = Limits(95, 80, "most reads should find their page: 95/80 %, of 1000 or more")
FLOW = Limits(10, 50, "share of time that the cluster waits for this node")
