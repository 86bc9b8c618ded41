"""Cameras and recorders by ONVIF: what they are, their streams, what they record, their clocks."""

from opsconsole.domains.lowvoltage.onvif import device, event, media, recording
from opsconsole.domains.lowvoltage.onvif.action import ACTIONS
from opsconsole.domains.lowvoltage.onvif.rule import RULES
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml; switch ONVIF on in the device, with an account of its own (Operator; actions need
# Administrator)
[target.camera-gate]
kind = "onvif"
url = "http://10.30.0.21"        # with a path where its device service is elsewhere
user = "ops"
password = { file = "~/.secrets/cameras" }
"""

INTEGRATION = Integration(
    kind="onvif",
    title="Cameras",
    exchanges=(
        Exchange("clock", every=24, timeout=15, compared=False),
        Exchange("device", every=300, timeout=60, compared=False),
        Exchange("media", every=300, timeout=240, compared=False),
        Exchange("recording", every=60, timeout=55, compared=False),
        Exchange("event", every=60, timeout=30, compared=False),
    ),
    probes=(
        device.CLOCKS,
        device.DEVICE,
        media.PICTURE,
        media.PROFILE,
        recording.STORAGE,
        recording.RECORDING,
        event.EVENT,
    ),
    setup=_SETUP,
    rules=RULES,
    actions=ACTIONS,
    questions={
        "clock": device.OFTEN,
        "device": device.QUESTIONS,
        "media": media.QUESTIONS,
        "recording": recording.QUESTIONS,
        "event": event.QUESTIONS,
    },
    transports=("onvif",),
)
