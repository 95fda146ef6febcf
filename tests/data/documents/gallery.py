"""
Title of the example
====================

Text.
"""
import math

LIMIT = 3

##############################################################################
# Section
# -------
# Prose of the section.

xs = [1, 2]

ys = [x for x in xs]

#########################
# Boxed heading
#########################
def f():
    return 1
#########################
    return 2

####################
print(f(), ys)
