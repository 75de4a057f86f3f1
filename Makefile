help:
	@echo targets follow
