"""A management controller, simulated: documents, sessions, versions, resets, as a real one has."""

import asyncio
import contextlib
import copy
import json
from collections.abc import AsyncGenerator
from typing import Any

from tests.servers.web import Asked, Web, page

USER, PASSWORD = "ops", "s3cret"
TOKEN = "token-of-ops"
SYSTEM = "/redfish/v1/Systems/437XR1138R2"
CHASSIS = "/redfish/v1/Chassis/1U"
MANAGER = "/redfish/v1/Managers/BMC"
RESET = f"{SYSTEM}/Actions/ComputerSystem.Reset"
INFO = f"{SYSTEM}/ResetActionInfo"
OK = {"State": "Enabled", "Health": "OK"}
Tree = dict[str, dict[str, Any]]


def link(path: str) -> dict[str, str]:
    return {"@odata.id": path}


def listed(*paths: str) -> dict[str, Any]:
    return {"Members": [link(path) for path in paths], "Members@odata.count": len(paths)}


def _root() -> Tree:
    return {
        "/redfish/v1/": {
            "Systems": link("/redfish/v1/Systems"),
            "Chassis": link("/redfish/v1/Chassis"),
            "Managers": link("/redfish/v1/Managers"),
            "Links": {"Sessions": link("/redfish/v1/SessionService/Sessions")},
        },
        "/redfish/v1/Systems": listed(SYSTEM),
        "/redfish/v1/Chassis": listed(CHASSIS),
        "/redfish/v1/Managers": listed(MANAGER),
    }


def _machine() -> Tree:
    return {
        SYSTEM: {
            "@odata.etag": 'W/"1"', "Name": "WebFrontEnd483", "HostName": "web483",
            "Manufacturer": "Contoso", "Model": "3500", "SerialNumber": "437XR1138R2",
            "PowerState": "On", "BiosVersion": "P79 v1.45", "LocationIndicatorActive": False,
            "LastResetTime": "2026-03-13T04:14:33+06:00", "Status": OK | {"HealthRollup": "OK"},
            "BootProgress": {"LastState": "OSRunning"},
            "ProcessorSummary": {"Count": 2, "Model": "Multi-Core", "Status": OK},
            "MemorySummary": {"TotalSystemMemoryGiB": 96, "Status": OK},
            "Boot": {
                "BootSourceOverrideEnabled": "Disabled", "BootSourceOverrideTarget": "None",
                "BootSourceOverrideTarget@Redfish.AllowableValues": ["None", "Pxe", "Hdd"],
            },
            "Actions": {
                "#ComputerSystem.Reset": {"target": RESET, "@Redfish.ActionInfo": INFO}
            },
            "Storage": link(f"{SYSTEM}/Storage"),
            "LogServices": link(f"{SYSTEM}/LogServices"),
        },
        INFO: {"Parameters": [{
            "Name": "ResetType",
            "AllowableValues": ["On", "ForceOff", "GracefulShutdown", "GracefulRestart",
                                "ForceRestart"],
        }]},
        MANAGER: {
            "Name": "Manager", "ManagerType": "BMC", "FirmwareVersion": "1.45.455b66-rev4",
            "DateTime": "2026-03-13T04:14:33+06:00", "Status": OK,
            "LastResetTime": "2026-01-01T00:00:00Z",
            "Actions": {"#Manager.Reset": {
                "target": f"{MANAGER}/Actions/Manager.Reset",
                "ResetType@Redfish.AllowableValues": ["ForceRestart"],
            }},
        },
    }  # fmt: skip


_FANS = f"{CHASSIS}/ThermalSubsystem/Fans"
_SUPPLIES = f"{CHASSIS}/PowerSubsystem/PowerSupplies"
_STORAGE, _LOGS = f"{SYSTEM}/Storage", f"{SYSTEM}/LogServices"
_INLET = f"{CHASSIS}/Sensors/AmbientTemp"


