# | hide-all-prose

# | hide-code always-eval
x = 1

# | skip
y = x

# | show-prose
# This is prose.

# | table | not a pragma
# |---|---|

z = 1  # | hide-visuals
