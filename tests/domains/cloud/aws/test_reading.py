"""Answers become rows: costs, quotas, use and events; hostile and absurd ones too."""

import datetime
import json
from typing import Any

import jmespath
import pytest

from opsconsole import cloud
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws import INTEGRATION, cost, inventory, metric, network, quota
from opsconsole.domains.cloud.aws.action import look
from opsconsole.errors import Gone, Malformed, Refused, Unreachable, Unsupported
from opsconsole.question import CloudCall, Part, joined
from tests.domains.cloud.aws.scene import AT, answer, thing
from tests.domains.database.redis.scene import table

EVIL = "\x1b]0;owned\x07[bold]<b>\u202e" + "x" * 10_000
DAY = datetime.date(2025, 11, 24)


def day(back: int) -> str:
    return (DAY - datetime.timedelta(days=back)).isoformat()


def money(key: str, amount: object) -> dict[str, Any]:
    return {"key": key, "cost": {"Amount": amount, "Unit": "USD"}}


def test_costs_are_compared_with_the_same_weekday() -> None:
    days: list[dict[str, Any]] = [
        {"at": day(back), "groups": [money("EC2", "10.0"), money("S3", "1")]} for back in range(40)
    ]
    days[2]["groups"][0]["cost"]["Amount"] = "21.0"
    payload = answer(
        days,
        [{"Amount": "60.5", "Unit": "USD"}],
        [{"at": "2025-11-01", "groups": [money("owner$", "30"), money("owner$shop", "10")]}],
        [{"covered": "30", "all": "40"}],
        [{"covered": "10", "all": "40"}],
    )
    (whole,) = table(cost.COST, payload)
    assert whole["day"] == "2025-11-22"
    assert whole["usual_cost"] == pytest.approx(11.0)
    assert whole["over_percent"] == pytest.approx(100.0)
    assert whole["month_cost"] == pytest.approx(24 * 11 + 11)
    assert whole["foreseen_cost"] == pytest.approx(24 * 11 + 11 + 60.5)
    assert whole["unowned_percent"] == pytest.approx(75.0)
    assert whole["covered_percent"] == pytest.approx(75.0)
    assert whole["reserved_percent"] == pytest.approx(25.0)
    services = {row["service"]: row for row in table(cost.SERVICE, payload)}
    assert services["EC2"]["more_cost"] == pytest.approx(11.0)
    assert services["S3"]["over_percent"] == pytest.approx(0.0)
    assert {row["owner"]: row["month_cost"] for row in table(cost.OWNER, payload)} == {
        "no owner": 30.0,
        "shop": 10.0,
    }


def test_a_young_account_has_nothing_to_be_compared_with() -> None:
    payload = answer([{"at": day(2), "groups": [money("EC2", "5")]}], [], [], [], [])
    (whole,) = table(cost.COST, payload)
    assert (whole["usual_cost"], whole["over_percent"], whole["foreseen_cost"]) == (None,) * 3


def points(label: str, *values: float) -> dict[str, Any]:
    moments = [datetime.datetime.fromtimestamp(AT - 86400 * back, datetime.UTC).isoformat()
               for back in range(len(values))]  # fmt: skip
    return {"label": label, "at": moments, "values": list(values)}


def test_two_weeks_of_use() -> None:
    payload = answer(
        [
            points("i-1|cpu", *([2.0] * 10), *([80.0] * 4)),
            points("i-1|received", *([1e6] * 14)),
            points("i-1|sent", *([1e6] * 12), *([9e9] * 2)),
            points("i-2|cpu", 50.0),
            points("of no known label", 1.0),
        ]
    )
    first, second = table(metric.USAGE_PROBE, payload)
    assert (first["instance"], first["idle_days"], first["days"]) == ("i-1", 10, 14)
    assert first["cpu_top_percent"] == 80.0
    assert (second["instance"], second["idle_days"]) == ("i-2", None)


def test_newest_points_are_rates() -> None:
    payload = answer([points("i-1|cpu", 7.5, 1.0), points("i-1|received", 3000.0),
                      {"label": "i-1|sent", "at": [], "values": []}])  # fmt: skip
    (row,) = table(metric.METRIC, payload)
    assert (row["cpu_percent"], row["received_bytes_per_s"]) == (7.5, 10.0)
    assert row["sent_bytes_per_s"] is None
    assert row["at"] == AT


