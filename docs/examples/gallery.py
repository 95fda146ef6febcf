# SPDX-License-Identifier: Apache-2.0
"""
A mass on a spring
==================

A document in the percent style, as sphinx-gallery, Jupytext and many editors know it: a line
``# %%`` or a long line of ``#`` starts a block. It needs NumPy and matplotlib.
"""

import matplotlib.pyplot as plt
import numpy as np

# %%
# The motion
# ----------
# Pulled away and let go, the mass swings less and less far:
# :math:`x(t) = e^{-\gamma t} \cos(2 \pi f t)`.

damping = 0.3  # per second
frequency = 1.0  # in Hz

t = np.linspace(0, 10, 1000)
envelope = np.exp(-damping * t)
x = envelope * np.cos(2 * np.pi * frequency * t)

###############################################################################
# The picture
# -----------
# Figures that a block leaves open are its result.

fig, ax = plt.subplots(figsize=(7, 3))
ax.plot(t, x, label="the mass")
ax.plot(t, envelope, "--", label="its reach")
ax.set(xlabel="time in s", ylabel="deflection", title=f"damping {damping} per second")
ax.legend()
plt.show()

# %% How long it swings
# The reach halves again and again, always in the same time.

half_life = np.log(2) / damping
f"{half_life:.2f} s"

# %% [markdown]
# Change `damping`, and three blocks run: the motion, the picture and the half-life.
