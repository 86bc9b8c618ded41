"""A camera or recorder, simulated: services, signatures, streams, recordings, events, restarts."""

import asyncio
import base64
import contextlib
import datetime
import hashlib
import re
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from tests.servers.sampler import eventually
from tests.servers.web import Asked, Web, page

USER, PASSWORD = "ops", "s3cret"
INNER = "http://192.168.1.64"
"""What it believes to be its address: it stands behind NAT."""

NONCE = "dcd98b7102dd2f0e8b11d0f600bfb0c093"
DIGEST = f'Digest realm="camera", nonce="{NONCE}", qop="auth", algorithm=MD5'
HANG_UP = b"hang up"
JPEG = b"\xff\xd8\xff\xe0" + bytes(2000) + b"\xff\xd9"

SPACES = {
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tr2": "http://www.onvif.org/ver20/media/wsdl",
    "trc": "http://www.onvif.org/ver10/recording/wsdl",
    "tse": "http://www.onvif.org/ver10/search/wsdl",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
    "tt": "http://www.onvif.org/ver10/schema",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "wsa": "http://www.w3.org/2005/08/addressing",
    "tns1": "http://www.onvif.org/ver10/topics",
}
_PREFIXES = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in SPACES.items())
_SOAP = "http://www.w3.org/2003/05/soap-envelope"


def envelope(inside: str) -> bytes:
    """A SOAP message with that body."""
    head = f'<?xml version="1.0"?><env:Envelope xmlns:env="{_SOAP}" {_PREFIXES}>'
    return f"{head}<env:Body>{inside}</env:Body></env:Envelope>".encode()


def fault(code: str, reason: str) -> bytes:
    """The device's no."""
    return envelope(
        "<env:Fault><env:Code><env:Value>env:Sender</env:Value><env:Subcode>"
        f"<env:Value>ter:{code}</env:Value></env:Subcode></env:Code>"
        f"<env:Reason><env:Text>{reason}</env:Text></env:Reason></env:Fault>"
    )


def utc(at: float, form: str) -> str:
    """A Unix time in words."""
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime(form)


def said(body: bytes, name: str) -> str:
    """The text of an element of a request."""
    found = re.search(rf"<(?:\w+:)?{name}(?: [^>]*)?>([^<]*)<".encode(), body)
    return found[1].decode() if found else ""


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


_PROFILE2 = (
    '<tr2:Profiles token="{0}" fixed="true"><tt:Name>{1}</tt:Name><tr2:Configurations>'
    "<tr2:VideoSource><tt:SourceToken>sensor</tt:SourceToken></tr2:VideoSource>"
    "<tr2:VideoEncoder><tt:Encoding>H265</tt:Encoding><tt:Resolution><tt:Width>{2}</tt:Width>"
    "<tt:Height>{3}</tt:Height></tt:Resolution><tt:RateControl><tt:FrameRateLimit>25"
    "</tt:FrameRateLimit><tt:BitrateLimit>4096</tt:BitrateLimit></tt:RateControl>"
    "</tr2:VideoEncoder></tr2:Configurations></tr2:Profiles>"
)
_SOURCE = (
    "<tt:Source><tt:SourceId>s</tt:SourceId><tt:Name>Gate</tt:Name><tt:Location>north</tt:Location>"
    "<tt:Description>d</tt:Description><tt:Address>a</tt:Address></tt:Source>"
)
_PROFILE1 = (
    '<trt:Profiles token="main"><tt:Name>Main</tt:Name><tt:VideoEncoderConfiguration token="v">'
    "<tt:Name>V</tt:Name><tt:UseCount>1</tt:UseCount>"
    "<tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>704</tt:Width><tt:Height>576"
    "</tt:Height></tt:Resolution><tt:Quality>4</tt:Quality><tt:Multicast><tt:Address><tt:Type>IPv4"
    "</tt:Type></tt:Address><tt:Port>0</tt:Port><tt:TTL>1</tt:TTL><tt:AutoStart>false"
    "</tt:AutoStart></tt:Multicast><tt:SessionTimeout>PT60S</tt:SessionTimeout>"
    "</tt:VideoEncoderConfiguration></trt:Profiles>"
)


