"""Settings: flags before environment before defaults; a bad one is named with its range; the README lists them all."""

import os
import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import annotated_types
import pytest
from pydantic.fields import FieldInfo

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_embedder.metrics import Metrics
from lensdex_embedder.settings import ENV_PREFIX, Settings, SettingsError, load, probe_target
from lensdex_embedder.status import RULES

README = Path(__file__).parents[1] / "README.md"
MODEL = ("--embedding-model", "a/b")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the test run holds no setting."""
    for name in [name for name in os.environ if name.startswith(ENV_PREFIX)]:
        monkeypatch.delenv(name)


def test_defaults() -> None:
    """Naming a checkpoint is all it takes; by default nobody from outside can connect, and no URI is opened."""
    settings = load(MODEL)
    assert (settings.host, settings.port, settings.embedding_model) == ("127.0.0.1", 50051, "a/b")
    assert settings.media_roots == ()
    assert settings.reranking_model == ""


def test_flags_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag wins over the environment, the environment over the default; an empty variable is as none."""
    monkeypatch.setenv(f"{ENV_PREFIX}MAX_CONTENTS", "7")
    monkeypatch.setenv(f"{ENV_PREFIX}MAX_IMAGES", "5")
    monkeypatch.setenv(f"{ENV_PREFIX}PORT", "")
    settings = load([*MODEL, "--max-contents", "9"])
    assert (settings.max_contents, settings.max_images, settings.port) == (9, 5, 50051)


def test_settings_are_frozen() -> None:
    """Settings cannot be changed once made."""
    with pytest.raises(ValueError, match="frozen"):
        load(MODEL).port = 1


@pytest.mark.parametrize(
    ("flags", "named", "allowed"),
    [
        (("--port", "65536"), "LENSDEX_EMBEDDER_PORT (--port)", "less than or equal to 65535"),
        (("--port", "x"), "LENSDEX_EMBEDDER_PORT (--port)", "integer"),
        (("--max-contents", "0"), "LENSDEX_EMBEDDER_MAX_CONTENTS (--max-contents)", "greater than or equal to 1"),
        (("--max-message-bytes", "9"), "LENSDEX_EMBEDDER_MAX_MESSAGE_BYTES", "greater than or equal to 1048576"),
        (("--grace-seconds", "nan"), "LENSDEX_EMBEDDER_GRACE_SECONDS", "less than or equal to 3600"),
        (("--metrics-port", "x"), "LENSDEX_EMBEDDER_METRICS_PORT (--metrics-port)", "integer"),
        (("--metrics-port", "70000"), "LENSDEX_EMBEDDER_METRICS_PORT (--metrics-port)", "65535"),
        (("--max-aspect-ratio", "201"), "LENSDEX_EMBEDDER_MAX_ASPECT_RATIO", "less than or equal to 200"),
        (
            ("--min-image-tokens", "9", "--max-image-tokens", "8"),
            "LENSDEX_EMBEDDER_MIN_IMAGE_TOKENS",
            "MAX_IMAGE_TOKENS",
        ),
    ],
)
def test_a_bad_value_is_named_with_its_range(flags: tuple[str, ...], named: str, allowed: str) -> None:
    """A bad value is refused with its variable, its flag, the value and what is allowed."""
    with pytest.raises(SettingsError) as caught:
        load([*MODEL, *flags])
    assert named in str(caught.value)
    assert allowed in str(caught.value)


