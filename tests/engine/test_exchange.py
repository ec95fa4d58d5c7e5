"""Canonical JSON, in both languages through the twin runner."""

from __future__ import annotations

from macros.engine.errors import InputError
from macros.engine.exchange import to_json


def test_keys_are_sorted_and_integers_are_text():
    assert to_json({"b": [1, -2, 10**30], "a": {"d": None, "c": True}, "文": "元"}) == (
        '{"a":{"c":true,"d":null},"b":["1","-2","1000000000000000000000000000000"],"文":"元"}'
    )


def test_a_refusal_is_an_answer():
    assert to_json(InputError("fees.0.kind", "choice", "x")) == (
        '{"error":{"field":"fees.0.kind","rule":"choice","value":"x"}}'
    )


def test_a_value_that_prints_differently_in_the_two_languages_is_left_out():
    for value in (1.5, True, [], {}, None):
        assert InputError("periods", "integer", value).value is None
