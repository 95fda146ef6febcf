"""The module docstring.
Its second paragraph starts at column 0.
"""
from __future__ import annotations
import mathimport os.path as path
# # A heading
#
# Some *prose*, and a table:# | a | b |
# |---|---|

LIMIT = 10# touches the code above and belownames = ["a", "b",

         "c"]

@decorate(
    "x",
)# between a decorator and its function

def scale(x, factor=2):
    """Doc of scale.
Text at column 0.
    """
    if x > LIMIT:        return x

# a comment at column 0 inside the suite
    return x * factor

class Shape:
    '''A shape: don't mind the quote.'''    sides = 0

    def area(self) -> float:
        return math.pi * {            "a": 1,

            "b": [2, 3],
        }["a"]    # the end of the class


if LIMIT > 3:    print("big")

elif LIMIT:
    print("small")# a comment before else
café = "naïve 😀"
def f():
	if x:
	    pass

        
x = 1 \

# end