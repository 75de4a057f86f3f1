"""The routes of the room card and the schemas of what they take and answer."""
