x = 1

y = (x +

z = 2

s = """never closed

w = 3

print(z)
