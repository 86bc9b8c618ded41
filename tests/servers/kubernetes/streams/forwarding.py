"""Port-forward: what is sent to a port comes back; port 9 is one where nobody listens."""

import struct

from aiohttp import WSMsgType, web

from tests.servers.kubernetes import reads
from tests.servers.kubernetes.asking import Ask
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.refusal import bad_request, inside
from tests.servers.kubernetes.streams.channel import V4, V5, opened

CLOSED = 9


async def run(cluster: Cluster, ask: Ask) -> web.StreamResponse:
    """A data and an error channel for each port of the query, in its order."""
    pod = reads.find(cluster, ask).obj
    told = ",".join(ask.request.query.getall("ports", []))
    ports = [int(each) for each in told.split(",") if each.isdigit()]
    if not ports or not all(0 < port < 65_536 for port in ports):
        raise bad_request('query parameter "ports" is required')
    phase = inside(pod, "status").get("phase")
    if phase != "Running":
        raise bad_request(
            f"unable to forward port because pod is not running. Current status={phase}"
        )
    socket = await opened(ask, V5, V4)
    for at, port in enumerate(ports):
        for channel in (2 * at, 2 * at + 1):
            await socket.send_bytes(bytes([channel]) + struct.pack("<H", port))
        if port == CLOSED:
            text = (
                f"error forwarding port {port} to pod {ask.name}, uid : failed to execute"
                f" portforward: dial tcp4 127.0.0.1:{port}: connect: connection refused"
            )
            await socket.send_bytes(bytes([2 * at + 1]) + text.encode())
    async for message in socket:
        if message.type is WSMsgType.BINARY and message.data:
            channel, data = message.data[0], bytes(message.data[1:])
            open_ = channel % 2 == 0 and channel // 2 < len(ports)
            if open_ and ports[channel // 2] != CLOSED and data:
                await socket.send_bytes(bytes([channel]) + data)
    return socket
