#!/usr/bin/env python3
# -*- coding: utf-8 -*-
# A licence comment that touches nothing.

# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy"]
# ///
"""The module docstring.

Its second paragraph starts at column 0.
"""
from __future__ import annotations
import math
import os.path as path

# # A heading
#
# Some *prose*, and a table:
# | a | b |
# |---|---|

LIMIT = 10
# touches the code above and below
names = ["a", "b",

         "c"]


@decorate(
    "x",
)

# between a decorator and its function

def scale(x, factor=2):
    """Doc of scale.

Text at column 0.
    """
    if x > LIMIT:

        return x

# a comment at column 0 inside the suite
    return x * factor


class Shape:
    '''A shape: don't mind the quote.'''

    sides = 0

    def area(self) -> float:
        return math.pi * {
            "a": 1,

            "b": [2, 3],
        }["a"]

    # the end of the class


if LIMIT > 3:
    print("big")

elif LIMIT:
    print("small")

# a comment before else

else:
    print("none")

# | hide-code
total = scale(3) + \
    scale(4)

text = f"{total!r:>{LIMIT}} {names[0]} {'nested'}"
more = f"""
{total}

{scale(x=1)}
"""

xs = []

xs.append(1)

for x in xs:
    try:
        print(x)

    except ValueError:
        pass

    finally:
        pass

if __name__ == "__main__":
    print(total, text)