def test_quotas() -> None:
    label = "32|true|ec2|L-1216C47A|Running On-Demand Standard instances|quota"
    none = "5|false|vpc|L-2|Unused|quota"
    empty: list[Any] = []
    payload = answer(
        [points(label, 28.0), points(none), points("0|true|a|b|c|quota", 1.0)], *([empty] * 4)
    )
    (row,) = table(quota.QUOTA_PROBE, payload)
    assert (row["used_percent"], row["limit"], row["raise"]) == (87.5, 32.0, "can be raised")
    assert row["quota"] == "Running On-Demand Standard instances"


def found(**fields: Any) -> dict[str, Any]:
    return {"id": "i-1", "state": "running", "launched": "2025-11-20T16:00:00Z", **fields}


def test_the_worst_check_and_the_next_event_are_shown() -> None:
    checks = [
        {
            "id": "i-1", "system": "ok", "instance": "ok", "disk": "impaired",
            "events": [
                {"code": "system-reboot", "says": "[Completed] done", "at": "2025-11-01T00:00:00Z"},
                {"code": "instance-retirement", "says": "old", "at": "2025-12-09T00:00:00Z"},
                {"code": "instance-stop", "says": "soon", "at": "2025-12-01T00:00:00Z"},
                7,
            ],
        }
    ]  # fmt: skip
    payload = answer([found(), found(id="i-2")], checks, [{"Account": "1", "Arn": "a"}])
    first, second = table(inventory.INSTANCE, payload)
    assert (first["health"], first["event"]) == ("impaired", "instance-stop, soon")
    assert first["age_s"] == 4 * 86400
    assert (second["health"], second["event"], second["lifecycle"]) == ("", "", "on-demand")
    (account,) = table(inventory.ACCOUNT, payload)
    assert (account["impaired"], account["events"], account["unowned_percent"]) == (1, 1, 100.0)


def test_hostile_text_is_harmless_and_bounded() -> None:
    tags = [{"Key": "Name", "Value": EVIL}, {"Key": EVIL, "Value": 7}, {"Key": "owner"}, 3, None]
    many = [{"Key": f"k{number}", "Value": "v" * 300} for number in range(500)]
    payload = answer(
        [found(tags=tags + many, public=EVIL, zone=["a"], launched=True, image=1e400, type=None)],
        [], [{"Account": EVIL}],
    )  # fmt: skip
    (row,) = table(inventory.INSTANCE, payload)
    for cell in row.values():
        assert not isinstance(cell, str) or (len(cell) <= 2000 and "\x1b" not in cell)
        assert "\u202e" not in str(cell)
    assert row["name"].endswith("xxx")
    assert (row["zone"], row["launched"], row["type"]) == ("", None, "")


@pytest.mark.parametrize("probe", INTEGRATION.probes, ids=lambda probe: probe.id)
def test_answers_that_are_empty_cut_or_absurd(probe: Any) -> None:
    number = len(INTEGRATION.questions[probe.exchange])
    none: list[list[Any]] = [[]]
    rows: list[tuple[Any, ...]] = probe.rows(probe.read(answer(*(none * number))), None)
    assert len(rows) == (1 if probe in {inventory.ACCOUNT, inventory.REGION} else 0)
    keys = ("id", "state", "tags", "rules", "items", "of", "label", "at", "values", "groups", "gib",
            "created", "dimensions", "events", "launched")  # fmt: skip
    absurd: list[Any] = [None, -1, "x", 1e308, [[]], {}, EVIL, True]
    odd: list[Any] = [dict.fromkeys(keys, said) for said in absurd]
    try:
        rows = probe.rows(probe.read(answer(*([odd] * number))), None)
    except Malformed:
        rows = []
    assert all(len(row) == len(probe.columns) for row in rows)
    for bad in (b"", b"0 3\n{}", joined([Part(0, b"[1]")] * number), joined([Part(0, b"\xff")])):
        with pytest.raises(Malformed):
            probe.read(bad)


