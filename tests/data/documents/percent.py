# ---
# jupyter:
#   kernelspec: python3
# ---
"""Docstring of a notebook."""
import math

LIMIT = 3

# %% Load data [tag] key="a value" hide-code
# Some prose under the marker,
# two lines.
import os

xs = [1, 2]

ys = """
# %% not a cell
"""

# %% [markdown]
# # A heading
#
# Text.

# %%
def f(x):

    return x

zs = [
# %% neither
    1,
]

#%% skip
print(f(xs), ys)

# In[4]:
math.pi

# %% [md]
"""
Markdown in a string
"""

# %%
