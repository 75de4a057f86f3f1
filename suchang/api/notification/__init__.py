"""The routes of the room notification and the schemas of what they take and answer."""
