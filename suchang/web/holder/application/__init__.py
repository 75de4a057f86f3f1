"""The holder's pages of the room application."""