def _chassis() -> Tree:
    return {
        CHASSIS: {
            "Name": "Rack server", "ChassisType": "RackMount", "PowerState": "On", "Status": OK,
            "SerialNumber": "437XR1138R2", "LocationIndicatorActive": True,
            "ThermalSubsystem": link(f"{CHASSIS}/ThermalSubsystem"),
            "PowerSubsystem": link(f"{CHASSIS}/PowerSubsystem"),
            "Sensors": link(f"{CHASSIS}/Sensors"),
            "EnvironmentMetrics": link(f"{CHASSIS}/EnvironmentMetrics"),
            "Thermal": link(f"{CHASSIS}/Thermal"),
        },
        f"{CHASSIS}/Thermal": {"Temperatures": [{"Name": "old", "ReadingCelsius": 99}]},
        f"{CHASSIS}/ThermalSubsystem": {
            "Fans": link(_FANS),
            "ThermalMetrics": link(f"{CHASSIS}/ThermalSubsystem/ThermalMetrics"),
        },
        _FANS: listed(f"{_FANS}/Bay1", f"{_FANS}/Bay2"),
        f"{_FANS}/Bay1": {
            "Name": "Fan Bay 1", "Status": OK,
            "SpeedPercent": {"Reading": 45, "SpeedRPM": 2200},
        },
        f"{_FANS}/Bay2": {"Name": "Fan Bay 2", "Status": {"State": "Absent"}},
        f"{CHASSIS}/ThermalSubsystem/ThermalMetrics": {
            "TemperatureReadingsCelsius": [
                {"Reading": 24.5, "DeviceName": "Intake", "DataSourceUri": _INLET},
                {"Reading": 61, "DeviceName": "CPU 0"},
            ],
        },
    }  # fmt: skip


def _power() -> Tree:
    return {
        f"{CHASSIS}/PowerSubsystem": {"PowerSupplies": link(_SUPPLIES)},
        _SUPPLIES: listed(f"{_SUPPLIES}/Bay1", f"{_SUPPLIES}/Bay2"),
        f"{_SUPPLIES}/Bay1": {
            "Name": "Power Supply Bay 1", "Status": {"State": "Enabled", "Health": "Warning"},
            "PowerCapacityWatts": 800, "Metrics": link(f"{_SUPPLIES}/Bay1/Metrics"),
        },
        f"{_SUPPLIES}/Bay1/Metrics": {
            "InputPowerWatts": {"Reading": 374}, "OutputPowerWatts": {"Reading": 350},
            "InputVoltage": {"Reading": 230.2},
        },
        f"{_SUPPLIES}/Bay2": {"Name": "Power Supply Bay 2", "Status": {"State": "Absent"}},
        f"{CHASSIS}/EnvironmentMetrics": {"PowerWatts": {"Reading": 374}},
        f"{CHASSIS}/Sensors": listed(_INLET),
        _INLET: {
            "Name": "Ambient Temperature", "ReadingType": "Temperature", "Reading": 24.5,
            "Status": OK, "PhysicalContext": "Intake",
            "Thresholds": {"UpperCaution": {"Reading": 35}, "UpperCritical": {"Reading": 40}},
        },
    }  # fmt: skip


def _storage() -> Tree:
    return {
        _STORAGE: listed(f"{_STORAGE}/1"),
        f"{_STORAGE}/1": {"Drives": [link(f"{_STORAGE}/1/D1"), link(f"{_STORAGE}/1/D2")]},
        f"{_STORAGE}/1/D1": {
            "Name": "Drive 1", "Status": OK, "FailurePredicted": True, "MediaType": "SSD",
            "PredictedMediaLifeLeftPercent": 4, "CapacityBytes": 899527000000, "Protocol": "SAS",
        },
        _LOGS: listed(f"{_LOGS}/SEL"),
        f"{_LOGS}/SEL": {"Name": "SEL", "Entries": link(f"{_LOGS}/SEL/Entries")},
        f"{_LOGS}/SEL/Entries": listed(f"{_LOGS}/SEL/Entries/1", f"{_LOGS}/SEL/Entries/2"),
        f"{_LOGS}/SEL/Entries/1": {
            "Severity": "OK", "Created": "2026-03-07T14:44:00Z", "Message": "Power on",
        },
        f"{_LOGS}/SEL/Entries/2": {
            "Severity": "Critical", "Created": "2026-03-08T14:44:00Z", "SensorType": "Fan",
            "Message": "Fan \x1b[2J stopped",
        },
    }  # fmt: skip


