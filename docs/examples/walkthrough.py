# SPDX-License-Identifier: Apache-2.0
"""# A week at the bakery

An ordinary Python file. Relight splits it into blocks at its blank lines, runs them from top to
bottom, and keeps every result true while you edit: change a number, and the blocks that depend on
it run again, and no others."""

# ## The numbers
#
# | loaves | what it says |
# |---|---|
# | `sold` | went over the counter |
# | `left` | were still there in the evening |

days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
sold = [41, 38, 45, 52, 63, 88, 30]
left = [5, 8, 3, 2, 0, 0, 11]

price = 3.20

# ## What came in

revenue = [count * price for count in sold]
f"{sum(revenue):.2f} in a week"

def bar(value, most, width=30):
    """A bar that is `width` characters long for the value `most`."""

    return "█" * round(width * value / most)

for day, count in zip(days, sold):
    print(f"{day} {count:3d} {bar(count, max(sold))}")

# ## What was left over

baked = [s + l for s, l in zip(sold, left)]
waste = {day: l / b for day, l, b in zip(days, left, baked)}

worst = max(waste, key=waste.get)
f"{worst}: {waste[worst]:.0%} of the loaves were left over"

# ## A list that grows
#
# In a notebook, running the cell with `append` twice would leave two notes. Here, what you see is
# always what a fresh run of the file would show.

notes = []

notes.append("less bread on Sundays")

notes

# ## None of the above

import calendar
print(calendar.month(2024, 2))
