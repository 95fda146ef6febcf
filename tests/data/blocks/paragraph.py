#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Title.

The module docstring is prose."""

import math
from os import path as p

# Prose of
# two lines.

x = 1
#
y = x + 1

def area(r):
    """Blank lines inside a statement

    never split."""

    return math.pi * r**2 * y


class Shape(object):

    unit = x

    def size(self): return area(1)

text = """
a paragraph

in a string
"""

xs = [

    x,
]
# A comment that touches code belongs to its block.

xs.append(2); del y

if __name__ == "__main__":
    print(Shape().size(), len(xs))
