"""
Title
=====

As sphinx-gallery has it.
"""

import os

###############################################################################
# A heading
# ---------
# and its text.

a = 1

#%%
# More text.

b = a
