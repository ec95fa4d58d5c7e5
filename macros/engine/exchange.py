"""Results as text that is the same in both languages, for tests and for data in a page."""

import json

from .errors import InputError


def to_json(value: object) -> str:
    """Canonical JSON: keys sorted, no spaces, integers as decimal strings.

    Integers are text because a browser's JSON reader would turn large ones into floats.
    An InputError becomes {"error": {field, rule, value}}.

    >>> to_json({"b": 1, "a": [None, True, "x"]})
    '{"a":[null,true,"x"],"b":"1"}'
    """
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, InputError):
        return {"error": _plain({"field": value.field, "rule": value.rule, "value": value.value})}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value
