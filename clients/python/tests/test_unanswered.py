"""What a stream holds: every item until its answer, each call sends all of it, nothing twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lensdex_client.errors import DuplicateIdError
from lensdex_client.unanswered import MAX_JOINED_BYTES, Ids, Unanswered


def sent(unanswered: Unanswered) -> list[bytes]:
    """Send all there is."""
    messages = []
    while (message := unanswered.next_to_send()) is not None:
        messages.append(message)
    return messages


def test_a_new_call_sends_what_is_unanswered_in_order() -> None:
    """After a call broke, everything without an answer is sent again, in its first order, and nothing else."""
    unanswered = Unanswered()
    for name in "abcd":
        unanswered.hold(name, name.encode())
    assert sent(unanswered) == [b"a", b"b", b"c", b"d"]
    unanswered.answered("b")

    unanswered.send_again()

    assert sent(unanswered) == [b"a", b"c", b"d"]


@pytest.mark.parametrize(("max_items", "max_bytes"), [(2, 100), (100, 7)])
def test_room_ends_at_either_bound(max_items: int, max_bytes: int) -> None:
    """There is room while fewer items and bytes than allowed are held, and again once one is answered."""
    unanswered = Unanswered(max_items=max_items, max_bytes=max_bytes)
    unanswered.hold("a", b"1234")
    assert unanswered.has_room
    unanswered.hold("b", b"1234")
    assert not unanswered.has_room
    unanswered.answered("a")
    assert unanswered.has_room


def test_small_messages_are_joined_in_order() -> None:
    """Messages become one up to a number and a size; a large one goes alone, and each is answered by itself."""
    unanswered = Unanswered()
    large = b"x" * MAX_JOINED_BYTES
    for name, message in {"a": b"a", "b": b"b", "c": b"c", "large": large, "d": b"d"}.items():
        unanswered.hold(name, message)

    assert [unanswered.next_to_send(2) for _ in range(5)] == [b"ab", b"c", large, b"d", None]
    unanswered.answered("b")
    unanswered.send_again()
    assert unanswered.next_to_send(10) == b"ac"


def test_an_id_comes_once() -> None:
    """An id that came before is refused: no id has two answers."""
    ids = Ids()
    ids.enter("a")

    with pytest.raises(DuplicateIdError) as caught:
        ids.enter("a")
    assert caught.value.metadata["id"] == "a"


def test_an_answer_nobody_asked_for() -> None:
    """An answer for an id that does not wait does not fit the contract."""
    with pytest.raises(ValueError, match="nobody asked for"):
        Unanswered().answered("a")


@given(st.lists(st.sampled_from(["hold", "send", "answer", "break"]), max_size=60), st.data())
def test_whatever_breaks_when(steps: list[str], data: st.DataObject) -> None:
    """However calls break: what was answered is never sent again, and in the end everything is answered once."""
    unanswered = Unanswered()
    num_held = 0
    on_the_way: list[str] = []
    done: list[str] = []
    for step in [*steps, "break"]:
        if step == "hold":
            unanswered.hold(str(num_held), str(num_held).encode())
            num_held += 1
        elif step == "send" and (message := unanswered.next_to_send()) is not None:
            assert message.decode() not in done
            on_the_way.append(message.decode())
        elif step == "answer" and on_the_way:
            name = on_the_way.pop(data.draw(st.integers(0, len(on_the_way) - 1)))
            unanswered.answered(name)
            done.append(name)
        elif step == "break":
            on_the_way.clear()
            unanswered.send_again()
    for message in sent(unanswered):
        unanswered.answered(message.decode())
        done.append(message.decode())
    assert sorted(done, key=int) == [str(number) for number in range(num_held)]
    assert len(unanswered) == 0
