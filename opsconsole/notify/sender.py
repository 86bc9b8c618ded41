"""Sends a message where a channel says: to a webhook, or to whatever apprise knows."""

import asyncio
import contextlib
import hashlib
import hmac
import os
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from uuid import uuid4

import msgspec

from opsconsole.channel import Channel
from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Denied, Malformed, Unreachable, Unsupported, Untrusted
from opsconsole.notify.courier import Errand, Report
from opsconsole.notify.digest import Message
from opsconsole.notify.wording import body, text, title
from opsconsole.secret import mask

SIGNATURE = "X-Opsconsole-Signature"
DELIVERY = "X-Opsconsole-Delivery"

PATIENCE = 20.0
"""Seconds until a message counts as not received."""

SAID = 200
"""Characters of what came back."""

Send = Callable[[Channel, Message], Awaitable[str]]


async def send(channel: Channel, message: Message) -> str:
    """Send it once; returns what came back. Raises a `TargetError` unless it was received."""
    try:
        async with asyncio.timeout(PATIENCE):
            if channel.webhook:
                return await _post(channel, body(message, channel.name, time.time()))
            return await _apprise(channel, message)
    except TimeoutError:
        raise Unreachable(f"{channel.name}: no answer within {PATIENCE:g} s") from None


def signed(key: str, sent: int, content: bytes) -> str:
    """The header that proves who sent it, and when: HMAC-SHA256 of `TIME.BODY`."""
    mac = hmac.new(key.encode(), b"%d." % sent + content, hashlib.sha256)
    return f"t={sent},v1={mac.hexdigest()}"


async def _post(channel: Channel, content: bytes) -> str:
    import aiohttp  # only who has a webhook pays for it

    headers = {"Content-Type": "application/json", DELIVERY: uuid4().hex}
    if channel.signature is not None:
        key = await channel.signature.reveal()
        headers[SIGNATURE] = signed(key, int(time.time()), content)
    if channel.token is not None:
        headers["Authorization"] = f"Bearer {_one_line(channel, await channel.token.reveal())}"
    tls = await asyncio.to_thread(_tls, channel) if channel.ca else True
    try:
        async with (
            aiohttp.ClientSession(headers={"User-Agent": "opsconsole"}) as session,
            session.post(
                channel.webhook, data=content, headers=headers, ssl=tls, allow_redirects=False
            ) as response,
        ):
            said = mask(clean_bytes(await response.content.read(4 * SAID), SAID))
            status = response.status
    except ssl.SSLError as error:
        raise _untrusted(channel, error) from None
    except aiohttp.ClientConnectorCertificateError as error:
        raise _untrusted(channel, error) from None
    except aiohttp.ClientConnectorError as error:
        number = error.os_error.errno
        why = os.strerror(number) if number else "its name is not known"
        raise Unreachable(f"{channel.name}: {why}", "does it run, and listen there?") from None
    except (aiohttp.ClientError, OSError) as error:
        why = mask(clean(str(error) or type(error).__name__, SAID))
        raise Unreachable(f"{channel.name}: {why}", "does it run, and listen there?") from None
    answer = f"status {status}{f', saying: {said}' if said else ''}"
    if 200 <= status < 300:
        return answer
    if status in {401, 403}:
        raise Denied(f"{channel.name}: {answer}", "are `token` and `signature` right?")
    raise Malformed(f"{channel.name}: {answer}", "is `webhook` the right address?")


def _untrusted(channel: Channel, error: Exception) -> Untrusted:
    why = mask(clean(str(error), SAID))
    return Untrusted(f"{channel.name}: {why}", 'name the authority\'s certificate: ca = "PATH"')


def _tls(channel: Channel) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=channel.ca)
    except (OSError, ssl.SSLError) as error:
        what = f"{channel.name}: ca {channel.ca}: {error.strerror or error}"
        raise Unsupported(what, "name a file in PEM form") from error


def _one_line(channel: Channel, token: str) -> str:
    if token.isascii() and token.isprintable():
        return token
    raise Unsupported(f"{channel.name}: its token has characters that no header may have")


async def _apprise(channel: Channel, message: Message) -> str:
    if find_spec("apprise") is None:
        what = f"{channel.name}: apprise is not installed"
        raise Unsupported(what, "pip install 'opsconsole[notify]'")
    assert channel.url is not None
    errand = Errand(await channel.url.reveal(), title(message), text(message), not message.open)
    report = await _courier(channel, msgspec.json.encode(errand))
    said = mask(clean(report.said, SAID))
    if not report.known:
        raise Unsupported(f"{channel.name}: apprise knows no such URL", "see the services it lists")
    if not report.received:
        raise Unreachable(f"{channel.name}: not received{f', saying: {said}' if said else ''}")
    return "received"


async def _courier(channel: Channel, errand: bytes) -> Report:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "opsconsole.notify.courier"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        out, _ = await process.communicate(errand)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    try:
        return msgspec.json.decode(out, type=Report)
    except msgspec.DecodeError:
        what = f"{channel.name}: apprise broke: status {process.returncode}"
        raise Unsupported(what, "pip install 'opsconsole[notify]'") from None
