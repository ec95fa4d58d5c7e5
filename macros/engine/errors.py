"""The one way in which the engine refuses an input."""


class InputError(ValueError):
    """An argument is missing or out of its range.

    Attributes:
        field: Dotted path of the argument, e.g. "fees.0.amount_fen" (lists count from 0).
        rule: Key of the rule that was broken, e.g. "max"; its wording is in data/ui.
        value: What was given, if it was a whole number or text; otherwise None.
    """

    def __init__(self, field: str, rule: str, value: object = None):
        super().__init__(f"{field}: {rule}")
        self.field = field
        self.rule = rule
        # Other types print differently in the two languages, so they are left out.
        self.value = value if isinstance(value, (int, str)) and not isinstance(value, bool) else None


def check_integer(field: str, value: object, lowest: int, highest: int) -> int:
    """Return value if it is a whole number from lowest to highest.

    Raises:
        InputError: rule "required", "integer", "min" or "max".

    >>> check_integer("periods", 12, 1, 360)
    12
    """
    if value is None:
        raise InputError(field, "required")
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(field, "integer", value)
    if value < lowest:
        raise InputError(field, "min", value)
    if value > highest:
        raise InputError(field, "max", value)
    return value


def check_choice(field: str, value: object, choices: tuple) -> str:
    """Return value if it is one of the choices.

    Raises:
        InputError: rule "required" or "choice".

    >>> check_choice("when", "once", ("once", "each"))
    'once'
    """
    if value is None:
        raise InputError(field, "required")
    if not isinstance(value, str) or value not in choices:
        raise InputError(field, "choice", value)
    return value
