"""Arithmetic of the calculators: no files, no clock, no language.

Integers and ISO dates go in; integers, dates and message keys come out. Each module has a
twin of the same name in overrides/assets/js/engine/, and both give the same digits.
"""