class Controller(Web):
    """Answers as a controller does, `tree` being what it knows."""

    def __init__(self, tree: Tree, sessions: bool = True) -> None:
        super().__init__()
        self.tree = copy.deepcopy(tree)
        self.sessions = sessions
        self.open = 0
        """Sessions that were begun and not ended."""
        self.version = 1
        for path, one in self.tree.items():
            one.setdefault("@odata.id", path)

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        writer.write(self._said(asked))
        await writer.drain()

    def _said(self, asked: Asked) -> bytes:
        if asked.path == "/redfish/v1/SessionService/Sessions" and asked.method == "POST":
            return self._sign_in(json.loads(asked.body))
        if asked.path != "/redfish/v1/" and not self._known(asked):
            return page(b'{"error":{"message":"who are you"}}', 401)
        if asked.method == "DELETE" and "/Sessions/" in asked.path:
            self.open -= 1
            return page(b"", 204)
        if asked.method == "POST" and "Actions" in asked.path:
            return self._reset(asked.path, json.loads(asked.body)["ResetType"])
        one = self.tree.get(asked.path)
        if one is None:
            return page(b'{"error":{"message":"no such thing"}}', 404)
        return self._changed(asked, one) if asked.method == "PATCH" else page(_json(one))

    def _known(self, asked: Asked) -> bool:
        if self.sessions:
            return asked.headers.get("x-auth-token") == TOKEN and self.open > 0
        return asked.headers.get("authorization", "").startswith("Basic ")

    def _sign_in(self, words: dict[str, str]) -> bytes:
        if not self.sessions:
            return page(b"", 405)
        if words != {"UserName": USER, "Password": PASSWORD}:
            return page(b"", 401)
        self.open += 1
        path = "/redfish/v1/SessionService/Sessions/1"
        return page(b"{}", 201, X_Auth_Token=TOKEN, Location=f"{self.url}{path}")

    def _changed(self, asked: Asked, one: dict[str, Any]) -> bytes:
        asks = asked.headers.get("if-match")
        if "@odata.etag" in one and asks not in {None, one["@odata.etag"]}:
            return page(b'{"error":{"message":"it was changed since"}}', 412)
        for key, value in json.loads(asked.body).items():
            one[key] = one[key] | value if isinstance(one.get(key), dict) else value
        self._next(one)
        return page(b"", 204)

    def _reset(self, path: str, kind: str) -> bytes:
        one = self.tree[MANAGER if path.startswith(MANAGER) else SYSTEM]
        if kind == "Nmi":
            info = [{"Message": "not on this model"}]
            return page(_json({"error": {"@Message.ExtendedInfo": info}}), 400)
        one["PowerState"] = "Off" if kind in {"ForceOff", "GracefulShutdown"} else "On"
        if kind.endswith("Restart"):
            one["LastResetTime"] = f"2026-11-29T00:00:{self.version:02}Z"
        self._next(one)
        return page(b"", 204)

    def _next(self, one: dict[str, Any]) -> None:
        self.version += 1
        if "@odata.etag" in one:
            one["@odata.etag"] = f'W/"{self.version}"'


def _json(one: object) -> bytes:
    return json.dumps(one).encode()


MODERN: Tree = _root() | _machine() | _chassis() | _power() | _storage()
"""With the documents of today: subsystems of power and cooling, a document for each sensor."""


@contextlib.asynccontextmanager
async def controller(
    tree: Tree | None = None, sessions: bool = True
) -> AsyncGenerator[Controller, None]:
    """A controller within the context."""
    served = Controller(MODERN if tree is None else tree, sessions)
    await served.start()
    try:
        yield served
    finally:
        await served.stop()
