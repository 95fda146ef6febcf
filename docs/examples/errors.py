# SPDX-License-Identifier: Apache-2.0
"""# When a block fails

Only what depends on it has to wait. The rest of the file runs."""

prices = {"rye": 3.20, "spelt": 3.90}
order = {"rye": 12, "wheat": 4}

def cost(kind):
    return prices[kind] * order[kind]

# There is no price for wheat: a `KeyError`, shown at its line with the way that led there.

total = sum(cost(kind) for kind in order)

# This needs `total`, which was never made: it is blocked, and says by what.

print(f"please pay {total:.2f}")

# This does not need it, and runs.

print("we sell", ", ".join(prices))
len(prices)
