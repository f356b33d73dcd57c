"""Which views a collection gets, and which one a query is matched against."""

from dataclasses import replace
from typing import Any

import grpc
import pytest

from lensdex_client import (
    DEFAULT_VIEWS,
    MODALITY_VIEWS,
    Backend,
    Collection,
    CollectionMismatchError,
    CollectionNotFoundError,
    Content,
    FieldType,
    Image,
    IndexedField,
    InvalidFieldError,
    Normalization,
    Pooling,
    Retriever,
    Space,
    SpaceMismatchError,
    View,
    ViewNotFoundError,
    ViewPlan,
)
from lensdex_client.views import check_space, choose_view

SPACE = Space("sha256:a", "t", Pooling.LAST_TOKEN, 8, Normalization.L2)
MODAL = Collection("c", [View(name, SPACE) for name in ("default", "text", "image")])
PLAIN = Collection("c", [View("default", SPACE)])
PICTURE = Image.from_bytes(b"PIC")


@pytest.mark.parametrize(
    ("collection", "query", "named", "expected"),
    [
        (MODAL, Content("a"), None, "text"),
        (MODAL, Content(images=PICTURE), None, "image"),
        (MODAL, Content("a", PICTURE), None, "default"),
        (MODAL, Content("a"), "image", "image"),
        (PLAIN, Content("a"), None, "default"),
        (PLAIN, Content(images=PICTURE), None, "default"),
    ],
)
def test_the_view_of_a_query(collection: Collection, query: Content, named: str | None, expected: str) -> None:
    """The named view, else that of the query's only modality where there is one, else ``default``."""
    assert choose_view(collection, query, named).name == expected


def test_a_named_view_is_never_replaced_by_another() -> None:
    """A view the caller names and the collection lacks is an error that lists the known ones."""
    with pytest.raises(ViewNotFoundError) as caught:
        choose_view(PLAIN, Content("a"), "image")

    assert caught.value.metadata["known"] == "default"


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("weights_digest", replace(SPACE, weights_digest="sha256:b")),
        ("template_version", replace(SPACE, template_version="u")),
        ("pooling", replace(SPACE, pooling=Pooling.MEAN)),
        ("dimension", replace(SPACE, dimension=4)),
        ("normalization", replace(SPACE, normalization=Normalization.NONE)),
    ],
)
def test_each_field_of_a_space_matters(field: str, other: Space) -> None:
    """A view bound to a space refuses every other one and names what differs."""
    with pytest.raises(SpaceMismatchError, match=field) as caught:
        check_space(View("default", SPACE), other, collection="c")

    assert list(caught.value.differences) == [field]
    assert caught.value.reason == "ERROR_REASON_SPACE_MISMATCH"


def test_a_bare_dimension_protects_its_dimension_only() -> None:
    """A view with a bare dimension takes any space of that dimension, and no other dimension."""
    check_space(View("default", dimension=8), SPACE, collection="c")
    with pytest.raises(SpaceMismatchError, match="dimension"):
        check_space(View("default", dimension=4), SPACE, collection="c")


def test_a_view_shows_its_part() -> None:
    """A modality view shows its texts or its images, and is absent where there are none."""
    text, image = MODALITY_VIEWS[1:]
    both = Content("a", PICTURE)

    assert (text.content_of(both), image.content_of(both)) == (Content("a"), Content(images=PICTURE))
    assert image.content_of(Content("a")) is None
    assert text.content_of(Content("", PICTURE)) is None
    assert DEFAULT_VIEWS[0].content_of(both) == both


def test_a_collection_is_made_once(embedder: Any, index: Any) -> None:
    """``ensure_collection`` creates what is missing, bound to the embedder's spaces, and returns it the next time."""
    fields = [IndexedField("unit", FieldType.KEYWORD)]
    with Retriever.connect(embedder.address, index.address) as retriever:
        made = retriever.ensure_collection(
            "c", views=MODALITY_VIEWS, fields=fields, backend=Backend("exact"), dimension=4
        )
        again = retriever.ensure_collection("c", views=MODALITY_VIEWS, fields=fields, dimension=4)

    assert made == again
    assert [view.name for view in made.views] == ["default", "text", "image"]
    assert {view.num_values for view in made.views} == {4}
    assert len(index.requests["CreateCollection"]) == 1


def test_another_space_is_refused_by_field(embedder: Any, index: Any) -> None:
    """An existing collection of another model is refused before anything is embedded, naming the field."""
    with Retriever.connect(embedder.address, index.address) as retriever:
        retriever.ensure_collection("c")
        embedder.weights = "b"
        with pytest.raises(SpaceMismatchError) as caught:
            retriever.ensure_collection("c")

    assert list(caught.value.differences) == ["weights_digest"]
    assert not embedder.requests["Embed"]


def test_missing_views_and_fields_are_refused(embedder: Any, index: Any) -> None:
    """An existing collection that lacks a view, or declares a field otherwise, is refused."""
    with Retriever.connect(embedder.address, index.address) as retriever:
        retriever.ensure_collection("c", fields=[IndexedField("unit", FieldType.KEYWORD)])
        with pytest.raises(ViewNotFoundError):
            retriever.ensure_collection("c", views=MODALITY_VIEWS)
        with pytest.raises(CollectionMismatchError, match="unit"):
            retriever.ensure_collection("c", fields=[IndexedField("unit", FieldType.INT64)])


def test_a_race_to_create_is_lost_in_peace(embedder: Any, index: Any, refusals: Any) -> None:
    """When somebody else creates the collection first, theirs is checked and returned."""
    theirs = Collection("c", [View("default", dimension=8)])
    missing = refusals(grpc.StatusCode.NOT_FOUND, 16)
    with Retriever.connect(embedder.address, index.address) as retriever:
        retriever.index.create_collection(theirs)
        index.failures["GetCollection"] = [missing]
        index.failures["CreateCollection"] = [refusals(grpc.StatusCode.ALREADY_EXISTS, 17)]

        assert [view.num_values for view in retriever.ensure_collection("c").views] == [8]


def test_a_pooling_the_embedder_lacks_is_refused(embedder: Any, index: Any) -> None:
    """A view plan with a pooling the embedder does not offer names the view."""
    embedder.poolings = (Pooling.LAST_TOKEN,)
    with Retriever.connect(embedder.address, index.address) as retriever:
        with pytest.raises(InvalidFieldError) as caught:
            retriever.ensure_collection("c", views=[ViewPlan("default", pooling=Pooling.MEAN)])
        with pytest.raises(CollectionNotFoundError):
            retriever.index.get_collection("c")

    assert caught.value.metadata["field"] == "views.default"
