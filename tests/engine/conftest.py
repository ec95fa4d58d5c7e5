"""Both languages of the engine as one fixture."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

from tests.engine.agree import javascript_answers, python_answer

# The same examples in every run, and no verdict that depends on how busy the machine is.
settings.register_profile(
    "engine",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("engine")


def _in_python(calls: list) -> list:
    return [json.loads(python_answer(call)) for call in calls]


def _in_javascript(calls: list) -> list:
    return [json.loads(text) for text in javascript_answers(calls)]


@pytest.fixture(params=["python", "javascript"])
def ask(request) -> Callable[..., dict]:
    """ask(module, function, *arguments) -> the answer as JSON holds it, integers as text."""
    answers = _in_python if request.param == "python" else _in_javascript
    return lambda module, name, *arguments: answers([(module, name, list(arguments))])[0]


@pytest.fixture(params=["python", "javascript"])
def ask_all(request) -> Callable[[list], list]:
    """The same for a list of (module, function, arguments): one start of Node for all."""
    return _in_python if request.param == "python" else _in_javascript
