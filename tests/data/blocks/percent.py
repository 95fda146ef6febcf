# /// script
# dependencies = ["numpy"]
# ///
import math

# %% [markdown]
# # A prose cell
#
# | a | table |

# %% A title
# Prose of the cell.

x = 1

y = 2
#%%
z = x + y
# %% tagged [remove-input] key="value" hide-code
math.sqrt(z)
# In[7]:
w = z
    # %% indented, so no cell
