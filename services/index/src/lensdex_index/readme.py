"""The README's tables, made from the code they describe. ``python -m lensdex_index.readme FILE`` writes them anew."""

import sys
from pathlib import Path

from pydantic_core import PydanticUndefined

from lensdex_index.metrics import CollectionGauges, Metrics
from lensdex_index.settings import ENV_PREFIX, Settings, allowed


def settings_table() -> str:
    """Return every setting as a row of Markdown."""
    rows = ["| flag | variable | default | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        assert field.default is not PydanticUndefined
        limits = allowed(name).removeprefix("; allowed: ")
        meaning = f"{field.description} {limits[:1].upper()}{limits[1:]}." if limits else field.description
        default = f"`{field.default}`" if field.default is not None and str(field.default) else ""
        rows.append(f"| `--{name.replace('_', '-')}` | `{ENV_PREFIX}{name.upper()}` | {default} | {meaning} |")
    return "\n".join(rows)


def metrics_table() -> str:
    """Return every metric as a row of Markdown."""
    rows = ["| metric | kind | meaning |", "|---|---|---|"]
    metrics = Metrics()
    for family in [*metrics.registry.collect(), *CollectionGauges().collect()]:
        name = f"{family.name}_total" if family.type == "counter" else family.name
        rows.append(f"| `{name}` | {family.type} | {family.documentation} |")
    return "\n".join(rows)


def renewed(text: str) -> str:
    """Return *text* with what stands between its table marks made anew."""
    for mark, table in (("settings", settings_table()), ("metrics", metrics_table())):
        before, _, rest = text.partition(f"<!-- {mark} -->\n")
        _, _, after = rest.partition("\n<!-- end -->")
        text = f"{before}<!-- {mark} -->\n{table}\n<!-- end -->{after}"
    return text


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
