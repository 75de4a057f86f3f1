"""What the verification benchmark is made of: cards at scale, codes to show, a bare peer, load and its measuring."""
