"""System operations: a fleet of hosts, and the panes of one host."""

from opsconsole.spec import Board, Domain, Pane, Series, View

_V = "host.vitals"

DOMAIN = Domain(
    id="system",
    title="System",
    key="s",
    order=2,
    kinds=("host",),
    overview=Pane(
        id="system.fleet",
        title="Hosts",
        probes=("host.vitals", "host.health"),
        view=View.FLEET,
        columns=(
            "cpu_percent",
            "load_per_core",
            "memory_used_percent",
            "swap_used_percent",
            "iowait_percent",
            "filesystem_used_percent",
            "disk_utilisation_percent",
            "receive_bits_per_s",
            "transmit_bits_per_s",
            "failed_units",
            "uptime_s",
        ),
        trends=("cpu_percent", "memory_used_percent"),
    ),
    detail=(
        Pane(
            id="system.vitals",
            title="Vitals",
            probes=(_V,),
            view=View.GAUGES,
            columns=(
                "cpu_percent",
                "memory_used_percent",
                "swap_used_percent",
                "iowait_percent",
                "steal_percent",
                "cpu_pressure_percent",
                "memory_pressure_percent",
                "io_pressure_percent",
            ),
        ),
        Pane(
            id="system.cpu-history",
            title="CPU",
            probes=(_V,),
            view=View.PLOTS,
            series=(Series("CPU", _V, ("cpu_percent", "iowait_percent", "steal_percent"), 100),),
        ),
        Pane(
            id="system.memory-history",
            title="Memory",
            probes=(_V,),
            view=View.PLOTS,
            series=(Series("Memory", _V, ("memory_used_percent", "swap_used_percent"), 100),),
        ),
        Pane(
            id="system.network-history",
            title="Network",
            probes=(_V,),
            view=View.PLOTS,
            series=(Series("Network", _V, ("receive_bits_per_s", "transmit_bits_per_s")),),
        ),
        Pane(
            id="system.disk-history",
            title="Disk",
            probes=(_V,),
            view=View.PLOTS,
            series=(Series("Disk", _V, ("read_bytes_per_s", "write_bytes_per_s")),),
        ),
        Pane(
            id="system.processes", title="Processes", probes=("host.process",), sort="-cpu_percent"
        ),
        Pane(id="system.cores", title="Cores", probes=("host.cpu",), view=View.METERS),
        Pane(id="system.filesystems", title="Filesystems", probes=("host.filesystem",)),
        Pane(id="system.disks", title="Disks", probes=("host.disk",)),
        Pane(id="system.interfaces", title="Interfaces", probes=("host.interface",)),
        Pane(id="system.pressure", title="Pressure", probes=("host.pressure",)),
        Pane(id="system.memory", title="Memory detail", probes=("host.memory",), view=View.FACTS),
        Pane(id="system.units", title="Failed units", probes=("host.unit",)),
        Pane(id="system.clock", title="Clock", probes=("host.clock",), view=View.FACTS),
        Pane(id="system.identity", title="Identity", probes=("host.identity",), view=View.FACTS),
    ),
    boards=(
        Board(0, 0, (("4", "vitals"), ("1fr", "*"))),
        Board(
            100,
            30,
            (
                ("4", "vitals vitals"),
                ("7", "cpu-history memory-history"),
                ("7", "network-history disk-history"),
                ("1fr", "processes *"),
            ),
        ),
        Board(
            150,
            44,
            (
                ("4", "vitals vitals vitals vitals"),
                ("10", "cpu-history memory-history network-history disk-history"),
                ("1fr", "processes processes filesystems interfaces"),
                ("1fr", "processes processes disks pressure"),
                ("8", "cores cores units *"),
            ),
        ),
        Board(
            300,
            80,
            (
                ("4", "vitals vitals vitals vitals vitals vitals"),
                ("18", "cpu-history cpu-history memory-history memory-history identity identity"),
                ("18", "network-history network-history disk-history disk-history memory clock"),
                ("1fr", "processes processes processes cores filesystems filesystems"),
                ("1fr", "processes processes processes cores disks disks"),
                ("1fr", "processes processes processes pressure interfaces interfaces"),
                ("8", "processes processes processes pressure units units"),
            ),
        ),
    ),
)
