"""The holder's pages of the room runtime."""