@pytest.mark.parametrize(("name", "value"), [("ENGINE", "magic"), ("DTYPE", "int8"), ("LOG_LEVEL", "loud")])
def test_a_bad_choice_is_named_with_the_choices(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A value that is none of the choices is refused with all of them."""
    monkeypatch.setenv(f"{ENV_PREFIX}{name}", value)
    with pytest.raises(SettingsError) as caught:
        load(MODEL)
    for choice in get_args(Settings.model_fields[name.lower()].annotation):
        assert f"'{choice}'" in str(caught.value)


def test_no_checkpoint_is_told_with_a_remedy() -> None:
    """Without any checkpoint the process does not start, and says what to name."""
    with pytest.raises(SettingsError, match=r"EMBEDDING_MODEL.*RERANKING_MODEL"):
        load([])


def test_several_bad_values_are_told_at_once() -> None:
    """All bad values are told, not the first."""
    with pytest.raises(SettingsError) as caught:
        load([*MODEL, "--port", "x", "--max-images", "-1"])
    assert "--port" in str(caught.value)
    assert "--max-images" in str(caught.value)


@pytest.mark.parametrize("flags", [("--media-roots", "/a,/b"), ("--media-roots", "/a", "--media-roots", "/b")])
def test_media_roots_by_flag(flags: tuple[str, ...]) -> None:
    """Several roots are comma-separated, or the flag is repeated."""
    assert load([*MODEL, *flags]).media_roots == (Path("/a"), Path("/b"))


def test_media_roots_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the environment roots are comma-separated: plain text, like every other setting."""
    monkeypatch.setenv(f"{ENV_PREFIX}MEDIA_ROOTS", "/a,/b c")
    assert load(MODEL).media_roots == (Path("/a"), Path("/b c"))


@pytest.mark.parametrize("value", ["none", "None"])
def test_metrics_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """`none` switches the metrics' port off, by flag and by environment."""
    assert load([*MODEL, "--metrics-port", value]).metrics_port is None
    monkeypatch.setenv(f"{ENV_PREFIX}METRICS_PORT", value)
    assert load(MODEL).metrics_port is None


@pytest.mark.parametrize("flags", [("--no-such-flag",), ("--port",)])
def test_unknown_flags(flags: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown flag, or one without its value, ends as argparse does: 2, and the flag's name on stderr."""
    with pytest.raises(SystemExit) as caught:
        load([*MODEL, *flags])
    assert caught.value.code == 2
    assert flags[0] in capsys.readouterr().err


def test_help_lists_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` lists every setting."""
    with pytest.raises(SystemExit) as caught:
        load(["--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    for name in Settings.model_fields:
        assert f"--{name.replace('_', '-')} " in out


@pytest.mark.parametrize(
    ("environ", "target"),
    [
        ({}, "127.0.0.1:50051"),
        ({"PORT": "9"}, "127.0.0.1:9"),
        ({"HOST": "10.0.0.1"}, "10.0.0.1:50051"),
        ({"HOST": "0.0.0.0"}, "127.0.0.1:50051"),
        ({"HOST": "::"}, "[::1]:50051"),
        ({"HOST": "::1", "PORT": "7"}, "[::1]:7"),
    ],
)
def test_probe_target(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], target: str) -> None:
    """The probe asks where a server with the same environment listens."""
    for name, value in environ.items():
        monkeypatch.setenv(f"{ENV_PREFIX}{name}", value)
    assert probe_target() == target


def test_every_setting_is_described() -> None:
    """Every setting has a sentence that says what it does."""
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def _range(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
    low = next((item.ge for item in field.metadata if isinstance(item, annotated_types.Ge)), None)
    high = next((item.le for item in field.metadata if isinstance(item, annotated_types.Le)), None)
    if low is None and high is None:
        return ""
    return f"{low} to {high}" if high is not None else f"from {low}"


def _default(name: str, field: FieldInfo) -> str:
    if name == "preprocess_workers":
        return "one per core"
    value: Any = field.default
    return "" if value in ("", None, ()) else f"`{value}`"


def settings_table() -> str:
    """Return the README's table of settings."""
    rows = ["| Variable, after `LENSDEX_EMBEDDER_` | Default | Allowed | What it does |", "|---|---|---|---|"]
    rows += [
        f"| `{name.upper()}` | {_default(name, field)} | {_range(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(rows)


def metrics_table() -> str:
    """Return the README's table of metrics."""
    rows = ["| Metric | Type | Labels | What it says |", "|---|---|---|---|"]
    for metric in vars(Metrics()).values():
        if hasattr(metric, "_labelnames"):
            name = metric._name + ("_total" if metric._type == "counter" else "")
            labels = ", ".join(f"`{label}`" for label in metric._labelnames)
            rows.append(f"| `{name}` | {metric._type} | {labels} | {metric._documentation} |")
    return "\n".join(rows)


@pytest.mark.parametrize("table", [settings_table, metrics_table], ids=["settings", "metrics"])
def test_the_readme_is_current(table: Any) -> None:
    """The README's tables are those of the code; the assertion's message holds the text to paste."""
    assert table() in README.read_text(encoding="utf-8"), table()


def test_the_readme_names_every_reason() -> None:
    """The README names every reason this service can send, and no other."""
    sent = {ErrorReason.Name(rule.reason) for rule in RULES.values()} | {"ERROR_REASON_INTERNAL"}
    assert set(re.findall(r"ERROR_REASON_[A-Z_]+", README.read_text(encoding="utf-8"))) == sent
