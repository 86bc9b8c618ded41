"""Databases and what stands beside them: servers of every make in one list, each with its panes."""

from opsconsole.spec import Domain
from screens.face import (
    mysql,
    oracle,
    patroni,
    pgbackrest,
    pgbouncer,
    postgres,
    proxysql,
    rabbitmq,
    redis,
    sentinel,
)

DOMAIN = Domain(
    id="database",
    title="Database",
    key="b",
    order=6,
    noun="Databases",
    faces=(
        postgres.FACE,
        pgbouncer.FACE,
        pgbackrest.FACE,
        patroni.FACE,
        mysql.FACE,
        proxysql.FACE,
        oracle.FACE,
        redis.FACE,
        sentinel.FACE,
        rabbitmq.FACE,
    ),
)
