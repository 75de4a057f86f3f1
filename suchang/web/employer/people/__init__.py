"""The employer's pages of the room people."""