def test_open_rules_are_named() -> None:
    rule = network.Opening
    said = [
        rule("-1", None, None, "::/0", value.text("")),
        rule("tcp", 0, 65535, "0.0.0.0/0", value.text("")),
        rule("tcp", 3000, 4000, "0.0.0.0/0", value.text("")),
        rule("tcp", 443, 443, "0.0.0.0/0", value.text("")),
        rule("udp", 9999, 9999, "0.0.0.0/0", value.text("")),
        rule("icmp", -1, -1, "0.0.0.0/0", value.text("")),
        rule("icmp", 8, -1, "0.0.0.0/0", value.text("")),
    ]
    assert [(one.ports, one.risk) for one in said] == [
        ("all", "high"),
        ("all", "high"),
        ("3000-4000", "high"),
        ("443", "web"),
        ("9999", "other"),
        ("all", "low"),
        ("type 8", "low"),
    ]
    assert said[2].what == "MySQL, RDP"
    assert said[0].what == said[1].what == "everything"


def test_a_look_judges_what_it_hears() -> None:
    one = thing("i-1", instance="i-1")
    empty = cloud.answered(AT, [("r", [], False)])
    with pytest.raises(Gone):
        look.read(one, 0, b"\n".join([empty] * 5))
    with pytest.raises(Unsupported, match="says boo"):
        look.read(one, 1, b"boo")
    silent = json.dumps({"at": AT, "regions": [{"region": "r", "kind": "unreachable",
                        "error": "r: no", "remedy": "wait"}]}).encode()  # fmt: skip
    with pytest.raises(Unreachable, match="r: no"):
        look.read(one, 0, b"\n".join([empty, silent, empty, empty, empty]))
    for name in ("", "\x1b[1m", "x" * 600):
        with pytest.raises(Refused, match="names nothing"):
            look.INSTANCE.argv(thing("odd", instance=name))


def picked(call: CloudCall, page: dict[str, Any]) -> list[Any]:
    """What a call takes of a page, which is in the shape of the manual of AWS."""
    found: list[Any] = jmespath.search(call.results, page)
    return found


def test_what_is_picked_of_quotas_and_costs() -> None:
    usage = {
        "MetricNamespace": "AWS/Usage",
        "MetricName": "ResourceCount",
        "MetricDimensions": {"Class": "Standard/OnDemand", "Service": "EC2", "Type": "Resource"},
        "MetricStatisticRecommendation": "Maximum",
    }
    one = {"ServiceCode": "ec2", "QuotaCode": "L-1", "QuotaName": "vCPUs", "Value": 32.0,
           "Adjustable": True, "UsageMetric": usage}  # fmt: skip
    (call, *_) = quota.CALLS
    assert call.of is not None
    (item,) = picked(call.of, {"Quotas": [one, {**one, "UsageMetric": None}]})
    assert {said["Name"] for said in item["dimensions"]} == {"Class", "Service", "Type"}
    none: list[list[Any]] = [[]]
    payload = answer([points(item["label"], 8.0)], *(none * 4))
    (row,) = table(quota.QUOTA_PROBE, payload)
    assert (row["quota"], row["used_percent"]) == ("vCPUs", 25.0)
    daily, _, _, plans, reserved = cost.CALLS
    amount = {"UnblendedCost": {"Amount": "5", "Unit": "USD"}}
    page = {"ResultsByTime": [{"TimePeriod": {"Start": "2025-11-22"}, "Groups": [
        {"Keys": ["EC2"], "Metrics": amount}]}]}  # fmt: skip
    assert picked(daily, page) == [
        {"at": "2025-11-22", "groups": [{"key": "EC2", "cost": amount["UnblendedCost"]}]}
    ]
    covered = {"SpendCoveredBySavingsPlans": "3", "TotalCost": "4", "CoveragePercentage": "75"}
    assert picked(plans, {"SavingsPlansCoverages": [{"Coverage": covered}]}) == [
        {"covered": "3", "all": "4"}
    ]
    hours = {"ReservedHours": "2", "TotalRunningHours": "9", "OnDemandHours": "7"}
    assert picked(reserved, {"CoveragesByTime": [{"Total": {"CoverageHours": hours}}]}) == [
        {"covered": "2", "all": "9"}
    ]
