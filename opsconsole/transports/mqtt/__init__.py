"""Devices that publish to an MQTT broker: one connection to the broker for each target.

paho-mqtt is imported when the first target is opened: the console itself never pays for it.
"""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.http import SETTINGS as OF_HTTP
from opsconsole.transports.pooled import Pool, PooledTransport

SHARED = ("user", "password", "ca", "cert", "key", "insecure")
"""What means the same over HTTP."""

SETTINGS = (
    Setting("address", Kind.TEXT, "host name or address; the target's name unless it is given"),
    Setting("port", Kind.WHOLE, "1883, or 8883 with TLS, unless it is given", low=1, high=65535),
    Setting("map", Kind.PATH, "a file that says which topic is what", required=True),
    *(setting for setting in OF_HTTP if setting.key in SHARED),
    Setting("tls", Kind.FLAG, "true encrypts; so do `ca`, `cert` and `insecure`"),
    Setting(
        "client_id",
        Kind.TEXT,
        "begins the name under which the broker knows this console",
        "1 to 40 letters, digits, - and _",
        r"[A-Za-z0-9_-]{1,40}",
    ),
)


class MqttTransport(PooledTransport):
    """Listens to the topics of a map; see `question.Mapped`.

    A call is `READ POINT`, which tells it as JSON, or `WRITE POINT VALUE`, which publishes the
    command that the map has for it: a number in the unit that is shown, within the clamp, or a
    word. Its status is 0 when the broker took it, or the broker's reason code.
    """

    name = "mqtt"
    refusal = "MQTT is none"
    library = "paho-mqtt"
    remedy = "pip install 'opsconsole[mqtt]'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.mqtt.pool import Pool as Targets

        return Targets()


TRANSPORT = MqttTransport
