"""Secrets are masked by their shape, counted, and everything else is left as it was."""

import pytest

from opsconsole.alert import Acknowledgement, Alert, Alerts, Phase, Silence
from opsconsole.clean import Clean
from opsconsole.model import Fault, Level, Sample
from opsconsole.report import as_html
from opsconsole.report.redact import Redactor
from tests.report.sample import document

SECRET = "hunter2-S3cr3t"
COMMAND, SETTING = "password of a command line", "password in a setting"


@pytest.mark.parametrize(
    ("text", "left", "kind"),
    [
        (f"app --password={SECRET} -v", "app --password=*** -v", COMMAND),
        (
            f"app --db-password {SECRET} -v",
            "app --db-password *** -v",
            COMMAND,
        ),
        (f'app --token="{SECRET} x" -v', "app --token=*** -v", COMMAND),
        (f"mysql -u root -p{SECRET} db", "mysql -u root -p*** db", COMMAND),
        (f"curl -u ann:{SECRET} x.y", "curl -u ann:*** x.y", COMMAND),
        (f"PGPASSWORD={SECRET} psql", "PGPASSWORD=*** psql", SETTING),
        (
            f"host=a password='{SECRET} 1' port=1",
            "host=a password=*** port=1",
            SETTING,
        ),
        (f"DB_PASS={SECRET}", "DB_PASS=***", SETTING),
        (f"Server=a;Pwd={SECRET};x", "Server=a;Pwd=***;x", SETTING),
        (f'"api_key": "{SECRET}"', '"api_key": ***', SETTING),
        (f"AWS_SECRET_ACCESS_KEY={SECRET}", "AWS_SECRET_ACCESS_KEY=***", SETTING),
        (f"postgres://ann:{SECRET}@db/x", "postgres://ann:***@db/x", "credentials in a URL"),
        (f"redis://:{SECRET}/1@db", "redis://:***@db", "credentials in a URL"),
        (f"Authorization: Bearer {SECRET}", "Authorization: Bearer ***", "authorization header"),
        (
            f"-----BEGIN OPENSSH PRIVATE KEY-----\n{SECRET}\n-----END OPENSSH PRIVATE KEY----- x",
            "*** x",
            "private key",
        ),
        (f"-----BEGIN RSA PRIVATE KEY----- {SECRET}", "***", "private key"),
        ("key AKIAIOSFODNN7EXAMPLE x", "key *** x", "cloud or forge token"),
        ("jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2ln x", "jwt *** x", "web token"),
    ],
)
def test_shapes(text: str, left: str, kind: str) -> None:
    redactor = Redactor(lambda one: one)
    assert redactor.text(text) == left
    assert redactor.told() == {kind: 1}
    assert redactor.text(left) == left, "what is masked is masked once"
    assert sum(redactor.told().values()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "/usr/bin/python3 -m app --port 8080",
        "nginx: worker process",
        "PWD=/srv/work",
        "http://example.net:8080/path",
        "ssh-agent -D",
        "compass=north",
        "mysql -u root -p",
        "passed: 12 of 12",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    redactor = Redactor(lambda one: one)
    assert redactor.text(text) == text
    assert redactor.told() == {}


def test_known_secrets_are_masked_whatever_their_shape() -> None:
    redactor = Redactor(lambda text: text.replace(SECRET, "***"))
    assert redactor.text(f"see {SECRET} there") == "see *** there"
    assert redactor.told() == {"secret of the estate": 1}


def test_all_of_a_value_is_masked_and_its_shape_kept() -> None:
    redactor = Redactor(lambda one: one)
    given = {"argv": ["app", f"--password={SECRET}"], "n": 1, "none": None, "password": SECRET}
    assert redactor.plain(given) == {
        "argv": ["app", "--password=***"],
        "n": 1,
        "none": None,
        "password": "***",
    }


def test_samples_keep_their_numbers() -> None:
    redactor = Redactor(lambda one: one)
    command = Clean(f"app --password={SECRET}")
    sample = Sample("host.process", "a", 1.0, [(7, command, True, None)], None, 2.0)
    assert redactor.sample(sample).rows == [(7, "app --password=***", True, None)]
    fault = Fault("denied", Clean(f"password={SECRET}"), Clean(""))
    failed = redactor.sample(Sample("host.process", "a", 1.0, None, fault, 2.0))
    assert failed.fault == Fault("denied", Clean("password=***"), Clean(""))


def test_a_document_is_masked_before_it_has_a_form() -> None:
    redactor = Redactor(lambda one: one)
    text = as_html(redactor.document(document(lambda: f"--password={SECRET}")))
    assert SECRET not in text
    assert redactor.told().keys() == {COMMAND}
    plain = document()
    assert redactor.document(plain) == plain


def test_a_long_text_takes_no_long_time() -> None:
    text = "a" * 100_000 + " " + "x=" * 50_000 + "://" * 20_000
    assert Redactor(lambda one: one).text(text) == text


def test_alerts() -> None:
    silence = Silence("s1", "target:a", Clean("ann"), 0.0, 0.0, Clean(f"PGPASSWORD={SECRET}"))
    ack = Acknowledgement(Clean("bob"), 1.0, 0.0, Clean(f"DB_PASS={SECRET}"))
    said = Clean(f"app --token={SECRET}")
    one = Alert(
        id=f"host.app:a:{said}",
        rule="host.app",
        target="a",
        object=said,
        key=(said, 7),
        probe="host.process",
        column="cpu_percent",
        level=Level.CRIT,
        phase=Phase.OPEN,
        since=1.0,
        changed=1.0,
        title=said,
        why=said,
        value=9.0,
        limit=5.0,
        remedies=(said,),
        source=said,
        acknowledged=ack,
    )
    redactor = Redactor(lambda text: text)
    masked = redactor.alerts(Alerts([one], whole=True, silences=[silence]))
    assert SECRET not in repr(masked)
    assert masked.alerts[0].key == ("app --token=***", 7)
    assert masked.alerts[0].since == 1.0
    assert redactor.told() == {COMMAND: 7, SETTING: 2}
    assert redactor.alerts(Alerts([], whole=False)).silences is None
