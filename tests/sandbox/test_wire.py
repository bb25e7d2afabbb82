"""Requests, notices and records: whole or nothing, and never more than was agreed."""

from __future__ import annotations

import os
import socket
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.genome.code import Code
from daemon.sandbox import wire
from daemon.sandbox.wire import Job, Layout, Notice, Record, Run, Verdict


def job(ring: int = 0) -> Job:
    runs = (Run(0, 0, 100, 0, 3, 0, 0, 100), Run(1, 5, 60, 1, 2, 1, 50, 55))
    return Job("text", runs, ({"n": 5}, {"n": 2.5}), ring, 7, 1 << 20)


def test_a_job_survives_the_way() -> None:
    assert Job.decode(job().encode()) == job()


def test_the_code_of_a_genome_survives_the_way_whatever_bytes_it_has() -> None:
    code = Code("rotate", {"n": 5, "k": 0.25}, b"\0\n\xff\n{}" * 3)
    sent = replace(job(), genome=code)

    assert Job.decode(sent.encode()) == sent


def test_a_request_carries_its_descriptors() -> None:
    ours, theirs = socket.socketpair()
    read, write = os.pipe()
    with ours, theirs:
        wire.send_request(ours, b"x" * 100_000, [write])
        received = wire.receive_request(theirs)

    assert received is not None
    body, (copy,) = received
    os.write(copy, b"through")
    assert os.read(read, 7) == b"through"
    assert body == b"x" * 100_000
    for descriptor in (read, write, copy):
        os.close(descriptor)


@pytest.mark.parametrize("sent", [b"", b"NSJ1", b"XXXX\x05\0\0\0\0\0\0\0hello"])
def test_a_request_that_is_cut_or_foreign_is_none(sent: bytes) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        with ours:
            ours.sendall(sent)
        assert wire.receive_request(theirs) is None


def test_a_notice_survives_the_way_and_its_end_is_none() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        with ours:
            wire.send_notice(ours, Notice(wire.EXIT, 12, 9, 1500, 33))
        assert wire.receive_notice(theirs) == (Notice(wire.EXIT, 12, 9, 1500, 33), [])
        assert wire.receive_notice(theirs) is None


def test_a_record_survives_the_way() -> None:
    table = bytearray(wire.table_size(2))

    wire.write_record(memoryview(table), 1, Record(Verdict.RAISED, 12, "ValueError"))

    assert wire.read_record(bytes(table), 0) is None
    assert wire.read_record(bytes(table), 1) == Record(Verdict.RAISED, 12, "ValueError")


@settings(max_examples=200, deadline=None)
@given(data=st.binary(min_size=80, max_size=80), magic=st.booleans())
def test_whatever_a_child_writes_a_record_is_short_and_plain(data: bytes, magic: bool) -> None:
    table = (b"NSR1" + data[4:]) if magic else data

    record = wire.read_record(table.ljust(wire.table_size(1), b"\0"), 0)

    if record is not None:
        assert len(record.name) <= 64
        assert all(c.isalnum() or c in "_." for c in record.name)
        assert 0 <= record.line <= 100_000


@settings(max_examples=100, deadline=None)
@given(shapes=st.lists(st.tuples(st.integers(1, 40), st.integers(1, 3000)), min_size=1, max_size=9))
def test_blocks_of_a_layout_lie_apart_and_behind_the_records(shapes: list) -> None:
    layout = Layout.of(shapes)

    end = wire.table_size(len(shapes))
    for offset, (columns, rows) in zip(layout.offsets, layout.shapes, strict=True):
        assert offset >= end
        assert offset % 64 == 0
        end = offset + columns * rows * 8
    assert layout.size >= end


def test_a_ring_has_as_many_blocks_as_it_has_slots() -> None:
    assert len(job(ring=1).layout().shapes) == 1
    assert job().layout().shapes == ((3, 100), (2, 5))
