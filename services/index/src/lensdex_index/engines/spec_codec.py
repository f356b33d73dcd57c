"""Specifications of collections ↔ what JSON can hold, as catalogs keep them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lensdex_index.records import BackendSpec, CollectionSpec, FieldSpec, FieldType, Metric, ViewSpec
from lensdex_wire.space import Normalization, Pooling, Space


def pack_spec(spec: CollectionSpec) -> dict[str, Any]:
    """Return *spec* as what JSON can hold."""
    return {
        "name": spec.name,
        "create_time": spec.create_time.isoformat(),
        "fields": [{"name": field.name, "type": field.type.value, "is_list": field.is_list} for field in spec.fields],
        "views": [
            {
                "name": view.name,
                "dimension": view.dimension,
                "space": None if view.space is None else view.space.as_text(),
                "metric": view.metric.value,
                "backend": {"name": view.backend.name, "parameters": dict(view.backend.parameters)},
                "number": view.number,
                "build": view.build,
            }
            for view in spec.views
        ],
    }


def unpack_spec(packed: Mapping[str, Any]) -> CollectionSpec:
    """Return the specification that ``pack_spec`` packed."""
    return CollectionSpec(
        name=packed["name"],
        create_time=datetime.fromisoformat(packed["create_time"]),
        fields=[FieldSpec(field["name"], FieldType(field["type"]), field["is_list"]) for field in packed["fields"]],
        views=[
            ViewSpec(
                name=view["name"],
                dimension=view["dimension"],
                space=None if view["space"] is None else _unpack_space(view["space"]),
                metric=Metric(view["metric"]),
                backend=BackendSpec(view["backend"]["name"], view["backend"]["parameters"]),
                number=view.get("number", 0),
                build=view.get("build", 0),
            )
            for view in packed["views"]
        ],
    )


def _unpack_space(packed: Mapping[str, str]) -> Space:
    return Space(
        weights_digest=packed["weights_digest"],
        template_version=packed["template_version"],
        pooling=Pooling(packed["pooling"]),
        dimension=int(packed["dimension"]),
        normalization=Normalization(packed["normalization"]),
    )
