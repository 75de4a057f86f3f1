"""The JSON API: a room a feature with its routes and schemas; what they share stands beside the rooms.

``rooms`` lists every door; ``blueprints`` makes them with the hook of their audience.
"""
