größe = "🐍" * 3; b = größe

# Prose with 𝔸 and é

print("𝔸", größe)
