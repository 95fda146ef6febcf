import numpy as np, os.path
from math import *
from . import sibling
from ..pkg import thing as other

a, (b, *c) = 1, (2, 3)

def f(n, default=a):
    global total
    total = n + b
    return g(n)

def g(n): return n * later

later = 1

f(1)

with open("x") as handle, open("y"):
    data = handle.read()

for i in range(3):
    data["k"] = i
    np.random.seed(i)

try:
    import tomllib
except ImportError as error:
    tomllib = None

squares = [i * i for i in range(a) if (last := i)]

match squares:
    case [first, *rest]: pass
    case {"k": value}: pass

eval("x")

del a, b
