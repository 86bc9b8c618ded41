"""Where figures of ProxySQL turn bad, and who says so; columns and rules share them."""

from opsconsole.model import Limits

CONNECTIONS = Limits(80, 90, "as PgBouncer's: clients of mysql-max_connections 80/90 %")
SERVER = Limits(80, 95, "ours: at max_connections of a server its statements wait, then fail")
ERRORS = Limits(5, 50, "ours: one of twenty connections to a server fails; every second one")
SLOW = Limits(1, 2, "as MySQL's, Netdata mysql: 10 and 20 slow queries within 10 s")
