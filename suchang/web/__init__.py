"""The pages: portal, holder, desk and console."""
