"""Frames survive the pipe; damaged streams are noticed."""

from __future__ import annotations

import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.processes.frames import (
    DamagedStreamError,
    Failure,
    Progress,
    Ready,
    Request,
    read_frame,
    write_frame,
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
frames = st.one_of(
    st.builds(Ready, device=texts),
    st.builds(Failure, id=st.integers(0, 2**31), kind=texts, sentence=texts, details=texts),
    st.builds(Request, id=st.integers(0, 2**31), body=st.just(msgspec.Raw(b"\x01"))),
    st.builds(Progress, id=st.integers(0, 2**31), body=st.just(msgspec.Raw(b"\xa1x"))),
)


@given(st.lists(frames))
def test_frames_come_back_as_they_were_written(written):
    stream = io.BytesIO()
    for frame in written:
        write_frame(stream, frame)
    stream.seek(0)
    for frame in written:
        assert msgspec.msgpack.encode(read_frame(stream)) == msgspec.msgpack.encode(frame)
    assert read_frame(stream) is None


@given(st.lists(frames, min_size=1), st.data())
def test_a_cut_stream_is_damaged_or_ends_between_frames(written, data):
    stream = io.BytesIO()
    for frame in written:
        write_frame(stream, frame)
    whole = stream.getvalue()
    cut = io.BytesIO(whole[: data.draw(st.integers(0, len(whole) - 1))])
    count = 0
    try:
        while read_frame(cut) is not None:
            count += 1
    except DamagedStreamError:
        pass
    assert count < len(written)


@given(st.binary(min_size=1, max_size=200))
def test_noise_is_never_more_than_damage(noise):
    stream = io.BytesIO(noise)
    try:
        while read_frame(stream) is not None:
            continue
    except DamagedStreamError:
        return


def test_an_absurd_length_is_refused_without_reading_it():
    with pytest.raises(DamagedStreamError, match="claims"):
        read_frame(io.BytesIO(b"\xff\xff\xff\xff"))
