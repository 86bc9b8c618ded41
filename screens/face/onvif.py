"""Cameras and recorders: clocks, streams, what is recorded, what they tell of themselves."""

from opsconsole.spec import Board, Face, Pane, Series, View

FACE = Face(
    kind="onvif",
    overview=Pane(
        id="lowvoltage.onvif",
        title="Cameras",
        probes=("onvif.clock", "onvif.device", "onvif.picture", "onvif.storage"),
        view=View.FLEET,
        columns=(
            "state", "recording", "gap_s", "snapshot", "streams", "dead", "drift_s", "clock", "why",
            "name", "location", "vendor", "model", "firmware", "serial", "profiles",
            "snapshot_bytes", "taken_at",
        ),
        trends=("drift_s",),
    ),
    detail=(
        Pane(
            id="lowvoltage.onvif-profiles",
            title="Profiles and streams",
            probes=("onvif.profile",),
            columns=(
                "name", "stream", "encoder", "resolution", "frames_per_s", "kbit_per_s", "took_ms",
                "uri", "source", "told_host",
            ),
        ),
        Pane(
            id="lowvoltage.onvif-recordings",
            title="Recordings",
            probes=("onvif.recording",),
            columns=(
                "name", "job", "state", "gap_s", "newest_at", "oldest_at", "status", "location",
                "tracks", "refused",
            ),
            sort="-gap_s",
        ),
        Pane(
            id="lowvoltage.onvif-events",
            title="States by events",
            probes=("onvif.event",),
            columns=("about", "state", "source", "says", "at", "topic"),
            sort="state",
        ),
        Pane(
            id="lowvoltage.onvif-drift",
            title="Clock and snapshot",
            probes=("onvif.clock", "onvif.picture"),
            view=View.PLOTS,
            series=(
                Series("Drift, s", "onvif.clock", ("drift_s",)),
                Series("Snapshot, bytes", "onvif.picture", ("snapshot_bytes",)),
            ),
        ),
    ),
    headline=(("onvif.device", "model"), ("onvif.clock", "clock"), ("onvif.picture", "snapshot")),
    boards=(
        Board(0, 0, (("1fr", "onvif-profiles"), ("1fr", "onvif-recordings"),
                     ("1fr", "*"))),
        Board(120, 34, (("1fr", "onvif-profiles onvif-recordings"),
                        ("1fr", "onvif-events onvif-drift"))),
    ),
)  # fmt: skip