@dataclass(slots=True)
class Device:
    """What it is, and what it was asked."""

    web: Web
    ahead: float = 0.0
    """Seconds by which its clock is ahead."""
    mode: str = "Manual"
    digest: bool = False
    """It wants HTTP digest instead of a token."""
    old: bool = False
    """It has no GetServices, and only the first media service."""
    recorder: bool = True
    newest: float | None = 5.0
    """Age of the newest data recorded, seconds; None for none."""
    job: str = "Active"
    failing: bool = False
    picture: bytes = JPEG
    rtsp: int = 0
    """Port of its streams."""
    sulks: int = 0
    """Questions that it hangs up on: it restarts."""
    stubborn: bool = False
    """It says yes to a restart, and stays."""
    operations: list[str] = field(default_factory=list[str])
    signed: int = 0
    streams: list[str] = field(default_factory=list[str])
    watchers: int = 0
    """Connections to its streams that are open."""
    odd: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """Bytes in place of the answer to an operation; `HANG_UP` for none."""
    forbidden: frozenset[str] = frozenset()
    """Operations for which the account has no right."""
    password: str = PASSWORD
    subscriptions: int = 0

    @property
    def url(self) -> str:
        return self.web.url

    @property
    def now(self) -> float:
        return time.time() + self.ahead

    def _let_in(self, asked: Asked) -> bool:
        if self.digest or asked.method == "GET":
            return _proven(asked, asked.headers.get("authorization", ""))
        nonce, created = (said(asked.body, name) for name in ("Nonce", "Created"))
        proof = hashlib.sha1(base64.b64decode(nonce) + created.encode() + self.password.encode())
        fresh = (
            bool(created)
            and abs(datetime.datetime.fromisoformat(created).timestamp() - self.now) < 30
        )
        right = said(asked.body, "Password") == base64.b64encode(proof.digest()).decode()
        return fresh and right and said(asked.body, "Username") == USER

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        """One request."""
        if self.sulks:
            self.sulks -= 1
            writer.transport.abort()
            return
        found = re.search(rb"<s:Body><n:(\w+)", asked.body)
        operation = found[1].decode() if found else "snapshot"
        self.operations.append(operation)
        open_ = operation == "GetSystemDateAndTime"
        if operation in self.forbidden or not (open_ or self._let_in(asked)):
            refusal = fault("NotAuthorized", "Sender not authorized")
            if self.digest or asked.method == "GET":
                writer.write(page(refusal, 401, WWW_Authenticate=DIGEST))
            else:
                writer.write(page(refusal, 400))
            return
        self.signed += operation != "GetSystemDateAndTime"
        if operation == "snapshot":
            writer.write(page(self.picture, Content_Type="image/jpeg"))
        elif self.odd.get(operation) == HANG_UP:
            writer.transport.abort()
        elif operation in self.odd:
            writer.write(page(self.odd[operation]))
        else:
            self._answered(operation, asked, writer)

    def _answered(self, operation: str, asked: Asked, writer: asyncio.StreamWriter) -> None:
        method: Callable[[bytes], str] | None = getattr(self, f"do_{_snake(operation)}", None)
        text = method(asked.body) if method else ""
        if not text:
            writer.write(page(fault("ActionNotSupported", "no such operation"), 500))
        else:
            writer.write(page(envelope(text)))

    def do_get_system_date_and_time(self, _body: bytes) -> str:
        time_ = "".join(f"<tt:{n}>{utc(self.now, f)}</tt:{n}>" for n, f in
                        (("Hour", "%H"), ("Minute", "%M"), ("Second", "%S")))  # fmt: skip
        date = "".join(f"<tt:{n}>{utc(self.now, f)}</tt:{n}>" for n, f in
                       (("Year", "%Y"), ("Month", "%m"), ("Day", "%d")))  # fmt: skip
        return (
            "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>"
            f"<tt:DateTimeType>{self.mode}</tt:DateTimeType><tt:DaylightSavings>false"
            "</tt:DaylightSavings><tt:TimeZone><tt:TZ>CST-8</tt:TZ></tt:TimeZone><tt:UTCDateTime>"
            f"<tt:Time>{time_}</tt:Time><tt:Date>{date}</tt:Date></tt:UTCDateTime>"
            "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )

    def do_set_system_date_and_time(self, body: bytes) -> str:
        numbers = [int(said(body, name)) for name in ("Year", "Month", "Day", "Hour", "Minute",
                                                      "Second")]  # fmt: skip
        year, month, day, hour, minute, second = numbers
        told = datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.UTC)
        assert (said(body, "TZ"), said(body, "DaylightSavings")) == ("CST-8", "false")
        self.ahead = told.timestamp() - time.time()
        return "<tds:SetSystemDateAndTimeResponse/>"

    def do_get_services(self, _body: bytes) -> str:
        if self.old:
            return ""
        names = ["tds", "trt", "tr2", "tev", *(("trc", "tse") if self.recorder else ())]
        inside = "".join(
            f"<tds:Service><tds:Namespace>{SPACES[name]}</tds:Namespace>"
            f"<tds:XAddr>{INNER}/onvif/{name}?x=1</tds:XAddr></tds:Service>" for name in names
        )  # fmt: skip
        return f"<tds:GetServicesResponse>{inside}</tds:GetServicesResponse>"

    def do_get_capabilities(self, _body: bytes) -> str:
        return (
            "<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Media>"
            f"<tt:XAddr>{INNER}:8000/onvif/trt</tt:XAddr></tt:Media></tds:Capabilities>"
            "</tds:GetCapabilitiesResponse>"
        )

    def do_get_device_information(self, _body: bytes) -> str:
        return (
            "<tds:GetDeviceInformationResponse><tds:Manufacturer>Acme</tds:Manufacturer>"
            "<tds:Model>Dome 5</tds:Model><tds:FirmwareVersion>1.2\x1b[31m</tds:FirmwareVersion>"
            "<tds:SerialNumber>SN-7</tds:SerialNumber></tds:GetDeviceInformationResponse>"
        ).replace("\x1b", "&#x202e;")

    def do_get_scopes(self, _body: bytes) -> str:
        base = "onvif://www.onvif.org"
        items = "".join(
            f"<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>{base}/{one}</tt:ScopeItem></tds:Scopes>"
            for one in ("name/Gate%20north", "location/hall", "type/video")
        )
        return f"<tds:GetScopesResponse>{items}</tds:GetScopesResponse>"

    def do_get_profiles(self, _body: bytes) -> str:
        if self.old:
            return f"<trt:GetProfilesResponse>{_PROFILE1}</trt:GetProfilesResponse>"
        two = _PROFILE2.format("main", "Main", 2560, 1440) + _PROFILE2.format(
            "sub", "Sub", 640, 360
        )
        return f"<tr2:GetProfilesResponse>{two}</tr2:GetProfilesResponse>"

    def do_get_stream_uri(self, body: bytes) -> str:
        uri = f"rtsp://admin:pw@192.168.1.64:{self.rtsp}/{said(body, 'ProfileToken')}"
        if self.old:
            return (
                f"<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{uri}</tt:Uri></trt:MediaUri>"
                "</trt:GetStreamUriResponse>"
            )
        return f"<tr2:GetStreamUriResponse><tr2:Uri>{uri}</tr2:Uri></tr2:GetStreamUriResponse>"

    def do_get_snapshot_uri(self, _body: bytes) -> str:
        if self.old:
            return ""
        return (
            f"<tr2:GetSnapshotUriResponse><tr2:Uri>{INNER}/snap.jpg</tr2:Uri>"
            "</tr2:GetSnapshotUriResponse>"
        )

    def do_get_recordings(self, _body: bytes) -> str:
        return (
            "<trc:GetRecordingsResponse><trc:RecordingItem><tt:RecordingToken>r1"
            f"</tt:RecordingToken><tt:Configuration>{_SOURCE}<tt:Content>c</tt:Content>"
            "<tt:MaximumRetentionTime>P30D</tt:MaximumRetentionTime></tt:Configuration><tt:Tracks>"
            "<tt:Track><tt:TrackToken>v</tt:TrackToken><tt:Configuration><tt:TrackType>Video"
            "</tt:TrackType><tt:Description>d</tt:Description></tt:Configuration></tt:Track>"
            "</tt:Tracks></trc:RecordingItem></trc:GetRecordingsResponse>"
        )

    def do_get_recording_information(self, body: bytes) -> str:
        assert said(body, "RecordingToken") == "r1"
        data = ""
        if self.newest is not None:
            at = utc(self.now - self.newest, "%Y-%m-%dT%H:%M:%SZ")
            data = (
                "<tt:EarliestRecording>2026-01-01T00:00:00Z</tt:EarliestRecording>"
                f"<tt:LatestRecording>{at}</tt:LatestRecording>"
            )
        return (
            "<tse:GetRecordingInformationResponse><tse:RecordingInformation><tt:RecordingToken>r1"
            f"</tt:RecordingToken>{_SOURCE}{data}<tt:Content>c</tt:Content><tt:RecordingStatus>"
            "Recording</tt:RecordingStatus></tse:RecordingInformation>"
            "</tse:GetRecordingInformationResponse>"
        )

    def do_get_recording_jobs(self, _body: bytes) -> str:
        return (
            "<trc:GetRecordingJobsResponse><trc:JobItem><tt:JobToken>j1</tt:JobToken>"
            "<tt:JobConfiguration><tt:RecordingToken>r1</tt:RecordingToken>"
            f"<tt:Mode>{self.job}</tt:Mode></tt:JobConfiguration></trc:JobItem>"
            "</trc:GetRecordingJobsResponse>"
        )

    def do_get_recording_job_state(self, _body: bytes) -> str:
        state = "Error" if self.failing else self.job
        return (
            "<trc:GetRecordingJobStateResponse><trc:State><tt:RecordingToken>r1"
            f"</tt:RecordingToken><tt:State>{state}</tt:State></trc:State>"
            "</trc:GetRecordingJobStateResponse>"
        )

    def do_create_pull_point_subscription(self, _body: bytes) -> str:
        self.subscriptions += 1
        return (
            "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa:Address>"
            f"{INNER}/onvif/sub?id=4</wsa:Address></tev:SubscriptionReference>"
            "</tev:CreatePullPointSubscriptionResponse>"
        )

    def do_pull_messages(self, _body: bytes) -> str:
        first = self.operations.count("PullMessages") % 2
        states = (
            ("Device/HardwareFailure/StorageFailure", "disk1", "Failed", "true"),
            ("VideoSource/MotionAlarm", "sensor", "State", "false"),
        )
        messages = "".join(
            '<wsnt:NotificationMessage><wsnt:Topic Dialect="x">'
            f'tns1:{topic}</wsnt:Topic><wsnt:Message><tt:Message UtcTime="2026-11-29T10:00:00Z"'
            f' PropertyOperation="Initialized"><tt:Source><tt:SimpleItem Name="Token"'
            f' Value="{source}"/></tt:Source><tt:Data><tt:SimpleItem Name="{name}"'
            f' Value="{value}"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>'
            for topic, source, name, value in states
        )
        return f"<tev:PullMessagesResponse>{messages if first else ''}</tev:PullMessagesResponse>"

    def do_unsubscribe(self, _body: bytes) -> str:
        self.subscriptions -= 1
        return "<wsnt:UnsubscribeResponse/>"

    def do_system_reboot(self, _body: bytes) -> str:
        self.sulks = 0 if self.stubborn else 3
        message = "<tds:Message>in 30 s</tds:Message>"
        return f"<tds:SystemRebootResponse>{message}</tds:SystemRebootResponse>"

    async def stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers for streams over RTSP: without a password for OPTIONS alone."""
        self.watchers += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.streams.append(head)
                status, more = "200 OK", ""
                method, uri, _ = head.partition("\r\n")[0].split(" ")
                proof = re.search(r"Authorization: (.*)\r", head)
                asked = Asked(method, uri, {}, b"")
                if method == "DESCRIBE" and not _proven(asked, proof[1] if proof else ""):
                    status, more = "401 Unauthorized", f"WWW-Authenticate: {DIGEST}\r\n"
                elif method == "DESCRIBE" and uri.endswith("/sub"):
                    status = "404 Not Found"
                body = "v=0\r\n" if method == "DESCRIBE" and status[0] == "2" else ""
                length = f"Content-Length: {len(body)}\r\n"
                writer.write(f"RTSP/1.0 {status}\r\nCSeq: 1\r\n{more}{length}\r\n{body}".encode())
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        self.watchers -= 1


def _proven(asked: Asked, header: str) -> bool:
    """Whether it is the digest of our password for this request (RFC 7616)."""
    fields = {key: quoted or plain for key, quoted, plain in
              re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', header)}  # fmt: skip

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    if fields.get("uri") != asked.path:
        return False
    who, what = md5(f"{USER}:camera:{PASSWORD}"), md5(f"{asked.method}:{asked.path}")
    words = (who, NONCE, fields.get("nc", ""), fields.get("cnonce", ""), "auth", what)
    return fields.get("response") == md5(":".join(words))


PATHS = ("/onvif/device_service", "/snap.jpg", "/onvif/sub",
         *(f"/onvif/{name}" for name in SPACES))  # fmt: skip


@contextlib.asynccontextmanager
async def device() -> AsyncGenerator[Device, None]:
    """A device within the context, with its streams."""
    web = Web()
    made = Device(web)
    web.routes |= dict.fromkeys(PATHS, made.answer)
    await web.start()
    streams = await asyncio.start_server(made.stream, "127.0.0.1", 0)
    made.rtsp = streams.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        streams.close()
        await eventually(lambda: not made.watchers)
        await web.stop()
