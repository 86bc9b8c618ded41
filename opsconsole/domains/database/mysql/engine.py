"""Inside InnoDB and Galera: buffer pool, row locks, history and log; state within the cluster."""

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.column import column, course
from opsconsole.domains.database.mysql import limit
from opsconsole.domains.database.mysql.asking import number
from opsconsole.domains.database.mysql.health import Reading, read
from opsconsole.domains.database.mysql.rate import grown, percent, rate
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe

_POOL = "Innodb_buffer_pool"


def innodb_rows(now: Reading, before: Reading | None) -> list[Row]:
    """The only row."""
    moment, was = now.moment, before.moment if before else None
    pages = moment.get("innodb_buffer_pool_pages_total")
    free = moment.get("innodb_buffer_pool_pages_free")
    size = number(now.variables, "innodb_page_size")
    waits, waited = (grown(moment, was, f"innodb_row_lock_{name}") for name in ("waits", "time"))
    return [
        (
            pages * size if pages is not None and size is not None else None,
            percent(pages - free, pages) if pages is not None and free is not None else None,
            percent(moment.get("innodb_buffer_pool_pages_dirty"), pages),
            rate(moment, was, "innodb_buffer_pool_read_requests"),
            rate(moment, was, "innodb_buffer_pool_reads"),
            rate(moment, was, "innodb_buffer_pool_wait_free"),
            moment.get("innodb_history_list_length"),
            moment.get("innodb_row_lock_current_waits"),
            rate(moment, was, "innodb_row_lock_waits"),
            waited / waits if waits and waited is not None else None,
            rate(moment, was, "innodb_data_read"),
            rate(moment, was, "innodb_data_written"),
            rate(moment, was, "innodb_os_log_written"),
            rate(moment, was, "innodb_data_fsyncs"),
            rate(moment, was, "innodb_log_waits"),
            percent(moment.get("innodb_checkpoint_age"), moment.get("innodb_checkpoint_max_age")),
            now.transactions.open if now.transactions else None,
        )
    ]


def galera_rows(now: Reading, before: Reading | None) -> list[Row]:
    """One row on a node of a cluster, none elsewhere."""
    moment, was = now.moment, before.moment if before else None
    values = moment.values
    if "wsrep_local_state_comment" not in values:  # no provider is loaded
        return []
    paused = rate(moment, was, "wsrep_flow_control_paused_ns")
    return [
        (
            _said(values.get("wsrep_cluster_status")),
            _said(values.get("wsrep_local_state_comment")),
            moment.get("wsrep_cluster_size"),
            _said(values.get("wsrep_ready")),
            _said(values.get("wsrep_connected")),
            min(100.0, paused / 1e7) if paused is not None else None,
            moment.get("wsrep_local_recv_queue"),
            moment.get("wsrep_local_send_queue"),
            grown(moment, was, "wsrep_local_cert_failures"),
            grown(moment, was, "wsrep_local_bf_aborts"),
            moment.get("wsrep_cluster_conf_id"),
        )
    ]


def _said(value: str | None) -> Clean | None:
    return None if value is None else clean(value.lower(), 40)


INNODB = Probe(
    "mysql.innodb",
    "InnoDB",
    "health",
    (
        column("pool_bytes", "POOL", f"{_POOL}_pages_total", Quantity.BYTES),
        course("pool_used_percent", "POOL %", f"{_POOL}_pages_free", Quantity.PERCENT),
        course("pool_dirty_percent", "DIRTY %", f"{_POOL}_pages_dirty", Quantity.PERCENT),
        course("page_requests_per_s", "REQUESTS/S", f"{_POOL}_read_requests", Quantity.PER_S),
        course("page_reads_per_s", "READS/S", f"{_POOL}_reads: from disk", Quantity.PER_S),
        course("page_waits_per_s", "NO FREE/S", f"{_POOL}_wait_free", Quantity.PER_S),
        course("history", "HISTORY", "Innodb_history_list_length, innodb_metrics"
               " trx_rseg_history_len", Quantity.COUNT, limit.HISTORY),
        column("lock_waits", "LOCK WAITS", "Innodb_row_lock_current_waits", Quantity.COUNT),
        course("lock_waits_per_s", "WAITS/S", "Innodb_row_lock_waits", Quantity.PER_S),
        course("lock_wait_ms", "WAIT", "Innodb_row_lock_time per wait", Quantity.MILLISECONDS),
        course("read_bytes_per_s", "READ/S", "Innodb_data_read", Quantity.BYTES_PER_S),
        course("written_bytes_per_s", "WRITE/S", "Innodb_data_written", Quantity.BYTES_PER_S),
        course("log_bytes_per_s", "LOG/S", "Innodb_os_log_written", Quantity.BYTES_PER_S),
        course("fsyncs_per_s", "FSYNC/S", "Innodb_data_fsyncs", Quantity.PER_S),
        course("log_waits_per_s", "LOG WAIT/S", "Innodb_log_waits", Quantity.PER_S),
        course("checkpoint_percent", "CKPT AGE", "Innodb_checkpoint_age of _max_age (MariaDB)",
               Quantity.PERCENT),
        column("transactions", "OPEN TX", "information_schema.innodb_trx", Quantity.COUNT),
    ),
    (),
    read,
    innodb_rows,
)  # fmt: skip

GALERA = Probe(
    "mysql.galera",
    "Galera",
    "health",
    (
        column("cluster", "CLUSTER", "wsrep_cluster_status", Quantity.STATE),
        column("state", "STATE", "wsrep_local_state_comment", Quantity.STATE),
        course("size", "NODES", "wsrep_cluster_size", Quantity.COUNT),
        column("ready", "READY", "wsrep_ready", Quantity.STATE),
        column("connected", "CONNECTED", "wsrep_connected", Quantity.STATE),
        course("flow_paused_percent", "PAUSED", "wsrep_flow_control_paused_ns", Quantity.PERCENT,
               limit.FLOW),
        course("receive_queue", "RECV QUEUE", "wsrep_local_recv_queue", Quantity.COUNT),
        course("send_queue", "SEND QUEUE", "wsrep_local_send_queue", Quantity.COUNT),
        column("conflicts", "CONFLICTS", "wsrep_local_cert_failures, since the answer before",
               Quantity.COUNT),
        column("aborts", "ABORTS", "wsrep_local_bf_aborts, since the answer before",
               Quantity.COUNT),
        column("configuration", "CONF", "wsrep_cluster_conf_id", Quantity.COUNT),
    ),
    (),
    read,
    galera_rows,
    on_demand=False,
)  # fmt: skip

PROBES = (INNODB, GALERA)
